//! From definitions to answers: each figure once, those that ratios divide before them.

use std::collections::{BTreeMap, BTreeSet};

use super::arithmetic::share;
use super::cases::{Found, Shelf, kept};
use super::definition::{Condition, Figure, Query};
use super::source::{Period, Source};
use super::value::{Amount, Row, RowOf, Value};
use super::{entries, lists};
use crate::clock::ClockError;

/// A figure that cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// A ratio divides a figure that nobody defined.
    #[error(
        "指标 `{figure}` 引用了没有定义的指标 `{missing}` / the figure `{figure}` divides `{missing}`, which is not defined"
    )]
    Missing { figure: String, missing: String },
    /// A ratio divides itself, perhaps by way of others.
    #[error("指标 `{0}` 循环引用自身 / the figure `{0}` goes round in a circle")]
    Circle(String),
    /// A clock is asked about, and there is no calendar.
    #[error("指标 `{0}` 需要日历 / the figure `{0}` needs a calendar")]
    NoCalendar(String),
    /// A clock cannot be counted.
    #[error("指标 `{figure}`：{error} / the figure `{figure}`: {error}")]
    Clock { figure: String, error: Box<ClockError> },
}

/// Answers the figures in their order.
///
/// `period` is half-open in Beijing days and its end the cut-off; `upto_seq` is the size of the checkpoint that the source keeps to.
/// A ratio is taken of the exact integers, not of the rounded ones.
///
/// # Errors
/// [`FigureError`] when one cannot be answered.
pub fn evaluate(
    figures: &[Figure],
    source: &impl Source,
    period: Period,
    upto_seq: u64,
) -> Result<Vec<Value>, FigureError> {
    let mut answers = Answers { figures, source, period, upto_seq, shelves: BTreeMap::new(), known: BTreeMap::new() };
    for figure in figures {
        answers.answer(figure, &mut BTreeSet::new())?;
    }
    Ok(figures.iter().filter_map(|figure| answers.known.remove(&*figure.id)).collect())
}

struct Answers<'s> {
    figures: &'s [Figure],
    source: &'s dyn Source,
    period: Period,
    upto_seq: u64,
    shelves: BTreeMap<&'s str, Shelf<'s>>,
    known: BTreeMap<&'s str, Value>,
}

impl<'s> Answers<'s> {
    fn answer(&mut self, figure: &'s Figure, above: &mut BTreeSet<&'s str>) -> Result<(), FigureError> {
        if self.known.contains_key(&*figure.id) {
            return Ok(());
        }
        if !above.insert(&figure.id) {
            return Err(FigureError::Circle(figure.id.clone()));
        }
        let (found, made_of) = self.found(figure, above)?;
        let mut kinds = BTreeMap::new();
        for row in &found.rows {
            *kinds.entry(row.kind).or_insert(0) += 1;
        }
        let value = Value {
            id: figure.id.clone(),
            title: figure.title.clone(),
            definition: figure.counts.clone(),
            unit: figure.unit.clone(),
            scope: figure.scope.clone(),
            value: found.value,
            kinds,
            made_of,
            rows: found.rows,
            period: self.period,
            upto_seq: self.upto_seq,
            public: figure.public,
            exact: found.exact,
        };
        above.remove(&*figure.id);
        self.known.insert(&figure.id, value);
        Ok(())
    }

    fn shelf(&mut self, procedure: &'s str) -> &Shelf<'s> {
        let (source, period) = (self.source, self.period);
        self.shelves.entry(procedure).or_insert_with(|| Shelf::new(source, procedure, period))
    }

    fn found(
        &mut self,
        figure: &'s Figure,
        above: &mut BTreeSet<&'s str>,
    ) -> Result<(Found, Vec<String>), FigureError> {
        let (source, period) = (self.source, self.period);
        let found = match &figure.query {
            Query::Cases { procedures, cohort, filter, state_at_cutoff, clock } => {
                let mut rows = Vec::new();
                for procedure in procedures {
                    let shelf = self.shelf(procedure);
                    let found = shelf.cases(cohort.as_deref(), filter, state_at_cutoff);
                    rows.extend(match clock {
                        Some(clock) => shelf.ended_only(figure, clock, found.rows)?,
                        None => found.rows,
                    });
                }
                Found::counted(rows)
            }
            Query::Acts { procedures, act, filter } => {
                Found::counted(procedures.iter().flat_map(|of| self.shelf(of).acts(act, filter).rows).collect())
            }
            Query::Items { procedures, online } => lists::items(source, period, procedures, *online),
            Query::Param { name } => lists::param(source, figure, period, name),
            Query::Entries { register, filter, made_in_period, measure } => {
                entries::entries(source, figure, period, (register, *made_in_period, measure), filter)
            }
            Query::Ratio { of, to } => {
                let found = self.ratio(figure, of, to, above)?;
                return Ok((found, vec![of.clone(), to.clone()]));
            }
            Query::Duration { register, from, until, union_by, filter } => {
                entries::duration(source, figure, period, (register, from, until), union_by, filter)
            }
            Query::Latest { register, field, filter } => {
                entries::latest(source, figure, period, (register, field), filter)
            }
            Query::Median { procedure, cohort, from, to, filter } => {
                self.shelf(procedure).median(figure, (cohort, from, to), filter)
            }
            Query::Kept { procedures, cohort, clock, filter } => {
                let mut rows = Vec::new();
                for procedure in procedures {
                    rows.extend(self.shelf(procedure).kept(figure, (cohort, clock), filter)?);
                }
                kept(figure, rows)
            }
        };
        Ok((found, Vec::new()))
    }

    /// The rows are those of the divisor; each says whether it is among the dividend's.
    fn ratio(
        &mut self,
        figure: &'s Figure,
        of: &str,
        to: &str,
        above: &mut BTreeSet<&'s str>,
    ) -> Result<Found, FigureError> {
        let figures = self.figures;
        let named = |id: &str| {
            let missing = || FigureError::Missing { figure: figure.id.clone(), missing: id.to_owned() };
            figures.iter().find(|other| other.id == id).ok_or_else(missing)
        };
        self.answer(named(of)?, above)?;
        self.answer(named(to)?, above)?;
        let (Some(of), Some(to)) = (self.known.get(of), self.known.get(to)) else {
            return Err(FigureError::Circle(figure.id.clone()));
        };
        let among: BTreeSet<&RowOf> = of.rows.iter().map(|row| &row.of).collect();
        let met = |row: &Row| Row { met: Some(among.contains(&row.of)), ..row.clone() };
        let rows = to.rows.iter().map(met).collect();
        let value = match (of.exact, to.exact) {
            (Some(of), Some(to)) => share(of, to, &figure.unit, figure.round),
            _ => Amount::Nothing,
        };
        Ok(Found { exact: None, value, rows })
    }
}

impl Condition {
    /// Whether the value is one of those wanted or, being a list, holds one of them.
    pub(super) fn holds(&self, value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::Array(items) => items.iter().any(|item| self.any_of.contains(item)),
            other => self.any_of.contains(other),
        }
    }
}
