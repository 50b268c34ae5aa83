//! What changed between a case before and after an act, as effects on the folded tables: the smallest merge patches.
//!
//! The two cases are compared member by member, so that nothing is written as JSON that did not change. `apply` undoes this the
//! plain way, by patching whole rows; that both agree is tested on random runs.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::case::{Case, Detail, Part};
use crate::record::{Effect, Table};
use crate::rows::{self, RowError};
use crate::time;

/// Lists the effects that turn `before` into `after`: the case first, then its holdings and timers by key.
///
/// # Errors
/// [`RowError`] when a value has no JSON form.
pub fn between(before: Option<&Case>, after: &Case) -> Result<Vec<Effect>, RowError> {
    let mut effects = Vec::with_capacity(4);
    let key = after.id.to_string();
    match before {
        None => {
            let row = rows::of_case(after)?.case;
            effects.push(Effect { table: Table::Cases, key, patch: Some(rows::members(&row)?) });
        }
        Some(before) => {
            let patch = case_patch(before, after)?;
            if !patch.is_empty() {
                effects.push(Effect { table: Table::Cases, key, patch: Some(patch) });
            }
        }
    }
    holdings(before, after, &mut effects)?;
    timers(before, after, &mut effects)?;
    Ok(effects)
}

fn case_patch(before: &Case, after: &Case) -> Result<Map<String, Value>, RowError> {
    let mut patch = Map::new();
    text(&mut patch, "number", &before.number, &after.number);
    text(&mut patch, "pack", &before.pack, &after.pack);
    text(&mut patch, "state", &before.state, &after.state);
    text(&mut patch, "headline", &before.headline, &after.headline);
    text(&mut patch, "organ", &before.organ, &after.organ);
    option(&mut patch, "outcome", before.outcome.as_deref(), after.outcome.as_deref());
    option(&mut patch, "subject", before.subject.as_deref(), after.subject.as_deref());
    option(&mut patch, "ended", before.ended.map(time::to_millis), after.ended.map(time::to_millis));
    if before.version != after.version {
        patch.insert("version".to_owned(), after.version.into());
    }
    if before.level != after.level {
        patch.insert("level".to_owned(), after.level.into());
    }
    if before.round != after.round {
        patch.insert("round".to_owned(), after.round.into());
    }
    let doc = detail_patch(&before.detail, &after.detail)?;
    if !doc.is_empty() {
        patch.insert("doc".to_owned(), Value::Object(doc));
    }
    Ok(patch)
}

fn detail_patch(before: &Detail, after: &Detail) -> Result<Map<String, Value>, RowError> {
    let mut patch = Map::new();
    if before.fields != after.fields {
        let change =
            if after.fields.is_empty() { Value::Null } else { rows::diff(&before.fields, &after.fields).into() };
        patch.insert("fields".to_owned(), change);
    }
    members(&mut patch, "personal", &before.personal, &after.personal)?;
    members(&mut patch, "clocks", &before.clocks, &after.clocks)?;
    members(&mut patch, "acts", &before.acts, &after.acts)?;
    members(&mut patch, "files", &before.files, &after.files)?;
    members(&mut patch, "answers", &before.answers, &after.answers)?;
    members(&mut patch, "instruments", &before.instruments, &after.instruments)?;
    option(&mut patch, "dispatcher", before.dispatcher.as_deref(), after.dispatcher.as_deref());
    if before.links != after.links {
        let links = if after.links.is_empty() { Value::Null } else { after.links.clone().into() };
        patch.insert("links".to_owned(), links);
    }
    Ok(patch)
}

/// Patches one map of the detail. A map that has become empty is not written at all, so the patch removes it.
fn members<T: PartialEq + Serialize>(
    patch: &mut Map<String, Value>,
    name: &str,
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
) -> Result<(), RowError> {
    if before == after {
        return Ok(());
    }
    if after.is_empty() {
        patch.insert(name.to_owned(), Value::Null);
        return Ok(());
    }
    let mut changes = Map::new();
    for gone in before.keys().filter(|key| !after.contains_key(*key)) {
        changes.insert(gone.clone(), Value::Null);
    }
    for (key, is) in after {
        match before.get(key) {
            Some(was) if was == is => {}
            was => {
                let was = was.map(serde_json::to_value).transpose()?;
                if let Some(change) = rows::diff_value(was.as_ref(), &serde_json::to_value(is)?) {
                    changes.insert(key.clone(), change);
                }
            }
        }
    }
    patch.insert(name.to_owned(), Value::Object(changes));
    Ok(())
}

fn holdings(before: Option<&Case>, after: &Case, effects: &mut Vec<Effect>) -> Result<(), RowError> {
    let was = |number: u32| before.and_then(|case| case.parts.iter().find(|part| part.part == number));
    let key = |part: &Part| format!("{}/{}", after.id, part.part);
    for gone in before.into_iter().flat_map(|case| &case.parts) {
        if !after.parts.iter().any(|part| part.part == gone.part) {
            effects.push(Effect { table: Table::Holdings, key: key(gone), patch: None });
        }
    }
    for part in &after.parts {
        let patch = match was(part.part) {
            Some(was) if was == part => continue,
            Some(was) => part_patch(was, part),
            None => rows::members(&rows::holding(after.id, part))?,
        };
        effects.push(Effect { table: Table::Holdings, key: key(part), patch: Some(patch) });
    }
    Ok(())
}

fn part_patch(before: &Part, after: &Part) -> Map<String, Value> {
    let mut patch = Map::new();
    text(&mut patch, "organ", &before.organ, &after.organ);
    text(&mut patch, "unit", &before.unit, &after.unit);
    option(&mut patch, "person", before.person.as_deref(), after.person.as_deref());
    if before.open != after.open {
        patch.insert("open".to_owned(), u8::from(after.open).into());
    }
    option(&mut patch, "due", before.due.map(time::to_millis), after.due.map(time::to_millis));
    patch
}

fn timers(before: Option<&Case>, after: &Case, effects: &mut Vec<Effect>) -> Result<(), RowError> {
    let key = |name: &str| format!("{}/{name}", after.id);
    for gone in before.into_iter().flat_map(|case| case.timers.keys()) {
        if !after.timers.contains_key(gone) {
            effects.push(Effect { table: Table::Timers, key: key(gone), patch: None });
        }
    }
    for (name, at) in &after.timers {
        let patch = match before.and_then(|case| case.timers.get(name)) {
            Some(was) if was == at => continue,
            Some(_) => std::iter::once(("at".to_owned(), Value::from(time::to_millis(*at)))).collect(),
            None => rows::members(&rows::timer(after.id, name, *at))?,
        };
        effects.push(Effect { table: Table::Timers, key: key(name), patch: Some(patch) });
    }
    Ok(())
}

fn text(patch: &mut Map<String, Value>, name: &str, before: &str, after: &str) {
    if before != after {
        patch.insert(name.to_owned(), after.into());
    }
}

fn option<T: PartialEq + Into<Value>>(patch: &mut Map<String, Value>, name: &str, before: Option<T>, after: Option<T>) {
    if before != after {
        patch.insert(name.to_owned(), after.map_or(Value::Null, Into::into));
    }
}
