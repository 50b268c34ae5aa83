//! A bureau in a folder of its own, served over HTTP on this machine: what benchmarks of pages and filings speak to.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use guiju_kernel::record::Origin;
use guiju_office::{Answer, Chance, EntryAsk, Office, OfficeClock, Settings, accounts};
use guiju_pack::Pack;
use guiju_store::Target;
use guiju_web::{Faces, WebState};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::Fault;

/// Of every account that a benchmark makes.
pub const PASSWORD: &str = "bench-password";

/// An office and the server in front of it.
pub struct Site {
    pub office: Office,
    pub address: SocketAddr,
    password: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), std::io::Error>>,
}

impl Site {
    /// # Errors
    /// When the folder cannot be written or no port is free.
    pub async fn open(folder: &Path, pack: &Pack) -> Result<Site, Fault> {
        let settings = Settings {
            place: Target::Folder(folder.to_owned()),
            keys: folder.to_owned(),
            pack: pack.clone(),
            clock: OfficeClock::onward(super::opening()?),
            chance: Chance::System,
        };
        let office = Office::open(settings).await?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let faces = Faces::named(std::iter::empty()).map_err(|name| format!("there is no face {name}"))?;
        let state = WebState { office: Arc::new(office.clone()), faces, demo: None };
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(guiju_web::serve(state, listener, async {
            let _ = stopped.await;
        }));
        Ok(Site { office, address, password: accounts::hash_password(PASSWORD)?, stop, server })
    }

    /// Puts an entry on a register.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn put(&self, register: &str, key: &str, fields: Value) -> Result<(), Fault> {
        self.entry(register, key, fields, BTreeMap::new()).await
    }

    /// An account with the benchmark's password.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn account(&self, account: &str, fields: Value) -> Result<(), Fault> {
        let secrets = BTreeMap::from([(accounts::PASSWORD.to_owned(), self.password.clone())]);
        self.entry(accounts::ACCOUNTS, account, fields, secrets).await
    }

    async fn entry(
        &self,
        register: &str,
        key: &str,
        fields: Value,
        secrets: BTreeMap<String, String>,
    ) -> Result<(), Fault> {
        let ask = EntryAsk {
            by: self.office.system(),
            register: register.to_owned(),
            key: key.to_owned(),
            fields: Some(map(fields)),
            secrets,
            files: Vec::new(),
            seen: None,
            done: None,
            origin: Origin::Own,
            once: None,
        };
        match self.office.put(ask, None).await? {
            Answer::Done(_) => Ok(()),
            Answer::Refused(refusal) => Err(format!("{key}: {}", refusal.why.zh).into()),
        }
    }

    /// Stops the server and closes the office.
    ///
    /// # Errors
    /// When either ended badly.
    pub async fn close(self) -> Result<(), Fault> {
        let _ = self.stop.send(());
        self.server.await??;
        self.office.close().await?;
        Ok(())
    }
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
