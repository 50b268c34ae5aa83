//! `guiju law promela`: the graph of each proof as a Promela model with the demand as an assertion, for Spin.
//!
//! The model walks the exported graph and keeps the memory of the constraint itself, so that Spin's verdict is its own.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use guiju_kernel::checker::{Finding, Proof, Verdict};

use super::Law;
use crate::Fault;

#[derive(Args, Debug)]
pub(super) struct PromelaArgs {
    /// Folder of a pack instead of the one that is shipped / 法规包目录
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// Only this procedure / 只看这个程序
    #[arg(long, value_name = "ID")]
    procedure: Option<String>,
    /// Where the models are written, one file each / 输出目录
    #[arg(long, value_name = "DIR", default_value = "promela")]
    out: PathBuf,
}

pub(super) fn run(args: &PromelaArgs) -> Result<ExitCode, Fault> {
    let law = Law::of(args.pack.as_deref())?;
    std::fs::create_dir_all(&args.out).map_err(|error| format!("{}: {error}", args.out.display()))?;
    let mut list = String::new();
    let only = args.procedure.as_deref();
    for procedure in law.pack.procedures.iter().filter(|procedure| only.is_none_or(|id| procedure.id == id)) {
        for constraint in law.pack.constraints_on(procedure) {
            let finding = law.decide(procedure, constraint);
            let Some(model) = model(&finding) else { continue };
            let name = format!("{}.{}.{}.pml", procedure.id, procedure.in_force.from, constraint.id);
            std::fs::write(args.out.join(&name), model)?;
            let wanted = if finding.verdict == Verdict::Violated { "violated" } else { "holds" };
            writeln!(list, "{wanted} {name}")?;
        }
    }
    std::fs::write(args.out.join("verdicts"), &list)?;
    println!("{} 个模型 / {} models: {}", list.lines().count(), list.lines().count(), args.out.display());
    Ok(ExitCode::SUCCESS)
}

/// None where the verdict rests on the definition alone, or on an order of nodes (`within` that goes round, `ends` that is stuck).
fn model(finding: &Finding) -> Option<String> {
    let proof = &finding.proof;
    if proof.nodes.is_empty() || matches!(proof.claim.as_str(), "cycle" | "stuck" | "dead_act" | "dead_state") {
        return None;
    }
    let mut text = format!("/* {} / {}: {} */\n", proof.procedure, proof.constraint, proof.verdict);
    text.push_str("byte first, waived, once_done;\nint node;\nactive proctype course() {\n  node = 0;\n  do\n");
    for edge in &proof.edges {
        let demand = assertion(proof, edge.letters);
        let memory = memory(proof, edge.letters);
        writeln!(text, "  :: node == {} -> atomic {{ {demand}{memory}node = {}; }}", edge.from, edge.to).ok()?;
    }
    // Where nothing follows, the course is over.
    text.push_str("  :: else -> break\n  od");
    if proof.shape == "ends" {
        let ended = proof.nodes.iter().enumerate().filter(|(_, node)| proof.terminal.contains(&node.state));
        let list: Vec<String> = ended.map(|(at, _)| format!("node == {at}")).collect();
        write!(text, ";\n  /* a course is over in a terminal state only */\n  assert({})", list.join(" || ")).ok()?;
    }
    text.push_str("\n}\n");
    Some(text)
}

fn assertion(proof: &Proof, letters: u8) -> String {
    let has = |letter: u8| letters & letter != 0;
    let (then, binds, met) = (has(2), has(4), has(8));
    if !then || !binds {
        return String::new();
    }
    let keeps = match proof.shape.as_str() {
        "before" => "first > 0".to_owned(),
        "gap" | "within" if !met => "first == 0".to_owned(),
        "never" => "first == 0".to_owned(),
        "count" => format!("first < {}", proof.most),
        "each" if !met => "false".to_owned(),
        _ => return String::new(),
    };
    let once = if proof.once { "once_done == 0 || " } else { "" };
    format!("assert({once}waived > 0 || {keeps}); ")
}

fn memory(proof: &Proof, letters: u8) -> String {
    let has = |letter: u8| letters & letter != 0;
    let counts = proof.shape == "count";
    let mut text = String::new();
    if has(64) && !counts {
        text.push_str("first = 0; waived = 0; ");
    }
    if has(2) && proof.shape == "within" {
        text.push_str("first = 0; ");
    }
    if has(16) {
        text.push_str("waived = 1; ");
    }
    if has(1) {
        let more = if counts {
            let most = proof.most;
            format!("if :: first <= {most} -> first++ :: else -> skip fi; ")
        } else {
            "first = 1; ".to_owned()
        };
        text.push_str(&more);
        if matches!(proof.shape.as_str(), "gap" | "within") {
            text.push_str("waived = 0; ");
        }
    }
    if has(32) && proof.once {
        text.push_str("once_done = 1; ");
    }
    text
}
