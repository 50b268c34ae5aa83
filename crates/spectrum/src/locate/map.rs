//! A located transmitter as a plain drawing: receivers, bearings, the place, its ellipse, other places, the search area, a scale.
//!
//! SVG without anything from outside: no tiles, no fonts, no scripts. Colours are never alone: each mark has a shape and a word of its own.

use super::table::{Kind, Readings};
use super::{Area, Ellipse, Estimate, Point};

/// Width and height of the drawing.
const SIZE: f64 = 720.0;
/// Margin around the area.
const MARGIN: f64 = 40.0;

/// From metres to the drawing.
struct Sheet {
    west_m: f64,
    north_m: f64,
    per_m: f64,
    width: f64,
    height: f64,
}

impl Sheet {
    fn of(area: &Area) -> Self {
        let (west_m, east_m, south_m, north_m) = area.edges_m();
        let (wide, high) = (east_m - west_m, north_m - south_m);
        let per_m = (SIZE - 2.0 * MARGIN) / wide.max(high);
        Self { west_m, north_m, per_m, width: wide * per_m + 2.0 * MARGIN, height: high * per_m + 2.0 * MARGIN }
    }

    fn at(&self, point: Point) -> (f64, f64) {
        (MARGIN + (point.east_m - self.west_m) * self.per_m, MARGIN + (self.north_m - point.north_m) * self.per_m)
    }
}

/// Draws an estimate over its readings. `rejected` are places in [`Readings::told`].
#[must_use]
pub fn svg(readings: &Readings, area: &Area, estimate: &Estimate, rejected: &[usize]) -> String {
    let sheet = Sheet::of(area);
    let (latitude, longitude) = readings.plane.degrees(estimate.at);
    let mut lines = vec![format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {:.0}\" role=\"img\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<title>定位结果 {latitude:.5}, {longitude:.5} / Located at {latitude:.5}, {longitude:.5}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
        sheet.width, sheet.height
    )];
    let mut add = |line: String| lines.push(line);
    add(format!(
        "<rect x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"none\" stroke=\"#777\" \
         stroke-dasharray=\"4 4\"/>",
        sheet.width - 2.0 * MARGIN,
        sheet.height - 2.0 * MARGIN
    ));
    for (at, told) in readings.told.iter().enumerate() {
        add(receiver(&sheet, told.at, &told.station, rejected.contains(&at)));
        if told.kind == Kind::Bearing {
            add(ray(&sheet, told.at, told.value));
        }
    }
    add(ellipse(&sheet, &estimate.ellipse));
    for other in &estimate.alternatives {
        let (x, y) = sheet.at(*other);
        add(format!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"7\" fill=\"none\" stroke=\"#b00020\" stroke-dasharray=\"3 2\"/>"
        ));
        add(format!("<text x=\"{:.1}\" y=\"{:.1}\">也可能在此 / or here</text>", x + 10.0, y + 4.0));
    }
    let (x, y) = sheet.at(estimate.at);
    add(format!(
        "<path d=\"M{:.1} {y:.1}H{:.1}M{x:.1} {:.1}V{:.1}\" stroke=\"#b00020\" stroke-width=\"2\"/>",
        x - 9.0,
        x + 9.0,
        y - 9.0,
        y + 9.0
    ));
    add(format!("<text x=\"{:.1}\" y=\"{:.1}\" font-weight=\"bold\">发射机 / transmitter</text>", x + 12.0, y - 8.0));
    add(scale(&sheet));
    lines.push("</svg>\n".to_owned());
    lines.join("\n")
}

fn receiver(sheet: &Sheet, at: Point, station: &str, rejected: bool) -> String {
    let (x, y) = sheet.at(at);
    let (fill, note) = if rejected { ("#ffffff", "（剔除 / rejected）") } else { ("#00509d", "") };
    format!(
        "<path d=\"M{x:.1} {:.1}l6 11h-12z\" fill=\"{fill}\" stroke=\"#00509d\"/><text x=\"{:.1}\" y=\"{:.1}\">{}{note}</text>",
        y - 7.0,
        x + 8.0,
        y + 4.0,
        escaped(station)
    )
}

/// A bearing, drawn as far as the sheet is wide.
fn ray(sheet: &Sheet, from: Point, bearing_deg: f64) -> String {
    let (sin, cos) = bearing_deg.to_radians().sin_cos();
    let reach = sheet.width / sheet.per_m;
    let ((x, y), (to_x, to_y)) =
        (sheet.at(from), sheet.at(Point::new(from.east_m + reach * sin, from.north_m + reach * cos)));
    format!("<path d=\"M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}\" stroke=\"#00509d\" stroke-opacity=\"0.4\"/>")
}

/// The ellipse of 95 %: turned clockwise from north, as the drawing's angles run.
fn ellipse(sheet: &Sheet, ellipse: &Ellipse) -> String {
    let (x, y) = sheet.at(ellipse.centre);
    format!(
        "<ellipse cx=\"{x:.1}\" cy=\"{y:.1}\" rx=\"{:.1}\" ry=\"{:.1}\" transform=\"rotate({:.2} {x:.1} {y:.1})\" \
         fill=\"#b00020\" fill-opacity=\"0.12\" stroke=\"#b00020\"/>",
        ellipse.major_m * sheet.per_m,
        ellipse.minor_m * sheet.per_m,
        ellipse.bearing_deg - 90.0
    )
}

/// A scale of 1, 2 or 5 times a power of ten, about a fifth of the width; north is up.
fn scale(sheet: &Sheet) -> String {
    let wanted = sheet.width / 5.0 / sheet.per_m;
    let power = 10f64.powf(wanted.log10().floor());
    let metres = [5.0, 2.0, 1.0].into_iter().map(|step| step * power).find(|one| *one <= wanted).unwrap_or(power);
    let named = if metres >= 1_000.0 { format!("{:.0} km", metres / 1_000.0) } else { format!("{metres:.0} m") };
    let y = sheet.height - 14.0;
    format!(
        "<path d=\"M{MARGIN} {:.1}v6h{:.1}v-6\" fill=\"none\" stroke=\"#000\"/><text x=\"{:.1}\" y=\"{y:.1}\">{named}　北向上 / \
         north is up</text>",
        y - 4.0,
        metres * sheet.per_m,
        MARGIN + metres * sheet.per_m + 8.0
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
