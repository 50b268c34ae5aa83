//! Reading sweep tables row by row: which rows are believed, and which are left out with a complaint.

use std::collections::VecDeque;
use std::io::BufRead;

use super::Sweep;
use super::assemble::{BINS_MOST, Rows};
use super::row::{self, Kind, Row};
use crate::complaint::{Complaint, Done, Place};
use crate::read::lines::Lines;
use crate::read::moment::Clock;

/// `rtl_power` stamps whole seconds.
const RTL_RESOLUTION_NS: i64 = 1_000_000_000;
/// `hackrf_sweep` stamps microseconds.
const HACKRF_RESOLUTION_NS: i64 = 1_000;

/// What a table does not say of itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// In which zone its times are, and which of them are believed.
    pub clock: Clock,
    /// How long each row was integrated before it was stamped, in nanoseconds (`rtl_power -i`). With it a sweep reaches from its
    /// first stamp less this time to its last stamp; without it, from the first stamp to the last plus the resolution of stamps.
    pub integration_ns: Option<i64>,
}

impl Options {
    /// Takes times in the zone of this clock as they are stamped.
    pub fn new(clock: Clock) -> Self {
        Self { clock, integration_ns: None }
    }
}

/// What was read and what was left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows that became part of a sweep.
    pub rows: u64,
    /// Rows that were left out, each with a complaint.
    pub rows_left_out: u64,
    /// Levels of NaN or infinity left out of rows that were kept; a complaint for each such row.
    pub values_left_out: u64,
    /// Sweeps that were given.
    pub sweeps: u64,
}

/// Sweeps of a table, one after the other. After a complaint that stops the reading it gives nothing more.
#[derive(Debug)]
pub struct SweepReader<R> {
    lines: Lines<R>,
    kind: Kind,
    options: Options,
    gathering: Gathering,
}

/// Reads the CSV of `rtl_power`. The value written twice at the end of each row is dropped.
pub fn rtl_power<R: BufRead>(input: R, options: Options) -> SweepReader<R> {
    SweepReader { lines: Lines::new(input), kind: Kind::RtlPower, options, gathering: Gathering::default() }
}

/// Reads the CSV of `hackrf_sweep`. Its rows come interleaved and are put in order of frequency.
pub fn hackrf_csv<R: BufRead>(input: R, options: Options) -> SweepReader<R> {
    SweepReader { lines: Lines::new(input), kind: Kind::Hackrf, options, gathering: Gathering::default() }
}

impl<R: BufRead> SweepReader<R> {
    /// Counts what was read so far.
    pub fn tally(&self) -> Tally {
        self.gathering.tally
    }

    /// Reads one line into what is gathered.
    fn step(&mut self) {
        let line = match self.lines.next() {
            Ok(Some(line)) => line,
            Ok(None) => return self.gathering.finish(&self.options, self.kind),
            Err(complaint) => return self.gathering.complain(complaint),
        };
        if line.text.trim().is_empty() {
            return;
        }
        let place = Place::Line(line.number);
        match row::read(line.text, line.ended, self.kind, &self.options.clock) {
            Ok(row) => self.gathering.accept(row, place, &self.options, self.kind),
            Err((zh, en)) if line.ended => self.gathering.complain(Complaint::left_out(place, zh, en)),
            Err(_) => self.gathering.complain(Complaint::left_out(
                place,
                "文件在本行中间被截断，请重新复制文件",
                "the file was cut in the middle of this row; copy it again",
            )),
        }
    }
}

impl<R: BufRead> Iterator for SweepReader<R> {
    type Item = Result<Sweep, Complaint>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.gathering.ready.pop_front() {
                return Some(ready);
            }
            if self.gathering.finished {
                return None;
            }
            self.step();
        }
    }
}

/// The sweep that is being put together, and what waits to be given.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    rows: Rows,
    latest_ns: Option<i64>,
    pub(crate) tally: Tally,
    /// At most a complaint or two and a sweep.
    pub(crate) ready: VecDeque<Result<Sweep, Complaint>>,
    pub(crate) finished: bool,
}

impl Gathering {
    /// Takes a row, unless its time goes back or the sweep grows beyond all bounds.
    pub(crate) fn accept(&mut self, row: Row, place: Place, options: &Options, kind: Kind) {
        if row.stamp_ns < self.latest_ns {
            return self.complain(Complaint::left_out(
                place,
                "时间早于上一行，同一时段不得重复计入，请检查接收机时钟",
                "the time goes back behind the row before, and no time counts twice; check the receiver's clock",
            ));
        }
        if self.rows.begins_next(&row, kind) {
            self.give(options, kind);
        }
        if self.rows.bins() > BINS_MOST {
            return self.complain(Complaint::stopped(
                place,
                format!("一次扫描超过{BINS_MOST}个频点，不是扫频表，请检查文件"),
                format!("one sweep holds more than {BINS_MOST} bins, so this is no table of sweeps; check the file"),
            ));
        }
        self.latest_ns = row.stamp_ns;
        self.tally.rows += 1;
        let holes = row.holes;
        self.rows.push(row);
        if holes > 0 {
            self.tally.values_left_out += holes as u64;
            self.ready.push_back(Err(Complaint::left_out(
                place,
                format!("{holes}个电平为NaN或无穷大，视为未测得，其余保留；请检查接收机"),
                format!("{holes} levels are NaN or infinite: taken as not measured, the rest of the row is kept; check the receiver"),
            )));
        }
    }

    /// Notes a complaint about a row.
    pub(crate) fn complain(&mut self, complaint: Complaint) {
        self.tally.rows_left_out += 1;
        self.finished |= complaint.done == Done::Stopped;
        self.ready.push_back(Err(complaint));
    }

    /// Gives the last sweep.
    pub(crate) fn finish(&mut self, options: &Options, kind: Kind) {
        self.give(options, kind);
        self.finished = true;
    }

    fn give(&mut self, options: &Options, kind: Kind) {
        let resolution_ns = match kind {
            Kind::RtlPower => RTL_RESOLUTION_NS,
            Kind::Hackrf => HACKRF_RESOLUTION_NS,
        };
        let sweep = self.rows.take(options.integration_ns, resolution_ns);
        // Rows whose every level was a hole were complained of already; they measured nothing.
        if !sweep.pieces.is_empty() {
            self.tally.sweeps += 1;
            self.ready.push_back(Ok(sweep));
        }
    }
}
