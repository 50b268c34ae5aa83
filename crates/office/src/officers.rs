//! What the rules may know of an officer besides their account: cards, qualifications, recusals, from the register `officers`.
//!
//! The register has the last word: whatever a caller says of a person's cards is replaced by what stands there when the act is
//! decided. A pack without the register leaves people as their accounts tell them.

use guiju_kernel::organ::Register;
use guiju_kernel::procedure::{Card, Person};
use guiju_kernel::record::ActorKind;
use guiju_kernel::rows::EntryRow;
use guiju_kernel::time::parse_date;
use serde_json::{Map, Value};

/// The register that holds officers, by account.
pub const OFFICERS: &str = Register::OFFICERS;
/// The kind of card that the register tells of: 行政执法证.
pub const CARD: &str = Card::ENFORCEMENT;

/// Gives an officer what the register says of them; one who is not on it has neither card nor qualification.
pub fn equip(person: &mut Person, row: Option<&EntryRow>) {
    if person.kind != ActorKind::Officer {
        return;
    }
    let none = Map::new();
    let in_force = row.filter(|row| row.until.is_none());
    let fields = in_force.and_then(|row| row.doc.get("fields")).and_then(Value::as_object).unwrap_or(&none);
    person.cards = card(fields).into_iter().collect();
    person.qualifications = words(fields, Register::QUALIFICATIONS).collect();
    person.recused = words(fields, "recused").collect();
}

/// The card, unless it was suspended (广东省行政执法监督条例 39): it is valid from the one day until before the other.
fn card(fields: &Map<String, Value>) -> Option<Card> {
    if fields.get("card_suspended") == Some(&Value::Bool(true)) {
        return None;
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    Some(Card {
        kind: CARD.to_owned(),
        number: text("card")?.to_owned(),
        area: text("area")?.to_owned(),
        from: parse_date(text("valid_from")?).ok()?,
        until: parse_date(text("valid_until")?).ok()?,
    })
}

fn words<'f>(fields: &'f Map<String, Value>, name: &str) -> impl Iterator<Item = String> + use<'f> {
    let several = fields.get(name).and_then(Value::as_array).into_iter().flatten();
    let one = fields.get(name).filter(|value| value.is_string());
    several.chain(one).filter_map(|word| word.as_str().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(fields: Value) -> EntryRow {
        EntryRow {
            register: OFFICERS.to_owned(),
            key: "lu".to_owned(),
            version: 1,
            since: 0,
            until: None,
            seq: 1,
            doc: json!({"fields": fields}),
        }
    }

    fn officer() -> Person {
        Person { kind: ActorKind::Officer, id: "lu".to_owned(), ..crate::writer::system() }
    }

    /// 处罚法 42: a card that was suspended, has ended or was only claimed by the caller is none.
    #[test]
    fn the_register_has_the_last_word_on_cards() {
        let fields = json!({"card": "粤X1", "area": "江海市", "valid_from": "2023-01-01", "valid_until": "2026-01-01",
            "qualifications": ["legal_qualification"], "recused": ["91440799UCQWD18Y14"]});
        let mut person = officer();
        equip(&mut person, Some(&row(fields.clone())));
        assert_eq!(person.cards.len(), 1);
        assert!(person.qualifications.contains("legal_qualification") && person.recused.contains("91440799UCQWD18Y14"));
        let mut suspended = fields.clone();
        suspended["card_suspended"] = json!(true);
        equip(&mut person, Some(&row(suspended)));
        assert!(person.cards.is_empty());
        equip(&mut person, Some(&row(fields.clone())));
        equip(&mut person, Some(&EntryRow { until: Some(5), ..row(fields) }));
        assert!(person.cards.is_empty() && person.recused.is_empty());
    }
}
