//! Blocks of samples, each with its absolute index and its capture.

use std::io::Read;

use num_complex::Complex32;

use super::convert::Encoding;
use crate::complaint::{Complaint, Done, Place};
use crate::read::sweep::fill;

/// The most samples of one block.
const BLOCK_SAMPLES: usize = 1 << 16;

/// What held while a stretch of samples was recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Capture {
    /// The centre frequency in Hz, if the file says it.
    pub centre_hz: Option<f64>,
    /// When the capture's first sample was taken, nanoseconds since 1970 in UTC, if the file says it.
    pub start_ns: Option<i64>,
    /// The start is local time in a zone that the caller gave.
    pub zone_assumed: bool,
    /// Bytes before the capture's first sample that are no samples.
    pub header_bytes: u64,
}

/// How samples lie in an input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    /// How each is stored.
    pub encoding: Encoding,
    /// Samples a second. More than 0.
    pub sample_rate_hz: f64,
    /// The absolute index of the input's first sample.
    pub first_sample: u64,
    /// How many there are; `None`: as many as the input gives.
    pub samples: Option<u64>,
}

/// A run of samples of one capture.
#[derive(Debug)]
pub struct Block<'a> {
    /// The absolute index of the first sample.
    pub first_sample: u64,
    /// Samples a second.
    pub sample_rate_hz: f64,
    /// The absolute index of the capture's first sample.
    pub capture_start: u64,
    /// The capture.
    pub capture: &'a Capture,
    /// The samples; full scale is 1.0, all finite.
    pub samples: &'a [Complex32],
}

impl Block<'_> {
    /// When the first sample was taken, nanoseconds since 1970 in UTC; `None` when the capture does not say.
    pub fn start_ns(&self) -> Option<i64> {
        let after = self.first_sample.saturating_sub(self.capture_start) as f64 / self.sample_rate_hz;
        self.capture.start_ns?.checked_add((after * 1e9).round() as i64)
    }
}

/// What was read and what was left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IqTally {
    /// Samples that were given.
    pub samples: u64,
    /// Samples in blocks that were left out because they held NaN or infinity.
    pub samples_left_out: u64,
    /// Bytes at the end that make no whole sample.
    pub bytes_left_out: u64,
}

/// Reads an input block by block.
#[derive(Debug)]
pub struct Blocks<R> {
    input: R,
    layout: Layout,
    /// Where each capture begins (absolute index), in order.
    captures: Vec<(u64, Capture)>,
    current: usize,
    header_done: bool,
    /// The absolute index of the next sample.
    next_sample: u64,
    at_byte: u64,
    bytes: Vec<u8>,
    samples: Vec<Complex32>,
    tally: IqTally,
    /// The input gives no more.
    ended: bool,
    finished: bool,
}

impl<R: Read> Blocks<R> {
    /// Takes captures in order of their first sample; the first begins at the layout's first sample.
    pub(crate) fn new(input: R, layout: Layout, captures: Vec<(u64, Capture)>) -> Self {
        let (bytes, samples) = (Vec::new(), Vec::new());
        let (tally, next_sample) = (IqTally::default(), layout.first_sample);
        let (header_done, ended, finished) = (false, false, false);
        Self {
            input,
            layout,
            captures,
            current: 0,
            header_done,
            next_sample,
            at_byte: 0,
            bytes,
            samples,
            tally,
            ended,
            finished,
        }
    }

    /// How the samples lie.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The captures, each with the absolute index of its first sample.
    pub fn captures(&self) -> &[(u64, Capture)] {
        &self.captures
    }

    /// Counts what was read so far.
    pub fn tally(&self) -> IqTally {
        self.tally
    }

    /// Says that samples begin at this byte of the file, so that complaints name the right byte.
    pub(crate) fn starting_at(mut self, byte: u64) -> Self {
        self.at_byte = byte;
        self
    }

    /// Reads the next block; `None` at the end. After a complaint that left something out, ask again.
    pub fn next_block(&mut self) -> Result<Option<Block<'_>>, Complaint> {
        let read = self.read(Self::convert)?;
        let Some((capture_start, capture)) = self.captures.get(self.current).filter(|_| read) else { return Ok(None) };
        Ok(Some(Block {
            first_sample: self.next_sample - self.samples.len() as u64,
            sample_rate_hz: self.layout.sample_rate_hz,
            capture_start: *capture_start,
            capture,
            samples: &self.samples,
        }))
    }

    /// Reads the whole samples of the next block as the bytes that they are stored in; `None` at the end.
    ///
    /// For who converts and computes in one pass ([`Welch`](crate::psd::Welch)). Headers, cut files and ends are dealt with as by
    /// [`Blocks::next_block`]; NaN and infinity are not looked for: who takes the bytes does.
    pub fn next_bytes(&mut self) -> Result<Option<&[u8]>, Complaint> {
        let read = self.read(|blocks, _, count| {
            blocks.tally.samples += count;
            Ok(())
        })?;
        let whole = self.bytes.len() - self.bytes.len() % self.layout.encoding.sample_bytes();
        Ok(self.bytes.get(..whole).filter(|_| read))
    }

    /// Reads a block and lets `take` go through it; `false` at the end.
    fn read(&mut self, take: impl FnOnce(&mut Self, Place, u64) -> Result<(), Complaint>) -> Result<bool, Complaint> {
        if self.finished {
            return Ok(false);
        }
        let place = Place::Byte(self.at_byte);
        let read = match self.fill() {
            Ok(0) => self.end().map(|()| false),
            Ok(count) => take(self, place, count).map(|()| true),
            Err(complaint) => Err(complaint),
        };
        self.finished |= read.as_ref().is_err_and(|complaint| complaint.done == Done::Stopped);
        read
    }

    /// Fills the bytes and says how many whole samples they hold; 0 at the end.
    fn fill(&mut self) -> Result<u64, Complaint> {
        if self.ended {
            return Ok(0);
        }
        self.enter_capture()?;
        let wanted = self.wanted();
        let size = self.layout.encoding.sample_bytes();
        let place = Place::Byte(self.at_byte);
        self.bytes.resize(wanted.saturating_mul(size), 0);
        let read = fill(&mut self.input, &mut self.bytes).map_err(|fault| Complaint::unreadable(place, &fault))?;
        self.bytes.truncate(read);
        self.ended = wanted == 0 || read < wanted * size;
        self.tally.bytes_left_out = (read % size) as u64;
        self.at_byte += read as u64;
        let count = (read / size) as u64;
        self.next_sample += count;
        Ok(count)
    }

    /// Makes samples of the bytes, and complains of those that are no numbers.
    fn convert(&mut self, place: Place, count: u64) -> Result<(), Complaint> {
        self.samples.clear();
        self.layout.encoding.convert(&self.bytes, &mut self.samples);
        if !self.samples.iter().all(|sample| sample.re.is_finite() && sample.im.is_finite()) {
            self.tally.samples_left_out += count;
            return Err(Complaint::left_out(
                place,
                format!("此处{count}个样点中有NaN或无穷大，请检查录制软件"),
                format!("there is NaN or infinity among these {count} samples; check the program that recorded them"),
            ));
        }
        self.tally.samples += count;
        Ok(())
    }

    /// Ends the reading: complains of bytes that make no whole sample, or of samples that were promised and are not there.
    fn end(&mut self) -> Result<(), Complaint> {
        self.finished = true;
        let (place, rest) = (Place::Byte(self.at_byte), self.tally.bytes_left_out);
        if rest > 0 {
            return Err(Complaint::stopped(
                place,
                format!("末尾{rest}字节不足一个样点，文件可能被截断，请重新复制文件"),
                format!("the last {rest} bytes make no whole sample, so the file may have been cut; copy it again"),
            ));
        }
        let stated = self.layout.samples.map_or(0, |samples| samples.saturating_add(self.layout.first_sample));
        // A capture that begins behind the last sample had data once.
        let promised = self.captures.last().map_or(stated, |(start, _)| stated.max(*start));
        if promised > self.next_sample {
            let missing = promised - self.next_sample;
            return Err(Complaint::stopped(
                place,
                format!("文件应还有{missing}个样点，可能被截断，请重新复制文件"),
                format!("{missing} more samples were promised, so the file may have been cut; copy it again"),
            ));
        }
        Ok(())
    }

    /// Goes on to the capture that the next sample belongs to, and skips its header.
    fn enter_capture(&mut self) -> Result<(), Complaint> {
        loop {
            if !self.header_done {
                let header = self.captures.get(self.current).map_or(0, |(_, capture)| capture.header_bytes);
                let skipped = std::io::copy(&mut (&mut self.input).take(header), &mut std::io::sink());
                let place = Place::Byte(self.at_byte);
                self.at_byte += skipped.map_err(|fault| Complaint::unreadable(place, &fault))?;
                self.header_done = true;
            }
            match self.captures.get(self.current + 1) {
                Some((start, _)) if *start <= self.next_sample => {
                    self.current += 1;
                    self.header_done = false;
                }
                _ => return Ok(()),
            }
        }
    }

    /// How many samples the next block may take, so that it stays in one capture and one input.
    fn wanted(&self) -> usize {
        let end = self.layout.samples.map_or(u64::MAX, |samples| self.layout.first_sample.saturating_add(samples));
        let next = self.captures.get(self.current + 1).map_or(u64::MAX, |(start, _)| *start);
        let left = end.min(next).saturating_sub(self.next_sample);
        usize::try_from(left).unwrap_or(usize::MAX).min(BLOCK_SAMPLES)
    }
}
