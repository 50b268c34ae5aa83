//! `guiju spectrum match FILE --register FILE.csv`: measured signals against a register of assignments.
//!
//! Exit status 1 when a signal does not conform. A register with a wrong row is refused: a station whose row was left out would be called
//! unlicensed. Overlapping assignments are told; none of them is chosen silently.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use guiju_kernel::procedure::definition::Field;
use guiju_office::radio_rules;
use guiju_pack::Pack;
use guiju_spectrum::complaint::Complaint;
use guiju_spectrum::licence::{Assignment, Columns, FIELDS, Register, read};
use guiju_spectrum::matching::{
    Candidate, MatchRules, Outcome, Receiving, Signal, match_one, predicted_dbuv_m, read_signals,
};
use guiju_spectrum::propagation::Curves;
use guiju_spectrum::read::Clock;
use serde_json::{Value, json};

use super::{opened, text_of, told_of};
use crate::Fault;

/// The register of the pack whose headings an exported register has.
const REGISTER: &str = "assignments";
/// So many pairs of overlapping assignments are named.
const OVERLAPS_MOST: usize = 1_000;

#[derive(Args, Debug)]
pub struct MatchArgs {
    /// Signals: CSV with time, centre_hz, bandwidth_hz, bin_hz, snr_db, latitude, longitude, field_dbuv_m / 信号表
    file: PathBuf,
    /// Frequency assignments: CSV with the headings of the register / 频率指配台账（CSV）
    #[arg(long, value_name = "FILE")]
    register: PathBuf,
    /// Rules as JSON instead of those of the pack / 比对参数（JSON），默认用法规包的
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Curves of ITU-R P.1546-6 as CSV; without them fields are not judged / 场强曲线表
    #[arg(long, value_name = "FILE")]
    curves: Option<PathBuf>,
    /// Height of the receiver's antenna above ground in m / 接收天线高度（米）
    #[arg(long, default_value_t = 10.0)]
    antenna_m: f64,
    /// Height of what stands around it in m / 周围遮挡高度（米）
    #[arg(long, default_value_t = 10.0)]
    clutter_m: f64,
    #[arg(long)]
    json: bool,
}

/// Side of the square over which places vary in P.1546, in m.
const SQUARE_M: f64 = 500.0;

pub fn run(args: &MatchArgs) -> Result<ExitCode, Fault> {
    let pack = Pack::embedded().map_err(|complaints| format!("{complaints:?}"))?;
    let rules = match &args.rules {
        None => radio_rules(&pack)?.matching,
        Some(file) => rules_of(file)?,
    };
    let register = register_of(&args.register, &pack)?;
    let (signals, left_out) =
        read_signals(opened(&args.file)?, &Clock::beijing()).map_err(|told| told_of(&args.file, told))?;
    for told in &left_out {
        eprintln!("guiju: {}", told_of(&args.file, told.clone()));
    }
    if signals.is_empty() {
        let (zh, en) = ("没有可用的信号行", "no usable row of a signal is left");
        return Err(format!("{}: {zh} / {en}", args.file.display()).into());
    }
    let curves = args.curves.as_ref().map(|file| curves_of(file)).transpose()?;
    let receiving = Receiving { height_m: args.antenna_m, clutter_m: args.clutter_m, square_m: SQUARE_M };
    let predict = |one: &Assignment, km: f64| predicted_dbuv_m(curves.as_ref()?, &receiving, one, km);
    let judged: Vec<(u64, Signal, Outcome)> = signals
        .into_iter()
        .map(|(line, signal)| (line, signal, match_one(&signal, &register, &rules, Some(&predict))))
        .collect();
    let overlaps = register.overlaps(rules.reach_km, OVERLAPS_MOST);
    if args.json {
        println!("{}", as_json(&judged, &register, &overlaps, &rules, &left_out));
    } else {
        as_text(&judged, &register, &overlaps);
    }
    let conform = judged.iter().all(|(_, _, outcome)| matches!(outcome, Outcome::Conforming { .. }));
    Ok(if conform { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn rules_of(file: &Path) -> Result<MatchRules, Fault> {
    serde_json::from_str(&text_of(file)?).map_err(|fault| {
        let (zh, en) = ("比对参数读不懂，请对照示例更正", "the rules cannot be read; compare them with the example");
        format!("{}: {zh}（{fault}） / {en} ({fault})", file.display()).into()
    })
}

fn curves_of(file: &Path) -> Result<Curves, Fault> {
    let named = file.display().to_string();
    Curves::read(&text_of(file)?, &named).map_err(|fault| format!("{} / {fault}", fault.zh()).into())
}

/// Every wrong row is told, then the command ends.
fn register_of(file: &Path, pack: &Pack) -> Result<Register, Fault> {
    let all = read(opened(file)?, &headings(pack), &Clock::beijing()).map_err(|wrong| -> Fault {
        let lines: Vec<String> = wrong.into_iter().map(|told| told_of(file, told).to_string()).collect();
        lines.join("\n").into()
    })?;
    let (register, refused) = Register::new(all);
    if let Some(one) = refused.first() {
        let id = &one.id;
        return Err(format!("{}: 指配`{id}`的频率不成立 / the frequencies of `{id}` cannot be", file.display()).into());
    }
    Ok(register)
}

/// The headings under which each field of an assignment may stand: its name, its titles and the other headings that the pack gives it.
fn headings(pack: &Pack) -> Columns {
    let fields: &[Field] = pack.register(REGISTER).map_or(&[], |register| &register.fields);
    let of = |name: &str| {
        let mut names = vec![name.to_owned()];
        if let Some(field) = fields.iter().find(|field| field.name == name) {
            names.extend([field.title.zh.clone(), field.title.en.clone()]);
            names.extend(field.columns.iter().cloned());
        }
        names
    };
    Columns { names: FIELDS.map(of) }
}

/// What an outcome is made of: the best candidate, and the others.
fn parts(outcome: &Outcome) -> (Option<&Candidate>, &[Candidate]) {
    match outcome {
        Outcome::Conforming { best, others } | Outcome::Deviating { best, others } => (Some(best), others),
        Outcome::Unlicensed { expired } => (None, expired),
    }
}

fn named(register: &Register, at: usize) -> (&str, &str) {
    register.all().get(at).map_or(("", ""), |one| (one.id.as_str(), one.name.as_str()))
}

fn candidate(one: &Candidate, register: &Register) -> Value {
    let (id, name) = named(register, one.assignment);
    let deviations = one.deviations.iter().map(|what| json!({"deviation": what, "zh": what.zh(), "en": what.en()}));
    json!({
        "id": id,
        "name": name,
        "off_hz": one.off_hz,
        "distance_km": one.distance_km,
        "field_judged": one.field_judged,
        "deviations": deviations.collect::<Vec<_>>(),
    })
}

fn as_json(
    judged: &[(u64, Signal, Outcome)],
    register: &Register,
    overlaps: &[(usize, usize)],
    rules: &MatchRules,
    left_out: &[Complaint],
) -> Value {
    let signals = judged.iter().map(|(line, signal, outcome)| {
        let (best, others) = parts(outcome);
        let (zh, en) = outcome.title();
        let kind = match outcome {
            Outcome::Conforming { .. } => "conforming",
            Outcome::Deviating { .. } => "deviating",
            Outcome::Unlicensed { .. } => "unlicensed",
        };
        json!({
            "line": line, "signal": signal, "outcome": kind, "zh": zh, "en": en,
            "best": best.map(|one| candidate(one, register)),
            "others": others.iter().map(|one| candidate(one, register)).collect::<Vec<_>>(),
        })
    });
    let id = |at: usize| named(register, at).0;
    json!({
        "rules": rules,
        "assignments": register.len(),
        "signals": signals.collect::<Vec<_>>(),
        "overlaps": overlaps.iter().map(|(one, other)| [id(*one), id(*other)]).collect::<Vec<_>>(),
        "left_out": left_out.iter().map(|told| json!({"zh": told.zh(), "en": told.to_string()})).collect::<Vec<_>>(),
    })
}

fn as_text(judged: &[(u64, Signal, Outcome)], register: &Register, overlaps: &[(usize, usize)]) {
    for (line, signal, outcome) in judged {
        let (best, others) = parts(outcome);
        let (zh, en) = outcome.title();
        let (id, name) = best.map_or(("", ""), |one| named(register, one.assignment));
        println!(
            "{:>12.4} MHz  +{:.1} dB  {zh} / {en}  {id} {name}  (line {line})",
            signal.centre_hz / 1e6,
            signal.snr_db
        );
        for what in best.iter().flat_map(|one| &one.deviations) {
            println!("{:17}{} / {}", "", what.zh(), what.en());
        }
        if signal.field_dbuv_m.is_some() && best.is_some_and(|one| !one.field_judged) {
            println!(
                "{:17}场强未评判（缺曲线、位置、功率或高度） / the field was not judged (no curves, place, power or height)",
                ""
            );
        }
        let told = if best.is_some() { "也可能是 / or" } else { "当时无效 / not valid then" };
        for other in others {
            let (id, name) = named(register, other.assignment);
            println!("{:17}{told}: {id} {name}", "");
        }
    }
    for (one, other) in overlaps {
        let (one, other) = (named(register, *one).0, named(register, *other).0);
        println!("台账重叠：{one} 与 {other} / the register overlaps: {one} and {other}");
    }
}
