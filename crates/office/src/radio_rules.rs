//! The pack's rules for radio, as the analysis takes them.

use guiju_pack::Pack;
use guiju_spectrum::finding::{FindingRules, Points};
use guiju_spectrum::matching::MatchRules;
use guiju_spectrum::watch::WatchRules;

use crate::answer::OfficeError;

/// China Standard Time, in minutes east of UTC.
const ZONE_MINUTES: i64 = 480;

/// How signals are found, matched and scored.
#[derive(Debug, Clone, PartialEq)]
pub struct RadioRules {
    pub watching: WatchRules,
    pub matching: MatchRules,
    pub finding: FindingRules,
}

/// Reads the pack's rules.
///
/// # Errors
/// Where the pack has none, or a number that has to be more than nothing is 0.
pub fn radio_rules(pack: &Pack) -> Result<RadioRules, OfficeError> {
    let Some(told) = &pack.radio else {
        return Err(OfficeError::Pack("法规包没有 radio.yaml / the pack has no radio.yaml".into()));
    };
    let (watching, matching, finding) = (&told.watching, &told.matching, &told.finding);
    let needed = [
        ("watching.block_sweeps", u64::from(watching.block_sweeps)),
        ("watching.averages", u64::from(watching.averages)),
        ("watching.false_alarm_one_in", watching.false_alarm_one_in.saturating_sub(1)),
        ("matching.candidates_most", u64::from(matching.candidates_most)),
        ("finding.raster_hz", finding.raster_hz),
    ];
    if let Some((name, _)) = needed.iter().find(|(_, number)| *number == 0) {
        let said = format!("radio.yaml：`{name}` 过小 / radio.yaml: `{name}` is too small");
        return Err(OfficeError::Pack(said));
    }
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
    })
}
