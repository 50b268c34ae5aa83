//! Session logs that a vendor's station exports: which receiver, which task, from when, until when.
//!
//! What a log claims is not yet an hour: only what data back counts ([`Watch`](crate::hours::Watch)). Refuses rows without
//! receiver, without length, or with times that cannot be; the headings are the caller's, because every vendor has others.

use std::collections::BTreeMap;
use std::io::Read;

use csv::StringRecord;

use super::moment::{Clock, Fault};
use super::table::{LineFeeds, line_of};
use crate::complaint::{Complaint, Done, Place};
use crate::hours::{Interval, Intervals};

/// The headings of the four columns, each with the names that a vendor may give it.
#[derive(Debug, Clone)]
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
    rows: csv::Reader<LineFeeds<R>>,
    columns: [usize; 4],
    record: StringRecord,
    clock: Clock,
    left_out: u64,
    finished: bool,
}

/// Reads a CSV log in UTF-8 whose first line holds the headings.
pub fn session_log<R: Read>(input: R, headings: &Headings, clock: Clock) -> Result<SessionLog<R>, Complaint> {
    let mut rows = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(LineFeeds::new(input));
    let first = rows.headers().map_err(|fault| broken(&fault, 1, Done::Stopped))?;
    let first: Vec<&str> = first.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
    let find = |names: &[String]| {
        let found: Vec<usize> =
            (0..first.len()).filter(|at| first.get(*at).is_some_and(|n| names.iter().any(|m| m == n))).collect();
        match found.as_slice() {
            [column] => Ok(*column),
            _ => Err(heading(names, found.len())),
        }
    };
    let columns = [find(&headings.receiver)?, find(&headings.task)?, find(&headings.from)?, find(&headings.until)?];
    Ok(SessionLog { rows, columns, record: StringRecord::new(), clock, left_out: 0, finished: false })
}

impl<R: Read> SessionLog<R> {
    /// How many rows were left out, each with a complaint.
    pub fn rows_left_out(&self) -> u64 {
        self.left_out
    }

    fn session(&self, line: u64) -> Result<Session, Fault> {
        let [receiver, task, from, until] = self.columns.map(|column| self.record.get(column).unwrap_or_default());
        if receiver.is_empty() {
            return Err((
                "没有写明接收机，无法归到任何一台，请补上".into(),
                "no receiver is named, so the time belongs to none; name it".into(),
            ));
        }
        let ((from_ns, from_assumed), (until_ns, until_assumed)) =
            (self.clock.read_any(from)?, self.clock.read_any(until)?);
        let when = Interval::new(from_ns, until_ns).ok_or_else(|| {
            (
                format!("结束时间`{until}`不晚于开始时间`{from}`，请核对"),
                format!("the end `{until}` is not after the beginning `{from}`; check both"),
            )
        })?;
        let (receiver, task) = (receiver.to_owned(), task.to_owned());
        Ok(Session { line, receiver, task, when, zone_assumed: from_assumed || until_assumed })
    }
}

impl<R: Read> Iterator for SessionLog<R> {
    type Item = Result<Session, Complaint>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let line = self.rows.position().line();
        let complaint = match self.rows.read_record(&mut self.record) {
            Ok(false) => return None,
            Ok(true) => {
                let line = line_of(&self.rows, &self.record);
                match self.session(line) {
                    Ok(session) => return Some(Ok(session)),
                    Err((zh, en)) => Complaint::left_out(Place::Line(line), zh, en),
                }
            }
            Err(fault) => {
                let text = matches!(fault.kind(), csv::ErrorKind::Utf8 { .. });
                broken(&fault, line, if text { Done::LeftOut } else { Done::Stopped })
            }
        };
        self.left_out += 1;
        self.finished = complaint.done == Done::Stopped;
        Some(Err(complaint))
    }
}

/// Puts sessions together by receiver: the union of what each claims.
pub fn claimed(sessions: impl IntoIterator<Item = Session>) -> BTreeMap<String, Intervals> {
    let mut receivers: BTreeMap<String, Intervals> = BTreeMap::new();
    for session in sessions {
        receivers.entry(session.receiver).or_default().add(session.when);
    }
    receivers
}

fn heading(names: &[String], found: usize) -> Complaint {
    let names = names.join("/");
    Complaint::stopped(
        Place::Line(1),
        format!("表头中名为`{names}`的列有{found}个，应恰有1个，请核对导出设置"),
        format!("{found} columns are headed `{names}` where there must be exactly 1; check how the log was exported"),
    )
}

fn broken(fault: &csv::Error, line: u64, done: Done) -> Complaint {
    let zh = format!("无法读取（{fault}），请另存为UTF-8的CSV后重试");
    let en = format!("cannot be read ({fault}); save it as CSV in UTF-8 and try again");
    match done {
        Done::LeftOut => Complaint::left_out(Place::Line(line), zh, en),
        Done::Stopped => Complaint::stopped(Place::Line(line), zh, en),
    }
}
