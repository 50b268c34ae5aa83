//! Decisions in `docs/adr`: one number each, each on the list.

use std::collections::BTreeMap;

use crate::finding::{Finding, Rule};
use crate::tree::Tree;

pub const INDEX: &str = "docs/adr/README.md";
const FOLDER: &str = "docs/adr/";

pub const NUMBERING: Rule = Rule {
    name: "adr-numbers",
    why: "a decision is cited by its number, so a number means one decision for ever",
    mend: "name the file `NNNN-words.md`, open it with `# NNNN Title`, and give the newer of two the next free number",
    check: numbering,
};

pub const INDEXED: Rule = Rule {
    name: "adr-index",
    why: "a decision that is not on the list is not found by those it binds",
    mend: "run `cargo xtask adr`",
    check: indexed,
};

const OPENING: &str = "# Decisions

Why the house is built as it is: one page a decision, with what was rejected and what would change our mind. Numbers are never
used twice. A decision that no longer holds stays, and says which one took its place. This list is written by `cargo xtask adr`.

";

/// The list of decisions, by number.
pub fn index(tree: &Tree) -> String {
    let rows: String = decisions(tree)
        .filter_map(|(name, _, text)| {
            let title = text.lines().next()?.strip_prefix("# ")?;
            let (number, words) = title.split_once(' ')?;
            Some(format!("- [{number}]({name}) {words}\n"))
        })
        .collect();
    format!("{OPENING}{rows}")
}

/// File name, path and text of every page in the folder but the list.
fn decisions(tree: &Tree) -> impl Iterator<Item = (&str, &str, &str)> {
    tree.texts_ending(".md")
        .filter(|(path, _)| *path != INDEX)
        .filter_map(|(path, text)| Some((path.strip_prefix(FOLDER)?, path, text)))
}

fn numbering(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, path, text) in decisions(tree) {
        let number = name.split('-').next().unwrap_or_default();
        if number.len() != 4 || !number.bytes().all(|b| b.is_ascii_digit()) {
            findings.push(Finding::of(path, "its name does not begin with four digits and a hyphen"));
            continue;
        }
        if !text.starts_with(&format!("# {number} ")) {
            findings.push(Finding::at(path, 1, format!("does not open with `# {number} ` and a title")));
        }
        if let Some(first) = taken.insert(number, path) {
            findings.push(Finding::of(path, format!("has the number of `{first}`")));
        }
    }
    findings
}

fn indexed(tree: &Tree) -> Vec<Finding> {
    match tree.text(INDEX) {
        Some(text) if text == index(tree) => Vec::new(),
        Some(_) => vec![Finding::of(INDEX, "does not list the decisions beside it")],
        None => vec![Finding::of(INDEX, "is missing")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_used_twice_or_not_opened_with_is_found() {
        let twice = Tree::with(&[("docs/adr/0001-a.md", "# 0001 A\n"), ("docs/adr/0001-b.md", "# 0001 B\n")]);
        assert_eq!(numbering(&twice).len(), 1);
        assert_eq!(numbering(&Tree::with(&[("docs/adr/0002-a.md", "# Two\n")])).len(), 1);
        assert_eq!(numbering(&Tree::with(&[("docs/adr/notes.md", "# Notes\n")])).len(), 1);
    }

    #[test]
    fn a_decision_missing_from_the_list_is_found() {
        let pages = [("docs/adr/0001-a.md", "# 0001 One way only\n")];
        let list = index(&Tree::with(&pages));
        assert!(list.ends_with("- [0001](0001-a.md) One way only\n"), "{list}");
        assert_eq!(indexed(&Tree::with(&pages)).len(), 1);
        assert_eq!(indexed(&Tree::with(&[pages[0], (INDEX, OPENING)])).len(), 1);
        assert!(indexed(&Tree::with(&[pages[0], (INDEX, &list)])).is_empty());
    }
}
