//! Many signals at once, on as many threads as the machine has.

use std::panic::resume_unwind;
use std::thread;

use super::{MatchRules, Outcome, Prediction, Signal, match_one};
use crate::licence::Register;

/// Fewer signals than this are not worth a thread.
const SHARE_LEAST: usize = 4_096;

/// Matches every signal; the answers stand in the order of the signals.
#[must_use]
pub fn match_all(
    signals: &[Signal],
    register: &Register,
    rules: &MatchRules,
    predict: Option<Prediction<'_>>,
) -> Vec<Outcome> {
    map_all(signals, register, rules, predict, |_, outcome| outcome)
}

/// Matches every signal and keeps of each answer what `keep` makes of it, in the order of the signals: of a million answers few are
/// wanted whole.
///
/// Signals are looked at by frequency, so that neighbours find the same part of the register in the processor's cache.
#[must_use]
pub fn map_all<T: Send>(
    signals: &[Signal],
    register: &Register,
    rules: &MatchRules,
    predict: Option<Prediction<'_>>,
    keep: impl Fn(usize, Outcome) -> T + Sync,
) -> Vec<T> {
    let mut order: Vec<usize> = (0..signals.len()).collect();
    order.sort_unstable_by(|a, b| frequency(signals, *a).total_cmp(&frequency(signals, *b)));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = signals.len().div_ceil(threads).max(SHARE_LEAST);
    let one = |at: &usize| Some((*at, keep(*at, match_one(signals.get(*at)?, register, rules, predict))));
    let part = |places: &[usize]| -> Vec<(usize, T)> { places.iter().filter_map(one).collect() };
    let mut answers: Vec<(usize, T)> = thread::scope(|scope| {
        let running: Vec<_> = order.chunks(share).map(|places| scope.spawn(|| part(places))).collect();
        let finished = running.into_iter().map(|thread| thread.join().unwrap_or_else(|cause| resume_unwind(cause)));
        finished.flatten().collect()
    });
    answers.sort_unstable_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn frequency(signals: &[Signal], at: usize) -> f64 {
    signals.get(at).map_or(0.0, |signal| signal.centre_hz)
}
