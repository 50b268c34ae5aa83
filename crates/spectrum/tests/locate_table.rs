//! Tables of readings: what says nothing is left out with its line, what is left is located, and the drawing shows it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something does not hold")]

use guiju_spectrum::complaint::Place;
use guiju_spectrum::locate::{Fault, Kind, Plane, Point, Readings, locate, svg};

const METRES_PER_NS: f64 = 0.299_792_458;
const ABOUT: (f64, f64) = (22.55, 113.10);
const TRUTH: Point = Point::new(1_200.0, -700.0);

/// Twenty-five receivers on a crooked grid of 10 km.
fn receivers() -> Vec<(String, Point)> {
    let place = |n: usize| {
        let (column, row) = ((n % 5) as f64, (n / 5) as f64);
        Point::new(-5_000.0 + 2_500.0 * column + 300.0 * (row - 2.0), -5_000.0 + 2_500.0 * row - 200.0 * column)
    };
    (0..25).map(|n| (format!("R{n:02}"), place(n))).collect()
}

fn bearing(from: Point) -> f64 {
    (TRUTH.east_m - from.east_m).atan2(TRUTH.north_m - from.north_m).to_degrees().rem_euclid(360.0)
}

/// Small deviations that are the same in every run: 1, -1, 0 by turns.
fn off(n: usize) -> f64 {
    [1.0, -1.0, 0.0, -1.0, 1.0][n % 5]
}

fn row(n: usize, name: &str, at: Point, kind: Kind) -> String {
    let (latitude, longitude) = Plane::about(ABOUT.0, ABOUT.1).degrees(at);
    let metres = at.distance_m(TRUTH).max(1.0);
    let (value, sigma) = match kind {
        Kind::Level => (-20.0 - 35.0 * (metres / 100.0).log10() + off(n), 2.0),
        Kind::Bearing => (bearing(at) + off(n), 2.0),
        Kind::Arrival => (metres / METRES_PER_NS + 50.0 * off(n) + 1e6, 100.0),
    };
    format!("{name},{latitude:.7},{longitude:.7},{value:.4},{sigma}")
}

fn table(kind: Kind) -> Vec<String> {
    let [value, sigma] = kind.headings();
    let heading = format!("station,latitude,longitude,{value},{sigma}");
    let rows = receivers().into_iter().enumerate().map(|(n, (name, at))| row(n, &name, at, kind));
    std::iter::once(heading).chain(rows).collect()
}

/// Distance of the answer from the truth, both in the plane of the table.
fn miss_m(readings: &Readings, at: Point) -> f64 {
    let (latitude, longitude) = Plane::about(ABOUT.0, ABOUT.1).degrees(TRUTH);
    readings.plane.point(latitude, longitude).distance_m(at)
}

/// The bad input of the issue: 25 receivers of which 3 stand at (0, 0).
#[test]
fn receivers_at_nought_are_left_out_with_their_lines_and_the_others_locate() {
    for (kind, within_m) in [(Kind::Level, 150.0), (Kind::Bearing, 60.0), (Kind::Arrival, 20.0)] {
        let mut lines = table(kind);
        for line in [4, 11, 20] {
            let fields: Vec<&str> = lines[line].split(',').collect();
            lines[line] = format!("{},0,0,{},{}", fields[0], fields[3], fields[4]);
        }
        let readings = Readings::read(&lines.join("\n")).unwrap();
        let places: Vec<&Place> = readings.left_out.iter().map(|told| &told.place).collect();
        assert_eq!(places, [&Place::Line(5), &Place::Line(12), &Place::Line(21)]);
        assert!(readings.left_out[0].zh().contains("R03") && readings.left_out[0].to_string().contains("R03"));
        assert_eq!(readings.told.len(), 22);
        let estimate = locate(&readings.model(3.5).unwrap(), &readings.area().unwrap()).unwrap();
        let miss = miss_m(&readings, estimate.at);
        assert!(miss < within_m, "{kind:?}: {miss} m");
        assert!(estimate.ellipse.major_m > 0.0 && estimate.is_consistent());
    }
}

#[test]
fn readings_that_mean_none_are_left_out_and_nothing_else() {
    let mut lines = table(Kind::Level);
    let level = |line: &str, value: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        format!("{},{},{},{value},{}", fields[0], fields[1], fields[2], fields[4])
    };
    for (line, value) in [(1, "-101"), (2, "-1"), (3, "NaN"), (4, "-inf"), (5, "loud"), (6, "")] {
        lines[line] = level(&lines[line], value);
    }
    lines[7] = lines[7].replace(",2", ",0");
    let readings = Readings::read(&lines.join("\n")).unwrap();
    // An empty reading is none of that kind and no mistake.
    assert_eq!(readings.left_out.len(), 6, "{:?}", readings.left_out);
    assert_eq!(readings.told.len(), 25 - 7);
    assert!(readings.left_out.iter().all(|told| told.zh().contains("已略去并计数")));
}

#[test]
fn bearings_go_with_levels_and_levels_do_not_go_with_times() {
    let heading = "station,latitude,longitude,level_db,level_sigma_db,bearing_deg,bearing_sigma_deg";
    let mut lines = vec![heading.to_owned()];
    for (n, (name, at)) in receivers().into_iter().enumerate() {
        let bearing_of = row(n, &name, at, Kind::Bearing);
        let two = bearing_of.split(',').skip(3).collect::<Vec<_>>().join(",");
        lines.push(format!("{},{two}", row(n, &name, at, Kind::Level)));
    }
    let readings = Readings::read(&lines.join("\n")).unwrap();
    let model = readings.model(3.5).unwrap();
    let estimate = locate(&model, &readings.area().unwrap()).unwrap();
    assert!(miss_m(&readings, estimate.at) < 60.0);
    assert_eq!(estimate.used.len(), 50);
    let of = |term: usize| readings.told[model.told(term).unwrap()].kind;
    assert!((0..25).all(|term| of(term) == Kind::Level) && (25..50).all(|term| of(term) == Kind::Bearing));
    let with_times = lines.join("\n").replace("bearing_deg,bearing_sigma_deg", "arrival_ns,arrival_sigma_ns");
    let told = Readings::read(&with_times).unwrap().model(3.5).unwrap_err();
    assert!(told.zh().contains("不能在一次定位中合用") && told.to_string().contains("leave out one"));
}

#[test]
fn tables_without_readings_and_with_too_few_are_refused_in_both_languages() {
    let told = Readings::read("station,latitude,longitude\nA,22.5,113.1\n").unwrap_err();
    assert!(told.zh().contains("第1行") && told.to_string().contains("bearing_deg"));
    let told = Readings::read("").unwrap_err();
    assert!(told.to_string().contains("line 1"));
    let nowhere = "station,latitude,longitude,bearing_deg,bearing_sigma_deg\nA,0,0,10,2\nB,0,0,20,2\n";
    assert!(Readings::read(nowhere).unwrap_err().zh().contains("没有可用的读数"));
    let single = "station,latitude,longitude,bearing_deg,bearing_sigma_deg\nA,22.5,113.1,10,2\n";
    let readings = Readings::read(single).unwrap();
    let fault = locate(&readings.model(3.5).unwrap(), &readings.area().unwrap()).unwrap_err();
    assert_eq!(fault, Fault::TooFew { left: 1, needed: 2 });
}

#[test]
fn the_drawing_shows_everything_inside_and_nothing_from_outside() {
    let mut lines = table(Kind::Bearing);
    lines[1] = lines[1].replace("R00", "<R&00>");
    let readings = Readings::read(&lines.join("\n")).unwrap();
    let area = readings.area().unwrap();
    let estimate = locate(&readings.model(3.5).unwrap(), &area).unwrap();
    let drawn = svg(&readings, &area, &estimate, &[3]);
    assert!(drawn.starts_with("<svg") && drawn.ends_with("</svg>\n"));
    assert_eq!(drawn.matches("<ellipse").count(), 1);
    assert_eq!(drawn.matches("l6 11h-12z").count(), 25);
    assert_eq!(drawn.matches("rejected").count(), 1);
    assert!(drawn.contains("&lt;R&amp;00&gt;") && !drawn.contains("<R&00>"));
    for outside in ["href", "url(", "<script", "<image", "@import"] {
        assert!(!drawn.contains(outside), "{outside}");
    }
    // The cross stands at the ellipse's centre, within the sheet.
    let number = |name: &str| -> f64 {
        let rest = drawn.split("<ellipse").nth(1).unwrap();
        rest.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
    };
    assert!((40.0..=680.0).contains(&number("cx")) && (40.0..=680.0).contains(&number("cy")));
    assert!(drawn.contains(&format!("M{:.1} {:.1}H", number("cx") - 9.0, number("cy"))), "the cross is the centre");
}
