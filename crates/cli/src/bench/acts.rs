//! How many acts a second become durable through the office, and how many would if nothing were decided?
//!
//! Each run does whole lives of requests with so many clients at once, every client waiting for its answer before it acts again.
//! What the run wrote is kept and written again as bare SQL on a fresh database: one act a commit for one client, 1,000 acts a
//! commit for the others. The ratio says what deciding, sealing, hashing and answering cost.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use guiju_kernel::time::Instant as Moment;
use guiju_office::{Chance, Office, OfficeClock};
use guiju_pack::Pack;
use guiju_store::{Batch, Mode, Target, bare};

use super::recording::Recording;
use super::work::Client;
use super::{Place, Row};
use crate::Fault;

#[derive(Args, Debug)]
pub struct ActsArgs {
    #[command(flatten)]
    pub place: Place,
    /// How long each number of clients works / 每组时长（秒）
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// How many clients work at once; several, by commas / 并发数
    #[arg(long, value_delimiter = ',', default_value = "1,8,64,512", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    clients: Vec<u64>,
}

/// Acts that share a commit of the bound where several clients work.
const GROUP: usize = 1_000;
/// Before the clock of a run starts: files exist, statements are prepared.
const WARM_UP: Duration = Duration::from_millis(300);

pub async fn run(args: &ActsArgs) -> Result<Vec<Row>, Fault> {
    let pack = crate::data::pack(None)?;
    let mut rows = Vec::new();
    for clients in &args.clients {
        let folder = args.place.folder()?;
        let run = measure(folder.path(), &pack, *clients, Duration::from_secs(args.seconds)).await?;
        let fresh = folder.path().join("bound");
        let bound = bound(&Target::Folder(fresh), run.written, *clients).await?;
        eprintln!("SQLite, {clients} clients: {:.0} acts/s, bound {bound:.0}", run.rate);
        rows.push(Row::new(format!("acts/sqlite/{clients}"), run.rate, "acts/s").beside(bound));
        rows.push(Row::new(format!("acts/bound/sqlite/{clients}"), bound, "acts/s"));
    }
    Ok(rows)
}

struct Run {
    /// Acts answered as durable, a second.
    rate: f64,
    written: Vec<Batch>,
}

async fn measure(folder: &Path, pack: &Pack, clients: u64, time: Duration) -> Result<Run, Fault> {
    let data = folder.join("data");
    let store = guiju_store::open(&Target::Folder(data.clone()), Mode::Write).await?;
    let recording = Arc::new(Recording::of(store));
    let clock = Arc::new(OfficeClock::onward(opening()?));
    let office = Office::open_on(recording.clone(), data, pack.clone(), clock, Chance::System).await?;
    let ended = Arc::new(AtomicBool::new(false));
    let counting = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..clients)
        .map(|number| tokio::spawn(work(office.clone(), number, counting.clone(), ended.clone())))
        .collect();
    tokio::time::sleep(WARM_UP).await;
    let begun = Instant::now();
    counting.store(true, Ordering::Relaxed);
    tokio::time::sleep(time).await;
    ended.store(true, Ordering::Relaxed);
    let took = begun.elapsed();
    let mut acts = 0u64;
    for task in tasks {
        acts += task.await??;
    }
    office.close().await?;
    Ok(Run { rate: acts as f64 / took.as_secs_f64(), written: recording.take() })
}

/// One client until the end; answers how many of its acts became durable while it counted.
async fn work(office: Office, number: u64, counting: Arc<AtomicBool>, ended: Arc<AtomicBool>) -> Result<u64, Fault> {
    let mut client = Client::new("acts", number);
    let mut acts = 0;
    loop {
        client.act(&office).await?;
        if ended.load(Ordering::Relaxed) {
            return Ok(acts);
        }
        acts += u64::from(counting.load(Ordering::Relaxed));
    }
}

/// A working day that the shipped calendar covers, so that the benchmark does not depend on today's date.
fn opening() -> Result<Moment, Fault> {
    Ok("2026-03-03T09:00:00+08:00".parse()?)
}

/// Acts a second when the run's own writes are replayed as bare SQL.
async fn bound(place: &Target, written: Vec<Batch>, clients: u64) -> Result<f64, Fault> {
    let commits = bare::joined(written, if clients == 1 { 1 } else { GROUP });
    let acts: usize = commits.iter().map(|batch| batch.records.len()).sum();
    let took = bare::replay(place, &commits).await?;
    Ok(acts as f64 / took.as_secs_f64())
}
