//! Signals that GNU Radio made (tests/radio/make_signals.py), measured as a station would: level, centre, bandwidth and times.
//!
//! Short excerpts lie in the repository; `./test --full` makes longer ones and names their folder in `GUIJU_RADIO_SIGNALS`.

#![expect(clippy::unwrap_used, reason = "a test ends where something does not hold")]

use std::path::{Path, PathBuf};

use guiju_spectrum::cfar::known_floor_threshold;
use guiju_spectrum::emission::{Emission, Joining, Track, Tracker, emissions, outskirts};
use guiju_spectrum::floor::FloorMethod;
use guiju_spectrum::psd::{Settings, Spectrum, Welch};
use guiju_spectrum::read::Clock;
use guiju_spectrum::read::iq::{Encoding, Sigmf, SigmfOptions};
use guiju_spectrum::statistics::decibels;
use guiju_spectrum::window::Window;
use serde::Deserialize;

/// What is true of a recording, by the script that made it.
#[derive(Deserialize)]
struct Truth {
    name: String,
    sample_rate_hz: f64,
    noise_dbfs_per_hz: f64,
    on: Vec<On>,
}

/// One interval in which the signal is on, and what is true of it without noise.
#[derive(Deserialize)]
struct On {
    from_sample: u64,
    until_sample: u64,
    level_dbfs: f64,
    centre_hz: f64,
    bandwidth_99_hz: f64,
}

const BINS: usize = 512;
/// Segments of one revisit: 4 to 7 ms. They do not overlap, because revisits must not.
const SEGMENTS: u64 = 8;
const REVISIT_SAMPLES: u64 = BINS as u64 * SEGMENTS;
const JOINING: Joining = Joining { gap_bins: 8, skirt_bins: 16, dc_bins: 2 };

fn folder() -> PathBuf {
    let excerpts = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/radio/excerpts");
    std::env::var_os("GUIJU_RADIO_SIGNALS").map_or_else(excerpts, PathBuf::from)
}

fn truths() -> Vec<Truth> {
    let text = std::fs::read_to_string(folder().join("truth.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The recording's centre frequency and its bytes, through the reader: the hash agrees.
fn bytes_of(truth: &Truth) -> (f64, Vec<u8>) {
    let options = SigmfOptions { sample_rate_hz: None, clock: Clock::beijing() };
    let recording = Sigmf::open(&folder().join(format!("{}.sigmf-meta", truth.name)), &options).unwrap();
    let mut blocks = recording.blocks().unwrap();
    let centre_hz = blocks.captures().first().unwrap().1.centre_hz.unwrap();
    let mut bytes = Vec::new();
    while let Some(more) = blocks.next_bytes().unwrap() {
        bytes.extend_from_slice(more);
    }
    (centre_hz, bytes)
}

fn spectra(truth: &Truth, centre_hz: f64, segments: Option<u64>, bytes: &[u8]) -> Vec<Spectrum> {
    let sample_rate_hz = truth.sample_rate_hz;
    // Half an overlap: without, a Hann window hardly looks at a third of the samples, and the edges of FM move by a bin.
    let overlap = if segments.is_none() { BINS / 2 } else { 0 };
    let settings = Settings { sample_rate_hz, centre_hz, bins: BINS, window: Window::Hann, overlap, segments };
    let mut welch = Welch::new(settings, Encoding::CI8).unwrap();
    let mut spectra = Vec::new();
    welch.push_bytes(bytes, &mut |spectrum| spectra.push(spectrum));
    if segments.is_none() {
        spectra.push(welch.finish().unwrap());
    }
    spectra
}

/// What stands out of a spectrum's own floor. The signals fill up to a third of the band, so that the weakest fifth is noise.
fn found(spectrum: &Spectrum) -> (f64, Vec<Emission>) {
    let floor = FloorMethod::LowestFifth.estimate(&spectrum.power_per_hz, spectrum.looks).unwrap();
    let threshold = known_floor_threshold(floor, spectrum.looks, 1e-7).unwrap();
    (floor, emissions(spectrum, &[threshold; BINS], floor, JOINING).unwrap())
}

/// The emissions without the shoulders of strong ones, which are detected too and must be known for what they are.
fn own(seen: &[Emission]) -> Vec<Emission> {
    seen.iter().zip(outskirts(seen)).filter(|(_, outskirt)| !outskirt).map(|(one, _)| one.clone()).collect()
}

/// Tracks over the whole recording; their times are samples.
fn tracks(truth: &Truth, centre_hz: f64, bytes: &[u8]) -> Vec<Track> {
    // A deep fade hides a signal for a few revisits.
    let mut tracker = Tracker::new(truth.sample_rate_hz / BINS as f64, 4);
    let mut ended = Vec::new();
    for spectrum in spectra(truth, centre_hz, Some(SEGMENTS), bytes) {
        let (first, end) = (spectrum.first_sample.cast_signed(), spectrum.end_sample.cast_signed());
        ended.extend(tracker.push(first, end, own(&found(&spectrum).1)).unwrap());
    }
    ended.extend(tracker.finish());
    // Revisits are at most half of the shortest time on (ITU-R SM.1880), so that what transmits is seen twice. What shows once is
    // noise over its threshold, a swing of FM beyond its band, or the click of being let on.
    ended.retain(|track| track.seen > 1);
    ended.sort_by_key(|track| track.first_seen_ns);
    ended
}

#[test]
fn the_recordings_are_those_that_are_promised() {
    let names: Vec<String> = truths().into_iter().map(|truth| truth.name).collect();
    assert_eq!(names, ["fm", "fm-pilot", "gmsk", "ofdm", "fading-gmsk", "fading-fm"]);
}

#[test]
fn signals_of_gnu_radio_show_their_level_centre_and_bandwidth_while_they_are_on() {
    let mut wrong = Vec::new();
    for truth in truths() {
        let (centre_hz, bytes) = bytes_of(&truth);
        for on in &truth.on {
            let (from, until) = (usize::try_from(on.from_sample).unwrap(), usize::try_from(on.until_sample).unwrap());
            let spectrum = spectra(&truth, centre_hz, None, bytes.get(from * 2..until * 2).unwrap()).remove(0);
            let (floor, seen) = found(&spectrum);
            let own = own(&seen);
            let [emission] = own.as_slice() else {
                let said = seen
                    .iter()
                    .map(|one| (one.centre_hz, one.bandwidth_99_hz, decibels(one.power), decibels(one.peak_to_floor)));
                wrong.push(format!("{}: {:?}", truth.name, said.collect::<Vec<_>>()));
                continue;
            };
            let level = decibels(emission.power) - on.level_dbfs;
            let centre = (emission.centre_hz - on.centre_hz) / spectrum.bin_hz();
            let width = emission.bandwidth_99_hz / on.bandwidth_99_hz - 1.0;
            let floor = decibels(floor) - truth.noise_dbfs_per_hz;
            let said = format!(
                "{}: level {level:+.3} dB, centre {centre:+.2} bins, width {:+.2} %, floor {floor:+.2} dB",
                truth.name,
                width * 100.0
            );
            println!("{said}");
            if level.abs() > 0.5 || centre.abs() > 1.0 || width.abs() > 0.05 || floor.abs() > 0.5 {
                wrong.push(said);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn signals_of_gnu_radio_come_and_go_within_one_revisit_of_the_truth() {
    let mut wrong = Vec::new();
    for truth in truths() {
        let (centre_hz, bytes) = bytes_of(&truth);
        let tracks = tracks(&truth, centre_hz, &bytes);
        let late = |track: &Track, on: &On| {
            let first = track.first_seen_ns - on.from_sample.cast_signed();
            (first, track.last_seen_ns - on.until_sample.cast_signed())
        };
        let off: Vec<(i64, i64)> = tracks.iter().zip(&truth.on).map(|(track, on)| late(track, on)).collect();
        println!("{}: {} tracks, {off:?} samples, a revisit is {REVISIT_SAMPLES}", truth.name, tracks.len());
        let near = |samples: i64| samples.unsigned_abs() <= REVISIT_SAMPLES;
        if tracks.len() != truth.on.len() || !off.iter().all(|(first, last)| near(*first) && near(*last)) {
            wrong.push((truth.name, tracks.len(), off));
        }
    }
    assert!(wrong.is_empty(), "a revisit is {REVISIT_SAMPLES} samples: {wrong:?}");
}
