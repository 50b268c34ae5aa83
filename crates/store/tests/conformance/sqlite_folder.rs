//! What only a data folder promises: its lock, its file, a full disk.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use guiju_store::{Batch, FileRow, KeyRow, Log, Mode, Store, StoreError, Target, open};

use crate::place::NOW;
use crate::sample::records;

fn target(folder: &Path) -> Target {
    Target::Folder(folder.to_path_buf())
}

async fn refused(folder: &Path, mode: Mode) -> StoreError {
    match open(&target(folder), mode).await {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_second_writer_is_refused_and_told_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&target(folder.path()), Mode::Write).await.unwrap();
    let error = refused(folder.path(), Mode::Write).await;
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
    assert!(error.to_string().contains(folder.path().to_str().unwrap()), "{error}");
    assert_eq!(std::fs::metadata(folder.path().join("lock")).unwrap().len(), 0);
    first.close().await;
    open(&target(folder.path()), Mode::Write).await.unwrap();
}

#[tokio::test]
async fn a_killed_writer_s_lease_does_not_keep_the_next_one_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&target(folder.path()), Mode::Write).await.unwrap();
    let fence = first.take_lease("the killed", NOW).await.unwrap();
    first.close().await;
    let second = open(&target(folder.path()), Mode::Write).await.unwrap();
    assert!(second.take_lease("the next", NOW).await.unwrap().number > fence.number);
}

#[tokio::test]
async fn closed_data_are_one_file_and_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&target(folder.path()), Mode::Write).await.unwrap();
    let fence = store.take_lease("x", NOW).await.unwrap();
    store.commit(&fence, &records(0, 3)).await.unwrap();
    store.close().await;
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["guiju.sqlite", "lock"]);
    let reader = open(&target(folder.path()), Mode::Read).await.unwrap();
    assert_eq!(reader.position(Log::Events).await.unwrap().size, 3);
}

#[tokio::test]
async fn reading_what_is_not_there_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    assert!(matches!(refused(&nowhere, Mode::Read).await, StoreError::Missing(_)));
    assert!(!nowhere.exists());
    std::fs::write(folder.path().join("guiju.sqlite"), "not a database, not even nearly one".repeat(40)).unwrap();
    assert!(matches!(refused(folder.path(), Mode::Read).await, StoreError::Damaged(_)));
    assert!(matches!(refused(folder.path(), Mode::Write).await, StoreError::Damaged(_)));
}

#[tokio::test]
async fn data_of_a_newer_program_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    open(&target(folder.path()), Mode::Write).await.unwrap().close().await;
    let pool = sqlx::SqlitePool::connect(folder.path().join("guiju.sqlite").to_str().unwrap()).await.unwrap();
    let change = |sql: &'static str| sqlx::query(sql).execute(&pool);
    change("INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, true, checksum, 0 FROM _sqlx_migrations LIMIT 1")
        .await
        .unwrap();
    for mode in [Mode::Read, Mode::Write] {
        let error = refused(folder.path(), mode).await;
        assert!(matches!(&error, StoreError::Newer(what) if what.contains("9999")), "{error}");
    }
    change("DELETE FROM _sqlx_migrations").await.unwrap();
    assert!(matches!(refused(folder.path(), Mode::Read).await, StoreError::Older(_)));
}

#[tokio::test]
async fn a_dropped_key_is_nowhere_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&target(folder.path()), Mode::Write).await.unwrap();
    let fence = store.take_lease("x", NOW).await.unwrap();
    let key = b"a wrapped key that must not be found again".to_vec();
    let put = |wrapped| Batch { keys: vec![KeyRow { party: "甲".into(), wrapped }], ..Batch::default() };
    let found = || {
        std::fs::read_dir(folder.path()).unwrap().any(|entry| {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(key.len()).any(|window| window == key)
        })
    };
    store.commit(&fence, &put(Some(key.clone()))).await.unwrap();
    assert!(found(), "the test looks in the right place");
    store.commit(&fence, &put(None)).await.unwrap();
    assert!(!found());
}

/// Runs the next test in a process whose files may not grow beyond 4 MiB, as on a full disk.
#[test]
fn on_a_full_disk_nothing_is_half_stored_and_work_goes_on_after_it() {
    let inner = "sqlite_folder::fills_the_disk";
    let script = "trap '' XFSZ; ulimit -S -f 8192; exec \"$0\" --exact \"$1\" --ignored --nocapture";
    let program = std::env::current_exe().unwrap();
    let ran = Command::new("sh").args(["-c", script]).arg(program).arg(inner).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by the test above, in a process of its own"]
async fn fills_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = open(&target(folder.path()), Mode::Write).await.unwrap();
    let fence = store.take_lease("x", NOW).await.unwrap();
    let batch = |at: u64| {
        let mut batch = records(at * 2, 2);
        batch.files = vec![FileRow { stored: format!("f{at}"), party: "甲".into(), content: vec![at as u8; 400_000] }];
        batch
    };
    let mut stored = 0;
    let error = loop {
        match store.commit(&fence, &batch(stored)).await {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!((1..20).contains(&stored), "{stored} batches before the disk was full");
    for _ in 0..3 {
        assert!(matches!(store.commit(&fence, &batch(stored)).await, Err(StoreError::Unavailable(_))));
        assert_eq!(store.position(Log::Events).await.unwrap().size, stored * 2);
        assert_eq!(store.file(&format!("f{stored}")).await.unwrap(), None);
    }
    let own = std::process::id().to_string();
    let freed = Command::new("prlimit").args(["--pid", &own, "--fsize=unlimited"]).status();
    if freed.is_ok_and(|status| status.success()) {
        store.commit(&fence, &batch(stored)).await.unwrap();
        assert_eq!(store.position(Log::Events).await.unwrap().size, stored * 2 + 2);
    } else {
        guiju_testkit::facts::left_out("a full disk that is given room again: no `prlimit` here");
    }
}
