//! Samples -> spectra -> emissions -> findings. Parameters of signals only: nothing here demodulates what is said, or keeps it.

#![forbid(unsafe_code)]

pub mod cfar;
pub mod detector;
pub mod emission;
pub mod floor;
pub mod psd;
pub mod spectra_fault;
pub mod statistics;
pub mod window;
