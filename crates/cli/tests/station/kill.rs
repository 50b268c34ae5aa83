//! Killed at random moments: no measurement that was told to be durable is lost, none is made up, no number is missing or used twice.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::server::{Mood, Server};
use crate::twin::backed_ns;
use crate::{Ends, agent, init, nothing, plan};

/// A program that writes a sweep every few ms, and notes each stamp in `stamps` before it is written.
const SWEEP: &str = r#"cd "$(dirname "$0")"; export TZ=UTC-8
while :; do
  t=$(date "+%Y-%m-%d, %H:%M:%S.%6N")
  echo "$t" >> stamps
  echo "$t, 100000000, 105000000, 1000000.00, 20, -50.1, -51, -52, -53, -54"
  sleep 0.01
done"#;

fn stamps(log: &Path) -> Vec<i64> {
    let text = std::fs::read_to_string(log).unwrap();
    let zone = jiff::tz::Offset::constant(8).to_time_zone();
    let read = |line: &str| {
        let local: jiff::civil::DateTime = line.replace(", ", "T").parse().unwrap();
        i64::try_from(local.to_zoned(zone.clone()).unwrap().timestamp().as_nanosecond()).unwrap()
    };
    text.lines().map(read).collect()
}

/// Starts of the measurements that a run told to be durable; the last line may have been cut by the kill.
fn told(log: &Path) -> Vec<(i64, i64)> {
    let text = std::fs::read_to_string(log).unwrap();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let read = |line: &str| {
        let mut parts = line.split('\t').skip(1).map(|part| part.parse().unwrap());
        (parts.next().unwrap(), parts.next().unwrap())
    };
    whole.lines().map(read).collect()
}

/// A generator of moments (xorshift), so that a failure can be run again with its seed.
fn moments(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed), |x| {
        let x = x ^ (x << 13);
        let x = x ^ (x >> 7);
        Some(x ^ (x << 17))
    })
    .skip(1)
}

#[test]
fn whatever_was_told_durable_is_delivered_and_nothing_else() {
    let kills = std::env::var("GUIJU_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(12usize);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("station");
    let server = Server::new(&init(&dir));
    std::fs::write(folder.path().join("sweep.sh"), SWEEP).unwrap();
    let source = format!("{{kind: hackrf, command: [sh, {}]}}", folder.path().join("sweep.sh").display());
    let plan = plan(folder.path(), "plan.yaml", &source);
    let (mut durable, mut least_ns) = (BTreeSet::new(), 0);
    for (n, chance) in moments(0x51_7c_c1_b7_27_22_0a_95).take(kills).enumerate() {
        // The net fails as well: up, deaf, down.
        server.set([Mood::Up, Mood::Deaf, Mood::Up, Mood::Down][n % 4]);
        let log = folder.path().join(format!("told-{n}"));
        let mut command = agent(&dir, &plan, &server.url, &["--tell"]);
        command.stdout(std::fs::File::create(&log).unwrap());
        // Some are killed while they start and pack what the one before left.
        let span = if n % 3 == 0 { 300 } else { 1_500 };
        let run = Ends(command.spawn().unwrap());
        std::thread::sleep(Duration::from_millis(20 + chance % span));
        drop(run);
        let told = told(&log);
        least_ns += backed_ns(&told, 1_000_000_000);
        durable.extend(told.into_iter().map(|(start, _)| start));
    }
    server.set(Mood::Up);
    let flushed = agent(&dir, &nothing(folder.path()), &server.url, &["--once"]).stdout(Stdio::null()).status();
    assert!(flushed.unwrap().success());
    let packages = server.packages();
    let delivered: BTreeSet<i64> =
        packages.iter().flat_map(|one| one.moments().iter().map(|moment| moment.start_ns)).collect();
    let measured: BTreeSet<i64> = stamps(&folder.path().join("stamps")).into_iter().collect();
    eprintln!(
        "{kills} kills: {} measured, {} durable, {} delivered in {} packages",
        measured.len(),
        durable.len(),
        delivered.len(),
        packages.len()
    );
    assert!(durable.len() > kills * 5, "hardly anything was measured");
    let lost = durable.difference(&delivered).count();
    let made_up = delivered.difference(&measured).count();
    assert_eq!((lost, made_up), (0, 0), "lost, made up");
    // The hours lie between those of what was told and those of all that was measured.
    let all: Vec<(i64, i64)> = measured.iter().map(|start| (*start, 1_000)).collect();
    let backed = server.backed().total_ns();
    assert!(least_ns <= backed && backed <= backed_ns(&all, 1_000_000_000), "{least_ns} {backed}");
}
