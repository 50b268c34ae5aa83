//! Occupancy against a slow twin, with holes, and its interval against chains whose occupancy is known.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something does not hold")]

use guiju_spectrum::floor::FloorMethod;
use guiju_spectrum::hours::Interval;
use guiju_spectrum::level::RelativeDb;
use guiju_spectrum::occupancy::{
    Channel, Floor, Meter, Occupancy, Settings, Share, Threshold, channels_csv, raster, samples_needed,
    usual_revisit_ns,
};
use guiju_spectrum::read::sweep::{Piece, Sweep, TimeBasis};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::SmallRng};

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3_600 * SECOND;
/// Midnight in Beijing, 2024-11-25.
const START: i64 = 1_732_464_000 * SECOND;
const BINS: usize = 40;
const SETTINGS: Settings = Settings {
    floor: Floor::Known(-80.0),
    looks: 100.0,
    threshold: Threshold::OverFloor(5.0),
    false_alarm: 1e-4,
    revisit_most_ns: 150 * SECOND,
    zone_offset_ns: 8 * HOUR,
    shortest_ns: None,
};

/// Four channels of ten bins of 10 kHz from 100 MHz up.
fn plan() -> Vec<Channel> {
    raster(100.05e6, 100.35e6, 100e3, 100e3).unwrap()
}

fn sweep(from_ns: i64, long_ns: i64, pieces: Vec<Piece>) -> Sweep {
    Sweep { when: Interval::new(from_ns, from_ns + long_ns), basis: TimeBasis::ZoneAssumed, pieces }
}

/// One sweep of a second: channels that are on stand 20 dB over the floor in one bin.
fn keyed(from_ns: i64, on: &[bool]) -> Sweep {
    let mut levels = vec![RelativeDb(-80.0); BINS];
    for (channel, _) in on.iter().enumerate().filter(|(_, on)| **on) {
        levels[channel * 10 + 4] = RelativeDb(-60.0);
    }
    sweep(from_ns, SECOND, vec![Piece { low_hz: 100e6, bin_width_hz: 10e3, levels }])
}

fn measure(sweeps: &[Sweep], settings: Settings) -> Occupancy {
    let mut meter = Meter::new(plan(), settings).unwrap();
    for sweep in sweeps {
        meter.push(sweep).unwrap();
    }
    meter.finish()
}

#[test]
fn a_hole_is_neither_idle_nor_busy() {
    let minute = 60 * SECOND;
    // Three sweeps a minute apart, nothing for two hours, three more: busy first and idle afterwards.
    let at = |n: i64| START + n * minute + if n >= 3 { 2 * HOUR } else { 0 };
    let sweeps: Vec<Sweep> = (0..6).map(|n| keyed(at(n), &[n < 3, false, true, false])).collect();
    let told = measure(&sweeps, SETTINGS);
    let seconds = |share: Share| (share.observed_ns / 1_000_000_000, share.occupied_ns / 1_000_000_000);
    // Two whole revisits and the second of the last sweep, twice.
    assert_eq!(seconds(told.channels[0].share), (242, 121));
    assert_eq!(seconds(told.channels[1].share), (242, 0));
    assert_eq!(told.channels[2].share.occupancy(), Some(1.0));
    assert_eq!(told.resource, Some((0.5 + 1.0) / 4.0));
    assert_eq!(told.revisit.unwrap().holes, 1);
    assert_eq!(seconds(told.channels[0].by_hour[0]), (121, 121));
    assert_eq!(seconds(told.channels[0].by_hour[1]), (0, 0));
    assert_eq!(told.channels[0].by_hour[1].occupancy(), None);
    assert_eq!(seconds(told.channels[0].by_hour[2]), (121, 0));
    // One bin of forty in each busy channel.
    assert!((told.band.unwrap() - 1.5 / 40.0).abs() < 1e-12);
}

#[test]
fn what_was_measured_in_part_was_not_observed() {
    let piece = |low: f64, bins: usize, level: f32| Piece {
        low_hz: low,
        bin_width_hz: 10e3,
        levels: vec![RelativeDb(level); bins],
    };
    // The second channel lacks its fifth bin; the third and fourth were not measured.
    let pieces = vec![piece(100e6, 14, -80.0), piece(100.15e6, 5, -40.0)];
    let told = measure(&[sweep(START, SECOND, pieces)], SETTINGS);
    let observed: Vec<Option<f64>> = told.channels.iter().map(|one| one.share.occupancy()).collect();
    assert_eq!(observed, [Some(0.0), None, None, None]);
    assert_eq!(told.channels[1].sampling.interval, None);
    assert_eq!(told.resource, Some(0.0));
    let nothing = measure(&[], SETTINGS);
    assert_eq!((nothing.band, nothing.resource, nothing.revisit), (None, None, None));
}

#[test]
fn the_threshold_of_a_signal_is_lowered_for_narrow_bins_but_not_into_the_noise() {
    // A signal 100 kHz wide of level -65 shows -75 in bins of 10 kHz.
    let at = |level: f32| {
        let levels = vec![RelativeDb(level); BINS];
        vec![sweep(START, SECOND, vec![Piece { low_hz: 100e6, bin_width_hz: 10e3, levels }])]
    };
    let busy = |level: f32, threshold: Threshold| {
        measure(&at(level), Settings { threshold, ..SETTINGS }).resource.unwrap() > 0.5
    };
    assert!(busy(-74.9, Threshold::Signal(-65.0)) && !busy(-75.1, Threshold::Signal(-65.0)));
    // Lowered it would be -90, 10 dB below the noise; it stays 3 dB over it.
    assert!(busy(-76.9, Threshold::Signal(-80.0)) && !busy(-77.1, Threshold::Signal(-80.0)));
    assert!(busy(-74.9, Threshold::OverFloor(5.0)) && !busy(-75.1, Threshold::OverFloor(5.0)));
}

/// Occupancy of four channels by noise of a single look, in sweeps of `bins` bins.
fn noise_alone(bins: usize, floor: Floor) -> f64 {
    let mut random = SmallRng::seed_from_u64(41);
    let settings = Settings { floor, looks: 1.0, false_alarm: 1e-2, ..SETTINGS };
    let mut meter = Meter::new(plan(), settings).unwrap();
    for second in 0..20_000 {
        let levels = (0..bins).map(|_| RelativeDb(10.0 * (-(1.0 - random.random::<f32>()).ln()).log10())).collect();
        let pieces = vec![Piece { low_hz: 100e6, bin_width_hz: 10e3, levels }];
        meter.push(&sweep(START + second * SECOND, SECOND, pieces)).unwrap();
    }
    meter.finish().resource.unwrap()
}

/// 80,000 looks at a channel, 800 of them busy by chance: four sigma are 113. A floor from the sweep itself adds its own error, and the
/// more the fewer the bins are that it rests on.
#[test]
fn noise_of_a_single_look_is_busy_as_rarely_as_was_set() {
    let known = noise_alone(BINS, Floor::Known(0.0));
    let [few, many] = [BINS, 600].map(|bins| noise_alone(bins, Floor::Each(FloorMethod::LowestFifth)));
    println!("known floor {known}, floor from {BINS} bins {few}, from 600 bins {many}");
    assert!((known - 1e-2).abs() < 1.4e-3, "{known}");
    assert!((many - 1e-2).abs() < 4e-3 && many < few, "{many} {few}");
}

#[test]
fn sweeps_that_go_back_or_have_no_time_are_left_out() {
    let mut sweeps = vec![keyed(START, &[true; 4]), keyed(START - SECOND, &[false; 4]), keyed(START, &[false; 4])];
    sweeps.push(Sweep { when: None, ..keyed(START + 9 * SECOND, &[false; 4]) });
    let told = measure(&sweeps, SETTINGS);
    assert_eq!((told.sweeps, told.left_out, told.resource), (1, 3, Some(1.0)));
}

#[test]
fn a_revisit_too_slow_for_the_transmissions_is_said() {
    let every = |step: i64, on: &dyn Fn(i64) -> bool| -> Vec<Sweep> {
        (0..600).map(|n| keyed(START + n * step * SECOND, &[on(n * step), false, false, false])).collect()
    };
    // On for 100 s of every 200 s.
    let on = |second: i64| second % 200 < 100;
    let fine = measure(&every(10, &on), SETTINGS);
    assert!(!fine.channels[0].statistical_only && fine.channels[0].shortest_seen_ns == Some(100 * SECOND));
    assert!(measure(&every(60, &on), SETTINGS).channels[0].statistical_only);
    let known = Settings { shortest_ns: Some(19 * SECOND), ..SETTINGS };
    assert!(measure(&every(10, &on), known).channels[0].statistical_only);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for bad in [
        Settings { threshold: Threshold::OverFloor(2.9), ..SETTINGS },
        Settings { threshold: Threshold::Signal(f64::NAN), ..SETTINGS },
        Settings { looks: 0.5, ..SETTINGS },
        Settings { false_alarm: 0.0, ..SETTINGS },
        Settings { revisit_most_ns: 0, ..SETTINGS },
    ] {
        assert!(Meter::new(plan(), bad).is_err(), "{bad:?}");
    }
}

#[test]
fn plans_are_read_and_what_is_wrong_is_told_with_its_line() {
    let list = "name,centre_hz,width_hz\nFM 1,91.195e6,200000\n\nFM 2,96000000,200000\n";
    let channels = channels_csv(list.as_bytes()).unwrap();
    assert_eq!(channels.len(), 2);
    assert_eq!((channels[0].name.as_str(), channels[0].low_hz), ("FM 1", 91.095e6));
    for (text, line) in [("a,1e6,0", 2), ("a,NaN,1", 2), ("b,1e6,1e3\na,x,1", 3), ("a,5e12,1", 2)] {
        let told = channels_csv(format!("name,centre_hz,width_hz\n{text}\n").as_bytes()).unwrap_err();
        assert!(told.to_string().contains(&format!("line {line}")) && told.zh().contains("第"), "{told}");
    }
    assert!(channels_csv("name,centre_hz,width_hz\n".as_bytes()).is_err());
    assert_eq!(raster(87e6, 108e6, 100e3, 200e3).unwrap().len(), 211);
    for (first, last, step) in [(87e6, 86e6, 1e5), (87e6, 108e6, 0.0), (87e6, 108e6, 1.0), (f64::NAN, 1e6, 1e3)] {
        assert!(raster(first, last, step, 1e5).is_err());
    }
}

/// The numbers of the shared definitions, rounded up.
#[test]
fn samples_needed_are_those_of_the_recommendation() {
    for (share, needed) in [(0.05, 7_300), (0.1, 3_458), (0.2, 1_537), (0.5, 385)] {
        assert_eq!(samples_needed(share, 0.1).unwrap().ceil() as u64, needed);
    }
    assert_eq!(samples_needed(0.0, 0.1), None);
    assert_eq!(usual_revisit_ns(&[0, 60, 120, 9_000, 9_060]), Some(60));
    assert_eq!(usual_revisit_ns(&[5]), None);
}

/// Share of 1,000 simulated days whose interval holds the true occupancy; by the chain's correlation, and by n alone.
fn coverage(share: f64, correlation: f64, seed: u64) -> (f64, f64) {
    let mut random = SmallRng::seed_from_u64(seed);
    let (begins, ends) = (share * (1.0 - correlation), (1.0 - share) * (1.0 - correlation));
    let (mut held, mut held_by_number) = (0, 0);
    let one = [Channel::about("one", 100.05e6, 100e3).unwrap()];
    let idle = keyed(START, &[false]);
    let busy = keyed(START, &[true]);
    let settings = Settings { revisit_most_ns: 60 * SECOND, ..SETTINGS };
    for _ in 0..1_000 {
        let mut meter = Meter::new(one.to_vec(), settings).unwrap();
        let mut on = random.random_bool(share);
        for minute in 0..1_440 {
            let when = Interval::new(START + minute * 60 * SECOND, START + minute * 60 * SECOND + SECOND);
            meter.push(&Sweep { when, ..if on { busy.clone() } else { idle.clone() } }).unwrap();
            on = if on { !random.random_bool(ends) } else { random.random_bool(begins) };
        }
        let told = meter.finish().channels.remove(0);
        let interval = told.sampling.interval.unwrap();
        held += u32::from(interval.low <= share && share <= interval.high);
        let seen = told.share.occupancy().unwrap();
        held_by_number += u32::from((seen - share).abs() <= 1.96 * (seen * (1.0 - seen) / 1_440.0).sqrt());
    }
    (f64::from(held) / 1_000.0, f64::from(held_by_number) / 1_000.0)
}

/// 1,000 days: a true coverage of 95 % shows 93 to 97 %. Where few changes are left the interval may be wider than it need be.
#[test]
fn the_interval_holds_the_truth_as_often_as_it_says() {
    for (share, correlation, seed) in [(0.3, 0.0, 1), (0.2, 0.6, 2), (0.5, 0.9, 3), (0.1, 0.9, 4), (0.5, 0.98, 5)] {
        let (held, by_number) = coverage(share, correlation, seed);
        println!("p={share} l={correlation}: held in {held}, by number alone in {by_number}");
        assert!((0.93..=0.985).contains(&held), "p={share} l={correlation}: {held}");
        assert!(correlation < 0.5 || by_number < 0.85, "the test would not see an interval that ignores dependence");
    }
}

/// Occupancy by looking at every sweep on its own, and at every second by itself.
fn slow(sweeps: &[(i64, [bool; 4], [bool; 4])], channel: usize) -> (u64, u64, [u64; 24]) {
    let (mut observed, mut occupied, mut hours) = (0, 0, [0; 24]);
    for (at, (start, on, measured)) in sweeps.iter().enumerate() {
        let next =
            sweeps.get(at + 1).map(|next| next.0 - start).filter(|gap| *gap <= SETTINGS.revisit_most_ns / SECOND);
        for second in *start..start + next.unwrap_or(1) {
            if measured[channel] {
                observed += 1;
                occupied += u64::from(on[channel]);
                hours[((second + 8 * 3_600).rem_euclid(86_400) / 3_600) as usize] += 1;
            }
        }
    }
    (observed, occupied, hours)
}

proptest! {
    #[test]
    fn the_slow_twin_says_the_same(
        steps in proptest::collection::vec((1_i64..400, any::<[bool; 4]>(), any::<[bool; 4]>()), 1..200)
    ) {
        let mut at = START / SECOND;
        let plain: Vec<(i64, [bool; 4], [bool; 4])> = steps
            .into_iter()
            .map(|(step, on, measured)| {
                at += step;
                (at, on, measured)
            })
            .filter(|(_, _, measured)| measured.contains(&true))
            .collect();
        let sweeps: Vec<Sweep> = plain
            .iter()
            .map(|(start, on, measured)| {
                let whole = keyed(start * SECOND, on);
                let levels = &whole.pieces[0].levels;
                let pieces = (0..4_usize)
                    .filter(|channel| measured[*channel])
                    .map(|channel| Piece {
                        low_hz: 100e6 + channel as f64 * 100e3,
                        bin_width_hz: 10e3,
                        levels: levels[channel * 10..channel * 10 + 10].to_vec(),
                    })
                    .collect();
                Sweep { pieces, ..whole }
            })
            .collect();
        let told = measure(&sweeps, SETTINGS);
        for (channel, one) in told.channels.iter().enumerate() {
            let (observed, occupied, hours) = slow(&plain, channel);
            let second = 1_000_000_000;
            prop_assert_eq!(one.share, Share { observed_ns: observed * second, occupied_ns: occupied * second });
            let told_hours: Vec<u64> = one.by_hour.iter().map(|share| share.observed_ns / second).collect();
            prop_assert_eq!(told_hours, hours.to_vec());
            if let (Some(share), Some(interval)) = (one.share.occupancy(), one.sampling.interval) {
                prop_assert!(0.0 <= interval.low && interval.low <= share && share <= interval.high && interval.high <= 1.0);
            }
        }
    }
}
