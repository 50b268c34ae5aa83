//! Are the given values what the fields ask for? Also for registers, whose entries have the same kinds of fields.
//!
//! Values are brought into canonical form (credit codes, phones, moments, trimmed lines), so that what is stored does not depend
//! on how it was typed. Refused: fields that the act does not take, missing ones, values of another kind, floating-point
//! numbers, integers beyond what every JSON reader keeps (2^53 - 1), and texts that bear a classification mark.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::definition::{Choice, Field, FieldKind, FieldRule, Text, Validator, Visibility};
use super::judge::is_nothing;
use super::marks;
use super::proposal::{Refusal, RefusalKind};
use super::sentence::{shown, text};
use super::tables;
use crate::canon::INTEGER_MAX;
use crate::record::FileMark;
use crate::time::{self, Instant};
use crate::validate::{credit_code, phone};

/// Values that were found good.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Checked {
    /// Values that the record may hold.
    pub open: Map<String, Value>,
    /// Personal values, as texts: a text as it is, anything else as JSON.
    pub personal: BTreeMap<String, String>,
    /// Fields that were given empty: their old value goes.
    pub cleared: Vec<String>,
}

/// What the values are checked against besides their own fields.
pub struct Surroundings<'a> {
    /// When the act was done.
    pub done: Instant,
    /// Whether `organ/unit` exists.
    pub unit_exists: &'a dyn Fn(&str) -> bool,
    /// Whether the register has this key in force.
    pub entry_exists: &'a dyn Fn(&str, &str) -> bool,
    /// What happened elsewhere is stored as it happened: kinds are checked, validators and choices are not.
    pub lenient: bool,
    /// Judges rules that look beyond the value; `None` where nothing can be looked up.
    pub rules: Option<&'a Judging<'a>>,
}

/// Holds a field's value (with its row, if it stands in a table) against a rule: what is wrong, if anything is.
pub type Judging<'a> = dyn Fn(&Field, &FieldRule, &Value, Option<&Map<String, Value>>) -> Result<(), Box<Refusal>> + 'a;

/// Checks one value and returns it in canonical form.
///
/// # Errors
/// A [`Refusal`] of kind `Field` that names the field.
pub fn check_value(field: &Field, value: &Value, around: &Surroundings<'_>) -> Result<Value, Box<Refusal>> {
    let value = of_kind(field, &field.kind, value, around)?;
    if around.lenient {
        return Ok(value);
    }
    field.validate.iter().try_fold(value, |value, validator| validated(field, validator, value, around))
}

/// Checks given values against the fields, in the order of the fields; a field that `fields` does not name is refused.
///
/// # Errors
/// A [`Refusal`] of kind `Field`.
pub fn check<'f>(
    fields: impl Iterator<Item = &'f Field> + Clone,
    given: &Map<String, Value>,
    around: &Surroundings<'_>,
) -> Result<Checked, Box<Refusal>> {
    let mut checked = Checked::default();
    if let Some(name) = given.keys().find(|name| !fields.clone().any(|field| field.name == **name)) {
        let why = text(format!("此处不收“{name}”这一项"), format!("the field `{name}` is not taken here"));
        return Err(Refusal::new(RefusalKind::Field, "field.unknown", why).at(name));
    }
    for field in fields {
        let Some(value) = given.get(&field.name) else { continue };
        if is_nothing(value) {
            checked.cleared.push(field.name.clone());
            continue;
        }
        let value = check_value(field, value, around)?;
        if field.visible == Visibility::Personal {
            let said = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            checked.personal.insert(field.name.clone(), said);
        } else {
            checked.open.insert(field.name.clone(), value);
        }
    }
    Ok(checked)
}

/// Checks the files that came with an act.
///
/// # Errors
/// A [`Refusal`] of kind `Field`.
pub fn check_files<'f>(
    fields: impl Iterator<Item = &'f Field> + Clone,
    files: &[FileMark],
) -> Result<(), Box<Refusal>> {
    for file in files {
        let field = fields.clone().find(|field| field.name == file.field);
        let Some((field, FieldKind::File { types, max_bytes, .. })) = field.map(|field| (field, &field.kind)) else {
            let why = text(format!("此处不收附件“{}”", file.field), format!("no file `{}` is taken here", file.field));
            return Err(Refusal::new(RefusalKind::Field, "field.unknown", why).at(&file.field));
        };
        let title = shown(&field.title, &field.name);
        if !types.is_empty() && !types.contains(&file.media) {
            let why = text(
                format!("“{}”不收“{}”类型的文件，可收：{}", title.zh, file.media, types.join("、")),
                format!("`{}` takes no `{}`, but {}", title.en, file.media, types.join(", ")),
            );
            return Err(refuse(field, "file.type", why));
        }
        if file.bytes > *max_bytes {
            let why = text(
                format!("“{}”的文件有 {} 字节，超过上限 {max_bytes} 字节", title.zh, file.bytes),
                format!("the file in `{}` has {} bytes, more than {max_bytes}", title.en, file.bytes),
            );
            return Err(refuse(field, "file.size", why));
        }
    }
    for field in fields {
        let FieldKind::File { most, .. } = &field.kind else { continue };
        let count = files.iter().filter(|file| file.field == field.name).count();
        if count > *most as usize {
            let title = shown(&field.title, &field.name);
            let why = text(
                format!("“{}”最多 {most} 个文件，这里有 {count} 个", title.zh),
                format!("`{}` takes at most {most} files, not {count}", title.en),
            );
            return Err(refuse(field, "file.most", why));
        }
    }
    Ok(())
}

pub(super) fn refuse(field: &Field, rule: &str, why: Text) -> Box<Refusal> {
    Refusal::new(RefusalKind::Field, format!("field.{rule}"), why).at(&field.name)
}

pub(super) fn wrong(field: &Field, zh: &str, en: &str) -> Box<Refusal> {
    let title = shown(&field.title, &field.name);
    refuse(field, "kind", text(format!("“{}”{zh}", title.zh), format!("`{}` {en}", title.en)))
}

fn of_kind(field: &Field, kind: &FieldKind, value: &Value, around: &Surroundings<'_>) -> Result<Value, Box<Refusal>> {
    match kind {
        FieldKind::Text { max, lines } => words(field, value, *max, *lines),
        FieldKind::Integer { min, max } => {
            let min = min.unwrap_or(-INTEGER_MAX).max(-INTEGER_MAX);
            integer(field, value, min, max.unwrap_or(INTEGER_MAX).min(INTEGER_MAX))
        }
        FieldKind::Money => integer(field, value, 0, INTEGER_MAX),
        FieldKind::Date => {
            let date = value.as_str().and_then(|said| time::parse_date(said.trim()).ok());
            let date = date
                .ok_or_else(|| wrong(field, "须写成 2024-01-02 这样的日期", "has to be a date such as 2024-01-02"))?;
            Ok(date.to_string().into())
        }
        FieldKind::DateTime => {
            let moment = value.as_str().and_then(|said| time::parse(said.trim()).ok());
            let moment = moment.ok_or_else(|| {
                wrong(
                    field,
                    "须写成 2024-01-02T09:00:00.000+08:00 这样的时间",
                    "has to be a moment such as 2024-01-02T09:00:00.000+08:00",
                )
            })?;
            Ok(time::print(moment).into())
        }
        FieldKind::Flag if value.is_boolean() => Ok(value.clone()),
        FieldKind::Flag => Err(wrong(field, "须为是或者否", "has to be yes or no")),
        FieldKind::Enum { choices, most } => chosen(field, value, choices, *most, around),
        FieldKind::Party => words(field, value, 64, 1),
        FieldKind::Entry { register } => {
            let key = words(field, value, 200, 1)?;
            let known = key.as_str().is_some_and(|key| (around.entry_exists)(register, key));
            if known || around.lenient {
                Ok(key)
            } else {
                Err(wrong(field, "不是台账中有效的条目", &format!("is not in force on the register `{register}`")))
            }
        }
        FieldKind::Unit => {
            let path = words(field, value, 200, 1)?;
            let known = path.as_str().is_some_and(|path| (around.unit_exists)(path));
            if known {
                Ok(path)
            } else {
                Err(wrong(field, "不是已登记的单位", "is no unit that the pack knows"))
            }
        }
        FieldKind::File { .. } => Err(wrong(field, "须以附件上传", "has to be uploaded as a file")),
        FieldKind::List { of, most } => {
            let items = listed(field, value, *most)?;
            items.iter().map(|item| of_kind(field, of, item, around)).collect::<Result<Vec<_>, _>>().map(Value::Array)
        }
        FieldKind::Table { columns, most } => tables::check(field, columns, listed(field, value, *most)?, around),
    }
}

fn words(field: &Field, value: &Value, max: u32, lines: u32) -> Result<Value, Box<Refusal>> {
    let said = value.as_str().ok_or_else(|| wrong(field, "须为文字", "has to be text"))?;
    let said = said.replace("\r\n", "\n");
    let said = if lines > 1 { said.trim_end() } else { said.trim() };
    if said.chars().any(|c| c.is_control() && !(c == '\t' || (c == '\n' && lines > 1))) {
        return Err(wrong(
            field,
            "含有不可见的控制字符或者多余的换行",
            "has control characters or a line break that do not belong there",
        ));
    }
    let count = said.chars().count();
    if count > max as usize {
        return Err(wrong(
            field,
            &format!("最多 {max} 字，这里有 {count} 字"),
            &format!("takes at most {max} characters, not {count}"),
        ));
    }
    Ok(said.into())
}

fn integer(field: &Field, value: &Value, min: i64, max: i64) -> Result<Value, Box<Refusal>> {
    let number =
        value.as_i64().ok_or_else(|| wrong(field, "须为整数（金额以分计）", "has to be an integer (money in fen)"))?;
    if (min..=max).contains(&number) {
        return Ok(number.into());
    }
    Err(wrong(field, &format!("须在 {min} 至 {max} 之间"), &format!("has to be from {min} to {max}")))
}

fn listed<'v>(field: &Field, value: &'v Value, most: u32) -> Result<&'v [Value], Box<Refusal>> {
    let items = value.as_array().ok_or_else(|| wrong(field, "须为列表", "has to be a list"))?;
    if items.len() <= most as usize {
        return Ok(items);
    }
    Err(wrong(
        field,
        &format!("最多 {most} 项，这里有 {} 项", items.len()),
        &format!("takes at most {most}, not {}", items.len()),
    ))
}

fn chosen(
    field: &Field,
    value: &Value,
    choices: &[Choice],
    most: u32,
    around: &Surroundings<'_>,
) -> Result<Value, Box<Refusal>> {
    let known = |value: &Value| {
        let word = value.as_str().unwrap_or_default();
        if choices.iter().any(|choice| choice.value == word) || (around.lenient && value.is_string()) {
            return Ok(());
        }
        Err(wrong(field, &format!("没有“{word}”这一选项"), &format!("has no choice `{word}`")))
    };
    if most <= 1 {
        known(value)?;
        return Ok(value.clone());
    }
    let one = [value.clone()];
    let many = if value.is_string() { &one[..] } else { listed(field, value, most)? };
    for (at, item) in many.iter().enumerate() {
        known(item)?;
        if many.iter().take(at).any(|other| other == item) {
            return Err(wrong(field, "同一选项选了两次", "has one choice twice"));
        }
    }
    Ok(Value::Array(many.to_vec()))
}

fn validated(
    field: &Field,
    validator: &Validator,
    value: Value,
    around: &Surroundings<'_>,
) -> Result<Value, Box<Refusal>> {
    let title = shown(&field.title, &field.name);
    let said = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match validator {
        Validator::CreditCode => match credit_code::check(&said(&value)) {
            Ok(code) => Ok(code.as_str().into()),
            Err(error) => Err(refuse(field, "credit_code", text(error.zh(), error.en()))),
        },
        Validator::Phone => match phone::check(&said(&value)) {
            Ok(number) => Ok(number.as_str().into()),
            Err(error) => Err(refuse(field, "phone", text(error.zh(), error.en()))),
        },
        Validator::NotAfterAct => {
            let late = match field.kind {
                FieldKind::Date => time::parse_date(&said(&value)).is_ok_and(|date| date > time::date_of(around.done)),
                _ => time::parse(&said(&value)).is_ok_and(|moment| moment > around.done),
            };
            if !late {
                return Ok(value);
            }
            let why = text(
                format!("“{}”不得晚于办理的时间", title.zh),
                format!("`{}` must not be later than the act", title.en),
            );
            Err(refuse(field, "not_after_act", why))
        }
        Validator::Unclassified => match marks::find(&value) {
            None => Ok(value),
            Some(mark) => {
                let why = text(
                    format!("“{}”带有密级标志“{mark}”，本系统不得处理国家秘密", title.zh),
                    format!(
                        "`{}` bears the classification mark `{mark}`; state secrets must not enter this system",
                        title.en
                    ),
                );
                let mend = text("请按保密规定通过涉密渠道办理", "pass it on by the channel for classified matters");
                Err(refuse(field, "unclassified", why).mended_by(mend))
            }
        },
        Validator::Rule(rule) => match around.rules {
            Some(judge) => judge(field, rule, &value, None).map(|()| value),
            None => Ok(value),
        },
        Validator::Digest => digest(field, value),
        Validator::MinLength(min) => {
            let count = said(&value).chars().count();
            if count >= *min as usize {
                return Ok(value);
            }
            let why = text(
                format!("“{}”至少 {min} 字，这里只有 {count} 字", title.zh),
                format!("`{}` needs at least {min} characters, not {count}", title.en),
            );
            Err(refuse(field, "min_length", why))
        }
    }
}

/// A SHA-256 as people copy it: sixty-four lower-case hexadecimal digits.
fn digest(field: &Field, value: Value) -> Result<Value, Box<Refusal>> {
    let said = value.as_str().unwrap_or_default();
    if said.len() == 64 && said.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(value);
    }
    let title = shown(&field.title, &field.name);
    let why = text(
        format!("“{}”须为64位小写十六进制的SHA-256摘要", title.zh),
        format!("`{}` has to be a SHA-256 in 64 lower-case hexadecimal digits", title.en),
    );
    Err(refuse(field, "digest", why))
}
