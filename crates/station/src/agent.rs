//! The agent beside the receiver: sources measure, the recorder journals and packs, the sender sends. A thread each.
//!
//! What it does on a crash: nothing that was journalled is lost ([`crate::spool`]); the next run packs and sends it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use guiju_spectrum::package::Moment;

use crate::clock::{Watchman, now_ns};
use crate::fault::Fault;
use crate::folder::{Folder, Identity, names};
use crate::plan::Plan;
use crate::post::{Post, Round};
use crate::source::{self, Doing, Event, Line};
use crate::spool::{Limits, Spool};
use crate::status::{Said, Status, WatchStatus};
use crate::stretch::Subject;

/// How often the recorder looks after journals and its status.
const TICK: Duration = Duration::from_millis(200);
/// How often a status is written when nothing changed.
const STATUS_EVERY: Duration = Duration::from_secs(2);
/// The first pause after the server did not take a package; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The server's time is asked this often when nothing is sent.
const GREET_EVERY: Duration = Duration::from_secs(600);
/// Measurements that may wait for the disk.
const WAITING_MOST: usize = 64;

/// How an agent is run.
#[derive(Debug, Clone)]
pub struct Running {
    /// The station's folder.
    pub dir: PathBuf,
    /// What it watches.
    pub plan: Plan,
    /// Where packages go, `http://host:port`.
    pub server: String,
    /// The longest pause between two attempts to send.
    pub longest_pause: Duration,
    /// End when all sources have ended and everything was sent.
    pub once: bool,
}

/// A measurement that counts, because it is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The receiver that measured.
    pub receiver: String,
    /// When.
    pub moment: Moment,
}

/// What the sender knows, for the recorder.
#[derive(Debug, Default)]
struct Sending {
    offset_ns: Option<i64>,
    trouble: Option<Fault>,
    last_ms: Option<i64>,
}

/// Runs until `stop` is set (or everything is done, with `once`). `tell` hears of each measurement once it is durable.
///
/// # Errors
/// What keeps it from beginning: no station, another agent, a wrong server address. What goes wrong later is in the status.
pub fn run(running: &Running, stop: &Arc<AtomicBool>, tell: &mut dyn FnMut(&Counted)) -> Result<(), Fault> {
    let (folder, identity) = Folder::open(&running.dir)?;
    let _held = folder.hold()?;
    let mut post = Post::new(folder.clone(), &running.server)?;
    let limits = Limits {
        stretch: Duration::from_secs(u64::from(running.plan.package_minutes) * 60),
        reserve: running.plan.reserve_mib.saturating_mul(1 << 20),
        ntp: running.plan.ntp,
    };
    let spool = Spool::open(folder.clone(), identity.clone(), limits)?;
    post.greet();
    let sending = Arc::new(Mutex::new(Sending { offset_ns: post.offset.ns(), ..Sending::default() }));
    let (to, from) = sync_channel(WAITING_MOST);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| send(&mut post, &sending, &over, running));
        start_sources(scope, &running.plan, stop, to);
        let mut recorder = Recorder::new(spool, folder, &identity, running, &sending);
        recorder.work(&from, stop, tell);
        over.store(true, Ordering::Relaxed);
        recorder.farewell();
    });
    Ok(())
}

fn start_sources<'scope>(
    scope: &'scope std::thread::Scope<'scope, '_>,
    plan: &Plan,
    stop: &Arc<AtomicBool>,
    to: SyncSender<(usize, Event)>,
) {
    for (watch, planned) in plan.watches.iter().cloned().enumerate() {
        let line = Line { watch, to: to.clone(), stop: stop.clone() };
        scope.spawn(move || source::run(&planned, &line));
    }
}

/// Sends until everything is over.
fn send(post: &mut Post, sending: &Mutex<Sending>, over: &AtomicBool, running: &Running) {
    let mut pause = FIRST_PAUSE;
    let mut greeted = Instant::now();
    while !over.load(Ordering::Relaxed) {
        let round = post.round();
        if greeted.elapsed() > GREET_EVERY {
            post.greet();
            greeted = Instant::now();
        }
        {
            let mut known = sending.lock().unwrap_or_else(PoisonError::into_inner);
            known.offset_ns = post.offset.ns();
            if round == Round::Sent {
                known.last_ms = Some(now_ns().div_euclid(1_000_000));
            }
            known.trouble = match &round {
                Round::Later(fault) => Some(fault.clone()),
                Round::Sent | Round::Nothing => None,
            };
        }
        let wait = match round {
            Round::Sent => {
                pause = FIRST_PAUSE;
                continue;
            }
            Round::Nothing => TICK,
            Round::Later(_) => {
                let wait = pause.min(running.longest_pause);
                pause = (pause * 2).min(running.longest_pause);
                wait
            }
        };
        let until = Instant::now() + wait;
        while !over.load(Ordering::Relaxed) && Instant::now() < until {
            std::thread::sleep(TICK.min(until.saturating_duration_since(Instant::now())));
        }
    }
}

/// Journals what sources saw, packs it, and says how it goes.
struct Recorder<'a> {
    spool: Spool,
    folder: Folder,
    running: &'a Running,
    sending: &'a Mutex<Sending>,
    subjects: Vec<Subject>,
    status: Status,
    written: Instant,
    watchman: Watchman,
}

impl<'a> Recorder<'a> {
    fn new(
        spool: Spool,
        folder: Folder,
        identity: &Identity,
        running: &'a Running,
        sending: &'a Mutex<Sending>,
    ) -> Self {
        let watches = running.plan.watches.iter();
        let subjects = watches.clone().map(|watch| Subject {
            receiver: watch.receiver.clone(),
            task: watch.task.clone(),
            plan: running.plan.plan.clone(),
            revisit_ns: watch.revisit_ns(),
        });
        let of = |receiver: &String, task: &String| WatchStatus::new(receiver.clone(), task.clone());
        let status = Status {
            station: identity.station.clone(),
            reserve_bytes: running.plan.reserve_mib.saturating_mul(1 << 20),
            watches: watches.map(|watch| of(&watch.receiver, &watch.task)).collect(),
            ..Status::default()
        };
        let (written, watchman) = (Instant::now() - Duration::ZERO, Watchman::new());
        Self { spool, folder, running, sending, subjects: subjects.collect(), status, written, watchman }
    }

    fn work(&mut self, from: &Receiver<(usize, Event)>, stop: &AtomicBool, tell: &mut dyn FnMut(&Counted)) {
        self.look_after();
        let mut looked = Instant::now();
        loop {
            match from.recv_timeout(TICK) {
                Ok((watch, event)) => self.take(watch, event, tell),
                Err(RecvTimeoutError::Timeout) => {}
                // All sources have ended.
                Err(RecvTimeoutError::Disconnected) if stop.load(Ordering::Relaxed) => return,
                Err(RecvTimeoutError::Disconnected) => {
                    self.spool.close_all();
                    if self.running.once && self.look_after() && self.is_all_sent() {
                        return;
                    }
                    std::thread::sleep(TICK);
                }
            }
            if looked.elapsed() >= TICK {
                self.look_after();
                looked = Instant::now();
            }
        }
    }

    fn take(&mut self, watch: usize, event: Event, tell: &mut dyn FnMut(&Counted)) {
        let (Some(subject), Some(status)) = (self.subjects.get(watch), self.status.watches.get_mut(watch)) else {
            return;
        };
        match event {
            Event::Doing(doing) => status.doing = doing,
            Event::Said(fault) => status.say(fault),
            Event::Seen(seen) => match self.spool.record(subject, &seen) {
                Ok(moments) => {
                    status.counted += 1;
                    status.full = false;
                    for moment in moments {
                        status.last_ms = Some(moment.start_ns.div_euclid(1_000_000));
                        tell(&Counted { receiver: subject.receiver.clone(), moment });
                    }
                }
                Err(fault) => {
                    status.not_counted += 1;
                    status.full = true;
                    status.say(fault);
                }
            },
        }
    }

    /// Packs what is closed and writes the status; whether nothing is left to pack.
    fn look_after(&mut self) -> bool {
        let offset_ns = {
            let known = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
            self.status.trouble = known.trouble.clone().map(Said::of);
            self.status.sent_ms = known.last_ms;
            known.offset_ns
        };
        if self.watchman.was_set() {
            // What was measured before goes by the offset that was known then.
            self.spool.close_all();
        }
        self.spool.clock_offset_ns = offset_ns;
        self.status.clock_offset_ns = offset_ns;
        self.spool.close_silent();
        let packed = self.spool.pack();
        self.status.packing = packed.as_ref().err().cloned().map(Said::of);
        if self.written.elapsed() >= STATUS_EVERY || self.status.updated_ms == 0 {
            self.write_status();
        }
        packed.is_ok()
    }

    fn write_status(&mut self) {
        self.written = Instant::now();
        self.status.updated_ms = now_ns().div_euclid(1_000_000);
        // A full disk may refuse it; `status` looks at the disk itself.
        let _ = self.status.write(&self.folder);
    }

    fn is_all_sent(&self) -> bool {
        names(&self.folder.outbox(), ".gjsp").is_ok_and(|left| left.is_empty())
    }

    /// Packs everything, so that the next run has only to send.
    fn farewell(&mut self) {
        self.spool.close_all();
        for watch in &mut self.status.watches {
            watch.doing = Doing::Ended;
        }
        self.look_after();
        self.write_status();
    }
}
