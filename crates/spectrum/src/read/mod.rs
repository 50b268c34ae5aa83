//! What did receivers write? Sweeps, IQ samples, live servers and session logs, as values.
//!
//! Everything streams: a reader holds one sweep, one block or one row, never the file. What is wrong is a
//! [`Complaint`](crate::complaint::Complaint), which says what was done about it; nothing is left out without one.

pub mod iq;
mod lines;
pub mod log;
mod moment;
pub mod sweep;
pub(crate) mod table;
pub mod tcp;

pub use moment::Clock;
