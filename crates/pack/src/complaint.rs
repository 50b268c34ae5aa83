//! What is wrong with a pack, where, and what was probably meant.
//!
//! A complaint speaks to the person who edits the file, in both languages, and names file, line and column (both from 1; columns
//! count characters). Loading collects as many as it can: whoever mends a pack should not have to load it once per slip.

use std::cell::RefCell;
use std::fmt;

/// A place in a file: line and column from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    pub line: u32,
    pub column: u32,
}

impl Spot {
    /// The beginning of a file: for what is wrong with the file as a whole.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// One thing that is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// The path as the reader knows it.
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub zh: String,
    pub en: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {} / {}", self.file, self.line, self.column, self.zh, self.en)
    }
}

impl std::error::Error for Complaint {}

/// The margin of one file, in which the loader writes what is wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Margin<'a> {
    file: &'a str,
    notes: &'a RefCell<Vec<Complaint>>,
}

impl<'a> Margin<'a> {
    pub(crate) fn new(file: &'a str, notes: &'a RefCell<Vec<Complaint>>) -> Self {
        Self { file, notes }
    }

    pub(crate) fn note(&self, spot: Spot, zh: impl Into<String>, en: impl Into<String>) {
        let complaint = Complaint {
            file: self.file.to_owned(),
            line: spot.line,
            column: spot.column,
            zh: zh.into(),
            en: en.into(),
        };
        self.notes.borrow_mut().push(complaint);
    }

    /// Repeats what another part of the program refused, in both languages with `/ ` between them.
    pub(crate) fn repeat(&self, spot: Spot, refusal: &impl fmt::Display) {
        let told = refusal.to_string();
        let (zh, en) = told.split_once("/ ").unwrap_or((&told, &told));
        self.note(spot, zh.trim_end(), en);
    }

    /// Complains that a name refers to nothing, and says what was probably meant.
    pub(crate) fn unknown<'n>(&self, spot: Spot, what: Kind, name: &str, known: impl IntoIterator<Item = &'n str>) {
        let meant = nearest(name, known);
        let (mut zh, mut en) = (format!("{} `{name}` 不存在", what.zh), format!("{} `{name}` does not exist", what.en));
        if let Some(meant) = meant {
            zh.push_str(&format!("，是不是 `{meant}`？"));
            en.push_str(&format!("; did you mean `{meant}`?"));
        }
        self.note(spot, zh, en);
    }
}

/// What sort of thing a name names, in both languages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
}

macro_rules! kinds {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        impl Kind { $(pub(crate) const $name: Self = Self { zh: $zh, en: $en };)* }
    };
}

kinds! {
    ACT: "行为", "act";
    ACT_OR_TAG: "行为或标签", "act or tag";
    ANSWER: "当事人的答复", "the party's answer";
    ARTICLE: "条文", "article";
    CARD: "证件种类", "kind of card";
    CHOICE: "选项", "choice";
    CLOCK: "期限钟", "clock";
    CONSTRAINT: "法定约束", "constraint";
    REALIZATION: "程序种类", "kind of procedure";
    FACT: "法定事实", "fact";
    FIELD: "字段", "field";
    FIGURE: "指标", "figure";
    FORM: "填写内容", "form";
    ITEM: "事项", "item";
    INSTRUMENT: "文书", "instrument";
    PARAM: "参数", "parameter";
    PERSON: "人员", "person";
    PLATFORM: "平台", "platform";
    PROCEDURE: "程序", "procedure";
    QUALIFICATION: "资格", "qualification";
    REGISTER: "台账", "register";
    ROLE: "角色", "role";
    STATE: "状态", "state";
    STATUTE: "法规", "statute";
    TAG: "标签", "tag";
    TERM: "法定用语", "term";
    UNIT: "科室", "unit";
}

/// Finds the known name that was probably meant: at most a third of its letters (at least one, at most three) apart, but never all.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let letters = name.chars().count();
    let allowed = (letters / 3).clamp(1, 3).min(letters.saturating_sub(1));
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Counts the letters to insert, drop, replace or swap with a neighbour to make one word the other (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 3 {
        return usize::MAX;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], k: usize| row.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before_last, j - 1) + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_the_word_that_was_meant() {
        let known = ["closed", "filed", "accepted", "dispatched"];
        assert_eq!(nearest("clsoed", known), Some("closed"));
        assert_eq!(nearest("acepted", known), Some("accepted"));
        assert_eq!(nearest("dispatch", known), Some("dispatched"));
        assert_eq!(nearest("settled", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest("9", ["1", "2"]), None);
    }

    #[test]
    fn a_swap_of_neighbours_is_one_slip_not_two() {
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("clsoed", "closed"), 1);
        assert_eq!(distance("诉求", "求诉"), 1);
        assert_eq!(distance("same", "same"), 0);
        assert_eq!(distance("", "abc"), 3);
    }
}
