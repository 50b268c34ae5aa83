//! Matching against assignments: the index finds what a slow look at every assignment finds, and each outcome has its reasons.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test cannot find fails the test")]

use guiju_spectrum::licence::{Assignment, Place, Register};
use guiju_spectrum::matching::{Deviation, MatchRules, Outcome, Signal, match_all, match_one};
use proptest::prelude::*;

fn rules() -> MatchRules {
    serde_json::from_str(include_str!("../samples/match-rules.json")).unwrap()
}

fn assignment(id: &str, centre_hz: f64, bandwidth_hz: f64) -> Assignment {
    Assignment {
        id: id.into(),
        name: id.into(),
        centre_hz,
        bandwidth_hz,
        tolerance_hz: 2e3,
        from_ns: 0,
        until_ns: 1_000,
        place: Place::new(22.5, 113.1),
        erp_w: 1e3,
        height_m: 100.0,
    }
}

fn signal(centre_hz: f64, bandwidth_hz: f64) -> Signal {
    Signal {
        centre_hz,
        bandwidth_hz,
        bin_hz: 1e4,
        at_ns: 500,
        snr_db: 30.0,
        receiver: Place::new(22.55, 113.1),
        field_dbuv_m: None,
    }
}

fn register(all: Vec<Assignment>) -> Register {
    let (register, refused) = Register::new(all);
    assert!(refused.is_empty());
    register
}

fn deviations(outcome: Outcome) -> Vec<Deviation> {
    match outcome {
        Outcome::Deviating { best, .. } => best.deviations,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_outcome_has_its_reasons() {
    let all = register(vec![assignment("a", 98.6e6, 2e5), assignment("b", 98.7e6, 2e5), assignment("far", 104e6, 2e5)]);
    let of = |signal: Signal| match_one(&signal, &all, &rules(), None);
    let Outcome::Conforming { best, others } = of(signal(98.603e6, 1.8e5)) else { panic!() };
    assert_eq!((all.all()[best.assignment].id.as_str(), others.len(), best.field_judged), ("a", 1, false));
    assert!((best.distance_km.unwrap() - 5.56).abs() < 0.01);
    let off = deviations(of(signal(98.635e6, 1.8e5)));
    assert!(matches!(off[..], [Deviation::Centre { off_hz, .. }] if (off_hz - 35e3).abs() < 1.0), "{off:?}");
    let wide = deviations(of(signal(98.6e6, 4e5)));
    assert!(matches!(wide[..], [Deviation::Bandwidth { .. }]), "{wide:?}");
    assert!(wide[0].zh().contains("400.0") && wide[0].en().contains("200.0"));
    assert!(matches!(of(signal(101e6, 1e5)), Outcome::Unlicensed { expired } if expired.is_empty()));
    let late = Signal { at_ns: 1_000, ..signal(98.6e6, 1.8e5) };
    assert!(matches!(of(late), Outcome::Unlicensed { expired } if expired.len() == 2));
    let elsewhere = Signal { receiver: Place::new(40.0, 116.0), ..signal(98.6e6, 1.8e5) };
    assert!(matches!(of(elsewhere), Outcome::Unlicensed { expired } if expired.is_empty()));
}

#[test]
fn a_field_is_judged_only_where_it_was_measured_and_predicted() {
    let all = register(vec![assignment("a", 98.6e6, 2e5)]);
    let predict = |_: &Assignment, km: f64| Some(80.0 - km);
    let with = |field: Option<f64>| {
        let signal = Signal { field_dbuv_m: field, ..signal(98.6e6, 1.8e5) };
        match_one(&signal, &all, &rules(), Some(&predict))
    };
    assert!(matches!(with(None), Outcome::Conforming { best, .. } if !best.field_judged));
    assert!(matches!(with(Some(76.0)), Outcome::Conforming { best, .. } if best.field_judged));
    assert!(matches!(deviations(with(Some(20.0)))[..], [Deviation::Field { .. }]));
}

#[test]
fn overlapping_assignments_are_told_and_all_of_them_are_candidates() {
    let mut far = assignment("far", 98.6e6, 2e5);
    far.place = Place::new(30.0, 120.0);
    let mut later = assignment("later", 98.6e6, 2e5);
    (later.from_ns, later.until_ns) = (1_000, 2_000);
    let all = register(vec![
        assignment("a", 98.6e6, 2e5),
        assignment("b", 98.65e6, 2e5),
        assignment("neighbour", 98.8e6, 2e5),
        far,
        later,
    ]);
    let pairs = all.overlaps(50.0, 100);
    let names: Vec<(&str, &str)> =
        pairs.iter().map(|(a, b)| (all.all()[*a].id.as_str(), all.all()[*b].id.as_str())).collect();
    assert_eq!(names, [("a", "b"), ("b", "neighbour")]);
    let Outcome::Conforming { others, .. } = match_one(&signal(98.65e6, 1e5), &all, &rules(), None) else { panic!() };
    assert_eq!(others.len(), 1);
    assert_eq!(all.overlaps(50.0, 1).len(), 1);
}

#[test]
fn assignments_that_are_none_are_given_back() {
    let (register, refused) = Register::new(vec![
        assignment("nan", f64::NAN, 1e5),
        assignment("zero", 0.0, 1e5),
        assignment("neg", 1e8, -1.0),
    ]);
    assert!(register.is_empty());
    assert_eq!(refused.len(), 3);
    assert!(Place::new(0.0, 0.0).is_none() && Place::new(91.0, 0.0).is_none() && Place::new(f64::NAN, 1.0).is_none());
}

proptest! {
    #[test]
    fn the_index_finds_what_a_slow_look_finds(
        all in prop::collection::vec((1u32..2_000, 0u32..300), 0..120),
        asked in prop::collection::vec((0u32..2_200, 0u32..200), 1..40),
    ) {
        let all = register(all.iter().enumerate().map(|(n, (f, b))| assignment(&n.to_string(), f64::from(*f), f64::from(*b))).collect());
        for (hz, width) in asked {
            let (low, high) = (f64::from(hz), f64::from(hz + width));
            let mut quick = Vec::new();
            all.touching(low, high, |at| quick.push(at));
            quick.sort_unstable();
            let touches = |one: &Assignment| one.low_hz() <= high && one.high_hz() >= low;
            let slow: Vec<usize> = all.all().iter().enumerate().filter(|(_, one)| touches(one)).map(|(at, _)| at).collect();
            prop_assert_eq!(quick, slow);
        }
    }

    #[test]
    fn many_at_once_are_as_one_by_one(frequencies in prop::collection::vec(1u32..2_000, 0..60)) {
        let all = register((0..50).map(|n| assignment(&n.to_string(), f64::from(n * 40 + 7), 90.0)).collect());
        let signals: Vec<Signal> = frequencies.iter().map(|hz| Signal { bin_hz: 1.0, ..signal(f64::from(*hz), 50.0) }).collect();
        let one_by_one: Vec<Outcome> = signals.iter().map(|one| match_one(one, &all, &rules(), None)).collect();
        prop_assert_eq!(match_all(&signals, &all, &rules(), None), one_by_one);
    }
}
