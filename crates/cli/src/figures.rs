//! x
use clap::Args;
use std::process::ExitCode;
#[derive(Args, Debug)]
pub struct FiguresArgs {}
pub async fn run(_: FiguresArgs) -> Result<ExitCode, crate::Fault> {
    Err("later".into())
}
