//! Procedures held against constraints: what is kept is proved, what is broken is told as a course, and every proof is believed
//! only by the second reader.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot find fails the test")]

use std::path::PathBuf;
use std::sync::Arc;

use guiju_kernel::checker::{Finding, Verdict, World, check, contradictions};
use guiju_kernel::constraint::Constraint;
use guiju_kernel::procedure::definition::Procedure;
use guiju_kernel::procedure::guard::{Bound, Guard, Test};
use guiju_pack::Pack;

fn pack(folder: &str) -> Pack {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let told = |all: Vec<guiju_pack::Complaint>| all.iter().map(|one| format!("{one}\n")).collect::<String>();
    Pack::load(&folder).map_err(told).expect("the pack loads")
}

fn penalties() -> Pack {
    pack("tests/law")
}

fn decide(pack: &Pack, procedure: &Procedure, constraint: &Constraint) -> Finding {
    let (facts, params) = (pack.facts(), pack.param_values());
    let finding = check(procedure, constraint, World { facts: &facts, params: &params });
    let proof = serde_json::to_string(&finding.proof).unwrap();
    assert_eq!(guiju_recheck::recheck(&proof), Ok(()), "{} {}", procedure.id, constraint.id);
    finding
}

fn named<'a>(pack: &'a Pack, id: &str) -> &'a Constraint {
    pack.constraints().find(|constraint| constraint.id == id).unwrap()
}

/// The verdict on the penalty procedure after a change, and the course in Chinese.
fn after(id: &str, change: impl FnOnce(&mut Procedure)) -> (Verdict, Vec<String>, String) {
    let pack = penalties();
    let mut procedure = Procedure::clone(pack.procedure("penalty").unwrap());
    change(&mut procedure);
    let finding = decide(&pack, &procedure, named(&pack, id));
    (finding.verdict, finding.path.iter().map(|step| step.zh.clone()).collect(), finding.why.zh)
}

fn act<'a>(procedure: &'a mut Procedure, name: &str) -> &'a mut guiju_kernel::procedure::definition::Act {
    procedure.acts.iter_mut().find(|act| act.name == name).unwrap()
}

fn all_hold(pack: &Pack) {
    for procedure in &pack.procedures {
        for constraint in pack.constraints_on(procedure) {
            let finding = decide(pack, procedure, constraint);
            let path: Vec<&str> = finding.path.iter().map(|step| step.zh.as_str()).collect();
            let told = format!("{} {}: {} {path:?}", procedure.id, constraint.id, finding.why.zh);
            assert_ne!(finding.verdict, Verdict::Violated, "{told}");
        }
    }
}

#[test]
fn a_sound_procedure_keeps_every_constraint_and_each_is_proved() {
    let pack = penalties();
    all_hold(&pack);
    let procedure = Arc::clone(pack.procedure("penalty").unwrap());
    for constraint in pack.constraints_on(&procedure) {
        assert_eq!(decide(&pack, &procedure, constraint).verdict, Verdict::Holds, "{}", constraint.id);
    }
}

/// Of at least 150 constraints at least 100 bind an act that can be reached; the others are vacuous and say so.
#[test]
fn the_shipped_procedures_keep_the_shipped_constraints() {
    let shipped = pack("../../packs/industry-it-bureau");
    let mut binding = std::collections::BTreeSet::new();
    for procedure in &shipped.procedures {
        for constraint in shipped.constraints_on(procedure) {
            let finding = decide(&shipped, procedure, constraint);
            let path: Vec<&str> = finding.path.iter().map(|step| step.zh.as_str()).collect();
            let told = format!("{} {}: {} {path:?}", procedure.id, constraint.id, finding.why.zh);
            assert_ne!(finding.verdict, Verdict::Violated, "{told}");
            if finding.verdict == Verdict::Holds {
                binding.insert(constraint.id.as_str());
            }
        }
    }
    assert!(shipped.constraints().count() >= 150);
    assert!(binding.len() >= 100, "{} constraints bind", binding.len());
}

#[test]
fn fragments_keep_and_break_their_constraints() {
    for pack in [penalties(), pack("../../packs/industry-it-bureau")] {
        let facts = pack.facts();
        for constraint in pack.constraints() {
            for (chain, wanted) in [(&constraint.keeps, Verdict::Holds), (&constraint.breaks, Verdict::Violated)] {
                if !chain.is_empty() {
                    let finding = decide(&pack, &pack.fragment(constraint, chain, &facts), constraint);
                    assert_eq!(finding.verdict, wanted, "{} {chain:?}", constraint.id);
                }
            }
        }
    }
}

#[test]
fn the_statutes_agree_with_themselves() {
    for pack in [penalties(), pack("../../packs/industry-it-bureau")] {
        assert_eq!(pack.disagreements(""), guiju_pack::Disagreements::default());
    }
}

#[test]
fn a_decision_reached_around_the_notice_is_told_as_the_shortest_course() {
    let (verdict, path, _) = after("notice-first", |procedure| {
        act(procedure, "review").from.push(("filed".to_owned(), Guard::Always));
        act(procedure, "decide").when = Guard::Always;
    });
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(path, ["立案", "审核", "决定"]);
}

#[test]
fn a_decision_before_the_defence_period_ends_is_found() {
    let (verdict, path, _) = after("defence-period", |procedure| act(procedure, "decide").when = Guard::Always);
    assert_eq!(verdict, Verdict::Violated);
    assert_eq!(path, ["立案", "调查", "告知", "审核", "决定"]);
    let short = |procedure: &mut Procedure| {
        procedure.clocks.iter_mut().filter(|clock| clock.name == "defence").for_each(|clock| {
            clock.limit = "p.short".to_owned();
        });
    };
    assert_eq!(after("defence-period", short).0, Verdict::Violated);
}

#[test]
fn a_threshold_that_is_not_the_statutes_is_found() {
    let own = Guard::Field { name: "fine".to_owned(), is: Test::AtLeast(Bound::Number(20_000_000)) };
    let (verdict, path, _) = after("hearing-where-due", |procedure| {
        act(procedure, "review").from[0].1 = Guard::Not(Box::new(own));
    });
    assert_eq!(verdict, Verdict::Violated);
    assert!(path.contains(&"决定".to_owned()) && !path.contains(&"听证".to_owned()), "{path:?}");
    let (verdict, ..) = after("hearing-where-due", |procedure| procedure.terms.clear());
    assert_eq!(verdict, Verdict::Violated, "a term that is no longer mapped may be anything");
}

#[test]
fn a_circle_that_runs_a_clock_for_ever_is_found_and_a_bound_makes_it_lawful() {
    use guiju_kernel::procedure::definition::{Act, AtMost, Text};
    let back = |bound: Option<u32>| {
        move |procedure: &mut Procedure| {
            let by = act(procedure, "serve").by.clone();
            procedure.acts.push(Act {
                name: "back".to_owned(),
                title: Text { zh: "退回补充".to_owned(), en: "back".to_owned() },
                from: vec![("reviewed".to_owned(), Guard::Always)],
                to: Some("informed".to_owned()),
                by,
                at_most: bound.map(|times| AtMost { times, reason: Text::default() }),
                ..Act::default()
            });
        }
    };
    let (verdict, path, _) = after("decide-in-time", back(None));
    assert_eq!(verdict, Verdict::Violated);
    assert!(path.contains(&"退回补充".to_owned()), "{path:?}");
    assert_eq!(after("decide-in-time", back(Some(2))).0, Verdict::Holds);
    assert_eq!(after("decide-in-time", back(Some(30))).0, Verdict::Holds, "a high bound is a bound");
}

#[test]
fn duties_actors_and_clocks_that_are_missing_are_found() {
    let verdict = |id: &str, change: fn(&mut Procedure)| after(id, change).0;
    assert_eq!(verdict("published", |p| act(p, "decide").publishes.clear()), Verdict::Violated);
    assert_eq!(verdict("served", |p| act(p, "serve").stops.clear()), Verdict::Violated);
    assert_eq!(verdict("investigators", |p| act(p, "investigate").by[0].count = 1), Verdict::Violated);
    assert_eq!(verdict("investigators", |p| act(p, "investigate").by[0].card = None), Verdict::Violated);
    assert_eq!(verdict("another-reviews", |p| act(p, "review").by[0].distinct_from.clear()), Verdict::Violated);
    assert_eq!(verdict("decide-in-time", |p| act(p, "file").starts.clear()), Verdict::Violated);
    assert_eq!(verdict("decide-in-time", |p| act(p, "inform").stops.push("decision".to_owned())), Verdict::Violated);
    assert_eq!(verdict("notice-first", |p| act(p, "decide").tags.clear()), Verdict::Vacuous);
}

#[test]
fn what_is_wrong_with_the_shape_itself_is_found() {
    let verdict = |change: fn(&mut Procedure)| {
        let (verdict, _, why) = after("can-end", change);
        assert_eq!(verdict, Verdict::Violated, "{why}");
        why
    };
    assert!(verdict(|p| p.states[3].start = true).contains("起始状态"));
    assert!(verdict(|p| act(p, "serve").from.push(("closed".to_owned(), Guard::Always))).contains("终结状态"));
    assert!(verdict(|p| act(p, "hear").when = Guard::Not(Box::new(Guard::Always))).contains("到不了"));
    assert!(verdict(|p| act(p, "waive").when = Guard::Not(Box::new(Guard::Always))).contains("不能做"));
    assert!(verdict(|p| act(p, "decide").when = Guard::PartyAnswered("waived".to_owned())).contains("不能结束"));
}

#[test]
fn constraints_that_contradict_each_other_are_told() {
    use guiju_kernel::constraint::{Demand, Mark};
    let pack = penalties();
    let first = named(&pack, "notice-first").clone();
    let opposite = Demand::Before { first: "p.decision".to_owned(), then: "p.notice".to_owned() };
    let second = Constraint { id: "other".to_owned(), demand: opposite, ..first.clone() };
    let gap = named(&pack, "defence-period").clone();
    let soon = Demand::Within {
        first: Mark::Act("p.notice".to_owned()),
        then: "p.decision".to_owned(),
        param: "p.short".to_owned(),
        pauses: Vec::new(),
        extension: None,
    };
    let third = Constraint { id: "soon".to_owned(), demand: soon, ..first.clone() };
    let (facts, params) = (pack.facts(), pack.param_values());
    let found = contradictions(&[&first, &second, &gap, &third], World { facts: &facts, params: &params });
    let pairs: Vec<(&str, &str)> = found.iter().map(|one| (&*one.first, &*one.second)).collect();
    assert_eq!(pairs, [("notice-first", "other"), ("defence-period", "soon")]);
}
