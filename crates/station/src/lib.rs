//! The agent beside a receiver: measures by plan, journals, packs, signs and hands in, and loses nothing on the way.
//!
//! What counts is what is durable: a measurement is in a journal, synced, before it is counted ([`Counted`]). Journals become packages
//! (docs/formats/station-package.md) with numbers without gaps, and packages leave only for the server's receipt. Hours are not counted
//! here: the server counts them from what packages back. Parameters of signals only; nothing is demodulated.

#![forbid(unsafe_code)]

mod agent;
mod clock;
mod fault;
mod folder;
mod frames;
mod plan;
mod post;
mod receipts;
mod source;
mod spool;
mod status;
mod stretch;
mod taking_in;

pub use agent::{Counted, Running, run};
pub use fault::Fault;
pub use folder::{Folder, Held, Identity};
pub use plan::{Format, Plan, Source, Watch, Window};
pub use source::Doing;
pub use source::recording::How;
pub use status::{Overview, Said, Status, WatchStatus};
pub use taking_in::{TakenIn, TakingIn};

/// Puts packages that were refused back among those to be sent: what kept them out was mended. Gives how many.
///
/// # Errors
/// Another agent in the folder, or a disk that fails.
pub fn send_refused_again(folder: &Folder) -> Result<usize, Fault> {
    let _held = folder.hold()?;
    post::Post::again(folder)
}
