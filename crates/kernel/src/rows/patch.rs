//! How does one JSON object become another? Merge patches (RFC 7396), made as small as they can be.
//!
//! RFC 7396 cannot set a member to null: here a null member and an absent one are the same, as in the rows themselves. Arrays
//! are replaced whole.

use serde_json::{Map, Value};

/// Changes `target` as the patch says: null removes a member, an object is merged, anything else replaces.
pub fn merge_patch(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, change) in patch {
        match change {
            Value::Null => {
                target.remove(name);
            }
            Value::Object(inner) => {
                let slot = target.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(members) = slot {
                    merge_patch(members, inner);
                } else {
                    let mut members = Map::new();
                    merge_patch(&mut members, inner);
                    *slot = Value::Object(members);
                }
            }
            other => {
                target.insert(name.clone(), other.clone());
            }
        }
    }
}

/// Returns the smallest patch that makes `after` of `before`: empty when they are equal.
pub fn diff(before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    let mut patch = Map::new();
    for (name, was) in before {
        if !was.is_null() && after.get(name).is_none_or(Value::is_null) {
            patch.insert(name.clone(), Value::Null);
        }
    }
    for (name, is) in after {
        if let Some(change) = diff_value(before.get(name), is) {
            patch.insert(name.clone(), change);
        }
    }
    patch
}

/// Returns what a patch says of a member that was `before` and is to be `after`; nothing when they are equal.
pub(crate) fn diff_value(before: Option<&Value>, after: &Value) -> Option<Value> {
    match (before, after) {
        (_, Value::Null) => None,
        (Some(before), after) if before == after => None,
        (Some(Value::Object(before)), Value::Object(after)) => Some(Value::Object(diff(before, after))),
        (_, after) => Some(after.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    /// The test cases of RFC 7396, appendix A, that are objects on both sides.
    #[test]
    fn patches_are_applied_as_the_standard_shows() {
        for (target, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            let mut target = object(target);
            merge_patch(&mut target, &object(patch));
            assert_eq!(Value::Object(target), result);
        }
    }

    #[test]
    fn a_patch_leads_from_one_to_the_other_and_says_no_more() {
        let before =
            object(json!({"same": 1, "gone": "x", "deep": {"keep": true, "drop": 1, "turn": "a"}, "list": [1]}));
        let after = object(json!({"same": 1, "deep": {"keep": true, "turn": "b"}, "list": [1, null], "new": {"a": 1}}));
        let patch = diff(&before, &after);
        assert_eq!(
            Value::Object(patch.clone()),
            json!({"gone": null, "deep": {"drop": null, "turn": "b"}, "list": [1, null], "new": {"a": 1}})
        );
        let mut target = before.clone();
        merge_patch(&mut target, &patch);
        assert_eq!(target, after);
        assert!(diff(&after, &after).is_empty());
    }
}
