//! What happened elsewhere: stored as a claim with its source, past the guards, and judged by the audit.
//!
//! Refused nevertheless: a claim without its source or state, one in the future, anything in a case that has ended, and values
//! that are not of their field's kind. The record bears the name and tags of the act that the claim names, so that figures and
//! timelines see it, and its origin says `mirror`. Clocks start and stop where they can, so that a case that is still open has
//! its deadlines; nothing is issued, written, published or announced again.

use super::consulted::Consulted;
use super::decide::{begin, carry_out, check_fields, conflict, in_time, to_the_millisecond};
use super::definition::{Act, Procedure};
use super::judge::Scene;
use super::proposal::{Claim, Context, Decided, Proposal, Refusal, RefusalKind};
use super::sentence::{act_title, state_title, text};
use super::{actors, definition::Assigns};
use crate::case::Case;
use crate::record::{ActorKind, Origin};

pub(super) fn decide(
    def: &Procedure,
    act: &Act,
    case: Option<&Case>,
    proposal: &Proposal,
    ctx: &Context<'_>,
) -> Result<Decided, Box<Refusal>> {
    conflict(case, proposal)?;
    let (claim, claimed) = claimed(def, act, case, proposal)?;
    let done = to_the_millisecond(proposal.done);
    in_time(None, done, ctx)?;
    let subject = case.map_or(proposal.subject.as_deref(), |case| case.subject.as_deref());
    let mut consulted = Consulted::default();
    let mut scene = Scene { def, act, case, given: Some(&proposal.given), subject, at: done, ctx, drawing: false };
    let imported =
        proposal.by.first().is_some_and(|person| matches!(person.kind, ActorKind::Import | ActorKind::System));
    if !imported {
        // Whoever records it must be allowed to; those who are said to have done it elsewhere are part of the claim.
        let recorder = Proposal { by: proposal.by.iter().take(1).cloned().collect(), ..proposal.clone() };
        actors::check(&scene, &recorder, &mut consulted)?;
    }
    let checked = check_fields(&scene, proposal, true, &mut consulted)?;
    // Seating by the claimed act needs the field that names the unit; a state whose holder is assigned may be entered by an act
    // that assigns nobody, so the assignment of any other act is taken where its field is filled.
    let seats = def.acts.iter().find(|act| matches!(act.assigns, Some(Assigns::Fields { .. })));
    let noted = claim.act.as_deref().unwrap_or(&act.name);
    scene.act = claimed;
    let mut work = begin(&scene, noted, proposal, consulted, true);
    work.seat_claimed = seats;
    carry_out(work, &checked, case, Some(&claim.state))
}

/// The claim, and the act of the procedure that it speaks of; the recording act itself when it names none.
fn claimed<'a>(
    def: &'a Procedure,
    act: &'a Act,
    case: Option<&Case>,
    proposal: &'a Proposal,
) -> Result<(&'a Claim, &'a Act), Box<Refusal>> {
    let refuse = |kind, rule: &str, zh: String, en: String| Err(Refusal::new(kind, rule, text(zh, en)));
    let title = act_title(act);
    if let Some(case) = case.filter(|case| case.outcome.is_some()) {
        let state = state_title(def, &case.state);
        return refuse(
            RefusalKind::State,
            "state.ended",
            format!("本件已办结（{}），不能再“{}”", state.zh, title.zh),
            format!("this case has ended (`{}`), so `{}` is not possible", state.en, title.en),
        );
    }
    if proposal.origin == Origin::Own {
        return refuse(
            RefusalKind::Guard,
            "origin.source",
            format!("“{}”须写明来源系统、原编号和批次", title.zh),
            format!("`{}` needs the system, number and batch that it comes from", title.en),
        );
    }
    let Some(claim) = &proposal.claim else {
        return refuse(
            RefusalKind::Field,
            "claim.missing",
            format!("“{}”须写明原系统中的环节和状态", title.zh),
            format!("`{}` has to say what happened and which state it led to", title.en),
        );
    };
    if def.state(&claim.state).is_none() {
        return refuse(
            RefusalKind::Field,
            "claim.state",
            format!("没有“{}”这一状态", claim.state),
            format!("there is no state `{}`", claim.state),
        );
    }
    let Some(name) = &claim.act else { return Ok((claim, act)) };
    match def.act(name).filter(|act| !act.records_history) {
        Some(claimed) => Ok((claim, claimed)),
        None => refuse(
            RefusalKind::Field,
            "claim.act",
            format!("没有“{name}”这一环节"),
            format!("there is no act `{name}`"),
        ),
    }
}
