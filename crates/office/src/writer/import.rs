//! Rows of a workbook: judged all together first, then written in one commit.
//!
//! What is judged does not depend on the other rows (each row opens its own case or puts its own entry; rows that agree in a
//! key were complained of when the file was read), so judging each on its own before any is written is enough.

use guiju_kernel::procedure::Refusal;
use guiju_kernel::time::Instant;
use tokio::sync::oneshot;

use super::desk::Desk;
use super::entry::EntryAsk;
use super::pending::Pending;
use crate::answer::{Answer, Ask, Done, OfficeError};

/// One row of the file and what it asks for.
#[derive(Debug, Clone)]
pub enum Line {
    Entry(Box<EntryAsk>),
    /// A case with its steps, in order.
    Case(Vec<Ask>),
}

pub struct Import {
    /// Number of the row in the file, and what it asks for.
    pub lines: Vec<(u32, Line)>,
    /// Writes the good rows although others are refused.
    pub skip_bad: bool,
    pub outcome: oneshot::Sender<Result<Outcome, OfficeError>>,
}

/// What became of an import: `written` is empty when a row was refused and bad rows were not to be skipped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    pub written: Vec<(u32, Done)>,
    pub refused: Vec<(u32, Box<Refusal>)>,
}

impl Desk {
    pub(super) async fn import(
        &mut self,
        import: Import,
        now: Instant,
        reply: oneshot::Sender<Result<Answer, OfficeError>>,
        pending: &mut Pending,
    ) {
        let Import { lines, skip_bad, outcome } = import;
        let result = self.write_lines(lines, skip_bad, now, pending).await;
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
        lines: Vec<(u32, Line)>,
        skip_bad: bool,
        now: Instant,
        pending: &mut Pending,
    ) -> Result<Outcome, OfficeError> {
        let mut outcome = Outcome::default();
        let mut good = Vec::new();
        for (row, line) in lines {
            match self.would_refuse(&line, now).await? {
                Some(refusal) => outcome.refused.push((row, refusal)),
                None => good.push((row, line)),
            }
        }
        if !outcome.refused.is_empty() && !skip_bad {
            return Ok(outcome);
        }
        for (row, line) in good {
            match self.write_line(line, now, pending).await? {
                Answer::Done(done) => outcome.written.push((row, done)),
                Answer::Refused(refusal) => outcome.refused.push((row, refusal)),
            }
        }
        Ok(outcome)
    }

    async fn would_refuse(&mut self, line: &Line, now: Instant) -> Result<Option<Box<Refusal>>, OfficeError> {
        match line {
            Line::Entry(ask) => self.would_refuse_entry(ask, now).await,
            Line::Case(asks) => match asks.first() {
                Some(first) => self.would_refuse_act(first, now).await,
                None => Ok(None),
            },
        }
    }

    async fn write_line(&mut self, line: Line, now: Instant, pending: &mut Pending) -> Result<Answer, OfficeError> {
        let asks = match line {
            Line::Entry(ask) => return self.put_entry(*ask, now, pending).await,
            Line::Case(asks) => asks,
        };
        let mut last = Answer::Done(Done { seq: 0, case: 0, number: String::new(), state: String::new(), again: true });
        for mut ask in asks {
            if let (Answer::Done(done), crate::Target::Opened { .. }) = (&last, &ask.target) {
                ask.target = crate::Target::Case { id: done.case, seen: None };
            }
            last = self.act(ask, now, pending).await?;
            if matches!(last, Answer::Refused(_)) {
                break;
            }
        }
        // A later step that was refused leaves the earlier ones: the caller is told which row, and the case file shows how far.
        Ok(last)
    }
}
