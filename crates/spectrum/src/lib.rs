//! Samples -> spectra -> emissions -> findings. Parameters of signals only: nothing here demodulates what is said, or keeps it.

#![forbid(unsafe_code)]

pub mod calibration;
pub mod cells;
pub mod cfar;
pub mod complaint;
pub mod detector;
pub mod emission;
pub mod features;
pub mod finding;
pub mod floor;
pub mod guard;
pub mod hours;
pub mod level;
pub mod licence;
pub mod locate;
pub mod matching;
pub mod occupancy;
pub mod package;
pub mod propagation;
pub mod psd;
pub mod read;
pub mod schedule;
pub mod spectra_fault;
pub mod statistics;
pub mod watch;
pub mod window;
