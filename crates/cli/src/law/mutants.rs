//! `guiju law mutants`: each part of each procedure removed or weakened in turn, and who notices.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use guiju_kernel::checker::{Around, Mutant, Verdict, mutants};
use guiju_kernel::constraint::Constraint;
use guiju_kernel::procedure::definition::Procedure;
use guiju_pack::{Pack, Scripts};
use serde_json::{Value, json};

use super::{Common, Law};
use crate::Fault;

/// Where the shipped pack lies in a checkout: the program holds it without its examples.
const SHIPPED: &str = "packs/industry-it-bureau";

/// Why a survivor survived: the only reason there is.
const REASON: &str = "no constraint, load check or example notices the change";

/// What a procedure's mutants are held against.
struct Bench<'a> {
    law: &'a Law,
    scripts: &'a Scripts,
    procedure: &'a Arc<Procedure>,
    /// Constraints that the procedure breaks as it stands: they cannot tell a mutant from it.
    broken: Vec<String>,
}

pub(super) fn run(args: &Common) -> Result<ExitCode, Fault> {
    let folder = args.pack.as_deref().unwrap_or(Path::new(SHIPPED));
    if !folder.is_dir() {
        let (zh, en) =
            ("例子只在法规包目录里，请用 --pack 指明", "examples stand in the folder of a pack; name it with --pack");
        return Err(format!("{}: {zh} / {en}", folder.display()).into());
    }
    let law = Law::of(Some(folder))?;
    let scripts = Scripts::read(&law.pack, folder).map_err(|complaints| {
        let told: Vec<String> = complaints.iter().map(ToString::to_string).collect();
        told.join("\n")
    })?;
    let statute_of = |term: &str| {
        let found = law.pack.statutes.iter().find(|statute| statute.terms.contains_key(term));
        found.map(|statute| statute.id.clone())
    };
    let same_values = |a: &str, b: &str| a == b || law.params.get(a) == law.params.get(b);
    let around = Around { statute_of: &statute_of, same_values: &same_values };
    let wanted = |procedure: &&Arc<Procedure>| args.procedure.as_ref().is_none_or(|id| procedure.id == *id);
    let benches: Vec<Bench<'_>> =
        law.pack.procedures.iter().filter(wanted).map(|procedure| Bench::of(&law, &scripts, procedure)).collect();
    for bench in &benches {
        bench.unchanged_goes_unnoticed()?;
    }
    let all: Vec<(&Bench<'_>, Mutant)> = benches
        .iter()
        .flat_map(|bench| mutants(bench.procedure, &around).into_iter().map(move |mutant| (bench, mutant)))
        .collect();
    Ok(report(&all, &survivors(&all)?, args.json))
}

/// Numbers of the mutants that nobody notices, rising; every core of the machine takes part.
fn survivors(all: &[(&Bench<'_>, Mutant)]) -> Result<Vec<usize>, Fault> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut alive = Vec::new();
        let mut pack = all.first().map(|(bench, _)| bench.law.pack.clone());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let (Some((bench, mutant)), Some(pack)) = (all.get(at), &mut pack) else { return alive };
            if bench.noticed(pack, mutant).is_none() {
                alive.push(at);
            }
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut alive = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        let ended = workers.into_iter().map(|worker| worker.join().map_err(|_| "a worker stopped / 线程中断"));
        ended.collect::<Result<Vec<_>, _>>().map(|found| found.concat())
    })?;
    alive.sort_unstable();
    Ok(alive)
}

fn report(all: &[(&Bench<'_>, Mutant)], alive: &[usize], as_json: bool) -> ExitCode {
    let survivors: Vec<_> = alive.iter().filter_map(|at| all.get(*at)).collect();
    let with_basis = survivors.iter().filter(|(_, mutant)| !mutant.basis.is_empty()).count();
    let count = all.len();
    if as_json {
        let list: Vec<Value> = survivors.iter().map(|(bench, mutant)| told(bench, mutant)).collect();
        println!("{}", json!({"mutants": count, "killed": count - survivors.len(), "survivors": list}));
    } else {
        for (bench, mutant) in &survivors {
            println!("{}: {} [{}]", bench.procedure.id, mutant.what, mutant.basis.join(", "));
        }
        println!(
            "{count} 处改动，未被发现 {left}（其中有依据的 {with_basis}） / {count} mutants, {left} survive, {with_basis} of them with a basis",
            left = survivors.len(),
        );
    }
    if with_basis == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn told(bench: &Bench<'_>, mutant: &Mutant) -> Value {
    let mut told = json!({"procedure": bench.procedure.id, "mutation": mutant.what, "reason": REASON});
    if let Some(fields) = told.as_object_mut().filter(|_| !mutant.basis.is_empty()) {
        fields.insert(String::from("basis"), json!(mutant.basis));
    }
    told
}

impl<'a> Bench<'a> {
    fn of(law: &'a Law, scripts: &'a Scripts, procedure: &'a Arc<Procedure>) -> Self {
        let broken = |constraint: &&Constraint| law.decide(procedure, constraint).verdict == Verdict::Violated;
        let broken = law.pack.constraints_on(procedure).filter(broken).map(|constraint| constraint.id.clone());
        Self { law, scripts, procedure, broken: broken.collect() }
    }

    /// What notices a change that is none would notice anything.
    fn unchanged_goes_unnoticed(&self) -> Result<(), Fault> {
        let same = Mutant { what: String::new(), basis: Vec::new(), procedure: Procedure::clone(self.procedure) };
        match self.noticed(&mut self.law.pack.clone(), &same) {
            None => Ok(()),
            Some(by) => {
                let (zh, en) = ("未改动的程序也被指出有误", "complains of the procedure as it stands");
                Err(format!("{}: {zh} / {by} {en}", self.procedure.id).into())
            }
        }
    }

    /// Who notices the change: the loader, an example, or a constraint. `pack` is lent for the change and given back whole.
    fn noticed(&self, pack: &mut Pack, mutant: &Mutant) -> Option<&'static str> {
        let changed = &mutant.procedure;
        if refused_by_loader(pack, changed) {
            return Some("loading");
        }
        let put = |pack: &mut Pack, becomes: &Arc<Procedure>| {
            let same = |known: &&mut Arc<Procedure>| known.id == becomes.id && known.in_force == becomes.in_force;
            pack.procedures.iter_mut().filter(same).for_each(|known| *known = Arc::clone(becomes));
        };
        put(pack, &Arc::new(changed.clone()));
        let failures = self.scripts.play(pack, &self.procedure.id);
        put(pack, self.procedure);
        if !failures.is_empty() {
            return Some("an example");
        }
        let fresh = |constraint: &&Constraint| !self.broken.contains(&constraint.id);
        let breaks = |constraint: &Constraint| self.law.decide(changed, constraint).verdict == Verdict::Violated;
        pack.constraints_on(changed).filter(fresh).any(breaks).then_some("a constraint")
    }
}

/// What loading would complain of: a clock that nothing starts, a state that nothing leads to, a case that nothing opens, a
/// condition over a term that is not mapped, a cause that nothing pauses for, an extension that nothing can grant, a tag without
/// what it rests on.
fn refused_by_loader(pack: &Pack, procedure: &Procedure) -> bool {
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
        || !pack.tags_lacking(procedure).is_empty()
        || !pack.idle_allowances(procedure).is_empty()
        || !pack.unfounded_acts(procedure).is_empty()
}
