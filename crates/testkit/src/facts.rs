//! Where do the fact files that tests compare with lie? In `shared`, beside the repository or one folder higher.
//!
//! Refuses to pretend: when the folder is absent the caller is told, and says on stderr that nothing was compared.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Finds a file or folder below `shared`; `GUIJU_SHARED` names another folder. Says on stderr when it is not there.
pub fn shared(path: &str) -> Option<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("GUIJU_SHARED").map(PathBuf::from);
    let beside = ["../../../shared", "../../../../shared"].map(|up| crates.join(up));
    let found = named.into_iter().chain(beside).map(|folder| folder.join(path)).find(|found| found.exists());
    if found.is_none() {
        left_out(&format!("there is no `shared/{path}` beside the repository (set GUIJU_SHARED to name one)"));
    }
    found
}

/// Says on stderr that something could not be checked here, and notes it in the file that `GUIJU_LEFT_OUT` names, because test
/// runners hide what a passing test prints: `./test` shows these notes at its end.
pub fn left_out(why: &str) {
    eprintln!("LEFT OUT: {why}");
    let Some(notes) = std::env::var_os("GUIJU_LEFT_OUT") else { return };
    let noted = std::fs::OpenOptions::new().create(true).append(true).open(notes);
    if let Err(fault) = noted.and_then(|mut file| file.write_all(format!("{why}\n").as_bytes())) {
        eprintln!("LEFT OUT, and it could not be noted: {fault}");
    }
}
