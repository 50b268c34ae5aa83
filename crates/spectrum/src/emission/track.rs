//! Emissions followed from spectrum to spectrum: first and last seen, and what was measured in between.
//!
//! Times are nanoseconds since 1970-01-01 UTC; a span is half-open. Time in which nothing was measured is neither on nor off.

use serde::{Deserialize, Serialize};

use super::Emission;

/// One transmission, from its first to its last spectrum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Start of the first spectrum that shows it, in ns since 1970 UTC.
    pub first_seen_ns: i64,
    /// End of the last spectrum that shows it, in ns since 1970 UTC; excluded.
    pub last_seen_ns: i64,
    /// Spectra that show it.
    pub seen: u64,
    /// Spectra between the first and the last that do not.
    pub missed: u64,
    /// Mean of the centre frequencies, in Hz.
    pub centre_hz: f64,
    /// Mean of the 99 % bandwidths, in Hz.
    pub bandwidth_99_hz: f64,
    /// Mean of the powers, linear, relative to full scale.
    pub power: f64,
    /// The greatest power, linear, relative to full scale.
    pub power_most: f64,
    /// Every one of its emissions was narrow and where the receiver was tuned.
    pub dc_suspect: bool,
    /// The emission of the last spectrum that shows it.
    pub last: Emission,
}

impl Track {
    fn new(start_ns: i64, end_ns: i64, emission: Emission) -> Self {
        Self {
            first_seen_ns: start_ns,
            last_seen_ns: end_ns,
            seen: 1,
            missed: 0,
            centre_hz: emission.centre_hz,
            bandwidth_99_hz: emission.bandwidth_99_hz,
            power: emission.power,
            power_most: emission.power,
            dc_suspect: emission.dc_suspect,
            last: emission,
        }
    }

    fn add(&mut self, end_ns: i64, missed: u64, emission: Emission) {
        self.last_seen_ns = end_ns;
        self.seen += 1;
        self.missed += missed;
        let share = 1.0 / self.seen as f64;
        self.centre_hz += (emission.centre_hz - self.centre_hz) * share;
        self.bandwidth_99_hz += (emission.bandwidth_99_hz - self.bandwidth_99_hz) * share;
        self.power += (emission.power - self.power) * share;
        self.power_most = self.power_most.max(emission.power);
        self.dc_suspect &= emission.dc_suspect;
        self.last = emission;
    }

    /// How far apart the last emission and another are, in Hz; `None` when neither's centre lies within the other's bandwidth, widened
    /// by `tolerance_hz`.
    fn distance_hz(&self, emission: &Emission, tolerance_hz: f64) -> Option<f64> {
        let apart = (self.last.centre_hz - emission.centre_hz).abs();
        let reach = self.last.bandwidth_99_hz.max(emission.bandwidth_99_hz) / 2.0 + tolerance_hz;
        (apart <= reach).then_some(apart)
    }
}

/// Puts the emissions of successive spectra of one band together.
#[derive(Debug, Clone)]
pub struct Tracker {
    tolerance_hz: f64,
    missed_most: u64,
    open: Vec<(Track, u64)>,
    until_ns: Option<i64>,
}

impl Tracker {
    /// Follows emissions that move by less than `tolerance_hz` beyond their bandwidth from one spectrum to the next, and ends a track
    /// after more than `missed_most` spectra without it.
    #[must_use]
    pub fn new(tolerance_hz: f64, missed_most: u64) -> Self {
        Self { tolerance_hz: tolerance_hz.max(0.0), missed_most, open: Vec::new(), until_ns: None }
    }

    /// Takes the emissions of the spectrum measured from `start_ns` until before `end_ns` and returns the tracks that have ended.
    ///
    /// A spectrum that does not begin after the one before it ended (a clock set back, rows out of order) is not taken: `None`.
    pub fn push(&mut self, start_ns: i64, end_ns: i64, emissions: Vec<Emission>) -> Option<Vec<Track>> {
        if end_ns <= start_ns || self.until_ns.is_some_and(|until| start_ns < until) {
            return None;
        }
        self.until_ns = Some(end_ns);
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (track_at, (track, _)) in self.open.iter().enumerate() {
            for (emission_at, emission) in emissions.iter().enumerate() {
                if let Some(apart) = track.distance_hz(emission, self.tolerance_hz) {
                    pairs.push((apart, track_at, emission_at));
                }
            }
        }
        // The nearest pair first, so that two neighbours do not exchange their tracks.
        pairs.sort_by(|left, right| left.0.total_cmp(&right.0).then((left.1, left.2).cmp(&(right.1, right.2))));
        let mut emissions: Vec<Option<Emission>> = emissions.into_iter().map(Some).collect();
        let mut taken = vec![false; self.open.len()];
        for (_, track_at, emission_at) in pairs {
            let (Some(taken), Some((track, missed)), Some(emission)) =
                (taken.get_mut(track_at), self.open.get_mut(track_at), emissions.get_mut(emission_at))
            else {
                continue;
            };
            if !*taken && let Some(emission) = emission.take() {
                track.add(end_ns, std::mem::take(missed), emission);
                *taken = true;
            }
        }
        for ((_, missed), taken) in self.open.iter_mut().zip(&taken) {
            *missed += u64::from(!taken);
        }
        let most = self.missed_most;
        let ended = self.open.extract_if(.., |(_, missed)| *missed > most).map(|(track, _)| track).collect();
        self.open.extend(emissions.into_iter().flatten().map(|emission| (Track::new(start_ns, end_ns, emission), 0)));
        Some(ended)
    }

    /// Ends all tracks: the measurement is over, which does not mean that the transmissions are.
    #[must_use]
    pub fn finish(self) -> Vec<Track> {
        self.open.into_iter().map(|(track, _)| track).collect()
    }
}
