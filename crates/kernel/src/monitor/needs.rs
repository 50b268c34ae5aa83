//! What an act needs beside being lawful: a field, a file, an instrument, a notice, its basis.

use serde_json::Value;

use super::history::Step;
use super::seen::Seen;
use super::{Answer, Truth};
use crate::constraint::Needed;

pub(super) fn requires(seen: &Seen<'_>, act: &str, what: &Needed) -> Vec<Answer> {
    let mut answers = Vec::new();
    for at in seen.history.of_tag(act) {
        let Some(step) = seen.step(at) else { continue };
        let made = seen.demanded(at, seen.history.round_of(at));
        if made == Truth::No {
            continue;
        }
        answers.push(match made.and(there(seen, at, step, what).not()) {
            Truth::No => Answer::Kept,
            Truth::Unknown => Answer::Unknown,
            Truth::Yes => {
                let (done, (zh, en)) = (seen.dated(at), missing(seen, what));
                Answer::broken(format!("{}没有{zh}", done.zh), format!("{} lacks {en}", done.en), vec![at])
            }
        });
    }
    answers
}

/// A record of what was done elsewhere bears our act's own articles and issues nothing, so that it tells neither.
fn there(seen: &Seen<'_>, at: usize, step: &Step, what: &Needed) -> Truth {
    let ours = |holds: bool| if step.mirror { Truth::Unknown } else { Truth::of(Some(holds)) };
    match what {
        Needed::Term(term) => match seen.history.procedure.terms.get(term) {
            None if step.mirror => Truth::Unknown,
            None => Truth::No,
            Some(field) => match seen.value(field, at) {
                // Cards that were not shown were not shown, though somebody wrote it down.
                Some(Value::Bool(false)) => Truth::No,
                Some(_) => Truth::Yes,
                None if seen.sealed(field, at) => Truth::Yes,
                // An empty cell of another platform is missing data before it is a missing act.
                None if step.mirror => Truth::Unknown,
                None => Truth::No,
            },
        },
        Needed::File => ours(!step.files.is_empty()),
        Needed::Issues => ours(step.issued),
        Needed::Notice => ours(!step.silent),
        Needed::Basis => ours(step.rests),
    }
}

fn missing(seen: &Seen<'_>, what: &Needed) -> (String, String) {
    match what {
        Needed::Term(term) => {
            let field = seen.history.procedure.terms.get(term).and_then(|name| seen.history.procedure.field(name));
            let title = field.map(|field| field.title.clone()).unwrap_or_default();
            let named = |title: &str| if title.is_empty() { term.clone() } else { title.to_owned() };
            (format!("“{}”", named(&title.zh)), format!("`{}`", named(&title.en)))
        }
        Needed::File => ("附件".to_owned(), "a file".to_owned()),
        Needed::Issues => ("文书".to_owned(), "an instrument".to_owned()),
        Needed::Notice => ("告知当事人中止期限的文书".to_owned(), "a notice of the pause to the party".to_owned()),
        Needed::Basis => ("写明依据".to_owned(), "its legal basis".to_owned()),
    }
}
