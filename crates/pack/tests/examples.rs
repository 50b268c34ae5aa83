//! The shipped procedures do what the examples beside them say.

use std::path::PathBuf;

use guiju_pack::run_examples;

#[test]
fn every_shipped_example_comes_out_as_told() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packs/industry-it-bureau");
    let examples = run_examples(&folder).unwrap();
    let told: Vec<String> = examples.failures.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(examples.played.len() >= 12, "only {} examples were played", examples.played.len());
}
