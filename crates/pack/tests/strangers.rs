//! A penalty procedure written by a stranger, with one fault in its YAML, is caught, and what is told can be read.
//!
//! `strangers.yaml` lists the faults: what is changed in the sound procedure under `law/`, whether the pack still loads, and every
//! line that is told. The command is held to the same list in `crates/cli/tests/law_check_command.rs`.

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be read has failed")]

#[path = "strangers/mod.rs"]
mod strangers;

use std::path::Path;

use guiju_kernel::checker::{Verdict, World, check};
use guiju_kernel::procedure::definition::Text;
use guiju_pack::Pack;

/// Everything that is told of the pack, as the command prints it: complaints with paths from the folder, or what is violated.
fn told(folder: &Path) -> Vec<String> {
    let prefix = format!("{}/", folder.display());
    let pack = match Pack::load(folder) {
        Ok(pack) => pack,
        Err(complaints) => return complaints.iter().map(|one| one.to_string().replace(&prefix, "")).collect(),
    };
    let (facts, params) = (pack.facts(), pack.param_values());
    let mut told = Vec::new();
    for procedure in &pack.procedures {
        for constraint in pack.constraints_on(procedure) {
            let finding = check(procedure, constraint, World { facts: &facts, params: &params });
            let proof = serde_json::to_string(&finding.proof).unwrap();
            assert_eq!(guiju_recheck::recheck(&proof), Ok(()), "{}", constraint.id);
            if finding.verdict != Verdict::Violated {
                continue;
            }
            let (basis, title) = (constraint.basis(), &constraint.title);
            told.push(format!("{} {} ({basis}): {} / {}", procedure.id, constraint.id, title.zh, title.en));
            told.push(format!("{} / {}", finding.why.zh, finding.why.en));
            let path = |word: fn(&Text) -> &str| finding.path.iter().map(word).collect::<Vec<_>>().join(" → ");
            told.extend([path(|step| &step.zh), path(|step| &step.en)].into_iter().filter(|line| !line.is_empty()));
        }
    }
    told
}

/// With `GUIJU_SHOW_COMPLAINTS=1` it prints what came, for review.
#[test]
fn every_fault_of_a_stranger_is_told_and_no_other() {
    let mut wrong = Vec::new();
    for fault in strangers::faults() {
        let folder = fault.pack();
        let came = told(folder.path());
        if std::env::var_os("GUIJU_SHOW_COMPLAINTS").is_some() {
            eprintln!("{}:\n    {}", fault.fault, came.join("\n    "));
        }
        if came != fault.told || Pack::load(folder.path()).is_ok() != fault.loads {
            wrong.push(format!("{}\n  told: {:#?}\n  came: {came:#?}", fault.fault, fault.told));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_procedure_without_a_fault_is_not_complained_of() {
    assert_eq!(told(&strangers::sound()), Vec::<String>::new());
}
