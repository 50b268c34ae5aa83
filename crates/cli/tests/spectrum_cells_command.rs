//! `guiju spectrum cells`: an alarm with its rules on a sample that fires, quiet on its counter-sample, bad rows named.

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be made has failed")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spectrum/samples/cells").join(name)
}

fn cells(file: &Path, more: &[&str]) -> Output {
    let licensed = sample("licensed.csv");
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.args(["spectrum", "cells"]).arg(file).arg("--licensed").arg(licensed).args(more);
    command.output().unwrap()
}

#[test]
fn rules_that_fire_are_shown_with_their_version_and_value() {
    let output = cells(&sample("area-changes.fires.csv"), &["--all"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("area-changes") && said.contains(" v1"), "{said}");
    let quiet = String::from_utf8(cells(&sample("area-changes.quiet.csv"), &["--all"]).stdout).unwrap();
    assert!(!quiet.contains("area-changes"), "{quiet}");
}

#[test]
fn a_row_that_is_wrong_is_named_and_a_file_without_rows_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scan.csv");
    let whole = std::fs::read_to_string(sample("area-changes.fires.csv")).unwrap();
    std::fs::write(&file, format!("{whole}1970-01-01T00:00:00Z,x,0,0,gsm,460,0,1,1,1,1\n")).unwrap();
    let output = cells(&file, &["--json"]);
    let told = String::from_utf8(output.stderr).unwrap();
    let line = whole.lines().count() + 1;
    assert!(told.contains(&format!("第 {line} 行")) && told.contains("scan.csv"), "{told}");
    std::fs::write(&file, "time,station\n").unwrap();
    assert_eq!(cells(&file, &[]).status.code(), Some(2));
}
