//! What the draw refuses before any seed exists, and what it refuses of what was revealed.

use guiju_kernel::draw::quota::Rule;
use guiju_kernel::draw::source::{Group, commitment};
use guiju_kernel::draw::{Input, Kind, What};
use guiju_testkit::draw_pool;

/// The codes of what is refused after this change to a sound input.
fn refused(change: impl FnOnce(&mut Input)) -> Vec<&'static str> {
    let mut input = draw_pool::input(40, 6, 24, 8);
    change(&mut input);
    let fault = input.proof().err();
    fault.map(|fault| fault.0.iter().map(|mismatch| mismatch.what.code()).collect()).unwrap_or_default()
}

#[test]
fn a_sound_input_is_drawn() {
    assert_eq!(refused(|_| {}), Vec::<&str>::new());
}

#[test]
fn one_source_is_not_two_and_one_holder_is_one_source() {
    assert_eq!(refused(|i| i.snapshot.sources.truncate(2)), ["sources.last", "sources.short", "sources.short"]);
    let alone = refused(|i| {
        i.snapshot.sources.drain(..2);
        i.reveals.drain(..2);
    });
    assert_eq!(alone, ["sources.single", "sources.short"]);
    let one_hand = refused(|i| i.snapshot.sources.iter_mut().for_each(|source| source.holder = "同一人".into()));
    assert_eq!(one_hand, ["sources.single"]);
    let own = refused(|i| {
        i.snapshot.sources.iter_mut().take(2).for_each(|source| source.holder = "示例市工业和信息化局".into())
    });
    assert_eq!(own, ["sources.single"], "the organ is no source beside itself");
    assert_eq!(
        refused(|i| i.snapshot.sources[1].holder = "企业代表 ".into()),
        ["sources.kind"],
        "nor is a name with a blank"
    );
}

#[test]
fn short_seeds_are_refused() {
    let witness_of = |i: &mut Input, digits: u64| {
        for (source, reveal) in i.snapshot.sources.iter_mut().zip(&mut i.reveals).take(2) {
            reveal.value.truncate(usize::try_from(digits).unwrap());
            let salt = reveal.salt.clone().unwrap();
            let commitment = commitment("双随机〔2026〕1号", &source.id, &reveal.value, &salt);
            source.kind = Kind::Witness { digits, commitment };
        }
    };
    // 24 bits of the lottery and twice 26 are enough; twice 19 are not; five digits are no witness's number.
    assert_eq!(refused(|i| witness_of(i, 8)), Vec::<&str>::new());
    assert_eq!(refused(|i| witness_of(i, 6)), ["sources.short"]);
    assert_eq!(refused(|i| witness_of(i, 5)), ["sources.kind", "sources.kind", "sources.short"]);
    let three_digits = refused(|i| {
        let Kind::Lottery { groups, .. } = &mut i.snapshot.sources[2].kind else { return };
        *groups = vec![Group { from: 0, to: 9, take: 1 }; 3];
        i.reveals[2].value = "3./0./3./".into();
    });
    assert_eq!(three_digits, ["sources.short", "sources.short"], "9 bits of a public result are too few");
}

#[test]
fn the_public_result_comes_last_and_after_the_pool_was_fixed() {
    let earlier = "2026-02-28T21:15:00.000+08:00";
    let past = refused(|i| {
        if let Kind::Lottery { at, .. } = &mut i.snapshot.sources[2].kind {
            *at = earlier.into();
        }
    });
    assert_eq!(past, ["sources.last"]);
    let first = refused(|i| {
        i.snapshot.sources.rotate_right(1);
        i.reveals.rotate_right(1);
    });
    assert_eq!(first, ["sources.last", "sources.last"], "both witnesses reveal after the public result");
}

#[test]
fn a_drand_round_may_come_last_instead() {
    let drawn = refused(|i| {
        let (chain, at) = (draw_pool::digest("chain"), "2026-03-05T21:15:00.000+08:00".into());
        i.snapshot.sources[2].kind = Kind::Drand { chain, round: 4_711, at };
        i.reveals[2].value = draw_pool::digest("round 4711");
    });
    assert_eq!(drawn, Vec::<&str>::new());
}

#[test]
fn what_is_revealed_must_be_what_was_announced() {
    assert_eq!(refused(|i| i.reveals[0].value = "20260302".into()), ["commitment"]);
    assert_eq!(refused(|i| i.reveals[0].salt = Some(draw_pool::digest("other"))), ["commitment"]);
    assert_eq!(refused(|i| i.reveals[0].salt = None), ["value"]);
    assert_eq!(refused(|i| i.reveals[1].value = "8675309".into()), ["value", "commitment"]);
    assert_eq!(refused(|i| i.reveals.swap(0, 1)), ["reveal", "reveal"]);
    assert_eq!(refused(|i| drop(i.reveals.pop())), ["reveal"]);
    assert_eq!(refused(|i| i.code = draw_pool::digest("another code")), ["code"]);
    for value in [
        "3.8.12.19.27.31./17./",
        "8.3.12.19.27.31./7./",
        "3.3.12.19.27.31./7./",
        "03.8.12.19.27.31./7./",
        "3.8.12.19.27.31.7./",
        "3.8.12.19.27.31./7.",
    ] {
        assert_eq!(refused(|i| i.reveals[2].value = value.into()), ["value"], "{value}");
    }
}

#[test]
fn pools_and_plans_must_be_clear() {
    assert_eq!(refused(|i| i.snapshot.targets[1].label = i.snapshot.targets[0].label.clone()), ["twice"]);
    assert_eq!(refused(|i| i.snapshot.excluded[0].label = i.snapshot.targets[0].label.clone()), ["twice"]);
    assert_eq!(refused(|i| i.snapshot.excluded[0].reason = " \u{3000}".into()), ["reason"]);
    for label in ["", " a", "a\u{3000}", "a\tb", "a\u{7f}", &"长".repeat(67)] {
        assert_eq!(refused(|i| i.snapshot.targets[0].label = label.into()), ["label"], "{label:?}");
    }
    assert_eq!(refused(|i| i.snapshot.targets[0].stratum = "other".into()), ["stratum"]);
    assert_eq!(refused(|i| i.snapshot.rule = Rule::Quotas), ["plan"], "a quota of five of four high risks");
    assert_eq!(refused(|i| i.snapshot.rule = Rule::LargestRemainder { total: 41 }), ["plan"]);
    assert_eq!(refused(|i| i.snapshot.rule = Rule::LargestRemainder { total: 0 }), ["plan"]);
    assert_eq!(refused(|i| i.snapshot.fixed = "2026-03-01".into()), ["moment"]);
}

#[test]
fn a_target_that_too_few_may_inspect_is_refused_before_the_seed() {
    let target = draw_pool::target(5).label;
    let all_but_one = refused(|i| {
        let pool = i.snapshot.inspectors.as_mut().unwrap();
        pool.pool.iter_mut().skip(1).for_each(|one| one.recused.push(target.clone()));
    });
    assert_eq!(all_but_one, ["pairs"]);
    let lapsed = refused(|i| i.snapshot.inspectors.as_mut().unwrap().on = "2029-01-01".into());
    assert!(lapsed.len() == 40 && lapsed.iter().all(|code| *code == "pairs"));
}

#[test]
fn the_ledger_took_pool_and_commitments_before_the_seed_and_the_result_after() {
    use guiju_kernel::draw::proof::{Mark, Recorded};
    let mark = |seq: u64| Mark { seq, leaf_hash: draw_pool::digest(&seq.to_string()) };
    let of = |snapshot, commitments: &[u64], seed, result| Recorded {
        snapshot: Some(mark(snapshot)),
        commitments: commitments.iter().map(|seq| mark(*seq)).collect(),
        seed: Some(mark(seed)),
        result: Some(mark(result)),
        substitutions: Vec::new(),
    };
    assert_eq!(refused(|i| i.recorded = Some(of(7, &[3, 9], 12, 15))), Vec::<&str>::new());
    assert_eq!(refused(|i| i.recorded = Some(of(7, &[3, 13], 12, 15))), ["recorded"]);
    assert_eq!(refused(|i| i.recorded = Some(of(14, &[3], 12, 15))), ["recorded"]);
    assert_eq!(refused(|i| i.recorded = Some(of(7, &[3], 12, 12))), ["recorded"]);
    assert_eq!(refused(|i| i.recorded = Some(of(7, &[7], 12, 13))), ["recorded"]);
}

#[test]
fn a_file_that_would_keep_its_reader_busy_is_refused_by_its_sizes() {
    assert_eq!(refused(|i| i.snapshot.inspectors.as_mut().unwrap().per_target = 21), ["size"]);
    let sources = refused(|i| {
        let more = std::iter::repeat_n(i.snapshot.sources[0].clone(), 14).collect::<Vec<_>>();
        i.snapshot.sources.splice(0..0, more);
    });
    assert_eq!(sources, ["size"]);
    let pairings = refused(|i| {
        i.snapshot.targets = (0..6_000).map(draw_pool::target).collect();
        i.snapshot.inspectors.as_mut().unwrap().pool = (0..9_000).map(draw_pool::inspector).collect();
        i.snapshot.rule = Rule::LargestRemainder { total: 5_600 };
    });
    assert_eq!(pairings, ["size"]);
}

#[test]
fn every_kind_of_mismatch_has_a_code_of_its_own_and_two_sentences() {
    let mut codes: Vec<_> = What::ALL.iter().map(|what| what.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), What::ALL.len());
    assert!(What::ALL.iter().all(|what| !what.zh().is_empty() && what.en().is_ascii()));
}
