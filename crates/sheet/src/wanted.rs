//! What does the program want to find in a workbook, and what does it make of a cell?
//!
//! A list of columns with their titles in both languages and the kind of value each holds. The caller (a register, the
//! intake of requests) writes it; reading, complaints, templates and marked workbooks all follow from it.

use guiju_kernel::time::Instant;
use guiju_kernel::validate::{CreditCode, Phone};
use jiff::civil::Date;

use crate::money::MoneyUnit;

/// What is wanted from a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What one row is, in Chinese (企业, 诉求).
    pub zh: String,
    /// What one row is, in English (enterprise, request).
    pub en: String,
    /// The columns, in the order of the template.
    pub columns: Vec<Column>,
    /// Sets of column ids that may not agree in two rows. Rows that agree in everything are always duplicates.
    pub unique: Vec<Vec<String>>,
}

impl Wanted {
    pub(crate) fn column(&self, id: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }
}

/// One wanted column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The field that it fills.
    pub id: String,
    /// Its title in Chinese.
    pub zh: String,
    /// Its title in English.
    pub en: String,
    /// Other titles that bureaus give it.
    pub also: Vec<String>,
    /// The column must be there and every row must fill it.
    pub required: bool,
    /// What its cells hold.
    pub kind: Kind,
    /// What to write there, in Chinese, for the template; may be empty.
    pub hint_zh: String,
    /// What to write there, in English; may be empty.
    pub hint_en: String,
    /// An example as a person would type it; may be empty.
    pub example: String,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most so many characters.
    Text {
        /// Characters, not bytes; inclusive.
        max: u32,
    },
    /// A whole number; both bounds inclusive.
    Integer {
        /// The least allowed.
        min: Option<i64>,
        /// The greatest allowed.
        max: Option<i64>,
    },
    /// Money. The heading, the sheet or the cell may name another unit than this.
    Money {
        /// The unit when nobody names one.
        unit: MoneyUnit,
    },
    /// A civil date.
    Date,
    /// A moment in Beijing time (+08:00).
    Moment {
        /// Takes a date without time as its first moment (old records); otherwise such a cell is refused.
        date_alone: bool,
    },
    /// Several moments, separated by ；or ; or line breaks: how often something was done, and when each time.
    Moments {
        /// As for [`Kind::Moment`].
        date_alone: bool,
        /// At most so many; inclusive.
        most: u32,
    },
    /// Yes or no (是/否).
    Flag,
    /// One of several choices, by code or by title in either language.
    Choice {
        /// What may be chosen.
        choices: Vec<Choice>,
    },
    /// Several of the choices, separated by 、 or ; or , or line breaks.
    Choices {
        /// What may be chosen.
        choices: Vec<Choice>,
        /// At most so many; inclusive.
        most: u32,
    },
    /// A telephone number.
    Phone,
    /// A unified social credit code.
    CreditCode,
}

/// Something that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The code that the program keeps.
    pub code: String,
    /// Its title in Chinese.
    pub zh: String,
    /// Its title in English.
    pub en: String,
    /// Other words that people write for it; one that several choices share stands for none of them.
    pub also: Vec<String>,
}

/// What a cell means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text without blanks at its ends.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Money in fen.
    Money(i64),
    /// A civil date.
    Date(Date),
    /// A moment.
    Moment(Instant),
    /// Several moments, in the order written.
    Moments(Vec<Instant>),
    /// Yes or no.
    Flag(bool),
    /// The code of a choice.
    Choice(String),
    /// The codes of several choices, in the order written, each once.
    Choices(Vec<String>),
    /// A telephone number.
    Phone(Phone),
    /// A unified social credit code.
    CreditCode(CreditCode),
}

impl Value {
    /// Writes the value as people read it; choices as their codes, moments in Beijing time to the minute.
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(whole) => whole.to_string(),
            Self::Money(fen) => crate::list::yuan(*fen),
            Self::Date(date) => date.to_string(),
            Self::Moment(instant) => crate::list::minute(*instant),
            Self::Moments(all) => all.iter().map(|one| crate::list::minute(*one)).collect::<Vec<_>>().join("；"),
            Self::Flag(true) => "是".into(),
            Self::Flag(false) => "否".into(),
            Self::Choice(code) => code.clone(),
            Self::Choices(codes) => codes.join("、"),
            Self::Phone(phone) => phone.to_string(),
            Self::CreditCode(code) => code.to_string(),
        }
    }
}
