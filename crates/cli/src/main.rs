//! The binary `guiju`: translates the command line into calls on office, web and verify.
//!
//! Exit status 0: fine; 1: findings; 2: bad input or usage. With `--json` one JSON document goes to stdout; progress and logs go
//! to stderr.

mod bench;
mod calendar;
mod data;
mod demo;
mod draw;
mod erase;
mod export;
mod figures;
mod import;
mod law;
mod serve;
mod spectrum;
mod station;
mod users;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Deciding makes and drops many small values; the C library's allocator took a third of the writer's time (ADR 0086).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Guiju 规矩: runs a regulator's work by law, and can prove it.
#[derive(Parser)]
#[command(name = "guiju", version, about, long_about = None)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a whole bureau year under a simulated clock, then serves it / 运行演示年度并打开网站
    Demo(demo::DemoArgs),
    /// Serves the site on existing or new data / 提供网站服务
    Serve(serve::ServeArgs),
    /// Counts the figures of a period from the records / 从记录中计算指标
    Figures(figures::FiguresArgs),
    /// Working days and due dates / 工作日与期限
    Calendar(calendar::CalendarArgs),
    /// Reads the data independently and says whether anything was changed unseen / 独立核验数据
    Verify(verify::VerifyArgs),
    /// Takes registers, requests and old cases from a workbook / 从表格导入台账、诉求和历史办件
    Import(import::ImportArgs),
    /// A register or the cases of a procedure as XLSX or CSV / 导出台账或办件清单
    Export(export::ExportArgs),
    /// What the law says of the pack and of the records / 法律与法规包、记录的对照
    Law(law::LawArgs),
    /// The lottery that anybody can run again / 可以重新抽取核对的随机抽取
    Draw(draw::DrawArgs),
    /// Recordings of radio receivers, measured / 无线电录制文件的测量
    Spectrum(spectrum::SpectrumArgs),
    /// The agent beside a receiver: measures by plan and hands in signed packages / 监测站采集程序
    Station(station::StationArgs),
    /// Erases a party's personal data / 依法删除当事人个人信息
    Erase(erase::EraseArgs),
    /// Accounts / 账户
    Users(users::UsersArgs),
    /// The project's own benchmarks / 性能测量
    Bench(bench::BenchArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => {
            eprintln!("guiju: {fault}");
            return ExitCode::from(2);
        }
    };
    let outcome = runtime.block_on(run(cli.command));
    match outcome {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("guiju: {fault}");
            ExitCode::from(2)
        }
    }
}

/// Everything that ends a command before its work is done, as people read it.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

async fn run(command: Command) -> Result<ExitCode, Fault> {
    match command {
        Command::Demo(args) => demo::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Figures(args) => figures::run(args).await,
        Command::Calendar(args) => {
            let pack = data::pack(None)?;
            let almanac = guiju_kernel::calendar::Almanac::new(pack.calendar_notices(), pack.working_hours())?;
            Ok(calendar::run(&args, almanac.latest()))
        }
        Command::Verify(args) => verify::run(args).await,
        Command::Import(args) => import::run(args).await,
        Command::Export(args) => export::run(args).await,
        Command::Law(args) => law::run(args).await,
        Command::Draw(args) => draw::run(&args),
        Command::Spectrum(args) => spectrum::run(&args),
        Command::Station(args) => station::run(args).await,
        Command::Erase(args) => erase::run(args).await,
        Command::Users(args) => users::run(args).await,
        Command::Bench(args) => bench::run(args).await,
    }
}
