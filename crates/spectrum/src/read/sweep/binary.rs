//! The binary output of `hackrf_sweep -B`: u32 length, u64 lowest and u64 highest frequency in Hz, f32 levels, little-endian.
//!
//! The format has no times, so its sweeps have none and prove no monitored hours.

use std::io::Read;

use super::Sweep;
use super::reader::{Gathering, Options, Tally};
use super::row::{self, Kind};
use crate::complaint::{Complaint, Place};
use crate::read::moment::Clock;

/// The two frequencies, in bytes.
const HEAD_BYTES: usize = 16;
/// The longest record: a million bins.
const RECORD_MOST: usize = HEAD_BYTES + (4 << 20);

/// Sweeps of a binary file, one after the other. After a complaint that stops the reading it gives nothing more.
#[derive(Debug)]
pub struct HackrfBinary<R> {
    input: R,
    at_byte: u64,
    record: Vec<u8>,
    gathering: Gathering,
    /// Nothing in it is used, because there are no times.
    options: Options,
}

/// Reads the binary output of `hackrf_sweep`.
pub fn hackrf_binary<R: Read>(input: R) -> HackrfBinary<R> {
    let options = Options::new(Clock::beijing());
    HackrfBinary { input, at_byte: 0, record: Vec::new(), gathering: Gathering::default(), options }
}

impl<R: Read> HackrfBinary<R> {
    /// Counts what was read so far; rows are records.
    pub fn tally(&self) -> Tally {
        self.gathering.tally
    }

    fn step(&mut self) {
        let place = Place::Byte(self.at_byte);
        match self.record() {
            Ok(true) => {}
            Ok(false) => return self.gathering.finish(&self.options, Kind::Hackrf),
            Err(complaint) => {
                // The sweep that was being put together still holds what was measured.
                self.gathering.finish(&self.options, Kind::Hackrf);
                return self.gathering.complain(complaint);
            }
        }
        let Some((low, rest)) = self.record.split_first_chunk::<8>() else { return };
        let Some((high, levels)) = rest.split_first_chunk::<8>() else { return };
        let (low_hz, high_hz) = (u64::from_le_bytes(*low) as f64, u64::from_le_bytes(*high) as f64);
        let levels: Vec<f32> = levels.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let width_hz = (high_hz - low_hz) / levels.len() as f64;
        match row::range(low_hz, high_hz, width_hz) {
            Ok(()) => {
                let row = row::assemble(None, low_hz, high_hz, width_hz, &levels);
                self.gathering.accept(row, place, &self.options, Kind::Hackrf);
            }
            Err((zh, en)) => self.gathering.complain(Complaint::left_out(place, zh, en)),
        }
    }

    /// Reads one record; `false` at the end.
    fn record(&mut self) -> Result<bool, Complaint> {
        let place = Place::Byte(self.at_byte);
        let mut length = [0; 4];
        match fill(&mut self.input, &mut length).map_err(|fault| Complaint::unreadable(place.clone(), &fault))? {
            0 => return Ok(false),
            4 => {}
            _ => return Err(cut(place)),
        }
        let length = u32::from_le_bytes(length) as usize;
        if length <= HEAD_BYTES || length > RECORD_MOST || !length.is_multiple_of(4) {
            return Err(Complaint::stopped(
                place,
                format!("记录长度{length}不成立，此后无法定位下一记录；请确认文件由`hackrf_sweep -B`写出"),
                format!(
                    "a record cannot be {length} bytes long, and the next cannot be found; make sure `hackrf_sweep -B` wrote this file"
                ),
            ));
        }
        self.record.resize(length, 0);
        let read = fill(&mut self.input, &mut self.record);
        if read.map_err(|fault| Complaint::unreadable(place.clone(), &fault))? < length {
            return Err(cut(place));
        }
        self.at_byte += 4 + length as u64;
        Ok(true)
    }
}

impl<R: Read> Iterator for HackrfBinary<R> {
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

fn cut(place: Place) -> Complaint {
    Complaint::stopped(
        place,
        "文件在本记录中间被截断，请重新复制文件",
        "the file was cut in the middle of this record; copy it again",
    )
}

/// Reads until the buffer is full or the input ends; says how many bytes came.
pub(crate) fn fill(input: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(filled)
}
