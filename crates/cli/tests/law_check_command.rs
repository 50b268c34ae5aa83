//! `guiju law check --pack DIR` on a stranger's pack: every fault is printed with its place or its course, and the exit status says
//! that there is one (2 where the pack does not load, 1 where the law is broken, 0 where all is well).

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be read has failed")]

#[path = "../../pack/tests/strangers/mod.rs"]
mod strangers;

use std::path::Path;
use std::process::{Command, Output};

fn law_check(folder: &Path, more: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_guiju");
    Command::new(program).args(["law", "check", "--pack"]).arg(folder).args(more).output().unwrap()
}

/// What was printed, line by line, with paths from the folder.
fn lines(printed: &[u8], folder: &Path) -> Vec<String> {
    let text = String::from_utf8(printed.to_vec()).unwrap().replace(&format!("{}/", folder.display()), "");
    text.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_strangers_fault_is_printed_and_the_exit_status_says_so() {
    for fault in strangers::faults() {
        let folder = fault.pack();
        let output = law_check(folder.path(), &[]);
        let printed = lines(if fault.loads { &output.stdout } else { &output.stderr }, folder.path());
        for told in &fault.told {
            assert!(printed.contains(told), "{}: `{told}` is not among {printed:#?}", fault.fault);
        }
        assert_eq!(output.status.code(), Some(if fault.loads { 1 } else { 2 }), "{}", fault.fault);
    }
}

#[test]
fn the_course_stands_in_the_document_too() {
    let faults = strangers::faults();
    let fault = faults.iter().find(|fault| fault.fault == "a decision that can be reached around the notice").unwrap();
    let folder = fault.pack();
    let output = law_check(folder.path(), &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdicts = document["verdicts"].as_array().unwrap();
    let found = verdicts.iter().find(|verdict| verdict["constraint"] == "notice-first").unwrap();
    assert_eq!(found["verdict"], "violated");
    assert_eq!(
        found["path"],
        serde_json::json!([{"zh": "立案", "en": "File"}, {"zh": "审核", "en": "Review"}, {"zh": "决定", "en": "Decide"}])
    );
}

#[test]
fn a_sound_pack_is_left_alone() {
    let output = law_check(&strangers::sound(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn statutes_that_contradict_each_other_are_told_with_both_articles_and_places() {
    let folder = strangers::changed(
        "law/penalties.yaml",
        &[(
            "  published:",
            "  decided-first: {zh: 先决定后告知, en: the decision first, article: \"3\", before: [p.decision, p.notice]}\n  published:",
        )],
    );
    let output = law_check(folder.path(), &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let told = &document["contradictions"][0];
    assert_eq!((&told["first"], &told["second"]), (&"notice-first".into(), &"decided-first".into()));
    assert_eq!(told["told"]["file"], folder.path().join("law/penalties.yaml").display().to_string());
    let en = told["told"]["en"].as_str().unwrap().replace(&format!("{}/", folder.path().display()), "");
    let wanted = "the constraint `decided-first` (penalties#3) contradicts `notice-first` (penalties#1, law/penalties.yaml:30): ";
    assert!(en.starts_with(wanted), "{en}");
    assert!(
        told["told"]["zh"]
            .as_str()
            .unwrap()
            .starts_with("法定约束 `decided-first`（penalties#3）与 `notice-first`（penalties#1，")
    );
}
