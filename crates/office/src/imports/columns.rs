//! Which columns may a workbook have? Derived from the pack: the fields of a register or of an act, and for history the
//! dates of a procedure's steps.

use guiju_kernel::organ::Register;
use guiju_kernel::procedure::definition::{Act, Choice, Demand, Field, FieldKind, Procedure, Validator};
use guiju_pack::{Export, Pack};
use guiju_sheet::{Column, Kind, MoneyUnit, Wanted};

use super::{NUMBER, STATE, filing_act};
use crate::answer::OfficeError;

pub fn of_register(register: &Register, pack: &Pack) -> Wanted {
    Wanted {
        zh: register.title.zh.clone(),
        en: register.title.en.clone(),
        columns: register.fields.iter().filter_map(|f| column(f, f.name == register.key, pack)).collect(),
        unique: vec![vec![register.key.clone()]],
    }
}

/// The columns of a table field. What a rule allows only once is complained of with the rows of the file.
pub fn of_table(field: &Field, columns: &[Field], pack: &Pack) -> Wanted {
    let once = |column: &&Field| {
        let rules =
            column.validate.iter().filter_map(|v| if let Validator::Rule(rule) = v { Some(rule) } else { None });
        rules.into_iter().any(|rule| rule.demands == Demand::Once)
    };
    Wanted {
        zh: field.title.zh.clone(),
        en: field.title.en.clone(),
        columns: columns.iter().filter_map(|c| column(c, c.required_from.is_some(), pack)).collect(),
        unique: columns.iter().filter(once).map(|c| vec![c.name.clone()]).collect(),
    }
}

pub fn of_requests(procedure: &Procedure, pack: &Pack) -> Result<Wanted, OfficeError> {
    let act = filing_act(procedure)?;
    let taken = act.takes.iter().filter_map(|take| Some((procedure.field(&take.field)?, take.required)));
    Ok(Wanted {
        zh: procedure.title.zh.clone(),
        en: procedure.title.en.clone(),
        columns: taken.filter_map(|(field, required)| column(field, required, pack)).collect(),
        unique: Vec::new(),
    })
}

pub fn of_history(procedure: &Procedure, act: &Act, pack: &Pack) -> Wanted {
    let mut columns = vec![number(), state(procedure)];
    for take in &act.takes {
        columns.extend(procedure.field(&take.field).and_then(|f| column(f, take.required, pack)));
    }
    let opens = super::history::opening(procedure).map(|act| act.name.as_str());
    for act in super::history::steps(procedure) {
        columns.push(date_of_step(act, opens == Some(act.name.as_str())));
        columns.extend(hands_of_step(act));
    }
    Wanted {
        zh: procedure.title.zh.clone(),
        en: procedure.title.en.clone(),
        columns,
        unique: vec![vec![NUMBER.to_owned()]],
    }
}

/// Most times that one step may have been done in one case.
const TIMES: u32 = 30;

/// The columns of another platform's export, as the pack maps them.
pub fn of_export(procedure: &Procedure, export: &Export, pack: &Pack) -> Wanted {
    let mut columns = vec![headed(NUMBER, &export.number, true, Kind::Text { max: 60 })];
    if !export.state.is_empty() {
        let mut state = state(procedure);
        if let Kind::Choice { choices } = &mut state.kind {
            add_words(choices, &export.states);
        }
        columns.push(headed(STATE, &export.state, false, state.kind));
    }
    for (name, mapped) in &export.fields {
        let Some(field) = procedure.field(name) else { continue };
        let required = field.kind == FieldKind::Party || procedure.headline == *name;
        let Some(mut kind) = kind(field, pack) else { continue };
        if let Kind::Choice { choices } | Kind::Choices { choices, .. } = &mut kind {
            add_words(choices, &mapped.words);
        }
        columns.push(headed(name, &mapped.columns, required, kind));
    }
    let opens = super::history::opening(procedure).map(|act| act.name.as_str());
    for act in &procedure.acts {
        let Some(step) = export.steps.get(&act.name) else { continue };
        let moments = Kind::Moments { date_alone: true, most: TIMES };
        columns.push(headed(&dated(act), &step.at, opens == Some(act.name.as_str()), moments));
        if !step.by.is_empty() {
            columns.push(headed(&signed(act), &step.by, false, Kind::Text { max: 1_000 }));
        }
    }
    Wanted {
        zh: procedure.title.zh.clone(),
        en: procedure.title.en.clone(),
        columns,
        unique: vec![vec![NUMBER.to_owned()]],
    }
}

fn add_words(choices: &mut [guiju_sheet::Choice], words: &std::collections::BTreeMap<String, Vec<String>>) {
    for choice in choices {
        choice.also.extend(words.get(&choice.code).into_iter().flatten().cloned());
    }
}

/// A column under the headings of another platform, the first of which the template shows.
fn headed(id: &str, headings: &[String], required: bool, kind: Kind) -> Column {
    let (first, others) =
        headings.split_first().map_or((id, Default::default()), |(first, rest)| (first.as_str(), rest));
    let also: Vec<&str> = others.iter().map(String::as_str).collect();
    bare(id, first, first, &also, required, kind)
}

/// The id of the column with the card numbers of those who did a step.
pub fn signed(act: &Act) -> String {
    format!("{}~", act.name)
}

/// The id of the column with a step's date. No field is named so: names of fields are plain words.
pub fn dated(act: &Act) -> String {
    format!("{}@", act.name)
}

fn number() -> Column {
    let also = ["编号", "工单号", "工单编号", "受理编号", "诉求编号", "原系统编号", "办件编号"];
    bare(NUMBER, "原编号", "Original number", &also, true, Kind::Text { max: 60 })
}

fn state(procedure: &Procedure) -> Column {
    let states = procedure.states.iter().map(|s| guiju_sheet::Choice {
        code: s.name.clone(),
        zh: s.title.zh.clone(),
        en: s.title.en.clone(),
        also: Vec::new(),
    });
    let kind = Kind::Choice { choices: states.collect() };
    bare(STATE, "状态", "State", &["当前状态", "办理状态", "办件状态"], false, kind)
}

fn date_of_step(act: &Act, opens: bool) -> Column {
    let (zh, en) = (format!("{}时间", act.title.zh), format!("{} at", act.title.en));
    let date = format!("{}日期", act.title.zh);
    let also: Vec<&str> = act.columns.iter().map(String::as_str).chain([date.as_str()]).collect();
    bare(&dated(act), &zh, &en, &also, opens, Kind::Moment { date_alone: true })
}

/// Who did a step, by their cards, where the law asks who it was.
fn hands_of_step(act: &Act) -> Option<Column> {
    let asked = act.by.iter().any(|rule| rule.card.is_some() || rule.holds.is_some() || !rule.distinct_from.is_empty());
    let (zh, en) = (format!("{}人员证号", act.title.zh), format!("{} by (cards)", act.title.en));
    let also = [format!("{}执法证号", act.title.zh), format!("{}人员", act.title.zh)];
    let also: Vec<&str> = also.iter().map(String::as_str).collect();
    asked.then(|| bare(&signed(act), &zh, &en, &also, false, Kind::Text { max: 1_000 }))
}

fn bare(id: &str, zh: &str, en: &str, also: &[&str], required: bool, kind: Kind) -> Column {
    Column {
        id: id.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        also: also.iter().map(|s| (*s).to_owned()).collect(),
        required,
        kind,
        hint_zh: String::new(),
        hint_en: String::new(),
        example: String::new(),
    }
}

/// A field as a column; files do not fit into a cell.
fn column(field: &Field, required: bool, pack: &Pack) -> Option<Column> {
    Some(Column {
        id: field.name.clone(),
        zh: field.title.zh.clone(),
        en: field.title.en.clone(),
        also: field.columns.clone(),
        required,
        kind: kind(field, pack)?,
        hint_zh: field.hint.as_ref().map(|h| h.zh.clone()).unwrap_or_default(),
        hint_en: field.hint.as_ref().map(|h| h.en.clone()).unwrap_or_default(),
        example: String::new(),
    })
}

fn kind(field: &Field, pack: &Pack) -> Option<Kind> {
    let checks = |v: &Validator| field.validate.contains(v);
    Some(match &field.kind {
        FieldKind::Party => Kind::CreditCode,
        _ if checks(&Validator::CreditCode) => Kind::CreditCode,
        _ if checks(&Validator::Phone) => Kind::Phone,
        FieldKind::Text { max, .. } => Kind::Text { max: *max },
        FieldKind::Integer { min, max } => Kind::Integer { min: *min, max: *max },
        FieldKind::Money => Kind::Money { unit: MoneyUnit::Yuan },
        FieldKind::Date => Kind::Date,
        FieldKind::DateTime => Kind::Moment { date_alone: false },
        FieldKind::Flag => Kind::Flag,
        FieldKind::Enum { choices, most } if *most > 1 => {
            Kind::Choices { choices: choices.iter().map(choice).collect(), most: *most }
        }
        FieldKind::Enum { choices, .. } => Kind::Choice { choices: choices.iter().map(choice).collect() },
        FieldKind::Unit => Kind::Choice { choices: units(pack) },
        FieldKind::List { of, most } if **of == FieldKind::Unit => Kind::Choices { choices: units(pack), most: *most },
        FieldKind::Entry { .. } => Kind::Text { max: 120 },
        FieldKind::File { .. } | FieldKind::List { .. } | FieldKind::Table { .. } => return None,
    })
}

fn choice(choice: &Choice) -> guiju_sheet::Choice {
    guiju_sheet::Choice {
        code: choice.value.clone(),
        zh: choice.title.zh.clone(),
        en: choice.title.en.clone(),
        also: choice.words.clone(),
    }
}

/// Units by the names that people write: our own as they are, those of other organs with the organ's name before; or the bare
/// name where only one organ has such a unit.
fn units(pack: &Pack) -> Vec<guiju_sheet::Choice> {
    let paths = pack.organs.iter().flat_map(|o| o.units.iter().map(move |u| (o, u)));
    paths
        .map(|(o, u)| guiju_sheet::Choice {
            code: format!("{}/{}", o.id, u.id),
            zh: if o.own { u.title.zh.clone() } else { format!("{}{}", o.title.zh, u.title.zh) },
            en: if o.own { u.title.en.clone() } else { format!("{}, {}", u.title.en, o.title.en) },
            also: vec![u.title.zh.clone(), format!("{}{}", o.title.zh, u.title.zh)],
        })
        .collect()
}
