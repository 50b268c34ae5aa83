//! `guiju users`: accounts by hand, before anybody can sign in to keep them in the workbench.

use std::io::Read as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use guiju_kernel::record::Origin;
use guiju_office::{Answer, EntryAsk, OfficeClock, accounts};
use serde_json::{Map, json};

use crate::Fault;
use crate::data::{self, DataArgs};

#[derive(Args, Debug)]
pub struct UsersArgs {
    #[command(subcommand)]
    command: UsersCommand,
}

#[derive(Subcommand, Debug)]
enum UsersCommand {
    /// Adds or changes an account; the password is read from standard input / 新增或修改账户，口令从标准输入读取
    Put(PutArgs),
}

#[derive(Args, Debug)]
struct PutArgs {
    account: String,
    #[arg(long)]
    name: String,
    /// `organ/unit` / 科室
    #[arg(long)]
    unit: Option<String>,
    #[arg(long = "role")]
    roles: Vec<String>,
    /// Credit code of the enterprise it acts for / 企业统一社会信用代码
    #[arg(long)]
    party: Option<String>,
    #[command(flatten)]
    data: DataArgs,
}

pub async fn run(args: UsersArgs) -> Result<ExitCode, Fault> {
    let UsersCommand::Put(args) = args.command;
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    if password.chars().count() < 8 {
        return Err("口令至少 8 个字符 / a password has at least 8 characters".into());
    }
    let office = data::open(&args.data, data::pack(None)?, OfficeClock::System).await?;
    let mut fields = Map::new();
    fields.insert("account".into(), json!(args.account));
    fields.insert("name".into(), json!(args.name));
    fields.insert("roles".into(), json!(args.roles));
    if let Some(unit) = args.unit {
        fields.insert("unit".into(), json!(unit));
    }
    if let Some(party) = args.party {
        fields.insert("party".into(), json!(party));
    }
    let ask = EntryAsk {
        by: office.system(),
        register: accounts::ACCOUNTS.into(),
        key: args.account.clone(),
        fields: Some(fields),
        secrets: [(accounts::PASSWORD.to_owned(), accounts::hash_password(password)?)].into(),
        files: Vec::new(),
        seen: None,
        done: None,
        origin: Origin::Own,
        once: None,
    };
    let answer = office.put(ask, None).await;
    office.close().await?;
    match answer? {
        Answer::Done(_) => {
            println!("{}", args.account);
            Ok(ExitCode::SUCCESS)
        }
        Answer::Refused(refusal) => {
            eprintln!("{} / {}", refusal.why.zh, refusal.why.en);
            Ok(ExitCode::from(1))
        }
    }
}
