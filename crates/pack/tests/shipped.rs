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

#[test]
fn editors_find_the_schema_of_every_shipped_file() {
    let mut folders = vec![shipped_folder()];
    let mut checked = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // The plans of demonstration years are read by the demonstration.
            let plan = path.parent().is_some_and(|folder| folder.ends_with("years"));
            if path.extension().is_none_or(|ending| ending != "yaml") || plan {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let schema = text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
            let schema = schema.unwrap_or_else(|| panic!("{} names no schema in its first line", path.display()));
            assert!(path.parent().unwrap().join(schema).is_file(), "{}: there is no {schema}", path.display());
            checked += 1;
        }
    }
    assert!(checked > 30);
}
