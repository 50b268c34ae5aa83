//! What must be found: every column of every table, every key file, missing and added rows, flipped bits, broken pages.

use crate::bureau::{self, Bureau};
use guiju_verify::{NoData, Options, Report, Target, verify};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};
use std::path::Path;
use tempfile::TempDir;

async fn folder() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let (bureau, kept) = bureau::small(120);
    bureau.write(folder.path()).await;
    (folder, kept)
}

async fn check(folder: &Path) -> Report {
    verify(Target::Data(folder.to_owned()), Options::default()).await.unwrap()
}

fn copy(from: &Path) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    std::fs::create_dir(to.path().join("keys")).unwrap();
    for file in ["guiju.sqlite", "lock", "keys/ledger.key", "keys/ledger.vkey", "keys/readings.vkey", "keys/master.key"]
    {
        std::fs::copy(from.join(file), to.path().join(file)).unwrap();
    }
    to
}

/// Runs SQL on the folder's database; false when the database itself refuses it (a constraint of the tables).
async fn change(folder: &Path, sql: &str) -> bool {
    let options = SqliteConnectOptions::new().filename(folder.join("guiju.sqlite")).foreign_keys(false);
    let mut database = options.connect().await.unwrap();
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut database).await;
    database.close().await.unwrap();
    done.is_ok_and(|done| done.rows_affected() > 0)
}

async fn names(folder: &Path, sql: &str) -> Vec<String> {
    let mut database = SqliteConnectOptions::new().filename(folder.join("guiju.sqlite")).connect().await.unwrap();
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut database).await.unwrap();
    database.close().await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

fn is_ephemeral(table: &str) -> bool {
    ["sessions", "drafts", "operations", "publications", "search", "lease", "sqlite_", "_sqlx"]
        .iter()
        .any(|name| table.starts_with(name))
}

#[tokio::test]
async fn an_untouched_folder_passes_beside_the_checkpoint_that_somebody_kept() {
    let (folder, kept) = folder().await;
    let report = check(folder.path()).await;
    assert_eq!(report.faults, []);
    assert!(report.ok && report.events > 300, "{report:?}");
    let options = Options { since: vec![kept], keys: None };
    let report = verify(Target::Data(folder.path().to_owned()), options).await.unwrap();
    assert!(report.ok, "{report:?}");
}

#[tokio::test]
async fn every_column_of_every_table_is_covered_in_several_rows() {
    let (origin, _) = folder().await;
    let tables = names(origin.path(), "SELECT name FROM sqlite_master WHERE type = 'table'").await;
    let mut tried = 0;
    for table in tables.iter().filter(|table| !is_ephemeral(table)) {
        let columns = names(origin.path(), &format!("SELECT name FROM pragma_table_info('{table}')")).await;
        for column in columns {
            for row in ["0", "(SELECT count(*) / 2 FROM {t})", "(SELECT count(*) - 1 FROM {t})"] {
                let row = row.replace("{t}", table);
                let copy = copy(origin.path());
                let sql = format!(
                    "UPDATE {table} SET \"{column}\" = CASE typeof(\"{column}\") WHEN 'integer' THEN \"{column}\" + 1 \
                     WHEN 'blob' THEN CAST(\"{column}\" || x'78' AS BLOB) WHEN 'null' THEN 'x' ELSE \"{column}\" || 'x' END \
                     WHERE rowid = (SELECT rowid FROM {table} LIMIT 1 OFFSET {row})"
                );
                // A NULL in a number column takes a number.
                if !change(copy.path(), &sql).await
                    && !change(copy.path(), &sql.replace("'null' THEN 'x'", "'null' THEN 7")).await
                {
                    continue;
                }
                let report = check(copy.path()).await;
                assert!(
                    !report.ok && report.faults.iter().all(|fault| !fault.where_.is_empty()),
                    "{table}.{column} row {row}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 120, "only {tried} changes could be tried");
}

#[tokio::test]
async fn a_row_that_is_missing_doubled_or_added_is_named() {
    let (origin, _) = folder().await;
    for (sql, place) in [
        ("DELETE FROM events WHERE seq = 200", "events"),
        ("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", "heads"),
        ("DELETE FROM readings WHERE seq = 3", "readings"),
        ("DELETE FROM tiles WHERE log = 0 AND idx = 0", "tiles"),
        ("DELETE FROM heads WHERE log = 0", "heads"),
        ("DELETE FROM cases WHERE id = 7", "cases"),
        ("DELETE FROM holdings WHERE case_id = 7", "holdings"),
        ("DELETE FROM timers WHERE case_id = 7", "timers"),
        ("DELETE FROM entries WHERE version = 2", "entries"),
        ("DELETE FROM numbers", "numbers"),
        ("DELETE FROM once WHERE token = 'token-5'", "once"),
        ("DELETE FROM erased WHERE field = 'phone'", "erased"),
        ("DELETE FROM vault WHERE seq = 0 AND field = 'phone'", "vault"),
        ("DELETE FROM party_keys WHERE party LIKE '%0X'", "vault"),
        ("DELETE FROM files WHERE rowid = 1", "files"),
        ("DELETE FROM packs WHERE rowid = 1", "packs"),
        ("DELETE FROM counts WHERE day = -1", "counts"),
        ("INSERT INTO counts VALUES ('gxj', 'nobody', 5, 0)", "counts"),
        ("INSERT INTO once VALUES ('token-x', 1)", "once"),
        ("INSERT INTO vault VALUES (1, 'phone', '913701000000000001X', x'01')", "vault"),
        ("INSERT INTO vault VALUES (100000, 'phone', '913701000000000001X', x'01')", "vault"),
        ("INSERT INTO erased VALUES (0, 'phone', 9)", "erased"),
        ("INSERT INTO tiles VALUES (1, 0, 0, zeroblob(8192))", "tiles"),
        ("INSERT INTO files SELECT 'ab', party, content FROM files LIMIT 1", "files"),
        ("INSERT INTO packs VALUES ('ab', x'00')", "packs"),
        ("INSERT INTO readings SELECT seq + 1000, recorded, bytes, salt FROM readings LIMIT 1", "readings"),
    ] {
        let copy = copy(origin.path());
        assert!(change(copy.path(), sql).await, "{sql}");
        let report = check(copy.path()).await;
        assert!(report.faults.iter().any(|fault| fault.where_ == place), "{sql}: {:?}", report.faults);
    }
}

#[tokio::test]
async fn an_exchange_of_two_valid_parts_is_found() {
    let (origin, _) = folder().await;
    for (sql, place) in [
        // Two records with their salts, two payloads of one party, two wrapped keys, two published heads.
        (
            "UPDATE events SET bytes = (SELECT bytes FROM events e WHERE e.seq = 11), salt = (SELECT salt FROM events e WHERE e.seq = 11) WHERE seq = 10",
            "events",
        ),
        (
            "UPDATE vault SET sealed = (SELECT sealed FROM vault v WHERE v.seq = vault.seq AND v.field = 'name') WHERE seq = 0 AND field = 'phone'",
            "vault",
        ),
        (
            "UPDATE party_keys SET wrapped = (SELECT wrapped FROM party_keys p WHERE p.rowid = 2) WHERE rowid = 1",
            "party_keys",
        ),
        (
            "UPDATE heads SET note = (SELECT note FROM checkpoints c WHERE c.log = heads.log), size = (SELECT size FROM checkpoints c WHERE c.log = heads.log)",
            "heads",
        ),
        ("UPDATE checkpoints SET note = (SELECT note FROM heads h WHERE h.log = checkpoints.log)", "checkpoints"),
        ("UPDATE events SET salt = (SELECT salt FROM events e WHERE e.seq = 11) WHERE seq = 10", "heads"),
    ] {
        let copy = copy(origin.path());
        assert!(change(copy.path(), sql).await, "{sql}");
        let report = check(copy.path()).await;
        assert!(report.faults.iter().any(|fault| fault.where_ == place), "{sql}: {:?}", report.faults);
    }
}

#[tokio::test]
async fn tables_columns_triggers_and_files_that_nothing_binds_are_named() {
    let (origin, _) = folder().await;
    for (sql, place) in [
        ("CREATE TABLE extra (a INTEGER); INSERT INTO extra VALUES (1)", "extra"),
        ("ALTER TABLE cases ADD COLUMN extra TEXT; UPDATE cases SET extra = 'x'", "cases"),
        (
            "CREATE TRIGGER quiet AFTER INSERT ON events BEGIN SELECT 1; END; UPDATE lease SET number = number; UPDATE heads SET size = size",
            "guiju.sqlite",
        ),
        ("ALTER TABLE numbers RENAME TO numbers2; UPDATE heads SET size = size", "numbers"),
    ] {
        let copy = copy(origin.path());
        assert!(change(copy.path(), sql).await, "{sql}");
        let report = check(copy.path()).await;
        assert!(report.faults.iter().any(|fault| fault.where_ == place), "{sql}: {:?}", report.faults);
    }
    std::fs::write(origin.path().join("keys/more.txt"), "x").unwrap();
    std::fs::write(origin.path().join("lock"), "x").unwrap();
    let report = check(origin.path()).await;
    let places: Vec<_> = report.faults.iter().map(|fault| fault.where_.as_str()).collect();
    assert!(places.contains(&"keys/more.txt") && places.contains(&"lock"), "{places:?}");
}

#[tokio::test]
async fn no_bit_of_a_key_file_changes_unseen() {
    let (origin, _) = folder().await;
    for file in ["keys/ledger.key", "keys/ledger.vkey", "keys/readings.vkey", "keys/master.key"] {
        let path = origin.path().join(file);
        let whole = std::fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(5).chain([whole.len() - 1]) {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            std::fs::write(&path, &changed).unwrap();
            assert!(!check(origin.path()).await.ok, "{file} byte {at}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(!check(origin.path()).await.ok, "{file} missing");
        std::fs::write(&path, &whole).unwrap();
    }
    assert!(check(origin.path()).await.ok);
}

#[tokio::test]
async fn flipped_bits_of_the_database_are_found_or_change_no_row() {
    let (origin, _) = folder().await;
    let rows = dump(origin.path()).await;
    let whole = std::fs::read(origin.path().join("guiju.sqlite")).unwrap();
    let (mut found, mut at) = (0, 11usize);
    for n in 0..150usize {
        // Steps without a common factor with any page size reach every kind of page; the first ones fall in the header.
        at = if n < 20 { n * 5 } else { (at + 1_000_003) % whole.len() };
        let copy = copy(origin.path());
        let mut changed = whole.clone();
        changed[at] ^= 1 << (n % 8);
        std::fs::write(copy.path().join("guiju.sqlite"), &changed).unwrap();
        let report = check(copy.path()).await;
        if report.ok {
            assert_eq!(dump(copy.path()).await, rows, "byte {at} bit {}", n % 8);
        } else {
            assert!(report.faults.iter().all(|fault| !fault.where_.is_empty()));
            found += 1;
        }
    }
    assert!(found > 60, "only {found} of 150 flips were found: is anything read at all?");
}

/// Every row of every verified table, or what stops the reading.
async fn dump(folder: &Path) -> Result<Vec<String>, String> {
    let mut rows = Vec::new();
    let mut database =
        SqliteConnectOptions::new().filename(folder.join("guiju.sqlite")).connect().await.map_err(|e| e.to_string())?;
    let tables =
        sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetch_all(&mut database).await;
    for table in tables.map_err(|e| e.to_string())? {
        let table: String = table.try_get(0).map_err(|e| e.to_string())?;
        if is_ephemeral(&table) {
            continue;
        }
        let columns = sqlx::query(AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')")))
            .fetch_all(&mut database)
            .await;
        let quoted: Vec<String> = columns
            .map_err(|e| e.to_string())?
            .iter()
            .map(|row| format!("quote(\"{}\")", row.get::<String, _>(0)))
            .collect();
        let sql = format!("SELECT {} AS line FROM {table} NOT INDEXED", quoted.join(" || ',' || "));
        for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut database).await.map_err(|e| e.to_string())? {
            rows.push(format!("{table}: {}", row.try_get::<String, _>(0).map_err(|e| e.to_string())?));
        }
    }
    rows.sort();
    Ok(rows)
}

#[tokio::test]
async fn a_file_that_is_no_database_any_more_is_a_fault_and_an_empty_folder_is_not() {
    let (origin, _) = folder().await;
    std::fs::write(origin.path().join("guiju.sqlite"), "not a database").unwrap();
    let report = check(origin.path()).await;
    assert!(!report.ok && report.faults.iter().any(|fault| fault.where_ == "guiju.sqlite"), "{report:?}");
    let empty = tempfile::tempdir().unwrap();
    let refused = verify(Target::Data(empty.path().to_owned()), Options::default()).await;
    assert!(matches!(refused, Err(NoData::NoFolder(_))));
}

#[tokio::test]
async fn a_log_that_was_rewritten_whole_does_not_extend_the_checkpoint_kept_outside() {
    let (_, kept) = folder().await;
    let rewritten = tempfile::tempdir().unwrap();
    let (mut bureau, _) = bureau::small(119);
    bureau.request(500);
    bureau.write(rewritten.path()).await;
    let since = |note: &str| Options { since: vec![note.to_owned()], keys: None };
    assert!(check(rewritten.path()).await.ok, "by itself it holds together");
    let report = verify(Target::Data(rewritten.path().to_owned()), since(&kept)).await.unwrap();
    assert!(report.faults.iter().any(|fault| fault.where_ == "since"), "{report:?}");

    // A log that is shorter than what was signed, and a note by somebody else.
    let short = tempfile::tempdir().unwrap();
    let mut bureau = Bureau::new();
    bureau.request(0);
    bureau.write(short.path()).await;
    for note in [kept.clone(), kept.replace("guiju.example", "other.example"), "no note".to_owned()] {
        let report = verify(Target::Data(short.path().to_owned()), since(&note)).await.unwrap();
        assert!(report.faults.iter().any(|fault| fault.where_ == "since"), "{note}");
    }
}

#[tokio::test]
async fn an_empty_bureau_passes() {
    let folder = tempfile::tempdir().unwrap();
    Bureau::new().write(folder.path()).await;
    let report = check(folder.path()).await;
    assert_eq!((report.faults.as_slice(), report.events), ([].as_slice(), 0));
}
