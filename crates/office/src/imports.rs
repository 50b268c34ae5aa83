//! Registers, requests and old cases from workbooks: what is wanted is derived from the pack, so that a register or procedure
//! that is added as data can be imported as well.
//!
//! A file is read and judged first ([`Office::import_preview`]): what is wrong with its cells, and what the rules say of each
//! row, stand in one preview. Writing ([`Office::import_commit`]) judges again, and is one commit: all or nothing, or with
//! `skip_bad` the good rows.

mod columns;
mod history;
mod source;
mod table;

pub use table::{TableAsk, whole_table};

use std::collections::BTreeMap;

use guiju_kernel::procedure::definition::{Act, FieldKind, Procedure, Text};
use guiju_kernel::procedure::{Person, Refusal};
use guiju_kernel::record::Origin;
use guiju_kernel::time;
use guiju_sheet::{Limits, Preview, Row, Severity, Value as Cell, Wanted};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::answer::{Ask, OfficeError, Target};
use crate::office::Office;
use crate::writer::{EntryAsk, Import, ImportMode, Line, Outcome, Task};

/// What a workbook is read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Entries of a register.
    Register(String),
    /// New requests, filed on behalf of firms.
    Requests,
    /// Old cases of a procedure with their numbers, dates and steps, as another system tells them.
    History(String),
    /// The same as a platform exports them that the pack knows by name: with its headings, and the officers of each step.
    Export { platform: String, procedure: String },
}

/// A file that was read and judged; nothing is written yet.
#[derive(Debug, Clone)]
pub struct Read {
    pub book: guiju_sheet::Book,
    /// Complaints about cells and rows, those of the rules included.
    pub preview: Preview,
    /// Hash of the file: the batch under which history is recorded.
    pub batch: String,
}

/// The record that comes before a batch of history and says of what its columns tell.
pub(crate) const BATCH: &str = "import_history";
/// The procedure into which `guiju import requests` files.
const REQUESTS: &str = "enterprise-request";
/// The register in which firms are looked up.
const ENTERPRISES: &str = "enterprises";
/// Columns of history that no field of the procedure gives (names of fields have no such sign).
const NUMBER: &str = "number@";
const STATE: &str = "state@";

impl Office {
    /// What the columns of a workbook may be.
    pub fn wanted(&self, what: &What) -> Result<Wanted, OfficeError> {
        let pack = self.pack();
        match what {
            What::Register(id) => Ok(columns::of_register(pack.register(id).ok_or_else(|| unknown(id))?, &pack)),
            What::Requests => columns::of_requests(pack.procedure(REQUESTS).ok_or_else(|| unknown(REQUESTS))?, &pack),
            What::History(id) => {
                let procedure = pack.procedure(id).ok_or_else(|| unknown(id))?;
                Ok(columns::of_history(procedure, history_act(procedure)?, &pack))
            }
            What::Export { platform, procedure } => {
                let (_, export) = source::export(&pack, platform, procedure)?;
                let procedure = pack.procedure(procedure).ok_or_else(|| unknown(procedure))?;
                history_act(procedure)?;
                Ok(columns::of_export(procedure, export, &pack))
            }
        }
    }

    /// Whoever imports at the machine itself, without an account: who may open the data folder may fill it, and every record
    /// says that it was an import.
    pub fn operator(&self, what: &What) -> Person {
        let pack = self.pack();
        let roles = match what {
            What::Register(id) => pack.register(id).map(|r| r.kept_by.iter().cloned().collect()).unwrap_or_default(),
            What::Requests => {
                let act = pack.procedure(REQUESTS).and_then(|p| filing_act(p).ok());
                act.iter().flat_map(|act| act.by.iter().filter_map(|b| b.role.clone())).collect()
            }
            What::History(_) | What::Export { .. } => Default::default(),
        };
        let own = pack.organs.iter().find(|o| o.own).map(|o| o.id.clone());
        history::operator(own, roles)
    }

    /// Reads a file and says what would be taken from it and what is wrong with the rest. Writes nothing.
    pub async fn import_preview(
        &self,
        who: &Person,
        what: &What,
        file_name: &str,
        bytes: &[u8],
    ) -> Result<Read, OfficeError> {
        let wanted = self.wanted(what)?;
        let book =
            guiju_sheet::read(bytes, file_name, &Limits::default()).map_err(|e| OfficeError::Input(e.to_string()))?;
        let preview = guiju_sheet::preview(&book, &wanted);
        let mut read = Read { book, preview, batch: hex::encode(Sha256::digest(bytes)) };
        if read.preview.is_refused() {
            return Ok(read);
        }
        self.notice_unknown_firms(what, &mut read).await?;
        let lines = self.lines(who, what, &mut read).await?;
        let outcome = self.import(lines, ImportMode::Rehearse, None).await?;
        complain(&mut read, &outcome.refused);
        Ok(read)
    }

    /// The user's workbook with the bad cells marked.
    pub fn marked_workbook(&self, read: &Read) -> Result<Vec<u8>, OfficeError> {
        guiju_sheet::marked(&read.book, &read.preview, self.now()).map_err(|e| OfficeError::Input(e.to_string()))
    }

    /// An empty workbook to fill in.
    pub fn template(&self, what: &What) -> Result<Vec<u8>, OfficeError> {
        guiju_sheet::template(&self.wanted(what)?, self.now()).map_err(|e| OfficeError::Input(e.to_string()))
    }

    /// Writes what was read, in one commit: all of it or nothing, or with `skip_bad` the good rows only. What is refused now
    /// although the preview found it good (somebody was faster) is added to the preview's complaints.
    ///
    /// # Errors
    /// [`OfficeError::Input`] when rows are at fault and are not to be skipped; nothing was written then.
    pub async fn import_commit(
        &self,
        who: &Person,
        what: &What,
        read: &mut Read,
        skip_bad: bool,
    ) -> Result<Outcome, OfficeError> {
        nothing_bad(read, skip_bad)?;
        let lines = self.lines(who, what, read).await?;
        nothing_bad(read, skip_bad)?;
        let mode = if skip_bad { ImportMode::SkipBad } else { ImportMode::AllOrNothing };
        let note = source::note(&self.pack(), what, read);
        let outcome = self.import(lines, mode, note).await?;
        complain(read, &outcome.refused);
        if !skip_bad {
            nothing_bad(read, false)?;
        }
        Ok(outcome)
    }

    async fn import(
        &self,
        lines: Vec<(usize, Line)>,
        mode: ImportMode,
        note: Option<Map<String, Value>>,
    ) -> Result<Outcome, OfficeError> {
        let (outcome, answer) = oneshot::channel();
        self.job(Task::Import(Box::new(Import { lines, mode, note, outcome })), None).await?;
        answer.await.map_err(|_| OfficeError::Closing)?
    }

    /// The good rows as what they ask for; a row that cannot be asked gets its complaint.
    async fn lines(&self, who: &Person, what: &What, read: &mut Read) -> Result<Vec<(usize, Line)>, OfficeError> {
        let source = source::Source::of(self, what, &read.batch).await?;
        let mut lines = Vec::new();
        let mut faults = Vec::new();
        for (at, row) in read.preview.rows.iter().enumerate().filter(|(_, row)| row.is_good()) {
            match self.line(who, what, row, &source)? {
                Ok(line) => lines.push((at, line)),
                Err(fault) => faults.push((at, fault)),
            }
        }
        for (at, fault) in faults {
            let (zh, en) = (&fault.why.zh, &fault.why.en);
            let columns: Vec<&str> = fault.columns.iter().map(String::as_str).collect();
            read.preview.complain(at, &columns, Severity::Refused, zh, en);
        }
        Ok(lines)
    }

    fn line(
        &self,
        who: &Person,
        what: &What,
        row: &Row,
        source: &source::Source,
    ) -> Result<Result<Line, history::Fault>, OfficeError> {
        let pack = self.pack();
        match what {
            What::Register(id) => {
                let register = pack.register(id).ok_or_else(|| unknown(id))?;
                let given = values(row);
                let key = given.get(&register.key).map(key_text).unwrap_or_default();
                Ok(Ok(Line::Entry(Box::new(entry_ask(who, id, key, given)))))
            }
            What::Requests => {
                let procedure = pack.procedure(REQUESTS).ok_or_else(|| unknown(REQUESTS))?;
                let act = filing_act(procedure)?;
                let given = values(row);
                let subject = subject(procedure, &given);
                let target = Target::New { procedure: procedure.id.clone(), subject };
                Ok(Ok(Line::Case(vec![plain_ask(target, &act.name, who, given)])))
            }
            What::History(id) | What::Export { procedure: id, .. } => {
                let procedure = pack.procedure(id).ok_or_else(|| unknown(id))?;
                Ok(history::asks(procedure, who, row, source, self.now())?.map(Line::Case))
            }
        }
    }

    /// A firm that is not on the register is taken, and named: most often its code was mistyped into another firm's.
    async fn notice_unknown_firms(&self, what: &What, read: &mut Read) -> Result<(), OfficeError> {
        let pack = self.pack();
        let id = match what {
            What::Register(_) => return Ok(()),
            What::Requests => REQUESTS,
            What::History(id) | What::Export { procedure: id, .. } => id,
        };
        let party = pack.procedure(id).and_then(|p| p.fields.iter().find(|f| f.kind == FieldKind::Party));
        let (Some(party), Some(register)) = (party, pack.register(ENTERPRISES)) else { return Ok(()) };
        let mut known: BTreeMap<String, bool> = BTreeMap::new();
        let mut unknown = Vec::new();
        for (at, row) in read.preview.rows.iter().enumerate() {
            let Some(Cell::CreditCode(code)) = row.values.get(&party.name) else { continue };
            let code = code.as_str();
            if !known.contains_key(code) {
                let there = self.store.entry(ENTERPRISES, code).await?.is_some();
                known.insert(code.to_owned(), there);
            }
            if known.get(code) == Some(&false) {
                unknown.push(at);
            }
        }
        let zh = format!("{}里没有这家企业，照常导入；请核对代码", register.title.zh);
        let en = format!("`{}` does not have this firm; it is taken all the same, check the code", register.title.en);
        for at in unknown {
            read.preview.complain(at, &[&party.name], Severity::Noticed, &zh, &en);
        }
        Ok(())
    }
}

fn unknown(id: &str) -> OfficeError {
    OfficeError::Input(format!("没有台账或程序 `{id}` / there is no register or procedure `{id}`"))
}

fn nothing_bad(read: &Read, skip_bad: bool) -> Result<(), OfficeError> {
    let bad = read.preview.bad();
    if read.preview.is_refused() {
        return Err(OfficeError::Input(
            "这个文件不能导入，没有写入任何内容 / this file cannot be imported; nothing was written".to_owned(),
        ));
    }
    if bad > 0 && !skip_bad {
        let zh = format!("文件中有 {bad} 行需要改正，没有写入任何内容");
        return Err(OfficeError::Input(format!("{zh} / {bad} rows need mending; nothing was written")));
    }
    Ok(())
}

/// What the rules refuse, at the row and cell that it is about.
fn complain(read: &mut Read, refused: &[(usize, Box<Refusal>)]) {
    for (at, refusal) in refused {
        let Text { mut zh, mut en } = refusal.why.clone();
        if let Some(mend) = refusal.further() {
            zh += &format!("；{}", mend.zh);
            en += &format!("; {}", mend.en);
        }
        let column: Vec<&str> = refusal.field.as_deref().into_iter().collect();
        read.preview.complain(*at, &column, Severity::Refused, &zh, &en);
    }
}

fn plain_ask(target: Target, act: &str, who: &Person, given: Map<String, Value>) -> Ask {
    Ask {
        target,
        act: act.to_owned(),
        by: vec![who.clone()],
        done: None,
        origin: Origin::Own,
        given,
        files: Vec::new(),
        history: None,
        once: None,
    }
}

fn entry_ask(who: &Person, register: &str, key: String, given: Map<String, Value>) -> EntryAsk {
    EntryAsk {
        by: who.clone(),
        register: register.to_owned(),
        key,
        fields: Some(given),
        secrets: BTreeMap::new(),
        files: Vec::new(),
        seen: None,
        done: None,
        origin: Origin::Own,
        once: None,
    }
}

/// The act by which a clerk files for a firm: opening, done by a role.
fn filing_act(procedure: &Procedure) -> Result<&Act, OfficeError> {
    let opening = procedure
        .acts
        .iter()
        .find(|a| a.from.is_empty() && !a.records_history && a.by.iter().any(|b| b.role.is_some()));
    opening.ok_or_else(|| OfficeError::Pack(format!("{}: no act opens it for a clerk", procedure.id)))
}

fn history_act(procedure: &Procedure) -> Result<&Act, OfficeError> {
    let act = procedure.acts.iter().find(|a| a.records_history);
    act.ok_or_else(|| OfficeError::Pack(format!("{}: no act records history", procedure.id)))
}

fn subject(procedure: &Procedure, given: &Map<String, Value>) -> Option<String> {
    let party = procedure.fields.iter().find(|f| f.kind == FieldKind::Party)?;
    given.get(&party.name)?.as_str().map(str::to_owned)
}

/// A row's values as the kernel takes them.
fn values(row: &Row) -> Map<String, Value> {
    row.values.iter().map(|(id, cell)| (id.clone(), value(cell))).collect()
}

fn key_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Text(text) | Cell::Choice(text) => json!(text),
        Cell::Integer(n) => json!(n),
        Cell::Money(fen) => json!(fen),
        Cell::Date(date) => json!(date.to_string()),
        Cell::Moment(at) => json!(time::print(*at)),
        Cell::Moments(all) => all.iter().map(|at| json!(time::print(*at))).collect(),
        Cell::Flag(flag) => json!(flag),
        Cell::Choices(codes) => json!(codes),
        Cell::Phone(phone) => json!(phone.as_str()),
        Cell::CreditCode(code) => json!(code.as_str()),
    }
}
