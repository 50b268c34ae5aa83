//! Enforcement at the office's door: cards, recusals and qualifications come from the register of officers, and what the law
//! forbids leaves no record.

use guiju_kernel::procedure::{Card, Person};
use guiju_office::{Answer, Target};
use serde_json::{Map, Value, json};

use crate::bureau::{Bureau, at, code, done, map, officer, refusal, registrar};

const RADIO: &str = "jh-miit/radio";

/// The people of an enforcement case, as accounts have them: no cards, which the register tells.
struct Team {
    lu: Person,
    chen: Person,
    head: Person,
    reviewer: Person,
}

fn team() -> Team {
    let both = ["investigator", "legal_reviewer"];
    Team {
        lu: officer("lu", RADIO, &both),
        chen: officer("chen", RADIO, &both),
        head: officer("wen", "jh-miit/leadership", &["head"]),
        reviewer: officer("shi", "jh-miit/legal", &["legal_reviewer"]),
    }
}

impl Bureau {
    async fn on_register(&self, account: &str, fields: Value) {
        let mut given = map(json!({"account": account, "name": account, "unit": RADIO}));
        given.extend(map(fields));
        done(self.office.put_entry(&registrar(), "officers", account, given, None, None).await.unwrap());
    }

    async fn staffed(now: &str, lu_until: &str) -> Bureau {
        let bureau = Bureau::open(now).await;
        let card = |number: &str, until: &str| json!({"card": number, "area": "江海市", "valid_from": "2022-01-01", "valid_until": until, "qualifications": ["legal_qualification"]});
        bureau.on_register("lu", card("粤J1", lu_until)).await;
        bureau.on_register("chen", card("粤J2", "2027-01-01")).await;
        bureau.on_register("shi", json!({"qualifications": ["legal_qualification"]})).await;
        bureau
    }

    async fn by(&self, target: Target, act: &str, by: &[&Person], given: Value) -> Answer {
        let mut ask = crate::bureau::ask(target, act, by.first().unwrap(), map(given));
        ask.by = by.iter().map(|person| (*person).clone()).collect();
        self.office.act(ask).await.unwrap()
    }

    async fn did(&self, case: u64, act: &str, by: &[&Person], given: Value) {
        let target = Target::Case { id: case, seen: None };
        if let Answer::Refused(refusal) = self.by(target, act, by, given).await {
            panic!("{act}: {} {}", refusal.rule, refusal.why.zh);
        }
    }

    /// The rule by which an act is refused; nothing is recorded.
    async fn no(&self, target: Target, act: &str, by: &[&Person], given: Value) -> String {
        let before = self.events().await;
        let refusal = refusal(self.by(target, act, by, given).await);
        assert_eq!(self.events().await, before, "a refused act left a record");
        assert!(!refusal.why.zh.is_empty() && !refusal.why.en.is_empty());
        refusal.rule
    }

    async fn filed(&self, team: &Team) -> u64 {
        let lead = json!({"enterprise": code(1), "title": "擅自使用屏蔽器", "source": "monitoring",
            "facts_found": "监测发现持续发射屏蔽信号。", "handling_unit": RADIO});
        let case = done(self.by(new("penalty-ordinary"), "register_lead", &[&team.lu], lead).await).case;
        self.did(case, "file", &[&team.head], json!({"party_kind": "organisation"})).await;
        case
    }
}

fn new(procedure: &str) -> Target {
    Target::New { procedure: procedure.to_owned(), subject: Some(code(1)) }
}

fn on(case: u64) -> Target {
    Target::Case { id: case, seen: None }
}

fn evidence() -> Value {
    json!({"card_shown": true, "evidence": "现场发现正在工作的屏蔽器一台。"})
}

fn inspection(more: Value) -> Value {
    let mut given: Map<String, Value> = map(json!({"enterprise": code(1), "item": "对讲机使用情况检查",
        "item_basis": "无线电管理条例第五十六条", "subject_area": "radio", "handling_unit": RADIO}));
    given.extend(map(more));
    Value::Object(given)
}

/// 处罚法 42 and 43: a card that ended yesterday, a single officer, one who is related. Whatever cards a caller claims, the register says.
#[tokio::test]
async fn cards_and_recusals_are_those_of_the_register_on_the_day() {
    let bureau = Bureau::staffed("2024-03-05 09:00", "2024-03-05").await;
    let mut team = team();
    let case = bureau.filed(&team).await;
    assert_eq!(bureau.no(on(case), "investigate", &[&team.chen], evidence()).await, "actor.count");
    assert_eq!(bureau.no(on(case), "investigate", &[&team.chen, &team.lu], evidence()).await, "actor.card");
    team.lu.cards.push(Card {
        kind: "enforcement".into(),
        number: "假".into(),
        area: "江海市".into(),
        from: jiff::civil::date(2020, 1, 1),
        until: jiff::civil::date(2030, 1, 1),
    });
    assert_eq!(bureau.no(on(case), "investigate", &[&team.chen, &team.lu], evidence()).await, "actor.card");
    let renewed = json!({"card": "粤J1", "area": "江海市", "valid_from": "2022-01-01", "valid_until": "2027-01-01", "recused": [code(1)]});
    bureau.on_register("lu", renewed).await;
    assert_eq!(bureau.no(on(case), "investigate", &[&team.chen, &team.lu], evidence()).await, "actor.recused");
    bureau
        .on_register(
            "lu",
            json!({"card": "粤J1", "area": "江海市", "valid_from": "2022-01-01", "valid_until": "2027-01-01"}),
        )
        .await;
    bureau.did(case, "investigate", &[&team.chen, &team.lu], evidence()).await;
    assert!(bureau.verified().await.ok);
}

/// 处罚法 58, 工信处罚规定 35, 三项制度 14: no decision before the defence period ends, none without the review that is due, and no
/// investigator as reviewer.
#[tokio::test]
async fn a_decision_waits_for_the_defence_and_for_a_reviewer_who_did_not_investigate() {
    let bureau = Bureau::staffed("2024-03-04 09:00", "2027-01-01").await;
    let team = team();
    let pair = [&team.lu, &team.chen];
    let case = bureau.filed(&team).await;
    bureau.did(case, "investigate", &pair, evidence()).await;
    let amounts = json!({"offence_kind": "jammer", "fine": 300_000, "confiscation": 0, "licence_effect": "none", "public_interest": true});
    bureau.did(case, "conclude", &pair, amounts).await;
    bureau.did(case, "inform", &pair, json!({})).await;
    bureau.did(case, "notice_served", &[&team.lu], json!({})).await;
    let decision = || json!({"decision_text": "罚款三千元，没收屏蔽器。"});
    bureau.until("2024-03-11 23:59").await;
    assert_eq!(bureau.no(on(case), "submit_review", &[&team.lu], json!({})).await, "act.submit_review.from.informed");
    assert_eq!(bureau.no(on(case), "decide", &[&team.head], decision()).await, "act.decide.from.informed");
    bureau.until("2024-03-12 09:00").await;
    assert_eq!(bureau.no(on(case), "decide", &[&team.head], decision()).await, "act.decide.from.informed");
    bureau.did(case, "submit_review", &[&team.lu], json!({})).await;
    let opinion = || json!({"review_text": "事实清楚，程序合法。"});
    assert_eq!(bureau.no(on(case), "review", &[&team.lu], opinion()).await, "actor.distinct");
    bureau.did(case, "review", &[&team.reviewer], opinion()).await;
    bureau.did(case, "decide", &[&team.head], decision()).await;
    assert!(bureau.verified().await.ok);
}

/// 处罚法 51: what confiscates is never decided on the spot.
#[tokio::test]
async fn nothing_is_confiscated_on_the_spot() {
    let bureau = Bureau::staffed("2024-03-04 09:00", "2027-01-01").await;
    let team = team();
    let pair = [&team.lu, &team.chen];
    let found = json!({"enterprise": code(1), "party_kind": "organisation", "title": "超功率使用对讲机", "place": "工业大道8号",
        "facts_found": "发射功率高于核定值。", "card_shown": true});
    let case = done(bureau.by(new("penalty-simplified"), "find", &pair, found).await).case;
    bureau.did(case, "tell", &pair, json!({"told": "已告知事实理由依据和权利。"})).await;
    let decide = |more: Value| {
        let mut given = map(json!({"sort": "fine", "decision_text": "当场罚款一千元。"}));
        given.extend(map(more));
        Value::Object(given)
    };
    let rule = bureau.no(on(case), "decide", &pair, decide(json!({"fine": 100_000, "confiscation": 1}))).await;
    assert_eq!(rule, "act.decide.when");
    assert_eq!(bureau.no(on(case), "decide", &pair, decide(json!({"fine": 300_001}))).await, "act.decide.when");
    bureau.did(case, "decide", &pair, decide(json!({"fine": 100_000}))).await;
}

/// 粤营商 48 and 国办发〔2015〕58号: no inspection without plan line, complaint or lead; none called random without its proof. A lead
/// found on site opens a penalty case of its own, in the same commit and linked.
#[tokio::test]
async fn an_inspection_rests_on_something_and_opens_what_it_finds() {
    let bureau = Bureau::staffed("2024-03-04 09:00", "2027-01-01").await;
    let team = team();
    let pair = [&team.lu, &team.chen];
    for bare in [json!({"mode": "complaint"}), json!({"mode": "drawn", "draw_id": "抽1", "source_ref": "12345-1"})] {
        assert_eq!(bureau.no(new("inspection"), "propose", &[&team.lu], inspection(bare)).await, "act.propose.when");
    }
    let planner = officer("gao", "jh-miit/legal", &["planner"]);
    let line = map(json!({"line": "2024-01", "year": 2024, "item": "对讲机使用情况检查", "method": "drawn"}));
    done(bureau.office.put_entry(&planner, "inspection-plans", "2024-01", line, None, None).await.unwrap());
    let drawn = |proof: &str| {
        inspection(json!({"mode": "drawn", "plan_line": "2024-01", "draw_id": "抽1", "draw_proof": proof}))
    };
    assert_eq!(bureau.no(new("inspection"), "propose", &[&team.lu], drawn("")).await, "act.propose.when");
    let proof = "ab".repeat(32);
    let unheld = bureau.no(new("inspection"), "propose", &[&team.lu], drawn(&proof)).await;
    assert_eq!(unheld, "field.as_registered", "a draw that nobody held");
    let sent: Vec<String> = pair.iter().map(|officer| format!("{}/{}", code(1), officer.id)).collect();
    let held = map(
        json!({"draw": "抽1", "title": "对讲机使用情况检查", "targets": [code(1)], "sent": sent, "proof_hash": proof}),
    );
    done(bureau.office.put_entry(&planner, "draws", "抽1", held, None, None).await.unwrap());
    let case = done(bureau.by(new("inspection"), "propose", &[&team.lu], drawn(&proof)).await).case;
    bureau.did(case, "screen", &pair, json!({"no_interest": true})).await;
    bureau.did(case, "approve", &[&team.head], json!({})).await;
    bureau
        .did(
            case,
            "inspect",
            &pair,
            json!({"arrived": "2024-03-04T09:00:00+08:00", "place": "工业大道8号", "card_shown": true}),
        )
        .await;
    bureau.did(case, "record", &pair, json!({"content": "使用未经许可的频率。", "signed": "signed"})).await;
    let before = bureau.events().await;
    let lead = json!({"result_text": "涉嫌违法，已移交。", "lead_title": "擅自使用对讲机", "lead_facts": "使用未经许可的频率。"});
    bureau.did(case, "open_lead", &pair, lead).await;
    assert_eq!(bureau.events().await, before + 2, "the lead is a record of its own");
    let opened = bureau.office.case(before + 1).await.unwrap();
    assert_eq!((opened.procedure.as_str(), opened.state.as_str()), ("penalty-ordinary", "lead"));
    assert_eq!(opened.detail.links, vec![case]);
    assert_eq!(opened.opened, at("2024-03-04 09:00"));
    assert!(bureau.verified().await.ok);
}
