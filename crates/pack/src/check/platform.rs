//! Other platforms: every field, act, state and choice that an export maps exists, and no heading stands for two things.

use std::collections::{BTreeMap, BTreeSet};

use super::bureau::address_name;
use super::known::Known;
use crate::complaint::{Kind, Margin};
use crate::platform::{Export, Mapped, Platform, StepColumns};
use crate::raw::platform::{RawExport, RawMapped, RawPlatform};
use crate::raw::procedure::RawProcedure;
use crate::source::at::{At, Named};

pub(crate) fn platform(raw: &RawPlatform, known: &Known<'_>, margin: Margin<'_>) -> Platform {
    address_name(&raw.id, margin);
    if raw.system.trim().is_empty() {
        margin.note(raw.system.spot, "来源系统须有名称", "the source needs a name");
    }
    let exports = raw.exports.iter().map(|(id, raw)| {
        let versions = known.procedure(id, margin);
        // Old cases follow any version of the procedure: a name that one of them knows is known.
        (id.value.clone(), export(raw, versions, margin))
    });
    Platform {
        id: raw.id.value.clone(),
        title: (&raw.title).into(),
        system: raw.system.value.clone(),
        exports: exports.collect(),
    }
}

fn export(raw: &RawExport, versions: &[&RawProcedure], margin: Margin<'_>) -> Export {
    complain_of_twins(raw, margin);
    known_names(&raw.states, Kind::STATE, versions, |version| version.states.names().collect(), margin);
    known_names(&raw.fields, Kind::FIELD, versions, |version| version.fields.names().collect(), margin);
    known_names(&raw.steps, Kind::ACT, versions, |version| version.acts.names().collect(), margin);
    for (field, mapped) in raw.fields.iter() {
        choices(field, mapped, versions, margin);
    }
    let steps = raw
        .steps
        .iter()
        .map(|(name, step)| (name.value.clone(), StepColumns { at: texts(&step.at), by: texts(&step.by) }));
    Export {
        number: texts(&raw.number),
        state: texts(&raw.state),
        states: words(&raw.states),
        fields: raw
            .fields
            .iter()
            .map(|(name, mapped)| {
                (name.value.clone(), Mapped { columns: texts(&mapped.columns), words: words(&mapped.words) })
            })
            .collect(),
        steps: steps.collect(),
    }
}

fn known_names<'v, T>(
    named: &Named<T>,
    kind: Kind,
    versions: &[&'v RawProcedure],
    of: impl Fn(&'v RawProcedure) -> Vec<&'v str>,
    margin: Margin<'_>,
) {
    let known: BTreeSet<&str> = versions.iter().flat_map(|version| of(version)).collect();
    for (name, _) in named.iter().filter(|(name, _)| !versions.is_empty() && !known.contains(name.as_str())) {
        margin.unknown(name.spot, kind, name, known.iter().copied());
    }
}

fn choices(field: &At<String>, mapped: &RawMapped, versions: &[&RawProcedure], margin: Margin<'_>) {
    let fields = versions.iter().flat_map(|version| version.fields.iter());
    let of = fields.filter(|(name, _)| name.as_str() == field.as_str()).filter_map(|(_, raw)| raw.values.as_ref());
    let known: BTreeSet<&str> = of.flat_map(|values| values.names()).collect();
    // A procedure that could not be read may know them.
    let unknown = |choice: &At<String>| !versions.is_empty() && !known.contains(choice.as_str());
    for (choice, _) in mapped.words.iter().filter(|(choice, _)| unknown(choice)) {
        margin.unknown(choice.spot, Kind::CHOICE, choice, known.iter().copied());
    }
}

/// A heading that two mappings claim could be read as either.
fn complain_of_twins(raw: &RawExport, margin: Margin<'_>) {
    let fields = raw.fields.iter().flat_map(|(_, mapped)| &mapped.columns);
    let steps = raw.steps.iter().flat_map(|(_, step)| step.at.iter().chain(&step.by));
    let mut claimed: BTreeSet<&str> = BTreeSet::new();
    for heading in raw.number.iter().chain(&raw.state).chain(fields).chain(steps) {
        if !claimed.insert(heading.as_str()) {
            margin.note(
                heading.spot,
                format!("列名 `{}` 被用了两次", heading.as_str()),
                format!("the heading `{}` is claimed twice", heading.as_str()),
            );
        }
    }
}

fn texts(list: &[At<String>]) -> Vec<String> {
    list.iter().map(|text| text.value.clone()).collect()
}

fn words(named: &Named<Vec<String>>) -> BTreeMap<String, Vec<String>> {
    named.iter().map(|(name, words)| (name.value.clone(), words.clone())).collect()
}
