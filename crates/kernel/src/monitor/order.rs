//! What came before what, and how often.

use super::seen::Seen;
use super::{Answer, Truth};

/// No `then` without an earlier `first` in the round.
pub(super) fn before(seen: &Seen<'_>, first: &str, then: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for at in seen.history.of_tag(then) {
        let from = seen.history.round_of(at);
        let demanded = seen.demanded(at, from);
        if demanded == Truth::No {
            continue;
        }
        answers.push(match demanded.and(seen.was_done(first, from, at).not()) {
            Truth::No => Answer::Kept,
            Truth::Unknown => Answer::Unknown,
            Truth::Yes => {
                let (then, first) = (seen.dated(at), seen.called(first));
                let zh = format!("{}之前没有“{}”", then.zh, first.zh);
                let en = format!("no `{}` came before {}", first.en, then.en);
                Answer::broken(zh, en, vec![at])
            }
        });
    }
    answers
}

/// No `act` once `after` was done in the round.
pub(super) fn never(seen: &Seen<'_>, act: &str, after: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for at in seen.history.of_tag(act) {
        let from = seen.history.round_of(at);
        let demanded = seen.demanded(at, from);
        if demanded == Truth::No {
            continue;
        }
        let earlier = seen.history.of_tag(after).filter(|other| *other >= from && *other < at).last();
        answers.push(match earlier {
            None => Answer::Kept,
            Some(_) if demanded == Truth::Unknown || !seen.history.tells_rounds() => Answer::Unknown,
            Some(other) => {
                let (done, other_done) = (seen.dated(at), seen.dated(other));
                let zh = format!("{}以后又有{}", other_done.zh, done.zh);
                let en = format!("{} was done after {}", done.en, other_done.en);
                Answer::broken(zh, en, vec![other, at])
            }
        });
    }
    answers
}

/// At most so often in the case.
pub(super) fn at_most(seen: &Seen<'_>, act: &str, times: u32) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut done = Vec::new();
    for at in seen.history.of_tag(act) {
        done.push(at);
        let demanded = seen.demanded(at, 0);
        if demanded == Truth::No {
            continue;
        }
        let many = done.len() > times as usize;
        answers.push(match demanded {
            _ if !many => Answer::Kept,
            Truth::Yes => {
                let (it, count) = (seen.dated(at), done.len());
                let (zh, en) = if times == 0 {
                    (format!("{}依法不得作出", it.zh), format!("{} was not allowed at all", it.en))
                } else {
                    let zh = format!("{}已是第 {count} 次，至多 {times} 次", it.zh);
                    (zh, format!("{} was done for the {count}th time, {times} at most are allowed", it.en))
                };
                Answer::broken(zh, en, done.clone())
            }
            _ => Answer::Unknown,
        });
    }
    answers
}
