//! `guiju law check`: verdicts, contradictions, the constraints' own fragments, and the second look at every proof.

use std::collections::BTreeSet;
use std::process::ExitCode;

use guiju_kernel::checker::{Finding, Verdict};
use guiju_pack::{Complaint, Disagreements};
use serde_json::{Value, json};

use super::{Common, Law};
use crate::Fault;

/// One line of the report.
struct Line {
    procedure: String,
    constraint: String,
    finding: Finding,
    rechecked: Result<(), String>,
}

pub(super) fn run(args: &Common) -> Result<ExitCode, Fault> {
    let law = Law::of(args.pack.as_deref())?;
    let lines = lines(&law, args.procedure.as_deref())?;
    let constraints = law.pack.constraints().count();
    let disagreements = law.pack.disagreements(&args.prefix());
    let Disagreements { contradictions: against, fragments: odd } = &disagreements;
    let sound = lines.iter().all(|line| line.finding.verdict != Verdict::Violated && line.rechecked.is_ok());
    if args.json {
        let verdicts: Vec<Value> = lines.iter().map(shown).collect();
        let document = json!({
            "procedures": law.pack.procedures.len(),
            "constraints": constraints,
            "binding": binding(&lines),
            "verdicts": verdicts,
            "contradictions": against.iter().map(|one| json!({"first": one.first, "second": one.second, "told": place(&one.told)})).collect::<Vec<_>>(),
            "fragments": odd.iter().map(|odd| json!({"constraint": odd.constraint, "fragment": odd.fragment, "verdict": odd.verdict, "told": place(&odd.told)})).collect::<Vec<_>>(),
            "rechecked": lines.iter().filter(|line| line.rechecked.is_ok()).count(),
        });
        println!("{document}");
    } else {
        lines.iter().for_each(|line| say(&law, line));
        against.iter().for_each(|one| println!("矛盾 / contradiction: {}", one.told));
        odd.iter().for_each(|odd| println!("片段 / fragment: {}", odd.told));
        let of = |verdict: Verdict| lines.iter().filter(|line| line.finding.verdict == verdict).count();
        let binding = binding(&lines);
        println!("{binding} 条约束落在走得到的行为上 / {binding} constraints bind an act that can be reached");
        println!(
            "{} 条约束，{} 个程序版本：符合 {}，违反 {}，不涉及 {} / {} constraints, {} procedures: {} hold, {} violated, {} vacuous",
            constraints,
            law.pack.procedures.len(),
            of(Verdict::Holds),
            of(Verdict::Violated),
            of(Verdict::Vacuous),
            constraints,
            law.pack.procedures.len(),
            of(Verdict::Holds),
            of(Verdict::Violated),
            of(Verdict::Vacuous),
        );
    }
    Ok(if sound && against.is_empty() && odd.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn lines(law: &Law, only: Option<&str>) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for procedure in law.pack.procedures.iter().filter(|procedure| only.is_none_or(|id| procedure.id == id)) {
        for constraint in law.pack.constraints_on(procedure) {
            let finding = law.decide(procedure, constraint);
            let rechecked = guiju_recheck::recheck(&serde_json::to_string(&finding.proof)?);
            lines.push(Line { procedure: procedure.id.clone(), constraint: constraint.id.clone(), finding, rechecked });
        }
    }
    Ok(lines)
}

/// How many different constraints bind an act that some procedure can reach.
fn binding(lines: &[Line]) -> usize {
    let held = lines.iter().filter(|line| line.finding.verdict != Verdict::Vacuous);
    held.map(|line| line.constraint.as_str()).collect::<BTreeSet<_>>().len()
}

fn place(told: &Complaint) -> Value {
    json!({"file": told.file, "line": told.line, "column": told.column, "zh": told.zh, "en": told.en})
}

fn shown(line: &Line) -> Value {
    let finding = &line.finding;
    let (procedure, constraint, verdict) = (&line.procedure, &line.constraint, finding.verdict.name());
    let rechecked = line.rechecked.is_ok();
    let why = &finding.why;
    match finding.verdict {
        Verdict::Holds => {
            json!({"procedure": procedure, "constraint": constraint, "verdict": verdict, "rechecked": rechecked})
        }
        Verdict::Vacuous => {
            json!({"procedure": procedure, "constraint": constraint, "verdict": verdict, "rechecked": rechecked, "why": why})
        }
        Verdict::Violated => {
            let path = &finding.path;
            json!({"procedure": procedure, "constraint": constraint, "verdict": verdict, "rechecked": rechecked, "why": why, "path": path})
        }
    }
}

fn say(law: &Law, line: &Line) {
    if let Err(fault) = &line.rechecked {
        println!("{} {}: 证明不成立 / the proof does not follow: {fault}", line.procedure, line.constraint);
    }
    let finding = &line.finding;
    if finding.verdict != Verdict::Violated {
        return;
    }
    let constraint = law.pack.constraints().find(|constraint| constraint.id == line.constraint);
    let (title, basis) = constraint.map(|known| (known.title.clone(), known.basis())).unwrap_or_default();
    println!("{} {} ({basis}): {} / {}", line.procedure, line.constraint, title.zh, title.en);
    println!("  {} / {}", finding.why.zh, finding.why.en);
    let join = |titles: Vec<&str>| titles.join(" → ");
    if !finding.path.is_empty() {
        println!("  {}", join(finding.path.iter().map(|step| step.zh.as_str()).collect()));
        println!("  {}", join(finding.path.iter().map(|step| step.en.as_str()).collect()));
    }
}
