//! Works on a data folder until it is killed, and says what was acknowledged: what a test of durability kills.
//!
//! One line on stdout for each act once its caller has the answer: the sequence number and the form's token. Whatever was printed must
//! be there after any kind of crash.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use guiju_office::{Office, OfficeClock};

use super::work::Client;
use crate::Fault;
use crate::data::{self, DataArgs};

#[derive(Args, Debug)]
pub struct DrillArgs {
    #[command(flatten)]
    data: DataArgs,
    /// How many clients work at once.
    #[arg(long, default_value_t = 16)]
    clients: u64,
    /// Keeps this run's tokens apart from those of another on the same data.
    #[arg(long)]
    run: String,
}

pub async fn run(args: DrillArgs) -> Result<ExitCode, Fault> {
    let pack = data::pack(None)?;
    let clock = OfficeClock::onward(super::opening()?);
    let office = data::open(&args.data, pack, clock).await?;
    let clients: Vec<_> =
        (0..args.clients).map(|number| tokio::spawn(work(office.clone(), args.run.clone(), number))).collect();
    for client in clients {
        client.await??;
    }
    Ok(ExitCode::SUCCESS)
}

async fn work(office: Office, run: String, number: u64) -> Result<(), Fault> {
    let mut client = Client::new(&run, number);
    loop {
        let token = client.ask().once.unwrap_or_default();
        let seq = client.act(&office).await?;
        // One write a line, so that a kill cuts no line in two.
        let line = format!("{seq} {token}\n");
        let mut out = std::io::stdout().lock();
        out.write_all(line.as_bytes())?;
        out.flush()?;
    }
}
