//! Stations hand in packages: what is taken, what is refused, and that hours are those that data back.

use ed25519_dalek::SigningKey;
use guiju_kernel::time::to_millis;
use guiju_office::stations::{CONTENT, PACKAGES, Received, STATIONS, TIMES};
use guiju_office::{Target, Upload};
use guiju_spectrum::package::{ClockCheck, Content, Header, Measured, Moment, build};
use guiju_store::EntryQuery;
use serde_json::{Value, json};

use crate::bureau::{Bureau, ask, at, code, map, officer};

const HOUR: i64 = 3_600_000_000_000;
const MINUTE: i64 = 60_000_000_000;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn ns(minute: &str) -> i64 {
    to_millis(at(minute)) * 1_000_000
}

/// Ten-minute sweeps over whole hours, with the hours in which there was nothing.
struct Night {
    station: &'static str,
    sequence: u64,
    from: i64,
    hours: i64,
    dark: std::ops::Range<i64>,
    ahead: i64,
}

fn night(sequence: u64) -> Night {
    Night { station: "JH-01", sequence, from: ns("2024-04-13 19:00"), hours: 4, dark: 0..0, ahead: 0 }
}

impl Night {
    fn package(&self, key: &SigningKey, level: i16) -> Vec<u8> {
        let header = Header {
            version: 1,
            station: self.station.into(),
            sequence: self.sequence,
            receiver: "FM-1".into(),
            task: "black_broadcast".into(),
            plan: String::new(),
            content: Content::Sweeps,
            from_ns: self.from,
            until_ns: self.from + self.hours * HOUR,
            revisit_ns: 10 * MINUTE,
            low_hz: 87e6,
            bin_hz: 1e5,
            bins: 3,
            measurements: 0,
            calibration: None,
            clock_offset_ns: Some(self.ahead),
            clock_check: ClockCheck::Server,
            software: "test".into(),
            raw_bytes: 0,
            payload_bytes: 0,
            payload_sha256: String::new(),
        };
        let sweep = |n: i64| {
            let start_ns = self.from + n * 10 * MINUTE;
            (Moment { start_ns, duration_ns: 10 * MINUTE, overload: false }, vec![level; 3])
        };
        let sweeps = (0..self.hours * 6).filter(|n| !self.dark.contains(&(n / 6))).map(sweep).collect();
        build(header, &Measured::Sweeps(sweeps), key).unwrap()
    }
}

async fn bureau() -> Bureau {
    let bureau = Bureau::open("2024-04-14 09:00").await;
    station(&bureau, "JH-01", 1).await;
    bureau
}

async fn station(bureau: &Bureau, id: &str, seed: u8) {
    let monitor = officer("qiu", "jh-miit/radio", &["monitor"]);
    let fields = json!({
        "station": id, "name": format!("{id}站"), "receivers": ["FM-1"], "latitude": "22.56", "longitude": "113.05",
        "height_m": 45, "public_key": hex::encode(key(seed).verifying_key().to_bytes()),
    });
    let put = bureau.office.put_entry(&monitor, STATIONS, id, map(fields), None, None).await.unwrap();
    crate::bureau::done(put);
}

async fn stored(bureau: &Bureau, bytes: Vec<u8>) -> bool {
    match bureau.office.receive_package(bytes).await.unwrap() {
        Received::Stored { again, .. } => again,
        Received::Refused { zh, .. } => panic!("{zh}"),
    }
}

async fn refused(bureau: &Bureau, bytes: Vec<u8>) -> String {
    let before = bureau.events().await;
    match bureau.office.receive_package(bytes).await.unwrap() {
        Received::Stored { .. } => panic!("it was taken"),
        Received::Refused { zh, en } => {
            assert!(!en.is_empty() && bureau.events().await == before, "a refused package left a record");
            zh
        }
    }
}

async fn entries(bureau: &Bureau, register: &str) -> Vec<Value> {
    let query = EntryQuery { register: register.into(), contains: None, after: None, limit: 100 };
    let rows = bureau.office.store().entries(&query).await.unwrap().rows;
    rows.into_iter().map(|row| row.doc.get("fields").cloned().unwrap_or_default()).collect()
}

async fn hours(bureau: &Bureau) -> Value {
    let (from, until) = ("2024-04-01".parse().unwrap(), "2024-05-01".parse().unwrap());
    let only = ["radio.hours.black_broadcast".to_owned()];
    let counted = bureau.office.figures(from, until, &only).await.unwrap();
    serde_json::to_value(&counted.figures.first().unwrap().value).unwrap()
}

#[tokio::test]
async fn a_package_is_kept_whole_counted_once_and_verified() {
    let bureau = bureau().await;
    let mut holed = night(1);
    holed.dark = 1..2;
    let bytes = holed.package(&key(1), -300);
    assert!(!stored(&bureau, bytes.clone()).await);
    assert!(stored(&bureau, bytes.clone()).await, "the same package again is answered again");
    let times = entries(&bureau, TIMES).await;
    assert_eq!(times.len(), 2, "the hour without data is in none");
    assert_eq!(times[0]["until"], "2024-04-13T20:00:00.000+08:00");
    assert_eq!(times[1]["from"], "2024-04-13T21:00:00.000+08:00");
    assert_eq!(hours(&bureau).await, json!(3));
    // Another package of the same receiver over the same hours adds only what was missing.
    stored(&bureau, night(2).package(&key(1), -300)).await;
    assert_eq!(hours(&bureau).await, json!(4));
    let monitor = officer("qiu", "jh-miit/radio", &["monitor"]);
    let kept = bureau.office.entry_file(&monitor, PACKAGES, "JH-01/00000001", CONTENT).await.unwrap();
    assert_eq!(kept, bytes);
    let stranger = officer("tan", "jh-miit/sme", &["handler"]);
    assert!(bureau.office.entry_file(&stranger, PACKAGES, "JH-01/00000001", CONTENT).await.is_err());
    let report = bureau.verified().await;
    assert!(report.ok, "{:?}", report.faults);
}

#[tokio::test]
async fn what_no_registered_station_signed_is_refused() {
    let bureau = bureau().await;
    assert!(refused(&bureau, night(1).package(&key(9), 0)).await.contains("签名"));
    let mut unknown = night(1);
    unknown.station = "JH-77";
    assert!(refused(&bureau, unknown.package(&key(1), 0)).await.contains("没有登记"));
    let whole = night(1).package(&key(1), 0);
    assert!(refused(&bureau, whole[..whole.len() / 2].to_vec()).await.contains("截断"));
    assert!(refused(&bureau, b"GJSP".to_vec()).await.contains("不是监测数据包"));
}

/// Two devices with one key: the second device's number is taken; and one key on two entries of the register stops both.
#[tokio::test]
async fn two_stations_with_one_key_are_noticed() {
    let bureau = bureau().await;
    stored(&bureau, night(1).package(&key(1), -300)).await;
    assert!(refused(&bureau, night(1).package(&key(1), -200)).await.contains("同一把密钥"));
    station(&bureau, "JH-02", 1).await;
    assert!(refused(&bureau, night(2).package(&key(1), -300)).await.contains("同一把公钥"));
    station(&bureau, "JH-02", 2).await;
    stored(&bureau, night(2).package(&key(1), -300)).await;
}

/// A clock three minutes fast: what is known of it is taken off, so that setting it right counts no minute twice.
#[tokio::test]
async fn a_clock_that_is_off_neither_loses_nor_makes_time() {
    let bureau = bureau().await;
    let mut fast = night(1);
    (fast.from, fast.hours, fast.ahead) = (fast.from + 3 * MINUTE, 1, 3 * MINUTE);
    stored(&bureau, fast.package(&key(1), -300)).await;
    let mut right = night(2);
    (right.from, right.hours) = (right.from + HOUR, 1);
    stored(&bureau, right.package(&key(1), -300)).await;
    assert_eq!(hours(&bureau).await, json!(2));
    assert_eq!(entries(&bureau, PACKAGES).await[0]["clock_offset_ms"], json!(180_000));
    let mut future = night(3);
    future.from = ns("2024-04-14 08:00");
    assert!(refused(&bureau, future.package(&key(1), -300)).await.contains("晚于现在"));
}

/// A lead is about nobody; the penalty that is opened from it is about the party that the officer names.
#[tokio::test]
async fn a_lead_opens_a_penalty_about_the_party_that_is_named() {
    let bureau = bureau().await;
    let engineer = officer("qiu", "jh-miit/radio", &["monitor"]);
    let inspector = officer("lu", "jh-miit/radio", &["monitor", "investigator"]);
    let target = Target::New { procedure: "radio-lead".into(), subject: None };
    let given = json!({"title": "88.35兆赫疑似黑广播", "finding": "black_broadcast"});
    let mut ask = ask(target, "register", &engineer, map(given));
    let upload = |name: &str| Upload {
        field: "evidence".into(),
        name: name.into(),
        media: "application/json".into(),
        content: format!("{{\"of\": \"{name}\"}}").into_bytes(),
    };
    ask.files = vec![upload("first.json")];
    let lead = crate::bureau::done(bureau.office.act(ask).await.unwrap()).case;
    let mut more = crate::bureau::ask(Target::Case { id: lead, seen: None }, "add_evidence", &engineer, map(json!({})));
    more.files = vec![upload("second.json")];
    crate::bureau::done(bureau.office.act(more).await.unwrap());
    bureau.done(lead, "verify", &engineer, json!({"verification": "现场测得发射机一台。"})).await;
    let firm = code(3);
    bureau.done(lead, "open_penalty", &inspector, json!({"suspect": firm, "lead_title": "擅自设置使用调频台站"})).await;
    let penalties = bureau.office.store().case_list(Some("penalty-ordinary"), None, 10).await.unwrap();
    assert_eq!(penalties.first().map(|case| case.subject.as_deref()), Some(Some(firm.as_str())));
    let report = bureau.verified().await;
    assert!(report.ok, "{:?}", report.faults);
}
