//! `guiju draw`: makes the proof of a random draw, and runs a draw again from its proof alone.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use guiju_kernel::draw::{DrawFault, Input, Snapshot, examine};
use serde_json::{Value, json};

use crate::Fault;

#[derive(Args, Debug)]
pub struct DrawArgs {
    #[command(subcommand)]
    command: DrawCommand,
}

#[derive(Subcommand, Debug)]
enum DrawCommand {
    /// Runs a draw again and says what does not match / 重新抽取并核对证明文件
    Verify {
        proof: PathBuf,
        /// The snapshot's hash as it was published before the draw / 抽取前公布的名单快照摘要
        #[arg(long, value_name = "HEX")]
        snapshot: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Checks a pool before the draw and prints the hash to publish / 抽取前检查名单并算出要公布的摘要
    Snapshot {
        /// The snapshot as JSON, or an input of `draw make` that holds one / 名单快照或抽取输入
        file: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// Draws from a pool and its revealed sources, and writes the proof / 抽取并生成证明文件
    Make {
        input: PathBuf,
        /// A new file; an existing one is not overwritten / 不覆盖已有文件
        #[arg(long, value_name = "PROOF.json")]
        out: PathBuf,
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or written, or is not what it should be: exit status 2.
pub fn run(args: &DrawArgs) -> Result<ExitCode, Fault> {
    match &args.command {
        DrawCommand::Verify { proof, snapshot, json } => verify(proof, snapshot.as_deref(), *json),
        DrawCommand::Snapshot { file, json } => announce(file, *json),
        DrawCommand::Make { input, out, json } => make(input, out, *json),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(file).map_err(|fault| format!("{}: {fault}", file.display()).into())
}

fn verify(file: &Path, announced: Option<&str>, as_json: bool) -> Result<ExitCode, Fault> {
    let examined = examine(&read(file)?).map_err(|fault| format!("{}: {fault}", file.display()))?;
    let proof = &examined.proof;
    let another = announced.is_some_and(|hash| !hash.eq_ignore_ascii_case(&proof.snapshot_hash));
    let mut mismatches = examined.verdict.as_ref().err().map(mismatches).unwrap_or_default();
    if another {
        let (zh, en) = ("名单快照不是抽取前公布的那一份", "the pool snapshot is not the one that was published");
        mismatches.push(json!({"code": "snapshot.announced", "at": proof.snapshot_hash, "zh": zh, "en": en}));
    }
    let holds = mismatches.is_empty();
    if as_json {
        let drawn = proof.result.places.len();
        let answer = json!({
            "ok": holds, "draw": proof.snapshot.id, "snapshot_hash": proof.snapshot_hash,
            "pool": proof.snapshot.targets.len(), "drawn": drawn, "mismatches": mismatches,
        });
        println!("{answer}");
    } else {
        say(&mismatches);
        let id = &proof.snapshot.id;
        if let (true, Ok(checked)) = (holds, &examined.verdict) {
            for (place, number) in checked.standing.iter().zip(1..) {
                println!("{number:>4}  {}  {}  {}", place.target, place.stratum, place.inspectors.join(" "));
            }
            println!("名单快照摘要 / pool snapshot: {}", proof.snapshot_hash);
            println!("{id}：成立，重新抽取的结果与证明文件完全一致 / it holds: drawn again, everything matches");
        } else {
            println!("{id}：没有通过验证，{0} 处不符 / it does not hold: {0} mismatches", mismatches.len());
        }
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn mismatches(fault: &DrawFault) -> Vec<Value> {
    let one = |mismatch: &guiju_kernel::draw::Mismatch| json!({"code": mismatch.what.code(), "at": mismatch.at, "zh": mismatch.zh(), "en": mismatch.en()});
    fault.0.iter().map(one).collect()
}

fn say(mismatches: &[Value]) {
    let text = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    for row in mismatches {
        println!("{} / {}", text(row, "zh"), text(row, "en"));
    }
}

/// Says what the rules refuse: exit status 1.
fn refused(fault: &DrawFault, as_json: bool) -> ExitCode {
    let mismatches = mismatches(fault);
    if as_json {
        println!("{}", json!({"ok": false, "mismatches": mismatches}));
    } else {
        say(&mismatches);
    }
    ExitCode::from(1)
}

fn announce(file: &Path, as_json: bool) -> Result<ExitCode, Fault> {
    let named = |fault: serde_json::Error| format!("{}: {fault}", file.display());
    let mut value: Value = serde_json::from_slice(&read(file)?).map_err(named)?;
    let inner = value.get_mut("snapshot").map(Value::take).unwrap_or(value);
    let snapshot: Snapshot = serde_json::from_value(inner).map_err(named)?;
    match snapshot.check().and_then(|()| snapshot.hash()) {
        Ok(hash) if as_json => println!("{}", json!({"ok": true, "draw": snapshot.id, "snapshot_hash": hash})),
        Ok(hash) => println!("{hash}"),
        Err(fault) => return Ok(refused(&fault, as_json)),
    }
    Ok(ExitCode::SUCCESS)
}

fn make(input: &Path, out: &Path, as_json: bool) -> Result<ExitCode, Fault> {
    let named = |fault: serde_json::Error| format!("{}: {fault}", input.display());
    let asked: Input = serde_json::from_slice(&read(input)?).map_err(named)?;
    let made = asked.proof().and_then(|proof| Ok((proof.to_bytes()?, proof)));
    let (bytes, proof) = match made {
        Ok(made) => made,
        Err(fault) => return Ok(refused(&fault, as_json)),
    };
    let placed = std::fs::File::create_new(out).and_then(|mut file| {
        file.write_all(&bytes)?;
        file.sync_all()
    });
    placed.map_err(|fault| format!("{}: {fault}", out.display()))?;
    let (drawn, hash) = (proof.result.places.len(), &proof.snapshot_hash);
    if as_json {
        println!("{}", json!({"ok": true, "draw": proof.snapshot.id, "snapshot_hash": hash, "drawn": drawn}));
    } else {
        println!("抽中 {drawn} 个对象，证明文件 {} / {drawn} targets drawn", out.display());
        println!("名单快照摘要 / pool snapshot: {hash}");
    }
    Ok(ExitCode::SUCCESS)
}
