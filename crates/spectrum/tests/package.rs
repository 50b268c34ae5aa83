//! Packages of stations: what goes in comes out, what was altered or cut is refused, and no time is backed that was not measured.

use ed25519_dalek::SigningKey;
use guiju_spectrum::package::{self, ClockCheck, Content, HOLE, Header, Measured, Moment, Tile, Trace, build, open};
use proptest::prelude::*;

const SECOND: i64 = 1_000_000_000;
/// 2024-04-13 19:00 in Beijing.
const START: i64 = 1_713_006_000 * SECOND;
const HOUR: i64 = 3_600 * SECOND;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn header() -> Header {
    Header {
        version: 1,
        station: "JH-01".into(),
        sequence: 7,
        receiver: "FM-1".into(),
        task: "black_broadcast".into(),
        plan: String::new(),
        content: Content::Sweeps,
        from_ns: START,
        until_ns: START + HOUR,
        revisit_ns: 60 * SECOND,
        low_hz: 87e6,
        bin_hz: 1e4,
        bins: 5,
        measurements: 0,
        calibration: None,
        clock_offset_ns: Some(-3),
        clock_check: ClockCheck::Server,
        software: "test 1".into(),
        raw_bytes: 0,
        payload_bytes: 0,
        payload_sha256: String::new(),
    }
}

fn moment(start_s: i64, duration_s: i64) -> Moment {
    Moment { start_ns: START + start_s * SECOND, duration_ns: duration_s * SECOND, overload: false }
}

fn sweeps(at: &[(i64, i64)]) -> Measured {
    let row = |n: usize| (0..5).map(|bin| if bin == 4 { HOLE } else { (n * 10 + bin) as i16 - 300 }).collect();
    Measured::Sweeps(at.iter().enumerate().map(|(n, (start, duration))| (moment(*start, *duration), row(n))).collect())
}

#[test]
fn what_goes_in_comes_out_and_bears_the_stations_signature() {
    let measured = sweeps(&[(0, 60), (60, 60), (120, 60)]);
    let bytes = build(header(), &measured, &key(1)).unwrap();
    let opened = open(&bytes).unwrap();
    assert_eq!(Measured::Sweeps(opened.sweeps().collect()), measured);
    assert_eq!((opened.header.measurements, opened.header.unit()), (3, "dB (relative)"));
    assert!(opened.signed_by(&key(1).verifying_key()));
    assert!(!opened.signed_by(&key(2).verifying_key()));
    assert_eq!(package::digest(&bytes).len(), 64);
}

#[test]
fn scans_of_cells_are_kept_as_they_are() {
    let mut header = header();
    (header.bins, header.low_hz, header.bin_hz) = (0, 0.0, 0.0);
    let measured = Measured::Cells(vec![moment(0, 30)], "time,station\n".into());
    let opened = open(&build(header, &measured, &key(1)).unwrap()).unwrap();
    assert_eq!(opened.rows(), Some("time,station\n"));
    assert_eq!(opened.backed().total_ns(), i128::from(30 * SECOND));
    assert_eq!(opened.sweeps().count(), 0);
}

#[test]
fn no_altered_or_cut_byte_goes_unnoticed() {
    let bytes = build(header(), &sweeps(&[(0, 60), (60, 60)]), &key(1)).unwrap();
    for at in 0..bytes.len() {
        assert!(open(&bytes[..at]).is_err(), "cut at {at}");
        for bit in [1u8, 0x10, 0x80] {
            let mut altered = bytes.clone();
            altered[at] ^= bit;
            let noticed = open(&altered).is_ok_and(|opened| opened.signed_by(&key(1).verifying_key()));
            assert!(!noticed, "byte {at} altered by {bit}");
        }
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(open(&longer).is_err());
}

#[test]
fn what_cannot_be_is_told_in_both_languages() {
    type Break = fn(&mut Header);
    let breaks: [(&str, Break); 9] = [
        ("from_ns", |h| h.from_ns = 0),
        ("until_ns", |h| h.until_ns = h.from_ns),
        ("until_ns", |h| h.until_ns = h.from_ns + 24 * HOUR),
        ("revisit_ns", |h| h.revisit_ns = 0),
        ("bins", |h| h.bin_hz = f64::NAN),
        ("bins", |h| h.bin_hz = 0.0),
        ("sequence", |h| h.sequence = 0),
        ("station", |h| h.station = "a/b".into()),
        ("version", |h| h.version = 9),
    ];
    for (field, breaks) in breaks {
        let mut header = header();
        breaks(&mut header);
        let told = build(header, &sweeps(&[]), &key(1)).unwrap_err();
        assert!(told.to_string().contains(field) && told.zh().contains(field), "{field}: {told}");
    }
    let back = sweeps(&[(60, 60), (0, 60)]);
    assert!(build(header(), &back, &key(1)).unwrap_err().zh().contains("倒退"));
    let beyond = sweeps(&[(3_590, 60)]);
    assert!(build(header(), &beyond, &key(1)).is_err());
}

/// A payload that unpacks to more than it states is refused without being unpacked.
#[test]
fn a_payload_that_swells_is_refused() {
    let mut header = header();
    (header.bins, header.low_hz, header.bin_hz) = (0, 0.0, 0.0);
    let rows = "x".repeat(4_000_000);
    let bytes = build(header, &Measured::Cells(vec![], rows), &key(1)).unwrap();
    let told = String::from_utf8_lossy(&bytes).into_owned();
    assert!(told.contains("\"raw_bytes\":4000000"));
    let smaller: Vec<u8> = {
        let at = bytes.windows(19).position(|part| part == b"\"raw_bytes\":4000000").unwrap();
        let mut smaller = bytes.clone();
        smaller[at + 12..at + 19].copy_from_slice(b"0000100");
        smaller
    };
    assert!(open(&smaller).is_err());
}

/// Second by second: a second is backed when a measurement covers it, or the next one began within a revisit of the one before.
fn backed_slowly(at: &[(i64, i64)], revisit: i64, until: i64) -> i64 {
    let covers = |second: i64| {
        at.iter().enumerate().any(|(n, (start, duration))| {
            let reach = match at.get(n + 1) {
                Some((next, _)) if next - start <= revisit => (start + duration).max(*next),
                _ => start + duration,
            };
            (*start..reach.min(until)).contains(&second)
        })
    };
    (0..until).filter(|second| covers(*second)).count() as i64
}

proptest! {
    #[test]
    fn backed_time_equals_a_slow_twin(steps in prop::collection::vec((0i64..150, 0i64..90), 0..40)) {
        let mut at = Vec::new();
        let mut clock = 0;
        for (wait, duration) in steps {
            clock += wait;
            if clock + duration <= 3_600 {
                at.push((clock, duration));
            }
        }
        let opened = open(&build(header(), &sweeps(&at), &key(1)).unwrap()).unwrap();
        let slowly = backed_slowly(&at, 60, 3_600);
        prop_assert_eq!(opened.backed().total_ns(), i128::from(slowly * SECOND));
    }

    #[test]
    fn a_tile_holds_the_greatest_level_of_each_rectangle(
        at in prop::collection::vec(0i64..50, 1..20),
        (width, height) in (1usize..9, 1usize..9),
    ) {
        let mut starts: Vec<i64> = at.iter().map(|start| start * 60).collect();
        starts.sort_unstable();
        starts.dedup();
        let at: Vec<(i64, i64)> = starts.into_iter().map(|start| (start, 60)).collect();
        let opened = open(&build(header(), &sweeps(&at), &key(1)).unwrap()).unwrap();
        let mut tile = Tile::empty(width, height);
        tile.add(&opened, (START, START + HOUR), (87e6, 87.05e6));
        // Slowly: each point over each sweep and bin that touches it.
        for row in 0..height {
            for column in 0..width {
                let mut most = HOLE;
                for (moment, levels) in opened.sweeps() {
                    let (from, until) = ((moment.start_ns - START) * height as i64, (moment.start_ns + moment.duration_ns - START) * height as i64);
                    let touches_time = from < (row as i64 + 1) * HOUR && until > row as i64 * HOUR;
                    for (bin, level) in levels.iter().enumerate() {
                        let touches_band = bin * width < (column + 1) * 5 && (bin + 1) * width > column * 5;
                        if touches_time && touches_band {
                            most = most.max(*level);
                        }
                    }
                }
                prop_assert_eq!(tile.levels[row * width + column], most, "row {} column {}", row, column);
            }
        }
    }
}

#[test]
fn a_trace_means_powers_and_leaves_holes() {
    let rows =
        vec![(moment(0, 60), vec![-400, -400, HOLE, HOLE, 0]), (moment(60, 60), vec![-400, -360, HOLE, -100, 0])];
    let opened = open(&build(header(), &Measured::Sweeps(rows), &key(1)).unwrap()).unwrap();
    let trace = Trace::of(&opened, (START, START + HOUR));
    assert_eq!(trace.sweeps, 2);
    assert_eq!(trace.most_db, [Some(-100.0), Some(-90.0), None, Some(-25.0), Some(0.0)]);
    // Of -100 dB and -90 dB: 10 lg((1e-10 + 1e-9) / 2).
    assert!((trace.mean_db[1].unwrap() + 92.596).abs() < 0.01);
}

/// An overloaded receiver saw nothing that counts.
#[test]
fn overload_backs_no_time() {
    let mut over = moment(60, 60);
    over.overload = true;
    let rows = [moment(0, 60), over, moment(120, 60)].map(|moment| (moment, vec![0; 5]));
    let opened = open(&build(header(), &Measured::Sweeps(rows.to_vec()), &key(1)).unwrap()).unwrap();
    assert_eq!(opened.backed().total_ns(), i128::from(120 * SECOND));
}
