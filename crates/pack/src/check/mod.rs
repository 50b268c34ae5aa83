//! From source types to kernel values: every name that is referred to exists, every date and number makes sense.
//!
//! Nothing stops at the first slip: what cannot be made is noted in the margin and replaced by something harmless, and the pack
//! as a whole is refused at the end.

pub(crate) mod act;
pub(crate) mod bureau;
pub(crate) mod calendar;
pub(crate) mod constraint;
pub(crate) mod dates;
pub(crate) mod field;
pub(crate) mod figure;
pub(crate) mod founded;
pub(crate) mod graph;
pub(crate) mod guard;
pub(crate) mod idle;
pub(crate) mod known;
pub(crate) mod law;
pub(crate) mod outputs;
pub(crate) mod platform;
pub(crate) mod procedure;
pub(crate) mod publications;
pub(crate) mod timer;
