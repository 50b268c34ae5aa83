//! Runs of detected bins become emissions: where, how wide, how strong; followed over time, since when and until when.
//!
//! The 99 % bandwidth is measured as ITU-R SM.328 and SM.443 do: the floor is taken off, the rest summed up, and half a percent left
//! out at each end. The 26 dB bandwidth reaches to the outermost bins not more than 26 dB below the strongest one.

mod lobe;
mod track;

use serde::{Deserialize, Serialize};

pub use lobe::outskirts;
pub use track::{Track, Tracker};

use crate::psd::Spectrum;
use crate::spectra_fault::SpectraFault;

/// Share of the power that the 99 % bandwidth leaves out at each end.
const LEFT_OUT_EACH_END: f64 = 0.005;
/// The drop from the strongest bin that bounds the x-dB bandwidth, linear: 26 dB.
const X_DB_RATIO: f64 = 0.002_511_886_431_509_58;

/// How runs of bins are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joining {
    /// Undetected bins that a run may bridge: the gaps of a modulation, or of a fading channel.
    pub gap_bins: usize,
    /// Bins on each side of a run that still count towards its power: the skirts below the threshold.
    pub skirt_bins: usize,
    /// Bins on each side of the tuned frequency where a narrow emission may be the receiver's own direct current.
    pub dc_bins: usize,
}

/// Something that transmits, or seems to, in one spectrum. Powers are linear and relative to full scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Emission {
    /// The middle of the 99 % bandwidth, in Hz.
    pub centre_hz: f64,
    /// The 99 % bandwidth, in Hz; a tone shows the width of the window.
    pub bandwidth_99_hz: f64,
    /// The 26 dB bandwidth, in Hz; `None` where the threshold of detection lies less than 26 dB below the strongest bin.
    pub bandwidth_26_db_hz: Option<f64>,
    /// Power above the floor.
    pub power: f64,
    /// Power per Hz of the strongest bin, the floor included.
    pub peak_per_hz: f64,
    /// Power per Hz of the strongest bin over the floor, linear.
    pub peak_to_floor: f64,
    /// The first detected bin, counted from 0.
    pub first_bin: usize,
    /// The bin after the last detected one.
    pub end_bin: usize,
    /// Narrow and where the receiver is tuned: its own direct current until another tuning shows it too.
    pub dc_suspect: bool,
    /// At an edge of the spectrum, so that a part may be missing.
    pub cut_off: bool,
}

/// Finds the emissions of a spectrum, in ascending order of frequency.
///
/// `thresholds` and `floor` are powers per Hz for each bin and for the noise; a bin stronger than its threshold is detected.
///
/// # Errors
/// When there are not as many thresholds as bins, or the floor is not a positive number.
pub fn emissions(
    spectrum: &Spectrum,
    thresholds: &[f64],
    floor_per_hz: f64,
    joining: Joining,
) -> Result<Vec<Emission>, SpectraFault> {
    let powers = spectrum.power_per_hz.as_slice();
    if thresholds.len() != powers.len() {
        return Err(SpectraFault::Lengths { left: powers.len(), right: thresholds.len() });
    }
    if !(floor_per_hz.is_finite() && floor_per_hz > 0.0) {
        return Err(SpectraFault::Power { bin: 0, power: floor_per_hz });
    }
    let runs = runs(powers, thresholds, joining.gap_bins);
    let measured = runs.iter().enumerate().map(|(index, run)| {
        // Between two neighbours a skirt ends halfway, so that no bin's power counts twice.
        let before = index.checked_sub(1).and_then(|left| runs.get(left)).map_or(0, |left| left.1.midpoint(run.0));
        let after = runs.get(index + 1).map_or(powers.len(), |right| run.1.midpoint(right.0));
        let skirts = (run.0.saturating_sub(joining.skirt_bins).max(before), (run.1 + joining.skirt_bins).min(after));
        Measure { spectrum, powers, thresholds, floor: floor_per_hz, run: *run, skirts }.emission(joining)
    });
    Ok(measured.collect())
}

/// Half-open runs of detected bins, bridging gaps of up to `gap` bins.
fn runs(powers: &[f64], thresholds: &[f64], gap: usize) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (bin, _) in powers.iter().zip(thresholds).enumerate().filter(|(_, (power, threshold))| power > threshold) {
        match runs.last_mut() {
            Some(last) if bin - last.1 <= gap => last.1 = bin + 1,
            _ => runs.push((bin, bin + 1)),
        }
    }
    runs
}

/// One run, about to be measured.
struct Measure<'a> {
    spectrum: &'a Spectrum,
    powers: &'a [f64],
    thresholds: &'a [f64],
    floor: f64,
    run: (usize, usize),
    skirts: (usize, usize),
}

impl Measure<'_> {
    fn emission(&self, joining: Joining) -> Emission {
        let (first_bin, end_bin) = self.run;
        let inside = self.powers.get(first_bin..end_bin).unwrap_or_default();
        let peak_per_hz = inside.iter().copied().fold(0.0, f64::max);
        let (from, over_floor) = self.over_floor();
        let total: f64 = over_floor.iter().sum();
        let low = from as f64 + edge(&over_floor, total * LEFT_OUT_EACH_END);
        let high = from as f64 + edge(&over_floor, total * (1.0 - LEFT_OUT_EACH_END));
        let lobe = self.spectrum.window.main_lobe_bins();
        let dc = self.powers.len() / 2;
        let narrow = end_bin - first_bin < 2 * (lobe + joining.dc_bins);
        Emission {
            // The edges lie between bins: bin b reaches from b - 1/2 to b + 1/2.
            centre_hz: self.spectrum.frequency_hz(f64::midpoint(low, high) - 0.5),
            bandwidth_99_hz: (high - low) * self.spectrum.bin_hz(),
            bandwidth_26_db_hz: self.x_db(peak_per_hz),
            power: total * self.spectrum.bin_hz(),
            peak_per_hz,
            peak_to_floor: peak_per_hz / self.floor,
            first_bin,
            end_bin,
            dc_suspect: narrow && first_bin <= dc + joining.dc_bins && dc < end_bin + joining.dc_bins,
            cut_off: first_bin == 0 || end_bin == self.powers.len(),
        }
    }

    /// The powers of the run and its skirts less the floor, and the first bin of them. In the skirts the noise is as often below the
    /// floor as above it: there the difference keeps its sign, so that the noise cancels. Skirts that would take more than half of the
    /// run's power away are no noise about this floor, and are left off.
    fn over_floor(&self) -> (usize, Vec<f64>) {
        let between = |from: usize, to: usize| -> Vec<f64> {
            self.powers.get(from..to).unwrap_or_default().iter().map(|power| power - self.floor).collect()
        };
        let run: Vec<f64> = between(self.run.0, self.run.1).into_iter().map(|power| power.max(0.0)).collect();
        let with_skirts = between(self.skirts.0, self.skirts.1);
        if with_skirts.iter().sum::<f64>() < run.iter().sum::<f64>() / 2.0 {
            return (self.run.0, run);
        }
        (self.skirts.0, with_skirts)
    }

    fn x_db(&self, peak: f64) -> Option<f64> {
        let level = peak * X_DB_RATIO;
        let (first, end) = self.run;
        let thresholds = self.thresholds.get(first..end).unwrap_or_default();
        if thresholds.iter().any(|threshold| *threshold > level) {
            return None;
        }
        let strong = |bin: &usize| self.powers.get(*bin).is_some_and(|power| *power >= level);
        let (lowest, highest) = ((first..end).find(strong)?, (first..end).rev().find(strong)?);
        let at = |bin: usize| self.powers.get(bin).copied().unwrap_or_default();
        // Between the last strong bin and the first weak one the level falls evenly in decibels.
        let beyond = |strong: usize, weak: Option<usize>| {
            let weak = weak.map(at).filter(|weak| *weak > 0.0 && *weak < level);
            weak.map_or(0.5, |weak| (at(strong) / level).ln() / (at(strong) / weak).ln())
        };
        let low = lowest as f64 - beyond(lowest, lowest.checked_sub(1));
        let high = highest as f64 + beyond(highest, Some(highest + 1));
        Some((high - low) * self.spectrum.bin_hz())
    }
}

/// Where the running sum first reaches `wanted`, in bins from the lower edge of the first, within the bin by proportion.
fn edge(powers: &[f64], wanted: f64) -> f64 {
    let mut sum = 0.0;
    for (bin, power) in powers.iter().enumerate() {
        if sum + power >= wanted && *power > 0.0 {
            return bin as f64 + ((wanted - sum) / power).clamp(0.0, 1.0);
        }
        sum += power;
    }
    powers.len() as f64
}
