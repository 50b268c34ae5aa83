//! Publications (公示): what stands in public and anybody may read, and what officers still owe the public.
//!
//! Lines are found by an index in the store and drawn from the case itself, so that a stale or altered index can show nothing that the
//! case does not say. Refused: fields that are not public or withheld by the duty, names of natural persons, what was taken down.

mod remake;
mod searched;
mod shown;
mod standing;

use std::collections::{BTreeSet, HashMap};

use guiju_kernel::case::Case;
use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::{Procedure, Text};
use guiju_kernel::rows;
use guiju_kernel::time::{Instant, to_millis};
use guiju_store::{OwedQuery, PublicationCursor, PublicationRow, PublishedQuery};
use jiff::civil::Date;
use serde_json::Value;

use crate::answer::OfficeError;
use crate::cases::{Sight, clock_view, oversees};
use crate::office::Office;
use crate::view::{ClockView, Viewer};
use shown::Mask;
use standing::{Standing, shown as lets_out};

pub(crate) use remake::remake;
pub(crate) use standing::rows_of;

pub use shown::{PublicRecord, Withdrawn};

/// What of the public list is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublishedAsk {
    /// A kind's id.
    pub kind: Option<String>,
    /// Calendar year of the publication, in Beijing.
    pub year: Option<i16>,
    /// A case's number, a credit code, or part of a firm's name.
    pub words: String,
    pub after: Option<PublicationCursor>,
    pub limit: u32,
}

/// The party as the public reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyShown {
    pub name: Text,
    /// A firm's credit code; a natural person's is never shown.
    pub code: Option<String>,
}

/// One line of the public list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedLine {
    pub case: u64,
    pub kind: Text,
    pub procedure: Text,
    /// The case's number.
    pub number: String,
    /// What it is about, where that is public.
    pub headline: Option<String>,
    /// `None` where the duty withholds it.
    pub party: Option<PartyShown>,
    /// When the duty arose and until when it had to be met (exclusive); unknown where a later result has started the clock anew.
    pub decided: Option<Instant>,
    pub due: Option<Instant>,
    pub published: Instant,
    /// Published after the time had run out.
    pub late: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublishedPage {
    pub lines: Vec<PublishedLine>,
    /// Where the list goes on.
    pub next: Option<PublicationCursor>,
    /// More firms bear such a name than were looked at.
    pub more_firms: bool,
    /// The case whose number was looked for, if its publication was withdrawn with a reason to be told: the list no longer leads there.
    pub withdrawn: Option<u64>,
}

/// One publication that is still owed.
#[derive(Debug, Clone, PartialEq)]
pub struct OwedLine {
    pub case: u64,
    pub number: String,
    pub headline: String,
    pub kind: Text,
    pub procedure: Text,
    pub clock: ClockView,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct OwedPage {
    pub lines: Vec<OwedLine>,
    pub next: Option<PublicationCursor>,
}

impl Office {
    /// What stands in public, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn published(&self, ask: &PublishedAsk) -> Result<PublishedPage, OfficeError> {
        let (from, until) = ask.year.map_or((None, None), year);
        let mut query = PublishedQuery {
            kind: ask.kind.clone(),
            from,
            until,
            after: ask.after.clone(),
            limit: ask.limit.clamp(1, 500),
            ..PublishedQuery::default()
        };
        let mut out = PublishedPage::default();
        let words = ask.words.trim();
        if !words.is_empty() {
            let searched = self.searched(words).await?;
            (query.case, query.parties, out.more_firms) = (searched.case, searched.parties, searched.more_firms);
        }
        let page = self.store.published(&query).await?;
        let found = self.with_cases(&page.rows).await?;
        let names = self.names(found.iter().filter_map(|(_, case)| case.subject.clone())).await?;
        let rules = self.pack();
        for (row, case) in &found {
            let procedure = self.procedure_of(case)?;
            let all = standing::standing(case, &procedure, &rules.publications);
            let Some(standing) = all.iter().find(|one| one.what == row.what) else { continue };
            out.lines.extend(self.public_line(
                case,
                &procedure,
                standing,
                &self.mask(case, &procedure, standing, &names),
            )?);
        }
        out.next = page.rows.last().filter(|_| page.more).and_then(|row| cursor(row, row.published));
        if let (Some(case), true) = (query.case, out.lines.is_empty()) {
            let (_, withdrawn) = self.published_case(case).await?;
            out.withdrawn = (!withdrawn.is_empty()).then_some(case);
        }
        Ok(out)
    }

    fn public_line(
        &self,
        case: &Case,
        procedure: &Procedure,
        standing: &Standing<'_>,
        mask: &Mask,
    ) -> Result<Option<PublishedLine>, OfficeError> {
        let Some(published) = standing.published else { return Ok(None) };
        let headline = procedure.field(&procedure.headline).filter(|field| lets_out(field, &standing.withheld));
        let (decided, due) = self.decided(standing)?;
        Ok(Some(PublishedLine {
            case: case.id,
            kind: standing.kind.title.clone(),
            procedure: procedure.title.clone(),
            number: case.number.clone(),
            headline: headline.map(|_| mask.masked(&case.headline)),
            party: mask.party(),
            decided,
            due,
            published: published.at,
            late: due.is_some_and(|due| due <= published.at),
        }))
    }

    /// When what stands in public was decided, and until when it had to be published.
    fn decided(&self, standing: &Standing<'_>) -> Result<(Option<Instant>, Option<Instant>), OfficeError> {
        let Some(published) = standing.published.filter(|mark| standing.of_this_run(*mark)) else {
            return Ok((None, None));
        };
        let due = standing.clock.1.due_at(self.calendar()?, published.at).ok().map(|due| due.at);
        Ok((Some(standing.clock.1.started_at), due))
    }

    /// What this officer's organ, or their unit, still has to publish: the most urgent first. It goes by the same clocks as the alarms.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn owed(
        &self,
        who: &Person,
        after: Option<PublicationCursor>,
        limit: u32,
    ) -> Result<OwedPage, OfficeError> {
        let Some(organ) = who.organ.clone() else { return Ok(OwedPage::default()) };
        let unit = if oversees(who) { None } else { Some(who.unit.clone().unwrap_or_default()) };
        let query = OwedQuery { organ, unit, after, limit: limit.clamp(1, 200) };
        let page = self.store.owed(&query).await?;
        let viewer = Viewer::Person(who.clone());
        let now = self.now();
        let mut out = OwedPage::default();
        for (row, case) in self.with_cases(&page.rows).await? {
            if self.sight(&viewer, &case) != Sight::Staff {
                continue;
            }
            let procedure = self.procedure_of(&case)?;
            let rules = &self.pack().publications;
            let all = standing::standing(&case, &procedure, rules);
            let Some(standing) = all.iter().find(|one| one.what == row.what && one.owed()) else { continue };
            let (name, clock) = standing.clock;
            let clock = clock_view(name, clock, &procedure, self.calendar()?, now);
            out.lines.push(OwedLine {
                case: case.id,
                number: case.number.clone(),
                headline: case.headline.clone(),
                kind: standing.kind.title.clone(),
                procedure: procedure.title.clone(),
                clock,
            });
        }
        out.next = page.rows.last().filter(|_| page.more).and_then(|row| cursor(row, row.due));
        Ok(out)
    }

    /// The rows with their cases, in the order of the rows, read at once.
    async fn with_cases<'r>(&self, rows: &'r [PublicationRow]) -> Result<Vec<(&'r PublicationRow, Case)>, OfficeError> {
        let ids: Vec<u64> = rows.iter().map(|row| row.case_id).collect();
        let mut cases = HashMap::new();
        for stored in self.store.cases(&ids).await? {
            let id = stored.row.id;
            let case = rows::case_from(stored.row, stored.holdings, stored.timers);
            cases.insert(id, case.map_err(|e| OfficeError::Damaged(format!("case {id}: {e}")))?);
        }
        Ok(rows.iter().filter_map(|row| Some((row, cases.get(&row.case_id)?.clone()))).collect())
    }
}

fn cursor(row: &PublicationRow, at: Option<i64>) -> Option<PublicationCursor> {
    Some(PublicationCursor { at: at?, case_id: row.case_id, what: row.what.clone() })
}

/// A calendar year in Beijing as a half-open range; a year that no calendar has is empty.
fn year(year: i16) -> (Option<i64>, Option<i64>) {
    let begins = |year: i16| {
        let day = Date::new(year, 1, 1).ok()?;
        Some(to_millis(guiju_kernel::time::midnight(day)))
    };
    match (begins(year), year.checked_add(1).and_then(begins)) {
        (Some(from), Some(until)) => (Some(from), Some(until)),
        _ => (Some(0), Some(0)),
    }
}

/// Names of parties as the register of firms has them, by code.
type Names = HashMap<String, String>;

impl Office {
    async fn names(&self, parties: impl Iterator<Item = String>) -> Result<Names, OfficeError> {
        let parties: BTreeSet<String> = parties.collect();
        let parties: Vec<String> = parties.into_iter().collect();
        let rows = self.store.latest_entries("enterprises", &parties).await?;
        let name = |doc: &Value| Some(doc.get("fields")?.get("name")?.as_str()?.to_owned());
        let kept = rows.into_iter().filter(|row| row.until.is_none());
        Ok(kept.filter_map(|row| Some((row.key, name(&row.doc)?))).collect())
    }

    fn mask(&self, case: &Case, procedure: &Procedure, standing: &Standing<'_>, names: &Names) -> Mask {
        let pack = self.pack();
        let rules = &pack.publications;
        let name = case.subject.as_ref().and_then(|subject| names.get(subject)).cloned();
        let party = standing::party_of(case, procedure, &standing.withheld, rules);
        Mask::of(party, standing::natural(case, procedure, rules), case, name)
    }
}
