//! Programs beside us that write what they measure to their standard output.

use std::io::{BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use guiju_spectrum::hours::Interval;
use guiju_spectrum::package::Moment;
use rustix::process::{Pid, Signal, kill_process_group};

use super::recording::{How, rows_of, sweeps as sweeps_of, timeless};
use super::{Event, LOOK, Line};
use crate::clock::{Watchman, now_ns};
use crate::fault::Fault;
use crate::plan::{Format, Source};
use crate::spool::Seen;

/// A stamp may lie before the program's start by this much, because programs cut stamps to the second.
const STAMP_NS: i64 = 1_500_000_000;
/// The longest output of one scan, in bytes.
const SCAN_MOST: u64 = 8 << 20;
/// How long a program may take to end once it was asked to.
const FAREWELL: Duration = Duration::from_secs(2);

/// Starts a program in a process group of its own, so that all of it can be ended.
fn start(command: &[String]) -> Result<Child, Fault> {
    let (program, arguments) = command.split_first().ok_or_else(|| ended("", "no command"))?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
    command.spawn().map_err(|fault| ended(program, &fault.to_string()))
}

/// Ends a program's group when the window closes, everything stops or the clock is set, until `over` says that it ended by itself.
fn guard(child: &Child, until_ns: i64, line: &Line, over: &AtomicBool) {
    let mut watchman = Watchman::new();
    while !over.load(Ordering::Relaxed) {
        if line.stopped() || now_ns() >= until_ns || watchman.was_set() {
            return end(child, over);
        }
        std::thread::sleep(LOOK);
    }
}

fn end(child: &Child, over: &AtomicBool) {
    let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    let _ = kill_process_group(group, Signal::TERM);
    let asked = std::time::Instant::now();
    while !over.load(Ordering::Relaxed) && asked.elapsed() < FAREWELL {
        std::thread::sleep(LOOK / 4);
    }
    if !over.load(Ordering::Relaxed) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Runs a program that goes on sweeping; `Ok` when it ended by itself or was ended.
pub(super) fn sweeps(source: &Source, until_ns: i64, line: &Line) -> Result<(), Fault> {
    let (command, how) = match source {
        Source::RtlPower { command, integration_seconds, zone_hours } => {
            let (integration_seconds, zone_hours) = (*integration_seconds, *zone_hours);
            (command, How { format: Format::RtlPower, integration_seconds, zone_hours })
        }
        Source::Hackrf { command, zone_hours } => {
            (command, How { format: Format::Hackrf, integration_seconds: 0.0, zone_hours: *zone_hours })
        }
        _ => return Ok(()),
    };
    let began_ns = now_ns();
    let mut child = start(command)?;
    let output = child.stdout.take();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| guard(&child, until_ns, line, &over));
        let read = output.map(|output| listen(output, how, began_ns, line));
        over.store(true, Ordering::Relaxed);
        read.unwrap_or(Ok(()))
    })?;
    farewell(child, command)
}

fn listen(output: impl Read, how: How, began_ns: i64, line: &Line) -> Result<(), Fault> {
    for read in sweeps_of(Box::new(BufReader::new(output)), how)? {
        let event = match read {
            Ok(sweep) => match sweep.when.map(|when| live(when, began_ns)) {
                Some(Ok(moment)) => Event::Seen(Seen::Sweep { moment, sweep }),
                Some(Err(fault)) => Event::Said(fault),
                None => Event::Said(timeless()),
            },
            Err(complaint) => Event::Said(complaint.into()),
        };
        if !line.say(event) {
            break;
        }
    }
    Ok(())
}

/// The time of a sweep, cut to the program's run.
fn live(when: Interval, began_ns: i64) -> Result<Moment, Fault> {
    let (from, until) = (when.from_ns().max(began_ns), when.until_ns().min(now_ns()));
    let cut = Interval::new(from, until).filter(|_| when.from_ns() >= began_ns - STAMP_NS);
    let cut = cut.ok_or_else(|| {
        Fault::new(
            "扫描的时间不在程序运行期间，没有计入；请核对`zone_hours`和`integration_seconds`",
            "a sweep's time lies outside of the program's run, so it does not count; check `zone_hours` and `integration_seconds`",
        )
    })?;
    Ok(Moment { start_ns: cut.from_ns(), duration_ns: cut.until_ns() - cut.from_ns(), overload: false })
}

/// Runs a program once for each scan, as often as the revisit time says.
pub(super) fn scans(command: &[String], revisit_ns: i64, until_ns: i64, line: &Line) -> Result<(), Fault> {
    while !line.stopped() && now_ns() < until_ns {
        let start_ns = now_ns();
        let text = scan(command, until_ns, line)?;
        let duration_ns = now_ns() - start_ns;
        if line.stopped() || duration_ns <= 0 {
            return Ok(());
        }
        let (heading, rows, faults) = rows_of(&text, "cells");
        let whole = faults.is_empty() || !rows.is_empty();
        for fault in faults {
            line.say(Event::Said(fault));
        }
        if whole {
            let moment = Moment { start_ns, duration_ns, overload: false };
            let rows = rows.into_iter().map(|(_, row)| row).collect();
            line.say(Event::Seen(Seen::Scan { moment, heading, rows }));
        }
        let wait_ns = start_ns.saturating_add(revisit_ns).saturating_sub(now_ns());
        line.sleep(Duration::from_nanos(u64::try_from(wait_ns).unwrap_or(0)));
    }
    Ok(())
}

/// One scan's output.
fn scan(command: &[String], until_ns: i64, line: &Line) -> Result<String, Fault> {
    let mut child = start(command)?;
    let output = child.stdout.take();
    let over = AtomicBool::new(false);
    let mut text = String::new();
    std::thread::scope(|scope| {
        scope.spawn(|| guard(&child, until_ns, line, &over));
        let read = output.map(|output| output.take(SCAN_MOST).read_to_string(&mut text));
        over.store(true, Ordering::Relaxed);
        read.transpose()
    })
    .map_err(|fault| ended(command.first().map_or("", String::as_str), &fault.to_string()))?;
    farewell(child, command)?;
    Ok(text)
}

/// Waits for the end of a program that closed its output, and says how it ended.
fn farewell(mut child: Child, command: &[String]) -> Result<(), Fault> {
    let program = command.first().map_or("", String::as_str);
    let closed = std::time::Instant::now();
    while matches!(child.try_wait(), Ok(None)) && closed.elapsed() < FAREWELL {
        std::thread::sleep(LOOK / 4);
    }
    if matches!(child.try_wait(), Ok(None)) {
        end(&child, &AtomicBool::new(false));
    }
    let status = child.wait().map_err(|fault| ended(program, &fault.to_string()))?;
    if status.success() { Ok(()) } else { Err(ended(program, &status.to_string())) }
}

fn ended(program: &str, why: &str) -> Fault {
    Fault::new(
        format!("`{program}`运行失败（{why}），请检查接收机和命令；稍后自动重启"),
        format!("`{program}` failed ({why}); check the receiver and the command. It is started again by itself"),
    )
}
