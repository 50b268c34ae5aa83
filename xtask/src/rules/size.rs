//! How long a file and a function may be.

use crate::finding::{Finding, Rule};
use crate::rust_source::{code_only, functions, is_shipped};
use crate::tree::Tree;

/// Lines of a file from which it is pointed out.
const FILE_AIM: usize = 400;
/// Lines of a file beyond which the rule is broken.
const FILE_MOST: usize = 500;
/// Lines of a function, signature and closing brace included, beyond which the rule is broken.
const FUNCTION_MOST: usize = 70;

pub const FILE_LENGTH: Rule = Rule {
    name: "file-length",
    why: "a newcomer reads a file in one sitting; a long one hides a second subject",
    mend: "name the second subject and give it a file of its own",
    check: file_length,
};

pub const FUNCTION_LENGTH: Rule = Rule {
    name: "function-length",
    why: "a function that does not fit a screen is two functions",
    mend: "take out the part that has a name of its own",
    check: function_length,
};

fn file_length(tree: &Tree) -> Vec<Finding> {
    tree.texts_ending(".rs")
        .filter_map(|(path, text)| {
            let lines = text.lines().count();
            let finding = Finding::of(path, format!("{lines} lines, at most {FILE_MOST}, better {FILE_AIM}"));
            match lines {
                n if n > FILE_MOST && is_shipped(path) => Some(finding),
                n if n > FILE_AIM && is_shipped(path) || n > FILE_MOST => Some(finding.warning()),
                _ => None,
            }
        })
        .collect()
}

fn function_length(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts_ending(".rs") {
        for function in functions(&code_only(text)) {
            let lines = function.last - function.first + 1;
            if lines > FUNCTION_MOST {
                let what = format!("`{}` has {lines} lines, at most {FUNCTION_MOST}", function.name);
                findings.push(Finding::at(path, function.first, what));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_pointed_out_before_it_is_refused() {
        let lines = |n: usize| "//! .\n".repeat(n);
        let of = |path: &str, n: usize| file_length(&Tree::with(&[(path, &lines(n))]));
        assert!(of("crates/a/src/lib.rs", 400).is_empty());
        assert!(of("crates/a/src/lib.rs", 401)[0].warning);
        assert!(!of("crates/a/src/lib.rs", 501)[0].warning);
        assert!(of("crates/a/tests/all.rs", 501)[0].warning);
    }

    #[test]
    fn a_function_of_seventy_lines_is_the_longest_lawful_one() {
        let of = |inside: usize| {
            let text = format!("fn long() {{\n{}}}\n", "    call();\n".repeat(inside));
            function_length(&Tree::with(&[("crates/a/src/lib.rs", &text)]))
        };
        assert!(of(68).is_empty());
        assert_eq!(of(69)[0].what, "`long` has 71 lines, at most 70");
    }
}
