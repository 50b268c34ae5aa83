//! Substitutes come from the same order, need a cause, and leave the first result as it was.

use guiju_kernel::draw::proof::Cause;
use guiju_kernel::draw::{Of, Proof, verify};
use guiju_testkit::draw_pool;

const LATER: &str = "2026-03-06T09:00:00.000+08:00";

fn cause(of: Of) -> Cause {
    Cause { of, cause: "企业已迁出本市".into(), at: LATER.into() }
}

fn with(causes: Vec<Cause>) -> Result<Proof, Vec<&'static str>> {
    let mut input = draw_pool::input(80, 10, 30, 10);
    input.substitutions = causes;
    input.proof().map_err(|fault| fault.0.iter().map(|mismatch| mismatch.what.code()).collect())
}

#[test]
fn the_next_of_the_same_risk_class_comes_and_the_first_result_stays() {
    let first = with(Vec::new()).expect("a proof");
    let gone = &first.result.places[3];
    let proof = with(vec![cause(Of::Target { label: gone.target.clone() })]).expect("a proof");
    assert_eq!(proof.result, first.result);
    let order = verify(&first).expect("it holds").order;
    let drawn: Vec<&String> = first.result.places.iter().map(|place| &place.target).collect();
    let next = order.iter().find(|(label, stratum, _)| *stratum == gone.stratum && !drawn.contains(&label));
    let by = &proof.substitutions[0].by;
    assert_eq!((by.len(), Some(&by[0].target)), (1, next.map(|row| &row.0)));
    let standing = verify(&proof).expect("it holds").standing;
    assert_eq!(standing[3], by[0]);
    assert_eq!(standing[2], first.result.places[2]);
}

#[test]
fn who_was_replaced_never_comes_back() {
    let first = with(Vec::new()).expect("a proof");
    let gone = first.result.places[0].target.clone();
    let once = with(vec![cause(Of::Target { label: gone.clone() })]).expect("a proof");
    let next = once.substitutions[0].by[0].target.clone();
    let causes = [&gone, &next].map(|label| cause(Of::Target { label: label.clone() })).to_vec();
    let twice = with(causes).expect("a proof");
    assert!(![&gone, &next].contains(&&twice.substitutions[1].by[0].target));
    let again = [&gone, &gone].map(|label| cause(Of::Target { label: label.clone() })).to_vec();
    assert_eq!(with(again), Err(vec!["substitute.of"]));
}

#[test]
fn an_inspector_is_replaced_at_one_target_or_everywhere() {
    let first = with(Vec::new()).expect("a proof");
    let label = first.result.places[0].inspectors[0].clone();
    let target = Some(first.result.places[0].target.clone());
    let proof = with(vec![cause(Of::Inspector { label: label.clone(), target })]).expect("a proof");
    let by = &proof.substitutions[0].by;
    assert_eq!(by.len(), 1);
    assert_eq!(by[0].inspectors[1], first.result.places[0].inspectors[1]);
    assert!(!by[0].inspectors.contains(&label));

    let everywhere = with(vec![cause(Of::Inspector { label: label.clone(), target: None })]).expect("a proof");
    let stood = first.result.places.iter().filter(|place| place.inspectors.contains(&label)).count();
    assert_eq!(everywhere.substitutions[0].by.len(), stood);
    let standing = verify(&everywhere).expect("it holds").standing;
    assert!(standing.iter().all(|place| !place.inspectors.contains(&label)));
    assert!(standing.iter().all(|place| place.inspectors[0] != place.inspectors[1]));
}

#[test]
fn a_substitution_needs_a_cause_and_its_time() {
    let first = with(Vec::new()).expect("a proof");
    let of = || Of::Target { label: first.result.places[0].target.clone() };
    assert_eq!(with(vec![Cause { cause: " ".into(), ..cause(of()) }]), Err(vec!["substitute.cause"]));
    let early = Cause { at: "2026-03-05T09:00:00.000+08:00".into(), ..cause(of()) };
    assert_eq!(with(vec![early]), Err(vec!["substitute.time"]), "before the lottery nobody knew who was drawn");
    assert_eq!(with(vec![cause(Of::Target { label: "企业 停产".into() })]), Err(vec!["substitute.of"]));
}

#[test]
fn when_a_class_is_used_up_nobody_comes() {
    let mut input = draw_pool::input(40, 40, 30, 10);
    input.substitutions = vec![cause(Of::Target { label: draw_pool::target(0).label })];
    let fault = input.proof().expect_err("all were drawn");
    assert_eq!(fault.0[0].what.code(), "substitute.none");
}
