//! Sweep tables are read right: the recordings, the programs' quirks, and every kind of bad row.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where something does not hold")]

use std::io::{BufReader, Cursor};

use guiju_spectrum::complaint::{Complaint, Done, Place};
use guiju_spectrum::read::Clock;
use guiju_spectrum::read::sweep::{Options, Sweep, Tally, TimeBasis, hackrf_binary, hackrf_csv, rtl_power};
use guiju_testkit::facts::shared;
use proptest::prelude::*;

type Read = (Vec<Sweep>, Vec<Complaint>, Tally);

fn rtl(text: &str) -> Read {
    let mut reader = rtl_power(Cursor::new(text.to_owned()), Options::new(Clock::beijing()));
    let (sweeps, complaints) = sorted(&mut reader);
    (sweeps, complaints, reader.tally())
}

fn hackrf(text: &str) -> Read {
    let mut reader = hackrf_csv(Cursor::new(text.to_owned()), Options::new(Clock::beijing()));
    let (sweeps, complaints) = sorted(&mut reader);
    (sweeps, complaints, reader.tally())
}

fn sorted(reader: &mut impl Iterator<Item = Result<Sweep, Complaint>>) -> (Vec<Sweep>, Vec<Complaint>) {
    let (mut sweeps, mut complaints) = (Vec::new(), Vec::new());
    for item in reader {
        match item {
            Ok(sweep) => sweeps.push(sweep),
            Err(complaint) => complaints.push(complaint),
        }
    }
    (sweeps, complaints)
}

fn levels(sweep: &Sweep) -> Vec<f32> {
    sweep.levels().map(|(_, level)| level.0).collect()
}

/// Reads a recording, takes the peak-hold, and holds it against the author's own file and published L value.
fn recording(name: &str, centre_hz: f64, l_db: f32) {
    let Some(path) = shared(&format!("spectrum/data/rtl_power_fm/{name}.csv")) else { return };
    let file = BufReader::new(std::fs::File::open(&path).unwrap());
    let mut reader = rtl_power(file, Options::new(Clock::beijing()));
    let (sweeps, complaints) = sorted(&mut reader);
    assert!(complaints.is_empty(), "{complaints:?}");
    assert_eq!(reader.tally(), Tally { rows: 299, sweeps: 299, ..Tally::default() });
    let mut peaks = vec![f32::NEG_INFINITY; 128];
    for sweep in &sweeps {
        assert_eq!((sweep.bins(), sweep.pieces.len(), sweep.basis), (128, 1, TimeBasis::ZoneAssumed));
        assert_eq!(sweep.range_hz(), Some((centre_hz - 50e3, centre_hz + 50e3)));
        for ((at_hz, level), peak) in sweep.levels().zip(&mut peaks) {
            assert!((at_hz - centre_hz).abs() <= 50e3);
            *peak = peak.max(level.0);
        }
    }
    let theirs = std::fs::read_to_string(path.with_file_name(format!("{name}-ph.csv"))).unwrap();
    let theirs: Vec<f32> = theirs.lines().map(|line| line.split_once(',').unwrap().1.trim().parse().unwrap()).collect();
    // The author kept the doubled value as a bin of its own.
    assert_eq!(theirs.len(), peaks.len() + 1);
    assert!(peaks.iter().zip(&theirs).all(|(ours, theirs)| (ours - theirs).abs() < 1e-6));
    let (high, low) = peaks.iter().fold((f32::MIN, f32::MAX), |(high, low), level| (high.max(*level), low.min(*level)));
    assert!((high - low - l_db).abs() < 0.005, "{name}: L is {} dB, published {l_db} dB", high - low);
    let first = sweeps.first().and_then(|sweep| sweep.when).unwrap();
    let last = sweeps.last().and_then(|sweep| sweep.when).unwrap();
    assert_eq!((last.until_ns() - first.from_ns()) / 1_000_000_000, 299);
}

#[test]
fn the_authors_l_of_cocolo_is_found() {
    recording("cocolo3", 76.5e6, 3.51);
}

#[test]
fn the_authors_l_of_fm802_is_found() {
    recording("fm802-3", 80.2e6, 3.50);
}

#[test]
fn the_doubled_value_is_dropped_and_only_that_one() {
    let (sweeps, complaints, _) = rtl("2024-05-01, 08:00:00, 1000, 1400, 100, 5, -1, -2, -3, -4, -4\n");
    assert_eq!((levels(&sweeps[0]), complaints.len()), (vec![-1.0, -2.0, -3.0, -4.0], 0));
    // An imitator that doubles nothing, whose last two levels happen to be equal.
    let (sweeps, complaints, _) = rtl("2024-05-01, 08:00:00, 1000, 1400, 100, 5, -1, -2, -4, -4\n");
    assert_eq!((levels(&sweeps[0]), complaints.len()), (vec![-1.0, -2.0, -4.0, -4.0], 0));
    // Cropped: 180 bins where the range asks for 179.2.
    let cropped: Vec<String> = (0..181).map(|bin| format!("-{}", bin.min(179))).collect();
    let (sweeps, _, _) = rtl(&format!("2024-05-01, 08:00:00, 0, 17920, 100, 5, {}\n", cropped.join(", ")));
    assert_eq!(sweeps[0].bins(), 180);
    // The same cut behind two equal levels: 179 bins would still be within the slack, so a last line gets none.
    let cut = vec!["-5"; 180].join(", ");
    let (sweeps, complaints, _) = rtl(&format!("2024-05-01, 08:00:00, 0, 17920, 100, 5, {cut}"));
    assert_eq!((sweeps.len(), complaints.len()), (0, 1));
}

#[test]
fn hops_of_one_pass_make_one_sweep_and_a_missing_hop_a_hole() {
    let text = "2024-05-01, 08:00:00, 1000, 1200, 100, 5, -1, -2, -2\n\
                2024-05-01, 08:00:00, 1200, 1400, 100, 5, -3, -4, -4\n\
                2024-05-01, 08:00:00, 1600, 1800, 100, 5, -5, -6, -6\n\
                2024-05-01, 08:00:10, 1000, 1200, 100, 5, -7, -8, -8\n";
    let mut options = Options::new(Clock::beijing());
    options.integration_ns = Some(10_000_000_000);
    let (sweeps, complaints) = sorted(&mut rtl_power(Cursor::new(text), options));
    assert!(complaints.is_empty() && sweeps.len() == 2);
    assert_eq!(sweeps[0].pieces.len(), 2);
    assert_eq!(levels(&sweeps[0]), [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0]);
    assert_eq!(sweeps[0].range_hz(), Some((1000.0, 1800.0)));
    // 10 s were integrated before each stamp: the two sweeps meet without overlapping.
    assert_eq!(sweeps[0].when.unwrap().until_ns(), sweeps[1].when.unwrap().from_ns());
}

const GOOD: &str = "2024-05-01, 08:00:00, 1000, 1200, 100, 5, -1, -2, -2\n";

/// Puts one bad row between two good ones and asks that exactly it is left out, with its line, in both languages.
fn bad_row(row: &str, zh: &str, en: &str) {
    let after = GOOD.replace("08:00:00", "08:00:09");
    let (sweeps, complaints, tally) = rtl(&format!("{GOOD}{row}\n{after}"));
    assert_eq!((sweeps.len(), tally.rows, tally.rows_left_out), (2, 2, 1), "{row}");
    let [complaint] = complaints.as_slice() else { panic!("{row}: {complaints:?}") };
    assert_eq!((&complaint.place, complaint.done), (&Place::Line(2), Done::LeftOut));
    assert!(complaint.zh().contains(zh), "{}", complaint.zh());
    assert!(complaint.to_string().contains(en), "{complaint}");
}

#[test]
fn a_bad_row_is_left_out_with_its_line() {
    bad_row("2024-05-01, 07:59:59, 1000, 1200, 100, 5, -1, -2, -2", "时间早于上一行", "goes back");
    bad_row("1970-01-01, 08:00:05, 1000, 1200, 100, 5, -1, -2, -2", "时钟未校准", "never set");
    bad_row("2024-05-01, 08:00:05, 1000, 1200, 0, 5, -1, -2, -2", "应大于0", "bin width is 0");
    bad_row("2024-05-01, 08:00:05, 1000, 1200, nan, 5, -1, -2, -2", "不是数字", "no number");
    bad_row("2024-05-01, 08:00:05, 1200, 1000, 100, 5, -1, -2, -2", "频率范围", "frequency range");
    bad_row("2024-05-01, 08:00:05, 1000, 1200, 100, 5, -1, -2, -3, -3", "有4个", "there are 4 levels");
    bad_row("2024-05-01, 08:00:05, 1000, 1200, 100, 5, -1", "按频率范围应有2.0个", "asks for 2.0");
    bad_row("2024-05-01, 08:00:05, 1000, 1200, 100, 5, -1, -2x, -2x", "`-2x`", "`-2x`");
    bad_row("2024-05-01, 08:00", "缺少", "is missing");
}

#[test]
fn nan_and_infinity_become_holes_never_levels() {
    let (sweeps, complaints, tally) = rtl("2024-05-01, 08:00:00, 1000, 1500, 100, 5, -1, nan, -3, -inf, -5, -5\n");
    assert_eq!((levels(&sweeps[0]), sweeps[0].pieces.len()), (vec![-1.0, -3.0, -5.0], 3));
    assert!((sweeps[0].pieces[2].low_hz - 1400.0).abs() < 1e-9);
    assert_eq!((tally.rows, tally.rows_left_out, tally.values_left_out), (1, 0, 2));
    assert!(complaints[0].to_string().starts_with("line 1: 2 levels are NaN"), "{}", complaints[0]);
    // A row of nothing but holes is no sweep, so that nobody counts its time as watched.
    let (sweeps, complaints, _) = rtl("2024-05-01, 08:00:00, 1000, 1200, 100, 5, -inf, -inf, -inf\n");
    assert_eq!((sweeps.len(), complaints.len()), (0, 1));
}

/// A cut anywhere loses at most the row it goes through, and says so, unless it falls between two rows.
#[test]
fn a_file_cut_anywhere_never_gives_a_level_that_was_not_measured() {
    let rows = [GOOD, &GOOD.replace("08:00:00", "08:00:01").replace("-1", "-11.25")];
    let whole = rows.concat();
    for cut in 1..whole.len() {
        let (sweeps, complaints, _) = rtl(&whole[..cut]);
        let known = |sweep: &Sweep| [[-1.0, -2.0], [-11.25, -2.0]].contains(&[levels(sweep)[0], levels(sweep)[1]]);
        assert!(sweeps.iter().all(|sweep| sweep.bins() == 2 && known(sweep)), "cut at {cut}");
        let complete = cut == GOOD.len() || cut == GOOD.len() - 1 || cut == whole.len() - 1;
        assert_eq!(complaints.is_empty(), complete, "cut at {cut}: {complaints:?}");
    }
}

#[test]
fn interleaved_rows_of_hackrf_are_put_in_order() {
    let row = |time: &str, low: u64, level: i32| {
        let values: Vec<String> = (0..4).map(|bin| format!("{}.00", level - bin)).collect();
        format!("2024-05-01, {time}, {low}, {}, 1250000.00, 20, {}\n", low + 5_000_000, values.join(", "))
    };
    let order = [0, 10_000_000, 5_000_000, 15_000_000];
    let times = ["08:00:00.000100", "08:00:00.000100", "08:00:00.000350", "08:00:00.000350"];
    let mut text = String::new();
    for (low, time) in order.iter().zip(times) {
        text += &row(time, 2_400_000_000 + low, -(*low as i32) / 1_000_000);
    }
    text += &row("08:00:01.000000", 2_400_000_000, -50);
    let (sweeps, complaints, _) = hackrf(&text);
    assert!(complaints.is_empty() && sweeps.len() == 2, "{complaints:?}");
    assert_eq!(sweeps[0].pieces.len(), 1);
    assert_eq!(levels(&sweeps[0])[..6], [0.0, -1.0, -2.0, -3.0, -5.0, -6.0]);
    assert_eq!(sweeps[0].range_hz(), Some((2.4e9, 2.42e9)));
    let when = sweeps[0].when.unwrap();
    assert_eq!(when.until_ns() - when.from_ns(), 251_000);
}

#[test]
fn a_table_that_begins_inside_of_a_pass_does_not_mix_it_with_the_next() {
    let row = |low: u64| format!("2024-05-01, 08:00:00, {low}, {}, 2500000.00, 20, -1, -2\n", low + 5_000_000);
    let text: String = [10_000_000, 15_000_000, 0, 5_000_000].map(row).concat();
    let (sweeps, _, _) = hackrf(&text);
    let ranges: Vec<_> = sweeps.iter().filter_map(Sweep::range_hz).collect();
    assert_eq!(ranges, [(10e6, 20e6), (0.0, 10e6)]);
}

proptest! {
    /// Whatever the order after the lowest row and whichever rows are lost, levels come out by frequency and holes stay holes.
    #[test]
    fn rows_of_hackrf_in_any_order_make_the_same_sweep(order in Just((1..12_u64).collect::<Vec<_>>()).prop_shuffle(), kept in 0..12_usize) {
        let rows: Vec<u64> = std::iter::once(0).chain(order.into_iter().take(kept)).collect();
        let line = |row: &u64| {
            let low = row * 5_000_000;
            format!("2024-05-01, 08:00:00, {low}, {}, 2500000.00, 20, -{row}, -{row}.5\n", low + 5_000_000)
        };
        let text: String = rows.iter().map(line).collect();
        let (sweeps, complaints, _) = hackrf(&(text.clone() + &text));
        prop_assert!(complaints.is_empty() && sweeps.len() == 2 && sweeps[0] == sweeps[1]);
        let mut ordered = rows;
        ordered.sort_unstable();
        let expected: Vec<f32> = ordered.iter().flat_map(|row| [-(*row as f32), -(*row as f32) - 0.5]).collect();
        prop_assert_eq!(levels(&sweeps[0]), expected);
        let runs = 1 + ordered.windows(2).filter(|two| two[1] - two[0] > 1).count();
        prop_assert_eq!(sweeps[0].pieces.len(), runs);
    }
}

#[test]
fn binary_records_become_sweeps_without_times() {
    let record = |low: u64, levels: &[f32]| {
        let mut bytes = (16 + 4 * levels.len() as u32).to_le_bytes().to_vec();
        bytes.extend(low.to_le_bytes());
        bytes.extend((low + 5_000_000).to_le_bytes());
        levels.iter().for_each(|level| bytes.extend(level.to_le_bytes()));
        bytes
    };
    let bytes = [
        record(0, &[-1.0, -2.0]),
        record(10_000_000, &[-5.0, -6.0]),
        record(5_000_000, &[-3.0, f32::NEG_INFINITY]),
        record(0, &[-9.0, -9.5]),
    ]
    .concat();
    let mut reader = hackrf_binary(bytes.as_slice());
    let (sweeps, complaints) = sorted(&mut reader);
    assert_eq!(levels(&sweeps[0]), [-1.0, -2.0, -3.0, -5.0, -6.0]);
    assert_eq!((sweeps.len(), sweeps[0].when, sweeps[0].basis), (2, None, TimeBasis::Absent));
    assert_eq!((complaints.len(), reader.tally().values_left_out), (1, 1));
    let (sweeps, complaints) = sorted(&mut hackrf_binary(&bytes[..bytes.len() - 3]));
    assert_eq!((sweeps.len(), &complaints[1].place, complaints[1].done), (1, &Place::Byte(84), Done::Stopped));
    let (_, complaints) = sorted(&mut hackrf_binary([0xff_u8; 64].as_slice()));
    assert_eq!(complaints[0].done, Done::Stopped);
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic_or_give_a_level_that_is_none(bytes in proptest::collection::vec(any::<u8>(), 0..400), text in "[-0-9, .:naif\n]{0,300}") {
        let options = || Options::new(Clock::beijing());
        let mut found = sorted(&mut rtl_power(bytes.as_slice(), options())).0;
        found.extend(sorted(&mut hackrf_csv(text.as_bytes(), options())).0);
        found.extend(sorted(&mut rtl_power(text.as_bytes(), options())).0);
        found.extend(sorted(&mut hackrf_binary(bytes.as_slice())).0);
        for sweep in found {
            prop_assert!(sweep.levels().all(|(at_hz, level)| at_hz.is_finite() && level.0.is_finite()));
        }
    }
}
