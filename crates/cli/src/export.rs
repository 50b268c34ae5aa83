//! `guiju export`: a register or the cases of a procedure as XLSX or CSV. May run beside a server.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use guiju_kernel::time;
use guiju_office::lists;
use guiju_office::shelf::Volume;
use guiju_store::{Log, Mode};

use crate::Fault;
use crate::data::DataArgs;

#[derive(Args, Debug)]
pub struct ExportArgs {
    /// A register's or procedure's name; `requests`: the enterprise requests / 台账名、程序名或 requests（诉求）
    list: String,
    #[command(flatten)]
    data: DataArgs,
    /// `FILE.xlsx` or `FILE.csv` / 输出文件
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub async fn run(args: ExportArgs) -> Result<ExitCode, Fault> {
    let ending = args.out.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    if !["xlsx", "csv"].contains(&ending.as_str()) {
        let out = args.out.display();
        return Err(format!("`{out}` 须以 .xlsx 或 .csv 结尾 / `{out}` has to end in .xlsx or .csv").into());
    }
    let store = guiju_store::open(&args.data.target()?, Mode::Read).await?;
    let pack = Arc::new(crate::figures::pack_in_force(store.as_ref()).await?);
    let volume = Volume::new(pack.clone())?;
    let id = if args.list == "requests" { "enterprise-request" } else { args.list.as_str() };
    let sheet = match (pack.register(id), pack.procedure(id)) {
        (Some(register), _) => lists::of_register(store.as_ref(), &volume, register).await,
        (None, Some(procedure)) => lists::of_cases(store.as_ref(), &volume, procedure).await,
        (None, None) => {
            let known =
                pack.registers.iter().map(|r| r.id.as_str()).chain(pack.procedures.iter().map(|p| p.id.as_str()));
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(
                format!("没有台账或程序 `{id}`，可导出：{known} / there is no list `{id}`; there are {known}").into()
            );
        }
    };
    // The workbook is of the moment that the list speaks of, so that the same data give the same bytes.
    let last = store.position(Log::Events).await?.last_recorded;
    store.close().await;
    let sheet = sheet?;
    let bytes = match ending.as_str() {
        "csv" => guiju_sheet::write_csv(&sheet)?,
        _ => guiju_sheet::write(std::slice::from_ref(&sheet), time::from_millis(last.unwrap_or(0))?)?,
    };
    std::fs::write(&args.out, bytes).map_err(|e| format!("{}: {e}", args.out.display()))?;
    let (rows, out) = (sheet.rows.len(), args.out.display());
    println!("{rows} 行写入 {out} / {rows} rows in {out}");
    Ok(ExitCode::SUCCESS)
}
