//! How would somebody draw by hand? HMAC written out, and the lowest position looked for in the whole list, again and again.
//!
//! Refuses nothing and hurries nowhere: the twin against which the kernel's draw is tested. It shares the announced values with
//! the kernel, and no code.

#![expect(clippy::indexing_slicing, reason = "a list is scanned by its places, as one would on paper")]

use guiju_kernel::draw::snapshot::{Inspector, Snapshot, Target};
use guiju_kernel::draw::{Place, Reveal};
use sha2::{Digest, Sha256};

/// HMAC-SHA-256 by RFC 2104, over parts joined.
pub fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0u8; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner: Vec<u8> = block.iter().map(|byte| byte ^ 0x36).chain(text.iter().copied()).collect();
    let outer: Vec<u8> = block.iter().map(|byte| byte ^ 0x5c).chain(Sha256::digest(&inner)).collect();
    Sha256::digest(&outer).into()
}

/// The position of a label under a key.
pub fn position(key: &[u8; 32], label: &str) -> String {
    let text = [label.as_bytes(), &[1]].concat();
    hmac(key, &text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key, from the announced snapshot hash, what was revealed and the code's bytes.
pub fn key(snapshot_hash: &str, reveals: &[Reveal], code: &[u8]) -> [u8; 32] {
    let mut seed = "guiju/draw/seed/v1\n".to_owned() + snapshot_hash + "\n";
    for reveal in reveals {
        seed += &match &reveal.salt {
            Some(salt) => format!("{}\t{}\t{salt}\n", reveal.source, reveal.value),
            None => format!("{}\t{}\n", reveal.source, reveal.value),
        };
    }
    hmac(code, seed.as_bytes())
}

/// The lowest of a list by position, leaving the list without it.
fn lowest<T>(list: &mut Vec<(String, T)>) -> Option<(String, T)> {
    let mut best = 0;
    for at in 1..list.len() {
        if list[at].0 < list[best].0 {
            best = at;
        }
    }
    (!list.is_empty()).then(|| list.remove(best))
}

/// The places drawn, in their order, for quotas known beforehand (one for each stratum).
pub fn places(snapshot: &Snapshot, key: &[u8; 32], quotas: &[u64]) -> Vec<Place> {
    let mut waiting: Vec<(String, &Target)> =
        snapshot.targets.iter().map(|one| (position(key, &format!("target\t{}", one.label)), one)).collect();
    let mut left = quotas.to_vec();
    let mut places = Vec::new();
    while let Some((position, target)) = lowest(&mut waiting) {
        let at = snapshot.strata.iter().position(|stratum| stratum.id == target.stratum).unwrap_or_default();
        if left[at] > 0 {
            left[at] -= 1;
            let inspectors = inspectors(snapshot, key, target);
            places.push(Place { target: target.label.clone(), stratum: target.stratum.clone(), position, inspectors });
        }
    }
    places
}

fn inspectors(snapshot: &Snapshot, key: &[u8; 32], target: &Target) -> Vec<String> {
    let Some(pool) = &snapshot.inspectors else { return Vec::new() };
    let carded = |one: &&Inspector| one.card.from <= pool.on && pool.on < one.card.until;
    let mut waiting: Vec<(String, &Inspector)> =
        pool.pool.iter().map(|one| (position(key, &format!("inspector\t{}", one.label)), one)).collect();
    let mut in_order = Vec::new();
    while let Some((_, one)) = lowest(&mut waiting) {
        in_order.push(one);
    }
    let carded: Vec<&Inspector> = in_order.into_iter().filter(carded).collect();
    let team = pool.team.map_or(carded.len(), |team| carded.len().min(team as usize));
    let may_go = |one: &&&Inspector| {
        let right_area = target.area.as_ref().is_none_or(|area| one.areas.contains(area));
        right_area && !one.recused.contains(&target.label)
    };
    let mut pairs: Vec<(String, &Inspector)> = carded[..team]
        .iter()
        .filter(may_go)
        .map(|one| (position(key, &format!("pairing\t{}\t{}", target.label, one.label)), *one))
        .collect();
    let mut crew = Vec::new();
    while let Some((_, one)) = lowest(&mut pairs) {
        crew.push(one.label.clone());
    }
    crew.extend(carded[team..].iter().filter(may_go).map(|one| one.label.clone()));
    crew.truncate(pool.per_target as usize);
    crew
}
