//! Whether the draw keeps its promises: the draft's worked example, the slow twin, fairness, substitutes, and that nothing can
//! be changed unseen.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test ends where something does not hold")]

mod changes;
mod fairness;
mod golden;
mod rules;
mod substitutes;
mod twin;
mod vrs;
