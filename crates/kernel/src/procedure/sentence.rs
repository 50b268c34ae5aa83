//! How the engine says no: refusals as sentences for people, in Chinese and English.

use super::definition::{Act, Procedure, Text};
use super::proposal::{Refusal, RefusalKind};

/// Money is kept in fen and said in yuan.
pub(super) fn yuan(fen: i64) -> String {
    format!("{}.{:02} 元", fen / 100, (fen % 100).abs())
}

/// Makes a text of both languages.
pub(super) fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

impl Refusal {
    /// Starts a refusal.
    pub fn new(kind: RefusalKind, rule: impl Into<String>, why: Text) -> Box<Self> {
        Box::new(Self { kind, rule: rule.into(), article: Vec::new(), why, mend: None, field: None, cells: Vec::new() })
    }

    /// Adds what would make it possible.
    #[must_use]
    pub fn mended_by(mut self: Box<Self>, mend: Text) -> Box<Self> {
        self.mend = Some(mend);
        self
    }

    /// Adds the articles behind the rule.
    #[must_use]
    pub fn resting_on(mut self: Box<Self>, article: &[String]) -> Box<Self> {
        self.article.extend_from_slice(article);
        self
    }

    /// Adds further articles, each named once.
    #[must_use]
    pub(super) fn also_resting_on(mut self: Box<Self>, further: Vec<String>) -> Box<Self> {
        for article in further {
            if !self.article.contains(&article) {
                self.article.push(article);
            }
        }
        self
    }

    /// What would make it possible, unless the sentence says so already: for readers, who should not read it twice.
    pub fn further(&self) -> Option<&Text> {
        self.mend.as_ref().filter(|mend| !self.why.zh.contains(&mend.zh))
    }

    /// Names the field at fault.
    #[must_use]
    pub fn at(mut self: Box<Self>, field: impl Into<String>) -> Box<Self> {
        self.field = Some(field.into());
        self
    }
}

/// A title, or the name where the definition has none.
pub(super) fn shown(title: &Text, name: &str) -> Text {
    let zh = if title.zh.is_empty() { name } else { &title.zh };
    let en = if title.en.is_empty() { name } else { &title.en };
    text(zh, en)
}

pub(super) fn act_title(act: &Act) -> Text {
    shown(&act.title, &act.name)
}

pub(super) fn state_title(def: &Procedure, name: &str) -> Text {
    def.state(name).map_or_else(|| text(name, name), |state| shown(&state.title, name))
}

pub(super) fn field_title(def: &Procedure, name: &str) -> Text {
    def.field(name).map_or_else(|| text(name, name), |field| shown(&field.title, name))
}

/// The title of a clock; `name#2` is the sub-clock of part 2.
pub(super) fn clock_title(def: &Procedure, name: &str) -> Text {
    let base = name.split_once('#').map_or(name, |(base, _)| base);
    def.clock(base).map_or_else(|| text(name, name), |clock| shown(&clock.title, base))
}

/// Joins alternatives: `甲、乙或丙`, `a, b or c`.
pub(super) fn alternatives(texts: &[Text]) -> Text {
    let join = |pick: fn(&Text) -> &str, comma: &str, or: &str| match texts.split_last() {
        None => String::new(),
        Some((last, [])) => pick(last).to_owned(),
        Some((last, rest)) => {
            let rest: Vec<&str> = rest.iter().map(pick).collect();
            format!("{}{or}{}", rest.join(comma), pick(last))
        }
    };
    text(join(|t| &t.zh, "、", "或者"), join(|t| &t.en, ", ", " or "))
}
