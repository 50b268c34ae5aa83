//! Live sources: programs that scan cells, that fail, whose times cannot be true; a server of samples.

use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::server::wait;
use crate::{Station, plan, replay};

const CELLS: &str = "time,station,latitude,longitude,technology,mcc,mnc,area,cell,carrier,physical
2026-11-20T00:00:00Z,S1,22.5,113.0,lte,460,0,100,200,38950,5
2026-11-20T00:00:00Z,S1,22.5,113.0,lte,460,0,100,201,38950,6
2026-11-20T00:00:20Z,S1,22.5,113.0,lte,460,0,100,200,38950,5
2026-11-20T00:05:00Z,S1,22.5,113.0,lte,460,0,100,200,38950,5
";

fn flush(station: &Station) {
    station.once(&plan(10.0, &replay(&station.file("empty.csv", ""), "hackrf", 0)));
}

/// A log of cells backs the time from scan to scan within the revisit time, and no other; bad rows are told and left out.
#[test]
fn a_log_of_cells_backs_time_from_scan_to_scan() {
    let station = Station::new();
    let bad = format!("{CELLS}2026-11-20T00:05:10Z,S1,922.5,113.0,lte,460,0,100,200,38950,5\n");
    station.once(&plan(30.0, &replay(&station.file("cells.csv", &bad), "cells", 0)));
    let packages = station.server.packages();
    assert_eq!(station.server.backed().total_ns(), 20_000_000_000);
    let rows: String = packages.iter().filter_map(|one| one.rows()).collect();
    assert_eq!(rows.matches("38950").count(), 4 + packages.len() - 1);
    assert!(rows.starts_with("time,station,") && !rows.contains("922.5"));
    let said = station.status().said.watches[0].said.clone().unwrap();
    assert!(said.en.contains("latitude") && said.zh.contains("latitude"), "{said:?}");
}

/// A program that scans once is run as often as the revisit time says; a scan lasts as long as the program ran.
#[test]
fn a_scanning_program_is_run_again_and_again() {
    let station = Station::new();
    let file = station.file("cells.csv", CELLS);
    let began = Instant::now();
    let source = format!("{{kind: cells, command: [sh, -c, 'sleep 0.1; cat {}']}}", file.display());
    let beside = station.begin(&plan(0.3, &source));
    wait("five scans", || station.status().said.watches.iter().any(|watch| watch.counted >= 5));
    let told = beside.end();
    let ran = began.elapsed();
    flush(&station);
    assert!(told.iter().all(|one| one.moment.duration_ns >= 100_000_000));
    let backed = station.server.backed().total_ns();
    let own: i64 = told.iter().map(|one| one.moment.duration_ns).sum();
    assert!(backed >= i128::from(own) && backed <= ran.as_nanos() as i128, "{backed} of {ran:?}");
}

/// What a program prints of another time (an old log, a wrong zone) does not count as live; a program that fails is told and run again.
#[test]
fn times_outside_of_the_run_do_not_count() {
    let station = Station::new();
    let old = "2026-11-20, 08:00:10, 100000000, 100100000, 50000, 1, -50, -51, -51\n".repeat(3);
    let file = station.file("old.csv", &old);
    let ahead = "2027-11-20, 08:00:10, 100000000, 100100000, 50000, 1, -50, -51, -51\n";
    let future = station.file("future.csv", ahead);
    let command = format!("cat {} {}; exit 3", file.display(), future.display());
    let source = format!("{{kind: rtl_power, command: [sh, -c, '{command}'], integration_seconds: 10}}");
    let beside = station.begin(&plan(10.0, &source));
    wait("it fails", || station.status().said.watches.iter().any(|watch| watch.doing == guiju_station::Doing::Failed));
    assert!(beside.end().is_empty());
    flush(&station);
    assert!(station.server.packages().is_empty());
    let nowhere = station.begin(&plan(10.0, "{kind: hackrf, command: [/nonexistent/sweep]}"));
    wait("its absence is told", || {
        station.status().said.watches[0].said.as_ref().is_some_and(|said| said.en.contains("/nonexistent/sweep"))
    });
    nowhere.end();
}

/// A server of samples becomes spectra on the right bins, and no more time than passed.
#[test]
fn a_server_of_samples_becomes_spectra() {
    const RATE: u64 = 48_000;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"RTL0\0\0\0\x05\0\0\0\x1d").unwrap();
        let mut commands = stream.try_clone().unwrap();
        std::thread::spawn(move || std::io::copy(&mut commands, &mut std::io::sink()).map(|_| ()));
        let (began, mut sent) = (Instant::now(), 0u64);
        // A tone a quarter of the rate above the centre.
        let period = [[227u8, 127], [127, 227], [27, 127], [127, 27]];
        loop {
            let due = began.elapsed().as_millis() as u64 * RATE / 1_000;
            let block: Vec<u8> = (sent..due).flat_map(|n| period[(n % 4) as usize]).collect();
            sent = due;
            if stream.write_all(&block).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let station = Station::new();
    let source = format!(
        "{{kind: rtl_tcp, address: '{address}', centre_hz: 100000000, rate_hz: {RATE}, bins: 64, sweep_seconds: 0.2}}"
    );
    let began = Instant::now();
    let beside = station.begin(&plan(0.3, &source));
    wait("ten spectra", || station.status().said.watches.iter().any(|watch| watch.counted >= 10));
    beside.end();
    let ran = began.elapsed();
    flush(&station);
    let packages = station.server.packages();
    let header = &packages[0].header;
    assert_eq!((header.bins, header.bin_hz, header.low_hz), (64, 750.0, 100e6 - 24_375.0));
    let (moment, levels) = packages[0].sweeps().next().unwrap();
    assert!(!moment.overload);
    let loudest = levels.iter().enumerate().max_by_key(|(_, level)| **level).unwrap().0;
    assert_eq!(loudest, 32 + 16, "the tone is in another bin");
    let backed = station.server.backed().total_ns();
    assert!(backed >= 1_500_000_000 && backed <= ran.as_nanos() as i128, "{backed} of {ran:?}");
}
