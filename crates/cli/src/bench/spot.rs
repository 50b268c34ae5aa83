//! Penalties on the spot, from the finding to their publication: what the public list of the benchmark's town is made of.

use guiju_kernel::procedure::{Card, Person};
use guiju_kernel::record::ActorKind;
use jiff::civil::date;
use serde_json::{Map, Value, json};

use super::town::Matter;
use super::work::person;

pub const PROCEDURE: &str = "penalty-simplified";

/// The acts from the finding to the publication.
pub const ACTS: [&str; 5] = ["find", "tell", "decide", "hand_over", "publish"];

/// Who does an act: two officers with cards, and whoever publishes.
pub fn who(act: &str) -> Vec<Person> {
    if act == "publish" {
        let roles = ["publisher", "officer"];
        return vec![person(ActorKind::Officer, "bench-publisher", Some("jh-miit/office"), &roles, None)];
    }
    let officer = |id: &str| {
        let mut officer = person(ActorKind::Officer, id, Some("jh-miit/radio"), &["investigator", "officer"], None);
        officer.cards.push(Card {
            kind: "enforcement".to_owned(),
            number: format!("粤J-{id}"),
            area: "江海市".to_owned(),
            from: date(2020, 1, 1),
            until: date(2030, 1, 1),
        });
        officer
    };
    vec![officer("bench-inspector-1"), officer("bench-inspector-2")]
}

pub fn given(act: &str, matter: &Matter) -> Map<String, Value> {
    let given = match act {
        "find" => json!({
            "enterprise": matter.party, "party_kind": "organisation", "title": "使用未经核准的对讲机", "place": "厂区门口",
            "facts_found": "现场发现正在使用的对讲机没有型号核准代码。", "card_shown": true,
        }),
        "tell" => json!({"told": "已当场告知事实、理由、依据和陈述申辩的权利。"}),
        "decide" => json!({"sort": "warning", "decision_text": "警告，责令停止使用。"}),
        "hand_over" => json!({"signed": "signed"}),
        _ => json!({"secrecy_checked": true, "privacy_checked": true, "published_where": "局网站行政执法公示栏"}),
    };
    match given {
        Value::Object(given) => given,
        _ => Map::new(),
    }
}
