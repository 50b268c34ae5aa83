//! Figures over cases and their acts.
//!
//! A cohort is fixed by the *first* time an act was done, whenever the case is looked at: what was accepted last year does not
//! enter this year's cohort by being accepted again. What became of it is looked at as of the cut-off: a case closed after it is
//! open, one reopened after it is closed.

use std::collections::BTreeMap;

use super::arithmetic::{median, of_time, share, shown};
use super::definition::{Condition, Figure};
use super::evaluate::FigureError;
use super::source::{CaseFacts, Cut, Period, Source, Step};
use super::value::{Amount, Row, RowOf};
use crate::clock::Clock;
use crate::time::{Instant, to_millis};

/// What a query found: the exact integer, the amount as shown, the rows.
pub(super) struct Found {
    pub(super) exact: Option<i128>,
    pub(super) value: Amount,
    pub(super) rows: Vec<Row>,
}

impl Found {
    pub(super) fn counted(rows: Vec<Row>) -> Self {
        let exact = rows.len() as i128;
        Self { exact: Some(exact), value: shown(exact, None), rows }
    }
}

/// The cases of one procedure with their steps up to the cut.
pub(super) struct Shelf<'s> {
    procedure: &'s str,
    source: &'s dyn Source,
    period: Period,
    files: Vec<(&'s CaseFacts, &'s [Step])>,
}

impl<'s> Shelf<'s> {
    pub(super) fn new(source: &'s dyn Source, procedure: &'s str, period: Period) -> Self {
        let mut steps_of: BTreeMap<u64, &'s [Step]> = BTreeMap::new();
        for steps in source.steps(procedure).chunk_by(|one, next| one.case == next.case) {
            if let Some(first) = steps.first() {
                steps_of.insert(first.case, steps);
            }
        }
        let file = |case: &'s CaseFacts| (case, steps_of.get(&case.id).copied().unwrap_or_default());
        let mut files: Vec<_> = source.cases(procedure).iter().map(file).collect();
        files.sort_by_key(|(case, _)| case.id);
        Self { procedure, source, period, files }
    }

    fn names(&self, name: &str) -> Vec<String> {
        let names = self.source.acts(self.procedure, name);
        if names.is_empty() { vec![name.to_owned()] } else { names }
    }

    /// The cases of the cohort that pass the filter, each with the step that put it there.
    fn cohort(&self, cohort: Option<&str>, filter: &[Condition]) -> Vec<(&'s CaseFacts, &'s [Step], &'s Step)> {
        let names = cohort.map(|name| self.names(name));
        let end = self.period.end();
        let entered = |steps: &'s [Step]| {
            let counts = |step: &&Step| names.as_ref().is_none_or(|names| names.contains(&step.act));
            steps.iter().filter(|step| step.done < end).filter(counts).min_by_key(|step| (step.done, step.seq))
        };
        let within = |(case, steps): &(&'s CaseFacts, &'s [Step])| {
            let step = entered(steps).filter(|step| self.period.holds(step.done))?;
            passes(case, filter).then_some((*case, *steps, step))
        };
        self.files.iter().filter_map(within).collect()
    }

    fn row(&self, case: &CaseFacts, step: &Step, what: &str) -> Row {
        Row {
            of: RowOf::Case { procedure: self.procedure.to_owned(), id: case.id },
            number: case.number.clone(),
            headline: case.headline.clone(),
            seq: step.seq,
            at: step.done,
            what: what.to_owned(),
            kind: case.kind,
            amount: None,
            met: None,
        }
    }

    pub(super) fn cases(&self, cohort: Option<&str>, filter: &[Condition], states: &[String]) -> Found {
        let counted = self.cohort(cohort, filter).into_iter().filter_map(|(case, steps, step)| {
            if states.is_empty() {
                return Some(self.row(case, step, &step.act));
            }
            let last = at_the_cut(steps, self.period.end()).filter(|last| states.contains(&last.state))?;
            Some(Row { what: last.state.clone(), ..self.row(case, step, "") })
        });
        Found::counted(counted.collect())
    }

    pub(super) fn acts(&self, act: &str, filter: &[Condition]) -> Found {
        let names = self.names(act);
        let done = |step: &&Step| self.period.holds(step.done) && names.contains(&step.act);
        let counted = self.files.iter().filter(|(case, _)| passes(case, filter));
        let rows =
            counted.flat_map(|(case, steps)| steps.iter().filter(done).map(|step| self.row(case, step, &step.act)));
        Found::counted(rows.collect())
    }

    /// Milliseconds from the first act of the one name to the first of the other that follows it.
    pub(super) fn median(
        &self,
        figure: &Figure,
        (cohort, from, to): (&str, &str, &str),
        filter: &[Condition],
    ) -> Found {
        let (from, to) = (self.names(from), self.names(to));
        let end = self.period.end();
        let first = |steps: &'s [Step], names: &[String], after: Instant| {
            let counts = |step: &&Step| step.done < end && step.done >= after && names.contains(&step.act);
            steps.iter().filter(counts).min_by_key(|step| (step.done, step.seq))
        };
        let spans = self.cohort(Some(cohort), filter).into_iter().filter_map(|(case, steps, _)| {
            let start = first(steps, &from, Instant::MIN)?;
            let stop = first(steps, &to, start.done)?;
            let amount = Some(to_millis(stop.done) - to_millis(start.done));
            Some(Row { amount, ..self.row(case, stop, &stop.act) })
        });
        let rows: Vec<Row> = spans.collect();
        let exact = median(rows.iter().filter_map(|row| row.amount).collect());
        let value = exact.map_or(Amount::Nothing, |millis| of_time(millis, &figure.unit, figure.round));
        Found { exact, value, rows }
    }

    /// Of the cohort's cases whose clock has ended by the cut-off, those that kept it.
    pub(super) fn kept(
        &self,
        figure: &Figure,
        (cohort, clock): (&str, &str),
        filter: &[Condition],
    ) -> Result<Vec<Row>, FigureError> {
        let mut rows = Vec::new();
        for (case, _, step) in self.cohort(Some(cohort), filter) {
            let Some(clock) = case.clocks.get(clock) else { continue };
            if let Some((ended, kept)) = self.ended(figure, clock)? {
                rows.push(Row { at: ended, met: Some(kept), ..self.row(case, step, &clock.name) });
            }
        }
        Ok(rows)
    }

    /// Of these rows, those of cases whose clock has ended by the cut-off.
    pub(super) fn ended_only(&self, figure: &Figure, clock: &str, rows: Vec<Row>) -> Result<Vec<Row>, FigureError> {
        let clocks: BTreeMap<u64, &Clock> =
            self.files.iter().filter_map(|(case, _)| Some((case.id, case.clocks.get(clock)?))).collect();
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            let RowOf::Case { id, .. } = &row.of else { continue };
            let Some(clock) = clocks.get(id) else { continue };
            if self.ended(figure, clock)?.is_some() {
                kept.push(row);
            }
        }
        Ok(kept)
    }

    /// When the clock ended, if that was before the cut-off, and whether in time. What is done at the due moment is late.
    fn ended(&self, figure: &Figure, clock: &Clock) -> Result<Option<(Instant, bool)>, FigureError> {
        let end = self.period.end();
        let calendar = self.source.calendar().ok_or_else(|| FigureError::NoCalendar(figure.id.clone()))?;
        let due = clock
            .due_at(calendar, end)
            .map_err(|error| FigureError::Clock { figure: figure.id.clone(), error: Box::new(error) })?;
        Ok(match clock.stopped_at.filter(|stopped| *stopped < end) {
            Some(stopped) => Some((stopped, stopped < due.at)),
            None if due.at <= end => Some((due.at, false)),
            None => None,
        })
    }
}

/// The share of rows that were kept.
pub(super) fn kept(figure: &Figure, rows: Vec<Row>) -> Found {
    let kept = rows.iter().filter(|row| row.met == Some(true)).count() as i128;
    let value = share(kept, rows.len() as i128, &figure.unit, figure.round);
    Found { exact: Some(kept), value, rows }
}

/// The last step done before the cut-off.
fn at_the_cut(steps: &[Step], end: Instant) -> Option<&Step> {
    steps.iter().filter(|step| step.done < end).max_by_key(|step| (step.done, step.seq))
}

fn passes(case: &CaseFacts, filter: &[Condition]) -> bool {
    filter.iter().all(|condition| case.value(&condition.field).is_some_and(|value| condition.holds(&value)))
}

impl Cut {
    /// The cut that a period and a checkpoint make.
    pub fn of(period: Period, upto_seq: u64) -> Self {
        Self { until: period.end(), upto_seq }
    }
}
