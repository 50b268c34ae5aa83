//! How well are real handhelds located? 5,006 samples of the POWDER campaign, receivers learnt from other blocks than those asked.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something does not hold")]

use guiju_spectrum::locate::{Area, Dropped, Plane, Point, Reading, Sample, Survey, kept};
use guiju_testkit::facts::shared;

/// Side of a block in metres.
const BLOCK_M: f64 = 300.0;

struct Recording {
    samples: Vec<Sample>,
    receivers: usize,
    dropped: Dropped,
}

fn recording() -> Option<Recording> {
    let path = shared("spectrum/data/rss_powder/single_tx.csv")?;
    let text = std::fs::read_to_string(path).unwrap();
    let heading: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    // A receiver that moves has three columns; one that stands has one, and its place is nowhere told.
    let columns: Vec<usize> =
        (1..heading.len() - 2).filter(|c| !heading[*c].ends_with("_x") && !heading[*c].ends_with("_y")).collect();
    let plane = Plane::about(40.7622, -111.841);
    let mut dropped = Dropped::default();
    let sample = |line: &str| {
        let cells: Vec<f64> = line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect();
        let at = |column: usize| cells[column - 1];
        let reading = |(receiver, column): (usize, &usize)| Reading {
            receiver,
            level_db: at(*column),
            degrees: heading[*column].ends_with("_rss").then(|| (at(column + 1), at(column + 2))),
        };
        let readings = kept(columns.iter().enumerate().map(reading), &mut dropped);
        let placed = |reading: Reading| (reading, reading.degrees.map(|(lat, lon)| plane.point(lat, lon)));
        Sample {
            at: plane.point(at(heading.len() - 2), at(heading.len() - 1)),
            readings: readings.into_iter().map(placed).collect(),
        }
    };
    let samples = text.lines().skip(1).map(sample).collect();
    Some(Recording { samples, receivers: columns.len(), dropped })
}

fn block(at: Point) -> (i64, i64) {
    let whole = |metres: f64| (metres / BLOCK_M).floor() as i64;
    (whole(at.east_m), whole(at.north_m))
}

/// Blocks are dealt like knights' moves, so that no two neighbours are asked together.
fn dealt_evenly(at: Point) -> usize {
    let (east, north) = block(at);
    (east + 2 * north).rem_euclid(5) as usize
}

/// Blocks are dealt by chance: holes of several blocks arise, over which nothing was learnt.
fn dealt_by_chance(at: Point) -> usize {
    let (east, north) = block(at);
    let mixed = (east * 7919 + north * 104_729 + 31_337).wrapping_mul(2_654_435_761);
    (mixed >> 13).rem_euclid(5) as usize
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).ceil() as usize]
}

/// Median and 90th percentile of the errors in metres, and how often the ellipse held the truth.
fn tried(recording: &Recording, deal: fn(Point) -> usize) -> [f64; 3] {
    let area = Area::new(-1700.0, 1700.0, -1400.0, 1400.0).unwrap();
    let (mut errors, mut held) = (Vec::new(), 0);
    for asked in 0..5 {
        let (test, train): (Vec<Sample>, Vec<Sample>) =
            recording.samples.iter().cloned().partition(|sample| deal(sample.at) == asked);
        let survey = Survey::learn(&train, recording.receivers, area);
        for sample in test {
            let found = survey.locate(&sample.readings).unwrap();
            assert!(area.holds(found.at));
            errors.push(found.at.distance_m(sample.at));
            held += usize::from(found.ellipse.holds(sample.at));
        }
    }
    assert_eq!(errors.len(), 5006);
    [quantile(&errors, 0.5), quantile(&errors, 0.9), held as f64 / errors.len() as f64]
}

/// Issue 4: median below 170 m, 90th percentile below 480 m, the ellipse holds 90 to 99 %, never outside the area.
#[test]
fn handhelds_are_located_within_170_metres() {
    let Some(recording) = recording() else { return };
    assert!(recording.dropped.no_level > 0 && recording.dropped.no_position > 0);
    let [median, ninety, share] = tried(&recording, dealt_evenly);
    eprintln!("dropped {:?}", recording.dropped);
    eprintln!("dealt evenly: median {median:.0} m, 90th percentile {ninety:.0} m, ellipse holds {share:.3}");
    assert!(median < 170.0 && ninety < 480.0, "median {median}, 90th percentile {ninety}");
    assert!((0.90..=0.99).contains(&share), "the ellipse holds {share}");
}

/// A harder deal than is asked for: the tail grows (the bound of 480 m does not hold here), the median and the ellipse hold.
#[test]
fn holes_in_the_drive_lengthen_the_tail_only() {
    let Some(recording) = recording() else { return };
    let [median, ninety, share] = tried(&recording, dealt_by_chance);
    eprintln!("dealt by chance: median {median:.0} m, 90th percentile {ninety:.0} m, ellipse holds {share:.3}");
    assert!(median < 170.0 && ninety < 550.0, "median {median}, 90th percentile {ninety}");
    assert!((0.90..=0.99).contains(&share), "the ellipse holds {share}");
}
