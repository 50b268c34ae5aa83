//! Deadlines that have run out and of which a procedure tells a role, wherever the case lies: what somebody is warned of beside the
//! cases on their own desk.

use std::collections::BTreeSet;

use guiju_kernel::case::Case;
use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::{Audience, Moment, Procedure, Text, TimerDef, TimerDoes};
use guiju_kernel::time::{Instant, to_millis};
use guiju_store::OverdueQuery;

use crate::answer::OfficeError;
use crate::cases::case_of;
use crate::office::Office;

/// Cases looked at in one unit for one procedure: those overdue the longest.
const LOOKED_AT: u32 = 50;
/// Thousandths of a clock when it has run out.
const WHOLE: u32 = 1_000;

/// A deadline that somebody is told of because it has run out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    pub case: u64,
    pub number: String,
    pub headline: String,
    /// What the procedure says to the role.
    pub says: Text,
    /// When the clock ran out.
    pub since: Instant,
}

impl Office {
    /// What this person is warned of, overdue the longest first. Looks at open cases of their organ only.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn alarms(&self, who: &Person) -> Result<Vec<Alarm>, OfficeError> {
        let now = self.now();
        let Some(query) = self.overdue(who, now) else { return Ok(Vec::new()) };
        let mut alarms: Vec<Alarm> = Vec::new();
        // One question, however many desks and cases there are.
        for stored in self.store.overdue(&query).await? {
            alarms.extend(self.alarms_of(&case_of(stored)?, who, now)?);
        }
        alarms.sort_by_key(|alarm| (alarm.since, alarm.case));
        Ok(alarms)
    }

    /// Where to look: every desk of the person's organ, for the procedures that tell one of their roles; nowhere if none does.
    fn overdue(&self, who: &Person, now: Instant) -> Option<OverdueQuery> {
        let pack = self.pack();
        let organ = pack.organs.iter().find(|organ| Some(&organ.id) == who.organ.as_ref())?;
        let procedures: BTreeSet<&String> =
            pack.procedures.iter().filter(|p| telling(p, who).next().is_some()).map(|p| &p.id).collect();
        let query = OverdueQuery {
            organ: organ.id.clone(),
            units: organ.units.iter().map(|unit| unit.id.clone()).collect(),
            procedures: procedures.into_iter().cloned().collect(),
            // What is due this very moment has run out.
            before: to_millis(now).saturating_add(1),
            most: LOOKED_AT,
        };
        Some(query).filter(|query| !query.procedures.is_empty())
    }

    fn alarms_of(&self, case: &Case, who: &Person, now: Instant) -> Result<Vec<Alarm>, OfficeError> {
        let procedure = self.procedure_of(case)?;
        let calendar = self.calendar()?;
        let mut alarms = Vec::new();
        for (timer, says) in telling(&procedure, who) {
            let Moment::Fraction { clock, .. } = &timer.at else { continue };
            let running = case.detail.clocks.iter().filter(|(key, clock_of)| {
                key.split('#').next() == Some(clock.as_str())
                    && clock_of.is_running()
                    && clock_of.open_pause().is_none()
            });
            let ends = running.filter_map(|(_, clock)| clock.due_at(calendar, now).ok()).map(|due| due.at);
            if let Some(since) = ends.filter(|end| *end <= now).min() {
                let (number, headline) = (case.number.clone(), case.headline.clone());
                alarms.push(Alarm { case: case.id, number, headline, says: says.clone(), since });
            }
        }
        Ok(alarms)
    }
}

/// The timers by which a procedure tells one of the person's roles that a clock has run out, with what it says.
fn telling<'p>(procedure: &'p Procedure, who: &'p Person) -> impl Iterator<Item = (&'p TimerDef, &'p Text)> {
    procedure.timers.iter().filter_map(|timer| {
        let (Moment::Fraction { per_mille, .. }, TimerDoes::Remind(told)) = (&timer.at, &timer.does) else {
            return None;
        };
        let to_them = told.iter().find(|told| matches!(&told.to, Audience::Role(role) if who.roles.contains(role)));
        to_them.filter(|_| *per_mille >= WHOLE).map(|told| (timer, &told.text))
    })
}
