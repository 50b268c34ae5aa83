//! Fills the registers before the first request: enterprises, accounts, service officers and whom they serve.

use guiju_kernel::procedure::Person;
use guiju_kernel::record::Origin;
use guiju_kernel::time::{Instant, from_millis, midnight, to_millis};
use guiju_office::{EntryAsk, Office, OfficeError, accounts};
use serde_json::{Map, Value, json};

use crate::cast::Member;
use crate::chance::Dice;
use crate::days::{DAY, HOUR};
use crate::firms::{Firm, entry, person};
use crate::performance::Performance;
use crate::plan::Plan;
use crate::run::{DemoError, PASSWORD, Progress, Under};
use crate::story::opening_day;

/// Puts all entries that are there from the start.
pub async fn fill(
    office: &Office,
    performance: &Performance<'_>,
    under: &mut Under,
    progress: &mut dyn Progress,
) -> Result<Vec<Planned>, DemoError> {
    let Performance { plan, firms, cast, .. } = *performance;
    let at = midnight(opening_day(plan));
    let registrar = office.system();
    progress.begin("台账 / registers", u64::try_from(firms.len()).unwrap_or(0));
    for (n, firm) in firms.iter().enumerate() {
        let fields = entry(firm, &plan.words, n);
        put(office, &registrar, "enterprises", &firm.code, fields, at, under).await?;
        if n % 200 == 0 {
            progress.advance(200);
        }
    }
    let password = accounts::hash_password(PASSWORD)?;
    for visitor in &cast.visitors {
        put_account(office, &registrar, visitor, Some(&password), at, under).await?;
    }
    for handler in cast.handlers.values() {
        put_account(office, &registrar, handler, None, at, under).await?;
    }
    for wish in &plan.entries {
        for (key, fields) in performance.entries(wish, at)? {
            put(office, &registrar, &wish.register, &key, fields, at, under).await?;
        }
    }
    for (register, key, fields) in crate::radio::entries(&plan.radio, plan.seed) {
        put(office, &registrar, register, &key, fields, at, under).await?;
    }
    let hand_overs = service_officers(office, plan, firms, &registrar, at, under).await?;
    under.all().await?;
    Ok(hand_overs)
}

/// An entry that is put at a moment of the year.
#[derive(Debug, Clone)]
pub struct Planned {
    pub at: Instant,
    pub register: String,
    pub key: String,
    pub fields: Map<String, Value>,
}

impl Planned {
    pub async fn put(self, office: &Office, under: &mut Under) -> Result<(), DemoError> {
        office.clock().advance(self.at);
        put(office, &office.system(), &self.register, &self.key, self.fields, self.at, under).await
    }
}

async fn put_account(
    office: &Office,
    by: &Person,
    member: &Member,
    password: Option<&str>,
    at: Instant,
    under: &mut Under,
) -> Result<(), DemoError> {
    let mut ask = ask(by, accounts::ACCOUNTS, &member.person.id, member.fields.clone());
    if let Some(password) = password {
        ask.secrets.insert(accounts::PASSWORD.into(), password.to_owned());
    }
    under.push(format!("account {}", member.person.id), office.hand_over_entry(ask, Some(at)).await?).await
}

/// Officers, the firms that each serves, and the firms handed over to another during the year.
async fn service_officers(
    office: &Office,
    plan: &Plan,
    firms: &[Firm],
    by: &Person,
    at: Instant,
    under: &mut Under,
) -> Result<Vec<Planned>, DemoError> {
    let wishes = &plan.service_officers;
    let mut dice = Dice::new(plan.seed, "service officers");
    for n in 0..wishes.officers {
        let key = format!("s{n:04}");
        let name = person(&plan.words, &mut dice);
        let fields = Map::from_iter([
            ("account".to_owned(), json!(key)),
            ("name".to_owned(), json!(name)),
            ("office_phone".to_owned(), json!(format!("0750-3{:06}", 200_000 + n))),
            ("on_duty".to_owned(), json!(true)),
        ]);
        put(office, by, "service-officers", &key, fields, at, under).await?;
    }
    let officer = |n: u64| format!("s{:04}", n % u64::from(wishes.officers.max(1)));
    let mut served: Vec<usize> = (0..firms.len()).collect();
    dice.shuffle(&mut served);
    served.truncate(usize::try_from(wishes.firms).unwrap_or(0));
    for (n, firm) in served.iter().filter_map(|at| firms.get(*at)).enumerate() {
        let fields = assignment(&firm.code, &officer(u64::try_from(n).unwrap_or(0)));
        put(office, by, "service-assignments", &firm.code, fields, at, under).await?;
    }
    let moments = hand_over_moments(plan)?;
    let firms = served.iter().filter_map(|at| firms.get(*at)).zip(moments).enumerate();
    let next = |n: usize| officer(u64::try_from(n).unwrap_or(0) + 1);
    let hand_over = |(n, (firm, at)): (usize, (&Firm, Instant))| Planned {
        at,
        register: "service-assignments".to_owned(),
        key: firm.code.clone(),
        fields: assignment(&firm.code, &next(n)),
    };
    Ok(firms.map(hand_over).collect())
}

fn assignment(firm: &str, officer: &str) -> Map<String, Value> {
    Map::from_iter([("enterprise".to_owned(), json!(firm)), ("officer".to_owned(), json!(officer))])
}

async fn put(
    office: &Office,
    by: &Person,
    register: &str,
    key: &str,
    fields: Map<String, Value>,
    at: Instant,
    under: &mut Under,
) -> Result<(), DemoError> {
    let ask = ask(by, register, key, fields);
    under.push(format!("{register}/{key}"), office.hand_over_entry(ask, Some(at)).await?).await
}

fn ask(by: &Person, register: &str, key: &str, fields: Map<String, Value>) -> EntryAsk {
    EntryAsk {
        by: by.clone(),
        register: register.to_owned(),
        key: key.to_owned(),
        fields: Some(fields),
        secrets: Default::default(),
        files: Vec::new(),
        seen: None,
        done: None,
        origin: Origin::Own,
        once: None,
    }
}

/// Moments of the hand-overs: on so many days of the year, at ten in the morning.
fn hand_over_moments(plan: &Plan) -> Result<Vec<Instant>, OfficeError> {
    let mut dice = Dice::new(plan.seed, "hand-overs");
    let (from, until) = (to_millis(midnight(plan.from)), to_millis(midnight(plan.until)));
    let days = (until - from) / DAY;
    let mut moments = Vec::new();
    for _ in 0..plan.service_officers.hand_overs {
        let ms = from + dice.between(1, days.max(2)) * DAY + 10 * HOUR;
        moments.push(from_millis(ms.min(until - HOUR)).map_err(|e| OfficeError::Input(e.to_string()))?);
    }
    moments.sort_unstable();
    Ok(moments)
}
