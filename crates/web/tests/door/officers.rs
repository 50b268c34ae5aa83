//! Officers: a valid card on the day, two of them, nobody related. Whatever a form says, the register of officers has the last word.

use serde_json::json;

use crate::browser::rule;
use crate::house::{House, code};
use crate::matters::{EVIDENCE, PAIR};

const CARD: &[&str] = &["administrative-penalty-law#42"];

/// 处罚法 42: inspector4's card ended on 15 January; on that day it is none, the day before it is one.
#[tokio::test]
async fn an_expired_card_is_none() {
    let house = House::open("2024-01-15 09:00").await;
    let case = house.filed("organisation").await;
    house.refused("inspector1+inspector4", case, "investigate", EVIDENCE, rule("actor.card", CARD)).await;
    house.refused("inspector4+inspector1", case, "investigate", EVIDENCE, rule("actor.card", CARD)).await;
    let house = House::open("2024-01-14 09:00").await;
    let case = house.filed("organisation").await;
    house.does("inspector1+inspector4", case, "investigate", EVIDENCE).await;
}

/// 处罚法 42: a card that was suspended counts for nothing, on site either.
#[tokio::test]
async fn a_suspended_card_is_none() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.approved().await;
    let roles = ["investigator", "officer"];
    house.officer("inspector2", "jh-miit/radio", &roles, json!({"card_suspended": true})).await;
    let visit = [("arrived", "2024-03-04 09:00"), ("place", "工业大道8号"), ("card_shown", "true")];
    house.refused(PAIR, case, "inspect", &visit, rule("actor.card", CARD)).await;
    house.does("inspector1+inspector3", case, "inspect", &visit).await;
}

/// 处罚法 42: one officer, or one named twice, is not two; nor is one with somebody who may not investigate.
#[tokio::test]
async fn one_officer_is_not_two() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.filed("organisation").await;
    house.refused("inspector1", case, "investigate", EVIDENCE, rule("actor.count", CARD)).await;
    house.refused("inspector1+head1", case, "investigate", EVIDENCE, rule("actor.role", CARD)).await;
    let inspection = house.approved().await;
    let visit = [("arrived", "2024-03-04 09:00"), ("place", "工业大道8号"), ("card_shown", "true")];
    house.refused("inspector1", inspection, "inspect", &visit, rule("actor.count", CARD)).await;
}

/// 处罚法 42, 55: the same two, but they did not show their cards.
#[tokio::test]
async fn cards_are_shown() {
    let house = House::open("2024-03-04 09:00").await;
    let case = house.filed("organisation").await;
    let no = crate::browser::field("已出示执法证件", &["administrative-penalty-law#55"]);
    house.refused(PAIR, case, "investigate", &[("evidence", "现场检查发现屏蔽器一台。")], no).await;
}

/// 处罚法 43: whoever is related to the party keeps away, from a penalty and from an inspection.
#[tokio::test]
async fn a_related_officer_keeps_away() {
    let house = House::open("2024-03-04 09:00").await;
    let roles = ["investigator", "officer"];
    house.officer("cousin", "jh-miit/radio", &roles, json!({"recused": [code(1)]})).await;
    let related = || rule("actor.recused", &["administrative-penalty-law#43"]);
    let case = house.filed("organisation").await;
    house.refused("inspector1+cousin", case, "investigate", EVIDENCE, related()).await;
    house.refused("cousin+inspector1", case, "investigate", EVIDENCE, related()).await;
    let inspection = house.proposed().await;
    house.refused("inspector1+cousin", inspection, "screen", &[("no_interest", "true")], related()).await;
}
