//! Radio licensing at the office: a table of stations checked and issued, numbers verified, nothing written while a row is wrong.

use std::time::{Duration, Instant};

use guiju_kernel::validate::check_digits;
use guiju_office::{Answer, Ask, Office, Read, TableAsk, Target, Upload, Viewer, whole_table};
use serde_json::{Map, Value, json};

use crate::bureau::{Bureau, RADIO, ask, at, code, done, handler, map, of_firm, officer, refusal, registrar};

/// Stations of the batch: as many as one application takes where time is measured, fewer where it is only built for tests.
const STATIONS: u32 = if cfg!(debug_assertions) { 400 } else { 5_000 };
/// What checking and issuing them may take, in a release build.
const BOUND: Duration = Duration::from_secs(20);
const PERMIT: &str = "粤江频2023-00001-01";

async fn with_permit(now: &str) -> Bureau {
    let bureau = Bureau::open(now).await;
    permit(&bureau.office).await;
    bureau
}

/// A permit until the middle of 2029 and a series from BJH0001 to BJH9999.
pub async fn permit(office: &Office) {
    let put = |register: &'static str, key: &'static str, fields: Value| async move {
        let answer = office.put_entry(&registrar(), register, key, map(fields), None, None).await.unwrap();
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    };
    put(
        "frequency-permits",
        PERMIT,
        json!({"number": PERMIT, "holder": code(1), "valid_until": "2029-06-30", "status": "valid"}),
    )
    .await;
    put("call-sign-series", "BJH", json!({"prefix": "BJH", "first": 1, "last": 9999})).await;
}

fn station(number: u32) -> Map<String, Value> {
    map(json!({
        "name": format!("站{number}"),
        "site": format!("江海市临江区{number}号"),
        "frequency": "1800MHz",
        "power": "20W",
        "type_approval": format!("CMIIT{number:05}"),
        "call_sign": format!("BJH{number:04}"),
        "valid_until": "2029-06-30",
    }))
}

pub fn stations(most: u32) -> Vec<Map<String, Value>> {
    (1..=most).map(station).collect()
}

pub fn application(rows: &[Map<String, Value>]) -> Ask {
    let firm = code(1);
    let given = json!({
        "enterprise": firm, "title": "批量基站执照", "frequency_permit": PERMIT, "category": "base", "stations": rows,
        "contact_name": "欧阳测试", "contact_phone": "19900001234",
    });
    let target = Target::New { procedure: "station-licence".into(), subject: Some(firm.clone()) };
    let file = |field: &str| Upload {
        field: field.into(),
        name: "说明.pdf".into(),
        media: "application/pdf".into(),
        content: b"%PDF-1.7 plan".to_vec(),
    };
    Ask { files: vec![file("technical_plan"), file("staff_note")], ..ask(target, "apply", &of_firm(&firm), map(given)) }
}

async fn grant(bureau: &Bureau, case: u64) {
    let (handler, leader) = (handler(RADIO), officer("zhang", "jh-miit/leadership", &["leader"]));
    bureau.done(case, "accept", &handler, json!({})).await;
    bureau.done(case, "review", &handler, json!({"review_opinion": "符合条件，拟准予。"})).await;
    bureau.done(case, "grant", &leader, json!({"authority": "粤海省无线电管理机构"})).await;
}

#[tokio::test]
async fn one_answer_names_all_37_wrong_rows_and_nothing_is_written() {
    let bureau = with_permit("2024-03-04 09:00").await;
    let mut rows = stations(STATIONS);
    for row in rows.iter_mut().take(36) {
        row.insert("valid_until".into(), "2029-07-01".into());
    }
    rows[36].insert("call_sign".into(), "BJH0040".into());
    let before = bureau.events().await;
    let refused = refusal(bureau.office.act(application(&rows)).await.unwrap());
    assert_eq!((refused.rule.as_str(), refused.field.as_deref()), ("field.rows", Some("stations")));
    let named: Vec<(u32, &str, &str)> =
        refused.cells.iter().map(|cell| (cell.row, cell.column.as_str(), cell.rule.as_str())).collect();
    let mut told: Vec<_> = (1..=36).map(|row| (row, "valid_until", "field.not_beyond")).collect();
    // The row that comes second bears the slip, though either may be meant.
    told.push((40, "call_sign", "field.once"));
    assert_eq!(named, told);
    assert!(
        refused.cells.iter().all(|cell| !cell.article.is_empty() && !cell.why.zh.is_empty() && !cell.why.en.is_empty())
    );
    assert!(refused.article.contains(&"radio-regulations#33".to_owned()), "{:?}", refused.article);
    assert!(refused.why.zh.contains("37 行"), "{}", refused.why.zh);
    assert_eq!(bureau.events().await, before, "a refused application left a record");
}

/// The stations as the firm's list, with a heading row.
pub fn list(rows: &[Map<String, Value>]) -> Vec<u8> {
    let columns = ["name", "site", "frequency", "power", "type_approval", "call_sign", "valid_until"];
    let mut text = String::from("台站名称,台址,频率,功率,型号核准代码,呼号,有效期至\n");
    for row in rows {
        let cells: Vec<_> = columns.iter().map(|name| row[*name].as_str().unwrap()).collect();
        text += &format!("{}\n", cells.join(","));
    }
    text.into_bytes()
}

/// Reads a list for the application, with what registers and dates say of its rows.
pub async fn judged(office: &Office, bytes: &[u8]) -> Read {
    let pack = office.pack();
    let procedure = pack.procedure("station-licence").unwrap();
    let given = map(json!({"frequency_permit": PERMIT}));
    let (act, field) = (procedure.act("apply").unwrap(), procedure.field("stations").unwrap());
    let ask = TableAsk { procedure, act, case: None, field, given: &given };
    office.judge_table(&ask, "台站.csv", bytes).await.unwrap()
}

#[tokio::test]
async fn an_uploaded_list_tells_every_wrong_row_at_its_own_line_before_anything_is_filed() {
    let bureau = with_permit("2024-03-04 09:00").await;
    let mut rows = stations(STATIONS);
    for (row, wrong) in [(0, "2029-07-01"), (1, "2029-02-30"), (2, "")] {
        rows[row].insert("valid_until".into(), wrong.into());
    }
    for row in rows.iter_mut().skip(3).take(33) {
        row.insert("call_sign".into(), "XJH0001".into());
    }
    rows[36].insert("call_sign".into(), "BJH0040".into());
    let before = bureau.events().await;
    let read = judged(&bureau.office, &list(&rows)).await;
    assert_eq!((read.preview.rows.len(), read.preview.bad()), (STATIONS as usize, 37));
    assert_eq!(whole_table(&read), None);
    let first = &read.preview.rows[0].complaints[0];
    assert_eq!((first.row, first.cell.as_deref()), (Some(2), Some("G2")));
    assert!(first.zh.contains("无线电管理条例") && first.zh.contains("第33条"), "{}", first.zh);
    assert!(bureau.office.marked_workbook(&read).unwrap().starts_with(b"PK"));
    assert_eq!(bureau.events().await, before, "looking at a list left a record");
    let good = judged(&bureau.office, &list(&stations(STATIONS))).await;
    assert_eq!(whole_table(&good), Some(json!(stations(STATIONS))));
    let none = judged(&bureau.office, "台站名称,频率\n".as_bytes()).await;
    assert!(none.preview.is_refused() && whole_table(&none).is_none());
}

#[tokio::test]
async fn a_batch_is_checked_and_issued_in_time_and_every_licence_verified_by_its_number() {
    let bureau = with_permit("2024-03-04 09:00").await;
    let rows = stations(STATIONS);
    let begun = Instant::now();
    let read = judged(&bureau.office, &list(&rows)).await;
    assert_eq!(whole_table(&read), Some(json!(rows)), "{:?}", read.preview.complaints().next());
    let case = done(bureau.office.act(application(&rows)).await.unwrap()).case;
    grant(&bureau, case).await;
    bureau.done(case, "issue", &handler(RADIO), json!({})).await;
    let took = begun.elapsed();
    assert!(took < BOUND, "{STATIONS} stations took {took:?}");
    let store = bureau.office.store();
    assert_eq!(store.last_number("station-licences/2024").await.unwrap(), u64::from(STATIONS));
    let viewer = Viewer::Person(of_firm(&code(1)));
    assert_eq!(bureau.office.licences_of_case(&viewer, case).await.unwrap().len(), STATIONS as usize);
    assert!(bureau.office.licence_of_holder(&of_firm(&code(1)), &number(1)).await.unwrap().is_some());
    assert!(bureau.office.licence_of_holder(&of_firm(&code(2)), &number(1)).await.unwrap().is_none());
    for seq in [1, 2, STATIONS] {
        let (register, row) = bureau.office.verify_number(&number(seq)).await.unwrap().unwrap();
        assert_eq!((register.id.as_str(), row.until), ("station-licences", None));
        assert_eq!(row.doc["fields"]["call_sign"], format!("BJH{seq:04}"));
        assert!(!register.verifies.iter().any(|field| field == "site" || field == "frequency"));
    }
    let stem: String = number(1).chars().take(14).collect();
    for wrong in ["", stem.as_str(), "粤江台2024-000001-00", &number(STATIONS + 1)] {
        assert!(bureau.office.verify_number(wrong).await.unwrap().is_none(), "{wrong}");
    }
    // The call signs are taken now: by a later application, and by one that was filed before the first was issued.
    let again = refusal(bureau.office.act(application(&stations(1))).await.unwrap());
    assert_eq!(again.cells.first().map(|cell| cell.rule.as_str()), Some("field.free_in"));
    let report = bureau.verified().await;
    assert!(report.ok, "{:?}", report.faults);
}

/// The number of the `seq`th licence of 2024.
fn number(seq: u32) -> String {
    let stem = format!("粤江台2024-{seq:06}-");
    format!("{stem}{:02}", check_digits::of(&stem))
}

/// 无线电条例 38: a batch ends as one act, and what it held is free for whoever comes next.
#[tokio::test]
async fn a_whole_batch_is_cancelled_and_its_call_signs_are_free_again() {
    let bureau = with_permit("2024-03-04 09:00").await;
    let case = done(bureau.office.act(application(&stations(STATIONS))).await.unwrap()).case;
    grant(&bureau, case).await;
    bureau.done(case, "issue", &handler(RADIO), json!({})).await;
    bureau.office.clock().advance(at("2024-03-05 09:00"));
    let begun = Instant::now();
    let licence = |seq| json!({"licence": number(seq), "call_sign": format!("BJH{seq:04}")});
    let given = json!({
        "enterprise": code(1), "title": "整批注销执照", "licences": (1..=STATIONS).map(licence).collect::<Vec<_>>(),
        "ground": "stopped", "contact_name": "欧阳测试", "contact_phone": "19900001234",
    });
    let target = Target::New { procedure: "station-cancellation".into(), subject: Some(code(1)) };
    let case = done(bureau.act(target, "apply", &of_firm(&code(1)), map(given)).await).case;
    bureau.done(case, "accept", &handler(RADIO), json!({})).await;
    bureau.done(case, "review", &handler(RADIO), json!({"review_opinion": "符合注销情形。"})).await;
    let leader = officer("zhang", "jh-miit/leadership", &["leader"]);
    bureau.done(case, "cancel", &leader, json!({"authority": "粤海省无线电管理机构"})).await;
    let took = begun.elapsed();
    assert!(took < BOUND, "ending {STATIONS} licences took {took:?}");
    for seq in [1, STATIONS] {
        let (_, row) = bureau.office.verify_number(&number(seq)).await.unwrap().unwrap();
        assert!(row.until.is_some() && row.doc["fields"]["status"] == "cancelled", "{row:?}");
        assert_eq!(bureau.office.store().entry("call-signs", &format!("BJH{seq:04}")).await.unwrap(), None);
    }
    done(bureau.office.act(application(&stations(2))).await.unwrap());
    let report = bureau.verified().await;
    assert!(report.ok, "{:?}", report.faults);
}

#[tokio::test]
async fn what_was_free_when_applied_for_is_looked_at_once_more_when_issued() {
    let bureau = with_permit("2024-03-04 09:00").await;
    let first = done(bureau.office.act(application(&stations(2))).await.unwrap()).case;
    let second = done(bureau.office.act(application(&stations(1))).await.unwrap()).case;
    grant(&bureau, first).await;
    grant(&bureau, second).await;
    bureau.done(first, "issue", &handler(RADIO), json!({})).await;
    let refused = bureau.refused(second, "issue", &handler(RADIO), json!({})).await;
    assert_eq!(refused.cells.first().map(|cell| (cell.row, cell.rule.as_str())), Some((1, "field.free_in")));
    bureau.office.clock().advance(at("2024-03-05 09:00"));
    // Once the permit has been shortened, no licence may outlive what is left of it.
    let third = done(bureau.office.act(application(&[station(9)])).await.unwrap()).case;
    let shorter = map(json!({"number": PERMIT, "holder": code(1), "valid_until": "2028-06-30", "status": "valid"}));
    let put = bureau.office.put_entry(&registrar(), "frequency-permits", PERMIT, shorter, None, None).await.unwrap();
    assert!(matches!(put, Answer::Done(_)), "{put:?}");
    let handler = handler(RADIO);
    bureau.done(third, "accept", &handler, json!({})).await;
    bureau.done(third, "review", &handler, json!({"review_opinion": "符合条件，拟准予。"})).await;
    let leader = officer("zhang", "jh-miit/leadership", &["leader"]);
    let refused = bureau.refused(third, "grant", &leader, json!({"authority": "粤海省无线电管理机构"})).await;
    assert_eq!(refused.cells.first().map(|cell| cell.rule.as_str()), Some("field.not_beyond"));
}
