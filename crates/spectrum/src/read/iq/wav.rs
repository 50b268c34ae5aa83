//! WAV files with I on the left and Q on the right, as receivers' programs write them (RIFF and RF64).
//!
//! The `auxi` chunk of such programs gives centre frequency and start time, without a zone. Refuses one channel, and numbers
//! other than u8, i16 and f32.

use std::io::Read;

use super::checked_rate;
use super::convert::{Encoding, SampleKind};
use super::source::{Blocks, Capture, Layout};
use crate::complaint::{Complaint, Place};
use crate::read::moment::Clock;
use crate::read::sweep::fill;

/// The longest chunk before the samples that is kept; longer ones are skipped.
const CHUNK_KEPT: u64 = 4096;
/// A length that stands for "see `ds64`" or "until the end".
const LENGTH_UNKNOWN: u32 = u32::MAX;
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;

/// What the chunks before the samples say.
#[derive(Default)]
struct Head {
    encoding: Option<(Encoding, f64)>,
    capture: Capture,
    data_bytes: Option<u64>,
}

/// Reads a WAV file of IQ samples. The clock gives the zone of its start time.
pub fn wav<R: Read>(mut input: R, clock: &Clock) -> Result<Blocks<R>, Complaint> {
    let start: [u8; 12] = take(&mut input, 0)?;
    let [a, b, c, d, _, _, _, _, form @ ..] = start;
    if !matches!(&[a, b, c, d], b"RIFF" | b"RF64") || &form != b"WAVE" {
        return Err(stopped(0, "不是WAV文件", "this is no WAV file"));
    }
    let (mut head, mut at) = (Head::default(), 12_u64);
    loop {
        let [a, b, c, d, length @ ..]: [u8; 8] = take(&mut input, at)?;
        let (name, length) = ([a, b, c, d], u32::from_le_bytes(length));
        at += 8;
        if &name == b"data" {
            return begin(input, head, length, at);
        }
        // Chunks are padded to even lengths.
        let padded = u64::from(length) + u64::from(length % 2);
        let mut chunk = vec![0; padded.min(CHUNK_KEPT) as usize];
        let unreadable = |fault| Complaint::unreadable(Place::Byte(at), &fault);
        let read = fill(&mut input, &mut chunk).map_err(unreadable)?;
        let skipped = padded - chunk.len() as u64;
        let went = std::io::copy(&mut (&mut input).take(skipped), &mut std::io::sink()).map_err(unreadable)?;
        if read < chunk.len() || went < skipped {
            return Err(cut(at));
        }
        match &name {
            b"fmt " => head.encoding = Some(format(&chunk, at)?),
            b"auxi" => auxi(&chunk, &mut head.capture, clock, at)?,
            b"ds64" => head.data_bytes = u64_at(&chunk, 8),
            _ => {}
        }
        at += padded;
    }
}

fn begin<R: Read>(input: R, head: Head, length: u32, at: u64) -> Result<Blocks<R>, Complaint> {
    let Some((encoding, sample_rate_hz)) = head.encoding else {
        return Err(stopped(
            at,
            "样点之前没有格式说明（fmt）",
            "no description of the format (fmt) comes before the samples",
        ));
    };
    // A program that was killed leaves the length 0.
    let bytes = match length {
        0 => None,
        LENGTH_UNKNOWN => head.data_bytes,
        known => Some(u64::from(known)),
    };
    let samples = bytes.map(|bytes| bytes / encoding.sample_bytes() as u64);
    let layout = Layout { encoding, sample_rate_hz, first_sample: 0, samples };
    Ok(Blocks::new(input, layout, vec![(0, head.capture)]).starting_at(at))
}

fn format(chunk: &[u8], at: u64) -> Result<(Encoding, f64), Complaint> {
    let field = |offset: usize| u16_at(chunk, offset).ok_or_else(|| cut(at));
    let (mut tag, channels, bits) = (field(0)?, field(2)?, field(14)?);
    if tag == EXTENSIBLE {
        tag = field(24)?;
    }
    let rate = f64::from(u32_at(chunk, 4).ok_or_else(|| cut(at))?);
    if channels != 2 {
        return Err(stopped(
            at,
            &format!("有{channels}个声道，IQ录制应为2个（左I右Q）"),
            &format!("there are {channels} channels where an IQ recording has 2 (I left, Q right)"),
        ));
    }
    let kind = match (tag, bits) {
        (PCM, 8) => SampleKind::U8,
        (PCM, 16) => SampleKind::I16,
        (FLOAT, 32) => SampleKind::F32,
        _ => {
            return Err(stopped(
                at,
                &format!("不支持格式{tag}的{bits}位样点，请录为8位、16位整数或32位浮点"),
                &format!(
                    "samples of format {tag} with {bits} bits are not read; record 8 or 16 bits or 32-bit floating point"
                ),
            ));
        }
    };
    Ok((Encoding::iq(kind), checked_rate(rate, Place::Byte(at + 4))?))
}

/// Reads centre frequency and start time: two times of eight u16 each, then the frequency.
fn auxi(chunk: &[u8], capture: &mut Capture, clock: &Clock, at: u64) -> Result<(), Complaint> {
    capture.centre_hz = u32_at(chunk, 32).filter(|hz| *hz > 0).map(f64::from);
    let field = |index: usize| u16_at(chunk, 2 * index).unwrap_or_default();
    if field(0) == 0 {
        return Ok(());
    }
    let date = format!("{:04}-{:02}-{:02}", field(0), field(1), field(3));
    let time = format!("{:02}:{:02}:{:02}.{:03}", field(4), field(5), field(6), field(7));
    let start = clock.read_local(&date, &time).map_err(|(zh, en)| Complaint::stopped(Place::Byte(at), zh, en))?;
    (capture.start_ns, capture.zone_assumed) = (Some(start), true);
    Ok(())
}

fn take<const N: usize>(input: &mut impl Read, at: u64) -> Result<[u8; N], Complaint> {
    let mut bytes = [0; N];
    let read = fill(input, &mut bytes).map_err(|fault| Complaint::unreadable(Place::Byte(at), &fault))?;
    if read == N { Ok(bytes) } else { Err(cut(at)) }
}

fn u16_at(chunk: &[u8], at: usize) -> Option<u16> {
    chunk.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(chunk: &[u8], at: usize) -> Option<u32> {
    chunk.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn u64_at(chunk: &[u8], at: usize) -> Option<u64> {
    chunk.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

fn cut(at: u64) -> Complaint {
    stopped(at, "文件在样点之前被截断，请重新复制文件", "the file was cut before its samples; copy it again")
}

fn stopped(at: u64, zh: &str, en: &str) -> Complaint {
    Complaint::stopped(Place::Byte(at), zh, en)
}
