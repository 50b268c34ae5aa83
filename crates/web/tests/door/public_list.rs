//! The public list of publications (公示): what the law puts before the public stands there, and nothing else does.

use axum::http::StatusCode;
use guiju_kernel::time::to_millis;
use guiju_office::publications::PublishedAsk;
use serde_json::json;
use sqlx::SqlitePool;
use std::sync::Arc;

use crate::browser::Typed;
use crate::house::{House, at, code};
use crate::matters::{CHECKED, DECISION, PAIR, SMALL};

const LIST: &str = "/public/publications";
const FIRM: &str = "江海测试电子有限公司";

async fn bureau() -> House {
    let house = House::open("2024-03-04 09:00").await;
    house.put("enterprises", &code(1), json!({"credit_code": code(1), "name": FIRM, "address": "保密路一号"})).await;
    house.officer("litigator1", "jh-miit/legal", &["litigator", "officer"], json!({})).await;
    house
}

/// A penalty decided on 12 March and not yet published.
async fn decided(house: &House, kind: &str) -> u64 {
    let case = house.informed(kind, SMALL).await;
    house.until("2024-03-12 09:00").await;
    house.does("head1", case, "decide", DECISION).await;
    case
}

async fn served(house: &House, case: u64) {
    house.does(PAIR, case, "serve", &[("served_how", "direct")]).await;
}

fn record(case: u64) -> String {
    format!("/public/publication/{case}")
}

async fn number(house: &House, case: u64) -> String {
    house.office.store().case(case).await.unwrap().unwrap().row.number
}

/// The list, its file, the record and the list under another filter: everything that the public reads of one case.
async fn everything(house: &House, case: u64) -> String {
    let mut all = String::new();
    for path in
        [LIST.to_owned(), format!("{LIST}?lang=en"), format!("{LIST}.csv"), record(case), record(case) + "?lang=en"]
    {
        let page = house.visit(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        all.push_str(&page.html);
    }
    all
}

/// 处罚法 48, 三项制度意见 6: once published, the decision stands with its party, its number, when it was decided, until when it was
/// due and when it came; before that the public cannot even tell that there is such a case.
#[tokio::test]
async fn a_penalty_stands_in_public_once_it_is_published_and_not_before() {
    let house = bureau().await;
    let case = decided(&house, "organisation").await;
    let number = number(&house, case).await;
    let before = house.visit(LIST).await;
    assert!(before.main().contains("目前没有公示的内容"), "{}", before.words());
    let (unpublished, unknown) = (house.visit(&record(case)).await, house.visit(&record(case + 1_000)).await);
    assert_eq!((unpublished.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(
        unpublished.html.replace(&case.to_string(), "N"),
        unknown.html.replace(&(case + 1_000).to_string(), "N")
    );
    house.until("2024-03-14 10:30").await;
    house.does("publisher", case, "publish", CHECKED).await;
    let list = house.visit(LIST).await;
    for says in [
        "行政处罚（普通程序）",
        "擅自使用无线电信号屏蔽器",
        &number,
        FIRM,
        &code(1),
        "2024年3月12日 09:00",
        "2024年3月21日 24:00",
        "2024年3月14日 10:30",
    ] {
        assert!(list.main().contains(says), "the list does not say `{says}`: {}", list.words());
    }
    assert!(!list.main().contains("逾期"));
    let record = house.visit(&record(case)).await;
    for says in ["没收屏蔽器一台，罚款三千元。", "局网站行政执法公示栏", "江海市工业和信息化局", FIRM, "第17条"]
    {
        assert!(record.main().contains(says), "the record does not say `{says}`: {}", record.words());
    }
    // What the party or the staff may read is not the public's: facts, evidence, opinions, the article chosen, who did it.
    let all = everything(&house, case).await;
    for hidden in [
        "监测发现持续发射",
        "现场检查发现正在工作",
        "保密路一号",
        "已作保密审查",
        "inspector1",
        "publisher",
        "head1",
        "拟处罚款",
    ] {
        assert!(!all.contains(hidden), "`{hidden}` is public");
    }
    let file = house.visit(&format!("{LIST}.csv")).await.html;
    let line = file.lines().nth(1).unwrap();
    for cell in ["行政处罚", &number, FIRM, &code(1), "2024-03-12 09:00", "2024-03-22 00:00", "2024-03-14 10:30"] {
        assert!(line.contains(cell), "the file does not say `{cell}`: {line}");
    }
}

/// 三项制度意见, part 2; 工信处罚规定 17: a natural person's name is masked, the number is shown nowhere, and neither finds anything.
#[tokio::test]
async fn a_natural_person_is_neither_named_nor_found() {
    let house = bureau().await;
    house.put("enterprises", &code(1), json!({"credit_code": code(1), "name": "欧阳测试"})).await;
    let case = house.filed("citizen").await;
    house.does(PAIR, case, "investigate", crate::matters::EVIDENCE).await;
    house.does(PAIR, case, "conclude", SMALL).await;
    house.does(PAIR, case, "inform", &[("hearing_told", "true")]).await;
    house.does("inspector1", case, "notice_served", &[]).await;
    house.until("2024-03-12 09:00").await;
    let decision: Typed<'_> = &[("decision_text", "对欧阳测试没收屏蔽器一台，罚款三千元。")];
    house.does("head1", case, "decide", decision).await;
    house.does("publisher", case, "publish", CHECKED).await;
    let all = everything(&house, case).await;
    assert!(all.contains("欧某某") && all.contains("对欧某某没收屏蔽器一台"), "the decision stands, masked");
    assert!(!all.contains("欧阳测试") && !all.contains(&code(1)), "the person is named");
    for words in ["欧阳测试", "欧阳", &code(1)] {
        let found = house.visit(&format!("{LIST}?q={words}")).await;
        assert!(found.main().contains("没有符合的公示"), "found by `{words}`: {}", found.words());
    }
    let number = number(&house, case).await;
    assert!(house.visit(&format!("{LIST}?q={number}")).await.main().contains("欧某某"), "its number finds it");
}

/// 处罚法 48: what was changed or revoked leaves the list, and of its page only the reason is left.
#[tokio::test]
async fn a_withdrawn_penalty_leaves_the_list_and_says_why() {
    let house = bureau().await;
    let case = decided(&house, "organisation").await;
    served(&house, case).await;
    house.does("publisher", case, "publish", CHECKED).await;
    house.until("2024-04-08 09:00").await;
    house
        .does("litigator1", case, "fall", &[("reason", "复议机关变更了决定"), ("matter_number", "江府复〔2024〕9号")])
        .await;
    assert!(house.visit(LIST).await.main().contains(FIRM), "it stands until it is withdrawn");
    house.does("publisher", case, "withdraw", &[("reason", "处罚决定经复议变更，撤回公示。")]).await;
    let number = number(&house, case).await;
    for path in [LIST.to_owned(), format!("{LIST}?q={number}"), format!("{LIST}?q={}", code(1)), format!("{LIST}.csv")]
    {
        let page = house.visit(&path).await;
        assert!(!page.html.contains("屏蔽器"), "{path} still lists it: {}", page.words());
    }
    let link = format!("href=\"{}\"", record(case));
    assert!(house.visit(&format!("{LIST}?q={number}")).await.main().contains(&link), "its number leads to the reason");
    assert!(!house.visit(&format!("{LIST}?q={}", code(1))).await.main().contains(&link));
    let gone = house.visit(&record(case)).await;
    for says in ["公示已撤回", "处罚决定经复议变更，撤回公示。", &number, "2024年4月8日 09:00"] {
        assert!(gone.main().contains(says), "`{says}` is not said: {}", gone.words());
    }
    for hidden in [FIRM, &code(1), "屏蔽器", "三千元"] {
        assert!(!gone.html.contains(hidden), "`{hidden}` was not taken down");
    }
}

/// After the credit is repaired nothing of the penalty is public any more, and no reason is told.
#[tokio::test]
async fn a_repaired_credit_takes_the_penalty_off_the_public_site() {
    let house = bureau().await;
    let case = decided(&house, "organisation").await;
    served(&house, case).await;
    house.does("publisher", case, "publish", CHECKED).await;
    house.does("inspector1", case, "pay", &[("paid", "3000"), ("bank_receipt", "GD20240312001")]).await;
    house.does("head1", case, "close", &[]).await;
    assert_eq!(house.visit(&record(case)).await.status, StatusCode::OK, "a closed case stays public");
    house.does("publisher", case, "repair_credit", &[("repair_text", "已履行并通过信用修复审核。")]).await;
    assert_eq!(house.visit(&record(case)).await.status, StatusCode::NOT_FOUND);
    assert!(house.visit(LIST).await.main().contains("目前没有公示的内容"));
}

/// A field that the duty withholds is public nowhere: not in the list, not in the record, not by searching, not through another text.
#[tokio::test]
async fn what_the_duty_withholds_is_shown_nowhere() {
    let mut pack = crate::house::pack();
    for procedure in pack.procedures.iter_mut().filter(|procedure| procedure.id == "penalty-ordinary") {
        for duty in Arc::make_mut(procedure).acts.iter_mut().flat_map(|act| &mut act.publishes) {
            duty.withheld = vec!["enterprise".into(), "title".into()];
        }
    }
    let house = House::open_with("2024-03-04 09:00", pack).await;
    house.put("enterprises", &code(1), json!({"credit_code": code(1), "name": FIRM})).await;
    let case = house.informed("organisation", SMALL).await;
    house.until("2024-03-12 09:00").await;
    let decision = format!("对{FIRM}（{}）没收设备一台。", code(1));
    house.does("head1", case, "decide", &[("decision_text", &decision)]).await;
    house.does("publisher", case, "publish", CHECKED).await;
    let all = everything(&house, case).await;
    assert!(all.contains("没收设备一台"), "what is not withheld stands");
    for hidden in [FIRM, &code(1), "擅自使用无线电信号屏蔽器"] {
        assert!(!all.contains(hidden), "`{hidden}` is withheld and public");
    }
    for words in [FIRM, &code(1)] {
        let found = house.visit(&format!("{LIST}?q={words}")).await;
        assert!(found.main().contains("没有符合的公示"), "found by `{words}`");
    }
}

/// 许可法 40, 信息公开条例 15: a licence stands without its applicant's contact, sites and frequencies; an inspection without its record.
#[tokio::test]
async fn licences_and_inspections_stand_by_kind_and_year_without_what_is_the_partys() {
    let house = bureau().await;
    let licence = crate::licence::applied(&house).await;
    house.does("licence1", licence, "accept", &[]).await;
    house.does("licence1", licence, "review", &[("review_opinion", "符合条件，拟准予。")]).await;
    house.does("leader", licence, "grant", &[("authority", "粤海省无线电管理机构")]).await;
    house.does("licence1", licence, "issue", &[]).await;
    house.does("licence1", licence, "publish", &[]).await;
    let inspection = house.passed("2024-03-04 09:00").await;
    house.does("publisher", inspection, "publish", CHECKED).await;
    let all = everything(&house, licence).await + &everything(&house, inspection).await;
    for says in ["基站执照", "粤海省无线电管理机构", "未发现问题。", "对讲机使用情况检查"]
    {
        assert!(all.contains(says), "`{says}` does not stand in public");
    }
    for hidden in [
        "欧阳测试",
        "19900001234",
        "江海市临江区1号",
        "1800MHz",
        "BJH0001",
        "符合条件，拟准予",
        "台账和设备相符",
        "工业大道8号",
    ] {
        assert!(!all.contains(hidden), "`{hidden}` is public");
    }
    for (filter, licence, inspection) in [
        ("kind=licence", true, false),
        ("kind=inspection", false, true),
        ("kind=penalty", false, false),
        ("kind=nonsense", false, false),
        ("year=2024", true, true),
        ("year=2023", false, false),
        ("kind=licence&year=2024", true, false),
        ("q=江海测试", true, true),
        ("q=别的企业", false, false),
        ("q=江", false, false),
    ] {
        for path in [format!("{LIST}?{filter}"), format!("{LIST}.csv?{filter}")] {
            let html = house.visit(&path).await.html;
            assert_eq!((html.contains("基站执照"), html.contains("对讲机使用")), (licence, inspection), "{path}");
        }
    }
}

/// What was published is what the case held then: a later result has not passed the checks, and is owed beside it.
#[tokio::test]
async fn a_later_result_is_not_public_before_it_is_published() {
    let house = bureau().await;
    let case = house.approved().await;
    let there = [("arrived", "2024-03-04 09:00"), ("place", "工业大道8号"), ("card_shown", "true")];
    house.does(PAIR, case, "inspect", &there).await;
    house.does(PAIR, case, "record", &[("content", "功率超出执照。"), ("signed", "signed")]).await;
    house
        .does(PAIR, case, "order", &[("result_text", "发现一处不符，责令改正。"), ("order_text", "调整发射功率。")])
        .await;
    house.does("publisher", case, "publish", CHECKED).await;
    house.until("2024-03-06 09:00").await;
    house.does("inspector1", case, "rectify", &[("rectified_text", "已调整。")]).await;
    house.does(PAIR, case, "recheck", &[("recheck_outcome", "not_done"), ("recheck_text", "功率未调整。")]).await;
    let suspected = [
        ("result_text", "拒不改正，移送处罚。"),
        ("lead_title", "不按许可使用频率"),
        ("lead_facts", "复查时功率仍然超出执照。"),
    ];
    house.does(PAIR, case, "open_lead", &suspected).await;
    let record = house.visit(&record(case)).await;
    assert!(record.main().contains("发现一处不符，责令改正。"), "{}", record.words());
    for hidden in ["拒不改正", "不按许可使用频率", "复查时功率", "2024年3月6日"] {
        assert!(!record.html.contains(hidden), "`{hidden}` is public before it was published");
    }
    let owed = house.get("publisher", "/work/publications").await;
    assert!(owed.main().contains(&format!("/work/case/{case}\"")), "the later result is owed: {}", owed.words());
    assert!(house.visit(LIST).await.main().contains("对讲机使用情况检查"), "the earlier one stands");
}

/// Pages meet: newest first, each publication once, however few stand on a page.
#[tokio::test]
async fn pages_of_the_list_meet() {
    let house = bureau().await;
    let mut cases = Vec::new();
    for _ in 0..3 {
        let case = house.passed("2024-03-04 09:00").await;
        // All in one moment: they are told apart by their case.
        house.does("publisher", case, "publish", CHECKED).await;
        cases.insert(0, case);
    }
    let mut ask = PublishedAsk { limit: 2, ..PublishedAsk::default() };
    let first = house.office.published(&ask).await.unwrap();
    ask.after = first.next.clone();
    let second = house.office.published(&ask).await.unwrap();
    let found: Vec<u64> = first.lines.iter().chain(&second.lines).map(|line| line.case).collect();
    assert_eq!((found, first.lines.len(), second.next), (cases.clone(), 2, None));
    // The same at the door, from a place in the middle.
    let after = first.next.unwrap();
    assert_eq!(after.at, to_millis(at("2024-03-04 09:00")));
    let page = house.visit(&format!("{LIST}?after={}.{}.{}", after.at, after.case_id, after.what)).await;
    let linked = |case: &u64| page.main().contains(&format!("href=\"{}\"", record(*case)));
    assert_eq!(cases.iter().map(linked).collect::<Vec<_>>(), [false, false, true]);
}

/// The officers' list and the alarms go by one clock: what the one marks as overdue the other warns of, at the same moment.
#[tokio::test]
async fn what_is_owed_agrees_with_the_alarms() {
    let house = bureau().await;
    let inspection = house.passed("2024-03-04 09:00").await;
    let penalty = decided(&house, "organisation").await;
    let owed = house.get("publisher", "/work/publications").await;
    let (first, second) = (format!("/work/case/{penalty}\""), format!("/work/case/{inspection}\""));
    let places = (owed.main().find(&first).unwrap(), owed.main().find(&second).unwrap());
    assert!(places.0 < places.1, "the most urgent comes first");
    assert!(owed.main().contains("还剩 7 个工作日"), "{}", owed.words());
    assert!(owed.html.contains("href=\"/work/publications\""), "a newcomer finds it in the navigation");
    // Both lists at the last moment before, and at, each of the two ends.
    for (moment, overdue) in [
        ("2024-03-21 23:59", vec![]),
        ("2024-03-22 00:00", vec![penalty]),
        ("2024-04-01 23:59", vec![penalty]),
        ("2024-04-02 00:00", vec![penalty, inspection]),
    ] {
        house.until(moment).await;
        let person = house.office.person("publisher").await.unwrap().unwrap();
        let alarms: Vec<u64> = house.office.alarms(&person).await.unwrap().iter().map(|alarm| alarm.case).collect();
        let lines = house.office.owed(&person, None, 50).await.unwrap().lines;
        let late: Vec<u64> = lines.iter().filter(|line| line.clock.overdue).map(|line| line.case).collect();
        assert_eq!((&alarms, &late, lines.len()), (&overdue, &overdue, 2), "at {moment}");
        let page = house.get("leader", "/work/publications").await;
        assert_eq!(page.main().contains("逾期未公示"), !overdue.is_empty(), "at {moment}: {}", page.words());
    }
    house.does("publisher", penalty, "publish", CHECKED).await;
    let owed = house.get("publisher", "/work/publications").await;
    assert!(!owed.main().contains(&first) && owed.main().contains(&second), "what is published is owed no more");
    let list = house.visit(LIST).await;
    assert!(list.main().contains("逾期"), "the public reads that it came late: {}", list.words());
    // Whose desk it never lay on does not see it, and a firm has no such list.
    assert!(house.get("handler", "/work/publications").await.main().contains("没有待公示的办件"));
    assert_ne!(house.get("firm", "/work/publications").await.status, StatusCode::OK);
}

/// A decision that is lawfully withheld is owed no more and stands nowhere.
#[tokio::test]
async fn what_is_withheld_as_a_whole_is_neither_owed_nor_public() {
    let house = bureau().await;
    let case = decided(&house, "organisation").await;
    house.does("head1", case, "withhold", &[("withheld_reason", "公开会泄露商业秘密，依法不予公示。")]).await;
    assert!(house.get("publisher", "/work/publications").await.main().contains("没有待公示的办件"));
    assert_eq!(house.visit(&record(case)).await.status, StatusCode::NOT_FOUND);
    assert!(house.visit(LIST).await.main().contains("目前没有公示的内容"));
}

/// The index is made anew from the cases where it is missing or was made by another pack, and can show nothing that a case does not say.
#[tokio::test]
async fn a_lost_or_forged_index_shows_nothing_false_and_is_made_anew() {
    let house = bureau().await;
    let (public, secret) = (house.passed("2024-03-04 09:00").await, house.passed("2024-03-04 09:00").await);
    house.does("publisher", public, "publish", CHECKED).await;
    let pack = house.pack.clone();
    let folder = house.closed().await;
    let database = SqlitePool::connect(&format!("sqlite://{}/guiju.sqlite", folder.path().display())).await.unwrap();
    let change = async |sql: &str| {
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&database).await.unwrap();
    };
    // Somebody writes into the index what no case says.
    change(&format!("UPDATE publications SET published = due, due = NULL WHERE case_id = {secret}")).await;
    let house = House::in_folder("2024-03-05 09:00", pack.clone(), folder).await;
    assert!(house.visit(LIST).await.main().contains(&record(public)));
    assert!(!house.visit(LIST).await.main().contains(&record(secret)), "a forged row shows nothing");
    assert_eq!(house.visit(&record(secret)).await.status, StatusCode::NOT_FOUND);
    let folder = house.closed().await;
    // The index is lost, as in data of an older program.
    change("DELETE FROM publications").await;
    change("DELETE FROM publications_made").await;
    database.close().await;
    let house = House::in_folder("2024-03-06 09:00", pack, folder).await;
    assert!(house.visit(LIST).await.main().contains(&record(public)), "the list is made anew");
    let owed = house.get("publisher", "/work/publications").await;
    assert!(owed.main().contains(&format!("/work/case/{secret}\"")), "so is what is owed");
}
