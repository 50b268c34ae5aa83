//! What does a verification answer? Whether all holds, how much was read, and every fault with its place.
//!
//! Refuses to drown the reader: beyond a hundred faults of one place it counts instead of listing.

use serde::Serialize;
use std::collections::BTreeMap;

/// How many faults of one place are listed one by one.
const LISTED_MAX: u64 = 100;

/// One thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// A table, `tiles`, `heads`, `checkpoints`, or a file.
    #[serde(rename = "where")]
    pub where_: String,
    /// Which row, tile or checkpoint; empty where the place says it all.
    pub key: String,
    /// What is wrong, in Chinese and English.
    pub what: String,
}

/// The answer of `guiju verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing was found.
    pub ok: bool,
    /// How many events were read.
    pub events: u64,
    /// What was found, in the order of reading.
    pub faults: Vec<Fault>,
}

/// Collects faults while reading.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    listed: Vec<Fault>,
    counted: BTreeMap<String, u64>,
}

impl Faults {
    pub(crate) fn add(&mut self, where_: &str, key: impl Into<String>, what: impl Into<String>) {
        let count = self.counted.entry(where_.to_owned()).or_default();
        *count += 1;
        if *count <= LISTED_MAX {
            self.listed.push(Fault { where_: where_.to_owned(), key: key.into(), what: what.into() });
        }
    }

    /// Takes over what another pass found.
    pub(crate) fn append(&mut self, other: Faults) {
        for (where_, count) in other.counted {
            let (before, now) = (self.counted.entry(where_.clone()).or_default(), &other.listed);
            let room = LISTED_MAX.saturating_sub(*before) as usize;
            self.listed.extend(now.iter().filter(|fault| fault.where_ == where_).take(room).cloned());
            *before += count;
        }
    }

    pub(crate) fn into_report(mut self, events: u64) -> Report {
        for (where_, count) in self.counted {
            if let Some(more) = count.checked_sub(LISTED_MAX).filter(|more| *more > 0) {
                let what = format!("另有 {more} 处 / and {more} more");
                self.listed.push(Fault { where_, key: String::new(), what });
            }
        }
        Report { ok: self.listed.is_empty(), events, faults: self.listed }
    }
}

#[cfg(test)]
mod tests {
    use super::Faults;

    #[test]
    fn many_faults_of_one_place_are_counted_not_listed() {
        let mut faults = Faults::default();
        (0..250).for_each(|n| faults.add("cases", n.to_string(), "wrong"));
        faults.add("heads", "", "wrong");
        let report = faults.into_report(7);
        assert_eq!((report.ok, report.events, report.faults.len()), (false, 7, 102));
        assert!(report.faults.last().is_some_and(|fault| fault.where_ == "cases" && fault.what.contains("150")));
    }

    #[test]
    fn the_json_is_that_of_the_command_line() {
        let mut faults = Faults::default();
        faults.add("cases", "1", "wrong");
        let json = serde_json::to_string(&faults.into_report(3)).unwrap();
        assert_eq!(json, r#"{"ok":false,"events":3,"faults":[{"where":"cases","key":"1","what":"wrong"}]}"#);
    }
}
