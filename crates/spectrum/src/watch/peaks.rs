//! The signals of one averaged sweep: runs of bins over the threshold, parted at valleys.

use super::WatchRules;

/// Below its strongest bin by this much a signal's skirt is not part of its centre: FM stations are symmetric there, and neighbours are not.
const CORE_DB: f64 = 10.0;

/// One signal of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Peak {
    pub(super) centre_hz: f64,
    pub(super) bandwidth_hz: f64,
    pub(super) snr_db: f64,
    pub(super) level_db: f64,
    /// Its bins, half-open.
    pub(super) bins: (usize, usize),
}

/// Finds the signals among `powers` (linear; NaN where nothing was measured) over a floor, in order of frequency.
pub(super) fn peaks(
    powers: &[f64],
    floor: f64,
    threshold: f64,
    (low_hz, bin_hz): (f64, f64),
    rules: &WatchRules,
) -> Vec<Peak> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < powers.len() {
        // A hole is no number and so not over any threshold: no signal reaches across it.
        let over = |power: &f64| *power > threshold;
        let Some(first) = powers.iter().skip(from).position(over).map(|at| from + at) else { break };
        let end = powers.iter().skip(first).position(|power| !over(power)).map_or(powers.len(), |at| first + at);
        for (first, end) in parted(powers, first, end, rules.valley_db) {
            if (end - first) as f64 * bin_hz >= rules.narrowest_hz {
                found.push(peak(powers, floor, (first, end), (low_hz, bin_hz)));
            }
        }
        from = end;
    }
    found
}

/// Parts a run at its deepest valley while that lies far enough below the lower of the peaks on both sides.
fn parted(powers: &[f64], first: usize, end: usize, valley_db: f64) -> Vec<(usize, usize)> {
    let run = powers.get(first..end).unwrap_or_default();
    let depth = 10f64.powf(valley_db / 10.0);
    // From the left the greatest so far, from the right likewise: a valley is deep where both stand high above it.
    let mut left = Vec::with_capacity(run.len());
    run.iter().fold(0.0, |most: f64, power| {
        left.push(most);
        most.max(*power)
    });
    let mut right = vec![0.0; run.len()];
    run.iter().zip(&mut right).rev().fold(0.0, |most: f64, (power, slot)| {
        *slot = most;
        most.max(*power)
    });
    let ratio = |at: usize| {
        left.get(at).copied().unwrap_or(0.0).min(right.get(at).copied().unwrap_or(0.0))
            / run.get(at).copied().unwrap_or(1.0)
    };
    let deepest = (0..run.len()).max_by(|a, b| ratio(*a).total_cmp(&ratio(*b))).filter(|at| ratio(*at) >= depth);
    match deepest {
        None => vec![(first, end)],
        Some(at) => {
            let mut parts = parted(powers, first, first + at, valley_db);
            parts.extend(parted(powers, first + at + 1, end, valley_db));
            parts
        }
    }
}

fn peak(powers: &[f64], floor: f64, (first, end): (usize, usize), (low_hz, bin_hz): (f64, f64)) -> Peak {
    let run = powers.get(first..end).unwrap_or_default();
    let most = run.iter().copied().fold(0.0, f64::max);
    let core = most / 10f64.powf(CORE_DB / 10.0);
    let weigh = |(sum, mass): (f64, f64), (at, power): (usize, &f64)| {
        let weight = if *power >= core { power - floor } else { 0.0 };
        (sum + weight * at as f64, mass + weight)
    };
    let (sum, mass) = run.iter().enumerate().fold((0.0, 0.0), weigh);
    let middle = if mass > 0.0 { sum / mass } else { (end - first) as f64 / 2.0 };
    Peak {
        centre_hz: low_hz + (first as f64 + middle + 0.5) * bin_hz,
        bandwidth_hz: (end - first) as f64 * bin_hz,
        snr_db: 10.0 * (most / floor).log10(),
        level_db: 10.0 * most.log10(),
        bins: (first, end),
    }
}
