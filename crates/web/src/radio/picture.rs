//! The spectrum as the server draws it: mean and greatest level over frequency, the assignments above it, marks that can be opened.
//!
//! Coordinates and classes only; colours stand in the style sheet. Where nothing was measured the line is broken.

use guiju_office::radio::Assignment;

/// Size of the drawing, and of the plot in it.
pub(super) const WIDTH: f64 = 1_000.0;
pub(super) const HEIGHT: f64 = 320.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 990.0;
const TOP: f64 = 62.0;
const BOTTOM: f64 = 286.0;
/// Rows of bars above the plot, so that overlapping assignments do not hide one another.
const ROWS: usize = 3;

/// A line of text at a place.
pub(super) struct Label {
    pub x: f64,
    pub y: f64,
    pub text: String,
}

/// An assignment above the plot.
pub(super) struct Bar {
    pub x: f64,
    pub width: f64,
    pub y: f64,
    pub title: String,
}

/// Something that was found, or that a case is about.
pub(super) struct Mark {
    pub x: f64,
    pub href: String,
    pub title: String,
}

/// The drawing.
pub(super) struct Picture {
    pub mean: String,
    pub most: String,
    pub holes: Vec<(f64, f64)>,
    pub columns: Vec<Label>,
    pub rows: Vec<Label>,
    pub bars: Vec<Bar>,
    pub marks: Vec<Mark>,
}

/// What is marked on a picture: where, where its link leads, its title.
pub(super) type Marked = (f64, String, String);

impl Picture {
    pub fn of(
        (low, high): (f64, f64),
        line: &[Option<(f32, f32)>],
        assignments: &[Assignment],
        marks: &[Marked],
    ) -> Picture {
        let levels = || line.iter().flatten();
        let least = levels().map(|(mean, _)| *mean).fold(f32::INFINITY, f32::min);
        let most = levels().map(|(_, most)| *most).fold(f32::NEG_INFINITY, f32::max);
        let (floor, top) = match (least.is_finite(), most.is_finite()) {
            (true, true) => (f64::from((least / 10.0).floor() * 10.0), f64::from((most / 10.0).ceil() * 10.0)),
            _ => (-100.0, 0.0),
        };
        let top = if top > floor { top } else { floor + 10.0 };
        let x = |hz: f64| LEFT + (hz - low) / (high - low) * (RIGHT - LEFT);
        let y = |db: f64| BOTTOM - (db - floor) / (top - floor) * (BOTTOM - TOP);
        let step = (RIGHT - LEFT) / line.len().max(1) as f64;
        let curve = |of: fn(&(f32, f32)) -> f32| {
            let points = line.iter().map(|level| level.as_ref().map(|level| y(f64::from(of(level)))));
            path(points, step)
        };
        Picture {
            mean: curve(|(mean, _)| *mean),
            most: curve(|(_, most)| *most),
            holes: holes(line, step),
            columns: ticks(low / 1e6, high / 1e6, 8)
                .into_iter()
                .map(|mhz| Label { x: x(mhz * 1e6), y: BOTTOM + 18.0, text: trimmed(mhz) })
                .collect(),
            rows: ticks(floor, top, 6)
                .into_iter()
                .map(|db| Label { x: LEFT - 8.0, y: y(db), text: trimmed(db) })
                .collect(),
            bars: assignments
                .iter()
                .enumerate()
                .map(|(at, one)| {
                    let (from, until) = (x(one.low_hz()).max(LEFT), x(one.high_hz()).min(RIGHT));
                    let title = format!("{} {} {}", one.id, one.name, trimmed(one.frequency_hz / 1e6));
                    Bar { x: from, width: (until - from).max(2.0), y: 10.0 + 12.0 * (at % ROWS) as f64, title }
                })
                .collect(),
            marks: marks
                .iter()
                .filter(|(hz, ..)| (low..high).contains(hz))
                .map(|(hz, href, title)| Mark { x: x(*hz), href: href.clone(), title: title.clone() })
                .collect(),
        }
    }
}

/// An SVG path through points at even distances; broken where there is none.
fn path(points: impl Iterator<Item = Option<f64>>, step: f64) -> String {
    let mut path = String::new();
    let mut open = false;
    for (at, point) in points.enumerate() {
        match point {
            Some(y) => {
                let x = LEFT + step * (at as f64 + 0.5);
                path.push_str(&format!("{}{x:.1} {y:.1}", if open { "L" } else { "M" }));
                open = true;
            }
            None => open = false,
        }
    }
    path
}

/// Where nothing was measured: place and width.
fn holes(line: &[Option<(f32, f32)>], step: f64) -> Vec<(f64, f64)> {
    let mut holes: Vec<(f64, f64)> = Vec::new();
    for (at, _) in line.iter().enumerate().filter(|(_, level)| level.is_none()) {
        let x = LEFT + step * at as f64;
        match holes.last_mut() {
            Some((from, width)) if (*from + *width - x).abs() < step / 2.0 => *width += step,
            _ => holes.push((x, step)),
        }
    }
    holes
}

/// Round numbers within a range, about so many.
pub(super) fn ticks(low: f64, high: f64, about: usize) -> Vec<f64> {
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return Vec::new();
    }
    let rough = span / about.max(1) as f64;
    let ten = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|part| part * ten).find(|step| *step >= rough).unwrap_or(rough);
    let first = (low / step).ceil();
    (0..=2 * about).map(|at| (first + at as f64) * step).take_while(|tick| *tick <= high + step * 1e-9).collect()
}

/// A number without noughts at its end.
pub(super) fn trimmed(number: f64) -> String {
    let text = format!("{number:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_breaks_the_line_and_is_drawn_as_one() {
        let line = [Some((-90.0, -80.0)), None, None, Some((-90.0, -80.0)), Some((-90.0, -80.0))];
        let picture = Picture::of((87e6, 108e6), &line, &[], &[]);
        assert_eq!(picture.mean.matches('M').count(), 2);
        assert_eq!(picture.holes.len(), 1);
        assert!((picture.holes[0].1 - 2.0 * (RIGHT - LEFT) / 5.0).abs() < 1e-6);
    }

    #[test]
    fn ticks_are_round_and_lie_within() {
        assert_eq!(ticks(87.0, 108.0, 8), [90.0, 95.0, 100.0, 105.0]);
        assert_eq!(ticks(-95.0, -60.0, 6), [-90.0, -80.0, -70.0, -60.0]);
        assert!(ticks(1.0, 1.0, 5).is_empty());
        assert_eq!((trimmed(95.4350), trimmed(-0.00001)), ("95.435".into(), "0".into()));
    }

    #[test]
    fn nothing_measured_at_all_still_has_axes() {
        let picture = Picture::of((87e6, 108e6), &[None; 4], &[], &[]);
        assert!(picture.mean.is_empty() && !picture.columns.is_empty() && picture.rows.len() > 2);
    }
}
