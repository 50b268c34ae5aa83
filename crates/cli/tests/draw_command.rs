//! `guiju draw`: what it makes it accepts, whatever was changed it refuses by name, and what is no proof it cannot read.

#![expect(clippy::expect_used, reason = "a test ends where something does not hold")]

use std::path::Path;
use std::process::{Command, Output};

use guiju_kernel::draw::proof::Cause;
use guiju_kernel::draw::{Of, Proof};
use guiju_testkit::draw_pool;
use serde_json::Value;

fn guiju(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guiju")).current_dir(folder).args(args).output().expect("the program runs")
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one JSON document on stdout")
}

fn codes(answer: &Value) -> Vec<&str> {
    let rows = answer["mismatches"].as_array().expect("mismatches");
    rows.iter().filter_map(|row| row["code"].as_str()).collect()
}

/// A folder with an input and the proof made of it.
fn made() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let input = serde_json::to_string(&draw_pool::input(40, 6, 24, 8)).expect("json");
    std::fs::write(folder.path().join("input.json"), input).expect("written");
    let answer = guiju(folder.path(), &["draw", "make", "input.json", "--out", "proof.json"]);
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    folder
}

#[test]
fn what_was_made_is_accepted_and_its_snapshot_is_the_one_announced() {
    let folder = made();
    let answer = guiju(folder.path(), &["draw", "snapshot", "input.json"]);
    let announced = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let answer = guiju(folder.path(), &["draw", "verify", "proof.json", "--json", "--snapshot", &announced]);
    assert_eq!(answer.status.code(), Some(0));
    let shown = document(&answer);
    assert_eq!((&shown["ok"], &shown["drawn"], &shown["pool"]), (&true.into(), &6.into(), &40.into()));
    let other = draw_pool::digest("another pool");
    let answer = guiju(folder.path(), &["draw", "verify", "proof.json", "--json", "--snapshot", &other]);
    assert_eq!((answer.status.code(), codes(&document(&answer))), (Some(1), vec!["snapshot.announced"]));
    let answer = guiju(folder.path(), &["draw", "verify", "proof.json"]);
    let said = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert!(said.contains("成立") && said.contains("it holds") && said.contains(&announced), "{said}");
}

#[test]
fn a_changed_byte_is_refused_by_name_and_a_file_that_is_no_proof_is_unreadable() {
    let folder = made();
    let file = folder.path().join("proof.json");
    let whole = std::fs::read_to_string(&file).expect("a proof");
    let proof: Proof = serde_json::from_str(&whole).expect("a proof");
    let drawn = &proof.result.places[0].target;
    let changed = whole.replacen("检查员", "检查人", 1);
    assert_ne!(changed, whole);
    std::fs::write(&file, changed).expect("written");
    let answer = guiju(folder.path(), &["draw", "verify", "proof.json", "--json"]);
    assert_eq!(answer.status.code(), Some(1));
    assert!(codes(&document(&answer)).contains(&"hash"));

    let mut forged = proof.clone();
    forged.result.places[0].target = draw_pool::target(39).label;
    std::fs::write(&file, forged.to_bytes().expect("bytes")).expect("written");
    let answer = guiju(folder.path(), &["draw", "verify", "proof.json"]);
    let said = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert!(said.contains(&format!("按顺序应当抽中 `{drawn}`")) && said.contains("没有通过验证"), "{said}");

    for (name, content) in [("cut.json", &whole[..whole.len() / 2]), ("other.json", "{}"), ("empty.json", "")] {
        std::fs::write(folder.path().join(name), content).expect("written");
        assert_eq!(guiju(folder.path(), &["draw", "verify", name]).status.code(), Some(2), "{name}");
    }
    assert_eq!(guiju(folder.path(), &["draw", "verify", "absent.json"]).status.code(), Some(2));
}

#[test]
fn a_substitute_without_a_cause_is_refused_and_no_file_is_overwritten() {
    let folder = made();
    let again = guiju(folder.path(), &["draw", "make", "input.json", "--out", "proof.json"]);
    assert_eq!(again.status.code(), Some(2));
    let mut input = draw_pool::input(40, 6, 24, 8);
    let first = input.clone().proof().expect("a proof").result.places[0].target.clone();
    let at = "2026-03-06T09:00:00.000+08:00".to_owned();
    input.substitutions = vec![Cause { of: Of::Target { label: first }, cause: String::new(), at }];
    let text = serde_json::to_string(&input).expect("json");
    std::fs::write(folder.path().join("substitute.json"), text).expect("written");
    let answer = guiju(folder.path(), &["draw", "make", "substitute.json", "--out", "next.json", "--json"]);
    assert_eq!((answer.status.code(), codes(&document(&answer))), (Some(1), vec!["substitute.cause"]));
    assert!(!folder.path().join("next.json").exists());
}

#[test]
fn the_benchmark_prints_seconds_beside_the_bare_hkdf() {
    let folder = tempfile::tempdir().expect("a folder");
    let sizes = ["--pool", "2000", "--targets", "20", "--officers", "50", "--inspectors", "10", "--rounds", "1"];
    let answer = document(&guiju(folder.path(), &[&["bench", "draw", "--json"], sizes.as_slice()].concat()));
    let rows = answer["results"].as_array().expect("results");
    let names: Vec<_> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["draw/20/2000", "draw/verify/20/2000", "draw/bound/20/2000"]);
    assert!(rows[0]["ratio"].as_f64().is_some_and(|ratio| ratio >= 1.0), "{answer}");
}
