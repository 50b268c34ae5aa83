//! The calendar has changed: which deadlines and bells of a case does that move?
//!
//! A notice of holidays may move what was provisional. The office asks this for every open case when it loads one; where something
//! moves, the record says so, and nothing else of the case changes. Bells that have rung do not ring again.

use super::consulted::Consulted;
use super::decide::{begin, latest_done, to_the_millisecond};
use super::definition::{Act, Procedure};
use super::judge::Scene;
use super::proposal::{Context, Decided, Person, Refusal};
use super::ring::{bell, by_itself, of_program};
use crate::case::Case;
use crate::record::ActorKind;

/// The act under which moved deadlines are recorded.
pub const RECOUNT: &str = "recount";

/// Counts the deadlines and bells of a case anew by the calendar of the context; nothing when none moves.
///
/// # Errors
/// A [`Refusal`] when a clock cannot be counted.
pub fn recount(def: &Procedure, case: &Case, ctx: &Context<'_>) -> Result<Option<Decided>, Box<Refusal>> {
    if case.outcome.is_some() {
        return Ok(None);
    }
    let done = to_the_millisecond(ctx.now.max(latest_done(case)));
    let proposal = of_program(case, Person { kind: ActorKind::System, ..bell("calendar") }, done);
    let act = Act::default();
    let subject = case.subject.as_deref();
    let scene = Scene { def, act: &act, case: Some(case), given: None, subject, at: done, ctx, drawing: false };
    let mut work = begin(&scene, RECOUNT, &proposal, Consulted::default(), false);
    work.recount_timers()?;
    work.set_dues();
    if work.case.parts == case.parts && work.case.timers == case.timers {
        return Ok(None);
    }
    let consulted = work.consulted.into_members();
    by_itself(def, case, work.case, &proposal, ctx, RECOUNT, consulted).map(Some)
}
