//! Takes sweeps one after the other and keeps sums, so that memory grows with channels only.

use std::collections::BTreeMap;

use super::sampling::Counted;
use super::{
    Channel, ChannelOccupancy, Floor, HOURS, LEAST_OVER_FLOOR_DB, Occupancy, Revisit, Settings, Share, Threshold,
};
use crate::hours::Interval;
use crate::read::sweep::{Piece, Sweep};
use crate::spectra_fault::{SpectraFault, looks, probability};
use crate::statistics::{decibels, noise_threshold, ratio};

const HOUR_NS: i64 = 3_600_000_000_000;

/// What one sweep showed of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Idle,
    Busy,
    /// It was measured in part, or not at all.
    Unknown,
}

/// A channel and its sums.
#[derive(Debug, Clone)]
struct Sums {
    channel: Channel,
    share: Share,
    by_hour: [Share; HOURS],
    counted: Counted,
    /// What the last sweep showed; it waits to be told how long it stands for.
    last: Seen,
    /// Since when it has been as it is, and whether the change itself was seen.
    run: Option<(i64, bool)>,
    shortest_ns: Option<i64>,
}

impl Sums {
    fn new(channel: Channel) -> Self {
        Self {
            channel,
            share: Share::default(),
            by_hour: [Share::default(); HOURS],
            counted: Counted::default(),
            last: Seen::Unknown,
            run: None,
            shortest_ns: None,
        }
    }

    /// Lets the last sweep stand for the time that it stands for.
    fn stand(&mut self, stands: Interval, zone_offset_ns: i64) {
        if self.last == Seen::Unknown {
            return;
        }
        let busy = self.last == Seen::Busy;
        let ns = length_ns(stands);
        self.share.add(ns, busy);
        self.counted.add(ns);
        let mut from = stands.from_ns().saturating_add(zone_offset_ns);
        let until = stands.until_ns().saturating_add(zone_offset_ns);
        while from < until {
            let hour = from.div_euclid(HOUR_NS);
            let end = until.min((hour + 1).saturating_mul(HOUR_NS));
            let of_day = usize::try_from(hour.rem_euclid(HOURS as i64)).unwrap_or_default();
            if let (Some(share), Some(part)) = (self.by_hour.get_mut(of_day), Interval::new(from, end)) {
                share.add(length_ns(part), busy);
            }
            from = end;
        }
    }

    /// Takes what the next sweep, beginning at `at_ns`, shows. `in_row`: no hole lies before it.
    fn see(&mut self, now: Seen, at_ns: i64, in_row: bool) {
        let before = if in_row { self.last } else { Seen::Unknown };
        if before != Seen::Unknown && now != Seen::Unknown {
            self.counted.follow(before == Seen::Busy, now == Seen::Busy);
        }
        self.run = match (before, now) {
            (_, Seen::Unknown) => None,
            (Seen::Unknown, _) => Some((at_ns, false)),
            (before, now) if before == now => self.run,
            _ => {
                if let Some((since, true)) = self.run {
                    let lasted = at_ns.saturating_sub(since);
                    self.shortest_ns = Some(self.shortest_ns.map_or(lasted, |shortest| shortest.min(lasted)));
                }
                Some((at_ns, true))
            }
        };
        self.last = now;
    }

    fn result(self, settings: &Settings, revisit: Option<Revisit>) -> ChannelOccupancy {
        let shortest = settings.shortest_ns.or(self.shortest_ns);
        let coarse = |(revisit, shortest): (Revisit, i64)| revisit.longest_ns > shortest / 2;
        ChannelOccupancy {
            sampling: self.counted.judge(self.share.occupancy()),
            channel: self.channel,
            share: self.share,
            by_hour: self.by_hour.to_vec(),
            shortest_seen_ns: self.shortest_ns,
            statistical_only: revisit.zip(shortest).is_some_and(coarse),
        }
    }
}

/// Measures occupancy from sweeps in order of time.
#[derive(Debug, Clone)]
pub struct Meter {
    settings: Settings,
    channels: Vec<Sums>,
    last: Option<Interval>,
    /// Bins over the threshold, and all, in the last sweep.
    last_bins: (u64, u64),
    /// The same, each times the nanoseconds that its sweep stands for.
    bin_ns: (u128, u128),
    /// Times from start to start without holes: sum, number, longest.
    gaps: (i128, u64, i64),
    holes: u64,
    sweeps: u64,
    left_out: u64,
    /// What noise exceeds as often as is allowed, in dB over the floor, by the number of bins: the same few are asked for again and again.
    noise_db: BTreeMap<usize, f64>,
}

impl Meter {
    /// Prepares to measure the channels.
    ///
    /// # Errors
    /// When looks are below 1, the false-alarm probability is none, the threshold lies less than 3 dB over the floor or is not finite, or
    /// the longest revisit is not positive.
    pub fn new(channels: Vec<Channel>, settings: Settings) -> Result<Self, SpectraFault> {
        looks(settings.looks)?;
        probability(settings.false_alarm, 0.5)?;
        let (Threshold::OverFloor(level) | Threshold::Signal(level)) = settings.threshold;
        let low = matches!(settings.threshold, Threshold::OverFloor(over) if over < LEAST_OVER_FLOOR_DB);
        if low || !level.is_finite() {
            return Err(SpectraFault::OverFloor { decibels: level, least: LEAST_OVER_FLOOR_DB });
        }
        if settings.revisit_most_ns <= 0 {
            return Err(SpectraFault::Revisit { ns: settings.revisit_most_ns });
        }
        Ok(Self {
            settings,
            channels: channels.into_iter().map(Sums::new).collect(),
            last: None,
            last_bins: (0, 0),
            bin_ns: (0, 0),
            gaps: (0, 0, 0),
            holes: 0,
            sweeps: 0,
            left_out: 0,
            noise_db: BTreeMap::new(),
        })
    }

    /// Takes the next sweep. One without a time, or that begins before the one before it ended, is left out and counted: `false`.
    ///
    /// # Errors
    /// When the sweep has too few bins to estimate a floor; it counts as left out.
    pub fn push(&mut self, sweep: &Sweep) -> Result<bool, SpectraFault> {
        let after_last = |when: &Interval| self.last.is_none_or(|last| last.until_ns() <= when.from_ns());
        let Some(when) = sweep.when.filter(after_last) else {
            self.left_out += 1;
            return Ok(false);
        };
        let floor = floor_of(sweep, &self.settings).inspect_err(|_| self.left_out += 1)?;
        let in_row = self.close(when.from_ns());
        let mut thresholds = Thresholds { settings: self.settings, floor, noise_db: &mut self.noise_db };
        for sums in &mut self.channels {
            let now = thresholds.seen(&sweep.pieces, &sums.channel)?;
            sums.see(now, when.from_ns(), in_row);
        }
        self.last_bins = thresholds.bins(&sweep.pieces)?;
        self.last = Some(when);
        self.sweeps += 1;
        Ok(true)
    }

    /// Ends the last sweep where the next begins, or with its own measurement where that is too far off. Says whether they are in a row.
    fn close(&mut self, next_ns: i64) -> bool {
        let Some(last) = self.last else { return false };
        let gap = next_ns.saturating_sub(last.from_ns());
        let in_row = gap <= self.settings.revisit_most_ns;
        if in_row {
            self.gaps = (self.gaps.0 + i128::from(gap), self.gaps.1 + 1, self.gaps.2.max(gap));
        } else {
            self.holes += 1;
        }
        let stands = if in_row { Interval::new(last.from_ns(), next_ns) } else { Some(last) };
        self.stand(stands.unwrap_or(last));
        in_row
    }

    fn stand(&mut self, stands: Interval) {
        for sums in &mut self.channels {
            sums.stand(stands, self.settings.zone_offset_ns);
        }
        let ns = u128::from(length_ns(stands));
        let (over, all) = self.last_bins;
        self.bin_ns = (self.bin_ns.0 + ns * u128::from(over), self.bin_ns.1 + ns * u128::from(all));
    }

    /// Gives what came of it. The last sweep stands for its own measurement only.
    #[must_use]
    pub fn finish(mut self) -> Occupancy {
        if let Some(last) = self.last {
            self.stand(last);
        }
        let (sum, count, longest_ns) = self.gaps;
        let mean = (count > 0).then(|| i64::try_from(sum / i128::from(count)).unwrap_or(i64::MAX));
        let revisit = mean.map(|mean_ns| Revisit { mean_ns, longest_ns, holes: self.holes });
        let settings = self.settings;
        let channels: Vec<ChannelOccupancy> =
            self.channels.into_iter().map(|sums| sums.result(&settings, revisit)).collect();
        let shares: Vec<f64> = channels.iter().filter_map(|one| one.share.occupancy()).collect();
        let (over, all) = self.bin_ns;
        Occupancy {
            resource: (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64),
            channels,
            band: (all > 0).then(|| over as f64 / all as f64),
            revisit,
            sweeps: self.sweeps,
            left_out: self.left_out,
        }
    }
}

/// Linear power of noise in a bin of a sweep.
fn floor_of(sweep: &Sweep, settings: &Settings) -> Result<f64, SpectraFault> {
    match settings.floor {
        Floor::Known(decibels) => Ok(ratio(decibels)),
        Floor::Each(method) => {
            let powers: Vec<f64> = sweep.levels().map(|(_, level)| ratio(f64::from(level.0))).collect();
            method.estimate(&powers, settings.looks)
        }
    }
}

/// From which level the bins of one sweep count, for channels of any number of bins.
struct Thresholds<'a> {
    settings: Settings,
    /// Linear power of noise in a bin.
    floor: f64,
    noise_db: &'a mut BTreeMap<usize, f64>,
}

impl Thresholds<'_> {
    /// What the strongest of so many bins of noise exceeds as often as is allowed, in dB over the floor.
    fn noise_db(&mut self, bins: usize) -> Result<f64, SpectraFault> {
        if let Some(known) = self.noise_db.get(&bins) {
            return Ok(*known);
        }
        // The strongest decides, so each may exceed only so often that one of them does as often as was set.
        let found = decibels(noise_threshold(self.settings.looks, self.settings.false_alarm / bins.max(1) as f64)?);
        self.noise_db.insert(bins, found);
        Ok(found)
    }

    /// The threshold of each of `bins` bins `width_hz` wide, in dB, for signals `occupied_hz` wide.
    fn level_db(&mut self, bins: usize, width_hz: f64, occupied_hz: f64) -> Result<f64, SpectraFault> {
        let floor_db = decibels(self.floor);
        let least = floor_db + self.noise_db(bins)?.max(LEAST_OVER_FLOOR_DB);
        Ok(match self.settings.threshold {
            Threshold::OverFloor(over) => least.max(floor_db + over),
            Threshold::Signal(level) => least.max(level - decibels(occupied_hz / width_hz).max(0.0)),
        })
    }

    fn seen(&mut self, pieces: &[Piece], channel: &Channel) -> Result<Seen, SpectraFault> {
        let (mut bins, mut strongest, mut width_hz) = (0_usize, f64::NEG_INFINITY, 0.0_f64);
        for piece in pieces {
            let inside = within(piece, channel);
            width_hz = if inside.is_empty() { width_hz } else { width_hz.max(piece.bin_width_hz) };
            bins += inside.len();
            strongest = inside.iter().map(|level| f64::from(level.0)).fold(strongest, f64::max);
        }
        // Bins need not fall on the edges of the channel: one more or less fits in. Rounded frequencies are no hole.
        let whole = ((channel.high_hz - channel.low_hz) / width_hz + 1e-6).floor();
        if bins == 0 || (bins as f64) < whole {
            return Ok(Seen::Unknown);
        }
        let threshold = self.level_db(bins, width_hz, channel.occupied_hz)?;
        Ok(if strongest > threshold { Seen::Busy } else { Seen::Idle })
    }

    /// Bins over the threshold, each judged by itself, and all bins.
    fn bins(&mut self, pieces: &[Piece]) -> Result<(u64, u64), SpectraFault> {
        let (mut over, mut all) = (0, 0);
        for piece in pieces {
            let threshold = self.level_db(1, piece.bin_width_hz, piece.bin_width_hz)?;
            over += piece.levels.iter().filter(|level| f64::from(level.0) > threshold).count() as u64;
            all += piece.levels.len() as u64;
        }
        Ok((over, all))
    }
}

/// The levels of the bins whose middle lies in the channel.
fn within<'a>(piece: &'a Piece, channel: &Channel) -> &'a [crate::level::RelativeDb] {
    // A middle on an edge belongs to the channel above, also where it misses the edge by rounding.
    let at = |hz: f64| ((hz - piece.low_hz) / piece.bin_width_hz - 0.5 - 1e-6).ceil().max(0.0) as usize;
    let end = at(channel.high_hz).min(piece.levels.len());
    piece.levels.get(at(channel.low_hz).min(end)..end).unwrap_or_default()
}

fn length_ns(interval: Interval) -> u64 {
    interval.until_ns().abs_diff(interval.from_ns())
}
