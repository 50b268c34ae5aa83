//! `guiju spectrum log FILE`: the hours that a vendor's session log claims, from a workbook or from CSV.
//!
//! Every vendor has other headings, so the caller names them (`docs/formats/session-log.md`). What a log claims is not yet an hour
//! that was watched: only what data back counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use guiju_sheet::{Column, Kind, Limits, Preview, Row, Severity, Value, Wanted};
use guiju_spectrum::hours::{Intervals, whole_seconds};
use guiju_spectrum::read::Clock;
use guiju_spectrum::read::log::{Headings, Session, claimed, claimed_by_task, session_row};
use serde_json::json;

use crate::Fault;

#[derive(Args, Debug)]
pub struct LogArgs {
    /// A workbook (.xlsx) or CSV; times without offset are Beijing time / 会话日志
    file: PathBuf,
    /// YAML or JSON that names the vendor's headings / 表头名称文件
    #[arg(long, value_name = "FILE")]
    headings: PathBuf,
    #[arg(long)]
    json: bool,
}

/// Characters of a receiver's or a task's name, or of a time.
const TEXT_MOST: u32 = 200;
const FIELDS: [&str; 4] = ["receiver", "task", "from", "until"];

/// A row, or something about a sheet, that was left out.
struct LeftOut {
    sheet: String,
    row: Option<u32>,
    zh: String,
    en: String,
}

pub fn run(args: &LogArgs) -> Result<ExitCode, Fault> {
    let named = |why: &dyn std::fmt::Display| format!("{}: {why}", args.file.display());
    let headings = headings(&args.headings)?;
    let bytes = std::fs::read(&args.file).map_err(|why| named(&why))?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let book = guiju_sheet::read(&bytes, &name, &Limits::default())
        .map_err(|refusal| named(&format!("{} / {refusal}", refusal.zh())))?;
    let preview = guiju_sheet::preview(&book, &wanted(&headings));
    if let Some(refusal) = preview.file_complaints.iter().find(|one| one.severity == Severity::Refused) {
        return Err(named(&format!("{} / {}", refusal.zh, refusal.en)).into());
    }
    let (sessions, left_out) = sessions(&preview);
    for one in &left_out {
        let row = one.row.map_or(String::new(), |row| format!(":{row}"));
        eprintln!("guiju: {} {}{row}: {} / {}", args.file.display(), one.sheet, one.zh, one.en);
    }
    say(args.json, &sessions, &left_out);
    Ok(ExitCode::SUCCESS)
}

fn headings(file: &Path) -> Result<Headings, Fault> {
    let named = |zh: &str, en: &str, why: &dyn std::fmt::Display| format!("{}: {zh} / {en}: {why}", file.display());
    let text = std::fs::read_to_string(file).map_err(|why| named("无法读取", "cannot be read", &why))?;
    let headings: Headings = serde_saphyr::from_str(&text).map_err(|why| {
        named("不是表头名称文件，请对照说明改正", "does not name headings; see the page on session logs", &why)
    })?;
    let lists = [&headings.receiver, &headings.task, &headings.from, &headings.until];
    if let Some((_, field)) = lists.iter().zip(FIELDS).find(|(names, _)| names.is_empty()) {
        return Err(named("缺少名称", "names no heading", &field).into());
    }
    Ok(headings)
}

/// The four columns, under whatever names the vendor gives them.
fn wanted(headings: &Headings) -> Wanted {
    let lists = [&headings.receiver, &headings.task, &headings.from, &headings.until];
    let column = |(names, id): (&Vec<String>, &str)| Column {
        id: id.to_owned(),
        zh: names.first().cloned().unwrap_or_default(),
        en: id.to_owned(),
        also: names.clone(),
        required: true,
        kind: Kind::Text { max: TEXT_MOST },
        hint_zh: String::new(),
        hint_en: String::new(),
        example: String::new(),
    };
    let columns = lists.into_iter().zip(FIELDS).map(column).collect();
    Wanted { zh: "会话".into(), en: "session".into(), columns, unique: Vec::new() }
}

fn sessions(preview: &Preview) -> (Vec<Session>, Vec<LeftOut>) {
    let clock = Clock::beijing();
    let (mut sessions, mut left_out) = (Vec::new(), Vec::new());
    for skipped in &preview.skipped {
        let (sheet, row) = (skipped.sheet.clone(), Some(skipped.row));
        left_out.push(LeftOut { sheet, row, zh: skipped.zh.clone(), en: skipped.en.clone() });
    }
    for row in &preview.rows {
        match session(row, &clock) {
            Ok(session) => sessions.push(session),
            Err((zh, en)) => left_out.push(LeftOut { sheet: row.sheet.clone(), row: Some(row.number), zh, en }),
        }
    }
    (sessions, left_out)
}

fn session(row: &Row, clock: &Clock) -> Result<Session, (String, String)> {
    if let Some(refusal) = row.complaints.iter().find(|one| one.severity == Severity::Refused) {
        return Err((refusal.zh.clone(), refusal.en.clone()));
    }
    let text = |id: &str| match row.values.get(id) {
        Some(Value::Text(text)) => text.as_str(),
        _ => "",
    };
    session_row(u64::from(row.number), FIELDS.map(text), clock).map_err(|told| (told.zh(), told.to_string()))
}

fn say(as_json: bool, sessions: &[Session], left_out: &[LeftOut]) {
    let by_task = claimed_by_task(sessions.iter().cloned());
    let by_receiver: BTreeMap<String, Intervals> = claimed(sessions.iter().cloned());
    let seconds = |intervals: &Intervals| i64::try_from(whole_seconds(intervals.total_ns())).unwrap_or(i64::MAX);
    if as_json {
        let told = json!({
            "sessions": sessions.len(),
            "receivers": by_receiver.iter().map(|(receiver, when)| json!({
                "receiver": receiver,
                "claimed_seconds": seconds(when),
                "tasks": by_task.iter().filter(|((whose, _), _)| whose == receiver).map(|((_, task), when)| json!({
                    "task": task, "claimed_seconds": seconds(when),
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "left_out": left_out.iter().map(|one| json!({
                "sheet": one.sheet, "row": one.row, "zh": one.zh, "en": one.en,
            })).collect::<Vec<_>>(),
        });
        println!("{told}");
        return;
    }
    let hours = |when: &Intervals| seconds(when) as f64 / 3600.0;
    for (receiver, when) in &by_receiver {
        println!("{receiver}  {:.3} h", hours(when));
        for ((_, task), when) in by_task.iter().filter(|((whose, _), _)| whose == receiver) {
            println!("    {task}  {:.3} h", hours(when));
        }
    }
    let (taken, left) = (sessions.len(), left_out.len());
    println!(
        "{taken} 次会话，略去 {left} 行；仅为日志所称，未经数据证实 / {taken} sessions, {left} rows left out; claimed by the log, not yet backed by data"
    );
}
