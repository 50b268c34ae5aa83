//! Receipts that parties take home, and the public side of the ledger: heads, checkpoints, tiles.

use guiju_kernel::ledger::tile::TILE_WIDTH;
use guiju_kernel::ledger::{PublicTilePath, Salt, receipt};
use guiju_kernel::record::Record;
use guiju_store::Log;
use serde_json::Value;

use crate::answer::OfficeError;
use crate::cases::Sight;
use crate::office::Office;
use crate::trees;
use crate::view::Viewer;

impl Office {
    /// The receipt of one record for somebody who may see its case: it verifies offline.
    pub async fn receipt(&self, who: &Viewer, seq: u64) -> Result<String, OfficeError> {
        let stored = self.store.records(Log::Events, seq, seq.saturating_add(1)).await?;
        let stored = stored.first().ok_or_else(|| OfficeError::NoSuchCase(seq.to_string()))?;
        let record: Record = serde_json::from_str(&stored.bytes).map_err(|e| OfficeError::Damaged(e.to_string()))?;
        let id = record.case.as_ref().map(|c| c.id).ok_or_else(|| OfficeError::NoSuchCase(seq.to_string()))?;
        let case = self.case(id).await?;
        let sight = self.sight(who, &case);
        let inner = self.procedure_of(&case)?.act(&record.act).is_some_and(|a| a.inner);
        if sight == Sight::None || inner && sight != Sight::Staff {
            return Err(OfficeError::NotYours { holder: case.number });
        }
        let head = self.store.head(Log::Events).await?;
        let (size, note) = head.ok_or_else(|| OfficeError::Damaged("no signed head".into()))?;
        let proof = trees::inclusion(self.store.as_ref(), Log::Events, seq, size).await?;
        let value: Value = serde_json::from_str(&stored.bytes).map_err(|e| OfficeError::Damaged(e.to_string()))?;
        receipt::make(&note, seq, &proof, &Salt::new(stored.salt), &value)
            .map_err(|e| OfficeError::Damaged(e.to_string()))
    }

    /// Verifies a receipt that somebody brings, against this office's own key.
    pub fn verify_receipt(&self, text: &str) -> Result<receipt::Verified, receipt::ReceiptError> {
        receipt::verify(text, &[self.keys.events.verifier().clone()])
    }

    /// The verifier keys of both logs, as published.
    pub fn vkeys(&self) -> (String, String) {
        (self.keys.events.verifier().to_string(), self.keys.readings.verifier().to_string())
    }

    /// The latest published checkpoint, or the signed head where none has been published yet.
    pub async fn checkpoint(&self, log: Log) -> Result<Option<(u64, String)>, OfficeError> {
        match self.store.checkpoint(log, None).await? {
            Some(found) => Ok(Some(found)),
            None => Ok(self.store.head(log).await?),
        }
    }

    /// A tile or entry bundle under its public path; only what the latest checkpoint covers is given.
    pub async fn tile(&self, log: Log, path: &str) -> Result<Option<Vec<u8>>, OfficeError> {
        let Ok(path) = path.parse::<PublicTilePath>() else { return Ok(None) };
        let Some((size, _)) = self.checkpoint(log).await? else { return Ok(None) };
        match path {
            PublicTilePath::Hashes { id, width } => {
                let level = u32::from(id.level);
                let filled = size.checked_shr(8 * level).unwrap_or(0);
                let from = id.index.saturating_mul(TILE_WIDTH);
                if from.saturating_add(u64::from(width)) > filled {
                    return Ok(None);
                }
                trees::tile(self.store.as_ref(), log, id, u64::from(width)).await
            }
            PublicTilePath::Entries { index, width } => {
                let from = index.saturating_mul(TILE_WIDTH);
                let until = from.saturating_add(u64::from(width));
                if until > size {
                    return Ok(None);
                }
                trees::entries(self.store.as_ref(), log, from, until).await.map(Some)
            }
        }
    }
}
