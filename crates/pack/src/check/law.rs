//! Statutes: parameters become dated values, facts become conditions.

use std::collections::BTreeMap;

use guiju_kernel::procedure::definition::{Choice, FieldKind, Text};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::constraint::constraints;
use super::dates::{day, in_force, overlap};
use super::guard::{Scope, guard};
use super::known::{Known, ParamIs};
use crate::complaint::{Complaint, Kind, Margin, Spot};
use crate::raw::law::{RawParam, RawStatute, RawTag, RawTerm, TermType};
use crate::source::at::At;
use crate::sources::File;
use crate::{Param, Statute};

impl RawTerm {
    /// The kind of field that can speak for the term.
    fn field_kind(&self) -> FieldKind {
        match self.kind {
            TermType::Flag => FieldKind::Flag,
            TermType::Integer => FieldKind::Integer { min: None, max: None },
            TermType::Money => FieldKind::Money,
            TermType::Date => FieldKind::Date,
            TermType::Text => FieldKind::Text { max: u32::MAX, lines: 1 },
            TermType::Enum => {
                let title = |value: &String| Text { zh: value.clone(), en: value.clone() };
                let choice = |value: &String| Choice {
                    value: value.clone(),
                    title: title(value),
                    words: Vec::new(),
                    unit: None,
                    template: None,
                };
                FieldKind::Enum { choices: self.values.iter().map(choice).collect(), most: 1 }
            }
        }
    }
}

impl RawParam {
    pub(crate) fn is(&self) -> ParamIs {
        if self.period.is_some() {
            ParamIs::Period
        } else if self.text.is_some() {
            ParamIs::Text
        } else if self.hours.is_some() {
            ParamIs::Hours
        } else {
            ParamIs::Number
        }
    }
}

/// Checks one statute.
pub(crate) fn statute(file: &File<RawStatute>, known: &Known<'_>, margin: Margin<'_>) -> Statute {
    let raw = &file.raw;
    for (_, realization) in raw.realizations.iter() {
        realization.must_bear.iter().for_each(|tag| known.tag(tag, margin));
    }
    let scope = Scope { known, procedure: None, fragment: &[] };
    Statute {
        id: raw.id.value.clone(),
        title: (&raw.title).into(),
        in_force: in_force(&raw.in_force, margin),
        articles: raw.articles.iter().map(|(name, words)| (name.value.clone(), words.into())).collect(),
        tags: raw
            .tags
            .iter()
            .map(|(name, tag)| (name.value.clone(), Text { zh: tag.zh.clone(), en: tag.en.clone() }))
            .collect(),
        rests_on: raw.tags.iter().map(|(name, tag)| (name.value.clone(), rests_on(raw, tag, known, margin))).collect(),
        facts: raw.facts.iter().map(|(name, fact)| (name.value.clone(), guard(fact, &scope, margin))).collect(),
        terms: raw.terms.iter().map(|(name, term)| (name.value.clone(), term.field_kind())).collect(),
        realizations: raw
            .realizations
            .iter()
            .map(|(name, kind)| (name.value.clone(), super::act::plain(&kind.must_bear)))
            .collect(),
        constraints: constraints(raw, known, margin),
        fact_titles: fact_titles(raw, margin),
    }
}

/// The articles that a tag rests on exist, in this statute or in another.
fn rests_on(raw: &RawStatute, tag: &RawTag, known: &Known<'_>, margin: Margin<'_>) -> Vec<String> {
    let cited: Vec<_> = tag.cited(&raw.id).collect();
    cited.iter().for_each(|basis| known.basis(basis, margin));
    cited.into_iter().map(|basis| basis.value).collect()
}

/// Titles of facts that the statute itself defines.
fn fact_titles(raw: &RawStatute, margin: Margin<'_>) -> BTreeMap<String, Text> {
    for (name, _) in raw.fact_titles.iter().filter(|(name, _)| !raw.facts.has(name)) {
        margin.unknown(name.spot, Kind::FACT, name, raw.facts.names());
    }
    raw.fact_titles.iter().map(|(name, words)| (name.value.clone(), Text::from(words))).collect()
}

/// Gathers the parameters of all statutes; values of one name never overlap in time.
pub(crate) fn params(
    laws: &[File<RawStatute>],
    notes: &std::cell::RefCell<Vec<Complaint>>,
) -> BTreeMap<String, Vec<Param>> {
    let mut all: BTreeMap<String, Vec<Param>> = BTreeMap::new();
    for file in laws {
        let margin = Margin::new(&file.path, notes);
        let law_from = parse_quietly(&file.raw.in_force.from);
        for (name, values) in file.raw.params.iter() {
            if values.0.is_empty() {
                margin.note(name.spot, "参数没有值", "the parameter has no value");
            }
            let list = all.entry(name.value.clone()).or_default();
            for raw in &values.0 {
                let value = param(raw, name, &file.raw, law_from, margin);
                if list.iter().any(|other| overlap((other.from, other.until), (value.from, value.until))) {
                    margin.note(
                        name.spot,
                        format!("参数 `{}` 有两个值的日期重叠", name.as_str()),
                        format!("two values of parameter `{}` overlap in time", name.as_str()),
                    );
                }
                list.push(value);
            }
        }
    }
    for list in all.values_mut() {
        list.sort_by_key(|param| param.from);
    }
    all
}

fn parse_quietly(day: &At<String>) -> Date {
    guiju_kernel::time::parse_date(day).unwrap_or(Date::ZERO)
}

fn param(raw: &RawParam, name: &At<String>, law: &RawStatute, law_from: Date, margin: Margin<'_>) -> Param {
    let from = raw.from.as_ref().map_or(law_from, |from| day(from, margin));
    let until = raw.until.as_ref().map(|until| day(until, margin));
    if let (Some(until), Some(at)) = (until, &raw.until)
        && until <= from
    {
        margin.note(at.spot, "止日须晚于起日", "`until` must be later than `from`");
    }
    if let Some(article) = &raw.article
        && !law.articles.0.is_empty()
        && !law.articles.has(article)
    {
        margin.unknown(article.spot, Kind::ARTICLE, article, law.articles.names());
    }
    Param {
        value: value(raw, name.spot, margin),
        from,
        until,
        article: raw.article.as_ref().map(|article| article.value.clone()),
        source: law.id.value.clone(),
        fictional: raw.fictional,
    }
}

fn value(raw: &RawParam, spot: Spot, margin: Margin<'_>) -> Value {
    let mut told: Vec<Value> = Vec::new();
    if let Some(text) = &raw.period {
        told.push(period(raw, text, margin));
    } else if raw.rounding.is_some() || raw.rolls.is_some() || raw.counts_first_day.is_some() {
        margin.note(
            spot,
            "`rounding`、`rolls`、`counts_first_day` 只用于期间",
            "`rounding`, `rolls` and `counts_first_day` belong to a period",
        );
    }
    told.extend(raw.number.map(Value::from));
    told.extend(raw.money.map(Value::from));
    told.extend(raw.text.clone().map(Value::from));
    if let Some(hours) = &raw.hours {
        told.push(openings(hours, margin));
    }
    if told.len() != 1 {
        margin.note(
            spot,
            "参数的值恰好写一种：period、number、money、text、hours",
            "a value is exactly one of period, number, money, text, hours",
        );
    }
    told.pop().unwrap_or(Value::Null)
}

/// A period as the clock reads it: in words when nothing but its length is said, else as a whole rule.
fn period(raw: &RawParam, text: &At<String>, margin: Margin<'_>) -> Value {
    let mut rule = json!({"period": text.as_str()});
    if let Some(fields) = rule.as_object_mut() {
        fields.extend(raw.rounding.as_ref().map(|rounding| ("rounding".to_owned(), json!(rounding.as_str()))));
        fields.extend(raw.rolls.map(|rolls| ("rolls".to_owned(), json!(rolls))));
        fields.extend(raw.counts_first_day.map(|counts| ("counts_first_day".to_owned(), json!(counts))));
    }
    if let Err(error) = serde_json::from_value::<guiju_kernel::clock::ClockRule>(rule.clone()) {
        margin.repeat(text.spot, &error);
    }
    if rule.as_object().is_some_and(|fields| fields.len() == 1) { Value::from(text.as_str()) } else { rule }
}

fn openings(hours: &At<Vec<String>>, margin: Margin<'_>) -> Value {
    if let Err(error) = guiju_kernel::calendar::WorkingHours::parse(&hours.value) {
        margin.repeat(hours.spot, &error);
    }
    Value::from(hours.value.clone())
}
