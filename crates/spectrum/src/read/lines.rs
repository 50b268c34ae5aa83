//! Lines of a text file, numbered, with a limit to their length and a note whether the last one was ended.

use std::io::BufRead;

use crate::complaint::{Complaint, Place};

/// The longest line that is read, in bytes: a sweep row of a million bins.
const LINE_MOST: usize = 16 << 20;

/// One line without its ending.
pub(crate) struct Line<'a> {
    /// From 1.
    pub number: u64,
    /// Its text.
    pub text: &'a str,
    /// A line feed followed. The last line of a file that was cut has none.
    pub ended: bool,
}

/// Reads lines into one buffer.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), number: 0 }
    }

    /// Reads the next line; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Line<'_>>, Complaint> {
        self.buffer.clear();
        let place = Place::Line(self.number + 1);
        let mut limited = std::io::Read::take(&mut self.input, LINE_MOST as u64);
        let read = limited.read_until(b'\n', &mut self.buffer);
        match read {
            Err(fault) => return Err(Complaint::unreadable(place, &fault)),
            Ok(0) => return Ok(None),
            Ok(_) => self.number += 1,
        }
        let ended = self.buffer.last() == Some(&b'\n');
        if !ended && self.buffer.len() >= LINE_MOST {
            return Err(Complaint::stopped(
                place,
                "行过长（超过16 MiB），不是扫频表，请检查文件",
                "the line is longer than 16 MiB, so this is no table of sweeps; check the file",
            ));
        }
        let Ok(text) = std::str::from_utf8(&self.buffer) else {
            return Err(Complaint::left_out(
                place,
                "含有无法识别的字节，请检查文件是否损坏",
                "the line holds bytes that are no text; check whether the file is damaged",
            ));
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Ok(Some(Line { number: self.number, text: text.trim_end_matches(['\n', '\r']), ended }))
    }
}
