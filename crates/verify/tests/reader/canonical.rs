//! Only the one spelling of a record is accepted.

use guiju_verify::canonical::parse;
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn canonical_bytes_are_read() {
    let text = "{\"A\":-1,\"a\":[true,false,null,0,9007199254740991],\"b\":\"规\\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f/\u{7f}\u{2028}\",\"c\":{}}";
    let wanted = json!({
        "A": -1, "a": [true, false, null, 0, 9_007_199_254_740_991i64],
        "b": "规\"\\\u{8}\t\n\u{c}\r\u{0}\u{1f}/\u{7f}\u{2028}", "c": {},
    });
    assert_eq!(parse(text.as_bytes()), Ok(wanted));
}

#[test]
fn any_second_spelling_is_refused() {
    for text in [
        "",
        " {}",
        "{} ",
        "{}\n",
        "{ }",
        "[1, 2]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" :1}",
        "{\"b\":1,\"a\":1}",
        "{\"a\":1,\"a\":1}",
        "{\"名\":1}",
        "01",
        "-0",
        "00",
        "+1",
        "1.0",
        "1e3",
        "1E3",
        "-",
        "--1",
        "9007199254740992",
        "-9007199254740992",
        "99999999999999999999",
        "\"",
        "\"\n\"",
        "\"\\/\"",
        "\"\\u0041\"",
        "\"\\u000a\"",
        "\"\\u0008\"",
        "\"\\u001F\"",
        "\"\\u00\"",
        "\"\\ud83d\\ude00\"",
        "\"\\u7f\"",
        "\"\\x\"",
        "nul",
        "nulll",
        "True",
        "NaN",
        "'a'",
        "{}{}",
    ] {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
    assert!(parse(b"\"\xff\"").is_err());
    assert!(parse("[".repeat(100_000).as_bytes()).is_err(), "deep nesting must not exhaust the stack");
}

proptest! {
    /// Whatever is accepted is what a sorted compact writer writes, and such a writer's integers and texts are accepted.
    #[test]
    fn accepted_means_written_so(bytes in proptest::collection::vec(prop::sample::select(b"{}[],:\"\\au0019-.e ntrfls".to_vec()), 0..14)) {
        if let Ok(value) = parse(&bytes) {
            prop_assert_eq!(serde_json::to_vec(&value).unwrap(), bytes);
        }
    }

    #[test]
    fn texts_read_back(text: String, number in -9_007_199_254_740_991i64..=9_007_199_254_740_991) {
        let value = json!({"number": number, "text": text});
        prop_assert_eq!(parse(&serde_json::to_vec(&value).unwrap()).unwrap(), value);
    }

    #[test]
    fn any_bytes_are_survived(bytes: Vec<u8>) {
        let _: Result<Value, _> = parse(&bytes);
    }
}
