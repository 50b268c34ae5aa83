//! Who did it: how many, with which cards, roles and qualifications, and not the same person twice.

use super::history::Step;
use super::seen::Seen;
use super::{Answer, Truth};
use crate::record::ActorKind;
use crate::time::date_of;

/// The acts with the tag of which the demand is made, each with its step.
fn bound<'a>(seen: &'a Seen<'a>, act: &'a str) -> impl Iterator<Item = (usize, &'a Step, Truth)> {
    let all = seen.history.of_tag(act).filter_map(|at| Some((at, seen.step(at)?)));
    all.map(|(at, step)| (at, step, seen.demanded(at, seen.history.round_of(at))))
        .filter(|(.., made)| *made != Truth::No)
}

/// A demand that is only perhaps made, or that one cannot see into, breaks nothing.
fn settle(made: Truth, kept: Truth, broken: impl FnOnce() -> Answer) -> Answer {
    match made.and(kept.not()) {
        Truth::Yes => broken(),
        Truth::No => Answer::Kept,
        Truth::Unknown => Answer::Unknown,
    }
}

fn officers(step: &Step) -> Vec<&str> {
    step.by.iter().filter(|hand| hand.kind == ActorKind::Officer).map(|hand| hand.id.as_str()).collect()
}

/// At least so many different officers, each with a valid card.
pub(super) fn actors(seen: &Seen<'_>, act: &str, count: u32, card: Option<&str>) -> Vec<Answer> {
    bound(seen, act).map(|(at, step, made)| enough(seen, (at, step, made), count as usize, card)).collect()
}

fn enough(seen: &Seen<'_>, (at, step, made): (usize, &Step, Truth), count: usize, card: Option<&str>) -> Answer {
    if !seen.history.tells_hands(step) {
        return Answer::Unknown;
    }
    let mut persons = officers(step);
    persons.sort_unstable();
    persons.dedup();
    let done = seen.dated(at);
    if persons.len() < count {
        return settle(made, Truth::No, || {
            let zh = format!("{}只有 {} 名执法人员，应不少于 {count} 名", done.zh, persons.len());
            let en = format!("{} was done by {} where {count} officers at least are needed", done.en, persons.len());
            Answer::broken(zh, en, vec![at])
        });
    }
    let Some(kind) = card else { return Answer::Kept };
    let day = date_of(step.done);
    let carded: Vec<(&str, Option<bool>)> =
        persons.iter().map(|person| (*person, seen.books.carded(person, kind, seen.history.organ, day))).collect();
    let without: Vec<&str> = carded.iter().filter(|(_, known)| *known == Some(false)).map(|(id, _)| *id).collect();
    let with = carded.iter().filter(|(_, known)| *known == Some(true)).count();
    let kept = if with >= count {
        Truth::Yes
    } else if persons.len() - without.len() < count {
        Truth::No
    } else {
        Truth::Unknown
    };
    settle(made, kept, || {
        let names = without.join("、");
        let zh = format!("{}时，{names} 没有当日有效的执法证，持证人员不足 {count} 名", done.zh);
        let en = format!("at {} {names} had no card valid on that day, which leaves fewer than {count}", done.en);
        Answer::broken(zh, en, vec![at])
    })
}

/// Every officer who did it bore the role, and officers did it.
pub(super) fn role(seen: &Seen<'_>, act: &str, role: &str) -> Vec<Answer> {
    let of = |(at, step, made): (usize, &Step, Truth)| {
        if !seen.history.tells_hands(step) {
            return Answer::Unknown;
        }
        let persons = officers(step);
        let bears = |person: &str| Truth::of(seen.books.bears(person, role, step.done));
        let borne: Vec<(&str, Truth)> = persons.iter().map(|person| (*person, bears(person))).collect();
        let some = if persons.is_empty() { Truth::No } else { Truth::Yes };
        let kept = borne.iter().fold(some, |all, (_, one)| all.and(*one));
        settle(made, kept, || {
            let without: Vec<&str> = borne.iter().filter(|(_, one)| *one == Truth::No).map(|(id, _)| *id).collect();
            let (done, title) = (seen.dated(at), seen.role(role));
            let (zh, en) = if persons.is_empty() {
                (format!("{}不是由“{}”办理", done.zh, title.zh), format!("{} was not done by `{}`", done.en, title.en))
            } else {
                let names = without.join("、");
                let zh = format!("{}由 {names} 办理，当时不是“{}”", done.zh, title.zh);
                (zh, format!("{} was done by {names}, who was not `{}` then", done.en, title.en))
            };
            Answer::broken(zh, en, vec![at])
        })
    };
    bound(seen, act).map(of).collect()
}

/// An officer with the qualification took part.
pub(super) fn holds(seen: &Seen<'_>, act: &str, qualification: &str) -> Vec<Answer> {
    let of = |(at, step, made): (usize, &Step, Truth)| {
        if !seen.history.tells_hands(step) {
            return Answer::Unknown;
        }
        let persons = officers(step);
        let held = persons.iter().map(|person| Truth::of(seen.books.holds(person, qualification, step.done)));
        let kept = held.fold(Truth::No, Truth::or);
        settle(made, kept, || {
            let done = seen.dated(at);
            let names = persons.join("、");
            let zh = format!("{}由 {names} 办理，没有资格“{qualification}”", done.zh);
            Answer::broken(zh, format!("{} was done by {names}, without `{qualification}`", done.en), vec![at])
        })
    };
    bound(seen, act).map(of).collect()
}

/// Nobody did both.
pub(super) fn distinct(seen: &Seen<'_>, a: &str, b: &str) -> Vec<Answer> {
    let (ones, others): (Vec<usize>, Vec<usize>) = (seen.history.of_tag(a).collect(), seen.history.of_tag(b).collect());
    let mut answers = Vec::new();
    for other in &others {
        let pairs = ones.iter().map(|one| pair(seen, *one, *other));
        let mut worst = None;
        for answer in pairs.flatten() {
            worst = match (worst, answer) {
                (Some(Answer::Broken { why, steps }), _) => Some(Answer::Broken { why, steps }),
                (_, broken @ Answer::Broken { .. }) => Some(broken),
                (Some(Answer::Unknown), _) => Some(Answer::Unknown),
                (_, answer) => Some(answer),
            };
        }
        answers.extend(worst);
    }
    answers
}

/// Two acts that may not be done by one person; nothing where the demand is not made of the later one.
fn pair(seen: &Seen<'_>, one: usize, other: usize) -> Option<Answer> {
    let (first, second) = (seen.step(one)?, seen.step(other)?);
    let made = seen.demanded(one.max(other), 0);
    if made == Truth::No {
        return None;
    }
    let machine = |kind: ActorKind| matches!(kind, ActorKind::Timer | ActorKind::Import | ActorKind::System);
    let both = first.by.iter().filter(|hand| !machine(hand.kind));
    let both: Vec<&str> = both.filter(|hand| second.by.contains(hand)).map(|hand| hand.id.as_str()).collect();
    let seen_all = seen.history.tells_hands(first) && seen.history.tells_hands(second);
    let kept = match (both.is_empty(), seen_all) {
        (false, _) => Truth::No,
        (true, true) => Truth::Yes,
        (true, false) => Truth::Unknown,
    };
    Some(settle(made, kept, || {
        let (names, first, second) = (both.join("、"), seen.dated(one), seen.dated(other));
        let zh = format!("{names} 既办理{}，又办理{}", first.zh, second.zh);
        let mut steps = vec![one, other];
        steps.sort_unstable();
        steps.dedup();
        Answer::broken(zh, format!("{names} did both {} and {}", first.en, second.en), steps)
    }))
}
