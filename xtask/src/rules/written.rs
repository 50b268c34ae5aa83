//! What every Rust file says of itself, and what it must not leave unsaid.

use crate::finding::{Finding, Rule};
use crate::rust_source::{code_only, without_tests};
use crate::tree::Tree;

pub const MODULE_DOCS: Rule = Rule {
    name: "module-docs",
    why: "a reader learns from the first lines which question a file answers and what it refuses",
    mend: "begin the file with a line `//! …` that says it in one sentence",
    check: module_docs,
};

pub const EXCEPTIONS: Rule = Rule {
    name: "lint-exceptions",
    why: "an exception without a reason is a rule that nobody keeps, and `allow` stays when its cause is gone",
    mend: "write `#[expect(the_lint, reason = \"…\")]`, or mend what the lint found",
    check: exceptions,
};

pub const STUBS: Rule = Rule {
    name: "no-stubs",
    why: "what is not done must be seen from outside, not found when it panics",
    mend: "finish it, return an error that says so, or give an ignored test its reason: `#[ignore = \"…\"]`",
    check: stubs,
};

fn module_docs(tree: &Tree) -> Vec<Finding> {
    tree.texts_ending(".rs")
        .filter(|(_, text)| !text.lines().next().unwrap_or_default().starts_with("//! "))
        .map(|(path, _)| Finding::at(path, 1, "does not begin with `//! `"))
        .collect()
}

fn exceptions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts_ending(".rs") {
        let code = code_only(text);
        for open in ["#[allow(", "#![allow(", "#[expect(", "#![expect("] {
            for (at, _) in code.match_indices(open) {
                let line = line_of(&code, at);
                let attribute = code.get(at..).and_then(|tail| tail.split(']').next()).unwrap_or_default();
                if open.contains("allow") {
                    findings.push(Finding::at(path, line, "`allow` instead of `expect`"));
                } else if !attribute.contains("reason") {
                    findings.push(Finding::at(path, line, "an exception without a reason"));
                }
            }
        }
    }
    findings
}

fn stubs(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts_ending(".rs") {
        let code = code_only(text);
        let shipped = without_tests(&code);
        for stub in ["todo!", "unimplemented!"] {
            findings.extend(shipped.match_indices(stub).map(|(at, _)| {
                Finding::at(path, line_of(&shipped, at), format!("`{stub}` stands in for work not done"))
            }));
        }
        findings.extend(
            code.match_indices("#[ignore]")
                .map(|(at, _)| Finding::at(path, line_of(&code, at), "an ignored test without a reason")),
        );
    }
    findings
}

fn line_of(code: &str, at: usize) -> usize {
    code.get(..at).unwrap_or_default().matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(check: fn(&Tree) -> Vec<Finding>, source: &str) -> Vec<Option<usize>> {
        check(&Tree::with(&[("crates/a/src/lib.rs", source)])).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_file_without_its_opening_sentence_is_found() {
        assert_eq!(broken(module_docs, "use std::fmt;\n"), [Some(1)]);
        assert!(broken(module_docs, "//! What it is.\nuse std::fmt;\n").is_empty());
    }

    #[test]
    fn an_exception_needs_a_reason_and_must_not_be_an_allow() {
        assert_eq!(broken(exceptions, "//! .\n#[allow(dead_code, reason = \"x\")]\nfn f() {}\n"), [Some(2)]);
        assert_eq!(broken(exceptions, "#![expect(dead_code)]\n"), [Some(1)]);
        assert!(
            broken(exceptions, "#[expect(dead_code, reason = \"kept for the wire format\")]\nfn f() {}\n").is_empty()
        );
    }

    #[test]
    fn a_stub_is_found_outside_tests_and_words_about_stubs_are_not() {
        assert_eq!(broken(stubs, "fn f() {\n    todo!()\n}\n"), [Some(2)]);
        assert_eq!(broken(stubs, "#[test]\n#[ignore]\nfn f() {}\n"), [Some(2)]);
        assert!(broken(stubs, "// todo!() is banned\nconst T: &str = \"unimplemented!\";\n").is_empty());
        assert!(broken(stubs, "#[ignore = \"takes an hour\"]\nfn f() {}\n").is_empty());
    }
}
