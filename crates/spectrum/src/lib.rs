//! Samples -> spectra -> emissions -> findings. Parameters of signals only: nothing here demodulates what is said, or keeps it.

#![forbid(unsafe_code)]

pub mod calibration;
pub mod cells;
pub mod complaint;
pub mod hours;
pub mod level;
pub mod locate;
pub mod propagation;
pub mod read;
