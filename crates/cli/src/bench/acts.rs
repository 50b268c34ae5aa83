//! How many acts a second become durable through the office, and how many would if nothing were decided?
//!
//! Each run does whole lives of requests with so many clients at once, every client waiting for its answer before it acts again.
//! What the run wrote is kept and written again as bare SQL on a fresh database: one act a commit for one client, 1,000 acts a
//! commit for the others. The ratio says what deciding, sealing, hashing and answering cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use guiju_office::{Chance, Office, OfficeClock};
use guiju_pack::Pack;
use guiju_store::{Batch, Mode, Target, bare};

use super::http;
use super::recording::Recording;
use super::work::Client;
use super::{Place, Row};
use crate::Fault;

#[derive(Args, Debug)]
pub struct ActsArgs {
    #[command(flatten)]
    pub place: Place,
    /// How long each number of clients works in each round / 每组时长（秒）
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Rounds of each number of clients; the one with the middle ratio is printed / 轮数
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=99))]
    rounds: u64,
    /// How many clients work at once; several, by commas / 并发数
    #[arg(long, value_delimiter = ',', default_value = "1,8,32,64,512", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    clients: Vec<u64>,
    /// A PostgreSQL server to measure as well, by any database on which its role may make others / 另测 PostgreSQL
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// Acts that share a commit of the bound where several clients work.
const GROUP: usize = 1_000;
/// Before the clock of a run starts: files exist, statements are prepared.
pub const WARM_UP: Duration = Duration::from_millis(300);

/// Which store is measured.
enum Backend<'a> {
    Sqlite,
    Postgres(&'a str),
}

/// What one round wrote to, until it is over.
struct Spot {
    place: Target,
    folder: tempfile::TempDir,
    database: Option<(String, String)>,
}

pub async fn run(args: &ActsArgs) -> Result<Vec<Row>, Fault> {
    let pack = crate::data::pack(None)?;
    let mut backends = vec![Backend::Sqlite];
    match &args.database {
        Some(url) => backends.push(Backend::Postgres(url)),
        None => {
            eprintln!("PostgreSQL is not measured: name a server with --database / 未指明 --database，不测 PostgreSQL")
        }
    }
    let mut rows = Vec::new();
    for backend in &backends {
        for clients in &args.clients {
            let mut rounds = Vec::new();
            for _ in 0..args.rounds {
                rounds.push(round(backend, args, &pack, *clients).await?);
            }
            // Others may be using the machine: the round with the middle ratio is the least disturbed guess.
            rounds.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
            let Some((rate, bound)) = rounds.get(rounds.len() / 2).copied() else { continue };
            let name = backend.name();
            eprintln!("{name}, {clients} clients: {rate:.0} acts/s, bound {bound:.0}");
            rows.push(Row::new(format!("acts/{name}/{clients}"), rate, "acts/s").beside(bound));
            rows.push(Row::new(format!("acts/bound/{name}/{clients}"), bound, "acts/s"));
        }
    }
    let mut filed = Vec::new();
    for _ in 0..args.rounds {
        let folder = args.place.folder()?;
        filed.push(http::filed(&folder.path().join("data"), &pack, 8, Duration::from_secs(args.seconds)).await?);
    }
    filed.sort_by(f64::total_cmp);
    rows.extend(filed.get(filed.len() / 2).map(|rate| Row::new("acts/http/8".to_owned(), *rate, "requests/s")));
    Ok(rows)
}

impl Backend<'_> {
    fn name(&self) -> &'static str {
        match self {
            Backend::Sqlite => "sqlite",
            Backend::Postgres(_) => "postgres",
        }
    }

    /// A fresh place of this kind; `what` tells the run's from its bound's.
    async fn spot(&self, place: &Place, what: &str) -> Result<Spot, Fault> {
        let folder = place.folder()?;
        Ok(match self {
            Backend::Sqlite => Spot { place: Target::Folder(folder.path().join("data")), folder, database: None },
            Backend::Postgres(url) => {
                let name = format!("guiju_bench_{}_{what}", std::process::id());
                let made = bare::fresh_database(url, &name).await?;
                Spot { place: Target::Postgres(made), folder, database: Some(((*url).to_owned(), name)) }
            }
        })
    }
}

impl Spot {
    async fn clear(self) -> Result<(), Fault> {
        if let Some((url, name)) = self.database {
            bare::drop_database(&url, &name).await?;
        }
        Ok(())
    }
}

/// One run and its bound, in acts a second.
async fn round(backend: &Backend<'_>, args: &ActsArgs, pack: &Pack, clients: u64) -> Result<(f64, f64), Fault> {
    let spot = backend.spot(&args.place, "run").await?;
    let run = measure(&spot, pack, clients, Duration::from_secs(args.seconds)).await?;
    spot.clear().await?;
    let spot = backend.spot(&args.place, "bound").await?;
    let bound = bound(&spot.place, run.written, clients).await?;
    spot.clear().await?;
    Ok((run.rate, bound))
}

struct Run {
    /// Acts answered as durable, a second.
    rate: f64,
    written: Vec<Batch>,
}

async fn measure(spot: &Spot, pack: &Pack, clients: u64, time: Duration) -> Result<Run, Fault> {
    let store = guiju_store::open(&spot.place, Mode::Write).await?;
    let keys = spot.folder.path().to_owned();
    let recording = Arc::new(Recording::of(store));
    let clock = Arc::new(OfficeClock::onward(super::opening()?));
    let office = Office::open_on(recording.clone(), keys, pack.clone(), clock, Chance::System).await?;
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

/// Acts a second when the run's own writes are replayed as bare SQL.
async fn bound(place: &Target, written: Vec<Batch>, clients: u64) -> Result<f64, Fault> {
    let commits = bare::joined(written, if clients == 1 { 1 } else { GROUP });
    let acts: usize = commits.iter().map(|batch| batch.records.len()).sum();
    let took = bare::replay(place, &commits).await?;
    Ok(acts as f64 / took.as_secs_f64())
}
