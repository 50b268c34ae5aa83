//! What must hold whatever anybody does, on random runs through the fixture's procedure.

use std::collections::BTreeMap;

use guiju_kernel::canon;
use guiju_kernel::case::Case;
use guiju_kernel::procedure::definition::{Act, FieldKind, Holder, Procedure, Visibility};
use guiju_kernel::procedure::{Claim, Decided, Person, Proposal, apply, decide, lawful_acts, ring};
use guiju_kernel::record::{ActorKind, Origin, Record, Table};
use guiju_kernel::rows::{case_from, merge_patch, of_case};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Map, Value, json};

use super::fixture::{Desk, FIRM, file, people};
use super::matter;

type Rows = BTreeMap<String, Map<String, Value>>;

fn rows_of(case: &Case) -> Rows {
    let object = |value: Value| value.as_object().unwrap().clone();
    let rows = of_case(case).unwrap();
    let mut all = Rows::from([(format!("cases {}", case.id), object(json!(rows.case)))]);
    for row in &rows.holdings {
        all.insert(format!("holdings {}/{}", row.case_id, row.part), object(json!(row)));
    }
    for row in &rows.timers {
        all.insert(format!("timers {}/{}", row.case_id, row.name), object(json!(row)));
    }
    all
}

/// What a reader without the kernel does: patch rows of JSON, member by member.
fn fold_rows(rows: &mut Rows, record: &Record) {
    for effect in &record.effects {
        let table = match effect.table {
            Table::Cases => "cases",
            Table::Holdings => "holdings",
            Table::Timers => "timers",
            _ => continue,
        };
        let key = format!("{table} {}", effect.key);
        match &effect.patch {
            Some(patch) => merge_patch(rows.entry(key).or_default(), patch),
            None => assert!(rows.remove(&key).is_some(), "{key} was not there"),
        }
    }
}

/// Checks everything that one accepted decision must satisfy.
pub fn holds(before: Option<&Case>, decided: &Decided, def: &Procedure) {
    let (record, case) = (&decided.record, &decided.case);
    assert_eq!(&apply(before.cloned(), record).unwrap(), case, "apply is not the decision");
    let mut rows = before.map(rows_of).unwrap_or_default();
    fold_rows(&mut rows, record);
    assert_eq!(rows, rows_of(case), "the rows are not the fold of the effects");
    let again = of_case(case).unwrap();
    assert_eq!(&case_from(again.case, again.holdings, again.timers).unwrap(), case);
    let bytes = canon::to_bytes(&json!(record)).unwrap();
    assert_eq!(&serde_json::from_slice::<Record>(&bytes).unwrap(), record, "the record does not survive its bytes");
    assert_eq!(case.version, record.seq);
    assert!(record.done <= record.recorded);
    for field in def.fields.iter().filter(|field| field.visible == Visibility::Personal) {
        assert!(!case.detail.fields.contains_key(&field.name) && !record.given.contains_key(&field.name));
    }
    for value in decided.personal.values() {
        assert!(!String::from_utf8(bytes.clone()).unwrap().contains(value), "a personal value stands in the record");
    }
    desks_are_sane(case, def);
    if let Some(before) = before {
        assert!(before.outcome.is_none(), "a case that has ended was changed");
        assert_eq!((before.id, before.opened, &before.number), (case.id, case.opened, &case.number));
    }
    if case.outcome.is_some() {
        assert!(case.timers.is_empty() && case.ended.is_some());
        assert!(case.detail.clocks.values().all(|clock| !clock.is_running()));
    }
}

fn desks_are_sane(case: &Case, def: &Procedure) {
    for (number, part) in (0_u32..).zip(&case.parts) {
        assert_eq!(part.part, number);
        assert!(part.open || part.due.is_none(), "a closed part has a deadline");
        let same = |other: &&guiju_kernel::case::Part| other.organ == part.organ && other.unit == part.unit;
        assert_eq!(case.parts.iter().filter(same).count(), 1, "a unit has two parts");
    }
    let open = case.parts.iter().filter(|part| part.open).count();
    let state = def.state(&case.state).unwrap();
    match &state.holder {
        Some(Holder::Party | Holder::Nobody) => assert_eq!(open, 0, "{}", case.state),
        Some(Holder::Assigned | Holder::Unit(_)) if case.origin == Origin::Own => {
            assert!(case.parts.first().is_some_and(|lead| lead.open), "no lead in {}", case.state);
        }
        _ => {}
    }
    for (name, clock) in &case.detail.clocks {
        assert_eq!(name, &clock.name);
    }
}

/// One thing that somebody tries.
#[derive(Debug, Clone)]
struct Try {
    act: usize,
    by: Vec<usize>,
    minutes: i64,
    /// Per cent of the required fields that are given at all.
    care: u8,
    pick: u64,
    stale: bool,
    backdated: bool,
    ring: bool,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let by = prop_oneof![3 => prop::collection::vec(0_usize..13, 1), 1 => prop::collection::vec(0_usize..13, 2)];
    let minutes = prop_oneof![3 => 0_i64..120, 2 => 0_i64..3_000, 1 => 0_i64..20_000];
    let rare = || prop::bool::weighted(0.03);
    let one = (0_usize..21, by, minutes, any::<u8>(), any::<u64>(), rare(), rare(), prop::bool::weighted(0.3))
        .prop_map(|(act, by, minutes, care, pick, stale, backdated, ring)| Try {
            act,
            by,
            minutes,
            care,
            pick,
            stale,
            backdated,
            ring,
        });
    prop::collection::vec(one, 40..100)
}

fn value_for(kind: &FieldKind, name: &str, pick: u64) -> Value {
    let unit = ["gov/sme", "gov/power", "county/office", "gov/nowhere"][(pick % 13 / 4) as usize];
    match kind {
        FieldKind::Text { .. } if name == "phone" => json!("13800000000"),
        FieldKind::Text { .. } => {
            json!(["情况属实，请尽快处理", "  两端有空格的文字  ", "机密★1年", ""][(pick % 29 / 9) as usize])
        }
        FieldKind::Integer { .. } | FieldKind::Money => json!(pick % 20_000_000),
        FieldKind::Date => json!("2024-01-05"),
        FieldKind::DateTime => json!("2024-01-05T09:00:00.000+08:00"),
        FieldKind::Flag => json!(pick.is_multiple_of(2)),
        FieldKind::Enum { most: 1, .. } => json!("power"),
        FieldKind::Enum { .. } => json!(["loan", "staff"]),
        FieldKind::Party => json!(FIRM),
        FieldKind::Entry { .. } => json!(["S-1", "S-0"][(pick % 7 / 6) as usize]),
        FieldKind::Unit => json!(unit),
        FieldKind::List { .. } => json!(["county/office", "gov/power"][..(pick / 3 % 3) as usize]),
        FieldKind::Table { .. } => {
            json!([{"code": "A1", "amount": 3}, {"code": format!("B{}", pick % 4), "amount": null}])
        }
        FieldKind::File { .. } => Value::Null,
    }
}

/// Half of the tries are what some button offers, so that runs get far; the others are anybody trying anything.
fn who_does_what<'d>(desk: &'d Desk, one: &Try) -> (&'d Act, Vec<Person>) {
    let everybody = people();
    if one.pick.is_multiple_of(2) {
        let offered = |person: &Person| {
            let lawful = lawful_acts(&desk.def, desk.case.as_ref(), person, &desk.ctx());
            let open = lawful.into_iter().filter(|lawful| lawful.refusal.is_none());
            open.map(|lawful| (lawful.act, person.clone())).collect::<Vec<_>>()
        };
        let offers: Vec<_> = everybody.iter().flat_map(offered).collect();
        let mut acts: Vec<&String> = offers.iter().map(|(act, _)| act).collect();
        acts.dedup();
        acts.sort_unstable();
        acts.dedup();
        if let Some(name) = acts.get((one.pick / 2) as usize % acts.len().max(1)) {
            let mut by: Vec<Person> = offers.iter().filter(|(act, _)| act == *name).map(|(_, by)| by.clone()).collect();
            let first = one.by[0] % by.len();
            by.rotate_left(first);
            by.truncate(one.by.len());
            return (desk.def.act(name).unwrap(), by);
        }
    }
    let act = &desk.def.acts[one.act % desk.def.acts.len()];
    (act, one.by.iter().map(|index| everybody[*index].clone()).collect())
}

fn proposal(desk: &Desk, one: &Try) -> Proposal {
    let def = &desk.def;
    let (act, by) = who_does_what(desk, one);
    let mut proposal = desk.proposal(&act.name, &[], json!({}));
    proposal.by = by;
    for (at, take) in act.takes.iter().enumerate() {
        let field = def.field(&take.field).unwrap();
        let pick = one.pick.wrapping_mul(31).wrapping_add(at as u64 * 7) >> 3;
        let chance = if take.required { one.care > 12 } else { pick.is_multiple_of(3) };
        match field.kind {
            _ if !chance => {}
            FieldKind::File { .. } => proposal.files.push(file(&take.field, pick % 1_050)),
            _ => drop(proposal.given.insert(take.field.clone(), value_for(&field.kind, &take.field, pick))),
        }
    }
    if act.records_history {
        let states = &def.states;
        let state = states[(one.pick % states.len() as u64) as usize].name.clone();
        proposal.claim = Some(Claim {
            act: (!one.pick.is_multiple_of(5)).then(|| def.acts[(one.pick / 7) as usize % def.acts.len()].name.clone()),
            state,
        });
        proposal.origin =
            Origin::Mirror { system: "old".into(), number: format!("N{}", one.pick % 100), batch: "ab".repeat(32) };
        proposal.given.insert("lead".into(), json!("gov/sme"));
        if one.pick.is_multiple_of(3) {
            proposal.by[0].kind = ActorKind::Import;
            proposal.by.truncate(1);
        }
    }
    if one.stale {
        proposal.seen = Some(3);
    }
    if one.backdated {
        proposal.done = desk.now - jiff::SignedDuration::from_hours((one.pick % 300) as i64);
    }
    proposal
}

fn run(tries: &[Try]) -> Desk {
    let mut desk = Desk::new("2024-01-05T09:00");
    // An earlier record of the same case may have been filed by hand or imported; one third starts with a plain filing.
    if tries.first().is_some_and(|one| one.pick.is_multiple_of(3)) {
        desk.file();
    }
    for one in tries {
        desk.now += jiff::SignedDuration::from_mins(one.minutes);
        if one.ring {
            ring_all(&mut desk);
        }
        let proposal = proposal(&desk, one);
        let before = desk.case.clone();
        let decided = decide(&desk.def, desk.case.as_ref(), &proposal, &desk.ctx());
        assert_eq!(decided, decide(&desk.def, desk.case.as_ref(), &proposal, &desk.ctx()), "one question, two answers");
        assert_eq!(before, desk.case, "asking has changed the case");
        agrees_with_buttons(&desk, &proposal, decided.is_ok());
        if let Ok(decided) = decided {
            desk.accept(&decided);
        }
        if desk.case.as_ref().is_some_and(|case| case.outcome.is_some()) {
            break;
        }
    }
    desk
}

fn ring_all(desk: &mut Desk) {
    for _ in 0..10 {
        let Some(case) = &desk.case else { return };
        let due: Option<String> =
            case.timers.iter().filter(|(_, at)| **at <= desk.now).map(|(name, _)| name.clone()).next();
        let Some(timer) = due else { return };
        let decided = ring(&desk.def, case, &timer, &desk.ctx()).unwrap();
        assert!(
            decided.case.timers.get(&timer).is_none_or(|at| *at > case.timers[&timer]),
            "{timer} rings again at once"
        );
        desk.accept(&decided);
    }
    panic!("timers ring without end");
}

/// A button must not be grey when the act is accepted from that person alone, done now.
fn agrees_with_buttons(desk: &Desk, proposal: &Proposal, accepted: bool) {
    if !accepted || proposal.claim.is_some() {
        return;
    }
    for person in &proposal.by {
        let lawful = lawful_acts(&desk.def, desk.case.as_ref(), person, &desk.ctx());
        let button = lawful.iter().find(|lawful| lawful.act == proposal.act);
        // A paper act may have been possible when it was done, and be so no more.
        if proposal.done == desk.now {
            assert!(button.is_some_and(|button| button.refusal.is_none()), "{}: {button:?}", proposal.act);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Design 1.5: a case is the fold of its records and nothing else; nobody gets out of a terminal state.
    #[test]
    fn whatever_people_try_the_case_is_the_fold_of_its_records(tries in tries()) {
        let desk = run(&tries);
        let mut folded = None;
        for record in &desk.records {
            folded = Some(apply(folded, record).unwrap());
        }
        prop_assert_eq!(&folded, &desk.case);
        if let Some(case) = desk.case.as_ref().filter(|case| case.outcome.is_some()) {
            for act in &desk.def.acts {
                for person in people() {
                    let mut proposal = desk.proposal(&act.name, &[], json!({}));
                    proposal.by = vec![person];
                    prop_assert!(decide(&desk.def, Some(case), &proposal, &desk.ctx()).is_err(), "{} after the end", act.name);
                }
            }
        }
    }
}

/// The property above is worth nothing if random runs never get anywhere.
#[test]
fn random_runs_reach_every_act_and_every_state() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut acts, mut states) = (BTreeMap::<String, u32>::new(), BTreeMap::<String, u32>::new());
    for _ in 0..200 {
        let tries = tries().new_tree(&mut runner).unwrap().current();
        for record in run(&tries).records {
            let own = if record.origin == Origin::Own { "" } else { "mirror " };
            *acts.entry(format!("{own}{}", record.act)).or_default() += 1;
            *states.entry(record.case.unwrap().to).or_default() += 1;
        }
    }
    eprintln!("{acts:?}\n{states:?}");
    let def = matter::procedure();
    for act in def.acts.iter().filter(|act| !act.records_history) {
        assert!(acts.contains_key(&act.name), "no run reached `{}`: {acts:?}", act.name);
    }
    for act in ["remind", "lapse", "mirror record_history"] {
        assert!(acts.contains_key(act), "no run reached `{act}`: {acts:?}");
    }
    for state in &def.states {
        assert!(states.contains_key(&state.name), "no run reached `{}`: {states:?}", state.name);
    }
}
