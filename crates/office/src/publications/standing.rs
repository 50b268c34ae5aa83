//! Where a case's duties to publish stand: owed, in public, taken down. A pure function of the case, its procedure and the pack's kinds.
//!
//! Refused by omission: what another platform published (`mirror`) is that platform's to show and to take down, and never stands here
//! (ADR 0153).

use std::collections::BTreeMap;

use guiju_kernel::case::Case;
use guiju_kernel::clock::Clock;
use guiju_kernel::organ::{PublicationKind, Publications};
use guiju_kernel::procedure::definition::{Act, Field, FieldKind, Procedure, Visibility};
use guiju_kernel::record::Origin;
use guiju_kernel::time::{Instant, to_millis};
use guiju_kernel::validate::credit_code;
use guiju_store::PublicationRow;
use serde_json::Value;

use crate::shelf::{Shelf, Volume};

/// When and by which record something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub at: Instant,
    pub seq: u64,
}

/// One duty to publish, and how far it has come.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing<'a> {
    pub what: &'a str,
    pub kind: &'a PublicationKind,
    /// The clock's key, and the clock by which it has to be public, as it ran last.
    pub clock: (&'a str, &'a Clock),
    /// Fields that no duty of this name lets out.
    pub withheld: Vec<&'a str>,
    /// The latest publishing act, if it still stands.
    pub published: Option<Mark>,
    /// The act after which it no longer stood in public, with its tag.
    pub ended: Option<(Mark, &'a str)>,
}

impl Standing<'_> {
    /// Whether it still has to be published.
    pub fn owed(&self) -> bool {
        self.clock.1.is_running()
    }

    /// Whether the clock's last run is the one that the publication fulfilled: then its start and its due moment are those of the
    /// decision that stands in public. Otherwise a later result is owed beside it.
    pub fn of_this_run(&self, published: Mark) -> bool {
        published.at >= self.clock.1.started_at
    }
}

/// Every duty to publish that acts of this case have made, by name.
pub(crate) fn standing<'a>(case: &'a Case, procedure: &'a Procedure, rules: &'a Publications) -> Vec<Standing<'a>> {
    if matches!(case.origin, Origin::Mirror { .. }) {
        return Vec::new();
    }
    // Most acts owe nothing: they are passed by before the case is asked.
    let done = |act: &Act| !act.publishes.is_empty() && case.detail.acts.contains_key(&act.name);
    let mut duties: BTreeMap<&str, (&str, Vec<&str>)> = BTreeMap::new();
    for duty in procedure.acts.iter().filter(|act| done(act)).flat_map(|act| &act.publishes) {
        let slot = duties.entry(&duty.what).or_insert_with(|| (duty.clock.as_str(), Vec::new()));
        slot.1.extend(duty.withheld.iter().map(String::as_str));
    }
    let of = |(what, (clock, withheld)): (&'a str, (&'a str, Vec<&'a str>))| {
        let publishing =
            |kind: &PublicationKind, act: &Act| act.stops.iter().any(|c| c == clock) && bears(act, &kind.by);
        let kind = rules.kinds.iter().find(|kind| procedure.acts.iter().any(|act| publishing(kind, act)))?;
        let clock = case.detail.clocks.get_key_value(clock)?;
        let published = latest(case, procedure, |act| publishing(kind, act));
        let ended = latest(case, procedure, |act| bears(act, &kind.ends_with))
            .filter(|(end, _)| published.is_some_and(|(published, _)| published.seq < end.seq));
        let ended = ended.map(|(mark, act)| {
            let tag = kind.ends_with.iter().find(|tag| act.tags.contains(tag)).map_or("", String::as_str);
            (mark, tag)
        });
        let published = published.map(|(mark, _)| mark).filter(|_| ended.is_none());
        Some(Standing { what, kind, clock: (clock.0.as_str(), clock.1), withheld, published, ended })
    };
    duties.into_iter().filter_map(of).collect()
}

fn bears(act: &Act, tags: &[String]) -> bool {
    act.tags.iter().any(|tag| tags.contains(tag))
}

/// When an act of this sort was done last.
fn latest<'a>(case: &Case, procedure: &'a Procedure, is: impl Fn(&Act) -> bool) -> Option<(Mark, &'a Act)> {
    let done = procedure.acts.iter().filter(|act| is(act));
    let marks = done.filter_map(|act| {
        let done = case.detail.acts.get(&act.name)?;
        Some((Mark { at: done.at, seq: done.seq }, act))
    });
    marks.max_by_key(|(mark, _)| mark.seq)
}

/// The party as the public may know it: nobody where the duty withholds the field or the field is not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PublicParty<'a> {
    Unnamed,
    Firm(&'a str),
    /// Its name is masked, and its code never shown.
    Person(&'a str),
}

pub(crate) fn party_of<'a>(
    case: &'a Case,
    procedure: &Procedure,
    withheld: &[&str],
    rules: &Publications,
) -> PublicParty<'a> {
    let named = procedure.fields.iter().find(|field| field.kind == FieldKind::Party);
    match &case.subject {
        Some(subject) if named.is_some_and(|field| shown(field, withheld)) => match natural(case, procedure, rules) {
            true => PublicParty::Person(subject),
            false => PublicParty::Firm(subject),
        },
        _ => PublicParty::Unnamed,
    }
}

/// Whether the party is a natural person: the case says so, or the code is none that a registrar issues.
///
/// UNSETTLED(three-systems-opinion#6): 公示执法对象而保护个人隐私，隐到什么程度法无明文；取有利于个人的读法（ADR 0154）。
pub(crate) fn natural(case: &Case, procedure: &Procedure, rules: &Publications) -> bool {
    let said = rules.natural_persons.iter().any(|(term, values)| {
        let field = procedure.terms.get(term);
        let value = field.and_then(|field| case.detail.fields.get(field)).and_then(Value::as_str);
        value.is_some_and(|value| values.iter().any(|known| known == value))
    });
    said || case.subject.as_deref().is_none_or(|code| credit_code::check(code).is_err())
}

/// Whether the public may see a field: it is public, no file, and not withheld.
pub(crate) fn shown(field: &Field, withheld: &[&str]) -> bool {
    let public = field.visible == Visibility::Public && !matches!(field.kind, FieldKind::File { .. });
    public && !withheld.contains(&field.name.as_str())
}

/// The rows by which a case's publications are found; none where nothing is owed and nothing public.
pub(crate) fn rows_of(case: &Case, shelf: &Shelf, now: Instant) -> Vec<PublicationRow> {
    let Ok(volume) = shelf.volume(&case.pack) else { return Vec::new() };
    let day = guiju_kernel::time::date_of(case.opened);
    let Some(procedure) = volume.procedure(&case.procedure, day) else { return Vec::new() };
    let rules = &shelf.current.pack.publications;
    let row = |standing: Standing<'_>| {
        let due = standing.owed().then(|| to_millis(due_of(standing.clock.1, &shelf.current, now)));
        let published = standing.published.map(|mark| to_millis(mark.at));
        let party = match party_of(case, &procedure, &standing.withheld, rules) {
            PublicParty::Firm(code) => Some(code.to_owned()),
            PublicParty::Unnamed | PublicParty::Person(_) => None,
        };
        let (what, kind) = (standing.what.to_owned(), standing.kind.id.clone());
        (due.is_some() || published.is_some()).then(|| PublicationRow {
            case_id: case.id,
            what,
            kind,
            organ: case.organ.clone(),
            party,
            due,
            published,
        })
    };
    standing(case, &procedure, rules).into_iter().filter_map(row).collect()
}

/// Until when it has to be public; a clock that cannot be reckoned is urgent from its start rather than lost.
fn due_of(clock: &Clock, volume: &Volume, now: Instant) -> Instant {
    let calendar = volume.calendar(now).ok();
    calendar.and_then(|calendar| clock.due_at(calendar, now).ok()).map_or(clock.started_at, |due| due.at)
}
