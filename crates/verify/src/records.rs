//! Is each record whole, in its place, and what its columns, its tree and its payloads say it is?
//!
//! Refuses gaps, records out of time order, bytes that are not canonical, columns that differ from the bytes, payloads
//! that do not open to the value whose hash the record bears, and payloads that no record bears.

use crate::canonical;
use crate::cell::Cell;
use crate::entry::{personal_hash, record_leaf};
use crate::fold::Fold;
use crate::heads::{LOGS, Marks};
use crate::merkle::TreeChecker;
use crate::moment;
use crate::report::Faults;
use crate::vault::OpeningKey;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Sealed values by sequence number and field: party and sealed bytes.
pub(crate) type Payloads = BTreeMap<(i64, Box<str>), (Cell, Cell)>;

/// Some records in order, and the payloads of the same sequence numbers.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// Columns of `events` or `readings` as `shape` lists them.
    pub(crate) rows: Vec<Vec<Cell>>,
    /// The sealed values that belong to these records.
    pub(crate) payloads: Payloads,
    /// Why the reading broke off after these records.
    pub(crate) broken: Option<String>,
    /// No more come after these.
    pub(crate) last: bool,
}

/// Where a file is named, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileUse {
    pub(crate) party: Option<String>,
    pub(crate) place: String,
    pub(crate) erased: bool,
}

/// What the checks of records need to know beforehand, and what they find out.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) faults: Faults,
    pub(crate) fold: Fold,
    /// SHA-256 of every full tile that the records make: (log, level, index).
    pub(crate) tiles: HashMap<(usize, u32, u64), [u8; 32]>,
    /// Files that events name.
    pub(crate) files: HashMap<String, Vec<FileUse>>,
    /// Payloads that the database says are erased; the fold proves that table afterwards.
    pub(crate) erased: HashSet<(u64, Box<str>)>,
    /// Keys of the parties; `None` when the master key is not there, which is reported already.
    pub(crate) parties: Option<HashMap<Box<str>, OpeningKey>>,
    /// Hashes of the pack versions that are there.
    pub(crate) packs: HashSet<String>,
    /// A record could not be read, so that the fold lacks its effects.
    pub(crate) incomplete: bool,
}

/// One log while it is read.
#[derive(Debug)]
pub(crate) struct LogReading {
    log: usize,
    tree: TreeChecker,
    marks: Marks,
    recorded: i64,
}

impl LogReading {
    pub(crate) fn new(log: usize, marks: Marks, faults: &mut Faults) -> LogReading {
        let mut reading = LogReading { log, tree: TreeChecker::new(), marks, recorded: i64::MIN };
        reading.marks.compare(&reading.tree, faults);
        reading
    }

    fn table(&self) -> &'static str {
        LOGS.get(self.log).copied().unwrap_or_default()
    }

    /// Ends the log: signed sizes beyond it are faults. Answers its size.
    pub(crate) fn finish(self, faults: &mut Faults) -> u64 {
        let size = self.tree.size();
        self.marks.report_rest(size, faults);
        size
    }
}

impl Ledger {
    /// Checks the next records of a log.
    pub(crate) fn take(&mut self, reading: &mut LogReading, mut chunk: Chunk) {
        for row in chunk.rows {
            let columns = match row.as_slice() {
                [seq, case_id, act, state, done, recorded, bytes, salt] => {
                    Columns { seq, of_event: Some([case_id, act, state, done]), recorded, bytes, salt }
                }
                [seq, recorded, bytes, salt] => Columns { seq, of_event: None, recorded, bytes, salt },
                _ => continue,
            };
            self.take_row(reading, &columns, &mut chunk.payloads);
        }
        if let Some(why) = chunk.broken {
            let what = format!("读取中断：{why} / the reading broke off: {why}");
            self.faults.add(reading.table(), format!("{}", reading.tree.size()), what);
            self.incomplete = true;
        }
        for (seq, field) in chunk.payloads.into_keys() {
            self.faults.add("vault", format!("{seq}/{field}"), "没有记录对应 / no record bears this payload");
        }
    }

    fn take_row(&mut self, reading: &mut LogReading, columns: &Columns<'_>, payloads: &mut Payloads) {
        let table = reading.table();
        let wanted = reading.tree.size();
        let key = columns.seq.to_string();
        if columns.seq.as_size() != Some(wanted) {
            let what = format!("此处应是第 {wanted} 号记录 / record {wanted} belongs here");
            self.faults.add(table, key.clone(), what);
        }
        let (Some(bytes), Some(salt)) = (columns.bytes.as_text(), salt_of(columns.salt)) else {
            self.faults.add(table, key, "记录或其盐不可读 / the record or its salt cannot be read");
            self.incomplete = true;
            self.grow(reading, [0; 32]);
            return;
        };
        self.grow(reading, record_leaf(&salt, bytes.as_bytes()));
        let record = match canonical::parse(bytes.as_bytes()) {
            Ok(Value::Object(record)) => record,
            Ok(_) => return self.unreadable(table, key, "not an object"),
            Err(why) => return self.unreadable(table, key, &why.to_string()),
        };
        for what in columns.differ(&record) {
            self.faults.add(table, key.clone(), what);
        }
        if let Some(recorded) = columns.recorded.as_int() {
            if recorded < reading.recorded {
                self.faults.add(table, key.clone(), "记录时间早于前一条 / recorded before the record ahead of it");
            }
            reading.recorded = recorded;
        }
        if reading.log == 0 {
            self.take_event(&key, columns.seq.as_size().unwrap_or(wanted), record, payloads);
        }
    }

    fn unreadable(&mut self, table: &'static str, key: String, why: &str) {
        self.faults.add(table, key, format!("记录不是规范的 JSON：{why} / the record is not canonical JSON: {why}"));
        self.incomplete = true;
    }

    fn grow(&mut self, reading: &mut LogReading, leaf: [u8; 32]) {
        let (log, tiles) = (reading.log, &mut self.tiles);
        reading.tree.push(leaf, |tile| {
            tiles.insert((log, tile.level, tile.index), Sha256::digest(&tile.bytes).into());
        });
        reading.marks.compare(&reading.tree, &mut self.faults);
    }

    /// What an event binds beyond its columns: effects, payloads, files, the pack.
    fn take_event(&mut self, key: &str, seq: u64, mut record: Map<String, Value>, payloads: &mut Payloads) {
        match record.get("pack").and_then(Value::as_str) {
            Some(pack) if self.packs.contains(pack) => {}
            Some(pack) => {
                self.faults.add(
                    "packs",
                    pack,
                    format!(
                        "第 {key} 号记录所依的法规包缺失 / event {key} was decided under this pack, which is missing"
                    ),
                );
            }
            None => self.faults.add("events", key, "记录没有法规包 / the record names no pack"),
        }
        let party = record.get("party").and_then(Value::as_str).map(str::to_owned);
        if let Some(Value::Object(personal)) = record.get("personal") {
            for (field, hash) in personal {
                self.take_payload(seq, field, hash, party.as_deref(), payloads);
            }
        }
        for file in record.get("files").and_then(Value::as_array).into_iter().flatten() {
            self.take_file(seq, file, party.as_deref());
        }
        let Some(Value::Array(effects)) = record.remove("effects") else {
            self.faults.add("events", key, "记录没有效果 / the record has no effects");
            return;
        };
        for effect in effects {
            if let Err(why) = self.fold.apply(effect) {
                self.faults.add("events", key, why);
            }
        }
    }

    fn take_payload(&mut self, seq: u64, field: &str, hash: &Value, party: Option<&str>, payloads: &mut Payloads) {
        let place = i64::try_from(seq).ok().map(|seq| (seq, Box::<str>::from(field)));
        let found = place.and_then(|place| payloads.remove(&place));
        let erased = self.erased.contains(&(seq, Box::from(field)));
        let key = format!("{seq}/{field}");
        let fault = match (found, erased) {
            (None, true) => return,
            (None, false) => "个人信息缺失而没有删除记录 / the payload is missing, and no event erased it",
            (Some(_), true) => "已删除的个人信息仍在 / erased, and yet the payload is still there",
            (Some((found, _)), false) if found.as_text() != party || party.is_none() => {
                "当事人与记录不符 / the party is not the record's"
            }
            (Some((_, sealed)), false) => {
                let Some(keys) = &self.parties else { return };
                let opened = party
                    .and_then(|party| keys.get(party))
                    .zip(sealed.as_blob())
                    .and_then(|(key, sealed)| key.open_value("events", seq, field, sealed));
                let fits = opened
                    .as_deref()
                    .and_then(|plain| plain.split_at_checked(32))
                    .map(|(salt, value)| hash.as_str() == Some(hex::encode(personal_hash(salt, value)).as_str()));
                match fits {
                    Some(true) => return,
                    Some(false) => "与记录中的散列不符 / the value is not the one whose hash the record bears",
                    None => "不能解密 / the payload does not open",
                }
            }
        };
        self.faults.add("vault", key, fault);
    }

    fn take_file(&mut self, seq: u64, file: &Value, party: Option<&str>) {
        let (Some(stored), Some(field)) =
            (file.get("stored").and_then(Value::as_str), file.get("field").and_then(Value::as_str))
        else {
            self.faults.add("events", seq.to_string(), "附件没有散列或字段名 / a file has no hash or field");
            return;
        };
        let erased = self.erased.contains(&(seq, Box::from(field)));
        let place = format!("{seq}/{field}");
        let used = FileUse { party: party.map(str::to_owned), place, erased };
        self.files.entry(stored.to_owned()).or_default().push(used);
    }
}

/// A row of `events` or `readings`, by name.
struct Columns<'r> {
    seq: &'r Cell,
    /// `case_id`, `act`, `state`, `done`: of events only.
    of_event: Option<[&'r Cell; 4]>,
    recorded: &'r Cell,
    bytes: &'r Cell,
    salt: &'r Cell,
}

impl Columns<'_> {
    /// Which columns are not what the record's bytes say.
    fn differ(&self, record: &Map<String, Value>) -> Vec<String> {
        let case = record.get("case");
        let mut pairs = vec![
            ("seq", self.seq, int_of(record.get("seq"))),
            ("recorded", self.recorded, moment_of(record.get("recorded"))),
        ];
        if let Some([case_id, act, state, done]) = self.of_event {
            pairs.push(("case_id", case_id, int_of(case.and_then(|case| case.get("id")))));
            pairs.push(("act", act, text_of(record.get("act"))));
            pairs.push(("state", state, text_of(case.and_then(|case| case.get("to")))));
            pairs.push(("done", done, moment_of(record.get("done"))));
        }
        if record.get("v") != Some(&Value::from(1)) {
            pairs.push(("v", &Cell::Int(1), int_of(record.get("v"))));
        }
        let differing = pairs.into_iter().filter(|(_, found, wanted)| *found != wanted);
        differing
            .map(|(name, found, wanted)| {
                format!("{name} 为 {found}，记录中为 {wanted} / `{name}` is {found}, in the record {wanted}")
            })
            .collect()
    }
}

fn salt_of(cell: &Cell) -> Option<[u8; 32]> {
    cell.as_blob()?.try_into().ok()
}

fn int_of(value: Option<&Value>) -> Cell {
    value.and_then(Value::as_i64).map_or(Cell::Null, Cell::Int)
}

fn text_of(value: Option<&Value>) -> Cell {
    value.and_then(Value::as_str).map_or(Cell::Null, Cell::text)
}

fn moment_of(value: Option<&Value>) -> Cell {
    value.and_then(Value::as_str).and_then(moment::millis).map_or(Cell::Null, Cell::Int)
}
