//! Which rules fire on which cell, and do they add up to an alarm?

use super::scene::Scene;
use super::{Identity, Licensed, RULES, Record, Settings, Technology, distance_km};
use std::collections::{BTreeMap, BTreeSet};

/// A rule that fired.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Reason {
    /// The rule.
    pub rule: &'static str,
    /// Its version.
    pub version: u32,
    /// Its weight.
    pub weight: f64,
    /// On which value it fired.
    pub value: String,
}

/// One cell on the air on which rules fired.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Alarm {
    /// Kind of network.
    pub technology: Technology,
    /// Channel number.
    pub carrier: u32,
    /// Colour code or physical cell identity.
    pub physical: u16,
    /// What it said it was.
    pub identities: BTreeSet<Identity>,
    /// Which stations heard it.
    pub stations: BTreeSet<String>,
    /// First heard, in ns since 1970 in UTC.
    pub first_ns: i64,
    /// Last heard, in ns since 1970 in UTC; included.
    pub last_ns: i64,
    /// Sum of the weights.
    pub score: f64,
    /// Whether the sum reaches the threshold. What does not is no alarm, and stays visible.
    pub is_alarm: bool,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What the rules found on one cell at one station: value and weight by rule; the heaviest of each counts.
#[derive(Default)]
struct Found<'s> {
    by_rule: BTreeMap<&'static str, (f64, String)>,
    settings: Option<&'s Settings>,
}

impl Found<'_> {
    fn fires(&mut self, rule: &'static str, value: impl ToString) {
        let weight = self.settings.and_then(|settings| settings.weights.get(rule)).copied().unwrap_or(0.0);
        self.fires_with(rule, weight, value);
    }

    fn fires_with(&mut self, rule: &'static str, weight: f64, value: impl ToString) {
        let is_heavier = self.by_rule.get(rule).is_none_or(|(known, _)| *known < weight);
        if weight > 0.0 && is_heavier {
            self.by_rule.insert(rule, (weight, value.to_string()));
        }
    }

    fn reasons(self) -> Vec<Reason> {
        let version = |id: &str| RULES.iter().find(|rule| rule.id == id).map_or(0, |rule| rule.version);
        let reason = |(rule, (weight, value))| Reason { rule, version: version(rule), weight, value };
        self.by_rule.into_iter().map(reason).collect()
    }
}

/// Judges a log against a list of licensed cells (may be empty: then nothing is called unlicensed). The heaviest come first.
#[must_use]
pub fn judge(records: &[Record], licensed: &[Licensed], settings: &Settings) -> Vec<Alarm> {
    let scene = Scene::of(records, licensed);
    let mut groups: BTreeMap<(Technology, u32, u16, &str), Vec<&Record>> = BTreeMap::new();
    for record in records {
        let key = (record.identity.technology, record.carrier, record.physical, record.station.as_str());
        groups.entry(key).or_default().push(record);
    }
    let mut alarms: Vec<Alarm> = Vec::new();
    for group in groups.values_mut() {
        group.sort_by_key(|record| record.time_ns);
        if let Some(alarm) = judge_group(group, &scene, settings) {
            join(&mut alarms, alarm);
        }
    }
    alarms.sort_by(|a, b| b.score.total_cmp(&a.score));
    alarms
}

/// Joins what several stations found of one cell: the heaviest speaks.
fn join(alarms: &mut Vec<Alarm>, alarm: Alarm) {
    let same = |known: &Alarm| {
        (known.technology, known.carrier, known.physical) == (alarm.technology, alarm.carrier, alarm.physical)
            && !known.identities.is_disjoint(&alarm.identities)
    };
    // Groups come in the order of technology, carrier and code: only the latest can be the same cell.
    let Some(known) = alarms.iter_mut().rev().take(64).find(|known| same(known)) else {
        alarms.push(alarm);
        return;
    };
    let (mut heavier, lighter) =
        if alarm.score > known.score { (alarm, known.clone()) } else { (known.clone(), alarm) };
    heavier.identities.extend(lighter.identities);
    heavier.stations.extend(lighter.stations);
    heavier.first_ns = heavier.first_ns.min(lighter.first_ns);
    heavier.last_ns = heavier.last_ns.max(lighter.last_ns);
    *known = heavier;
}

fn judge_group(group: &[&Record], scene: &Scene<'_>, settings: &Settings) -> Option<Alarm> {
    let (first, last) = (group.first()?, group.last()?);
    let mut found = Found { settings: Some(settings), ..Found::default() };
    for record in group {
        by_itself(record, settings, &mut found);
        among_others(record, scene, settings, &mut found);
        against_the_list(record, scene, settings, &mut found);
    }
    let changes = group.windows(2).filter(|two| matches!(two, [a, b] if a.identity.area != b.identity.area)).count();
    if changes >= settings.area_changes {
        found.fires("area-changes", changes);
    }
    let reasons = found.reasons();
    let score: f64 = reasons.iter().map(|reason| reason.weight).sum();
    (!reasons.is_empty()).then(|| Alarm {
        technology: first.identity.technology,
        carrier: first.carrier,
        physical: first.physical,
        identities: group.iter().map(|record| record.identity).collect(),
        stations: BTreeSet::from([first.station.clone()]),
        first_ns: first.time_ns,
        last_ns: last.time_ns,
        score,
        // Sums of tenths: a billionth less is the same.
        is_alarm: score >= settings.alarm - 1e-9,
        reasons,
    })
}

/// What a cell says of itself.
fn by_itself(record: &Record, settings: &Settings, found: &mut Found<'_>) {
    if !settings.countries.contains(&record.identity.mcc) {
        found.fires("foreign-country", record.identity.mcc);
    } else if !settings.networks.contains(&record.identity.mnc) {
        found.fires("foreign-network", record.identity.mnc);
    }
    if let Some(neighbours) = record.neighbours.as_ref().filter(|all| all.len() <= settings.few_neighbours) {
        found.fires("few-neighbours", neighbours.len());
    }
    if let Some(offset) = record.reselect_offset_db.filter(|offset| *offset > settings.reselect_offset_db) {
        found.fires("reselect-offset", offset);
    }
    match record.update_timer {
        // 0 means that phones need not report at all.
        None | Some(0) => {}
        Some(timer) if timer < settings.very_short_timer => {
            let heavier = settings.weights.get("short-timer").map_or(0.0, |_| settings.very_short_weight);
            found.fires_with("short-timer", heavier, timer);
        }
        Some(timer) if timer < settings.short_timer => found.fires("short-timer", timer),
        Some(_) => {}
    }
    if let Some(groups) = paging_groups(record).filter(|groups| *groups > settings.paging_groups) {
        found.fires("paging-groups", groups);
    }
    if let Some(level) = record.level_dbm.filter(|level| *level > settings.too_strong_dbm) {
        found.fires("too-strong", level);
    }
    if let Some(blocks) = record.system_blocks.filter(|blocks| *blocks < settings.system_blocks) {
        found.fires("thin-information", blocks);
    }
    if record.prefers_older == Some(true) {
        found.fires("older-first", true);
    }
}

/// Paging groups: nine blocks less those reserved for granting access, six fewer on a combined channel, by multiframes.
fn paging_groups(record: &Record) -> Option<i32> {
    let blocks = 9 - i32::from(record.access_blocks?) - if record.combined? { 6 } else { 0 };
    Some(blocks * i32::from(record.paging_multiframes?))
}

/// How a cell stands among what else is heard.
fn among_others(record: &Record, scene: &Scene<'_>, settings: &Settings, found: &mut Found<'_>) {
    if scene.cells_in_area(&record.identity) == 1 {
        found.fires("area-of-one", record.identity.area);
    }
    let (mut known, mut alike, mut telling, mut listing) = (0, 0, 0, 0);
    for heard in scene.neighbours(record) {
        known += 1;
        alike += usize::from(heard.areas.contains(&record.identity.area));
        telling += usize::from(heard.listed.is_some());
        listing += usize::from(heard.listed.as_ref().is_some_and(|listed| listed.contains(&record.carrier)));
    }
    if known >= settings.known_neighbours && alike == 0 {
        found.fires("lone-among-neighbours", known);
    }
    if telling >= settings.known_neighbours && listing == 0 {
        found.fires("unlisted-by-neighbours", telling);
    }
    if let Some(other) = scene.other_carrier(record, settings.at_once_s) {
        found.fires("two-carriers", other);
    }
    let spread = scene.spread_km(record, settings.at_once_s);
    // Of a licensed cell only what is heard away from its site is suspect.
    let at_home = scene.licensed_at(&record.identity).is_some_and(|site| away_km(record, site) <= settings.furthest_km);
    if spread > 2.0 * settings.furthest_km && !at_home {
        found.fires("two-places", format!("{spread:.0} km"));
    }
}

fn away_km(record: &Record, site: (f64, f64)) -> f64 {
    distance_km((record.latitude, record.longitude), site)
}

/// How a cell stands against the list of licensed cells.
fn against_the_list(record: &Record, scene: &Scene<'_>, settings: &Settings, found: &mut Found<'_>) {
    match scene.licensed_at(&record.identity) {
        None if scene.has_list() => found.fires("unlicensed", record.identity.cell),
        None => {}
        Some(site) => {
            let away = away_km(record, site);
            let strong = record.level_dbm.is_some_and(|level| level > settings.far_dbm);
            if away > settings.furthest_km || (strong && away > settings.near_km) {
                found.fires("far-from-licence", format!("{away:.1} km"));
            }
        }
    }
}
