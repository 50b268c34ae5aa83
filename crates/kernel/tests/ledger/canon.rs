//! Canonical bytes: RFC 8785's own rules, and what Guiju refuses beyond them.

use guiju_kernel::canon::{CanonError, to_bytes};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn text(value: &Value) -> String {
    String::from_utf8(to_bytes(value).unwrap()).unwrap()
}

#[test]
fn members_are_sorted_and_nothing_is_between_them() {
    assert_eq!(
        text(&json!({"b": [1, true, null], "a": {"z": 0, "A": -1}})),
        r#"{"a":{"A":-1,"z":0},"b":[1,true,null]}"#
    );
}

#[test]
fn strings_escape_only_what_rfc_8785_section_3_2_2_2_escapes() {
    let all = json!("\u{20ac}$\u{0f}\u{0a}A'\u{42}\u{22}\u{5c}\\\"\u{8}\u{9}\u{c}\u{d}\u{0}\u{7f}/规矩\u{2028}");
    assert_eq!(text(&all), "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"\\b\\t\\f\\r\\u0000\u{7f}/规矩\u{2028}\"");
}

#[test]
fn integers_stop_where_some_readers_would_round() {
    assert_eq!(
        text(&json!([9_007_199_254_740_991i64, -9_007_199_254_740_991i64])),
        "[9007199254740991,-9007199254740991]"
    );
    for too_large in [json!(9_007_199_254_740_992i64), json!(-9_007_199_254_740_992i64), json!(u64::MAX)] {
        assert!(matches!(to_bytes(&too_large), Err(CanonError::IntegerTooLarge(_))), "{too_large}");
    }
}

#[test]
fn no_fraction_and_no_negative_zero_enters_a_record() {
    for float in ["1.5", "1e3", "-0", "1.0"] {
        let value: Value = serde_json::from_str(float).unwrap();
        assert!(matches!(to_bytes(&value), Err(CanonError::NotAnInteger(_))), "{float}");
    }
}

#[test]
fn member_names_outside_ascii_are_refused_because_their_two_orders_differ() {
    assert_eq!(to_bytes(&json!({"名": 1})), Err(CanonError::NameNotAscii("名".to_owned())));
}

#[test]
fn a_record_that_no_reader_would_read_back_is_refused() {
    let mut nested = json!(0);
    for _ in 0..200 {
        nested = json!([nested]);
    }
    assert_eq!(to_bytes(&nested), Err(CanonError::TooDeep));
}

fn any_record() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::vec(("[ -~]{0,6}", inner), 0..8).prop_map(|m| Value::Object(Map::from_iter(m))),
        ]
    })
}

proptest! {
    /// Reading canonical bytes back gives the same record, and writing that gives the same bytes.
    #[test]
    fn bytes_and_record_are_two_sides_of_one_thing(record in any_record()) {
        let bytes = to_bytes(&record).unwrap();
        let back: Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(&back, &record);
        prop_assert_eq!(to_bytes(&back).unwrap(), bytes);
    }

    /// Within ASCII names and integers, RFC 8785 is what serde_json writes from a sorted map.
    #[test]
    fn a_plain_writer_agrees(record in any_record()) {
        prop_assert_eq!(to_bytes(&record).unwrap(), serde_json::to_vec(&record).unwrap());
    }
}
