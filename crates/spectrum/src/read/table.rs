//! On which line does a row of a CSV file stand? The csv library counts blank lines before a row to the row.

use std::io::Read;

use csv::{Reader, StringRecord};

/// Ends every line with one line feed, the last one too, because the library counts lines by line feeds and reads `\r\n` half a
/// line at a time.
#[derive(Debug)]
pub(crate) struct LineFeeds<R> {
    input: R,
    ended: bool,
}

impl<R> LineFeeds<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, ended: true }
    }

    fn end(&mut self, buffer: &mut [u8]) -> usize {
        match buffer.first_mut() {
            Some(byte) if !self.ended => {
                (*byte, self.ended) = (b'\n', true);
                1
            }
            _ => 0,
        }
    }
}

impl<R: Read> Read for LineFeeds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.input.read(buffer)?;
            let mut kept = 0;
            for at in 0..read {
                if buffer.get(at).is_some_and(|byte| *byte != b'\r') {
                    buffer.swap(kept, at);
                    kept += 1;
                }
            }
            if let Some(last) = kept.checked_sub(1).and_then(|last| buffer.get(last)) {
                self.ended = *last == b'\n';
                return Ok(kept);
            }
            // Nothing kept of something read is not the end.
            if read == 0 {
                return Ok(self.end(buffer));
            }
        }
    }
}

/// Finds the line of the row that was read last, from 1.
///
/// It counts back from where the reader of [`LineFeeds`] stands, which is past the row's own line feed.
pub(crate) fn line_of<R: Read>(reader: &Reader<LineFeeds<R>>, record: &StringRecord) -> u64 {
    let inside: usize = record.iter().map(|field| field.bytes().filter(|byte| *byte == b'\n').count()).sum();
    reader.position().line().saturating_sub(inside as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_line_feeds_inside_of_fields_are_counted() {
        for (text, lines) in [
            ("h\n\na\n\n\nb\n", vec![3, 6]),
            ("h\r\n\r\na\r\nb", vec![3, 4]),
            ("h\n\"x\ny\"\n\nb", vec![2, 5]),
            ("h\na\n\n", vec![2]),
        ] {
            let mut reader = csv::ReaderBuilder::new().from_reader(LineFeeds::new(text.as_bytes()));
            let (mut record, mut found) = (StringRecord::new(), Vec::new());
            while reader.read_record(&mut record).unwrap() {
                found.push(line_of(&reader, &record));
            }
            assert_eq!(found, lines, "{text:?}");
        }
    }
}
