//! What several receivers saw, put together, matched against the register, and scored: which of it deserves an engineer's look first?
//!
//! A finding bears each of its reasons with the points that it is worth, so that nobody has to believe a number. What may be a product of
//! the receiver itself is said to be so, and is no lead. An assignment that was listened for and never heard is silent; one that nobody
//! listened for is not.

mod product;
mod reason;

use serde::{Deserialize, Serialize};

use crate::hours::{Intervals, whole_seconds};
use crate::licence::{Place, Register};
use crate::matching::{MatchRules, Outcome, Signal, match_one};
use crate::schedule::{Schedule, recognise};
use crate::watch::{Seen, Watched};

pub use product::Product;
pub use reason::Reason;

/// How findings are put together and scored. Comes from the pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingRules {
    /// Signals of two receivers this near in frequency are one, in Hz.
    pub same_hz: f64,
    /// Local time is so many minutes ahead of UTC.
    pub zone_offset_minutes: i64,
    /// Centres of the service lie on multiples of this, in Hz.
    pub raster_hz: f64,
    /// From this distance to the nearest such multiple a centre is off the raster, in Hz.
    pub off_raster_hz: f64,
    /// From this range of its centre a signal drifts, in Hz.
    pub drift_hz: f64,
    /// From this difference in level between two receivers the transmitter is near one of them, in dB.
    pub local_db: f64,
    /// Points for a signal without assignment, and what is added for each other reason.
    pub points: Points,
    /// From so many points a finding is a lead.
    pub lead_at: u32,
    /// Signals this far over the floor may make products in the receiver, in dB.
    pub parents_db: f64,
    /// Products stand at least this far below the weaker of them, in dB.
    pub product_below_db: f64,
    /// An assignment is silent when it was listened for so many hours and never heard.
    pub silent_hours: u32,
}

/// Points for each reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// No assignment covers it.
    pub unmatched: u32,
    /// Its centre is off the raster.
    pub off_raster: u32,
    /// It goes on and off by the clock.
    pub timer: u32,
    /// It is strong at one receiver and weak at another: a low antenna nearby.
    pub local: u32,
    /// Its centre wanders.
    pub drift: u32,
}

/// One receiver's share in a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The station.
    pub station: String,
    /// Level over the floor, in dB.
    pub snr_db: f64,
    /// Level in the unit of its sweeps.
    pub level_db: f64,
    /// Centre as it saw it, in Hz.
    pub centre_hz: f64,
    /// Seconds in which it was on, and in which the receiver observed.
    pub on_seconds: u64,
    /// Seconds that the receiver observed.
    pub observed_seconds: u64,
}

/// A signal as all receivers together saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Centre at the receiver that heard it best, in Hz.
    pub centre_hz: f64,
    /// Lowest and highest centre there, in Hz.
    pub centre_range_hz: (f64, f64),
    /// Bandwidth down to the floor there, in Hz.
    pub bandwidth_hz: f64,
    /// When any receiver first heard it, in ns since 1970 UTC.
    pub first_ns: i64,
    /// When any receiver last heard it, exclusive.
    pub last_ns: i64,
    /// Each receiver's share, the one that heard it best first.
    pub views: Vec<View>,
    /// What the register says.
    pub outcome: Outcome,
    /// Its times of day.
    pub schedule: Schedule,
    /// What it may be a product of.
    pub product: Option<Product>,
    /// Why it scores as it does.
    pub reasons: Vec<Reason>,
    /// The sum of the reasons' points.
    pub score: u32,
    /// Whether an engineer should look at it.
    pub lead: bool,
}

/// One receiver: where it stands and what it saw.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'a> {
    /// The station's name.
    pub station: &'a str,
    /// Where it stands.
    pub place: Option<Place>,
    /// What it saw.
    pub watched: &'a Watched,
}

/// Everything that came of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// Leads first by score, then the rest; equal ones by frequency.
    pub findings: Vec<Finding>,
    /// Places in the register of assignments that were listened for and never heard, and for how many seconds.
    pub silent: Vec<(usize, u64)>,
}

/// Puts together what receivers saw of one band over one time.
#[must_use]
pub fn findings(
    receivers: &[Receiver<'_>],
    register: &Register,
    matching: &MatchRules,
    rules: &FindingRules,
) -> Findings {
    let mut groups = grouped(receivers, rules.same_hz);
    groups.sort_by(|a, b| centre(a).total_cmp(&centre(b)));
    let mut findings: Vec<Finding> =
        groups.iter().filter_map(|group| finding(group, receivers, register, matching, rules)).collect();
    for (finding, group) in findings.iter_mut().zip(&groups) {
        if matches!(finding.outcome, Outcome::Unlicensed { .. }) {
            finding.product = product::of(group, receivers, rules);
        }
        reason::score(finding, rules);
    }
    let silent = silent(&findings, receivers, register, rules);
    findings.sort_by(|a, b| b.lead.cmp(&a.lead).then(b.score.cmp(&a.score)).then(a.centre_hz.total_cmp(&b.centre_hz)));
    Findings { findings, silent }
}

/// A signal of one receiver: which receiver, and what.
type Part<'a> = (usize, &'a Seen);

fn centre(group: &[Part<'_>]) -> f64 {
    group.first().map_or(0.0, |(_, seen)| seen.centre_hz)
}

/// Signals of different receivers that are one, the strongest first; the strongest signals choose first.
fn grouped<'a>(receivers: &[Receiver<'a>], same_hz: f64) -> Vec<Vec<Part<'a>>> {
    let mut all: Vec<Part<'a>> = Vec::new();
    for (at, receiver) in receivers.iter().enumerate() {
        all.extend(receiver.watched.signals.iter().map(|seen| (at, seen)));
    }
    all.sort_by(|a, b| b.1.snr_db.total_cmp(&a.1.snr_db).then(a.1.centre_hz.total_cmp(&b.1.centre_hz)));
    let mut groups: Vec<Vec<Part<'a>>> = Vec::new();
    for part in all {
        let fits = |group: &&mut Vec<Part<'a>>| {
            let near = (centre(group) - part.1.centre_hz).abs() <= same_hz;
            near && group.iter().all(|(receiver, _)| *receiver != part.0)
        };
        let nearest = groups
            .iter_mut()
            .filter(fits)
            .min_by(|a, b| (centre(a) - part.1.centre_hz).abs().total_cmp(&(centre(b) - part.1.centre_hz).abs()));
        match nearest {
            Some(group) => group.push(part),
            None => groups.push(vec![part]),
        }
    }
    groups
}

fn seconds(times: &Intervals) -> u64 {
    u64::try_from(whole_seconds(times.total_ns())).unwrap_or(0)
}

fn finding(
    group: &[Part<'_>],
    receivers: &[Receiver<'_>],
    register: &Register,
    matching: &MatchRules,
    rules: &FindingRules,
) -> Option<Finding> {
    let (best, seen) = group.first()?;
    let receiver = receivers.get(*best)?;
    let view = |(at, seen): &Part<'_>| {
        let receiver = receivers.get(*at)?;
        Some(View {
            station: receiver.station.to_owned(),
            snr_db: seen.snr_db,
            level_db: seen.level_db,
            centre_hz: seen.centre_hz,
            on_seconds: seconds(&seen.on),
            observed_seconds: seconds(&receiver.watched.observed),
        })
    };
    let times = || group.iter().flat_map(|(_, seen)| seen.on.iter());
    let first_ns = times().map(|interval| interval.from_ns()).min()?;
    let last_ns = times().map(|interval| interval.until_ns()).max()?;
    let signal = Signal {
        centre_hz: seen.centre_hz,
        bandwidth_hz: 0.0,
        bin_hz: receiver.watched.bin_hz,
        at_ns: last_ns - 1,
        snr_db: seen.snr_db,
        receiver: receiver.place,
        field_dbuv_m: None,
    };
    let zone_ns = rules.zone_offset_minutes * 60_000_000_000;
    Some(Finding {
        centre_hz: seen.centre_hz,
        centre_range_hz: seen.centre_range_hz,
        bandwidth_hz: seen.bandwidth_hz,
        first_ns,
        last_ns,
        views: group.iter().filter_map(view).collect(),
        // The width down to the floor grows with the level: it is no 99 % bandwidth and is not held against the assigned one.
        outcome: match_one(&signal, register, matching, None),
        schedule: recognise(&seen.on, &receiver.watched.observed, zone_ns),
        product: None,
        reasons: Vec::new(),
        score: 0,
        lead: false,
    })
}

fn silent(
    findings: &[Finding],
    receivers: &[Receiver<'_>],
    register: &Register,
    rules: &FindingRules,
) -> Vec<(usize, u64)> {
    let heard = |at: usize| {
        findings.iter().any(|finding| match &finding.outcome {
            Outcome::Conforming { best, .. } | Outcome::Deviating { best, .. } => best.assignment == at,
            Outcome::Unlicensed { .. } => false,
        })
    };
    let band = |receiver: &Receiver<'_>| receiver.watched.band_hz;
    let mut silent = Vec::new();
    for (at, one) in register.all().iter().enumerate() {
        let listened = receivers.iter().filter(|receiver| {
            let (low, high) = band(receiver);
            low <= one.low_hz() && one.high_hz() <= high
        });
        let seconds = listened.map(|receiver| seconds(&receiver.watched.observed)).max().unwrap_or(0);
        if seconds >= u64::from(rules.silent_hours) * 3_600 && !heard(at) {
            silent.push((at, seconds));
        }
    }
    silent
}
