//! The page on tables and the migrations name the same tables, on both backends.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Rule};
use crate::tree::Tree;

const PAGE: &str = "docs/formats/tables.md";
const MIGRATIONS: &str = "crates/store/migrations/";

pub const LISTED: Rule = Rule {
    name: "tables-listed",
    why: "what `verify` must check and what it may ignore is decided by this page, so a table that is not on it is checked by nobody",
    mend: "list the table under its class in docs/formats/tables.md, or drop it from the migrations of both backends",
    check: listed,
};

fn listed(tree: &Tree) -> Vec<Finding> {
    let made = tables_of_migrations(tree);
    let Some(page) = tree.text(PAGE) else { return vec![Finding::of(PAGE, "is missing")] };
    let named = tables_of_page(page);
    let mut findings = Vec::new();
    for (backend, tables) in &made {
        let folder = format!("{MIGRATIONS}{backend}");
        for table in tables.iter().filter(|table| !named.iter().any(|name| matches(name, table))) {
            findings.push(Finding::of(&folder, format!("`{table}` is not on the page")));
        }
        for name in
            named.iter().filter(|name| !name.starts_with('_') && !tables.iter().any(|table| matches(name, table)))
        {
            findings.push(Finding::of(PAGE, format!("`{name}` is made by no migration in `{folder}`")));
        }
    }
    findings
}

/// `search*` names every table that begins so; `_…` belongs to the migrator itself.
fn matches(name: &str, table: &str) -> bool {
    name.strip_suffix('*').map_or(name == table, |start| table.starts_with(start))
}

/// Table names by backend, from `CREATE TABLE` and `CREATE VIRTUAL TABLE`, less those that are dropped later.
fn tables_of_migrations(tree: &Tree) -> BTreeMap<&str, BTreeSet<String>> {
    let mut made: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in tree.texts_ending(".sql") {
        let Some((backend, _)) = path.strip_prefix(MIGRATIONS).and_then(|rest| rest.split_once('/')) else { continue };
        let tables = made.entry(backend).or_default();
        let bare: String =
            text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
        let words: Vec<&str> =
            bare.split(|c: char| c.is_whitespace() || c == '(' || c == ';').filter(|w| !w.is_empty()).collect();
        for (at, _) in words.iter().enumerate().filter(|(_, word)| word.eq_ignore_ascii_case("table")) {
            let verb = words.get(..at).and_then(|head| head.iter().rev().find(|w| !is_qualifier(w)));
            let name = words.get(at + 1..).and_then(|tail| tail.iter().find(|w| !is_qualifier(w)));
            let Some(name) = name.map(|name| (*name).to_owned()) else { continue };
            if verb.is_some_and(|verb| verb.eq_ignore_ascii_case("create")) {
                tables.insert(name);
            } else if verb.is_some_and(|verb| verb.eq_ignore_ascii_case("drop")) {
                tables.remove(&name);
            }
        }
    }
    made
}

fn is_qualifier(word: &str) -> bool {
    ["virtual", "unlogged", "temp", "temporary", "if", "not", "exists"].iter().any(|q| word.eq_ignore_ascii_case(q))
}

/// Table names on the page: the first cell of each row, `name(key)` in running text, and the whole ephemeral list.
fn tables_of_page(page: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let mut section = "";
    for line in page.lines() {
        if let Some(head) = line.strip_prefix("## ") {
            section = head;
        } else if section.starts_with("Beside") || section.is_empty() {
            continue;
        } else if let Some(row) = line.strip_prefix("| ") {
            named.extend(
                quoted(row.split(" |").next().unwrap_or_default()).filter(|name| is_name(name)).map(str::to_owned),
            );
        } else {
            for word in quoted(line) {
                let keyed = word.split_once('(').map(|(name, _)| name);
                let name = keyed.or(section.starts_with("Ephemeral").then_some(word));
                named.extend(name.filter(|name| is_name(name)).map(str::to_owned));
            }
        }
    }
    named
}

/// What stands between backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Tables\n## Records\n| table | columns |\n|---|---|\n| `events` | `seq` INTEGER |\n\n## Folded\nKeys: `cases(id)`; \
        `doc` is text.\n## Ephemeral\n`sessions`, `search*`.\n`_sqlx_migrations`\n## Beside the database\n| `lock` | empty |\n";

    fn found(sql: &str) -> Vec<String> {
        let tree = Tree::with(&[(PAGE, TEXT), ("crates/store/migrations/sqlite/0001_a.sql", sql)]);
        listed(&tree).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn the_page_is_read_by_its_sections() {
        let names: Vec<String> = tables_of_page(TEXT).into_iter().collect();
        assert_eq!(names, ["_sqlx_migrations", "cases", "events", "search*", "sessions"]);
    }

    #[test]
    fn a_table_missing_on_either_side_is_found() {
        let all = "CREATE TABLE events (seq);\nCREATE TABLE IF NOT EXISTS cases(id);\nCREATE TABLE sessions(id);\n\
                   CREATE VIRTUAL TABLE search USING fts5(words);\n-- CREATE TABLE gone (x)\n";
        assert!(found(all).is_empty(), "{:?}", found(all));
        assert_eq!(found(&format!("{all}CREATE UNLOGGED TABLE shed (x);")), ["`shed` is not on the page"]);
        assert_eq!(found(&format!("{all}DROP TABLE cases;")).len(), 1);
    }
}
