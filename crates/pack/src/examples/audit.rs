//! What an example did is a history like any other: the statutes are held against it, and what they find must be what it says.

use std::collections::BTreeSet;

use guiju_kernel::calendar::Calendar;
use guiju_kernel::monitor::{self, Books, History, Line, Step, Weight};
use guiju_kernel::procedure::definition::{Procedure, Text};
use guiju_kernel::procedure::guard::Guard;
use guiju_kernel::procedure::{ParamValue, Person};
use guiju_kernel::time::Instant;
use jiff::civil::Date;

use super::stage::Stage;
use crate::complaint::Margin;
use crate::pack::Pack;
use crate::raw::examples::RawExample;
use crate::source::at::At;

/// What the audit may ask while it looks at an example.
struct Surroundings<'a> {
    stage: &'a Stage<'a>,
    calendar: &'a Calendar,
}

impl Surroundings<'_> {
    fn person(&self, id: &str) -> Option<&Person> {
        self.stage.people.values().find(|person| person.id == id)
    }
}

impl Books for Surroundings<'_> {
    fn param(&self, name: &str, at: Instant) -> Option<ParamValue> {
        self.stage.pack.param_value(name, at)
    }
    fn fact(&self, name: &str, at: Instant) -> Option<&Guard> {
        self.stage.pack.fact(name, at)
    }
    fn tag_title(&self, tag: &str) -> Option<Text> {
        self.stage.pack.statutes.iter().find_map(|statute| statute.tags.get(tag)).cloned()
    }
    fn role_title(&self, role: &str) -> Option<Text> {
        self.stage.pack.role(role).map(|role| role.title.clone())
    }
    fn bears(&self, person: &str, role: &str, _: Instant) -> Option<bool> {
        self.person(person).map(|person| person.roles.contains(role))
    }
    fn holds(&self, person: &str, qualification: &str, _: Instant) -> Option<bool> {
        self.person(person).map(|person| person.qualifications.contains(qualification))
    }
    fn carded(&self, person: &str, kind: &str, organ: &str, day: Date) -> Option<bool> {
        let area = self.stage.pack.organ(organ).and_then(|organ| organ.area.clone());
        let valid = |card: &guiju_kernel::procedure::Card| {
            let area = area.as_ref().is_none_or(|area| card.area == *area);
            card.kind == kind && area && card.from <= day && day < card.until
        };
        self.person(person).map(|person| person.cards.iter().any(valid))
    }
    fn calendar(&self) -> &Calendar {
        self.calendar
    }
}

/// What an example left behind.
pub(super) struct Played<'a> {
    pub(super) procedure: &'a Procedure,
    pub(super) organ: &'a str,
    pub(super) ended: bool,
    /// Canonical bytes of its records, in order.
    pub(super) records: &'a [String],
    /// The moment of its last step.
    pub(super) now: Instant,
}

/// Complains where the statutes find something that the example does not name under `unlawful`, or do not find what it names.
pub(super) fn audit(stage: &Stage<'_>, raw: &At<RawExample>, played: &Played<'_>, margin: Margin<'_>) {
    let Ok(calendar) = stage.almanac.as_known_at(played.now) else { return };
    let lines = played.records.iter().filter_map(|record| Line::read(record).ok());
    let steps: Vec<Step> = lines.filter_map(|line| line.step(played.procedure)).collect();
    let history =
        History { procedure: played.procedure, organ: played.organ, ended: played.ended, steps: &steps, told: None };
    let kind = played.procedure.realizes.as_deref();
    let bound: Vec<_> = constraints(stage.pack).filter(|one| one.binds_kind(kind)).collect();
    let judged = monitor::judge(&history, &bound, &Surroundings { stage, calendar }, played.now);
    let expected: BTreeSet<&str> = raw.unlawful.iter().map(|name| name.as_str()).collect();
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for finding in judged.findings.iter().filter(|finding| finding.weight == Weight::Law) {
        found.insert(&finding.constraint);
        if !expected.contains(finding.constraint.as_str()) {
            let (id, why) = (&finding.constraint, &finding.why);
            margin.note(
                raw.spot,
                format!("审计认为这个例子违反 `{id}`：{}", why.zh),
                format!("the audit finds that this example breaks `{id}`: {}", why.en),
            );
        }
    }
    for name in raw.unlawful.iter().filter(|name| !found.contains(name.as_str())) {
        margin.note(
            name.spot,
            format!("审计没有发现违反 `{}`", name.as_str()),
            format!("the audit finds no breach of `{}`", name.as_str()),
        );
    }
}

fn constraints(pack: &Pack) -> impl Iterator<Item = &guiju_kernel::constraint::Constraint> {
    pack.statutes.iter().flat_map(|statute| &statute.constraints)
}
