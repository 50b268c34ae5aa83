//! How long does the law checker take: over every shipped procedure, and over one whose proof needs 2^n nodes?
//!
//! Each constraint of the shipped pack is decided over each procedure that it binds, without going through the proofs again. The
//! synthetic procedure has n flags that are set in any order; a decision without a review is lawful only with all of them, so that
//! no flag can be left out of sight. Its bound is a bare walk over the same number of nodes and steps.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Instant;

use clap::Args;
use guiju_kernel::checker::{Verdict, World, check};
use guiju_kernel::constraint::{Constraint, Demand};
use guiju_kernel::procedure::definition::{
    Act, Field, FieldKind, InForce, Procedure, State, Subject, Text, Visibility,
};
use guiju_kernel::procedure::guard::{Guard, Test};
use guiju_pack::Pack;
use serde_json::Value;

use super::Row;
use crate::Fault;

#[derive(Args, Debug)]
pub struct LawArgs {
    /// Flags of the synthetic procedure: its proof needs 2^n nodes / 合成程序的标志数
    #[arg(long, default_value_t = 17, value_parser = clap::value_parser!(u8).range(1..=18))]
    flags: u8,
    /// One JSON document on stdout / 以 JSON 输出
    #[arg(long)]
    pub json: bool,
}

/// Runs the benchmark.
///
/// # Errors
/// When the shipped pack is broken, or a verdict comes out otherwise than it should.
pub fn run(args: &LawArgs) -> Result<Vec<Row>, Fault> {
    let mut rows = shipped()?;
    let (procedure, facts) = (synthetic(args.flags)?, facts(args.flags));
    let params = BTreeMap::new();
    let began = Instant::now();
    let finding = check(&procedure, &reviewed(), World { facts: &facts, params: &params });
    let took = began.elapsed().as_secs_f64();
    if finding.verdict != Verdict::Holds {
        return Err(format!("the synthetic procedure should keep its constraint: {}", finding.why.en).into());
    }
    let (began, nodes) = (Instant::now(), bare_walk(args.flags));
    let bound = began.elapsed().as_secs_f64();
    let of = |what: &str| format!("law/synthetic/{}{what}", finding.proof.nodes.len());
    rows.push(Row::new(of(""), took, "s").beside(bound));
    rows.push(Row::new(format!("law/bound/{nodes}"), bound, "s"));
    Ok(rows)
}

fn shipped() -> Result<Vec<Row>, Fault> {
    let pack = crate::data::pack(None)?;
    let (facts, params) = (pack.facts(), pack.param_values());
    let world = World { facts: &facts, params: &params };
    let (began, mut slowest, mut verdicts) = (Instant::now(), 0.0_f64, 0_u32);
    for procedure in &pack.procedures {
        let one = Instant::now();
        verdicts += u32::try_from(decide(&pack, procedure, world)?)?;
        slowest = slowest.max(one.elapsed().as_secs_f64());
    }
    let all = began.elapsed().as_secs_f64();
    Ok(vec![
        Row::new("law/shipped".to_owned(), all, "s"),
        Row::new("law/shipped/slowest".to_owned(), slowest, "s"),
        Row::new("law/shipped/verdicts".to_owned(), f64::from(verdicts), "verdicts"),
    ])
}

fn decide(pack: &Pack, procedure: &Procedure, world: World<'_>) -> Result<usize, Fault> {
    let mut count = 0;
    for constraint in pack.constraints_on(procedure) {
        let finding = check(procedure, constraint, world);
        if finding.verdict == Verdict::Violated {
            return Err(format!("{} violates {}", procedure.id, constraint.id).into());
        }
        count += 1;
    }
    Ok(count)
}

fn flag(at: u8) -> String {
    format!("flag_{at}")
}

fn set(at: u8) -> Guard {
    Guard::Field { name: flag(at), is: Test::Is(Value::Bool(true)) }
}

/// The fact `complete`: every flag is set.
fn facts(flags: u8) -> BTreeMap<String, Guard> {
    let term = |at| Guard::Term { name: flag(at), is: Test::Is(Value::Bool(true)) };
    BTreeMap::from([("complete".to_owned(), Guard::All((0..flags).map(term).collect()))])
}

/// Where not every flag is set, no decision without a review.
fn reviewed() -> Constraint {
    Constraint {
        id: "reviewed-unless-complete".to_owned(),
        title: Text::default(),
        statute: "bench".to_owned(),
        article: "1".to_owned(),
        in_force: InForce { from: jiff::civil::Date::constant(2024, 1, 1), until: None },
        only: Vec::new(),
        condition: Guard::Not(Box::new(Guard::Fact("complete".to_owned()))),
        once: None,
        waived_by: None,
        demand: Demand::Before { first: "review".to_owned(), then: "decide".to_owned() },
        keeps: Vec::new(),
        breaks: Vec::new(),
    }
}

fn synthetic(flags: u8) -> Result<Procedure, Fault> {
    let named = |name: &str| Act { name: name.to_owned(), tags: vec![name.to_owned()], ..Act::default() };
    let in_open = |act: Act| Act { from: vec![("open".to_owned(), Guard::Always)], ..act };
    let mut acts = vec![Act { to: Some("open".to_owned()), ..named("begin") }];
    acts.extend((0..flags).map(|at| {
        let sets = BTreeMap::from([(flag(at), Value::Bool(true))]);
        in_open(Act { sets, ..named(&format!("set_{at}")) })
    }));
    acts.push(in_open(named("review")));
    let complete = Guard::All((0..flags).map(set).collect());
    let reviewed = Guard::ActDone { name: "review".to_owned(), times: 1 };
    let when = Guard::Any(vec![reviewed, complete]);
    acts.push(Act { to: Some("closed".to_owned()), ..in_open(Act { when, ..named("decide") }) });
    let state = |name: &str, start: bool, end: Option<&str>| State {
        name: name.to_owned(),
        title: Text::default(),
        start,
        end: end.map(str::to_owned),
        holder: None,
    };
    let field = |at| Field {
        name: flag(at),
        title: Text::default(),
        hint: None,
        kind: FieldKind::Flag,
        visible: Visibility::Staff,
        required_from: None,
        validate: Vec::new(),
        template: None,
        columns: Vec::new(),
    };
    Ok(Procedure {
        id: "synthetic".to_owned(),
        realizes: None,
        title: Text::default(),
        in_force: InForce { from: "2024-01-01".parse()?, until: None },
        number: String::new(),
        subject: Subject::Nothing,
        headline: flag(0),
        fields: (0..flags).map(field).collect(),
        terms: (0..flags).map(|at| (flag(at), flag(at))).collect(),
        states: vec![state("open", true, None), state("closed", false, Some("closed"))],
        acts,
        clocks: Vec::new(),
        timers: Vec::new(),
        courier: Vec::new(),
    })
}

/// Every set of flags, reached one flag at a time.
fn bare_walk(flags: u8) -> usize {
    let (mut seen, mut open) = (HashSet::from([0_u32]), VecDeque::from([0_u32]));
    while let Some(node) = open.pop_front() {
        open.extend((0..flags).map(|at| node | 1 << at).filter(|next| seen.insert(*next)));
    }
    seen.len()
}
