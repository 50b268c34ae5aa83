//! Timers: what happens by itself, once, and what it leaves on record.

use guiju_kernel::procedure::{LAPSE, RECOUNT, REMIND, RefusalKind, bell, decide, recount, ring};
use guiju_kernel::record::{ActorKind, Table};
use serde_json::json;

use super::fixture::{Desk, at};

fn at_work() -> Desk {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.dispatch("gov/sme", &["gov/power"]);
    desk
}

fn rung(desk: &mut Desk, timer: &str) -> guiju_kernel::record::Record {
    let decided = ring(&desk.def, desk.case(), timer, &desk.ctx()).unwrap();
    desk.accept(&decided);
    decided.record
}

#[test]
fn a_reminder_is_on_record_and_comes_once() {
    let mut desk = at_work();
    let half = desk.case().timers["half"];
    let refusal = ring(&desk.def, desk.case(), "half", &desk.ctx()).unwrap_err();
    assert_eq!((refusal.kind, refusal.rule.as_str()), (RefusalKind::Time, "timer.early"));
    desk.later("2024-03-09T10:00");
    let decided = ring(&desk.def, desk.case(), "half", &desk.ctx()).unwrap();
    assert_eq!((decided.record.act.as_str(), decided.record.done, decided.notify.len()), (REMIND, half, 1));
    assert_eq!(decided.record.recorded, desk.now, "the office may be late, the record says so");
    assert_eq!(decided.record.by[0].kind, ActorKind::Timer);
    let touched: Vec<Table> = decided.record.effects.iter().map(|effect| effect.table).collect();
    assert_eq!(touched, [Table::Cases, Table::Timers]);
    desk.accept(&decided);
    assert_eq!(ring(&desk.def, desk.case(), "half", &desk.ctx()).unwrap_err().rule, "timer.unset");
}

#[test]
fn an_overdue_clock_escalates_by_the_same_door() {
    let mut desk = at_work();
    desk.later("2024-03-12T00:00");
    let record = rung(&mut desk, "overdue");
    assert_eq!((record.act.as_str(), record.done), ("escalate", at("2024-03-12T00:00")));
    assert_eq!(desk.case().level, 1);
    let mut proposal = desk.proposal("escalate", &[], json!({}));
    proposal.by = vec![bell("half")];
    let refusal = decide(&desk.def, desk.case.as_ref(), &proposal, &desk.ctx()).unwrap_err();
    assert_eq!(refusal.rule, "timer.act", "a timer does only what its definition says");
}

#[test]
fn a_timer_whose_act_is_no_longer_possible_lapses() {
    let mut desk = at_work();
    desk.act("send_back", &["sme"], json!({"reason": "不属我科"}));
    desk.later("2024-03-12T00:00");
    let record = rung(&mut desk, "overdue");
    assert_eq!((record.act.as_str(), &record.consulted["rule"]), (LAPSE, &json!("state.from")));
    assert!(!desk.case().timers.contains_key("overdue"));
}

#[test]
fn a_timer_is_dated_after_what_was_done_meanwhile() {
    let mut desk = at_work();
    desk.later("2024-03-12T09:00");
    desk.act("contact", &["sme"], json!({}));
    desk.later("2024-03-12T10:00");
    assert_eq!(rung(&mut desk, "overdue").done, at("2024-03-12T09:00"));
}

#[test]
fn a_co_handler_has_its_own_bell() {
    let mut desk = at_work();
    let name = desk.case().timers.keys().find(|name| name.starts_with("sub_due#")).unwrap().clone();
    desk.later("2024-03-08T00:00");
    assert_eq!(rung(&mut desk, &name).act, REMIND);
}

#[test]
fn a_closed_case_settles_when_the_window_has_passed() {
    let mut desk = at_work();
    desk.act("join", &["power"], json!({}));
    desk.act("contact", &["sme"], json!({}));
    desk.act("answer", &["sme"], json!({"answer": "已办"}));
    desk.act("serve", &["clerk"], json!({}));
    desk.act("close", &["sme"], json!({}));
    desk.later("2024-03-10T00:00");
    let record = rung(&mut desk, "window");
    assert_eq!(record.act, "settle");
    let case = desk.case();
    assert_eq!(
        (case.state.as_str(), case.outcome.as_deref(), case.ended),
        ("settled", Some("settled"), Some(record.done))
    );
    assert!(case.detail.clocks.values().all(|clock| !clock.is_running()));
    let refusal = desk.refuse("note", &["clerk"], json!({"reason": "补记"}));
    assert_eq!(refusal.rule, "state.ended");
}

/// Design 4.1: a due date that a later notice may still move is counted again when the notice is there.
#[test]
fn a_later_notice_moves_deadlines_and_bells_on_record() {
    let almanac = guiju_testkit::pack_calendar::almanac().unwrap();
    let before = almanac.as_known_at(at("2023-10-24T00:00")).unwrap().clone();
    let mut desk = Desk::new("2024-02-05T10:00");
    desk.calendar = before;
    desk.world.params.insert("close.limit".into(), json!("10 working_days"));
    desk.world.params.insert("close.extension".into(), json!("3 working_days"));
    desk.world.params.insert("contact.limit".into(), json!("12 working_days"));
    desk.file();
    desk.dispatch("gov/sme", &[]);
    let (due, bell) = (desk.case().parts[0].due.unwrap(), desk.case().timers["overdue"]);
    assert_eq!(due, at("2024-02-20T00:00"), "without the notice of 2024 there is no Spring Festival");
    assert!(recount(&desk.def, desk.case(), &desk.ctx()).unwrap().is_none(), "one calendar, one answer");
    desk.calendar = almanac.latest().clone();
    let decided = recount(&desk.def, desk.case(), &desk.ctx()).unwrap().unwrap();
    assert_eq!((decided.record.act.as_str(), decided.record.by[0].kind), (RECOUNT, ActorKind::System));
    desk.accept(&decided);
    assert_eq!(desk.case().parts[0].due, Some(at("2024-02-24T00:00")));
    assert!(desk.case().timers["overdue"] > bell);
    assert!(recount(&desk.def, desk.case(), &desk.ctx()).unwrap().is_none());
}
