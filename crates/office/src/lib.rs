//! Official business: the only place that loads, decides and saves.
//!
//! Every act, whoever does it (a person, a timer, an import, the API), goes through [`Office::act`]: load, decide, append, fold,
//! commit, answer. A refusal is an answer ([`Answer::Refused`]); an [`OfficeError`] means that nothing was decided.

pub mod accounts;
mod alarms;
mod answer;
pub mod audit;
mod bands;
pub mod cases;
mod colleagues;
mod content;
pub mod figures;
mod imports;
mod keys;
mod law_texts;
pub mod licences;
pub mod lists;
mod moment;
mod office;
pub mod officers;
mod parties;
pub mod publications;
pub mod radio;
mod radio_rules;
mod receipts;
mod registers;
mod seal;
pub mod shelf;
pub mod show;
pub mod stations;
mod trees;
mod view;
mod visits;
mod words;
mod writer;

pub use alarms::Alarm;
pub use answer::{Answer, Ask, Done, History, OfficeError, Target, Upload};
pub use cases::{InboxAsk, Sight};
pub use colleagues::Colleague;
pub use imports::{Read, TableAsk, What, whole_table};
pub use keys::{Chance, Keys};
pub use law_texts::{LAW_TEXTS, LawFile, LawTexts};
pub use moment::OfficeClock;
pub use office::{Office, Settings};
pub use radio_rules::{RadioRules, radio_rules};
pub use view::{BandView, CaseView, ClockView, Held, InboxView, Lines, PersonalView, Step, Viewer};
pub use words::tokens_of;
pub use writer::{EntryAsk, EraseAsk, Outcome};
