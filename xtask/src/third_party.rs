//! The list of other people's work that is inside the program, each with its licence: THIRD-PARTY-LICENSES.md.
//!
//! Two sources: cargo's own account of what `guiju` is built of on Linux (tests' and builds' own tools are not inside it), and the
//! page that names the files under crates/web/assets/vendor.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::finding::{Finding, Rule};
use crate::licence::is_accepted;
use crate::tree::Tree;

pub const FILE: &str = "THIRD-PARTY-LICENSES.md";
const VENDOR: &str = "crates/web/assets/vendor/VENDOR.md";
const PROGRAM: &str = "guiju-cli";

pub const RULE: Rule = Rule {
    name: "third-party",
    why: "whoever passes the program on must know whose work is in it and on which terms",
    mend: "run `cargo xtask third-party`; where a licence is not accepted, read it before its name goes into xtask/src/licence.rs",
    check: |_| Vec::new(),
};

const OPENING: &str = "# Other people's work in Guiju

Written by `cargo xtask third-party`; `cargo xtask tidy` fails when it is out of date. The licence texts come with each package's
source. Tools that only build or test the program are not listed.

";

/// One package: name, version, licence.
type Package = (String, String, String);

/// Whether the page is the one that would be written now, and every licence accepted.
pub fn check(tree: &Tree, current: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if tree.text(FILE) != Some(current) {
        findings.push(Finding::of(FILE, "does not list what the program is built of now"));
    }
    for row in
        current.lines().filter_map(|line| line.strip_prefix("| ")).map(|row| row.split(" | ").collect::<Vec<_>>())
    {
        if let [name, version, licence] = row.as_slice() {
            let licence = licence.trim_end_matches([' ', '|']);
            if version.starts_with(|c: char| c.is_ascii_digit()) && !is_accepted(licence) {
                findings.push(Finding::of(
                    FILE,
                    format!("`{name}` {version} is under `{licence}`, which nobody has accepted"),
                ));
            }
        }
    }
    findings
}

/// The page as it should be now.
pub fn document(root: &Path, tree: &Tree) -> Result<String, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let told = Command::new(cargo)
        .current_dir(root)
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .output()
        .map_err(|e| format!("cannot run cargo: {e}"))?;
    if !told.status.success() {
        return Err(format!("cargo cannot tell the packages: {}", String::from_utf8_lossy(&told.stderr).trim()));
    }
    let metadata: Value =
        serde_json::from_slice(&told.stdout).map_err(|e| format!("cannot read cargo's account: {e}"))?;
    let packages = inside(&metadata)?;
    let vendored = tree.text(VENDOR).map(vendored).unwrap_or_default();
    Ok(format!("{OPENING}{}{}", table("Rust packages", &packages), table("Files sent to browsers", &vendored)))
}

fn table(title: &str, packages: &BTreeSet<Package>) -> String {
    let rows: String =
        packages.iter().map(|(name, version, licence)| format!("| {name} | {version} | {licence} |\n")).collect();
    format!("## {title}\n\n| package | version | licence |\n|---|---|---|\n{rows}\n")
}

/// Every package that the program reaches through ordinary dependencies, our own left out.
fn inside(metadata: &Value) -> Result<BTreeSet<Package>, String> {
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let by_id: BTreeMap<String, Value> = list(metadata, "packages").into_iter().map(|p| (text(&p, "id"), p)).collect();
    let nodes = metadata.get("resolve").map(|resolve| list(resolve, "nodes")).unwrap_or_default();
    let edges: BTreeMap<String, Vec<String>> = nodes
        .iter()
        .map(|node| {
            let ordinary = list(node, "deps").into_iter().filter(|dep| list(dep, "dep_kinds").iter().any(is_ordinary));
            (text(node, "id"), ordinary.map(|dep| text(&dep, "pkg")).collect())
        })
        .collect();
    let start = by_id.iter().find(|(_, package)| text(package, "name") == PROGRAM).map(|(id, _)| id.clone());
    let mut open = vec![start.ok_or_else(|| format!("cargo knows no package `{PROGRAM}`"))?];
    let mut reached = BTreeSet::new();
    while let Some(id) = open.pop() {
        if reached.insert(id.clone()) {
            open.extend(edges.get(&id).into_iter().flatten().cloned());
        }
    }
    let ours = |package: &&Value| package.get("source").is_none_or(Value::is_null);
    Ok(reached
        .iter()
        .filter_map(|id| by_id.get(id))
        .filter(|package| !ours(package))
        .map(|package| (text(package, "name"), text(package, "version"), text(package, "license")))
        .collect())
}

fn is_ordinary(kind: &Value) -> bool {
    kind.get("kind").is_none_or(Value::is_null)
}

/// Rows `| file | package | version | licence | …` of the page beside the vendored files.
fn vendored(page: &str) -> BTreeSet<Package> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| "))
        .map(|line| line.split(" | ").map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|row| match row.as_slice() {
            [_, name, version, licence, ..] if name != "package" => {
                Some((name.clone(), version.clone(), licence.clone()))
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{"packages":[
        {"id":"g","name":"guiju-cli","version":"0.1.0","source":null},
        {"id":"a","name":"a","version":"1.0.0","license":"MIT","source":"registry"},
        {"id":"b","name":"b","version":"2.0.0","license":"GPL-3.0","source":"registry"},
        {"id":"t","name":"t","version":"3.0.0","license":"MIT","source":"registry"}],
      "resolve":{"nodes":[
        {"id":"g","deps":[{"pkg":"a","dep_kinds":[{"kind":null}]},{"pkg":"t","dep_kinds":[{"kind":"dev"}]}]},
        {"id":"a","deps":[{"pkg":"b","dep_kinds":[{"kind":"build"},{"kind":null}]}]},
        {"id":"b","deps":[]},{"id":"t","deps":[]}]}}"#;

    #[test]
    fn what_is_inside_is_listed_and_what_only_tests_use_is_not() {
        let packages = inside(&serde_json::from_str(METADATA).unwrap()).unwrap();
        assert_eq!(packages.iter().map(|p| p.0.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn an_old_page_and_an_unread_licence_are_found() {
        let packages = inside(&serde_json::from_str(METADATA).unwrap()).unwrap();
        let current = table("Rust packages", &packages);
        let of = |page: &str| check(&Tree::with(&[(FILE, page)]), &current).len();
        assert_eq!(of(&current), 1, "b's licence");
        assert_eq!(of("older"), 2, "b's licence and the page");
    }

    #[test]
    fn vendored_files_are_read_from_their_page() {
        let page = "| file | package | version | licence | here |\n|---|---|---|---|---|\n| a.js | a | 1.0 | MIT | 00 |\n| a.css | a | 1.0 | MIT | 01 |\n";
        assert_eq!(vendored(page).into_iter().collect::<Vec<_>>(), [("a".into(), "1.0".into(), "MIT".into())]);
    }
}
