//! How many records a second does a store take, and how fast does it answer? Prints rates of this machine; promises nothing.
//!
//! `cargo run --release -p guiju-store --example rates -- FOLDER|postgres://… [RECORDS] [BATCH]`

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use guiju_kernel::rows::{CaseRow, HoldingRow, NumberRow, TimerRow};
use guiju_store::{
    Band, Batch, Fence, InboxQuery, Mode, RowChange, SearchDoc, Store, StoredRecord, Target, open, scope_token,
};
use serde_json::json;

const START: i64 = 1_704_067_200_000;
const HOUR: i64 = 3_600_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let place = arguments.first().cloned().ok_or("usage: rates FOLDER|URL [RECORDS] [BATCH]")?;
    let number = |at: usize, default: u64| arguments.get(at).map_or(Ok(default), |text| text.parse());
    let (records, batch) = (number(1, 100_000)?, number(2, 1_000)?);
    let target = if place.starts_with("postgres") { Target::Postgres(place) } else { Target::Folder(place.into()) };
    let store = open(&target, Mode::Write).await?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let fence = store.take_lease("rates", now).await?;
    let shape = Shape {
        // Records a case: 10 tries commits that move cases, 1 fills a large store.
        steps: std::env::var("STEPS").map_or(Ok(10), |text| text.parse())?,
        searching: std::env::var_os("SEARCH").is_some(),
    };

    let base = store.position(guiju_store::Log::Events).await?.size;
    let (mut took, mut worked) = (0.0, 0.0);
    // Built beforehand, a hundred at a time, so that only the store's work is timed.
    for start in (0..records).step_by(usize::try_from(batch * 100)?) {
        let end = (start + batch * 100).min(records);
        let batches: Vec<Batch> = (start..end)
            .step_by(usize::try_from(batch)?)
            .map(|at| work(base, at, (at + batch).min(end), shape))
            .collect();
        let (begun, before) = (Instant::now(), processor_seconds());
        for batch in &batches {
            store.commit(&fence, batch).await?;
        }
        took += begun.elapsed().as_secs_f64();
        worked += processor_seconds() - before;
    }
    println!("commits of {batch}: {:.0} records a second", records as f64 / took);
    println!("  {:.0} records a processor second of this process", records as f64 / worked);

    let base = base + records;
    let singles = 500;
    let begun = Instant::now();
    for at in 0..singles {
        store.commit(&fence, &work(base, at, at + 1, shape)).await?;
    }
    println!("commits of 1: {:.0} records a second", singles as f64 / begun.elapsed().as_secs_f64());
    if std::env::var_os("NOREADS").is_none() {
        reads(&store, base).await?;
    }
    store.release_lease(&fence as &Fence).await?;
    let begun = Instant::now();
    store.close().await;
    println!("close: {:?}", begun.elapsed());
    Ok(())
}

/// Processor time used so far by all threads, from `/proc` in hundredths of a second; 0 where there is no such thing.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_ascii_whitespace();
    fields.skip(11).take(2).map(|ticks| ticks.parse::<u32>().map_or(0.0, f64::from)).sum::<f64>() / 100.0
}

#[derive(Clone, Copy)]
struct Shape {
    steps: u64,
    searching: bool,
}

/// Some records a case: the first opens it, each moves it, the last closes it.
fn work(base: u64, from: u64, until: u64, shape: Shape) -> Batch {
    let mut batch = Batch::default();
    let held = |id: u64, step: u64| HoldingRow {
        case_id: id,
        part: 0,
        organ: "bureau".into(),
        unit: format!("unit-{}", id % 20),
        person: (step > 2).then(|| format!("officer-{}", id % 97)),
        open: u8::from(step + 1 < shape.steps || id.is_multiple_of(50)),
        due: Some(START + (id as i64) * 90_000 + 72 * HOUR),
    };
    let mut last: std::collections::BTreeMap<u64, u64> = Default::default();
    for at in from..until {
        // Cases run side by side, a thousand at a time: a batch of 1,000 touches 1,000 cases.
        let (round, within) = (at / (1000 * shape.steps), at % (1000 * shape.steps));
        let (id, step) = (base + round * 1000 * shape.steps + within % 1000, within / 1000);
        let seq = base + at;
        let done = START + (seq as i64) * 9_000;
        batch.records.push(StoredRecord {
            seq,
            case_id: Some(id),
            act: format!("act-{step}"),
            state: Some(format!("state-{step}")),
            done,
            recorded: done,
            bytes: format!("{{\"act\":\"act-{step}\",\"text\":\"{}\"}}", "诉求办理".repeat(70)),
            salt: [7; 32],
        });
        batch.count_holding((step > 0).then(|| held(id, step - 1)).as_ref(), Some(&held(id, step)));
        last.insert(id, step);
    }
    for (id, step) in last {
        let open = held(id, step);
        batch.rows.push(RowChange::Case(Box::new(case_row(id, step, base))));
        for name in ["contact", "remind"] {
            let row = TimerRow { case_id: id, name: name.into(), at: open.due.unwrap_or(0) - step as i64 };
            batch.rows.push(RowChange::Timer {
                case_id: id,
                name: name.into(),
                row: (step + 1 < shape.steps).then_some(row),
            });
        }
        if shape.searching && step == 0 {
            let text = format!("某企业反映厂区供电不稳，影响生产 编号{id} 区{} 街{}", id % 13, id % 1009).repeat(3);
            let scope = scope_token("bureau", &open.unit);
            batch
                .search
                .push(SearchDoc { case_id: id, tokens: Some(format!("{} {scope}", guiju_text::index_text(&text))) });
        }
        batch.rows.push(RowChange::Holding(open));
    }
    batch.rows.push(RowChange::Number(NumberRow { series: "GX".into(), last: base + until }));
    batch.heads.push((guiju_store::Log::Events, base + until, "note".repeat(60)));
    batch
}

fn case_row(id: u64, step: u64, base: u64) -> CaseRow {
    CaseRow {
        id,
        number: format!("GX{id:012}"),
        procedure: "request".into(),
        pack: "a".repeat(64),
        state: format!("state-{step}"),
        outcome: None,
        subject: Some(format!("party-{}", id % 5000)),
        organ: "bureau".into(),
        origin_system: None,
        origin_number: None,
        origin_batch: None,
        opened: START,
        ended: None,
        version: base + step,
        level: 0,
        round: 0,
        headline: "某企业反映厂区供电不稳".into(),
        doc: json!({"fields": {"text": "厂区供电不稳，影响生产。".repeat(20)}, "clocks": {"contact": {"start": START}}}),
    }
}

async fn reads(store: &Arc<dyn Store>, base: u64) -> Result<(), Box<dyn std::error::Error>> {
    let now = START + (base as i64) * 9_000;
    let inbox = InboxQuery {
        organ: "bureau".into(),
        unit: "unit-0".into(),
        person: None,
        procedure: None,
        state: None,
        band: None,
        after: None,
        limit: 50,
    };
    let bands: Vec<Band> = [(None, Some(now)), (Some(now), Some(now + 24 * HOUR)), (Some(now + 24 * HOUR), None)]
        .map(|(from, until)| Band { from, until })
        .into();
    let scope = scope_token("bureau", "unit-0");
    for round in 0..2 {
        let begun = Instant::now();
        let steps = store.steps("request", u64::MAX >> 1).await?.len();
        println!("steps: {steps} in {:?}", begun.elapsed());
        let time = |what: &str, begun: Instant, n: usize| {
            if round == 1 {
                println!("{what}: {:?} each, {n} rows", begun.elapsed() / 20);
            }
        };
        macro_rules! timed {
            ($what:literal, $call:expr, $count:expr) => {
                let begun = Instant::now();
                let mut n = 0;
                for _ in 0..20 {
                    n = $count($call.await?);
                }
                time($what, begun, n);
            };
        }
        timed!("case", store.case(base.saturating_sub(10_000) / 10_000 * 10_000), |case: Option<_>| usize::from(
            case.is_some()
        ));
        timed!("inbox", store.inbox(&inbox), |page: guiju_store::InboxPage| page.rows.len());
        timed!("counts", store.band_counts("bureau", "unit-0", &bands), |counts: guiju_store::BandCounts| {
            counts.bands.iter().sum::<u64>() as usize
        });
        for (what, text) in [("common", "供电"), ("rare", "街77"), ("one", "供"), ("none", "无此")] {
            for scope in [None, Some(scope.as_str())] {
                let query = guiju_text::query_tokens(text);
                let begun = Instant::now();
                let mut hits = 0;
                for _ in 0..20 {
                    hits = store.search(&query, scope, None, 50).await?.counted;
                }
                time(&format!("search {what} {scope:?}"), begun, hits as usize);
            }
        }
    }
    Ok(())
}
