//! Cases and acts: cohorts, states at the cut-off, ratios, spans and promises.

use std::collections::BTreeMap;

use guiju_kernel::clock::{Clock, ClockKind, ClockRule, ClockTerms};
use guiju_kernel::figure::definition::Figure;
use guiju_kernel::figure::definition::{Query, Round};
use guiju_kernel::figure::{Amount, FigureError, Kind, Period, Step, evaluate};
use guiju_kernel::time::{self, Instant};
use proptest::prelude::*;
use serde_json::json;

use super::archive::{Archive, at, figure, is, period};

fn accepted(states: &[&str]) -> Query {
    Query::Cases {
        procedures: vec!["p".into()],
        clock: None,
        cohort: Some("request.accept".into()),
        filter: vec![is("channel", &["platform"])],
        state_at_cutoff: states.iter().map(|state| (*state).into()).collect(),
    }
}

fn year_of_requests() -> Archive {
    let mut archive = Archive::default();
    let file = ("file", "filed", "2023-12-31T10:00");
    // Carried over: accepted in 2023, sent back and accepted again in 2024, closed in 2024.
    archive.case(
        "platform",
        &[
            file,
            ("accept", "accepted", "2023-12-31T23:59"),
            ("accept", "accepted", "2024-01-02T09:00"),
            ("close", "closed", "2024-01-03T09:00"),
        ],
    );
    // Filed in 2023, accepted on New Year's midnight: of the 2024 cohort, by an act of an older version.
    archive.case(
        "platform",
        &[file, ("take_in", "accepted", "2024-01-01T00:00"), ("close", "closed", "2024-02-01T09:00")],
    );
    // Closed on the last minute before the cut-off, reopened at the cut-off: closed.
    archive.case(
        "platform",
        &[
            ("file", "filed", "2024-06-01T09:00"),
            ("accept", "accepted", "2024-06-01T10:00"),
            ("close", "closed", "2024-12-04T23:59"),
            ("reopen", "accepted", "2024-12-05T00:00"),
        ],
    );
    // Reopened before the cut-off and still open then: not closed, though closed again later.
    archive.case(
        "platform",
        &[
            ("accept", "accepted", "2024-06-02T10:00"),
            ("close", "closed", "2024-06-03T10:00"),
            ("reopen", "accepted", "2024-12-04T10:00"),
            ("close", "closed", "2024-12-06T10:00"),
        ],
    );
    // Another channel, accepted at the cut-off, never accepted.
    archive.case("hotline", &[("accept", "accepted", "2024-03-01T10:00"), ("close", "closed", "2024-03-02T10:00")]);
    archive.case("platform", &[("accept", "accepted", "2024-12-05T00:00"), ("close", "closed", "2024-12-05T01:00")]);
    archive.case("platform", &[("file", "filed", "2024-06-01T09:00"), ("decline", "declined", "2024-06-01T10:00")]);
    archive
}

#[test]
fn a_cohort_is_who_was_first_accepted_in_the_period() {
    let archive = year_of_requests();
    let value = archive.ask(accepted(&[]), "2024-01-01", "2024-12-05");
    assert_eq!(value.value, Amount::Integer(3));
    let numbers: Vec<&str> = value.rows.iter().map(|row| row.number.as_str()).collect();
    assert_eq!(numbers, ["N4", "N7", "N11"], "neither the carried-over one nor the one accepted at the cut-off");
    assert_eq!((value.rows[0].what.as_str(), value.rows[0].at), ("take_in", at("2024-01-01T00:00")));
    assert_eq!(archive.ask(accepted(&[]), "2023-01-01", "2024-01-01").value, Amount::Integer(1));
}

#[test]
fn the_state_is_the_one_at_the_cut_off() {
    let archive = year_of_requests();
    let closed = archive.ask(accepted(&["closed", "settled"]), "2024-01-01", "2024-12-05");
    assert_eq!(closed.rows.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), ["N4", "N7"]);
    assert_eq!(closed.rows[1].what, "closed");
    let count = |until| archive.ask(accepted(&["closed"]), "2024-01-01", until).value;
    assert_eq!(
        count("2024-12-04"),
        Amount::Integer(2),
        "a week or a day earlier: another answer from the same records"
    );
    assert_eq!(count("2024-12-06"), Amount::Integer(2), "the reopened one is open, a new one came and closed");
    assert_eq!(count("2024-12-07"), Amount::Integer(3));
}

#[test]
fn acts_count_each_time_and_cases_without_cohort_by_their_opening() {
    let archive = year_of_requests();
    let acts = Query::Acts { procedures: vec!["p".into()], act: "close".into(), filter: vec![is("types", &["loan"])] };
    assert_eq!(archive.ask(acts, "2024-01-01", "2024-12-07").value, Amount::Integer(7));
    let opened = Query::Cases {
        procedures: vec!["p".into()],
        cohort: None,
        filter: Vec::new(),
        state_at_cutoff: Vec::new(),
        clock: None,
    };
    assert_eq!(archive.ask(opened, "2024-01-01", "2024-12-05").value, Amount::Integer(4));
}

#[test]
fn a_ratio_is_exact_and_opens_onto_its_divisor() {
    let archive = year_of_requests();
    let ratio = Query::Ratio { of: "closed".into(), to: "accepted".into() };
    let figures = [
        Figure { round: Some(Round { decimals: 2, shift: 0 }), ..figure("rate", "%", ratio) },
        figure("closed", "件", accepted(&["closed"])),
        figure("accepted", "件", accepted(&[])),
    ];
    let values = evaluate(&figures, &archive, period("2024-01-01", "2024-12-05"), 99).unwrap();
    assert_eq!(values[0].value, Amount::Decimal("66.67".into()));
    assert_eq!(values[0].made_of, ["closed", "accepted"]);
    assert_eq!(values[0].rows.iter().map(|row| row.met).collect::<Vec<_>>(), [Some(true), Some(true), Some(false)]);
    assert_eq!((values[1].id.as_str(), values[0].upto_seq, values[0].kind().as_str()), ("closed", 99, "counted"));
    let none = evaluate(&figures, &archive, period("2020-01-01", "2021-01-01"), 99).unwrap();
    assert_eq!((none[0].value.to_json(), none[1].value.to_json()), (json!(null), json!(0)));
}

#[test]
fn a_ratio_of_nothing_known_or_of_itself_is_refused() {
    let ask = |of: &str| {
        let figures = [figure("rate", "%", Query::Ratio { of: of.into(), to: "rate".into() })];
        evaluate(&figures, &Archive::default(), period("2024-01-01", "2025-01-01"), 0).unwrap_err()
    };
    assert!(matches!(ask("lost"), FigureError::Missing { .. }));
    assert!(matches!(ask("rate"), FigureError::Circle(_)));
}

#[test]
fn the_kinds_are_told_apart() {
    let mut archive = year_of_requests();
    archive.cases[1].kind = Kind::Mirrored;
    let value = archive.ask(accepted(&[]), "2024-01-01", "2024-12-05");
    assert_eq!(value.kinds, BTreeMap::from([(Kind::Counted, 2), (Kind::Mirrored, 1)]));
    assert_eq!(value.kind(), "counted+mirrored");
}

#[test]
fn the_median_runs_from_the_first_act_to_the_first_that_follows() {
    let mut archive = Archive::default();
    for (contact, again) in [("10:20", "23:00"), ("10:50", "23:00"), ("11:30", "23:00")] {
        let (contact, again) = (format!("2024-03-01T{contact}"), format!("2024-03-01T{again}"));
        archive.case(
            "platform",
            &[
                ("contact", "filed", "2024-03-01T09:00"),
                ("accept", "accepted", "2024-03-01T10:00"),
                ("contact", "contacted", &contact),
                ("contact", "contacted", &again),
            ],
        );
    }
    archive.case("platform", &[("accept", "accepted", "2024-03-01T10:00")]);
    let query = || Query::Median {
        procedure: "p".into(),
        cohort: "request.accept".into(),
        from: "request.accept".into(),
        to: "contact".into(),
        filter: Vec::new(),
    };
    let value = archive.ask_as(figure("m", "分钟", query()), "2024-01-01", "2025-01-01");
    assert_eq!((value.value, value.rows.len()), (Amount::Integer(50), 3));
    assert_eq!(archive.ask(query(), "2023-01-01", "2024-01-01").value, Amount::Nothing);
}

#[test]
fn a_promise_is_kept_before_its_due_moment_and_counts_once_it_has_ended() {
    let mut archive = Archive {
        calendar: Some(guiju_testkit::pack_calendar::almanac().unwrap().latest().clone()),
        ..Archive::default()
    };
    for stopped in [Some("2024-12-04T10:59"), Some("2024-12-04T11:00"), None, Some("2024-12-05T00:00")] {
        let case = archive.case("platform", &[("accept", "accepted", "2024-12-04T10:00")]);
        let rule = ClockRule::of("60 minutes".parse().unwrap());
        let terms = ClockTerms {
            kind: ClockKind::Promised,
            rule,
            pause_causes: Vec::new(),
            extension: None,
            basis: Vec::new(),
        };
        let mut clock = Clock::start("contact", terms, at("2024-12-04T10:00")).unwrap();
        clock.stopped_at = stopped.map(at);
        case.clocks.insert("contact".into(), clock);
    }
    let late = archive.case("platform", &[("accept", "accepted", "2024-12-04T23:30")]);
    let rule = ClockRule::of("60 minutes".parse().unwrap());
    let terms =
        ClockTerms { kind: ClockKind::Promised, rule, pause_causes: Vec::new(), extension: None, basis: Vec::new() };
    late.clocks.insert("contact".into(), Clock::start("contact", terms, at("2024-12-04T23:30")).unwrap());
    archive.case("platform", &[("accept", "accepted", "2024-12-04T10:00")]);
    let query = Query::Kept {
        procedures: vec!["p".into()],
        cohort: "request.accept".into(),
        clock: "contact".into(),
        filter: Vec::new(),
    };
    let kept = |archive: &Archive| archive.ask_as(figure("k", "%", query.clone()), "2024-01-01", "2024-12-05");
    let value = kept(&archive);
    assert_eq!(
        value.rows.iter().map(|row| row.met).collect::<Vec<_>>(),
        [Some(true), Some(false), Some(false), Some(false)]
    );
    assert_eq!(
        value.value,
        Amount::Decimal("25.00".into()),
        "of four that have ended one was in time; the fifth still runs"
    );
    let due = Query::Cases {
        procedures: vec!["p".into(), "p".into()],
        cohort: Some("request.accept".into()),
        filter: Vec::new(),
        state_at_cutoff: vec!["accepted".into()],
        clock: Some("contact".into()),
    };
    let due = archive.ask(due, "2024-01-01", "2024-12-05");
    assert_eq!(due.value, Amount::Integer(8), "of each of two procedures the four whose clock has ended, kept or not");
    archive.calendar = None;
    let figures = [figure("k", "%", query)];
    let error = evaluate(&figures, &archive, period("2024-01-01", "2024-12-05"), 1).unwrap_err();
    assert!(matches!(error, FigureError::NoCalendar(_)));
}

/// What a person with the list of steps before them would do: strike out what is after the cut-off, look at each case.
fn by_hand(archive: &Archive, from: Instant, until: Instant) -> (i64, i64) {
    let (mut accepted, mut closed) = (0, 0);
    for case in &archive.cases {
        let mut seen: Vec<&Step> =
            archive.steps.iter().filter(|step| step.case == case.id && step.done < until).collect();
        seen.sort_by_key(|step| step.done);
        let Some(first) = seen.iter().find(|step| step.act == "accept" || step.act == "take_in") else { continue };
        if first.done < from || case.fields["channel"] != "platform" {
            continue;
        }
        accepted += 1;
        closed += i64::from(seen.last().is_some_and(|last| last.state == "closed"));
    }
    (accepted, closed)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_moved_cut_off_answers_as_counting_by_hand(
        cases in prop::collection::vec((any::<bool>(), prop::collection::vec((0_usize..4, 0_i64..60), 1..6)), 0..30),
        from in 0_i64..40,
        days in 0_i64..40,
    ) {
        let start = time::parse_date("2024-01-01").unwrap();
        let mut archive = Archive::default();
        for (platform, steps) in &cases {
            let mut day = 0;
            let steps: Vec<(&str, &str, String)> = steps.iter().map(|(act, gap)| {
                let (act, state) = [("accept", "accepted"), ("take_in", "accepted"), ("close", "closed"), ("reopen", "accepted")][*act];
                day += gap / 3;
                // Hours differ, so that midnight is hit and missed.
                let date = start + jiff::Span::new().days(day);
                (act, state, format!("{date}T{:02}:00", gap % 3 * 8))
            }).collect();
            let mut steps: Vec<(&str, &str, &str)> = steps.iter().map(|(act, state, done)| (*act, *state, done.as_str())).collect();
            steps.sort_by_key(|step| step.2);
            archive.case(if *platform { "platform" } else { "hotline" }, &steps);
        }
        let (from, until) = (start + jiff::Span::new().days(from), start + jiff::Span::new().days(from + days));
        let figures = [figure("accepted", "件", accepted(&[])), figure("closed", "件", accepted(&["closed"]))];
        let values = evaluate(&figures, &archive, Period { from, until }, 1_000_000).unwrap();
        let (accepted, closed) = by_hand(&archive, time::midnight(from), time::midnight(until));
        prop_assert_eq!(&values[0].value, &Amount::Integer(accepted));
        prop_assert_eq!(&values[1].value, &Amount::Integer(closed));
        prop_assert_eq!(values[0].rows.len() as i64, accepted);
    }
}

#[test]
fn what_is_published_is_counted_and_a_promise_read_as_it_stood_at_the_cut_off() {
    let archive = Archive::default();
    let items = |online| Query::Items { procedures: vec!["licence".into(), "renewal".into()], online };
    let all = archive.ask(items(None), "2024-01-01", "2024-12-05");
    assert_eq!((all.value, all.rows.len()), (Amount::Integer(2), 2));
    assert_eq!(archive.ask(items(Some(true)), "2024-01-01", "2024-12-05").value, Amount::Integer(1));
    let promise = |until| archive.ask(Query::Param { name: "promised_within".into() }, "2024-01-01", until).value;
    assert_eq!(promise("2024-12-05"), Amount::Integer(3));
    assert_eq!(
        promise("2024-12-06"),
        Amount::Integer(1),
        "the shorter limit is in force on the last day of the period"
    );
    let lost = archive.ask(Query::Param { name: "lost".into() }, "2024-01-01", "2024-12-05");
    assert_eq!(lost.value, Amount::Nothing);
}
