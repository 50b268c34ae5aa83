//! `guiju law`: procedures held against the statutes.

mod audit;
mod check;
mod mutants;
mod promela;
mod texts;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use guiju_kernel::checker::{Finding, World, check as decide};
use guiju_kernel::constraint::Constraint;
use guiju_kernel::procedure::definition::Procedure;
use guiju_kernel::procedure::guard::Guard;
use guiju_pack::Pack;

use crate::Fault;

#[derive(Args, Debug)]
pub struct LawArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Does every procedure keep every constraint? / 检查各程序是否符合法定约束
    Check(Common),
    /// Did what was recorded keep the law? / 检查所有办件的记录是否合法
    Audit(audit::AuditArgs),
    /// Weakens each part of each procedure in turn: who notices? / 逐处削弱程序，看能否发现
    Mutants(Common),
    /// The same graphs for the model checker Spin / 导出为 Promela，供 Spin 复核
    Promela(promela::PromelaArgs),
    /// Texts of statutes / 法规文本
    #[command(subcommand)]
    Texts(texts::TextsCommand),
}

#[derive(Args, Debug)]
struct Common {
    /// Folder of a pack instead of the one that is shipped / 法规包目录
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// Only this procedure / 只看这个程序
    #[arg(long, value_name = "ID")]
    procedure: Option<String>,
    #[arg(long)]
    json: bool,
}

impl Common {
    /// What stands before the paths of the pack's files when they are told.
    fn prefix(&self) -> String {
        self.pack.as_ref().map_or_else(
            || Pack::SHIPPED.to_owned(),
            |folder| format!("{}/", folder.display().to_string().trim_end_matches('/')),
        )
    }
}

pub async fn run(args: LawArgs) -> Result<ExitCode, Fault> {
    match args.what {
        What::Check(common) => check::run(&common),
        What::Audit(args) => audit::run(&args).await,
        What::Mutants(common) => mutants::run(&common),
        What::Promela(args) => promela::run(&args),
        What::Texts(command) => texts::run(command).await,
    }
}

/// A pack with what its statutes mean.
struct Law {
    pack: Pack,
    facts: BTreeMap<String, Guard>,
    params: BTreeMap<String, Vec<serde_json::Value>>,
}

impl Law {
    fn of(folder: Option<&std::path::Path>) -> Result<Self, Fault> {
        let pack = crate::data::pack(folder)?;
        Ok(Self { facts: pack.facts(), params: pack.param_values(), pack })
    }

    fn decide(&self, procedure: &Procedure, constraint: &Constraint) -> Finding {
        decide(procedure, constraint, self.world())
    }

    fn world(&self) -> World<'_> {
        World { facts: &self.facts, params: &self.params }
    }
}
