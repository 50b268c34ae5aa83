//! `guiju spectrum emissions` and `occupancy`: sweeps and samples become emissions, times and shares; what is wrong is told with its line.

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be made has failed")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn guiju(what: &str, file: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guiju")).args(["spectrum", what]).arg(file).args(more).output().unwrap()
}

fn told(output: &Output, status: i32) -> Value {
    assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A row of `rtl_power`: 40 bins of 10 kHz from 100 MHz up, noise about -80 dB, and one bin 25 dB over it where a carrier is on.
fn row(minute: u32, on: bool) -> String {
    row_with(minute, on, None)
}

/// The same, with another text in one bin.
fn row_with(minute: u32, on: bool, other: Option<(usize, &str)>) -> String {
    let mut seed = minute.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut levels: Vec<String> = (0..40)
        .map(|bin| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f64::from(seed >> 16) / 65_536.0 - 0.5;
            let level = if on && (14..17).contains(&bin) { -55.0 } else { -80.0 };
            match other {
                Some((at, text)) if at == bin => text.to_owned(),
                _ => format!("{:.2}", level + noise),
            }
        })
        .collect();
    levels.push(levels.last().unwrap().clone());
    let (day, hour, minute) = (25 + minute / 1_440, minute / 60 % 24, minute % 60);
    format!("2024-11-{day}, {hour:02}:{minute:02}:00, 100000000, 100400000, 10000, 640, {}\n", levels.join(", "))
}

fn table(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    file
}

/// Four days, a sweep a minute; on from 20:30 to 07:30; nothing measured from 12:00 to 13:00.
fn days() -> String {
    let mut text = String::new();
    for minute in (0..4 * 1_440).filter(|minute| minute % 1_440 / 60 != 12) {
        text.push_str(&row(minute, !(450..1_230).contains(&(minute % 1_440))));
    }
    text
}

#[test]
fn a_nightly_carrier_is_found_with_its_schedule_and_its_occupancy() {
    let folder = TempDir::new().unwrap();
    let file = table(&folder, "days.csv", &days());
    let scanned = told(&guiju("emissions", &file, &["--json"]), 0);
    assert_eq!(scanned["emissions"].as_array().unwrap().len(), 1, "{scanned}");
    let signal = &scanned["signals"][0];
    assert!((signal["centre_hz"].as_f64().unwrap() - 100.155e6).abs() < 10e3, "{signal}");
    assert_eq!((&signal["days"]["seen"], &signal["days"]["observed"]), (&4.into(), &4.into()));
    let schedule = &signal["schedule"];
    assert_eq!(
        (&schedule["kind"], &schedule["from_minute"], &schedule["until_minute"]),
        (&"daily".into(), &1_230.into(), &450.into())
    );
    assert_eq!(scanned["emissions"][0]["marks"], Value::Array(Vec::new()));

    let plan = ["--channels", "100050000:100350000:100000", "--json"];
    let measured = told(&guiju("occupancy", &file, &plan), 0);
    let channels = measured["occupancy"]["channels"].as_array().unwrap();
    assert_eq!(channels.len(), 4);
    let share = |channel: usize, name: &str| channels.get(channel).unwrap()["share"][name].as_f64().unwrap();
    // 11 of 23 hours: the hour without sweeps is no idle one. The sweep before it stands for its own second only.
    let occupancy = share(1, "occupied_ns") / share(1, "observed_ns");
    assert!((occupancy - 11.0 / 23.0).abs() < 2e-3, "{occupancy}");
    assert!(share(0, "occupied_ns") < 1e-12 + 2e-3 * share(0, "observed_ns"));
    let interval = &channels.get(1).unwrap()["sampling"]["interval"];
    // Eight changes in four days are few: the interval is wide, and holds.
    assert!(interval["low"].as_f64().unwrap() < 0.4 && interval["high"].as_f64().unwrap() > 0.55, "{interval}");
    let text = String::from_utf8(guiju("occupancy", &file, plan.get(..2).unwrap()).stdout).unwrap();
    assert!(text.contains("频段占用度") && text.contains("band occupancy") && text.contains("47.9 %"), "{text}");
}

#[test]
fn bad_rows_are_told_with_their_line_in_both_languages_and_the_rest_counts() {
    let folder = TempDir::new().unwrap();
    let good = || (0..20).fold(String::new(), |text, minute| text + &row(minute, true));
    let plan = ["--channels", "100150000:100150000:100000", "--json"];
    let cut = row(20, true);
    let cases = [
        ("back.csv", good() + &row(3, true), "第21行", "line 21", "goes back"),
        ("1970.csv", row(0, true).replace("2024-11-25", "1970-01-01") + &good(), "第1行", "line 1", "never set"),
        ("nan.csv", good() + &row_with(20, true, Some((5, "nan"))), "第21行", "line 21", "NaN"),
        ("inf.csv", good() + &row_with(20, true, Some((7, "-inf"))), "第21行", "line 21", "infinite"),
        ("cut.csv", good() + cut.get(..cut.len() / 2).unwrap(), "第21行", "line 21", "cut"),
    ];
    for (name, text, zh, en, why) in cases {
        let file = table(&folder, name, &text);
        for what in ["emissions", "occupancy"] {
            let output = guiju(what, &file, if what == "emissions" { &["--json"] } else { &plan });
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{name}: {complaint}");
            assert!(complaint.contains(zh) && complaint.contains(en) && complaint.contains(why), "{name}: {complaint}");
            assert!(complaint.contains(&file.display().to_string()), "{complaint}");
            // What could be read was measured.
            assert!(serde_json::from_slice::<Value>(&output.stdout).is_ok(), "{name}");
        }
    }
}

#[test]
fn files_that_hold_nothing_and_plans_that_are_none_are_refused() {
    let folder = TempDir::new().unwrap();
    let empty = table(&folder, "empty.csv", "");
    let good = table(&folder, "good.csv", &row(0, true));
    let plan = table(&folder, "plan.csv", "name,centre_hz,width_hz\nA,100150000,0\n");
    let plan = plan.display().to_string();
    let none = folder.path().join("none.csv");
    let cases: [(&Path, &[&str], &str); 6] = [
        (&empty, &["--channels", "1e8:1e8:1e5", "--kind", "rtl-power"], "没有可用的扫描"),
        (&good, &["--channels", "1e8:1e8:0"], "栅格"),
        (&good, &["--channels", "1e8:9e7:1e5"], "no raster"),
        (&good, &["--channels", &plan], "第2行"),
        (&good, &["--channels", "1e8:1e8:1e5", "--over", "1"], "占用门限"),
        (&none, &["--channels", "1e8:1e8:1e5"], "none.csv"),
    ];
    for (file, more, why) in cases {
        let output = guiju("occupancy", file, more);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && complaint.contains(why), "{more:?}: {complaint}");
    }
}

/// A strong carrier, its image 30 dB below, direct current; the samples of a receiver at 240 kHz.
#[test]
fn samples_are_scanned_and_the_receivers_own_is_marked() {
    let folder = TempDir::new().unwrap();
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f32::from(u16::try_from(seed >> 16).unwrap()) / 65_536.0 - 0.5) * 1e-3
    };
    let mut bytes = Vec::new();
    for at in 0..400_000_u32 {
        let phase = std::f32::consts::TAU * ((at % 5) as f32) / 5.0;
        // Amplitudes 0.1 and, mirrored, 0.003; 0.003 of direct current.
        bytes.extend((0.103 * phase.cos() + 0.003 + noise()).to_le_bytes());
        bytes.extend((0.097 * phase.sin() + noise()).to_le_bytes());
    }
    let file = folder.path().join("carrier.cf32");
    std::fs::write(&file, &bytes).unwrap();
    let named = ["--format", "cf32", "--rate", "240000", "--centre", "100000000"];
    let scanned = told(&guiju("emissions", &file, &[&named[..], &["--json"]].concat()), 0);
    let mut kinds = String::new();
    for one in scanned["emissions"].as_array().unwrap() {
        let mark = one["marks"][0]["kind"].as_str().unwrap_or("none");
        write!(kinds, "{:.0} {mark}; ", one["centre_hz"].as_f64().unwrap() / 1e3).unwrap();
    }
    assert_eq!(kinds, "99952 mirror; 100000 direct_current; 100048 none; ");
    assert_eq!((&scanned["timed"], &scanned["overload"]), (&false.into(), &Value::Null));
    let rate = guiju("emissions", &file, &["--format", "cf32", "--rate", "0"]);
    let complaint = String::from_utf8_lossy(&rate.stderr).into_owned();
    assert!(
        rate.status.code() == Some(2) && complaint.contains("采样率为0") && complaint.contains("carrier.cf32"),
        "{complaint}"
    );
}

/// The recordings that are shared beside the repository; said aloud where they are absent.
#[test]
fn a_real_recording_of_a_broadcast_is_in_use_all_the_time() {
    let root = std::env::var_os("GUIJU_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let file = root.join("spectrum/data/rtl_power_fm/fm802-3.csv");
    if !file.exists() {
        let note = "there is no `shared/spectrum/data` beside the repository (set GUIJU_SHARED to name one)";
        eprintln!("skipped: {note}");
        if let Some(notes) = std::env::var_os("GUIJU_LEFT_OUT") {
            let notes = std::fs::OpenOptions::new().create(true).append(true).open(notes);
            notes.and_then(|mut notes| std::io::Write::write_all(&mut notes, format!("{note}\n").as_bytes())).unwrap();
        }
        return;
    }
    // The 100 kHz are full from end to end (no bin is below -31 dB), so that no floor can be had from them: it is told.
    let measured =
        told(&guiju("occupancy", &file, &["--channels", "80200000:80200000:80000", "--floor", "-45", "--json"]), 0);
    let channel = &measured["occupancy"]["channels"][0];
    assert_eq!(channel["share"]["observed_ns"], channel["share"]["occupied_ns"]);
    assert_eq!(measured["occupancy"]["sweeps"], 299);
    let scanned = told(&guiju("emissions", &file, &["--json"]), 0);
    assert_eq!(scanned["timed"], true);
    assert_eq!(scanned["complaints"], 0);
    // Nothing stands out of a band that is full.
    assert_eq!(scanned["signals"], Value::Array(Vec::new()));
}
