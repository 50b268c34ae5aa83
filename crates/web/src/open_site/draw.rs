//! Was this draw what it says? Anybody may bring a proof; with scripts it never leaves the browser, without them the kernel looks.
//!
//! Nothing of it is kept. The words stand here and in the kernel's table; the script takes them from the page.

use askama::Template;
use axum::extract::{Request, State};
use axum::response::Response;
use guiju_kernel::draw::{Examined, Kind, Of, Place, Recorded, Snapshot, Source, What, examine};

use tokio::sync::Semaphore;

use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::intake::{self, FileRule};
use crate::lang::Lang;
use crate::page::{download, page};
use crate::visit::Visit;

/// A pool of a hundred thousand makes about ten megabytes.
const PROOF_MAX: u64 = 32 * 1024 * 1024;
/// Proofs are checked one after the other: each may take seconds of computing and some hundred megabytes.
static CHECKING: Semaphore = Semaphore::const_new(1);
/// How many mismatches, and rows of the order, are shown.
const MISMATCHES_SHOWN: usize = 20;
const ORDER_SHOWN: usize = 200;

struct Table {
    title: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

struct Shown {
    mismatches: Vec<String>,
    facts: Vec<(String, String)>,
    tables: Vec<Table>,
}

#[derive(Template)]
#[template(path = "public/draw.html")]
struct DrawPage {
    f: Frame,
    most: u64,
    fault: Option<String>,
    unread: bool,
    shown: Option<Shown>,
    /// The kernel's sentences and the page's words, for the script.
    sentences: Vec<(&'static str, &'static str)>,
    words: Vec<(&'static str, &'static str)>,
}

/// The page's words: what the script looks up, Chinese, English.
const WORDS: &[(&str, &str, &str)] = &[
    ("working", "正在重新抽取……", "Drawing again…"),
    ("choose", "请先选择证明文件", "Choose the proof file first"),
    ("more", "还有 {n} 处", "{n} more"),
    ("draw", "抽取", "Draw"),
    ("organ", "机关", "Organ"),
    ("fixed", "名单封存时间", "Pool fixed"),
    ("hash", "名单快照摘要", "Hash of the pool snapshot"),
    ("pool", "名单", "Pool"),
    ("struck", "排除", "Struck"),
    ("drawn", "抽中", "Drawn"),
    ("places", "抽中的对象和检查人员", "Targets drawn and their inspectors"),
    ("standing", "替补后的结果", "The result after substitutions"),
    ("substitutes", "替补", "Substitutions"),
    ("excluded", "事先排除的候选", "Candidates struck beforehand"),
    ("sources", "随机数来源", "Sources of randomness"),
    ("order", "排序（前 {n} 名）", "The order (first {n})"),
    ("number", "序号", "No."),
    ("target", "检查对象", "Target"),
    ("class", "风险等级", "Risk class"),
    ("inspectors", "检查人员", "Inspectors"),
    ("position", "次序值", "Position"),
    ("of", "替换", "Replaced"),
    ("by", "替补为", "By"),
    ("cause", "原因", "Cause"),
    ("reason", "理由", "Reason"),
    ("candidate", "候选", "Candidate"),
    ("source", "来源", "Source"),
    ("holder", "提供者", "Given by"),
    ("value", "数值", "Value"),
    ("at", "时间", "Time"),
    ("yes", "抽中", "drawn"),
    ("recorded", "证明文件所称的账本记录", "Entries of the ledger that the proof names"),
    ("entry", "记录", "Entry"),
    ("seq", "账本序号", "Number"),
    ("leaf", "叶哈希", "Leaf hash"),
    ("mark.snapshot", "名单快照", "Pool snapshot"),
    ("mark.commitment", "承诺", "Commitment"),
    ("mark.seed", "随机数", "Randomness"),
    ("mark.result", "结果", "Result"),
    ("mark.substitution", "替补", "Substitution"),
];

fn word(lang: Lang, name: &str) -> &'static str {
    WORDS.iter().find(|row| row.0 == name).map_or("", |(_, zh, en)| lang.say(zh, en))
}

/// What came of a file.
enum Seen {
    Nothing,
    NotTaken(String),
    Unread,
    Examined(Box<Examined>),
}

fn drawn(state: &WebState, visit: &Visit, seen: Seen) -> Result<Response, Fault> {
    let lang = visit.lang;
    let (mut fault, mut shown) = (None, None);
    let unread = matches!(seen, Seen::Unread);
    match seen {
        Seen::NotTaken(sentence) => fault = Some(sentence),
        Seen::Examined(examined) => shown = Some(laid_out(lang, &examined)),
        Seen::Nothing | Seen::Unread => {}
    }
    page(DrawPage {
        most: PROOF_MAX,
        fault,
        unread,
        shown,
        sentences: What::ALL.iter().map(|what| (what.code(), lang.say(what.zh(), what.en()))).collect(),
        words: WORDS.iter().map(|(name, zh, en)| (*name, lang.say(zh, en))).collect(),
        f: visit.frame(state, "/draw"),
    })
}

pub async fn form(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    drawn(&state, &visit, Seen::Nothing)
}

/// The worked example of the format's page, for whoever has no proof at hand; its firms and officers are invented.
const EXAMPLE: &[u8] = include_bytes!("../../../../docs/formats/golden/draw-proof.json");

pub async fn example() -> Response {
    download("draw-example.json", "application/json", EXAMPLE.to_vec())
}

pub async fn check(State(state): State<WebState>, visit: Visit, request: Request) -> Result<Response, Fault> {
    let rule = FileRule { field: "file".to_owned(), types: vec!["json".to_owned()], max_bytes: PROOF_MAX, most: 1 };
    let mut arrived = intake::read(request, &[rule]).await?;
    if let Some((_, refused)) = arrived.refused.first() {
        return drawn(&state, &visit, Seen::NotTaken(refused.sentence(visit.lang)));
    }
    let Some(file) = arrived.files.pop() else {
        return drawn(&state, &visit, Seen::NotTaken(word(visit.lang, "choose").to_owned()));
    };
    // A large pool takes a moment of pure computing, which must not hold up other visitors.
    let turn = CHECKING.acquire().await.map_err(|error| Fault::Broken(error.to_string()))?;
    let examined = tokio::task::spawn_blocking(move || examine(&file.content)).await;
    drop(turn);
    let seen = match examined.map_err(|error| Fault::Broken(error.to_string()))? {
        Ok(examined) => Seen::Examined(Box::new(examined)),
        Err(_) => Seen::Unread,
    };
    drawn(&state, &visit, seen)
}

fn laid_out(lang: Lang, examined: &Examined) -> Shown {
    let proof = &examined.proof;
    let mut mismatches = Vec::new();
    if let Err(fault) = &examined.verdict {
        let sentence = |one: &guiju_kernel::draw::Mismatch| if lang.is_zh() { one.zh() } else { one.en() };
        mismatches.extend(fault.0.iter().take(MISMATCHES_SHOWN).map(sentence));
        if let Some(more) = fault.0.len().checked_sub(MISMATCHES_SHOWN).filter(|more| *more > 0) {
            mismatches.push(word(lang, "more").replace("{n}", &more.to_string()));
        }
    }
    let snapshot = &proof.snapshot;
    let fact = |name: &str, value: &str| (word(lang, name).to_owned(), value.to_owned());
    let facts = vec![
        fact("draw", &format!("{} {}", snapshot.id, lang.text(&snapshot.title))),
        fact("organ", &snapshot.organ),
        fact("fixed", &minute(&snapshot.fixed)),
        fact("hash", &proof.snapshot_hash),
        fact("pool", &snapshot.targets.len().to_string()),
        fact("struck", &snapshot.excluded.len().to_string()),
        fact("drawn", &proof.result.places.len().to_string()),
    ];
    let mut tables = Vec::new();
    let mut table = |title: String, heads: &[&str], rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            tables.push(Table { title, heads: heads.iter().map(|head| word(lang, head).to_owned()).collect(), rows });
        }
    };
    let place_heads = ["number", "target", "class", "inspectors"];
    let titled = |name: &str| word(lang, name).to_owned();
    table(titled("places"), &place_heads, places(lang, snapshot, &proof.result.places));
    table(titled("substitutes"), &["number", "of", "by", "cause", "at"], substitutions(proof));
    if let Ok(checked) = &examined.verdict {
        if !proof.substitutions.is_empty() {
            table(titled("standing"), &place_heads, places(lang, snapshot, &checked.standing));
        }
        let shown = checked.order.len().min(ORDER_SHOWN);
        let drawn = |label: &str| proof.result.places.iter().any(|place| place.target == label);
        let rows =
            checked.order.iter().take(ORDER_SHOWN).zip(1..).map(|((label, stratum, position), number): (_, u64)| {
                let yes = if drawn(label) { word(lang, "yes") } else { "" };
                vec![
                    number.to_string(),
                    label.clone(),
                    class(lang, snapshot, stratum),
                    position.chars().take(12).chain(['…']).collect(),
                    yes.to_owned(),
                ]
            });
        let title = word(lang, "order").replace("{n}", &shown.to_string());
        table(title, &["number", "target", "class", "position", "drawn"], rows.collect());
    }
    let excluded = snapshot.excluded.iter().chain(snapshot.inspectors.iter().flat_map(|pool| &pool.excluded));
    let rows = excluded.take(ORDER_SHOWN).map(|one| vec![one.label.clone(), one.reason.clone()]);
    table(titled("excluded"), &["candidate", "reason"], rows.collect());
    let rows = snapshot.sources.iter().zip(&proof.reveals);
    let rows = rows.map(|(source, said)| vec![named(source), source.holder.clone(), said.value.clone()]);
    table(titled("sources"), &["source", "holder", "value"], rows.collect());
    let rows = proof.recorded.as_ref().map(|recorded| entries(lang, recorded)).unwrap_or_default();
    table(titled("recorded"), &["entry", "seq", "leaf"], rows);
    Shown { mismatches, facts, tables }
}

/// A moment to the minute, as people read it.
fn minute(moment: &str) -> String {
    moment.chars().take(16).collect::<String>().replacen('T', " ", 1)
}

fn named(source: &Source) -> String {
    match &source.kind {
        Kind::Witness { .. } => source.id.clone(),
        Kind::Lottery { name, issue, .. } => format!("{name} {issue}"),
        Kind::Drand { round, .. } => format!("drand {round}"),
    }
}

/// The entries of the ledger that the proof names, in the order that they must have.
fn entries(lang: Lang, recorded: &Recorded) -> Vec<Vec<String>> {
    let snapshot = recorded.snapshot.iter().map(|mark| ("mark.snapshot", mark));
    let commitments = recorded.commitments.iter().map(|mark| ("mark.commitment", mark));
    let seed = recorded.seed.iter().map(|mark| ("mark.seed", mark));
    let result = recorded.result.iter().map(|mark| ("mark.result", mark));
    let substitutions = recorded.substitutions.iter().map(|mark| ("mark.substitution", mark));
    let all = commitments.chain(snapshot).chain(seed).chain(result).chain(substitutions);
    all.map(|(name, mark)| vec![word(lang, name).to_owned(), mark.seq.to_string(), mark.leaf_hash.clone()]).collect()
}

/// A risk class by its title; by its id where the plan does not know it.
fn class(lang: Lang, snapshot: &Snapshot, id: &str) -> String {
    let known = snapshot.strata.iter().find(|stratum| stratum.id == id);
    known.map_or(id, |stratum| lang.text(&stratum.title)).to_owned()
}

fn places(lang: Lang, snapshot: &Snapshot, places: &[Place]) -> Vec<Vec<String>> {
    let row = |(place, number): (&Place, u64)| {
        let class = class(lang, snapshot, &place.stratum);
        vec![number.to_string(), place.target.clone(), class, place.inspectors.join(" · ")]
    };
    places.iter().zip(1..).map(row).collect()
}

fn substitutions(proof: &guiju_kernel::draw::Proof) -> Vec<Vec<String>> {
    let rows = proof.substitutions.iter().zip(1u64..).map(|(substitution, number)| {
        let (Of::Target { label } | Of::Inspector { label, .. }) = &substitution.of;
        let by = substitution.by.iter().map(|place| format!("{} ({})", place.target, place.inspectors.join(" · ")));
        let by = by.collect::<Vec<_>>().join("; ");
        vec![number.to_string(), label.clone(), by, substitution.cause.clone(), minute(&substitution.at)]
    });
    rows.collect()
}
