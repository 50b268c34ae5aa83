//! In front of the real office: `guiju serve` takes what the agent sends, and the hours on the register are those that were measured.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use guiju_kernel::procedure::Person;
use guiju_kernel::record::ActorKind;
use guiju_office::{Answer, Chance, Office, OfficeClock, Settings};
use guiju_pack::Pack;
use guiju_spectrum::hours::{Interval, Intervals, whole_seconds};
use guiju_store::{EntryQuery, Mode, Target};
use serde_json::json;

use crate::{Ends, agent, done, guiju, init, nothing};

/// Enters the station on the register, as its keeper does on a page.
async fn register(data: &Path, key: &str) {
    let settings = Settings {
        place: Target::Folder(data.to_owned()),
        keys: data.to_owned(),
        pack: Pack::embedded().unwrap(),
        clock: OfficeClock::System,
        chance: Chance::System,
    };
    let office = Office::open(settings).await.unwrap();
    let keeper = Person {
        unit: Some("jh-miit/radio".into()),
        roles: ["monitor".to_owned()].into(),
        ..Person::plain(ActorKind::Officer, "qiu")
    };
    let fields = json!({
        "station": "JH-01", "name": "一号站", "receivers": ["FM-1"], "latitude": "22.56", "longitude": "113.05",
        "height_m": 45, "public_key": key,
    });
    let fields = fields.as_object().unwrap().clone();
    let answer = office.put_entry(&keeper, "monitoring-stations", "JH-01", fields, None, None).await.unwrap();
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    office.close().await.unwrap();
}

/// The seconds of all entries of `monitored-times`, united as the figures unite them: a package may begin with the last measurement of
/// the one before.
async fn seconds(data: &Path) -> i128 {
    let store = guiju_store::open(&Target::Folder(data.to_owned()), Mode::Read).await.unwrap();
    let query = EntryQuery { register: "monitored-times".into(), contains: None, after: None, limit: 1_000 };
    let entries = store.entries(&query).await.unwrap().rows;
    let mut united = Intervals::new();
    for row in entries {
        let at = |field: &str| {
            let moment: jiff::Timestamp = row.doc["fields"][field].as_str().unwrap().parse().unwrap();
            i64::try_from(moment.as_nanosecond()).unwrap()
        };
        united.add(Interval::new(at("from"), at("until")).unwrap());
    }
    whole_seconds(united.total_ns())
}

/// Serves the station's face; gives its address.
fn serve(data: &Path) -> (Ends, String) {
    let mut command = guiju(&["serve", "--port", "0", "--face", "station", "--data"]);
    let mut process = command.arg(data).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let line = lines.find_map(|line| line.ok().filter(|line| line.contains("http://"))).unwrap();
    // What it says later is read, so that it is never kept waiting.
    std::thread::spawn(move || lines.for_each(drop));
    (Ends(process), line.trim().trim_end_matches('/').replace("localhost", "127.0.0.1"))
}

#[tokio::test]
async fn the_real_office_counts_what_the_agent_measured() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, data) = (folder.path().join("station"), folder.path().join("data"));
    register(&data, &init(&dir)).await;
    // Two hours of ten-second sweeps around midnight, with a hole of half an hour.
    let rows = |from: i64, sweeps: i64| -> String {
        let stamp = |n: i64| jiff::Timestamp::from_second(1_713_024_000 + from + (n + 1) * 10).unwrap();
        let local = |n: i64| stamp(n).to_zoned(jiff::tz::Offset::constant(8).to_time_zone());
        let row = |n: i64| {
            format!("{}, 88000000, 88300000, 100000, 1, -50, -51, -52, -52\n", local(n).strftime("%Y-%m-%d, %H:%M:%S"))
        };
        (0..sweeps).map(row).collect()
    };
    let recording = folder.path().join("night.csv");
    std::fs::write(&recording, rows(-1_800, 360) + &rows(3_600, 360)).unwrap();
    let taken = done(&[
        "station",
        "import",
        "--dir",
        dir.to_str().unwrap(),
        "--receiver",
        "FM-1",
        "--task",
        "black_broadcast",
        "--format",
        "rtl-power",
        "--revisit",
        "10",
        "--integration",
        "10",
        recording.to_str().unwrap(),
    ]);
    assert!(taken.status.success(), "{taken:?}");
    let (served, url) = serve(&data);
    let ran = agent(&dir, &nothing(folder.path()), &url, &["--once"]).stderr(Stdio::piped()).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let told = done(&["station", "status", "--dir", dir.to_str().unwrap(), "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!((told["waiting"].as_u64(), told["refused"].as_u64()), (Some(0), Some(0)), "{told}");
    assert!(told["acknowledged"].as_u64().unwrap() >= 3, "{told}");
    assert_eq!(told["said"]["clock_offset_ns"].as_i64(), Some(0), "one machine, one clock");
    drop(served);
    assert_eq!(seconds(&data).await, 7_200);
}
