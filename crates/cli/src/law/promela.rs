//! `guiju law promela`: the graph of each proof for the model checker Spin.
//!
//! One Promela model, `course.pml`, walks whatever table it is given and keeps the memory of the constraint itself, so that Spin's
//! verdict is its own. What holds of one procedure goes into one table, whose first step chooses the constraint; each violation is a
//! table by itself. `verdicts` lists what Spin is to answer, for how many verdicts, and the table.

mod table;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
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
    /// The constraints' own fragments too / 连同各约束自带的片段
    #[arg(long)]
    fragments: bool,
    /// Where the model and the tables are written / 输出目录
    #[arg(long, value_name = "DIR", default_value = "promela")]
    out: PathBuf,
}

pub(super) fn run(args: &PromelaArgs) -> Result<ExitCode, Fault> {
    let law = Law::of(args.pack.as_deref())?;
    std::fs::create_dir_all(&args.out).map_err(|error| format!("{}: {error}", args.out.display()))?;
    std::fs::write(args.out.join("course.pml"), include_str!("promela/course.pml"))?;
    let mut tables = Tables { out: &args.out, list: String::new(), count: 0 };
    let only = args.procedure.as_deref();
    for procedure in law.pack.procedures.iter().filter(|procedure| only.is_none_or(|id| procedure.id == id)) {
        let of = format!("{}.{}", procedure.id, procedure.in_force.from);
        let findings = law.pack.constraints_on(procedure).map(|constraint| law.decide(procedure, constraint));
        tables.write(&of, findings)?;
    }
    if args.fragments {
        for constraint in law.pack.constraints() {
            let chains = [&constraint.keeps, &constraint.breaks].into_iter().filter(|chain| !chain.is_empty());
            let decide = |chain| law.decide(&law.pack.fragment(constraint, chain, &law.facts), constraint);
            tables.write(&format!("fragment.{}", constraint.id), chains.map(|chain| decide(chain)))?;
        }
    }
    std::fs::write(args.out.join("verdicts"), &tables.list)?;
    let (files, count, place) = (tables.list.lines().count(), tables.count, args.out.display());
    println!("{files} 张表，含 {count} 项结论 / {files} tables with {count} verdicts: {place}");
    Ok(ExitCode::SUCCESS)
}

/// What was written, and what Spin is to answer.
struct Tables<'a> {
    out: &'a Path,
    list: String,
    count: usize,
}

impl Tables<'_> {
    fn write(&mut self, of: &str, findings: impl Iterator<Item = Finding>) -> Result<(), Fault> {
        let mut kept: Vec<Proof> = Vec::new();
        for finding in findings {
            if finding.verdict != Verdict::Violated {
                kept.push(finding.proof);
                continue;
            }
            for (at, (wanted, text)) in table::of_violation(&finding.proof).into_iter().enumerate() {
                self.put(&format!("{of}.{}.{at}.pml", finding.proof.constraint), wanted, 1, &text)?;
            }
        }
        if kept.is_empty() {
            Ok(())
        } else {
            self.put(&format!("{of}.graphs"), "holds", kept.len(), &table::of_what_holds(&kept))
        }
    }

    fn put(&mut self, name: &str, wanted: &str, verdicts: usize, text: &str) -> Result<(), Fault> {
        std::fs::write(self.out.join(name), text)?;
        writeln!(self.list, "{wanted} {verdicts} {name}")?;
        self.count += verdicts;
        Ok(())
    }
}
