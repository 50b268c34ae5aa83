//! `guiju erase`: a party's personal data, by a recorded act that the rules may refuse.

use std::process::ExitCode;

use clap::Args;
use guiju_office::{Answer, EraseAsk, OfficeClock};

use crate::Fault;
use crate::data::{self, DataArgs};

#[derive(Args, Debug)]
pub struct EraseArgs {
    /// Party: credit code, or `register:key` of an entry / 当事人
    party: String,
    #[command(flatten)]
    data: DataArgs,
    /// Basis: article and the request's reference / 依据
    #[arg(long)]
    basis: String,
}

pub async fn run(args: EraseArgs) -> Result<ExitCode, Fault> {
    let office = data::open(&args.data, data::pack(None)?, OfficeClock::System).await?;
    let ask = EraseAsk { by: office.system(), party: args.party, basis: args.basis };
    let answer = office.erase(ask).await;
    office.close().await?;
    match answer? {
        Answer::Done(done) => {
            println!("已删除，记录序号 {} / erased: record {}", done.seq, done.seq);
            Ok(ExitCode::SUCCESS)
        }
        Answer::Refused(refusal) => {
            eprintln!("{} / {}", refusal.why.zh, refusal.why.en);
            Ok(ExitCode::from(1))
        }
    }
}
