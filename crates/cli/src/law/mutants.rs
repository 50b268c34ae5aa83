//! `guiju law mutants`: each part of each procedure removed or weakened in turn, and who notices.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use guiju_kernel::checker::{Mutant, Verdict, mutants};
use guiju_kernel::constraint::Constraint;
use guiju_kernel::procedure::definition::Procedure;
use serde_json::json;

use super::{Common, Law};
use crate::Fault;

/// Where the shipped pack lies in a checkout: the program holds it without its examples.
const SHIPPED: &str = "packs/industry-it-bureau";

struct Survivor {
    procedure: String,
    what: String,
    basis: Vec<String>,
}

pub(super) fn run(args: &Common) -> Result<ExitCode, Fault> {
    let folder = args.pack.as_deref().unwrap_or(Path::new(SHIPPED));
    if !folder.is_dir() {
        let (zh, en) =
            ("例子只在法规包目录里，请用 --pack 指明", "examples stand in the folder of a pack; name it with --pack");
        return Err(format!("{}: {zh} / {en}", folder.display()).into());
    }
    let mut law = Law::of(Some(folder))?;
    let procedures = law.pack.procedures.clone();
    let (mut count, mut survivors) = (0_u32, Vec::new());
    let wanted = |procedure: &&Arc<Procedure>| args.procedure.as_ref().is_none_or(|id| procedure.id == *id);
    for procedure in procedures.iter().filter(wanted) {
        let before = violated(&law, procedure);
        // What notices a change that is none would notice anything.
        let same = Mutant { what: String::new(), basis: Vec::new(), procedure: Procedure::clone(procedure) };
        if let Some(by) = noticed(&mut law, folder, procedure, &same, &before) {
            return Err(format!(
                "{}: {by} complains of the procedure as it stands / 未改动的程序也被指出有误",
                procedure.id
            )
            .into());
        }
        for mutant in mutants(procedure) {
            count += 1;
            if noticed(&mut law, folder, procedure, &mutant, &before).is_none() {
                survivors.push(Survivor { procedure: procedure.id.clone(), what: mutant.what, basis: mutant.basis });
            }
        }
    }
    let with_basis = survivors.iter().filter(|one| !one.basis.is_empty()).count();
    let reason = "no constraint, load check or example notices the change";
    if args.json {
        let list: Vec<_> = survivors
            .iter()
            .map(|one| {
                if one.basis.is_empty() {
                    json!({"procedure": one.procedure, "mutation": one.what, "reason": reason})
                } else {
                    json!({"procedure": one.procedure, "mutation": one.what, "basis": one.basis, "reason": reason})
                }
            })
            .collect();
        println!("{}", json!({"mutants": count, "killed": count as usize - survivors.len(), "survivors": list}));
    } else {
        for one in &survivors {
            println!("{}: {} [{}]", one.procedure, one.what, one.basis.join(", "));
        }
        println!(
            "{count} 处改动，未被发现 {}（其中有依据的 {with_basis}） / {count} mutants, {} survive, {with_basis} of them with a basis",
            survivors.len(),
            survivors.len()
        );
    }
    Ok(if with_basis == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Constraints that the procedure breaks as it stands: they cannot tell a mutant from it.
fn violated(law: &Law, procedure: &Procedure) -> Vec<String> {
    let broken = |constraint: &&Constraint| law.decide(procedure, constraint).verdict == Verdict::Violated;
    law.pack.constraints_on(procedure).filter(broken).map(|constraint| constraint.id.clone()).collect()
}

/// Who notices the change: the loader, a constraint, or an example.
fn noticed(
    law: &mut Law,
    folder: &Path,
    original: &Arc<Procedure>,
    mutant: &Mutant,
    before: &[String],
) -> Option<&'static str> {
    let changed = &mutant.procedure;
    if !law.pack.tags_lacking(changed).is_empty() || refused_by_loader(changed) {
        return Some("loading");
    }
    let fresh = |constraint: &&Constraint| !before.contains(&constraint.id);
    let breaks = |constraint: &Constraint| law.decide(changed, constraint).verdict == Verdict::Violated;
    if law.pack.constraints_on(changed).filter(fresh).any(breaks) {
        return Some("a constraint");
    }
    let put = |law: &mut Law, is: &Procedure, becomes: &Arc<Procedure>| {
        let same = |known: &&mut Arc<Procedure>| known.id == is.id && known.in_force == is.in_force;
        law.pack.procedures.iter_mut().filter(same).for_each(|known| *known = Arc::clone(becomes));
    };
    put(law, original, &Arc::new(changed.clone()));
    let fails =
        guiju_pack::examples_of(&law.pack, folder, &original.id).is_ok_and(|played| !played.failures.is_empty());
    put(law, original, original);
    fails.then_some("an example")
}

/// What loading would complain of: a clock that nothing starts, a state that nothing leads to, a case that nothing opens, a
/// condition over a term that is not mapped.
fn refused_by_loader(procedure: &Procedure) -> bool {
    let started = |name: &str| {
        procedure.acts.iter().any(|act| {
            act.starts.iter().any(|known| known == name)
                || act.publishes.iter().any(|duty| duty.clock == name)
                || act.issues.iter().any(|issue| issue.on_receipt_starts.iter().any(|known| known == name))
        })
    };
    let acts = || procedure.acts.iter().filter(|act| !act.records_history);
    let entered = |name: &str| acts().any(|act| act.to.as_deref() == Some(name));
    let issued = |name: &String| acts().flat_map(|act| &act.issues).any(|issue| issue.instrument == *name);
    let named = |name: &str| acts().any(|act| act.name == name || act.tags.iter().any(|tag| tag == name));
    !procedure.clocks.iter().all(|clock| started(&clock.name))
        || !procedure.states.iter().all(|state| entered(&state.name))
        || !acts().any(|act| act.from.is_empty())
        || !acts().flat_map(|act| &act.receives).all(issued)
        || !acts().flat_map(|act| act.pauses.iter().filter_map(|pause| pause.notice.as_ref())).all(issued)
        || !acts().flat_map(|act| act.by.iter().flat_map(|rule| &rule.distinct_from)).all(|name| named(name))
}
