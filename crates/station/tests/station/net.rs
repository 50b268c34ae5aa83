//! The net and the server: down for long, deaf, strict, with another clock; two agents in one folder.

use crate::server::{Mood, wait};
use crate::{Station, files, plan, replay};

const ROWS: &str = "2026-11-20, 08:00:10, 100000000, 100100000, 50000, 1, -50, -51, -51
2026-11-20, 08:00:20, 100000000, 100100000, 50000, 1, -50, -51, -51
2026-11-20, 09:00:10, 100000000, 100100000, 50000, 1, -50, -51, -51
2026-11-20, 10:00:10, 100000000, 100100000, 50000, 1, -50, -51, -51
";

fn recorded(station: &Station) -> String {
    plan(10.0, &replay(&station.file("log.csv", ROWS), "rtl_power", 10))
}

fn nothing(station: &Station) -> String {
    plan(10.0, &replay(&station.file("empty.csv", ""), "rtl_power", 10))
}

/// Everything is kept while the net is down, also over restarts, and delivered later; numbers go on.
#[test]
fn what_was_measured_while_the_net_was_down_is_delivered_later() {
    let station = Station::new();
    station.server.set(Mood::Down);
    let beside = station.begin(&recorded(&station));
    wait("three packages wait", || station.status().waiting == 3);
    wait("the trouble is told", || station.status().said.trouble.is_some());
    assert!(station.status().running);
    beside.end();
    assert!(station.server.packages().is_empty());
    let status = station.status();
    assert_eq!((status.running, status.waiting, status.journalled), (false, 3, 0));
    station.server.set(Mood::Up);
    station.once(&nothing(&station));
    assert_eq!(station.server.packages().len(), 3);
    assert_eq!(station.server.backed().total_ns(), 40_000_000_000);
    assert_eq!((station.status().waiting, station.status().acknowledged), (0, 3));
}

/// An answer that is lost is asked for again with the same bytes; the server sees no number twice.
#[test]
fn a_lost_receipt_is_asked_for_again_with_the_same_bytes() {
    let station = Station::new();
    station.server.set(Mood::Deaf);
    let beside = station.begin(&recorded(&station));
    station.server.wait("three attempts", |kept| kept.posts >= 3);
    beside.end();
    assert!(station.status().waiting >= 1 && station.status().acknowledged == 0);
    station.server.set(Mood::Up);
    station.once(&nothing(&station));
    assert_eq!(station.server.packages().len(), 3);
}

/// What the server refuses for good is put aside with its reason, keeps its number, and can be sent again.
#[test]
fn refused_packages_are_put_aside_with_their_reason() {
    let station = Station::new();
    station.server.set(Mood::Strict);
    station.once(&recorded(&station));
    assert_eq!((station.status().refused, station.status().waiting), (3, 0));
    let aside = files(&station.dir.join("refused"));
    let reason = aside.iter().find(|name| name.ends_with(".txt")).unwrap();
    assert!(std::fs::read_to_string(station.dir.join("refused").join(reason)).unwrap().contains("strict"));
    station.server.set(Mood::Up);
    let (folder, _) = guiju_station::Folder::open(&station.dir).unwrap();
    assert_eq!(guiju_station::send_refused_again(&folder).unwrap(), 3);
    let more = station.file("more.csv", &ROWS.replace("11-20", "11-21"));
    station.once(&plan(10.0, &replay(&more, "rtl_power", 10)));
    assert_eq!(station.server.packages().len(), 6);
}

/// The station's clock is three minutes fast: packages say so, and what the server cannot believe yet is kept, not lost.
#[test]
fn a_fast_clock_is_said_and_packages_wait_for_their_time() {
    let station = Station::new();
    station.server.kept.lock().unwrap().shift_ms = -180_000;
    station.once(&recorded(&station));
    for opened in station.server.packages() {
        let ahead = opened.header.clock_offset_ns.unwrap();
        assert!((ahead - 180_000_000_000).abs() < 2_000_000_000, "{ahead}");
    }
    assert_eq!(station.server.packages().len(), 3);
    // Now something that is measured now, which the slow server takes for the future.
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::Offset::constant(8).to_time_zone());
    let row = format!("{}, 100000000, 100100000, 50000, 1, -50, -51, -51\n", now.strftime("%Y-%m-%d, %H:%M:%S"));
    let beside = station.begin(&plan(10.0, &replay(&station.file("now.csv", &row), "rtl_power", 10)));
    wait("the package is refused for now", || {
        station.status().said.trouble.is_some_and(|said| said.en.contains("fast"))
    });
    assert_eq!((station.status().waiting, station.status().refused), (1, 0));
    // The server's clock comes near: it is taken.
    station.server.kept.lock().unwrap().shift_ms = 0;
    station.server.wait("the package is taken", |kept| kept.packages.len() == 4);
    beside.end();
}

/// Two agents would use one number twice: the second is refused at once.
#[test]
fn two_agents_in_one_folder_are_refused() {
    let station = Station::new();
    let beside = station.begin(&recorded(&station));
    wait("the first works", || station.status().running);
    let running = station.running(&recorded(&station), true);
    let fault = guiju_station::run(&running, &std::sync::Arc::default(), &mut |_| {}).unwrap_err();
    assert!(fault.en.contains("another agent") && fault.zh.contains("另一个采集程序"), "{fault}");
    assert!(guiju_station::Folder::init(&station.dir, "JH-01").is_err(), "a station was made anew over the old one");
    beside.end();
}

/// A key that is not the station's never signs.
#[test]
fn another_key_is_refused() {
    let station = Station::new();
    std::fs::write(station.dir.join("key"), hex::encode([7u8; 32])).unwrap();
    let running = station.running(&nothing(&station), true);
    assert!(guiju_station::run(&running, &std::sync::Arc::default(), &mut |_| {}).is_err());
    assert_eq!(station.identity.station, "JH-01");
}
