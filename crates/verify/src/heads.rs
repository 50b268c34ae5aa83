//! Which roots were signed, and does the tree have them? Heads, published checkpoints, and checkpoints from outside.
//!
//! Refuses a note whose size is not its row's, one of another log, and one that speaks of records that are not there.

use crate::cell::Cell;
use crate::merkle::{Hash, TreeChecker};
use crate::note::{VerifierKey, open_checkpoint};
use crate::report::Faults;
use std::collections::BTreeMap;

/// The logs by their number in the `log` column.
pub(crate) const LOGS: [&str; 2] = ["events", "readings"];

/// A signed root that the tree must have at some size.
#[derive(Debug)]
struct Mark {
    where_: &'static str,
    key: String,
    root: Hash,
}

/// The signed roots of one log, by size.
#[derive(Debug, Default)]
pub(crate) struct Marks(BTreeMap<u64, Vec<Mark>>);

impl Marks {
    /// Adds a signed note from a row (log, size, note) of `heads` or `checkpoints`.
    pub(crate) fn add_row(
        &mut self,
        where_: &'static str,
        (log, size, note): (&str, u64, &str),
        key: Option<&VerifierKey>,
        faults: &mut Faults,
    ) {
        let row = format!("{log}/{size}");
        // Without the verifier key nothing can be said of the note; the missing key file is reported already.
        let Some(key) = key else { return };
        match open_checkpoint(note, std::slice::from_ref(key)) {
            Err(why) => faults.add(where_, row, format!("签名不成立：{why} / the note does not open: {why}")),
            Ok(head) if head.size != size => {
                let what = format!("所签的大小是 {} / the note signs the size {}", head.size, head.size);
                faults.add(where_, row, what);
            }
            Ok(head) => self.0.entry(size).or_default().push(Mark { where_, key: row, root: head.root }),
        }
    }

    /// Adds a checkpoint that somebody kept outside; answers whether it is one of this log.
    pub(crate) fn add_kept(&mut self, note: &str, key: Option<&VerifierKey>) -> bool {
        let Some(head) = key.and_then(|key| open_checkpoint(note, std::slice::from_ref(key)).ok()) else {
            return false;
        };
        let key = format!("{}/{}", head.origin, head.size);
        self.0.entry(head.size).or_default().push(Mark { where_: "since", key, root: head.root });
        true
    }

    /// Compares what was signed for the size that the tree has now.
    pub(crate) fn compare(&mut self, tree: &TreeChecker, faults: &mut Faults) {
        if self.0.first_key_value().is_none_or(|(size, _)| *size > tree.size()) {
            return;
        }
        let Some(marks) = self.0.remove(&tree.size()) else { return };
        let root = tree.root();
        for mark in marks.into_iter().filter(|mark| mark.root != root) {
            faults.add(mark.where_, mark.key, "与账本的根不符 / the tree of this size has another root");
        }
    }

    /// Reports what was signed for sizes that the log does not reach.
    pub(crate) fn report_rest(self, size: u64, faults: &mut Faults) {
        for mark in self.0.into_values().flatten() {
            let what = format!("账本只有 {size} 条记录 / the log has only {size} records");
            faults.add(mark.where_, mark.key, what);
        }
    }
}

/// Reads a row (log, size, note); reports one that cannot be.
pub(crate) fn read_row(where_: &'static str, row: &[Cell], faults: &mut Faults) -> Option<(usize, u64, String)> {
    if let [log, size, Cell::Text(note)] = row
        && let (Some(log), Some(size)) = (log.as_size().filter(|log| *log < 2), size.as_size())
    {
        return Some((usize::from(log == 1), size, note.to_string()));
    }
    let key = row.iter().take(2).map(Cell::to_string).collect::<Vec<_>>().join("/");
    faults.add(where_, key, "这一行不可读 / this row cannot be read");
    None
}
