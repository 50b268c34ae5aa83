//! Opens packages: nothing that they say is believed before it is checked.

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use super::columns::{Cursor, inflate};
use super::{BYTES_MOST, Content, HEADER_MOST, Header, MAGIC, Moment, RAW_MOST, SIGNED, wrong};
use crate::complaint::{Complaint, Place};
use crate::hours::{Interval, Intervals};

/// A package whose shape, sizes and hash are right. Whether the station signed it, [`Opened::signed_by`] says.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What it says of itself.
    pub header: Header,
    told: Vec<u8>,
    signature: Signature,
    moments: Vec<Moment>,
    data: Data,
}

#[derive(Debug, Clone)]
enum Data {
    /// The upper and then the lower bytes of all levels, sweep by sweep.
    Levels(Vec<u8>),
    Rows(String),
}

/// Opens a package.
///
/// # Errors
/// What is not a package, cut off, altered, or says what cannot be; the place is a byte or a field of the header.
pub fn open(bytes: &[u8]) -> Result<Opened, Complaint> {
    if bytes.len() > BYTES_MOST {
        return Err(wrong("数据包过大", "the package is too large"));
    }
    let cut = |at: usize| {
        Complaint::stopped(
            Place::Byte(at as u64),
            "数据包在这里被截断，请重新上送",
            "the package is cut off here; send it again",
        )
    };
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| wrong("不是监测数据包", "this is no package of a station"))?;
    let (size, rest) = rest.split_first_chunk::<4>().ok_or_else(|| cut(MAGIC.len()))?;
    let size = usize::try_from(u32::from_be_bytes(*size)).unwrap_or(usize::MAX);
    if size > HEADER_MOST {
        return Err(wrong("头部过长", "the header is too long"));
    }
    let (told, rest) = rest.split_at_checked(size).ok_or_else(|| cut(bytes.len()))?;
    let (signature, payload) = rest.split_first_chunk::<64>().ok_or_else(|| cut(bytes.len()))?;
    let header: Header = serde_json::from_slice(told).map_err(|fault| {
        Complaint::stopped(Place::Byte(10), "头部读不出来", format!("the header cannot be read: {fault}"))
    })?;
    header.check()?;
    if payload.len() as u64 != header.payload_bytes {
        return Err(cut(bytes.len()));
    }
    if hex::encode(Sha256::digest(payload)) != header.payload_sha256 {
        return Err(Complaint::stopped(
            Place::Field("payload_sha256".to_owned()),
            "内容与散列不符，数据包被改动或者传坏，请重新上送",
            "the payload does not have this hash: it was altered or broken on the way; send it again",
        ));
    }
    let (moments, data) = unpack(&header, payload)?;
    Ok(Opened { told: told.to_vec(), signature: Signature::from_bytes(signature), header, moments, data })
}

fn unpack(header: &Header, payload: &[u8]) -> Result<(Vec<Moment>, Data), Complaint> {
    let no = || wrong("内容与头部所说的不符", "the payload is not what the header says");
    let levels = header.measurements.checked_mul(u64::from(header.bins)).and_then(|levels| levels.checked_mul(2));
    let levels = levels.filter(|levels| *levels <= RAW_MOST && header.raw_bytes <= RAW_MOST).ok_or_else(no)?;
    let raw = inflate(payload, header.raw_bytes).ok_or_else(no)?;
    let mut cursor = Cursor::new(&raw);
    let moments = cursor.moments(header).ok_or_else(no)?;
    let rest = cursor.rest();
    let data = match header.content {
        Content::Sweeps if rest.len() as u64 == levels => Data::Levels(rest.to_vec()),
        Content::Cells => Data::Rows(String::from_utf8(rest.to_vec()).map_err(|_| no())?),
        Content::Sweeps => return Err(no()),
    };
    Ok((moments, data))
}

impl Opened {
    /// Whether this key signed it.
    #[must_use]
    pub fn signed_by(&self, key: &VerifyingKey) -> bool {
        key.verify_strict(&[SIGNED, self.told.as_slice()].concat(), &self.signature).is_ok()
    }

    /// When each measurement was, in order.
    #[must_use]
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// The sweeps in order; none for cells.
    #[must_use]
    pub fn sweeps(&self) -> Sweeps<'_> {
        Sweeps { of: self, next: 0 }
    }

    /// The rows of a scan of cells, with their heading; `None` for sweeps.
    #[must_use]
    pub fn rows(&self) -> Option<&str> {
        match &self.data {
            Data::Rows(rows) => Some(rows),
            Data::Levels(_) => None,
        }
    }

    /// The time that its data back: each measurement backs the time it took, and the time until the next one where that begins within one
    /// revisit time of its own beginning. A measurement under overload backs nothing. Nothing lies beyond what the header states.
    #[must_use]
    pub fn backed(&self) -> Intervals {
        let mut backed = Intervals::new();
        for (at, moment) in self.moments.iter().enumerate().filter(|(_, moment)| !moment.overload) {
            let next =
                self.moments.get(at + 1).filter(|next| next.start_ns - moment.start_ns <= self.header.revisit_ns);
            let end = moment.start_ns.saturating_add(moment.duration_ns);
            let until = next.map_or(end, |next| end.max(next.start_ns)).min(self.header.until_ns);
            if let Some(interval) = Interval::new(moment.start_ns, until) {
                backed.add(interval);
            }
        }
        for moment in self.moments.iter().filter(|moment| moment.overload) {
            if let Some(gap) = Interval::new(moment.start_ns, moment.start_ns.saturating_add(moment.duration_ns)) {
                backed.subtract(gap);
            }
        }
        backed
    }

    /// The levels of one sweep as steps; empty where there is no such sweep.
    pub(super) fn row(&self, at: usize) -> impl Iterator<Item = i16> + '_ {
        let bins = usize::try_from(self.header.bins).unwrap_or(0);
        let planes = match &self.data {
            Data::Levels(planes) if at < self.moments.len() => planes.as_slice(),
            _ => &[],
        };
        let (upper, lower) = planes.split_at(planes.len() / 2);
        let part = at.saturating_mul(bins)..at.saturating_add(1).saturating_mul(bins);
        let (upper, lower) = (upper.get(part.clone()).unwrap_or_default(), lower.get(part).unwrap_or_default());
        upper.iter().zip(lower).map(|(upper, lower)| i16::from_be_bytes([*upper, *lower]))
    }
}

/// The sweeps of a package: when, and a level for each bin in steps of a quarter of a decibel.
#[derive(Debug, Clone)]
pub struct Sweeps<'a> {
    of: &'a Opened,
    next: usize,
}

impl Iterator for Sweeps<'_> {
    type Item = (Moment, Vec<i16>);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.next;
        if self.of.header.content != Content::Sweeps {
            return None;
        }
        let moment = self.of.moments.get(at)?;
        self.next += 1;
        Some((*moment, self.of.row(at).collect()))
    }
}
