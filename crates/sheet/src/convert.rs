//! What value does a cell hold for a column of this kind, or what is wrong with it?
//!
//! Refuses rather than guesses: failed formulas, digits that Excel has already thrown away, values outside the bounds.
//! Every refusal says what to do.

use guiju_kernel::validate::{credit_code, phone};

use crate::book::{Cell, Note};
use crate::clean::{bare, clean, shown};
use crate::decimal::{Decimal, EXCEL_DIGITS};
use crate::moment::{self, Civil};
use crate::money::{MoneyUnit, from_text, in_fen, without_separators};
use crate::number_format::Look;
use crate::wanted::{Choice, Kind, Value};

/// What the surroundings of a cell say about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) from_1904: bool,
    /// The unit that the heading or the sheet names for money.
    pub(crate) unit: Option<MoneyUnit>,
}

/// Converts a cell; `None` for one that holds nothing.
pub(crate) fn convert(cell: &Cell, kind: &Kind, context: Context) -> Result<Option<Value>, Note> {
    let text = clean(&shown(cell, context.from_1904));
    match cell {
        Cell::Failed(error) => return Err(failed(error)),
        Cell::Uncalculated => {
            return Err(Note::new(
                "公式没有计算结果，请用Excel或WPS打开工作簿并保存后再上传",
                "the formula was never calculated; open the workbook in a spreadsheet program, save it and send it again",
            ));
        }
        Cell::Text(_) if is_error_name(&text) => return Err(failed(&text)),
        _ => {}
    }
    if text.is_empty() {
        return Ok(None);
    }
    let number = if let Cell::Number { value, look } = cell { Some((value.as_shown(), *value, *look)) } else { None };
    let value = match kind {
        Kind::Text { max } => {
            exact(number, &text)?;
            not_shortened(&text)?;
            within_length(text, *max).map(Value::Text)
        }
        Kind::Integer { min, max } => integer(number, &text, *min, *max),
        Kind::Money { unit } => {
            let unit = context.unit.unwrap_or(*unit);
            let fen = match number {
                Some((value, _, Look::Plain | Look::Zeros(_))) => in_fen(&value, unit),
                _ => from_text(&bare(&text), unit),
            };
            fen.map(Value::Money)
        }
        Kind::Date => civil(number, &text, context).map(|civil| Value::Date(civil.date)),
        Kind::Moment { date_alone } => moment_of(civil(number, &text, context)?, *date_alone),
        Kind::Moments { date_alone, most } => moments(number, &text, context, *date_alone, *most),
        Kind::Flag => flag(&text),
        Kind::Choice { choices } => choice(&text, choices).map(Value::Choice),
        Kind::Choices { choices, most } => several(&text, choices, *most),
        Kind::Phone => phone_of(number, &text),
        Kind::CreditCode => {
            exact(number, &text)?;
            not_shortened(&text)?;
            credit_code::check(&text).map(Value::CreditCode).map_err(|error| Note::new(error.zh(), error.en()))
        }
    };
    value.map(Some)
}

type Number = Option<(Decimal, Decimal, Look)>;

fn is_error_name(text: &str) -> bool {
    matches!(
        text,
        "#REF!"
            | "#DIV/0!"
            | "#N/A"
            | "#NAME?"
            | "#NULL!"
            | "#NUM!"
            | "#VALUE!"
            | "#SPILL!"
            | "#CALC!"
            | "#GETTING_DATA"
    )
}

fn failed(error: &str) -> Note {
    let (zh, en) = match error {
        "#REF!" => ("引用的单元格已被删除", "it refers to a cell that was deleted"),
        "#DIV/0!" => ("除数为零", "it divides by zero"),
        "#N/A" => ("没有找到要查的值", "it looks up a value that is not there"),
        "#NAME?" => ("公式中的名称写错", "a name in it is misspelt"),
        "#VALUE!" => ("公式中的值类型不对", "a value in it is of the wrong type"),
        _ => ("公式无法计算", "it cannot be calculated"),
    };
    Note::new(
        format!("公式出错（{error}）：{zh}；请改正公式，或直接填写数值"),
        format!("the formula failed (`{error}`): {en}; mend it or type the value"),
    )
}

/// Refuses a number so long that Excel has replaced its last digits by zeros.
fn exact(number: Number, text: &str) -> Result<(), Note> {
    match number {
        Some((_, value, Look::Plain))
            if value.whole().is_some_and(|n| n.unsigned_abs() >= 10_u128.pow(EXCEL_DIGITS)) =>
        {
            Err(Note::new(
                format!("“{text}”是数值格式，Excel只保留15位，后面的数字已丢失；请把单元格设为文本格式后重新填写"),
                format!(
                    "`{text}` is stored as a number, of which Excel keeps 15 digits, so the last ones are lost; format the cell as text and type it again"
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// Refuses text such as `1.38E+10`: what was shown to whoever saved the file as CSV, not what had been typed.
fn not_shortened(text: &str) -> Result<(), Note> {
    let scientific = text.split_once("E+").is_some_and(|(mantissa, exponent)| {
        mantissa.contains('.') && exponent.len() == 2 && Decimal::parse(text).is_some()
    });
    if scientific {
        return Err(Note::new(
            format!("“{text}”是科学计数法，数字已丢失；请在原表中把该列设为文本格式、重新填写后再保存"),
            format!(
                "`{text}` is in scientific notation and has lost digits; format the column as text in the original, type it again and save"
            ),
        ));
    }
    Ok(())
}

fn within_length(text: String, max: u32) -> Result<String, Note> {
    let found = text.chars().count();
    if found as u64 <= u64::from(max) {
        return Ok(text);
    }
    Err(Note::new(
        format!("文字有{found}个字，最多{max}个字，请缩短"),
        format!("the text has {found} characters, at most {max} are allowed; shorten it"),
    ))
}

fn integer(number: Number, text: &str, min: Option<i64>, max: Option<i64>) -> Result<Value, Note> {
    exact(number, text)?;
    let value = number.map(|(value, ..)| value).or_else(|| Decimal::parse(&without_separators(&bare(text))?));
    let whole = value.and_then(|value| value.whole()).and_then(|whole| i64::try_from(whole).ok()).ok_or_else(|| {
        Note::new(format!("“{text}”不是整数，请只填写数字"), format!("`{text}` is no whole number; write digits only"))
    })?;
    if min.is_some_and(|min| whole < min) || max.is_some_and(|max| whole > max) {
        let bound = |bound: Option<i64>| bound.map_or_else(|| "…".to_owned(), |bound| bound.to_string());
        let (min, max) = (bound(min), bound(max));
        return Err(Note::new(
            format!("{whole}超出范围（{min}至{max}）"),
            format!("{whole} is outside the range from {min} to {max}"),
        ));
    }
    Ok(Value::Integer(whole))
}

fn civil(number: Number, text: &str, context: Context) -> Result<Civil, Note> {
    match number {
        Some((_, value, Look::Date)) => moment::from_serial(&value, context.from_1904).ok_or_else(|| {
            Note::new(
                format!("“{value}”不是有效的日期序号，请重新填写日期"),
                format!("`{value}` is no valid serial date; type the date again"),
            )
        }),
        Some((value, ..)) => moment::from_number(&value, context.from_1904),
        // A serial number that a CSV holds as text.
        None => match Decimal::parse(text) {
            Some(value) => moment::from_number(&value, context.from_1904).or_else(|_| moment::from_text(text)),
            None => moment::from_text(text),
        },
    }
}

fn moment_of(civil: Civil, date_alone: bool) -> Result<Value, Note> {
    if civil.time.is_none() && !date_alone {
        let date = civil.date;
        return Err(Note::new(
            format!("只有日期，没有时间，请写成{date} 09:05"),
            format!("there is a date but no time; write it as {date} 09:05"),
        ));
    }
    Ok(Value::Moment(civil.instant()))
}

/// A cell of one moment may be a date; several can only be text.
fn moments(number: Number, text: &str, context: Context, date_alone: bool, most: u32) -> Result<Value, Note> {
    let one = |number: Number, text: &str| match moment_of(civil(number, text, context)?, date_alone)? {
        Value::Moment(at) => Ok(at),
        _ => Err(Note::new(format!("“{text}”不是时间"), format!("`{text}` is no moment"))),
    };
    if number.is_some() {
        return Ok(Value::Moments(vec![one(number, text)?]));
    }
    let parts = text.split(['；', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let all: Vec<_> = parts.map(|part| one(None, part)).collect::<Result<_, _>>()?;
    if all.len() as u64 > u64::from(most) {
        let found = all.len();
        return Err(Note::new(
            format!("写了{found}个时间，最多{most}个"),
            format!("there are {found} moments, at most {most} are allowed"),
        ));
    }
    Ok(Value::Moments(all))
}

fn flag(text: &str) -> Result<Value, Note> {
    match bare(text).as_str() {
        "是" | "有" | "对" | "√" | "✓" | "✔" | "y" | "yes" | "true" | "1" => Ok(Value::Flag(true)),
        "否" | "无" | "不" | "不是" | "没有" | "×" | "✗" | "✘" | "x" | "n" | "no" | "false" | "0" => {
            Ok(Value::Flag(false))
        }
        _ => Err(Note::new(format!("“{text}”应为“是”或“否”"), format!("`{text}` should be 是 (yes) or 否 (no)"))),
    }
}

fn choice(text: &str, choices: &[Choice]) -> Result<String, Note> {
    let asked = bare(text);
    let named = |choice: &&Choice| [&choice.code, &choice.zh, &choice.en].iter().any(|name| bare(name) == asked);
    if let Some(choice) = choices.iter().find(named) {
        return Ok(choice.code.clone());
    }
    let mut by_word = choices.iter().filter(|choice| choice.also.iter().any(|word| bare(word) == asked));
    if let (Some(choice), None) = (by_word.next(), by_word.next()) {
        return Ok(choice.code.clone());
    }
    let names: Vec<&str> = choices.iter().flat_map(|choice| [choice.zh.as_str(), choice.en.as_str()]).collect();
    let meant = guiju_text::nearest(text, &names);
    let listed = |name: fn(&Choice) -> &str, between: &str| {
        let shown: Vec<&str> = choices.iter().take(8).map(name).collect();
        let more = if choices.len() > shown.len() { "…" } else { "" };
        shown.join(between) + more
    };
    let (zh, en) = match meant {
        Some(meant) => (format!("，是否为“{meant}”？"), format!("; is `{meant}` meant?")),
        None => ("；".into(), ";".into()),
    };
    Err(Note::new(
        format!("“{text}”不在可选范围内{zh}可选：{}", listed(|c| &c.zh, "、")),
        format!("`{text}` is none of the choices{en} choose from: {}", listed(|c| &c.en, ", ")),
    ))
}

fn several(text: &str, choices: &[Choice], most: u32) -> Result<Value, Note> {
    // A choice may itself contain a separator (生产、销售): the whole text is tried first.
    if let Ok(code) = choice(text, choices) {
        return Ok(Value::Choices(vec![code]));
    }
    let mut codes: Vec<String> = Vec::new();
    for part in text.split(['、', ';', '；', ',', '，', '\n', '/', '|']).map(str::trim).filter(|part| !part.is_empty())
    {
        let code = choice(part, choices)?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    if codes.len() as u64 > u64::from(most) {
        let found = codes.len();
        return Err(Note::new(
            format!("选了{found}项，最多{most}项"),
            format!("{found} are chosen, at most {most} are allowed"),
        ));
    }
    Ok(Value::Choices(codes))
}

fn phone_of(number: Number, text: &str) -> Result<Value, Note> {
    exact(number, text)?;
    not_shortened(text)?;
    phone::check(text).map(Value::Phone).map_err(|error| {
        if number.is_some() && phone::check(&format!("0{text}")).is_ok() {
            return Note::new(
                format!("“{text}”是数值格式，区号开头的0已丢失；请把单元格设为文本格式后重新填写"),
                format!("`{text}` is stored as a number and has lost the 0 of its area code; format the cell as text and type it again"),
            );
        }
        Note::new(error.zh(), error.en())
    })
}
