//! The payload: times as differences, levels as two planes of bytes, deflated.
//!
//! Neighbouring values are alike, so the differences of times are small and the upper bytes of levels nearly constant: what is left to
//! compress is the noise, a little more than four bits a level.

use std::io::{Read, Write};

use super::{Header, Measured, Moment, wrong};
use crate::complaint::Complaint;

/// Writes the raw payload.
pub(super) fn write(header: &Header, measured: &Measured) -> Result<Vec<u8>, Complaint> {
    let mut raw = Vec::new();
    match measured {
        Measured::Sweeps(rows) => {
            write_moments(header, rows.iter().map(|(moment, _)| *moment), &mut raw)?;
            if rows.iter().any(|(_, levels)| levels.len() as u64 != u64::from(header.bins)) {
                return Err(wrong("有一次测量的点数与头部不符", "a sweep has not as many bins as the header says"));
            }
            let levels = || rows.iter().flat_map(|(_, levels)| levels.iter());
            raw.extend(levels().map(|level| level.to_be_bytes()[0]));
            raw.extend(levels().map(|level| level.to_be_bytes()[1]));
        }
        Measured::Cells(scans, rows) => {
            write_moments(header, scans.iter().copied(), &mut raw)?;
            raw.extend_from_slice(rows.as_bytes());
        }
    }
    Ok(raw)
}

fn write_moments(header: &Header, moments: impl Iterator<Item = Moment>, raw: &mut Vec<u8>) -> Result<(), Complaint> {
    let mut before = header.from_ns;
    for moment in moments {
        let end = moment.start_ns.checked_add(moment.duration_ns);
        if moment.start_ns < before || moment.duration_ns < 0 || end.is_none_or(|end| end > header.until_ns) {
            return Err(wrong(
                "测量时间倒退，或者超出数据包的起止时间，请检查站钟",
                "a measurement runs back in time or leaves the package's range; check the station's clock",
            ));
        }
        varint(u64::try_from(moment.start_ns - before).unwrap_or(0), raw);
        varint(u64::try_from(moment.duration_ns).unwrap_or(0), raw);
        raw.push(u8::from(moment.overload));
        before = moment.start_ns;
    }
    Ok(())
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(0x80 | (value & 0x7f) as u8);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Reads what [`write`] wrote, from untrusted bytes.
pub(super) struct Cursor<'a> {
    raw: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(raw: &'a [u8]) -> Self {
        Self { raw }
    }

    /// Everything that is left.
    pub(super) fn rest(self) -> &'a [u8] {
        self.raw
    }

    pub(super) fn moments(&mut self, header: &Header) -> Option<Vec<Moment>> {
        let mut moments = Vec::new();
        let mut before = header.from_ns;
        for _ in 0..header.measurements {
            let start_ns = before.checked_add(i64::try_from(self.varint()?).ok()?)?;
            let duration_ns = i64::try_from(self.varint()?).ok()?;
            let overload = match self.byte()? {
                0 => false,
                1 => true,
                _ => return None,
            };
            if start_ns.checked_add(duration_ns)? > header.until_ns {
                return None;
            }
            moments.push(Moment { start_ns, duration_ns, overload });
            before = start_ns;
        }
        Some(moments)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.raw.split_first()?;
        self.raw = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return None;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

pub(super) fn deflate(raw: &[u8]) -> Result<Vec<u8>, Complaint> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    let packed = encoder.write_all(raw).and_then(|()| encoder.finish());
    packed.map_err(|fault| wrong("无法压缩", &format!("cannot be compressed: {fault}")))
}

/// Unpacks exactly `raw_bytes` bytes; `None` when there are more, fewer, or no such stream.
pub(super) fn inflate(payload: &[u8], raw_bytes: u64) -> Option<Vec<u8>> {
    let mut raw = Vec::new();
    // One byte more than stated, so that a stream that goes on is noticed without being unpacked.
    let mut decoder = flate2::read::DeflateDecoder::new(payload).take(raw_bytes.checked_add(1)?);
    decoder.read_to_end(&mut raw).ok()?;
    (raw.len() as u64 == raw_bytes).then_some(raw)
}
