//! Does a whole data folder (or database) hold together? Every record, tile, head, row, payload, file and key, once.
//!
//! Refuses only to start where there are no data at all; whatever else is wrong is a fault with a place. It reads in one
//! transaction, beside a running server, and keeps the folded tables and some thousand records in memory.

use crate::cell::Cell;
use crate::keys::KEY_FILES;
use crate::reading::Reading;
use crate::report::{Faults, Report};
use crate::source::Source;
use std::path::{Path, PathBuf};

/// The database within a data folder.
pub(crate) const DATABASE: &str = "guiju.sqlite";

/// What to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A data folder with a SQLite database and keys.
    Data(PathBuf),
    /// `postgres://…`; the keys lie elsewhere ([`Options::keys`]).
    Database(String),
}

/// What to compare with beyond the data themselves.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Checkpoints that somebody kept outside, as signed notes: the log must still begin with what each one signed.
    pub since: Vec<String>,
    /// The folder of the key files; by default `keys` within the data folder.
    pub keys: Option<PathBuf>,
}

/// There is nothing to verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoData {
    /// Not a data folder.
    #[error("`{0}` 中没有 guiju.sqlite / there is no guiju.sqlite in `{0}`")]
    NoFolder(String),
    /// The server does not answer or does not let us in.
    #[error("连不上数据库：{0} / the database cannot be reached: {0}")]
    Unreachable(String),
}

/// Reads everything and reports what does not hold.
pub async fn verify(target: Target, options: Options) -> Result<Report, NoData> {
    let mut faults = Faults::default();
    let (source, keys_folder, pages) = match &target {
        Target::Data(folder) => {
            let file = folder.join(DATABASE);
            if !file.is_file() {
                return Err(NoData::NoFolder(folder.display().to_string()));
            }
            check_files(folder, &mut faults);
            let pages = tokio::spawn(broken_pages(file.clone()));
            let source = match Source::sqlite(&file).await {
                Ok(source) => source,
                Err(why) => {
                    faults.add(
                        DATABASE,
                        "",
                        format!("不再是可读的数据库：{why} / no longer reads as a database: {why}"),
                    );
                    return Ok(faults.into_report(0));
                }
            };
            (source, Some(folder.join("keys")), Some(pages))
        }
        Target::Database(url) => {
            let source = Source::postgres(url).await.map_err(|why| NoData::Unreachable(why.to_string()))?;
            (source, None, None)
        }
    };
    let mut reading = Reading { source, faults };
    let events = reading.everything(options.keys.or(keys_folder), &options.since).await;
    let mut faults = reading.faults;
    if let Some(pages) = pages {
        match pages.await {
            Ok(messages) => messages.into_iter().for_each(|message| faults.add(DATABASE, "", message)),
            Err(why) => {
                faults.add(DATABASE, "", format!("页面检查中断：{why} / the check of its pages broke off: {why}"))
            }
        }
    }
    Ok(faults.into_report(events))
}

/// SQLite's own check of pages, indexes and constraints.
async fn broken_pages(file: PathBuf) -> Vec<String> {
    let mut messages = Vec::new();
    let checked = match Source::sqlite(&file).await {
        Ok(mut source) => {
            source
                .rows("PRAGMA integrity_check", &[], |row| match row.first() {
                    Some(Cell::Text(text)) if &**text == "ok" => {}
                    Some(found) => messages.push(format!("数据库页面损坏 / {found}")),
                    None => {}
                })
                .await
        }
        Err(why) => Err(why),
    };
    if let Err(why) = checked {
        messages.push(format!("数据库页面不可读：{why} / its pages cannot be read: {why}"));
    }
    messages
}

/// Nothing may lie in a data folder that nothing binds.
fn check_files(folder: &Path, faults: &mut Faults) {
    let mut pending = vec![PathBuf::new()];
    while let Some(below) = pending.pop() {
        let Ok(entries) = std::fs::read_dir(folder.join(&below)) else {
            faults.add(&below.display().to_string(), "", "目录不可读 / the folder cannot be read");
            continue;
        };
        for entry in entries.flatten() {
            let path = below.join(entry.file_name());
            let name = path.to_string_lossy().into_owned();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                pending.push(path);
            } else if name == "lock" {
                if entry.metadata().is_ok_and(|lock| lock.len() > 0) {
                    faults.add(&name, "", "锁文件应为空 / the lock file should be empty");
                }
            } else if !is_known_file(&name) {
                faults.add(
                    &name,
                    "",
                    "不属于数据目录，没有任何散列约束它 / no part of a data folder: nothing binds it",
                );
            }
        }
    }
}

fn is_known_file(name: &str) -> bool {
    let database = name.strip_prefix(DATABASE).is_some_and(|end| ["", "-wal", "-shm", "-journal"].contains(&end));
    database || name.strip_prefix("keys/").is_some_and(|name| KEY_FILES.contains(&name))
}
