//! Findings in words: acts by their titles and the moments at which they were done.

use super::Answer;
use super::seen::Seen;
use crate::procedure::definition::Text;
use crate::time::{Instant, civil_of};

impl Answer {
    pub(super) fn broken(zh: String, en: String, steps: Vec<usize>) -> Self {
        Self::Broken { why: Text { zh, en }, steps }
    }
}

impl Seen<'_> {
    /// An act with its moment: `“处罚决定”（2024-03-18 23:59）`.
    pub(super) fn dated(&self, at: usize) -> Text {
        let Some(step) = self.step(at) else { return Text::default() };
        let title = self.history.act(step).map(|act| act.title.clone()).unwrap_or_default();
        let named = |title: &str| if title.is_empty() { step.act.clone() } else { title.to_owned() };
        let when = if step.day_only() { day(step.done) } else { minute(step.done) };
        Text { zh: format!("“{}”（{when}）", named(&title.zh)), en: format!("`{}` ({when})", named(&title.en)) }
    }

    /// What the statute calls acts with this tag.
    pub(super) fn called(&self, tag: &str) -> Text {
        let plain = || Text { zh: tag.to_owned(), en: tag.to_owned() };
        self.books.tag_title(tag).unwrap_or_else(plain)
    }

    pub(super) fn role(&self, role: &str) -> Text {
        self.books.role_title(role).unwrap_or_else(|| Text { zh: role.to_owned(), en: role.to_owned() })
    }
}

/// To the minute, in Beijing time.
pub(super) fn minute(at: Instant) -> String {
    let civil = civil_of(at);
    format!("{} {:02}:{:02}", civil.date(), civil.hour(), civil.minute())
}

fn day(at: Instant) -> String {
    civil_of(at).date().to_string()
}
