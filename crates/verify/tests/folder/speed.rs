//! A whole year is read in time and in little memory. Run by hand, optimised:
//! `cargo test --release -p guiju-verify --test folder -- --ignored --nocapture`.

use crate::bureau;
use guiju_verify::{Options, Target, verify};
use std::time::Instant;

const FOLDER: &str = "GUIJU_SPEED_FOLDER";

/// Writes the folder (kept if `GUIJU_SPEED_FOLDER` names one), then reads it in a process of its own, whose memory counts.
#[tokio::test]
#[ignore = "writes half a gigabyte and means something in a release build only"]
async fn three_hundred_and_fifty_thousand_events_are_read_in_thirty_seconds_and_a_gibibyte() {
    let own = tempfile::tempdir().unwrap();
    let folder = std::env::var_os(FOLDER).map_or(own.path().to_owned(), Into::into);
    if !folder.join("guiju.sqlite").exists() {
        bureau::small(125_000).0.write(&folder).await;
    }
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "speed::the_folder_that_the_environment_names_is_read", "--nocapture"])
        .env(FOLDER, &folder)
        .status();
    assert!(child.unwrap().success());
}

#[tokio::test]
#[ignore = "the second half of the test above"]
async fn the_folder_that_the_environment_names_is_read() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let started = Instant::now();
    let report = verify(Target::Data(folder.into()), Options::default()).await.unwrap();
    let (took, peak) = (started.elapsed(), peak_kib());
    eprintln!("{} events in {took:?}, {peak} KiB at the peak", report.events);
    assert!(report.ok && report.events >= 350_000, "{:?}", report.faults);
    assert!(took.as_secs() < 30 && peak < 1 << 20);
}

/// The most memory this process has held.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(u64::MAX)
}
