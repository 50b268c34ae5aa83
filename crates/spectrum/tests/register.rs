//! A register as a file, the order in which candidates are looked at, and the field of an assignment: against slow looks and stated rules.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test cannot find fails the test"
)]

use guiju_spectrum::licence::{Assignment, Columns, FIELDS, Place, Register, read};
use guiju_spectrum::matching::{
    Candidate, Deviation, MatchRules, Outcome, Receiving, Signal, match_one, predicted_dbuv_m,
};
use guiju_spectrum::propagation::Curves;
use guiju_spectrum::read::Clock;
use proptest::prelude::*;

fn rules() -> MatchRules {
    serde_json::from_str(include_str!("../samples/match-rules.json")).unwrap()
}

const HEADINGS: &str =
    "id,name,frequency_hz,bandwidth_hz,tolerance_hz,latitude,longitude,erp_w,height_m,valid_from,valid_until";

fn table(rows: &[&str]) -> String {
    let mut text = HEADINGS.to_owned();
    for row in rows {
        text.push('\n');
        text.push_str(row);
    }
    text
}

#[test]
fn a_row_becomes_an_assignment_and_empty_fields_are_not_known() {
    let text = table(&[
        "A1,江门一台,98600000,200000,2000,22.55,113.12,1000,120,2024-01-01,2025-01-01",
        "A2,,101700000,200000,0,,,,,,",
    ]);
    let all = read(text.as_bytes(), &Columns::plain(), &Clock::beijing()).unwrap();
    assert_eq!((all.len(), all[0].id.as_str(), all[0].name.as_str()), (2, "A1", "江门一台"));
    // Midnight in Beijing is 16:00 UTC of the day before; the last day named is no longer valid.
    assert_eq!((all[0].from_ns, all[0].until_ns), (1_704_038_400_000_000_000, 1_735_660_800_000_000_000));
    assert_eq!(all[0].place, Place::new(22.55, 113.12));
    assert_eq!((all[1].place, all[1].from_ns, all[1].until_ns), (None, i64::MIN, i64::MAX));
    assert!(all[1].erp_w.abs() < 1e-9 && all[1].height_m.abs() < 1e-9);
}

#[test]
fn headings_may_be_those_of_an_export() {
    let mut columns = Columns::plain();
    columns.names[2].push("中心频率（Hz）".to_owned());
    let text = table(&["A1,x,98600000,200000,0,,,,,,"]).replace("frequency_hz", "中心频率（Hz）");
    assert_eq!(read(text.as_bytes(), &columns, &Clock::beijing()).unwrap().len(), 1);
    let told = read(text.as_bytes(), &Columns::plain(), &Clock::beijing()).unwrap_err();
    assert!(told[0].to_string().contains("frequency_hz") && told[0].zh().contains("第1行"), "{told:?}");
    assert_eq!(FIELDS.join(","), HEADINGS);
}

/// A station whose row was left out would be called unlicensed: one wrong row refuses all, and every wrong row is told with its line.
#[test]
fn one_wrong_row_refuses_the_register_and_all_of_them_are_told() {
    let text = table(&[
        "A1,good,98600000,200000,2000,22.55,113.12,1000,120,2024-01-01,2025-01-01",
        "A2,nan,NaN,200000,2000,,,,,,",
        ",nameless,98600000,200000,2000,,,,,,",
        "A4,zero,98600000,0,2000,,,,,,",
        "A5,nowhere,98600000,200000,2000,0,0,,,,",
        "A6,half,98600000,200000,2000,22.5,,,,,",
        "A7,dates,98600000,200000,2000,,,,,2025-01-01,2025-01-01",
        "A8,day,98600000,200000,2000,,,,,2025-13-01,",
        "A9,\"open,98600000,200000,2000,,,,,,",
    ]);
    let told = read(text.as_bytes(), &Columns::plain(), &Clock::beijing()).unwrap_err();
    let english: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 8, "{english:?}");
    for (line, (told, complaint)) in (3..=10).zip(english.iter().zip(&told)) {
        assert!(told.contains(&format!("line {line}:")), "{told}");
        assert!(complaint.zh().contains(&format!("第{line}行")), "{}", complaint.zh());
    }
    assert!(english[0].contains("frequency_hz") && english[6].contains("2024-05-01"), "{english:?}");
}

fn assignment(id: usize, centre_hz: f64, bandwidth_hz: f64, place: Option<Place>) -> Assignment {
    Assignment {
        id: format!("{id:04}"),
        name: String::new(),
        centre_hz,
        bandwidth_hz,
        tolerance_hz: 2e3,
        from_ns: 0,
        until_ns: 1_000,
        place,
        erp_w: 1e3,
        height_m: 100.0,
    }
}

fn signal(centre_hz: f64) -> Signal {
    Signal {
        centre_hz,
        bandwidth_hz: 1.8e5,
        bin_hz: 1e4,
        at_ns: 500,
        snr_db: 30.0,
        receiver: Place::new(22.55, 113.1),
        field_dbuv_m: None,
    }
}

/// 300 stations of one channel all over the country, of which the last in the register stands next door, and old licences of the same one.
#[test]
fn a_crowded_channel_does_not_push_the_station_next_door_off_the_list() {
    let far = |n: usize| assignment(n, 98.6e6, 2e5, Place::new(30.0 + n as f64 / 20.0, 105.0));
    let old = |n: usize| Assignment { until_ns: 400, ..assignment(n, 98.6e6, 2e5, Place::new(22.56, 113.1)) };
    let mut all: Vec<Assignment> = (0..300).map(far).collect();
    all.extend((300..340).map(old));
    all.push(assignment(999, 98.604e6, 2e5, Place::new(22.60, 113.1)));
    let (register, _) = Register::new(all);
    let Outcome::Conforming { best, others } = match_one(&signal(98.6e6), &register, &rules(), None) else { panic!() };
    assert_eq!(register.all()[best.assignment].id, "0999");
    assert!(others.is_empty());
}

#[test]
fn a_bare_carrier_is_matched_within_its_tolerance() {
    let (register, _) = Register::new(vec![assignment(0, 100e6, 100.0, None)]);
    let near = Signal { bandwidth_hz: 100.0, bin_hz: 100.0, ..signal(100.000_06e6) };
    assert!(matches!(match_one(&near, &register, &rules(), None), Outcome::Conforming { .. }));
    let far = Signal { centre_hz: 100.003e6, ..near };
    assert!(matches!(match_one(&far, &register, &rules(), None), Outcome::Unlicensed { .. }));
}

/// A slow look: every assignment is asked every question, in plain words of the definition.
fn slow(signal: &Signal, all: &[Assignment], rules: &MatchRules) -> (Vec<usize>, Vec<usize>, Option<bool>) {
    let uncertain = rules.centre_uncertainty_bins * signal.bin_hz;
    let (mut valid, mut expired) = (Vec::new(), Vec::new());
    let mut conforming = None;
    for (at, one) in all.iter().enumerate() {
        let off = (signal.centre_hz - one.centre_hz).abs();
        let covered = off <= one.bandwidth_hz / 2.0 || off <= one.tolerance_hz + uncertain;
        let (low, high) = (signal.centre_hz - uncertain, signal.centre_hz + uncertain);
        let touches = one.low_hz() <= high && one.high_hz() >= low;
        let near = match (signal.receiver, one.place) {
            (Some(here), Some(there)) => here.distance_km(there) <= rules.reach_km,
            _ => true,
        };
        if !covered || !touches || !near {
            continue;
        }
        if signal.at_ns >= one.from_ns && signal.at_ns < one.until_ns {
            let wide = signal.bandwidth_hz > one.bandwidth_hz * (1.0 + rules.bandwidth_excess) + signal.bin_hz;
            let sound = off <= one.tolerance_hz + uncertain && !wide;
            conforming = Some(conforming.unwrap_or(false) || sound);
            valid.push(at);
        } else {
            expired.push(at);
        }
    }
    (valid, expired, conforming)
}

fn places(candidates: &[Candidate]) -> Vec<usize> {
    let mut all: Vec<usize> = candidates.iter().map(|one| one.assignment).collect();
    all.sort_unstable();
    all
}

proptest! {
    #[test]
    fn outcomes_are_those_of_a_slow_look(
        all in prop::collection::vec((0u32..400, 0u32..40, 0u32..4, 0i64..1_000, prop::option::of(0u32..60)), 0..60),
        asked in prop::collection::vec((0u32..4_000, 1u32..400, 0i64..1_200, any::<bool>()), 1..30),
    ) {
        let made = all.iter().enumerate().map(|(n, (hz, width, tolerance, from, north))| Assignment {
            tolerance_hz: f64::from(*tolerance) * 1e3,
            from_ns: *from,
            until_ns: from + 300,
            ..assignment(n, 98e6 + f64::from(*hz) * 1e4, f64::from(*width) * 1e4, north.and_then(|n| Place::new(20.0 + f64::from(n) / 10.0, 113.0)))
        });
        let (register, _) = Register::new(made.collect());
        let all_of_them = MatchRules { candidates_most: 1_000, ..rules() };
        for (hz, width, at_ns, placed) in asked {
            let signal = Signal {
                bandwidth_hz: f64::from(width) * 1e3,
                at_ns,
                receiver: if placed { Place::new(22.55, 113.1) } else { None },
                ..signal(98e6 + f64::from(hz) * 1e3)
            };
            let (valid, expired, conforming) = slow(&signal, register.all(), &all_of_them);
            match match_one(&signal, &register, &all_of_them, None) {
                Outcome::Unlicensed { expired: found } => {
                    prop_assert_eq!((conforming, places(&found)), (None, expired));
                }
                outcome @ (Outcome::Conforming { .. } | Outcome::Deviating { .. }) => {
                    let conforms = matches!(outcome, Outcome::Conforming { .. });
                    let (Outcome::Conforming { best, mut others } | Outcome::Deviating { best, mut others }) = outcome else { panic!() };
                    others.push(best);
                    prop_assert_eq!((conforming, places(&others)), (Some(conforms), valid));
                }
            }
        }
    }
}

/// The shared table lies beside the checkout; elsewhere this is said to be left out.
fn curves() -> Option<Curves> {
    let path = guiju_testkit::facts::shared("spectrum/p1546-curves.csv")?;
    Some(Curves::read(&std::fs::read_to_string(path).unwrap(), "p1546-curves.csv").unwrap())
}

#[test]
fn a_field_is_predicted_from_power_height_and_distance_and_judged_both_ways() {
    let Some(curves) = curves() else { return };
    let receiving = Receiving { height_m: 10.0, clutter_m: 10.0, square_m: 500.0 };
    let one = Assignment { height_m: 150.0, ..assignment(0, 100e6, 2e5, Place::new(22.60, 113.1)) };
    // Figure 1 at 5 km and 150 m stands in the table; 1 kW at 100 MHz over land for half the time.
    let field = |one: &Assignment, km: f64| predicted_dbuv_m(&curves, &receiving, one, km);
    let (near, far) = (field(&one, 5.0).unwrap(), field(&one, 50.0).unwrap());
    assert!(near > 75.0 && near < 95.0 && far < near - 25.0, "{near} {far}");
    let stronger = Assignment { erp_w: 1e4, ..one.clone() };
    assert!((field(&stronger, 5.0).unwrap() - near - 10.0).abs() < 1e-9);
    assert!(field(&Assignment { erp_w: 0.0, ..one.clone() }, 5.0).is_none());
    assert!(field(&Assignment { height_m: 0.0, ..one.clone() }, 5.0).is_none());
    assert!(field(&one, 5_000.0).is_none());
    let (register, _) = Register::new(vec![one.clone()]);
    let judged = |measured: f64| {
        let signal = Signal { field_dbuv_m: Some(measured), ..signal(100e6) };
        match_one(&signal, &register, &rules(), Some(&field))
    };
    let expected = field(&one, Place::new(22.55, 113.1).unwrap().distance_km(one.place.unwrap())).unwrap();
    assert!(matches!(judged(expected + 17.0), Outcome::Conforming { best, .. } if best.field_judged));
    for off in [-19.0, 19.0] {
        let Outcome::Deviating { best, .. } = judged(expected + off) else { panic!() };
        assert!(matches!(best.deviations[..], [Deviation::Field { .. }]));
    }
}
