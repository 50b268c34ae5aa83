//! The year's figures: what the kernel counts is laid before it from the store, up to one signed head.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use guiju_kernel::calendar::Calendar;
use guiju_kernel::figure::definition::{Figure, Query};
use guiju_kernel::figure::{CaseFacts, Cut, EntryFacts, ItemFacts, Kind, Period, Source, Step, Value, evaluate};
use guiju_kernel::record::Record;
use guiju_kernel::rows;
use guiju_kernel::time::from_millis;
use guiju_pack::Pack;
use guiju_store::{Log, Store};
use jiff::civil::Date;

use crate::answer::OfficeError;
use crate::office::Office;

/// Case rows read at once.
const PAGE: u32 = 5_000;

/// Figures with the head up to which records were counted.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The signed note.
    pub checkpoint: String,
    pub figures: Vec<Value>,
}

impl Office {
    /// Counts all figures of the pack, or those named, over the half-open days `from..until`.
    pub async fn figures(&self, from: Date, until: Date, only: &[String]) -> Result<Counted, OfficeError> {
        let calendar = self.calendar()?;
        count(self.store.as_ref(), &self.pack(), calendar, Period { from, until }, only).await
    }
}

/// The same on a store that is open for reading only.
pub async fn count(
    store: &dyn Store,
    pack: &Pack,
    calendar: &Calendar,
    period: Period,
    only: &[String],
) -> Result<Counted, OfficeError> {
    if period.until <= period.from {
        return Err(OfficeError::Input("截止日期须晚于起始日期 / `until` must lie after `from`".into()));
    }
    let (upto_seq, checkpoint) = store.head(Log::Events).await?.unwrap_or_default();
    let figures = wanted(pack, only)?;
    let laid = Laid::out(store, pack, calendar, &figures, Cut { until: period.end(), upto_seq }).await?;
    let all = evaluate(&figures, &laid, period, upto_seq).map_err(|e| OfficeError::Pack(e.to_string()))?;
    let figures = all.into_iter().filter(|v| only.is_empty() || only.contains(&v.id)).collect();
    Ok(Counted { checkpoint, figures })
}

/// The figures named and those that they divide; all of them when none is named.
fn wanted(pack: &Pack, only: &[String]) -> Result<Vec<Figure>, OfficeError> {
    if only.is_empty() {
        return Ok(pack.figures.clone());
    }
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut ask: Vec<&str> = only.iter().map(String::as_str).collect();
    while let Some(id) = ask.pop() {
        let unknown = || OfficeError::Input(format!("没有指标 `{id}` / there is no figure `{id}`"));
        let figure = pack.figure(id).ok_or_else(unknown)?;
        if names.insert(id)
            && let Query::Ratio { of, to } = &figure.query
        {
            ask.extend([of.as_str(), to.as_str()]);
        }
    }
    Ok(pack.figures.iter().filter(|f| names.contains(f.id.as_str())).cloned().collect())
}

/// Everything the figures are counted from.
struct Laid<'a> {
    pack: &'a Pack,
    calendar: &'a Calendar,
    cases: HashMap<String, Vec<CaseFacts>>,
    steps: HashMap<String, Vec<Step>>,
    acts: HashMap<(String, String), Vec<String>>,
    entries: HashMap<String, Vec<EntryFacts>>,
}

impl<'a> Laid<'a> {
    async fn out(
        store: &dyn Store,
        pack: &'a Pack,
        calendar: &'a Calendar,
        figures: &[Figure],
        cut: Cut,
    ) -> Result<Laid<'a>, OfficeError> {
        let mut laid = Laid {
            pack,
            calendar,
            cases: HashMap::new(),
            steps: HashMap::new(),
            acts: names(pack),
            entries: HashMap::new(),
        };
        for figure in figures {
            for procedure in procedures_of(&figure.query) {
                if !laid.cases.contains_key(procedure) {
                    laid.lay_procedure(store, procedure, cut).await?;
                }
            }
            if let Some(register) = register_of(&figure.query)
                && !laid.entries.contains_key(register)
            {
                laid.lay_register(store, register, cut).await?;
            }
        }
        Ok(laid)
    }

    async fn lay_procedure(&mut self, store: &dyn Store, procedure: &str, cut: Cut) -> Result<(), OfficeError> {
        let mut beyond: BTreeSet<u64> = BTreeSet::new();
        let mut steps = Vec::new();
        for step in store.steps(procedure, cut.upto_seq).await? {
            let done = from_millis(step.done).map_err(|e| OfficeError::Damaged(e.to_string()))?;
            if !cut.covers(step.seq, done) {
                beyond.insert(step.case_id);
            }
            steps.push(Step { case: step.case_id, seq: step.seq, act: step.act, state: step.state, done });
        }
        let mut cases = Vec::new();
        let mut after = None;
        loop {
            let page = store.case_rows(procedure, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for row in page {
                if row.version >= cut.upto_seq {
                    beyond.insert(row.id);
                }
                if beyond.contains(&row.id) {
                    cases.extend(folded(store, row.id, cut).await?);
                } else {
                    let id = row.id;
                    let damaged = |e: rows::RowError| OfficeError::Damaged(format!("case {id}: {e}"));
                    cases.push(CaseFacts::from(rows::case_from(row, Vec::new(), Vec::new()).map_err(damaged)?));
                }
            }
        }
        self.cases.insert(procedure.to_owned(), cases);
        self.steps.insert(procedure.to_owned(), steps);
        Ok(())
    }

    async fn lay_register(&mut self, store: &dyn Store, register: &str, cut: Cut) -> Result<(), OfficeError> {
        let rows = store.entry_versions(register, cut.upto_seq).await?;
        let facts = rows.into_iter().map(|row| EntryFacts::of(row, Kind::Counted));
        let facts: Result<Vec<_>, _> = facts.collect();
        let facts = facts.map_err(|e| OfficeError::Damaged(format!("register {register}: {e}")))?;
        self.entries.insert(register.to_owned(), facts);
        Ok(())
    }
}

/// A case as it stood at the cut, from its records.
async fn folded(store: &dyn Store, id: u64, cut: Cut) -> Result<Option<CaseFacts>, OfficeError> {
    let damaged = |e: String| OfficeError::Damaged(format!("case {id}: {e}"));
    let stored = store.records_of_case(id).await?;
    let records: Result<Vec<Record>, _> = stored.iter().map(|r| serde_json::from_str(&r.bytes)).collect();
    let records = records.map_err(|e| damaged(e.to_string()))?;
    let case = cut.fold(&records).map_err(|e| damaged(e.to_string()))?;
    Ok(case.map(CaseFacts::from))
}

/// Act names by procedure and name or tag, over all versions of the procedure.
fn names(pack: &Pack) -> HashMap<(String, String), Vec<String>> {
    let mut names: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for procedure in &pack.procedures {
        for act in &procedure.acts {
            for name in act.tags.iter().chain([&act.name]) {
                names.entry((procedure.id.clone(), name.clone())).or_default().insert(act.name.clone());
            }
        }
    }
    names.into_iter().map(|(key, acts)| (key, acts.into_iter().collect())).collect()
}

fn procedures_of(query: &Query) -> &[String] {
    match query {
        Query::Cases { procedures, .. } | Query::Acts { procedures, .. } | Query::Kept { procedures, .. } => procedures,
        Query::Median { procedure, .. } => std::slice::from_ref(procedure),
        Query::Entries { .. }
        | Query::Ratio { .. }
        | Query::Duration { .. }
        | Query::Latest { .. }
        | Query::Items { .. }
        | Query::Param { .. } => &[],
    }
}

fn register_of(query: &Query) -> Option<&str> {
    match query {
        Query::Entries { register, .. } | Query::Duration { register, .. } | Query::Latest { register, .. } => {
            Some(register)
        }
        Query::Cases { .. }
        | Query::Acts { .. }
        | Query::Median { .. }
        | Query::Kept { .. }
        | Query::Ratio { .. }
        | Query::Items { .. }
        | Query::Param { .. } => None,
    }
}

impl Source for Laid<'_> {
    fn cases(&self, procedure: &str) -> &[CaseFacts] {
        self.cases.get(procedure).map_or(&[], Vec::as_slice)
    }

    fn steps(&self, procedure: &str) -> &[Step] {
        self.steps.get(procedure).map_or(&[], Vec::as_slice)
    }

    fn acts(&self, procedure: &str, name: &str) -> Vec<String> {
        self.acts.get(&(procedure.to_owned(), name.to_owned())).cloned().unwrap_or_default()
    }

    fn entries(&self, register: &str) -> &[EntryFacts] {
        self.entries.get(register).map_or(&[], Vec::as_slice)
    }

    fn items(&self) -> Vec<ItemFacts> {
        let items = self.pack.items.iter().map(|item| ItemFacts {
            id: item.id.clone(),
            title: item.title.zh.clone(),
            procedure: item.procedure.clone(),
            online: item.online,
        });
        items.collect()
    }

    fn param(&self, name: &str, at: guiju_kernel::time::Instant) -> Option<serde_json::Value> {
        self.pack.param_value(name, at).map(|param| param.value)
    }

    fn calendar(&self) -> Option<&Calendar> {
        Some(self.calendar)
    }
}
