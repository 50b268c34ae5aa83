//! The commands beside `run`: what they say and with which exit status.

use crate::server::Server;
use crate::{agent, done, init, nothing};

#[test]
fn a_station_is_made_once_and_its_private_key_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("station");
    let key = init(&dir);
    assert_eq!(hex::decode(&key).unwrap().len(), 32);
    let mode = std::fs::metadata(dir.join("key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = done(&["station", "init", dir.to_str().unwrap(), "--id", "JH-01"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8(again.stderr).unwrap().contains("已有一个监测站"));
}

#[test]
fn a_recording_is_taken_in_sent_and_seen_in_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("station");
    let server = Server::new(&init(&dir));
    let dir_text = dir.to_str().unwrap();
    let file = folder.path().join("log.csv");
    std::fs::write(&file, "2026-11-20, 08:00:10, 100000000, 100100000, 50000, 1, -50, -51, -51\nrubbish\n").unwrap();
    let import = [
        "station",
        "import",
        "--dir",
        dir_text,
        "--receiver",
        "FM-1",
        "--task",
        "safeguard",
        "--format",
        "rtl-power",
        "--revisit",
        "10",
        "--integration",
        "10",
        file.to_str().unwrap(),
    ];
    let first = done(&import);
    assert_eq!(first.status.code(), Some(1), "a bad row is a finding: {first:?}");
    assert!(String::from_utf8(first.stderr).unwrap().contains("line 2"));
    assert_eq!(done(&import).status.code(), Some(0), "the second time nothing is done");
    let status = done(&["station", "status", "--dir", dir_text, "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!((told["waiting"].as_u64(), told["running"].as_bool()), (Some(1), Some(false)));
    let sent = agent(&dir, &nothing(folder.path()), &server.url, &["--once"]).status().unwrap();
    assert!(sent.success());
    assert_eq!(server.backed().total_ns(), 10_000_000_000);
    let status = done(&["station", "status", "--dir", dir_text]);
    assert!(status.status.success() && String::from_utf8(status.stdout).unwrap().contains("acknowledged: 1 (#1)"));
}

#[test]
fn a_plan_or_a_folder_that_is_none_is_refused_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let told = done(&["station", "status", "--dir", folder.path().to_str().unwrap()]);
    let text = String::from_utf8(told.stderr).unwrap();
    assert!(told.status.code() == Some(2) && text.contains("没有监测站") && text.contains("no station"), "{text}");
    let dir = folder.path().join("station");
    init(&dir);
    let plan = folder.path().join("plan.yaml");
    std::fs::write(&plan, "plan: a\nwatches: []\n").unwrap();
    let mut run = agent(&dir, &plan, "http://127.0.0.1:9", &["--once"]);
    assert_eq!(run.status().unwrap().code(), Some(2));
    let mut run = agent(&dir, &nothing(folder.path()), "https://127.0.0.1:9", &["--once"]);
    assert_eq!(run.status().unwrap().code(), Some(2));
}
