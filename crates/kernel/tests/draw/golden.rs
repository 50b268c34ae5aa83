//! The worked example of `docs/formats/draw.md` is what the kernel makes.

use guiju_kernel::draw::proof::{Mark, Recorded};
use guiju_kernel::draw::source::{commitment, randomness};
use guiju_kernel::draw::{Input, examine};
use guiju_testkit::draw_pool;

const PAGE: &str = include_str!("../../../../docs/formats/draw.md");
const INPUT: &str = include_str!("../../../../docs/formats/golden/draw-input.json");
const PROOF: &[u8] = include_bytes!("../../../../docs/formats/golden/draw-proof.json");

#[test]
fn the_example_of_the_page_is_what_comes_out() {
    let input: Input = serde_json::from_str(INPUT).expect("the input");
    let proof = input.proof().expect("a proof");
    assert_eq!(String::from_utf8_lossy(&proof.to_bytes().expect("bytes")), String::from_utf8_lossy(PROOF));
    assert!(examine(PROOF).expect("readable").verdict.is_ok());
    let said = |line: &str| PAGE.lines().any(|other| other == line);
    for line in [&proof.snapshot_hash, &proof.snapshot.code, &proof.code, &proof.key, &proof.hash] {
        assert!(said(line), "the page does not say {line}");
    }
    for line in randomness(&proof.snapshot_hash, &proof.reveals).lines() {
        assert!(said(line), "the page does not say {line}");
    }
    for place in &proof.result.places {
        let line = format!("{} target\t{}", place.position, place.target);
        assert!(said(&line), "the page does not say {line}");
    }
    let first = &proof.reveals[0];
    let salt = first.salt.as_deref().unwrap_or_default();
    assert!(said(&commitment(&proof.snapshot.id, &first.source, &first.value, salt)));
}

/// Run with `--ignored` after a change of the format, then look at what changed.
#[test]
#[ignore = "writes the example of the page anew"]
fn write_the_example() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/golden");
    let mut input = draw_pool::input(12, 3, 9, 4);
    let first = input.clone().proof().expect("a proof").result.places.swap_remove(0).target;
    let of = guiju_kernel::draw::Of::Target { label: first };
    let at = "2026-03-06T09:00:00.000+08:00".to_owned();
    input.substitutions = vec![guiju_kernel::draw::proof::Cause { of, cause: "企业已迁出本市".into(), at }];
    let mark = |seq: u64| Mark { seq, leaf_hash: draw_pool::digest(&format!("entry {seq}")) };
    input.recorded = Some(Recorded {
        snapshot: Some(mark(1_203)),
        commitments: vec![mark(1_198), mark(1_199)],
        seed: Some(mark(1_377)),
        result: Some(mark(1_378)),
        substitutions: vec![mark(1_402)],
    });
    let text = serde_json::to_string_pretty(&input).expect("json") + "\n";
    std::fs::write(format!("{folder}/draw-input.json"), text).expect("written");
    std::fs::write(format!("{folder}/draw-proof.json"), input.proof().expect("a proof").to_bytes().expect("bytes"))
        .expect("written");
}
