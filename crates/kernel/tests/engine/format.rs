//! The record's page shows what the engine writes.

use guiju_kernel::canon;
use serde_json::json;

use super::fixture::Desk;

const PAGE: &str = include_str!("../../../../docs/formats/record.md");

/// The examples of `docs/formats/record.md` are the canonical bytes of real records, member for member.
#[test]
fn the_examples_of_the_page_are_what_the_engine_writes() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    desk.dispatch("gov/sme", &[]);
    desk.later("2024-03-04T10:20");
    let mut proposal = desk.proposal("contact", &["sme"], json!({}));
    proposal.done = super::fixture::at("2024-03-04T10:15");
    desk.propose(&proposal).unwrap();
    for record in [&desk.records[0], &desk.records[2]] {
        let bytes = canon::to_bytes(&json!(record)).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(PAGE.lines().any(|line| line == text), "the page lacks this record:\n{text}");
    }
}

/// The members that the page lists are those that records have.
#[test]
fn the_page_lists_every_member() {
    let mut desk = Desk::new("2024-03-04T10:00");
    desk.file();
    let record = json!(desk.records[0]);
    for name in record.as_object().unwrap().keys() {
        assert!(PAGE.contains(&format!("| `{name}` |")), "the page lacks `{name}`");
    }
}
