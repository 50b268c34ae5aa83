//! Words and maps: each term of the house is in the glossary, and each path that a page names is there.

use crate::finding::{Finding, Rule};
use crate::tree::Tree;

const GLOSSARY_PAGE: &str = "docs/glossary.md";

pub const GLOSSARY: Rule = Rule {
    name: "glossary",
    why: "one term has one meaning in code, pages and talk, in both languages",
    mend: "give the term its row `| term | 中文 | meaning | where it lives |` in docs/glossary.md",
    check: glossary,
};

pub const MAPS: Rule = Rule {
    name: "maps",
    why: "a map that names a file which is gone sends its reader astray",
    mend: "name the file where it lies now, or take the mention out",
    check: maps,
};

/// The terms of the house, in both languages.
const TERMS: &[(&str, &str)] = &[
    ("pack", "法规包"),
    ("organ", "机关"),
    ("unit", "科室"),
    ("origin", "来源"),
    ("item", "事项"),
    ("procedure", "程序"),
    ("case", "办件"),
    ("act", "行为"),
    ("event", "记录"),
    ("refusal", "不予执行"),
    ("constraint", "法定约束"),
    ("clock", "期限钟"),
    ("register", "台账"),
    ("entry", "台账条目"),
    ("party", "当事人"),
    ("officer", "执法人员"),
    ("instrument", "文书"),
    ("publication", "公示"),
    ("ledger", "存证账本"),
    ("draw", "随机抽取"),
    ("figure", "指标"),
    ("lead", "线索"),
];

fn glossary(tree: &Tree) -> Vec<Finding> {
    let Some(page) = tree.text(GLOSSARY_PAGE) else { return vec![Finding::of(GLOSSARY_PAGE, "is missing")] };
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter_map(|line| line.strip_prefix('|'))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let mut findings = Vec::new();
    for (term, chinese) in TERMS {
        match rows.iter().find(|row| row.first() == Some(term)) {
            None => findings.push(Finding::of(GLOSSARY_PAGE, format!("`{term}` has no row"))),
            Some(row) if !row.get(1).is_some_and(|cell| cell.contains(chinese)) => {
                findings.push(Finding::of(GLOSSARY_PAGE, format!("`{term}` is not called {chinese}")));
            }
            Some(row) if row.iter().filter(|cell| !cell.is_empty()).count() < 4 => {
                findings.push(Finding::of(
                    GLOSSARY_PAGE,
                    format!("`{term}` does not say what it means and where it lives"),
                ));
            }
            Some(_) => {}
        }
    }
    findings
}

fn maps(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts_ending(".md") {
        for (number, line) in text.lines().enumerate() {
            let spoken = line.split('`').skip(1).step_by(2).filter_map(spoken_path).map(str::to_owned);
            let linked = line.split("](").skip(1).filter_map(|tail| linked_path(path, tail.split(')').next()?));
            for named in spoken.chain(linked).filter(|named| !tree.holds(named)) {
                findings.push(Finding::at(path, number + 1, format!("`{named}` is not there")));
            }
        }
    }
    findings
}

/// A path in running text, if the words between backticks are one: from the root, and without anything to be filled in.
fn spoken_path(words: &str) -> Option<&str> {
    let rooted = ["crates/", "docs/", "packs/", "tests/", "xtask/", "fuzz/"].iter().any(|root| words.starts_with(root));
    let open = words.contains(['*', '{', '<', ' ', '…']) || words.contains("NNNN") || words.contains("NAME");
    (rooted && !open).then(|| words.split(':').next().unwrap_or(words))
}

/// The file that a link leads to, from the page that holds it; `None` for addresses and for places on the same page.
fn linked_path(page: &str, link: &str) -> Option<String> {
    let target = link.split('#').next().unwrap_or_default();
    if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_without_its_row_its_chinese_or_its_place_is_found() {
        let full: String = TERMS.iter().map(|(t, c)| format!("| {t} | {c} | what | where |\n")).collect();
        let found = |text: &str| glossary(&Tree::with(&[(GLOSSARY_PAGE, text)])).len();
        assert_eq!(found(&full), 0);
        assert_eq!(found(&full.replace("| lead | 线索 | what | where |\n", "")), 1);
        assert_eq!(found(&full.replace("线索", "导联")), 1);
        assert_eq!(found(&full.replace("| lead | 线索 | what | where |", "| lead | 线索 | what | |")), 1);
    }

    #[test]
    fn a_path_or_link_that_leads_nowhere_is_found() {
        let found = |text: &str| {
            maps(&Tree::with(&[("docs/a.md", text), ("README.md", "# G\n"), ("crates/web/src/lib.rs", "//! .\n")]))
                .len()
        };
        assert_eq!(
            found(
                "See `crates/web/src/lib.rs`, `crates/web`, [home](../README.md#top) and [C2SP](https://c2sp.org).\n"
            ),
            0
        );
        assert_eq!(found("See `crates/web/src/gone.rs`.\n"), 1);
        assert_eq!(found("See [this](gone.md).\n"), 1);
        assert_eq!(found("A file `crates/NAME/src/lib.rs` or `crates/*/Cargo.toml`.\n"), 0);
    }
}
