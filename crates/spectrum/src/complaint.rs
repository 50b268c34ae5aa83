//! What is wrong with an input, where, and what became of that part of it?
//!
//! Refuses to be silent: whatever a reader leaves out it complains of once, and counts.

use std::fmt;

/// A place in an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The input as a whole.
    Whole,
    /// A line of text, from 1.
    Line(u64),
    /// A byte, from 0.
    Byte(u64),
    /// A named field of a structured file, e.g. `global.core:sample_rate`.
    Field(String),
}

/// What a reader does after a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The row, the bytes or the values in question are left out and counted; the reading goes on.
    LeftOut,
    /// The reading stops here; nothing more comes out of this input.
    Stopped,
}

/// One complaint about an input. `Display` is English, [`Complaint::zh`] Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Which file, server or table; empty until a caller that knows names it.
    pub source: String,
    /// Where in it.
    pub place: Place,
    /// What the reader did.
    pub done: Done,
    zh: String,
    en: String,
}

impl Complaint {
    /// Makes a complaint after which the reading goes on. Both texts say what is wrong and what to do.
    pub fn left_out(place: Place, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { source: String::new(), place, done: Done::LeftOut, zh: zh.into(), en: en.into() }
    }

    /// Makes a complaint that ends the reading. Both texts say what is wrong and what to do.
    pub fn stopped(place: Place, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { source: String::new(), place, done: Done::Stopped, zh: zh.into(), en: en.into() }
    }

    /// Makes the complaint of an input that can no longer be read at all.
    pub fn unreadable(place: Place, fault: &std::io::Error) -> Self {
        Self::stopped(
            place,
            format!("无法读取（{fault}），请检查介质或网络后重新读取"),
            format!("cannot be read ({fault}); check the medium or the network and read again"),
        )
    }

    /// Names the file, server or table.
    #[must_use]
    pub fn of(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// Makes it a complaint that ends the reading.
    #[must_use]
    pub fn ending(mut self) -> Self {
        self.done = Done::Stopped;
        self
    }

    /// Says in Chinese where, what is wrong, what to do and what was done.
    pub fn zh(&self) -> String {
        let place = match &self.place {
            Place::Whole => String::new(),
            Place::Line(line) => format!("第{line}行："),
            Place::Byte(byte) => format!("第{byte}字节："),
            Place::Field(field) => format!("字段`{field}`："),
        };
        let named = if self.source.is_empty() { String::new() } else { format!("{}：", self.source) };
        let done = match self.done {
            Done::LeftOut => "已略去并计数",
            Done::Stopped => "读取到此为止",
        };
        format!("{named}{place}{}（{done}）", self.zh)
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.source.is_empty() {
            write!(f, "{}: ", self.source)?;
        }
        match &self.place {
            Place::Whole => {}
            Place::Line(line) => write!(f, "line {line}: ")?,
            Place::Byte(byte) => write!(f, "byte {byte}: ")?,
            Place::Field(field) => write!(f, "field `{field}`: ")?,
        }
        let done = match self.done {
            Done::LeftOut => "left out and counted",
            Done::Stopped => "the reading stops here",
        };
        write!(f, "{} ({done})", self.en)
    }
}

impl std::error::Error for Complaint {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clerk must find the place in either language.
    #[test]
    fn both_languages_name_source_place_and_what_was_done() {
        let complaint = Complaint::left_out(Place::Line(7), "带宽为0", "the bin width is 0").of("a.csv");
        assert_eq!(complaint.to_string(), "a.csv: line 7: the bin width is 0 (left out and counted)");
        assert_eq!(complaint.zh(), "a.csv：第7行：带宽为0（已略去并计数）");
        let stopped = Complaint::stopped(Place::Byte(3), "截断", "cut");
        assert_eq!(stopped.to_string(), "byte 3: cut (the reading stops here)");
    }
}
