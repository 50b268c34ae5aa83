//! `guiju spectrum psd`: a file of samples becomes a spectrum; what is wrong with it is told in both languages with exit status 2.

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be made has failed")]

use std::f32::consts::TAU;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const RATE_HZ: f32 = 240_000.0;

fn psd(file: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guiju")).args(["spectrum", "psd"]).arg(file).args(more).output().unwrap()
}

/// A tone of amplitude 0.1 (-20 dB) and faint noise, as 32-bit floats. The tone lies on a bin: 48,000 Hz are 409.6 of 2,048 bins.
fn tone(folder: &TempDir, spoiled: bool) -> std::path::PathBuf {
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f32::from(u16::try_from(seed >> 16).unwrap()) / 65_536.0 - 0.5) * 1e-3
    };
    let mut bytes = Vec::new();
    for at in 0..200_000_u32 {
        let phase = TAU * ((at % 5) as f32) * (48_000.0 / RATE_HZ);
        let re = if spoiled && at == 90_000 { f32::NAN } else { 0.1 * phase.cos() + noise() };
        bytes.extend(re.to_le_bytes());
        bytes.extend((0.1 * phase.sin() + noise()).to_le_bytes());
    }
    let file = folder.path().join("tone.cf32");
    std::fs::write(&file, bytes).unwrap();
    file
}

#[test]
fn a_tone_is_found_where_it_is_and_as_strong_as_it_is() {
    let folder = TempDir::new().unwrap();
    let output =
        psd(&tone(&folder, false), &["--format", "cf32", "--rate", "240000", "--centre", "100000000", "--json"]);
    assert!(output.status.success());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["segments"], 194, "they overlap by half");
    let emissions = told["emissions"].as_array().unwrap();
    assert_eq!(emissions.len(), 1, "{emissions:?}");
    let number = |name: &str| emissions.first().unwrap()[name].as_f64().unwrap();
    assert!((number("centre_hz") - 100_048_000.0).abs() < 120.0, "within a bin: {}", number("centre_hz"));
    assert!((number("level_db") + 20.0).abs() < 0.5, "within half a decibel: {}", number("level_db"));
}

#[test]
fn samples_that_are_no_numbers_are_left_out_aloud() {
    let folder = TempDir::new().unwrap();
    let output = psd(&tone(&folder, true), &["--format", "cf32", "--rate", "240000", "--json"]);
    assert!(output.status.success());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&told["segments_left_out"], &told["segments"]),
        (&2.into(), &192.into()),
        "the two segments that it lies in"
    );
    assert!(String::from_utf8(output.stderr).unwrap().contains("已略去并计数"));
}

#[test]
fn what_is_wrong_is_told_in_both_languages() {
    let folder = TempDir::new().unwrap();
    let file = tone(&folder, false);
    let meta = folder.path().join("no-rate.sigmf-meta");
    let without = r#"{"global":{"core:datatype":"cf32_le","core:version":"1.2.5"},"captures":[{"core:sample_start":0}],"annotations":[]}"#;
    std::fs::write(&meta, without).unwrap();
    std::fs::write(folder.path().join("no-rate.sigmf-data"), [0_u8; 64]).unwrap();
    let cases: [(&Path, &[&str], &str, &str); 4] = [
        (&file, &[], "--rate", "say with --format"),
        (&file, &["--format", "cf32", "--rate", "0"], "采样率为0", "must be more than 0"),
        (&file, &["--format", "cf32", "--rate", "240000", "--bins", "3"], "超出范围", "out of range"),
        (&meta, &[], "core:sample_rate", "no sample rate is stated"),
    ];
    for (file, more, zh, en) in cases {
        let output = psd(file, more);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(zh) && told.contains(en), "{told}");
        assert!(told.contains(&file.display().to_string()) || more.contains(&"--bins"), "{told}");
    }
}
