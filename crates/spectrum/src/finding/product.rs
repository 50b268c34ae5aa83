//! May this be the receiver's own? Third-order products of two strong signals, 2 f1 - f2.
//!
//! Frequencies alone prove nothing: in a band with a raster every channel is the product of some pair. A product is there when both of its
//! parents are, and only then; and it is much weaker than they are.

use serde::{Deserialize, Serialize};

use super::{FindingRules, Part, Receiver};
use crate::hours::Intervals;
use crate::watch::Seen;

/// Share of the time by which a product's times may differ from its parents'.
const TIMES_DIFFER: f64 = 0.05;

/// The pair of signals whose product a finding may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// The one that counts twice, in Hz.
    pub twice_hz: f64,
    /// The one that is taken off, in Hz.
    pub less_hz: f64,
}

/// Finds a pair whose product explains the signal at every receiver that heard it; the nearest in frequency.
pub(super) fn of(group: &[Part<'_>], receivers: &[Receiver<'_>], rules: &FindingRules) -> Option<Product> {
    let mut best: Option<(f64, Product)> = None;
    let (first, seen) = group.first()?;
    let strong: Vec<&Seen> =
        receivers.get(*first)?.watched.signals.iter().filter(|one| one.snr_db >= rules.parents_db).collect();
    for twice in &strong {
        for less in strong.iter().filter(|less| less.centre_hz.to_bits() != twice.centre_hz.to_bits()) {
            let off = (2.0 * twice.centre_hz - less.centre_hz - seen.centre_hz).abs();
            let tolerance = 3.0 * receivers.get(*first)?.watched.bin_hz / 2.0;
            let product = Product { twice_hz: twice.centre_hz, less_hz: less.centre_hz };
            if off <= tolerance
                && best.is_none_or(|(nearest, _)| off < nearest)
                && group.iter().all(|part| explains(part, product, receivers, rules))
            {
                best = Some((off, product));
            }
        }
    }
    best.map(|(_, product)| product)
}

/// Whether a receiver heard both parents, far stronger, and at the same times.
fn explains((at, seen): &Part<'_>, product: Product, receivers: &[Receiver<'_>], rules: &FindingRules) -> bool {
    let Some(receiver) = receivers.get(*at) else { return false };
    let parent = |hz: f64| {
        let near = receiver.watched.signals.iter().filter(|one| (one.centre_hz - hz).abs() <= rules.same_hz);
        near.min_by(|a, b| (a.centre_hz - hz).abs().total_cmp(&(b.centre_hz - hz).abs()))
    };
    let (Some(twice), Some(less)) = (parent(product.twice_hz), parent(product.less_hz)) else { return false };
    let weaker = twice.snr_db.min(less.snr_db);
    weaker >= rules.parents_db
        && seen.snr_db <= weaker - rules.product_below_db
        && together(&seen.on, &twice.on.intersect(&less.on))
}

fn together(product: &Intervals, parents: &Intervals) -> bool {
    let both = product.intersect(parents).total_ns() as f64;
    let (product, parents) = (product.total_ns() as f64, parents.total_ns() as f64);
    both >= (1.0 - TIMES_DIFFER) * product && both >= (1.0 - TIMES_DIFFER) * parents
}
