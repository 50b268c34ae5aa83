//! Rows and records to try a store with.

use guiju_kernel::rows::{CaseRow, EntryRow, HoldingRow, TimerRow};
use guiju_store::{Batch, RowChange, SearchDoc, StoredRecord};
use serde_json::{Value, json};

/// 2024-01-01T00:00+08:00.
pub const START: i64 = 1_704_038_400_000;
pub const HOUR: i64 = 3_600_000;

pub fn record(seq: u64, case_id: Option<u64>, act: &str) -> StoredRecord {
    StoredRecord {
        seq,
        case_id,
        act: act.into(),
        state: case_id.map(|_| format!("after-{act}")),
        done: START + seq as i64,
        recorded: START + seq as i64 * 2,
        bytes: format!("{{\"act\":\"{act}\",\"seq\":{seq},\"text\":\"企业说：“供电不稳”\\u0007\"}}"),
        salt: [seq as u8; 32],
    }
}

/// Records without a case, one after another from `from`.
pub fn records(from: u64, count: u64) -> Batch {
    Batch { records: (from..from + count).map(|seq| record(seq, None, "note")).collect(), ..Batch::default() }
}

pub fn case(id: u64) -> CaseRow {
    CaseRow {
        id,
        number: format!("GX-{id}"),
        procedure: "request".into(),
        pack: "0a".repeat(32),
        state: "filed".into(),
        outcome: None,
        subject: Some("91350100M000100Y43".into()),
        organ: "bureau".into(),
        origin_system: None,
        origin_number: None,
        origin_batch: None,
        opened: START,
        ended: None,
        version: id,
        level: 0,
        round: 0,
        headline: "厂区供电不稳".into(),
        doc: json!({"fields": {"text": "每天下午三点停电"}}),
    }
}

pub fn put_case(row: CaseRow) -> RowChange {
    RowChange::Case(Box::new(row))
}

pub fn holding(case_id: u64, part: u32, unit: &str, due: Option<i64>) -> HoldingRow {
    HoldingRow { case_id, part, organ: "bureau".into(), unit: unit.into(), person: None, open: 1, due }
}

pub fn timer(case_id: u64, name: &str, at: Option<i64>) -> RowChange {
    let row = at.map(|at| TimerRow { case_id, name: name.into(), at });
    RowChange::Timer { case_id, name: name.into(), row }
}

pub fn entry(key: &str, version: u32, since: i64, until: Option<i64>, seq: u64, doc: Value) -> RowChange {
    RowChange::Entry(EntryRow { register: "firms".into(), key: key.into(), version, since, until, seq, doc })
}

pub fn text(case_id: u64, text: &str) -> SearchDoc {
    SearchDoc { case_id, tokens: Some(guiju_text::index_text(text)) }
}

/// Random numbers that are the same in every run (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}
