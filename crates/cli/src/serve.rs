//! `guiju serve`: the real thing.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use guiju_demo::Account;
use guiju_kernel::procedure::definition::Text;
use guiju_office::{Office, OfficeClock};
use guiju_web::{DemoAccount, DemoInfo, Face, Faces, WebState};
use tokio::net::TcpListener;

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
    /// Faces to serve (portal, workbench, public, leadership, station); default: all / 只提供这些面
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
    let faces = Faces::named(serving.faces.iter().map(String::as_str)).map_err(|name| {
        format!("没有 `{name}` 这个面 / there is no face `{name}`: portal, workbench, public, leadership, station")
    })?;
    let demo = serving.demo.map(|accounts| Arc::new(demo_info(accounts)));
    let listener = TcpListener::bind(("127.0.0.1", serving.port)).await?;
    eprintln!("http://localhost:{}/", listener.local_addr()?.port());
    let state = WebState { office: Arc::new(office.clone()), faces, demo };
    guiju_web::serve(state, listener, asked_to_stop()).await?;
    office.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// The accounts of a plan as the first page of a demonstration shows them.
fn demo_info(accounts: Vec<Account>) -> DemoInfo {
    let shown = |account: Account| {
        let leads = account.roles.iter().any(|role| role == "leader");
        let face = match (&account.firm, leads) {
            (Some(_), _) => Face::Portal,
            (None, true) => Face::Leadership,
            (None, false) => Face::Workbench,
        };
        DemoAccount {
            name: Text { zh: account.name, en: account.account.clone() },
            may: Text { zh: account.zh, en: account.en },
            account: account.account,
            password: guiju_demo::PASSWORD.to_owned(),
            face,
        }
    };
    let about = Text {
        zh: "这里是一个虚构的市工业和信息化局。全年的企业诉求由程序按计划逐件办理，每一步都记入不可暗中修改的账本，指标从账本中数出来。"
            .to_owned(),
        en: "A made-up municipal bureau. The program handled a year of requests one by one; each step lies in a record that cannot be changed unseen, and the figures are counted from it."
            .to_owned(),
    };
    DemoInfo { about, accounts: accounts.into_iter().map(shown).collect() }
}

/// Done when the terminal or the service manager asks the process to stop.
pub async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
