//! A group of records on its way to the store: what to write, and whom to answer.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use guiju_kernel::case::Case;
use guiju_kernel::record::{Effect, Table};
use guiju_kernel::rows::{self, EntryRow, ErasedRow, NumberRow, OnceRow};
use guiju_store::{Batch, PublicationDoc, PublicationRow, RowChange, SearchDoc, StoreError};
use tokio::sync::oneshot;

use crate::answer::{Answer, OfficeError};

type Reply = oneshot::Sender<Result<Answer, OfficeError>>;
/// What is done when the group has ended: `None` when it is durable, else why it is not.
type Then = Box<dyn FnOnce(Option<&str>) + Send>;

/// What a group will write. Rows touched several times are written once, as they end.
#[derive(Default)]
pub struct Pending {
    batch: Batch,
    then: Vec<Then>,
    /// Case -> as it was before the group (none: opened in it), and as it is now.
    touched: BTreeMap<u64, (Option<Arc<Case>>, Arc<Case>)>,
    holdings: BTreeSet<(u64, u32)>,
    timers: BTreeSet<(u64, String)>,
    entries: HashMap<(String, String, u32), EntryRow>,
    numbers: BTreeMap<String, u64>,
    spoilt: bool,
}

impl Pending {
    /// Answers one task once the group has ended.
    pub fn reply(&mut self, reply: Reply, answer: Result<Answer, OfficeError>) {
        self.then(Box::new(move |fault| {
            let _ = reply.send(match fault {
                None => answer,
                Some(why) => answer.and_then(|answer| void(answer, why)),
            });
        }));
    }

    pub fn then(&mut self, then: Then) {
        self.then.push(then);
    }

    /// How many are to be told how the group ended.
    pub fn tasks(&self) -> usize {
        self.then.len()
    }

    pub fn is_empty(&self) -> bool {
        self.batch.records.is_empty()
            && self.batch.readings.is_empty()
            && self.batch.packs.is_empty()
            && self.batch.checkpoints.is_empty()
            && self.batch.keys.is_empty()
    }

    /// The group cannot be written: nothing of it may be.
    pub fn spoil(&mut self) {
        self.spoilt = true;
    }

    pub fn is_spoilt(&self) -> bool {
        self.spoilt
    }

    pub fn batch_mut(&mut self) -> &mut Batch {
        &mut self.batch
    }

    /// Notes what a record did to the folded tables.
    pub fn note(&mut self, effects: &[Effect], before: Option<&Arc<Case>>, after: Option<&Arc<Case>>) {
        if let Some(after) = after {
            let slot = self.touched.entry(after.id).or_insert_with(|| (before.cloned(), after.clone()));
            slot.1 = after.clone();
        }
        for effect in effects {
            self.note_effect(effect);
        }
    }

    fn note_effect(&mut self, effect: &Effect) {
        let number = |text: Option<&str>| text.and_then(|t| t.parse().ok());
        let mut parts = effect.key.split('/');
        match effect.table {
            Table::Holdings => {
                if let (Some(case), Some(part)) = (number(parts.next()), number(parts.next())) {
                    self.holdings.insert((case, u32::try_from(part).unwrap_or(u32::MAX)));
                }
            }
            Table::Timers => {
                if let Some((case, name)) = effect.key.split_once('/')
                    && let Some(case) = number(Some(case))
                {
                    self.timers.insert((case, name.to_owned()));
                }
            }
            Table::Numbers => {
                if let Some(last) = effect.patch.as_ref().and_then(|p| p.get("last")).and_then(|v| v.as_u64()) {
                    self.numbers.insert(effect.key.clone(), last);
                }
            }
            Table::Cases | Table::Entries | Table::Once | Table::Erased => {}
        }
    }

    pub fn entry(&mut self, row: EntryRow) {
        self.entries.insert((row.register.clone(), row.key.clone(), row.version), row);
    }

    pub fn once(&mut self, token: String, seq: u64) {
        self.batch.rows.push(RowChange::Once(OnceRow { token, seq }));
    }

    pub fn erased(&mut self, row: ErasedRow) {
        self.batch.rows.push(RowChange::Erased(row));
    }

    /// Turns what was touched into rows, counters, search documents and publications. Called once, when the group is full.
    pub fn close(
        &mut self,
        search: impl Fn(&Case) -> String,
        publications: impl Fn(&Case) -> Vec<PublicationRow>,
    ) -> Result<(), OfficeError> {
        let damaged = |e: rows::RowError| OfficeError::Damaged(e.to_string());
        for (id, (before, after)) in &self.touched {
            let is = rows::of_case(after).map_err(damaged)?;
            for row in before.iter().flat_map(|case| rows::holdings_of(case)) {
                self.batch.count_holding(Some(&row), None);
            }
            for row in &is.holdings {
                self.batch.count_holding(None, Some(row));
            }
            for (_, part) in self.holdings.range((*id, 0)..=(*id, u32::MAX)) {
                let row = is.holdings.iter().find(|h| h.part == *part).cloned();
                self.batch.rows.push(match row {
                    Some(row) => RowChange::Holding(row),
                    None => RowChange::DropHolding { case_id: *id, part: *part },
                });
            }
            for (_, name) in self.timers.range((*id, String::new())..).take_while(|(case, _)| case == id) {
                let row = is.timers.iter().find(|t| t.name == *name).cloned();
                self.batch.rows.push(RowChange::Timer { case_id: *id, name: name.clone(), row });
            }
            self.batch.rows.push(RowChange::Case(Box::new(is.case)));
            if before.as_ref().is_none_or(|b| words_changed(b, after)) {
                self.batch.search.push(SearchDoc { case_id: *id, tokens: Some(search(after)) });
            }
            let rows = publications(after);
            if before.as_ref().map(|before| publications(before)).unwrap_or_default() != rows {
                self.batch.publications.push(PublicationDoc { case_id: *id, rows });
            }
        }
        self.batch.rows.extend(self.entries.drain().map(|(_, row)| RowChange::Entry(row)));
        let numbers = std::mem::take(&mut self.numbers);
        self.batch.rows.extend(numbers.into_iter().map(|(series, last)| RowChange::Number(NumberRow { series, last })));
        Ok(())
    }

    /// Takes the batch out; this is left with the replies only.
    pub fn take_batch(&mut self) -> Batch {
        std::mem::take(&mut self.batch)
    }

    pub fn answer(self) {
        self.then.into_iter().for_each(|then| then(None));
    }

    pub fn fail(self, why: &str) {
        self.then.into_iter().for_each(|then| then(Some(why)));
    }
}

/// What is left of an answer when its group could not be written: a refusal stored nothing, so it stands.
pub fn void(answer: Answer, why: &str) -> Result<Answer, OfficeError> {
    match answer {
        Answer::Done(done) if !done.again => Err(StoreError::Unavailable(why.to_owned()).into()),
        stands => Ok(stands),
    }
}

/// Whether the full-text document of a case must be written again.
fn words_changed(before: &Case, after: &Case) -> bool {
    let holders = |c: &Case| c.parts.iter().map(|p| (p.organ.clone(), p.unit.clone())).collect::<Vec<_>>();
    before.headline != after.headline || before.number != after.number || holders(before) != holders(after)
}
