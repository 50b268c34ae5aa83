//! What measures: programs beside us, servers of samples, recordings. Each runs in a thread of its own and tells the recorder what it saw.
//!
//! Refuses to believe a live source's time outside of its own run: nothing before it was started, nothing in the future.

mod command;
pub(crate) mod recording;
mod samples;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use crate::clock::now_ns;
use crate::fault::Fault;
use crate::plan::{Source, Watch};
use crate::spool::Seen;

const NS_PER_S: i64 = 1_000_000_000;
/// The first pause before a source that ended is started again; it doubles with each failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How often a waiting source looks whether it is time.
const LOOK: Duration = Duration::from_millis(100);

/// What a source tells the recorder.
#[derive(Debug)]
pub(crate) enum Event {
    /// It measured something.
    Seen(Seen),
    /// It left something out, or failed, and why.
    Said(Fault),
    /// What it is doing now.
    Doing(Doing),
}

/// What a source is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Its window is not open.
    Waiting,
    /// Its program runs.
    Measuring,
    /// Its program ended too early and is started again soon.
    Failed,
    /// It will measure nothing more.
    Ended,
}

/// The line from one source to the recorder.
#[derive(Debug)]
pub(crate) struct Line {
    /// The place of its watch in the plan.
    pub(crate) watch: usize,
    pub(crate) to: SyncSender<(usize, Event)>,
    pub(crate) stop: Arc<AtomicBool>,
}

impl Line {
    /// Says something; `false` when nobody listens any more.
    pub(crate) fn say(&self, event: Event) -> bool {
        self.to.send((self.watch, event)).is_ok()
    }

    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Sleeps, but not beyond a stop.
    fn sleep(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while !self.stopped() && Instant::now() < until {
            std::thread::sleep(LOOK.min(until.saturating_duration_since(Instant::now())));
        }
    }
}

/// Runs a watch until it is over or everything stops.
pub(crate) fn run(watch: &Watch, line: &Line) {
    let mut pause = FIRST_PAUSE;
    while !line.stopped() {
        if let Source::Replay { file, format, integration_seconds, zone_hours } = &watch.source {
            let how =
                recording::How { format: *format, integration_seconds: *integration_seconds, zone_hours: *zone_hours };
            line.say(Event::Doing(Doing::Measuring));
            let mut say = |event| line.say(event) && !line.stopped();
            if let Err(fault) = recording::read(file, how, &mut say) {
                line.say(Event::Said(fault));
            }
            break;
        }
        let Some(until) = watch.open_until(now_ns().div_euclid(NS_PER_S)) else {
            line.say(Event::Doing(Doing::Waiting));
            line.sleep(LONGEST_PAUSE.min(Duration::from_secs(1)));
            continue;
        };
        line.say(Event::Doing(Doing::Measuring));
        let began = Instant::now();
        let until_ns = until.saturating_mul(NS_PER_S);
        let outcome = match &watch.source {
            Source::Cells { command } => command::scans(command, watch.revisit_ns(), until_ns, line),
            Source::RtlTcp { .. } => samples::measure(&watch.source, until_ns, line),
            _ => command::sweeps(&watch.source, until_ns, line),
        };
        if line.stopped() || now_ns() >= until_ns {
            pause = FIRST_PAUSE;
            continue;
        }
        if let Err(fault) = outcome {
            line.say(Event::Said(fault));
        }
        line.say(Event::Doing(Doing::Failed));
        // What ran for long is started again at once; what fails again and again waits longer and longer.
        pause = if began.elapsed() > LONGEST_PAUSE { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        line.sleep(pause / 2);
    }
    line.say(Event::Doing(Doing::Ended));
}
