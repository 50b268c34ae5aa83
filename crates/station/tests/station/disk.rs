//! The disk: full, and with room again; a journal that a crash cut off.

use std::path::{Path, PathBuf};
use std::process::Command;

use guiju_spectrum::package::Moment;

use crate::server::{Mood, Server, wait};
use crate::{Station, files, plan, replay};

/// A small disk of its own, where the system lets us make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mounted(at: &Path) -> Option<Self> {
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(at).output().ok()?;
        done.status.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A program that writes a sweep of 2,000 bins every 20 ms or so, and notes each stamp in `stamps` before it is written.
fn sweeping(beside: &Path) -> String {
    let levels: String = (0..2_000u32).map(|n| format!(", -{}.5", 40 + n * 7 % 30)).collect();
    std::fs::write(beside.join("levels"), levels).unwrap();
    let script = r#"cd "$(dirname "$0")"; export TZ=UTC-8; levels=$(cat levels)
while :; do
  t=$(date "+%Y-%m-%d, %H:%M:%S.%6N")
  echo "$t" >> stamps
  echo "$t, 100000000, 102000000, 1000.00, 20$levels"
  sleep 0.02
done"#;
    std::fs::write(beside.join("sweep.sh"), script).unwrap();
    format!("{{kind: hackrf, command: [sh, {}]}}", beside.join("sweep.sh").display())
}

fn stamps(log: &Path) -> Vec<i64> {
    let text = std::fs::read_to_string(log).unwrap();
    let zone = jiff::tz::Offset::constant(8).to_time_zone();
    let read = |line: &str| {
        let local: jiff::civil::DateTime = line.replace(", ", "T").parse().unwrap();
        i64::try_from(local.to_zoned(zone.clone()).unwrap().timestamp().as_nanosecond()).unwrap()
    };
    text.lines().map(read).collect()
}

/// A full disk stops the counting and loses nothing; with room again it goes on; what was told is delivered, and nothing else.
#[test]
fn a_full_disk_stops_the_counting_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mounted(folder.path()) else {
        eprintln!("SKIPPED: a small disk cannot be mounted here (not root?)");
        return;
    };
    let dir = disk.0.join("station");
    let (_, identity) = guiju_station::Folder::init(&dir, "JH-01").unwrap();
    let outside = tempfile::tempdir().unwrap();
    let station = Station { server: Server::new(&identity.public_key), dir, identity, _folder: outside };
    let ballast = disk.0.join("ballast");
    std::fs::write(&ballast, vec![1; 2_400_000]).unwrap();
    let log = station._folder.path().join("stamps");
    station.server.set(Mood::Down);
    let beside = station.begin(&plan(5.0, &sweeping(station._folder.path())));
    wait("the disk is full", || station.status().said.watches.iter().any(|watch| watch.not_counted > 20));
    let status = station.status();
    assert!(status.full && status.said.watches[0].said.is_some(), "the status does not say that the disk is full");
    let counted = status.said.watches[0].counted;
    std::fs::remove_file(&ballast).unwrap();
    wait("it goes on", || station.status().said.watches[0].counted > counted + 20);
    station.server.set(Mood::Up);
    let told: Vec<Moment> = beside.end().into_iter().map(|one| one.moment).collect();
    let empty = station.file("empty.csv", "");
    station.once(&plan(5.0, &replay(&empty, "hackrf", 0)));
    let packages = station.server.packages();
    let delivered: Vec<i64> =
        packages.iter().flat_map(|one| one.moments().iter().map(|moment| moment.start_ns)).collect();
    let missing = told.iter().filter(|moment| !delivered.contains(&moment.start_ns)).count();
    assert_eq!(missing, 0, "of {} that counted", told.len());
    let emitted = stamps(&log);
    assert!(delivered.iter().all(|start| emitted.contains(start)), "something was delivered that was never measured");
    assert!(told.len() < emitted.len() - 20, "the disk was never full");
}

/// Room below the reserve counts as full, before anything fails.
#[test]
fn the_reserve_is_kept() {
    let station = Station::new();
    let rows = "2026-11-20, 08:00:10, 100000000, 100100000, 50000, 1, -50, -51, -51\n";
    let file = station.file("log.csv", rows);
    let plan = plan(10.0, &replay(&file, "rtl_power", 10)).replace("reserve_mib: 0", "reserve_mib: 1000000000");
    assert!(station.once(&plan).is_empty());
    let status = station.status();
    assert!(status.full && status.said.watches[0].not_counted == 1);
    assert!(station.server.packages().is_empty());
}

/// A crash left a journal whose last record is torn: its whole records are packed, under the next number.
#[test]
fn a_torn_journal_is_packed_up_to_its_last_whole_record() {
    let station = Station::new();
    station.server.set(Mood::Down);
    let beside = station.begin(&plan(5.0, &sweeping(station._folder.path())));
    wait("something is journalled", || station.status().journalled > 10);
    // The journal as it is at this moment, before the run ends and packs it.
    let open = station.dir.join("open");
    let name = files(&open)[0].clone();
    let bytes = std::fs::read(open.join(&name)).unwrap();
    beside.end();
    for file in files(&station.dir.join("outbox")) {
        std::fs::remove_file(station.dir.join("outbox").join(file)).unwrap();
    }
    // Somewhere in the fifth record of 4,017 bytes and 12 of frame, after the heading.
    let heading = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize + 12;
    std::fs::write(open.join(&name), &bytes[..heading + 4 * 4_029 + 1_000]).unwrap();
    std::fs::write(open.join("00000000000000000000-00000000.jnl"), b"GJ").unwrap();
    station.server.set(Mood::Up);
    station.once(&plan(5.0, &replay(&station.file("empty.csv", ""), "hackrf", 0)));
    let packages = station.server.packages();
    assert_eq!(packages.iter().map(|one| one.moments().len()).collect::<Vec<_>>(), [4]);
    assert!(files(&open).is_empty());
}

/// A crash came between a package and the removal of its journal: it is not packed twice, neither beside its package nor once that was
/// acknowledged.
#[test]
fn a_journal_that_was_packed_is_not_packed_again() {
    let station = Station::new();
    station.server.set(Mood::Down);
    let beside = station.begin(&plan(5.0, &sweeping(station._folder.path())));
    wait("something is journalled", || station.status().journalled > 10);
    let open = station.dir.join("open");
    let name = files(&open)[0].clone();
    let bytes = std::fs::read(open.join(&name)).unwrap();
    beside.end();
    assert_eq!(station.status().waiting, 1);
    let empty = station.file("empty.csv", "");
    station.server.set(Mood::Up);
    for round in 0..2 {
        std::fs::write(open.join(&name), &bytes).unwrap();
        station.once(&plan(5.0, &replay(&empty, "hackrf", 0)));
        assert_eq!(station.server.packages().len(), 1, "round {round}");
        assert!(files(&open).is_empty());
    }
}
