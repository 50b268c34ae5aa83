//! Official business: the only place that loads, decides and saves.
//!
//! Every act, whoever does it (a person, a timer, an import, the API), goes through [`Office::act`]: load, decide, append, fold,
//! commit, answer. A refusal is an answer ([`Answer::Refused`]); an [`OfficeError`] means that nothing was decided.

mod answer;
mod view;

pub use answer::{Answer, Ask, Done, OfficeError, Target, Upload};
pub use view::{BandView, CaseView, ClockView, Held, InboxView, Lines, PersonalView, Step, Viewer};
