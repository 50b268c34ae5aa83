//! Memory does not grow with the file: 64 MB of sweeps and of samples are read while the process stays as small as it was.

#![expect(clippy::indexing_slicing, reason = "a test ends where something does not hold")]

use std::io::{BufReader, Read};

use guiju_spectrum::read::Clock;
use guiju_spectrum::read::iq::{Capture, Encoding, SampleKind, raw};
use guiju_spectrum::read::sweep::{Options, rtl_power};
use guiju_testkit::facts::left_out;

/// How much the process may grow, in KiB.
const GROWTH_MOST_KIB: u64 = 8 << 10;
const FILE_BYTES: u64 = 64 << 20;

/// An endless table: one row over and over.
struct Endless {
    row: Vec<u8>,
    at: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.row[self.at..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at = (self.at + count) % self.row.len();
        Ok(count)
    }
}

/// The most memory that the process ever held, in KiB.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}

#[test]
fn a_large_file_is_read_in_little_memory() {
    let Some(before) = peak_kib() else {
        return left_out("peak memory is only known on Linux, so streaming was not measured");
    };
    let levels: Vec<String> = (0..1001).map(|bin| format!("{}.25", -(bin.min(999) % 90))).collect();
    let row = format!("2024-05-01, 08:00:00, 88000000, 89000000, 1000, 5, {}\n", levels.join(", ")).into_bytes();
    let rows = FILE_BYTES / row.len() as u64;
    let file = Endless { row, at: 0 }.take(FILE_BYTES);
    let read = rtl_power(BufReader::new(file), Options::new(Clock::beijing())).filter(|sweep| sweep.is_ok()).count();
    assert_eq!(read as u64, rows);
    let mut blocks =
        raw(std::io::repeat(127).take(FILE_BYTES), Encoding::iq(SampleKind::U8), 1e6, Capture::default()).unwrap();
    while blocks.next_block().unwrap().is_some() {}
    assert_eq!(blocks.tally().samples, FILE_BYTES / 2);
    let grown = peak_kib().unwrap() - before;
    assert!(grown < GROWTH_MOST_KIB, "the process grew by {grown} KiB");
}
