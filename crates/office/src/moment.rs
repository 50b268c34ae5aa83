//! What time is it for the office? The only place that reads a clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant as Monotonic, SystemTime, UNIX_EPOCH};

use guiju_kernel::time::{self, Instant};

/// Where the office's `now` comes from. Records never run backwards whatever it says: the writer takes the later of this and the
/// latest record.
#[derive(Debug)]
pub enum OfficeClock {
    /// The machine's clock.
    System,
    /// A demonstration that is being served: goes on in real speed from the moment its year ended.
    Onward { from: i64, since: Monotonic },
    /// A simulated clock that its owner sets.
    Set(AtomicI64),
}

impl OfficeClock {
    pub fn onward(from: Instant) -> OfficeClock {
        OfficeClock::Onward { from: time::to_millis(from), since: Monotonic::now() }
    }

    pub fn set_to(at: Instant) -> OfficeClock {
        OfficeClock::Set(AtomicI64::new(time::to_millis(at)))
    }

    /// Moves a simulated clock; never backwards. Does nothing to the other kinds.
    pub fn advance(&self, to: Instant) {
        if let OfficeClock::Set(at) = self {
            at.fetch_max(time::to_millis(to), Ordering::Relaxed);
        }
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    pub fn now_ms(&self) -> i64 {
        match self {
            OfficeClock::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)),
            OfficeClock::Onward { from, since } => {
                from.saturating_add(i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX))
            }
            OfficeClock::Set(at) => at.load(Ordering::Relaxed),
        }
    }

    pub fn now(&self) -> Instant {
        time::from_millis(self.now_ms()).unwrap_or(Instant::UNIX_EPOCH)
    }
}
