//! Draws of the demonstration year: real ones, made by the kernel from a pool of the plan's firms and from numbers of the plan's chance.
//!
//! First the pool is announced (its hash goes on the register), on the next day the sources speak and the proof follows. Anybody
//! can run the proof again; only where its numbers came from is made up, as everything here is.

use std::collections::BTreeMap;

use guiju_kernel::draw::quota::{Rule, Stratum};
use guiju_kernel::draw::snapshot::{Card, Inspector, Inspectors, Target};
use guiju_kernel::draw::source::{Group, commitment};
use guiju_kernel::draw::{Input, Kind, Proof, Reveal, Snapshot, Source};
use guiju_kernel::procedure::definition::Text;
use guiju_kernel::time::{self, midnight};
use guiju_office::OfficeError;
use guiju_office::officers::OFFICERS;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::chance::Dice;
use crate::course::Course;
use crate::days::HOUR;
use crate::firms::Firm;
use crate::plan::Plan;
use crate::registers::Planned;

/// How the firms and officers of a course are drawn.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lottery {
    pub id: String,
    pub zh: String,
    pub en: String,
    /// The day on which the pool is announced; the sources speak on the next.
    pub on: Date,
    /// So many firms, the first of the register.
    pub pool: u32,
    /// Accounts of the officers who may be sent, two a firm; their cards are those of the plan's entries of the register of officers.
    pub officers: Vec<String>,
    /// Risk classes, in the order in which remainders are given to them.
    pub classes: Vec<Class>,
}

/// A risk class: which firms are in it, and how often they are drawn compared with the others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub share: u32,
    /// Sizes of the firms in it; empty: whoever is in no class before.
    #[serde(default)]
    pub sizes: Vec<String>,
}

/// A draw that was held, for the cases of one course.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub proof: Proof,
    /// SHA-256 of the proof file, in hex.
    pub digest: String,
    bytes: String,
    on: Date,
}

/// Holds the draws of all courses that have one, by the course's id.
pub fn hold(plan: &Plan, organ: &str, firms: &[Firm]) -> Result<BTreeMap<String, Drawn>, OfficeError> {
    let mut all = BTreeMap::new();
    for course in &plan.courses {
        if let Some(lottery) = &course.draw {
            all.insert(course.id.clone(), one(plan, course, lottery, organ, firms)?);
        }
    }
    Ok(all)
}

fn one(plan: &Plan, course: &Course, lottery: &Lottery, organ: &str, firms: &[Firm]) -> Result<Drawn, OfficeError> {
    let mut dice = Dice::new(plan.seed, &lottery.id);
    let fault = |why: String| OfficeError::Input(format!("courses.{}.draw: {why}", course.id));
    let code = secret(&mut dice);
    let evening = time::print(midnight(lottery.on) + (21).hours());
    let mut sources = Vec::new();
    let mut reveals = Vec::new();
    for (id, holder) in [("witness-1", "supervision-office"), ("witness-2", "trade-association")] {
        let number = format!("{:012}", dice.below(1_000_000_000_000));
        let salt = secret(&mut dice);
        let commitment = commitment(&lottery.id, id, &number, &salt);
        sources.push(Source {
            id: id.to_owned(),
            holder: holder.to_owned(),
            kind: Kind::Witness { digits: 12, commitment },
        });
        reveals.push(Reveal { source: id.to_owned(), value: number, salt: Some(salt) });
    }
    let groups = vec![Group { from: 1, to: 35, take: 5 }, Group { from: 1, to: 12, take: 2 }];
    let value = balls(&groups, &mut dice);
    let kind = Kind::Lottery {
        name: "演示彩票".to_owned(),
        issue: lottery.on.strftime("%Y%m%d").to_string(),
        groups,
        at: evening,
    };
    sources.push(Source { id: "lottery".to_owned(), holder: "public-lottery".to_owned(), kind });
    reveals.push(Reveal { source: "lottery".to_owned(), value, salt: None });
    let snapshot = snapshot(plan, course, organ, firms, (sources, &code)).map_err(fault)?;
    let input = Input { snapshot, reveals, code, substitutions: Vec::new(), recorded: None };
    let proof = input.proof().map_err(|refused| fault(refused.to_string()))?;
    let bytes = proof.to_bytes().map_err(|refused| fault(refused.to_string()))?;
    let digest = hex::encode(Sha256::digest(&bytes));
    let bytes = String::from_utf8(bytes).map_err(|e| fault(e.to_string()))?;
    Ok(Drawn { proof, digest, bytes, on: lottery.on })
}

/// The pool as it is announced, with the sources and the code that are named beforehand.
fn snapshot(
    plan: &Plan,
    course: &Course,
    organ: &str,
    firms: &[Firm],
    (sources, code): (Vec<Source>, &str),
) -> Result<Snapshot, String> {
    let lottery = course.draw.as_ref().ok_or("no draw")?;
    let pool = firms.iter().take(usize::try_from(lottery.pool).unwrap_or(usize::MAX));
    let mut targets = pool.map(|firm| target(lottery, firm)).collect::<Result<Vec<_>, String>>()?;
    targets.sort_by(|a, b| a.label.cmp(&b.label));
    let mut pool =
        lottery.officers.iter().map(|account| inspector(plan, account)).collect::<Result<Vec<_>, String>>()?;
    pool.sort_by(|a, b| a.label.cmp(&b.label));
    let strata = lottery.classes.iter().map(|class| Stratum {
        id: class.id.clone(),
        title: Text { zh: class.zh.clone(), en: class.en.clone() },
        share: class.share.into(),
    });
    Ok(Snapshot {
        id: lottery.id.clone(),
        title: Text { zh: lottery.zh.clone(), en: lottery.en.clone() },
        organ: organ.to_owned(),
        fixed: time::print(midnight(lottery.on) + (10).hours()),
        rule: Rule::LargestRemainder { total: u64::from(course.count) },
        strata: strata.collect(),
        targets,
        excluded: Vec::new(),
        inspectors: Some(Inspectors {
            on: lottery.on.to_string(),
            per_target: 2,
            team: None,
            pool,
            excluded: Vec::new(),
        }),
        sources,
        code: hex::encode(Sha256::digest(hex::decode(code).unwrap_or_default())),
    })
}

fn target(lottery: &Lottery, firm: &Firm) -> Result<Target, String> {
    let fits = |class: &&Class| class.sizes.is_empty() || class.sizes.iter().any(|size| size == firm.size);
    let class = lottery.classes.iter().find(fits);
    let class =
        class.ok_or_else(|| format!("没有一个等级收 `{0}` 企业 / no class takes a firm of size `{0}`", firm.size))?;
    Ok(Target { label: firm.code.clone(), stratum: class.id.clone(), area: None })
}

/// An officer with the card that the register has from the start.
fn inspector(plan: &Plan, account: &str) -> Result<Inspector, String> {
    let entry = plan.entries.iter().find(|entry| entry.register == OFFICERS && entry.key == account);
    let text = |name: &str| {
        let said = entry.and_then(|entry| entry.fields.get(name)).and_then(Value::as_str).map(str::to_owned);
        said.ok_or_else(|| {
            format!(
                "`{account}`：台账 {OFFICERS} 中没有 `{name}` / the register {OFFICERS} has no `{name}` of `{account}`"
            )
        })
    };
    let card = Card { number: text("card")?, from: text("valid_from")?, until: text("valid_until")? };
    Ok(Inspector { label: account.to_owned(), card, areas: Vec::new(), recused: Vec::new() })
}

/// Thirty-two bytes of chance, in hex.
fn secret(dice: &mut Dice) -> String {
    let bytes: Vec<u8> = (0..32).map(|_| u8::try_from(dice.below(256)).unwrap_or(0)).collect();
    hex::encode(bytes)
}

/// A lottery's result as draws write it: the numbers of each group in rising order, each with a full stop, each group with a stroke.
fn balls(groups: &[Group], dice: &mut Dice) -> String {
    let mut written = String::new();
    for group in groups {
        let mut numbers: Vec<u64> = (group.from..=group.to).collect();
        dice.shuffle(&mut numbers);
        numbers.truncate(usize::try_from(group.take).unwrap_or(0));
        numbers.sort_unstable();
        for number in numbers {
            written.push_str(&format!("{number}."));
        }
        written.push('/');
    }
    written
}

impl Drawn {
    /// The firm of one case of the course, and the officers drawn for it.
    pub fn place(&self, case: u32) -> Option<(&str, &[String])> {
        let place = self.proof.result.places.get(usize::try_from(case).ok()?)?;
        Some((&place.target, &place.inspectors))
    }

    /// The two entries of the register: the pool announced, then the result with its proof.
    pub fn entries(&self) -> [Planned; 2] {
        let snapshot = &self.proof.snapshot;
        let announced = json!({
            "draw": snapshot.id, "title": snapshot.title.zh, "snapshot_hash": self.proof.snapshot_hash, "pool": snapshot.targets.len(),
        });
        let mut held = announced.clone();
        if let Some(held) = held.as_object_mut() {
            let places = &self.proof.result.places;
            held.insert("drawn".to_owned(), json!(places.len()));
            held.insert("targets".to_owned(), places.iter().map(|place| json!(place.target)).collect());
            let pairs = places.iter().flat_map(|place| {
                place.inspectors.iter().map(move |inspector| json!(format!("{}/{inspector}", place.target)))
            });
            held.insert("sent".to_owned(), pairs.collect());
            held.insert("proof_hash".to_owned(), json!(self.digest));
            held.insert("proof".to_owned(), json!(self.bytes));
        }
        let day = time::to_millis(midnight(self.on));
        let planned = |at, fields| Planned {
            at: time::from_millis(at).unwrap_or(guiju_kernel::time::Instant::UNIX_EPOCH),
            register: "draws".to_owned(),
            key: snapshot.id.clone(),
            fields: match fields {
                Value::Object(map) => map,
                _ => Map::new(),
            },
        };
        [planned(day + 10 * HOUR, announced), planned(day + 33 * HOUR, held)]
    }
}
