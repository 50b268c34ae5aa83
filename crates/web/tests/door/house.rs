//! A bureau behind its door: the office of the shipped pack in a folder of its own, the demonstration's accounts, and people who
//! sign in, open forms and post them. Nothing here speaks to the office but the setting up: acts go through HTTP.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use axum::Router;
use guiju_demo::{PASSWORD, Plan};
use guiju_kernel::record::Origin;
use guiju_kernel::time::{self, Instant};
use guiju_kernel::validate::credit_code;
use guiju_office::accounts::{self, ACCOUNTS};
use guiju_office::{Answer, Chance, EntryAsk, Office, OfficeClock, Settings};
use guiju_pack::Pack;
use guiju_store::{Log, Target};
use guiju_web::{Faces, WebState};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::sync::Mutex;

/// A session's cookie, and when it was opened (milliseconds).
pub type Session = (String, i64);

pub struct House {
    pub office: Office,
    pub pack: Pack,
    pub router: Router,
    folder: TempDir,
    pub sessions: Mutex<BTreeMap<String, Session>>,
}

/// Where everything stands: the signed head of the ledger (size and root), and of one case its version and state. All tables are
/// folds of the ledger, so nothing has changed while this stays the same.
#[derive(Debug, PartialEq, Eq)]
pub struct Standing {
    head: Option<(u64, String)>,
    case: Option<(u64, String)>,
}

impl House {
    /// A bureau at a moment such as `2024-03-04 09:00`, with the accounts and officers of the demonstration year's plan.
    pub async fn open(now: &str) -> House {
        House::open_with(now, pack()).await
    }

    pub async fn open_with(now: &str, pack: Pack) -> House {
        let folder = tempfile::tempdir().unwrap();
        let office = office(folder.path(), pack.clone(), at(now)).await;
        let house = House::of(office, pack, folder);
        house.fill().await;
        house
    }

    /// The bureau whose folder this is, opened again.
    pub async fn in_folder(now: &str, pack: Pack, folder: TempDir) -> House {
        let office = office(folder.path(), pack.clone(), at(now)).await;
        House::of(office, pack, folder)
    }

    fn of(office: Office, pack: Pack, folder: TempDir) -> House {
        let state = WebState { office: std::sync::Arc::new(office.clone()), faces: Faces::ALL, demo: None };
        House { office, pack, router: guiju_web::router(state), folder, sessions: Mutex::default() }
    }

    /// Closes the bureau and opens it again by another pack.
    pub async fn again(self, now: &str, pack: Pack) -> House {
        let House { office, router, folder, .. } = self;
        drop(router);
        office.close().await.unwrap();
        let office = self::office(folder.path(), pack.clone(), at(now)).await;
        House::of(office, pack, folder)
    }

    async fn fill(&self) {
        let plan = plan(&self.pack);
        for account in &plan.accounts {
            let mut fields = map(json!({"account": account.account, "name": account.name}));
            if let Some(unit) = &account.unit {
                fields.insert("unit".into(), json!(unit));
                fields.insert("roles".into(), json!(account.roles));
            }
            if let Some(firm) = account.firm {
                fields.insert("party".into(), json!(code(firm)));
            }
            self.account(&account.account, fields).await;
        }
        for entry in plan.entries.iter().filter(|entry| entry.register == "officers") {
            self.put("officers", &entry.key, Value::Object(entry.fields.clone())).await;
        }
    }

    /// An account with the demonstration's password.
    pub async fn account(&self, account: &str, fields: Map<String, Value>) {
        let secrets = BTreeMap::from([(accounts::PASSWORD.to_owned(), hash().to_owned())]);
        self.entry(ACCOUNTS, account, Some(fields), secrets).await;
    }

    /// An officer with an account and a card.
    pub async fn officer(&self, account: &str, unit: &str, roles: &[&str], more: Value) {
        self.account(account, map(json!({"account": account, "name": account, "unit": unit, "roles": roles}))).await;
        let mut fields =
            map(json!({"account": account, "name": account, "unit": unit, "card": format!("粤J-{account}"),
            "area": "江海市", "valid_from": "2023-01-01", "valid_until": "2026-01-01"}));
        fields.extend(map(more));
        self.put("officers", account, Value::Object(fields)).await;
    }

    /// Puts an entry on a register, as its keeper does.
    pub async fn put(&self, register: &str, key: &str, fields: Value) {
        self.entry(register, key, Some(map(fields)), BTreeMap::new()).await;
    }

    async fn entry(
        &self,
        register: &str,
        key: &str,
        fields: Option<Map<String, Value>>,
        secrets: BTreeMap<String, String>,
    ) {
        let ask = EntryAsk {
            by: self.office.system(),
            register: register.to_owned(),
            key: key.to_owned(),
            fields,
            secrets,
            files: Vec::new(),
            seen: None,
            done: None,
            origin: Origin::Own,
            once: None,
        };
        match self.office.put(ask, None).await.unwrap() {
            Answer::Done(_) => {}
            Answer::Refused(no) => panic!("{register}/{key}: {} {}", no.rule, no.why.zh),
        }
    }

    /// Moves the clock, and rings what is due by then.
    pub async fn until(&self, now: &str) {
        self.office.clock().advance(at(now));
        self.office.ring(None).await.unwrap();
    }

    pub async fn standing(&self, case: Option<u64>) -> Standing {
        let store = self.office.store();
        let row = match case {
            Some(id) => store.case(id).await.unwrap().map(|stored| (stored.row.version, stored.row.state)),
            None => None,
        };
        Standing { head: store.head(Log::Events).await.unwrap(), case: row }
    }

    pub async fn state(&self, case: u64) -> String {
        self.office.store().case(case).await.unwrap().unwrap().row.state
    }

    /// Closes the bureau and gives its folder, for whoever reads it without us.
    pub async fn closed(self) -> TempDir {
        let House { office, router, folder, .. } = self;
        drop(router);
        office.close().await.unwrap();
        folder
    }
}

async fn office(folder: &Path, pack: Pack, now: Instant) -> Office {
    let settings = Settings {
        place: Target::Folder(folder.to_owned()),
        keys: folder.to_owned(),
        pack,
        clock: OfficeClock::set_to(now),
        chance: Chance::Seeded([7; 32]),
    };
    Office::open(settings).await.unwrap()
}

/// The shipped pack, read once.
pub fn pack() -> Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| Pack::embedded().unwrap()).clone()
}

fn plan(pack: &Pack) -> Plan {
    Plan::parse(pack.years.values().next_back().unwrap()).unwrap()
}

fn hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| accounts::hash_password(PASSWORD).unwrap())
}

/// `2024-03-04 09:00` in Beijing.
pub fn at(minute: &str) -> Instant {
    time::parse(&format!("{}:00.000+08:00", minute.replace(' ', "T"))).unwrap()
}

/// A credit code with a right check digit, of nobody; the plan's account `firm` acts for 1, `firm2` for 2.
pub fn code(n: u32) -> String {
    credit_code::complete(&format!("91449999MA{n:07}")).unwrap().as_str().to_owned()
}

pub fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("not a map: {other}"),
    }
}
