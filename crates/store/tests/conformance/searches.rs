//! Which cases hold these words, and who may know it?

use guiju_store::{Batch, HITS_COUNTED_MAX, Hits, SearchDoc, Store, scope_token};
use guiju_text::{SearchQuery, Term, index_text, query_tokens};

use crate::place::Place;
use crate::sample::{case, put_case, text};

async fn found(store: &dyn Store, words: &str) -> Vec<u64> {
    ids(&store.search(&query_tokens(words), None, None, 100).await.unwrap())
}

fn ids(hits: &Hits) -> Vec<u64> {
    hits.rows.iter().map(|row| row.id).collect()
}

fn scoped(id: u64, words: &str, units: &[&str]) -> SearchDoc {
    let scopes: Vec<String> = units.iter().map(|unit| scope_token("bureau", unit)).collect();
    SearchDoc { case_id: id, tokens: Some(format!("{} {}", index_text(words), scopes.join(" "))) }
}

pub async fn every_term_must_be_found_and_the_newest_comes_first(place: Place) {
    let (store, fence) = place.writer().await;
    let texts = ["厂区供电不稳", "供水管道破裂，电话 0591-87654321", "不稳定的供电 SMT 产线", "电供不稳", "供电"];
    let batch = Batch {
        rows: (0..5).map(|id| put_case(case(id))).collect(),
        search: (0..).zip(texts).map(|(id, words)| text(id, words)).collect(),
        ..Batch::default()
    };
    store.commit(&fence, &batch).await.unwrap();
    let store = store.as_ref();
    assert_eq!(found(store, "供电").await, [4, 2, 0]);
    assert_eq!(found(store, "供电不稳").await, [0]);
    assert_eq!(found(store, "供电 不稳").await, [2, 0]);
    assert_eq!(found(store, "供").await, [4, 3, 2, 1, 0]);
    assert_eq!(found(store, "smt").await, [2]);
    assert_eq!(found(store, "8765").await, [1]);
    assert_eq!(found(store, "供气").await, [0u64; 0]);
    assert_eq!(found(store, "，。").await, [0u64; 0], "nothing searchable finds nothing");
    let hits = store.search(&query_tokens("供电"), None, Some(4), 1).await.unwrap();
    assert_eq!(
        (ids(&hits), hits.counted, hits.more_than_counted),
        (vec![2], 3, false),
        "all hits are counted on every page"
    );
    assert_eq!(hits.rows[0], case(2));
}

pub async fn a_scope_hides_what_others_hold(place: Place) {
    let (store, fence) = place.writer().await;
    let batch = Batch {
        rows: (0..4).map(|id| put_case(case(id))).collect(),
        search: vec![
            scoped(0, "供电不稳", &["radio"]),
            scoped(1, "供电不稳", &["energy"]),
            scoped(2, "供电不稳", &["radio", "energy"]),
            scoped(3, "供水", &["radio"]),
        ],
        ..Batch::default()
    };
    store.commit(&fence, &batch).await.unwrap();
    let radio = scope_token("bureau", "radio");
    let hits = store.search(&query_tokens("供电"), Some(&radio), None, 10).await.unwrap();
    assert_eq!((ids(&hits), hits.counted), (vec![2, 0], 2));
    let hits = store.search(&SearchQuery::default(), Some(&radio), None, 10).await.unwrap();
    assert_eq!(ids(&hits), [3, 2, 0], "a scope alone finds everything in it");
    let nobody = scope_token("bureau", "nobody");
    assert_eq!(store.search(&query_tokens("供电"), Some(&nobody), None, 10).await.unwrap(), Hits::default());
    // One unit's name is the beginning of another's: the token must still be the whole one.
    let short = scope_token("bureau", "radi");
    assert_eq!(store.search(&query_tokens("供电"), Some(&short), None, 10).await.unwrap(), Hits::default());
}

pub async fn hits_beyond_a_thousand_are_not_counted(place: Place) {
    let (store, fence) = place.writer().await;
    let fill = |ids: std::ops::Range<u64>| Batch {
        rows: ids.clone().map(|id| put_case(case(id))).collect(),
        search: ids.map(|id| text(id, "供电")).collect(),
        ..Batch::default()
    };
    store.commit(&fence, &fill(0..1000)).await.unwrap();
    let hits = store.search(&query_tokens("供电"), None, None, 3).await.unwrap();
    assert_eq!((ids(&hits), hits.counted, hits.more_than_counted), (vec![999, 998, 997], HITS_COUNTED_MAX, false));
    store.commit(&fence, &fill(1000..1005)).await.unwrap();
    let hits = store.search(&query_tokens("供电"), None, None, 3).await.unwrap();
    assert_eq!((ids(&hits), hits.counted, hits.more_than_counted), (vec![1004, 1003, 1002], HITS_COUNTED_MAX, true));
}

pub async fn a_replaced_text_is_no_longer_found(place: Place) {
    let (store, fence) = place.writer().await;
    let rows = (0..2).map(|id| put_case(case(id))).collect();
    let put = |search| Batch { search, ..Batch::default() };
    store.commit(&fence, &Batch { rows, ..Batch::default() }).await.unwrap();
    store.commit(&fence, &put(vec![text(0, "供电"), text(1, "供电")])).await.unwrap();
    store.commit(&fence, &put(vec![text(0, "供水")])).await.unwrap();
    assert_eq!(found(store.as_ref(), "供电").await, [1]);
    assert_eq!(found(store.as_ref(), "供水").await, [0]);
    store.commit(&fence, &put(vec![SearchDoc { case_id: 0, tokens: None }])).await.unwrap();
    assert_eq!(found(store.as_ref(), "供水").await, [0u64; 0]);
    store.commit(&fence, &put(vec![SearchDoc { case_id: 0, tokens: None }])).await.unwrap();
    store.commit(&fence, &put(vec![text(0, "供热")])).await.unwrap();
    assert_eq!(found(store.as_ref(), "供热").await, [0]);
}

pub async fn nothing_can_be_smuggled_into_the_query(place: Place) {
    let (store, fence) = place.writer().await;
    let batch = Batch { rows: vec![put_case(case(0))], search: vec![text(0, "供电")], ..Batch::default() };
    store.commit(&fence, &batch).await.unwrap();
    for typed in ["\" OR tokens:*", "NEAR(", "' | 'x", "!", "a & b", "*", "供电\" OR \"", "AND", "or NOT x", "\\", ":*"]
    {
        store.search(&query_tokens(typed), None, None, 5).await.unwrap();
    }
    // Even terms that no tokenizer of ours makes.
    let wild =
        SearchQuery { terms: vec![Term::Phrase(vec!["a\" OR \"b".into(), "'".into()]), Term::Prefix("x:*' |".into())] };
    let hits = store.search(&wild, Some("s' OR 1=1 --\""), None, 5).await.unwrap();
    assert_eq!(hits, Hits::default());
}
