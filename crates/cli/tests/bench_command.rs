//! The benchmarks measure honest data: what `bench pages` seeds past the office passes `verify`, and `bench acts` and
//! `bench licences` print what scripts read.

#![expect(clippy::expect_used, reason = "a test ends where something does not hold")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn guiju(args: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.current_dir(folder).args(args).output().expect("the program runs")
}

fn document(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON document on stdout")
}

/// Names of the results; each has a value above nothing.
fn names(document: &Value) -> Vec<String> {
    let results = document["results"].as_array().expect("results");
    assert!(results.iter().all(|row| row["value"].as_f64().is_some_and(|value| value > 0.0)), "{document}");
    results.iter().filter_map(|row| Some(row["name"].as_str()?.to_owned())).collect()
}

#[test]
fn data_seeded_past_the_office_pass_verify() {
    let folder = tempfile::tempdir().expect("a folder");
    let args = [
        "bench", "pages", "--json", "--cases", "500", "--beside", "50", "--loads", "4", "--data", "town", "--dir", ".",
    ];
    let answer = document(&guiju(&args, folder.path()));
    let pages = ["inbox", "alarms", "case", "counts", "search", "publications", "publications/firm"];
    let wanted = pages.iter().flat_map(|page| [format!("pages/{page}/p99"), format!("pages/bound/{page}/p99")]);
    assert_eq!(names(&answer), wanted.collect::<Vec<_>>());
    let report = document(&guiju(&["verify", "--json", "--data", "town/500"], folder.path()));
    assert_eq!(report["ok"], true, "{report}");
    // The same data are taken again, not seeded anew.
    let seeded = std::fs::metadata(folder.path().join("town/500/guiju.sqlite")).and_then(|file| file.created());
    document(&guiju(&args, folder.path()));
    let again = std::fs::metadata(folder.path().join("town/500/guiju.sqlite")).and_then(|file| file.created());
    assert_eq!(seeded.ok(), again.ok());
}

/// The command itself sees to it that 37 wrong rows come back and that each station gets its licence.
#[test]
fn a_batch_of_licences_is_timed_stage_by_stage_beside_its_bound() {
    let folder = tempfile::tempdir().expect("a folder");
    let args = ["bench", "licences", "--json", "--stations", "100", "--dir", "."];
    let answer = document(&guiju(&args, folder.path()));
    let stages =
        ["begun", "wrong", "marked", "right", "filed", "accepted", "examined", "decided", "issued", "listed", "sum"];
    assert_eq!(names(&answer), stages.map(|stage| format!("licences/{stage}")));
    let values: Vec<f64> =
        answer["results"].as_array().expect("results").iter().filter_map(|r| r["value"].as_f64()).collect();
    let (sum, parts) = values.split_last().expect("a sum");
    assert!((parts.iter().sum::<f64>() - sum).abs() < 0.01, "{answer}");
    assert_eq!(answer["results"][10]["bound"], 20.0);
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").flatten().collect();
    assert!(left.is_empty(), "the benchmark left {left:?} behind");
}

#[test]
fn acts_are_printed_beside_their_bound_by_the_names_that_scripts_know() {
    let folder = tempfile::tempdir().expect("a folder");
    let args = ["bench", "acts", "--json", "--seconds", "1", "--rounds", "1", "--clients", "1,8", "--dir", "."];
    let answer = document(&guiju(&args, folder.path()));
    assert_eq!(answer["bench"], "acts");
    assert!(answer["machine"].as_str().is_some_and(|machine| machine.contains("cores")));
    assert_eq!(
        names(&answer),
        ["acts/sqlite/1", "acts/bound/sqlite/1", "acts/sqlite/8", "acts/bound/sqlite/8", "acts/http/8"]
    );
    let row = &answer["results"][0];
    let ratio = row["value"].as_f64().zip(row["bound"].as_f64()).map(|(value, bound)| value / bound);
    assert!(ratio.zip(row["ratio"].as_f64()).is_some_and(|(ours, theirs)| (ours - theirs).abs() < 0.01), "{row}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").flatten().collect();
    assert!(left.is_empty(), "the benchmark left {left:?} behind");
}
