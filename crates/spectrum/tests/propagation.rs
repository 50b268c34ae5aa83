//! Does the field come out as the reference of ITU-R P.1546-6 says? Its profiles and its logs lie in `shared`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends where something does not hold"
)]

use guiju_spectrum::propagation::{
    Base, Curves, Fault, Field, Link, Mobile, Place, Profile, Sight, Surface, base_height_m, free_space_dbuv_m, predict,
};
use guiju_testkit::facts::shared;
use std::collections::BTreeMap;
use std::path::Path;

/// Tighter than the 0.01 dB that are asked for.
const TOLERANCE_DB: f64 = 0.001;

fn curves() -> Option<Curves> {
    let path = shared("spectrum/p1546-curves.csv")?;
    Some(Curves::read(&std::fs::read_to_string(path).unwrap(), "p1546-curves.csv").unwrap())
}

fn number(text: &str) -> f64 {
    text.trim().parse().unwrap()
}

/// One profile file: points, surroundings and measurements.
struct Reference {
    points: Vec<(f64, f64)>,
    cover: Vec<(u32, f64, u32)>,
    measurements: Vec<Vec<String>>,
}

fn reference(path: &Path) -> Reference {
    let text = std::fs::read_to_string(path).unwrap();
    let section = |from: &str, until: &str| {
        let lines = text.lines().map(str::trim).skip_while(move |line| !line.starts_with(from)).skip(1);
        let until = until.to_owned();
        let lines = lines.take_while(move |line| !line.starts_with(&until));
        lines.map(|line| line.split(',').map(str::to_owned).collect()).collect::<Vec<Vec<String>>>()
    };
    let rows = section("{Begin of Profile", "{End of Profile");
    let rows: Vec<_> = rows.into_iter().filter(|row| row[0].parse::<f64>().is_ok()).collect();
    Reference {
        points: rows.iter().map(|row| (number(&row[0]), number(&row[1]))).collect(),
        cover: rows.iter().map(|row| (number(&row[2]) as u32, number(&row[3]), number(&row[4]) as u32)).collect(),
        measurements: section("{Begin of Measurements", "{End of Measurements"),
    }
}

fn place(code: u32) -> Place {
    [Place::Sea, Place::Rural, Place::Suburban, Place::Urban, Place::DenseUrban][code as usize - 1]
}

/// Lengths over land and sea in km: each point stands for half the way to its neighbours.
fn surfaces(reference: &Reference) -> (f64, f64) {
    let at = |index: usize| reference.points[index].0;
    let last = reference.points.len() - 1;
    let (mut land, mut sea) = (0.0, 0.0);
    for (index, (_, _, zone)) in reference.cover.iter().enumerate() {
        let width = (at((index + 1).min(last)) - at(index.saturating_sub(1))) / 2.0;
        *(if [1, 3].contains(zone) { &mut sea } else { &mut land }) += width;
    }
    (land, sea)
}

fn link_of(reference: &Reference, measured: &[String]) -> Link {
    let profile = Profile::new(reference.points.clone()).unwrap();
    let (mast, mobile) = (number(&measured[1]), number(&measured[3]));
    let (land_km, sea_km) = surfaces(reference);
    let (first, last) = (reference.cover[0], *reference.cover.last().unwrap());
    let (base_ground, mobile_ground) = profile.ends_m();
    Link {
        frequency_mhz: number(&measured[0]),
        time_pct: number(&measured[14]),
        location_pct: 50.0,
        square_m: 500.0,
        land_km,
        sea_km,
        sea: Surface::ColdSea,
        base: Base {
            h1_m: profile.effective_height_m(mast),
            above_ground_m: Some(mast),
            clutter_m: Some(first.1),
            ground_m: base_ground,
        },
        mobile: Mobile { height_m: mobile, clutter_m: last.1, place: place(last.0), ground_m: mobile_ground },
        sight: Some(profile.sight(mast, mobile)),
    }
}

/// From the terrain alone: heights, angles, surroundings and fields are all our own.
#[test]
fn profiles_give_the_reference_fields() {
    let (Some(curves), Some(folder)) = (curves(), shared("spectrum/data/p1546/validation_profiles")) else { return };
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let reference = reference(&path);
        for measured in &reference.measurements {
            let field = predict(&curves, &link_of(&reference, measured)).unwrap();
            let loss = number(&measured[17]);
            let off = field.loss_db - loss;
            assert!(off.abs() < TOLERANCE_DB, "{}: {} for {loss} ({measured:?})", path.display(), field.loss_db);
            compared += 1;
        }
    }
    assert_eq!(compared, 12, "not all profiles were compared");
}

/// A log of the reference: inputs and results by what their line begins with.
fn log(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap();
    let pair = |line: &str| {
        let line = line.trim_end_matches(',');
        let (name, value) = (line.split(',').next()?, line.rsplit(',').next()?);
        Some((name.to_owned(), value.trim().to_owned()))
    };
    text.lines().filter_map(pair).collect()
}

fn link_of_log(log: &BTreeMap<String, String>) -> Link {
    let value = |name: &str| {
        let found = log.iter().find(|(key, _)| key.starts_with(name)).map(|(_, value)| value);
        number(found.unwrap_or_else(|| panic!("no {name}")))
    };
    let place = match log["Rx clutter type"].as_str() {
        "Sea" => Place::Sea,
        "Rural" => Place::Rural,
        "Suburban" => Place::Suburban,
        "Urban" => Place::Urban,
        "Dense Urban" => Place::DenseUrban,
        other => panic!("{other}"),
    };
    let (land_km, sea_km) = (value("Land path"), value("See path"));
    let (mast, mobile) = (value("Tx antenna height a. g. ha"), value("Rx antenna height a. g. h2"));
    // The log does not tell the heights of the ground; the slope that it worked out does.
    let km = (land_km + sea_km).max(1.0);
    let slope = km / 10_f64.powf(value("Rx slope-path correction") / 20.0);
    let rise_m = 1000.0 * (slope * slope - km * km).max(0.0).sqrt();
    Link {
        frequency_mhz: value("Frequency"),
        time_pct: value("Percentage time"),
        location_pct: value("Percentage location"),
        square_m: value("Square area"),
        land_km,
        sea_km,
        sea: Surface::ColdSea,
        base: Base {
            h1_m: value("Tx antenna height h1"),
            above_ground_m: Some(mast),
            clutter_m: Some(value("Tx clutter height R1")),
            ground_m: rise_m + mobile - mast,
        },
        mobile: Mobile { height_m: mobile, clutter_m: value("Rx clutter height R2"), place, ground_m: 0.0 },
        sight: Some(Sight { base_deg: value("Tx effective TCA"), mobile_deg: value("Terrain clearance angle") }),
    }
}

/// Also of paths whose profile is not shared: from the inputs that the logs tell.
#[test]
fn logs_give_the_reference_fields() {
    let (Some(curves), Some(folder)) = (curves(), shared("spectrum/data/p1546/validation_results")) else { return };
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let log = log(&path);
        let field = predict(&curves, &link_of_log(&log)).unwrap();
        let wanted = number(&log["Resulting field strength for Ptx = 1kW (dBuV/m)"]);
        let off = field.field_dbuv_m - wanted;
        assert!(off.abs() < TOLERANCE_DB, "{}: {} for {wanted}", path.display(), field.field_dbuv_m);
        compared += 1;
    }
    assert_eq!(compared, 42, "not all logs were compared");
}

fn plain(km: f64) -> Link {
    Link {
        frequency_mhz: 100.0,
        time_pct: 50.0,
        location_pct: 50.0,
        square_m: 500.0,
        land_km: km,
        sea_km: 0.0,
        sea: Surface::ColdSea,
        base: Base { h1_m: 150.0, above_ground_m: None, clutter_m: None, ground_m: 0.0 },
        mobile: Mobile { height_m: 10.0, clutter_m: 10.0, place: Place::Rural, ground_m: 0.0 },
        sight: None,
    }
}

/// At nominal values the table itself comes out, and the field falls with distance and never exceeds free space.
#[test]
fn the_table_comes_out_at_its_own_points() {
    let Some(curves) = curves() else { return };
    let at = |km| predict(&curves, &plain(km)).unwrap();
    let near =
        |field: Field, wanted: f64| assert!((field.field_dbuv_m - wanted).abs() < 1e-9, "{field:?} for {wanted}");
    near(at(1.0), 100.3181);
    near(at(4.0), 84.885);
    let mut before = f64::INFINITY;
    for step in 1..1000 {
        let km = f64::from(step);
        let field = at(km);
        assert!(
            field.field_dbuv_m < before && field.field_dbuv_m <= free_space_dbuv_m(km) + 1e-9,
            "{km} km: {field:?}"
        );
        before = field.field_dbuv_m;
    }
}

/// Section 3.1.1: the mast itself up to 3 km, the effective height from 15 km on.
#[test]
fn the_effective_height_takes_over_between_3_and_15_km() {
    let heights = [1.0, 3.0, 9.0, 15.0, 50.0].map(|km| base_height_m(km, 60.0, 120.0));
    assert_eq!(heights.map(|height| height.round() as i64), [60, 60, 90, 120, 120]);
}

/// What is outside the ranges, and what cannot be read, is refused with field, line and column.
#[test]
fn what_cannot_be_is_refused() {
    let table = "figure,f_mhz\n1,100,land,50,1,1,2,3,4,5,6,seven,8,9\n";
    let fault = Curves::read(table, "curves.csv").unwrap_err();
    let Fault::Line { line: 2, column: 12, .. } = &fault else { panic!("{fault}") };
    assert!(fault.to_string().contains("seven") && fault.zh().contains("第 2 行"));
    let empty = Curves::read("figure\n", "curves.csv").unwrap();
    assert!(matches!(predict(&empty, &plain(10.0)), Err(Fault::Missing { frequency_mhz: 100, .. })));
    for km in [f64::NAN, 0.0, 1001.0, f64::INFINITY] {
        assert!(matches!(predict(&empty, &plain(km)), Err(Fault::Outside { .. })), "{km}");
    }
    assert!(Profile::new(vec![(0.0, 1.0), (1.0, f64::NAN)]).is_err() && Profile::new(vec![(0.0, 1.0)]).is_err());
    assert_eq!(Profile::new(vec![(0.0, 1.0), (0.5, 1.0), (0.5, 2.0)]).unwrap_err(), Fault::Profile { point: 3 });
}
