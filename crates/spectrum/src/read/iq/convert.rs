//! Bytes of samples become complex numbers with full scale 1.0.

use num_complex::Complex32;

/// Midway between the two middle codes of an unsigned byte: RTL receivers are centred there.
pub(crate) const U8_CENTRE: f32 = 127.5;

/// How one number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleKind {
    /// Unsigned byte, centred at 127.5.
    U8,
    /// Signed byte.
    I8,
    /// Signed 16 bits.
    I16,
    /// 32-bit floating point, taken as it is.
    F32,
}

/// How a sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// How each number is stored.
    pub kind: SampleKind,
    /// The most significant byte comes first.
    pub big_endian: bool,
    /// One number a sample, without Q. The spectrum of such samples repeats itself mirrored below the centre.
    pub real: bool,
}

impl Encoding {
    /// Unsigned bytes, I and Q in turn.
    pub const CU8: Self = Self::iq(SampleKind::U8);
    /// Signed bytes, I and Q in turn.
    pub const CI8: Self = Self::iq(SampleKind::I8);
    /// Signed 16 bits, low byte first, I and Q in turn.
    pub const CI16_LE: Self = Self::iq(SampleKind::I16);
    /// Single precision, low byte first, I and Q in turn.
    pub const CF32_LE: Self = Self::iq(SampleKind::F32);

    /// Interleaved I and Q, little-endian.
    pub const fn iq(kind: SampleKind) -> Self {
        Self { kind, big_endian: false, real: false }
    }

    /// How many bytes one sample takes; at least 1.
    pub const fn sample_bytes(self) -> usize {
        let number = match self.kind {
            SampleKind::U8 | SampleKind::I8 => 1,
            SampleKind::I16 => 2,
            SampleKind::F32 => 4,
        };
        if self.real { number } else { 2 * number }
    }

    /// The name that SigMF gives it, such as `ci16_le`.
    #[must_use]
    pub fn name(self) -> String {
        let kind = match self.kind {
            SampleKind::U8 => "u8",
            SampleKind::I8 => "i8",
            SampleKind::I16 => "i16",
            SampleKind::F32 => "f32",
        };
        let order = match self.kind {
            SampleKind::U8 | SampleKind::I8 => "",
            _ if self.big_endian => "_be",
            _ => "_le",
        };
        format!("{}{kind}{order}", if self.real { 'r' } else { 'c' })
    }

    /// The factor from the number in the file (an unsigned one less its middle) to full scale.
    pub(crate) const fn scale(self) -> f64 {
        match self.kind {
            SampleKind::U8 => 1.0 / 127.5,
            SampleKind::I8 => 1.0 / 128.0,
            SampleKind::I16 => 1.0 / 32768.0,
            SampleKind::F32 => 1.0,
        }
    }

    /// Appends the samples of these bytes; a rest that makes no whole sample is not touched.
    pub fn convert(self, bytes: &[u8], into: &mut Vec<Complex32>) {
        match self.kind {
            SampleKind::U8 => self.each(bytes, into, |[byte]: [u8; 1]| (f32::from(byte) - U8_CENTRE) / U8_CENTRE),
            SampleKind::I8 => self.each(bytes, into, |bytes: [u8; 1]| f32::from(i8::from_le_bytes(bytes)) / 128.0),
            SampleKind::I16 if self.big_endian => {
                self.each(bytes, into, |bytes| f32::from(i16::from_be_bytes(bytes)) / 32768.0);
            }
            SampleKind::I16 => self.each(bytes, into, |bytes| f32::from(i16::from_le_bytes(bytes)) / 32768.0),
            SampleKind::F32 if self.big_endian => self.each(bytes, into, f32::from_be_bytes),
            SampleKind::F32 => self.each(bytes, into, f32::from_le_bytes),
        }
    }

    fn each<const N: usize>(self, bytes: &[u8], into: &mut Vec<Complex32>, read: impl Fn([u8; N]) -> f32) {
        let (numbers, _) = bytes.as_chunks::<N>();
        if self.real {
            into.extend(numbers.iter().map(|number| Complex32::new(read(*number), 0.0)));
        } else {
            let (pairs, _) = numbers.as_chunks::<2>();
            into.extend(pairs.iter().map(|[i, q]| Complex32::new(read(*i), read(*q))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(encoding: Encoding, bytes: &[u8]) -> Vec<Complex32> {
        let mut samples = Vec::new();
        encoding.convert(bytes, &mut samples);
        samples
    }

    #[test]
    fn full_scale_is_one_and_the_middle_is_zero() {
        let u8s = converted(Encoding::iq(SampleKind::U8), &[0, 255, 127, 128, 9]);
        assert_eq!(u8s[0], Complex32::new(-1.0, 1.0));
        assert_eq!((u8s[1].re + u8s[1].im, u8s.len()), (0.0, 2));
        assert_eq!(converted(Encoding::iq(SampleKind::I8), &[0x80, 0x40]), [Complex32::new(-1.0, 0.5)]);
        assert_eq!(converted(Encoding::iq(SampleKind::I16), &[0, 0x80, 0, 0x40]), [Complex32::new(-1.0, 0.5)]);
        let big = Encoding { big_endian: true, ..Encoding::iq(SampleKind::I16) };
        assert_eq!(converted(big, &[0x80, 0, 0x40, 0]), [Complex32::new(-1.0, 0.5)]);
        let real = Encoding { real: true, ..Encoding::iq(SampleKind::F32) };
        assert_eq!(converted(real, &2.5_f32.to_le_bytes()), [Complex32::new(2.5, 0.0)]);
    }
}
