//! The persons and facts around the test procedure, and one case on its way.

use std::collections::{BTreeMap, BTreeSet};

use guiju_kernel::calendar::{Almanac, Calendar};
use guiju_kernel::case::Case;
use guiju_kernel::procedure::definition::{Procedure, Text};
use guiju_kernel::procedure::guard::{Bound, Guard, Test};
use guiju_kernel::procedure::{Card, Context, Decided, Facts, ParamValue, Person, Proposal, Refusal, decide};
use guiju_kernel::record::{ActorKind, Effect, FileMark, Origin, Table};
use guiju_kernel::rows::{EntryRow, merge_patch};
use guiju_kernel::time::{self, Instant};
use jiff::civil::{Date, date};
use serde_json::{Map, Value, json};

use super::matter::{procedure, t};

pub const FIRM: &str = "91350100M000100Y43";

/// Facts as an office keeps them: the folded numbers and entries, and the pack's parameters and units.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub params: BTreeMap<String, Value>,
    pub rows: BTreeMap<(Table, String), Map<String, Value>>,
}

impl World {
    pub fn new() -> Self {
        let params = [
            ("accept.limit", "2 hours"),
            ("contact.limit", "60 minutes"),
            ("close.limit", "7 days"),
            ("close.extension", "3 days"),
            ("sub.limit", "3 days"),
            ("objection.limit", "5 working_days"),
            ("publish.limit", "7 working_days"),
            ("window.limit", "5 days"),
        ];
        let params = params.into_iter().map(|(name, value)| (name.to_owned(), json!(value)));
        let mut world = Self { params: params.collect(), rows: BTreeMap::new() };
        world.params.insert("hearing.threshold".into(), json!(10_000_000));
        world.add_entry("stations", "S-1", 1, None);
        world.add_entry("stations", "S-0", 1, Some(1));
        world
    }

    pub fn add_entry(&mut self, register: &str, key: &str, version: u32, until: Option<i64>) {
        let row = json!({"register": register, "key": key, "version": version, "since": 0, "seq": 0, "doc": {}});
        let mut row = row.as_object().unwrap().clone();
        row.extend(until.map(|until| ("until".to_owned(), json!(until))));
        self.rows.insert((Table::Entries, format!("{register}/{key}/{version}")), row);
    }

    pub fn fold(&mut self, effects: &[Effect]) {
        for effect in effects.iter().filter(|effect| matches!(effect.table, Table::Entries | Table::Numbers)) {
            let row = self.rows.entry((effect.table, effect.key.clone())).or_default();
            merge_patch(row, effect.patch.as_ref().unwrap());
        }
    }

    pub fn versions(&self, register: &str, key: &str) -> Vec<EntryRow> {
        let prefix = format!("{register}/{key}/");
        let rows = self.rows.iter().filter(|((table, k), _)| *table == Table::Entries && k.starts_with(&prefix));
        let mut rows: Vec<EntryRow> = rows.map(|(_, row)| serde_json::from_value(json!(row)).unwrap()).collect();
        rows.sort_by_key(|row| row.version);
        rows
    }
}

impl Facts for World {
    fn param(&self, name: &str, _: Instant) -> Option<ParamValue> {
        let value = self.params.get(name)?.clone();
        Some(ParamValue { value, article: None, source: "pack".into(), fictional: false })
    }
    fn last_number(&self, series: &str) -> u64 {
        let row = self.rows.get(&(Table::Numbers, series.to_owned()));
        row.and_then(|row| row.get("last")).and_then(Value::as_u64).unwrap_or(0)
    }
    fn unit_exists(&self, path: &str) -> bool {
        ["hall/desk", "hall/chief", "gov/sme", "gov/power", "county/office"].contains(&path)
    }
    fn entry(&self, register: &str, key: &str) -> Option<EntryRow> {
        self.versions(register, key).pop()
    }
    fn fact(&self, name: &str, _: Instant) -> Option<Guard> {
        let fine = Test::AtLeast(Bound::Param("hearing.threshold".into()));
        let due = Guard::Any(vec![
            Guard::Term { name: "penalty.fine".into(), is: fine },
            Guard::Term { name: "penalty.complex".into(), is: Test::Is(json!(true)) },
        ]);
        (name == "review_due").then_some(due)
    }
    fn fact_title(&self, name: &str, _: Instant) -> Option<Text> {
        (name == "review_due").then(|| t("应当法制审核", "A legal review is due"))
    }
    fn role_title(&self, role: &str) -> Option<Text> {
        (role == "dispatcher").then(|| t("派单员", "dispatcher"))
    }
    fn unit_title(&self, path: &str) -> Option<Text> {
        (path == "gov/sme").then(|| t("中小企业科", "SME section"))
    }
    fn area(&self, organ: &str) -> Option<String> {
        (organ == "hall").then(|| "江州".into())
    }
}

pub fn person(id: &str, at: &str, roles: &[&str]) -> Person {
    let (organ, unit) = at.split_once('/').unwrap();
    Person {
        kind: ActorKind::Officer,
        id: id.into(),
        organ: Some(organ.into()),
        unit: Some(unit.into()),
        roles: roles.iter().map(|role| (*role).into()).collect(),
        party: None,
        cards: Vec::new(),
        qualifications: BTreeSet::new(),
        recused: BTreeSet::new(),
    }
}

pub fn firm(code: &str) -> Person {
    let party = Some(code.into());
    Person {
        kind: ActorKind::Party,
        id: format!("user-{code}"),
        organ: None,
        unit: None,
        party,
        ..person("", "/", &[])
    }
}

pub fn card(until: Date) -> Card {
    let number = format!("C-{until}");
    Card { kind: "enforcement".into(), number, area: "江州".into(), from: date(2020, 1, 1), until }
}

/// Everybody of the small world.
pub fn people() -> Vec<Person> {
    let carded = |id: &str, until| Person { cards: vec![card(until)], ..person(id, "hall/desk", &["investigator"]) };
    let lawyer = Person {
        qualifications: BTreeSet::from(["legal_qualification".into()]),
        ..person("lawyer", "hall/desk", &["reviewer", "investigator"])
    };
    vec![
        firm(FIRM),
        person("clerk", "hall/desk", &["clerk"]),
        person("dispatcher", "hall/desk", &["dispatcher", "handler"]),
        person("chief", "hall/chief", &["chief", "dispatcher", "handler"]),
        person("sme", "gov/sme", &["handler"]),
        person("sme-head", "gov/sme", &["handler", "head"]),
        person("power", "gov/power", &["handler", "head"]),
        person("county", "county/office", &["handler"]),
        carded("inspector-1", date(2027, 1, 1)),
        carded("inspector-2", date(2027, 1, 1)),
        carded("inspector-old", date(2024, 1, 1)),
        Person { cards: vec![card(date(2027, 1, 1))], ..lawyer },
        firm("91350100M000100Y44"),
    ]
}

pub fn who(id: &str) -> Person {
    let id = if id == "firm" { format!("user-{FIRM}") } else { id.to_owned() };
    people().into_iter().find(|person| person.id == id).unwrap()
}

pub fn at(text: &str) -> Instant {
    time::parse(&format!("{text}:00.000+08:00")).unwrap()
}

pub fn calendar() -> Calendar {
    static ALMANAC: std::sync::OnceLock<Almanac> = std::sync::OnceLock::new();
    ALMANAC.get_or_init(|| guiju_testkit::pack_calendar::almanac().unwrap()).latest().clone()
}

pub fn file(field: &str, bytes: u64) -> FileMark {
    FileMark { field: field.into(), stored: format!("{bytes:064x}"), bytes, media: "image/png".into() }
}

/// One case on its way, with its world: a test says who does what and when.
pub struct Desk {
    pub def: Procedure,
    pub world: World,
    pub calendar: Calendar,
    pub now: Instant,
    pub seq: u64,
    pub case: Option<Case>,
    pub records: Vec<guiju_kernel::record::Record>,
}

impl Desk {
    pub fn new(now: &str) -> Self {
        let (calendar, now) = (calendar(), at(now));
        Self { def: procedure(), world: World::new(), calendar, now, seq: 100, case: None, records: Vec::new() }
    }

    pub fn ctx(&self) -> Context<'_> {
        Context { now: self.now, calendar: &self.calendar, facts: &self.world, next_seq: self.seq, pack: "p1" }
    }

    pub fn proposal(&self, act: &str, by: &[&str], given: Value) -> Proposal {
        Proposal {
            act: act.into(),
            by: by.iter().map(|id| who(id)).collect(),
            done: self.now,
            origin: Origin::Own,
            given: given.as_object().unwrap().clone(),
            files: Vec::new(),
            subject: self.case.is_none().then(|| FIRM.to_owned()),
            organ: "hall".into(),
            seen: self.case.as_ref().map(|case| case.version),
            number: None,
            claim: None,
            links: Vec::new(),
        }
    }

    pub fn propose(&mut self, proposal: &Proposal) -> Result<Decided, Box<Refusal>> {
        let decided = decide(&self.def, self.case.as_ref(), proposal, &self.ctx())?;
        self.accept(&decided);
        Ok(decided)
    }

    pub fn accept(&mut self, decided: &Decided) {
        super::property::holds(self.case.as_ref(), decided, &self.def);
        self.world.fold(&decided.record.effects);
        self.case = Some(decided.case.clone());
        self.records.push(decided.record.clone());
        self.seq += 7;
    }

    /// Does an act that must be lawful.
    pub fn act(&mut self, act: &str, by: &[&str], given: Value) -> Decided {
        let proposal = self.proposal(act, by, given);
        match self.propose(&proposal) {
            Ok(decided) => decided,
            Err(refusal) => panic!("{act} was refused: {refusal:#?}"),
        }
    }

    /// Tries an act that must be refused.
    pub fn refuse(&mut self, act: &str, by: &[&str], given: Value) -> Refusal {
        let proposal = self.proposal(act, by, given);
        match decide(&self.def, self.case.as_ref(), &proposal, &self.ctx()) {
            Ok(_) => panic!("{act} was not refused"),
            Err(refusal) => *refusal,
        }
    }

    pub fn later(&mut self, text: &str) {
        let next = at(text);
        assert!(next >= self.now);
        self.now = next;
    }

    pub fn case(&self) -> &Case {
        self.case.as_ref().unwrap()
    }

    pub fn file(&mut self) {
        self.act(
            "file",
            &["firm"],
            json!({"title": "用电报装慢", "body": "报装已经三周没有答复", "topic": "power", "phone": "138 0000 0000"}),
        );
    }

    pub fn dispatch(&mut self, lead: &str, with: &[&str]) {
        self.act("dispatch", &["dispatcher"], json!({"lead": lead, "with": with}));
    }
}
