//! `guiju serve`: the real thing.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use guiju_demo::Account;
use guiju_office::{Office, OfficeClock};

use crate::Fault;
use crate::data::{self, DataArgs};

#[derive(Args, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    data: DataArgs,
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// A pack in a folder instead of the shipped one / 另用法规包目录
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// Faces to serve (portal, workbench, public, leadership); default: all / 只提供这些面
    #[arg(long = "face", value_name = "NAME")]
    faces: Vec<String>,
}

pub async fn run(args: ServeArgs) -> Result<ExitCode, Fault> {
    let pack = data::pack(args.pack.as_deref())?;
    let office = data::open(&args.data, pack, OfficeClock::System).await?;
    serve(office, Serving { port: args.port, faces: args.faces, demo: None }).await
}

pub struct Serving {
    pub port: u16,
    pub faces: Vec<String>,
    pub demo: Option<Vec<Account>>,
}

/// Serves until the process is asked to stop; then finishes what was begun.
pub async fn serve(office: Office, serving: Serving) -> Result<ExitCode, Fault> {
    let _ = (&office, &serving);
    Err("web".into())
}
