//! Lists to take along: a register, or the cases of a procedure, as the workbench shows them to those who oversee everything.
//!
//! Reads the store alone, so that it may run beside a server. Personal fields are left out: who needs one asks for it by name, and
//! is on record. A register's list bears the titles that its import knows.

use std::collections::BTreeMap;

use guiju_kernel::organ::Register;
use guiju_kernel::procedure::definition::{Field, FieldKind, Procedure, Visibility};
use guiju_kernel::rows::EntryDoc;
use guiju_kernel::time;
use guiju_sheet::{ColumnKind, ListCell, ListColumn, ListSheet};
use guiju_store::{EntryQuery, Store, StoredCase};
use serde_json::Value;

use crate::answer::OfficeError;
use crate::shelf::Volume;
use crate::show;

/// Rows read at once.
const PAGE: u32 = 500;
/// The register in which firms are looked up.
const ENTERPRISES: &str = "enterprises";

/// Every entry of a register in force, by key.
pub async fn of_register(store: &dyn Store, volume: &Volume, register: &Register) -> Result<ListSheet, OfficeError> {
    let fields: Vec<&Field> = register.fields.iter().filter(|f| listed(f)).collect();
    let columns = fields.iter().map(|f| column(&f.title.zh, kind(f))).collect();
    let mut ask = EntryQuery { register: register.id.clone(), contains: None, after: None, limit: PAGE };
    let mut rows = Vec::new();
    loop {
        let page = store.entries(&ask).await?;
        for row in &page.rows {
            let doc: EntryDoc = serde_json::from_value(row.doc.clone())
                .map_err(|e| OfficeError::Damaged(format!("{}: {e}", row.key)))?;
            rows.push(fields.iter().map(|f| cell(f, doc.fields.get(&f.name), volume)).collect());
        }
        ask.after = page.rows.last().map(|row| row.key.clone());
        if !page.more {
            return Ok(ListSheet { title: register.title.zh.clone(), columns, rows });
        }
    }
}

/// Every case of a procedure, in the order of their opening here.
pub async fn of_cases(store: &dyn Store, volume: &Volume, procedure: &Procedure) -> Result<ListSheet, OfficeError> {
    let text = |title: &str| column(title, ColumnKind::Text);
    let mut columns = vec![
        column("编号", ColumnKind::Code),
        column("统一社会信用代码", ColumnKind::Code),
        text("企业名称"),
        text("标题"),
        text("状态"),
        column("提交时间", ColumnKind::Moment),
        column("了结时间", ColumnKind::Moment),
        text("主办单位"),
        column("到期", ColumnKind::Moment),
        text("来源"),
    ];
    let fields: Vec<&Field> = procedure
        .fields
        .iter()
        .filter(|f| listed(f) && f.kind != FieldKind::Party && f.name != procedure.headline)
        .collect();
    columns.extend(fields.iter().map(|f| column(&f.title.zh, kind(f))));
    let mut names = BTreeMap::new();
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = store.case_rows(&procedure.id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        let ids: Vec<u64> = page.iter().map(|row| row.id).collect();
        for case in store.cases(&ids).await? {
            let mut cells = about(store, &case, procedure, volume, &mut names).await?;
            let held = case.row.doc.get("fields");
            cells.extend(fields.iter().map(|f| cell(f, held.and_then(|held| held.get(&f.name)), volume)));
            rows.push(cells);
        }
    }
    Ok(ListSheet { title: procedure.title.zh.clone(), columns, rows })
}

/// A table of a case: all its rows, by the titles of its columns.
pub fn of_table(title: &str, columns: &[Field], rows: &[Value], volume: &Volume) -> ListSheet {
    let line = |row: &Value| columns.iter().map(|of| cell(of, row.get(&of.name), volume)).collect();
    ListSheet {
        title: title.to_owned(),
        columns: columns.iter().map(|of| column(&of.title.zh, kind(of))).collect(),
        rows: rows.iter().map(line).collect(),
    }
}

async fn about(
    store: &dyn Store,
    case: &StoredCase,
    procedure: &Procedure,
    volume: &Volume,
    names: &mut BTreeMap<String, String>,
) -> Result<Vec<ListCell>, OfficeError> {
    let row = &case.row;
    let subject = row.subject.clone().unwrap_or_default();
    if !names.contains_key(&subject) {
        let entry = store.entry(ENTERPRISES, &subject).await?;
        let name = entry.and_then(|e| Some(e.doc.get("fields")?.get("name")?.as_str()?.to_owned()));
        names.insert(subject.clone(), name.unwrap_or_default());
    }
    let state = procedure.state(&row.state).map_or_else(|| row.state.clone(), |s| s.title.zh.clone());
    let lead = case.holdings.iter().find(|h| h.part == 0);
    let unit = lead.map(|h| format!("{}/{}", h.organ, h.unit));
    let unit = unit.map(|path| volume.unit_title(&path).map_or(path, |title| title.zh));
    let origin = match (&row.origin_system, &row.origin_number) {
        (Some(system), Some(number)) => format!("据原系统（{system}，{number}）"),
        _ => "本系统".to_owned(),
    };
    Ok(vec![
        ListCell::Text(row.number.clone()),
        ListCell::Text(subject.clone()),
        ListCell::Text(names.get(&subject).cloned().unwrap_or_default()),
        ListCell::Text(row.headline.clone()),
        ListCell::Text(state),
        moment(Some(row.opened)),
        moment(row.ended),
        ListCell::Text(unit.unwrap_or_default()),
        moment(lead.and_then(|h| h.due)),
        ListCell::Text(origin),
    ])
}

/// What fits into a cell and may stand in a list.
fn listed(field: &Field) -> bool {
    let fits = !matches!(field.kind, FieldKind::File { .. } | FieldKind::Table { .. });
    fits && field.visible != Visibility::Personal
}

fn column(title: &str, kind: ColumnKind) -> ListColumn {
    ListColumn { title: title.to_owned(), kind, unit: None, width: None }
}

fn kind(field: &Field) -> ColumnKind {
    match &field.kind {
        FieldKind::Integer { .. } => ColumnKind::Integer,
        FieldKind::Money => ColumnKind::Money,
        FieldKind::Date => ColumnKind::Date,
        FieldKind::DateTime => ColumnKind::Moment,
        FieldKind::Party | FieldKind::Entry { .. } => ColumnKind::Code,
        _ => ColumnKind::Text,
    }
}

fn cell(field: &Field, value: Option<&Value>, volume: &Volume) -> ListCell {
    let Some(value) = value.filter(|value| !value.is_null()) else { return ListCell::Empty };
    let shown = || ListCell::Text(show::value(field, value, volume).zh);
    match &field.kind {
        FieldKind::Integer { .. } => value.as_i64().map_or_else(shown, ListCell::Integer),
        FieldKind::Money => value.as_i64().map_or_else(shown, ListCell::Fen),
        FieldKind::Date => value.as_str().and_then(|d| time::parse_date(d).ok()).map_or_else(shown, ListCell::Date),
        FieldKind::DateTime => value.as_str().and_then(|t| time::parse(t).ok()).map_or_else(shown, ListCell::Moment),
        _ => shown(),
    }
}

fn moment(ms: Option<i64>) -> ListCell {
    ms.and_then(|ms| time::from_millis(ms).ok()).map_or(ListCell::Empty, ListCell::Moment)
}
