//! One request from its filing to its end, and the ways that lead back.

use guiju_kernel::procedure::RefusalKind;
use guiju_kernel::record::{ActorKind, Record};
use guiju_kernel::time::Instant;
use serde_json::json;

use crate::bureau::{
    BANKING, Bureau, RADIO, SME, at, callback, code, dispatcher, done, filing, handler, of_firm, officer,
};

const RAISED: &str = "jh-government/enterprise-services";

async fn records(bureau: &Bureau, case: u64) -> Vec<Record> {
    let stored = bureau.office.store().records_of_case(case).await.unwrap();
    stored.iter().map(|r| serde_json::from_str(&r.bytes).unwrap()).collect()
}

async fn state(bureau: &Bureau, case: u64) -> String {
    bureau.office.case(case).await.unwrap().state
}

/// The whole way: every act moves the case, every clock stops with its act, and when the time to have it reopened is over a
/// timer settles it.
#[tokio::test]
async fn a_request_is_filed_handled_called_back_rated_and_settled() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(1);
    let filed = done(bureau.file(&firm, filing(&firm)).await);
    assert_eq!((filed.number.as_str(), filed.state.as_str()), ("江海工信诉〔2024〕000001号", "filed"));
    let case = filed.case;
    bureau.until("2024-03-04 09:10").await;
    assert_eq!(bureau.done(case, "accept", &dispatcher(), json!({})).await.state, "accepted");
    bureau.until("2024-03-04 09:20").await;
    assert_eq!(bureau.done(case, "dispatch", &dispatcher(), json!({"lead_unit": BANKING})).await.state, "dispatched");
    bureau.until("2024-03-04 09:50").await;
    let unit = handler(BANKING);
    assert_eq!(bureau.done(case, "contact", &unit, json!({})).await.state, "contacted");
    bureau.done(case, "plan", &unit, json!({"plan_text": "与银行约定下周面谈。"})).await;
    bureau.until("2024-03-06 15:00").await;
    assert_eq!(bureau.done(case, "answer", &unit, json!({"answer_text": "银行同意续贷。"})).await.state, "answered");
    assert_eq!(bureau.done(case, "close", &unit, json!({"outcome": "solved"})).await.state, "closed");
    bureau.until("2024-03-07 10:00").await;
    bureau.done(case, "call_back", &callback(), json!({"satisfaction": "satisfied"})).await;
    bureau.done(case, "rate", &of_firm(&firm), json!({"rating": 5})).await;
    assert_eq!(bureau.refused(case, "rate", &of_firm(&firm), json!({"rating": 1})).await.rule, "act.rate.when");
    let clocks = bureau.office.case(case).await.unwrap().detail.clocks;
    let running: Vec<&String> = clocks.iter().filter(|(_, c)| c.is_running()).map(|(name, _)| name).collect();
    assert_eq!(running, ["reopen_window"]);
    bureau.until("2024-03-30 09:00").await;
    assert_eq!(state(&bureau, case).await, "settled");
    let last = records(&bureau, case).await.pop().unwrap();
    assert_eq!((last.act.as_str(), last.by[0].kind), ("settle", ActorKind::Timer));
    let window = clocks["reopen_window"].due_at(bureau.office.calendar().unwrap(), last.done).unwrap();
    assert_eq!(last.done, window.at, "settled at the very moment the window closed");
    let late = bureau.refused(case, "reopen", &of_firm(&firm), json!({"reopen_reason": "问题又出现了"})).await;
    assert_eq!((late.kind, late.rule.as_str()), (RefusalKind::State, "state.ended"));
    assert!(bureau.verified().await.ok);
}

/// 诉求办法第八条: a firm that is not satisfied has it handled one level higher, with limits that run anew; twice at most.
#[tokio::test]
async fn what_is_reopened_goes_one_level_higher() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(1);
    let case = bureau.closed(&firm, SME).await;
    bureau.until("2024-03-05 09:00").await;
    bureau.done(case, "call_back", &callback(), json!({"satisfaction": "dissatisfied"})).await;
    let again = json!({"reopen_reason": "问题没有解决"});
    bureau.done(case, "reopen", &of_firm(&firm), again.clone()).await;
    let raised = bureau.office.case(case).await.unwrap();
    assert_eq!((raised.level, raised.round, raised.state.as_str()), (1, 1, "dispatched"));
    let lead = raised.parts.iter().find(|p| p.part == 0).unwrap();
    assert_eq!(format!("{}/{}", lead.organ, lead.unit), RAISED);
    assert_eq!(raised.detail.clocks["contact"].started_at, at("2024-03-05 09:00"), "the promise runs anew");
    assert_eq!(bureau.refused(case, "contact", &handler(SME), json!({})).await.kind, RefusalKind::Actor);
    bureau.handled(case, RAISED).await;
    bureau.done(case, "reopen", &callback(), again.clone()).await;
    let highest = bureau.office.case(case).await.unwrap();
    assert_eq!((highest.level, highest.parts[0].unit.as_str()), (2, "leading-group"));
    bureau.handled(case, "jh-government/leading-group").await;
    let refusal = bureau.refused(case, "reopen", &of_firm(&firm), again).await;
    assert_eq!((refusal.kind, refusal.rule.as_str()), (RefusalKind::Limit, "act.reopen.at_most"));
}

/// 诉求办法第六条: returned twice at most, with reason and basis, within one working day; then an arbiter who did not dispatch
/// it assigns it, and it may not be returned again. The limit for closing runs through all of it.
#[tokio::test]
async fn returned_twice_then_ruled() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(1);
    let case = bureau.dispatched(&firm, SME).await;
    let close = bureau.office.case(case).await.unwrap().detail.clocks["close"].started_at;
    let back = json!({"return_reason": "not_ours", "return_basis": "三定方案第四条", "suggested_unit": RADIO});
    bureau.done(case, "return", &handler(SME), back.clone()).await;
    bureau.done(case, "reassign", &dispatcher(), json!({"lead_unit": RADIO})).await;
    bureau.done(case, "return", &handler(RADIO), back.clone()).await;
    let third = bureau.refused(case, "reassign", &dispatcher(), json!({"lead_unit": SME})).await;
    assert_eq!(third.rule, "act.reassign.when");
    let ruling = json!({"lead_unit": SME, "ruling": "按主要事项由中小企业科承办。"});
    // Whoever dispatched may not rule on it, whatever roles they have.
    let both = officer("pai", "jh-miit/legal", &["ruler"]);
    assert_eq!(bureau.refused(case, "rule", &both, ruling.clone()).await.rule, "actor.distinct");
    bureau.done(case, "rule", &officer("cai", "jh-miit/legal", &["ruler"]), ruling).await;
    let no_more = bureau.refused(case, "return", &handler(SME), back).await;
    assert_eq!((no_more.kind, no_more.rule.as_str()), (RefusalKind::Limit, "act.return.at_most"));
    assert!(no_more.article.contains(&"platform-service#6".to_owned()), "{:?}", no_more.article);
    let clocks = bureau.office.case(case).await.unwrap().detail.clocks;
    assert!(clocks["close"].is_running() && clocks["close"].started_at == close, "a return moved the closing limit");
}

/// A unit that lets its working day pass may not return what it was given.
#[tokio::test]
async fn too_late_to_return() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let case = bureau.dispatched(&code(1), SME).await;
    bureau.until("2024-03-06 08:00").await;
    let back = json!({"return_reason": "not_ours", "return_basis": "三定方案第四条"});
    assert_eq!(bureau.refused(case, "return", &handler(SME), back).await.rule, "act.return.when");
}

/// 诉求办法第七条: the lead answers for all, once every co-handler has given its part; each part has its own clock.
#[tokio::test]
async fn the_lead_waits_for_its_co_handlers() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(1);
    let case = done(bureau.file(&firm, filing(&firm)).await).case;
    bureau.done(case, "accept", &dispatcher(), json!({})).await;
    bureau.done(case, "dispatch", &dispatcher(), json!({"lead_unit": SME, "with_units": [RADIO, BANKING]})).await;
    let lead = handler(SME);
    bureau.done(case, "contact", &lead, json!({})).await;
    let answer = json!({"answer_text": "各单位意见已汇总。"});
    let part = json!({"part_answer": "频率使用符合规定。"});
    assert_eq!(bureau.refused(case, "answer", &lead, answer.clone()).await.rule, "act.answer.when");
    assert_eq!(bureau.refused(case, "co_answer", &lead, part.clone()).await.kind, RefusalKind::Actor);
    bureau.done(case, "co_answer", &handler(RADIO), part.clone()).await;
    let held = bureau.office.case(case).await.unwrap();
    let runs = |unit: &str| {
        let part = held.parts.iter().find(|p| format!("{}/{}", p.organ, p.unit) == unit).unwrap();
        held.detail.clocks[&format!("part#{}", part.part)].is_running()
    };
    assert_eq!((runs(RADIO), runs(BANKING)), (false, true));
    assert_eq!(bureau.refused(case, "answer", &lead, answer.clone()).await.rule, "act.answer.when");
    bureau.done(case, "co_answer", &handler(BANKING), part).await;
    assert_eq!(bureau.done(case, "answer", &lead, answer).await.state, "answered");
}

/// Reminders and the ladder of escalation ring in order, each at its own moment, though the office looked at the clock only once.
#[tokio::test]
async fn the_ladder_rings_each_rung_at_its_moment() {
    let bureau = Bureau::open("2024-03-04 10:00").await;
    let case = bureau.dispatched(&code(1), SME).await;
    let mut set: Vec<(Instant, String)> =
        bureau.office.case(case).await.unwrap().timers.into_iter().map(|(name, at)| (at, name)).collect();
    set.sort();
    let names: Vec<&str> = set.iter().map(|(_, name)| name.as_str()).collect();
    let ladder = [
        "contact_soon",
        "contact_due",
        "plan_soon",
        "close_half",
        "close_soon",
        "close_due",
        "close_late",
        "close_very_late",
    ];
    assert_eq!(names, ladder);
    assert_eq!((set[0].0, set[1].0), (at("2024-03-04 10:48"), at("2024-03-04 11:00")));
    let before = records(&bureau, case).await.len();
    bureau.until("2024-04-30 09:00").await;
    let rung: Vec<(Instant, String)> =
        records(&bureau, case).await.split_off(before).into_iter().map(|r| (r.done, r.by[0].id.clone())).collect();
    assert_eq!(rung, set);
    let acts: Vec<String> = records(&bureau, case).await.into_iter().map(|r| r.act).collect();
    assert!(acts.ends_with(&["escalate_to_head".into(), "escalate_to_supervisor".into(), "escalate_to_leader".into()]));
    assert!(bureau.office.case(case).await.unwrap().timers.is_empty());
}

/// A clock that could not run on into days of which no notice speaks yet says so: 暂定.
#[tokio::test]
async fn a_deadline_beyond_the_calendar_is_provisional() {
    let bureau = Bureau::open("2026-12-30 09:00").await;
    let case = bureau.dispatched(&code(1), SME).await;
    let view = bureau.office.case_view(&guiju_office::Viewer::Person(handler(SME)), case).await.unwrap();
    let provisional = |name: &str| view.clocks.iter().find(|c| c.name == name).unwrap().provisional;
    assert!(provisional("objection"), "a working day that a notice may still move");
    assert!(!provisional("contact"), "sixty minutes are sixty minutes");
}
