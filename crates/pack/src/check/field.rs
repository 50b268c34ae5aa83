//! Fields: every type has what it needs and nothing that it cannot use.

use guiju_kernel::procedure::definition::{Choice, Demand, Field, FieldKind, FieldRule, Text, Validator, Visibility};

use super::known::{Known, ParamIs};
use crate::complaint::{Kind, Margin};
use crate::raw::field::{Check, FieldType, RawField, RawRule};
use crate::source::at::{At, Named};

/// Characters of a text when the file names no `max`.
const TEXT_MAX: u32 = 200;
/// File name endings that packs may name, and their media types. No type that runs code or hides other files.
const MEDIA: [(&str, &str); 11] = [
    ("pdf", "application/pdf"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ofd", "application/ofd"),
    ("csv", "text/csv"),
    ("txt", "text/plain"),
    ("wav", "audio/wav"),
    ("json", "application/json"),
];
/// Bytes in a MiB.
const MIB: u64 = 1 << 20;

/// Checks a map of fields, in the order of the file.
pub(crate) fn fields(raw: &Named<RawField>, known: &Known<'_>, margin: Margin<'_>) -> Vec<Field> {
    raw.iter().map(|(name, raw)| field(name, raw, known, margin)).collect()
}

fn field(name: &At<String>, raw: &RawField, known: &Known<'_>, margin: Margin<'_>) -> Field {
    plain_name(name, margin);
    complain_of_idle(name, raw, margin);
    let visible: Visibility = raw.visible.into();
    let sealed = matches!(
        raw.kind.value,
        FieldType::Text | FieldType::Date | FieldType::Integer | FieldType::File | FieldType::DateTime
    );
    if visible == Visibility::Personal && !sealed {
        margin.note(
            raw.kind.spot,
            "个人信息字段只能是文本、整数、日期或文件",
            "a personal field is a text, an integer, a date or a file",
        );
    }
    Field {
        name: name.value.clone(),
        title: Text { zh: raw.zh.clone(), en: raw.en.clone() },
        hint: raw.hint.as_ref().map(Text::from),
        kind: kind(name, raw, known, margin),
        visible,
        required_from: raw.required_from.as_ref().map(|state| state.value.clone()),
        validate: validators(raw, margin).into_iter().chain(rules(raw, known, margin)).collect(),
        template: raw.template.as_ref().map(Text::from),
        columns: raw.columns.clone(),
    }
}

/// Names of fields, states, acts and clocks are plain words: they become form names, columns and addresses.
pub(crate) fn plain_name(name: &At<String>, margin: Margin<'_>) {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !plain {
        margin.note(
            name.spot,
            format!("名称 `{}` 只能用小写字母、数字和下划线，以字母开头", name.as_str()),
            format!("the name `{}` may hold only lower-case letters, digits and `_`, a letter first", name.as_str()),
        );
    }
}

fn kind(name: &At<String>, raw: &RawField, known: &Known<'_>, margin: Margin<'_>) -> FieldKind {
    let most = raw.most.unwrap_or(1);
    let needs = |what: &str| {
        margin.note(
            name.spot,
            format!("字段 `{}` 缺少 `{what}`", name.as_str()),
            format!("the field `{}` needs `{what}`", name.as_str()),
        );
    };
    match raw.kind.value {
        FieldType::Text => FieldKind::Text {
            max: raw.max.as_ref().map_or(TEXT_MAX, |max| count(max, margin)),
            lines: raw.lines.unwrap_or(1),
        },
        FieldType::Integer => {
            let (min, max) = (raw.min.as_ref().map(|min| min.value), raw.max.as_ref().map(|max| max.value));
            FieldKind::Integer { min, max }
        }
        FieldType::Money => FieldKind::Money,
        FieldType::Date => FieldKind::Date,
        FieldType::DateTime => FieldKind::DateTime,
        FieldType::Flag => FieldKind::Flag,
        FieldType::Enum => {
            let choices = raw.values.as_ref().map(|values| choices(values, known, margin)).unwrap_or_default();
            if choices.is_empty() {
                needs("values");
            }
            FieldKind::Enum { choices, most }
        }
        FieldType::Role => {
            let titles = known.roles.iter().map(|(id, words)| (*id, Text::from(*words)));
            FieldKind::Enum { choices: titles.map(|(id, title)| bare_choice(id, title)).collect(), most }
        }
        FieldType::Organ => {
            let titles = known.organs.iter().cloned();
            FieldKind::Enum { choices: titles.map(|(id, title)| bare_choice(id, title)).collect(), most }
        }
        FieldType::Party => FieldKind::Party,
        FieldType::Entry => {
            let Some(register) = &raw.of else {
                needs("of");
                return FieldKind::Flag;
            };
            known.register(register, margin);
            FieldKind::Entry { register: register.value.clone() }
        }
        FieldType::Unit if most > 1 => FieldKind::List { of: Box::new(FieldKind::Unit), most },
        FieldType::Unit => FieldKind::Unit,
        FieldType::File => file(raw, needs, margin),
        FieldType::List => {
            let Some(each) = &raw.each else {
                needs("each");
                return FieldKind::Flag;
            };
            FieldKind::List { of: Box::new(kind(name, each, known, margin)), most }
        }
        FieldType::Table => {
            let columns = raw.rows.as_ref().map(|rows| fields(rows, known, margin)).unwrap_or_default();
            if columns.is_empty() {
                needs("rows");
            }
            FieldKind::Table { columns, most }
        }
    }
}

fn file(raw: &RawField, needs: impl Fn(&str), margin: Margin<'_>) -> FieldKind {
    if raw.types.is_empty() {
        needs("types");
    }
    let Some(max_mb) = raw.max_mb else {
        needs("max_mb");
        return FieldKind::Flag;
    };
    let mut types: Vec<String> = Vec::new();
    for ending in &raw.types {
        match MEDIA.iter().find(|(known, _)| known == &ending.as_str()) {
            // `jpg` and `jpeg` are the same media type.
            Some((_, media)) if types.iter().any(|known| known == media) => {}
            Some((_, media)) => types.push((*media).to_owned()),
            None => {
                let known: Vec<&str> = MEDIA.iter().map(|(known, _)| *known).collect();
                margin.note(
                    ending.spot,
                    format!("不收 `{}` 类文件，可写的有：{}", ending.as_str(), known.join("、")),
                    format!("files of type `{}` are not taken; known are {}", ending.as_str(), known.join(", ")),
                );
            }
        }
    }
    FieldKind::File { types, max_bytes: u64::from(max_mb) * MIB, most: raw.most.unwrap_or(1) }
}

fn choices(raw: &Named<crate::raw::field::RawChoice>, known: &Known<'_>, margin: Margin<'_>) -> Vec<Choice> {
    raw.iter()
        .map(|(value, choice)| {
            plain_name(value, margin);
            if let Some(unit) = &choice.unit {
                known.unit(unit, margin);
            }
            Choice {
                value: value.value.clone(),
                title: Text { zh: choice.zh.clone(), en: choice.en.clone() },
                words: choice.words.clone(),
                unit: choice.unit.as_ref().map(|unit| unit.value.clone()),
                template: choice.template.as_ref().map(Text::from),
            }
        })
        .collect()
}

fn bare_choice(value: &str, title: Text) -> Choice {
    Choice { value: value.to_owned(), title, words: Vec::new(), unit: None, template: None }
}

fn validators(raw: &RawField, margin: Margin<'_>) -> Vec<Validator> {
    let mut validators: Vec<Validator> = Vec::new();
    for check in &raw.check {
        let (validator, fits) = match check.value {
            Check::CreditCode => (Validator::CreditCode, matches!(raw.kind.value, FieldType::Text | FieldType::Party)),
            Check::Phone => (Validator::Phone, raw.kind.value == FieldType::Text),
            Check::NotAfterAct => {
                (Validator::NotAfterAct, matches!(raw.kind.value, FieldType::Date | FieldType::DateTime))
            }
            Check::Unclassified => (Validator::Unclassified, raw.kind.value == FieldType::Text),
            Check::Digest => (Validator::Digest, raw.kind.value == FieldType::Text),
        };
        if !fits {
            margin.note(check.spot, "这项校验不适用于该类型的字段", "this check does not suit a field of that type");
        }
        validators.push(validator);
    }
    if let (FieldType::Text, Some(min)) = (raw.kind.value, &raw.min) {
        validators.push(Validator::MinLength(count(min, margin)));
        if raw.max.as_ref().is_some_and(|max| max.value < min.value) {
            margin.note(min.spot, "`min` 大于 `max`", "`min` exceeds `max`");
        }
    }
    validators
}

/// Rules of law about the field: each is one demand, fits the field's type, and names its articles.
fn rules(raw: &RawField, known: &Known<'_>, margin: Margin<'_>) -> Vec<Validator> {
    let rule = |rule: &At<RawRule>| {
        rule.basis.iter().for_each(|basis| known.basis(basis, margin));
        if rule.basis.is_empty() {
            margin.note(rule.spot, "规定须写明依据（`basis`）", "a rule names its articles (`basis`)");
        }
        let demands = demands(rule, known, margin);
        let [(demands, fits)] = demands.as_slice() else {
            margin.note(
                rule.spot,
                "规定恰好写一种：not_beyond、not_longer_than、not_more_than、in_series、free_in、once、listed_authority、as_registered",
                "a rule is exactly one of not_beyond, not_longer_than, not_more_than, in_series, free_in, once, listed_authority, as_registered",
            );
            return None;
        };
        if !fits.contains(&raw.kind.value) {
            margin.note(rule.spot, "这项规定不适用于该类型的字段", "this rule does not suit a field of that type");
        }
        let basis = rule.basis.iter().map(|basis| basis.value.clone()).collect();
        Some(Validator::Rule(FieldRule { demands: demands.clone(), basis }))
    };
    raw.rules.iter().filter_map(rule).collect()
}

/// What a rule demands, with the types of field that it suits.
fn demands(raw: &RawRule, known: &Known<'_>, margin: Margin<'_>) -> Vec<(Demand, &'static [FieldType])> {
    let mut found: Vec<(Demand, &'static [FieldType])> = Vec::new();
    if let Some(rule) = &raw.not_beyond {
        let demand = Demand::NotBeyond { entry: rule.entry.value.clone(), date: rule.date.value.clone() };
        found.push((demand, &[FieldType::Date]));
    }
    if let Some(rule) = &raw.not_longer_than {
        known.param(&rule.param, ParamIs::Period, margin);
        let unless = rule.unless.as_ref().map(|unless| unless.value.clone());
        found.push((Demand::NotLongerThan { param: rule.param.value.clone(), unless }, &[FieldType::Date]));
    }
    if let Some(field) = &raw.not_more_than {
        let demand = Demand::NotMoreThan { field: field.value.clone() };
        found.push((demand, &[FieldType::Integer, FieldType::Money]));
    }
    if let Some(rule) = &raw.in_series {
        if let Some(register) = known.register(&rule.register, margin) {
            for field in [&rule.first, &rule.last] {
                if !register.fields.has(field) {
                    margin.unknown(field.spot, Kind::FIELD, field, register.fields.names());
                }
            }
        }
        let (register, first, last) = (rule.register.value.clone(), rule.first.value.clone(), rule.last.value.clone());
        found.push((Demand::InSeries { register, first, last }, &[FieldType::Text]));
    }
    if let Some(register) = &raw.free_in {
        known.register(register, margin);
        found.push((Demand::FreeIn { register: register.value.clone() }, &[FieldType::Text]));
    }
    if raw.once {
        found.push((Demand::Once, &[FieldType::Text, FieldType::Integer, FieldType::Date, FieldType::Entry]));
    }
    if let Some(rule) = &raw.as_registered {
        if let Some(register) = known.register(&rule.register, margin)
            && !register.fields.has(&rule.field)
        {
            margin.unknown(rule.field.spot, Kind::FIELD, &rule.field, register.fields.names());
        }
        let (register, key, field) = (rule.register.value.clone(), rule.key.value.clone(), rule.field.value.clone());
        found.push((Demand::AsRegistered { register, key, field }, &[FieldType::Text, FieldType::Party]));
    }
    if raw.listed_authority {
        found.push((Demand::ListedAuthority, &[FieldType::Text]));
    }
    found
}

fn count(number: &At<i64>, margin: Margin<'_>) -> u32 {
    u32::try_from(number.value).unwrap_or_else(|_| {
        margin.note(number.spot, "字数须为不太大的正数", "a count of characters must be a positive number");
        TEXT_MAX
    })
}

/// Keys that a field of this type does not use: the reader would believe them.
fn complain_of_idle(name: &At<String>, raw: &RawField, margin: Margin<'_>) {
    use FieldType::{Entry, Enum, File, Integer, List, Organ, Role, Table, Text, Unit};
    let is = |types: &[FieldType]| types.contains(&raw.kind.value);
    let keys = [
        ("min", raw.min.is_some(), is(&[Text, Integer])),
        ("max", raw.max.is_some(), is(&[Text, Integer])),
        ("lines", raw.lines.is_some(), is(&[Text])),
        ("values", raw.values.is_some(), is(&[Enum])),
        ("most", raw.most.is_some(), is(&[Enum, Role, Organ, File, List, Table, Unit])),
        ("of", raw.of.is_some(), is(&[Entry])),
        ("types", !raw.types.is_empty(), is(&[File])),
        ("max_mb", raw.max_mb.is_some(), is(&[File])),
        ("each", raw.each.is_some(), is(&[List])),
        ("rows", raw.rows.is_some(), is(&[Table])),
    ];
    for (key, _, _) in keys.iter().filter(|(_, there, used)| *there && !used) {
        margin.note(
            name.spot,
            format!("字段 `{}` 的类型用不到 `{key}`", name.as_str()),
            format!("the field `{}` has a type that does not use `{key}`", name.as_str()),
        );
    }
}

/// Holds the states that fields are required from against the procedure's states.
pub(crate) fn required_from(raw: &Named<RawField>, states: &[&str], margin: Margin<'_>) {
    for (_, field) in raw.iter() {
        if let Some(state) = &field.required_from
            && !states.contains(&state.as_str())
        {
            margin.unknown(state.spot, Kind::STATE, state, states.iter().copied());
        }
    }
}
