//! What only a database on a server promises: its own versions, and an answer that was lost.

use guiju_store::{Batch, Log, Mode, StoreError, Target, open};

use crate::place::{NOW, Place};
use crate::sample::{case, put_case, records};

#[tokio::test]
async fn a_database_without_tables_or_of_another_version_is_not_read() {
    let Some(place) = Place::database() else { return };
    assert!(matches!(place.open(Mode::Read).await.err(), Some(StoreError::Missing(_))));
    place.open(Mode::Write).await.unwrap().close().await;
    let pool = sqlx::PgPool::connect(place.url()).await.unwrap();
    let change = |sql: &'static str| sqlx::query(sql).execute(&pool);
    change("INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, true, checksum, 0 FROM _sqlx_migrations LIMIT 1")
        .await
        .unwrap();
    for mode in [Mode::Read, Mode::Write] {
        let error = place.open(mode).await.err();
        assert!(matches!(&error, Some(StoreError::Newer(what)) if what.contains("9999")), "{error:?}");
    }
    change("DELETE FROM _sqlx_migrations").await.unwrap();
    assert!(matches!(place.open(Mode::Read).await.err(), Some(StoreError::Older(_))));
    let nowhere = Target::Postgres("postgres://nobody@127.0.0.1:1/none".into());
    assert!(matches!(open(&nowhere, Mode::Read).await.err(), Some(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_second_process_must_wait_for_the_lease() {
    let Some(place) = Place::database() else { return };
    let (first, fence) = place.writer().await;
    let second = place.open(Mode::Write).await.unwrap();
    assert!(matches!(second.take_lease("another", NOW).await, Err(StoreError::Locked(_))));
    first.commit(&fence, &records(0, 1)).await.unwrap();
    assert_eq!(second.position(Log::Events).await.unwrap().size, 1);
    let taken = second.take_lease("another", NOW + guiju_store::LEASE_MS).await.unwrap();
    assert!(matches!(first.commit(&fence, &records(1, 1)).await, Err(StoreError::Fenced)));
    second.commit(&taken, &records(1, 1)).await.unwrap();
}

/// The server's processes are cut off under a writer again and again: every acknowledged batch is there, and every refused one is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_connection_leaves_no_doubt_about_what_was_stored() {
    let Some(place) = Place::database() else { return };
    let (store, fence) = place.writer().await;
    let cutter = sqlx::PgPool::connect(place.url()).await.unwrap();
    let cutting = tokio::spawn(async move {
        for _ in 0..60 {
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
                       AND application_name = 'guiju' AND (query LIKE '%INSERT INTO%' OR query = 'COMMIT')";
            sqlx::query(cut).execute(&cutter).await.unwrap();
        }
    });
    let (mut next, mut refused) = (0, 0);
    while !cutting.is_finished() {
        let mut batch: Batch = records(next, 20);
        batch.rows = (next..next + 20).map(|id| put_case(case(id))).collect();
        match store.commit(&fence, &batch).await {
            Ok(()) => next += 20,
            Err(StoreError::Unavailable(_)) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    cutting.await.unwrap();
    assert!(next > 0 && refused > 0, "{next} stored, {refused} refused: the test cut nothing");
    let mut size = store.position(Log::Events).await;
    for _ in 0..10 {
        if size.is_err() {
            size = store.position(Log::Events).await;
        }
    }
    assert_eq!(size.unwrap().size, next);
    assert_eq!(store.case_rows("request", None, 1_000_000).await.unwrap().len() as u64, next);
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_crash_of_the_server() {
    let Some((place, server)) = Place::alone() else { return };
    let (store, fence) = place.writer().await;
    for round in 0..3 {
        for seq in round * 10..round * 10 + 10 {
            store.commit(&fence, &records(seq, 1)).await.unwrap();
        }
        assert!(server.crash().unwrap());
        // The connections are gone; the store finds new ones by itself.
        let mut tries = 0;
        let position = loop {
            match store.position(Log::Events).await {
                Ok(position) => break position,
                Err(error) => assert!(tries < 20, "{error}"),
            }
            tries += 1;
        };
        assert_eq!(position.size, round * 10 + 10);
        while store.commit(&fence, &Batch::default()).await.is_err() {
            tries += 1;
            assert!(tries < 20);
        }
    }
}
