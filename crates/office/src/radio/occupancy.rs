//! How much was a channel used, by hour of day? Occupied time over observed time, never over time that nobody watched.
//!
//! ITU-R SM.1880: a channel counts as occupied while any of its bins stands over the noise by the pack's threshold (FCO); the band's share
//! of cells over the threshold is FBO; the mean of the channels' FCO is SRO. Neighbouring samples depend on one another, so the interval is
//! Wilson's with the number of samples that a two-state chain leaves of them.

use std::sync::Arc;

use guiju_kernel::procedure::Person;
use guiju_spectrum::package::{HOLE, Opened, STEPS_PER_DB};
use sha2::{Digest, Sha256};

use super::findings::unit;
use super::shelf::{self, PackageMeta, off_thread};
use super::spectra::SpectraAsk;
use crate::answer::OfficeError;
use crate::office::Office;

const ZONE_NS: i64 = 8 * 3_600 * 1_000_000_000;
const DAY_NS: i64 = 86_400 * 1_000_000_000;
const HOUR_NS: i64 = 3_600 * 1_000_000_000;
const HOURS: usize = 24;
/// Channels of one table.
const CHANNELS_MOST: usize = 2_000;
/// Packages of one table: a receiver's quarter of a year.
const PACKAGES_MOST: usize = 200;

/// A channel, half-open, in Hz.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    pub name: String,
    pub low_hz: f64,
    pub high_hz: f64,
}

/// Which receiver, time and band, and which channels.
#[derive(Debug, Clone, PartialEq)]
pub struct OccupancyAsk {
    pub of: SpectraAsk,
    pub channels: Vec<Channel>,
}

/// One channel in one hour of the day, or over all.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HourUse {
    /// In ns.
    pub observed_ns: i64,
    pub occupied_ns: i64,
    pub samples: u64,
    /// Transitions between samples that follow one another: from free and from occupied, and how many of each changed.
    free: u64,
    free_changed: u64,
    busy: u64,
    busy_changed: u64,
}

impl HourUse {
    /// Share of the observed time in which it was occupied; `None` where nothing was observed.
    pub fn share(&self) -> Option<f64> {
        (self.observed_ns > 0).then(|| self.occupied_ns as f64 / self.observed_ns as f64)
    }

    /// The interval of the share at a normal quantile, by the samples that dependence leaves.
    pub fn interval(&self, quantile: f64) -> Option<(f64, f64)> {
        let share = self.share()?;
        let n = self.independent()?;
        let (z2, centre) = (quantile * quantile, share + quantile * quantile / (2.0 * n));
        let half = quantile * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        let whole = 1.0 + z2 / n;
        Some((((centre - half) / whole).max(0.0), ((centre + half) / whole).min(1.0)))
    }

    /// How many independent samples these are worth; at least 1.
    fn independent(&self) -> Option<f64> {
        if self.samples == 0 {
            return None;
        }
        let rate = |changed: u64, of: u64| if of == 0 { 0.0 } else { changed as f64 / of as f64 };
        // A chain that never changed says nothing about its own memory: its samples then count as they are.
        let memory = match self.free_changed + self.busy_changed {
            0 => 0.0,
            _ => (1.0 - rate(self.free_changed, self.free) - rate(self.busy_changed, self.busy)).clamp(0.0, 0.999_999),
        };
        Some((self.samples as f64 * (1.0 - memory) / (1.0 + memory)).max(1.0))
    }

    fn add(&mut self, other: &HourUse) {
        self.observed_ns += other.observed_ns;
        self.occupied_ns += other.occupied_ns;
        self.samples += other.samples;
        self.free += other.free;
        self.free_changed += other.free_changed;
        self.busy += other.busy;
        self.busy_changed += other.busy_changed;
    }
}

/// One channel.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelUse {
    pub channel: Channel,
    pub hours: [HourUse; HOURS],
    pub all: HourUse,
}

/// The table.
#[derive(Debug, Clone, PartialEq)]
pub struct Occupancy {
    pub channels: Vec<ChannelUse>,
    /// Share of cells (bins times sweeps) of the band over the threshold; `None` where nothing was observed.
    pub band: Option<f64>,
    /// Mean share of the channels that were observed.
    pub resource: Option<f64>,
    pub over_floor_db: f64,
    pub quantile: f64,
    /// The longest planned time from one measurement to the next, in ns.
    pub revisit_ns: i64,
    /// Whole width of a bin, in Hz: a channel narrower than it cannot be told from its neighbours.
    pub bin_hz: f64,
    pub packages: usize,
    pub unit: &'static str,
}

/// What one package says of the channels.
#[derive(Debug, Clone, PartialEq)]
pub struct PackageUse {
    channels: Vec<[HourUse; HOURS]>,
    cells: u64,
    cells_over: u64,
    revisit_ns: i64,
    bin_hz: f64,
}

impl Office {
    /// Occupancy by channel and hour of the day (Beijing time).
    ///
    /// # Errors
    /// [`OfficeError::NotYours`]; [`OfficeError::Input`] where there are too many channels or packages for one table.
    pub async fn radio_occupancy(&self, who: &Person, ask: &OccupancyAsk) -> Result<Occupancy, OfficeError> {
        self.radio_reader(who)?;
        let rules = self.radio_rules()?.occupancy;
        let metas = self.packages_of(&ask.of).await?;
        if ask.channels.len() > CHANNELS_MOST || metas.len() > PACKAGES_MOST {
            let why = format!(
                "一张表最多 {CHANNELS_MOST} 个信道、{PACKAGES_MOST} 个数据包，请缩小频段或者期间 / a table has {CHANNELS_MOST} channels and \
                 {PACKAGES_MOST} packages at most; narrow the band or the period"
            );
            return Err(OfficeError::Input(why));
        }
        let mut channels: Vec<_> = ask.channels.iter().map(empty).collect();
        let (mut cells, mut over, mut revisit_ns, mut bin_hz) = (0u64, 0u64, 0i64, 0.0f64);
        for meta in &metas {
            let of = self.use_of(meta, ask, rules.over_floor_db).await?;
            for (channel, hours) in channels.iter_mut().zip(&of.channels) {
                for (sum, hour) in channel.hours.iter_mut().zip(hours) {
                    sum.add(hour);
                    channel.all.add(hour);
                }
            }
            cells += of.cells;
            over += of.cells_over;
            revisit_ns = revisit_ns.max(of.revisit_ns);
            bin_hz = bin_hz.max(of.bin_hz);
        }
        let shares: Vec<f64> = channels.iter().filter_map(|channel| channel.all.share()).collect();
        Ok(Occupancy {
            band: (cells > 0).then(|| over as f64 / cells as f64),
            resource: (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64),
            channels,
            over_floor_db: rules.over_floor_db,
            quantile: rules.quantile,
            revisit_ns,
            bin_hz,
            unit: unit(&metas),
            packages: metas.len(),
        })
    }

    async fn use_of(
        &self,
        meta: &PackageMeta,
        ask: &OccupancyAsk,
        over_db: f64,
    ) -> Result<Arc<PackageUse>, OfficeError> {
        let mut hash = Sha256::new();
        let (from, until) = ask.of.time_ns();
        // A package that lies within the period is the same in every period that holds it.
        let cut = (
            from.max(meta.from_ms.saturating_mul(super::NS_PER_MS)),
            until.min(meta.until_ms.saturating_mul(super::NS_PER_MS)),
        );
        hash.update(format!("{} {over_db} {cut:?} {} {}\n", meta.sha256, ask.of.low_hz, ask.of.high_hz));
        for channel in &ask.channels {
            hash.update(format!("{} {}\n", channel.low_hz, channel.high_hz));
        }
        let name = hex::encode(hash.finalize());
        if let Some(kept) = shelf::kept(&self.radio.uses, &name) {
            return Ok(kept);
        }
        let opened = self.opened(meta).await?;
        let (channels, time, band) = (ask.channels.clone(), (from, until), (ask.of.low_hz, ask.of.high_hz));
        let made = off_thread(move || used(&opened, &channels, time, band, over_db)).await?;
        Ok(shelf::keep(&self.radio.uses, &name, made))
    }
}

fn empty(channel: &Channel) -> ChannelUse {
    ChannelUse { channel: channel.clone(), hours: [HourUse::default(); HOURS], all: HourUse::default() }
}

/// What a channel was in the sweep before, if that one is its neighbour in time.
type Before = Option<bool>;

fn used(
    opened: &Opened,
    channels: &[Channel],
    (from, until): (i64, i64),
    (low, high): (f64, f64),
    over_db: f64,
) -> PackageUse {
    let header = &opened.header;
    let bin_at = |hz: f64| ((hz - header.low_hz) / header.bin_hz).round().clamp(0.0, f64::from(header.bins)) as usize;
    let ranges: Vec<_> = channels
        .iter()
        .map(|channel| {
            // A channel narrower than a bin is the bin that it lies in; one beyond the package's band is not observed.
            let inside = channel.low_hz >= header.low_hz - header.bin_hz / 2.0
                && channel.high_hz <= header.high_hz() + header.bin_hz / 2.0;
            let first = bin_at(channel.low_hz);
            let end = bin_at(channel.high_hz).max(first + 1);
            if inside { first..end } else { 0..0 }
        })
        .collect();
    let band = bin_at(low)..bin_at(high);
    let over = (over_db * f64::from(STEPS_PER_DB)).ceil() as i16;
    let mut made = PackageUse {
        channels: vec![[HourUse::default(); HOURS]; channels.len()],
        cells: 0,
        cells_over: 0,
        revisit_ns: header.revisit_ns,
        bin_hz: header.bin_hz,
    };
    let mut before: Vec<Before> = vec![None; channels.len()];
    let mut sweeps = opened.sweeps().peekable();
    let mut last_start = None;
    while let Some((moment, levels)) = sweeps.next() {
        let inside = moment.start_ns >= from && moment.start_ns < until && !moment.overload;
        let floor = floor(&levels).filter(|_| inside);
        let follows = last_start.is_some_and(|last| moment.start_ns - last <= header.revisit_ns);
        last_start = Some(moment.start_ns);
        let Some(floor) = floor else {
            before.fill(None);
            continue;
        };
        let threshold = floor.saturating_add(over);
        let next =
            sweeps.peek().map(|(next, _)| next.start_ns).filter(|next| next - moment.start_ns <= header.revisit_ns);
        let end = moment.start_ns.saturating_add(moment.duration_ns);
        let stands_for = next.map_or(end, |next| end.max(next)).min(header.until_ns) - moment.start_ns;
        let hour = usize::try_from(moment.start_ns.saturating_add(ZONE_NS).rem_euclid(DAY_NS) / HOUR_NS).unwrap_or(0);
        for ((range, hours), before) in ranges.iter().zip(&mut made.channels).zip(&mut before) {
            let bins = levels.get(range.clone()).unwrap_or_default();
            let most = bins.iter().filter(|level| **level != HOLE).max();
            let (Some(most), Some(hour)) = (most, hours.get_mut(hour)) else {
                *before = None;
                continue;
            };
            let busy = *most > threshold;
            sample(hour, busy, stands_for, before.filter(|_| follows));
            *before = Some(busy);
        }
        for level in levels.get(band.clone()).unwrap_or_default().iter().filter(|level| **level != HOLE) {
            made.cells += 1;
            made.cells_over += u64::from(*level > threshold);
        }
    }
    made
}

fn sample(hour: &mut HourUse, busy: bool, stands_for: i64, before: Before) {
    hour.samples += 1;
    hour.observed_ns += stands_for;
    hour.occupied_ns += if busy { stands_for } else { 0 };
    match before {
        Some(false) => {
            hour.free += 1;
            hour.free_changed += u64::from(busy);
        }
        Some(true) => {
            hour.busy += 1;
            hour.busy_changed += u64::from(!busy);
        }
        None => {}
    }
}

/// The noise of a sweep: the median of what was measured.
fn floor(levels: &[i16]) -> Option<i16> {
    let mut measured: Vec<i16> = levels.iter().copied().filter(|level| *level != HOLE).collect();
    let middle = measured.len() / 2;
    if measured.is_empty() {
        return None;
    }
    let (_, floor, _) = measured.select_nth_unstable(middle);
    Some(*floor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_widens_when_samples_hang_together() {
        let chain = |run: u64| {
            let mut hour = HourUse::default();
            let mut before = None;
            for n in 0..1_000u64 {
                let busy = (n / run) % 2 == 0;
                sample(&mut hour, busy, HOUR_NS, before);
                before = Some(busy);
            }
            hour
        };
        let (loose, tight) = (chain(1), chain(50));
        assert_eq!((loose.share(), tight.share()), (Some(0.5), Some(0.5)));
        let width = |hour: &HourUse| hour.interval(1.96).map(|(low, high)| high - low).unwrap();
        assert!(width(&tight) > 5.0 * width(&loose), "{} {}", width(&tight), width(&loose));
        assert!(width(&loose) < 0.07);
    }

    #[test]
    fn nothing_observed_has_no_share() {
        assert_eq!((HourUse::default().share(), HourUse::default().interval(1.96)), (None, None));
    }
}
