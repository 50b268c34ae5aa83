//! How large may a draw be? Anybody may bring a proof to be checked, so that checking must end soon whatever the file says.
//!
//! Refuses what no bureau needs. The bounds are far above a province's pools; the work of a draw is at most about as many
//! HMACs as [`PAIRINGS_MAX`] and [`SCANNED_MAX`] say.

use std::collections::BTreeSet;

use super::fault::{DrawFault, Findings, What};
use super::proof::Recorded;
use super::quota::quotas;
use super::snapshot::Snapshot;

/// Targets drawn times inspectors of the pool, once for the draw and once for each substitution.
const PAIRINGS_MAX: u64 = 50_000_000;
/// Targets of the pool times substitutions.
const SCANNED_MAX: u64 = 100_000_000;

/// Looks at sizes before anything else is looked at.
///
/// # Errors
/// Each size that is beyond its bound.
pub fn check_size(snapshot: &Snapshot, substitutions: usize, recorded: Option<&Recorded>) -> Result<(), DrawFault> {
    let count = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
    let pool = snapshot.inspectors.as_ref();
    let areas: BTreeSet<_> = snapshot.targets.iter().filter_map(|target| target.area.as_ref()).collect();
    let (targets, inspectors) = (count(snapshot.targets.len()), pool.map_or(0, |pool| count(pool.pool.len())));
    let substitutions = count(substitutions);
    let bounds = [
        ("targets", targets, 1_000_000),
        ("inspectors", inspectors, 10_000),
        ("per_target", pool.map_or(0, |pool| pool.per_target), 20),
        ("areas", count(areas.len()), 200),
        ("strata", count(snapshot.strata.len()), 100),
        ("sources", count(snapshot.sources.len()), 16),
        ("substitutions", substitutions, 1_000),
        ("commitments", recorded.map_or(0, |recorded| count(recorded.commitments.len())), 100),
    ];
    let mut found = Findings::default();
    for (what, size, most) in bounds {
        found.hold(size <= most, What::Size, &format!("{what} {size} > {most}"));
    }
    found.verdict()?;
    // A plan that cannot be carried out draws nobody; it is refused by name later.
    let drawn: u64 = quotas(snapshot.rule, &snapshot.strata, &snapshot.sizes()).unwrap_or_default().iter().sum();
    let pairings = drawn.saturating_mul(inspectors).saturating_mul(substitutions + 1);
    let scanned = targets.saturating_mul(substitutions);
    let mut found = Findings::default();
    found.hold(pairings <= PAIRINGS_MAX, What::Size, &format!("pairings {pairings} > {PAIRINGS_MAX}"));
    found.hold(scanned <= SCANNED_MAX, What::Size, &format!("scanned {scanned} > {SCANNED_MAX}"));
    found.verdict()
}
