//! What a monitoring station hands in, and what is kept of it: measurements of one receiver on one task, as compressed columns, signed.
//!
//! A package covers at most one day of its own zone (UTC+8) and holds either sweeps (levels by time and frequency) or scans of cells. Its
//! header says what was measured and how; the signature binds the header, and the header binds the payload by hash
//! (docs/formats/station-package.md). Nothing in it is content: levels of signals and what cells broadcast about themselves.
//!
//! Refuses bytes that are not such a package before it believes any size that they state.

mod columns;
mod header;
mod open;
mod tile;

pub use header::{ClockCheck, Content, Header};
pub use open::{Opened, Sweeps, open};
pub use tile::{Tile, Trace};

use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};

use crate::complaint::{Complaint, Place};

/// The first bytes of every package.
pub const MAGIC: &[u8; 6] = b"GJSP1\n";
/// What the station's key signs is this, followed by the header's bytes.
pub const SIGNED: &[u8] = b"guiju station package v1\n";
/// The longest header, in bytes.
pub const HEADER_MOST: usize = 64 * 1024;
/// The largest package, in bytes.
pub const BYTES_MOST: usize = 64 * 1024 * 1024;
/// The largest payload before compression, in bytes.
pub const RAW_MOST: u64 = 512 * 1024 * 1024;
/// A level that was not measured.
pub const HOLE: i16 = i16::MIN;
/// Levels are kept in quarters of a decibel.
pub const STEPS_PER_DB: f32 = 4.0;

/// One measurement in time: when it began, how long it measured, and whether the receiver was overloaded meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// In ns since 1970 UTC.
    pub start_ns: i64,
    /// How long the measurement took, in ns; the time that it backs by itself.
    pub duration_ns: i64,
    /// The receiver was overloaded: the levels are not to be trusted, and the time is not backed.
    pub overload: bool,
}

/// What goes into a package.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured {
    /// Sweeps: one level for each bin, in quarters of a decibel ([`HOLE`] where nothing was measured).
    Sweeps(Vec<(Moment, Vec<i16>)>),
    /// Scans of cells: when each scan was, and all rows as a log of cells with its heading ([`crate::cells`]).
    Cells(Vec<Moment>, String),
}

/// Turns decibels into the steps in which levels are kept; what is not a number is a hole.
#[must_use]
pub fn step_of(db: f32) -> i16 {
    if !db.is_finite() {
        return HOLE;
    }
    // In range by the clamp, which also keeps the hole's own value free.
    (db * STEPS_PER_DB).round().clamp(-32_000.0, 32_000.0) as i16
}

/// The decibels of a step; `None` where nothing was measured.
#[must_use]
pub fn db_of(step: i16) -> Option<f32> {
    (step != HOLE).then(|| f32::from(step) / STEPS_PER_DB)
}

/// Makes the bytes of a package. The header's counts, sizes and hash are filled in from what was measured.
///
/// # Errors
/// What does not fit together: rows that are not as long as the header's bins, times that run backwards or leave the header's range, a
/// range over more than one day, sizes beyond the format's.
pub fn build(mut header: Header, measured: &Measured, key: &SigningKey) -> Result<Vec<u8>, Complaint> {
    let raw = columns::write(&header, measured)?;
    header.measurements = match measured {
        Measured::Sweeps(rows) => rows.len() as u64,
        Measured::Cells(scans, _) => scans.len() as u64,
    };
    header.content = match measured {
        Measured::Sweeps(_) => Content::Sweeps,
        Measured::Cells(..) => Content::Cells,
    };
    header.raw_bytes = raw.len() as u64;
    let payload = columns::deflate(&raw)?;
    header.payload_bytes = payload.len() as u64;
    header.payload_sha256 = hex::encode(Sha256::digest(&payload));
    header.check()?;
    let told = serde_json::to_vec(&header)
        .map_err(|fault| wrong("头部无法写出", &format!("the header cannot be written: {fault}")))?;
    let size = u32::try_from(told.len()).unwrap_or(u32::MAX);
    let signature = key.sign(&[SIGNED, told.as_slice()].concat());
    let bytes = [MAGIC.as_slice(), &size.to_be_bytes(), &told, &signature.to_bytes(), &payload].concat();
    if told.len() > HEADER_MOST || bytes.len() > BYTES_MOST {
        return Err(wrong(
            "数据包过大，请缩短时间或者加宽频率间隔",
            "the package is too large; make it shorter or its bins wider",
        ));
    }
    Ok(bytes)
}

/// SHA-256 of a package's bytes, in lower-case hex: the name under which it is known.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn wrong(zh: &str, en: &str) -> Complaint {
    Complaint::stopped(Place::Whole, zh, en)
}
