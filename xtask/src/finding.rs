//! What a rule says of a file: where, what, and once a rule why it stands and how to mend it.

use crate::tree::Tree;

/// One house rule.
pub struct Rule {
    pub name: &'static str,
    /// Why the rule stands, in one sentence.
    pub why: &'static str,
    /// How to mend what it finds.
    pub mend: &'static str,
    pub check: fn(&Tree) -> Vec<Finding>,
}

/// One place that breaks a rule, or (`warning`) comes close to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub file: String,
    /// 1 for the first line; `None` where the whole file is meant.
    pub line: Option<usize>,
    pub what: String,
    pub warning: bool,
}

impl Finding {
    pub fn of(file: &str, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, what: what.into(), warning: false }
    }

    pub fn at(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::of(file, what) }
    }

    pub fn warning(self) -> Self {
        Self { warning: true, ..self }
    }
}

/// Prints the findings of one rule, with its reason and its remedy once.
pub fn print(rule: &Rule, findings: &[Finding]) {
    for finding in findings {
        let word = if finding.warning { "warning" } else { "broken" };
        let line = finding.line.map_or(String::new(), |line| format!(":{line}"));
        println!("{word} [{}] {}{line}: {}", rule.name, finding.file, finding.what);
    }
    if !findings.is_empty() {
        println!("  why: {}\n  mend: {}", rule.why, rule.mend);
    }
}
