//! Where monitoring stations hand in what they measured: checked, kept whole, and turned into entries of the registers.
//!
//! A package is stored as the file of one entry (`monitoring-packages`); the stretches of time that its data back become entries of
//! `monitored-times` in the same commit. Nothing else makes monitored hours. Refuses what no registered station signed, what comes from
//! the future, and other bytes under a number that is taken.

use ed25519_dalek::VerifyingKey;
use guiju_kernel::procedure::Person;
use guiju_kernel::record::{ActorKind, Origin};
use guiju_kernel::rows::EntryDoc;
use guiju_kernel::time::{self, Instant};
use guiju_spectrum::complaint::Complaint;
use guiju_spectrum::package::{self, Content, Opened};
use guiju_store::EntryQuery;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use crate::answer::{OfficeError, Upload};
use crate::office::Office;
use crate::writer::{EntryAsk, Import, ImportMode, Line, Outcome, Task};

/// The register of stations: their keys and receivers.
pub const STATIONS: &str = "monitoring-stations";
/// One entry a package, the package as its file.
pub const PACKAGES: &str = "monitoring-packages";
/// One entry for each stretch of time that data back.
pub const TIMES: &str = "monitored-times";
/// The name of the file of an entry of [`PACKAGES`].
pub const CONTENT: &str = "content";
/// Seconds by which a station's clock may be ahead before its packages are refused.
const CLOCK_AHEAD: &str = "radio.clock_ahead_seconds";
const NS_PER_MS: i64 = 1_000_000;
/// Stations are few; more than this are not looked through for a key that two of them bear.
const STATIONS_MOST: u32 = 1_000;

/// What became of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is stored, durably.
    Stored { sequence: u64, sha256: String, again: bool },
    /// It never will be: why, in Chinese and English.
    Refused { zh: String, en: String },
}

/// A package that was handed over and is being written.
pub struct Handed {
    sequence: u64,
    sha256: String,
    outcome: oneshot::Receiver<Result<Outcome, OfficeError>>,
}

/// Either it is decided already, or it is on its way.
pub enum OnItsWay {
    Decided(Received),
    Writing(Handed),
}

type Why = (String, String);

impl Office {
    /// Takes in a package and waits until it is stored.
    pub async fn receive_package(&self, bytes: Vec<u8>) -> Result<Received, OfficeError> {
        // One at a time, so that two packages of one number cannot both find it free.
        let _turn = self.packages.lock().await;
        match self.hand_over_package(bytes, None).await? {
            OnItsWay::Decided(received) => Ok(received),
            OnItsWay::Writing(handed) => handed.stored().await,
        }
    }

    /// Hands a package over without waiting. Whoever hands over several before waiting answers for their numbers being different.
    pub async fn hand_over_package(&self, bytes: Vec<u8>, now: Option<Instant>) -> Result<OnItsWay, OfficeError> {
        let at = now.unwrap_or_else(|| self.now());
        let sha256 = package::digest(&bytes);
        let opened = match package::open(&bytes) {
            Ok(opened) => opened,
            Err(complaint) => return Ok(refused(told(&complaint))),
        };
        let sequence = opened.header.sequence;
        let id = format!("{}/{sequence:08}", opened.header.station);
        if let Some(why) = self.unknown_station(&opened).await? {
            return Ok(refused(why));
        }
        if let Some(row) = self.store.entry(PACKAGES, &id).await? {
            let same = text_of(&row.doc, "package").as_deref() == Some(sha256.as_str());
            return Ok(if same {
                OnItsWay::Decided(Received::Stored { sequence, sha256, again: true })
            } else {
                refused(number_taken(&id))
            });
        }
        if let Some(why) = self.of_the_future(&opened, at) {
            return Ok(refused(why));
        }
        let lines = lines(&opened, &id, &sha256, bytes, at);
        let (outcome, answer) = oneshot::channel();
        let import = Import { lines, mode: ImportMode::AllOrNothing, note: None, outcome };
        self.send(Task::Import(Box::new(import)), now).await?;
        Ok(OnItsWay::Writing(Handed { sequence, sha256, outcome: answer }))
    }

    /// Why this station's word does not count, if it does not.
    async fn unknown_station(&self, opened: &Opened) -> Result<Option<Why>, OfficeError> {
        let header = &opened.header;
        let name = &header.station;
        let Some(row) = self.store.entry(STATIONS, name).await? else {
            return Ok(Some((
                format!("监测站`{name}`没有登记，请先在监测站台账登记并填写公钥"),
                format!("the station `{name}` is not on the register; enter it there with its public key"),
            )));
        };
        let told = text_of(&row.doc, "public_key").unwrap_or_default();
        let key = hex::decode(&told).ok().and_then(|bytes| bytes.try_into().ok());
        let key = key.and_then(|bytes: [u8; 32]| VerifyingKey::from_bytes(&bytes).ok());
        if !key.is_some_and(|key| opened.signed_by(&key)) {
            return Ok(Some((
                format!("签名不是监测站`{name}`登记的密钥所签，没有收下"),
                format!("it does not bear the signature of the key that `{name}` has on the register"),
            )));
        }
        if let Some(other) = self.shares_key(name, &told).await? {
            return Ok(Some((
                format!("监测站`{name}`与`{other}`登记了同一把公钥，请各用各的密钥后再送"),
                format!("the stations `{name}` and `{other}` bear one public key; give each its own and send again"),
            )));
        }
        let receivers = row.doc.get("fields").and_then(|fields| fields.get("receivers")).and_then(Value::as_array);
        if receivers.is_none_or(|list| list.iter().all(|one| one.as_str() != Some(header.receiver.as_str()))) {
            return Ok(Some((
                format!("接收机`{}`不在监测站`{name}`的登记中", header.receiver),
                format!("the receiver `{}` is not one of those that `{name}` has on the register", header.receiver),
            )));
        }
        Ok(None)
    }

    /// Another station with the same key.
    async fn shares_key(&self, station: &str, key: &str) -> Result<Option<String>, OfficeError> {
        let query = EntryQuery { register: STATIONS.to_owned(), contains: None, after: None, limit: STATIONS_MOST };
        let stations = self.store.entries(&query).await?.rows;
        let bears = |doc: &Value| text_of(doc, "public_key").as_deref() == Some(key);
        Ok(stations.into_iter().find(|row| row.key != station && bears(&row.doc)).map(|row| row.key))
    }

    fn of_the_future(&self, opened: &Opened, now: Instant) -> Option<Why> {
        let ahead = self.pack().param_value(CLOCK_AHEAD, now).and_then(|value| value.value.as_i64()).unwrap_or(0);
        let latest = time::to_millis(now).saturating_add(ahead.saturating_mul(1_000)).saturating_mul(NS_PER_MS);
        (opened.header.until_ns > latest).then(|| {
            (
                "测量时间晚于现在，站钟走快了，请校时后重新打包".to_owned(),
                "it was measured in the future: the station's clock is fast; set it and pack again".to_owned(),
            )
        })
    }
}

impl Handed {
    /// Waits until it is stored, or refused after all.
    pub async fn stored(self) -> Result<Received, OfficeError> {
        let outcome = self.outcome.await.map_err(|_| OfficeError::Closing)??;
        Ok(match outcome.refused.into_iter().next() {
            Some((_, refusal)) => Received::Refused { zh: refusal.why.zh.clone(), en: refusal.why.en.clone() },
            None => Received::Stored { sequence: self.sequence, sha256: self.sha256, again: false },
        })
    }
}

/// The entries that a package makes: itself with its bytes, and the times that it backs.
fn lines(opened: &Opened, id: &str, sha256: &str, bytes: Vec<u8>, now: Instant) -> Vec<(usize, Line)> {
    let header = &opened.header;
    let moment = |ns: i64| time::from_millis(ns.div_euclid(NS_PER_MS)).map(time::print).unwrap_or_default();
    // What is known of the station's clock is taken off, so that a clock that was set in between counts no minute twice.
    let ahead = header.clock_offset_ns.unwrap_or(0);
    let hertz = |hz: f64| hz.round() as i64;
    let kind = match header.content {
        Content::Sweeps => "sweeps",
        Content::Cells => "cells",
    };
    let fields = json!({
        "id": id, "package": sha256, "station": header.station, "receiver": header.receiver, "task": header.task, "kind": kind,
        "from": moment(header.from_ns.saturating_sub(ahead)), "until": moment(header.until_ns.saturating_sub(ahead)),
        "low_hz": hertz(header.low_hz), "high_hz": hertz(header.high_hz()), "sweeps": header.measurements,
        "sequence": header.sequence, "clock_offset_ms": ahead.div_euclid(NS_PER_MS), "unit": header.unit(),
        "software": header.software, "received": time::print(now),
    });
    let file = Upload {
        field: CONTENT.to_owned(),
        name: format!("{}.gjsp", id.replace('/', "-")),
        media: "application/octet-stream".to_owned(),
        content: bytes,
    };
    let done = time::from_millis(header.from_ns.div_euclid(NS_PER_MS)).ok();
    let mut entries = vec![entry(&header.station, PACKAGES, id, fields, vec![file], done)];
    for (n, backed) in opened.backed().iter().enumerate() {
        let (from, until) = (backed.from_ns().saturating_sub(ahead), backed.until_ns().saturating_sub(ahead));
        let key = format!("{id}/{n}");
        let fields = json!({
            "id": key, "station": header.station, "receiver": header.receiver, "task": header.task,
            "from": moment(from), "until": moment(until), "package": id,
        });
        let done = time::from_millis(from.div_euclid(NS_PER_MS)).ok();
        entries.push(entry(&header.station, TIMES, &key, fields, Vec::new(), done));
    }
    entries.into_iter().map(|ask| Line::Entry(Box::new(ask))).enumerate().collect()
}

fn entry(
    station: &str,
    register: &str,
    key: &str,
    fields: Value,
    files: Vec<Upload>,
    done: Option<Instant>,
) -> EntryAsk {
    EntryAsk {
        by: keeper(station),
        register: register.to_owned(),
        key: key.to_owned(),
        fields: match fields {
            Value::Object(map) => Some(map),
            _ => Some(Map::new()),
        },
        secrets: Default::default(),
        files,
        seen: None,
        done,
        origin: Origin::Own,
        once: None,
    }
}

/// The station itself, as the doer of what it hands in.
fn keeper(station: &str) -> Person {
    Person::plain(ActorKind::Import, format!("station:{station}"))
}

fn text_of(doc: &Value, field: &str) -> Option<String> {
    let doc: EntryDoc = serde_json::from_value(doc.clone()).ok()?;
    doc.fields.get(field).and_then(Value::as_str).map(str::to_owned)
}

fn number_taken(id: &str) -> Why {
    (
        format!("编号`{id}`已有内容不同的数据包：可能有两台设备在用同一把密钥，请停用其中一台并更换密钥"),
        format!(
            "another package stands under `{id}`: two devices may be using one key; stop one of them and change its key"
        ),
    )
}

fn told(complaint: &Complaint) -> Why {
    (complaint.zh(), complaint.to_string())
}

fn refused((zh, en): Why) -> OnItsWay {
    OnItsWay::Decided(Received::Refused { zh, en })
}
