//! Bytes of a recording to weighted samples in one pass, and the sum of squares: the two loops around the FFT.
//!
//! Both are plain loops that the compiler turns into vector instructions; `pulp` chooses the widest ones of the machine at run time.

use rustfft::num_complex::Complex;

use crate::read::iq::{Encoding, SampleKind, U8_CENTRE};

/// Writes each number times its weight, as real and imaginary parts in turn; the weights carry the encoding's scale.
pub(super) fn weigh(encoding: Encoding, arch: pulp::Arch, bytes: &[u8], weights: &[f32], out: &mut [f32]) {
    let Encoding { kind, big_endian, real } = encoding;
    match kind {
        SampleKind::U8 => each(arch, real, bytes, weights, out, |[byte]: [u8; 1]| f32::from(byte) - U8_CENTRE),
        SampleKind::I8 => each(arch, real, bytes, weights, out, |[byte]: [u8; 1]| f32::from(byte.cast_signed())),
        SampleKind::I16 if big_endian => {
            each(arch, real, bytes, weights, out, |pair| f32::from(i16::from_be_bytes(pair)));
        }
        SampleKind::I16 => each(arch, real, bytes, weights, out, |pair| f32::from(i16::from_le_bytes(pair))),
        SampleKind::F32 if big_endian => each(arch, real, bytes, weights, out, f32::from_be_bytes),
        SampleKind::F32 => each(arch, real, bytes, weights, out, f32::from_le_bytes),
    }
}

fn each<const N: usize>(
    arch: pulp::Arch,
    real: bool,
    bytes: &[u8],
    weights: &[f32],
    out: &mut [f32],
    read: impl Fn([u8; N]) -> f32,
) {
    let (numbers, _) = bytes.as_chunks::<N>();
    arch.dispatch(
        #[inline(always)]
        || {
            if real {
                // Samples without Q: the imaginary part is nil, and both parts have the same weight.
                let (parts, pairs) = (out.as_chunks_mut::<2>().0, weights.as_chunks::<2>().0);
                for ((part, number), [weight, _]) in parts.iter_mut().zip(numbers).zip(pairs) {
                    *part = [read(*number) * weight, 0.0];
                }
            } else {
                for ((out, number), weight) in out.iter_mut().zip(numbers).zip(weights) {
                    *out = read(*number) * weight;
                }
            }
        },
    );
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
