//! Figures: numbers that open onto the records they count.

pub mod definition;
