//! Session logs that a vendor's station exports: which receiver, which task, from when, until when.
//!
//! What a log claims is not yet an hour: only what data back counts ([`Watch`](crate::hours::Watch)). Refuses rows without
//! receiver, without length, or with times that cannot be; the headings are the caller's, because every vendor has others.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde::Deserialize;

use super::moment::{Clock, Fault};
use super::table::Table;
use crate::complaint::{Complaint, Done, Place};
use crate::hours::{Interval, Intervals};

/// The headings of the four columns, each with the names that a vendor may give it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Headings {
    /// Of the receiver.
    pub receiver: Vec<String>,
    /// Of the task.
    pub task: Vec<String>,
    /// Of the beginning (inclusive).
    pub from: Vec<String>,
    /// Of the end (exclusive).
    pub until: Vec<String>,
}

/// One row: a receiver that was set to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The line of the row, from 1.
    pub line: u64,
    /// The receiver, as the vendor names it.
    pub receiver: String,
    /// The task, as the vendor names it.
    pub task: String,
    /// When, half-open.
    pub when: Interval,
    /// A time had no offset and was read in the zone that the caller gave.
    pub zone_assumed: bool,
}

/// Sessions of a log, one after the other. After a complaint that stops the reading it gives nothing more.
#[derive(Debug)]
pub struct SessionLog<R> {
    rows: Table<R>,
    clock: Clock,
    left_out: u64,
    finished: bool,
}

/// Reads a CSV log in UTF-8 whose first line holds the headings, one session a line.
pub fn session_log<R: BufRead>(input: R, headings: &Headings, clock: Clock) -> Result<SessionLog<R>, Complaint> {
    let rows = Table::open(input, &[&headings.receiver, &headings.task, &headings.from, &headings.until])?;
    Ok(SessionLog { rows, clock, left_out: 0, finished: false })
}

impl<R: BufRead> SessionLog<R> {
    /// How many rows were left out, each with a complaint.
    pub fn rows_left_out(&self) -> u64 {
        self.left_out
    }

    fn read(&mut self) -> Result<Option<Session>, Complaint> {
        let Some((line, row)) = self.rows.next()? else { return Ok(None) };
        session_row(line, [0, 1, 2, 3].map(|column| row.field(column)), &self.clock).map(Some)
    }
}

impl<R: BufRead> Iterator for SessionLog<R> {
    type Item = Result<Session, Complaint>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let read = self.read().transpose();
        if let Some(Err(complaint)) = &read {
            self.left_out += 1;
            self.finished = complaint.done == Done::Stopped;
        }
        read
    }
}

/// Reads one row of a log, whatever kind of file it stands in: receiver, task, beginning and end as texts.
///
/// # Errors
/// When the row names no receiver or its times cannot be: it is left out.
pub fn session_row(line: u64, fields: [&str; 4], clock: &Clock) -> Result<Session, Complaint> {
    session(line, fields, clock).map_err(|(zh, en)| Complaint::left_out(Place::Line(line), zh, en))
}

fn session(line: u64, fields: [&str; 4], clock: &Clock) -> Result<Session, Fault> {
    let [receiver, task, from, until] = fields;
    if receiver.is_empty() {
        let en = "no receiver is named, so the time belongs to none; name it";
        return Err(("没有写明接收机，无法归到任何一台，请补上".into(), en.into()));
    }
    let ((from_ns, from_assumed), (until_ns, until_assumed)) = (clock.read_any(from)?, clock.read_any(until)?);
    let when = Interval::new(from_ns, until_ns).ok_or_else(|| {
        (
            format!("结束时间`{until}`不晚于开始时间`{from}`，请核对"),
            format!("the end `{until}` is not after the beginning `{from}`; check both"),
        )
    })?;
    let (receiver, task) = (receiver.to_owned(), task.to_owned());
    Ok(Session { line, receiver, task, when, zone_assumed: from_assumed || until_assumed })
}

/// Puts sessions together by receiver: the union of what each claims.
pub fn claimed(sessions: impl IntoIterator<Item = Session>) -> BTreeMap<String, Intervals> {
    let mut receivers: BTreeMap<String, Intervals> = BTreeMap::new();
    for session in sessions {
        receivers.entry(session.receiver).or_default().add(session.when);
    }
    receivers
}

/// Puts sessions together by receiver and task: the union of what each claims. Two tasks of one receiver may claim the same time.
pub fn claimed_by_task(sessions: impl IntoIterator<Item = Session>) -> BTreeMap<(String, String), Intervals> {
    let mut tasks: BTreeMap<(String, String), Intervals> = BTreeMap::new();
    for session in sessions {
        tasks.entry((session.receiver, session.task)).or_default().add(session.when);
    }
    tasks
}
