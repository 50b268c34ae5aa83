//! Does everybody have the same chance? Many draws with committed seeds, held against a chi-square distribution.

use guiju_kernel::draw::Key;
use sha2::{Digest, Sha256};

const DRAWS: usize = 20_000;
const POOL: usize = 100;
const CHOSEN: usize = 10;

/// How often each candidate is among the first ten of a hundred, over every `parts`-th seed from `part`.
fn counted(part: usize, parts: usize) -> [u32; POOL] {
    let labels: Vec<String> = (0..POOL).map(|number| format!("candidate {number:02}")).collect();
    let mut counts = [0; POOL];
    let mut order = Vec::with_capacity(POOL);
    for draw in (part..DRAWS).step_by(parts) {
        let code = Sha256::digest(format!("code {draw}"));
        let key = Key::extract(&code, format!("randomness {draw}").as_bytes());
        order.clear();
        order.extend(labels.iter().enumerate().map(|(at, label)| (key.target(label), at)));
        order.select_nth_unstable(CHOSEN - 1);
        for (_, at) in order.iter().take(CHOSEN) {
            counts[*at] += 1;
        }
    }
    counts
}

/// The upper tail of the chi-square distribution by Wilson and Hilferty: the cube root is nearly normal.
fn upper_tail(statistic: f64, freedom: f64) -> f64 {
    let spread = 2.0 / (9.0 * freedom);
    let z = ((statistic / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
    // The normal tail by Abramowitz and Stegun, 26.2.17 (error below 1e-7).
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let polynomial = series.iter().rev().fold(0.0, |sum, factor| t * (factor + sum));
    let tail = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * polynomial;
    if z < 0.0 { 1.0 - tail } else { tail }
}

/// Ten of a hundred without replacement: counts vary less than independent ones would, by (1 - 10/100), and sum to a constant, so
/// that the statistic divided by that factor times 100/99 has 99 degrees of freedom.
fn statistic(counts: &[u32; POOL]) -> f64 {
    let expected = (DRAWS * CHOSEN / POOL) as f64;
    let variance = expected * (1.0 - CHOSEN as f64 / POOL as f64) * POOL as f64 / (POOL as f64 - 1.0);
    counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / variance).sum()
}

#[test]
fn over_twenty_thousand_draws_of_ten_from_a_hundred_everybody_has_the_same_chance() {
    let parts = 2;
    let counts = std::thread::scope(|threads| {
        let running: Vec<_> = (0..parts).map(|part| threads.spawn(move || counted(part, parts))).collect();
        let mut counts = [0; POOL];
        for thread in running {
            for (sum, count) in counts.iter_mut().zip(thread.join().expect("counted")) {
                *sum += count;
            }
        }
        counts
    });
    assert_eq!(counts.iter().sum::<u32>() as usize, DRAWS * CHOSEN);
    let p = upper_tail(statistic(&counts), 99.0);
    assert!(p > 0.001, "p = {p}: {counts:?}");
    assert!(p < 0.999, "p = {p}: more even than chance");
    // The same test finds a candidate who is drawn a tenth more often than the others.
    let mut bent = counts;
    bent[0] += bent[0] / 10;
    bent[1] -= bent[0] / 11;
    assert!(upper_tail(statistic(&bent), 99.0) < 0.001);
}

#[test]
fn the_tail_is_that_of_the_tables() {
    // Chi-square tables for 99 degrees of freedom: 5 % above 123.225, 1 ‰ above 148.230.
    assert!((upper_tail(123.225, 99.0) - 0.05).abs() < 2e-4);
    assert!((upper_tail(148.230, 99.0) - 0.001).abs() < 2e-5);
}
