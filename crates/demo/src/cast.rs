//! Who acts in the demonstration: one handler a unit, a dispatcher, those who call back, the firms themselves.

use std::collections::BTreeMap;

use guiju_kernel::procedure::Person;
use guiju_kernel::record::ActorKind;
use guiju_pack::Pack;
use serde_json::{Map, Value, json};

use crate::chance::Dice;
use crate::firms::{Firm, person};
use crate::plan::Plan;

/// An account as the register has it, and as the rules see its owner.
#[derive(Debug, Clone)]
pub struct Member {
    pub fields: Map<String, Value>,
    pub person: Person,
}

/// Everybody who acts.
#[derive(Debug, Clone)]
pub struct Cast {
    /// The visitors' accounts of the plan, in its order.
    pub visitors: Vec<Member>,
    /// `organ/unit` -> who handles there.
    pub handlers: BTreeMap<String, Member>,
    /// Whoever bears a role in the own organ.
    by_role: BTreeMap<String, Person>,
}

impl Cast {
    pub fn of(plan: &Plan, pack: &Pack, firms: &[Firm]) -> Cast {
        let mut dice = Dice::new(plan.seed, "cast");
        let visitors = plan.accounts.iter().map(|a| visitor(a, firms)).collect::<Vec<_>>();
        let mut handlers = BTreeMap::new();
        for organ in &pack.organs {
            for unit in &organ.units {
                let path = format!("{}/{}", organ.id, unit.id);
                let account = format!("h-{}-{}", organ.id, unit.id);
                let name = person(&plan.words, &mut dice);
                handlers.insert(
                    path.clone(),
                    member(&account, &name, Some(&path), &["handler".into(), "unit_head".into()], None),
                );
            }
        }
        let mut by_role = BTreeMap::new();
        for visitor in &visitors {
            for role in &visitor.person.roles {
                by_role.entry(role.clone()).or_insert_with(|| visitor.person.clone());
            }
        }
        Cast { visitors, handlers, by_role }
    }

    pub fn role(&self, role: &str) -> Option<&Person> {
        self.by_role.get(role)
    }

    pub fn handler(&self, path: &str) -> Option<&Person> {
        self.handlers.get(path).map(|m| &m.person)
    }
}

fn visitor(account: &crate::plan::Account, firms: &[Firm]) -> Member {
    let firm = account.firm.and_then(|n| firms.get(usize::try_from(n).unwrap_or(0).saturating_sub(1)));
    let party = firm.map(|f| f.code.as_str());
    member(&account.account, &account.name, account.unit.as_deref(), &account.roles, party)
}

fn member(account: &str, name: &str, unit: Option<&str>, roles: &[String], party: Option<&str>) -> Member {
    let mut fields = Map::new();
    fields.insert("account".into(), json!(account));
    fields.insert("name".into(), json!(name));
    if let Some(unit) = unit {
        fields.insert("unit".into(), json!(unit));
    }
    if !roles.is_empty() {
        fields.insert("roles".into(), json!(roles));
    }
    if let Some(party) = party {
        fields.insert("party".into(), json!(party));
    }
    let (organ, desk) =
        unit.and_then(|u| u.split_once('/')).map_or((None, None), |(o, u)| (Some(o.to_owned()), Some(u.to_owned())));
    let person = Person {
        organ,
        unit: desk,
        roles: roles.iter().cloned().collect(),
        party: party.map(str::to_owned),
        ..Person::plain(if party.is_some() { ActorKind::Party } else { ActorKind::Officer }, account.to_owned())
    };
    Member { fields, person }
}

/// The firm itself, filing through the portal.
pub fn firm_person(firm: &Firm) -> Person {
    member(&firm.code, &firm.name, None, &[], Some(&firm.code)).person
}
