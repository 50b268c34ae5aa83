//! Unmasked readings of personal data: each is a record in the second tree, durable before anybody sees the value.

use guiju_kernel::procedure::Person;
use guiju_kernel::record::Doer;
use guiju_kernel::time::{self, Instant};
use guiju_store::{Log, ReadingRecord, TileRow};
use serde::Serialize;

use super::desk::Desk;
use super::entry::doer;
use super::pending::Pending;
use crate::answer::{Answer, Done, OfficeError};

/// Somebody wants to see a personal value.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadingAsk {
    pub by: Person,
    /// The record that holds it.
    pub seq: u64,
    pub field: String,
    pub case: Option<u64>,
}

/// The record of a reading; `docs/formats/record.md`.
#[derive(Serialize)]
struct Reading<'a> {
    v: u32,
    seq: u64,
    #[serde(with = "guiju_kernel::time::moment")]
    recorded: Instant,
    by: Doer,
    read: Read<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<u64>,
}

#[derive(Serialize)]
struct Read<'a> {
    seq: u64,
    field: &'a str,
}

impl Desk {
    pub(super) async fn read_personal(
        &mut self,
        ask: ReadingAsk,
        now: Instant,
        pending: &mut Pending,
    ) -> Result<Answer, OfficeError> {
        let seq = self.readings.size();
        let read = Read { seq: ask.seq, field: &ask.field };
        let reading = Reading { v: 1, seq, recorded: now, by: doer(&ask.by), read, case: ask.case };
        let salt = self.chance.salt("reading", seq)?;
        let (bytes, entry) = crate::seal::canonical(&reading, &salt)?;
        for tile in self.readings.append(entry.leaf()) {
            let level = u32::from(tile.id.level);
            pending.batch_mut().tiles.push(TileRow {
                log: Log::Readings,
                level,
                index: tile.id.index,
                data: tile.bytes,
            });
        }
        let recorded = time::to_millis(now);
        self.last = self.last.max(recorded);
        pending.batch_mut().readings.push(ReadingRecord { seq, recorded, bytes, salt: *salt.as_bytes() });
        Ok(Answer::Done(Done {
            seq,
            case: ask.case.unwrap_or(0),
            number: String::new(),
            state: String::new(),
            again: false,
        }))
    }
}
