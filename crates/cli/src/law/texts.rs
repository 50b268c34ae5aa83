//! `guiju law texts import DIR`: the articles of statutes from Markdown files, so that they can be read beside the rules.
//!
//! Exit status 0: every file that is a statute of the pack was taken; 1: some were refused, each with its reason; 2: bad usage.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use guiju_office::{LawFile, LawTexts, OfficeClock};
use serde_json::json;

use crate::Fault;
use crate::data::{self, DataArgs};

#[derive(Subcommand, Debug)]
pub enum TextsCommand {
    /// Imports every `*.md` of a folder that is a statute of the pack / 导入文件夹中属于法规包的法规文本
    Import(ImportArgs),
}

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// Folder of Markdown files, one statute each / 法规文本（Markdown）所在文件夹
    dir: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    #[arg(long)]
    json: bool,
}

pub async fn run(command: TextsCommand) -> Result<ExitCode, Fault> {
    let TextsCommand::Import(args) = command;
    let files = files(&args.dir)?;
    let office = data::open(&args.data, data::pack(None)?, OfficeClock::System).await?;
    let done = office.import_law_texts(&files).await;
    office.close().await?;
    let done = done?;
    if args.json {
        println!("{}", serde_json::to_string(&document(&done))?);
    } else {
        say(&done);
    }
    Ok(if done.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The folder's Markdown files, by name.
fn files(dir: &std::path::Path) -> Result<Vec<LawFile>, Fault> {
    let named = |fault: std::io::Error| format!("{}: {fault}", dir.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(named)? {
        let path = entry.map_err(named)?.path();
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let text = std::fs::read_to_string(&path).map_err(|fault| format!("{}: {fault}", path.display()))?;
        files.push(LawFile { name, text });
    }
    if files.is_empty() {
        return Err(format!("{} 中没有 .md 文件 / no .md file in {}", dir.display(), dir.display()).into());
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn document(done: &LawTexts) -> serde_json::Value {
    json!({
        "taken": done.taken.iter().map(|(id, new, same)| json!({"statute": id, "written": new, "unchanged": same})).collect::<Vec<_>>(),
        "refused": done.refused.iter().map(|(file, zh, en)| json!({"file": file, "zh": zh, "en": en})).collect::<Vec<_>>(),
        "unknown": done.unknown,
    })
}

fn say(done: &LawTexts) {
    for (file, zh, en) in &done.refused {
        eprintln!("✗ {file}：{zh} / {en}");
    }
    for (statute, new, same) in &done.taken {
        println!("{statute}：写入 {new} 条，{same} 条未变 / {new} articles written, {same} unchanged");
    }
    if !done.unknown.is_empty() {
        println!("不属于法规包、未导入 / not statutes of the pack, left out: {}", done.unknown.join(", "));
    }
}
