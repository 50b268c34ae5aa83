//! What do the typed texts mean as values of the pack's fields, and what is wrong with them?
//!
//! Every fault is found at once and said at its field: what, and how to mend it. Values have the form that records keep: money in
//! fen, dates as `2024-12-04`, moments as RFC 3339 in Beijing time. An empty text is no value.

use std::collections::BTreeMap;

use guiju_kernel::procedure::definition::{Choice, Field, FieldKind, Validator};
use guiju_kernel::time;
use guiju_kernel::validate::{self, credit_code, phone};
use serde_json::{Map, Value};

use super::posted::Posted;
use crate::lang::Lang;
use crate::say;

/// Field name -> what is wrong, in the page's language.
pub type Faults = BTreeMap<String, String>;

/// Reads the fields given; `files` names the file fields for which a file is there.
pub fn read<'f>(
    lang: Lang,
    fields: impl IntoIterator<Item = (&'f Field, bool)>,
    posted: &Posted,
    files: &[String],
) -> (Map<String, Value>, Faults) {
    let mut values = Map::new();
    let mut faults = Faults::new();
    for (field, required) in fields {
        if let FieldKind::File { .. } = field.kind {
            if required && !files.contains(&field.name) {
                faults.insert(field.name.clone(), say!(lang, "请上传{}", "upload: {}", lang.text(&field.title)));
            }
            continue;
        }
        match read_field(lang, field, posted) {
            Ok(Some(value)) => {
                values.insert(field.name.clone(), value);
            }
            Ok(None) if required => {
                faults.insert(field.name.clone(), missing(lang, field));
            }
            Ok(None) => {}
            Err(fault) => {
                faults.insert(field.name.clone(), fault);
            }
        }
    }
    (values, faults)
}

fn missing(lang: Lang, field: &Field) -> String {
    let title = lang.text(&field.title);
    match field.kind {
        FieldKind::Enum { .. } | FieldKind::Unit => say!(lang, "请选择{title}", "choose: {title}"),
        FieldKind::Flag => say!(lang, "请确认{title}", "confirm: {title}"),
        _ => say!(lang, "请填写{title}", "fill in: {title}"),
    }
}

fn read_field(lang: Lang, field: &Field, posted: &Posted) -> Result<Option<Value>, String> {
    match &field.kind {
        FieldKind::Table { columns, most } => read_table(lang, field, columns, *most, posted),
        FieldKind::Flag => Ok(posted.has(&field.name).then_some(Value::Bool(true))),
        FieldKind::Enum { choices, most } => {
            let chosen: Vec<_> = posted.all(&field.name).into_iter().filter(|value| !value.is_empty()).collect();
            if let Some(unknown) = chosen.iter().find(|value| !choices.iter().any(|choice| &choice.value == *value)) {
                return Err(say!(lang, "没有 `{unknown}` 这个选项", "there is no choice `{unknown}`"));
            }
            if chosen.len() > usize::try_from((*most).max(1)).unwrap_or(usize::MAX) {
                return Err(say!(
                    lang,
                    "最多选 {most} 项，您选了 {} 项",
                    "choose up to {most}; you chose {}",
                    chosen.len()
                ));
            }
            Ok(match (chosen.as_slice(), *most) {
                ([], _) => None,
                ([one], 0 | 1) => Some(Value::String(one.clone())),
                (several, _) => Some(several.iter().cloned().map(Value::String).collect()),
            })
        }
        FieldKind::List { of, most } => read_list(lang, field, of, *most, posted),
        kind => {
            let text = posted.first(&field.name).unwrap_or_default();
            read_scalar(lang, field, kind, text)
        }
    }
}

fn read_list(lang: Lang, field: &Field, of: &FieldKind, most: u32, posted: &Posted) -> Result<Option<Value>, String> {
    let mut items = Vec::new();
    for line in posted.first(&field.name).unwrap_or_default().lines() {
        items.extend(read_scalar(lang, field, of, line)?);
    }
    if items.len() > usize::try_from(most).unwrap_or(usize::MAX) {
        return Err(say!(lang, "最多 {most} 行，您写了 {} 行", "at most {most} lines; you wrote {}", items.len()));
    }
    Ok((!items.is_empty()).then_some(Value::Array(items)))
}

fn read_table(
    lang: Lang,
    field: &Field,
    columns: &[Field],
    most: u32,
    posted: &Posted,
) -> Result<Option<Value>, String> {
    let mut rows = Vec::new();
    for row in 0..posted.rows_of(&field.name) {
        let mut cells = Map::new();
        for column in columns {
            let text = posted.first(&format!("{}.{row}.{}", field.name, column.name)).unwrap_or_default();
            let cell = read_cell(lang, column, text).map_err(|fault| {
                let title = lang.text(&column.title);
                say!(lang, "第 {} 行{title}：{fault}", "row {}, {title}: {fault}", row + 1)
            })?;
            if let Some(cell) = cell {
                cells.insert(column.name.clone(), cell);
            }
        }
        if !cells.is_empty() {
            rows.push(Value::Object(cells));
        }
    }
    if rows.len() > usize::try_from(most).unwrap_or(usize::MAX) {
        return Err(say!(lang, "最多 {most} 行", "at most {most} rows"));
    }
    Ok((!rows.is_empty()).then_some(Value::Array(rows)))
}

/// A cell of a table: choices are chosen by what they are called as well, as people write them who know the table from paper.
fn read_cell(lang: Lang, column: &Field, typed: &str) -> Result<Option<Value>, String> {
    let text = typed.trim_matches(validate::is_blank);
    match &column.kind {
        _ if text.is_empty() => Ok(None),
        FieldKind::Enum { choices, .. } => {
            let called = |choice: &&Choice| choice.value == text || choice.title.zh == text || choice.title.en == text;
            let found = choices.iter().find(called);
            let none = || say!(lang, "没有 `{text}` 这个选项", "there is no choice `{text}`");
            Ok(Some(Value::String(found.ok_or_else(none)?.value.clone())))
        }
        FieldKind::Flag => match text {
            "true" | "是" | "yes" => Ok(Some(Value::Bool(true))),
            "false" | "否" | "no" => Ok(Some(Value::Bool(false))),
            _ => Err(say!(lang, "`{text}` 不是“是”或者“否”", "`{text}` is neither yes nor no")),
        },
        kind => read_scalar(lang, column, kind, text),
    }
}

fn read_scalar(lang: Lang, field: &Field, kind: &FieldKind, typed: &str) -> Result<Option<Value>, String> {
    let text = typed.trim_matches(validate::is_blank);
    if text.is_empty() {
        return Ok(None);
    }
    let value = match kind {
        FieldKind::Text { max, .. } => {
            let text = text.replace("\r\n", "\n");
            let length = text.chars().count();
            if length > usize::try_from(*max).unwrap_or(usize::MAX) && *max > 0 {
                return Err(say!(
                    lang,
                    "最多 {max} 个字，现在是 {length} 个字",
                    "at most {max} characters; this has {length}"
                ));
            }
            Value::String(text)
        }
        FieldKind::Integer { min, max } => integer(lang, text, *min, *max)?,
        FieldKind::Money => money(lang, text)?,
        FieldKind::Date => date(lang, text)?,
        FieldKind::DateTime => moment(lang, text)?,
        FieldKind::Party => credit_code::check(text)
            .map(|code| Value::String(code.as_str().to_owned()))
            .map_err(|fault| lang.say(&fault.zh(), &fault.en()).to_owned())?,
        _ => Value::String(text.to_owned()),
    };
    validated(lang, field, value).map(Some)
}

fn validated(lang: Lang, field: &Field, value: Value) -> Result<Value, String> {
    let Value::String(mut text) = value else { return Ok(value) };
    for rule in &field.validate {
        match rule {
            Validator::CreditCode => {
                let code = credit_code::check(&text).map_err(|fault| lang.say(&fault.zh(), &fault.en()).to_owned())?;
                text = code.as_str().to_owned();
            }
            Validator::Phone => {
                let phone = phone::check(&text).map_err(|fault| lang.say(&fault.zh(), &fault.en()).to_owned())?;
                text = phone.as_str().to_owned();
            }
            Validator::MinLength(least) => {
                let length = text.chars().count();
                if length < usize::try_from(*least).unwrap_or(0) {
                    return Err(say!(
                        lang,
                        "至少写 {least} 个字，现在是 {length} 个字",
                        "at least {least} characters; this has {length}"
                    ));
                }
            }
            // The office judges these: they need the time of the act, its own list of marks, or registers.
            Validator::NotAfterAct | Validator::Unclassified | Validator::Rule(_) | Validator::Digest => {}
        }
    }
    Ok(Value::String(text))
}

fn narrow(text: &str) -> String {
    text.chars().map(validate::narrow).filter(|c| !validate::is_blank(*c)).collect()
}

fn integer(lang: Lang, text: &str, min: Option<i64>, max: Option<i64>) -> Result<Value, String> {
    let number: i64 = narrow(text)
        .replace(',', "")
        .parse()
        .map_err(|_| say!(lang, "`{text}` 不是整数", "`{text}` is not a whole number"))?;
    if let Some(min) = min.filter(|min| number < *min) {
        return Err(say!(lang, "不能小于 {min}", "no less than {min}"));
    }
    if let Some(max) = max.filter(|max| number > *max) {
        return Err(say!(lang, "不能大于 {max}", "no more than {max}"));
    }
    Ok(Value::from(number))
}

/// Yuan with at most two decimals, as whole fen.
fn money(lang: Lang, text: &str) -> Result<Value, String> {
    let wrong = || say!(lang, "`{text}` 不是金额，应写成 1234.56", "`{text}` is no amount such as 1234.56");
    let plain = narrow(text).replace(',', "");
    let plain = plain.trim_end_matches('元');
    let (yuan, fen) = plain.split_once('.').unwrap_or((plain, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if yuan.is_empty() || !digits(yuan) || !digits(fen) || fen.len() > 2 {
        return Err(wrong());
    }
    let yuan: i64 = yuan.parse().map_err(|_| wrong())?;
    let fen: i64 = format!("{fen:0<2}").parse().map_err(|_| wrong())?;
    let total = yuan.checked_mul(100).and_then(|yuan| yuan.checked_add(fen)).ok_or_else(wrong)?;
    Ok(Value::from(total))
}

fn date(lang: Lang, text: &str) -> Result<Value, String> {
    let plain = civil_text(text);
    time::parse_date(&plain)
        .map(|_| Value::String(plain))
        .map_err(|_| say!(lang, "`{text}` 不是有效的日期，应写成 2024-12-04", "`{text}` is no date such as 2024-12-04"))
}

/// `2024年1月2日`, `2024/1/2` and `2024.1.2` as `2024-01-02`; anything else unchanged, for the check to refuse.
fn civil_text(text: &str) -> String {
    let plain = narrow(text).replace(['年', '月', '/', '.'], "-").replace('日', "");
    let parts: Vec<_> = plain.split('-').collect();
    match parts.as_slice() {
        [year, month, day] if !month.is_empty() && !day.is_empty() => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => plain,
    }
}

fn moment(lang: Lang, text: &str) -> Result<Value, String> {
    moment_of(lang, text).map(|at| Value::String(time::print(at)))
}

/// Reads `2024-12-04 14:05` as Beijing time.
///
/// # Errors
/// What is wrong, for the field.
pub fn moment_of(lang: Lang, text: &str) -> Result<time::Instant, String> {
    let wrong = || {
        say!(lang, "`{text}` 不是有效的时间，应写成 2024-12-04 14:05", "`{text}` is no moment such as 2024-12-04 14:05")
    };
    let (day, clock) = text.split_once([' ', 'T', '\u{3000}']).ok_or_else(wrong)?;
    let clock = narrow(clock);
    let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock };
    time::parse(&format!("{}T{clock}+08:00", civil_text(day))).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;
    use guiju_kernel::procedure::definition::{Text, Visibility};

    fn field(name: &str, kind: FieldKind, validate: Vec<Validator>) -> Field {
        Field {
            name: name.into(),
            title: Text { zh: name.into(), en: name.into() },
            hint: None,
            kind,
            visible: Visibility::Party,
            required_from: None,
            validate,
            template: None,
            columns: vec![],
        }
    }

    fn one(kind: FieldKind, validate: Vec<Validator>, typed: &str) -> Result<Option<Value>, String> {
        read_field(Lang::Zh, &field("x", kind, validate), &Posted(vec![("x".into(), typed.into())]))
    }

    #[test]
    fn a_date_that_does_not_exist_is_refused_with_the_text_that_was_typed() {
        let fault = one(FieldKind::Date, vec![], "2024-02-30").unwrap_err();
        assert!(fault.contains("`2024-02-30`"), "{fault}");
        assert_eq!(one(FieldKind::Date, vec![], "2024年2月9日"), Ok(Some("2024-02-09".into())));
        assert_eq!(one(FieldKind::Date, vec![], "２０２４／１／２"), Ok(Some("2024-01-02".into())));
        assert!(one(FieldKind::DateTime, vec![], "2024-12-04 24:30").is_err());
        assert_eq!(
            one(FieldKind::DateTime, vec![], "2024-12-04 14:05"),
            Ok(Some("2024-12-04T14:05:00.000+08:00".into()))
        );
    }

    #[test]
    fn a_wrong_credit_code_and_a_phone_with_letters_are_refused() {
        assert!(one(FieldKind::Party, vec![], "91110000100000000X").is_err());
        assert!(one(FieldKind::Text { max: 30, lines: 1 }, vec![Validator::Phone], "1380013800a").is_err());
        assert!(one(FieldKind::Text { max: 30, lines: 1 }, vec![Validator::Phone], "１３８００１３８０００").is_ok());
    }

    #[test]
    fn money_is_kept_to_the_fen_and_never_rounded() {
        assert_eq!(one(FieldKind::Money, vec![], "1,234.5"), Ok(Some(Value::from(123_450))));
        assert_eq!(one(FieldKind::Money, vec![], "０．０７元"), Ok(Some(Value::from(7))));
        for wrong in ["1.234", "-1", "1e3", ".5", "99999999999999999999"] {
            assert!(one(FieldKind::Money, vec![], wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_choice_that_the_pack_does_not_know_or_one_too_many_is_refused() {
        let choice = |value: &str| Choice {
            value: value.into(),
            title: Text::default(),
            words: vec![],
            unit: None,
            template: None,
        };
        let kind = FieldKind::Enum { choices: vec![choice("a"), choice("b"), choice("c")], most: 2 };
        let asked = field("x", kind, vec![]);
        let with = |values: &[&str]| Posted(values.iter().map(|v| ("x".to_owned(), (*v).to_owned())).collect());
        assert!(read_field(Lang::Zh, &asked, &with(&["d"])).is_err());
        assert!(read_field(Lang::Zh, &asked, &with(&["a", "b", "c"])).is_err());
        assert_eq!(read_field(Lang::Zh, &asked, &with(&["a", "c"])), Ok(Some(serde_json::json!(["a", "c"]))));
        assert_eq!(read_field(Lang::Zh, &asked, &with(&[])), Ok(None));
    }

    #[test]
    fn choices_of_a_table_are_known_by_value_and_by_title_and_by_nothing_else() {
        let title = |zh: &str, en: &str| Text { zh: zh.into(), en: en.into() };
        let drawn =
            Choice {
                value: "drawn".into(), title: title("抽查", "Drawn"), words: vec![], unit: None, template: None
            };
        let columns = vec![
            field("how", FieldKind::Enum { choices: vec![drawn], most: 1 }, vec![]),
            field("flag", FieldKind::Flag, vec![]),
        ];
        let table = field("t", FieldKind::Table { columns, most: 9 }, vec![]);
        let with =
            |how: &str, flag: &str| Posted(vec![("t.0.how".into(), how.into()), ("t.0.flag".into(), flag.into())]);
        for (how, flag) in [("drawn", "true"), (" 抽查", "是"), ("Drawn", "yes")] {
            let row = serde_json::json!([{"how": "drawn", "flag": true}]);
            assert_eq!(read_field(Lang::Zh, &table, &with(how, flag)), Ok(Some(row)));
        }
        assert!(read_field(Lang::Zh, &table, &with("抽签", "")).unwrap_err().contains("第 1 行how"));
        assert!(read_field(Lang::Zh, &table, &with("", "1")).is_err());
    }

    #[test]
    fn every_fault_of_a_form_is_found_at_once() {
        let fields = [field("一", FieldKind::Date, vec![]), field("二", FieldKind::Money, vec![])];
        let (values, faults) =
            read(Lang::Zh, fields.iter().map(|f| (f, true)), &Posted(vec![("二".into(), "x".into())]), &[]);
        assert!(values.is_empty());
        assert_eq!(faults.len(), 2);
    }
}
