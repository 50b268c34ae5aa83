//! How each request of the year will go: its steps with their moments. Nothing is done here, only foreseen.

use guiju_kernel::calendar::Calendar;
use guiju_kernel::time::{midnight, to_millis};
use jiff::civil::Date;

use crate::chance::Dice;
use crate::days::{DAY, HOUR, MINUTE, spread};
use crate::plan::{Plan, Platform};

/// One step of a story. The acts' names are the procedure's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    File,
    Accept,
    Decline,
    Dispatch,
    /// Back to the dispatcher: not this unit's business.
    Return,
    DispatchAgain,
    /// The dispatcher's binding ruling after two returns.
    Rule,
    Contact,
    Plan,
    Remind,
    CoAnswer,
    Answer,
    Close,
    CallBack,
    Rate,
    /// The firm is not content: one level higher.
    Reopen,
}

/// One request from its filing to wherever it will stand at the cut-off.
#[derive(Debug, Clone)]
pub struct Story {
    pub number: u32,
    pub task_force: bool,
    pub co_handled: bool,
    pub multi_type: bool,
    pub steps: Vec<(i64, Step)>,
}

/// What is to become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Closed,
    Open,
    Declined,
}

/// All stories of the plan, those carried over from the year before first.
pub fn stories(plan: &Plan, calendar: &Calendar) -> Vec<Story> {
    let mut all = carried_over(plan, calendar);
    all.extend(platform(plan, calendar));
    all.extend(task_force(plan, calendar));
    for (number, story) in all.iter_mut().enumerate() {
        story.number = u32::try_from(number).unwrap_or(u32::MAX);
    }
    all
}

fn platform(plan: &Plan, calendar: &Calendar) -> Vec<Story> {
    let wishes = &plan.requests.platform;
    let mut dice = Dice::new(plan.seed, "platform");
    let cut = to_millis(midnight(plan.until));
    let mut filed = spread(wishes.filed, plan.from, plan.until, &plan.profile, calendar, &mut dice);
    // Whatever is filed is accepted or declined before the cut-off.
    for at in &mut filed {
        *at = (*at).min(cut - 90 * MINUTE);
    }
    let fates = fates(&filed, wishes, &mut dice);
    filed.iter().zip(fates).map(|(at, fate)| request(*at, cut, fate, wishes, &mut dice)).collect()
}

/// Declined ones are spread over the year; those left open are the latest.
fn fates(filed: &[i64], wishes: &Platform, dice: &mut Dice) -> Vec<Fate> {
    let total = filed.len();
    let mut fates = vec![Fate::Closed; total];
    let open = usize::try_from(wishes.open_at_end).unwrap_or(0);
    // Some of the latest close quickly all the same: choose among the latest one and a half times as many.
    let pool = (open + open / 2 + 8).min(total);
    let mut latest: Vec<usize> = (total - pool..total).collect();
    dice.shuffle(&mut latest);
    for at in latest.into_iter().take(open) {
        if let Some(fate) = fates.get_mut(at) {
            *fate = Fate::Open;
        }
    }
    let mut rest: Vec<usize> = (0..total).filter(|at| fates.get(*at) == Some(&Fate::Closed)).collect();
    dice.shuffle(&mut rest);
    for at in rest.into_iter().take(usize::try_from(wishes.declined).unwrap_or(0)) {
        if let Some(fate) = fates.get_mut(at) {
            *fate = Fate::Declined;
        }
    }
    fates
}

fn request(filed: i64, cut: i64, fate: Fate, wishes: &Platform, dice: &mut Dice) -> Story {
    let mut story = Story {
        number: 0,
        task_force: false,
        co_handled: dice.per_mille(wishes.co_handled.0),
        multi_type: dice.per_mille(wishes.multi_type.0),
        steps: vec![(filed, Step::File)],
    };
    let accepted = filed + dice.between(3 * MINUTE, 25 * MINUTE);
    if fate == Fate::Declined {
        story.steps.push((accepted, Step::Decline));
        return story;
    }
    story.steps.push((accepted, Step::Accept));
    let end = cut - MINUTE;
    let room = fate == Fate::Open || end - accepted > 2 * DAY;
    let (mut at, returned) = dispatched(accepted, room, wishes, dice, &mut story);
    // What is closed late in the year has less time: the story is squeezed into what is left before the cut-off.
    let late = !returned && dice.per_mille(wishes.close_late.0);
    let span = if late { dice.between(7 * DAY + HOUR, 9 * DAY) } else { dice.between(3 * HOUR, 6 * DAY + 12 * HOUR) };
    let span = if fate == Fate::Closed { span.min((end - at) * 3 / 4) } else { span };
    let contact_late = fate != Fate::Closed || span > 3 * HOUR;
    let contact = if contact_late && dice.per_mille(wishes.contact_late.0) {
        dice.between(61 * MINUTE, 100 * MINUTE)
    } else {
        dice.between(4 * MINUTE, 58 * MINUTE).min(span / 8)
    };
    let close = at + span;
    story.steps.push((at + contact, Step::Contact));
    story.steps.push((at + contact + (span / 20).min(4 * HOUR), Step::Plan));
    if dice.per_mille(wishes.reminded.0) {
        story.steps.push((at + span / 3, Step::Remind));
    }
    if story.co_handled {
        story.steps.push((at + span / 2, Step::CoAnswer));
    }
    story.steps.push((at + span * 4 / 5, Step::Answer));
    at = close;
    story.steps.push((at, Step::Close));
    afterwards(&mut story, at, cut, wishes, dice);
    match fate {
        Fate::Open => leave_open(&mut story, cut, dice),
        _ => story.steps.retain(|(at, _)| *at < cut),
    }
    story
}

/// Dispatch, with the returns that some have. Answers the moment of the dispatch that holds.
fn dispatched(accepted: i64, room: bool, wishes: &Platform, dice: &mut Dice, story: &mut Story) -> (i64, bool) {
    let mut at = accepted + dice.between(2 * MINUTE, 20 * MINUTE);
    story.steps.push((at, Step::Dispatch));
    let returns = match (room, dice.per_mille(wishes.returned_twice.0), dice.per_mille(wishes.returned_once.0)) {
        (false, ..) => 0,
        (_, true, _) => 2,
        (_, _, true) => 1,
        _ => 0,
    };
    for n in 0..returns {
        at += dice.between(20 * MINUTE, 5 * HOUR);
        story.steps.push((at, Step::Return));
        at += dice.between(10 * MINUTE, 2 * HOUR);
        story.steps.push((at, if n == 0 { Step::DispatchAgain } else { Step::Rule }));
    }
    (at, returns > 0)
}

/// What follows a close: a call, a rating, and for a few the reopening with a second round.
fn afterwards(story: &mut Story, closed: i64, cut: i64, wishes: &Platform, dice: &mut Dice) {
    let call = closed + dice.between(2 * HOUR, 40 * HOUR);
    let reopens = cut - closed > 15 * DAY && dice.per_mille(wishes.reopened.0);
    story.steps.push((call, Step::CallBack));
    if reopens {
        let at = call + dice.between(HOUR, 20 * HOUR);
        story.steps.push((at, Step::Reopen));
        story.steps.push((at + dice.between(5 * MINUTE, 50 * MINUTE), Step::Contact));
        story.steps.push((at + dice.between(2 * HOUR, 5 * HOUR), Step::Plan));
        let again = at + dice.between(DAY, 6 * DAY);
        story.steps.push((again - 4 * HOUR, Step::Answer));
        story.steps.push((again, Step::Close));
        story.steps.push((again + dice.between(3 * HOUR, 30 * HOUR), Step::CallBack));
    } else if dice.per_mille(wishes.rated.0) {
        story.steps.push((call + dice.between(MINUTE, 30 * HOUR), Step::Rate));
    }
}

/// Cuts a story off somewhere before its close.
fn leave_open(story: &mut Story, cut: i64, dice: &mut Dice) {
    let close = story.steps.iter().position(|(_, step)| *step == Step::Close).unwrap_or(story.steps.len());
    let first = story.steps.iter().position(|(_, step)| *step == Step::Dispatch).unwrap_or(close);
    let keep = usize::try_from(dice.between(i64::try_from(first).unwrap_or(0), i64::try_from(close).unwrap_or(0)))
        .unwrap_or(first);
    story.steps.truncate(keep.saturating_add(1).min(close));
    story.steps.retain(|(at, _)| *at < cut);
}

/// Requests of the year before that are still being handled when the year begins.
fn carried_over(plan: &Plan, calendar: &Calendar) -> Vec<Story> {
    let mut dice = Dice::new(plan.seed, "carried over");
    let start = to_millis(midnight(plan.from));
    let from = plan.from.checked_sub(jiff::Span::new().days(6)).unwrap_or(plan.from);
    let filed = spread(plan.carried_over.requests, from, plan.from, &plan.profile, calendar, &mut dice);
    filed
        .iter()
        .map(|at| {
            // Accepted in December whatever the hour, closed in January.
            let filed = (*at).min(start - 2 * HOUR);
            let mut story = Story {
                number: 0,
                task_force: false,
                co_handled: false,
                multi_type: false,
                steps: vec![(filed, Step::File)],
            };
            let sent = filed + 30 * MINUTE;
            story.steps.push((filed + 10 * MINUTE, Step::Accept));
            story.steps.push((sent, Step::Dispatch));
            story.steps.push((sent + dice.between(5 * MINUTE, 55 * MINUTE), Step::Contact));
            let close = start + dice.between(8 * HOUR, (sent + 7 * DAY - start).max(9 * HOUR));
            story.steps.push((sent + 90 * MINUTE, Step::Plan));
            story.steps.push((close - HOUR, Step::Answer));
            story.steps.push((close, Step::Close));
            story.steps.push((close + dice.between(HOUR, 30 * HOUR), Step::CallBack));
            story
        })
        .collect()
}

fn task_force(plan: &Plan, calendar: &Calendar) -> Vec<Story> {
    let mut dice = Dice::new(plan.seed, "task force");
    let wishes = &plan.requests.task_force;
    let cut = to_millis(midnight(plan.until));
    let filed = spread(wishes.filed, plan.from, plan.until, &plan.profile, calendar, &mut dice);
    let open_from = filed.len().saturating_sub(usize::try_from(wishes.open_at_end).unwrap_or(0));
    filed
        .iter()
        .enumerate()
        .map(|(n, at)| {
            let filed = (*at).min(cut - 3 * HOUR);
            let mut steps = vec![(filed, Step::File), (filed + 20 * MINUTE, Step::Dispatch)];
            if n < open_from {
                let span = dice.between(2 * DAY, 25 * DAY).min((cut - filed) * 3 / 4);
                steps.push((filed + span, Step::Close));
            }
            Story { number: 0, task_force: true, co_handled: false, multi_type: false, steps }
        })
        .collect()
}

/// The day on which registers are filled: before the first request that is carried over.
pub fn opening_day(plan: &Plan) -> Date {
    plan.from.checked_sub(jiff::Span::new().days(14)).unwrap_or(plan.from)
}
