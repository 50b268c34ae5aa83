//! `guiju figures`: the figures of a period, counted from the records up to the signed head. May run beside a server.

use std::process::ExitCode;

use clap::Args;
use guiju_kernel::calendar::Almanac;
use guiju_kernel::figure::{Period, Value};
use guiju_kernel::time::parse_date;
use guiju_office::figures::{Counted, count};
use guiju_pack::Pack;
use guiju_store::{Log, Mode, Store};
use serde_json::{Value as Json, json};

use crate::Fault;
use crate::data::DataArgs;

#[derive(Args, Debug)]
pub struct FiguresArgs {
    #[command(flatten)]
    data: DataArgs,
    /// First day / 起始日（含）
    #[arg(long, value_name = "DATE")]
    from: String,
    /// Cut-off day, not included / 截止日（不含）
    #[arg(long, value_name = "DATE")]
    until: String,
    /// Only these figures / 只计算这些指标
    #[arg(long = "id", value_name = "ID")]
    ids: Vec<String>,
    /// With the rows that each counts / 列出所计的记录
    #[arg(long)]
    rows: bool,
    #[arg(long)]
    json: bool,
}

pub async fn run(args: FiguresArgs) -> Result<ExitCode, Fault> {
    let period = Period { from: parse_date(&args.from)?, until: parse_date(&args.until)? };
    let store = guiju_store::open(&args.data.target()?, Mode::Read).await?;
    let pack = pack_in_force(store.as_ref()).await?;
    let almanac = Almanac::new(pack.calendar_notices(), pack.working_hours())?;
    let counted = count(store.as_ref(), &pack, almanac.latest(), period, &args.ids).await;
    store.close().await;
    let counted = counted?;
    if args.json {
        println!("{}", document(&counted, args.rows));
    } else {
        table(&counted, args.rows);
    }
    Ok(ExitCode::SUCCESS)
}

/// The pack that the latest record was decided under: figures follow the data, not the program.
pub async fn pack_in_force(store: &dyn Store) -> Result<Pack, Fault> {
    let size = store.position(Log::Events).await?.size;
    let last = store.records(Log::Events, size.saturating_sub(1), size).await?;
    let named: Option<Json> = last.first().and_then(|r| serde_json::from_str(&r.bytes).ok());
    let hash = named.as_ref().and_then(|r| r.get("pack")).and_then(Json::as_str);
    let Some(hash) = hash else { return crate::data::pack(None) };
    let bytes = store.pack(hash).await?.ok_or("数据中缺少法规包 / the data lack their pack")?;
    Pack::from_archive(&bytes).map_err(|complaints| {
        let lines: Vec<String> = complaints.iter().map(ToString::to_string).collect();
        lines.join("\n").into()
    })
}

fn document(counted: &Counted, rows: bool) -> Json {
    let figures: Vec<Json> = counted.figures.iter().map(|v| figure(v, rows)).collect();
    json!({ "checkpoint": counted.checkpoint, "figures": figures })
}

fn figure(value: &Value, rows: bool) -> Json {
    let mut figure = json!({
        "id": value.id,
        "title": value.title,
        "value": value.value.to_json(),
        "unit": value.unit.zh,
        "kind": value.kind(),
        "scope": value.scope,
        "definition": value.definition,
    });
    if let (true, Some(map)) = (rows, figure.as_object_mut()) {
        map.insert("rows".to_owned(), json!(value.rows));
    }
    figure
}

fn table(counted: &Counted, rows: bool) {
    for value in &counted.figures {
        let shown = match value.value.to_json() {
            Json::String(text) => text,
            Json::Null => "–".to_owned(),
            other => other.to_string(),
        };
        println!("{}\t{} {}\t{} / {}", value.id, shown, value.unit.zh, value.title.zh, value.title.en);
        for row in value.rows.iter().filter(|_| rows) {
            println!("\t{}\t{}\t{}\t{}", row.number, guiju_kernel::time::print(row.at), row.what, row.headline);
        }
    }
}
