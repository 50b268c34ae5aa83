//! `guiju station`: the agent beside a receiver. It needs no bureau's data, only a folder, a plan and the way to the server.

mod show;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use guiju_station::{Counted, Folder, Format, How, Overview, Plan, Running, TakingIn};

use crate::Fault;

#[derive(Args, Debug)]
pub struct StationArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Makes a station's folder and key, and prints the public key to register / 新建监测站目录和密钥，打印待登记的公钥
    Init {
        dir: PathBuf,
        /// The station's id, as the register has it / 站号，与监测站台账一致
        #[arg(long)]
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Measures by plan and hands in what was measured / 按计划监测并上送
    Run(RunArgs),
    /// How the station is doing / 监测站的状态
    Status {
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// Takes recordings in as measured data; the next run sends them / 把录制文件作为监测数据收入，下次运行时上送
    Import(ImportArgs),
    /// Sends refused packages again, once their cause is mended / 原因消除后，重新上送被拒收的数据包
    Resend {
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
}

#[derive(Args, Debug)]
struct RunArgs {
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Which receivers watch what, when, and by which program / 监测计划
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// `http://host:port` of the office / 局端地址
    #[arg(long, value_name = "URL")]
    server: String,
    /// The longest pause between two attempts to send, in seconds / 两次上送尝试之间最长的间隔（秒）
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    longest_pause: u64,
    /// End when every source has ended and everything was sent / 数据源结束并全部送达后退出
    #[arg(long)]
    once: bool,
    /// One line for each measurement once it is durable: receiver, start and duration in ns / 每次测量落盘后输出一行
    #[arg(long)]
    tell: bool,
}

#[derive(Args, Debug)]
struct ImportArgs {
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// As the register has it / 接收机，与台账一致
    #[arg(long)]
    receiver: String,
    /// A task of the pack / 任务
    #[arg(long)]
    task: String,
    /// Which program wrote the files / 由哪种程序写出
    #[arg(long)]
    format: Written,
    /// From the beginning of one measurement to that of the next, in seconds / 重访时间（秒）
    #[arg(long, value_name = "SECONDS")]
    revisit: f64,
    /// How long each row was integrated before it was stamped (`rtl_power -i`), in seconds / 每行积分时间（秒）
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    integration: f64,
    /// The zone of the stamps, hours east of UTC / 时间戳的时区
    #[arg(long, value_name = "HOURS", default_value_t = 8, allow_negative_numbers = true)]
    zone: i8,
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Written {
    RtlPower,
    Hackrf,
    Cells,
}

pub async fn run(args: StationArgs) -> Result<ExitCode, Fault> {
    match args.what {
        What::Init { dir, id, json } => {
            let (_, identity) = Folder::init(&dir, &id)?;
            show::identity(&identity, json)?;
            Ok(ExitCode::SUCCESS)
        }
        What::Run(args) => run_agent(args).await,
        What::Status { dir, json } => {
            let (folder, _) = Folder::open(&dir)?;
            let overview = Overview::of(&folder)?;
            show::overview(&overview, json)?;
            Ok(if overview.full || overview.refused > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
        }
        What::Import(args) => import(&args),
        What::Resend { dir } => {
            let (folder, _) = Folder::open(&dir)?;
            let count = guiju_station::send_refused_again(&folder)?;
            println!("{count}个数据包将重新上送 / {count} packages will be sent again");
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn run_agent(args: RunArgs) -> Result<ExitCode, Fault> {
    let running = Running {
        plan: Plan::read(&args.plan)?,
        dir: args.dir,
        server: args.server,
        longest_pause: Duration::from_secs(args.longest_pause.max(1)),
        once: args.once,
    };
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    tokio::spawn(async move {
        crate::serve::asked_to_stop().await;
        asked.store(true, Ordering::Relaxed);
    });
    let tell = args.tell;
    let work = tokio::task::spawn_blocking(move || {
        let mut out = std::io::stdout();
        let mut say = |counted: &Counted| {
            let Counted { receiver, moment } = counted;
            // Whoever listened may have gone; measuring goes on.
            let _ = writeln!(out, "{receiver}\t{}\t{}", moment.start_ns, moment.duration_ns);
            let _ = out.flush();
        };
        let mut silent = |_: &Counted| {};
        guiju_station::run(&running, &stop, if tell { &mut say } else { &mut silent })
    });
    work.await??;
    Ok(ExitCode::SUCCESS)
}

fn import(args: &ImportArgs) -> Result<ExitCode, Fault> {
    let format = match args.format {
        Written::RtlPower => Format::RtlPower,
        Written::Hackrf => Format::Hackrf,
        Written::Cells => Format::Cells,
    };
    if !(args.revisit > 0.0 && args.revisit <= 86_400.0 && (0.0..=3_600.0).contains(&args.integration)) {
        return Err("`--revisit`须大于0且不超过一天，`--integration`在0至3600之间 / `--revisit` must be more than 0 and at most a day, `--integration` between 0 and 3600".into());
    }
    let taking = TakingIn {
        receiver: args.receiver.clone(),
        task: args.task.clone(),
        plan: String::new(),
        revisit_ns: (args.revisit * 1e9).round() as i64,
        how: How { format, integration_seconds: args.integration, zone_hours: args.zone },
    };
    let taken = taking.run(&args.dir, &args.files)?;
    show::taken_in(&args.files, &taken);
    Ok(if taken.iter().any(|one| one.left_out_count > 0) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
