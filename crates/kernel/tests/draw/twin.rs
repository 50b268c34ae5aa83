//! The draw against its slow twin, and what must not depend on who else stands in the pool.

use guiju_kernel::draw::quota::quotas;
use guiju_kernel::draw::{Drawing, Input, Key};
use guiju_testkit::{draw_pool, slow_draw};
use proptest::prelude::*;

fn order(input: &Input, key: &Key) -> Vec<String> {
    Drawing::new(&input.snapshot, key).order().iter().map(|(_, target)| target.label.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_slow_twin_draws_the_same(
        targets in 10u64..60, total in 1u64..10, inspectors in 24u64..40, team in 2u64..30, code in any::<[u8; 32]>(),
        number in 10_000_000u64..99_999_999,
    ) {
        let mut input = draw_pool::input(targets, total, inspectors, team);
        // The draw is a function of code and values, whatever they are: commitments have tests of their own.
        input.reveals[0].value = number.to_string();
        let hash = input.snapshot.hash().expect("a hash");
        let key = guiju_kernel::draw::proof::key(&hash, &input.reveals, &hex::encode(code));
        let slow = slow_draw::key(&hash, &input.reveals, &code);
        prop_assert_eq!(key.to_hex(), hex::encode(slow));
        let outcome = Drawing::new(&input.snapshot, &key).outcome().expect("an outcome");
        let snapshot = &input.snapshot;
        let counts = quotas(snapshot.rule, &snapshot.strata, &snapshot.sizes()).expect("quotas");
        prop_assert_eq!(counts.iter().sum::<u64>(), total);
        prop_assert_eq!(outcome.places, slow_draw::places(snapshot, &slow, &counts));
    }

    #[test]
    fn adding_or_striking_a_candidate_leaves_the_order_of_the_others_unchanged(
        targets in 2u64..80, struck in 0u64..80, code in any::<[u8; 32]>(), seed in any::<[u8; 16]>(),
    ) {
        let key = Key::extract(&code, &seed);
        let whole = draw_pool::input(targets, 1, 0, 0);
        let mut fewer = whole.clone();
        let gone = fewer.snapshot.targets.remove(usize::try_from(struck % targets).expect("small")).label;
        let mut expected = order(&whole, &key);
        expected.retain(|label| *label != gone);
        prop_assert_eq!(order(&fewer, &key), expected);
    }

    #[test]
    fn striking_one_that_was_not_drawn_changes_no_place(targets in 20u64..60, code in any::<[u8; 32]>()) {
        let key = Key::extract(&code, b"seed");
        let mut input = draw_pool::input(targets, 4, 30, 12);
        input.snapshot.rule = guiju_kernel::draw::quota::Rule::Quotas;
        for stratum in &mut input.snapshot.strata {
            stratum.share = 1;
        }
        let before = Drawing::new(&input.snapshot, &key).outcome().expect("an outcome");
        let drawn: Vec<String> = before.places.iter().map(|place| place.target.clone()).collect();
        let at = input.snapshot.targets.iter().position(|one| !drawn.contains(&one.label)).expect("one not drawn");
        input.snapshot.targets.remove(at);
        prop_assert_eq!(Drawing::new(&input.snapshot, &key).outcome().expect("an outcome"), before);
    }
}

#[test]
fn who_inspects_satisfies_card_area_and_recusal() {
    let proof = draw_pool::input(300, 60, 40, 12).proof().expect("a proof");
    let pool = proof.snapshot.inspectors.as_ref().expect("inspectors");
    let mut called = 0;
    for place in &proof.result.places {
        let target = proof.snapshot.targets.iter().find(|target| target.label == place.target).expect("a target");
        assert_eq!(place.inspectors.len(), 2);
        assert_ne!(place.inspectors[0], place.inspectors[1]);
        for label in &place.inspectors {
            let one = pool.pool.iter().find(|one| one.label == *label).expect("an inspector");
            assert!(one.card.until > pool.on, "{label} has no valid card");
            assert!(one.areas.contains(target.area.as_ref().expect("an area")), "{label} is of another area");
            assert!(!one.recused.contains(&place.target), "{label} is recused from {}", place.target);
            called += usize::from(!proof.result.team.iter().any(|member| member.label == *label));
        }
    }
    assert_eq!(proof.result.team.len(), 12);
    assert_eq!(called, 0, "a team of twelve has two for every target here");
}

#[test]
fn where_the_team_has_too_few_the_next_of_the_pool_are_called() {
    let proof = draw_pool::input(60, 20, 40, 2).proof().expect("a proof");
    let team: Vec<&String> = proof.result.team.iter().map(|member| &member.label).collect();
    assert!(proof.result.places.iter().all(|place| place.inspectors.len() == 2));
    assert!(proof.result.places.iter().any(|place| place.inspectors.iter().any(|one| !team.contains(&one))));
}
