//! Session logs become intervals by receiver, and calibration tables make dBm of relative levels, or nothing does.

#![expect(clippy::unwrap_used, reason = "a test ends where something does not hold")]

use guiju_spectrum::calibration::{Calibrations, Uncalibrated};
use guiju_spectrum::complaint::{Complaint, Done, Place};
use guiju_spectrum::hours::{Watch, watched_ns, whole_seconds};
use guiju_spectrum::level::RelativeDb;
use guiju_spectrum::read::Clock;
use guiju_spectrum::read::log::{Headings, Session, claimed, session_log};
use guiju_spectrum::read::sweep::Piece;
use proptest::prelude::*;

fn headings() -> Headings {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Headings {
        receiver: names(&["接收机", "receiver"]),
        task: names(&["任务", "task"]),
        from: names(&["开始时间", "from"]),
        until: names(&["结束时间", "until"]),
    }
}

fn read(text: &[u8]) -> (Vec<Session>, Vec<Complaint>) {
    let (mut sessions, mut complaints) = (Vec::new(), Vec::new());
    for row in session_log(text, &headings(), Clock::beijing()).unwrap() {
        match row {
            Ok(session) => sessions.push(session),
            Err(complaint) => complaints.push(complaint),
        }
    }
    (sessions, complaints)
}

#[test]
fn overlapping_sessions_of_one_receiver_count_once_and_only_where_data_back_them() {
    let log = "\u{feff}任务,接收机,开始时间,结束时间,备注\n\
        FM,R1,2024-05-01 08:00:00,2024-05-01 10:00:00,\"甲,乙\"\n\
        FM,R1,2024/05/01 09:00:00,2024/05/01 11:00:00\n\
        GSM,R2,2024-05-01T00:00:00Z,2024-05-01T02:00:00+00:00,\n";
    let (sessions, complaints) = read(log.as_bytes());
    assert!(complaints.is_empty(), "{complaints:?}");
    assert_eq!((sessions[0].line, sessions[0].task.as_str(), sessions[0].zone_assumed), (2, "FM", true));
    assert!(!sessions[2].zone_assumed);
    let backed = sessions[2].when;
    let receivers = claimed(sessions);
    let hours: Vec<i128> = receivers.values().map(|set| whole_seconds(set.total_ns()) / 3600).collect();
    assert_eq!(hours, [3, 2]);
    // Data exist for 08:00 to 10:00 in Beijing only.
    let watches: Vec<Watch> = receivers
        .into_values()
        .map(|claimed| {
            let mut watch = Watch { claimed: Some(claimed), ..Watch::default() };
            watch.backed.add(backed);
            watch
        })
        .collect();
    assert_eq!(whole_seconds(watched_ns(&watches)) / 3600, 4);
}

#[test]
fn a_bad_row_is_left_out_with_its_line_and_the_next_is_read() {
    let mut log = b"receiver,task,from,until\n,FM,2024-05-01 08:00:00,2024-05-01 09:00:00\n\
        R1,FM,2024-05-01 09:00:00,2024-05-01 09:00:00\n\nR1,FM,1970-01-01 09:00:00,2024-05-01 09:00:00\nR1,FM,2024-05-01 09:00:00\n"
        .to_vec();
    log.extend(b"R1,\xff,2024-05-01 08:00:00,2024-05-01 09:00:00\nR1,FM,2024-05-01 08:00:00,2024-05-01 09:00:00\n");
    let (sessions, complaints) = read(&log);
    let lines: Vec<&Place> = complaints.iter().map(|complaint| &complaint.place).collect();
    assert_eq!(lines, [&Place::Line(2), &Place::Line(3), &Place::Line(5), &Place::Line(6), &Place::Line(7)]);
    assert!(complaints.iter().all(|complaint| complaint.done == Done::LeftOut));
    assert_eq!((sessions.len(), sessions[0].line), (1, 8));
}

#[test]
fn a_quotation_mark_never_closed_spoils_its_own_row_only() {
    let good = "R1,FM,2024-05-01 08:00:00,2024-05-01 09:00:00\n";
    let (sessions, complaints) = read(format!("receiver,task,from,until\n{good}R1,\"FM,2024\n{good}").as_bytes());
    assert_eq!((sessions.len(), sessions[1].line), (2, 4));
    assert!(complaints.len() == 1 && complaints[0].place == Place::Line(3), "{complaints:?}");
}

#[test]
fn a_log_without_a_column_or_with_two_of_them_is_refused() {
    let refused = |text: &str| session_log(text.as_bytes(), &headings(), Clock::beijing()).unwrap_err().to_string();
    assert!(refused("receiver,task,from\n").contains("no column is headed `结束时间/until`"));
    assert!(refused("receiver,接收机,task,from,until\n").contains("more than one column is headed"));
    assert!(refused("").contains("no column"));
}

const TABLE: &str = "station,from,until,frequency_hz,offset_db\n\
    S1,2024-01-01 00:00:00,2025-01-01 00:00:00,200e6,-40\n\
    S1,2024-01-01 00:00:00,2025-01-01 00:00:00,100e6,-30\n\
    S1,2025-01-01 00:00:00,2026-01-01 00:00:00,100e6,-31\n";

fn tables(text: &str) -> Result<Calibrations, Complaint> {
    Calibrations::read(text.as_bytes(), &Clock::beijing())
}

/// 2024-12-31 16:00 UTC is midnight of the new year in Beijing.
const NEW_YEAR_NS: i64 = 1_735_660_800_000_000_000;

#[test]
fn offsets_are_interpolated_inside_and_never_guessed_outside() {
    let calibrations = tables(TABLE).unwrap();
    let old = calibrations.at("S1", NEW_YEAR_NS - 1).unwrap();
    let dbm = |hz: f64| old.apply(hz, RelativeDb(-20.0)).map(|level| level.dbm());
    assert_eq!((dbm(100e6), dbm(150e6), dbm(200e6)), (Ok(-50.0), Ok(-55.0), Ok(-60.0)));
    assert_eq!(dbm(200e6 + 1.0), Err(Uncalibrated::Frequency { hz: 200e6 + 1.0 }));
    assert_eq!(dbm(99e6), Err(Uncalibrated::Frequency { hz: 99e6 }));
    assert!(dbm(f64::NAN).is_err());
    let new = calibrations.at("S1", NEW_YEAR_NS).unwrap();
    assert!((new.apply(100e6, RelativeDb(0.0)).unwrap().dbm() + 31.0).abs() < 1e-6);
    assert_eq!(calibrations.at("S1", 0), Err(Uncalibrated::Time));
    assert_eq!(calibrations.at("S1", i64::MAX), Err(Uncalibrated::Time));
    assert_eq!(calibrations.at("S2", NEW_YEAR_NS), Err(Uncalibrated::Time));
    let piece = Piece { low_hz: 149e6, bin_width_hz: 2e6, levels: vec![RelativeDb(-10.0)] };
    assert!((old.apply_to(&piece).unwrap().levels[0].dbm() + 45.0).abs() < 1e-5);
    assert!(old.apply_to(&Piece { low_hz: 200e6, ..piece }).is_err());
    assert!(Uncalibrated::Time.zh().contains("相对dB") && Uncalibrated::Time.to_string().contains("relative dB"));
}

#[test]
fn a_table_that_contradicts_itself_is_refused_with_its_line() {
    let refused = |from: &str, to: &str| {
        assert!(TABLE.contains(from));
        tables(&TABLE.replace(from, to)).unwrap_err().place
    };
    assert_eq!(refused("2025-01-01 00:00:00,2026", "2024-06-01 00:00:00,2026"), Place::Field("S1".into()));
    assert_eq!(refused("100e6,-30", "200e6,-30"), Place::Line(3));
    assert_eq!(refused("100e6,-30", "100e6,nan"), Place::Line(3));
    assert_eq!(refused("100e6,-31", "0,-31"), Place::Line(4));
    assert_eq!(refused("100e6,-31", "x,-31"), Place::Line(4));
    assert_eq!(refused("100e6,-31", "100e6,-31\n\nS1,x,y,1,1"), Place::Line(6));
    assert!(tables("station\nS1\n").is_err());
}

proptest! {
    /// The slow twin walks along the points one by one.
    #[test]
    fn interpolation_equals_the_slow_twin(points in proptest::collection::btree_map(1_u32..1000, -50_i32..50, 1..8), hz in 0_u32..1001) {
        let rows: Vec<String> = points.iter().map(|(hz, db)| format!("S,2024-01-01 00:00:00,2025-01-01 00:00:00,{hz},{db}")).collect();
        let calibrations = tables(&format!("station,from,until,frequency_hz,offset_db\n{}\n", rows.join("\n"))).unwrap();
        let found = calibrations.at("S", NEW_YEAR_NS - 1).unwrap().apply(f64::from(hz), RelativeDb(0.0));
        let points: Vec<(u32, i32)> = points.into_iter().collect();
        let exact = points.iter().find(|point| point.0 == hz).map(|point| f64::from(point.1));
        let between = points.windows(2).find(|two| two[0].0 < hz && hz < two[1].0).map(|two| {
            let part = f64::from(hz - two[0].0) / f64::from(two[1].0 - two[0].0);
            f64::from(two[0].1) * (1.0 - part) + f64::from(two[1].1) * part
        });
        match exact.or(between) {
            Some(expected) => prop_assert!((f64::from(found.unwrap().dbm()) - expected).abs() < 1e-4),
            None => prop_assert!(found.is_err()),
        }
    }

    #[test]
    fn no_bytes_make_the_log_or_the_table_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let log = [b"receiver,task,from,until\n", bytes.as_slice()].concat();
        prop_assert!(session_log(log.as_slice(), &headings(), Clock::beijing()).unwrap().count() <= 201);
        let _ = Calibrations::read(bytes.as_slice(), &Clock::beijing());
    }
}
