//! Rows of a workbook: judged all together first, then written in one commit.
//!
//! What is judged hardly depends on the other rows (each row opens its own case or puts its own entry; rows that agree in a key
//! were complained of when the file was read), so each is rehearsed on its own before any is written: every step of a case is
//! decided on the case as the steps before it would leave it. Should a row be refused all the same while the rows are written,
//! the whole group is given up: nothing is stored, and the desk reads again.

use guiju_kernel::case::Case;
use guiju_kernel::procedure::{Decided, Refusal};
use guiju_kernel::rows::{EntryDoc, EntryRow};
use guiju_kernel::time::{Instant, date_of};
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use super::desk::{Desk, new_number, no_procedure, number_twice, proposal};
use super::entry::EntryAsk;
use super::mark::plain_record;
use super::pending::Pending;
use crate::Target;
use crate::answer::{Answer, Ask, Done, OfficeError};
use crate::imports::BATCH;

/// One row of the file and what it asks for.
#[derive(Debug, Clone)]
pub enum Line {
    /// Fields that the row does not fill keep the value that the entry has.
    Entry(Box<EntryAsk>),
    /// A case with its steps, in order.
    Case(Vec<Ask>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// Says what would be refused; writes nothing.
    Rehearse,
    AllOrNothing,
    /// Writes the good rows although others are refused.
    SkipBad,
}

pub struct Import {
    /// Place of the row in the preview, and what it asks for.
    pub lines: Vec<(usize, Line)>,
    pub mode: ImportMode,
    /// What the record before the batch says, where history comes in.
    pub note: Option<Map<String, Value>>,
    pub outcome: oneshot::Sender<Result<Outcome, OfficeError>>,
}

/// What became of an import; rows by their place in the preview.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Empty when a row was refused and bad rows were not to be skipped, and after a rehearsal.
    pub written: Vec<(usize, Done)>,
    /// Entries that say exactly what the register says already: nothing was written for them.
    pub unchanged: Vec<usize>,
    pub refused: Vec<(usize, Box<Refusal>)>,
}

impl Desk {
    pub(super) async fn import(
        &mut self,
        import: Import,
        now: Instant,
        reply: oneshot::Sender<Result<Answer, OfficeError>>,
        pending: &mut Pending,
    ) {
        let Import { lines, mode, note, outcome } = import;
        let result = self.write_lines(lines, (mode, note), now, pending).await;
        let none = Done { seq: 0, case: 0, number: String::new(), state: String::new(), again: true };
        pending.reply(reply, Ok(Answer::Done(none)));
        pending.then(Box::new(move |fault| {
            let result = match fault {
                Some(why) if result.as_ref().is_ok_and(|o| !o.written.is_empty()) => {
                    Err(guiju_store::StoreError::Unavailable(why.to_owned()).into())
                }
                _ => result,
            };
            let _ = outcome.send(result);
        }));
    }

    async fn write_lines(
        &mut self,
        lines: Vec<(usize, Line)>,
        (mode, note): (ImportMode, Option<Map<String, Value>>),
        now: Instant,
        pending: &mut Pending,
    ) -> Result<Outcome, OfficeError> {
        let mut outcome = Outcome::default();
        let mut good = Vec::new();
        for (row, line) in lines {
            let line = self.completed(line).await?;
            match self.rehearse(&line, now).await? {
                Some(refusal) => outcome.refused.push((row, refusal)),
                None if self.says_nothing_new(&line, now).await? => outcome.unchanged.push(row),
                None => good.push((row, line)),
            }
        }
        if mode == ImportMode::Rehearse || !outcome.refused.is_empty() && mode == ImportMode::AllOrNothing {
            return Ok(outcome);
        }
        if let Some(note) = note.filter(|_| !good.is_empty()) {
            let mut record = plain_record(&self.shelf.current.pack, BATCH, self.events.size(), now);
            record.given = note;
            self.append(&record, pending)?;
        }
        for (row, line) in good {
            match self.write_line(line, now, pending).await {
                Ok(Answer::Done(done)) => outcome.written.push((row, done)),
                Ok(Answer::Refused(refusal)) => {
                    pending.spoil();
                    let why = format!("{} / {}", refusal.why.zh, refusal.why.en);
                    return Err(OfficeError::Damaged(format!("row {row} was rehearsed and then refused: {why}")));
                }
                Err(fault) => {
                    pending.spoil();
                    return Err(fault);
                }
            }
        }
        Ok(outcome)
    }

    /// Why a row would be refused, without writing anything.
    async fn rehearse(&mut self, line: &Line, now: Instant) -> Result<Option<Box<Refusal>>, OfficeError> {
        match line {
            Line::Entry(ask) => self.would_refuse_entry(ask, now).await,
            Line::Case(asks) => self.would_refuse_case(asks, now).await,
        }
    }

    async fn would_refuse_case(&mut self, asks: &[Ask], now: Instant) -> Result<Option<Box<Refusal>>, OfficeError> {
        let Some(Target::New { procedure, .. }) = asks.first().map(|ask| &ask.target) else { return Ok(None) };
        if let Some(number) = asks.first().and_then(new_number)
            && self.number_taken(number).await?
        {
            return Ok(Some(number_twice(number)));
        }
        let volume = self.shelf.current.clone();
        let opened = asks.first().and_then(|ask| ask.done).unwrap_or(now);
        let Some(procedure) = volume.procedure(procedure, date_of(opened)) else {
            return Err(no_procedure(procedure));
        };
        let mut case: Option<Case> = None;
        for ask in asks {
            let proposal = proposal(ask, Vec::new(), now, &volume);
            match self.decide(&volume, &procedure, case.as_ref(), &proposal, now).await? {
                Ok(Decided { case: after, .. }) => case = Some(after),
                Err(refusal) => return Ok(Some(refusal)),
            }
        }
        Ok(None)
    }

    async fn write_line(&mut self, line: Line, now: Instant, pending: &mut Pending) -> Result<Answer, OfficeError> {
        let asks = match line {
            Line::Entry(ask) => return self.put_entry(*ask, now, pending).await,
            Line::Case(asks) => asks,
        };
        let mut last = Answer::Done(Done { seq: 0, case: 0, number: String::new(), state: String::new(), again: true });
        for mut ask in asks {
            if let (Answer::Done(done), Target::Opened { .. }) = (&last, &ask.target) {
                ask.target = Target::Case { id: done.case, seen: None };
            }
            last = self.act(ask, now, pending).await?;
            if matches!(last, Answer::Refused(_)) {
                break;
            }
        }
        Ok(last)
    }

    /// A workbook seldom has every column of a register: what it does not say stays as the entry has it.
    async fn completed(&mut self, line: Line) -> Result<Line, OfficeError> {
        let Line::Entry(mut ask) = line else { return Ok(line) };
        let before = self.entry_row(&ask.register, &ask.key).await?;
        if let (Some(fields), Some(before)) = (&mut ask.fields, before.filter(|row| row.until.is_none())) {
            for (name, value) in doc_of(&before)?.fields {
                fields.entry(name).or_insert(value);
            }
        }
        Ok(Line::Entry(ask))
    }

    /// Whether the register has all of this already, so that importing the same list again makes no new versions.
    async fn says_nothing_new(&mut self, line: &Line, now: Instant) -> Result<bool, OfficeError> {
        let Line::Entry(ask) = line else { return Ok(false) };
        let Some(before) = self.entry_row(&ask.register, &ask.key).await?.filter(|row| row.until.is_none()) else {
            return Ok(false);
        };
        let Some(checked) = self.checked_entry(ask, now)? else { return Ok(false) };
        let doc = doc_of(&before)?;
        if doc.fields != checked.open || !checked.cleared.is_empty() {
            return Ok(false);
        }
        let party = crate::parties::party_of_entry(&ask.register, &ask.key);
        for (field, value) in &checked.personal {
            let Some(seq) = doc.personal.get(field) else { return Ok(false) };
            if self.sealed_value(&party, *seq, field).await?.as_deref() != Some(value.as_str()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn doc_of(row: &EntryRow) -> Result<EntryDoc, OfficeError> {
    serde_json::from_value(row.doc.clone()).map_err(|e| OfficeError::Damaged(format!("{}: {e}", row.key)))
}
