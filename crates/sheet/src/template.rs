//! What does an empty workbook look like that comes back right the first time?
//!
//! One sheet with the headings (required ones starred), hints as notes, drop-downs and formats; a second that explains
//! each column with an example. The example stands apart, so that nobody sends it in by mistake.

use std::collections::BTreeSet;

use guiju_kernel::time::Instant;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, Format, FormatAlign, Formula, Note as CellNote, Workbook, Worksheet,
};

use crate::SheetError;
use crate::book::column_name;
use crate::list::{
    ColumnKind, column_number, format_of, head_format, new_workbook, set_up_print, shown_width, tab_name,
};
use crate::wanted::{Choice, Column, Kind, Wanted};

/// The name of the sheet that explains the columns; a sheet of this name is not read.
pub const GUIDE: &str = "填写说明";

/// Rows that get drop-downs.
const ROWS_PREPARED: u32 = 5_000;
/// The longest list that a workbook takes without cells of its own (characters, with its commas).
const LIST_CHARS_MAX: usize = 255;
/// The first column of the guide that holds long lists of choices.
const CHOICES_FROM: u16 = 8;

/// Writes an empty workbook for what is wanted. `created` goes into its properties.
///
/// # Errors
/// [`SheetError::Write`] when the writer fails.
pub fn template(wanted: &Wanted, created: Instant) -> Result<Vec<u8>, SheetError> {
    let title = format!("{}导入模板", wanted.zh);
    let mut workbook = new_workbook(created, &title)?;
    let mut taken = BTreeSet::from([GUIDE.to_owned()]);
    let page = workbook.add_worksheet();
    page.set_name(tab_name(&wanted.zh, &mut taken))?;
    for (at, column) in wanted.columns.iter().enumerate() {
        prepare_column(page, column_number(at), column)?;
    }
    set_up_print(page, &title)?;
    explain(&mut workbook, wanted)?;
    Ok(workbook.save_to_buffer()?)
}

fn prepare_column(page: &mut Worksheet, at: u16, column: &Column) -> Result<(), SheetError> {
    let heading = heading(column);
    let head = if column.required { head_format().set_font_color("#B3261E") } else { head_format() };
    let width = shown_width(&heading).max(shown_width(&column.example)).clamp(10, 40) + 4;
    page.set_column_width(at, u16::try_from(width).unwrap_or(44))?;
    page.set_column_format(at, &format_of(shown_kind(&column.kind)))?;
    page.write_string_with_format(0, at, &heading, &head)?;
    let (zh, en) = rule(column);
    let text: String =
        format!("{}\n{zh}\n{}\n{en}", column.hint_zh, column.hint_en).trim().chars().take(1_000).collect();
    let note = CellNote::new(text).set_author("规矩").add_author_prefix(false).set_width(280).set_height(140);
    page.insert_note(0, at, &note)?;
    if let Some(validation) = drop_down(at, &column.kind)? {
        page.add_data_validation(1, at, ROWS_PREPARED, at, &validation)?;
    }
    Ok(())
}

fn heading(column: &Column) -> String {
    let star = if column.required { "*" } else { "" };
    match &column.kind {
        Kind::Money { unit } => format!("{star}{}（{}）", column.zh, unit.zh()),
        _ => format!("{star}{}", column.zh),
    }
}

fn shown_kind(kind: &Kind) -> ColumnKind {
    match kind {
        Kind::Integer { .. } => ColumnKind::Integer,
        Kind::Money { .. } => ColumnKind::Money,
        Kind::Date => ColumnKind::Date,
        Kind::Moment { .. } => ColumnKind::Moment,
        Kind::Text { .. }
        | Kind::Moments { .. }
        | Kind::Flag
        | Kind::Choice { .. }
        | Kind::Choices { .. }
        | Kind::Phone
        | Kind::CreditCode => ColumnKind::Code,
    }
}

/// A drop-down for columns of one choice; long lists stand in the guide, in the column of the same number.
fn drop_down(at: u16, kind: &Kind) -> Result<Option<DataValidation>, SheetError> {
    let names: Vec<&str> = match kind {
        Kind::Flag => vec!["是", "否"],
        Kind::Choice { choices } => choices.iter().map(|choice| choice.zh.as_str()).collect(),
        _ => return Ok(None),
    };
    if names.is_empty() {
        return Ok(None);
    }
    let validation = DataValidation::new();
    let validation = if fits_in_list(&names) {
        validation.allow_list_strings(&names)?
    } else {
        let letters = column_name(CHOICES_FROM.saturating_add(at));
        validation.allow_list_formula(Formula::new(format!("='{GUIDE}'!${letters}$2:${letters}${}", names.len() + 1)))
    };
    let validation = validation.set_error_style(DataValidationErrorStyle::Stop);
    Ok(Some(validation.set_error_title("请从列表中选择")?.set_error_message("Choose from the list.")?))
}

fn fits_in_list(names: &[&str]) -> bool {
    let length: usize = names.iter().map(|name| name.encode_utf16().count() + 1).sum();
    length <= LIST_CHARS_MAX && !names.iter().any(|name| name.contains([',', '"']))
}

/// Says what a column takes, in Chinese and English.
fn rule(column: &Column) -> (String, String) {
    let listed = |choices: &[Choice], name: fn(&Choice) -> &str, between: &str| {
        let shown: Vec<&str> = choices.iter().take(20).map(name).collect();
        shown.join(between) + if choices.len() > shown.len() { "…" } else { "" }
    };
    match &column.kind {
        Kind::Text { max } => (format!("文字，最多{max}字"), format!("text, at most {max} characters")),
        Kind::Integer { .. } => ("整数".into(), "a whole number".into()),
        Kind::Money { unit } => {
            (format!("金额，单位{}，精确到分", unit.zh()), format!("an amount in {}, exact to the fen", unit.en()))
        }
        Kind::Date => ("日期，例如2024-01-02".into(), "a date such as 2024-01-02".into()),
        Kind::Moment { .. } => {
            ("日期和时间，例如2024-01-02 09:05".into(), "date and time such as 2024-01-02 09:05".into())
        }
        Kind::Moments { .. } => (
            "日期和时间，例如2024-01-02 09:05；不止一次的用“；”分开".into(),
            "date and time such as 2024-01-02 09:05; several times are separated by ；".into(),
        ),
        Kind::Flag => ("是或否".into(), "是 (yes) or 否 (no)".into()),
        Kind::Choice { choices } => (
            format!("从中选一项：{}", listed(choices, |c| &c.zh, "、")),
            format!("one of: {}", listed(choices, |c| &c.en, ", ")),
        ),
        Kind::Choices { choices, most } => (
            format!("最多选{most}项，用“、”分开：{}", listed(choices, |c| &c.zh, "、")),
            format!("at most {most} of these, separated by 、: {}", listed(choices, |c| &c.en, ", ")),
        ),
        Kind::Phone => ("手机号，或区号加固定电话".into(), "a mobile number, or a land line with area code".into()),
        Kind::CreditCode => ("18位统一社会信用代码".into(), "the unified social credit code of 18 characters".into()),
    }
}

fn explain(workbook: &mut Workbook, wanted: &Wanted) -> Result<(), SheetError> {
    let page = workbook.add_worksheet();
    page.set_name(GUIDE)?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let heads = [("列", 20), ("Column", 24), ("必填", 6), ("填写要求", 44), ("What to write", 44), ("示例", 26)];
    for (column, (head, width)) in (0_u16..).zip(heads) {
        page.write_string_with_format(0, column, head, &head_format())?;
        page.set_column_width(column, width)?;
    }
    for (row, (at, column)) in (1_u32..).zip(wanted.columns.iter().enumerate()) {
        let (zh, en) = rule(column);
        let required = if column.required { "是" } else { "" };
        let zh = format!("{}\n{zh}", column.hint_zh);
        let en = format!("{}\n{en}", column.hint_en);
        let texts = [&column.zh, &column.en, required, zh.trim(), en.trim(), &column.example];
        for (place, text) in (0_u16..).zip(texts) {
            page.write_string_with_format(row, place, text, &wrapped)?;
        }
        if let Kind::Choice { choices } = &column.kind
            && !fits_in_list(&choices.iter().map(|choice| choice.zh.as_str()).collect::<Vec<_>>())
        {
            let place = CHOICES_FROM.saturating_add(column_number(at));
            page.write_string_with_format(0, place, &column.zh, &head_format())?;
            for (row, choice) in (1_u32..).zip(choices) {
                page.write_string(row, place, &choice.zh)?;
            }
        }
    }
    set_up_print(page, GUIDE)
}
