//! The front pages: what a visitor needs first, in both languages, and what changed.

use crate::finding::{Finding, Rule};
use crate::tree::Tree;

pub const COMMANDS: Rule = Rule {
    name: "front-page",
    why: "a visitor copies two commands from the first screen: one that shows the program and one that tests it",
    mend: "show both commands, the screenshot and the link to the other language in README.md and README.zh-CN.md",
    check: commands,
};

pub const CHANGELOG: Rule = Rule {
    name: "changelog",
    why: "whoever upgrades reads here what is different",
    mend: "keep a section `## Unreleased` with at least one entry at the top of CHANGELOG.md",
    check: changelog,
};

const PAGES: [(&str, &str); 2] = [("README.md", "README.zh-CN.md"), ("README.zh-CN.md", "README.md")];
const NEEDED: [&str; 3] = ["cargo run --release -- demo", "./test", "docs/screenshot.png"];

fn commands(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (page, other) in PAGES {
        let text = tree.text(page).unwrap_or_default();
        for needed in NEEDED.iter().copied().chain([other]).filter(|needed| !text.contains(needed)) {
            findings.push(Finding::of(page, format!("does not show `{needed}`")));
        }
    }
    findings
}

fn changelog(tree: &Tree) -> Vec<Finding> {
    let text = tree.text("CHANGELOG.md").unwrap_or_default();
    let section = text.split("\n## ").nth(1).unwrap_or_default();
    if section.starts_with("Unreleased\n") && section.lines().any(|line| line.starts_with("- ")) {
        return Vec::new();
    }
    vec![Finding::of("CHANGELOG.md", "its first section is not `## Unreleased` with an entry")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_front_page_without_a_command_is_found() {
        let full = "cargo run --release -- demo\n./test\n![](docs/screenshot.png) README.md README.zh-CN.md\n";
        let found = |text: &str| commands(&Tree::with(&[("README.md", text), ("README.zh-CN.md", full)])).len();
        assert_eq!(found(full), 0);
        assert_eq!(found(&full.replace("./test", "")), 1);
    }

    #[test]
    fn the_newest_section_is_the_unreleased_one() {
        let found = |text: &str| changelog(&Tree::with(&[("CHANGELOG.md", text)])).len();
        assert_eq!(found("# Changes\n\n## Unreleased\n\n- A thing.\n\n## 0.1.0\n"), 0);
        assert_eq!(found("# Changes\n\n## 0.1.0\n\n- A thing.\n"), 1);
        assert_eq!(found("# Changes\n\n## Unreleased\n\n## 0.1.0\n\n- A thing.\n"), 1);
    }
}
