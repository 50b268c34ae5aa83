//! The agent beside a receiver, in this process: hours are exactly those that were measured, whatever the net, the disk and the clock do.
//! That it survives being killed, `crates/cli/tests/station` shows.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where something does not hold"
)]

mod disk;
mod hours;
mod net;
mod server;
mod sources;
mod twin;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use guiju_station::{Counted, Fault, Folder, Identity, Plan, Running, run};
use server::Server;

/// A station in a temporary folder, with its server.
struct Station {
    dir: PathBuf,
    server: Server,
    identity: Identity,
    _folder: tempfile::TempDir,
}

impl Station {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("station");
        let (_, identity) = Folder::init(&dir, "JH-01").unwrap();
        let server = Server::new(&identity.public_key);
        Self { dir, server, identity, _folder: folder }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn running(&self, plan: &str, once: bool) -> Running {
        Running {
            dir: self.dir.clone(),
            plan: Plan::parse(plan, "plan.yaml").unwrap(),
            server: self.server.url.clone(),
            longest_pause: Duration::from_secs(1),
            once,
        }
    }

    /// Runs until everything was measured and sent.
    fn once(&self, plan: &str) -> Vec<Counted> {
        let (mut told, stop) = (Vec::new(), Arc::default());
        run(&self.running(plan, true), &stop, &mut |counted| told.push(counted.clone())).unwrap();
        told
    }

    /// Runs beside the test.
    fn begin(&self, plan: &str) -> Beside {
        let (running, stop) = (self.running(plan, false), Arc::new(AtomicBool::new(false)));
        let asked = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut told = Vec::new();
            run(&running, &asked, &mut |counted| told.push(counted.clone())).map(|()| told)
        });
        Beside { stop, thread }
    }

    fn status(&self) -> guiju_station::Overview {
        guiju_station::Overview::of(&Folder::open(&self.dir).unwrap().0).unwrap()
    }
}

/// An agent that runs beside the test.
struct Beside {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<Counted>, Fault>>,
}

impl Beside {
    fn end(self) -> Vec<Counted> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap().unwrap()
    }
}

/// A plan with one watch of FM-1.
fn plan(revisit: f64, source: &str) -> String {
    format!(
        "plan: drill\npackage_minutes: 1\nreserve_mib: 0\nwatches:\n  - {{receiver: FM-1, task: safeguard, revisit_seconds: {revisit}, source: {source}}}\n"
    )
}

fn replay(file: &Path, format: &str, integration: i64) -> String {
    format!("{{kind: replay, file: {}, format: {format}, integration_seconds: {integration}}}", file.display())
}

/// The names of a folder's files.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
