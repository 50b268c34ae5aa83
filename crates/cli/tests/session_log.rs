//! `guiju spectrum log`: hours that a vendor's log claims, the same from a workbook and from CSV; bad rows are named.

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be made has failed")]

use std::path::Path;
use std::process::{Command, Output};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use tempfile::TempDir;

const HEADINGS: &str =
    "receiver: [接收机, receiver]\ntask: [任务, task]\nfrom: [开始时间, from]\nuntil: [结束时间, until]\n";
/// Two tasks of R1 overlap by an hour; R2 has one session, a row without receiver and one that ends before it begins.
const ROWS: [[&str; 4]; 5] = [
    ["R1", "FM", "2024-05-01 08:00:00", "2024-05-01 10:00:00"],
    ["R1", "GSM", "2024-05-01 09:00:00", "2024-05-01 11:30:00"],
    ["R2", "FM", "2024-05-01 08:00:00", "2024-05-01 09:00:00"],
    ["", "FM", "2024-05-01 08:00:00", "2024-05-01 09:00:00"],
    ["R2", "FM", "2024-05-01 12:00:00", "2024-05-01 11:00:00"],
];

fn log(folder: &TempDir, file: &Path, more: &[&str]) -> Output {
    let headings = folder.path().join("headings.yaml");
    if !headings.exists() {
        std::fs::write(&headings, HEADINGS).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.args(["spectrum", "log"]).arg(file).arg("--headings").arg(headings).args(more).output().unwrap()
}

fn csv(folder: &TempDir) -> std::path::PathBuf {
    let rows: Vec<String> = ROWS.iter().map(|row| row.join(",")).collect();
    let file = folder.path().join("log.csv");
    std::fs::write(&file, format!("接收机,任务,开始时间,结束时间\n{}\n", rows.join("\n"))).unwrap();
    file
}

/// Times are dates of the workbook, as a vendor's program writes them.
fn xlsx(folder: &TempDir) -> std::path::PathBuf {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    sheet.write_row(0, 0, ["接收机", "任务", "开始时间", "结束时间"]).unwrap();
    for (row, [receiver, task, from, until]) in (1_u32..).zip(ROWS) {
        sheet.write_row(row, 0, [receiver, task]).unwrap();
        for (column, text) in [(2, from), (3, until)] {
            let time = ExcelDateTime::parse_from_str(&text.replace(' ', "T")).unwrap();
            sheet.write_with_format(row, column, &time, &date).unwrap();
        }
    }
    let file = folder.path().join("log.xlsx");
    book.save(&file).unwrap();
    file
}

#[test]
fn a_workbook_and_csv_claim_the_same_hours_and_bad_rows_are_named() {
    let folder = TempDir::new().unwrap();
    for file in [csv(&folder), xlsx(&folder)] {
        let output = log(&folder, &file, &["--json"]);
        let aloud = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{aloud}");
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let receivers = json!([
            {"receiver": "R1", "claimed_seconds": 12_600, "tasks": [
                {"task": "FM", "claimed_seconds": 7_200}, {"task": "GSM", "claimed_seconds": 9_000}]},
            {"receiver": "R2", "claimed_seconds": 3_600, "tasks": [{"task": "FM", "claimed_seconds": 3_600}]},
        ]);
        assert_eq!((&told["sessions"], &told["receivers"]), (&json!(3), &receivers), "{told}");
        let rows: Vec<&Value> = told["left_out"].as_array().unwrap().iter().map(|one| &one["row"]).collect();
        assert_eq!(rows, [&json!(5), &json!(6)], "{told}");
        assert!(aloud.contains(&file.display().to_string()) && aloud.contains(":6: "), "{aloud}");
        assert!(aloud.contains("不晚于开始时间") && aloud.contains("is not after the beginning"), "{aloud}");
    }
}

#[test]
fn a_log_or_headings_that_cannot_be_used_are_refused_in_both_languages() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("other.csv");
    std::fs::write(&file, "接收机,任务,开始时间\nR1,FM,2024-05-01 08:00:00\n").unwrap();
    let output = log(&folder, &file, &[]);
    let aloud = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{aloud}");
    assert!(aloud.contains("other.csv") && aloud.contains("结束时间"), "{aloud}");
    std::fs::write(folder.path().join("headings.yaml"), "receiver: [a]\ntasks: [b]\n").unwrap();
    let output = log(&folder, &csv(&folder), &[]);
    let aloud = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{aloud}");
    assert!(aloud.contains("headings.yaml") && aloud.contains("对照说明") && aloud.contains("session logs"), "{aloud}");
}
