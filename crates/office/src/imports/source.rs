//! Where a file of history comes from: the system it names, of what it tells, and whose card a number is.

use std::collections::HashMap;

use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::Procedure;
use guiju_kernel::record::{ActorKind, Origin};
use guiju_pack::{Export, Pack, Platform};
use guiju_store::{Log, Store};
use serde_json::{Map, Value, json};

use super::columns::{dated, signed};
use super::{Read, What};
use crate::answer::OfficeError;
use crate::office::Office;
use crate::officers::OFFICERS;

/// The source of one file.
pub struct Source {
    system: String,
    batch: String,
    organ: Option<String>,
    /// Number of a card -> account of the officer who bears or bore it.
    cards: HashMap<String, String>,
}

/// The name that records give to a list whose system nobody has named.
const SOME_SYSTEM: &str = "import";

impl Source {
    pub async fn of(office: &Office, what: &What, batch: &str) -> Result<Source, OfficeError> {
        let pack = office.pack();
        let system = match what {
            What::Export { platform, procedure } => export(&pack, platform, procedure)?.0.system.clone(),
            _ => SOME_SYSTEM.to_owned(),
        };
        let cards = match what {
            What::Export { .. } | What::History(_) => cards(office.store().as_ref()).await?,
            _ => HashMap::new(),
        };
        Ok(Source { system, batch: batch.to_owned(), organ: pack.own().map(|own| own.id.clone()), cards })
    }

    pub fn origin(&self, number: &str) -> Origin {
        Origin::Mirror { system: self.system.clone(), number: number.to_owned(), batch: self.batch.clone() }
    }

    /// The officer who bears the card: under their account where the register knows it, else under the number as it stands.
    pub fn officer(&self, card: &str) -> Person {
        Person {
            organ: self.organ.clone(),
            ..Person::plain(ActorKind::Officer, self.cards.get(card).map_or(card, String::as_str).to_owned())
        }
    }
}

async fn cards(store: &dyn Store) -> Result<HashMap<String, String>, OfficeError> {
    let upto = store.position(Log::Events).await?.size;
    let rows = store.entry_versions(OFFICERS, upto).await?;
    let card = |row: &guiju_kernel::rows::EntryRow| {
        row.doc.get("fields").and_then(|fields| fields.get("card")).and_then(Value::as_str).map(str::to_owned)
    };
    Ok(rows.iter().filter_map(|row| Some((card(row)?, row.key.clone()))).collect())
}

/// The mapping of a platform's export of a procedure.
pub fn export<'p>(pack: &'p Pack, platform: &str, procedure: &str) -> Result<(&'p Platform, &'p Export), OfficeError> {
    let no_platform = || {
        let known: Vec<&str> = pack.platforms.iter().map(|one| one.id.as_str()).collect();
        let known = known.join("、");
        OfficeError::Input(format!(
            "没有平台 `{platform}`；已知：{known} / there is no platform `{platform}`; known: {known}"
        ))
    };
    let found = pack.platform(platform).ok_or_else(no_platform)?;
    match found.exports.get(procedure) {
        Some(export) => Ok((found, export)),
        None => {
            let known: Vec<&str> = found.exports.keys().map(String::as_str).collect();
            let known = known.join("、");
            Err(OfficeError::Input(format!(
                "平台 `{platform}` 没有程序 `{procedure}` 的导出表；已有：{known} / `{platform}` has no export of `{procedure}`; it has: {known}"
            )))
        }
    }
}

/// What the record before a batch says: of which acts, fields and officers the file tells. What it has no column for it does not
/// tell, and the audit must not take silence for an answer.
pub fn note(pack: &Pack, what: &What, read: &Read) -> Option<Map<String, Value>> {
    let (What::History(id) | What::Export { procedure: id, .. }) = what else { return None };
    let procedure = pack.procedure(id)?;
    let system = match what {
        What::Export { platform, .. } => pack.platform(platform).map(|found| found.system.clone()),
        _ => None,
    };
    // A column tells only if every sheet that was read has it.
    let there = |column: &str| {
        !read.preview.sheets.is_empty() && read.preview.sheets.iter().all(|sheet| sheet.columns.contains_key(column))
    };
    let mut note = Map::new();
    note.insert("batch".to_owned(), json!(read.batch));
    note.insert("procedure".to_owned(), json!(id));
    note.insert("system".to_owned(), json!(system.unwrap_or_else(|| SOME_SYSTEM.to_owned())));
    note.insert("acts".to_owned(), acts(procedure, |act| there(&dated(act))));
    note.insert("officers".to_owned(), acts(procedure, |act| there(&signed(act))));
    let fields = procedure.fields.iter().map(|field| &field.name).filter(|name| there(name));
    note.insert("fields".to_owned(), fields.map(|name| json!(name)).collect());
    Some(note)
}

fn acts(procedure: &Procedure, there: impl Fn(&guiju_kernel::procedure::definition::Act) -> bool) -> Value {
    procedure.acts.iter().filter(|act| there(act)).map(|act| json!(act.name)).collect()
}
