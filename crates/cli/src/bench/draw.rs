//! How long does a draw take, beside the bare HKDF outputs that it cannot do without?
//!
//! The bound is one HKDF-Expand for each candidate, each inspector and each pairing that was looked at, and nothing else.

use std::time::Instant;

use clap::Args;
use guiju_kernel::draw::quota::{Rule, Stratum};
use guiju_kernel::draw::snapshot::{Card, Inspector, Inspectors, Target};
use guiju_kernel::draw::source::commitment;
use guiju_kernel::draw::{Input, Key, Kind, Proof, Reveal, Snapshot, Source, examine};
use guiju_kernel::procedure::definition::Text;
use sha2::{Digest, Sha256};

use super::Row;
use crate::Fault;

#[derive(Args, Debug)]
pub struct DrawArgs {
    /// Targets in the pool / 检查对象库的大小
    #[arg(long, default_value_t = 100_000)]
    pool: u64,
    /// Targets to draw / 抽取对象数
    #[arg(long, default_value_t = 200)]
    targets: u64,
    /// Inspectors in the pool / 检查人员库的大小
    #[arg(long, default_value_t = 500)]
    officers: u64,
    /// Inspectors to draw / 抽取人员数
    #[arg(long, default_value_t = 40)]
    inspectors: u64,
    /// Runs; the middle one counts / 测量次数
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// One JSON document on stdout / 以 JSON 输出
    #[arg(long)]
    pub json: bool,
}

const AREAS: [&str; 4] = ["energy", "radio", "materials", "software"];

/// Runs the benchmark.
///
/// # Errors
/// When the pool is too small for what is to be drawn.
pub fn run(args: &DrawArgs) -> Result<Vec<Row>, Fault> {
    let input = input(args);
    let (mut draws, mut checks, mut bounds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..args.rounds.max(1) {
        let asked = input.clone();
        let began = Instant::now();
        let proof = asked.proof()?;
        draws.push(began.elapsed().as_secs_f64());
        let bytes = proof.to_bytes()?;
        let began = Instant::now();
        examine(&bytes)?.verdict?;
        checks.push(began.elapsed().as_secs_f64());
        bounds.push(bound(&proof));
    }
    let [draw, check, bound] = [draws, checks, bounds].map(middle);
    let name = |what: &str| format!("draw/{what}{}/{}", args.targets, args.pool);
    Ok(vec![
        Row::new(name(""), draw, "s").beside(bound),
        Row::new(name("verify/"), check, "s").beside(bound),
        Row::new(name("bound/"), bound, "s"),
    ])
}

fn middle(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or_default()
}

/// The seconds that the outputs alone take.
fn bound(proof: &Proof) -> f64 {
    let key = Key::extract(b"code", b"randomness");
    let began = Instant::now();
    let mut lowest = None;
    let mut look = |label: &[&[u8]]| lowest = lowest.max(Some(key.position(label)));
    for target in &proof.snapshot.targets {
        look(&[target.label.as_bytes()]);
    }
    for one in proof.snapshot.inspectors.iter().flat_map(|pool| &pool.pool) {
        look(&[one.label.as_bytes()]);
    }
    for place in &proof.result.places {
        for member in &proof.result.team {
            look(&[place.target.as_bytes(), b"\t", member.label.as_bytes()]);
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    if lowest.is_some() { seconds } else { 0.0 }
}

fn digest(word: &str) -> String {
    Sha256::digest(word).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Targets of three risk classes and four areas; officers of two areas each, some recused.
fn input(args: &DrawArgs) -> Input {
    let area =
        |number: u64| AREAS.into_iter().cycle().nth(usize::try_from(number % 4).unwrap_or(0)).unwrap_or("energy");
    let label = |number: u64| format!("91370100{number:010}");
    let target = |number: u64| Target {
        label: label(number),
        stratum: if number.is_multiple_of(10) {
            "high"
        } else if number.is_multiple_of(3) {
            "middle"
        } else {
            "low"
        }
        .into(),
        area: Some(area(number).to_owned()),
    };
    let officer = |number: u64| Inspector {
        label: format!("officer {number:04}"),
        card: Card { number: format!("card {number:04}"), from: "2024-01-01".into(), until: "2029-01-01".into() },
        areas: vec![area(number).to_owned(), area(number + 1).to_owned()],
        recused: vec![label(number), label(number * 7)],
    };
    let stratum =
        |(id, share): (&str, u64)| Stratum { id: id.into(), title: Text { zh: id.into(), en: id.into() }, share };
    let (id, at) = ("bench", "2026-03-05T21:15:00.000+08:00");
    let (number, salt) = ("20260301", digest("salt"));
    let witness = Kind::Witness { digits: 8, commitment: commitment(id, "witness", number, &salt) };
    let drand = Kind::Drand { chain: digest("chain"), round: 1, at: at.into() };
    let source = |id: &str, kind| Source { id: id.into(), holder: id.into(), kind };
    let code: [u8; 32] = Sha256::digest("code").into();
    let snapshot = Snapshot {
        id: id.into(),
        title: Text { zh: id.into(), en: id.into() },
        organ: "bench".into(),
        fixed: "2026-03-01T09:00:00.000+08:00".into(),
        rule: Rule::LargestRemainder { total: args.targets },
        strata: [("high", 5), ("middle", 3), ("low", 1)].map(stratum).to_vec(),
        targets: (0..args.pool).map(target).collect(),
        excluded: Vec::new(),
        inspectors: Some(Inspectors {
            on: "2026-03-10".into(),
            per_target: 2,
            team: Some(args.inspectors),
            pool: (0..args.officers).map(officer).collect(),
            excluded: Vec::new(),
        }),
        sources: vec![source("witness", witness), source("drand", drand)],
        code: code_commitment(&code),
    };
    let reveals = vec![
        Reveal { source: "witness".into(), value: number.into(), salt: Some(salt) },
        Reveal { source: "drand".into(), value: digest("round"), salt: None },
    ];
    Input { snapshot, reveals, code: digest("code"), substitutions: Vec::new(), recorded: None }
}

fn code_commitment(code: &[u8; 32]) -> String {
    Sha256::digest(code).iter().map(|byte| format!("{byte:02x}")).collect()
}
