//! `guiju law audit`: what was done, here and on other platforms, held against the statutes.
//!
//! Exit status 0: no law was broken as far as the records tell, 1: findings, 2: bad input. Overrun promises are told apart and
//! change no exit status; what the records do not tell is counted.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use guiju_kernel::monitor::Weight;
use guiju_kernel::time::{midnight, parse, parse_date, print};
use guiju_office::audit::{Audit, Found, FoundAct, audit};
use guiju_store::Mode;
use serde_json::{Value, json};

use crate::Fault;
use crate::data::DataArgs;

/// Findings printed before the rest is only counted; `--json` gives all.
const SHOWN: usize = 200;

#[derive(Args, Debug)]
pub(super) struct AuditArgs {
    #[command(flatten)]
    data: DataArgs,
    /// As of this moment or the end of this day; otherwise as of the latest record / 截至何时，默认为最后一条记录之时
    #[arg(long, value_name = "MOMENT")]
    at: Option<String>,
    /// Folder of a pack whose law is applied, instead of the one in the data / 以此法规包的约束为准
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &AuditArgs) -> Result<ExitCode, Fault> {
    let at = match args.at.as_deref() {
        None => None,
        Some(said) => Some(match parse_date(said) {
            Ok(day) => midnight(day.tomorrow()?),
            Err(_) => parse(said)?,
        }),
    };
    let store = guiju_store::open(&args.data.target()?, Mode::Read).await?;
    let audited = async {
        let law = match &args.pack {
            Some(folder) => crate::data::pack(Some(folder))?,
            None => crate::figures::pack_in_force(store.as_ref()).await?,
        };
        Ok::<Audit, Fault>(audit(store.as_ref(), &law, at).await?)
    }
    .await;
    store.close().await;
    let audited = audited?;
    if args.json {
        println!("{}", document(&audited));
    } else {
        say(&audited);
    }
    let broken = audited.findings.iter().any(|found| found.weight == Weight::Law);
    Ok(if broken { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn document(audited: &Audit) -> Value {
    let of = |weight: Weight| audited.findings.iter().filter(move |found| found.weight == weight).map(finding);
    json!({
        "at": print(audited.at),
        "checkpoint": audited.checkpoint,
        "cases": audited.cases,
        "judged": audited.judged,
        "findings": of(Weight::Law).collect::<Vec<_>>(),
        "promises": of(Weight::Promise).collect::<Vec<_>>(),
        "unknown": audited.unknown.iter()
            .map(|one| json!({"constraint": one.constraint, "title": one.title, "times": one.times})).collect::<Vec<_>>(),
    })
}

fn finding(found: &Found) -> Value {
    json!({
        "case": found.case,
        "number": found.number,
        "procedure": found.procedure,
        "origin": if found.mirror { "mirror" } else { "own" },
        "constraint": found.constraint,
        "title": found.title,
        "statute": found.statute,
        "article": found.article,
        "why": found.why,
        "acts": found.acts.iter().map(act).collect::<Vec<_>>(),
    })
}

fn act(act: &FoundAct) -> Value {
    json!({"record": act.record, "act": act.act, "title": act.title, "when": print(act.when)})
}

fn say(audited: &Audit) {
    let law: Vec<&Found> = audited.findings.iter().filter(|found| found.weight == Weight::Law).collect();
    for found in law.iter().take(SHOWN) {
        let (title, statute) = (&found.title, &found.statute_title);
        println!("✗ {} {}（{} 第{}条）", found.number, title.zh, statute.zh, found.article);
        println!("  {}", found.why.zh);
        println!("  {}: {} ({} {})", found.number, title.en, statute.en, found.article);
        println!("  {}", found.why.en);
        let records: Vec<String> = found.acts.iter().map(|act| act.record.to_string()).collect();
        println!("  记录 / records: {}", records.join(", "));
    }
    if law.len() > SHOWN {
        println!("…另有 {} 处 / and {} more", law.len() - SHOWN, law.len() - SHOWN);
    }
    let promises = audited.findings.len() - law.len();
    if promises > 0 {
        println!(
            "另有 {promises} 次超过本机关自己承诺的期限，不是违法 / {promises} times a promised limit was overrun, which breaks no law"
        );
    }
    for one in &audited.unknown {
        println!("· 记录没有说明 / not known: {} ×{} {} / {}", one.constraint, one.times, one.title.zh, one.title.en);
    }
    println!(
        "截至 {}：{} 件，{} 次法定要求，发现 {} 处不符 / as of then {} cases, {} demands, {} not kept",
        print(audited.at),
        audited.cases,
        audited.judged,
        law.len(),
        audited.cases,
        audited.judged,
        law.len(),
    );
}
