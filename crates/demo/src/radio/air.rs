//! What is on the air over the made-up city: levels in hundredths of a decibel, in whole numbers, so that the same plan gives the
//! same year on every machine.
//!
//! A simulation for the demonstration, not a prediction: fields fall by 35 dB for each tenfold distance.

use guiju_kernel::time::{civil_of, from_millis};

use super::plan::{Emitter, Hours, Site};
use crate::chance::Dice;
use crate::days::{DAY, MINUTE};

/// Level of the receiver's noise in a bin, in hundredths of a decibel relative to full scale.
const NOISE: i64 = -9_500;
/// How much an emitter of 1 W at 1 km stands over the noise, in hundredths of a decibel.
const AT_ONE_KILOMETRE: f64 = 4_500.0;
/// By how much the sum of two powers stands over the stronger one, in hundredths of a decibel, by their distance in decibels.
const SUM: [i64; 16] = [301, 254, 212, 176, 146, 119, 97, 79, 64, 51, 41, 33, 27, 21, 17, 14];
/// The drop at the edges of an emission's bandwidth, in hundredths of a decibel.
const EDGE: i64 = 2_600;

/// A receiver's view of the air.
pub struct Air<'a> {
    emitters: Vec<(&'a Emitter, i64)>,
    low_hz: i64,
    bin_hz: i64,
    bins: usize,
}

impl<'a> Air<'a> {
    /// What a receiver at `site` meets with in the band of `bins` bins of `bin_hz` from `low_hz`.
    pub fn over(site: &Site, emitters: &'a [Emitter], (low_hz, bin_hz, bins): (i64, i64, usize)) -> Self {
        let high = low_hz + bin_hz * i64::try_from(bins).unwrap_or(0);
        let near = |emitter: &&Emitter| {
            emitter.frequency_hz + emitter.bandwidth_hz >= low_hz && emitter.frequency_hz - emitter.bandwidth_hz < high
        };
        let heard = emitters.iter().filter(near).map(|emitter| (emitter, NOISE + over_noise(site, emitter)));
        Self { emitters: heard.collect(), low_hz, bin_hz, bins }
    }

    /// One sweep that begins at a moment (ms since 1970 UTC): a level for each bin, in hundredths of a decibel.
    pub fn sweep(&self, at: i64, dice: &mut Dice) -> Vec<i64> {
        let mut levels: Vec<i64> = (0..self.bins).map(|_| NOISE + 110 * bell(dice) / 1_000).collect();
        for (emitter, level) in self.emitters.iter().filter(|(emitter, _)| on(emitter, at)) {
            let level = level + 90 * bell(dice) / 1_000;
            self.add(&mut levels, centre(emitter, at), emitter.bandwidth_hz, level, dice);
        }
        levels
    }

    fn add(&self, levels: &mut [i64], centre: i64, bandwidth: i64, level: i64, dice: &mut Dice) {
        let reach = bandwidth.max(1);
        let bin = |hz: i64| usize::try_from((hz - self.low_hz).div_euclid(self.bin_hz).max(0)).unwrap_or(usize::MAX);
        let (first, end) = (bin(centre - reach).min(self.bins), (bin(centre + reach) + 1).min(self.bins));
        for at in first..end {
            let middle = self.low_hz + self.bin_hz * i64::try_from(at).unwrap_or(0) + self.bin_hz / 2;
            let apart = (middle - centre).abs();
            let drop = EDGE * 4 * apart / reach * apart / reach;
            if let Some(bin) = levels.get_mut(at) {
                *bin = sum(*bin, level - drop + 60 * bell(dice) / 1_000);
            }
        }
    }
}

/// How far an emitter stands over the noise at a site, in hundredths of a decibel; far ones below it.
fn over_noise(site: &Site, emitter: &Emitter) -> i64 {
    let (north, east) = ((emitter.latitude - site.latitude) * 110.6, (emitter.longitude - site.longitude) * 102.7);
    let kilometres = north.hypot(east).max(0.1);
    let level = AT_ONE_KILOMETRE + 1_000.0 * f64::from(emitter.erp_w.max(1)).log10() - 3_500.0 * kilometres.log10();
    // Quarters of a decibel, so that the last digit of a logarithm decides nothing.
    25 * (level / 25.0).round() as i64
}

/// Where the emitter stands at a moment: a drifting one swings over a day.
fn centre(emitter: &Emitter, at: i64) -> i64 {
    let day = at.rem_euclid(DAY);
    let quarter = DAY / 4;
    // A triangle over the day: up, down, up.
    let swing = match day / quarter {
        0 => day,
        1 | 2 => 2 * quarter - day,
        _ => day - 4 * quarter,
    };
    emitter.frequency_hz + emitter.drift_hz * swing / quarter
}

fn on(emitter: &Emitter, at: i64) -> bool {
    let Ok(moment) = from_millis(at) else { return false };
    let civil = civil_of(moment);
    let day = civil.date();
    let dated = emitter.from.is_none_or(|from| from <= day) && emitter.until.is_none_or(|until| day < until);
    let minute = i64::from(civil.hour()) * 60 + i64::from(civil.minute());
    dated && (emitter.hours.is_empty() || emitter.hours.iter().any(|hours| within(hours, minute * MINUTE)))
}

/// Whether a time of day (ms) lies in the hours; hours that end before they begin run over midnight.
pub fn within(hours: &Hours, time: i64) -> bool {
    if hours.from < hours.until {
        (hours.from..hours.until).contains(&time)
    } else {
        time >= hours.from || time < hours.until
    }
}

/// The sum of two powers, in hundredths of a decibel.
fn sum(one: i64, other: i64) -> i64 {
    let (more, less) = (one.max(other), one.min(other));
    let apart = usize::try_from((more - less) / 100).unwrap_or(usize::MAX);
    more + SUM.get(apart).copied().unwrap_or(0)
}

/// A number of the bell curve in thousandths of its deviation: the sum of eight even ones.
fn bell(dice: &mut Dice) -> i64 {
    let drawn = dice.below(1 << 62);
    let sum: u64 = (0..7).map(|part| (drawn >> (8 * part)) & 0xff).sum();
    // Seven even numbers of 0 to 255: mean 892.5, deviation 195.5.
    (i64::try_from(sum).unwrap_or(0) * 2 - 1_785) * 1_000 / 391
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bell_is_a_bell() {
        let mut dice = Dice::new(1, "bell");
        let drawn: Vec<i64> = (0..20_000).map(|_| bell(&mut dice)).collect();
        let mean = drawn.iter().sum::<i64>() / 20_000;
        let square = drawn.iter().map(|x| x * x).sum::<i64>() / 20_000;
        assert!(mean.abs() < 30, "{mean}");
        assert!((960_000..1_040_000).contains(&square), "{square}");
    }

    #[test]
    fn powers_add_up() {
        assert_eq!(sum(-5_000, -5_000), -4_699);
        assert_eq!(sum(-5_000, -9_000), -5_000);
    }

    #[test]
    fn hours_run_over_midnight() {
        let night = Hours { from: 20 * 60 * MINUTE, until: 7 * 60 * MINUTE };
        assert!(
            within(&night, 23 * 60 * MINUTE) && within(&night, 6 * 60 * MINUTE) && !within(&night, 12 * 60 * MINUTE)
        );
    }
}
