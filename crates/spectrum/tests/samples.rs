//! IQ samples are read right: the recordings, every container, and every kind of damage.

#![expect(clippy::unwrap_used, reason = "a test ends where something does not hold")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use guiju_spectrum::complaint::{Complaint, Done, Place};
use guiju_spectrum::read::Clock;
use guiju_spectrum::read::iq::{Blocks, Capture, Encoding, HashCheck, SampleKind, Sigmf, SigmfOptions, raw, wav};
use guiju_testkit::facts::shared;
use proptest::prelude::*;

const META: &str = r#"{"global": {"core:datatype": "ci16_le", "core:version": "1.2.5", "core:sample_rate": 1000.0},
    "captures": [], "annotations": []}"#;

/// What all blocks of an input say: (first sample, centre, start, samples) and the complaints.
type Seen = (Vec<(u64, Option<f64>, Option<i64>, Vec<(f32, f32)>)>, Vec<Complaint>);

fn seen<R: Read>(blocks: &mut Blocks<R>) -> Seen {
    let (mut given, mut complaints) = (Vec::new(), Vec::new());
    loop {
        match blocks.next_block() {
            Ok(None) => return (given, complaints),
            Ok(Some(block)) => {
                let samples = block.samples.iter().map(|sample| (sample.re, sample.im)).collect();
                given.push((block.first_sample, block.capture.centre_hz, block.start_ns(), samples));
            }
            Err(complaint) => complaints.push(complaint),
        }
    }
}

fn options() -> SigmfOptions {
    SigmfOptions { sample_rate_hz: None, clock: Clock::beijing() }
}

/// Bursts by power: runs above a threshold, held together over short pauses, longer than a few samples.
fn bursts(power: &[f32], threshold: f32, pause: usize, shortest: usize) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (index, _) in power.iter().enumerate().filter(|(_, power)| **power > threshold) {
        match runs.last_mut() {
            Some(run) if index - run.1 <= pause => run.1 = index + 1,
            _ => runs.push((index, index + 1)),
        }
    }
    runs.retain(|run| run.1 - run.0 >= shortest);
    runs
}

/// Mode S replies last 64 or 120 us: 128 or 240 samples at 2 MS/s.
#[test]
fn the_adsb_bursts_are_found() {
    let Some(path) = shared("spectrum/data/adsb_iq/modes1.bin") else { return };
    let capture = Capture { centre_hz: Some(1090e6), ..Capture::default() };
    let mut blocks = raw(fs::File::open(path).unwrap(), Encoding::iq(SampleKind::U8), 2e6, capture).unwrap();
    let (given, complaints) = seen(&mut blocks);
    assert!(complaints.is_empty());
    let power: Vec<f32> = given.iter().flat_map(|block| &block.3).map(|(i, q)| i * i + q * q).collect();
    assert_eq!((power.len(), blocks.tally().samples), (356_868, 356_868));
    let mut ordered = power.clone();
    ordered.sort_by(f32::total_cmp);
    let median = ordered[ordered.len() / 2];
    let found = bursts(&power, 40.0 * median, 12, 100);
    let replies = |around: usize| found.iter().filter(|run| (run.1 - run.0).abs_diff(around) <= 6).count();
    // 134 and 215 of 486 runs; other lengths are rare, which noise would not make so.
    assert!(replies(128) > 100 && replies(240) > 180, "{} and {} of {}", replies(128), replies(240), found.len());
    assert!(10 * replies(184) < replies(240), "{} runs of 92 us", replies(184));
}

#[test]
fn the_hash_of_the_shared_recording_agrees_and_its_missing_rate_is_refused() {
    let Some(path) = shared("spectrum/data/sigmf/sample.sigmf-meta") else { return };
    let refused = Sigmf::open(&path, &options()).unwrap_err();
    assert_eq!(refused.place, Place::Field("global.core:sample_rate".into()));
    let given = SigmfOptions { sample_rate_hz: Some(8000.0), ..options() };
    let recording = Sigmf::open(&path, &given).unwrap();
    assert_eq!(recording.hash, HashCheck::Agrees);
    let (blocks, complaints) = seen(&mut recording.blocks().unwrap());
    let expected: Vec<(f32, f32)> = (0..16_u8).map(|value| (f32::from(value), 0.0)).collect();
    assert_eq!((blocks[0].3.as_slice(), complaints.len()), (expected.as_slice(), 0));
}

#[test]
fn shared_descriptions_are_accepted_with_data_and_refused_without() {
    for (name, centre_hz) in [("capture_geolocation", 16_804_500.0), ("realistic_recording", 16_804_500.0)] {
        let Some(path) = shared(&format!("spectrum/data/sigmf/{name}.sigmf-meta")) else { return };
        let refused = Sigmf::open(&path, &options()).unwrap_err();
        assert!(refused.to_string().contains("put it beside its description"), "{refused}");
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join(format!("{name}.sigmf-meta"));
        fs::write(&copy, fs::read(&path).unwrap()).unwrap();
        fs::write(copy.with_extension("sigmf-data"), [0_u8; 80]).unwrap();
        let recording = Sigmf::open(&copy, &options()).unwrap();
        let (blocks, _) = seen(&mut recording.blocks().unwrap());
        // 2026-07-16T09:14:22Z
        assert_eq!(
            (blocks[0].1, blocks[0].2, blocks[0].3.len()),
            (Some(centre_hz), Some(1_784_193_262_000_000_000), 10)
        );
    }
    let Some(minimal) = shared("spectrum/data/sigmf/minimal.sigmf-meta") else { return };
    assert!(Sigmf::open(&minimal, &options()).unwrap_err().to_string().contains("no sample rate"));
}

fn recording(folder: &Path, meta: &str, data: &[u8]) -> PathBuf {
    let path = folder.join("a.sigmf-meta");
    fs::write(&path, meta).unwrap();
    fs::write(path.with_extension("sigmf-data"), data).unwrap();
    path
}

#[test]
fn several_captures_with_headers_and_an_offset_keep_their_indices() {
    let folder = tempfile::tempdir().unwrap();
    let meta = r#"{"global": {"core:datatype": "ci8", "core:version": "1.2.5", "core:sample_rate": 4, "core:offset": 100,
        "core:dataset": "b.raw", "core:trailing_bytes": 3},
        "captures": [{"core:sample_start": 100, "core:frequency": 1e6, "core:header_bytes": 2, "core:datetime": "2024-05-01T00:00:00Z"},
        {"core:sample_start": 102, "core:frequency": 2e6, "core:header_bytes": 1}], "annotations": []}"#;
    let path = recording(folder.path(), meta, &[]);
    fs::write(folder.path().join("b.raw"), [99, 99, 64, 0, 0, 64, 99, 32, 32, 77, 77, 77]).unwrap();
    let opened = Sigmf::open(&path, &options()).unwrap();
    assert_eq!(opened.hash, HashCheck::NotStated);
    let (blocks, complaints) = seen(&mut opened.blocks().unwrap());
    assert!(complaints.is_empty(), "{complaints:?}");
    let start = Some(1_714_521_600_000_000_000);
    assert_eq!(blocks[0], (100, Some(1e6), start, vec![(0.5, 0.0), (0.0, 0.5)]));
    assert_eq!(blocks[1], (102, Some(2e6), None, vec![(0.25, 0.25)]));
}

#[test]
fn what_would_be_misread_is_refused_with_its_field() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |from: &str, to: &str| {
        assert!(META.contains(from), "{from}");
        let path = recording(folder.path(), &META.replace(from, to), &[0; 8]);
        Sigmf::open(&path, &options()).unwrap_err().place
    };
    let field = |name: &str| Place::Field(name.into());
    assert_eq!(refused("1000.0", "0"), field("global.core:sample_rate"));
    assert_eq!(refused("ci16_le", "ci32_le"), field("global.core:datatype"));
    assert_eq!(refused("1.2.5", "2.0.0"), field("global.core:version"));
    assert_eq!(refused("1000.0", "1, \"core:num_channels\": 2"), field("global.core:num_channels"));
    let needed = "1, \"core:extensions\": [{\"name\": \"spread\", \"version\": \"1\", \"optional\": false}]";
    assert_eq!(refused("1000.0", needed), field("global.core:extensions"));
    assert_eq!(refused("1000.0", "1, \"core:sha512\": \"00\""), field("global.core:sha512"));
    assert_eq!(refused("1000.0", "1, \"core:dataset\": \"../a\""), field("global.core:dataset"));
    assert_eq!(refused("1000.0", "1, \"core:metadata_only\": true"), field("global.core:metadata_only"));
    let unordered = "\"captures\": [{\"core:sample_start\": 2}, {\"core:sample_start\": 1}]";
    assert_eq!(refused("\"captures\": []", unordered), field("captures[1].core:sample_start"));
    let year = "\"captures\": [{\"core:sample_start\": 0, \"core:datetime\": \"1970-01-01T00:00:09Z\"}]";
    assert_eq!(refused("\"captures\": []", year), field("captures[0].core:datetime"));
    assert_eq!(refused("1000.0", "1, \"core:offset\": 18446744073709551615"), field("global.core:offset"));
    assert_eq!(refused("1000.0", "1, \"core:trailing_bytes\": 3"), field("global.core:trailing_bytes"));
    assert_eq!(refused("\"captures\": []", "\"captures\": [{}]"), Place::Line(2));
    assert!(matches!(refused("\"annotations\": []}", "\"annotations\""), Place::Line(_)));
}

#[test]
fn a_cut_sample_is_complained_of_after_all_whole_ones_were_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = recording(folder.path(), META, &[0; 11]);
    let (blocks, complaints) = seen(&mut Sigmf::open(&path, &options()).unwrap().blocks().unwrap());
    assert_eq!((blocks[0].3.len(), complaints.len(), complaints[0].done), (2, 1, Done::Stopped));
    assert!(complaints[0].to_string().contains("last 3 bytes") && complaints[0].zh().contains("末尾3字节"));
}

#[test]
fn a_capture_behind_the_end_of_the_data_is_complained_of() {
    let folder = tempfile::tempdir().unwrap();
    let meta = META.replace("[],", "[{\"core:sample_start\": 0}, {\"core:sample_start\": 9}],");
    let path = recording(folder.path(), &meta, &[0; 8]);
    let (blocks, complaints) = seen(&mut Sigmf::open(&path, &options()).unwrap().blocks().unwrap());
    assert_eq!(blocks[0].3.len(), 2);
    assert!(complaints.len() == 1 && complaints[0].to_string().contains("7 more samples"), "{complaints:?}");
}

#[test]
fn a_block_with_nan_is_left_out_and_the_next_is_given() {
    let mut bytes: Vec<u8> = (0..2 * 70_000).flat_map(|_| 0.5_f32.to_le_bytes()).collect();
    bytes[80..84].copy_from_slice(&f32::NAN.to_le_bytes());
    let mut blocks = raw(bytes.as_slice(), Encoding::iq(SampleKind::F32), 1e6, Capture::default()).unwrap();
    let (given, complaints) = seen(&mut blocks);
    assert_eq!((given.len(), given[0].0, given[0].3.len()), (1, 65_536, 4_464));
    assert_eq!((complaints[0].done, blocks.tally().samples_left_out), (Done::LeftOut, 65_536));
    assert!(raw(bytes.as_slice(), Encoding::iq(SampleKind::F32), 0.0, Capture::default()).is_err());
    assert!(raw(bytes.as_slice(), Encoding::iq(SampleKind::F32), f64::NAN, Capture::default()).is_err());
}

fn chunk(name: &[u8], bytes: &[u8]) -> Vec<u8> {
    [name, &(bytes.len() as u32).to_le_bytes(), bytes].concat()
}

/// A WAV file of an SDR program: start 2024-05-01 08:00:00.250 by a Beijing clock, 96.0 MHz.
fn recorded(channels: u16, samples: &[u8]) -> Vec<u8> {
    let rate = 48_000_u32;
    let fmt = [
        &1_u16.to_le_bytes()[..],
        &channels.to_le_bytes(),
        &rate.to_le_bytes(),
        &(rate * 4).to_le_bytes(),
        &[4, 0, 16, 0],
    ]
    .concat();
    let mut auxi: Vec<u8> = [2024_u16, 5, 3, 1, 8, 0, 0, 250].iter().flat_map(|field| field.to_le_bytes()).collect();
    auxi.resize(32, 0);
    auxi.extend(96_000_000_u32.to_le_bytes());
    let chunks =
        [chunk(b"fmt ", &fmt), chunk(b"auxi", &auxi), chunk(b"odd ", &[1, 2, 3]), vec![0], chunk(b"data", samples)]
            .concat();
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WAVE", &chunks].concat()
}

#[test]
fn a_wav_of_iq_gives_frequency_and_start() {
    let bytes = recorded(2, &[0, 0x40, 0, 0x80]);
    let (blocks, complaints) = seen(&mut wav(bytes.as_slice(), &Clock::beijing()).unwrap());
    assert_eq!(blocks, [(0, Some(96e6), Some(1_714_521_600_250_000_000), vec![(0.5, -1.0)])]);
    assert!(complaints.is_empty());
    assert!(wav(recorded(1, &[0; 4]).as_slice(), &Clock::beijing()).unwrap_err().to_string().contains("1 channels"));
}

#[test]
fn a_wav_cut_anywhere_is_complained_of() {
    let bytes = recorded(2, &[0; 16]);
    for cut in 0..bytes.len() {
        let complained = match wav(&bytes[..cut], &Clock::beijing()) {
            Err(_) => true,
            Ok(mut blocks) => !seen(&mut blocks).1.is_empty(),
        };
        assert!(complained, "cut at {cut}");
    }
}

proptest! {
    #[test]
    fn blocks_give_every_sample_once_whatever_the_pieces(count in 0_usize..200_000, rest in 0_usize..4) {
        let bytes: Vec<u8> = (0..count * 4 + rest).map(|index| (index / 4 % 251) as u8).collect();
        let mut blocks = raw(bytes.as_slice(), Encoding::iq(SampleKind::I16), 1e6, Capture::default()).unwrap();
        let (given, complaints) = seen(&mut blocks);
        let mut next = 0;
        for block in &given {
            prop_assert_eq!(block.0, next);
            next += block.3.len() as u64;
        }
        prop_assert_eq!((next, complaints.len()), (count as u64, usize::from(rest > 0)));
    }

    #[test]
    fn no_bytes_make_the_wav_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..60, byte: u8) {
        let _ = wav(bytes.as_slice(), &Clock::beijing()).map(|mut blocks| seen(&mut blocks));
        let mut changed = recorded(2, &[0; 8]);
        changed[at] = byte;
        let _ = wav(changed.as_slice(), &Clock::beijing()).map(|mut blocks| seen(&mut blocks));
    }
}
