//! What belongs to one machine or one person and must not be in a public repository.

use crate::finding::{Finding, Rule};
use crate::tree::Tree;

pub const PLACES: Rule = Rule {
    name: "private-things",
    why: "a path of one machine fails on every other, and a secret that was committed once is known for ever",
    mend: "say the path relative to the repository; revoke the secret, then take it out",
    check: places,
};

pub const LOCKS: Rule = Rule {
    name: "npm-lock",
    why: "a lock file that names download addresses ties the build to one mirror, and many offices have their own",
    mend: "run `npm install --package-lock-only --omit-lockfile-registry-resolved` in the folder",
    check: locks,
};

/// Folders under which people keep their work trees; the place of this checkout is looked for as well.
const HOMES: [&str; 3] = ["home", "root", "Users"];
/// How secrets of well-known kinds begin, cut in two so that this list does not find itself.
const SECRETS: [(&str, &str); 5] =
    [("ghp", "_"), ("github", "_pat_"), ("AKI", "A"), ("xox", "b-"), ("-----BEGIN ", "PRIVATE KEY")];

fn places(tree: &Tree) -> Vec<Finding> {
    let homes = HOMES.map(|home| format!("/{home}/"));
    let secrets = SECRETS.map(|(head, tail)| format!("{head}{tail}"));
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        for (number, line) in text.lines().enumerate() {
            if !tree.place.is_empty() && line.contains(&tree.place) {
                findings.push(Finding::at(path, number + 1, "names the place of this checkout"));
            }
            if let Some(home) = homes.iter().find(|home| begins_path(line, home)) {
                findings.push(Finding::at(path, number + 1, format!("a path of one machine, under `{home}`")));
            }
            if secrets.iter().any(|secret| line.contains(secret.as_str())) {
                findings.push(Finding::at(path, number + 1, "looks like a secret"));
            }
        }
    }
    findings
}

/// Whether the home begins a path there, rather than standing inside one (`crates/home/`) or in an address.
fn begins_path(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        let after = line.get(at + home.len()..).and_then(|tail| tail.chars().next());
        before.is_none_or(|c| c.is_whitespace() || "\"'`(=:[".contains(c)) && after.is_some_and(char::is_alphanumeric)
    })
}

fn locks(tree: &Tree) -> Vec<Finding> {
    tree.texts_ending("package-lock.json")
        .filter_map(|(path, text)| {
            let line = text.lines().position(|line| line.trim_start().starts_with("\"resolved\""))?;
            Some(Finding::at(path, line + 1, "names a download address"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_one_machine_and_a_secret_are_found() {
        let found = |text: &str| places(&Tree::with(&[("docs/a.md", text)])).len();
        assert_eq!(found(&format!("run \"/{}/me/x\"\n", HOMES[0])), 1);
        assert_eq!(found(&format!("token: {}{}abc\n", SECRETS[0].0, SECRETS[0].1)), 1);
        assert_eq!(found("crates/home/src and https://example.org/home/a and /home\n"), 0);
    }

    #[test]
    fn a_lock_with_download_addresses_is_found() {
        let found = |text: &str| locks(&Tree::with(&[("tests/browser/package-lock.json", text)])).len();
        assert_eq!(found("{\n  \"resolved\": \"somewhere\"\n}\n"), 1);
        assert_eq!(found("{\n  \"integrity\": \"sha512-x\"\n}\n"), 0);
    }
}
