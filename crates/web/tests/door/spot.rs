//! Penalties on the spot (处罚法 51): no confiscation, no more than 200 yuan from a citizen and 3,000 from an organisation.

use crate::browser::{No, Typed, rule};
use crate::house::{House, code};
use crate::matters::PAIR;

fn too_much() -> No<'static> {
    rule("act.decide.when", &["administrative-penalty-law#51", "miit-penalty-procedure#18"])
}

async fn told(house: &House, kind: &str) -> u64 {
    let firm = code(1);
    let found = [
        ("enterprise", firm.as_str()),
        ("party_kind", kind),
        ("title", "超功率使用对讲机"),
        ("place", "工业大道8号"),
        ("facts_found", "发射功率高于核定值。"),
        ("card_shown", "true"),
    ];
    let case = house.opens(PAIR, "penalty-simplified/find", &found).await;
    house.does(PAIR, case, "tell", &[("told", "已告知事实理由依据和权利。")]).await;
    case
}

fn fine<'a>(yuan: &'a str, more: Typed<'a>) -> Vec<(&'a str, &'a str)> {
    [&[("sort", "fine"), ("fine", yuan), ("decision_text", "当场处以罚款。")], more].concat()
}

#[tokio::test]
async fn nothing_is_confiscated_on_the_spot() {
    let house = House::open("2024-03-04 09:00").await;
    let case = told(&house, "organisation").await;
    house.refused(PAIR, case, "decide", &fine("1000", &[("confiscation", "0.01")]), too_much()).await;
    house.does(PAIR, case, "decide", &fine("1000", &[])).await;
}

#[tokio::test]
async fn a_citizen_pays_200_at_most() {
    let house = House::open("2024-03-04 09:00").await;
    let case = told(&house, "citizen").await;
    house.refused(PAIR, case, "decide", &fine("200.01", &[]), too_much()).await;
    house.does(PAIR, case, "decide", &fine("200", &[])).await;
}

#[tokio::test]
async fn an_organisation_pays_3000_at_most() {
    let house = House::open("2024-03-04 09:00").await;
    let case = told(&house, "organisation").await;
    house.refused(PAIR, case, "decide", &fine("3000.01", &[]), too_much()).await;
    house.does(PAIR, case, "decide", &fine("3000", &[])).await;
}
