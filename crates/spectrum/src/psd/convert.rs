//! Bytes of a recording to weighted samples in one pass, and the sum of squares: the two loops around the FFT.
//!
//! Both are plain loops that the compiler turns into vector instructions; `pulp` chooses the widest ones of the machine at run time.

use rustfft::num_complex::Complex;
use serde::{Deserialize, Serialize};

/// How a complex sample lies in bytes: real part, then imaginary part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleFormat {
    /// Unsigned bytes; 127.5 is nil, 0 and 255 are full scale.
    Cu8,
    /// Signed bytes; -128 is full scale.
    Ci8,
    /// Signed 16 bits, low byte first; -32768 is full scale.
    Ci16Le,
    /// Single precision, low byte first; 1.0 is full scale.
    Cf32Le,
}

impl SampleFormat {
    /// Bytes of one complex sample.
    #[must_use]
    pub fn sample_bytes(self) -> usize {
        match self {
            Self::Cu8 | Self::Ci8 => 2,
            Self::Ci16Le => 4,
            Self::Cf32Le => 8,
        }
    }

    /// Factor from the number in the file to full scale.
    pub(super) fn scale(self) -> f64 {
        match self {
            Self::Cu8 => 1.0 / 127.5,
            Self::Ci8 => 1.0 / 128.0,
            Self::Ci16Le => 1.0 / 32768.0,
            Self::Cf32Le => 1.0,
        }
    }

    /// The name that SigMF gives the format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cu8 => "cu8",
            Self::Ci8 => "ci8",
            Self::Ci16Le => "ci16_le",
            Self::Cf32Le => "cf32_le",
        }
    }

    /// Writes each number times its weight; the weights carry the format's scale.
    pub(super) fn weigh(self, arch: pulp::Arch, bytes: &[u8], weights: &[f32], out: &mut [f32]) {
        match self {
            Self::Cu8 => arch.dispatch(
                #[inline(always)]
                || {
                    for ((out, byte), weight) in out.iter_mut().zip(bytes).zip(weights) {
                        *out = (f32::from(*byte) - 127.5) * weight;
                    }
                },
            ),
            Self::Ci8 => arch.dispatch(
                #[inline(always)]
                || {
                    for ((out, byte), weight) in out.iter_mut().zip(bytes).zip(weights) {
                        *out = f32::from(byte.cast_signed()) * weight;
                    }
                },
            ),
            Self::Ci16Le => arch.dispatch(
                #[inline(always)]
                || {
                    for ((out, pair), weight) in out.iter_mut().zip(bytes.as_chunks::<2>().0).zip(weights) {
                        *out = f32::from(i16::from_le_bytes(*pair)) * weight;
                    }
                },
            ),
            Self::Cf32Le => arch.dispatch(
                #[inline(always)]
                || {
                    for ((out, four), weight) in out.iter_mut().zip(bytes.as_chunks::<4>().0).zip(weights) {
                        *out = f32::from_le_bytes(*four) * weight;
                    }
                },
            ),
        }
    }
}

/// Adds the square of each number to its sum.
pub(super) fn add_squares(arch: pulp::Arch, numbers: &[f32], sums: &mut [f32]) {
    arch.dispatch(
        #[inline(always)]
        || {
            for (sum, number) in sums.iter_mut().zip(numbers) {
                *sum += number * number;
            }
        },
    );
}

/// Complex samples as real and imaginary parts in turn.
pub(super) fn flat(samples: &[Complex<f32>]) -> &[f32] {
    bytemuck::cast_slice(samples)
}

/// As [`flat`], to be written.
pub(super) fn flat_mut(samples: &mut [Complex<f32>]) -> &mut [f32] {
    bytemuck::cast_slice_mut(samples)
}
