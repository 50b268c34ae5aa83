//! Licences: from the published list and in a listed authority's name, never beyond the frequency permit, each call sign once.

use std::fs;
use std::path::Path;

use guiju_pack::Pack;
use serde_json::json;

use crate::browser::{Typed, rule};
use crate::house::{House, code};

const COUNTER: &str = "station-licence/apply_for";
const PERMIT: &str = "粤江频2023-00001-01";
const AUTHORITY: Typed<'_> = &[("authority", "粤海省无线电管理机构")];

/// A permit until the middle of 2029 and a series from BJH0001 to BJH9999.
pub async fn registers(house: &House) {
    let permit = json!({"number": PERMIT, "holder": code(1), "valid_until": "2029-06-30", "status": "valid"});
    house.put("frequency-permits", PERMIT, permit).await;
    house.put("call-sign-series", "BJH", json!({"prefix": "BJH", "first": 1, "last": 9999})).await;
}

/// An application for stations: call sign and last day of each.
pub fn application(stations: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut typed: Vec<(String, String)> = [
        ("enterprise", code(1).as_str()),
        ("title", "基站执照"),
        ("frequency_permit", PERMIT),
        ("category", "base"),
        ("contact_name", "欧阳测试"),
        ("contact_phone", "19900001234"),
        ("@technical_plan", "技术方案.pdf"),
        ("@staff_note", "人员情况.pdf"),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .to_vec();
    for (n, (sign, until)) in stations.iter().enumerate() {
        for (column, text) in [
            ("name", "站"),
            ("site", "江海市临江区1号"),
            ("frequency", "1800MHz"),
            ("power", "20W"),
            ("type_approval", "CMIIT00001"),
            ("call_sign", sign),
            ("valid_until", until),
        ] {
            typed.push((format!("stations.{n}.{column}"), text.to_owned()));
        }
    }
    typed
}

pub fn plain(typed: &[(String, String)]) -> Vec<(&str, &str)> {
    typed.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

async fn apply(house: &House, sign: &str) -> u64 {
    house.opens("licence1", COUNTER, &plain(&application(&[(sign, "2029-06-30")]))).await
}

/// An application at the counter, for one station.
pub async fn applied(house: &House) -> u64 {
    registers(house).await;
    apply(house, "BJH0001").await
}

async fn reviewed(house: &House, case: u64) {
    house.does("licence1", case, "accept", &[]).await;
    house.does("licence1", case, "review", &[("review_opinion", "符合条件，拟准予。")]).await;
}

/// 无线电条例 33: not a day longer than the permit, as it stands when the licence is applied for and when it is granted.
#[tokio::test]
async fn a_station_licence_does_not_outlive_its_permit() {
    let house = House::open("2024-03-04 09:00").await;
    registers(&house).await;
    let articles = &["radio-regulations#33", "terrestrial-radio-station-provisions#11"];
    let beyond = application(&[("BJH0001", "2029-07-01")]);
    house.not_opened("licence1", COUNTER, &plain(&beyond), rule("field.rows", articles)).await;
    let case = apply(&house, "BJH0001").await;
    reviewed(&house, case).await;
    let shorter = json!({"number": PERMIT, "holder": code(1), "valid_until": "2028-06-30", "status": "valid"});
    house.put("frequency-permits", PERMIT, shorter).await;
    house.refused("leader", case, "grant", AUTHORITY, rule("field.rows", articles)).await;
}

/// 无线电条例 31, 34: inside a series that was allocated, and borne by nobody else: not in the table, not on the register.
#[tokio::test]
async fn a_call_sign_lies_in_a_series_and_is_used_once() {
    let house = House::open("2024-03-04 09:00").await;
    registers(&house).await;
    let day = "2029-06-30";
    for outside in ["BJH10000", "BJH0000", "BJX0001"] {
        let table = application(&[(outside, day)]);
        let no = rule("field.rows", &["radio-regulations#31", "radio-regulations#34"]);
        house.not_opened("licence1", COUNTER, &plain(&table), no).await;
    }
    let twice = application(&[("BJH0001", day), ("BJH0001", day)]);
    house.not_opened("licence1", COUNTER, &plain(&twice), rule("field.rows", &["radio-regulations#31"])).await;
    let (first, second) = (apply(&house, "BJH0001").await, apply(&house, "BJH0001").await);
    for case in [first, second] {
        reviewed(&house, case).await;
        house.does("leader", case, "grant", AUTHORITY).await;
    }
    house.does("licence1", first, "issue", &[]).await;
    house.refused("licence1", second, "issue", &[], rule("field.rows", &["radio-regulations#31"])).await;
    let taken = application(&[("BJH0001", day)]);
    house.not_opened("licence1", COUNTER, &plain(&taken), rule("field.rows", &["radio-regulations#31"])).await;
}

/// 许可法 32: everything to be corrected is told at once.
#[tokio::test]
async fn corrections_are_told_once() {
    let house = House::open("2024-03-04 09:00").await;
    let case = applied(&house).await;
    house.does("licence1", case, "correct", &[("correction_list", "缺少设备数量汇总；说明未盖章。")]).await;
    house.does("firm", case, "supply", &[("supply_note", "已补齐。")]).await;
    let no =
        rule("act.correct.at_most", &["administrative-licensing-law#32", "terrestrial-radio-station-provisions#8"]);
    house.refused("licence1", case, "correct", &[("correction_list", "还缺一份材料。")], no).await;
    house.does("licence1", case, "accept", &[]).await;
}

/// 许可法 24: decided in the name of the authority that the list names for the item, and of no other.
#[tokio::test]
async fn a_licence_rests_on_a_listed_authority() {
    let house = House::open("2024-03-04 09:00").await;
    let case = applied(&house).await;
    reviewed(&house, case).await;
    let articles = &["administrative-licensing-law#24", "business-environment-regulations#40"];
    let foreign = &[("authority", "邻市工业和信息化局")];
    house.refused("leader", case, "grant", foreign, rule("field.listed_authority", articles)).await;
    let unnamed = crate::browser::field("发证机关", &["administrative-licensing-law#38"]);
    house.refused("leader", case, "grant", &[], unnamed).await;
    let house = house
        .again(
            "2024-03-04 10:00",
            edited(|item| {
                item.lines().filter(|line| !line.contains("authority:")).map(|line| format!("{line}\n")).collect()
            }),
        )
        .await;
    house.refused("leader", case, "grant", AUTHORITY, rule("field.listed_authority", articles)).await;
    let house = house.again("2024-03-04 11:00", crate::house::pack()).await;
    house.does("leader", case, "grant", AUTHORITY).await;
}

/// 营商条例 40: once the item is off the published list, no licence is granted, not even on an application that came before.
#[tokio::test]
async fn an_item_off_the_list_is_not_licensed() {
    let house = House::open("2024-03-04 09:00").await;
    let case = applied(&house).await;
    reviewed(&house, case).await;
    let house = house.again("2024-03-04 10:00", edited(|_| String::new())).await;
    let no =
        rule("field.listed_authority", &["business-environment-regulations#40", "administrative-licensing-law#24"]);
    house.refused("leader", case, "grant", AUTHORITY, no).await;
}

/// The shipped pack with its item for station licences written anew.
fn edited(item: impl Fn(&str) -> String) -> Pack {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/industry-it-bureau");
    let folder = tempfile::tempdir().unwrap();
    copy(&shipped, folder.path());
    let file = folder.path().join("items/licensing.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let from = text.find("\nstation-licence:\n").unwrap() + 1;
    let until = from + text[from..].find("\nfrequency-renewal:\n").unwrap() + 1;
    fs::write(&file, format!("{}{}{}", &text[..from], item(&text[from..until]), &text[until..])).unwrap();
    Pack::load(folder.path()).unwrap_or_else(|complaints| panic!("{}", complaints[0]))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(|_| ()).unwrap()
        }
    }
}
