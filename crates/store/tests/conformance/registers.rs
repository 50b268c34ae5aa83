//! Entries with history, numbers, form tokens.

use guiju_kernel::rows::{NumberRow, OnceRow};
use guiju_store::{Batch, EntryQuery, RowChange};
use serde_json::json;

use crate::place::Place;
use crate::sample::{START, entry};

fn with(rows: Vec<RowChange>) -> Batch {
    Batch { rows, ..Batch::default() }
}

pub async fn only_the_version_in_force_is_the_entry(place: Place) {
    let (store, fence) = place.writer().await;
    store.commit(&fence, &with(vec![entry("甲", 1, 10, None, 1, json!({"v": 1}))])).await.unwrap();
    // The newer version stands first in the batch: the order of rows does not matter.
    let next = vec![entry("甲", 2, 20, None, 2, json!({"v": 2})), entry("甲", 1, 10, Some(20), 1, json!({"v": 1}))];
    store.commit(&fence, &with(next)).await.unwrap();
    assert_eq!(store.entry("firms", "甲").await.unwrap().unwrap().version, 2);
    assert_eq!(store.entry("other", "甲").await.unwrap(), None);
    store.commit(&fence, &with(vec![entry("甲", 2, 20, Some(30), 2, json!({"v": 2}))])).await.unwrap();
    assert_eq!(store.entry("firms", "甲").await.unwrap(), None);
    let history = store.entry_history("firms", "甲").await.unwrap();
    assert_eq!(history.iter().map(|row| (row.version, row.until)).collect::<Vec<_>>(), [(1, Some(20)), (2, Some(30))]);
}

pub async fn the_latest_versions_of_many_keys_come_in_one_answer(place: Place) {
    let (store, fence) = place.writer().await;
    let rows = vec![
        entry("甲", 1, 10, Some(20), 1, json!({"v": 1})),
        entry("甲", 2, 20, None, 2, json!({"v": 2})),
        entry("\"乙\" \\", 1, 10, Some(30), 3, json!({})),
        entry("丙", 1, 10, None, 4, json!({})),
    ];
    store.commit(&fence, &with(rows)).await.unwrap();
    let keys: Vec<String> = ["甲", "没有", "\"乙\" \\", "甲", "a\0b", ""].map(str::to_owned).to_vec();
    let mut found = store.latest_entries("firms", &keys).await.unwrap();
    found.sort_by_key(|row| row.seq);
    let told: Vec<_> = found.iter().map(|row| (row.key.as_str(), row.version, row.until)).collect();
    assert_eq!(told, [("甲", 2, None), ("\"乙\" \\", 1, Some(30))], "an ended entry is told with its end, each once");
    assert_eq!(found[0].doc, json!({"v": 2}));
    assert_eq!(store.latest_entries("other", &keys).await.unwrap(), []);
    assert_eq!(store.latest_entries("firms", &[]).await.unwrap(), []);
}

pub async fn entries_are_found_by_any_text_in_them_and_paged_by_key(place: Place) {
    let (store, fence) = place.writer().await;
    let mut rows: Vec<RowChange> = (0..25)
        .map(|n| {
            let doc = json!({"name": format!("企业{n} \"引号\" \\ {}", if n % 5 == 0 { "Radio" } else { "" }), "size": n,
                             "deep": {"list": ["x", format!("层{n}")]}});
            entry(&format!("K{n:02}"), 1, START, None, n, doc)
        })
        .collect();
    rows.push(entry("K99", 1, START, Some(START + 1), 99, json!({"name": "Radio"})));
    store.commit(&fence, &with(rows)).await.unwrap();
    let ask = |contains: Option<&str>, limit| EntryQuery {
        register: "firms".into(),
        contains: contains.map(Into::into),
        after: None,
        limit,
    };
    let walk = async |mut query: EntryQuery| {
        let mut keys = Vec::new();
        loop {
            let page = store.entries(&query).await.unwrap();
            keys.extend(page.rows.iter().map(|row| row.key.clone()));
            query.after = page.rows.last().map(|row| row.key.clone());
            if !page.more {
                return keys;
            }
            assert_eq!(page.rows.len(), query.limit as usize);
        }
    };
    let all: Vec<String> = (0..25).map(|n| format!("K{n:02}")).collect();
    for limit in [1, 4, 5, 25, 26] {
        assert_eq!(walk(ask(None, limit)).await, all, "pages of {limit}");
        assert_eq!(walk(ask(Some("rAdIo"), limit)).await, ["K00", "K05", "K10", "K15", "K20"], "pages of {limit}");
    }
    assert_eq!(walk(ask(Some("k1"), 9)).await.len(), 10, "part of the key, in either case");
    assert_eq!(walk(ask(Some("\"引号\" \\"), 9)).await.len(), 25, "quotes and backslashes");
    assert_eq!(walk(ask(Some("层7"), 9)).await, ["K07"], "text inside lists");
    assert_eq!(walk(ask(Some("name"), 9)).await, Vec::<String>::new(), "names of members are not text");
    assert_eq!(walk(ask(Some("100%_"), 9)).await, Vec::<String>::new());
    let other = EntryQuery { register: "other".into(), ..ask(None, 5) };
    assert_eq!(store.entries(&other).await.unwrap().rows, []);
}

pub async fn the_register_at_a_moment_is_as_the_records_told_it(place: Place) {
    let (store, fence) = place.writer().await;
    let rows = vec![
        entry("a", 1, 100, Some(200), 1, json!({})),
        entry("a", 2, 200, None, 7, json!({})),
        entry("b", 1, 150, Some(180), 2, json!({})),
        // Recorded late: the act was done at 120, record 9 told it.
        entry("c", 1, 120, None, 9, json!({})),
    ];
    store.commit(&fence, &with(rows)).await.unwrap();
    let at = async |at: i64, upto: u64| {
        let rows = store.entries_at("firms", at, upto).await.unwrap();
        rows.into_iter().map(|row| (row.key, row.version)).collect::<Vec<_>>()
    };
    let is = |expected: &[(&str, u32)]| expected.iter().map(|(k, v)| (k.to_string(), *v)).collect::<Vec<_>>();
    assert_eq!(at(99, 100).await, is(&[]));
    assert_eq!(at(100, 100).await, is(&[("a", 1)]));
    assert_eq!(at(160, 100).await, is(&[("a", 1), ("b", 1), ("c", 1)]));
    assert_eq!(at(180, 100).await, is(&[("a", 1), ("c", 1)]), "the end is exclusive");
    assert_eq!(at(200, 100).await, is(&[("a", 2), ("c", 1)]));
    assert_eq!(at(200, 9).await, is(&[("a", 2)]), "what record 9 told was not known before");
    assert_eq!(at(300, 5).await, is(&[("a", 1)]), "before record 7 nobody knew that version 1 would end");
}

pub async fn numbers_and_form_tokens_are_remembered(place: Place) {
    let (store, fence) = place.writer().await;
    let number = |last| RowChange::Number(NumberRow { series: "闽工信〔2024〕".into(), last });
    assert_eq!(store.last_number("闽工信〔2024〕").await.unwrap(), 0);
    for last in [1, 2, 40] {
        store.commit(&fence, &with(vec![number(last)])).await.unwrap();
        assert_eq!(store.last_number("闽工信〔2024〕").await.unwrap(), last);
    }
    let rows = (0..300).map(|n| RowChange::Once(OnceRow { token: format!("t{n}"), seq: n })).collect();
    store.commit(&fence, &with(rows)).await.unwrap();
    assert_eq!(store.once("t299").await.unwrap(), Some(299));
    assert_eq!(store.once("t300").await.unwrap(), None);
    let asked: Vec<String> = ["t7", "t300", "t0", "无"].map(str::to_owned).to_vec();
    let mut found = store.once_of(&asked).await.unwrap();
    found.sort();
    assert_eq!(found, [("t0".to_owned(), 0), ("t7".to_owned(), 7)]);
    assert_eq!(store.once_of(&[]).await.unwrap(), []);
}
