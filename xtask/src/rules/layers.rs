//! Which crate may stand on which: the arrows of ARCHITECTURE.md, read from the manifests.

use std::collections::BTreeSet;

use crate::finding::{Finding, Rule};
use crate::rust_source::{code_only, is_shipped, without_tests};
use crate::tree::Tree;

pub const ARROWS: Rule = Rule {
    name: "layers",
    why: "arrows point one way, so that law can be changed without pages and pages without law",
    mend: "move the code to the room that may have it; a new arrow needs an ADR and a line in xtask/src/rules/layers.rs",
    check: arrows,
};

pub const DOOR: Rule = Rule {
    name: "one-door",
    why: "whoever acts goes through the office, so that no page, command or plan can write past the rules",
    mend: "ask `guiju_office::Office` to do it; only the office hands batches to the store",
    check: door,
};

/// What the office alone may name of the store: whatever writes.
const WRITES: [&str; 5] = ["Batch", "Fence", "StoredRecord", "take_lease", "RowChange"];
/// Rooms that may read from the store but never write to it.
const READERS: [&str; 3] = ["web", "demo", "cli"];

/// What each room may be built on, and no more. `xtask` and `testkit` are not part of the program.
const ALLOWED: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("verify", &[]),
    ("recheck", &[]),
    ("text", &["kernel"]),
    ("pack", &["kernel", "text"]),
    ("sheet", &["kernel", "text"]),
    ("report", &["kernel"]),
    ("spectrum", &[]),
    ("station", &["spectrum"]),
    ("store", &["kernel", "text"]),
    ("office", &["kernel", "pack", "report", "sheet", "spectrum", "store", "text"]),
    ("web", &["kernel", "office", "pack", "sheet", "spectrum", "store", "text", "verify"]),
    ("demo", &["kernel", "office", "pack", "spectrum", "text"]),
    (
        "cli",
        &[
            "demo", "kernel", "office", "pack", "recheck", "report", "sheet", "spectrum", "station", "store", "text",
            "verify", "web",
        ],
    ),
    ("testkit", &["kernel", "store", "text"]),
];

/// Packages that a room must not name although others may: the kernel is pure.
const FORBIDDEN: &[(&str, &[&str])] = &[(
    "kernel",
    &["tokio", "sqlx", "axum", "rand", "getrandom", "async-trait", "futures-util", "tempfile", "tracing", "reqwest"],
)];

fn arrows(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts_ending("/Cargo.toml").filter(|(path, _)| path.starts_with("crates/")) {
        let room = path.trim_start_matches("crates/").trim_end_matches("/Cargo.toml");
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == room) else {
            findings.push(Finding::of(path, format!("the room `{room}` is not on the plan of the house")));
            continue;
        };
        for (line, package) in dependencies(text) {
            let named = package.strip_prefix("guiju-");
            let forbidden = FORBIDDEN.iter().any(|(name, list)| *name == room && list.contains(&package.as_str()));
            if named.is_some_and(|other| !allowed.contains(&other)) || forbidden {
                findings.push(Finding::at(path, line, format!("`{room}` must not be built on `{package}`")));
            }
        }
    }
    findings
}

fn door(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts_ending(".rs").filter(|(path, _)| is_shipped(path) && reads_only(path)) {
        for (number, line) in without_tests(&code_only(text)).lines().enumerate() {
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            for word in words.filter(|word| WRITES.contains(word)) {
                findings.push(Finding::at(
                    path,
                    number + 1,
                    format!("names `{word}`, with which the store is written"),
                ));
            }
        }
    }
    findings
}

/// Benchmarks seed millions of rows and replay write sets as bare SQL: that is their subject, and they never touch real data.
fn reads_only(path: &str) -> bool {
    READERS.iter().any(|room| path.starts_with(&format!("crates/{room}/src/"))) && !path.contains("/bench")
}

/// Packages under `[dependencies]` and `[build-dependencies]` with their lines; what only tests use may be anything.
fn dependencies(manifest: &str) -> BTreeSet<(usize, String)> {
    let mut section = String::new();
    let mut found = BTreeSet::new();
    for (number, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(head) = line.strip_prefix('[') {
            section = head.trim_end_matches(']').to_owned();
            // `[dependencies.name]`, the long way to write one.
            if let Some(name) = section.strip_prefix("dependencies.") {
                found.insert((number + 1, name.to_owned()));
            }
        } else if section.ends_with("dependencies") && !section.ends_with("dev-dependencies") && !line.starts_with('#')
        {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default().trim_matches('"');
            if !name.is_empty() {
                found.insert((number + 1, name.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, manifest: &str) -> Vec<String> {
        arrows(&Tree::with(&[(path, manifest)])).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn an_arrow_that_points_up_is_found() {
        let manifest = "[dependencies]\nguiju-kernel.workspace = true\nguiju-web = { path = \"../web\" }\n";
        assert_eq!(found("crates/office/Cargo.toml", manifest), ["`office` must not be built on `guiju-web`"]);
        assert_eq!(found("crates/verify/Cargo.toml", "[dependencies.guiju-kernel]\nworkspace = true\n").len(), 1);
    }

    #[test]
    fn the_kernel_has_no_runtime_and_tests_may_use_anything() {
        assert_eq!(found("crates/kernel/Cargo.toml", "[dependencies]\ntokio.workspace = true\n").len(), 1);
        assert!(found("crates/kernel/Cargo.toml", "[dev-dependencies]\ntokio.workspace = true\n").is_empty());
    }

    #[test]
    fn testkit_never_ships_and_an_unknown_room_is_found() {
        assert_eq!(found("crates/cli/Cargo.toml", "[dependencies]\nguiju-testkit.workspace = true\n").len(), 1);
        assert_eq!(found("crates/shed/Cargo.toml", "[dependencies]\n").len(), 1);
    }

    #[test]
    fn a_page_that_writes_past_the_office_is_found() {
        let found = |path: &str| door(&Tree::with(&[(path, "use guiju_store::{Batch, Draft};\n")])).len();
        assert_eq!(found("crates/web/src/door.rs"), 1);
        assert_eq!(found("crates/office/src/writer/pending.rs"), 0);
        assert_eq!(found("crates/cli/src/bench/seed.rs"), 0);
    }
}
