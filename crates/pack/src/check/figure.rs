//! Figures: exactly one query each, over procedures, registers and figures that exist.

use std::collections::BTreeMap;

use guiju_kernel::figure::definition::{Condition, Figure, Measure, Query, Round};
use guiju_kernel::procedure::definition::Text;
use serde_json::Value;

use super::act::plain;
use super::known::Known;
use crate::complaint::{Complaint, Kind, Margin};
use crate::raw::field::{FieldType, RawField};
use crate::raw::figure::{RawFigure, RawFigures, RawWhere, Scope};
use crate::raw::procedure::RawProcedure;
use crate::source::at::{At, Named, Names};
use crate::sources::File;

/// Checks all figures; a ratio never leads back to itself.
pub(crate) fn figures(
    files: &[File<RawFigures>],
    known: &Known<'_>,
    notes: &std::cell::RefCell<Vec<Complaint>>,
) -> Vec<Figure> {
    let mut all = Vec::new();
    let mut ratios: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, raw) in files.iter().flat_map(|file| file.raw.iter()) {
        let of = raw.ratio.iter().flat_map(|ratio| ratio.value.iter());
        ratios.insert(id.as_str(), of.map(|part| part.as_str()).collect());
    }
    for file in files {
        let margin = Margin::new(&file.path, notes);
        for (id, raw) in file.raw.iter() {
            if leads_to(id, id, &ratios, 0) {
                margin.note(
                    id.spot,
                    format!("指标 `{}` 由它自己算出", id.as_str()),
                    format!("the figure `{}` is reckoned from itself", id.as_str()),
                );
            }
            all.push(figure(id, raw, known, margin));
        }
    }
    all
}

fn leads_to(from: &str, to: &str, ratios: &BTreeMap<&str, Vec<&str>>, depth: usize) -> bool {
    depth <= ratios.len()
        && ratios
            .get(from)
            .is_some_and(|parts| parts.iter().any(|part| *part == to || leads_to(part, to, ratios, depth + 1)))
}

fn figure(id: &At<String>, raw: &RawFigure, known: &Known<'_>, margin: Margin<'_>) -> Figure {
    let shaped = id.split('.').count() >= 2 && id.split('.').all(|part| !part.is_empty());
    if !shaped || !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_')) {
        margin.note(
            id.spot,
            format!("指标标识 `{}` 应写成 `requests.platform.completed` 这样", id.as_str()),
            format!("the figure id `{}` should read like `requests.platform.completed`", id.as_str()),
        );
    }
    let queries = queries(raw, known, margin);
    if queries.len() != 1 {
        margin.note(
            id.spot,
            "指标恰好写一种查询：cases、acts、entries、ratio、duration、latest、median、kept、items、param",
            "a figure has exactly one query: cases, acts, entries, ratio, duration, latest, median, kept, items or param",
        );
    }
    let nothing = Query::Ratio { of: String::new(), to: String::new() };
    Figure {
        id: id.value.clone(),
        title: Text { zh: raw.zh.clone(), en: raw.en.clone() },
        counts: (&raw.counts).into(),
        unit: (&raw.unit).into(),
        scope: match raw.scope {
            Scope::Bureau => "bureau".to_owned(),
            Scope::City => "city".to_owned(),
        },
        query: queries.into_iter().next().unwrap_or(nothing),
        round: raw.round.as_ref().map(|round| Round { decimals: round.half_up, shift: round.shift }),
        public: raw.public,
    }
}

fn queries(raw: &RawFigure, known: &Known<'_>, margin: Margin<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    if let Some(cases) = &raw.cases {
        let desk = Desk::of(&cases.of, known, margin);
        queries.push(Query::Cases {
            procedures: plain(&cases.of.0),
            clock: cases.clock_ended.as_ref().map(|clock| desk.clock(clock)),
            cohort: cases.cohort.as_ref().map(|act| desk.act(act)),
            filter: desk.filter(&cases.filter),
            state_at_cutoff: cases.state_at_cutoff.iter().map(|state| desk.state(state)).collect(),
        });
    }
    if let Some(acts) = &raw.acts {
        let desk = Desk::of(&acts.of, known, margin);
        queries.push(Query::Acts {
            procedures: plain(&acts.of.0),
            act: desk.act(&acts.act),
            filter: desk.filter(&acts.filter),
        });
    }
    if let Some(median) = &raw.median {
        let desk = Desk::of(&Names(vec![median.of.clone()]), known, margin);
        queries.push(Query::Median {
            procedure: median.of.value.clone(),
            cohort: desk.act(&median.cohort),
            from: desk.act(&median.from),
            to: desk.act(&median.to),
            filter: desk.filter(&median.filter),
        });
    }
    if let Some(kept) = &raw.kept {
        let desk = Desk::of(&kept.of, known, margin);
        queries.push(Query::Kept {
            procedures: plain(&kept.of.0),
            cohort: desk.act(&kept.cohort),
            clock: desk.clock(&kept.clock),
            filter: desk.filter(&kept.filter),
        });
    }
    if let Some(items) = &raw.items {
        for procedure in &items.of.0 {
            known.procedure(procedure, margin);
        }
        queries.push(Query::Items { procedures: plain(&items.of.0), online: items.online });
    }
    if let Some(param) = &raw.param {
        known.any_param(param, margin);
        queries.push(Query::Param { name: param.value.clone() });
    }
    queries.extend(of_registers(raw, known, margin));
    queries.extend(raw.ratio.as_ref().and_then(|ratio| self::ratio(ratio, known, margin)));
    queries
}

fn of_registers(raw: &RawFigure, known: &Known<'_>, margin: Margin<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    if let Some(entries) = &raw.entries {
        let shelf = Shelf::of(&entries.of, known, margin);
        let measure = match (&entries.distinct, &entries.sum) {
            (None, None) => Measure::Count,
            (Some(field), None) => Measure::Distinct(shelf.field(field)),
            (None, Some(field)) => Measure::Sum(shelf.number(field)),
            (Some(field), Some(_)) => {
                margin.note(field.spot, "`distinct` 和 `sum` 只能写一个", "say `distinct` or `sum`, not both");
                Measure::Count
            }
        };
        queries.push(Query::Entries {
            register: entries.of.value.clone(),
            filter: shelf.filter(&entries.filter),
            made_in_period: entries.made_in_period,
            measure,
        });
    }
    if let Some(duration) = &raw.duration {
        let shelf = Shelf::of(&duration.of, known, margin);
        queries.push(Query::Duration {
            register: duration.of.value.clone(),
            from: shelf.moment(&duration.from),
            until: shelf.moment(&duration.until),
            union_by: duration.union_by.iter().map(|field| shelf.field(field)).collect(),
            filter: shelf.filter(&duration.filter),
        });
    }
    if let Some(latest) = &raw.latest {
        let shelf = Shelf::of(&latest.of, known, margin);
        queries.push(Query::Latest {
            register: latest.of.value.clone(),
            field: shelf.field(&latest.field),
            filter: shelf.filter(&latest.filter),
        });
    }
    queries
}

fn ratio(ratio: &At<Vec<At<String>>>, known: &Known<'_>, margin: Margin<'_>) -> Option<Query> {
    ratio.value.iter().for_each(|part| known.figure(part, margin));
    let [of, to] = ratio.value.as_slice() else {
        margin.note(ratio.spot, "比率写作 [分子, 分母]", "a ratio reads [of, to]");
        return Some(Query::Ratio { of: String::new(), to: String::new() });
    };
    Some(Query::Ratio { of: of.value.clone(), to: to.value.clone() })
}

/// The versions of a procedure that a query is about.
struct Desk<'a> {
    versions: Vec<&'a RawProcedure>,
    margin: Margin<'a>,
}

impl<'a> Desk<'a> {
    fn of(procedures: &Names, known: &Known<'a>, margin: Margin<'a>) -> Self {
        let versions = procedures.0.iter().flat_map(|procedure| known.procedure(procedure, margin).to_vec());
        Self { versions: versions.collect(), margin }
    }

    fn act(&self, name: &At<String>) -> String {
        let names: Vec<&str> = self
            .versions
            .iter()
            .flat_map(|version| version.acts.iter())
            .flat_map(|(act, raw)| std::iter::once(act.as_str()).chain(raw.tags.iter().map(|tag| tag.as_str())))
            .collect();
        self.known(name, Kind::ACT_OR_TAG, names)
    }

    fn state(&self, name: &At<String>) -> String {
        self.known(name, Kind::STATE, self.versions.iter().flat_map(|version| version.states.names()).collect())
    }

    fn clock(&self, name: &At<String>) -> String {
        self.known(name, Kind::CLOCK, self.versions.iter().flat_map(|version| version.clocks.names()).collect())
    }

    fn known(&self, name: &At<String>, kind: Kind, names: Vec<&str>) -> String {
        if !self.versions.is_empty() && !names.contains(&name.as_str()) {
            self.margin.unknown(name.spot, kind, name, names);
        }
        name.value.clone()
    }

    fn filter(&self, raw: &RawWhere) -> Vec<Condition> {
        let fields: Vec<_> = self.versions.iter().flat_map(|version| version.fields.iter()).collect();
        if self.versions.is_empty() { Vec::new() } else { conditions(raw, &fields, self.margin) }
    }
}

/// The register that a query is about.
struct Shelf<'a> {
    fields: Option<&'a Named<RawField>>,
    margin: Margin<'a>,
}

impl<'a> Shelf<'a> {
    fn of(register: &At<String>, known: &Known<'a>, margin: Margin<'a>) -> Self {
        Self { fields: known.register(register, margin).map(|register| &register.fields), margin }
    }

    fn find(&self, name: &At<String>) -> Option<&'a RawField> {
        let fields = self.fields?;
        let found = fields.iter().find(|(known, _)| known.as_str() == name.as_str()).map(|(_, field)| field);
        if found.is_none() {
            self.margin.unknown(name.spot, Kind::FIELD, name, fields.names());
        }
        found
    }

    fn field(&self, name: &At<String>) -> String {
        self.find(name);
        name.value.clone()
    }

    fn number(&self, name: &At<String>) -> String {
        let fits = |field: &RawField| matches!(field.kind.value, FieldType::Integer | FieldType::Money);
        if self.find(name).is_some_and(|field| !fits(field)) {
            self.margin.note(name.spot, "只有整数和金额可以求和", "only integers and money can be summed");
        }
        name.value.clone()
    }

    fn moment(&self, name: &At<String>) -> String {
        if self.find(name).is_some_and(|field| field.kind.value != FieldType::DateTime) {
            self.margin.note(name.spot, "时长的起止须是时刻", "a duration runs between two moments");
        }
        name.value.clone()
    }

    fn filter(&self, raw: &RawWhere) -> Vec<Condition> {
        let fields: Vec<_> = self.fields.into_iter().flat_map(|fields| fields.iter()).collect();
        if self.fields.is_some() { conditions(raw, &fields, self.margin) } else { Vec::new() }
    }
}

fn conditions(raw: &RawWhere, fields: &[(&At<String>, &RawField)], margin: Margin<'_>) -> Vec<Condition> {
    raw.iter()
        .map(|(name, values)| {
            match fields.iter().find(|(known, _)| known.as_str() == name.as_str()) {
                None => margin.unknown(name.spot, Kind::FIELD, name, fields.iter().map(|(known, _)| known.as_str())),
                Some((_, field)) => {
                    for value in &values.0 {
                        if let (FieldType::Enum, Some(choices)) = (field.kind.value, &field.values)
                            && !choices.has(value)
                        {
                            margin.unknown(value.spot, Kind::CHOICE, value, choices.names());
                        }
                    }
                }
            }
            Condition {
                field: name.value.clone(),
                any_of: values.0.iter().map(|value| Value::from(value.as_str())).collect(),
            }
        })
        .collect()
}
