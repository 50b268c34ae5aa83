//! The spectrum of one receiver over a time and a band: a tile for the waterfall, a line for the spectrum, the strongest emissions, and
//! what is assigned there.

use std::sync::Arc;
use std::time::{Duration, Instant as Monotonic};

use guiju_kernel::procedure::Person;
use guiju_kernel::time::{midnight, parse_date, to_millis};
use guiju_spectrum::emission::{Joining, emissions};
use guiju_spectrum::licence::{Assignment as Licence, Place};
use guiju_spectrum::package::Tile;
use guiju_spectrum::psd::Spectrum;
use guiju_spectrum::window::Window;
use guiju_store::EntryQuery;
use jiff::civil::Date;
use serde::Serialize;

use super::findings::unit;
use super::overview::{Line, Overview};
use super::shelf::{self, PackageMeta, off_thread};
use super::{ASSIGNMENTS, NS_PER_MS};
use crate::answer::OfficeError;
use crate::office::Office;

/// Packages that are opened whole for one picture; more are drawn from overviews.
const OPENED_WHOLE: usize = 4;
/// How long a picture waits for overviews that are not there yet; the rest is said to be pending.
const PATIENCE: Duration = Duration::from_millis(900);
/// Assignments read; the page and the match look through all of them up to this.
const ASSIGNMENTS_MOST: u32 = 20_000;
/// Emissions that a picture names.
const PEAKS_MOST: usize = 20;
/// How wide the line of a picture without a tile is.
const LINE_POINTS: usize = 1_000;

/// Which picture.
#[derive(Debug, Clone, PartialEq)]
pub struct SpectraAsk {
    pub station: String,
    pub receiver: String,
    /// ms since 1970 UTC, half-open.
    pub from_ms: i64,
    pub until_ms: i64,
    /// In Hz, half-open.
    pub low_hz: f64,
    pub high_hz: f64,
    /// Points of the waterfall along frequency and time; 0 rows for none.
    pub width: usize,
    pub height: usize,
}

/// Mean and greatest level by point along frequency, in the view's unit; `None` where nothing was measured.
pub type SpectrumLine = Vec<Option<(f32, f32)>>;

/// What was measured.
#[derive(Debug, Clone)]
pub struct SpectraView {
    pub tile: Tile,
    pub line: SpectrumLine,
    pub sweeps: u64,
    /// `dBm`, or `dB` where a package among them is not calibrated: then all levels are relative.
    pub unit: &'static str,
    pub packages: usize,
    /// Packages whose levels are not in the picture yet: ask again.
    pub pending: usize,
}

/// One strong emission of a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Peak {
    pub centre_hz: f64,
    pub bandwidth_hz: f64,
    pub level_db: f64,
    pub snr_db: f64,
}

/// A frequency that somebody may use.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assignment {
    pub id: String,
    pub name: String,
    pub service: String,
    pub frequency_hz: f64,
    pub bandwidth_hz: f64,
    pub tolerance_hz: f64,
    /// Half-open days.
    pub valid_from: Option<Date>,
    pub valid_until: Option<Date>,
    /// Latitude and longitude in degrees, where they can be read.
    pub degrees: Option<(f64, f64)>,
    pub erp_w: i64,
    pub height_m: i64,
    /// The version of the entry that was read.
    pub version: u32,
}

impl Assignment {
    pub fn low_hz(&self) -> f64 {
        self.frequency_hz - self.bandwidth_hz / 2.0
    }

    pub fn high_hz(&self) -> f64 {
        self.frequency_hz + self.bandwidth_hz / 2.0
    }

    /// As the analysis takes it.
    pub(super) fn licence(&self) -> Licence {
        let ns = |day: Date| to_millis(midnight(day)).saturating_mul(NS_PER_MS);
        Licence {
            id: self.id.clone(),
            name: self.name.clone(),
            centre_hz: self.frequency_hz,
            bandwidth_hz: self.bandwidth_hz,
            tolerance_hz: self.tolerance_hz,
            from_ns: self.valid_from.map_or(i64::MIN, ns),
            until_ns: self.valid_until.map_or(i64::MAX, ns),
            place: self.degrees.and_then(|(latitude, longitude)| Place::new(latitude, longitude)),
            erp_w: self.erp_w as f64,
            height_m: self.height_m as f64,
        }
    }
}

impl SpectraAsk {
    pub(super) fn time_ns(&self) -> (i64, i64) {
        (self.from_ms.saturating_mul(NS_PER_MS), self.until_ms.saturating_mul(NS_PER_MS))
    }
}

impl Office {
    /// A picture of what a receiver measured. Answers within a second or so: what is not made small yet is pending.
    ///
    /// # Errors
    /// [`OfficeError::NotYours`]; [`OfficeError::Input`] where the time or the band is none.
    pub async fn radio_spectra(&self, who: &Person, ask: &SpectraAsk) -> Result<SpectraView, OfficeError> {
        self.radio_reader(who)?;
        if ask.until_ms <= ask.from_ms || !(ask.high_hz > ask.low_hz) || ask.low_hz < 0.0 || ask.high_hz > 3e11 {
            let why = "结束应晚于开始，频率上限应高于下限 / the end comes after the beginning, and the upper edge lies above the lower";
            return Err(OfficeError::Input(why.to_owned()));
        }
        let metas = self.packages_of(ask).await?;
        let unit = unit(&metas);
        let (time, band) = (ask.time_ns(), (ask.low_hz, ask.high_hz));
        let mut tile = Tile::empty(ask.width, ask.height);
        let mut line = Line::over(band, if ask.width == 0 { LINE_POINTS } else { ask.width });
        let mut pending = 0;
        if metas.len() <= OPENED_WHOLE {
            let mut opened = Vec::with_capacity(metas.len());
            for meta in &metas {
                opened.push(self.opened(meta).await?);
            }
            (tile, line) = off_thread(move || {
                for package in &opened {
                    tile.add(package, time, band);
                    line.add_opened(package, time);
                }
                (tile, line)
            })
            .await?;
        } else {
            let since = Monotonic::now();
            for meta in &metas {
                match self.overview(meta, since.elapsed() < PATIENCE).await? {
                    Some(overview) => {
                        overview.add_to(&mut tile, time, band);
                        line.add_overview(&overview);
                    }
                    None => pending += 1,
                }
            }
        }
        Ok(SpectraView { tile, line: line.levels(), sweeps: line.sweeps, unit, packages: metas.len(), pending })
    }

    /// Packages of spectra that touch the time and the band, in order of time.
    pub(super) async fn packages_of(&self, ask: &SpectraAsk) -> Result<Vec<PackageMeta>, OfficeError> {
        let stations = self.radio_stations().await?;
        let touches = |meta: &&PackageMeta| {
            meta.kind == "sweeps"
                && meta.receiver == ask.receiver
                && meta.from_ms < ask.until_ms
                && meta.until_ms > ask.from_ms
                && (meta.low_hz as f64) < ask.high_hz
                && meta.high_hz as f64 > ask.low_hz
        };
        let own = stations.iter().filter(|station| station.station == ask.station);
        let mut metas: Vec<_> = own.flat_map(|station| station.packages.values()).filter(touches).cloned().collect();
        metas.sort_by_key(|meta| meta.from_ms);
        Ok(metas)
    }

    /// A package made small; made now where that is allowed, otherwise `None` until somebody has.
    async fn overview(&self, meta: &PackageMeta, now: bool) -> Result<Option<Arc<Overview>>, OfficeError> {
        if let Some(kept) = shelf::kept(&self.radio.overviews, &meta.sha256) {
            return Ok(Some(kept));
        }
        if !now {
            return Ok(None);
        }
        let opened = self.opened(meta).await?;
        let made = off_thread(move || Overview::of(&opened)).await?;
        Ok(Some(shelf::keep(&self.radio.overviews, &meta.sha256, made)))
    }

    /// Assignments that touch a band, by frequency.
    ///
    /// # Errors
    /// [`OfficeError::NotYours`], or when the store cannot be read.
    pub async fn radio_assignments(&self, who: &Person, band: (f64, f64)) -> Result<Vec<Assignment>, OfficeError> {
        self.radio_reader(who)?;
        self.assignments_in(band).await
    }

    pub(super) async fn assignments_in(&self, (low, high): (f64, f64)) -> Result<Vec<Assignment>, OfficeError> {
        let query =
            EntryQuery { register: ASSIGNMENTS.to_owned(), contains: None, after: None, limit: ASSIGNMENTS_MOST };
        let rows = self.store.entries(&query).await?.rows;
        let read = rows.iter().filter_map(|row| {
            let fields = shelf::fields(row)?;
            let day = |name: &str| parse_date(&shelf::text(&fields, name)).ok();
            Some(Assignment {
                id: row.key.clone(),
                name: shelf::text(&fields, "name"),
                service: shelf::text(&fields, "service"),
                frequency_hz: shelf::number(&fields, "frequency_hz") as f64,
                bandwidth_hz: shelf::number(&fields, "bandwidth_hz") as f64,
                tolerance_hz: shelf::number(&fields, "tolerance_hz") as f64,
                valid_from: day("valid_from"),
                valid_until: day("valid_until"),
                degrees: shelf::degrees(&fields),
                erp_w: shelf::number(&fields, "erp_w"),
                height_m: shelf::number(&fields, "height_m"),
                version: row.version,
            })
        });
        let mut found: Vec<_> = read.filter(|one| one.low_hz() < high && one.high_hz() > low).collect();
        found.sort_by(|a, b| a.frequency_hz.total_cmp(&b.frequency_hz).then(a.id.cmp(&b.id)));
        Ok(found)
    }

    /// The strongest emissions of a picture's line.
    ///
    /// # Errors
    /// [`OfficeError::Pack`] where the pack says no threshold.
    pub fn radio_peaks(&self, ask: &SpectraAsk, line: &[Option<(f32, f32)>]) -> Result<Vec<Peak>, OfficeError> {
        let over = self.radio_rules()?.watching.least_db;
        let powers: Vec<Option<f64>> =
            line.iter().map(|level| level.map(|(mean, _)| 10f64.powf(f64::from(mean) / 10.0))).collect();
        let step = (ask.high_hz - ask.low_hz) / line.len().max(1) as f64;
        let mut peaks = peaks((ask.low_hz, step), &powers, over);
        peaks.sort_by(|a, b| b.level_db.total_cmp(&a.level_db));
        peaks.truncate(PEAKS_MOST);
        Ok(peaks)
    }
}

/// Emissions of averaged powers by bin (linear; `None` where nothing was measured) that stand over the noise by a threshold.
///
/// The noise is the median of what was measured; with few bins, or a band full of signals, there is no telling and none is named.
pub(super) fn peaks((low_hz, bin_hz): (f64, f64), powers: &[Option<f64>], over_db: f64) -> Vec<Peak> {
    let mut measured: Vec<f64> = powers.iter().flatten().copied().collect();
    measured.sort_by(f64::total_cmp);
    let Some(floor) = measured.get(measured.len() / 2).copied().filter(|floor| *floor > 0.0) else { return Vec::new() };
    let bins = powers.len();
    let spectrum = Spectrum {
        sample_rate_hz: bin_hz * bins as f64,
        centre_hz: low_hz + bin_hz * ((bins / 2) as f64 + 0.5),
        window: Window::Hann,
        segments: 1,
        looks: 1.0,
        first_sample: 0,
        end_sample: 0,
        power_per_hz: powers.iter().map(|power| power.unwrap_or(floor)).collect(),
    };
    let thresholds = vec![floor * 10f64.powf(over_db / 10.0); bins];
    let joining = Joining { gap_bins: 1, skirt_bins: 1, dc_bins: 0 };
    let found = emissions(&spectrum, &thresholds, floor, joining).unwrap_or_default();
    let peak = |found: guiju_spectrum::emission::Emission| Peak {
        centre_hz: found.centre_hz,
        bandwidth_hz: found.bandwidth_99_hz,
        level_db: 10.0 * found.peak_per_hz.log10(),
        snr_db: 10.0 * found.peak_to_floor.log10(),
    };
    found.into_iter().map(peak).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carrier_in_noise_is_named_where_it_stands_and_a_hole_is_no_signal() {
        let mut powers: Vec<Option<f64>> = vec![Some(1e-9); 101];
        powers[40] = Some(1e-6);
        powers[70] = None;
        let found = peaks((100e6, 1e4), &powers, 6.0);
        assert_eq!(found.len(), 1);
        assert!((found[0].centre_hz - 100.405e6).abs() < 5e3, "{found:?}");
        assert!((found[0].snr_db - 30.0).abs() < 0.1 && (found[0].level_db + 60.0).abs() < 0.1);
        assert!(peaks((0.0, 1.0), &[None; 10], 6.0).is_empty());
    }
}
