//! Invented enterprises and people. No real firm, person or number is ever used.

use guiju_kernel::procedure::definition::FieldKind;
use guiju_kernel::validate::credit_code;
use guiju_pack::Pack;
use serde_json::{Map, Value, json};

use crate::chance::Dice;
use crate::plan::{Plan, Words};

/// One invented enterprise.
#[derive(Debug, Clone)]
pub struct Firm {
    pub code: String,
    pub name: String,
    pub district: String,
    pub size: &'static str,
    pub address: String,
    pub contact: String,
    pub phone: String,
}

/// Sizes of enterprises with their share per mille.
const SIZES: [(&str, u64); 4] = [("micro", 520), ("small", 330), ("medium", 120), ("large", 30)];

/// All enterprises of the plan, in the order of the register.
pub fn firms(plan: &Plan, pack: &Pack) -> Vec<Firm> {
    let mut dice = Dice::new(plan.seed, "firms");
    let mut names = std::collections::HashSet::new();
    let districts = districts(pack);
    (0..plan.firms).map(|n| firm(n, &plan.words, &districts, &mut dice, &mut names)).collect()
}

/// Districts as the enterprise register knows them: value and name.
fn districts(pack: &Pack) -> Vec<(String, String)> {
    let field = pack.register("enterprises").and_then(|r| r.fields.iter().find(|f| f.name == "district"));
    match field.map(|f| &f.kind) {
        Some(FieldKind::Enum { choices, .. }) => {
            choices.iter().map(|c| (c.value.clone(), c.title.zh.clone())).collect()
        }
        _ => Vec::new(),
    }
}

fn firm(
    n: u32,
    words: &Words,
    districts: &[(String, String)],
    dice: &mut Dice,
    names: &mut std::collections::HashSet<String>,
) -> Firm {
    let (value, district) = dice.pick(districts).cloned().unwrap_or_default();
    let mut name = firm_name(words, dice, &district);
    let mut more = 1u32;
    while !names.insert(name.clone()) {
        name = firm_name(words, dice, &district);
        more = more.saturating_add(1);
        if more > 50 {
            name = format!("{name}{n}");
        }
    }
    let address = format!("江海市{district}{}{}号", pick(dice, &words.roads), dice.between(1, 300));
    Firm {
        code: code(n),
        name,
        size: size(dice),
        address,
        contact: person(words, dice),
        phone: phone(n),
        district: value,
    }
}

fn firm_name(words: &Words, dice: &mut Dice, district: &str) -> String {
    let place = if dice.per_mille(400) { district.trim_end_matches(['区', '县', '市']) } else { "江海市" };
    let mark = format!("{}{}", pick(dice, &words.firm_marks), pick(dice, &words.firm_marks));
    format!("{place}{mark}{}{}", pick(dice, &words.trades), pick(dice, &words.firm_kinds))
}

/// A code with a right check digit in a division that no registrar has: 44 99 99.
fn code(n: u32) -> String {
    let first = format!("91449999MA{n:07}");
    credit_code::complete(&first).map_or(first, |code| code.as_str().to_owned())
}

/// A mobile number of a block that is not given out to subscribers.
fn phone(n: u32) -> String {
    format!("1990000{:04}", n % 10_000)
}

fn size(dice: &mut Dice) -> &'static str {
    let mut at = dice.below(1_000);
    for (size, share) in SIZES {
        if at < share {
            return size;
        }
        at -= share;
    }
    "micro"
}

/// An invented person's name.
pub fn person(words: &Words, dice: &mut Dice) -> String {
    let surnames: Vec<char> = words.surnames.chars().filter(|c| !c.is_whitespace()).collect();
    let given: Vec<char> = words.given.chars().filter(|c| !c.is_whitespace()).collect();
    let mut name = String::new();
    name.extend(dice.pick(&surnames));
    name.extend(dice.pick(&given));
    if dice.per_mille(700) {
        name.extend(dice.pick(&given));
    }
    name
}

pub fn pick(dice: &mut Dice, of: &[String]) -> String {
    dice.pick(of).cloned().unwrap_or_default()
}

/// The enterprise as the register's fields.
pub fn entry(firm: &Firm, words: &Words, n: usize) -> Map<String, Value> {
    let trade = words.trades.get(n % words.trades.len().max(1)).cloned().unwrap_or_default();
    let fields = json!({
        "credit_code": firm.code, "name": firm.name, "size": firm.size, "sector": trade,
        "district": firm.district, "address": firm.address,
        "contact_name": firm.contact, "contact_phone": firm.phone,
    });
    match fields {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
