//! How many acts a second can one core decide? Run in release: `cargo test --release -p guiju-kernel --test engine -- --ignored`.

use std::time::Duration;

use guiju_kernel::procedure::decide;
use serde_json::json;

use super::fixture::{Desk, at};

#[test]
#[ignore = "a measurement, meaningful only in release"]
fn one_core_decides_thirty_thousand_acts_a_second() {
    let mut desk = Desk::new("2024-03-04T10:00");
    let mut proposals = Vec::new();
    let mut take = |desk: &mut Desk, act: &str, by: &[&str], given| {
        let proposal = desk.proposal(act, by, given);
        let before = desk.case.clone();
        desk.propose(&proposal).unwrap();
        proposals.push((before, proposal));
    };
    let given = json!({"title": "用电报装慢", "body": "报装已经三周没有答复，请协调。", "topic": "power", "phone": "13800000000"});
    take(&mut desk, "file", &["firm"], given);
    take(&mut desk, "dispatch", &["dispatcher"], json!({"lead": "gov/sme", "with": ["gov/power"]}));
    take(&mut desk, "sign", &["sme"], json!({}));
    take(&mut desk, "contact", &["sme"], json!({}));
    take(&mut desk, "join", &["power"], json!({}));
    take(&mut desk, "answer", &["sme"], json!({"answer": "已安排本周送电"}));
    take(&mut desk, "serve", &["clerk"], json!({}));
    take(&mut desk, "close", &["sme"], json!({}));
    desk.later("2024-03-04T10:00");
    assert_eq!(desk.now, at("2024-03-04T10:00"));
    let rounds = 20_000;
    let ctx = desk.ctx();
    let start = of_this_core();
    for _ in 0..rounds {
        for (before, proposal) in &proposals {
            std::hint::black_box(decide(&desk.def, before.as_ref(), proposal, &ctx).unwrap());
        }
    }
    let acts = rounds as u128 * proposals.len() as u128;
    let a_second = acts * 1_000_000 / (of_this_core() - start).as_micros().max(1);
    eprintln!("{a_second} acts decided a second");
    assert!(cfg!(debug_assertions) || a_second > 30_000, "{a_second} acts a second");
}

/// Time that this thread has had on a core: other work on the machine must not count against the engine.
fn of_this_core() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let spent = said.split_whitespace().next().and_then(|nanos| nanos.parse().ok());
    match spent {
        Some(nanos) => Duration::from_nanos(nanos),
        None => std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap(),
    }
}
