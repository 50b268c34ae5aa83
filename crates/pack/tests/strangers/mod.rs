//! The faults of strangers, as the tests of the loader and of the command read them.

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be read has failed")]

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One fault in the sound procedure.
pub struct Fault {
    pub fault: String,
    /// What stands in the procedure exactly once, and what is put in its place.
    pub changes: Vec<(String, String)>,
    /// Whether the pack still loads: then the fault is one of law, and no slip of form.
    pub loads: bool,
    /// Every line that is told.
    pub told: Vec<String>,
}

fn tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../pack/tests")
}

/// The pack without a fault.
pub fn sound() -> PathBuf {
    tests().join("law")
}

pub fn faults() -> Vec<Fault> {
    let text = std::fs::read_to_string(tests().join("strangers/penalties.yaml")).unwrap();
    let list: Vec<Value> = serde_saphyr::from_str(&text).unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let fault = |one: &Value| Fault {
        fault: word(&one["fault"]),
        changes: one["changes"].as_array().unwrap().iter().map(|one| (word(&one["find"]), word(&one["put"]))).collect(),
        loads: one["loads"].as_bool().unwrap(),
        told: one["told"].as_array().unwrap().iter().map(word).collect(),
    };
    let faults: Vec<Fault> = list.iter().map(fault).collect();
    assert!(faults.len() >= 8);
    faults
}

impl Fault {
    /// The pack with the fault, in a folder of its own.
    pub fn pack(&self) -> tempfile::TempDir {
        let changes: Vec<(&str, &str)> = self.changes.iter().map(|(find, put)| (&**find, &**put)).collect();
        changed("procedures/penalty/penalty.yaml", &changes)
    }
}

/// The sound pack with one file changed: what stands there exactly once, and what is put in its place.
pub fn changed(file: &str, changes: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&sound(), folder.path());
    let path = folder.path().join(file);
    let mut text = std::fs::read_to_string(&path).unwrap();
    for (find, put) in changes {
        assert_eq!(text.matches(find).count(), 1, "`{find}` must stand once");
        text = text.replace(find, put);
    }
    std::fs::write(&path, text).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
