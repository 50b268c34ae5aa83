//! The shipped pack loads, from its folder, from the program and from its own archive alike.

use std::path::PathBuf;

use guiju_pack::{Complaint, Pack};

fn shipped_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packs/industry-it-bureau")
}

fn complain(complaints: Vec<Complaint>) -> String {
    let told: Vec<String> = complaints.iter().map(ToString::to_string).collect();
    format!("the shipped pack has faults:\n{}", told.join("\n"))
}

#[test]
fn the_shipped_pack_is_the_same_wherever_it_is_read_from() {
    let folder = Pack::load(&shipped_folder()).map_err(complain).unwrap();
    let embedded = Pack::embedded().map_err(complain).unwrap();
    let archived = Pack::from_archive(&embedded.archive).map_err(complain).unwrap();
    assert_eq!(folder.hash, embedded.hash);
    assert_eq!(archived.hash, embedded.hash);
    assert_eq!(archived.archive, embedded.archive);
    assert_eq!(archived.procedures, embedded.procedures);
    assert_eq!(folder.hash.len(), 64);
}
