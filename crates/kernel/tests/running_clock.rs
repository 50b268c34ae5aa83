//! May a clock be paused, extended and stopped only as its terms say, and does it read back as it was stored?

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be read has failed")]

use guiju_kernel::clock::{Clock, ClockError, ClockKind, ClockRule, ClockTerms, Extension, ExtensionTerms};
use guiju_kernel::time::{Instant, parse, print};
use guiju_testkit::pack_calendar::almanac;

fn moment(text: &str) -> Instant {
    parse(&format!("{text}:00.000+08:00")).unwrap()
}

/// A licence's twenty working days (行政许可法 42, 45).
fn licence() -> Clock {
    let terms = ClockTerms {
        kind: ClockKind::Statutory,
        rule: ClockRule::of("20 working_days".parse().unwrap()),
        pause_causes: vec!["hearing".to_owned(), "expert_review".to_owned()],
        extension: Some(ExtensionTerms {
            by: "head".to_owned(),
            period: "10 working_days".parse().unwrap(),
            at_most: 1,
            notice: true,
        }),
        basis: vec!["administrative-licensing-law#42".to_owned()],
    };
    Clock::start("decision", terms, moment("2024-03-01T15:00")).unwrap()
}

fn extension(at: &str) -> Extension {
    Extension {
        by: "head".to_owned(),
        at: moment(at),
        period: "10 working_days".parse().unwrap(),
        reason: "需要现场核验".to_owned(),
        notice: "延期告知书".to_owned(),
    }
}

fn due(clock: &Clock, now: &str) -> String {
    clock.due_at(almanac().unwrap().latest(), moment(now)).unwrap().last_day.to_string()
}

#[test]
fn a_pause_needs_a_cause_from_the_closed_list_and_a_notice() {
    let mut clock = licence();
    let at = moment("2024-03-11T09:00");
    assert!(matches!(clock.pause("lunch", "告知书", at), Err(ClockError::NotACause { .. })));
    assert!(matches!(clock.pause("hearing", " ", at), Err(ClockError::NoNotice(_))));
    assert!(matches!(clock.resume(at), Err(ClockError::NotPaused(_))));
    clock.pause("hearing", "听证通知书", at).unwrap();
    assert!(matches!(clock.pause("hearing", "听证通知书", at), Err(ClockError::AlreadyPaused(_))));
    assert!(matches!(clock.resume(moment("2024-03-11T08:59")), Err(ClockError::BackInTime { .. })));
    clock.resume(moment("2024-03-13T10:00")).unwrap();
    assert_eq!(due(&clock, "2024-03-13T10:00"), "2024-04-03");
}

#[test]
fn while_it_is_paused_a_clock_is_due_no_sooner_than_if_it_were_resumed_now_and_no_timer_is_set() {
    let almanac = almanac().unwrap();
    let mut clock = licence();
    assert_eq!(print(clock.timer_at(almanac.latest(), 1_000).unwrap().unwrap()), "2024-03-30T00:00:00.000+08:00");
    // Half of twenty working days from 1 March is 15 March.
    assert_eq!(print(clock.timer_at(almanac.latest(), 500).unwrap().unwrap()), "2024-03-16T00:00:00.000+08:00");
    clock.pause("hearing", "听证通知书", moment("2024-03-11T09:00")).unwrap();
    assert_eq!(clock.timer_at(almanac.latest(), 1_000).unwrap(), None);
    assert_eq!(due(&clock, "2024-03-11T10:00"), "2024-04-01");
    assert_eq!(due(&clock, "2024-03-12T10:00"), "2024-04-02");
    assert_eq!(clock.remaining(almanac.latest(), moment("2024-03-12T10:00")).unwrap().en(), "15 working days");
    // Five days had gone before the pause, so a reminder at a quarter was fixed already.
    assert_eq!(print(clock.timer_at(almanac.latest(), 250).unwrap().unwrap()), "2024-03-09T00:00:00.000+08:00");
}

#[test]
fn an_extension_is_for_the_head_once_in_time_with_reason_and_notice() {
    let almanac = almanac().unwrap();
    let calendar = almanac.latest();
    let at = "2024-03-28T09:00";
    let mut clock = licence();
    let mut refused = |change: fn(&mut Extension)| {
        let mut asked = extension(at);
        change(&mut asked);
        clock.extend(asked, calendar).unwrap_err()
    };
    assert!(matches!(refused(|asked| asked.by = "clerk".to_owned()), ClockError::NotTheirs { .. }));
    assert!(matches!(refused(|asked| asked.period.n = 11), ClockError::TooMuch { .. }));
    assert!(matches!(refused(|asked| asked.period = "10 days".parse().unwrap()), ClockError::OtherUnit { .. }));
    assert!(matches!(refused(|asked| asked.reason.clear()), ClockError::NoReason(_)));
    assert!(matches!(refused(|asked| asked.notice.clear()), ClockError::NoNotice(_)));
    assert!(matches!(refused(|asked| asked.at = moment("2024-03-30T00:00")), ClockError::RunOut(_)));
    assert!(matches!(refused(|asked| asked.at = moment("2024-02-29T00:00")), ClockError::BackInTime { .. }));
    clock.extend(extension(at), calendar).unwrap();
    // Twenty days to 29 March, then ten: 1 to 3 April, Qingming to the 6th, the make-up Sunday 7 April, 8 to 12, 15.
    assert_eq!(due(&clock, at), "2024-04-15");
    assert!(matches!(clock.extend(extension(at), calendar), Err(ClockError::NoMoreExtensions { at_most: 1, .. })));
}

#[test]
fn terms_whose_extension_counts_otherwise_are_refused() {
    let mut terms = licence().terms;
    terms.extension.as_mut().unwrap().period = "10 days".parse().unwrap();
    assert!(matches!(Clock::start("x", terms, moment("2024-03-01T15:00")), Err(ClockError::OtherUnit { .. })));
}

#[test]
fn a_stopped_clock_keeps_the_measure_of_its_last_moment() {
    let almanac = almanac().unwrap();
    let mut clock = licence();
    clock.pause("hearing", "听证通知书", moment("2024-03-11T09:00")).unwrap();
    clock.stop(moment("2024-04-02T16:00")).unwrap();
    assert!(!clock.is_running() && clock.open_pause().is_none());
    assert!(matches!(clock.stop(moment("2024-04-03T16:00")), Err(ClockError::Stopped(_))));
    assert!(matches!(clock.resume(moment("2024-04-03T16:00")), Err(ClockError::Stopped(_))));
    assert_eq!(clock.timer_at(almanac.latest(), 1_000).unwrap(), None);
    let later = moment("2025-01-02T09:00");
    assert_eq!(clock.overdue_by(almanac.latest(), later).unwrap(), None);
    assert_eq!(clock.remaining(almanac.latest(), later).unwrap().count, 15);
    assert_eq!(clock.gone_per_mille(almanac.latest(), later).unwrap(), 250);
}

#[test]
fn a_clock_reads_back_as_it_was_stored_in_integers_and_texts() {
    let almanac = almanac().unwrap();
    let mut clock = licence();
    clock.pause("hearing", "听证通知书", moment("2024-03-11T09:00")).unwrap();
    clock.resume(moment("2024-03-13T10:00")).unwrap();
    clock.extend(extension("2024-03-28T09:00"), almanac.latest()).unwrap();
    clock.pause("expert_review", "评审告知书", moment("2024-03-29T09:00")).unwrap();
    let json = serde_json::to_value(&clock).unwrap();
    assert_eq!(json["started_at"], "2024-03-01T15:00:00.000+08:00");
    assert_eq!(json["terms"]["rule"]["period"], "20 working_days");
    assert_eq!(json["pauses"][1]["until"], serde_json::Value::Null);
    assert!(!json.to_string().contains(".5"), "no fractions but the milliseconds of moments");
    assert_eq!(serde_json::from_value::<Clock>(json).unwrap(), clock);
    clock.stop(moment("2024-03-30T09:00")).unwrap();
    let again: Clock = serde_json::from_str(&serde_json::to_string(&clock).unwrap()).unwrap();
    assert_eq!(again, clock);
}
