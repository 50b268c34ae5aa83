//! What may transmit where: frequency assignments, found by frequency through an interval index.
//!
//! Several assignments may stand on one frequency (a town apart, or by mistake). All of them come out as candidates; which of them overlap,
//! [`Register::overlaps`] tells.

mod read;

use serde::{Deserialize, Serialize};

pub use read::{Columns, FIELDS, read};

/// The mean radius of the earth, in km.
const EARTH_KM: f64 = 6_371.0;

/// A place on the earth, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
}

impl Place {
    /// A place; `None` for what is none, and for (0, 0), which programs write where nothing is known.
    #[must_use]
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        let known = latitude.abs() > 1e-9 || longitude.abs() > 1e-9;
        (on_earth && known).then_some(Self { latitude, longitude })
    }

    /// Distance along the surface, in km.
    #[must_use]
    pub fn distance_km(self, other: Self) -> f64 {
        let (north, east) =
            ((other.latitude - self.latitude).to_radians(), (other.longitude - self.longitude).to_radians());
        let across = self.latitude.to_radians().cos() * other.latitude.to_radians().cos();
        let half = (north / 2.0).sin().powi(2) + across * (east / 2.0).sin().powi(2);
        2.0 * EARTH_KM * half.sqrt().min(1.0).asin()
    }
}

/// One assignment of a frequency to a station.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// As the register names it.
    pub id: String,
    /// The station's name.
    pub name: String,
    /// Centre, in Hz.
    pub centre_hz: f64,
    /// Assigned bandwidth, in Hz.
    pub bandwidth_hz: f64,
    /// How far the centre may be off, in Hz.
    pub tolerance_hz: f64,
    /// From when it is valid, in ns since 1970 UTC, inclusive.
    pub from_ns: i64,
    /// Until when, exclusive.
    pub until_ns: i64,
    /// Where it stands, if that is known.
    pub place: Option<Place>,
    /// Effective radiated power in W, 0 where it is not known.
    pub erp_w: f64,
    /// Effective height of the antenna in m.
    pub height_m: f64,
}

impl Assignment {
    /// Lower edge, in Hz.
    #[must_use]
    pub fn low_hz(&self) -> f64 {
        self.centre_hz - self.bandwidth_hz / 2.0
    }

    /// Upper edge, in Hz.
    #[must_use]
    pub fn high_hz(&self) -> f64 {
        self.centre_hz + self.bandwidth_hz / 2.0
    }
}

/// Assignments, indexed by the frequencies that they cover: a balanced tree over the lower edges, kept as one sorted list, where each place
/// also knows the greatest upper edge below it.
#[derive(Debug, Clone, Default)]
pub struct Register {
    /// By lower edge.
    all: Vec<Assignment>,
    /// Lower and upper edge of each, apart from the rest, so that a search touches little memory.
    edges: Vec<(f64, f64)>,
    /// For each place, the greatest upper edge of the subtree of which it is the middle.
    most: Vec<f64>,
}

impl Register {
    /// Indexes assignments. Those whose frequencies are no numbers, or whose bandwidth is negative, are left out and given back.
    #[must_use]
    pub fn new(assignments: Vec<Assignment>) -> (Self, Vec<Assignment>) {
        let sound = |one: &Assignment| {
            one.centre_hz.is_finite() && one.centre_hz > 0.0 && one.bandwidth_hz.is_finite() && one.bandwidth_hz >= 0.0
        };
        let (mut all, refused): (Vec<_>, Vec<_>) = assignments.into_iter().partition(sound);
        all.sort_by(|a, b| a.low_hz().total_cmp(&b.low_hz()).then_with(|| a.id.cmp(&b.id)));
        let edges: Vec<(f64, f64)> = all.iter().map(|one| (one.low_hz(), one.high_hz())).collect();
        let mut most = vec![f64::NEG_INFINITY; edges.len()];
        greatest(&edges, &mut most, 0, edges.len());
        (Self { all, edges, most }, refused)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All assignments, by lower edge.
    #[must_use]
    pub fn all(&self) -> &[Assignment] {
        &self.all
    }

    /// Calls `found` with the place in [`Register::all`] of every assignment that covers a frequency (edges included).
    pub fn covering(&self, hz: f64, mut found: impl FnMut(usize)) {
        self.search(hz, hz, 0, self.edges.len(), &mut found);
    }

    /// The same for every assignment that shares a frequency with a range.
    pub fn touching(&self, low_hz: f64, high_hz: f64, mut found: impl FnMut(usize)) {
        self.search(low_hz, high_hz, 0, self.edges.len(), &mut found);
    }

    fn search(&self, low: f64, high: f64, from: usize, until: usize, found: &mut impl FnMut(usize)) {
        if from >= until {
            return;
        }
        let middle = from.midpoint(until);
        let (Some(edge), Some(most)) = (self.edges.get(middle), self.most.get(middle)) else { return };
        if *most < low {
            return;
        }
        self.search(low, high, from, middle, found);
        if edge.0 <= high {
            if edge.1 >= low {
                found(middle);
            }
            self.search(low, high, middle + 1, until, found);
        }
    }

    /// Pairs of assignments that share frequencies and days, and whose stations stand within `near_km` of each other (or where a place is
    /// not known), as places in [`Register::all`]; at most `most` of them.
    #[must_use]
    pub fn overlaps(&self, near_km: f64, most: usize) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (at, one) in self.all.iter().enumerate() {
            self.touching(one.low_hz(), one.high_hz(), |other| {
                let Some(second) = self.all.get(other).filter(|_| other > at && pairs.len() < most) else { return };
                let apart = one.place.zip(second.place).map(|(a, b)| a.distance_km(b));
                // Channels that only touch at an edge are neighbours, not an overlap.
                let shared = one.high_hz().min(second.high_hz()) - one.low_hz().max(second.low_hz());
                let dates = one.from_ns < second.until_ns && second.from_ns < one.until_ns;
                if shared > 0.0 && dates && apart.is_none_or(|km| km <= near_km) {
                    pairs.push((at, other));
                }
            });
            if pairs.len() >= most {
                break;
            }
        }
        pairs
    }
}

fn greatest(edges: &[(f64, f64)], most: &mut [f64], from: usize, until: usize) -> f64 {
    if from >= until {
        return f64::NEG_INFINITY;
    }
    let middle = from.midpoint(until);
    let own = edges.get(middle).map_or(f64::NEG_INFINITY, |edge| edge.1);
    let all = own.max(greatest(edges, most, from, middle)).max(greatest(edges, most, middle + 1, until));
    if let Some(slot) = most.get_mut(middle) {
        *slot = all;
    }
    all
}
