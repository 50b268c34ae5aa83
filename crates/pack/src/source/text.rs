//! Is this file readable text at all?
//!
//! Refused: bytes that are not UTF-8 (workbooks and old editors save GBK), tabs in the indentation, files with nothing in them.
//! A byte order mark and carriage returns are dropped, so that the same words have the same hash on every machine.

use crate::complaint::{Margin, Spot};

/// Longest file that is read, in bytes. Far above any pack file; below what would make reading slow.
const MOST_BYTES: usize = 4 << 20;

/// Turns the bytes of a file into text with `\n` line ends, or complains.
pub(crate) fn read(bytes: &[u8], margin: Margin<'_>) -> Option<String> {
    if bytes.len() > MOST_BYTES {
        margin.note(Spot::START, "文件超过 4 MiB", "the file is larger than 4 MiB");
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let spot = spot_after(bytes.get(..error.valid_up_to()).unwrap_or_default());
            margin.note(
                spot,
                "文件不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8",
                "the file is not UTF-8 (perhaps GBK); save it as UTF-8",
            );
            return None;
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let says_something =
        |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#') && line.trim() != "---";
    if !text.lines().any(says_something) {
        margin.note(Spot::START, "文件是空的", "the file is empty");
        return None;
    }
    if complain_of_tabs(&text, margin) { None } else { Some(text) }
}

fn complain_of_tabs(text: &str, margin: Margin<'_>) -> bool {
    let mut found = false;
    for (number, line) in (1u32..).zip(text.lines()) {
        let indent = line.chars().take_while(|c| matches!(c, ' ' | '\t'));
        if let Some((column, _)) = (1u32..).zip(indent).find(|(_, c)| *c == '\t')
            && !line.trim().is_empty()
        {
            margin.note(
                Spot { line: number, column },
                "缩进用了制表符，请改用空格",
                "the line is indented with a tab; use spaces",
            );
            found = true;
        }
    }
    found
}

fn spot_after(valid: &[u8]) -> Spot {
    let before = String::from_utf8_lossy(valid);
    let line = before.bytes().filter(|byte| *byte == b'\n').count();
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count());
    let from_one = |n: usize| u32::try_from(n).unwrap_or(u32::MAX - 1) + 1;
    Spot { line: from_one(line), column: from_one(column) }
}
