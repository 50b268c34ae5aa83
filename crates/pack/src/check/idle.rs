//! What a clock allows and no act makes use of: a door that the statute may not have meant to open.

use guiju_kernel::procedure::definition::{ClockDef, Procedure};

/// The causes for which the clock may be paused and no act pauses it.
pub(crate) fn causes<'a>(procedure: &'a Procedure, clock: &'a ClockDef) -> impl Iterator<Item = &'a str> {
    let used = |cause: &str| {
        procedure.acts.iter().flat_map(|act| &act.pauses).any(|pause| pause.clock == clock.name && pause.cause == cause)
    };
    clock.pause_causes.iter().map(String::as_str).filter(move |cause| !used(cause))
}

/// How often acts can extend the clock, and how often it may be extended, where the former is less.
pub(crate) fn extensions(procedure: &Procedure, clock: &ClockDef) -> Option<(u32, u32)> {
    let allowed = clock.extend.as_ref()?.times;
    let grants = procedure.acts.iter().filter(|act| act.extends.contains(&clock.name));
    let often: Option<u32> = grants.map(|act| act.at_most.as_ref().map(|limit| limit.times)).sum();
    often.filter(|often| *often < allowed).map(|often| (often, allowed))
}
