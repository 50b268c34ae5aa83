//! All or nothing, durable, whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use guiju_kernel::rows::{ErasedRow, NumberRow, OnceRow};
use guiju_store::{
    Band, Batch, FileRow, InboxQuery, KeyRow, Log, Mode, ReadingRecord, RowChange, Store, StoreError, TileRow, VaultRow,
};
use serde_json::json;

use crate::place::Place;
use crate::sample::{HOUR, START, case, entry, holding, put_case, record, records, text, timer};

const HUGE: u64 = i64::MAX as u64 - 1;

fn full_batch() -> Batch {
    let mut rich = case(0);
    rich.outcome = Some("办结".into());
    rich.origin_system = Some("12345".into());
    rich.origin_number = Some("甲-1".into());
    rich.origin_batch = Some("ff".repeat(32));
    rich.ended = Some(START + HOUR);
    rich.headline = "𠮷田厂“断电” \\ ' 100%".into();
    rich.doc = json!({"fields": {"text": "文\u{1}\"\\", "n": -3, "list": [true, null]}, "acts": {}});
    let mut bare = case(HUGE);
    bare.subject = None;
    bare.version = HUGE;
    let mut batch = Batch {
        records: vec![record(0, Some(0), "file"), record(1, Some(HUGE), "file"), record(2, None, "load")],
        readings: vec![ReadingRecord { seq: 0, recorded: START, bytes: "{\"谁\":1}".into(), salt: [9; 32] }],
        rows: vec![
            put_case(rich),
            put_case(bare),
            RowChange::Holding(holding(0, 0, "radio", Some(START + HOUR))),
            RowChange::Holding(holding(0, 1, "radio", None)),
            timer(0, "contact", Some(START)),
            timer(0, "answer", Some(-START)),
            entry("甲", 1, START, None, 2, json!({"name": "某某电子厂"})),
            RowChange::Number(NumberRow { series: "GX".into(), last: HUGE }),
            RowChange::Once(OnceRow { token: "form-1".into(), seq: 0 }),
            RowChange::Erased(ErasedRow { seq: 0, field: "name".into(), by_seq: 2 }),
        ],
        vault: vec![VaultRow { seq: 0, field: "phone".into(), party: "甲".into(), sealed: vec![0, 255, 1] }],
        keys: vec![KeyRow { party: "甲".into(), wrapped: Some(vec![0; 60]) }],
        files: vec![FileRow { stored: "ab".repeat(32), party: "甲".into(), content: vec![7; 3_000_000] }],
        packs: vec![("cd".repeat(32), vec![0, 1, 2])],
        tiles: vec![TileRow { log: Log::Readings, level: 1, index: HUGE, data: vec![5; 8192] }],
        heads: vec![(Log::Events, 3, "头\n— guiju\n".into())],
        checkpoints: vec![(Log::Events, 3, "published\n".into())],
        search: vec![text(0, "厂区供电不稳")],
        ..Batch::default()
    };
    let held: Vec<_> = [holding(0, 0, "radio", Some(START + HOUR)), holding(0, 1, "radio", None)].into();
    held.iter().for_each(|row| batch.count_holding(None, Some(row)));
    batch
}

/// Everything that can be read, as text, to compare two moments of a store.
async fn everything(store: &Arc<dyn Store>) -> String {
    let band = Band { from: None, until: None };
    let query = guiju_text::query_tokens("供电");
    let inbox = InboxQuery {
        organ: "bureau".into(),
        unit: "radio".into(),
        person: None,
        procedure: None,
        state: None,
        band: None,
        after: None,
        limit: 1000,
    };
    format!(
        "{:#?}",
        (
            (
                store.position(Log::Events).await.unwrap(),
                store.position(Log::Readings).await.unwrap(),
                store.records(Log::Events, 0, HUGE).await.unwrap(),
                store.records(Log::Readings, 0, HUGE).await.unwrap(),
                store.tile(Log::Readings, 1, HUGE).await.unwrap(),
                store.head(Log::Events).await.unwrap(),
                store.checkpoint(Log::Events, None).await.unwrap(),
            ),
            (
                store.cases(&[0, 1, 2, HUGE]).await.unwrap(),
                store.inbox(&inbox).await.unwrap(),
                store.band_counts("bureau", "radio", &[band]).await.unwrap(),
                store.search(&query, None, None, 10).await.unwrap(),
                store.timers_due(i64::MAX, 100).await.unwrap(),
            ),
            (
                store.entry_history("firms", "甲").await.unwrap(),
                store.last_number("GX").await.unwrap(),
                store.once("form-1").await.unwrap(),
                store.vault(0, "phone").await.unwrap(),
                store.party_key("甲").await.unwrap(),
                store.file(&"ab".repeat(32)).await.unwrap().map(|file| file.content.len()),
                store.pack_hashes().await.unwrap(),
            ),
        )
    )
}

pub async fn everything_in_a_batch_reads_back_as_it_was_given(place: Place) {
    let (store, fence) = place.writer().await;
    let batch = full_batch();
    store.commit(&fence, &batch).await.unwrap();
    assert_eq!(store.records(Log::Events, 0, 10).await.unwrap(), batch.records);
    assert_eq!(store.records(Log::Events, 1, 2).await.unwrap(), batch.records[1..2]);
    assert_eq!(store.records_of_case(HUGE).await.unwrap(), batch.records[1..2]);
    let reading = store.records(Log::Readings, 0, 10).await.unwrap().pop().unwrap();
    assert_eq!((reading.seq, reading.bytes, reading.salt), (0, "{\"谁\":1}".into(), [9; 32]));
    let stored = store.case(0).await.unwrap().unwrap();
    assert_eq!(RowChange::Case(Box::new(stored.row)), batch.rows[0]);
    assert_eq!(stored.holdings.iter().cloned().map(RowChange::Holding).collect::<Vec<_>>(), batch.rows[2..4]);
    assert_eq!(
        stored.timers.iter().map(|t| (t.name.as_str(), t.at)).collect::<Vec<_>>(),
        [("answer", -START), ("contact", START)]
    );
    let bare = store.case(HUGE).await.unwrap().unwrap();
    assert_eq!(RowChange::Case(Box::new(bare.row)), batch.rows[1]);
    assert!(bare.holdings.is_empty() && bare.timers.is_empty());
    let both = store.cases(&[HUGE, 0, 0, 77]).await.unwrap();
    assert_eq!(both.iter().map(|case| case.row.id).collect::<Vec<_>>(), [0, HUGE]);
    assert_eq!(store.case(77).await.unwrap(), None);
    assert_eq!(store.case_by_number("GX-0").await.unwrap(), Some(0));
    assert_eq!(store.case_by_number("gx-0").await.unwrap(), None);
    assert_eq!(store.entry("firms", "甲").await.unwrap().map(RowChange::Entry).as_ref(), Some(&batch.rows[6]));
    assert_eq!(store.vault(0, "phone").await.unwrap().as_ref(), batch.vault.first());
    assert_eq!(store.file(&"ab".repeat(32)).await.unwrap().as_ref(), batch.files.first());
    assert_eq!(store.pack(&"cd".repeat(32)).await.unwrap(), Some(vec![0, 1, 2]));
    assert_eq!(store.tile(Log::Readings, 1, HUGE).await.unwrap(), Some(vec![5; 8192]));
    assert_eq!(store.last_number("GX").await.unwrap(), HUGE);
}

pub async fn an_empty_batch_is_no_fault(place: Place) {
    let (store, fence) = place.writer().await;
    store.commit(&fence, &Batch::default()).await.unwrap();
    assert_eq!(store.position(Log::Events).await.unwrap().size, 0);
    assert_eq!(store.position(Log::Events).await.unwrap().last_recorded, None);
}

pub async fn nothing_of_a_batch_stays_when_any_part_of_it_fails(place: Place) {
    let (store, fence) = place.writer().await;
    store.commit(&fence, &full_batch()).await.unwrap();
    let before = everything(&store).await;
    let mut other = full_batch();
    other.records = vec![record(3, Some(3), "file")];
    other.readings.iter_mut().for_each(|row| row.seq = 1);
    other.rows = vec![
        put_case(case(3)),
        RowChange::Holding(holding(3, 0, "radio", None)),
        timer(3, "contact", Some(1)),
        timer(0, "contact", None),
        RowChange::Number(NumberRow { series: "GX".into(), last: 1 }),
        entry("甲", 1, START, Some(START + 1), 2, json!({})),
        entry("甲", 2, START + 1, None, 3, json!({})),
    ];
    other.vault.iter_mut().for_each(|row| row.seq = 3);
    other.tiles.iter_mut().for_each(|row| row.index = 0);
    other.keys = vec![KeyRow { party: "甲".into(), wrapped: None }];
    other.search = vec![text(3, "供电"), text(0, "换了内容")];
    type Spoil = fn(&mut Batch);
    let spoils: [(&str, Spoil); 7] = [
        ("a number given twice", |b| {
            let mut twice = case(4);
            twice.number = "GX-0".into();
            b.rows.push(put_case(twice));
        }),
        ("a form's token used twice", |b| b.rows.push(RowChange::Once(OnceRow { token: "form-1".into(), seq: 3 }))),
        ("two versions in force", |b| b.rows.push(entry("甲", 3, START, None, 3, json!({})))),
        ("a payload stored twice", |b| b.vault.iter_mut().for_each(|row| row.seq = 0)),
        ("a tile that changes", |b| b.tiles.iter_mut().for_each(|row| row.index = HUGE)),
        ("an erasure named twice", |b| {
            b.rows.push(RowChange::Erased(ErasedRow { seq: 0, field: "name".into(), by_seq: 3 }));
        }),
        ("a count below zero", |b| b.counts.push(("bureau".into(), "radio".into(), 5, -1))),
    ];
    for (what, spoil) in spoils {
        let mut spoilt = other.clone();
        spoil(&mut spoilt);
        let refused = store.commit(&fence, &spoilt).await;
        assert!(matches!(refused, Err(StoreError::Rejected(_))), "{what}: {refused:?}");
        assert_eq!(everything(&store).await, before, "{what}");
    }
    store.commit(&fence, &other).await.unwrap();
    assert_ne!(everything(&store).await, before);
}

pub async fn records_continue_their_log_and_never_run_backwards(place: Place) {
    let (store, fence) = place.writer().await;
    store.commit(&fence, &records(0, 3)).await.unwrap();
    for from in [0, 2, 4] {
        assert!(matches!(store.commit(&fence, &records(from, 1)).await, Err(StoreError::Rejected(_))), "{from}");
    }
    let mut gap = records(3, 2);
    gap.records[1].seq = 5;
    assert!(matches!(store.commit(&fence, &gap).await, Err(StoreError::Rejected(_))));
    let mut backwards = records(3, 1);
    backwards.records[0].recorded = START + 3;
    assert!(matches!(store.commit(&fence, &backwards).await, Err(StoreError::Rejected(_))));
    let reading = |seq| ReadingRecord { seq, recorded: 5, bytes: "{}".into(), salt: [0; 32] };
    let readings = |seq| Batch { readings: vec![reading(seq)], ..Batch::default() };
    assert!(matches!(store.commit(&fence, &readings(1)).await, Err(StoreError::Rejected(_))));
    store.commit(&fence, &readings(0)).await.unwrap();
    assert_eq!(store.position(Log::Readings).await.unwrap().size, 1);
    assert_eq!(store.position(Log::Events).await.unwrap().size, 3);
    // Several acts of one millisecond are in order.
    let mut same = records(3, 1);
    same.records[0].recorded = START + 4;
    store.commit(&fence, &same).await.unwrap();
}

pub async fn a_row_is_replaced_whole(place: Place) {
    let (store, fence) = place.writer().await;
    let mut batch = records(0, 1);
    batch.rows = vec![put_case(case(0)), put_case(case(1)), RowChange::Holding(holding(0, 0, "radio", Some(START)))];
    store.commit(&fence, &batch).await.unwrap();
    let mut moved = case(0);
    moved.number = "改-1".into();
    moved.subject = None;
    moved.procedure = "licence".into();
    moved.pack = "bb".repeat(32);
    moved.state = "closed".into();
    moved.outcome = Some("answered".into());
    moved.organ = "county".into();
    moved.origin_system = Some("old".into());
    moved.origin_number = Some("1".into());
    moved.origin_batch = Some("x".into());
    (moved.opened, moved.ended, moved.version, moved.level, moved.round) = (1, Some(2), 9, 2, 1);
    moved.headline = "别的".into();
    moved.doc = json!({});
    let mut held = holding(0, 0, "energy", None);
    (held.organ, held.person, held.open) = ("county".into(), Some("li".into()), 0);
    let changes = vec![put_case(moved.clone()), RowChange::Holding(held.clone())];
    store.commit(&fence, &Batch { rows: changes, ..Batch::default() }).await.unwrap();
    let stored = store.case(0).await.unwrap().unwrap();
    assert_eq!((stored.row, stored.holdings), (moved.clone(), vec![held]));
    assert_eq!(store.case_by_number("GX-0").await.unwrap(), None);
    assert_eq!(store.case_by_number("改-1").await.unwrap(), Some(0));
    assert_eq!(store.cases_of("91350100M000100Y43", None, 9).await.unwrap(), [case(1)]);
    assert_eq!(store.case_list(Some("licence"), None, 9).await.unwrap(), [moved]);
    let dropped = vec![RowChange::DropHolding { case_id: 0, part: 0 }, RowChange::DropHolding { case_id: 1, part: 7 }];
    store.commit(&fence, &Batch { rows: dropped, ..Batch::default() }).await.unwrap();
    assert_eq!(store.case(0).await.unwrap().unwrap().holdings, []);
}

pub async fn what_cannot_be_stored_everywhere_is_refused_before_writing(place: Place) {
    let (store, fence) = place.writer().await;
    let with = |rows| Batch { rows, ..Batch::default() };
    let mut nul = case(0);
    nul.headline = "a\0b".into();
    let docs = vec![guiju_store::SearchDoc { case_id: 0, tokens: Some("not-a-token".into()) }];
    for batch in [
        with(vec![put_case(case(u64::MAX))]),
        with(vec![put_case(nul)]),
        with(vec![RowChange::Number(NumberRow { series: "x".into(), last: u64::MAX })]),
        Batch { search: docs, ..Batch::default() },
    ] {
        let refused = store.commit(&fence, &batch).await;
        assert!(matches!(refused, Err(StoreError::Rejected(_))), "{refused:?}");
    }
}

pub async fn what_was_committed_is_there_after_opening_again(place: Place) {
    let (store, fence) = place.writer().await;
    store.commit(&fence, &full_batch()).await.unwrap();
    let before = everything(&store).await;
    let beside = place.open(Mode::Read).await.unwrap();
    assert_eq!(everything(&beside).await, before, "a reader beside the writer");
    assert!(beside.commit(&fence, &records(3, 1)).await.is_err(), "a reader cannot write");
    beside.close().await;
    store.release_lease(&fence).await.unwrap();
    store.close().await;
    assert!(store.position(Log::Events).await.is_err(), "a closed store answers no more");
    let (again, fence) = place.writer().await;
    assert_eq!(everything(&again).await, before);
    again.commit(&fence, &records(3, 1)).await.unwrap();
}

pub async fn readers_see_whole_batches_while_a_writer_works(place: Place) {
    let (store, fence) = place.writer().await;
    let done = Arc::new(AtomicBool::new(false));
    let mut first = records(0, 1);
    first.rows = vec![put_case(case(0)), RowChange::Holding(holding(0, 0, "radio", Some(0)))];
    store.commit(&fence, &first).await.unwrap();
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (store, done) = (store.clone(), done.clone());
            tokio::spawn(async move {
                let mut seen = 0;
                let mut times = 0;
                while !done.load(Ordering::Acquire) || times == 0 {
                    let case = store.case(0).await.unwrap().unwrap();
                    assert_eq!(case.holdings[0].due, Some(case.row.version as i64), "half a batch was seen");
                    assert!(case.row.version >= seen, "time ran backwards");
                    seen = case.row.version;
                    assert!(store.position(Log::Events).await.unwrap().size > seen);
                    times += 1;
                }
            })
        })
        .collect();
    for seq in 1..200 {
        let mut batch = records(seq, 1);
        let mut moved = case(0);
        moved.version = seq;
        batch.rows = vec![RowChange::Holding(holding(0, 0, "radio", Some(seq as i64))), put_case(moved)];
        store.commit(&fence, &batch).await.unwrap();
    }
    done.store(true, Ordering::Release);
    for reader in readers {
        reader.await.unwrap();
    }
}
