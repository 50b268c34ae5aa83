//! Does the calendar agree with its slow twin on every day of every covered year?

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be read has failed")]

use guiju_kernel::calendar::{Almanac, CalendarError, DayKind, Notice, WorkingHours};
use guiju_kernel::clock::{ClockRule, Rounding, due_at};
use guiju_kernel::time::{at, midnight};
use guiju_testkit::facts::shared;
use guiju_testkit::pack_calendar::{OPENINGS, almanac, notices};
use guiju_testkit::slow_calendar::{SlowCalendar, SlowPeriod};
use jiff::civil::{Date, Time, date};

const FIRST: Date = date(2007, 1, 1);
const END: Date = date(2027, 1, 1);

fn openings() -> Vec<(Time, Time)> {
    let time = |text: &str| format!("{text}:00").parse::<Time>().unwrap();
    OPENINGS.iter().map(|text| text.split_once('-').unwrap()).map(|(from, until)| (time(from), time(until))).collect()
}

fn days(from: Date, until: Date) -> impl Iterator<Item = Date> {
    from.series(jiff::ToSpan::days(1)).take_while(move |day| *day < until)
}

#[test]
fn every_day_of_2007_to_2026_works_or_rests_as_the_slow_twin_says() {
    let almanac = almanac().unwrap();
    let calendar = almanac.latest();
    let slow = SlowCalendar::new(&notices().unwrap(), END, &openings());
    assert_eq!((calendar.first_day(), calendar.last_day()), (FIRST, date(2026, 12, 31)));
    let mut working = 0;
    // Ten years beyond the covered ones as well: the weekend rule.
    for day in days(FIRST, date(2037, 1, 1)) {
        let known = calendar.day(day).unwrap();
        assert_eq!(known.working, slow.is_working(day), "{day}");
        assert_eq!(known.provisional, slow.is_provisional(day), "{day}");
        assert_eq!(calendar.count_working(FIRST, day).unwrap(), working, "{day}");
        if known.working {
            working += 1;
            assert_eq!(calendar.next_working(day).unwrap(), day);
        }
        assert_eq!(known.working, matches!(known.kind, DayKind::Workday | DayKind::MakeUp(_)), "{day}");
    }
}

#[test]
fn counting_between_any_two_days_of_a_year_and_a_half_agrees() {
    let almanac = almanac().unwrap();
    let slow = SlowCalendar::new(&notices().unwrap(), END, &openings());
    for from in days(date(2019, 12, 1), date(2020, 3, 15)) {
        for until in days(from, date(2021, 3, 1)).step_by(7) {
            assert_eq!(almanac.latest().count_working(from, until).unwrap(), slow.count_working(from, until));
        }
    }
}

#[test]
fn several_periods_from_every_day_end_as_the_slow_twin_says() {
    let almanac = almanac().unwrap();
    let slow = SlowCalendar::new(&notices().unwrap(), END, &openings());
    let rules: [(u32, &'static str, bool, bool, Option<Rounding>); 11] = [
        (1, "working_days", false, false, None),
        (5, "working_days", true, false, None),
        (20, "working_days", false, true, None),
        (1, "days", true, false, None),
        (7, "days", false, false, None),
        (15, "days", true, true, None),
        (90, "days", true, false, None),
        (1, "months", true, false, Some(Rounding::EndOfMonth)),
        (6, "months", false, false, Some(Rounding::NextDay)),
        (1, "years", false, true, Some(Rounding::NextDay)),
        (16, "working_hours", false, false, None),
    ];
    for (n, unit, rolls, counts_first_day, rounding) in rules {
        let period = format!("{n} {unit}").parse().unwrap();
        let rule = ClockRule { period, rolls, counts_first_day, rounding };
        let next_day = rounding == Some(Rounding::NextDay);
        let slow_period = SlowPeriod { n, unit, rolls, counts_first_day, next_day };
        for day in days(FIRST, END) {
            let start = at(day, Time::constant(9, 20, 30, 0));
            let fast = due_at(start, &rule, &[], almanac.latest()).unwrap();
            let naive = slow.due(start, &slow_period, &[]).unwrap();
            assert_eq!((fast.at, fast.last_day, fast.provisional), naive, "{period} from {day}");
        }
    }
}

#[test]
fn what_was_known_on_each_day_is_what_the_notices_published_by_then_say() {
    let notices = notices().unwrap();
    let almanac = almanac().unwrap();
    let published: Vec<Date> = almanac.editions().collect();
    assert_eq!(published.len(), 23, "twenty years, three of them with a second notice");
    for edition in published {
        let known = almanac.as_known_at(midnight(edition)).unwrap();
        let slow = SlowCalendar::new(&notices, edition, &openings());
        for day in days(FIRST, END) {
            let fast = known.day(day).unwrap();
            assert_eq!(
                (fast.working, fast.provisional),
                (slow.is_working(day), slow.is_provisional(day)),
                "{day} on {edition}"
            );
        }
    }
}

#[test]
fn the_packs_notices_say_what_the_published_collection_says() {
    let Some(folder) = shared("calendar") else { return };
    let almanac = almanac().unwrap();
    let mut compared = 0;
    for year in 2007..=2026 {
        let text = std::fs::read_to_string(folder.join(format!("{year}.json"))).unwrap();
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        for entry in file["days"].as_array().unwrap() {
            let day: Date = entry["date"].as_str().unwrap().parse().unwrap();
            if day < FIRST {
                continue;
            }
            let known = almanac.latest().day(day).unwrap();
            assert_eq!(known.working, !entry["isOffDay"].as_bool().unwrap(), "{day}");
            compared += 1;
        }
    }
    let named: usize = notices().unwrap().iter().map(|notice| notice.days.len()).sum();
    // Two days before 2007; May Day 2019 and 1 February 2020 stand in two notices each.
    assert_eq!(compared, named - 4);
}

#[test]
fn a_notice_moves_days_only_from_its_publication_on() {
    let almanac = almanac().unwrap();
    let works = |day: Date, now: Date| almanac.as_known_at(midnight(now)).unwrap().is_working(day).unwrap();
    // The Spring Festival of 2020 was extended on 27 January: the make-up Saturday became a day off.
    assert!(works(date(2020, 2, 1), date(2020, 1, 26)));
    assert!(!works(date(2020, 2, 1), date(2020, 1, 27)));
    assert!(works(date(2020, 1, 31), date(2020, 1, 26)));
    assert!(!works(date(2020, 1, 31), date(2020, 1, 27)));
    // May Day 2019 was one day until 22 March.
    assert!(works(date(2019, 5, 2), date(2019, 3, 21)));
    assert!(!works(date(2019, 4, 28), date(2019, 3, 21)));
    assert!(!works(date(2019, 5, 2), date(2019, 3, 22)));
    assert!(works(date(2019, 4, 28), date(2019, 3, 22)));
    // The victory day of 2015 was announced in May.
    assert!(works(date(2015, 9, 3), date(2015, 5, 12)));
    assert!(!works(date(2015, 9, 3), date(2015, 5, 13)));
    // The notice of 2019 made Saturday 29 December 2018 a working day; until then that day was provisional.
    let before = almanac.as_known_at(midnight(date(2018, 12, 5))).unwrap().day(date(2018, 12, 29)).unwrap();
    assert_eq!((before.working, before.provisional), (false, true));
    let after = almanac.as_known_at(midnight(date(2018, 12, 6))).unwrap().day(date(2018, 12, 29)).unwrap();
    assert_eq!((after.working, after.provisional), (true, false));
}

#[test]
fn days_outside_what_can_be_known_are_refused() {
    let almanac = almanac().unwrap();
    let calendar = almanac.latest();
    assert!(matches!(calendar.is_working(date(2006, 12, 31)), Err(CalendarError::BeforeCover { .. })));
    assert!(matches!(calendar.count_working(date(2006, 12, 31), END), Err(CalendarError::BeforeCover { .. })));
    assert!(matches!(calendar.count_working(END, FIRST), Err(CalendarError::Reversed { .. })));
    assert!(matches!(calendar.is_working(date(2300, 1, 1)), Err(CalendarError::TooFar { .. })));
    assert!(matches!(calendar.days(FIRST, date(9999, 12, 31)), Err(CalendarError::TooFar { .. })));
    assert_eq!(calendar.days(FIRST, FIRST).unwrap(), []);
    assert!(matches!(almanac.as_known_at(midnight(date(2006, 12, 13))), Err(CalendarError::NothingKnown { .. })));
}

fn notice(id: &str, year: i16, published: &str, days: &[(&str, bool)]) -> Notice {
    let days: Vec<_> =
        days.iter().map(|(day, working)| serde_json::json!({"date": day, "working": working, "name": "x"})).collect();
    serde_json::from_value(serde_json::json!({
        "id": id, "year": year, "source": "s", "address": "a", "published": published, "published_from": "dated", "days": days
    }))
    .unwrap()
}

#[test]
fn notices_that_make_no_calendar_are_refused() {
    let build = |notices: &[Notice]| Almanac::new(notices, None).unwrap_err();
    let plain = |id: &str, year: i16, published: &str| notice(id, year, published, &[]);
    assert_eq!(build(&[]), CalendarError::NoNotices);
    assert_eq!(
        build(&[plain("a", 2020, "2019-11-01"), plain("b", 2022, "2021-11-01")]),
        CalendarError::Gap { year: 2021 }
    );
    let out_of_order = build(&[plain("a", 2020, "2019-11-01"), plain("b", 2021, "2019-10-01")]);
    assert_eq!(out_of_order, CalendarError::OutOfOrder { id: "b".to_owned() });
    let twice = build(&[plain("a", 2020, "2019-11-01"), plain("a", 2020, "2020-01-01")]);
    assert_eq!(twice, CalendarError::IdTwice { id: "a".to_owned() });
    for day in ["2019-11-30", "2021-01-01"] {
        assert!(
            matches!(build(&[notice("a", 2020, "2019-11-01", &[(day, true)])]), CalendarError::DayOutside { .. }),
            "{day}"
        );
    }
    let double = notice("a", 2020, "2019-11-01", &[("2020-05-01", false), ("2020-05-01", false)]);
    assert!(matches!(build(&[double]), CalendarError::DayTwice { .. }));
    let disagreement = build(&[
        notice("a", 2020, "2019-11-01", &[("2020-05-01", false)]),
        notice("b", 2020, "2019-11-01", &[("2020-05-01", true)]),
    ]);
    assert!(matches!(disagreement, CalendarError::Disagreement { .. }));
    assert!(WorkingHours::parse(&OPENINGS).is_ok());
}

#[test]
fn a_misspelt_field_of_a_notice_is_refused() {
    let text = r#"{"id":"a","year":2020,"source":"s","address":"a","published":"2019-11-01","published_from":"dated","dais":[]}"#;
    assert!(serde_json::from_str::<Notice>(text).unwrap_err().to_string().contains("dais"));
    let text = text.replace("dais", "days").replace("2019-11-01", "2019-02-30");
    assert!(serde_json::from_str::<Notice>(&text).is_err());
}
