//! Where the data are, which pack holds, and how an office is opened on them.

use std::path::{Path, PathBuf};

use clap::Args;
use guiju_office::{Chance, Office, OfficeClock, Settings};
use guiju_pack::Pack;
use guiju_store::Target;

use crate::Fault;

/// Wherever `--data DIR` stands, `--database URL` may stand.
#[derive(Args, Debug, Clone)]
pub struct DataArgs {
    /// Data folder (SQLite) / 数据目录
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// PostgreSQL database, `postgres://user:password@host:port/name` / 数据库地址
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    pub database: Option<String>,
    /// Folder of the keys when `--database` is used / 密钥目录（使用数据库时）
    #[arg(long, value_name = "DIR", requires = "database")]
    pub keys: Option<PathBuf>,
}

impl DataArgs {
    pub fn target(&self) -> Result<Target, Fault> {
        match (&self.data, &self.database) {
            (Some(folder), _) => Ok(Target::Folder(folder.clone())),
            (None, Some(url)) => Ok(Target::Postgres(url.clone())),
            (None, None) => Err(
                "请用 --data 指明数据目录或用 --database 指明数据库 / name the data with --data DIR or --database URL"
                    .into(),
            ),
        }
    }

    /// Where `keys/` lies.
    pub fn keys(&self) -> PathBuf {
        self.keys.clone().or_else(|| self.data.clone()).unwrap_or_else(|| PathBuf::from("guiju-keys"))
    }
}

/// The pack in a folder, or the one that is shipped inside the program.
pub fn pack(folder: Option<&Path>) -> Result<Pack, Fault> {
    let pack = match folder {
        Some(folder) => Pack::load(folder),
        None => Pack::embedded(),
    };
    pack.map_err(|complaints| {
        let lines: Vec<String> = complaints.iter().map(ToString::to_string).collect();
        format!("法规包有误 / the pack has faults:\n{}", lines.join("\n")).into()
    })
}

/// Opens an office for writing.
pub async fn open(data: &DataArgs, pack: Pack, clock: OfficeClock) -> Result<Office, Fault> {
    let settings = Settings { place: data.target()?, keys: data.keys(), pack, clock, chance: Chance::System };
    Ok(Office::open(settings).await?)
}
