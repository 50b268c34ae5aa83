//! What else is on the air? What rules compare one cell with: the list, the areas, and what each station heard on other carriers.

use super::{Identity, Licensed, Record, Technology, distance_km};
use std::collections::{BTreeMap, BTreeSet};

/// An area of one network.
type Area = (Technology, u16, u16, u32);
/// A carrier at a station.
type Channel<'a> = (&'a str, Technology, u32);

/// What one station heard on one carrier.
#[derive(Default)]
pub(super) struct Heard {
    /// Area codes.
    pub(super) areas: BTreeSet<u32>,
    /// Carriers that cells on it announce as neighbours; nothing where none told.
    pub(super) listed: Option<BTreeSet<u32>>,
}

/// Where and when an identity was heard.
#[derive(Clone, Copy)]
struct Sighting {
    time_ns: i64,
    place: (f64, f64),
    carrier: u32,
}

/// What rules compare with.
pub(super) struct Scene<'a> {
    licensed: BTreeMap<Identity, (f64, f64)>,
    cells: BTreeMap<Area, BTreeSet<u32>>,
    heard: BTreeMap<Channel<'a>, Heard>,
    sightings: BTreeMap<Identity, Vec<Sighting>>,
}

fn area(identity: &Identity) -> Area {
    (identity.technology, identity.mcc, identity.mnc, identity.area)
}

impl<'a> Scene<'a> {
    pub(super) fn of(records: &'a [Record], licensed: &[Licensed]) -> Self {
        let mut scene = Self {
            licensed: licensed.iter().map(|cell| (cell.identity, (cell.latitude, cell.longitude))).collect(),
            cells: BTreeMap::new(),
            heard: BTreeMap::new(),
            sightings: BTreeMap::new(),
        };
        for identity in licensed.iter().map(|cell| &cell.identity).chain(records.iter().map(|record| &record.identity))
        {
            scene.cells.entry(area(identity)).or_default().insert(identity.cell);
        }
        for record in records {
            let channel = (record.station.as_str(), record.identity.technology, record.carrier);
            let heard = scene.heard.entry(channel).or_default();
            heard.areas.insert(record.identity.area);
            if let Some(neighbours) = &record.neighbours {
                heard.listed.get_or_insert_default().extend(neighbours);
            }
            let place = (record.latitude, record.longitude);
            let sighting = Sighting { time_ns: record.time_ns, place, carrier: record.carrier };
            let sightings = scene.sightings.entry(record.identity).or_default();
            // One sighting a place and carrier in ten minutes says as much as all of them.
            let told = |known: &Sighting| {
                known.carrier == sighting.carrier
                    && known.time_ns / TEN_MINUTES_NS == sighting.time_ns / TEN_MINUTES_NS
                    && distance_km(known.place, place) < 0.5
            };
            if !sightings.iter().rev().take(RECENT).any(told) {
                sightings.push(sighting);
            }
        }
        scene
    }

    /// Where an identity is licensed.
    pub(super) fn licensed_at(&self, identity: &Identity) -> Option<(f64, f64)> {
        self.licensed.get(identity).copied()
    }

    /// Whether there is a list to compare with.
    pub(super) fn has_list(&self) -> bool {
        !self.licensed.is_empty()
    }

    /// How many cells are known in the area of an identity.
    pub(super) fn cells_in_area(&self, identity: &Identity) -> usize {
        self.cells.get(&area(identity)).map_or(0, BTreeSet::len)
    }

    /// What the station of a record heard on those of its announced neighbours that it heard at all.
    pub(super) fn neighbours<'b>(&'b self, record: &'b Record) -> impl Iterator<Item = &'b Heard> + use<'b, 'a> {
        let announced = record.neighbours.iter().flatten().filter(|carrier| **carrier != record.carrier);
        announced.filter_map(|carrier| self.heard.get(&(record.station.as_str(), record.identity.technology, *carrier)))
    }

    fn others_at_once(&self, record: &Record, within_s: i64) -> impl Iterator<Item = &Sighting> {
        let within_ns = within_s.saturating_mul(1_000_000_000).unsigned_abs();
        let time_ns = record.time_ns;
        let all = self.sightings.get(&record.identity).into_iter().flatten();
        all.filter(move |sighting| sighting.time_ns.abs_diff(time_ns) <= within_ns)
    }

    /// Another carrier on which the identity of a record was heard at about the same time.
    pub(super) fn other_carrier(&self, record: &Record, within_s: i64) -> Option<u32> {
        let mut others = self.others_at_once(record, within_s).map(|sighting| sighting.carrier);
        others.find(|carrier| *carrier != record.carrier)
    }

    /// The greatest distance in km from which the identity of a record was heard at about the same time.
    pub(super) fn spread_km(&self, record: &Record, within_s: i64) -> f64 {
        let place = (record.latitude, record.longitude);
        self.others_at_once(record, within_s).map(|sighting| distance_km(sighting.place, place)).fold(0.0, f64::max)
    }
}

const TEN_MINUTES_NS: i64 = 600_000_000_000;
/// How many of the latest sightings are looked at for one that says the same.
const RECENT: usize = 16;
