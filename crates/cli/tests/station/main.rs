//! `guiju station` as people run it: killed at random moments, asked for its state, and in front of the real office.
//!
//! How often it is killed: `GUIJU_KILLS` (default 12).

#![cfg(target_os = "linux")]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where something does not hold"
)]

mod commands;
mod kill;
mod office;
#[path = "../../../station/tests/station/server.rs"]
#[expect(dead_code, reason = "the agent's own tests put the server into more moods than these")]
mod server;
#[path = "../../../station/tests/station/twin.rs"]
mod twin;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

fn guiju(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.args(arguments).stderr(Stdio::null());
    command
}

fn done(arguments: &[&str]) -> Output {
    guiju(arguments).stderr(Stdio::piped()).output().unwrap()
}

/// Makes a station's folder; gives its public key.
fn init(dir: &Path) -> String {
    let told = done(&["station", "init", dir.to_str().unwrap(), "--id", "JH-01"]);
    assert!(told.status.success(), "{told:?}");
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
}

/// A plan with one watch of FM-1.
fn plan(folder: &Path, name: &str, source: &str) -> PathBuf {
    let text = format!(
        "plan: drill\npackage_minutes: 1\nreserve_mib: 1\nwatches:\n  - {{receiver: FM-1, task: black_broadcast, revisit_seconds: 1, source: {source}}}\n"
    );
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A plan that measures nothing: what is there already is sent.
fn nothing(folder: &Path) -> PathBuf {
    let empty = folder.join("empty.csv");
    std::fs::write(&empty, "").unwrap();
    plan(folder, "nothing.yaml", &format!("{{kind: replay, file: {}, format: hackrf}}", empty.display()))
}

fn agent(dir: &Path, plan: &Path, url: &str, more: &[&str]) -> Command {
    let mut command = guiju(&["station", "run", "--longest-pause", "1", "--server", url, "--dir"]);
    command.arg(dir).arg("--plan").arg(plan).args(more);
    command
}

/// A process that ends with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
