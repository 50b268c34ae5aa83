//! The year's inspections and penalties, exported as the provincial platform would have kept them, and taken in again.

use std::collections::BTreeMap;

use guiju_kernel::case::Case;
use guiju_kernel::procedure::definition::{FieldKind, Procedure};
use guiju_kernel::record::{ActorKind, Record};
use guiju_kernel::rows;
use guiju_kernel::time::civil_of;
use guiju_pack::{Export, Pack};
use guiju_store::{Mode, Store, Target};
use serde_json::Value;

use crate::desk::Desk;
use crate::sheet::{self, Row};
use crate::year;

const PLATFORM: &str = "provincial-enforcement";
const PROCEDURES: [&str; 2] = ["inspection", "penalty-ordinary"];
const PERIOD: [&str; 5] = ["figures", "--from", "2024-01-01", "--until", "2024-12-05"];

/// Every case of the procedure with its records.
async fn cases(store: &dyn Store, procedure: &str) -> Vec<(Case, Vec<Record>)> {
    let mut all = Vec::new();
    for row in store.case_rows(procedure, None, 1_000).await.unwrap() {
        let records = store.records_of_case(row.id).await.unwrap();
        let records = records.iter().map(|one| serde_json::from_str(&one.bytes).unwrap()).collect();
        all.push((rows::case_from(row, Vec::new(), Vec::new()).unwrap(), records));
    }
    all
}

/// Account -> card number; those without a card go by their account, as a staff number.
async fn cards(store: &dyn Store) -> BTreeMap<String, String> {
    let rows = store.entry_versions("officers", u64::from(u32::MAX)).await.unwrap();
    let card = |doc: &Value| doc["fields"]["card"].as_str().unwrap().to_owned();
    rows.iter().map(|row| (row.key.clone(), card(&row.doc))).collect()
}

/// One case as the platform's row.
fn row(case: &Case, records: &[Record], pack: &Pack, export: &Export, cards: &BTreeMap<String, String>) -> Row {
    let procedure = pack.procedure(&case.procedure).unwrap();
    let mut row = Row::new();
    row.insert(export.number[0].clone(), case.number.clone());
    let state = procedure.state(&case.state).unwrap();
    let said = export.states.get(&case.state).and_then(|words| words.first()).unwrap_or(&state.title.zh);
    row.insert(export.state[0].clone(), said.clone());
    for (name, mapped) in &export.fields {
        let Some(value) = case.detail.fields.get(name) else { continue };
        let words = |choice: &str| mapped.words.get(choice).and_then(|words| words.first()).cloned();
        row.insert(mapped.columns[0].clone(), cell(pack, procedure, name, value, words));
    }
    for (name, step) in &export.steps {
        let done: Vec<&Record> = records.iter().filter(|record| record.act == *name).collect();
        if done.is_empty() {
            continue;
        }
        let moments: Vec<String> = done.iter().map(|record| moment(record)).collect();
        row.insert(step.at[0].clone(), moments.join("；"));
        let Some(column) = step.by.first() else { continue };
        let hands = |record: &&Record| {
            let officers = record.by.iter().filter(|doer| doer.kind == ActorKind::Officer);
            officers.map(|doer| cards.get(&doer.id).unwrap_or(&doer.id).clone()).collect::<Vec<_>>().join("、")
        };
        row.insert(column.clone(), done.iter().map(hands).collect::<Vec<_>>().join("；"));
    }
    row
}

fn moment(record: &Record) -> String {
    let civil = civil_of(record.done);
    format!("{} {:02}:{:02}:{:02}", civil.date(), civil.hour(), civil.minute(), civil.second())
}

fn cell(
    pack: &Pack,
    procedure: &Procedure,
    name: &str,
    value: &Value,
    words: impl Fn(&str) -> Option<String>,
) -> String {
    match (&procedure.field(name).unwrap().kind, value) {
        (FieldKind::Enum { choices, .. }, Value::String(code)) => {
            let title = choices.iter().find(|choice| choice.value == *code).map(|choice| choice.title.zh.clone());
            words(code).or(title).unwrap()
        }
        (FieldKind::Money, value) => format!("{:.2}", value.as_f64().unwrap() / 100.0),
        (FieldKind::Flag, Value::Bool(set)) => if *set { "是" } else { "否" }.to_owned(),
        (FieldKind::Unit, Value::String(path)) => pack.unit(path).unwrap().1.title.zh.clone(),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// Exports every procedure to a workbook, and the officers' register by the program itself.
async fn export_all(own: &Desk, pack: &Pack) {
    let store = guiju_store::open(&Target::Folder(own.data()), Mode::Read).await.unwrap();
    let cards = cards(store.as_ref()).await;
    for name in PROCEDURES {
        let export = sheet::export(pack, PLATFORM, name);
        let cases = cases(store.as_ref(), name).await;
        let rows: Vec<Row> = cases.iter().map(|(case, records)| row(case, records, pack, &export, &cards)).collect();
        sheet::write(&own.file(&format!("{name}.xlsx")), &sheet::headings(&export), &rows);
    }
    store.close().await;
}

/// A figure's rows without what must differ: the number of the record, the case's id, and milliseconds that the platform does not keep.
fn rows(figure: &Value) -> Vec<String> {
    let of = |row: &Value| {
        let at = row["at"].as_str().unwrap();
        format!("{} {} {} {} {}", row["number"], at.get(..19).unwrap(), row["what"], row["headline"], row["met"])
    };
    let mut rows: Vec<String> = figure["rows"].as_array().unwrap().iter().map(of).collect();
    rows.sort_unstable();
    rows
}

fn figures(desk: &Desk) -> BTreeMap<String, Value> {
    let (status, counted) = desk.json(&[&PERIOD[..], &["--rows"]].concat());
    assert_eq!(status, 0, "{counted}");
    let counted = counted["figures"].as_array().unwrap().iter();
    let ours = counted.map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone()));
    ours.filter(|(id, _)| id.starts_with("inspection.") || id.starts_with("penalty.")).collect()
}

fn officers(own: &Desk, other: &Desk) {
    let list = own.file("officers.xlsx");
    let list = list.to_str().unwrap();
    let (status, said) = own.run(&["export", "officers", "--out", list]);
    assert_eq!(status, 0, "{said}");
    let (status, said) = other.run(&["import", "officers", list]);
    assert_eq!(status, 0, "{said}");
}

/// What was done in a year of our own is lawful. Exported and taken in from the platform, the same acts give the same figures and
/// rows, which say that they are mirrored, and are found lawful again.
#[tokio::test]
async fn the_years_inspections_and_penalties_come_back_as_mirrored() {
    let own = Desk::new();
    year::demonstrate(&own);
    year::keeps_the_law(&own);
    export_all(&own, &Pack::embedded().unwrap()).await;
    let mirror = Desk::new();
    officers(&own, &mirror);
    for name in PROCEDURES {
        let (status, said) = mirror.import(PLATFORM, name, &own.file(&format!("{name}.xlsx")), &[]);
        assert_eq!((status, &said["bad"]), (0, &0.into()), "{said}");
    }
    let (ours, theirs) = (figures(&own), figures(&mirror));
    assert!(ours.len() >= 7 && ours["inspection.total"]["value"] == 41 && ours["penalty.jammer"]["value"] == 1);
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (id, figure) in &ours {
        let other = &theirs[id];
        assert_eq!((&figure["value"], rows(figure)), (&other["value"], rows(other)), "{id}");
        let kinds = |figure: &Value| -> Vec<String> {
            figure["rows"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
        };
        assert!(
            kinds(figure).iter().all(|kind| kind == "counted") && kinds(other).iter().all(|kind| kind == "mirrored")
        );
    }
    // What was lawful here is found lawful there; instruments and notices are not told by such an export.
    let (status, audit) = mirror.audit();
    assert_eq!((status, &audit["findings"]), (0, &serde_json::json!([])), "{audit}");
    assert!(!audit["unknown"].as_array().unwrap().is_empty(), "{audit}");
    mirror.verify();
    origin(&mirror, "inspection").await;
}

/// Every record of a mirrored case says which system, which number and which batch, and who did it there.
async fn origin(desk: &Desk, procedure: &str) {
    let store = guiju_store::open(&Target::Folder(desk.data()), Mode::Read).await.unwrap();
    let cases = cases(store.as_ref(), procedure).await;
    store.close().await;
    for (case, records) in &cases {
        for record in records {
            let guiju_kernel::record::Origin::Mirror { system, number, batch } = &record.origin else {
                panic!("{record:?}");
            };
            assert_eq!((system.as_str(), number, batch.len()), ("粤海省行政执法信息平台", &case.number, 64));
        }
        let inspected = records.iter().find(|record| record.act == "inspect").unwrap();
        assert_eq!(inspected.by.len(), 3, "the import, and the two who inspected: {inspected:?}");
        assert!(inspected.by.iter().skip(1).all(|doer| !doer.id.starts_with('粤')), "cards lead to accounts");
    }
}
