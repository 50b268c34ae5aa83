//! Does the law checker, which looks at as little as it can, say of random small procedures what its slow twin says, which walks
//! them whole? And does the second reader believe the proof of each?
//!
//! `holds` may stand where the twin finds nothing bound (ADR 0110: an act that no course reaches may count as bound on a coarse graph);
//! anything else must be equal. `GUIJU_TWIN_SEED` and `GUIJU_TWIN_CASES` run others.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test whose own data cannot be read has failed")]

use std::collections::BTreeMap;

use guiju_kernel::checker::{Verdict, World, check};
use guiju_kernel::clock::ClockKind;
use guiju_kernel::constraint::{Constraint, Demand, Mark, Needed};
use guiju_kernel::procedure::definition::{
    Act, ActorRule, AtMost, Choice, ClockDef, Extend, Field, FieldKind, InForce, Issue, Moment, PauseBy, Procedure,
    PublicationDuty, State, Subject, Take, Text, TimerDef, TimerDoes, Visibility,
};
use guiju_kernel::procedure::guard::{Bound, ClockIs, Guard, Test};
use guiju_testkit::slow_checker::{Question, SlowVerdict, decide};
use jiff::civil::date;
use serde_json::{Value, json};

const SEED: u64 = 20_251_128;
const CASES: u64 = 3_000;
/// Larger graphs are left out: the twin is slow.
const MOST_NODES: usize = 250;

/// A small generator (SplitMix64), so that a failure names a case that anyone can run again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn word(&mut self, all: &[&str]) -> String {
        self.of(all).to_owned()
    }

    /// Each with the same chance.
    fn some(&mut self, all: &[&str], one_in: usize) -> Vec<String> {
        all.iter().filter(|_| self.chance(one_in)).map(|one| (*one).to_owned()).collect()
    }
}

const TAGS: [&str; 5] = ["a", "b", "w", "o", "c"];
const CLOCKS: [&str; 2] = ["k1", "k2"];
const PERIODS: [&str; 3] = ["three", "five", "eight"];
const ROLES: [&str; 2] = ["clerk", "head"];

fn periods() -> BTreeMap<String, Vec<u32>> {
    let dated = [("three", vec![3]), ("five", vec![5, 4]), ("eight", vec![8])];
    dated.into_iter().map(|(name, days)| (name.to_owned(), days)).collect()
}

fn params() -> BTreeMap<String, Vec<Value>> {
    let text = |days: Vec<u32>| days.into_iter().map(|days| json!(format!("{days} days"))).collect();
    periods().into_iter().map(|(name, days)| (name, text(days))).collect()
}

fn facts() -> BTreeMap<String, Guard> {
    let term = |name: &str, is: Test| Guard::Term { name: name.to_owned(), is };
    let large = term("t.sum", Test::AtLeast(Bound::Number(10)));
    let due = Guard::Any(vec![Guard::Fact("large".to_owned()), term("t.kind", Test::Is(json!("x")))]);
    [("large".to_owned(), large), ("due".to_owned(), due)].into_iter().collect()
}

fn field(name: &str, kind: FieldKind, required_from: Option<String>) -> Field {
    Field {
        name: name.to_owned(),
        title: Text::default(),
        hint: None,
        kind,
        visible: Visibility::Staff,
        required_from,
        validate: Vec::new(),
        template: None,
        columns: Vec::new(),
    }
}

fn fields(random: &mut Random, states: usize) -> Vec<Field> {
    let choice = |value: &str| Choice {
        value: value.to_owned(),
        title: Text::default(),
        words: Vec::new(),
        unit: None,
        template: None,
    };
    let choices = ["x", "y"].map(choice).to_vec();
    let mut from = || random.chance(20).then(|| state(1 + random.below(states - 1)));
    let files = FieldKind::File { types: Vec::new(), max_bytes: 1, most: 1 };
    let mut fields = vec![
        field("flag", FieldKind::Flag, from()),
        field("kind", FieldKind::Enum { choices, most: 1 }, from()),
        field("sum", FieldKind::Money, from()),
        field("file", files, from()),
    ];
    if random.chance(8) {
        fields[1].visible = Visibility::Personal;
    }
    fields
}

fn state(at: usize) -> String {
    format!("s{at}")
}

fn test_of(random: &mut Random, name: &str) -> Test {
    match (name, random.below(4)) {
        (_, 0) => Test::Present,
        ("flag", _) => Test::Is(Value::Bool(random.chance(2))),
        ("kind", 1) => Test::In(vec![json!("x"), json!("y")]),
        ("kind", _) => Test::Is(json!(random.word(&["x", "y"]))),
        (_, at) => {
            let bound =
                if random.chance(4) { Bound::Param("p".to_owned()) } else { Bound::Number(random.of(&[10, 20])) };
            if at == 1 { Test::AtMost(bound) } else { Test::AtLeast(bound) }
        }
    }
}

fn leaf(random: &mut Random, acts: &[String], law: bool) -> Guard {
    let names: Vec<&str> = acts.iter().map(String::as_str).chain(TAGS).collect();
    match random.below(if law { 5 } else { 12 }) {
        0 | 1 => Guard::ActDone { name: random.word(&names), times: if random.chance(5) { 2 } else { 1 } },
        2 => {
            let field = random.word(&["flag", "kind", "sum"]);
            Guard::Term { is: test_of(random, &field), name: random.word(&[&format!("t.{field}"), "t.none"]) }
        }
        3 | 4 => Guard::Fact(random.word(&["large", "due"])),
        5 | 6 => {
            let name = random.word(&["flag", "kind", "sum"]);
            Guard::Field { is: test_of(random, &name), name }
        }
        7 | 8 => {
            let is = random.of(&[
                ClockIs::NotStarted,
                ClockIs::Running,
                ClockIs::Paused,
                ClockIs::Expired,
                ClockIs::Stopped,
            ]);
            Guard::Clock { name: random.word(&CLOCKS), is }
        }
        9 => Guard::Instrument { name: "paper".to_owned(), received: random.chance(2) },
        10 if random.chance(2) => Guard::PartyAnswered(random.word(&["yes", "no"])),
        10 => Guard::File("file".to_owned()),
        _ if random.chance(2) => Guard::Level(1),
        _ => Guard::Entry { register: "r".to_owned(), key_field: "kind".to_owned() },
    }
}

fn guard(random: &mut Random, acts: &[String], law: bool) -> Guard {
    let one = |random: &mut Random| {
        let leaf = leaf(random, acts, law);
        if random.chance(4) { Guard::Not(Box::new(leaf)) } else { leaf }
    };
    match random.below(8) {
        0..5 => Guard::Always,
        5 => Guard::All(vec![one(random), one(random)]),
        6 => Guard::Any(vec![one(random), one(random)]),
        _ => one(random),
    }
}

fn rule(random: &mut Random, any: bool) -> ActorRule {
    let tags = ["a", "b"];
    match random.below(16) {
        0 | 1 if any => ActorRule { party: true, count: 1, ..ActorRule::default() },
        2 if any => ActorRule { timer: true, count: 1, ..ActorRule::default() },
        _ => ActorRule {
            role: Some(random.word(&ROLES)),
            count: if random.chance(3) { 2 } else { 1 },
            card: random.chance(3).then(|| "enforcement".to_owned()),
            holds: random.chance(4).then(|| "lawyer".to_owned()),
            distinct_from: random.some(&tags, 3),
            ..ActorRule::default()
        },
    }
}

fn run_clocks(random: &mut Random, act: &mut Act, opens: bool, chain: bool) {
    for clock in CLOCKS.map(str::to_owned) {
        match random.below(14) {
            0..3 => act.starts.push(clock),
            3 | 4 => act.stops.push(clock),
            9 => act.publishes.push(PublicationDuty { what: "it".to_owned(), clock, withheld: Vec::new() }),
            _ if chain && random.chance(2) => {}
            _ if opens => {}
            5 => {
                act.stops.push(clock.clone());
                act.starts.push(clock);
            }
            6 => {
                let (cause, notice) = (random.word(&["lawful", "other"]), random.of(&[None, Some("paper".to_owned())]));
                act.pauses.push(PauseBy { clock, cause, notice });
            }
            7 => act.resumes.push(clock),
            8 => act.extends.push(clock),
            _ => {}
        }
    }
}

fn act(random: &mut Random, at: usize, states: usize, names: &[String]) -> Act {
    let inner = states - 1;
    let opens = at == 0;
    let mut from = Vec::new();
    if !opens {
        // The first acts lead from the start to the end, so that there is something to walk.
        let at = if at < states { at - 1 } else { random.below(inner) };
        from.push((state(at), guard(random, names, false)));
        if random.chance(3) {
            from.push((state(random.below(inner)), guard(random, names, false)));
        }
    }
    let mut act = Act {
        name: names[at].clone(),
        from,
        to: match at {
            0 => Some(state(0)),
            at if at < states => Some(state(at)),
            _ => (!random.chance(4)).then(|| state(random.below(states))),
        },
        by: (0..1 + random.below(2)).map(|_| rule(random, at >= states)).collect(),
        tags: random.some(&TAGS, 4),
        basis: random.some(&["law#1"], 2),
        new_round: random.chance(12),
        raises_level: random.chance(12),
        answers: random.chance(8).then(|| random.word(&["yes", "no"])),
        ..Act::default()
    };
    // What leads from the start to the end is mostly open.
    let chain = at < states;
    if !opens && (!chain || random.chance(2)) {
        act.when = guard(random, names, false);
    }
    for name in ["flag", "kind", "sum", "file"] {
        if random.chance(6) {
            act.takes.push(Take { field: name.to_owned(), required: random.chance(2) });
        }
    }
    if random.chance(8) {
        let set = [("flag", json!(true)), ("kind", json!("x")), ("sum", json!(15)), ("kind", Value::Null)];
        let (name, value) = random.of(&set);
        act.sets.insert(name.to_owned(), value);
    }
    if random.chance(6) {
        act.at_most = Some(AtMost { times: random.of(&[1, 1, 2, 3, 10]), reason: Text::default() });
    }
    run_clocks(random, &mut act, opens, chain);
    if random.chance(6) {
        let on_receipt_starts = random.some(&CLOCKS, 2);
        act.issues.push(Issue { instrument: "paper".to_owned(), title: Text::default(), on_receipt_starts });
    } else if !chain && random.chance(5) {
        act.receives.push("paper".to_owned());
    }
    act
}

fn clock(random: &mut Random, name: &str) -> ClockDef {
    let causes = random.some(&["lawful"], 3);
    let extend = random.chance(5).then(|| Extend {
        by: String::new(),
        times: 1 + u32::from(random.chance(3)),
        limit: random.word(&PERIODS),
    });
    ClockDef {
        name: name.to_owned(),
        title: Text::default(),
        kind: ClockKind::Statutory,
        limit: random.word(&PERIODS),
        basis: Vec::new(),
        pause_causes: causes,
        extend,
        per_part: false,
        binds_holder: true,
    }
}

fn procedure(random: &mut Random) -> Procedure {
    let states = 3 + random.below(3);
    let names: Vec<String> = (0..states + random.below(4)).map(|at| format!("act{at}")).collect();
    let mut acts: Vec<Act> = (0..names.len()).map(|at| act(random, at, states, &names)).collect();
    for tag in ["a", "b"] {
        let at = 1 + random.below(states - 1);
        if !acts[at].tags.iter().any(|known| known == tag) {
            acts[at].tags.push(tag.to_owned());
        }
    }
    let fields = fields(random, states);
    let terms = ["flag", "kind", "sum"].into_iter().filter(|_| !random.chance(5));
    let terms: BTreeMap<String, String> = terms.map(|name| (format!("t.{name}"), name.to_owned())).collect();
    let clocks = CLOCKS.map(|name| clock(random, name)).to_vec();
    let timers = (0..2).map(|at| TimerDef {
        name: format!("timer{at}"),
        title: Text::default(),
        at: Moment::Fraction { clock: random.word(&CLOCKS), per_mille: random.of(&[500, 1000]) },
        when: guard(random, &names, false),
        does: TimerDoes::Act(random.of(&names)),
    });
    Procedure {
        id: "random".to_owned(),
        realizes: None,
        title: Text::default(),
        in_force: InForce { from: date(2024, 1, 1), until: None },
        number: String::new(),
        subject: Subject::Nothing,
        headline: String::new(),
        fields,
        terms,
        states: (0..states)
            .map(|at| State {
                name: state(at),
                title: Text::default(),
                start: at == 0,
                end: (at + 1 == states).then(|| "closed".to_owned()),
                holder: None,
            })
            .collect(),
        acts,
        clocks,
        timers: timers.collect(),
        courier: Vec::new(),
    }
}

const PATTERNS: usize = 13;

fn demand(random: &mut Random, pattern: usize) -> Demand {
    let tag = |name: &str| name.to_owned();
    let mark = |random: &mut Random| if random.chance(3) { Mark::Receipt(tag("a")) } else { Mark::Act(tag("a")) };
    match pattern {
        0 => Demand::Before { first: tag("a"), then: tag("b") },
        1 => Demand::MinGap { first: mark(random), then: tag("b"), param: random.word(&PERIODS) },
        2 => {
            let extension = random.chance(2).then(|| random.word(&PERIODS));
            let pauses = random.some(&["lawful", "other"], 2);
            Demand::Within { first: mark(random), then: tag("b"), param: random.word(&PERIODS), pauses, extension }
        }
        3 => {
            let term = Needed::Term(random.word(&["t.flag", "t.kind", "t.sum", "t.none"]));
            let what = random.of(&[term.clone(), term, Needed::File, Needed::Issues, Needed::Notice, Needed::Basis]);
            Demand::Requires { act: tag("b"), what }
        }
        4 => Demand::Actors { act: tag("b"), count: 2, card: random.of(&[None, Some("enforcement".to_owned())]) },
        5 => Demand::Distinct { a: tag("a"), b: tag("b") },
        6 => Demand::Role { act: tag("b"), role: random.word(&ROLES) },
        7 => Demand::Holds { act: tag("b"), qualification: "lawyer".to_owned() },
        8 => Demand::Publishes { act: tag("b"), param: random.word(&PERIODS) },
        9 => Demand::Serves { act: tag("b"), param: random.word(&PERIODS) },
        10 => Demand::Never { act: tag("b"), after: tag("a") },
        11 => Demand::AtMost { act: tag("b"), times: random.of(&[0, 1, 1, 2]) },
        _ => Demand::Ends,
    }
}

/// Now and then what a period needs: the clock begins with `a` and is waited for, or ends with `b`.
fn timed(random: &mut Random, procedure: &mut Procedure, demand: &Demand) {
    let Some(gap) = (match demand {
        Demand::MinGap { .. } => Some(true),
        Demand::Within { .. } => Some(false),
        Demand::Serves { .. } => return served(random, procedure),
        _ => None,
    }) else {
        return;
    };
    let bears = |act: &Act, tag: &str| act.tags.iter().any(|known| known == tag);
    for act in procedure.acts.iter_mut().filter(|_| !random.chance(3)) {
        let there = |list: &[String]| list.iter().any(|clock| clock == "k1");
        if bears(act, "a") && !there(&act.starts) {
            act.starts.push("k1".to_owned());
        }
        if bears(act, "b") && gap && !act.from.is_empty() {
            act.when = Guard::Clock { name: "k1".to_owned(), is: ClockIs::Expired };
        } else if bears(act, "b") && !there(&act.stops) {
            act.stops.push("k1".to_owned());
        }
    }
}

fn served(random: &mut Random, procedure: &mut Procedure) {
    if random.chance(2) {
        return;
    }
    let paper = || Issue { instrument: "paper".to_owned(), title: Text::default(), on_receipt_starts: Vec::new() };
    for act in &mut procedure.acts {
        if act.tags.iter().any(|tag| tag == "b") {
            (act.issues, act.starts) = (vec![paper()], vec!["k1".to_owned()]);
        } else if !act.from.is_empty() && random.chance(3) {
            (act.receives, act.stops) = (vec!["paper".to_owned()], vec!["k1".to_owned()]);
        }
    }
}

fn constraint(random: &mut Random, pattern: usize, acts: &[String]) -> Constraint {
    let demand = demand(random, pattern);
    let whole = demand == Demand::Ends;
    let waivable = matches!(demand, Demand::Before { .. } | Demand::MinGap { .. } | Demand::Within { .. });
    Constraint {
        id: "random".to_owned(),
        title: Text::default(),
        statute: "law".to_owned(),
        article: "1".to_owned(),
        in_force: InForce { from: date(2024, 1, 1), until: None },
        only: Vec::new(),
        condition: if whole || random.chance(2) { Guard::Always } else { guard(random, acts, true) },
        once: (!whole && random.chance(5)).then(|| "o".to_owned()),
        waived_by: (waivable && random.chance(3)).then(|| "w".to_owned()),
        demand,
        keeps: Vec::new(),
        breaks: Vec::new(),
    }
}

fn agree(fast: Verdict, slow: SlowVerdict) -> bool {
    match slow {
        SlowVerdict::Violated => fast == Verdict::Violated,
        SlowVerdict::Holds => fast == Verdict::Holds,
        SlowVerdict::Vacuous => fast != Verdict::Violated,
    }
}

fn told(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|said| said.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn the_checker_agrees_with_its_slow_twin_on_random_procedures() {
    let (seed, cases) = (told("GUIJU_TWIN_SEED", SEED), told("GUIJU_TWIN_CASES", CASES));
    let (facts, periods, params) = (facts(), periods(), params());
    let (mut seen, mut left_out) = (BTreeMap::<(usize, SlowVerdict), u32>::new(), 0);
    let mut wrong = Vec::new();
    for case in 0..cases {
        let mut random = Random(seed.wrapping_mul(1_000_003).wrapping_add(case));
        let pattern = usize::try_from(case).unwrap() % PATTERNS;
        let mut procedure = procedure(&mut random);
        let names: Vec<String> = procedure.acts.iter().map(|act| act.name.clone()).collect();
        let constraint = constraint(&mut random, pattern, &names);
        timed(&mut random, &mut procedure, &constraint.demand);
        let question = Question { procedure: &procedure, constraint: &constraint, facts: &facts, periods: &periods };
        let Some(slow) = decide(question, MOST_NODES) else {
            left_out += 1;
            continue;
        };
        *seen.entry((pattern, slow)).or_default() += 1;
        let finding = check(&procedure, &constraint, World { facts: &facts, params: &params });
        let proof = serde_json::to_string(&finding.proof).unwrap();
        assert_eq!(guiju_recheck::recheck(&proof), Ok(()), "case {case}: the proof does not follow");
        if !agree(finding.verdict, slow) {
            let path: Vec<&str> = finding.path.iter().map(|step| step.zh.as_str()).collect();
            let head =
                format!("case {case}: {:?}, and the twin says {slow:?}: {} {path:?}", finding.verdict, finding.why.en);
            wrong.push((procedure.acts.len(), format!("{head}\n{constraint:#?}\n{procedure:#?}")));
        }
    }
    eprintln!("{seen:?}, {left_out} left out");
    wrong.sort();
    assert!(wrong.is_empty(), "{} differ; the smallest: {}", wrong.len(), wrong[0].1);
    assert!(left_out * 2 < cases, "{left_out} left out");
    for pattern in 0..PATTERNS {
        for verdict in [SlowVerdict::Holds, SlowVerdict::Violated] {
            assert!(seen.contains_key(&(pattern, verdict)), "no {verdict:?} of pattern {pattern}");
        }
    }
}
