//! A demonstration year of a fiftieth of the requests, with all its inspections and penalties.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::desk::Desk;

/// The plan's counts and what is put in their place, each found once at least.
const SMALLER: [(&str, &str); 12] = [
    ("firms: 6200", "firms: 124"),
    ("filed: 36210", "filed: 724"),
    ("declined: 640", "declined: 13"),
    ("open_at_end: 110", "open_at_end: 2"),
    ("filed: 162, open_at_end: 16", "filed: 3, open_at_end: 1"),
    ("requests: 260", "requests: 5"),
    ("firms: 1174, officers: 212, hand_overs: 40", "firms: 23, officers: 4, hand_overs: 1"),
    ("total: 6404", "total: 128"),
    ("total: 6403", "total: 128"),
    ("pool: 300", "pool: 100"),
    ("reopened: 1.5%", "reopened: 9%"),
    ("returned_twice: 0.2%", "returned_twice: 3%"),
];

fn plan() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/industry-it-bureau/years/2024.yaml")
}

/// Runs the year on the desk's data folder.
pub fn demonstrate(desk: &Desk) {
    let mut text = std::fs::read_to_string(plan()).unwrap();
    for (count, smaller) in SMALLER {
        assert!(text.contains(count), "the plan has no `{count}` any more");
        text = text.replace(count, smaller);
    }
    let smaller = desk.file("plan.yaml");
    std::fs::write(&smaller, text).unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_guiju"))
        .args(["demo", "--no-serve", "--plan", smaller.to_str().unwrap(), "--data", desk.data().to_str().unwrap()])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// Whatever the year did was lawful: late answers to firms are overrun promises, which are told apart.
pub fn keeps_the_law(desk: &Desk) {
    let (status, audit) = desk.audit();
    assert_eq!((status, &audit["findings"]), (0, &serde_json::json!([])), "{audit}");
    assert!(audit["judged"].as_u64().unwrap() > 5_000, "{audit}");
    assert!(!audit["promises"].as_array().unwrap().is_empty(), "the plan wishes for late ones");
    assert_eq!(audit["unknown"], serde_json::json!([]), "of our own cases everything is known");
}
