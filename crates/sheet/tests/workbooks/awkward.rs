//! Builders of workbooks as bureaus keep them, and of what the enterprise register wants from them.

use guiju_kernel::time::{Instant, parse};
use guiju_kernel::validate::credit_code;
use guiju_sheet::{Choice, Column, Kind, MoneyUnit, Preview, Wanted};
use rust_xlsxwriter::Workbook;

pub fn noon() -> Instant {
    parse("2024-12-05T12:00:00.000+08:00").unwrap()
}

/// The credit code of an enterprise that does not exist, by its number.
pub fn code(number: u32) -> String {
    credit_code::complete(&format!("9199990{number:010}")).unwrap().to_string()
}

pub fn column(id: &str, zh: &str, en: &str, also: &[&str], required: bool, kind: Kind) -> Column {
    Column {
        id: id.into(),
        zh: zh.into(),
        en: en.into(),
        also: also.iter().map(ToString::to_string).collect(),
        required,
        kind,
        hint_zh: String::new(),
        hint_en: String::new(),
        example: String::new(),
    }
}

pub fn choice(code: &str, zh: &str, en: &str) -> Choice {
    Choice { code: code.into(), zh: zh.into(), en: en.into(), also: Vec::new() }
}

pub fn scales() -> Vec<Choice> {
    vec![
        choice("large", "大型", "Large"),
        choice("medium", "中型", "Medium"),
        choice("small", "小型", "Small"),
        choice("micro", "微型", "Micro"),
    ]
}

/// What an enterprise register might want.
pub fn enterprises() -> Wanted {
    let capital = Kind::Money { unit: MoneyUnit::Yuan };
    let mut columns = vec![
        column("name", "企业名称", "Enterprise", &["单位名称", "公司名称"], true, Kind::Text { max: 60 }),
        column("code", "统一社会信用代码", "Credit code", &["信用代码"], true, Kind::CreditCode),
        column("scale", "企业规模", "Scale", &["规模"], false, Kind::Choice { choices: scales() }),
        column("capital", "注册资本", "Registered capital", &["注册资金"], false, capital),
        column("founded", "成立日期", "Founded on", &["成立时间"], false, Kind::Date),
        column("phone", "联系电话", "Phone", &["电话", "联系人电话"], false, Kind::Phone),
        column("staff", "职工人数", "Employees", &[], false, Kind::Integer { min: Some(0), max: Some(1_000_000) }),
    ];
    for (column, example) in columns.iter_mut().zip([
        "某某精密机械有限公司",
        "91350100M000100Y43",
        "小型",
        "5000000",
        "2012-03-15",
        "0591-83000000",
        "86",
    ]) {
        column.example = example.into();
    }
    Wanted { zh: "企业".into(), en: "enterprise".into(), columns, unique: vec![vec!["code".into()]] }
}

pub fn bytes(mut workbook: Workbook) -> Vec<u8> {
    workbook.save_to_buffer().unwrap()
}

/// Writes texts into a sheet of a new workbook, row by row.
pub fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*cells) {
            if !text.is_empty() {
                sheet.write_string(row, column, *text).unwrap();
            }
        }
    }
    bytes(workbook)
}

/// What a person sees of a preview.
pub fn seen(preview: &Preview) -> String {
    let mut lines = vec![format!("{} / {}", preview.source.zh(), preview.source.en())];
    for sheet in &preview.sheets {
        lines.push(format!("sheet {} heading {:?} ignored {:?}", sheet.name, sheet.heading, sheet.ignored));
        for (id, (letters, title)) in &sheet.columns {
            lines.push(format!("  {letters} {title} -> {id}"));
        }
    }
    for complaint in &preview.file_complaints {
        lines.push(format!("{:?} {}: {} / {}", complaint.severity, complaint.sheet, complaint.zh, complaint.en));
    }
    for skipped in &preview.skipped {
        lines.push(format!("skipped {} {}: {} / {}", skipped.sheet, skipped.row, skipped.zh, skipped.en));
    }
    for row in &preview.rows {
        lines.push(format!("row {} {}", row.number, if row.is_good() { "good" } else { "BAD" }));
        for (id, value) in &row.values {
            lines.push(format!("  {id} = {value:?}"));
        }
        for c in &row.complaints {
            let cell = c.cell.as_deref().unwrap_or_default();
            let title = c.column_title.as_deref().unwrap_or_default();
            lines.push(format!("  {cell} {title} `{}`: {} / {}", c.value, c.zh, c.en));
        }
    }
    lines.push(format!("good {} bad {}", preview.good(), preview.bad()));
    lines.join("\n")
}
