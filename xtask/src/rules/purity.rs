//! The kernel touches nothing outside: no files, no clock, no chance, no threads, and no floating point where law counts.

use crate::finding::{Finding, Rule};
use crate::rust_source::{code_only, without_tests};
use crate::tree::Tree;

pub const KERNEL: Rule = Rule {
    name: "pure-kernel",
    why: "the same pack, acts, clock and seed must give the same records on every machine, and the law must be testable without one",
    mend: "take the value as an argument; the office reads clocks and files and draws chance",
    check: kernel,
};

const OUTSIDE: &[(&str, &str)] = &[
    ("std::fs", "reads files"),
    ("std::net", "reaches the network"),
    ("std::env", "reads the environment"),
    ("std::process", "runs or ends processes"),
    ("std::thread", "starts threads"),
    ("SystemTime", "reads the clock"),
    ("std::time", "reads the clock"),
    ("::now(", "reads the clock"),
    ("async fn", "waits"),
    ("println!", "prints"),
    ("f64", "counts in floating point"),
    ("f32", "counts in floating point"),
];

fn kernel(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts_ending(".rs").filter(|(path, _)| path.starts_with("crates/kernel/src/")) {
        for (number, line) in without_tests(&code_only(text)).lines().enumerate() {
            for (sign, does) in OUTSIDE.iter().filter(|(sign, _)| has_word(line, sign)) {
                findings.push(Finding::at(path, number + 1, format!("`{}` {does}", sign.trim_matches([':', '(']))));
            }
        }
    }
    findings
}

/// Whether the sign stands in the line and is not the inside of a longer name.
fn has_word(line: &str, sign: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(sign).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        let after = line.get(at + sign.len()..).and_then(|tail| tail.chars().next());
        let open = sign.starts_with(in_name) && before.is_some_and(in_name);
        let close = sign.ends_with(in_name) && after.is_some_and(in_name);
        !open && !close
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> usize {
        kernel(&Tree::with(&[("crates/kernel/src/lib.rs", source)])).len()
    }

    #[test]
    fn clocks_files_and_floats_are_found() {
        assert_eq!(found("let now = Timestamp::now();\n"), 1);
        assert_eq!(found("use std::fs;\n"), 1);
        assert_eq!(found("fn rate() -> f64 { 0 }\n"), 1);
    }

    #[test]
    fn longer_names_tests_and_comments_are_not() {
        assert_eq!(found("let f64_like = 1; // f64 is refused\n"), 0);
        assert_eq!(found("#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n"), 0);
        let elsewhere = Tree::with(&[("crates/web/src/lib.rs", "let x: f64 = 1.0;\n")]);
        assert!(kernel(&elsewhere).is_empty());
    }
}
