//! What packages back is what was measured: recordings of many shapes against the slow twin.

use proptest::prelude::*;

use crate::twin::{MIDNIGHT, backed_ns};
use crate::{Station, plan, replay};

const S: i64 = 1_000_000_000;

/// A row of `rtl_power`, stamped in UTC+8 at the end of its integration.
fn row(stamp_ns: i64) -> String {
    let stamp = jiff::Timestamp::from_nanosecond(i128::from(stamp_ns)).unwrap();
    let local = stamp.to_zoned(jiff::tz::Offset::constant(8).to_time_zone());
    format!(
        "{}, 100000000, 100100000, 25000, 1, -50.0, -51.0, nan, -53.0, -53.0\n",
        local.strftime("%Y-%m-%d, %H:%M:%S")
    )
}

/// Sweeps of ten seconds each, the next after each of these gaps in seconds.
fn measured(first_ns: i64, gaps: &[i64]) -> Vec<(i64, i64)> {
    let mut start = first_ns;
    let mut all = vec![(start, 10 * S)];
    for gap in gaps {
        start += gap * S;
        all.push((start, 10 * S));
    }
    all
}

fn log(measurements: &[(i64, i64)]) -> String {
    measurements.iter().map(|(start, duration)| row(start + duration)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    /// Random gaps around the revisit time, over midnight, with packages of a minute: nothing lost at any seam, nothing made.
    #[test]
    fn packages_back_what_the_slow_twin_counts(
        before in 0i64..400,
        gaps in prop::collection::vec(prop_oneof![Just(10i64), 10i64..16, 13i64..90], 0..60),
    ) {
        let measurements = measured(MIDNIGHT - before * S, &gaps);
        let station = Station::new();
        let file = station.file("log.csv", &log(&measurements));
        let told = station.once(&plan(13.0, &replay(&file, "rtl_power", 10)));
        prop_assert_eq!(station.server.backed().total_ns(), backed_ns(&measurements, 13 * S));
        // What was told is what there is, cut at midnight.
        let told: i64 = told.iter().map(|one| one.moment.duration_ns).sum();
        prop_assert_eq!(told, measurements.iter().map(|(_, duration)| duration).sum::<i64>());
    }
}

/// The time between two packages belongs to the measurement before, which the second package begins with.
#[test]
fn a_seam_between_packages_loses_nothing() {
    let measurements = measured(MIDNIGHT + 3_600 * S, &[13; 40]);
    let station = Station::new();
    let file = station.file("log.csv", &log(&measurements));
    station.once(&plan(13.0, &replay(&file, "rtl_power", 10)));
    let packages = station.server.packages();
    assert!(packages.len() > 5, "{} packages: no seam was tried", packages.len());
    assert_eq!(station.server.backed().total_ns(), i128::from((40 * 13 + 10) * S));
    let holes = packages[0].sweeps().next().unwrap().1;
    assert_eq!(holes, [-200, -204, guiju_spectrum::package::HOLE, -212]);
    assert_eq!(station.status().last_sequence, packages.len() as u64);
}

/// No package runs over midnight, and the sweep that does is on both days, each with its part of the time.
#[test]
fn a_sweep_over_midnight_is_cut_and_loses_nothing() {
    let measurements = measured(MIDNIGHT - 14 * S, &[10, 10, 10]);
    let station = Station::new();
    let file = station.file("log.csv", &log(&measurements));
    station.once(&plan(10.0, &replay(&file, "rtl_power", 10)));
    let packages = station.server.packages();
    assert_eq!(packages.len(), 2);
    assert_eq!((packages[0].header.until_ns, packages[1].header.from_ns), (MIDNIGHT, MIDNIGHT));
    assert_eq!(station.server.backed().total_ns(), i128::from(40 * S));
}

/// The same recording taken in twice, and by another agent's run as well, counts once.
#[test]
fn recordings_are_taken_in_once() {
    let station = Station::new();
    let measurements = measured(MIDNIGHT, &[10; 9]);
    let file = station.file("log.csv", &log(&measurements));
    let how = guiju_station::How { format: guiju_station::Format::RtlPower, integration_seconds: 10.0, zone_hours: 8 };
    let taking = guiju_station::TakingIn {
        receiver: "FM-1".into(),
        task: "safeguard".into(),
        plan: String::new(),
        revisit_ns: 10 * S,
        how,
    };
    let files = [file.clone(), file.clone()];
    let taken = taking.run(&station.dir, &files).unwrap();
    assert_eq!((taken[0].counted, taken[0].again, taken[1].counted, taken[1].again), (10, false, 0, true));
    let empty = station.file("empty.csv", "");
    station.once(&plan(10.0, &replay(&empty, "rtl_power", 10)));
    station.once(&plan(10.0, &replay(&file, "rtl_power", 10)));
    assert!(station.server.packages().len() > 1);
    assert_eq!(station.server.backed().total_ns(), i128::from(100 * S));
}
