//! What surrounds the examples of one file: the people, the forms, the registers, and the facts of the pack.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use guiju_kernel::calendar::Almanac;
use guiju_kernel::procedure::definition::Text;
use guiju_kernel::procedure::guard::Guard;
use guiju_kernel::procedure::{Card, Facts, ParamValue, Person};
use guiju_kernel::record::ActorKind;
use guiju_kernel::rows::{EntryDoc, EntryRow};
use guiju_kernel::time::{self, Instant};
use guiju_kernel::validate::credit_code;
use serde_json::{Map, Value};

use crate::check::dates::day;
use crate::complaint::{Kind, Margin};
use crate::pack::Pack;
use crate::raw::examples::{RawCard, RawExamples, RawPerson};
use crate::source::at::At;

/// What the examples of a file share.
pub(super) struct Stage<'a> {
    pub(super) pack: &'a Pack,
    pub(super) almanac: &'a Almanac,
    pub(super) procedure: &'a str,
    pub(super) people: BTreeMap<&'a str, Person>,
    pub(super) forms: BTreeMap<&'a str, &'a Map<String, Value>>,
    entries: BTreeMap<(&'a str, &'a str), &'a Map<String, Value>>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(pack: &'a Pack, almanac: &'a Almanac, raw: &'a RawExamples, margin: Margin<'_>) -> Self {
        for (register, _) in raw.entries.iter().filter(|(register, _)| pack.register(register).is_none()) {
            let known = pack.registers.iter().map(|register| register.id.as_str());
            margin.unknown(register.spot, Kind::REGISTER, register, known);
        }
        Self {
            pack,
            almanac,
            procedure: &raw.procedure,
            people: raw.people.iter().map(|(name, raw)| (name.as_str(), person(name, raw, pack, margin))).collect(),
            forms: raw.forms.iter().map(|(name, form)| (name.as_str(), form)).collect(),
            entries: raw
                .entries
                .iter()
                .flat_map(|(register, entries)| {
                    entries.iter().map(move |(key, fields)| ((register.as_str(), key.as_str()), fields))
                })
                .collect(),
        }
    }

    pub(super) fn knows_tag(&self, name: &str) -> bool {
        self.pack.statutes.iter().any(|statute| statute.tags.contains_key(name))
    }

    /// Finds somebody by the name that the file gives them.
    pub(super) fn person(&self, name: &At<String>, margin: Margin<'_>) -> Option<&Person> {
        let found = self.people.get(name.as_str());
        if found.is_none() {
            margin.unknown(name.spot, Kind::PERSON, name, self.people.keys().copied());
        }
        found
    }
}

fn person(name: &At<String>, raw: &RawPerson, pack: &Pack, margin: Margin<'_>) -> Person {
    for role in raw.roles.iter().filter(|role| pack.role(role).is_none()) {
        margin.unknown(role.spot, Kind::ROLE, role, pack.roles.iter().map(|role| role.id.as_str()));
    }
    if let Some(unit) = raw.unit.as_ref().filter(|unit| pack.unit(unit).is_none()) {
        let paths: Vec<String> = pack
            .organs
            .iter()
            .flat_map(|organ| organ.units.iter().map(move |unit| format!("{}/{}", organ.id, unit.id)))
            .collect();
        margin.unknown(unit.spot, Kind::UNIT, unit, paths.iter().map(String::as_str));
    }
    if let Some(code) = &raw.party
        && let Err(error) = credit_code::check(code)
    {
        margin.repeat(code.spot, &error);
    }
    let kinds = [raw.party.is_some(), raw.unit.is_some(), raw.import];
    if kinds.iter().filter(|there| **there).count() != 1 {
        margin.note(
            name.spot,
            "人员恰好写一种：party、unit（带 roles）、import",
            "a person is exactly one of party, unit (with roles), import",
        );
    }
    let (organ, unit) = match raw.unit.as_ref().and_then(|unit| unit.split_once('/')) {
        Some((organ, unit)) => (Some(organ.to_owned()), Some(unit.to_owned())),
        None => (None, None),
    };
    let party = raw.party.as_ref().map(|party| party.value.clone());
    let area = organ.as_ref().and_then(|organ| pack.organ(organ)?.area.clone());
    Person {
        kind: match (&party, raw.import) {
            (Some(_), _) => ActorKind::Party,
            (None, true) => ActorKind::Import,
            (None, false) => ActorKind::Officer,
        },
        id: party.clone().unwrap_or_else(|| name.value.clone()),
        organ,
        unit,
        roles: raw.roles.iter().map(|role| role.value.clone()).collect(),
        party,
        cards: raw.cards.iter().map(|(kind, card)| self::card(kind, card, area.as_deref(), margin)).collect(),
        qualifications: raw.holds.iter().cloned().collect::<BTreeSet<_>>(),
        recused: raw.recused.iter().cloned().collect::<BTreeSet<_>>(),
    }
}

fn card(kind: &At<String>, raw: &RawCard, area: Option<&str>, margin: Margin<'_>) -> Card {
    Card {
        kind: kind.value.clone(),
        number: raw.number.clone(),
        area: raw.area.as_deref().or(area).unwrap_or_default().to_owned(),
        from: day(&raw.from, margin),
        until: day(&raw.until, margin),
    }
}

/// The facts of one example: the pack's, with numbers that it counts for itself.
pub(super) struct ExampleFacts<'a> {
    pub(super) stage: &'a Stage<'a>,
    pub(super) numbers: RefCell<BTreeMap<String, u64>>,
}

impl Facts for ExampleFacts<'_> {
    fn param(&self, name: &str, at: Instant) -> Option<ParamValue> {
        self.stage.pack.param_value(name, at)
    }
    fn last_number(&self, series: &str) -> u64 {
        self.numbers.borrow().get(series).copied().unwrap_or(0)
    }
    fn unit_exists(&self, path: &str) -> bool {
        self.stage.pack.unit(path).is_some()
    }
    fn entry(&self, register: &str, key: &str) -> Option<EntryRow> {
        let fields = self.stage.entries.get(&(register, key))?;
        let doc = EntryDoc { fields: (*fields).clone(), personal: BTreeMap::new() };
        Some(EntryRow {
            register: register.to_owned(),
            key: key.to_owned(),
            version: 1,
            // On the register since before anything that an example does.
            since: time::to_millis(time::midnight(jiff::civil::date(2000, 1, 1))),
            until: None,
            seq: 0,
            doc: serde_json::to_value(doc).ok()?,
        })
    }
    fn fact(&self, name: &str, at: Instant) -> Option<Guard> {
        self.stage.pack.fact(name, at).cloned()
    }
    fn authorities(&self, procedure: &str) -> Option<Vec<Text>> {
        self.stage.pack.authorities(procedure)
    }
    fn role_title(&self, role: &str) -> Option<Text> {
        self.stage.pack.role(role).map(|role| role.title.clone())
    }
    fn unit_title(&self, path: &str) -> Option<Text> {
        self.stage.pack.unit(path).map(|(_, unit)| unit.title.clone())
    }
    fn area(&self, organ: &str) -> Option<String> {
        self.stage.pack.organ(organ)?.area.clone()
    }
}
