//! Penalties by the ordinary procedure: notice, defence, legal review, ninety days.

use crate::browser::rule;
use crate::house::House;
use crate::matters::{DECISION, EVIDENCE, OPINION, PAIR, SMALL};

const GRAVE: &[(&str, &str)] = &[
    ("offence_kind", "jammer"),
    ("fine", "3000"),
    ("confiscation", "1200"),
    ("licence_effect", "none"),
    ("public_interest", "true"),
];

/// 处罚法 44, 62: whoever was not told is not punished.
#[tokio::test]
async fn no_decision_without_notice() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.concluded("organisation", SMALL).await;
    house.refused("head1", case, "decide", DECISION, rule("state.from", &["administrative-penalty-law#62"])).await;
    house.does(PAIR, case, "inform", &[]).await;
    // Told, but the notice has not arrived: its time has not begun.
    let no = rule("act.decide.from.informed", &["administrative-penalty-law#62", "miit-penalty-procedure#35"]);
    house.refused("head1", case, "decide", DECISION, no).await;
}

/// 工信处罚规定 35, 处罚法 62: five working days to answer, to the last minute; a clear waiver ends them.
#[tokio::test]
async fn no_decision_before_the_defence_period_ends_unless_it_was_waived() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.informed("organisation", SMALL).await;
    let other = house.informed("organisation", SMALL).await;
    let no = || rule("act.decide.from.informed", &["administrative-penalty-law#62", "miit-penalty-procedure#35"]);
    house.refused("head1", case, "decide", DECISION, no()).await;
    house.until("2024-03-11 23:59").await;
    house.refused("head1", case, "decide", DECISION, no()).await;
    house.does("firm", other, "waive", &[("waiver_text", "本公司放弃陈述申辩。")]).await;
    house.does("head1", other, "decide", DECISION).await;
    house.until("2024-03-12 00:00").await;
    house.does("head1", case, "decide", DECISION).await;
    assert_eq!(house.state(case).await, "decided");
}

/// 处罚法 45: what the party answered is checked before anything is decided.
#[tokio::test]
async fn no_decision_before_the_defence_was_checked() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.informed("organisation", SMALL).await;
    house.does("firm", case, "defend", &[("defence_text", "设备由承包商安装，已拆除。")]).await;
    house.until("2024-03-12 09:00").await;
    let no = rule("act.decide.from.informed", &["administrative-penalty-law#62"]);
    house.refused("head1", case, "decide", DECISION, no).await;
    house.does("inspector1", case, "check_defence", &[("defence_check", "经核实，拆除属实。")]).await;
    house.does("head1", case, "decide", DECISION).await;
}

/// 处罚法 58: grave public interest calls for legal review; none before it, none while it is under way or was sent back.
#[tokio::test]
async fn no_decision_without_the_review_that_is_due() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.informed("organisation", GRAVE).await;
    house.until("2024-03-12 09:00").await;
    let article = &["administrative-penalty-law#58"];
    house.refused("head1", case, "decide", DECISION, rule("act.decide.from.informed", article)).await;
    house.does("inspector1", case, "submit_review", &[]).await;
    house.refused("head1", case, "decide", DECISION, rule("state.from", article)).await;
    house.does("reviewer", case, "return_review", &[("review_text", "裁量理由不足，退回补充。")]).await;
    house.refused("head1", case, "decide", DECISION, rule("state.from", article)).await;
    house.does("inspector1", case, "submit_review", &[]).await;
    house.does("reviewer", case, "review", OPINION).await;
    house.does("head1", case, "decide", DECISION).await;
}

/// 处罚法 58, 国办发〔2018〕118号 14: reviewers have no part in the case.
#[tokio::test]
async fn who_investigated_does_not_review() {
    let house = House::open("2024-03-04 09:00").await;
    let roles = ["investigator", "legal_reviewer", "officer"];
    let qualified = serde_json::json!({"qualifications": ["legal_qualification"]});
    house.officer("both", "jh-miit/legal", &roles, qualified).await;
    let case = house.filed("organisation").await;
    house.does("inspector1+both", case, "investigate", EVIDENCE).await;
    house.does(PAIR, case, "conclude", GRAVE).await;
    house.does(PAIR, case, "inform", &[]).await;
    house.does("inspector1", case, "notice_served", &[]).await;
    house.until("2024-03-12 09:00").await;
    house.does("inspector1", case, "submit_review", &[]).await;
    let articles = &["administrative-penalty-law#58", "three-systems-opinion#14"];
    house.refused("both", case, "review", OPINION, rule("actor.distinct", articles)).await;
    house.does("reviewer", case, "review", OPINION).await;
}

/// 处罚法 60, 工信处罚规定 48: ninety days from filing, which no pause and no extension made longer.
#[tokio::test]
async fn after_ninety_days_there_is_no_decision() {
    let house = House::open("2024-03-04 09:00").await;
    let late = house.informed("organisation", SMALL).await;
    let in_time = house.informed("organisation", SMALL).await;
    house.until("2024-06-02 23:59").await;
    house.does("head1", in_time, "decide", DECISION).await;
    house.until("2024-06-03 00:00").await;
    let no = rule("act.decide.when", &["administrative-penalty-law#60", "miit-penalty-procedure#48"]);
    house.refused("head1", late, "decide", DECISION, no).await;
}

/// 工信处罚规定 48: testing, told in writing, does not count; the head may extend once, not twice.
#[tokio::test]
async fn a_counted_pause_and_an_extension_make_the_ninety_days_longer() {
    let house = House::open("2024-03-04 09:00").await;
    let paused = house.filed("organisation").await;
    let extended = house.informed("organisation", SMALL).await;
    house.does(PAIR, paused, "send_test", &[("test_body", "省无线电监测中心")]).await;
    house.does("head1", extended, "extend", &[("reason", "需要核实设备来源，案情复杂。")]).await;
    let again = rule("act.extend.at_most", &["miit-penalty-procedure#48"]);
    house.refused("head1", extended, "extend", &[("reason", "再次延长办案期限。")], again).await;
    house.until("2024-03-14 09:00").await;
    house.does("inspector1", paused, "test_done", &[("test_result", "发射频率落在公众移动通信频段。")]).await;
    house.does(PAIR, paused, "investigate", EVIDENCE).await;
    house.does(PAIR, paused, "conclude", SMALL).await;
    house.does(PAIR, paused, "inform", &[]).await;
    house.does("inspector1", paused, "notice_served", &[]).await;
    house.until("2024-06-05 09:00").await;
    for case in [paused, extended] {
        house.does("head1", case, "decide", DECISION).await;
    }
}

/// 处罚法 72, 强制法 45, 工信处罚规定 52: the late fee never exceeds the fine, not by a fen.
#[tokio::test]
async fn a_late_fee_does_not_exceed_the_fine() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.informed("organisation", SMALL).await;
    house.until("2024-03-12 09:00").await;
    house.does("head1", case, "decide", DECISION).await;
    house.does(PAIR, case, "serve", &[("served_how", "direct")]).await;
    house.until("2024-05-20 09:00").await;
    let paid = |late: &'static str| [("paid", "3000"), ("late_fee", late), ("bank_receipt", "GD20240520001")];
    let articles = ["administrative-penalty-law#72", "administrative-compulsion-law#45", "miit-penalty-procedure#52"];
    for late in ["3000.01", "30000"] {
        house.refused("inspector1", case, "pay", &paid(late), rule("field.not_more_than", &articles)).await;
    }
    house.does("inspector1", case, "pay", &paid("3000")).await;
    assert_eq!(house.state(case).await, "executed");
}
