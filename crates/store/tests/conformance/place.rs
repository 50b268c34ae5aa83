//! Where a test's data live: a folder, or a database of its own.

use std::sync::Arc;

use guiju_store::{Fence, Mode, Result, Store, Target, open};
use tempfile::TempDir;

pub struct Place {
    target: Target,
    _folder: Option<TempDir>,
}

/// A moment of the machine's clock, as far as leases are concerned.
pub const NOW: i64 = 1_800_000_000_000;

impl Place {
    pub fn folder() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { target: Target::Folder(folder.path().join("data")), _folder: Some(folder) }
    }

    pub async fn open(&self, mode: Mode) -> Result<Arc<dyn Store>> {
        open(&self.target, mode).await
    }

    /// The store, and the right to write to it.
    pub async fn writer(&self) -> (Arc<dyn Store>, Fence) {
        let store = self.open(Mode::Write).await.expect("the store opens");
        let fence = store.take_lease("the test", NOW).await.expect("the lease is free");
        (store, fence)
    }
}
