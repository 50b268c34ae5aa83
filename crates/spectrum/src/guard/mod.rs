//! Is it the receiver's own? Marks on emissions that may be direct current, a mirror image or a product of stronger ones, and on whole
//! spectra that an overload or a step of the gain has changed.
//!
//! A mark is a doubt with its numbers, no verdict: it says which stronger signals would explain the emission, and an engineer or another
//! tuning decides. A product is believed only where its siblings are: a receiver has one intercept point, so two strong signals that make
//! one product make the others too, at levels that follow. Where such a sibling should be seen and is not, the emission is real.

mod change;
mod product;

use serde::{Deserialize, Serialize};

pub use change::{Clipping, change};

use crate::emission::Emission;
use crate::psd::Spectrum;
use crate::statistics::decibels;

/// Emissions narrower than this, in bins, show the window and no shape of their own.
const SHAPE_BINS: usize = 8;

/// When something is marked. Comes from the pack; `samples/guard-rules.json` is an example.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardRules {
    /// How far below its original a mirror image lies, in dB: at least, at most.
    pub mirror_below_db: (f64, f64),
    /// Likeness of shape, from 0 to 1, from which an image is believed.
    pub alike_least: f64,
    /// Signals from so far over the floor (strongest bin), in dB, may make products.
    pub parents_db: f64,
    /// So many of the strongest are considered.
    pub parents_most: usize,
    /// A product lies at least so far below the weakest of its parents, in dB.
    pub product_below_db: f64,
    /// How far a centre may lie from where it should, in bins, for each signal that takes part.
    pub tolerance_bins: f64,
    /// From this share of samples at full scale the receiver was overloaded.
    pub clipped_share: f64,
    /// From this change of all bins between two spectra the gain was changed, or the floor rose; in dB.
    pub step_db: f64,
    /// Share of the bins that change by the same in a step of the gain.
    pub step_share: f64,
}

impl GuardRules {
    /// The example that comes with the program.
    ///
    /// # Errors
    /// Never, as a test holds; the file is read as any other is.
    pub fn example() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("../../samples/guard-rules.json"))
    }
}

/// A reason to doubt. Frequencies are in Hz, levels in dB.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mark {
    /// Narrow and where the receiver was tuned.
    DirectCurrent,
    /// The mirror image of a stronger emission about the tuned frequency.
    Mirror {
        /// Centre of the original.
        of_hz: f64,
        /// How far the image lies below it.
        below_db: f64,
        /// Likeness of their shapes, from 0 to 1; `None` where they are too narrow to have one.
        alike: Option<f64>,
    },
    /// A product of the third order, `plus + plus_too - less`; where the first two are equal, 2 f1 - f2.
    Product {
        /// One that counts positive.
        plus_hz: f64,
        /// The other that does.
        plus_too_hz: f64,
        /// The one that counts negative.
        less_hz: f64,
        /// How far the product lies below the weakest of them.
        below_db: f64,
        /// The input intercept point of the third order that it implies, in the dB of the spectrum.
        intercept_db: f64,
    },
    /// Samples at full scale: whatever the spectrum shows may be distortion.
    Overload {
        /// Share of samples at full scale.
        clipped_share: f64,
    },
    /// Every bin changed by the same from one spectrum to the next: the gain was changed, nothing went on the air.
    GainStep {
        /// By how much.
        by_db: f64,
    },
    /// The noise rose in all bins, strong signals did not: broad noise, or an overload.
    FloorRise {
        /// By how much.
        by_db: f64,
    },
}

impl Mark {
    /// In Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match *self {
            Self::DirectCurrent => "疑为接收机直流泄漏：窄带且位于调谐频率".to_owned(),
            Self::Mirror { of_hz, below_db, .. } => {
                format!("疑为 {:.4} MHz 的镜像，低 {below_db:.1} dB", of_hz / 1e6)
            }
            Self::Product { plus_hz, plus_too_hz, less_hz, below_db, .. } => format!(
                "疑为互调产物 {:.4}＋{:.4}－{:.4} MHz，低 {below_db:.1} dB",
                plus_hz / 1e6,
                plus_too_hz / 1e6,
                less_hz / 1e6
            ),
            Self::Overload { clipped_share } => format!("接收机过载：{:.2}% 的采样达到满刻度", clipped_share * 100.0),
            Self::GainStep { by_db } => format!("增益改变 {by_db:+.1} dB，并非发射"),
            Self::FloorRise { by_db } => format!("底噪整体升高 {by_db:.1} dB"),
        }
    }

    /// In English.
    #[must_use]
    pub fn en(&self) -> String {
        match *self {
            Self::DirectCurrent => "may be the receiver's direct current: narrow, at the tuned frequency".to_owned(),
            Self::Mirror { of_hz, below_db, .. } => {
                format!("may be the mirror image of {:.4} MHz, {below_db:.1} dB below it", of_hz / 1e6)
            }
            Self::Product { plus_hz, plus_too_hz, less_hz, below_db, .. } => format!(
                "may be the product {:.4} + {:.4} - {:.4} MHz, {below_db:.1} dB below",
                plus_hz / 1e6,
                plus_too_hz / 1e6,
                less_hz / 1e6
            ),
            Self::Overload { clipped_share } => {
                format!("the receiver was overloaded: {:.2} % of the samples at full scale", clipped_share * 100.0)
            }
            Self::GainStep { by_db } => format!("the gain changed by {by_db:+.1} dB: no transmission"),
            Self::FloorRise { by_db } => format!("the floor rose by {by_db:.1} dB everywhere"),
        }
    }
}

/// Marks each emission of a spectrum; a list for each, in their order. `floor_per_hz` is the noise that they were found over. A spectrum of
/// sweeps has no tuned frequency (each hop has its own): `tuned` is false for it, and neither images nor direct current are looked for.
#[must_use]
pub fn marks(
    spectrum: &Spectrum,
    emissions: &[Emission],
    floor_per_hz: f64,
    tuned: bool,
    rules: &GuardRules,
) -> Vec<Vec<Mark>> {
    let products = product::Products::of(spectrum, emissions, floor_per_hz, rules);
    let of = |emission: &Emission| {
        let mut marks = Vec::new();
        if tuned && emission.dc_suspect {
            marks.push(Mark::DirectCurrent);
        }
        if tuned {
            marks.extend(mirror(spectrum, emissions, emission, floor_per_hz, rules));
        }
        marks.extend(products.explain(emission));
        marks
    };
    emissions.iter().map(of).collect()
}

/// The strongest emission whose image this one may be.
fn mirror(
    spectrum: &Spectrum,
    emissions: &[Emission],
    image: &Emission,
    floor_per_hz: f64,
    rules: &GuardRules,
) -> Option<Mark> {
    let (least, most) = rules.mirror_below_db;
    let tolerance_hz = 2.0 * rules.tolerance_bins * spectrum.bin_hz();
    let candidates = emissions.iter().filter(|original| {
        let below_db = decibels(original.power / image.power);
        let off_hz = 2.0 * spectrum.centre_hz - original.centre_hz - image.centre_hz;
        // The middle of a wide, noisy image is less sure than a bin.
        off_hz.abs() <= tolerance_hz + image.bandwidth_99_hz / 20.0 && (least..=most).contains(&below_db)
    });
    let original = candidates.max_by(|a, b| a.power.total_cmp(&b.power))?;
    let wide = image.end_bin - image.first_bin >= SHAPE_BINS;
    let alike = wide.then(|| likeness(spectrum, original, image, floor_per_hz));
    let believed = match alike {
        Some(alike) => alike >= rules.alike_least,
        // A narrow image has a narrow original, or is the peak of one that is hardly seen; a wide one would be seen wide.
        None => original.bandwidth_99_hz <= 2.0 * image.bandwidth_99_hz.max(4.0 * spectrum.bin_hz()),
    };
    let below_db = decibels(original.power / image.power);
    believed.then_some(Mark::Mirror { of_hz: original.centre_hz, below_db, alike })
}

/// How like the shape of one is to that of the other turned round about the tuned frequency: the cosine of the angle between their powers
/// over the floor.
fn likeness(spectrum: &Spectrum, original: &Emission, image: &Emission, floor_per_hz: f64) -> f64 {
    let powers = &spectrum.power_per_hz;
    let centre = powers.len() / 2;
    let over = |bin: usize| powers.get(bin).map_or(0.0, |power| power - floor_per_hz);
    let turned = |bin: usize| (2 * centre).checked_sub(bin).map_or(0.0, over);
    // Over the bins of both, so that a narrow emission is not like a part of a wide one.
    let of_original =
        (2 * centre).saturating_sub(original.end_bin)..(2 * centre + 1).saturating_sub(original.first_bin);
    let bins = image.first_bin.min(of_original.start)..image.end_bin.max(of_original.end);
    let mut sums = (0.0, 0.0, 0.0);
    for bin in bins {
        let (one, other) = (over(bin), turned(bin));
        sums = (sums.0 + one * other, sums.1 + one * one, sums.2 + other * other);
    }
    sums.0 / (sums.1 * sums.2).sqrt().max(f64::MIN_POSITIVE)
}
