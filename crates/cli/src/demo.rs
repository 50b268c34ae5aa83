//! `guiju demo`: runs a whole bureau year, then serves it.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use guiju_demo::{BEGUN, ENDED, Plan, Progress};
use guiju_kernel::time::midnight;
use guiju_office::{Chance, Office, OfficeClock, Settings};
use guiju_pack::Pack;
use guiju_store::Target;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::Fault;
use crate::serve::{self, Serving};

#[derive(Args, Debug)]
pub struct DemoArgs {
    /// Plan of the year; default: the one of the shipped pack / 年度计划文件
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Folder for the result; a finished one is served again / 演示数据目录
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    data: PathBuf,
    /// Another seed than the plan's / 随机种子
    #[arg(long)]
    seed: Option<u64>,
    /// Port of the site on localhost / 网站端口
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Serve as of nine in the morning of this day instead of the day after the year; not before it / 以此日上午九时打开
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<jiff::civil::Date>,
    /// Do not serve afterwards / 只生成数据
    #[arg(long)]
    no_serve: bool,
    /// A pack in a folder instead of the shipped one / 另用法规包目录
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
}

pub async fn run(args: DemoArgs) -> Result<ExitCode, Fault> {
    let pack = crate::data::pack(args.pack.as_deref())?;
    let plan = plan(&args, &pack)?;
    let day = args.on.unwrap_or(plan.until);
    if day < plan.until {
        return Err(format!("--on {day} 早于演示年度结束的 {0}，时间不能倒退 / --on {day} lies before {0}, when the year ends: time does not run backwards", plan.until).into());
    }
    match state_of(&args.data).await? {
        Folder::Finished => {
            eprintln!("{} 中已有演示年度，直接打开 / serving the year that is there", args.data.display())
        }
        Folder::Unfinished => {
            eprintln!(
                "{} 中的演示没有跑完，重新生成 / the run there did not finish: starting anew",
                args.data.display()
            );
            std::fs::remove_dir_all(&args.data)?;
            make(&args.data, pack.clone(), &plan).await?;
        }
        Folder::Empty => make(&args.data, pack.clone(), &plan).await?,
        Folder::Foreign => {
            let folder = args.data.display();
            return Err(format!("{folder} 不是空的，也不是演示数据：请用 --data 另选目录 / {folder} is not empty and holds no demonstration: choose another folder with --data").into());
        }
    }
    if args.no_serve {
        return Ok(ExitCode::SUCCESS);
    }
    let clock = OfficeClock::onward(midnight(day) + std::time::Duration::from_secs(9 * 3_600));
    let settings = settings(&args.data, pack, clock, Chance::System);
    let office = Office::open(settings).await?;
    let demo = Some(plan.accounts.clone());
    serve::serve(office, Serving { port: args.port, faces: Vec::new(), demo }).await
}

fn plan(args: &DemoArgs, pack: &Pack) -> Result<Plan, Fault> {
    let text = match &args.plan {
        Some(file) => std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?,
        None => pack.years.values().next_back().cloned().ok_or("法规包中没有演示计划 / the pack has no year to run")?,
    };
    let mut plan = Plan::parse(&text)?;
    if let Some(seed) = args.seed {
        plan.seed = seed;
    }
    Ok(plan)
}

fn settings(folder: &Path, pack: Pack, clock: OfficeClock, chance: Chance) -> Settings {
    Settings { place: Target::Folder(folder.to_owned()), keys: folder.to_owned(), pack, clock, chance }
}

enum Folder {
    Empty,
    Finished,
    Unfinished,
    Foreign,
}

/// What lies in the folder: nothing, a demonstration (finished or not), or something that is not ours to touch.
async fn state_of(folder: &Path) -> Result<Folder, Fault> {
    let empty = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => true,
        Err(e) => return Err(format!("{}: {e}", folder.display()).into()),
    };
    if empty {
        return Ok(Folder::Empty);
    }
    let target = Target::Folder(folder.to_owned());
    let Ok(store) = guiju_store::open(&target, guiju_store::Mode::Read).await else { return Ok(Folder::Foreign) };
    let begun = store.once(BEGUN).await?.is_some();
    let ended = store.once(ENDED).await?.is_some();
    store.close().await;
    Ok(match (begun, ended) {
        (_, true) => Folder::Finished,
        (true, false) => Folder::Unfinished,
        (false, false) => Folder::Foreign,
    })
}

async fn make(folder: &Path, pack: Pack, plan: &Plan) -> Result<(), Fault> {
    std::fs::create_dir_all(folder)?;
    let began = Instant::now();
    let mut seed = [0u8; 32];
    seed[..8].copy_from_slice(&plan.seed.to_be_bytes());
    let clock = OfficeClock::set_to(midnight(guiju_demo::opening_day(plan)));
    let office = Office::open(settings(folder, pack.clone(), clock, Chance::Seeded(seed))).await?;
    let mut bar = Bar::new();
    let summary = guiju_demo::run(&office, &pack, plan, &mut bar).await;
    bar.finish();
    let summary = match summary {
        Ok(summary) => summary,
        Err(fault) => {
            office.close().await?;
            return Err(fault.into());
        }
    };
    office.close().await?;
    let took = began.elapsed().as_secs_f32();
    eprintln!(
        "演示年度已生成：{} 件、{} 条记录，用时 {took:.1} 秒 / {} cases, {} records in {took:.1} s",
        summary.cases, summary.acts, summary.cases, summary.acts
    );
    Ok(())
}

/// The progress bar; plain lines where stderr is no terminal.
struct Bar {
    bar: ProgressBar,
}

impl Bar {
    fn new() -> Bar {
        let target =
            if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Bar { bar: ProgressBar::with_draw_target(None, target) }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begin(&mut self, what: &str, total: u64) {
        self.bar.reset();
        self.bar.set_length(total);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta}") {
            self.bar.set_style(style);
        }
        self.bar.set_message(what.to_owned());
        if self.bar.is_hidden() {
            eprintln!("{what}: {total}");
        }
    }

    fn advance(&mut self, by: u64) {
        self.bar.inc(by);
    }
}
