//! `guiju law …`: what the law says of the pack and of the records.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::{Fault, law_texts};

#[derive(Args, Debug)]
pub struct LawArgs {
    #[command(subcommand)]
    command: LawCommand,
}

#[derive(Subcommand, Debug)]
enum LawCommand {
    /// Texts of statutes / 法规文本
    #[command(subcommand)]
    Texts(law_texts::TextsCommand),
}

pub async fn run(args: LawArgs) -> Result<ExitCode, Fault> {
    match args.command {
        LawCommand::Texts(command) => law_texts::run(command).await,
    }
}
