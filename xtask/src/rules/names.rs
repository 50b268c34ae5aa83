//! Modules are named for nouns of the domain.

use crate::finding::{Finding, Rule};
use crate::rust_source::code_only;
use crate::tree::Tree;

pub const MODULES: Rule = Rule {
    name: "module-names",
    why: "a file called `utils` tells nobody what it holds and collects what has no home",
    mend: "name the thing that the file is about, as the glossary does",
    check: modules,
};

const BANNED: [&str; 7] = ["util", "utils", "helper", "helpers", "manager", "common", "misc"];

fn modules(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts_ending(".rs") {
        for part in path.trim_end_matches(".rs").split('/').filter(|part| BANNED.contains(part)) {
            findings.push(Finding::of(path, format!("is named `{part}`")));
        }
        // `mod x;` names a file that is found by its path; only a module written in place is found here.
        for (number, line) in code_only(text).lines().enumerate() {
            let name = in_place(line).filter(|name| BANNED.contains(name));
            findings.extend(name.map(|name| Finding::at(path, number + 1, format!("declares a module `{name}`"))));
        }
    }
    findings
}

/// The name in `mod name {`, whatever its visibility.
fn in_place(line: &str) -> Option<&str> {
    let (visibility, tail) = line.trim().split_once("mod ")?;
    let plain = visibility.is_empty() || visibility.starts_with("pub");
    tail.strip_suffix('{').map(str::trim).filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_a_folder_and_a_module_in_place_are_found() {
        let found = |path: &str, text: &str| modules(&Tree::with(&[(path, text)])).len();
        assert_eq!(found("crates/a/src/utils.rs", "//! .\n"), 1);
        assert_eq!(found("crates/a/tests/common/mod.rs", "//! .\n"), 1);
        assert_eq!(found("crates/a/src/lib.rs", "//! .\npub mod helpers {\n}\n"), 1);
        assert_eq!(found("crates/a/src/common_law.rs", "//! .\nmod common_law;\n"), 0);
    }
}
