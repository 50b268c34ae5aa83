//! Pack files are read by people in two languages: whatever is said in one is said in the other beside it.

use crate::finding::{Finding, Rule};
use crate::tree::Tree;

pub const LANGUAGES: Rule = Rule {
    name: "pack-languages",
    why: "a form, list or figure derived from the pack is shown in Chinese and in English",
    mend: "write both beside each other: `zh: …` and `en: …`",
    check: languages,
};

fn languages(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts_ending(".yaml").filter(|(path, _)| path.starts_with("packs/")) {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let (zh, en) = (keys(line, "zh"), keys(line, "en"));
            let missing = if zh > en { "en" } else { "zh" };
            let alone = zh + en == 1 && has_sibling(&lines, at, missing);
            if zh != en && !alone {
                findings.push(Finding::at(path, at + 1, format!("nothing under `{missing}`")));
            }
        }
    }
    findings
}

/// How often the key stands in the line: at its beginning, or in a `{…}`.
fn keys(line: &str, key: &str) -> usize {
    let line = if line.trim_start().starts_with('#') { "" } else { line };
    let sought = format!("{key}:");
    line.match_indices(&sought)
        .filter(|(at, _)| {
            let before = line.get(..*at).unwrap_or_default().trim_end();
            before.trim_start_matches([' ', '-']).is_empty() || before.ends_with(['{', ','])
        })
        .count()
}

/// Whether the block that the line belongs to holds a line with the other key.
fn has_sibling(lines: &[&str], at: usize, key: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = lines.get(at).map_or(0, |line| indent(line));
    let in_block = |line: &&&str| line.trim().is_empty() || indent(line) >= own;
    let is_it = |line: &&str| indent(line) == own && keys(line, key) == 1;
    let below = lines.get(at + 1..).unwrap_or_default();
    let above = lines.get(..at).unwrap_or_default();
    below.iter().take_while(in_block).any(is_it) || above.iter().rev().take_while(in_block).any(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        languages(&Tree::with(&[("packs/a/procedures/b.yaml", text)])).len()
    }

    #[test]
    fn both_languages_may_stand_in_a_line_or_below_each_other() {
        assert_eq!(found("title: {zh: 企业诉求, en: Enterprise request}\n"), 0);
        assert_eq!(found("file:\n  zh: 提交\n  en: File\n  to: filed\n"), 0);
        assert_eq!(found("- en: File\n  to: filed\n  zh: 提交\n"), 0);
        assert_eq!(found("- {id: a, title: {zh: 甲, en: A}}\n- {id: b, title: {zh: 乙, en: B}}\n"), 0);
        assert_eq!(found("# zh: nothing\nwhen: x\n"), 0);
    }

    #[test]
    fn one_language_alone_is_found() {
        assert_eq!(found("title: {zh: 企业诉求}\n"), 1);
        assert_eq!(found("file:\n  en: File\nreturn:\n  zh: 退回\n"), 2);
        assert_eq!(found("title: {zh: 甲, en: A, hint: {en: B}}\n"), 1);
    }
}
