//! Which acts may this person do now, and why not the others? What the buttons of a case file say.
//!
//! Asked are the rules that do not depend on what is typed into the form: state, guards, persons, how often. A guard over a field
//! that the act itself takes is left to the form. Acts that only timers or imports do are not listed.

use super::consulted::Consulted;
use super::decide::{at_most, from_state, latest_done, not_now};
use super::definition::{Act, Procedure};
use super::desks::co_handler;
use super::judge::Scene;
use super::proposal::{Context, Lawful, Person, Refusal};
use super::{actors, decide};
use crate::case::Case;
use crate::record::ActorKind;

/// Lists the acts in the order of the definition, each with the first refusal, if any. Without a case: those that open one.
pub fn lawful_acts(def: &Procedure, case: Option<&Case>, person: &Person, ctx: &Context<'_>) -> Vec<Lawful> {
    let by_hand = |act: &&Act| !act.records_history && act.by.iter().any(|rule| !rule.timer);
    def.acts
        .iter()
        .filter(by_hand)
        .filter(|act| act.from.is_empty() == case.is_none())
        .map(|act| Lawful {
            act: act.name.clone(),
            refusal: refusal(def, act, case, person, ctx).err().map(|refusal| *refusal),
        })
        .collect()
}

fn refusal(
    def: &Procedure,
    act: &Act,
    case: Option<&Case>,
    person: &Person,
    ctx: &Context<'_>,
) -> Result<(), Box<Refusal>> {
    let own = || person.party.as_deref().filter(|_| person.kind == ActorKind::Party);
    let subject = case.map_or_else(own, |case| case.subject.as_deref());
    // A paper act may be older than now, but a button is pressed now; the clock of a demonstration may stand still.
    let at = case.map_or(ctx.now, |case| ctx.now.max(latest_done(case)));
    let scene = Scene { def, act, case, given: None, subject, at, ctx, drawing: true };
    let mut consulted = Consulted::default();
    decide::opens_or_moves(act, case)?;
    from_state(&scene, &mut consulted)?;
    let organ = person.organ.as_deref().unwrap_or_default();
    actors::one_of(&scene, person, organ, &mut consulted)?;
    if let Some(case) = case.filter(|_| act.joins) {
        co_handler(case, act, person)?;
    }
    at_most(act, case)?;
    scene.require(&act.when, &format!("act.{}.when", act.name), not_now(act), &mut consulted)
}
