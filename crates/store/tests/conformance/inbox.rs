//! A desk in the order of its true deadlines.

use std::collections::BTreeSet;

use guiju_store::{Band, Batch, InboxQuery, OverdueQuery, RowChange, Store};

use crate::place::Place;
use crate::sample::{HOUR, START, case, holding, put_case};

fn desk(unit: &str, limit: u32) -> InboxQuery {
    InboxQuery {
        organ: "bureau".into(),
        unit: unit.into(),
        person: None,
        procedure: None,
        state: None,
        band: None,
        after: None,
        limit,
    }
}

/// Every page, one after another, as (due, case, part).
async fn walked(store: &dyn Store, mut query: InboxQuery) -> Vec<(Option<i64>, u64, u32)> {
    let mut all = Vec::new();
    loop {
        let page = store.inbox(&query).await.unwrap();
        assert!(page.rows.len() <= query.limit as usize);
        all.extend(page.rows.iter().map(|row| (row.holding.due, row.case.id, row.holding.part)));
        assert!(page.rows.iter().all(|row| row.case.id == row.holding.case_id));
        query.after = page.rows.last().map(guiju_store::InboxRow::cursor);
        if !page.more {
            return all;
        }
        assert_eq!(page.rows.len(), query.limit as usize, "a page that says there is more is full");
    }
}

async fn furnished(place: &Place) -> std::sync::Arc<dyn Store> {
    let (store, fence) = place.writer().await;
    let mut rows: Vec<RowChange> = (0..24)
        .map(|id| {
            let mut row = case(id);
            row.procedure = if id % 2 == 0 { "request".into() } else { "licence".into() };
            row.state = format!("state-{}", id % 3);
            put_case(row)
        })
        .collect();
    for id in 0..24 {
        // Four cases share each moment, a quarter has none; some lie on the desk in two parts.
        let due = (id % 4 > 0).then(|| START + (id as i64 / 6) * HOUR);
        let mut row = holding(id, 0, "radio", due);
        row.person = (id % 5 == 0).then(|| "li".into());
        rows.push(RowChange::Holding(row));
        if id % 7 == 0 {
            rows.push(RowChange::Holding(holding(id, 1, "radio", due)));
        }
        let mut gone = holding(id, 2, "radio", due);
        gone.open = 0;
        rows.push(RowChange::Holding(gone));
    }
    let mut abroad = holding(1, 3, "radio", Some(START));
    abroad.organ = "county".into();
    rows.push(RowChange::Holding(abroad));
    rows.push(RowChange::Holding(holding(2, 3, "energy", Some(START))));
    store.commit(&fence, &Batch { rows, ..Batch::default() }).await.unwrap();
    store
}

pub async fn pages_meet_without_gap_or_repetition_at_ties(place: Place) {
    let store = furnished(&place).await;
    let whole = walked(store.as_ref(), desk("radio", 1000)).await;
    assert_eq!(whole.len(), 24 + 4);
    let order = |row: &(Option<i64>, u64, u32)| (row.0.unwrap_or(i64::MAX), row.1, row.2);
    assert!(whole.is_sorted_by_key(order), "{whole:?}");
    for limit in 1..=29 {
        assert_eq!(walked(store.as_ref(), desk("radio", limit)).await, whole, "pages of {limit}");
    }
}

pub async fn what_has_no_due_moment_comes_last(place: Place) {
    let store = furnished(&place).await;
    let whole = walked(store.as_ref(), desk("radio", 5)).await;
    let dated = whole.iter().take_while(|row| row.0.is_some()).count();
    assert_eq!((dated, whole.len()), (21, 28), "{whole:?}");
    assert!(whole[dated..].iter().all(|row| row.0.is_none()));
}

pub async fn a_unit_sees_only_its_own_open_cases(place: Place) {
    let store = furnished(&place).await;
    assert_eq!(walked(store.as_ref(), desk("energy", 5)).await, [(Some(START), 2, 3)]);
    let mut county = desk("radio", 5);
    county.organ = "county".into();
    assert_eq!(walked(store.as_ref(), county).await, [(Some(START), 1, 3)]);
    assert_eq!(walked(store.as_ref(), desk("nobody", 5)).await, []);
    assert!(!store.inbox(&desk("nobody", 5)).await.unwrap().more);
}

pub async fn filters_and_bands_narrow_the_same_order(place: Place) {
    let store = furnished(&place).await;
    let whole = walked(store.as_ref(), desk("radio", 1000)).await;
    let mut query = desk("radio", 3);
    query.procedure = Some("licence".into());
    let odd: Vec<_> = whole.iter().copied().filter(|row| row.1 % 2 == 1).collect();
    assert_eq!(walked(store.as_ref(), query.clone()).await, odd);
    query.state = Some("state-1".into());
    let kept: Vec<_> = odd.into_iter().filter(|row| row.1 % 3 == 1).collect();
    assert_eq!(walked(store.as_ref(), query).await, kept);
    let mut mine = desk("radio", 2);
    mine.person = Some("li".into());
    let kept: Vec<_> = whole.iter().copied().filter(|row| row.1 % 5 == 0 && row.2 == 0).collect();
    assert_eq!(walked(store.as_ref(), mine).await, kept);
    for (from, until) in
        [(None, Some(START + HOUR)), (Some(START + HOUR), Some(START + 2 * HOUR)), (Some(START + 1), None)]
    {
        let mut banded = desk("radio", 2);
        banded.band = Some(Band { from, until });
        let inside = |due: i64| from.is_none_or(|f| f <= due) && until.is_none_or(|u| due < u);
        let kept: Vec<_> = whole.iter().copied().filter(|row| row.0.is_some_and(inside)).collect();
        assert!(!kept.is_empty());
        assert_eq!(walked(store.as_ref(), banded).await, kept, "{from:?}..{until:?}");
    }
}

/// The same as looking at each desk for each procedure.
pub async fn what_is_overdue_comes_from_all_desks_at_once(place: Place) {
    let store = furnished(&place).await;
    let texts = |of: &[&str]| of.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    for (before, most) in [(START, 9), (START + 1, 1), (START + 1, 9), (START + 3 * HOUR, 1), (START + 3 * HOUR, 5)] {
        for (units, procedures) in [
            (texts(&["radio", "energy"]), texts(&["request", "licence"])),
            (texts(&["radio"]), texts(&["licence"])),
            (texts(&["nobody", "energy"]), texts(&["request", "nothing"])),
            (texts(&[]), texts(&["request"])),
        ] {
            let mut wanted = BTreeSet::new();
            for (unit, procedure) in units.iter().flat_map(|unit| procedures.iter().map(move |p| (unit, p))) {
                let mut query = desk(unit, most);
                query.procedure = Some(procedure.clone());
                query.band = Some(Band { from: None, until: Some(before) });
                wanted.extend(store.inbox(&query).await.unwrap().rows.into_iter().map(|row| row.case.id));
            }
            let asked = OverdueQuery { organ: "bureau".into(), units: units.clone(), procedures, before, most };
            let found = store.overdue(&asked).await.unwrap();
            let ids: Vec<u64> = found.iter().map(|case| case.row.id).collect();
            assert_eq!(ids, wanted.iter().copied().collect::<Vec<_>>(), "{asked:?}");
            assert_eq!(found, store.cases(&ids).await.unwrap(), "with all their desks and timers");
        }
    }
    let asked = OverdueQuery {
        organ: "bureau".into(),
        units: texts(&["radio"]),
        procedures: texts(&["request", "licence"]),
        before: START + 24 * HOUR,
        most: 99,
    };
    assert_eq!(store.overdue(&asked).await.unwrap().len(), 18, "what has no due moment is never overdue");
}
