//! A timer's moment has come: what happens by itself?
//!
//! The office calls [`ring`] for each timer that is due. The timer does its act through the same door as everybody; if its own
//! condition or a rule of the act no longer allows it, the record says that it lapsed, and it rings no more. A reminder is a
//! record too, so that one can show who was told and when.

use serde_json::{Map, Value};

use super::consulted::Consulted;
use super::decide::{decide, doer, latest_done, to_the_millisecond};
use super::definition::{Procedure, TimerDef, TimerDoes};
use super::effects;
use super::judge::{Scene, Verdict};
use super::outputs::unwritable;
use super::proposal::{Context, Decided, Person, Proposal, Refusal, RefusalKind};
use super::sentence::{act_title, shown, text};
use crate::case::Case;
use crate::record::{ActorKind, CaseStep, Origin, Record};
use crate::time::{self, Instant};

/// The act under which a reminder is recorded.
pub const REMIND: &str = "remind";
/// The act under which a timer that has nothing to do any more is recorded.
pub const LAPSE: &str = "lapse";

/// Lets a timer of the case ring: the act is dated at the timer's moment, or at the latest act of the case if that came after.
///
/// # Errors
/// A [`Refusal`] when there is no such timer, when its moment has not come, or when the case cannot be written.
pub fn ring(def: &Procedure, case: &Case, timer: &str, ctx: &Context<'_>) -> Result<Decided, Box<Refusal>> {
    let at = due(case, timer, ctx)?;
    let done = to_the_millisecond(at.max(latest_done(case)).min(ctx.now));
    let proposal = of_program(case, bell(timer), done);
    let Some(meaning) = definition(def, timer) else { return only_ring(def, case, &proposal, ctx, LAPSE, None) };
    match &meaning.does {
        TimerDoes::Act(act) => {
            let acting = Proposal { act: act.clone(), ..proposal.clone() };
            match decide(def, Some(case), &acting, ctx) {
                Ok(decided) => Ok(decided),
                Err(refusal) => only_ring(def, case, &proposal, ctx, LAPSE, Some(&refusal.rule)),
            }
        }
        TimerDoes::Remind(notify) => {
            let act = super::definition::Act::default();
            let scene = Scene {
                def,
                act: &act,
                case: Some(case),
                given: None,
                subject: case.subject.as_deref(),
                at: done,
                ctx,
                drawing: false,
            };
            if scene.judge(&meaning.when, &mut Consulted::default()) != Verdict::Holds {
                return only_ring(def, case, &proposal, ctx, LAPSE, Some("timer.when"));
            }
            let mut decided = only_ring(def, case, &proposal, ctx, REMIND, None)?;
            decided.notify.clone_from(notify);
            Ok(decided)
        }
    }
}

/// Who acts when a timer rings.
pub fn bell(timer: &str) -> Person {
    Person {
        kind: ActorKind::Timer,
        id: timer.to_owned(),
        organ: None,
        unit: None,
        roles: std::collections::BTreeSet::new(),
        party: None,
        cards: Vec::new(),
        qualifications: std::collections::BTreeSet::new(),
        recused: std::collections::BTreeSet::new(),
    }
}

/// `name#2` is the timer of part 2's sub-clock.
fn definition<'d>(def: &'d Procedure, timer: &str) -> Option<&'d TimerDef> {
    let base = timer.split_once('#').map_or(timer, |(base, _)| base);
    def.timers.iter().find(|def| def.name == base)
}

fn due(case: &Case, timer: &str, ctx: &Context<'_>) -> Result<Instant, Box<Refusal>> {
    let Some(at) = case.timers.get(timer).copied() else {
        let why = text(format!("本件没有待响的定时“{timer}”"), format!("no timer `{timer}` is set in this case"));
        return Err(Refusal::new(RefusalKind::Time, "timer.unset", why));
    };
    if at <= ctx.now {
        return Ok(at);
    }
    let said = time::print(at);
    let why = text(format!("定时“{timer}”到 {said} 才响"), format!("the timer `{timer}` rings at {said}, not before"));
    Err(Refusal::new(RefusalKind::Time, "timer.early", why))
}

/// A timer may do only what its definition says, when its moment has come and its condition holds.
pub(super) fn check(scene: &Scene<'_>, proposal: &Proposal, consulted: &mut Consulted) -> Result<(), Box<Refusal>> {
    let (Some(case), Some(bell)) = (scene.case, proposal.by.first()) else { return Ok(()) };
    due(case, &bell.id, scene.ctx)?;
    let title = act_title(scene.act);
    let meaning = definition(scene.def, &bell.id).filter(|timer| timer.does == TimerDoes::Act(scene.act.name.clone()));
    let Some(meaning) = meaning else {
        let why = text(
            format!("定时“{}”不办理“{}”", bell.id, title.zh),
            format!("the timer `{}` does not do `{}`", bell.id, title.en),
        );
        return Err(Refusal::new(RefusalKind::Actor, "timer.act", why));
    };
    let name = shown(&meaning.title, &meaning.name);
    let why = text(
        format!("定时“{}”的条件不成立", name.zh),
        format!("the condition of the timer `{}` does not hold", name.en),
    );
    scene.require(&meaning.when, "timer.when", why, consulted)
}

/// A record that changes nothing but the timer.
fn only_ring(
    def: &Procedure,
    case: &Case,
    proposal: &Proposal,
    ctx: &Context<'_>,
    act: &str,
    because: Option<&str>,
) -> Result<Decided, Box<Refusal>> {
    let mut after = case.clone();
    for bell in &proposal.by {
        after.timers.remove(&bell.id);
    }
    let because = because.map(|rule| ("rule".to_owned(), Value::String(rule.to_owned())));
    by_itself(def, case, after, proposal, ctx, act, because.into_iter().collect())
}

/// The record of what the program does to a case without a rule of its procedure.
pub(super) fn by_itself(
    def: &Procedure,
    before: &Case,
    mut after: Case,
    proposal: &Proposal,
    ctx: &Context<'_>,
    act: &str,
    consulted: Map<String, Value>,
) -> Result<Decided, Box<Refusal>> {
    after.version = ctx.next_seq;
    let state = || before.state.clone();
    let record = Record {
        v: 1,
        seq: ctx.next_seq,
        done: proposal.done,
        recorded: to_the_millisecond(ctx.now),
        organ: before.organ.clone(),
        unit: None,
        origin: Origin::Own,
        by: proposal.by.iter().map(doer).collect(),
        act: act.to_owned(),
        tags: Vec::new(),
        basis: Vec::new(),
        pack: ctx.pack.to_owned(),
        case: Some(CaseStep { id: before.id, procedure: def.id.clone(), from: Some(state()), to: state() }),
        entry: None,
        given: Map::new(),
        consulted,
        personal: std::collections::BTreeMap::new(),
        party: None,
        files: Vec::new(),
        effects: effects::between(Some(before), &after).map_err(|error| unwritable(&error))?,
    };
    let personal = std::collections::BTreeMap::new();
    Ok(Decided { record, case: after, personal, notify: Vec::new(), spawn: Vec::new() })
}

/// A proposal by the program itself.
pub(super) fn of_program(case: &Case, by: Person, done: Instant) -> Proposal {
    Proposal {
        act: String::new(),
        by: vec![by],
        done,
        origin: Origin::Own,
        given: Map::new(),
        files: Vec::new(),
        subject: None,
        organ: case.organ.clone(),
        seen: None,
        number: None,
        claim: None,
        links: Vec::new(),
    }
}
