//! Where a test's data live: a folder, or a database of its own.

use std::sync::Arc;

use guiju_store::{Fence, Mode, Result, Store, Target, open};
use guiju_testkit::facts::left_out;
use guiju_testkit::postgres::{ADDRESS_VARIABLE, Server};
use tempfile::TempDir;

pub struct Place {
    target: Target,
    _folder: Option<TempDir>,
    _server: Option<Arc<Server>>,
}

/// A moment of the machine's clock, as far as leases are concerned.
pub const NOW: i64 = 1_800_000_000_000;

impl Place {
    pub fn folder() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { target: Target::Folder(folder.path().join("data")), _folder: Some(folder), _server: None }
    }

    /// An empty database; `None`, said on stderr, where there is no server.
    pub fn database() -> Option<Self> {
        let Some(server) = Server::find().expect("the server starts") else {
            left_out("not asked of PostgreSQL: its programs are not installed here");
            return None;
        };
        let url = server.fresh_database().expect("a database can be made");
        Some(Self { target: Target::Postgres(url), _folder: None, _server: Some(server) })
    }

    /// A database on a server that no other test uses, and the server; `None` also where the server is not ours to stop.
    pub fn alone() -> Option<(Self, Arc<Server>)> {
        if std::env::var_os(ADDRESS_VARIABLE).is_some() {
            left_out(&format!("not tried on PostgreSQL: the server at {ADDRESS_VARIABLE} is not ours to stop"));
            return None;
        }
        let Some(server) = Server::own(&[]).expect("the server starts") else {
            left_out("not asked of PostgreSQL: its programs are not installed here");
            return None;
        };
        let server = Arc::new(server);
        let url = server.fresh_database().expect("a database can be made");
        Some((Self { target: Target::Postgres(url), _folder: None, _server: Some(server.clone()) }, server))
    }

    pub fn url(&self) -> &str {
        match &self.target {
            Target::Postgres(url) => url,
            Target::Folder(_) => panic!("a folder has no address"),
        }
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
