//! An archive in memory, and the question put to it.

use std::collections::BTreeMap;

use guiju_kernel::calendar::Calendar;
use guiju_kernel::figure::definition::{Condition, Figure, Query};
use guiju_kernel::figure::{CaseFacts, EntryFacts, ItemFacts, Kind, Period, Source, Step, Value, evaluate};
use guiju_kernel::procedure::definition::Text;
use guiju_kernel::time::{self, Instant};
use serde_json::json;

pub fn t(zh: &str, en: &str) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

pub fn at(text: &str) -> Instant {
    time::parse(&format!("{text}:00.000+08:00")).unwrap()
}

pub fn period(from: &str, until: &str) -> Period {
    Period { from: time::parse_date(from).unwrap(), until: time::parse_date(until).unwrap() }
}

#[derive(Default)]
pub struct Archive {
    pub cases: Vec<CaseFacts>,
    pub steps: Vec<Step>,
    pub entries: Vec<EntryFacts>,
    pub calendar: Option<Calendar>,
}

impl Source for Archive {
    fn cases(&self, _: &str) -> &[CaseFacts] {
        &self.cases
    }
    fn steps(&self, _: &str) -> &[Step] {
        &self.steps
    }
    fn acts(&self, _: &str, name: &str) -> Vec<String> {
        // `accept` bears the tag `request.accept`, and so did an act of an older version.
        if name == "request.accept" { vec!["accept".into(), "take_in".into()] } else { Vec::new() }
    }
    fn entries(&self, _: &str) -> &[EntryFacts] {
        &self.entries
    }
    fn items(&self) -> Vec<ItemFacts> {
        let item = |id: &str, procedure: &str, online| ItemFacts {
            id: id.into(),
            title: id.into(),
            procedure: procedure.into(),
            online,
        };
        vec![item("b", "licence", true), item("a", "renewal", false), item("c", "request", true)]
    }
    fn param(&self, name: &str, at: Instant) -> Option<serde_json::Value> {
        // Three working days until 2024-12-05, one from then on.
        let new = at >= time::midnight(time::parse_date("2024-12-05").unwrap());
        let value = if new { json!({"period": "1 working_day", "rolls": true}) } else { json!("3 working_days") };
        (name == "promised_within").then_some(value)
    }
    fn calendar(&self) -> Option<&Calendar> {
        self.calendar.as_ref()
    }
}

impl Archive {
    /// A case with its steps: act, state after it, when.
    pub fn case(&mut self, channel: &str, steps: &[(&str, &str, &str)]) -> &mut CaseFacts {
        let id = self.steps.last().map_or(0, |step| step.seq + 1);
        for (number, (act, state, done)) in steps.iter().enumerate() {
            let seq = id + number as u64;
            self.steps.push(Step { case: id, seq, act: (*act).into(), state: (*state).into(), done: at(done) });
        }
        self.cases.push(CaseFacts {
            id,
            number: format!("N{id}"),
            headline: format!("第{id}件"),
            organ: "gov".into(),
            subject: Some("firm".into()),
            outcome: None,
            fields: json!({"channel": channel, "types": ["power", "loan"]}).as_object().unwrap().clone(),
            clocks: BTreeMap::new(),
            kind: Kind::Counted,
        });
        self.cases.last_mut().unwrap()
    }

    pub fn entry(&mut self, key: &str, version: u32, since: &str, fields: serde_json::Value) -> &mut EntryFacts {
        let seq = self.entries.len() as u64;
        self.entries.push(EntryFacts {
            register: "r".into(),
            key: key.into(),
            version,
            seq,
            since: at(since),
            ends: fields.is_null(),
            fields: fields.as_object().cloned().unwrap_or_default(),
            kind: Kind::Counted,
        });
        self.entries.last_mut().unwrap()
    }

    pub fn ask(&self, query: Query, from: &str, until: &str) -> Value {
        self.ask_as(figure("one", "件", query), from, until)
    }

    pub fn ask_as(&self, figure: Figure, from: &str, until: &str) -> Value {
        evaluate(&[figure], self, period(from, until), 1_000_000).unwrap().remove(0)
    }
}

pub fn figure(id: &str, unit: &str, query: Query) -> Figure {
    Figure {
        id: id.into(),
        title: t("指标", "figure"),
        counts: t("计数", "what is counted"),
        unit: t(unit, unit),
        scope: "city".into(),
        query,
        round: None,
        public: true,
    }
}

pub fn is(field: &str, any_of: &[&str]) -> Condition {
    Condition { field: field.into(), any_of: any_of.iter().map(|value| json!(value)).collect() }
}
