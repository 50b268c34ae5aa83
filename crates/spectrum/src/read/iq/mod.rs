//! IQ samples: raw files, WAV and SigMF, as blocks of complex numbers with their place in time and frequency.
//!
//! Full scale is 1.0, so levels that come of these samples are dB against full scale: relative, never dBm. A block holds a bounded
//! number of samples, whatever the file's length. Nothing here demodulates.

mod convert;
mod sigmf;
mod source;
mod wav;

pub(crate) use convert::U8_CENTRE;
pub use convert::{Encoding, SampleKind};
pub use sigmf::{HashCheck, Sigmf, SigmfOptions};
pub use source::{Block, Blocks, Capture, IqTally, Layout};
pub use wav::wav;

use std::io::Read;

use crate::complaint::{Complaint, Place};

/// The highest sample rate that is believed, samples a second (the SigMF schema's bound).
const RATE_MOST_HZ: f64 = 1e12;

/// Reads a file of bare interleaved samples, of which the caller knows everything.
pub fn raw<R: Read>(
    input: R,
    encoding: Encoding,
    sample_rate_hz: f64,
    capture: Capture,
) -> Result<Blocks<R>, Complaint> {
    let sample_rate_hz = checked_rate(sample_rate_hz, Place::Field("sample_rate_hz".into()))?;
    Ok(Blocks::new(input, Layout { encoding, sample_rate_hz, first_sample: 0, samples: None }, vec![(0, capture)]))
}

/// Refuses a sample rate that is none.
pub(crate) fn checked_rate(rate_hz: f64, place: Place) -> Result<f64, Complaint> {
    if rate_hz > 0.0 && rate_hz <= RATE_MOST_HZ {
        return Ok(rate_hz);
    }
    Err(Complaint::stopped(
        place,
        format!("采样率为{rate_hz}，应大于0，请查明录制时的采样率"),
        format!("the sample rate is {rate_hz} and must be more than 0; find out at which rate it was recorded"),
    ))
}
