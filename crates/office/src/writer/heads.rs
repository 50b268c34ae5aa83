//! Signing where the logs stand: a head after each group, a checkpoint each day and when somebody asks for one.

use guiju_kernel::ledger::checkpoint;
use guiju_kernel::time::{self, date_of};
use guiju_store::Log;

use super::desk::Desk;
use super::pending::Pending;
use crate::answer::OfficeError;
use crate::trees;

impl Desk {
    /// The first record of a new day publishes the head of the day before.
    pub(super) fn daily(&mut self, recorded: i64, pending: &mut Pending) {
        let day = |ms: i64| time::from_millis(ms).map(date_of).ok();
        if self.last != i64::MIN && day(self.last) != day(recorded) && self.events.size() > 0 {
            match checkpoint::sign(
                self.keys.events.verifier().name(),
                self.events.size(),
                &self.events.root(),
                &self.keys.events,
            ) {
                Ok(note) => pending.batch_mut().checkpoints.push((Log::Events, self.events.size(), note)),
                Err(fault) => tracing::error!(%fault, "the day's checkpoint could not be signed"),
            }
        }
    }

    pub(super) fn publish(&mut self, pending: &mut Pending) -> Result<(), OfficeError> {
        for (log, tree, key) in
            [(Log::Events, &self.events, &self.keys.events), (Log::Readings, &self.readings, &self.keys.readings)]
        {
            if tree.size() == 0 {
                continue;
            }
            let note = trees::sign(key, tree)?;
            pending.batch_mut().checkpoints.push((log, tree.size(), note));
        }
        Ok(())
    }

    pub(super) fn sign(&mut self, pending: &mut Pending) -> Result<(), OfficeError> {
        if !pending.batch_mut().records.is_empty() {
            let note = trees::sign(&self.keys.events, &self.events)?;
            pending.batch_mut().heads.push((Log::Events, self.events.size(), note.clone()));
            self.head = Some((self.events.size(), note));
        }
        if !pending.batch_mut().readings.is_empty() {
            let note = trees::sign(&self.keys.readings, &self.readings)?;
            pending.batch_mut().heads.push((Log::Readings, self.readings.size(), note));
        }
        Ok(())
    }
}
