//! Does the audit find in random histories what its slow twin finds, and does it find less, never more, the less it is told?

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test whose own data cannot be read has failed")]

use std::collections::{BTreeMap, BTreeSet};

use guiju_kernel::calendar::{Almanac, Calendar};
use guiju_kernel::clock::ClockKind;
use guiju_kernel::constraint::{Constraint, Demand, Mark};
use guiju_kernel::monitor::{Books, Hand, History, Step, Told, judge};
use guiju_kernel::procedure::ParamValue;
use guiju_kernel::procedure::definition::{
    Act, ActorRule, ClockDef, Extend, InForce, Issue, PauseBy, Procedure, Subject, Text,
};
use guiju_kernel::procedure::guard::Guard;
use guiju_kernel::record::ActorKind;
use guiju_kernel::time::{Instant, date_of, from_millis, midnight};
use guiju_testkit::pack_calendar::{almanac, notices};
use guiju_testkit::slow_calendar::SlowCalendar;
use guiju_testkit::slow_monitor::{OWED, SlowDemand, SlowStep, broken};
use jiff::civil::{Date, date};

const HISTORIES: u64 = 20_000;
const SEED: u64 = 20_241_205;
const HOUR: u64 = 3_600_000;
const ACTS: [&str; 12] = ["a", "a", "receipt", "b", "b", "w", "o", "pause", "resume", "other_pause", "extend", "drop"];

/// A small generator (SplitMix64), so that a failure names a case that anyone can run again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }
}

fn act(name: &str) -> Act {
    Act {
        name: name.to_owned(),
        tags: vec![name.to_owned()],
        by: vec![ActorRule { count: 1, ..ActorRule::default() }],
        ..Act::default()
    }
}

fn clock(name: &str, binds_holder: bool) -> ClockDef {
    ClockDef {
        name: name.to_owned(),
        title: Text::default(),
        kind: ClockKind::Statutory,
        limit: "p".to_owned(),
        basis: Vec::new(),
        pause_causes: vec!["lawful".to_owned(), "other".to_owned()],
        extend: Some(Extend { by: String::new(), times: 9, limit: "e".to_owned() }),
        per_part: false,
        binds_holder,
    }
}

fn procedure() -> Procedure {
    let limit = || vec!["limit".to_owned()];
    let pause = |cause: &str| vec![PauseBy { clock: "limit".to_owned(), cause: cause.to_owned(), notice: None }];
    let paper =
        Issue { instrument: "paper".to_owned(), title: Text::default(), on_receipt_starts: vec!["wait".to_owned()] };
    let acts = vec![
        Act { starts: limit(), issues: vec![paper], ..act("a") },
        Act { receives: vec!["paper".to_owned()], ..act("receipt") },
        Act { stops: limit(), ..act("b") },
        act("w"),
        act("o"),
        Act { pauses: pause("lawful"), ..act("pause") },
        Act { pauses: pause("other"), ..act("other_pause") },
        Act { resumes: limit(), ..act("resume") },
        Act { extends: limit(), ..act("extend") },
        Act { stops: limit(), ..act("drop") },
        Act { new_round: true, ..act("round") },
    ];
    Procedure {
        id: "made-up".to_owned(),
        realizes: None,
        title: Text::default(),
        in_force: forever(),
        number: String::new(),
        subject: Subject::Nothing,
        headline: String::new(),
        fields: Vec::new(),
        terms: BTreeMap::new(),
        states: Vec::new(),
        acts,
        clocks: vec![clock("limit", true), clock("wait", false)],
        timers: Vec::new(),
        courier: Vec::new(),
    }
}

fn forever() -> InForce {
    InForce { from: date(2000, 1, 1), until: None }
}

/// Periods as the random demand has them, and cards that end with March 2024 for one person.
struct Shelf<'a> {
    calendar: &'a Calendar,
    p: String,
    e: String,
}

fn has_card(person: &str, day: Date) -> bool {
    person != "p3" || day < date(2024, 4, 1)
}

impl Books for Shelf<'_> {
    fn param(&self, name: &str, _: Instant) -> Option<ParamValue> {
        let value = if name == "p" { &self.p } else { &self.e };
        Some(ParamValue { value: value.as_str().into(), article: None, source: String::new(), fictional: true })
    }
    fn fact(&self, _: &str, _: Instant) -> Option<&Guard> {
        None
    }
    fn tag_title(&self, _: &str) -> Option<Text> {
        None
    }
    fn role_title(&self, _: &str) -> Option<Text> {
        None
    }
    fn bears(&self, _: &str, _: &str, _: Instant) -> Option<bool> {
        None
    }
    fn holds(&self, _: &str, _: &str, _: Instant) -> Option<bool> {
        None
    }
    fn carded(&self, person: &str, _: &str, _: &str, day: Date) -> Option<bool> {
        Some(has_card(person, day))
    }
    fn calendar(&self) -> &Calendar {
        self.calendar
    }
}

/// One random question in the words of both twins.
struct Case {
    slow: SlowDemand,
    constraint: Constraint,
    p: String,
    e: String,
    steps: Vec<SlowStep>,
    now: Instant,
}

fn days(n: u32, working: bool) -> String {
    format!("{n} {}", if working { "working_days" } else { "days" })
}

fn demand(random: &mut Random) -> (SlowDemand, Demand) {
    let (a, b) = ("a".to_owned(), "b".to_owned());
    let (n, working) = (1 + u32::try_from(random.below(12)).unwrap(), random.chance(2));
    match random.below(7) {
        0 => {
            let slow = SlowDemand::Before { once: random.chance(3), waived: random.chance(2) };
            (slow, Demand::Before { first: a, then: b })
        }
        1 => (SlowDemand::Never, Demand::Never { act: b, after: a }),
        2 => {
            let times = u32::try_from(random.below(3)).unwrap();
            (SlowDemand::AtMost(times as usize), Demand::AtMost { act: b, times })
        }
        3 => {
            let receipt = random.chance(2);
            let slow = SlowDemand::MinGap { receipt, waived: random.chance(2), days: n, working };
            let first = if receipt { Mark::Receipt(a) } else { Mark::Act(a) };
            (slow, Demand::MinGap { first, then: b, param: "p".to_owned() })
        }
        4 => {
            let (pauses, extension) = (random.chance(2), random.chance(2).then_some(n));
            let slow = SlowDemand::Within { days: n, working, pauses, extension };
            let listed = if pauses { vec!["lawful".to_owned()] } else { Vec::new() };
            let extension = extension.map(|_| "e".to_owned());
            let (first, param) = (Mark::Act(a), "p".to_owned());
            (slow, Demand::Within { first, then: b, param, pauses: listed, extension })
        }
        5 => {
            let card = Some("enforcement".to_owned());
            (SlowDemand::Actors(2), Demand::Actors { act: b, count: 2, card })
        }
        _ => (SlowDemand::Distinct, Demand::Distinct { a, b }),
    }
}

fn case(random: &mut Random) -> Case {
    let (slow, demand) = demand(random);
    let (once, waived, p, e) = match &slow {
        SlowDemand::Before { once, waived } => (*once, *waived, days(1, false), days(1, false)),
        SlowDemand::MinGap { waived, days: n, working, .. } => (false, *waived, days(*n, *working), days(1, false)),
        SlowDemand::Within { days: n, working, .. } => (false, false, days(*n, *working), days(*n, *working)),
        _ => (false, false, days(1, false), days(1, false)),
    };
    let constraint = Constraint {
        id: "it".to_owned(),
        title: Text::default(),
        statute: "made-up".to_owned(),
        article: "1".to_owned(),
        in_force: forever(),
        only: Vec::new(),
        condition: Guard::Always,
        once: once.then(|| "o".to_owned()),
        waived_by: waived.then(|| "w".to_owned()),
        demand,
        keeps: Vec::new(),
        breaks: Vec::new(),
    };
    let mut at = 1_704_067_200_000 + random.below(90 * 24) * HOUR;
    let mut steps = Vec::new();
    for _ in 0..random.below(12) {
        let most = if random.chance(3) { 6 } else { 120 };
        at += 1 + random.below(most) * HOUR + random.below(HOUR);
        let act = if random.chance(15) { "round" } else { ACTS[usize::try_from(random.below(12)).unwrap()] };
        let by = (0..1 + random.below(3)).map(|_| format!("p{}", random.below(5))).collect();
        steps.push(SlowStep { act, at: from_millis(i64::try_from(at).unwrap()).unwrap(), by });
    }
    let now = from_millis(i64::try_from(at + random.below(400) * HOUR).unwrap()).unwrap();
    Case { slow, constraint, p, e, steps, now }
}

fn step(seq: usize, slow: &SlowStep, mirror: bool) -> Step {
    let by = slow.by.iter().map(|id| Hand { kind: ActorKind::Officer, id: id.clone() });
    Step {
        seq: seq as u64,
        done: slow.at,
        act: slow.act.to_owned(),
        tags: vec![slow.act.to_owned()],
        mirror,
        by: by.collect(),
        ..Step::default()
    }
}

/// The places that the audit finds: of `b`, or what is owed.
fn found(case: &Case, steps: &[Step], told: Option<&Told>, calendar: &Calendar) -> BTreeSet<u64> {
    let procedure = procedure();
    let history = History { procedure: &procedure, organ: "us", ended: false, steps, told };
    let shelf = Shelf { calendar, p: case.p.clone(), e: case.e.clone() };
    let judged = judge(&history, &[&case.constraint], &shelf, case.now);
    let place = |finding: &guiju_kernel::monitor::Finding| {
        let of_b = finding.steps.iter().rev().filter_map(|at| steps.get(*at)).find(|step| step.act == "b");
        of_b.map_or(OWED as u64, |step| step.seq)
    };
    judged.findings.iter().map(place).collect()
}

fn calendars() -> (Almanac, SlowCalendar) {
    (almanac().unwrap(), SlowCalendar::new(&notices().unwrap(), date(2026, 12, 31), &[]))
}

#[test]
fn the_audit_finds_what_its_slow_twin_finds() {
    let (almanac, slow) = calendars();
    let mut random = Random(SEED);
    let mut breaches = BTreeMap::<&str, u32>::new();
    for number in 0..HISTORIES {
        let case = case(&mut random);
        let steps: Vec<Step> = case.steps.iter().enumerate().map(|(at, one)| step(at, one, false)).collect();
        let carded = |person: &str, at: Instant| has_card(person, date_of(at));
        let expected: BTreeSet<u64> =
            broken(&case.steps, &case.slow, case.now, &slow, &carded).into_iter().map(|at| at as u64).collect();
        let ours = found(&case, &steps, None, almanac.latest());
        assert_eq!(ours, expected, "history {number}: {:?} as of {} in {:#?}", case.slow, case.now, case.steps);
        let kind = match case.slow {
            SlowDemand::Before { .. } => "before",
            SlowDemand::Never => "never",
            SlowDemand::AtMost(_) => "at_most",
            SlowDemand::MinGap { .. } => "min_gap",
            SlowDemand::Within { .. } if ours.contains(&(OWED as u64)) => "owed",
            SlowDemand::Within { .. } => "within",
            SlowDemand::Actors(_) => "actors",
            SlowDemand::Distinct => "distinct",
        };
        *breaches.entry(kind).or_default() += u32::from(!ours.is_empty());
    }
    assert!(breaches.len() == 8 && breaches.values().all(|many| *many > 100), "too little was broken: {breaches:?}");
}

/// Acts of which the source says nothing are taken out of the history, and some others tell only their day: nothing new is found.
#[test]
fn the_less_is_told_the_less_is_found() {
    let (almanac, _) = calendars();
    let mut random = Random(SEED + 1);
    let mut fewer = 0_u32;
    for number in 0..HISTORIES {
        let case = case(&mut random);
        let full: Vec<Step> = case.steps.iter().enumerate().map(|(at, one)| step(at, one, false)).collect();
        let names: BTreeSet<String> = procedure().acts.into_iter().map(|act| act.name).collect();
        let hidden: BTreeSet<String> = names.iter().filter(|_| random.chance(4)).cloned().collect();
        let told = Told {
            acts: names.difference(&hidden).cloned().collect(),
            fields: BTreeSet::new(),
            officers: names.iter().filter(|_| !random.chance(4)).cloned().collect(),
        };
        let mut steps: Vec<Step> = case.steps.iter().enumerate().map(|(at, one)| step(at, one, true)).collect();
        steps.retain(|step| !hidden.contains(&step.act));
        // Some steps of one day are given without their hour, and so perhaps out of their order.
        for step in &mut steps {
            if random.chance(4) {
                step.done = midnight(date_of(step.done));
            }
        }
        steps.sort_by_key(|step| (step.done, step.seq));
        let (all, some) =
            (found(&case, &full, None, almanac.latest()), found(&case, &steps, Some(&told), almanac.latest()));
        // Which one was too many depends on their order.
        let fits = matches!(case.slow, SlowDemand::AtMost(_)) && some.len() <= all.len();
        assert!(
            fits || some.is_subset(&all),
            "history {number}: {some:?} beyond {all:?}; {:?} without {hidden:?} as of {} in {:#?}",
            case.slow,
            case.now,
            case.steps
        );
        fewer += u32::from(some.len() < all.len());
    }
    assert!(fewer > 500, "hiding hid too little: {fewer}");
}
