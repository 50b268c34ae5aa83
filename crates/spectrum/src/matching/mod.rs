//! Is this signal one that may be there? Measured signals against the register of assignments.
//!
//! A candidate is an assignment whose band covers the signal's centre, whose days cover its time, and whose station is within reach. Of
//! several the best is named by a stated rule (what deviates least, then what is nearest in frequency, then in place) and the others are
//! listed. What cannot be judged (a field where nothing is calibrated) is not judged, and the answer says so.

mod field;
mod many;
mod table;
mod told;

use serde::{Deserialize, Serialize};

use crate::licence::{Assignment, Place, Register};

pub use field::{Receiving, predicted_dbuv_m};
pub use many::{map_all, match_all};
pub use table::{SignalTable, read_signals};

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
    /// The most candidates that are looked at: those in force first, then the nearest in frequency, then in place.
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
    let judged = nearest(signal, register, rules).into_iter().filter_map(|near| {
        let one = register.all().get(near.at)?;
        Some(judge(signal, one, &near, rules, predict))
    });
    let (mut valid, mut expired): (Vec<Candidate>, Vec<Candidate>) =
        judged.partition(|one| !one.deviations.iter().any(|what| matches!(what, Deviation::Expired { .. })));
    valid.sort_by(by_rank);
    expired.sort_by(by_rank);
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

/// What deviates least comes first, then what is nearest in frequency, then in place, then what stands first in the register.
fn by_rank(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    let km = |one: &Candidate| one.distance_km.unwrap_or(f64::MAX);
    let by_frequency = a.off_hz.abs().total_cmp(&b.off_hz.abs());
    let by_place = km(a).total_cmp(&km(b)).then(a.assignment.cmp(&b.assignment));
    a.deviations.len().cmp(&b.deviations.len()).then(by_frequency).then(by_place)
}

/// An assignment within reach, not yet judged.
struct Near {
    expired: bool,
    off_hz: f64,
    distance_km: Option<f64>,
    at: usize,
}

/// The assignments that are looked at: those in force first, then the nearest in frequency, then in place.
///
/// What is out of reach is dropped before the number is cut: a channel that the whole country uses would otherwise fill the list with far
/// stations, and the one next door would be taken for unlicensed.
fn nearest(signal: &Signal, register: &Register, rules: &MatchRules) -> Vec<Near> {
    let mut found: Vec<Near> = Vec::new();
    let uncertain_hz = rules.centre_uncertainty_bins * signal.bin_hz;
    register.touching(signal.centre_hz - uncertain_hz, signal.centre_hz + uncertain_hz, |at| {
        let Some(one) = register.all().get(at) else { return };
        let off_hz = signal.centre_hz - one.centre_hz;
        // An assignment may be narrower than its own tolerance: a bare carrier.
        if off_hz.abs() > (one.bandwidth_hz / 2.0).max(one.tolerance_hz + uncertain_hz) {
            return;
        }
        let distance_km = signal.receiver.zip(one.place).map(|(here, there)| here.distance_km(there));
        if distance_km.is_none_or(|km| km <= rules.reach_km) {
            let expired = signal.at_ns < one.from_ns || signal.at_ns >= one.until_ns;
            found.push(Near { expired, off_hz, distance_km, at });
        }
    });
    let most = rules.candidates_most.max(1);
    if found.len() > most {
        let km = |near: &Near| near.distance_km.unwrap_or(f64::MAX);
        let order = |a: &Near, b: &Near| {
            let by_frequency = a.off_hz.abs().total_cmp(&b.off_hz.abs());
            a.expired.cmp(&b.expired).then(by_frequency).then(km(a).total_cmp(&km(b))).then(a.at.cmp(&b.at))
        };
        found.sort_unstable_by(order);
        found.truncate(most);
    }
    found
}

/// One candidate.
fn judge(
    signal: &Signal,
    one: &Assignment,
    near: &Near,
    rules: &MatchRules,
    predict: Option<Prediction<'_>>,
) -> Candidate {
    let Near { off_hz, distance_km, .. } = *near;
    let mut deviations = Vec::new();
    if near.expired {
        deviations.push(Deviation::Expired { from_ns: one.from_ns, until_ns: one.until_ns });
    }
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
    Candidate { assignment: near.at, off_hz, distance_km, deviations, field_judged: compared.is_some() }
}
