//! What stands in public and what is owed: two lists, each in its own order, page by page, and nobody under a party that is hidden.

use guiju_store::{
    Batch, OwedQuery, PublicationCursor, PublicationDoc, PublicationPage, PublicationRow, PublishedQuery, RowChange,
    StoreError,
};

use crate::place::Place;
use crate::sample::{Dice, HOUR, START, case, holding, put_case};

fn row(case_id: u64, what: &str, kind: &str, due: Option<i64>, published: Option<i64>) -> PublicationRow {
    let at = |hours: i64| START + hours * HOUR;
    PublicationRow {
        case_id,
        what: what.into(),
        kind: kind.into(),
        organ: "bureau".into(),
        party: Some(format!("firm-{}", case_id % 3)),
        due: due.map(at),
        published: published.map(at),
    }
}

fn doc(rows: Vec<PublicationRow>) -> PublicationDoc {
    PublicationDoc { case_id: rows[0].case_id, rows }
}

fn batch(cases: u64, docs: Vec<PublicationDoc>) -> Batch {
    Batch { rows: (0..cases).map(|id| put_case(case(id))).collect(), publications: docs, ..Batch::default() }
}

fn ids(page: &PublicationPage) -> Vec<(u64, String)> {
    page.rows.iter().map(|row| (row.case_id, row.what.clone())).collect()
}

fn cursor(row: &PublicationRow, at: Option<i64>) -> PublicationCursor {
    PublicationCursor { at: at.unwrap(), case_id: row.case_id, what: row.what.clone() }
}

/// Every filter, and pages of every size, against a plain list of the same rows in the same order.
pub async fn the_public_list_is_walked_newest_first_without_gap_or_repetition(place: Place) {
    let (store, fence) = place.writer().await;
    let mut dice = Dice(7);
    let mut all = Vec::new();
    for id in 0..60 {
        // Few moments, so that many publications share one.
        for what in ["decision", "result"].iter().take(1 + dice.below(2) as usize) {
            let kind = ["licence", "penalty"][dice.below(2) as usize];
            let published = (dice.below(4) > 0).then(|| dice.below(6) as i64);
            let due = published.is_none().then(|| dice.below(6) as i64);
            all.push(row(id, what, kind, due, published));
        }
    }
    let docs = all.chunk_by(|a, b| a.case_id == b.case_id).map(|rows| doc(rows.to_vec())).collect();
    store.commit(&fence, &batch(60, docs)).await.unwrap();
    let hour = |hours: i64| Some(START + hours * HOUR);
    let queries = [
        PublishedQuery::default(),
        PublishedQuery { kind: Some("penalty".into()), ..PublishedQuery::default() },
        PublishedQuery { from: hour(2), until: hour(4), ..PublishedQuery::default() },
        PublishedQuery { kind: Some("licence".into()), from: hour(1), ..PublishedQuery::default() },
        PublishedQuery { parties: Some(vec!["firm-0".into(), "firm-2".into()]), ..PublishedQuery::default() },
        PublishedQuery { parties: Some(Vec::new()), ..PublishedQuery::default() },
        PublishedQuery { case: Some(3), ..PublishedQuery::default() },
    ];
    for query in queries {
        let fits = |row: &&PublicationRow| {
            let Some(at) = row.published else { return false };
            query.kind.as_ref().is_none_or(|kind| *kind == row.kind)
                && query.from.is_none_or(|from| from <= at)
                && query.until.is_none_or(|until| at < until)
                && query.parties.as_ref().is_none_or(|parties| parties.contains(row.party.as_ref().unwrap()))
                && query.case.is_none_or(|case| case == row.case_id)
        };
        let mut expected: Vec<&PublicationRow> = all.iter().filter(fits).collect();
        expected.sort_by_key(|row| std::cmp::Reverse((row.published, row.case_id, row.what.clone())));
        for limit in [1, 7, 200] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = store.published(&PublishedQuery { after, limit, ..query.clone() }).await.unwrap();
                found.extend(page.rows.clone());
                after = page.rows.last().map(|row| cursor(row, row.published));
                assert!(!page.more || page.rows.len() == limit as usize, "a page with more behind it is full");
                if !page.more {
                    break;
                }
            }
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}, {limit} a page");
        }
    }
}

pub async fn what_is_owed_comes_by_its_due_moment_and_a_unit_sees_its_own_desk(place: Place) {
    let (store, fence) = place.writer().await;
    let mut later = row(0, "decision", "penalty", Some(5), None);
    let docs = vec![
        doc(vec![later.clone()]),
        doc(vec![row(1, "decision", "penalty", Some(2), None)]),
        doc(vec![row(2, "licence", "licence", None, Some(1))]),
        // Published once, and owed again for a later result.
        doc(vec![row(3, "result", "inspection", Some(2), Some(1))]),
        doc(vec![PublicationRow { organ: "other".into(), ..row(4, "decision", "penalty", Some(1), None) }]),
    ];
    let mut batch = batch(5, docs);
    for (id, unit) in [(0, "radio"), (1, "radio"), (3, "energy")] {
        batch.rows.push(RowChange::Holding(holding(id, 0, unit, None)));
        batch.count_holding(None, Some(&holding(id, 0, unit, None)));
    }
    store.commit(&fence, &batch).await.unwrap();
    let owed = |unit: Option<&str>, after| OwedQuery {
        organ: "bureau".into(),
        unit: unit.map(str::to_owned),
        after,
        limit: 2,
    };
    let first = store.owed(&owed(None, None)).await.unwrap();
    assert_eq!(ids(&first), [(1, "decision".into()), (3, "result".into())]);
    assert!(first.more);
    let last = &first.rows[1];
    let second = store.owed(&owed(None, Some(cursor(last, last.due)))).await.unwrap();
    assert_eq!((ids(&second), second.more), (vec![(0, "decision".into())], false));
    assert_eq!(ids(&store.owed(&owed(Some("energy"), None)).await.unwrap()), [(3, "result".into())]);
    // A case's publications are replaced as a whole: published it is owed no more, taken down it is gone.
    (later.due, later.published) = (None, Some(START + 6 * HOUR));
    let docs = vec![doc(vec![later]), PublicationDoc { case_id: 3, rows: Vec::new() }];
    store.commit(&fence, &Batch { publications: docs, ..Batch::default() }).await.unwrap();
    assert_eq!(ids(&store.owed(&owed(None, None)).await.unwrap()), [(1, "decision".into())]);
    let public = store.published(&PublishedQuery { limit: 9, ..PublishedQuery::default() }).await.unwrap();
    assert_eq!(ids(&public), [(0, "decision".into()), (2, "licence".into())]);
}

pub async fn a_hidden_party_is_found_by_nobody_and_the_index_says_who_made_it(place: Place) {
    let (store, fence) = place.writer().await;
    let hidden = PublicationRow { party: None, ..row(0, "decision", "penalty", None, Some(1)) };
    store.commit(&fence, &batch(2, vec![doc(vec![hidden])])).await.unwrap();
    for parties in [vec![String::new()], vec!["firm-0".to_owned()], Vec::new()] {
        let query = PublishedQuery { parties: Some(parties), limit: 9, ..PublishedQuery::default() };
        assert_eq!(store.published(&query).await.unwrap(), PublicationPage::default());
    }
    assert_eq!(store.publications_made().await.unwrap(), None);
    for pack in ["0a", "0b"] {
        store.commit(&fence, &Batch { publications_made: Some(pack.into()), ..Batch::default() }).await.unwrap();
        assert_eq!(store.publications_made().await.unwrap().as_deref(), Some(pack));
    }
    // What only a fault in the program would hand over.
    let stranger = PublicationDoc { case_id: 1, rows: vec![row(0, "decision", "penalty", None, Some(1))] };
    let refused = store.commit(&fence, &Batch { publications: vec![stranger], ..Batch::default() }).await;
    assert!(matches!(refused, Err(StoreError::Rejected(_))), "{refused:?}");
}
