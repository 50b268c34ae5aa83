//! The two logs, what is signed over them, and what figures read out of them.

use guiju_store::{Batch, Log, ReadingRecord};

use crate::place::Place;
use crate::sample::{START, case, put_case, record, records};

pub async fn each_log_stands_where_its_last_record_stands(place: Place) {
    let (store, fence) = place.writer().await;
    store.commit(&fence, &records(0, 700)).await.unwrap();
    let reading = ReadingRecord { seq: 0, recorded: START - 1, bytes: "{}".into(), salt: [1; 32] };
    store.commit(&fence, &Batch { readings: vec![reading], ..Batch::default() }).await.unwrap();
    let events = store.position(Log::Events).await.unwrap();
    assert_eq!((events.size, events.last_recorded), (700, Some(START + 699 * 2)));
    let readings = store.position(Log::Readings).await.unwrap();
    assert_eq!((readings.size, readings.last_recorded), (1, Some(START - 1)));
    assert_eq!(store.records(Log::Events, 0, 700).await.unwrap(), records(0, 700).records);
    assert_eq!(store.records(Log::Events, 690, 5000).await.unwrap().len(), 10);
    assert_eq!(store.records(Log::Events, 5, 5).await.unwrap(), []);
    assert_eq!(store.records(Log::Events, 700, 800).await.unwrap(), []);
}

pub async fn what_was_published_stays_as_it_was_published(place: Place) {
    let (store, fence) = place.writer().await;
    let publish = |size: u64, note: &str| Batch {
        heads: vec![(Log::Events, size, note.into())],
        checkpoints: vec![(Log::Events, size, note.into())],
        ..Batch::default()
    };
    assert_eq!(store.head(Log::Events).await.unwrap(), None);
    for (size, note) in [(9, "nine"), (10, "ten"), (10, "ten again"), (2, "two")] {
        store.commit(&fence, &publish(size, note)).await.unwrap();
    }
    assert_eq!(store.head(Log::Events).await.unwrap(), Some((2, "two".into())));
    assert_eq!(store.checkpoint(Log::Events, None).await.unwrap(), Some((10, "ten".into())));
    assert_eq!(store.checkpoint(Log::Events, Some(9)).await.unwrap(), Some((9, "nine".into())));
    assert_eq!(store.checkpoint(Log::Events, Some(3)).await.unwrap(), None);
    assert_eq!(store.checkpoint(Log::Readings, None).await.unwrap(), None);
}

pub async fn steps_come_by_case_and_in_order_up_to_a_record(place: Place) {
    let (store, fence) = place.writer().await;
    let mut rows: Vec<_> = (0..30).map(|id| case(id * 3)).collect();
    rows.iter_mut().filter(|row| row.id % 2 == 1).for_each(|row| row.procedure = "licence".into());
    let records: Vec<_> = (0..900)
        .map(|seq| match seq * 7 % 31 {
            30 => record(seq, None, "load"),
            n => record(seq, Some(n * 3), &format!("act “{n}”")),
        })
        .collect();
    let batch = Batch { rows: rows.into_iter().map(put_case).collect(), records: records.clone(), ..Batch::default() };
    store.commit(&fence, &batch).await.unwrap();
    for upto in [0, 1, 450, 900, 10_000] {
        let steps = store.steps("request", upto).await.unwrap();
        let mut expected: Vec<_> =
            records.iter().filter(|r| r.seq < upto && r.case_id.is_some_and(|id| id % 2 == 0)).collect();
        expected.sort_by_key(|r| (r.case_id, r.seq));
        assert_eq!(steps.len(), expected.len(), "up to {upto}");
        for (step, record) in steps.iter().zip(expected) {
            assert_eq!(Some(step.case_id), record.case_id);
            assert_eq!((step.seq, &step.act, step.done), (record.seq, &record.act, record.done));
            assert_eq!(Some(&step.state), record.state.as_ref());
        }
    }
    assert_eq!(store.steps("nothing", 900).await.unwrap(), []);
}

pub async fn cases_are_listed_newest_first_or_by_id(place: Place) {
    let (store, fence) = place.writer().await;
    let mut rows: Vec<_> = (0..12).map(case).collect();
    rows.iter_mut().filter(|row| row.id % 3 == 0).for_each(|row| {
        row.procedure = "licence".into();
        row.subject = Some("乙".into());
    });
    let batch = Batch { rows: rows.into_iter().map(put_case).collect(), ..Batch::default() };
    store.commit(&fence, &batch).await.unwrap();
    let ids = |rows: Vec<guiju_kernel::rows::CaseRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(store.case_list(None, None, 3).await.unwrap()), [11, 10, 9]);
    assert_eq!(ids(store.case_list(None, Some(9), 2).await.unwrap()), [8, 7]);
    assert_eq!(ids(store.case_list(Some("licence"), Some(9), 9).await.unwrap()), [6, 3, 0]);
    assert_eq!(ids(store.cases_of("乙", None, 2).await.unwrap()), [9, 6]);
    assert_eq!(ids(store.cases_of("乙", Some(6), 9).await.unwrap()), [3, 0]);
    assert_eq!(ids(store.case_rows("licence", None, 3).await.unwrap()), [0, 3, 6]);
    assert_eq!(ids(store.case_rows("licence", Some(3), 9).await.unwrap()), [6, 9]);
    assert_eq!(ids(store.case_list(Some("nothing"), None, 3).await.unwrap()), [0u64; 0]);
}
