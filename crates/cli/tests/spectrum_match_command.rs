//! `guiju spectrum match` and `locate` through the binary: outcomes, overlaps, bad rows with file and line in both languages.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test whose own data cannot be made has failed")]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn guiju(what: &str, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guiju")).args(["spectrum", what]).args(args).output().unwrap()
}

fn written(folder: &TempDir, name: &str, text: &str) -> String {
    let file: PathBuf = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

/// An exported register with Chinese headings: two assignments of one channel that overlap, one that has ended.
const REGISTER: &str = "指配编号,台站名称,中心频率（Hz）,占用带宽（Hz）,频率容限（Hz）,纬度（度）,经度（度）,有效辐射功率（W）,天线有效高度（米）,有效期起,失效日期（当日起无效）
A1,一台,98600000,200000,2000,22.55,113.12,1000,120,2024-01-01,2030-01-01
A2,二台,98650000,200000,2000,22.60,113.15,1000,120,2024-01-01,2030-01-01
A3,旧台,101700000,200000,2000,22.60,113.15,1000,120,2020-01-01,2024-01-01
";

const SIGNALS: &str = "time,centre_hz,bandwidth_hz,bin_hz,snr_db,latitude,longitude,field_dbuv_m
2024-11-25 10:00:00,98601000,180000,10000,42,22.50,113.08,
2024-11-25 10:00:00,98690000,180000,10000,35,22.50,113.08,90
2024-11-25 10:00:00,101700000,180000,10000,30,22.50,113.08,
2024-11-25 10:00:00,95335000,180000,10000,30,22.50,113.08,
";

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn signals_are_judged_and_overlapping_assignments_are_told() {
    let folder = TempDir::new().unwrap();
    let (signals, register) = (written(&folder, "signals.csv", SIGNALS), written(&folder, "register.csv", REGISTER));
    let output = guiju("match", &[&signals, "--register", &register, "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let found = json(&output);
    let outcomes: Vec<&str> =
        found["signals"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["conforming", "deviating", "unlicensed", "unlicensed"]);
    assert_eq!(found["signals"][0]["best"]["id"], "A1");
    assert_eq!(found["signals"][0]["others"][0]["id"], "A2");
    assert_eq!(found["signals"][1]["best"]["id"], "A2");
    let deviation = &found["signals"][1]["best"]["deviations"][0];
    assert_eq!(deviation["deviation"]["what"], "centre");
    assert!(deviation["zh"].as_str().unwrap().contains("40.0 kHz"), "{deviation}");
    // No curves were given: the field is not judged, and that is said.
    assert_eq!(found["signals"][1]["best"]["field_judged"], false);
    assert_eq!(found["signals"][2]["others"][0]["id"], "A3");
    assert_eq!(found["overlaps"], serde_json::json!([["A1", "A2"]]));
    let plain = guiju("match", &[&signals, "--register", &register]);
    let text = String::from_utf8(plain.stdout).unwrap();
    for words in ["符合指配 / Conforming", "没有指配 / No assignment", "台账重叠：A1 与 A2", "the field was not judged"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let only = written(&folder, "only.csv", &SIGNALS.lines().take(2).collect::<Vec<_>>().join("\n"));
    assert_eq!(guiju("match", &[&only, "--register", &register]).status.code(), Some(0));
}

#[test]
fn rules_may_come_from_a_file_and_have_no_hidden_parts() {
    let folder = TempDir::new().unwrap();
    let (signals, register) = (written(&folder, "signals.csv", SIGNALS), written(&folder, "register.csv", REGISTER));
    let example = include_str!("../../spectrum/samples/match-rules.json");
    let wide = written(
        &folder,
        "wide.json",
        &example.replace("\"centre_uncertainty_bins\": 1.0", "\"centre_uncertainty_bins\": 5.0"),
    );
    let output = guiju("match", &[&signals, "--register", &register, "--rules", &wide, "--json"]);
    assert_eq!(json(&output)["signals"][1]["outcome"], "conforming", "{}", told(&output));
    let part = written(&folder, "part.json", "{\"reach_km\": 100.0}");
    let output = guiju("match", &[&signals, "--register", &register, "--rules", &part]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("比对参数") && told(&output).contains("part.json"), "{}", told(&output));
}

#[test]
fn a_register_with_wrong_rows_is_refused_and_wrong_signals_are_left_out_aloud() {
    let folder = TempDir::new().unwrap();
    let wrong = REGISTER.replace("22.55,113.12", "0,0").replace("98650000", "NaN");
    let (signals, register) = (written(&folder, "signals.csv", SIGNALS), written(&folder, "wrong.csv", &wrong));
    let output = guiju("match", &[&signals, "--register", &register]);
    let said = told(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    for words in ["wrong.csv", "第2行", "line 2", "第3行", "line 3", "is no place"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let spoiled =
        SIGNALS.replace("2024-11-25 10:00:00,98601000", "1970-01-01 00:00:03,98601000").replace("95335000", "-inf");
    let (signals, register) = (written(&folder, "spoiled.csv", &spoiled), written(&folder, "register.csv", REGISTER));
    let output = guiju("match", &[&signals, "--register", &register, "--json"]);
    let (said, found) = (told(&output), json(&output));
    assert_eq!(found["signals"].as_array().unwrap().len(), 2);
    assert_eq!(found["left_out"].as_array().unwrap().len(), 2);
    for words in ["spoiled.csv", "第2行", "line 2", "第5行", "line 5", "centre_hz"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let headless = written(&folder, "headless.csv", "centre_hz\n98600000\n");
    let output = guiju("match", &[&headless, "--register", &register]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("`time`"), "{}", told(&output));
    let output = guiju("match", &["nowhere.csv", "--register", &register]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("nowhere.csv"));
}

/// Five stations take bearings of 22.55, 113.10; two more stand at (0, 0).
fn bearings() -> String {
    let stations = [(22.50, 113.05), (22.50, 113.15), (22.60, 113.05), (22.60, 113.15), (22.55, 113.00_f64)];
    let mut text = "station,latitude,longitude,bearing_deg,bearing_sigma_deg\n".to_owned();
    for (n, (latitude, longitude)) in stations.iter().enumerate() {
        let narrow = 22.55_f64.to_radians().cos();
        let (east, north) = ((113.10 - longitude) * narrow, 22.55 - latitude);
        text.push_str(&format!(
            "S{n},{latitude},{longitude},{:.3},1\n",
            east.atan2(north).to_degrees().rem_euclid(360.0)
        ));
        if n < 2 {
            text.push_str(&format!("N{n},0,0,10,1\n"));
        }
    }
    text
}

#[test]
fn a_transmitter_is_located_and_drawn_and_receivers_without_a_place_are_told() {
    let folder = TempDir::new().unwrap();
    let table = written(&folder, "bearings.csv", &bearings());
    let map = folder.path().join("map.svg").display().to_string();
    let output = guiju("locate", &[&table, "--svg", &map, "--json"]);
    let (said, found) = (told(&output), json(&output));
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!((found["at"]["latitude"].as_f64().unwrap() - 22.55).abs() < 1e-3, "{found}");
    assert!((found["at"]["longitude"].as_f64().unwrap() - 113.10).abs() < 1e-3, "{found}");
    assert!(found["ellipse_95"]["major_m"].as_f64().unwrap() > 10.0);
    assert_eq!(found["left_out"].as_array().unwrap().len(), 2);
    for words in ["bearings.csv", "第3行", "line 3", "第5行", "line 5"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(std::fs::read_to_string(&map).unwrap().contains("<ellipse"));
    // A stated area bounds the answer, which then says that it lies at the edge.
    let aside = guiju("locate", &[&table, "--area", "113.00,22.40,113.05,22.50", "--json"]);
    let found = json(&aside);
    assert_eq!(found["at_edge"], true, "{found}");
    assert!(found["at"]["longitude"].as_f64().unwrap() <= 113.051);
}

#[test]
fn what_cannot_be_located_is_refused_in_both_languages() {
    let folder = TempDir::new().unwrap();
    let heading = "station,latitude,longitude,level_db,level_sigma_db\n";
    let few = written(&folder, "few.csv", &format!("{heading}A,22.5,113.1,-60,2\nB,22.6,113.1,-70,2\n"));
    let none = written(&folder, "none.csv", "station,latitude,longitude\nA,22.5,113.1\n");
    let cases: [(&[&str], &str, &str); 4] = [
        (&[&few], "至少需要", "are needed"),
        (&[&none], "第1行", "line 1"),
        (&[&few, "--exponent", "0"], "正数", "positive"),
        (&[&few, "--area", "2,2,1,1"], "搜索区域为空", "search area is empty"),
    ];
    for (args, zh, en) in cases {
        let output = guiju("locate", args);
        let said = told(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(zh) && said.contains(en), "{args:?}: {said}");
    }
}
