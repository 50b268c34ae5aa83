//! Is this signal one that may be there? Measured signals against the register of assignments.
//!
//! A candidate is an assignment whose band covers the signal's centre, whose days cover its time, and whose station is within reach. Of
//! several the best is named by a stated rule (what deviates least, then what is nearest in frequency, then in place) and the others are
//! listed. What cannot be judged (a field where nothing is calibrated) is not judged, and the answer says so.

mod many;
mod told;

use serde::{Deserialize, Serialize};

use crate::licence::{Assignment, Place, Register};

pub use many::{map_all, match_all};

/// When a signal still conforms. Comes from the pack; nothing of it is written in code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchRules {
    /// How far a measured centre may be off beyond the assigned tolerance, in bins of the measurement.
    pub centre_uncertainty_bins: f64,
    /// By which share a measured bandwidth may exceed the assigned one.
    pub bandwidth_excess: f64,
    /// How far an assigned station may be from the receiver to be heard, in km.
    pub reach_km: f64,
    /// By how many deviations a measured field may differ from the predicted one.
    pub field_sigmas: f64,
    /// The deviation of predicted fields, in dB.
    pub field_sigma_db: f64,
    /// The most candidates that are looked at; the nearest in frequency.
    pub candidates_most: usize,
}

/// A signal as it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Centre, in Hz.
    pub centre_hz: f64,
    /// 99 % bandwidth, in Hz.
    pub bandwidth_hz: f64,
    /// Width of a bin of the measurement, in Hz: how well the centre is known.
    pub bin_hz: f64,
    /// When it was measured, in ns since 1970 UTC.
    pub at_ns: i64,
    /// Level over the noise, in dB.
    pub snr_db: f64,
    /// Where the receiver stands.
    pub receiver: Option<Place>,
    /// Field strength in dBµV/m; only where the receiver is calibrated.
    pub field_dbuv_m: Option<f64>,
}

/// By what a signal departs from its assignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Deviation {
    /// The centre is further off than tolerance and measurement allow.
    Centre {
        /// How far, in Hz; positive above.
        off_hz: f64,
        /// What is allowed, in Hz.
        allowed_hz: f64,
    },
    /// It is wider than assigned.
    Bandwidth {
        /// As measured, in Hz.
        measured_hz: f64,
        /// As assigned, in Hz.
        assigned_hz: f64,
    },
    /// The assignment was not valid at the time.
    Expired {
        /// From when it was valid, in ns since 1970 UTC.
        from_ns: i64,
        /// Until when.
        until_ns: i64,
    },
    /// The field is not what the assigned station makes at that distance.
    Field {
        /// As measured, in dBµV/m.
        measured_dbuv_m: f64,
        /// As predicted.
        predicted_dbuv_m: f64,
    },
}

/// A candidate as it was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Place of the assignment in the register.
    pub assignment: usize,
    /// Centre of the signal less the assigned one, in Hz.
    pub off_hz: f64,
    /// How far the station is, in km, where both places are known.
    pub distance_km: Option<f64>,
    /// By what the signal departs from it.
    pub deviations: Vec<Deviation>,
    /// The field could be compared with the prediction.
    pub field_judged: bool,
}

/// What a signal is, by the register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It is as assigned.
    Conforming {
        /// The assignment.
        best: Candidate,
        /// Others that it might be.
        others: Vec<Candidate>,
    },
    /// It is near an assignment and departs from it.
    Deviating {
        /// The assignment from which it departs least.
        best: Candidate,
        /// Others that it might be.
        others: Vec<Candidate>,
    },
    /// No assignment in force within reach covers it.
    Unlicensed {
        /// Assignments that would, had they been valid then.
        expired: Vec<Candidate>,
    },
}

/// Predicts the field of an assignment at a distance in km, in dBµV/m; `None` where it cannot be said.
pub type Prediction<'a> = &'a (dyn Fn(&Assignment, f64) -> Option<f64> + Sync);

/// Matches one signal.
#[must_use]
pub fn match_one(signal: &Signal, register: &Register, rules: &MatchRules, predict: Option<Prediction<'_>>) -> Outcome {
    let mut places: Vec<(f64, usize)> = Vec::new();
    register.covering(signal.centre_hz, |at| {
        if let Some(one) = register.all().get(at) {
            places.push(((signal.centre_hz - one.centre_hz).abs(), at));
        }
    });
    places.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let judged = places.into_iter().take(rules.candidates_most.max(1)).filter_map(|(_, at)| {
        let one = register.all().get(at)?;
        judge(signal, one, at, rules, predict)
    });
    let (mut valid, expired): (Vec<Candidate>, Vec<Candidate>) =
        judged.partition(|one| !one.deviations.iter().any(|what| matches!(what, Deviation::Expired { .. })));
    valid.sort_by(|a, b| {
        rank(a).0.cmp(&rank(b).0).then(rank(a).1.total_cmp(&rank(b).1)).then(rank(a).2.total_cmp(&rank(b).2))
    });
    if valid.is_empty() {
        return Outcome::Unlicensed { expired };
    }
    let best = valid.remove(0);
    if best.deviations.is_empty() {
        Outcome::Conforming { best, others: valid }
    } else {
        Outcome::Deviating { best, others: valid }
    }
}

/// What deviates least comes first, then what is nearest in frequency, then in place.
fn rank(candidate: &Candidate) -> (usize, f64, f64) {
    (candidate.deviations.len(), candidate.off_hz.abs(), candidate.distance_km.unwrap_or(f64::MAX))
}

/// One candidate; `None` where its station is out of reach.
fn judge(
    signal: &Signal,
    one: &Assignment,
    at: usize,
    rules: &MatchRules,
    predict: Option<Prediction<'_>>,
) -> Option<Candidate> {
    let distance_km = signal.receiver.zip(one.place).map(|(here, there)| here.distance_km(there));
    if distance_km.is_some_and(|km| km > rules.reach_km) {
        return None;
    }
    let mut deviations = Vec::new();
    if signal.at_ns < one.from_ns || signal.at_ns >= one.until_ns {
        deviations.push(Deviation::Expired { from_ns: one.from_ns, until_ns: one.until_ns });
    }
    let off_hz = signal.centre_hz - one.centre_hz;
    let allowed_hz = one.tolerance_hz + rules.centre_uncertainty_bins * signal.bin_hz;
    if off_hz.abs() > allowed_hz {
        deviations.push(Deviation::Centre { off_hz, allowed_hz });
    }
    let widest = one.bandwidth_hz * (1.0 + rules.bandwidth_excess) + signal.bin_hz;
    if signal.bandwidth_hz > widest {
        deviations.push(Deviation::Bandwidth { measured_hz: signal.bandwidth_hz, assigned_hz: one.bandwidth_hz });
    }
    let predicted = predict.zip(distance_km).and_then(|(predict, km)| predict(one, km));
    let compared = signal.field_dbuv_m.zip(predicted);
    if let Some((measured_dbuv_m, predicted_dbuv_m)) = compared
        && (measured_dbuv_m - predicted_dbuv_m).abs() > rules.field_sigmas * rules.field_sigma_db
    {
        deviations.push(Deviation::Field { measured_dbuv_m, predicted_dbuv_m });
    }
    Some(Candidate { assignment: at, off_hz, distance_km, deviations, field_judged: compared.is_some() })
}
