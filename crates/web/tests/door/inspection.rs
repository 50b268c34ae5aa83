//! Inspections rest on something: a filed plan line, a complaint or a lead; a random one on a draw that the register holds.

use serde_json::json;

use crate::browser::{Typed, rule};
use crate::house::{House, code};

const PROPOSE: &str = "inspection/propose";
const PROOF: &str = "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865";
const OTHER: &str = "53c234e5e8472b6ac51c1ae1cab3fe06fad053beb8ebfd8977b010655bfdd3c3";

async fn house() -> House {
    let house = House::open("2024-03-04 09:00").await;
    let line = |line: &str, method: &str| json!({"line": line, "year": 2024, "item": "台站检查", "method": method});
    house.put("inspection-plans", "2024-01", line("2024-01", "drawn")).await;
    house.put("inspection-plans", "2024-02", line("2024-02", "full_coverage")).await;
    house
}

fn proposal<'a>(firm: &'a str, more: Typed<'a>) -> Vec<(&'a str, &'a str)> {
    let item: Typed<'_> = &[
        ("item", "无线电台站使用检查"),
        ("item_basis", "无线电管理条例第五十六条"),
        ("handling_unit", "jh-miit/radio"),
    ];
    [&[("enterprise", firm)], item, more].concat()
}

/// 粤营商 48, 国办发〔2015〕58号: no inspection out of nothing, and none on a plan line that was not filed.
#[tokio::test]
async fn an_inspection_rests_on_a_plan_line_a_complaint_or_a_lead() {
    let house = house().await;
    let firm = code(1);
    let no =
        || rule("act.propose.when", &["guangdong-business-environment-regulations#48", "random-inspection-notice#2.1"]);
    let radio: Typed<'_> = &[("subject_area", "radio")];
    let explosives: Typed<'_> = &[("subject_area", "explosives"), ("mode", "full_coverage")];
    for bare in [
        [radio, &[("mode", "complaint")]].concat(),
        [radio, &[("mode", "lead")]].concat(),
        [radio, &[("mode", "full_coverage"), ("plan_line", "2024-02")]].concat(),
        explosives.to_vec(),
    ] {
        house.not_opened("inspector1", PROPOSE, &proposal(&firm, &bare), no()).await;
    }
    let unfiled = [explosives, &[("plan_line", "2024-99")]].concat();
    house.not_opened("inspector1", PROPOSE, &proposal(&firm, &unfiled), no()).await;
    let planned = [explosives, &[("plan_line", "2024-02")]].concat();
    house.opens("inspector1", PROPOSE, &proposal(&firm, &planned)).await;
    house.proposed().await;
}

/// 国办发〔2015〕58号 二（二）: what is called random was drawn: the register holds the draw and its proof, whose hash is the one
/// given, and the firm is among those drawn. Pool, seed and algorithm stand in the proof, which anybody runs again (`/draw`).
#[tokio::test]
async fn a_random_one_rests_on_a_draw_on_the_register() {
    let house = house().await;
    let (firm, rival) = (code(1), code(2));
    let traceable = &["random-inspection-notice#2.2"];
    let drawn: Typed<'_> = &[("subject_area", "radio"), ("mode", "drawn"), ("plan_line", "2024-01")];
    let with = |id: &'static str, proof: &'static str| [drawn, &[("draw_id", id), ("draw_proof", proof)]].concat();
    for bare in [drawn.to_vec(), with("抽2024-01", ""), with("", PROOF)] {
        house.not_opened("inspector1", PROPOSE, &proposal(&firm, &bare), rule("act.propose.when", traceable)).await;
    }
    let no = || rule("field.as_registered", traceable);
    house.not_opened("inspector1", PROPOSE, &proposal(&firm, &with("抽2024-01", PROOF)), no()).await;
    // The pool is announced, and nobody is drawn yet.
    house
        .put(
            "draws",
            "抽2024-01",
            json!({"draw": "抽2024-01", "title": "台站检查", "snapshot_hash": OTHER, "pool": 30}),
        )
        .await;
    house.not_opened("inspector1", PROPOSE, &proposal(&firm, &with("抽2024-01", PROOF)), no()).await;
    let held = json!({"draw": "抽2024-01", "title": "台站检查", "snapshot_hash": OTHER, "pool": 30, "drawn": 1, "targets": [firm], "sent": [format!("{firm}/inspector1"), format!("{firm}/inspector2")], "proof_hash": PROOF});
    house.put("draws", "抽2024-01", held).await;
    house.not_opened("inspector1", PROPOSE, &proposal(&rival, &with("抽2024-01", PROOF)), no()).await;
    house.not_opened("inspector1", PROPOSE, &proposal(&firm, &with("抽2024-01", OTHER)), no()).await;
    let case = house.opens("inspector1", PROPOSE, &proposal(&firm, &with("抽2024-01", PROOF))).await;
    let again = [
        ("redraw_cause", "recusal"),
        ("reason", "抽中人员与企业有亲属关系。"),
        ("draw_id", "抽2024-02"),
        ("draw_proof", OTHER),
    ];
    house.refused("head1", case, "redraw", &again, no()).await;
    // A draw that is on the register and did not draw this firm.
    let other = json!({"draw": "抽2024-02", "title": "另一次检查", "snapshot_hash": PROOF, "pool": 30, "drawn": 1, "targets": [rival], "proof_hash": OTHER});
    house.put("draws", "抽2024-02", other).await;
    house.refused("head1", case, "redraw", &again, no()).await;
}

/// 国办发〔2015〕58号 二（二）: the inspectors are drawn as well, and nobody takes their place but by another draw.
#[tokio::test]
async fn only_who_was_drawn_inspects() {
    let house = house().await;
    let firm = code(1);
    let sent: Vec<String> = ["inspector1", "inspector2"].map(|officer| format!("{firm}/{officer}")).into();
    let held = json!({"draw": "抽2024-01", "title": "台站检查", "targets": [firm], "sent": sent, "proof_hash": PROOF});
    house.put("draws", "抽2024-01", held).await;
    let drawn: Typed<'_> = &[("subject_area", "radio"), ("mode", "drawn"), ("plan_line", "2024-01")];
    let drawn = [drawn, &[("draw_id", "抽2024-01"), ("draw_proof", PROOF)]].concat();
    let case = house.opens("inspector1", PROPOSE, &proposal(&firm, &drawn)).await;
    let no = || rule("actor.listed", &["random-inspection-notice#2.2"]);
    let screened: Typed<'_> = &[("no_interest", "true")];
    house.refused("inspector1+inspector3", case, "screen", screened, no()).await;
    house.does("inspector1+inspector2", case, "screen", screened).await;
    house.does("head1", case, "approve", &[]).await;
    let visit: Typed<'_> = &[("arrived", "2024-03-04 09:00"), ("place", "临江区工业大道8号"), ("card_shown", "true")];
    house.refused("inspector1+inspector3", case, "inspect", visit, no()).await;
    house.does("inspector1+inspector2", case, "inspect", visit).await;
    let record: Typed<'_> = &[("content", "台站执照齐全，参数与执照一致。"), ("signed", "signed")];
    house.refused("inspector1+inspector3", case, "record", record, no()).await;
    house.does("inspector1+inspector2", case, "record", record).await;
}
