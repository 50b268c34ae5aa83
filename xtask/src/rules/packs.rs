//! Pack files are read by people in two languages: every title has both.

use crate::finding::{Finding, Rule};
use crate::tree::Tree;

pub const TITLES: Rule = Rule {
    name: "pack-titles",
    why: "a form, list or figure derived from the pack is shown in Chinese and in English",
    mend: "write `title: {zh: …, en: …}`",
    check: titles,
};

fn titles(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts_ending(".yaml").filter(|(path, _)| path.starts_with("packs/")) {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            for said in titles_in(line) {
                let block = if said.is_empty() { block_below(&lines, at) } else { said.to_owned() };
                for language in ["zh", "en"].into_iter().filter(|language| !has_key(&block, language)) {
                    findings.push(Finding::at(path, at + 1, format!("a title without `{language}`")));
                }
            }
        }
    }
    findings
}

/// What follows each key `title:` in the line, up to the end of its `{…}`.
fn titles_in(line: &str) -> impl Iterator<Item = &str> {
    let code = if line.trim_start().starts_with('#') { "" } else { line };
    code.match_indices("title:").filter_map(move |(at, key)| {
        let before = code.get(..at)?;
        let begins = before.trim_start().trim_start_matches("- ").is_empty() || before.trim_end().ends_with(['{', ',']);
        let tail = code.get(at + key.len()..)?.trim();
        let end = tail.find('}').map_or(tail.len(), |end| end + 1);
        begins.then(|| tail.get(..end).unwrap_or(tail))
    })
}

/// The lines below that are indented deeper than the key.
fn block_below(lines: &[&str], at: usize) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = lines.get(at).map_or(0, |line| indent(line));
    let below = lines.get(at + 1..).unwrap_or_default();
    below.iter().take_while(|line| line.trim().is_empty() || indent(line) > own).copied().collect::<Vec<_>>().join(",")
}

fn has_key(block: &str, key: &str) -> bool {
    let flat = block.replace(['{', '"'], ",").replace(' ', "");
    format!(",{flat}").contains(&format!(",{key}:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        titles(&Tree::with(&[("packs/a/procedures/b.yaml", text)])).len()
    }

    #[test]
    fn a_title_in_both_languages_may_stand_in_a_line_or_below_it() {
        assert_eq!(found("title: {zh: 企业诉求, en: Enterprise request}\n"), 0);
        assert_eq!(found("title:\n  zh: 企业诉求\n  en: Enterprise request\nstates: []\n"), 0);
        assert_eq!(found("- {id: a, title: {zh: 甲, en: A}}\n- {id: b, title: {zh: 乙, en: B}}\n"), 0);
        assert_eq!(found("# title: nothing\nsubtitle: x\n"), 0);
    }

    #[test]
    fn a_title_in_one_language_is_found() {
        assert_eq!(found("title: {zh: 企业诉求}\n"), 1);
        assert_eq!(found("title: Enterprise request\n"), 2);
        assert_eq!(found("title:\n  zh: 企业诉求\nen: not below\n"), 1);
        assert_eq!(found("- {id: a, title: {zh: 甲, en: A}}\n- {id: b, title: {en: B}}\n"), 1);
    }
}
