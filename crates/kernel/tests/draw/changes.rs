//! Whatever is changed in a proof is seen: every member, and every bit of the file.

use guiju_kernel::draw::proof::{Cause, Mark, Recorded};
use guiju_kernel::draw::{Of, Proof, examine};
use guiju_testkit::draw_pool;
use serde_json::Value;

fn proof() -> Proof {
    let mut input = draw_pool::input(14, 3, 10, 5);
    let first = input.clone().proof().expect("a proof").result.places;
    let mark = |seq: u64| Mark { seq, leaf_hash: draw_pool::digest(&seq.to_string()) };
    let at = "2026-03-06T09:00:00.000+08:00";
    let cause = |of| Cause { of, cause: "临时停产".into(), at: at.into() };
    let target = Some(first[1].target.clone());
    input.substitutions = vec![
        cause(Of::Target { label: first[0].target.clone() }),
        cause(Of::Inspector { label: first[1].inspectors[0].clone(), target }),
    ];
    input.recorded = Some(Recorded {
        snapshot: Some(mark(4)),
        commitments: vec![mark(2), mark(3)],
        seed: Some(mark(6)),
        result: Some(mark(7)),
        substitutions: vec![mark(9)],
    });
    input.proof().expect("a proof")
}

/// Whether the file is refused, as unreadable or as not holding.
fn refused(file: &[u8]) -> bool {
    examine(file).map_or(true, |examined| examined.verdict.is_err())
}

/// Calls `seen` with the document after each possible change of one value.
fn each_change(document: &mut Value, path: &mut Vec<String>, seen: &mut dyn FnMut(&Value, &str)) {
    fn at<'v>(document: &'v mut Value, path: &[String]) -> &'v mut Value {
        path.iter().fold(document, |value, step| match value {
            Value::Array(items) => &mut items[step.parse::<usize>().expect("an index")],
            other => &mut other[step.as_str()],
        })
    }
    let before = at(document, path).clone();
    let changed: Vec<Value> = match &before {
        Value::String(text) => vec![format!("{text}x").into(), text.chars().skip(1).collect::<String>().into()],
        Value::Number(number) => vec![(number.as_u64().expect("a count") + 1).into(), Value::Null],
        Value::Array(items) => {
            let mut all = vec![Value::Array(items.iter().skip(1).cloned().collect()), Value::Null];
            all.push(Value::Array(items.iter().chain(items.last()).cloned().collect()));
            all.push(Value::Array(items.iter().rev().cloned().collect()));
            all
        }
        Value::Object(members) => {
            let without = members.keys().map(|name| {
                let rest = members.iter().filter(|(other, _)| *other != name);
                Value::Object(rest.map(|(name, value)| (name.clone(), value.clone())).collect())
            });
            let more = members.iter().map(|(name, value)| (name.clone(), value.clone()));
            let more = Value::Object(more.chain([("more".to_owned(), Value::Null)]).collect());
            without.chain([more]).collect()
        }
        _ => Vec::new(),
    };
    for value in changed.into_iter().filter(|value| *value != before) {
        *at(document, path) = value;
        seen(document, &path.join("."));
    }
    *at(document, path) = before.clone();
    let steps: Vec<String> = match &before {
        Value::Array(items) => (0..items.len()).map(|at| at.to_string()).collect(),
        Value::Object(members) => members.keys().cloned().collect(),
        _ => Vec::new(),
    };
    for step in steps {
        path.push(step);
        each_change(document, path, seen);
        path.pop();
    }
}

#[test]
fn every_changed_member_is_refused_even_when_the_files_own_hash_is_made_anew() {
    let proof = proof();
    let file = proof.to_bytes().expect("bytes");
    assert!(!refused(&file));
    let mut document = serde_json::to_value(&proof).expect("a value");
    let mut tried = 0;
    let mut survivors = Vec::new();
    each_change(&mut document, &mut Vec::new(), &mut |changed, path| {
        tried += 1;
        let mut bytes = guiju_kernel::canon::to_bytes(changed).expect("canonical");
        bytes.push(b'\n');
        assert!(refused(&bytes), "`{path}` was changed unseen");
        // Who makes the file's own hash anew gets past that one only: what follows from pool and sources still does not match.
        let Ok(mut forged) = serde_json::from_value::<Proof>(changed.clone()) else { return };
        if forged == proof {
            return; // What was added is not kept, so that nothing of it is forged.
        }
        forged.hash = forged.own_hash().expect("a hash");
        if !refused(&forged.to_bytes().expect("bytes")) {
            survivors.push(path.to_owned());
        }
    });
    assert!(tried > 500, "{tried}");
    survivors.sort();
    survivors.dedup();
    // Words about what happened later, and claims about the ledger, which the ledger itself settles; the hash made anew is the old one.
    let settled_elsewhere = |path: &String| {
        path == "hash"
            || path.starts_with("recorded")
            || path.is_empty()
            || path.ends_with(".cause")
            || path == "substitutions"
    };
    let left: Vec<_> = survivors.iter().filter(|path| !settled_elsewhere(path)).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn every_flipped_bit_of_the_file_is_refused() {
    let mut file = proof().to_bytes().expect("bytes");
    for at in 0..file.len() {
        // One bit of every byte in turn; all bits of some.
        for bit in 0..8 {
            if at % 8 == bit || at % 61 == 0 {
                file[at] ^= 1 << bit;
                assert!(refused(&file), "bit {bit} of byte {at} was flipped unseen");
                file[at] ^= 1 << bit;
            }
        }
    }
    assert!(!refused(&file));
}

#[test]
fn another_spelling_of_the_same_content_is_refused_and_said_to_be_that() {
    let proof = proof();
    let pretty = serde_json::to_vec_pretty(&proof).expect("json");
    let fault = examine(&pretty).expect("readable").verdict.expect_err("not canonical");
    assert_eq!(fault.0.iter().map(|mismatch| mismatch.what.code()).collect::<Vec<_>>(), ["text"]);
    let mut file = proof.to_bytes().expect("bytes");
    file.pop();
    assert!(refused(&file), "the last line feed is part of the file");
}

#[test]
fn what_does_not_match_is_named() {
    let whole = proof();
    let codes = |proof: &Proof| {
        let fault = guiju_kernel::draw::verify(proof).expect_err("changed");
        fault.0.iter().map(|mismatch| (mismatch.what.code(), mismatch.at.clone())).collect::<Vec<_>>()
    };
    let mut proof = whole.clone();
    proof.result.places.swap(0, 1);
    let [first, second] = [&whole.result.places[0].target, &whole.result.places[1].target];
    let none = String::new;
    assert_eq!(codes(&proof), [("place", first.clone()), ("place", second.clone()), ("hash", none())]);
    let mut proof = whole.clone();
    proof.snapshot.targets.remove(2);
    assert_eq!(codes(&proof), [("snapshot.hash", none()), ("hash", none())]);
    let mut proof = whole.clone();
    proof.result.places[2].inspectors.swap(0, 1);
    assert_eq!(codes(&proof), [("inspectors", whole.result.places[2].target.clone()), ("hash", none())]);
    let mut proof = whole.clone();
    proof.substitutions[1].cause.clear();
    assert_eq!(codes(&proof), [("substitute.cause", "2".to_owned()), ("hash", none())]);
    let mut proof = whole;
    proof.key = draw_pool::digest("another key");
    assert_eq!(codes(&proof), [("key", none()), ("hash", none())]);
}
