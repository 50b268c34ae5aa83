//! `guiju import`: registers, requests and old cases from XLSX and CSV, as bureaus keep them.
//!
//! Every bad row is named with its cell and what to do about it. Exit status 0: written (or a dry run without fault), 1: a dry
//! run that found bad rows, or a run with `--skip-bad` of which no row was good, 2: nothing was written.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use guiju_office::{Office, OfficeClock, OfficeError, Outcome, Read, What};
use guiju_sheet::{Complaint, Severity};
use serde_json::{Value, json};

use crate::Fault;
use crate::data::{self, DataArgs};

/// Complaints printed before the rest is only counted.
const SHOWN: usize = 200;

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// A register's name, `requests`, or `history` / 台账名、requests（诉求）或 history（历史办件）
    what: String,
    /// Workbook or delimited text / 工作簿或CSV文件
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Says what would be taken and what is wrong; writes nothing / 只检查，不写入
    #[arg(long)]
    dry_run: bool,
    /// Takes the good rows although others are bad / 跳过有问题的行
    #[arg(long)]
    skip_bad: bool,
    /// Where to put the workbook with its bad cells marked / 标出问题的工作簿存放处
    #[arg(long, value_name = "OUT.xlsx")]
    marked: Option<PathBuf>,
    /// Procedure of `history` / 历史办件所属程序
    #[arg(long, value_name = "ID", default_value = "enterprise-request")]
    procedure: String,
    /// Platform of `history`, as the pack names it: its export's headings / 历史办件来自的平台
    #[arg(long, value_name = "ID")]
    platform: Option<String>,
    #[arg(long)]
    json: bool,
}

pub async fn run(args: ImportArgs) -> Result<ExitCode, Fault> {
    let bytes = std::fs::read(&args.file).map_err(|e| format!("{}: {e}", args.file.display()))?;
    let office = data::open(&args.data, data::pack(None)?, OfficeClock::System).await?;
    let done = import(&office, &args, &bytes).await;
    office.close().await?;
    done
}

async fn import(office: &Office, args: &ImportArgs, bytes: &[u8]) -> Result<ExitCode, Fault> {
    let what = match args.what.as_str() {
        "requests" => What::Requests,
        "history" => match &args.platform {
            Some(platform) => What::Export { platform: platform.clone(), procedure: args.procedure.clone() },
            None => What::History(args.procedure.clone()),
        },
        register => What::Register(register.to_owned()),
    };
    let who = office.operator(&what);
    let name = args.file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let mut read = office.import_preview(&who, &what, name, bytes).await?;
    let written = if args.dry_run {
        None
    } else {
        match office.import_commit(&who, &what, &mut read, args.skip_bad).await {
            Ok(outcome) => Some(Ok(outcome)),
            // Bad rows are told one by one below.
            Err(OfficeError::Input(why)) => Some(Err(why)),
            Err(fault) => return Err(fault.into()),
        }
    };
    let marked = match &args.marked {
        Some(out) if read.preview.complaints().next().is_some() => Some(mark(office, &read, out)?),
        _ => None,
    };
    if args.json {
        println!("{}", serde_json::to_string(&document(args, &read, written.as_ref(), marked.as_deref()))?);
    } else {
        say(&read, written.as_ref(), marked.as_deref());
    }
    let faulty = read.preview.is_refused() || read.preview.bad() > 0;
    Ok(match written {
        None if faulty => ExitCode::from(1),
        Some(Err(_)) => ExitCode::from(2),
        Some(Ok(outcome)) if faulty && outcome.written.is_empty() && outcome.unchanged.is_empty() => ExitCode::from(1),
        None | Some(Ok(_)) => ExitCode::SUCCESS,
    })
}

fn mark(office: &Office, read: &Read, out: &Path) -> Result<String, Fault> {
    std::fs::write(out, office.marked_workbook(read)?).map_err(|e| format!("{}: {e}", out.display()))?;
    Ok(out.display().to_string())
}

type Written = Result<Outcome, String>;

fn document(args: &ImportArgs, read: &Read, written: Option<&Written>, marked: Option<&str>) -> Value {
    let outcome = written.and_then(|w| w.as_ref().ok());
    let numbers = |o: &Outcome| o.written.iter().map(|(_, done)| json!(done.number)).collect::<Vec<_>>();
    json!({
        "what": args.what,
        "dry_run": args.dry_run,
        "rows": read.preview.rows.len(),
        "good": read.preview.good(),
        "bad": read.preview.bad(),
        "written": outcome.map_or(0, |o| o.written.len()),
        "unchanged": outcome.map_or(0, |o| o.unchanged.len()),
        "numbers": outcome.map(numbers).unwrap_or_default(),
        "batch": read.batch,
        "complaints": read.preview.complaints().map(complaint).collect::<Vec<_>>(),
        "skipped": read.preview.skipped.iter()
            .map(|s| json!({"sheet": s.sheet, "row": s.row, "zh": s.zh, "en": s.en})).collect::<Vec<_>>(),
        "marked": marked,
    })
}

fn complaint(of: &Complaint) -> Value {
    json!({
        "refused": of.severity == Severity::Refused,
        "sheet": of.sheet,
        "row": of.row,
        "cell": of.cell,
        "column": of.column_title,
        "value": of.value,
        "zh": of.zh,
        "en": of.en,
    })
}

fn say(read: &Read, written: Option<&Written>, marked: Option<&str>) {
    for of in read.preview.complaints().take(SHOWN) {
        let mark = if of.severity == Severity::Refused { "✗" } else { "·" };
        let cell = of.cell.as_deref().map(|cell| format!(" {cell}")).unwrap_or_default();
        let column = of.column_title.as_deref().filter(|t| !t.is_empty()).map(|t| format!("“{t}” "));
        let value = if of.value.is_empty() { String::new() } else { format!("`{}` ", of.value) };
        eprintln!("{mark} {}{cell} {}{value}{} / {}", of.sheet, column.unwrap_or_default(), of.zh, of.en);
    }
    let more = read.preview.complaints().count().saturating_sub(SHOWN);
    if more > 0 {
        eprintln!("…另有 {more} 处 / and {more} more");
    }
    let (rows, good, bad) = (read.preview.rows.len(), read.preview.good(), read.preview.bad());
    println!("共 {rows} 行，{good} 行可用，{bad} 行有问题 / {rows} rows, {good} good, {bad} bad");
    match written {
        None => println!("只检查，没有写入 / dry run: nothing was written"),
        Some(Err(why)) => println!("{why}"),
        Some(Ok(outcome)) => {
            let (new, same) = (outcome.written.len(), outcome.unchanged.len());
            println!("写入 {new} 行，{same} 行与现有内容相同 / {new} rows written, {same} say nothing new");
        }
    }
    if let Some(marked) = marked {
        println!("标注后的工作簿：{marked} / marked workbook: {marked}");
    }
}
