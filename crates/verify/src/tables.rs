//! Do the tables hold what the records make of them? Tiles, folded tables, counts and files, each row once.
//!
//! Refuses rows that nothing makes as well as rows that are missing; a file counts by the hash of what is stored.

use crate::cell::Cell;
use crate::fold::Fold;
use crate::heads::LOGS;
use crate::reading::Reading;
use crate::records::{FileUse, Ledger};
use crate::report::Faults;
use crate::shape::FOLDED;
use crate::vault::OpeningKey;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// A few files at a time, since each may be large and rows are buffered.
const FIRST_FILES: &str = "SELECT stored, party, content FROM files WHERE stored >= $1 ORDER BY stored LIMIT 4";
const NEXT_FILES: &str = "SELECT stored, party, content FROM files WHERE stored > $1 ORDER BY stored LIMIT 4";

impl Reading {
    /// Compares every table that the records determine.
    pub(crate) async fn tables(&mut self, mut ledger: Ledger) {
        self.tiles(std::mem::take(&mut ledger.tiles)).await;
        let (uses, parties) = (std::mem::take(&mut ledger.files), ledger.parties.take());
        self.files(uses, parties.as_ref(), ledger.incomplete).await;
        if ledger.incomplete {
            let what =
                "有记录不可读，各表未与账本比较 / some records could not be read: tables were not compared with them";
            self.faults.add("events", "", what);
        } else {
            self.counts(&ledger.fold).await;
            self.folded(&mut ledger.fold).await;
        }
    }

    async fn tiles(&mut self, mut expected: HashMap<(usize, u32, u64), [u8; 32]>) {
        let mut faults = Faults::default();
        self.whole("tiles", |row| {
            let [log, level, idx, data] = row.as_slice() else { return };
            let place = (log.as_size(), level.as_size(), idx.as_size());
            let key = format!("{log}/{level}/{idx}");
            let wanted = match place {
                (Some(log @ (0 | 1)), Some(level), Some(idx)) => {
                    u32::try_from(level).ok().and_then(|level| expected.remove(&(usize::from(log == 1), level, idx)))
                }
                _ => None,
            };
            match (wanted, data.as_blob()) {
                (None, _) => faults.add("tiles", key, "账本中没有这块满的瓦片 / the log has no such full tile"),
                (Some(wanted), Some(data)) if <[u8; 32]>::from(Sha256::digest(data)) == wanted => {}
                (Some(_), _) => faults.add("tiles", key, "与记录的散列不符 / not the hashes that the records make"),
            }
        })
        .await;
        let mut missing: Vec<_> = expected.into_keys().collect();
        missing.sort_unstable();
        for (log, level, index) in missing {
            let log = LOGS.get(log).copied().unwrap_or_default();
            faults.add("tiles", format!("{log}/{level}/{index}"), "缺失 / this full tile is missing");
        }
        self.faults.append(faults);
    }

    async fn counts(&mut self, fold: &Fold) {
        let (mut expected, mut faults) = (fold.counts(), Faults::default());
        self.whole("counts", |row| {
            let [organ, unit, day, n] = row.as_slice() else { return };
            let place = match (organ, unit, day) {
                (Cell::Text(organ), Cell::Text(unit), Cell::Int(day)) => Some((organ.clone(), unit.clone(), *day)),
                _ => None,
            };
            let wanted = place.and_then(|place| expected.remove(&place)).unwrap_or(0);
            // A day without open holdings has no row: a zero that is kept would be a row that nothing binds.
            if wanted == 0 || *n != Cell::Int(wanted) {
                let what = format!("应为 {wanted}，实为 {n} / should be {wanted}, is {n}");
                faults.add("counts", format!("{organ}/{unit}/{day}"), what);
            }
        })
        .await;
        for ((organ, unit, day), wanted) in expected {
            faults.add(
                "counts",
                format!("{organ}/{unit}/{day}"),
                format!("缺失，应为 {wanted} / missing, should be {wanted}"),
            );
        }
        self.faults.append(faults);
    }

    async fn folded(&mut self, fold: &mut Fold) {
        for (at, shape) in FOLDED.iter().enumerate() {
            let (mut expected, mut faults) = (fold.take(at), Faults::default());
            self.whole(shape.table, |row| expected.compare(shape, &row, &mut faults)).await;
            expected.report_missing(shape, &mut faults);
            self.faults.append(faults);
        }
    }

    async fn files(
        &mut self,
        mut uses: HashMap<String, Vec<FileUse>>,
        parties: Option<&HashMap<Box<str>, OpeningKey>>,
        incomplete: bool,
    ) {
        let mut faults = Faults::default();
        let (mut seen, mut after) = (HashSet::new(), Some(Cell::text("")));
        while let Some(start) = after.take() {
            let sql = if seen.is_empty() { FIRST_FILES } else { NEXT_FILES };
            self.query("files", sql, &[start], |row| {
                let [stored, party, content] = row.as_slice() else { return };
                let key = stored.as_text().unwrap_or_default().to_owned();
                let content = content.as_blob().unwrap_or_default();
                if hex::encode(Sha256::digest(content)) != key {
                    faults.add("files", key.clone(), "内容与散列不符 / its content does not have this hash");
                }
                match uses.remove(&key) {
                    Some(uses) => check_uses(&key, &uses, party, content, parties, &mut faults),
                    None if incomplete => {}
                    None => faults.add("files", key, "没有记录提到这个文件 / no event names this file"),
                }
                // A damaged index could lead round in a circle.
                after = seen.insert(stored.to_string()).then(|| stored.clone());
            })
            .await;
        }
        let mut missing: Vec<_> = uses.into_iter().filter(|(_, uses)| uses.iter().any(|used| !used.erased)).collect();
        missing.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (stored, uses) in missing {
            let place = uses.first().map(|used| used.place.as_str()).unwrap_or_default();
            faults.add("files", stored, format!("缺失，{place} 提到它 / missing, though {place} names it"));
        }
        self.faults.append(faults);
    }
}

/// A stored file belongs to the party of the events that name it, and opens under that party's key until it is erased.
fn check_uses(
    stored: &str,
    uses: &[FileUse],
    party: &Cell,
    content: &[u8],
    parties: Option<&HashMap<Box<str>, OpeningKey>>,
    faults: &mut Faults,
) {
    let Some(owner) = party.as_text().filter(|owner| uses.iter().all(|used| used.party.as_deref() == Some(*owner)))
    else {
        faults.add("files", stored, "当事人与记录不符 / its party is not that of the events that name it");
        return;
    };
    let Some(parties) = parties else { return };
    let opens = parties.get(owner).is_some_and(|key| key.open_file(owner, content).is_some());
    if !opens && uses.iter().any(|used| !used.erased) {
        faults.add("files", stored, "不能解密 / does not open under its party's key");
    }
}
