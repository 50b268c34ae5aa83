//! A commit that fails, before or after it was stored, is an error to those who waited for it and nothing more: no act is half there, the
//! office goes on, and whoever asks again with the same form gets one act, not two.

#![expect(clippy::expect_used, clippy::panic, reason = "a test ends where something does not hold")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use guiju_office::{Answer, Chance, Office, OfficeClock, OfficeError};
use guiju_pack::Pack;
use guiju_store::{Mode, Store, StoreError, Target};
use guiju_testkit::failing_store::{FailingStore, Failure};

#[path = "../src/bench/work.rs"]
#[expect(dead_code, reason = "the benchmark's own clients do the work, of which this uses a part")]
mod work;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Clients at once, and how many acts each does.
const CLIENTS: u64 = 6;
const ACTS: usize = 9;

async fn open(folder: &Path, store: Arc<dyn Store>, pack: &Pack) -> Result<Office, OfficeError> {
    let noon = "2026-03-03T12:00:00+08:00".parse().expect("a moment");
    let clock = Arc::new(OfficeClock::onward(noon));
    Office::open_on(store, folder.to_owned(), pack.clone(), clock, Chance::System).await
}

async fn sqlite(folder: &Path) -> Arc<dyn Store> {
    guiju_store::open(&Target::Folder(folder.to_owned()), Mode::Write).await.expect("the store opens")
}

/// Does the acts of one client; asks again, as a person would press again, wherever the answer was a fault. Answers token and number of
/// every act.
async fn work(office: Office, number: u64, faults: Arc<AtomicU64>) -> Vec<(String, u64)> {
    let mut client = work::Client::new("failing", number);
    let mut done = Vec::new();
    while done.len() < ACTS {
        let ask = client.ask();
        let token = ask.once.clone().expect("every form has a token");
        match office.act(ask).await {
            Ok(Answer::Done(answer)) => {
                done.push((token, answer.seq));
                client.answered(Answer::Done(answer)).expect("a done act is no refusal");
            }
            Ok(Answer::Refused(refusal)) => client.answered(Answer::Refused(refusal)).map(drop).expect("lawful"),
            Err(OfficeError::Store(StoreError::Unavailable(_) | StoreError::Uncertain(_))) => {
                assert!(faults.fetch_add(1, Ordering::Relaxed) < 1_000, "the office does not get up again");
            }
            Err(other) => panic!("only the store fails here: {other}"),
        }
    }
    done
}

/// One office whose `at`-th commit fails so; answers how many callers were told.
async fn survives(pack: &Pack, failure: Failure, at: u64) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    let failing = Arc::new(FailingStore::new(sqlite(folder.path()).await, at, failure));
    let office = open(folder.path(), failing.clone(), pack).await.expect("the office opens");
    let faults = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> =
        (0..CLIENTS).map(|number| tokio::spawn(work(office.clone(), number, faults.clone()))).collect();
    let mut done = Vec::new();
    for client in clients {
        done.extend(client.await.expect("a client ends"));
    }
    for (token, seq) in &done {
        assert_eq!(failing.once(token).await.expect("the store reads"), Some(*seq), "{failure:?} at {at}: {token}");
    }
    // The pack's record, and every act once however often it was asked for.
    let size = failing.position(guiju_store::Log::Events).await.expect("the store reads").size;
    assert_eq!(size, 1 + CLIENTS * ACTS as u64, "{failure:?} at {at}: acts were lost or done twice");
    office.close().await.expect("the office closes");
    let target = guiju_verify::Target::Data(folder.path().to_owned());
    let report = guiju_verify::verify(target, guiju_verify::Options::default()).await.expect("there are data");
    assert!(report.ok, "{failure:?} at {at}: {:?}", report.faults);
    assert!(failing.commits() > at, "{failure:?} at {at}: the commit that should fail never came");
    faults.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_before_or_after_it_was_stored_loses_nothing_and_doubles_nothing() {
    let pack = Pack::embedded().expect("the shipped pack loads");
    for failure in [Failure::BeforeStored, Failure::AfterStored, Failure::Uncertain] {
        let mut told = 0;
        for at in 1..=6 {
            told += survives(&pack, failure, at).await;
        }
        assert!(told >= 6, "{failure:?}: only {told} callers were told of six failed commits");
    }
}

#[tokio::test]
async fn an_office_whose_first_commit_fails_does_not_open_and_opens_the_next_time() {
    let pack = Pack::embedded().expect("the shipped pack loads");
    for failure in [Failure::BeforeStored, Failure::AfterStored, Failure::Uncertain] {
        let folder = tempfile::tempdir().expect("a folder");
        let store = sqlite(folder.path()).await;
        let failing = Arc::new(FailingStore::new(store.clone(), 0, failure));
        assert!(open(folder.path(), failing, &pack).await.is_err(), "{failure:?}: it opened on a failed commit");
        store.close().await;
        let office = open(folder.path(), sqlite(folder.path()).await, &pack).await.expect("the next opening works");
        office.close().await.expect("the office closes");
        let target = guiju_verify::Target::Data(folder.path().to_owned());
        let report = guiju_verify::verify(target, guiju_verify::Options::default()).await.expect("there are data");
        assert!(report.ok, "{failure:?}: {:?}", report.faults);
    }
}
