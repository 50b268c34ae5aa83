//! Why a finding scores as it does, with the numbers behind each reason.

use serde::{Deserialize, Serialize};

use super::{Finding, FindingRules};
use crate::matching::Outcome;
use crate::schedule::Schedule;

/// One reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Reason {
    /// No assignment covers it.
    Unmatched {
        /// Points.
        points: u32,
    },
    /// Its centre is off the raster.
    OffRaster {
        /// How far, in Hz; positive above.
        off_hz: f64,
        /// Points.
        points: u32,
    },
    /// It goes on and off by the clock.
    Timer {
        /// Its hours.
        schedule: Schedule,
        /// Points.
        points: u32,
    },
    /// Strong at one receiver, weak at another.
    Local {
        /// The difference of levels over the floor, in dB; at least so much where one did not hear it at all.
        difference_db: f64,
        /// Points.
        points: u32,
    },
    /// Its centre wanders.
    Drift {
        /// The range of its centre, in Hz.
        range_hz: f64,
        /// Points.
        points: u32,
    },
    /// It may be a product of the receiver; so it is no lead until somebody has looked with an attenuator.
    Product {
        /// The one that counts twice, in Hz.
        twice_hz: f64,
        /// The one that is taken off, in Hz.
        less_hz: f64,
    },
}

/// Scores a finding that was matched.
pub(super) fn score(finding: &mut Finding, rules: &FindingRules) {
    let mut reasons = Vec::new();
    if matches!(finding.outcome, Outcome::Unlicensed { .. }) {
        reasons.push(Reason::Unmatched { points: rules.points.unmatched });
        reasons.extend(off_raster(finding, rules));
        if matches!(finding.schedule, Schedule::Daily { edges_observed: true, .. }) {
            reasons.push(Reason::Timer { schedule: finding.schedule, points: rules.points.timer });
        }
        reasons.extend(local(finding, rules));
        let range_hz = finding.centre_range_hz.1 - finding.centre_range_hz.0;
        if range_hz >= rules.drift_hz {
            reasons.push(Reason::Drift { range_hz, points: rules.points.drift });
        }
        if let Some(product) = finding.product {
            reasons.push(Reason::Product { twice_hz: product.twice_hz, less_hz: product.less_hz });
        }
    }
    finding.score = reasons.iter().map(Reason::points).sum();
    finding.lead = finding.score >= rules.lead_at && finding.product.is_none();
    finding.reasons = reasons;
}

fn off_raster(finding: &Finding, rules: &FindingRules) -> Option<Reason> {
    let off_hz = finding.centre_hz - (finding.centre_hz / rules.raster_hz).round() * rules.raster_hz;
    (off_hz.abs() >= rules.off_raster_hz).then_some(Reason::OffRaster { off_hz, points: rules.points.off_raster })
}

fn local(finding: &Finding, rules: &FindingRules) -> Option<Reason> {
    let best = finding.views.first()?.snr_db;
    let worst = finding.views.last().filter(|_| finding.views.len() > 1).map_or(0.0, |view| view.snr_db);
    let difference_db = best - worst;
    (difference_db >= rules.local_db).then_some(Reason::Local { difference_db, points: rules.points.local })
}

impl Reason {
    /// What it is worth.
    #[must_use]
    pub fn points(&self) -> u32 {
        match self {
            Self::Unmatched { points }
            | Self::OffRaster { points, .. }
            | Self::Timer { points, .. }
            | Self::Local { points, .. }
            | Self::Drift { points, .. } => *points,
            Self::Product { .. } => 0,
        }
    }

    /// In Chinese, with its numbers.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Unmatched { .. } => "没有有效的指配".to_owned(),
            Self::OffRaster { off_hz, .. } => format!("偏离频率栅格{:.0} kHz", off_hz / 1e3),
            Self::Timer { schedule, .. } => format!("定时开关：{}", schedule.zh()),
            Self::Local { difference_db, .. } => {
                format!("各站电平相差{difference_db:.0} dB，发射机在某站附近、天线不高")
            }
            Self::Drift { range_hz, .. } => format!("频率漂移{:.0} kHz", range_hz / 1e3),
            Self::Product { twice_hz, less_hz } => {
                format!("可能是接收机互调：2×{:.3} − {:.3} MHz，加衰减器复测", twice_hz / 1e6, less_hz / 1e6)
            }
        }
    }

    /// In English, with its numbers.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Unmatched { .. } => "no assignment in force covers it".to_owned(),
            Self::OffRaster { off_hz, .. } => format!("off the raster by {:.0} kHz", off_hz / 1e3),
            Self::Timer { schedule, .. } => format!("by the clock: {}", schedule.en()),
            Self::Local { difference_db, .. } => {
                format!("levels differ by {difference_db:.0} dB between stations: a low antenna near one of them")
            }
            Self::Drift { range_hz, .. } => format!("its centre wanders over {:.0} kHz", range_hz / 1e3),
            Self::Product { twice_hz, less_hz } => {
                format!(
                    "may be made in the receiver: 2 x {:.3} - {:.3} MHz; look again with an attenuator",
                    twice_hz / 1e6,
                    less_hz / 1e6
                )
            }
        }
    }
}
