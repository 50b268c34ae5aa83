//! A made-up air for tests of the radio pages: three stations that watch 95 to 97 MHz for days, one licensed broadcaster, one that nobody
//! licensed and that comes on each night.

use ed25519_dalek::SigningKey;
use guiju_kernel::time::to_millis;
use guiju_office::stations::Received;
use guiju_spectrum::package::{ClockCheck, Content, HOLE, Header, Measured, Moment, build};
use serde_json::json;

use crate::house::{House, at};

pub const MINUTE: i64 = 60_000_000_000;
const DAY: i64 = 1_440 * MINUTE;
const BINS: u32 = 80;
const BIN_HZ: f64 = 25_000.0;
const LOW_HZ: f64 = 95e6;
/// Number, name, place.
pub const STATIONS: [(&str, &str, &str, &str); 3] = [
    ("JH-01", "临江监测站", "22.560000", "113.050000"),
    ("JH-02", "东屿监测站", "22.620000", "113.180000"),
    ("JH-03", "南岸监测站", "22.480000", "113.160000"),
];
/// Steps over the noise at the stations of the illegal one, a quarter of a decibel each.
const ILLEGAL: [i16; 3] = [60, 130, 80];

fn key(station: usize) -> SigningKey {
    SigningKey::from_bytes(&[u8::try_from(station).unwrap() + 1; 32])
}

pub fn ns(minute: &str) -> i64 {
    to_millis(at(minute)) * 1_000_000
}

/// Registers the stations and two assignments: one that transmits, one that is silent.
pub async fn raise(house: &House) {
    for (n, (station, name, latitude, longitude)) in STATIONS.iter().enumerate() {
        let fields = json!({"station": station, "name": name, "receivers": ["FM-1"], "latitude": latitude, "longitude": longitude,
            "height_m": 45, "public_key": hex::encode(key(n).verifying_key().to_bytes())});
        house.put("monitoring-stations", station, fields).await;
    }
    for (id, name, hz) in [("FM-08", "粤海文艺广播", 96_200_000), ("FM-09", "临江之声", 96_700_000)] {
        let fields = json!({"id": id, "name": name, "service": "broadcasting", "frequency_hz": hz, "bandwidth_hz": 200_000,
            "tolerance_hz": 2_000, "latitude": "22.555000", "longitude": "113.110000", "erp_w": 5_000, "height_m": 150,
            "valid_from": "2020-01-01", "valid_until": "2030-01-01"});
        house.put("assignments", id, fields).await;
    }
}

/// A day of one station; `dark` minutes were not measured.
pub struct Day<'a> {
    pub station: usize,
    pub sequence: u64,
    pub day: &'a str,
    pub dark: std::ops::Range<i64>,
    pub ahead_ns: i64,
}

impl Day<'_> {
    fn package(&self) -> Vec<u8> {
        let from = ns(&format!("{} 00:00", self.day));
        let mut dice = self.sequence.wrapping_mul(977).wrapping_add(u64::try_from(self.station).unwrap());
        let minutes = (0..1_440i64).step_by(10).filter(|minute| !self.dark.contains(minute));
        let sweeps = minutes.map(|minute| {
            let moment = Moment { start_ns: from + minute * MINUTE, duration_ns: 10 * MINUTE, overload: false };
            (moment, self.levels(minute, &mut dice))
        });
        build(self.header(from), &Measured::Sweeps(sweeps.collect()), &key(self.station)).unwrap()
    }

    fn header(&self, from: i64) -> Header {
        Header {
            version: 1,
            station: STATIONS[self.station].0.into(),
            sequence: self.sequence,
            receiver: "FM-1".into(),
            task: "black_broadcast".into(),
            plan: String::new(),
            content: Content::Sweeps,
            from_ns: from,
            until_ns: from + DAY,
            revisit_ns: 10 * MINUTE,
            low_hz: LOW_HZ,
            bin_hz: BIN_HZ,
            bins: BINS,
            measurements: 0,
            calibration: None,
            clock_offset_ns: Some(self.ahead_ns),
            clock_check: ClockCheck::Server,
            software: "test 1".into(),
            raw_bytes: 0,
            payload_bytes: 0,
            payload_sha256: String::new(),
        }
    }

    /// Six scans of one cell that is nobody's neighbour, asks to be preferred, and says each time that it lies in another area.
    pub async fn scans_handed_in(&self, house: &House) {
        let from = ns(&format!("{} 00:00", self.day));
        let mut header = self.header(from);
        (header.task, header.content) = ("pseudo_base_station".into(), Content::Cells);
        (header.low_hz, header.bin_hz, header.bins) = (0.0, 0.0, 0);
        let mut rows = "time,station,latitude,longitude,technology,mcc,mnc,area,cell,carrier,physical,neighbours,reselect_offset_db,update_timer\n".to_owned();
        let moments: Vec<Moment> = (0..6)
            .map(|n| {
                let minute = 10 * n;
                rows.push_str(&format!(
                    "2024-04-12T16:{minute:02}:00Z,JH-01,22.56,113.05,gsm,460,0,{},7,94,60,none,62,1\n",
                    61_000 + n
                ));
                Moment { start_ns: from + minute * MINUTE, duration_ns: 10 * MINUTE, overload: false }
            })
            .collect();
        let bytes = build(header, &Measured::Cells(moments, rows), &key(self.station)).unwrap();
        assert!(matches!(house.office.receive_package(bytes).await.unwrap(), Received::Stored { .. }));
    }

    /// Noise of about a decibel, the broadcaster always, the illegal one from 21:00 to 05:00; the highest bin is never measured.
    fn levels(&self, minute: i64, dice: &mut u64) -> Vec<i16> {
        let mut levels: Vec<i16> = (0..BINS)
            .map(|_| {
                *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let bits = *dice >> 40;
                -380 + i16::try_from((bits & 7) + ((bits >> 3) & 7)).unwrap() - 7
            })
            .collect();
        let mut add = |hz: f64, over: i16| {
            let middle = (hz - LOW_HZ) / BIN_HZ - 0.5;
            for (bin, level) in levels.iter_mut().enumerate() {
                let apart = (bin as f64 - middle) * BIN_HZ / 1e5;
                *level = (*level).max(-380 + over - (apart * apart * 104.0).min(2_000.0) as i16);
            }
        };
        add(96.2e6, 140);
        if !(300..1_260).contains(&minute) {
            add(95.435e6, ILLEGAL[self.station]);
        }
        if let Some(last) = levels.last_mut() {
            *last = HOLE;
        }
        levels
    }

    pub async fn handed_in(&self, house: &House) {
        match house.office.receive_package(self.package()).await.unwrap() {
            Received::Stored { .. } => {}
            Received::Refused { zh, .. } => panic!("{zh}"),
        }
    }
}

/// Five days of three stations, 10 to 14 April 2024; the second was dark from eight to ten on the 12th, the third lost a package and its
/// clock is three minutes ahead.
pub async fn five_days(house: &House) {
    raise(house).await;
    for (sequence, day) in (1..).zip(["2024-04-10", "2024-04-11", "2024-04-12", "2024-04-13", "2024-04-14"]) {
        for station in 0..STATIONS.len() {
            if station == 2 && sequence == 2 {
                continue;
            }
            let dark = if station == 1 && sequence == 3 { 480..600 } else { 0..0 };
            let ahead_ns = if station == 2 { 3 * MINUTE } else { 0 };
            Day { station, sequence, day, dark, ahead_ns }.handed_in(house).await;
        }
    }
}
