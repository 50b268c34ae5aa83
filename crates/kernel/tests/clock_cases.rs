//! Do periods end where a clerk with the notice in hand says? Every expected date here was counted by hand.

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be read has failed")]

use guiju_kernel::calendar::{Almanac, CalendarError};
use guiju_kernel::clock::{ClockError, ClockRule, Pause, Rounding, StepCode, due, due_at, overdue_by, remaining};
use guiju_kernel::time::{Instant, parse, parse_date, print};
use guiju_testkit::pack_calendar::{almanac, notices};

fn moment(text: &str) -> Instant {
    parse(&format!("{text}:00.000+08:00")).unwrap()
}

fn organ(period: &str) -> ClockRule {
    ClockRule::of(period.parse().unwrap())
}

fn party(period: &str) -> ClockRule {
    ClockRule::of_party(period.parse().unwrap())
}

fn pause(from: &str, until: Option<&str>) -> Pause {
    Pause {
        cause: "听证".to_owned(), notice: "听证通知书".to_owned(), from: moment(from), until: until.map(moment)
    }
}

/// The last day of a period, after checking that it ends at the midnight that follows.
fn last_day(start: &str, rule: &ClockRule, pauses: &[Pause]) -> String {
    let due = due_at(moment(start), rule, pauses, almanac().unwrap().latest()).unwrap();
    let midnight = format!("{}T00:00:00.000+08:00", due.last_day.tomorrow().unwrap());
    assert_eq!(print(due.at), midnight);
    due.last_day.to_string()
}

#[test]
fn five_working_days_before_the_spring_festival_of_2024_count_the_make_up_sunday() {
    // Saturday 3 February rests, Sunday 4 February works, then Monday to Thursday.
    assert_eq!(last_day("2024-02-02T10:00", &organ("5 working_days"), &[]), "2024-02-08");
}

#[test]
fn five_working_days_across_the_spring_festival_of_2024_resume_on_the_make_up_sunday() {
    // 8 and 9 February; off from the 10th to the 17th; Sunday the 18th, the 19th, the 20th.
    assert_eq!(last_day("2024-02-07T23:59", &organ("5 working_days"), &[]), "2024-02-20");
}

#[test]
fn seven_working_days_across_national_day_2024_count_both_make_up_days() {
    // Sunday 29 and Monday 30 September; off to 7 October; 8 to 11 October, Saturday 12 October.
    assert_eq!(last_day("2024-09-27T00:00", &organ("7 working_days"), &[]), "2024-10-12");
}

#[test]
fn a_partys_fifteen_days_that_end_in_a_holiday_roll_to_the_first_working_day() {
    // 工业和信息化行政处罚程序规定 57: the fifteenth day is 5 October, a holiday; work resumes on 8 October.
    assert_eq!(last_day("2024-09-20T09:00", &party("15 days"), &[]), "2024-10-08");
    assert_eq!(last_day("2024-09-20T09:00", &organ("15 days"), &[]), "2024-10-05");
    // An end on a make-up Saturday does not roll: one works on it.
    assert_eq!(last_day("2024-09-27T09:00", &party("15 days"), &[]), "2024-10-12");
}

#[test]
fn a_pause_takes_out_every_working_day_it_touches() {
    // 行政许可法 42, 45: twenty working days from 1 March 2024 end on the 29th; an expert review from Monday morning to Wednesday
    // morning takes out three days; Qingming begins on 4 April.
    let rule = organ("20 working_days");
    assert_eq!(last_day("2024-03-01T15:00", &rule, &[]), "2024-03-29");
    let review = pause("2024-03-11T09:00", Some("2024-03-13T10:00"));
    assert_eq!(last_day("2024-03-01T15:00", &rule, std::slice::from_ref(&review)), "2024-04-03");
    // A second pause on days already taken out adds nothing; one over a weekend neither.
    let again = pause("2024-03-12T14:00", Some("2024-03-12T16:00"));
    let weekend = pause("2024-03-16T00:00", Some("2024-03-18T00:00"));
    assert_eq!(last_day("2024-03-01T15:00", &rule, &[weekend, review, again]), "2024-04-03");
}

#[test]
fn a_pause_that_ends_at_midnight_does_not_touch_the_day_that_begins() {
    let rule = organ("3 days");
    assert_eq!(
        last_day("2024-06-03T09:00", &rule, &[pause("2024-06-04T12:00", Some("2024-06-05T00:00"))]),
        "2024-06-07"
    );
    assert_eq!(
        last_day("2024-06-03T09:00", &rule, &[pause("2024-06-04T12:00", Some("2024-06-05T00:01"))]),
        "2024-06-08"
    );
    // A pause that begins and ends at one moment takes out nothing.
    assert_eq!(
        last_day("2024-06-03T09:00", &rule, &[pause("2024-06-04T12:00", Some("2024-06-04T12:00"))]),
        "2024-06-06"
    );
}

#[test]
fn months_end_on_the_day_of_the_same_number_and_their_rounding_is_named() {
    let end = organ("3 months").rounding(Rounding::EndOfMonth);
    let next = organ("3 months").rounding(Rounding::NextDay);
    assert_eq!(last_day("2024-01-15T09:00", &end, &[]), "2024-04-15");
    assert_eq!(last_day("2023-11-30T09:00", &end, &[]), "2024-02-29");
    assert_eq!(last_day("2023-11-30T09:00", &next, &[]), "2024-03-01");
    let year = organ("1 year").rounding(Rounding::EndOfMonth);
    assert_eq!(last_day("2024-02-29T09:00", &year, &[]), "2025-02-28");
    // Where the first day counts, a month from the 1st ends with the month.
    let from_first = ClockRule { counts_first_day: true, ..organ("1 month").rounding(Rounding::EndOfMonth) };
    assert_eq!(last_day("2024-02-01T09:00", &from_first, &[]), "2024-02-29");
    let unnamed = due_at(moment("2024-01-15T09:00"), &organ("3 months"), &[], almanac().unwrap().latest());
    assert!(matches!(unnamed, Err(ClockError::UnnamedRounding(_))));
}

#[test]
fn the_months_are_added_first_and_the_paused_days_after() {
    // One month from 31 January 2024 is 29 February; two paused days lead to 2 March, not to a month from a later start.
    let rule = organ("1 month").rounding(Rounding::EndOfMonth);
    assert_eq!(
        last_day("2024-01-31T09:00", &rule, &[pause("2024-02-05T09:00", Some("2024-02-06T17:00"))]),
        "2024-03-02"
    );
}

#[test]
fn minutes_and_hours_run_round_the_clock_and_a_pause_adds_its_exact_length() {
    let almanac = almanac().unwrap();
    let end = |start: &str, period: &str, pauses: &[Pause]| {
        print(due_at(moment(start), &organ(period), pauses, almanac.latest()).unwrap().at)
    };
    assert_eq!(end("2024-02-10T23:30", "60 minutes", &[]), "2024-02-11T00:30:00.000+08:00");
    assert_eq!(end("2024-02-10T23:30", "24 hours", &[]), "2024-02-11T23:30:00.000+08:00");
    let short = pause("2024-02-10T23:50", Some("2024-02-11T00:05"));
    assert_eq!(end("2024-02-10T23:30", "60 minutes", &[short]), "2024-02-11T00:45:00.000+08:00");
    // A pause that begins when the hour is over comes too late to matter, even one without an end.
    assert_eq!(
        end("2024-02-10T23:30", "60 minutes", &[pause("2024-02-11T00:30", None)]),
        "2024-02-11T00:30:00.000+08:00"
    );
}

#[test]
fn a_minute_clock_that_ends_at_midnight_has_the_day_before_as_its_last() {
    let due = due_at(moment("2024-02-10T23:00"), &organ("60 minutes"), &[], almanac().unwrap().latest()).unwrap();
    assert_eq!(
        (print(due.at).as_str(), due.last_day.to_string().as_str()),
        ("2024-02-11T00:00:00.000+08:00", "2024-02-10")
    );
}

#[test]
fn working_hours_run_only_while_the_office_is_open() {
    let almanac = almanac().unwrap();
    let end =
        |start: &str, period: &str| print(due_at(moment(start), &organ(period), &[], almanac.latest()).unwrap().at);
    // Friday 9 February 2024 from four to half past five; then Sunday the 18th, a make-up day, from half past eight.
    assert_eq!(end("2024-02-09T16:00", "4 working_hours"), "2024-02-18T11:00:00.000+08:00");
    // Three and a half hours fill the morning: it ends at noon, not when the afternoon begins.
    assert_eq!(end("2024-03-05T09:00", "3 working_hours"), "2024-03-05T12:00:00.000+08:00");
    assert_eq!(end("2024-03-05T13:00", "3 working_hours"), "2024-03-05T17:30:00.000+08:00");
    let without = Almanac::new(&notices().unwrap(), None).unwrap();
    let refused = due_at(moment("2024-03-05T09:00"), &organ("3 working_hours"), &[], without.latest());
    assert_eq!(refused, Err(ClockError::NoWorkingHours));
}

#[test]
fn a_due_date_that_a_later_notice_may_move_is_provisional() {
    let almanac = almanac().unwrap();
    let provisional =
        |start: &str, rule: &ClockRule| due_at(moment(start), rule, &[], almanac.latest()).unwrap().provisional;
    // The notice of 2027 may still move days of December 2026.
    assert!(!provisional("2026-11-20T09:00", &organ("5 working_days")));
    assert!(provisional("2026-11-27T09:00", &organ("5 working_days")));
    assert!(provisional("2026-12-20T09:00", &organ("20 working_days")));
    assert!(provisional("2026-12-20T09:00", &party("15 days")));
    // No notice moves fifteen calendar days that do not roll, nor an hour.
    assert!(!provisional("2026-12-20T09:00", &organ("15 days")));
    assert!(!provisional("2027-12-20T09:00", &organ("60 minutes")));
}

#[test]
fn the_extension_of_the_spring_festival_of_2020_moved_due_dates_from_its_publication_on() {
    let almanac = almanac().unwrap();
    let start = moment("2020-01-22T09:00");
    let last = |now: &str| {
        let known = almanac.as_known_at(moment(now)).unwrap();
        due_at(start, &organ("5 working_days"), &[], known).unwrap().last_day.to_string()
    };
    // As first announced: 23 and 31 January, the make-up Saturday 1 February, 3 and 4 February.
    assert_eq!(last("2020-01-26T23:59"), "2020-02-04");
    // As extended: 23 January, then 3 to 6 February.
    assert_eq!(last("2020-01-27T00:00"), "2020-02-06");
}

#[test]
fn what_cannot_be_reckoned_is_an_error_and_no_panic() {
    let almanac = almanac().unwrap();
    let ask = |start: &str, rule: &ClockRule, pauses: &[Pause]| {
        due(moment(start), rule, pauses, almanac.latest()).map(|_| ())
    };
    for period in
        ["4294967295 working_days", "4294967295 days", "4294967295 hours", "4294967295 working_hours", "60000 days"]
    {
        assert!(matches!(ask("2024-01-02T09:00", &organ(period), &[]), Err(ClockError::TooLong(_))), "{period}");
    }
    for period in ["4294967295 months", "4294967295 years", "200 years"] {
        let rule = organ(period).rounding(Rounding::EndOfMonth);
        assert!(matches!(ask("2024-01-02T09:00", &rule, &[]), Err(ClockError::TooLong(_))), "{period}");
    }
    let early = ask("2006-12-31T23:59", &organ("5 working_days"), &[]);
    assert!(matches!(early, Err(ClockError::Calendar(CalendarError::BeforeCover { .. }))));
    let late = ask("2500-01-01T09:00", &organ("1 day"), &[]);
    assert!(matches!(late, Err(ClockError::Calendar(CalendarError::TooFar { .. }))));
    let backward = ask("2024-01-02T09:00", &organ("5 days"), &[pause("2024-01-04T09:00", Some("2024-01-03T09:00"))]);
    assert!(matches!(backward, Err(ClockError::BackwardPause { .. })));
    let open = ask("2024-01-02T09:00", &party("5 days"), &[pause("2024-01-04T09:00", None)]);
    assert_eq!(open, Err(ClockError::StillPaused { since: "2024-01-04T09:00:00.000+08:00".to_owned() }));
    let far = pause("2024-01-03T09:00", Some("9000-01-01T00:00"));
    assert!(matches!(
        ask("2024-01-02T09:00", &organ("5 working_days"), std::slice::from_ref(&far)),
        Err(ClockError::TooLong(_))
    ));
    assert!(matches!(
        ask("2024-01-02T09:00", &party("5 days"), std::slice::from_ref(&far)),
        Err(ClockError::TooLong(_))
    ));
    assert!(matches!(ask("2024-01-02T09:00", &organ("48 hours"), &[far]), Err(ClockError::TooLong(_))));
}

#[test]
fn the_steps_say_what_was_counted_and_why() {
    let due = due(moment("2024-02-07T10:00"), &organ("5 working_days"), &[], almanac().unwrap().latest()).unwrap();
    let told: Vec<_> =
        due.steps.iter().map(|step| (step.code, step.from.to_string(), step.total, step.zh.as_str())).collect();
    let at_midnight = |day: &str| parse_date(day).map(guiju_kernel::time::midnight).unwrap().to_string();
    assert_eq!(
        told,
        [
            (StepCode::FirstDay, at_midnight("2024-02-07"), 0, "起算日不计入"),
            (StepCode::Counted, at_midnight("2024-02-08"), 2, "工作日，计入"),
            (StepCode::Holiday, at_midnight("2024-02-10"), 2, "春节放假，不计入"),
            (StepCode::MakeUp, at_midnight("2024-02-18"), 3, "春节调休上班，计入"),
            (StepCode::Counted, at_midnight("2024-02-19"), 5, "工作日，计入"),
        ]
    );
}

#[test]
fn rolling_and_pauses_appear_in_the_steps() {
    let pauses = [pause("2024-10-08T09:00", Some("2024-10-08T10:00"))];
    let due = due(moment("2024-09-20T09:00"), &party("15 days"), &pauses, almanac().unwrap().latest()).unwrap();
    assert_eq!(due.last_day.to_string(), "2024-10-09");
    let codes: Vec<_> = due.steps.iter().map(|step| (step.code, step.amount)).collect();
    let expected = [
        (StepCode::FirstDay, 0),
        (StepCode::Counted, 15),
        (StepCode::Rolled, 0),
        (StepCode::Paused, 0),
        (StepCode::RolledTo, 0),
    ];
    assert_eq!(codes, expected);
}

#[test]
fn what_is_left_and_what_is_overrun_speak_the_unit_that_counts() {
    let almanac = almanac().unwrap();
    let start = moment("2024-02-07T10:00");
    let rule = organ("5 working_days");
    let left = |now: &str| remaining(start, &rule, &[], almanac.latest(), moment(now)).unwrap().zh();
    let over = |now: &str| overdue_by(start, &rule, &[], almanac.latest(), moment(now)).unwrap().map(|over| over.en());
    // The last day is Tuesday 20 February; today counts as left while it lasts.
    assert_eq!(left("2024-02-07T11:00"), "5 个工作日");
    assert_eq!(left("2024-02-09T23:00"), "4 个工作日");
    assert_eq!(left("2024-02-14T09:00"), "3 个工作日");
    assert_eq!(left("2024-02-20T23:59"), "1 个工作日");
    assert_eq!(over("2024-02-20T23:59"), None);
    assert_eq!(left("2024-02-21T00:00"), "0 个工作日");
    assert_eq!(over("2024-02-21T00:00"), Some("1 working day".to_owned()));
    assert_eq!(over("2024-02-25T12:00"), Some("3 working days".to_owned()));
    let hour = organ("60 minutes");
    let left = remaining(start, &hour, &[], almanac.latest(), moment("2024-02-07T10:25")).unwrap();
    assert_eq!(left.zh(), "35 分钟");
    let over = overdue_by(start, &hour, &[], almanac.latest(), moment("2024-02-07T12:20")).unwrap().unwrap();
    assert_eq!(over.zh(), "1 小时 20 分钟");
}
