//! The pack's rules for radio, as the analysis takes them.

use guiju_pack::Pack;
use guiju_spectrum::finding::{FindingRules, Points};
use guiju_spectrum::matching::MatchRules;
use guiju_spectrum::watch::WatchRules;
use serde::Serialize;

use crate::answer::OfficeError;

/// China Standard Time, in minutes east of UTC.
const ZONE_MINUTES: i64 = 480;

/// How signals are found, matched and scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RadioRules {
    pub watching: WatchRules,
    pub matching: MatchRules,
    pub finding: FindingRules,
    pub occupancy: OccupancyRules,
    pub locating: LocatingRules,
    pub health: HealthRules,
}

/// When a channel is occupied, and how sure its share is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OccupancyRules {
    /// Over the noise, in dB.
    pub over_floor_db: f64,
    /// The normal quantile of the interval.
    pub quantile: f64,
}

/// How levels at stations become a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LocatingRules {
    /// Path-loss exponent.
    pub exponent: f64,
    /// Standard deviation of a level, in dB.
    pub sigma_db: f64,
    /// How far beyond the stations is searched, in metres.
    pub margin_m: f64,
}

/// When a station's state is pointed out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HealthRules {
    pub silent_hours: i64,
    pub clock_ms: i64,
}

/// Normal quantiles of two-sided intervals by their confidence in per cent.
const QUANTILES: [(u32, f64); 3] = [(90, 1.645), (95, 1.960), (99, 2.576)];

/// Reads the pack's rules.
///
/// # Errors
/// Where the pack has none, or a number that has to be more than nothing is 0.
pub fn radio_rules(pack: &Pack) -> Result<RadioRules, OfficeError> {
    let Some(told) = &pack.radio else {
        return Err(OfficeError::Pack("法规包没有 radio.yaml / the pack has no radio.yaml".into()));
    };
    let (watching, matching, finding) = (&told.watching, &told.matching, &told.finding);
    let (occupancy, locating, health) = (&told.occupancy, &told.locating, &told.health);
    let needed = [
        ("watching.block_sweeps", u64::from(watching.block_sweeps)),
        ("watching.averages", u64::from(watching.averages)),
        ("watching.false_alarm_one_in", watching.false_alarm_one_in.saturating_sub(1)),
        ("matching.candidates_most", u64::from(matching.candidates_most)),
        ("finding.raster_hz", finding.raster_hz),
        ("occupancy.over_floor_db", u64::from(occupancy.over_floor_db)),
        ("locating.exponent_tenths", u64::from(locating.exponent_tenths)),
        ("locating.sigma_db", u64::from(locating.sigma_db)),
        ("locating.margin_km", u64::from(locating.margin_km)),
        ("health.silent_hours", u64::from(health.silent_hours)),
        ("health.clock_ms", u64::from(health.clock_ms)),
    ];
    if let Some((name, _)) = needed.iter().find(|(_, number)| *number == 0) {
        let said = format!("radio.yaml：`{name}` 过小 / radio.yaml: `{name}` is too small");
        return Err(OfficeError::Pack(said));
    }
    let confidence = QUANTILES.iter().find(|(percent, _)| *percent == occupancy.confidence_percent);
    let Some((_, quantile)) = confidence else {
        let said = "radio.yaml：`occupancy.confidence_percent` 应为 90、95 或 99 / radio.yaml: `occupancy.confidence_percent` is 90, 95 or 99";
        return Err(OfficeError::Pack(said.to_owned()));
    };
    Ok(RadioRules {
        watching: WatchRules {
            block_sweeps: usize::try_from(watching.block_sweeps).unwrap_or(usize::MAX),
            averages: f64::from(watching.averages),
            false_alarm: 1.0 / watching.false_alarm_one_in as f64,
            least_db: f64::from(watching.least_db),
            valley_db: f64::from(watching.valley_db),
            narrowest_hz: watching.narrowest_hz as f64,
            same_hz: watching.same_hz as f64,
            sweeps_least: watching.sweeps_least,
        },
        matching: MatchRules {
            centre_uncertainty_bins: f64::from(matching.centre_uncertainty_bins),
            bandwidth_excess: f64::from(matching.bandwidth_excess_percent) / 100.0,
            reach_km: f64::from(matching.reach_km),
            field_sigmas: f64::from(matching.field_sigmas),
            field_sigma_db: f64::from(matching.field_sigma_db),
            candidates_most: usize::try_from(matching.candidates_most).unwrap_or(usize::MAX),
        },
        finding: FindingRules {
            same_hz: finding.same_hz as f64,
            zone_offset_minutes: ZONE_MINUTES,
            raster_hz: finding.raster_hz as f64,
            off_raster_hz: finding.off_raster_hz as f64,
            drift_hz: finding.drift_hz as f64,
            local_db: f64::from(finding.local_db),
            points: Points {
                unmatched: finding.points.unmatched,
                off_raster: finding.points.off_raster,
                timer: finding.points.timer,
                local: finding.points.local,
                drift: finding.points.drift,
            },
            lead_at: finding.lead_at,
            parents_db: f64::from(finding.parents_db),
            product_below_db: f64::from(finding.product_below_db),
            silent_hours: finding.silent_hours,
        },
        occupancy: OccupancyRules { over_floor_db: f64::from(occupancy.over_floor_db), quantile: *quantile },
        locating: LocatingRules {
            exponent: f64::from(locating.exponent_tenths) / 10.0,
            sigma_db: f64::from(locating.sigma_db),
            margin_m: f64::from(locating.margin_km) * 1_000.0,
        },
        health: HealthRules { silent_hours: i64::from(health.silent_hours), clock_ms: i64::from(health.clock_ms) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_are_read_and_a_wrong_one_is_named() {
        let mut pack = Pack::embedded().unwrap();
        assert_eq!(radio_rules(&pack).unwrap().locating.exponent, 3.5);
        if let Some(told) = &mut pack.radio {
            told.occupancy.confidence_percent = 80;
        }
        assert!(radio_rules(&pack).unwrap_err().to_string().contains("occupancy.confidence_percent"));
        pack.radio = None;
        assert!(radio_rules(&pack).unwrap_err().to_string().contains("radio.yaml"));
    }
}
