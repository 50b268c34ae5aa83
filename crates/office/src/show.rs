//! Values as people read them, in both languages.

use guiju_kernel::procedure::definition::{Choice, Field, FieldKind, Text};
use guiju_kernel::time;
use serde_json::Value;

use crate::shelf::Volume;

/// A field's value for a page or an export: titles instead of codes, money with its separators, times as people write them.
pub fn value(field: &Field, value: &Value, volume: &Volume) -> Text {
    match (&field.kind, value) {
        (FieldKind::Enum { choices, .. }, Value::Array(values)) => join(values.iter().map(|v| choice(choices, v))),
        (FieldKind::Enum { choices, .. }, one) => choice(choices, one),
        (FieldKind::Unit, Value::String(path)) => volume.unit_title(path).unwrap_or_else(|| same(path)),
        (FieldKind::Unit, Value::Array(paths)) => {
            join(paths.iter().filter_map(|p| p.as_str()).map(|p| volume.unit_title(p).unwrap_or_else(|| same(p))))
        }
        (FieldKind::List { of, .. }, Value::Array(values)) if matches!(**of, FieldKind::Unit) => {
            join(values.iter().filter_map(|p| p.as_str()).map(|p| volume.unit_title(p).unwrap_or_else(|| same(p))))
        }
        (FieldKind::Table { columns, .. }, Value::Array(rows)) => table(columns, rows, volume),
        (FieldKind::Money, Value::Number(fen)) => fen.as_i64().map_or_else(Text::default, |fen| same(&money(fen))),
        (FieldKind::Flag, Value::Bool(flag)) => {
            Text { zh: if *flag { "是" } else { "否" }.into(), en: if *flag { "yes" } else { "no" }.into() }
        }
        (FieldKind::DateTime, Value::String(moment)) => {
            same(&time::parse(moment).map_or_else(|_| moment.clone(), |at| minute(time::to_millis(at))))
        }
        (FieldKind::List { .. }, Value::Array(values)) => {
            join(values.iter().map(|v| same(v.as_str().unwrap_or_default())))
        }
        (_, Value::String(text)) => same(text),
        (_, Value::Null) => Text::default(),
        (_, other) => same(&other.to_string()),
    }
}

/// How many rows a table has, and the first of them: thousands would bury the rest of the page.
fn table(columns: &[Field], rows: &[Value], volume: &Volume) -> Text {
    const SHOWN: usize = 5;
    let line = |row: &Value| {
        let cells = columns.iter().filter_map(|column| Some((column, row.get(&column.name)?)));
        join(cells.map(|(column, cell)| value(column, cell, volume)))
    };
    let (zh, en): (Vec<_>, Vec<_>) = rows.iter().take(SHOWN).map(line).map(|text| (text.zh, text.en)).unzip();
    let more = if rows.len() > SHOWN { " …" } else { "" };
    Text {
        zh: format!("共 {} 行：{}{more}", rows.len(), zh.join("；")),
        en: format!("{} rows: {}{more}", rows.len(), en.join("; ")),
    }
}

fn choice(choices: &[Choice], value: &Value) -> Text {
    let code = value.as_str().unwrap_or_default();
    choices.iter().find(|c| c.value == code).map_or_else(|| same(code), |c| c.title.clone())
}

fn join(texts: impl Iterator<Item = Text>) -> Text {
    let (zh, en): (Vec<_>, Vec<_>) = texts.map(|t| (t.zh, t.en)).unzip();
    Text { zh: zh.join("、"), en: en.join(", ") }
}

fn same(text: &str) -> Text {
    Text { zh: text.to_owned(), en: text.to_owned() }
}

/// Fen as yuan: `1,234.56`.
pub fn money(fen: i64) -> String {
    let whole = (fen / 100).unsigned_abs().to_string();
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{}{grouped}.{:02}", if fen < 0 { "-" } else { "" }, (fen % 100).unsigned_abs())
}

/// Titles of acts that no procedure defines: the program's own.
pub fn act_title(act: &str) -> Text {
    let (zh, en) = match act {
        "remind" => ("期限提醒", "Reminder of a deadline"),
        "record_history" => ("据原系统记录", "Recorded from the former system"),
        "put_entry" => ("登记台账", "Entered in a register"),
        "end_entry" => ("终止台账条目", "Ended a register entry"),
        "erase" => ("删除个人信息", "Erased personal data"),
        "load_pack" => ("启用法规包", "Loaded a pack"),
        other => (other, other),
    };
    Text { zh: zh.into(), en: en.into() }
}

/// A moment as lists show it: `2024-12-04 09:30`.
pub fn minute(ms: i64) -> String {
    time::from_millis(ms)
        .map_or_else(|_| String::new(), |at| time::print(at).chars().take(16).collect::<String>().replace('T', " "))
}

/// Name and content of a file as they were sealed together.
pub fn split_file(plain: &[u8]) -> (String, Vec<u8>) {
    let Some((length, rest)) = plain.split_first_chunk::<4>() else { return (String::new(), plain.to_vec()) };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    match rest.split_at_checked(length) {
        Some((name, content)) => (String::from_utf8_lossy(name).into_owned(), content.to_vec()),
        None => (String::new(), rest.to_vec()),
    }
}
