//! In which order is a database read? Schema, keys, signed heads, then both logs in one pass, then every table.
//!
//! Refuses to compare folded tables when records could not be read: that would bury the cause under its consequences.

use crate::cell::Cell;
use crate::data_folder::DATABASE;
use crate::fold::Fold;
use crate::heads::{LOGS, Marks, read_row};
use crate::keys::{self, Keys};
use crate::records::{Chunk, Ledger, LogReading};
use crate::report::Faults;
use crate::shape::{is_ephemeral, verified_columns};
use crate::source::Source;
use crate::vault::OpeningKey;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

/// How many records are read at a time.
const CHUNK: usize = 4096;

/// The reading of one database.
pub(crate) struct Reading {
    pub(crate) source: Source,
    pub(crate) faults: Faults,
}

impl Reading {
    /// Reads all there is and answers how many events there are.
    pub(crate) async fn everything(&mut self, keys_folder: Option<PathBuf>, since: &[String]) -> u64 {
        self.check_schema().await;
        let keys = match keys_folder {
            Some(folder) => keys::read(&folder, &mut self.faults),
            None => {
                let what = "未指明密钥目录，签名与密封内容无法检查 / no keys folder was named: signatures and sealed values cannot be checked";
                self.faults.add("keys", "", what);
                Keys::default()
            }
        };
        let heads = self.signed_heads(&keys, since).await;
        let mut ledger = Ledger {
            fold: Fold::new(),
            tiles: HashMap::new(),
            files: HashMap::new(),
            erased: self.erased().await,
            parties: self.party_keys(keys.master.as_ref()).await,
            packs: self.packs().await,
            incomplete: false,
            faults: std::mem::take(&mut self.faults),
        };
        let mut sizes = Vec::new();
        for (log, marks) in heads.marks.into_iter().enumerate() {
            let Some((read, size)) = self.log(ledger, log, marks).await else {
                self.faults.add("events", "", "检查被中断 / the check was broken off");
                return 0;
            };
            ledger = read;
            sizes.push(size);
        }
        self.faults = std::mem::take(&mut ledger.faults);
        self.check_latest_heads(&sizes, &heads.latest);
        self.tables(ledger).await;
        sizes.first().copied().unwrap_or_default()
    }

    /// Runs a query; a database error is a fault of the table.
    pub(crate) async fn query(&mut self, table: &str, sql: &str, arguments: &[Cell], each: impl FnMut(Vec<Cell>)) {
        let read = self.source.rows(sql, arguments, each).await;
        if let Err(why) = &read {
            self.faults.add(table, "", format!("读取中断：{why} / the reading broke off: {why}"));
        }
    }

    /// Reads every verified column of every row of a table.
    pub(crate) async fn whole(&mut self, table: &str, each: impl FnMut(Vec<Cell>)) {
        let sql = format!("SELECT {} FROM {}", columns_of(table), self.source.whole_table(table));
        self.query(table, &sql, &[], each).await
    }

    /// Every column there is must be one that is verified or ephemeral, and the other way round.
    async fn check_schema(&mut self) {
        let found = match self.source.columns().await {
            Ok(found) => found.into_iter().collect::<BTreeSet<_>>(),
            Err(why) => {
                self.faults.add(DATABASE, "", format!("表结构不可读：{why} / its tables cannot be listed: {why}"));
                return;
            }
        };
        let wanted: BTreeSet<_> =
            verified_columns().map(|(table, column)| (table.to_owned(), column.to_owned())).collect();
        for (table, column) in found.difference(&wanted).filter(|(table, _)| !is_ephemeral(table)) {
            self.faults.add(table, column.clone(), "没有任何散列约束这一列 / nothing binds this column");
        }
        for (table, column) in wanted.difference(&found) {
            self.faults.add(table, column.clone(), "缺少这一列 / this column is missing");
        }
        match self.source.intruders().await {
            Ok(names) => names.into_iter().for_each(|name| {
                self.faults.add(DATABASE, name, "不应有触发器或视图 / there should be no trigger or view");
            }),
            Err(why) => self.faults.add(DATABASE, "", format!("表结构不可读 / its schema cannot be read: {why}")),
        }
    }

    async fn signed_heads(&mut self, keys: &Keys, since: &[String]) -> SignedHeads {
        let mut heads = SignedHeads::default();
        for table in ["heads", "checkpoints"] {
            let mut rows = Vec::new();
            self.whole(table, |row| rows.push(row)).await;
            for row in rows {
                let Some((log, size, note)) = read_row(table, &row, &mut self.faults) else { continue };
                let (Some(marks), Some(key), Some(name)) =
                    (heads.marks.get_mut(log), keys.logs.get(log), LOGS.get(log))
                else {
                    continue;
                };
                marks.add_row(table, (name, size, &note), key.as_ref(), &mut self.faults);
                if table == "heads" {
                    heads.latest.insert(log, size);
                }
            }
        }
        for note in since {
            let known = heads.marks.iter_mut().zip(&keys.logs).any(|(marks, key)| marks.add_kept(note, key.as_ref()));
            if !known {
                let origin: String = note.lines().next().unwrap_or_default().chars().take(100).collect();
                self.faults.add(
                    "since",
                    origin,
                    "不是本账本签署的检查点 / not a checkpoint that this ledger's key signed",
                );
            }
        }
        heads
    }

    /// The latest head must bind everything that is there.
    fn check_latest_heads(&mut self, sizes: &[u64], latest: &BTreeMap<usize, u64>) {
        for ((log, size), name) in sizes.iter().enumerate().zip(LOGS) {
            match latest.get(&log) {
                Some(signed) if signed == size => {}
                Some(signed) if signed > size => {} // Reported as a size that the log does not reach.
                Some(signed) => {
                    let what = format!("只签到 {signed}，账本有 {size} 条 / signs {signed} records of {size}");
                    self.faults.add("heads", name, what);
                }
                None if *size > 0 => self.faults.add("heads", name, "没有签名的头 / the log has no signed head"),
                None => {}
            }
        }
    }

    async fn erased(&mut self) -> HashSet<(u64, Box<str>)> {
        let mut erased = HashSet::new();
        self.whole("erased", |row| {
            if let [seq, Cell::Text(field), _] = row.as_slice() {
                erased.extend(seq.as_size().map(|seq| (seq, field.clone())));
            }
        })
        .await;
        erased
    }

    async fn party_keys(&mut self, master: Option<&OpeningKey>) -> Option<HashMap<Box<str>, OpeningKey>> {
        let mut rows = Vec::new();
        self.whole("party_keys", |row| rows.push(row)).await;
        let master = master?;
        let mut keys = HashMap::new();
        for row in rows {
            let opened = match row.as_slice() {
                [Cell::Text(party), Cell::Blob(wrapped)] => {
                    master.open_party_key(party, wrapped).map(|key| (party.clone(), key))
                }
                _ => None,
            };
            match (opened, row.first()) {
                (Some((party, key)), _) => drop(keys.insert(party, key)),
                (None, party) => {
                    let key = party.map(Cell::to_string).unwrap_or_default();
                    self.faults.add(
                        "party_keys",
                        key,
                        "主密钥打不开 / does not open under the master key for this party",
                    );
                }
            }
        }
        Some(keys)
    }

    async fn packs(&mut self) -> HashSet<String> {
        let (mut packs, mut wrong) = (HashSet::new(), Vec::new());
        self.whole("packs", |row| match row.as_slice() {
            [Cell::Text(hash), Cell::Blob(bytes)] if hex::encode(Sha256::digest(bytes)) == **hash => {
                packs.insert(hash.to_string());
            }
            _ => wrong.extend(row.first().map(Cell::to_string)),
        })
        .await;
        for key in wrong {
            self.faults.add("packs", key, "内容与散列不符 / its bytes do not have this hash");
        }
        packs
    }

    /// Reads one log; the next records are fetched while the last are checked. `None` only when the program is ending.
    async fn log(&mut self, mut ledger: Ledger, log: usize, marks: Marks) -> Option<(Ledger, u64)> {
        let mut reading = LogReading::new(log, marks, &mut ledger.faults);
        let mut from = i64::MIN;
        let mut chunk = self.chunk(log, &mut from).await;
        loop {
            let last = chunk.last;
            let checking = tokio::task::spawn_blocking(move || {
                ledger.take(&mut reading, chunk);
                (ledger, reading)
            });
            let fetching = async { if last { Chunk::default() } else { self.chunk(log, &mut from).await } };
            let (checked, fetched) = tokio::join!(checking, fetching);
            chunk = fetched;
            (ledger, reading) = match checked.map_err(tokio::task::JoinError::try_into_panic) {
                Ok(state) => state,
                Err(Ok(panic)) => std::panic::resume_unwind(panic),
                Err(Err(_)) => return None,
            };
            if last {
                let size = reading.finish(&mut ledger.faults);
                return Some((ledger, size));
            }
        }
    }

    /// Fetches the next records from `from` on, with the payloads up to the last of them.
    async fn chunk(&mut self, log: usize, from: &mut i64) -> Chunk {
        let mut chunk = Chunk::default();
        let table = LOGS.get(log).copied().unwrap_or_default();
        let columns = columns_of(table);
        let whole = self.source.whole_table(table);
        let sql = format!("SELECT {columns} FROM {whole} WHERE seq >= $1 ORDER BY seq LIMIT {CHUNK}");
        let read = self.source.rows(&sql, &[Cell::Int(*from)], |row| chunk.rows.push(row)).await;
        let end = chunk.rows.last().and_then(|row| row.first()).and_then(Cell::as_int).filter(|end| end >= from);
        chunk.broken = read.err().map(|why| why.to_string());
        chunk.last = chunk.broken.is_some() || chunk.rows.len() < CHUNK || end.is_none();
        // The last records also answer for payloads of sequence numbers that are not there at all.
        let until = end.filter(|_| !chunk.last || chunk.broken.is_some()).unwrap_or(i64::MAX);
        if log == 0 {
            let payloads = &mut chunk.payloads;
            let sql = "SELECT seq, field, party, sealed FROM vault WHERE seq >= $1 AND seq <= $2";
            self.query("vault", sql, &[Cell::Int(*from), Cell::Int(until)], |row| {
                if let [seq, field, party, sealed] = row.as_slice() {
                    // A key that is no key stays in the way of no record and is reported as belonging to none.
                    let place = (seq.as_int().unwrap_or(i64::MIN), field.as_text().unwrap_or_default().into());
                    payloads.insert(place, (party.clone(), sealed.clone()));
                }
            })
            .await;
        }
        *from = until.saturating_add(1);
        chunk
    }
}

/// The columns of a table as SQL, in the order of its shape.
fn columns_of(table: &str) -> String {
    let columns = verified_columns().filter(|(of, _)| *of == table).map(|(_, column)| format!("\"{column}\""));
    columns.collect::<Vec<_>>().join(", ")
}

#[derive(Debug, Default)]
struct SignedHeads {
    marks: [Marks; 2],
    /// Size of the latest head of each log.
    latest: BTreeMap<usize, u64>,
}
