//! What do the tabulated curves say? Figures 1 to 24 as numbers, interpolated for distance, height, frequency and time
//! (sections 4 to 7 of Annex 5, steps 6 to 10 of Annex 6).

use super::height::below_ten_metres;
use super::{Fault, Link, fresnel_km, most_dbuv_m, normal_exceeded_at};
use std::collections::BTreeMap;

/// Over what a wave travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Surface {
    /// Land.
    Land,
    /// Sea such as the North Sea.
    ColdSea,
    /// Sea such as the Mediterranean.
    WarmSea,
}

impl Surface {
    /// The name of it in the table; all seas share the curves for 50 % of time.
    fn name(self, time_pct: u32) -> &'static str {
        match self {
            Self::Land => "land",
            _ if time_pct == 50 => "sea",
            Self::ColdSea => "cold sea",
            Self::WarmSea => "warm sea",
        }
    }
}

/// Nominal heights of the curves in metres.
const HEIGHTS_M: [f64; 8] = [10.0, 20.0, 37.5, 75.0, 150.0, 300.0, 600.0, 1200.0];
const FREQUENCIES_MHZ: [f64; 3] = [100.0, 600.0, 2000.0];
const TIMES_PCT: [f64; 3] = [1.0, 10.0, 50.0];

/// One figure: by distance in km, fields in dBuV/m for the eight heights.
#[derive(Clone, Debug, Default)]
struct Figure {
    rows: Vec<(f64, [f64; 8])>,
}

/// The tabulated curves.
#[derive(Clone, Debug)]
pub struct Curves {
    figures: BTreeMap<(u32, u32, String), Figure>,
}

/// The two nominal values about a wanted one; outside the list the two nearest, for extrapolation.
pub(super) fn around(nominal: &[f64], wanted: f64) -> (f64, f64) {
    let mut pair = (wanted, wanted);
    for two in nominal.windows(2) {
        let [low, high] = two else { continue };
        pair = (*low, *high);
        if wanted <= *high {
            break;
        }
    }
    pair
}

/// A straight line through two values over the logarithm.
fn by_log(wanted: f64, (low, at_low): (f64, f64), (high, at_high): (f64, f64)) -> f64 {
    if high <= low {
        return at_low;
    }
    at_low + (at_high - at_low) * (wanted / low).log10() / (high / low).log10()
}

impl Figure {
    /// Field at a distance in km for the `index`th nominal height (13).
    fn at(&self, index: usize, km: f64) -> Option<f64> {
        let after = self.rows.partition_point(|(row_km, _)| *row_km < km).clamp(1, self.rows.len().checked_sub(1)?);
        let (low, high) = (self.rows.get(after - 1)?, self.rows.get(after)?);
        Some(by_log(km, (low.0, *low.1.get(index)?), (high.0, *high.1.get(index)?)))
    }

    /// Field at a distance for a height of 10 m or more (8).
    pub(super) fn at_height(&self, h1_m: f64, km: f64) -> Option<f64> {
        let (low, high) = around(&HEIGHTS_M, h1_m);
        let index = HEIGHTS_M.iter().position(|height| *height >= low)?;
        Some(by_log(h1_m, (low, self.at(index, km)?), (high, self.at(index + 1, km)?)))
    }
}

/// One figure as the methods for low antennas see it: fields for 10 m and 20 m by distance.
pub(super) struct LowCurves<'a>(&'a Figure);

impl LowCurves<'_> {
    /// Fields in dBuV/m for antennas of 10 m and 20 m at a distance in km.
    pub(super) fn ten_and_twenty(&self, km: f64) -> Option<(f64, f64)> {
        Some((self.0.at(0, km)?, self.0.at(1, km)?))
    }
}

impl Curves {
    /// Reads the table (CSV: figure, f_mhz, path, time_pct, distance_km, eight heights, e_max).
    ///
    /// Refuses a line that cannot be read, naming file, line and column; `file` is the name shown then.
    pub fn read(text: &str, file: &str) -> Result<Self, Fault> {
        let mut figures: BTreeMap<(u32, u32, String), Figure> = BTreeMap::new();
        for (index, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            let cells = Cells { all: line.split(',').map(str::trim).collect(), line: index + 1, file };
            let key = (cells.whole(1)?, cells.whole(3)?, cells.text(2)?.to_owned());
            let mut fields = [0.0; 8];
            for (column, field) in fields.iter_mut().enumerate() {
                *field = cells.number(5 + column)?;
            }
            let figure = figures.entry(key).or_default();
            let km = cells.number(4)?;
            if km <= 0.0 || figure.rows.last().is_some_and(|(before, _)| *before >= km) {
                return Err(cells.fault(4, ("a distance greater than that of the line before", "大于上一行的距离")));
            }
            figure.rows.push((km, fields));
        }
        Ok(Self { figures })
    }

    fn figure(&self, surface: Surface, frequency: f64, time: f64) -> Result<&Figure, Fault> {
        let nominal = |value: f64| value as u32;
        let (frequency_mhz, time_pct) = (nominal(frequency), nominal(time));
        let name = surface.name(time_pct);
        let found = self.figures.get(&(frequency_mhz, time_pct, name.to_owned()));
        found.ok_or(Fault::Missing { frequency_mhz, time_pct, surface: name })
    }

    /// Field in dBuV/m for 1 kW over one surface, before corrections for the ends of the path.
    pub(super) fn field_dbuv_m(&self, surface: Surface, link: &Link, km: f64, most: f64) -> Result<f64, Fault> {
        let (low, high) = around(&TIMES_PCT, link.time_pct);
        let at_low = self.at_time(surface, link, low, km, most)?;
        let at_high = self.at_time(surface, link, high, km, most)?;
        let [q, q_low, q_high] = [link.time_pct, low, high].map(|time| normal_exceeded_at(time / 100.0));
        Ok(at_high * (q_low - q) / (q_low - q_high) + at_low * (q - q_high) / (q_low - q_high))
    }

    /// Field for a nominal share of time (6). Over sea below 100 MHz and within 0.6 Fresnel clearance (15a, 15b) apply.
    fn at_time(&self, surface: Surface, link: &Link, time: f64, km: f64, most: f64) -> Result<f64, Fault> {
        let (frequency, h1) = (link.frequency_mhz, link.base.h1_m);
        let (clear_km, far_km) = (fresnel_km(frequency, h1, 10.0), fresnel_km(600.0, h1, 10.0));
        if surface == Surface::Land || frequency >= 100.0 || km >= far_km {
            return self.at_frequency(surface, link, time, km, most);
        }
        if km <= clear_km {
            return Ok(most);
        }
        let near = most_dbuv_m(0.0, clear_km, link.time_pct);
        let limit = most_dbuv_m(0.0, far_km, link.time_pct);
        let far = self.at_frequency(surface, link, time, far_km.max(1.0), limit)?;
        Ok(by_log(km, (clear_km, near), (far_km, far)))
    }

    /// Field by interpolation or extrapolation for frequency (14).
    fn at_frequency(&self, surface: Surface, link: &Link, time: f64, km: f64, most: f64) -> Result<f64, Fault> {
        let frequency = link.frequency_mhz;
        let (low, high) = around(&FREQUENCIES_MHZ, frequency);
        let at_low = self.at_nominal(surface, link, (low, time), km, most)?;
        let at_high = self.at_nominal(surface, link, (high, time), km, most)?;
        let field = by_log(frequency, (low, at_low), (high, at_high));
        Ok(if frequency > 2000.0 { field.min(most) } else { field })
    }

    fn at_nominal(&self, surface: Surface, link: &Link, of: (f64, f64), km: f64, most: f64) -> Result<f64, Fault> {
        let (frequency, time) = of;
        let figure = self.figure(surface, frequency, time)?;
        let h1 = link.base.h1_m;
        let field = if h1 >= 10.0 {
            figure.at_height(h1, km).map(|field| field.min(most))
        } else {
            below_ten_metres(&LowCurves(figure), surface, link, frequency, km, most)
        };
        field.ok_or(Fault::Missing {
            frequency_mhz: frequency as u32,
            time_pct: time as u32,
            surface: surface.name(time as u32),
        })
    }
}

/// The cells of one line.
struct Cells<'a> {
    all: Vec<&'a str>,
    line: usize,
    file: &'a str,
}

impl Cells<'_> {
    fn text(&self, column: usize) -> Result<&str, Fault> {
        self.all
            .get(column)
            .copied()
            .ok_or_else(|| self.fault(column, ("there, although 14 columns are needed", "必需的内容（应有14列）")))
    }

    fn number(&self, column: usize) -> Result<f64, Fault> {
        let number = self.text(column)?.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| self.fault(column, ("a number", "数")))
    }

    fn whole(&self, column: usize) -> Result<u32, Fault> {
        self.text(column)?.parse().map_err(|_| self.fault(column, ("a whole number", "整数")))
    }

    fn fault(&self, column: usize, (en, zh): (&'static str, &'static str)) -> Fault {
        let text = self.all.get(column).copied().unwrap_or_default().chars().take(40).collect();
        Fault::Line { file: self.file.to_owned(), line: self.line, column: column + 1, text, en, zh }
    }
}
