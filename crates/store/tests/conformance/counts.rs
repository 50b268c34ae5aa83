//! Counts that pages show are kept, not counted; they must be exact all the same.

use std::collections::BTreeMap;

use guiju_kernel::rows::HoldingRow;
use guiju_store::{Band, Batch, RowChange, StoreError};

use crate::place::Place;
use crate::sample::{Dice, HOUR, START, case, holding, put_case};

pub async fn kept_counts_equal_a_recount_after_any_changes(place: Place) {
    let (store, fence) = place.writer().await;
    let mut dice = Dice(7);
    let mut desk: BTreeMap<(u64, u32), HoldingRow> = BTreeMap::new();
    let rows = (0..40).map(|id| put_case(case(id))).collect();
    store.commit(&fence, &Batch { rows, ..Batch::default() }).await.unwrap();
    for round in 0..30 {
        let mut batch = Batch::default();
        for id in 0..40 {
            let part = dice.below(2) as u32;
            if dice.below(3) > 0 {
                continue;
            }
            let before = desk.remove(&(id, part));
            if dice.below(5) == 0 {
                batch.count_holding(before.as_ref(), None);
                batch.rows.push(RowChange::DropHolding { case_id: id, part });
                continue;
            }
            // Around midnights, where days are cut.
            let due = (dice.below(6) > 0).then(|| START + dice.below(96) as i64 * HOUR + dice.below(3) as i64 - 1);
            let mut after = holding(id, part, if dice.below(2) == 0 { "radio" } else { "energy" }, due);
            after.open = dice.below(2) as u8;
            batch.count_holding(before.as_ref(), Some(&after));
            desk.insert((id, part), after.clone());
            batch.rows.push(RowChange::Holding(after));
        }
        store.commit(&fence, &batch).await.unwrap();
        let cut =
            |dice: &mut Dice| (dice.below(4) > 0).then(|| START + dice.below(110) as i64 * HOUR - dice.below(2) as i64);
        let bands: Vec<Band> = (0..4).map(|_| Band { from: cut(&mut dice), until: cut(&mut dice) }).collect();
        for unit in ["radio", "energy", "nobody"] {
            let open: Vec<&HoldingRow> = desk.values().filter(|row| row.open == 1 && row.unit == unit).collect();
            let inside =
                |due: i64, band: &Band| band.from.is_none_or(|f| f <= due) && band.until.is_none_or(|u| due < u);
            let recount =
                |band: &Band| open.iter().filter(|row| row.due.is_some_and(|due| inside(due, band))).count() as u64;
            let counts = store.band_counts("bureau", unit, &bands).await.unwrap();
            assert_eq!(counts.bands, bands.iter().map(recount).collect::<Vec<_>>(), "round {round}, {unit}, {bands:?}");
            assert_eq!(counts.undated, open.iter().filter(|row| row.due.is_none()).count() as u64, "round {round}");
        }
    }
    assert_eq!(store.band_counts("bureau", "radio", &[]).await.unwrap().bands, [0u64; 0]);
}

pub async fn a_count_below_zero_is_refused(place: Place) {
    let (store, fence) = place.writer().await;
    let change = |n| Batch { counts: vec![("bureau".into(), "radio".into(), 19_000, n)], ..Batch::default() };
    store.commit(&fence, &change(2)).await.unwrap();
    store.commit(&fence, &change(-2)).await.unwrap();
    assert!(matches!(store.commit(&fence, &change(-1)).await, Err(StoreError::Rejected(_))));
    // Changes of one day in one batch are summed before they are judged.
    let mut both = change(-1);
    both.counts.extend(change(1).counts);
    store.commit(&fence, &both).await.unwrap();
}
