//! The worked example of draft-thomson-elegy-vrs: colours for a shed.

use guiju_kernel::draw::Key;
use guiju_kernel::draw::proof::code_matches;
use sha2::{Digest, Sha256};

/// Some colours of CSS level 3: those that the draft prints, and others that must come after them.
const COLOURS: [&str; 30] = [
    "aliceblue",
    "antiquewhite",
    "aqua",
    "aquamarine",
    "azure",
    "beige",
    "bisque",
    "black",
    "blue",
    "chocolate",
    "coral",
    "cornflowerblue",
    "crimson",
    "darkgoldenrod",
    "darkgray",
    "gold",
    "green",
    "indigo",
    "ivory",
    "khaki",
    "lavender",
    "lavenderblush",
    "lightpink",
    "lime",
    "mediumvioletred",
    "navy",
    "olive",
    "red",
    "tomato",
    "white",
];
const RANDOMNESS: &[u8] = b"1.2.3.4.5.6./1.2.3.4.5.6./1.2.3.4.5.6./";

fn code(times: usize) -> Vec<u8> {
    (0..times).fold(b"totally not a bikeshed".to_vec(), |code, _| Sha256::digest(&code).to_vec())
}

fn first(times: usize, most: usize) -> Vec<String> {
    let key = Key::extract(&code(times), RANDOMNESS);
    let mut order: Vec<_> = COLOURS.iter().map(|name| (key.position(&[name.as_bytes()]).to_hex(), *name)).collect();
    order.sort();
    order.iter().take(most).map(|(position, name)| format!("{}... {name}", &position[..27])).collect()
}

#[test]
fn the_worked_example_of_the_draft_comes_out() {
    assert_eq!(hex::encode(code(10)), "950ea08d8d5fd3ae415b9967aba7a48aba39ca62a4d98f2e7fe25cb1b8f8c488");
    assert_eq!(hex::encode(code(9)), "5346f2efb5397a6788fc1f1d9c05c6d3f2abe9b7d16d8592a3695b6dbe9f2456");
    assert!(code_matches(&hex::encode(code(9)), &hex::encode(code(10))));
    assert!(!code_matches(&hex::encode(code(8)), &hex::encode(code(10))));
    assert_eq!(
        first(9, 6),
        [
            "002ed527ae0a44a86c205d1cdba... lavenderblush",
            "03f710be2b61a6f9c3f89aa5ab5... blue",
            "08bab81380d7f0769cecf9969a8... darkgoldenrod",
            "0c26494fa81f3aed8a9f66e77b7... mediumvioletred",
            "0e1af5d1ccfd44de075cc0bb6d5... bisque",
            "13a07cc9abf3b737e49a62b0634... lightpink",
        ]
    );
    assert_eq!(
        first(8, 3),
        [
            "00d1c59a9f1b581060a9e732e91... aqua",
            "02b514b0b1807bfe086db524f40... darkgray",
            "0337add95eac62a356b020a273a... cornflowerblue",
        ]
    );
}
