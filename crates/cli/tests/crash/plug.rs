//! The plug is pulled: whatever was written and not synced is gone.
//!
//! A shim before the C library (`unsynced.c`) hands every write on, and beside each file keeps the content it had when it was last
//! synced. After a kill the folder is put back to those contents: the worst that a disk may make of a power cut, short of damage. The
//! shim knows no order between files but that of their syncs. Names of files (making, renaming, removing) it takes for durable at once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::drill::{Acknowledged, AtWork, Moments, faults, kills, missing};

const SHIM: &str = include_str!("unsynced.c");

/// The shim as a library, made by the C compiler that the database's own build needs anyway.
fn shim(folder: &Path) -> PathBuf {
    let (source, library) = (folder.join("unsynced.c"), folder.join("unsynced.so"));
    std::fs::write(&source, SHIM).expect("the shim's source can be written");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let made = Command::new(compiler)
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o"])
        .arg(&library)
        .arg(&source)
        .args(["-ldl", "-lpthread"])
        .status()
        .expect("a C compiler runs");
    assert!(made.success(), "the shim compiles");
    library
}

struct Bench {
    _folder: tempfile::TempDir,
    shim: PathBuf,
    data: PathBuf,
    /// What each file held when it was last synced.
    synced: PathBuf,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, synced) = (folder.path().join("data"), folder.path().join("synced"));
        for made in [&data, &synced] {
            std::fs::create_dir_all(made).expect("a folder can be made");
        }
        Bench { shim: shim(folder.path()), _folder: folder, data, synced }
    }

    /// Works for a while from where the data stand, then loses its power; answers what was acknowledged.
    fn run(&self, run: &str, time: Duration, deaf: bool) -> Acknowledged {
        // Whoever looked at the data meanwhile may have left something there that the shim knows nothing of.
        self.lose_power();
        let mut program = AtWork::begin(&self.data, run, |command| {
            command.env("LD_PRELOAD", &self.shim);
            command.env("UNSYNCED_DATA", &self.data).env("UNSYNCED_KEPT", &self.synced);
            if deaf {
                command.env("UNSYNCED_DEAF", "1");
            }
        });
        program.until_first();
        program.work_for(time);
        let acknowledged = program.kill();
        self.lose_power();
        acknowledged
    }

    /// Puts every file back to its last synced content; the shared memory of SQLite is no file that survives.
    fn lose_power(&self) {
        std::fs::remove_dir_all(&self.data).expect("the folder can be removed");
        copy(&self.synced, &self.data);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a file has a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

#[test]
fn a_pulled_plug_loses_nothing_that_was_acknowledged_and_leaves_nothing_half_done() {
    let mut moments = Moments(19_700_101);
    let all = kills(12);
    let mut acts = 0;
    let mut bench = Bench::new();
    let mut acknowledged = Acknowledged::new();
    for cut in 0..all {
        if cut % 10 == 0 {
            bench = Bench::new();
            acts += std::mem::take(&mut acknowledged).len();
        }
        acknowledged.extend(bench.run(&format!("cut{cut}"), Duration::from_millis(moments.below(300)), false));
        if let Some(faults) = faults(&bench.data) {
            panic!("cut {cut}: verify finds {faults}");
        }
        assert_eq!(missing(&bench.data, &acknowledged), 0, "cut {cut}: acknowledged acts are missing");
    }
    acts += acknowledged.len();
    eprintln!("{all} power cuts, {acts} acknowledged acts, all there");
}

/// Holds the test above to its word: a disk that lies about syncing does lose acts, and the same comparison sees it.
#[test]
fn on_a_disk_that_does_not_sync_the_shim_loses_acts() {
    let bench = Bench::new();
    let mut acknowledged = bench.run("honest", Duration::from_millis(100), false);
    assert_eq!(missing(&bench.data, &acknowledged), 0);
    acknowledged.extend(bench.run("lied", Duration::from_millis(300), true));
    assert!(missing(&bench.data, &acknowledged) > 0, "nothing was lost although nothing was synced");
}
