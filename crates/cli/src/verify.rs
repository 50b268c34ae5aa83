//! `guiju verify`: the independent reader over a data folder, a database or a receipt.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use guiju_verify::note::VerifierKey;
use guiju_verify::{Options, Report, Target};

use crate::Fault;
use crate::data::DataArgs;

#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct VerifyArgs {
    #[command(subcommand)]
    command: Option<VerifyCommand>,
    #[command(flatten)]
    data: DataArgs,
    /// A checkpoint kept outside: the log must still begin with what it signed / 外部保存的检查点
    #[arg(long, value_name = "FILE")]
    since: Vec<PathBuf>,
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand, Debug)]
enum VerifyCommand {
    /// Checks a receipt offline / 离线核验回执
    Receipt {
        file: PathBuf,
        /// The log's public key: a file with a vkey line, such as `keys/ledger.vkey` / 公钥文件
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(args: VerifyArgs) -> Result<ExitCode, Fault> {
    if let Some(VerifyCommand::Receipt { file, key, json }) = args.command {
        return receipt(&file, &key, json);
    }
    let target = match (&args.data.data, &args.data.database) {
        (Some(folder), _) => Target::Data(folder.clone()),
        (None, Some(url)) => Target::Database(url.clone()),
        (None, None) => {
            return Err("请用 --data 或 --database 指明数据 / name the data with --data or --database".into());
        }
    };
    let read = |file: &PathBuf| std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()));
    let since = args.since.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let keys = args.data.database.is_some().then(|| args.data.keys().join("keys"));
    let report = guiju_verify::verify(target, Options { since, keys }).await?;
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        say(&report);
    }
    Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn say(report: &Report) {
    for fault in &report.faults {
        println!("{} {}: {}", fault.where_, fault.key, fault.what);
    }
    if report.ok {
        println!("{} 条记录，全部相符 / {} events: everything holds", report.events, report.events);
    } else {
        println!("{} 条记录，{} 处不符 / {} faults", report.events, report.faults.len(), report.faults.len());
    }
}

fn receipt(file: &PathBuf, key: &PathBuf, json: bool) -> Result<ExitCode, Fault> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let line = std::fs::read_to_string(key).map_err(|e| format!("{}: {e}", key.display()))?;
    let key = VerifierKey::parse(line.trim_end())?;
    match guiju_verify::receipt::verify(&text, &[key]) {
        Ok(verified) => {
            if json {
                let answer = serde_json::json!({"ok": true, "index": verified.index, "size": verified.checkpoint.size, "record": verified.record});
                println!("{answer}");
            } else {
                println!(
                    "回执有效：账本第 {} 条 / the receipt holds: record {} of the log",
                    verified.index, verified.index
                );
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            if json {
                println!("{}", serde_json::json!({"ok": false, "what": fault.to_string()}));
            } else {
                println!("{fault}");
            }
            Ok(ExitCode::from(1))
        }
    }
}
