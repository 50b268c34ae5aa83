//! Pools and sources for tests of the draw: as many targets and inspectors as asked for, everything else in order.
//!
//! Invented firms and officers; nothing of chance, so that what is made twice is equal.

#![expect(clippy::indexing_slicing, reason = "every index is a remainder or a constant within its array")]

use guiju_kernel::draw::quota::{Rule, Stratum};
use guiju_kernel::draw::snapshot::{Card, Exclusion, Inspector, Inspectors, Snapshot, Target};
use guiju_kernel::draw::source::{Group, commitment};
use guiju_kernel::draw::{Input, Kind, Reveal, Source};
use guiju_kernel::procedure::definition::Text;
use sha2::{Digest, Sha256};

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sixty-four hexadecimal digits for a word.
pub fn digest(word: &str) -> String {
    hex(&Sha256::digest(word.as_bytes()))
}

/// The target of a number, from 0: every tenth of high risk, three of ten of middle risk; areas in turn.
pub fn target(number: u64) -> Target {
    let stratum = match number % 10 {
        0 => "high",
        1..=3 => "middle",
        _ => "low",
    };
    let area = ["energy", "radio", "materials"].get((number % 3) as usize).map(|area| (*area).to_owned());
    Target { label: format!("企业 {number:06}"), stratum: stratum.into(), area }
}

/// The inspector of a number, from 0: two of three areas each; every seventh card is out of date; each recused from two targets.
pub fn inspector(number: u64) -> Inspector {
    let areas = ["energy", "radio", "materials"];
    let areas = [number % 3, (number + 1) % 3].map(|at| areas[at as usize].to_owned());
    let until = if number % 7 == 6 { "2026-01-01" } else { "2028-01-01" };
    let card = Card { number: format!("JM-{number:04}"), from: "2023-01-01".into(), until: until.into() };
    let recused = [number * 3, number * 5].map(|at| target(at).label).to_vec();
    Inspector { label: format!("检查员 {number:04}"), card, areas: areas.to_vec(), recused }
}

/// A draw of `total` from so many targets, and of a team of `team` from so many inspectors, with everything revealed.
pub fn input(targets: u64, total: u64, inspectors: u64, team: u64) -> Input {
    let id = "双随机〔2026〕1号";
    let salts = ["甲的盐", "乙的盐"].map(digest);
    let numbers = ["20260301", "86753099"];
    let witness = |at: usize, holder: &str| Source {
        id: format!("witness-{}", at + 1),
        holder: holder.into(),
        kind: Kind::Witness {
            digits: 8,
            commitment: commitment(id, &format!("witness-{}", at + 1), numbers[at], &salts[at]),
        },
    };
    let lottery = Source {
        id: "lottery".into(),
        holder: "福利彩票发行中心".into(),
        kind: Kind::Lottery {
            name: "双色球".into(),
            issue: "2026024".into(),
            groups: vec![Group { from: 1, to: 33, take: 6 }, Group { from: 1, to: 16, take: 1 }],
            at: "2026-03-05T21:15:00.000+08:00".into(),
        },
    };
    let strata = [("high", "高风险", 5), ("middle", "中风险", 3), ("low", "低风险", 1)];
    let code = Sha256::digest("一次性口令");
    let pool = Inspectors {
        on: "2026-03-10".into(),
        per_target: 2,
        team: Some(team),
        pool: (0..inspectors).map(inspector).collect(),
        excluded: vec![Exclusion { label: "检查员 退休".into(), reason: "已退休".into() }],
    };
    let snapshot = Snapshot {
        id: id.into(),
        title: text("工业企业双随机检查", "Random inspection of industrial firms"),
        organ: "示例市工业和信息化局".into(),
        fixed: "2026-03-01T09:00:00.000+08:00".into(),
        rule: Rule::LargestRemainder { total },
        strata: strata.map(|(id, zh, share)| Stratum { id: id.into(), title: text(zh, id), share }).to_vec(),
        targets: (0..targets).map(target).collect(),
        excluded: vec![Exclusion { label: "企业 停产".into(), reason: "已停产，公示期内无异议".into() }],
        inspectors: (inspectors > 0).then_some(pool),
        sources: vec![witness(0, "企业代表"), witness(1, "人大代表"), lottery],
        code: hex(&Sha256::digest(code)),
    };
    let [first, second] = salts.map(Some);
    let reveal = |source: &str, value: &str, salt| Reveal { source: source.into(), value: value.into(), salt };
    let reveals = vec![
        reveal("witness-1", numbers[0], first),
        reveal("witness-2", numbers[1], second),
        reveal("lottery", "3.8.12.19.27.31./7./", None),
    ];
    Input { snapshot, reveals, code: hex(&code), substitutions: Vec::new(), recorded: None }
}
