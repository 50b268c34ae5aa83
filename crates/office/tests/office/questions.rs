//! How often the store is asked does not grow with what is looked at: a table of many rows, a desk of many overdue cases.

use std::sync::Arc;

use guiju_office::{Chance, Office, OfficeClock, whole_table};
use guiju_store::{Mode, Target as Place};
use guiju_testkit::failing_store::{FailingStore, Failure};
use tempfile::TempDir;

use crate::bureau::{at, done, officer, pack};
use crate::licensing::{application, judged, list, permit, stations};

/// An office whose questions to the store are counted; the commit at which it would fail is never reached.
async fn counted(now: &str) -> (Office, Arc<FailingStore>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = guiju_store::open(&Place::Folder(folder.path().to_owned()), Mode::Write).await.unwrap();
    let store = Arc::new(FailingStore::new(store, u64::MAX, Failure::BeforeStored));
    let clock = Arc::new(OfficeClock::set_to(at(now)));
    let keys = folder.path().to_owned();
    let office = Office::open_on(store.clone(), keys, pack(), clock, Chance::Seeded([1; 32])).await.unwrap();
    permit(&office).await;
    (office, store, folder)
}

/// Questions asked while a list of so many stations is judged, and while it is applied for.
async fn asked_for_stations(most: u32) -> (u64, u64) {
    let (office, store, _folder) = counted("2024-03-04 09:00").await;
    let rows = stations(most);
    let before = store.questions();
    assert!(whole_table(&judged(&office, &list(&rows)).await).is_some());
    let judging = store.questions() - before;
    done(office.act(application(&rows)).await.unwrap());
    (judging, store.questions() - before - judging)
}

#[tokio::test]
async fn a_long_table_asks_the_registers_as_often_as_a_short_one() {
    let short = asked_for_stations(3).await;
    assert!(short.0 > 0 && short.0 <= 3, "a question for each register that the table names: {short:?}");
    assert_eq!(asked_for_stations(300).await, short);
}

/// Questions asked for what a leader is warned of when so many licences are overdue.
async fn asked_for_alarms(late: usize) -> u64 {
    let (office, store, _folder) = counted("2024-03-04 09:00").await;
    for _ in 0..late {
        done(office.act(application(&stations(1))).await.unwrap());
    }
    // Taken in by law after five working days, and not decided within twenty more.
    office.clock().advance(at("2024-05-20 09:00"));
    office.ring(None).await.unwrap();
    let leader = officer("zhang", "jh-miit/leadership", &["leader"]);
    let before = store.questions();
    assert_eq!(office.alarms(&leader).await.unwrap().len(), late);
    store.questions() - before
}

#[tokio::test]
async fn many_overdue_cases_are_found_in_one_question() {
    assert_eq!((asked_for_alarms(1).await, asked_for_alarms(12).await), (1, 1));
}
