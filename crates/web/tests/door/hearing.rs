//! Hearings: the right to be heard is not passed over, the panel did not investigate, and legal review follows.

use crate::browser::{Typed, rule};
use crate::house::House;
use crate::matters::{DECISION, EVIDENCE, OPINION, PAIR};

const ASKED: Typed<'_> = &[("hearing_reason", "对处罚幅度有异议，要求听证。")];
const HELD: Typed<'_> = &[("hearing_record", "双方陈述、质证、辩论并作最后陈述。"), ("audio_video", "听证2024-01")];

fn summons() -> [(&'static str, &'static str); 2] {
    [("hearing_at", "2024-03-22 09:30"), ("hearing_place", "局三楼会议室")]
}

fn penalty<'a>(fine: &'a str, confiscation: &'a str) -> [(&'a str, &'a str); 4] {
    [("offence_kind", "unlicensed"), ("fine", fine), ("confiscation", confiscation), ("licence_effect", "none")]
}

/// 处罚法 63, 粤听证 7: from 5,000 yuan for a citizen and 100,000 for an organisation, fine or confiscation each by itself, there
/// is a right to be heard; a fen below there is none. Once it is asked for there is no decision until the hearing was held.
#[tokio::test]
async fn the_right_to_be_heard_is_not_passed_over() {
    let house = House::open("2024-03-04 09:00").await;
    let due = [
        ("citizen", penalty("5000", "0")),
        ("citizen", penalty("0", "5000")),
        ("organisation", penalty("100000", "0")),
        ("organisation", penalty("0", "100000")),
    ];
    for (kind, penalty) in &due {
        let case = house.informed(kind, penalty).await;
        house.does("firm", case, "ask_hearing", ASKED).await;
        let no = rule("state.from", &["administrative-penalty-law#63"]);
        house.refused("head1", case, "decide", DECISION, no).await;
        house
            .refused("inspector1", case, "submit_review", &[], rule("state.from", &["miit-penalty-procedure#45"]))
            .await;
    }
    for (kind, penalty) in [("citizen", penalty("4999.99", "0")), ("organisation", penalty("99999.99", "0"))] {
        let case = house.informed(kind, &penalty).await;
        let no = rule("act.ask_hearing.when", &["administrative-penalty-law#63", "guangdong-hearing-measures#18"]);
        house.refused("firm", case, "ask_hearing", ASKED, no).await;
    }
}

/// 粤听证 18: whoever may be heard has five working days to ask for it; until then there is no decision.
#[tokio::test]
async fn no_decision_while_a_hearing_may_still_be_asked_for() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.informed("organisation", &penalty("150000", "0")).await;
    house.until("2024-03-11 23:59").await;
    let no = rule("act.decide.from.informed", &["administrative-penalty-law#63"]);
    house.refused("head1", case, "decide", DECISION, no).await;
    house.until("2024-03-12 00:00").await;
    let late = rule("act.ask_hearing.when", &["guangdong-hearing-measures#18"]);
    house.refused("firm", case, "ask_hearing", ASKED, late).await;
    house.does("head1", case, "decide", DECISION).await;
}

/// 粤听证 18: a waived defence is no waived hearing: where there is a right to be heard its time runs on, for the review too.
#[tokio::test]
async fn a_waived_defence_is_no_waived_hearing() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.informed("organisation", &penalty("100000", "0")).await;
    house.does("firm", case, "waive", &[("waiver_text", "本公司放弃陈述申辩。")]).await;
    let articles = &["administrative-penalty-law#63", "guangdong-hearing-measures#18"];
    house.refused("head1", case, "decide", DECISION, rule("act.decide.from.waived", articles)).await;
    let no = rule("act.submit_review.from.waived", &["guangdong-hearing-measures#18"]);
    house.refused("inspector1", case, "submit_review", &[], no).await;
    house.until("2024-03-11 23:59").await;
    house.refused("head1", case, "decide", DECISION, rule("act.decide.from.waived", articles)).await;
    house.until("2024-03-12 00:00").await;
    house.does("head1", case, "decide", DECISION).await;
}

/// A refusal by a fact of a statute names the fact, says only what decides it here, and says it once.
#[tokio::test]
async fn the_fact_that_stands_in_the_way_is_said_once() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.informed("organisation", &penalty("100000", "0")).await;
    house.does("firm", case, "waive", &[("waiver_text", "本公司放弃陈述申辩。")]).await;
    let page = house.submit("head1", &format!("/work/case/{case}/act/decide"), DECISION).await;
    let words = page.words();
    assert_eq!(words.matches("须不属于“应当告知听证权利”（").count(), 1, "{words}");
    assert_eq!(words.matches("须少于 100000.00 元").count(), 1, "{words}");
    assert!(!words.contains("不得为“吊销"), "a licence that nobody touches is no matter: {words}");
}

/// 处罚法 64, 粤听证 9: nobody who investigated summons to the hearing, chairs it or sits in it; three sit in it, with cards.
#[tokio::test]
async fn who_investigated_neither_summons_nor_chairs_nor_sits() {
    let house = House::open("2024-03-04 09:00").await;
    let roles = ["investigator", "hearing_chair", "hearing_member", "officer"];
    house.officer("both", "jh-miit/legal", &roles, serde_json::json!({})).await;
    let case = house.filed("organisation").await;
    house.does("inspector1+both", case, "investigate", EVIDENCE).await;
    house.does(PAIR, case, "conclude", &penalty("150000", "0")).await;
    house.does(PAIR, case, "inform", &[("hearing_told", "true")]).await;
    house.does("inspector1", case, "notice_served", &[]).await;
    house.does("firm", case, "ask_hearing", ASKED).await;
    let open = [&summons()[..], &[("hearing_open", "true")]].concat();
    let no = rule("actor.distinct", &["guangdong-hearing-measures#20", "miit-penalty-procedure#38"]);
    house.refused("both", case, "summon", &open, no).await;
    house.does("chair", case, "summon", &open).await;
    house.does("chair", case, "summons_served", &[]).await;
    house.does("chair", case, "announce", &[]).await;
    let no = rule("act.hear.when", &["administrative-penalty-law#64", "guangdong-hearing-measures#20"]);
    house.refused("chair+member1+member2", case, "hear", HELD, no).await;
    house.until("2024-03-22 09:30").await;
    let apart = || rule("actor.distinct", &["administrative-penalty-law#64", "guangdong-hearing-measures#9"]);
    house.refused("both+member1+member2", case, "hear", HELD, apart()).await;
    house.refused("chair+member1+both", case, "hear", HELD, apart()).await;
    let two = rule("actor.count", &["guangdong-hearing-measures#9"]);
    house.refused("chair+member1", case, "hear", HELD, two).await;
    house.does("chair+member1+member2", case, "hear", HELD).await;
}

/// 粤听证 33, 处罚法 58: after a hearing there is no decision without legal review, and none of the panel reviews.
#[tokio::test]
async fn a_hearing_is_followed_by_legal_review() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.informed("organisation", &penalty("150000", "0")).await;
    house.does("firm", case, "ask_hearing", ASKED).await;
    let open = [&summons()[..], &[("hearing_open", "true")]].concat();
    house.does("reviewer", case, "summon", &open).await;
    house.does("reviewer", case, "summons_served", &[]).await;
    house.does("reviewer", case, "announce", &[]).await;
    house.until("2024-03-22 09:30").await;
    house.does("reviewer+member1+member2", case, "hear", HELD).await;
    let no = rule("state.from", &["administrative-penalty-law#58"]);
    house.refused("head1", case, "decide", DECISION, no).await;
    house.does("inspector1", case, "submit_review", &[]).await;
    let no = rule("actor.distinct", &["administrative-penalty-law#58", "three-systems-opinion#14"]);
    house.refused("reviewer", case, "review", OPINION, no).await;
}
