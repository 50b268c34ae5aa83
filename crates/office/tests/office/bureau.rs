//! A small bureau for tests: an office in a temporary folder, its people, a firm or two.

use std::path::{Path, PathBuf};

use guiju_kernel::procedure::{Person, Refusal};
use guiju_kernel::record::{ActorKind, Origin};
use guiju_kernel::time::{self, Instant};
use guiju_kernel::validate::credit_code;
use guiju_office::{Answer, Ask, Chance, Done, Office, OfficeClock, OfficeError, Settings, Target};
use guiju_pack::Pack;
use guiju_store::{Log, Target as Place};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

pub const REQUEST: &str = "enterprise-request";
pub const SME: &str = "jh-miit/sme";
pub const RADIO: &str = "jh-miit/radio";
pub const BANKING: &str = "jh-financial-services/banking";

/// An office on a folder that goes with it.
pub struct Bureau {
    pub office: Office,
    folder: TempDir,
}

impl Bureau {
    /// A new office at a moment such as `2024-03-04 09:00`, by the shipped pack.
    pub async fn open(now: &str) -> Bureau {
        Bureau::open_with(now, pack(), 1).await
    }

    pub async fn open_with(now: &str, pack: Pack, seed: u8) -> Bureau {
        let folder = tempfile::tempdir().unwrap();
        let office = open(folder.path(), pack, at(now), seed).await.unwrap();
        Bureau { office, folder }
    }

    /// Closes the office and opens it again at a moment, by a pack.
    pub async fn again(self, now: &str, pack: Pack) -> Bureau {
        let Bureau { office, folder } = self;
        office.close().await.unwrap();
        let office = open(folder.path(), pack, at(now), 1).await.unwrap();
        Bureau { office, folder }
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Moves the clock, and rings what is due by then.
    pub async fn until(&self, now: &str) {
        self.office.clock().advance(at(now));
        self.office.ring(None).await.unwrap();
    }

    pub async fn events(&self) -> u64 {
        self.office.store().position(Log::Events).await.unwrap().size
    }

    /// Files a request and answers what became of it.
    pub async fn file(&self, firm: &str, given: Map<String, Value>) -> Answer {
        self.act(new(firm), "file", &of_firm(firm), given).await
    }

    pub async fn act(&self, target: Target, act: &str, by: &Person, given: Map<String, Value>) -> Answer {
        self.office.act(ask(target, act, by, given)).await.unwrap()
    }

    /// Does an act on a case that nothing stands against.
    pub async fn done(&self, case: u64, act: &str, by: &Person, given: Value) -> Done {
        match self.act(Target::Case { id: case, seen: None }, act, by, map(given)).await {
            Answer::Done(done) => done,
            Answer::Refused(refusal) => panic!("{act}: {} {}", refusal.rule, refusal.why.zh),
        }
    }

    /// Does an act on a case that has to be refused.
    pub async fn refused(&self, case: u64, act: &str, by: &Person, given: Value) -> Box<Refusal> {
        let before = self.events().await;
        let refusal = refusal(self.act(Target::Case { id: case, seen: None }, act, by, map(given)).await);
        assert_eq!(self.events().await, before, "a refused act left a record");
        refusal
    }

    /// A request filed, accepted and dispatched to a unit.
    pub async fn dispatched(&self, firm: &str, unit: &str) -> u64 {
        let case = done(self.file(firm, filing(firm)).await).case;
        self.done(case, "accept", &dispatcher(), json!({})).await;
        self.done(case, "dispatch", &dispatcher(), json!({"lead_unit": unit})).await;
        case
    }

    /// A request handled and closed by a unit.
    pub async fn closed(&self, firm: &str, unit: &str) -> u64 {
        let case = self.dispatched(firm, unit).await;
        self.handled(case, unit).await;
        case
    }

    pub async fn handled(&self, case: u64, unit: &str) {
        let by = handler(unit);
        self.done(case, "contact", &by, json!({"contact_note": "已电话联系"})).await;
        self.done(case, "answer", &by, json!({"answer_text": "已协调银行办理续贷。"})).await;
        self.done(case, "close", &by, json!({"outcome": "solved"})).await;
    }

    /// Closes the office and has the independent reader look at the folder.
    pub async fn verified(self) -> guiju_verify::Report {
        let Bureau { office, folder } = self;
        office.close().await.unwrap();
        verify(folder.path()).await
    }
}

pub async fn verify(folder: &Path) -> guiju_verify::Report {
    let target = guiju_verify::Target::Data(folder.to_owned());
    guiju_verify::verify(target, guiju_verify::Options::default()).await.unwrap()
}

pub async fn open(folder: &Path, pack: Pack, now: Instant, seed: u8) -> Result<Office, OfficeError> {
    let settings = Settings {
        place: Place::Folder(folder.to_owned()),
        keys: folder.to_owned(),
        pack,
        clock: OfficeClock::set_to(now),
        chance: Chance::Seeded([seed; 32]),
    };
    Office::open(settings).await
}

pub fn pack() -> Pack {
    Pack::embedded().unwrap()
}

/// `2024-03-04 09:00` in Beijing.
pub fn at(minute: &str) -> Instant {
    time::parse(&format!("{}:00.000+08:00", minute.replace(' ', "T"))).unwrap()
}

/// A credit code with a right check digit, of nobody.
pub fn code(n: u32) -> String {
    credit_code::complete(&format!("91449999MA{n:07}")).unwrap().as_str().to_owned()
}

pub fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("not a map: {other}"),
    }
}

/// What a firm writes when it files.
pub fn filing(firm: &str) -> Map<String, Value> {
    map(json!({
        "enterprise": firm,
        "types": ["financing"],
        "title": "请协调银行续贷事宜",
        "description": "企业贷款下月到期，希望协调银行办理续贷手续。",
        "contact_name": "欧阳测试",
        "contact_phone": "19900001234",
    }))
}

pub fn new(firm: &str) -> Target {
    Target::New { procedure: REQUEST.to_owned(), subject: Some(firm.to_owned()) }
}

pub fn ask(target: Target, act: &str, by: &Person, given: Map<String, Value>) -> Ask {
    Ask {
        target,
        act: act.to_owned(),
        by: vec![by.clone()],
        done: None,
        origin: Origin::Own,
        given,
        files: Vec::new(),
        history: None,
        once: None,
    }
}

pub fn done(answer: Answer) -> Done {
    match answer {
        Answer::Done(done) => done,
        Answer::Refused(refusal) => panic!("{} {}", refusal.rule, refusal.why.zh),
    }
}

pub fn refusal(answer: Answer) -> Box<Refusal> {
    match answer {
        Answer::Refused(refusal) => refusal,
        Answer::Done(done) => panic!("{} was done", done.number),
    }
}

pub fn of_firm(code: &str) -> Person {
    Person { party: Some(code.to_owned()), ..person(ActorKind::Party, code, None, &[]) }
}

pub fn officer(id: &str, unit: &str, roles: &[&str]) -> Person {
    person(ActorKind::Officer, id, Some(unit), roles)
}

/// The one handler of a unit.
pub fn handler(unit: &str) -> Person {
    officer(&format!("h-{}", unit.replace('/', "-")), unit, &["handler", "officer"])
}

pub fn dispatcher() -> Person {
    officer("pai", "jh-miit/request-centre", &["dispatcher"])
}

pub fn callback() -> Person {
    officer("hui", "jh-miit/request-centre", &["callback"])
}

pub fn registrar() -> Person {
    officer("tai", "jh-miit/office", &["registrar"])
}

fn person(kind: ActorKind, id: &str, unit: Option<&str>, roles: &[&str]) -> Person {
    let (organ, unit) = unit.and_then(|u| u.split_once('/')).unzip();
    Person {
        kind,
        id: id.to_owned(),
        organ: organ.map(str::to_owned),
        unit: unit.map(str::to_owned),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        party: None,
        cards: Vec::new(),
        qualifications: Default::default(),
        recused: Default::default(),
    }
}
