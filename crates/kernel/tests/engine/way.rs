//! The usual way of a case, and the turns it can take: desks, clocks, instruments, registers, rounds.

use guiju_kernel::figure::Cut;
use guiju_kernel::procedure::guard::Guard;
use guiju_kernel::procedure::{Claim, Proposal, RefusalKind, decide};
use guiju_kernel::record::{ActorKind, Origin, Table};
use serde_json::json;

use super::fixture::{Desk, FIRM, at, file, who};

fn answered(desk: &mut Desk) {
    desk.act("contact", &["sme"], json!({}));
    desk.act("answer", &["sme"], json!({"answer": "已安排本周送电"}));
}

#[test]
fn a_request_goes_from_the_firm_to_its_end() {
    let mut desk = Desk::new("2024-03-04T10:00");
    let mut proposal = desk.proposal("file", &["firm"], json!({
        "title": " 用电报装慢 ", "body": "报装已经三周\r\n没有答复", "phone": "０５９１-８３００００００", "topics": "loan",
        "items": [{"code": "A1", "amount": 2}, {"code": "A2", "amount": null}],
    }));
    proposal.files = vec![file("photo", 9)];
    let filed = desk.propose(&proposal).unwrap();
    assert_eq!(filed.case.number, "诉〔2024〕000001号");
    assert_eq!((filed.case.id, filed.case.headline.as_str()), (100, "用电报装慢"));
    assert_eq!(filed.case.detail.fields["body"], "报装已经三周\n没有答复");
    assert_eq!(filed.case.detail.fields["topics"], json!(["loan"]));
    assert_eq!(filed.case.detail.fields["source"], "web", "what the act sets");
    assert_eq!(filed.case.detail.fields["items"], json!([{"code": "A1", "amount": 2}, {"code": "A2"}]));
    assert_eq!(filed.personal["phone"], "0591-83000000");
    assert_eq!(filed.case.detail.personal["phone"], 100);
    assert_eq!(filed.record.party.as_deref(), Some(FIRM), "personal values and files lie under the firm's key");
    assert_eq!(filed.record.consulted["params"]["accept.limit"]["value"], "2 hours");
    assert_eq!(filed.notify.len(), 1);
    let lead = &filed.case.parts[0];
    assert_eq!((lead.organ.as_str(), lead.unit.as_str(), lead.due), ("hall", "desk", Some(at("2024-03-04T12:00"))));

    desk.later("2024-03-04T11:00");
    desk.dispatch("gov/sme", &[]);
    assert!(!desk.case().detail.clocks["accept"].is_running());
    assert_eq!(desk.case().parts[0].due, Some(at("2024-03-04T12:00")), "contact within 60 minutes comes first");
    assert_eq!(desk.case().timers.keys().collect::<Vec<_>>(), ["half", "overdue"]);
    desk.later("2024-03-04T11:20");
    desk.act("sign", &["sme"], json!({}));
    assert_eq!(desk.case().parts[0].person.as_deref(), Some("sme"));
    answered(&mut desk);
    assert!(desk.case().timers.is_empty(), "what hangs on a stopped clock is dropped");
    desk.act("serve", &["clerk"], json!({}));
    assert_eq!(
        desk.case().detail.instruments["answer-letter"].received.as_deref(),
        Some("2024-03-04T11:20:00.000+08:00")
    );
    assert!(desk.case().detail.clocks["objection"].terms.rule.rolls, "the party's own period rolls over rest days");
    let closed = desk.act("close", &["sme"], json!({}));
    assert_eq!(closed.spawn.len(), 1);
    let (procedure, opening) = &closed.spawn[0];
    assert_eq!((procedure.as_str(), opening.act.as_str(), opening.links.as_slice()), ("inquiry", "open", &[100][..]));
    assert_eq!(opening.given["about"], "用电报装慢");
    assert!(closed.case.detail.clocks["publish"].is_running(), "a publication is owed");
    assert_eq!(closed.case.parts.iter().filter(|part| part.open).count(), 0);
    assert_eq!(closed.case.timers["window"], at("2024-03-10T00:00"));
}

#[test]
fn entries_are_versions_and_an_ended_one_begins_anew() {
    let mut desk = Desk::new("2024-03-04T10:00");
    let given = json!({"title": "甲", "body": "内容内容内容", "items": [{"code": "A1", "amount": 2}]});
    desk.act("file", &["firm"], given);
    desk.dispatch("gov/sme", &[]);
    answered(&mut desk);
    let number = desk.case().number.clone();
    let versions = desk.world.versions("answers", &number);
    assert_eq!(
        versions[0].doc["fields"],
        json!({"answer": "已安排本周送电", "firm": FIRM, "at": "2024-03-04T10:00:00.000+08:00", "kind": "reply"})
    );
    assert_eq!(desk.world.versions("pieces", "A1")[0].doc["fields"]["amount"], 2);
    desk.act("serve", &["clerk"], json!({}));
    desk.later("2024-03-05T10:00");
    desk.act("close", &["sme"], json!({}));
    desk.later("2024-03-06T10:00");
    desk.act("reopen", &["firm"], json!({}));
    let versions = desk.world.versions("answers", &number);
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0].until, Some(versions[1].since), "the version in force ends where the last one begins");
    assert_eq!((versions[1].until, versions[1].version), (Some(versions[1].since), 2), "in force at no moment");
    desk.act("contact", &["dispatcher"], json!({}));
    desk.act("answer", &["dispatcher"], json!({"answer": "再次答复"}));
    let versions = desk.world.versions("answers", &number);
    assert_eq!((versions[2].version, versions[2].until), (3, None));
    assert_eq!(versions[2].doc["fields"]["answer"], "再次答复");
    assert_eq!(versions[1].until, Some(versions[1].since), "an ended version is not touched again");
}

#[test]
fn one_act_writes_an_entry_once() {
    let mut desk = Desk::new("2024-03-04T10:00");
    let given = json!({"title": "甲", "body": "内容内容内容", "items": [{"code": "A1"}, {"code": "A1"}]});
    desk.act("file", &["firm"], given);
    desk.dispatch("gov/sme", &[]);
    desk.act("contact", &["sme"], json!({}));
    assert_eq!(desk.refuse("answer", &["sme"], json!({"answer": "已办"})).rule, "entry.twice");
}

#[test]
fn a_reopened_case_starts_a_round_one_level_higher() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.dispatch("gov/sme", &[]);
    answered(&mut desk);
    desk.act("serve", &["clerk"], json!({}));
    desk.act("close", &["sme"], json!({}));
    desk.later("2024-03-06T10:00");
    desk.act("reopen", &["firm"], json!({}));
    let case = desk.case();
    assert_eq!((case.round, case.level, case.state.as_str()), (1, 1, "handling"));
    assert_eq!((case.detail.acts["contact"].times, case.detail.acts["contact"].in_round), (1, 0));
    assert_eq!((case.parts[0].organ.as_str(), case.parts[0].unit.as_str()), ("hall", "desk"));
    assert!(case.detail.clocks["close"].is_running(), "clocks that were stopped start anew");
    let refusal = desk.refuse("answer", &["dispatcher"], json!({"answer": "未联系就答复"}));
    assert_eq!(refusal.rule, "act.answer.when", "what was done in the first round does not count in the second");
    assert!(refusal.why.zh.contains("须先办理“联系”"), "{}", refusal.why.zh);
}

#[test]
fn co_handlers_have_their_own_clocks_and_the_case_waits_for_them() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.dispatch("gov/sme", &["gov/power", "county/office"]);
    let case = desk.case();
    assert_eq!(case.parts.len(), 4, "the desk that dispatched may still read the case");
    let of = |unit: &str| case.parts.iter().find(|part| part.unit == unit).unwrap();
    let (power, office, desk_part) = (of("power"), of("office"), of("desk"));
    assert!(power.open && office.open && !desk_part.open && of("sme").part == 0);
    let sub = format!("sub#{}", power.part);
    assert_eq!(power.due, Some(at("2024-03-08T00:00")), "three days after the day of dispatch");
    assert!(case.timers.contains_key(&format!("sub_due#{}", power.part)));
    let refusal = desk.refuse("join", &["sme"], json!({}));
    assert_eq!((refusal.kind, refusal.rule.as_str()), (RefusalKind::Actor, "actor.co_handler"));
    desk.act("contact", &["sme"], json!({}));
    desk.act("join", &["power"], json!({}));
    assert!(!desk.case().detail.clocks[&sub].is_running());
    let refusal = desk.refuse("answer", &["sme"], json!({"answer": "先答复"}));
    assert!(refusal.why.zh.contains("须各协办单位都已办结"), "{}", refusal.why.zh);
    desk.act("join", &["county"], json!({}));
    desk.act("answer", &["sme"], json!({"answer": "都好了"}));
}

#[test]
fn a_return_goes_back_to_who_dispatched_and_only_twice() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    for _ in 0..2 {
        desk.dispatch("gov/sme", &["gov/power"]);
        desk.act("send_back", &["sme"], json!({"reason": "不属我科"}));
        let open: Vec<&str> =
            desk.case().parts.iter().filter(|part| part.open).map(|part| part.unit.as_str()).collect();
        assert_eq!(open, ["desk"]);
        assert!(desk.case().detail.clocks.iter().all(|(name, clock)| !name.starts_with("sub#") || !clock.is_running()));
    }
    desk.dispatch("gov/sme", &[]);
    let refusal = desk.refuse("send_back", &["sme"], json!({"reason": "还是不属"}));
    assert_eq!((refusal.kind, refusal.rule.as_str()), (RefusalKind::Limit, "act.send_back.at_most"));
    assert!(refusal.why.zh.contains("其后由总机构裁定"), "{}", refusal.why.zh);
}

#[test]
fn a_pause_has_its_notice_and_moves_the_deadline() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.dispatch("gov/sme", &[]);
    let half = desk.case().timers["half"];
    desk.act("ask", &["sme"], json!({}));
    let case = desk.case();
    let pause = case.detail.clocks["close"].open_pause().unwrap();
    assert_eq!(
        (pause.cause.as_str(), &pause.notice),
        ("supplement", &case.detail.instruments["supplement-notice"].number)
    );
    assert!(!case.timers.contains_key("half"), "a paused clock rings no bells");
    assert_eq!(case.parts[0].due, None);
    desk.later("2024-03-06T09:00");
    desk.act("supply", &["firm"], json!({"body": "补充后的内容"}));
    assert_eq!(desk.case().detail.answers["supplied"], desk.case().version);
    assert!(desk.case().timers["half"] > half, "the bells move with the deadline");
    assert!(desk.case().parts[0].open, "the unit takes it up again");
    desk.act("answer", &["sme"], json!({"answer": "补充的材料收到"}));
}

#[test]
fn an_extension_needs_the_head_and_happens_once() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.dispatch("gov/sme", &[]);
    desk.act("contact", &["sme"], json!({}));
    let refusal = desk.refuse("extend", &["sme"], json!({"reason": "案情复杂"}));
    assert_eq!(refusal.kind, RefusalKind::Actor);
    let before = desk.case().parts[0].due.unwrap();
    desk.act("extend", &["sme-head"], json!({"reason": "案情复杂"}));
    assert_eq!(desk.case().parts[0].due.unwrap().duration_since(before).as_hours(), 72);
    assert_eq!(desk.case().detail.clocks["close"].extensions[0].reason, "案情复杂");
    let refusal = desk.refuse("extend", &["sme-head"], json!({"reason": "再延"}));
    assert_eq!((refusal.kind, refusal.rule.as_str()), (RefusalKind::Clock, "clock.close"));
}

#[test]
fn a_second_start_does_not_move_a_deadline() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.dispatch("gov/sme", &[]);
    let due = |desk: &Desk| desk.case().detail.clocks["close"].started_at;
    let first = due(&desk);
    desk.later("2024-03-05T10:00");
    desk.act("send_back", &["sme"], json!({"reason": "不属我科"}));
    desk.later("2024-03-06T10:00");
    desk.dispatch("gov/power", &[]);
    assert_eq!(due(&desk), first);
    assert_eq!(desk.case().detail.clocks["contact"].started_at, desk.now, "this one had been stopped");
}

#[test]
fn a_paper_act_entered_later_keeps_both_times() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.later("2024-03-04T16:00");
    let mut proposal = desk.proposal("dispatch", &["dispatcher"], json!({"lead": "gov/sme"}));
    proposal.done = at("2024-03-04T10:30");
    let decided = desk.propose(&proposal).unwrap();
    assert_eq!((decided.record.done, decided.record.recorded), (at("2024-03-04T10:30"), at("2024-03-04T16:00")));
    assert_eq!(decided.case.parts[0].due, Some(at("2024-03-04T11:30")), "clocks run on the time of the act");
    let mut early = desk.proposal("contact", &["sme"], json!({}));
    early.done = at("2024-03-04T10:29");
    let refusal = desk.propose(&early).unwrap_err();
    assert_eq!((refusal.kind, refusal.rule.as_str()), (RefusalKind::Time, "time.order"));
    early.done = at("2024-03-04T16:01");
    assert_eq!(desk.propose(&early).unwrap_err().rule, "time.future");
}

fn imported(desk: &Desk, act: Option<&str>, state: &str, done: &str) -> Proposal {
    let mut proposal =
        desk.proposal("record_history", &["clerk"], json!({"title": "旧件", "lead": "gov/power", "phone": "12-ab"}));
    proposal.by[0].kind = ActorKind::Import;
    proposal.done = at(done);
    proposal.claim = Some(Claim { act: act.map(Into::into), state: state.into() });
    proposal.origin = Origin::Mirror { system: "12345".into(), number: "JZ-7".into(), batch: "aa".repeat(32) };
    proposal.number = Some("JZ-7".into());
    proposal
}

#[test]
fn history_is_stored_as_it_happened_and_an_open_case_goes_on_here() {
    let mut desk = Desk::new("2024-03-04T10:00");
    let first = desk.propose(&imported(&desk, Some("file"), "filed", "2019-05-06T09:00")).unwrap();
    assert_eq!(first.case.number, "JZ-7");
    assert_eq!((first.record.act.as_str(), first.record.tags.as_slice()), ("file", &["filing".to_owned()][..]));
    assert!(matches!(first.record.origin, Origin::Mirror { .. }));
    assert!(first.record.effects.iter().all(|effect| effect.table != Table::Numbers), "no number of ours is used up");
    assert!(first.notify.is_empty(), "nobody is told of what is long past");
    assert_eq!(first.personal["phone"], "12-ab", "past the validators");
    let decided = desk.propose(&imported(&desk, Some("dispatch"), "handling", "2024-03-03T09:00")).unwrap();
    assert_eq!(decided.case.parts[0].unit, "power");
    assert!(decided.case.parts[0].due.is_some(), "an open case has its deadlines");
    desk.act("contact", &["power"], json!({}));
    desk.act("send_back", &["power"], json!({"reason": "不属我科"}));
    assert_eq!(desk.case().parts[0].unit, "desk", "one that was dispatched elsewhere comes back to the first desk");
    desk.propose(&imported(&desk, None, "settled", "2024-03-04T09:00")).unwrap();
    let refusal = desk.propose(&imported(&desk, None, "filed", "2024-03-04T09:00")).unwrap_err();
    assert_eq!(refusal.rule, "state.ended", "there is no way out even for a claim");
}

#[test]
fn a_claim_needs_its_source_and_other_acts_are_our_own() {
    let mut desk = Desk::new("2024-03-04T10:00");
    let mut claim = imported(&desk, Some("file"), "filed", "2019-05-06T09:00");
    claim.origin = Origin::Own;
    assert_eq!(desk.propose(&claim).unwrap_err().rule, "origin.source");
    let mut claim = imported(&desk, Some("file"), "nowhere", "2019-05-06T09:00");
    assert_eq!(desk.propose(&claim).unwrap_err().rule, "claim.state");
    claim = imported(&desk, Some("fly"), "filed", "2019-05-06T09:00");
    assert_eq!(desk.propose(&claim).unwrap_err().rule, "claim.act");
    claim.claim = None;
    assert_eq!(desk.propose(&claim).unwrap_err().rule, "claim.missing");
    let mut own = desk.proposal("file", &["firm"], json!({"title": "甲", "body": "内容内容内容"}));
    own.origin = Origin::Mirror { system: "12345".into(), number: "1".into(), batch: String::new() };
    assert_eq!(desk.propose(&own).unwrap_err().rule, "origin.own");
}

#[test]
fn a_case_is_folded_up_to_the_cut() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.later("2024-03-05T00:00");
    desk.dispatch("gov/sme", &[]);
    let then = desk.case().clone();
    desk.later("2024-03-06T00:00");
    answered(&mut desk);
    let fold = |until: &str, upto_seq| Cut { until: at(until), upto_seq }.fold(&desk.records).unwrap();
    assert_eq!(fold("2024-03-06T00:00", 1_000), Some(then.clone()), "what is done at the cut-off lies beyond it");
    assert_eq!(fold("2024-12-31T00:00", then.version + 1), Some(then));
    assert_eq!(fold("2024-12-31T00:00", 1_000), desk.case);
    assert_eq!(fold("2024-03-04T10:00", 1_000), None);
}

#[test]
fn the_number_counts_anew_each_year() {
    let mut desk = Desk::new("2024-12-31T23:59");
    desk.file();
    let mut next = |now: &str| {
        desk.case = None;
        desk.later(now);
        desk.file();
        desk.case().number.clone()
    };
    assert_eq!(next("2024-12-31T23:59"), "诉〔2024〕000002号");
    assert_eq!(next("2025-01-01T00:00"), "诉〔2025〕000001号", "the year of Beijing, not of UTC");
}

#[test]
fn a_guard_over_an_undefined_parameter_refuses() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.dispatch("gov/sme", &[]);
    desk.act("investigate", &["inspector-1", "inspector-2"], json!({"fine": 5}));
    desk.world.params.remove("hearing.threshold");
    let refusal = desk.refuse("review", &["lawyer"], json!({}));
    assert!(refusal.why.zh.contains("hearing.threshold"), "{}", refusal.why.zh);
    desk.def.acts.iter_mut().find(|act| act.name == "review").unwrap().when =
        Guard::Not(Box::new(Guard::Fact("unheard_of".into())));
    assert_eq!(desk.refuse("review", &["lawyer"], json!({})).kind, RefusalKind::Guard, "not even by a negation");
    desk.world.params.remove("close.extension");
    desk.case = None;
    desk.file();
    let proposal = desk.proposal("dispatch", &["dispatcher"], json!({"lead": "gov/sme"}));
    assert_eq!(decide(&desk.def, desk.case.as_ref(), &proposal, &desk.ctx()).unwrap_err().kind, RefusalKind::Clock);
    assert_eq!(who("lawyer").id, "lawyer");
}
