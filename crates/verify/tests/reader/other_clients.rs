//! Go's own `sumdb/note` and `sumdb/tlog` accept our receipts and refuse changed ones.

use std::path::{Path, PathBuf};
use std::process::Command;

use guiju_testkit::facts::left_out;

const VKEY: &str = "guiju.example/events+6a7aa0ed+Ac0Us3+VbpUxlP9/tzs9gdzFYdYadTgJS3w+GmQ+5fOq";
const RECEIPT: &str = include_str!("../../../../docs/formats/golden/receipt.tlog-proof");

/// Builds the Go program in `folder`, or says that it cannot.
fn build(folder: &Path) -> Option<PathBuf> {
    let program = folder.join("tlogcheck");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/go/tlogcheck/main.go");
    let packages = std::env::var("GOPATH").unwrap_or_else(|_| "/usr/share/gocode".to_owned());
    let built = Command::new("go")
        .args(["build", "-o"])
        .args([program.as_os_str(), source.as_ref()])
        .env("GO111MODULE", "off")
        .env("GOPATH", &packages)
        .env("GOCACHE", folder.join("cache"))
        .output();
    match built {
        Ok(done) if done.status.success() => Some(program),
        Ok(done) => panic!("tlogcheck does not build: {}", String::from_utf8_lossy(&done.stderr)),
        Err(_) => {
            left_out("not checked with Go's packages: no `go` here (Debian: golang-go, golang-golang-x-mod-dev)");
            None
        }
    }
}

#[test]
fn go_accepts_the_receipt_and_refuses_every_changed_one() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = build(folder.path()) else { return };
    let accepts = |vkey: &str, receipt: &str| {
        let file = folder.path().join("receipt.tlog-proof");
        std::fs::write(&file, receipt).unwrap();
        Command::new(&program).arg(vkey).arg(&file).output().unwrap().status.success()
    };
    assert!(accepts(VKEY, RECEIPT));
    for (at, line) in RECEIPT.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        let changed: Vec<String> = RECEIPT
            .lines()
            .enumerate()
            .map(|(n, line)| if n == at { swap_character(line) } else { line.to_owned() })
            .collect();
        assert!(!accepts(VKEY, &(changed.join("\n") + "\n")), "line {at}: {line}");
    }
    assert!(!accepts(&VKEY.replace("events", "readings"), RECEIPT));
}

/// Changes the character in the middle of the line for another of the same kind.
fn swap_character(line: &str) -> String {
    let middle = line.chars().count() / 2;
    let swapped = |c: char| if c == 'a' || c == '2' { '1' } else { 'a' };
    line.chars().enumerate().map(|(n, c)| if n == middle { swapped(c) } else { c }).collect()
}
