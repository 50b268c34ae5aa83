//! Timers: which are due, and what the kernel says when they ring.

use guiju_kernel::case::Case;
use guiju_kernel::procedure::Context;
use guiju_kernel::time::{self, Instant, date_of};

use super::desk::Desk;
use super::facts::Book;
use super::pending::Pending;
use crate::answer::OfficeError;
use crate::moment::OfficeClock;

impl Desk {
    /// Rings every timer due at or before `now`, in order, each at its own moment.
    pub(super) async fn ring(&mut self, now: Instant, pending: &mut Pending) {
        let until = time::to_millis(now);
        while let Some((at, id, name)) = self.timers.first().filter(|(at, ..)| *at <= until).cloned() {
            self.timers.remove(&(at, id, name.clone()));
            if let Err(fault) = self.ring_one(at, id, &name, pending).await {
                tracing::error!(%fault, case = id, timer = name, "a timer could not ring");
            }
        }
    }

    async fn ring_one(&mut self, at: i64, id: u64, name: &str, pending: &mut Pending) -> Result<(), OfficeError> {
        let before = self.case(id).await?;
        if before.timers.get(name).map(|t| time::to_millis(*t)) != Some(at) {
            return Ok(());
        }
        let volume = self.shelf.volume(&before.pack)?.clone();
        let Some(procedure) = volume.procedure(&before.procedure, date_of(before.opened)) else { return Ok(()) };
        // A simulated clock leaps over its bells: they are recorded at their own moments. A real one that was not looked at rang
        // late, and the record says both: done at its moment, recorded now.
        let simulated = matches!(*self.clock, OfficeClock::Set(_));
        let now = self.now(time::from_millis(at).ok().filter(|_| simulated));
        let calendar = volume.calendar(now)?;
        loop {
            let (outcome, missed) = {
                let book = Book::new(&volume, &self.shelf.current, &self.numbers, &self.entries);
                let pack = self.shelf.current.pack.hash.as_str();
                let ctx = Context { now, calendar, facts: &book, next_seq: self.events.size(), pack };
                let outcome = guiju_kernel::procedure::ring(&procedure, &before, name, &ctx);
                (outcome, book.into_missed())
            };
            if !missed.is_empty() {
                self.learn(missed).await?;
                continue;
            }
            match outcome {
                Ok(decided) => {
                    self.accept(decided, Some(before), None, pending).await?;
                }
                Err(refusal) => tracing::warn!(case = id, timer = name, rule = refusal.rule, "a timer was refused"),
            }
            return Ok(());
        }
    }

    pub(super) fn move_timers(&mut self, before: Option<&Case>, after: &Case) {
        for (name, at) in before.iter().flat_map(|c| &c.timers) {
            self.timers.remove(&(time::to_millis(*at), after.id, name.clone()));
        }
        for (name, at) in &after.timers {
            self.timers.insert((time::to_millis(*at), after.id, name.clone()));
        }
    }
}
