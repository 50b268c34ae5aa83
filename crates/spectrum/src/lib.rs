//! Samples -> spectra -> emissions -> findings. Parameters of signals only: nothing here demodulates what is said, or keeps it.

#![forbid(unsafe_code)]

pub mod cells;
pub mod locate;
pub mod propagation;
