//! The rules: what each looks at, where it comes from, and how much it weighs.
//!
//! Weights are on the scale of SnoopSnitch, where an alarm needs 2.6 together; those of crocodilehunter (alarm at 20) are carried over
//! by 2.6 / 20. A change of meaning gets a new version; the tests play a sample that fires and one that must not for every rule.

use serde::{Deserialize, Serialize};

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in reports.
    pub id: &'static str,
    /// Its version.
    pub version: u32,
    /// Where it comes from.
    pub source: &'static str,
    /// What it says, in Chinese.
    pub zh: &'static str,
    /// What it says, in English.
    pub en: &'static str,
}

const SNOOPSNITCH: &str = "SnoopSnitch, catcher_analysis.sql";
const CROCODILE: &str = "crocodilehunter, watchdog.py";
const RAYHUNTER: &str = "rayhunter, heuristics.md";
const OWN: &str = "Guiju, docs/adr/0176";

macro_rules! rules {
    ($($id:literal, $source:expr, $zh:literal, $en:literal;)*) => {
        /// All rules, in the order of their names.
        pub const RULES: &[Rule] = &[$(Rule { id: $id, version: 1, source: $source, zh: $zh, en: $en }),*];
    };
}

rules! {
    "area-changes", CROCODILE, "同一载波上位置区码反复变化", "the area code changes again and again on one carrier";
    "area-of-one", SNOOPSNITCH, "该位置区内只有这一个小区", "no other cell bears this area code";
    "far-from-licence", OWN, "在远离许可站址处被收到", "heard where its licensed site cannot be heard";
    "few-neighbours", SNOOPSNITCH, "几乎不公布邻区", "announces hardly any neighbour";
    "foreign-country", CROCODILE, "移动国家码不应在此出现", "a country code that does not belong here";
    "foreign-network", CROCODILE, "移动网络码不应在此出现", "a network code that does not belong here";
    "lone-among-neighbours", SNOOPSNITCH, "已知邻区均属其他位置区", "none of its known neighbours shares its area code";
    "older-first", RAYHUNTER, "把手机引向旧制式网络", "sends phones to older networks first";
    "paging-groups", SNOOPSNITCH, "寻呼组数量异常", "far more paging groups than networks need";
    "reselect-offset", SNOOPSNITCH, "小区重选偏置过高", "asks phones to prefer it by a large offset";
    "short-timer", SNOOPSNITCH, "位置更新周期过短", "makes phones report very often";
    "thin-information", RAYHUNTER, "系统信息种类过少", "schedules hardly any system information";
    "too-strong", "FBS-Radar (second hand)", "信号强度异常", "stronger than a mast can be";
    "two-carriers", SNOOPSNITCH, "同一小区标识出现在两个载波上", "one identity on two carriers";
    "two-places", OWN, "同一小区标识出现在相距很远的两地", "one identity at two distant places at once";
    "unlicensed", CROCODILE, "不在许可小区清单中", "not on the list of licensed cells";
    "unlisted-by-neighbours", SNOOPSNITCH, "其公布的邻区均未将其列为邻区", "none of the neighbours it announces lists it back";
}

/// Thresholds and weights. A pack may hold its own; these are those of the sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Country codes that belong here.
    pub countries: Vec<u16>,
    /// Network codes that belong here.
    pub networks: Vec<u16>,
    /// Sum of weights from which on a cell is an alarm.
    pub alarm: f64,
    /// Weights by rule; a rule that is not named weighs nothing.
    pub weights: std::collections::BTreeMap<String, f64>,
    /// Neighbours that must be known before their area codes say something.
    pub known_neighbours: usize,
    /// At most so many announced neighbours are few.
    pub few_neighbours: usize,
    /// An offset above this many dB is large.
    pub reselect_offset_db: f64,
    /// A timer below this (tenths of an hour) is short ...
    pub short_timer: u16,
    /// ... and below this very short, and weighs `very_short_weight`.
    pub very_short_timer: u16,
    /// Weight of a very short timer.
    pub very_short_weight: f64,
    /// More paging groups than this are too many.
    pub paging_groups: i32,
    /// A level above this many dBm is too strong.
    pub too_strong_dbm: f64,
    /// Fewer kinds of system information than this are too few.
    pub system_blocks: u8,
    /// So many changes of the area code on one carrier are too many (one is a network being rebuilt).
    pub area_changes: usize,
    /// Nobody hears a cell from further away, in km (the timing advance of GSM ends at 35).
    pub furthest_km: f64,
    /// Beyond this many km from its licensed site ...
    pub near_km: f64,
    /// ... a cell cannot be stronger than this many dBm.
    pub far_dbm: f64,
    /// Two receptions this many seconds apart count as at once.
    pub at_once_s: i64,
}

impl Default for Settings {
    fn default() -> Self {
        let weights = [
            ("area-changes", 1.3),
            ("area-of-one", 1.0),
            ("far-from-licence", 2.6),
            ("few-neighbours", 1.0),
            ("foreign-country", 3.9),
            ("foreign-network", 2.6),
            ("lone-among-neighbours", 0.5),
            ("older-first", 1.0),
            ("paging-groups", 1.0),
            ("reselect-offset", 1.0),
            ("short-timer", 0.7),
            ("thin-information", 1.0),
            ("too-strong", 1.0),
            ("two-carriers", 1.0),
            ("two-places", 2.6),
            ("unlicensed", 1.3),
            ("unlisted-by-neighbours", 0.5),
        ];
        Self {
            countries: vec![460],
            networks: vec![0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 15],
            alarm: 2.6,
            weights: weights.map(|(id, weight)| (id.to_owned(), weight)).into(),
            known_neighbours: 3,
            few_neighbours: 1,
            reselect_offset_db: 40.0,
            short_timer: 9,
            very_short_timer: 5,
            very_short_weight: 1.5,
            paging_groups: 80,
            too_strong_dbm: -40.0,
            system_blocks: 2,
            area_changes: 2,
            furthest_km: 35.0,
            near_km: 8.0,
            far_dbm: -60.0,
            at_once_s: 3600,
        }
    }
}
