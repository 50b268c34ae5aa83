//! Who is inspected and by whom (双随机)? A lottery that anybody can run again from one file.
//!
//! Pool, exclusions, plan, sources and a committed one-time code are fixed first; then witnesses reveal their numbers and a public
//! result comes last; the order follows from labels as draft-thomson-elegy-vrs does it. Refuses to draw chance of its own: all
//! randomness is an argument. Format: `docs/formats/draw.md`; decisions: ADR 0100 to 0102.

pub mod fault;
pub mod order;
pub mod proof;
pub mod quota;
pub mod selection;
pub mod size;
pub mod snapshot;
pub mod source;
pub mod substitution;
pub mod verify;

pub use fault::{DrawFault, Mismatch, What};
pub use order::{Key, Position};
pub use proof::{Input, Proof, Recorded};
pub use selection::{Drawing, Outcome, Place};
pub use snapshot::Snapshot;
pub use source::{Kind, Reveal, Source};
pub use substitution::{Of, Substitution};
pub use verify::{Checked, Examined, Unread, examine, verify};
