//! How long do people wait for a page when there are a million cases, and how much longer than with ten thousand?
//!
//! What is timed is what the pages load through the office, by eight clients at once: a desk's first page, what a leader is warned of, a
//! case file with all that may be done, the counts of a desk, a search for a word of two characters, a page of what was published (one
//! case in twenty-five) at any place and under any filter, and what was published of a firm by its name. The 99th percentile is printed,
//! beside the same with few cases.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use guiju_kernel::procedure::Person;
use guiju_kernel::record::{ActorKind, Origin};
use guiju_kernel::time::{Instant as Moment, to_millis};
use guiju_office::publications::PublishedAsk;
use guiju_office::{Chance, EntryAsk, InboxAsk, Keys, Office, OfficeClock, Settings, Viewer};
use guiju_pack::Pack;
use guiju_store::{Band, Mode, PublicationCursor, Target};
use indicatif::{ProgressBar, ProgressStyle};

use super::seed::{self, Seeder};
use super::town::{self, Dice, Town};
use super::work::{CENTRE, person};
use super::{Place, Row, late};
use crate::Fault;

#[derive(Args, Debug)]
pub struct PagesArgs {
    #[command(flatten)]
    pub place: Place,
    /// How many cases there are / 办件数
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    cases: u64,
    /// How many there are in the run beside it / 对照的办件数
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    beside: u64,
    /// Clients at once / 并发数
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    clients: u64,
    /// Loads of each kind that a client does / 每个并发的次数
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u64).range(1..))]
    loads: u64,
    /// Keeps the seeded data here, and takes them from here when they are there / 保留数据的目录
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// What is timed.
const KINDS: [&str; 7] = ["inbox", "alarms", "case", "counts", "search", "publications", "publications/firm"];

pub async fn run(args: &PagesArgs) -> Result<Vec<Row>, Fault> {
    let pack = crate::data::pack(None)?;
    let few = measured(args, &pack, args.beside).await?;
    let many = measured(args, &pack, args.cases).await?;
    let mut rows = Vec::new();
    for (kind, (few, many)) in KINDS.iter().zip(few.into_iter().zip(many)) {
        rows.push(Row::new(format!("pages/{kind}/p99"), many, "ms").beside(few));
        rows.push(Row::new(format!("pages/bound/{kind}/p99"), few, "ms"));
    }
    Ok(rows)
}

/// The 99th percentile of each kind, in milliseconds, with so many cases.
async fn measured(args: &PagesArgs, pack: &Pack, cases: u64) -> Result<Vec<f64>, Fault> {
    let kept = args.data.as_ref().map(|data| data.join(cases.to_string()));
    let temporary = args.place.folder()?;
    let folder = kept.unwrap_or_else(|| temporary.path().join("data"));
    let now: Moment = super::opening()?;
    if !seeded(&folder, cases).await? {
        seed(&folder, pack, cases, now).await?;
    }
    let office = open(&folder, pack, now).await?;
    let town = Town::of(pack);
    let readers = Arc::new(readers(&town));
    let mut out = Vec::new();
    for kind in KINDS {
        let load = Load { office: office.clone(), readers: readers.clone(), kind, now };
        // Caches fill first, as they have in a server that has been up for a minute.
        load.clone().all(args.clients, args.loads / 4).await?;
        let mut times = load.all(args.clients, args.loads).await?;
        out.push(percentile(&mut times));
        eprintln!("{cases} cases, {kind}: {:.2} ms", out.last().copied().unwrap_or(0.0));
    }
    office.close().await?;
    Ok(out)
}

fn percentile(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    let at = (times.len() * 99).div_ceil(100).saturating_sub(1);
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

async fn open(folder: &Path, pack: &Pack, now: Moment) -> Result<Office, Fault> {
    let settings = Settings {
        place: Target::Folder(folder.to_owned()),
        keys: folder.to_owned(),
        pack: pack.clone(),
        clock: OfficeClock::set_to(now),
        chance: Chance::Seeded([0x5e; 32]),
    };
    Ok(Office::open(settings).await?)
}

/// Whether the folder holds the whole town already.
async fn seeded(folder: &Path, cases: u64) -> Result<bool, Fault> {
    let Ok(store) = guiju_store::open(&Target::Folder(folder.to_owned()), Mode::Read).await else { return Ok(false) };
    let found = store.once(&seed::mark(cases)).await?.is_some();
    store.close().await;
    if found { Ok(true) } else { Err(format!("{} holds other data", folder.display()).into()) }
}

async fn seed(folder: &Path, pack: &Pack, cases: u64, now: Moment) -> Result<(), Fault> {
    let begun = Instant::now();
    let office = open(folder, pack, now).await?;
    let volume = office.volume().clone();
    firms(&office).await?;
    late::licences(&office).await?;
    office.close().await?;
    let store = guiju_store::open(&Target::Folder(folder.to_owned()), Mode::Write).await?;
    let fence = store.take_lease("bench", OfficeClock::System.now_ms()).await?;
    let keys = Keys::open_or_make(folder, &format!("guiju.example/{}", pack.id), &Chance::System)?;
    let mut seeder = Seeder::open(store.clone(), fence.clone(), keys, volume, now).await?;
    let bar = ProgressBar::new(cases);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta}") {
        bar.set_style(style.clone());
    }
    bar.set_message("办件 / cases");
    seed::town(&mut seeder, &Town::of(pack), cases, &|n| bar.set_position(n)).await?;
    seeder.finish().await?;
    bar.finish_and_clear();
    store.release_lease(&fence).await?;
    store.close().await;
    let office = open(folder, pack, now).await?;
    office.mark("seed_town", &seed::mark(cases), None).await?;
    office.close().await?;
    eprintln!("{cases} cases seeded in {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// The firms enter the register through the office.
async fn firms(office: &Office) -> Result<(), Fault> {
    let mut answers = Vec::new();
    for n in 0..town::FIRMS {
        let ask = EntryAsk {
            by: office.system(),
            register: "enterprises".to_owned(),
            key: town::firm(n),
            fields: Some(town::firm_entry(n)),
            secrets: Default::default(),
            files: Vec::new(),
            seen: None,
            done: None,
            origin: Origin::Own,
            once: None,
        };
        answers.push(office.hand_over_entry(ask, None).await?);
    }
    for answer in answers {
        if let guiju_office::Answer::Refused(refusal) = answer.await?? {
            return Err(format!("a firm was refused: {}", refusal.why.zh).into());
        }
    }
    Ok(())
}

/// Who looks: the request centre, which has the longest desk and sees everything, and the units.
fn readers(town: &Town) -> Vec<Person> {
    let centre = person(ActorKind::Officer, "bench-dispatcher", Some(CENTRE), &["dispatcher", "officer"], None);
    let unit = |path: &String| person(ActorKind::Officer, "bench-handler", Some(path), &["handler", "officer"], None);
    std::iter::once(centre).chain(town.units().iter().map(unit)).collect()
}

/// Words of two characters, as common and as rare as people's are.
const WORDS: [&str; 8] = ["贷款", "补助", "光纤", "工厂", "停机", "轴承", "执照", "供电"];

/// Loads of one kind.
#[derive(Clone)]
struct Load {
    office: Office,
    readers: Arc<Vec<Person>>,
    kind: &'static str,
    now: Moment,
}

impl Load {
    /// So many loads by so many clients at once; answers how long each took.
    async fn all(self, clients: u64, loads: u64) -> Result<Vec<Duration>, Fault> {
        let tasks: Vec<_> = (0..clients).map(|client| tokio::spawn(self.clone().some(client, loads))).collect();
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await??);
        }
        Ok(times)
    }

    async fn some(self, client: u64, loads: u64) -> Result<Vec<Duration>, Fault> {
        let mut dice = Dice::of(client + 1);
        let ids = self.ids(&mut dice, loads).await?;
        let mut times = Vec::new();
        for (n, id) in (0..loads).zip(ids) {
            // Every other load is the request centre's: its desk is the longest and it may see every case.
            let reader = if n % 2 == 0 { 0 } else { dice.below(self.readers.len() as u64) };
            let Some(reader) = usize::try_from(reader).ok().and_then(|at| self.readers.get(at)) else { continue };
            let begun = Instant::now();
            let word = dice.below(WORDS.len() as u64);
            self.one(reader, id, word, &mut dice).await?;
            times.push(begun.elapsed());
        }
        Ok(times)
    }

    /// Which case files are opened: found by their numbers beforehand, as a list would have named them.
    async fn ids(&self, dice: &mut Dice, loads: u64) -> Result<Vec<u64>, Fault> {
        let mut ids = Vec::new();
        let newest = self.office.store().position(guiju_store::Log::Events).await?.size;
        while self.kind == "case" && (ids.len() as u64) < loads {
            let before = dice.below(newest).max(town::FIRMS + 2);
            let found = self.office.store().case_list(None, Some(before), 1).await?;
            ids.extend(found.first().map(|row| row.id));
        }
        ids.resize(usize::try_from(loads)?, 0);
        Ok(ids)
    }

    async fn one(&self, reader: &Person, id: u64, word: u64, dice: &mut Dice) -> Result<(), Fault> {
        match self.kind {
            "inbox" => drop(self.office.inbox(reader, &InboxAsk { limit: 50, ..InboxAsk::default() }).await?),
            "alarms" => {
                let leader = person(ActorKind::Officer, "bench-leader", Some("jh-miit/leadership"), &["leader"], None);
                if self.office.alarms(&leader).await?.is_empty() {
                    return Err("nothing is overdue in the town".into());
                }
            }
            "case" => {
                // The request centre may open every file.
                let reader = self.readers.first().cloned().ok_or("nobody reads")?;
                drop(self.office.case_view(&Viewer::Person(reader), id).await?);
            }
            "counts" => drop(self.counts(reader).await?),
            "publications" => drop(self.office.published(&self.somewhere(dice)).await?),
            "publications/firm" => {
                let words = format!("第{}有限公司", dice.below(town::FIRMS));
                drop(self.office.published(&PublishedAsk { words, limit: 50, ..PublishedAsk::default() }).await?);
            }
            _ => {
                let word = usize::try_from(word).ok().and_then(|at| WORDS.get(at)).copied().unwrap_or("贷款");
                drop(self.office.search(reader, word, None).await?);
            }
        }
        Ok(())
    }

    /// A page of the public list: every other one the first, the others from any day of the past year; half of them of one kind.
    fn somewhere(&self, dice: &mut Dice) -> PublishedAsk {
        const DAY: i64 = 86_400_000;
        let back = i64::try_from(dice.below(365)).unwrap_or(0).saturating_mul(DAY);
        let place = PublicationCursor { at: to_millis(self.now) - back, case_id: 0, what: String::new() };
        PublishedAsk {
            kind: (dice.below(2) == 0).then(|| "penalty".to_owned()),
            after: (dice.below(2) == 0).then_some(place),
            limit: 50,
            ..PublishedAsk::default()
        }
    }

    /// The four bands of a desk, cut at moments in the middle of days.
    async fn counts(&self, reader: &Person) -> Result<guiju_store::BandCounts, Fault> {
        let now = to_millis(self.now);
        let (tomorrow, third) = (now + 15 * 3_600_000, now + 3 * 86_400_000);
        let band = |from, until| Band { from, until };
        let bands = [
            band(None, Some(now)),
            band(Some(now), Some(tomorrow)),
            band(Some(tomorrow), Some(third)),
            band(Some(third), None),
        ];
        let (organ, unit) = reader.organ.as_deref().zip(reader.unit.as_deref()).ok_or("nobody's desk")?;
        Ok(self.office.store().band_counts(organ, unit, &bands).await?)
    }
}
