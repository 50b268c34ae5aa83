//! Old cases as another system tells them: one row a case, its number, its dates, the state it is said to be in.
//!
//! Each dated step becomes one claim, in the order of the dates (steps of one moment: in the procedure's order), and the last
//! one leaves the case in the state that the row names. Refused: a row whose dates lead to another state than it names, one
//! that begins with anything but the opening step, a date in the future. A row gives each step once: what was handled a
//! second time keeps its last date (ADR 0091), unless the cell holds several moments, as another platform's export may (ADR 0142).

use std::collections::BTreeSet;

use guiju_kernel::procedure::definition::{Act, Procedure, Text};
use guiju_kernel::procedure::{Claim, Person};
use guiju_kernel::record::ActorKind;
use guiju_kernel::time::Instant;
use guiju_sheet::{Row, Value as Cell};

use super::columns::{dated, signed};
use super::source::Source;
use super::{NUMBER, STATE, history_act, plain_ask, subject, values};
use crate::answer::{Ask, History, OfficeError, Target};

/// What is wrong with a row as a whole: the columns at fault, the likeliest first, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub columns: Vec<String>,
    pub why: Text,
}

/// The step with which a case begins: the party's own where there is one.
pub fn opening(procedure: &Procedure) -> Option<&Act> {
    let opens = || procedure.acts.iter().filter(|a| a.from.is_empty() && !a.records_history);
    opens().find(|a| a.by.iter().any(|b| b.party)).or_else(|| opens().next())
}

/// Steps whose dates a row may give: the opening, and whatever moves the case or a clock, or bears a statute's tag. A timer's act only
/// where it ends the case; nobody writes down when an escalation rang.
pub fn steps(procedure: &Procedure) -> impl Iterator<Item = &Act> {
    let opens = opening(procedure).map(|act| act.name.as_str());
    let ends = |act: &Act| act.to.as_ref().and_then(|to| procedure.state(to)).is_some_and(|s| s.end.is_some());
    procedure.acts.iter().filter(move |act| {
        if act.records_history {
            return false;
        }
        if act.from.is_empty() {
            return opens == Some(act.name.as_str());
        }
        let rings = !act.by.is_empty() && act.by.iter().all(|b| b.timer);
        // What moves a clock counts as much: a receipt, the end of a pause.
        let counts = !(act.receives.is_empty() && act.resumes.is_empty() && act.extends.is_empty());
        if rings { ends(act) } else { act.to.is_some() || !act.tags.is_empty() || counts }
    })
}

/// A step that a row tells of.
struct Told<'a> {
    at: Instant,
    act: &'a Act,
    /// Those who did it, where the row says so.
    by: Vec<Person>,
}

/// The acts that record one row, or what is wrong with it.
pub fn asks(
    procedure: &Procedure,
    who: &Person,
    row: &Row,
    source: &Source,
    now: Instant,
) -> Result<Result<Vec<Ask>, Fault>, OfficeError> {
    let act = history_act(procedure)?;
    let mut told = match told(procedure, row, source) {
        Ok(told) => told,
        Err(fault) => return Ok(Err(fault)),
    };
    if let Some(fault) = ill_dated(procedure, &told, now) {
        return Ok(Err(fault));
    }
    told.sort_by_key(|step| step.at);
    let states = match led_to(procedure, &told, text_of(row, STATE)) {
        Ok(states) => states,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut given = values(row);
    given.retain(|id, _| procedure.field(id).is_some());
    let number = text_of(row, NUMBER).unwrap_or_default().to_owned();
    let subject = subject(procedure, &given);
    let origin = source.origin(&number);
    let mut asks = Vec::new();
    for (n, (step, state)) in told.into_iter().zip(states).enumerate() {
        let target = match n {
            0 => Target::New { procedure: procedure.id.clone(), subject: subject.clone() },
            // The import knows which case the row opened; the form's token is not needed.
            _ => Target::Opened { once: String::new() },
        };
        let fields = if n == 0 { std::mem::take(&mut given) } else { Default::default() };
        let mut ask = plain_ask(target, &act.name, who, fields);
        ask.done = Some(step.at);
        ask.by.extend(step.by);
        ask.origin = origin.clone();
        let claim = Claim { act: Some(step.act.name.clone()), state };
        ask.history = Some(History { claim, number: Some(number.clone()) });
        asks.push(ask);
    }
    Ok(Ok(asks))
}

/// The steps of the row, in the order of the procedure; of one act in the order in which they are written.
fn told<'a>(procedure: &'a Procedure, row: &Row, source: &Source) -> Result<Vec<Told<'a>>, Fault> {
    let mut told = Vec::new();
    for act in procedure.acts.iter().filter(|act| !act.records_history) {
        let moments: &[Instant] = match row.values.get(&dated(act)) {
            Some(Cell::Moment(at)) => std::slice::from_ref(at),
            Some(Cell::Moments(all)) => all,
            _ => &[],
        };
        let mut hands = hands(act, row, moments.len(), source)?.into_iter();
        told.extend(moments.iter().map(|at| Told { at: *at, act, by: hands.next().unwrap_or_default() }));
    }
    Ok(told)
}

/// Who did the step each time: one group for every moment, or one for all of them.
fn hands(act: &Act, row: &Row, times: usize, source: &Source) -> Result<Vec<Vec<Person>>, Fault> {
    let column = signed(act);
    let Some(said) = text_of(row, &column) else { return Ok(Vec::new()) };
    let parted = |text: &'_ str, at: &[char]| -> Vec<String> {
        text.split(at).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let groups = parted(said, &['；', ';', '\n']);
    let persons =
        |group: &String| parted(group, &['、', '，', ',', '/']).iter().map(|card| source.officer(card)).collect();
    let groups: Vec<Vec<Person>> = groups.iter().map(persons).collect();
    match (groups.len(), times) {
        (one, times) if one == times => Ok(groups),
        (1, _) if times > 0 => Ok(groups.iter().cycle().take(times).cloned().collect()),
        (many, _) => {
            let title = &act.title;
            let zh = format!("“{}”写了 {times} 个时间、{many} 组人员，各次之间用“；”分开，次数应相同", title.zh);
            let en =
                format!("`{}` has {times} moments and {many} groups of officers; separate the times by `；`", title.en);
            Err(fault(vec![column, dated(act)], zh, en))
        }
    }
}

fn text_of<'r>(row: &'r Row, id: &str) -> Option<&'r str> {
    match row.values.get(id)? {
        Cell::Text(text) | Cell::Choice(text) => Some(text),
        _ => None,
    }
}

fn fault(columns: Vec<String>, zh: String, en: String) -> Fault {
    Fault { columns, why: Text { zh, en } }
}

/// A step that is yet to come, or one before the case began.
fn ill_dated(procedure: &Procedure, told: &[Told<'_>], now: Instant) -> Option<Fault> {
    if let Some(step) = told.iter().find(|step| step.at > now) {
        let title = &step.act.title;
        let zh = format!("“{}”的时间尚未到来", title.zh);
        return Some(fault(vec![dated(step.act)], zh, format!("the time of `{}` is yet to come", title.en)));
    }
    let opening = opening(procedure)?;
    let begun = told.iter().find(|step| step.act.name == opening.name);
    let Some(begun) = begun else {
        let zh = format!("没有“{}”的时间", opening.title.zh);
        return Some(fault(vec![dated(opening)], zh, format!("the time of `{}` is missing", opening.title.en)));
    };
    let early = told.iter().find(|step| step.at < begun.at)?;
    let (title, first) = (&early.act.title, &opening.title);
    let zh = format!("“{}”早于“{}”，请核对两个时间", title.zh, first.zh);
    Some(fault(vec![dated(early.act)], zh, format!("`{}` lies before `{}`; check both times", title.en, first.en)))
}

/// The state after each step; the last one has to be the one that the row names, if it names one.
fn led_to(procedure: &Procedure, told: &[Told<'_>], said: Option<&str>) -> Result<Vec<String>, Fault> {
    let mut states: Vec<String> = Vec::new();
    let mut now = procedure.start().map(|s| s.name.clone()).unwrap_or_default();
    for step in told {
        if procedure.state(&now).is_some_and(|s| s.end.is_some()) {
            let (title, state) = (&step.act.title, title_of(procedure, &now));
            let zh = format!("“{}”晚于“{}”：了结以后不再有环节，请核对时间", title.zh, state.zh);
            let en =
                format!("`{}` lies after the case was `{}`, which is its end; check the times", title.en, state.en);
            return Err(fault(vec![dated(step.act)], zh, en));
        }
        if let Some(to) = &step.act.to {
            now.clone_from(to);
        }
        states.push(now.clone());
    }
    match said {
        Some(said) if said != now => Err(disagrees(procedure, told, said, &now)),
        _ => Ok(states),
    }
}

fn disagrees(procedure: &Procedure, told: &[Told<'_>], said: &str, led: &str) -> Fault {
    let (said_title, led_title) = (title_of(procedure, said), title_of(procedure, led));
    let given: BTreeSet<&str> = told.iter().map(|step| step.act.name.as_str()).collect();
    let leads = |act: &&Act| act.to.as_deref() == Some(said) && !given.contains(act.name.as_str());
    let missing: Vec<&Act> = steps(procedure).filter(leads).collect();
    let (zh, en): (Vec<String>, Vec<String>) =
        missing.iter().map(|a| (format!("“{}时间”", a.title.zh), format!("the time of `{}`", a.title.en))).unzip();
    let mut why = fault(
        missing.iter().map(|act| dated(act)).chain([STATE.to_owned()]).collect(),
        format!("状态写的是“{}”，而所填的时间只到“{}”", said_title.zh, led_title.zh),
        format!("the state says `{}`, but the times given lead to `{}`", said_title.en, led_title.en),
    );
    if !zh.is_empty() {
        why.why.zh += &format!("；请补填{}，或者改正状态", zh.join("或"));
        why.why.en += &format!("; fill in {}, or mend the state", en.join(" or "));
    }
    why
}

fn title_of(procedure: &Procedure, state: &str) -> Text {
    let plain = || Text { zh: state.to_owned(), en: state.to_owned() };
    procedure.state(state).map_or_else(plain, |s| s.title.clone())
}

/// Whoever imports from the command line: the record says that a machine's operator did it, with the roles the file needs.
pub fn operator(organ: Option<String>, roles: BTreeSet<String>) -> Person {
    Person { organ, roles, ..Person::plain(ActorKind::Import, "operator") }
}
