//! How many of each risk class? The plan's quotas or ratios in whole numbers, every rounding named.
//!
//! Refuses a plan that asks for more than a class or the whole pool holds.

use serde::{Deserialize, Serialize};

use crate::procedure::definition::Text;

/// How the plan says how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// A stratum's share is the number to draw from it.
    Quotas,
    /// A stratum's share is thousandths of its candidates; a part of one counts as one.
    PerMilleRoundedUp,
    /// A stratum's share is a weight: `total` is divided by weight times candidates, and what whole numbers leave over goes to
    /// the largest remainders, of equal ones to the stratum that the plan names first.
    LargestRemainder { total: u64 },
}

/// A risk class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stratum {
    pub id: String,
    pub title: Text,
    pub share: u64,
}

/// Computes how many are drawn from each stratum, given how many candidates each has.
///
/// # Errors
/// The id of the stratum that has too few, or `total`.
pub fn quotas(rule: Rule, strata: &[Stratum], sizes: &[u64]) -> Result<Vec<u64>, String> {
    match rule {
        Rule::Quotas => each(strata, sizes, |share, _| u128::from(share)),
        Rule::PerMilleRoundedUp => {
            each(strata, sizes, |share, size| (u128::from(share) * u128::from(size)).div_ceil(1_000))
        }
        Rule::LargestRemainder { total } => {
            let parts: Vec<(u128, u64)> = strata
                .iter()
                .zip(sizes)
                .map(|(stratum, size)| (u128::from(stratum.share) * u128::from(*size), *size))
                .collect();
            apportioned(total, &parts).ok_or_else(|| "total".to_owned())
        }
    }
}

fn each(strata: &[Stratum], sizes: &[u64], of: impl Fn(u64, u64) -> u128) -> Result<Vec<u64>, String> {
    let counted = strata.iter().zip(sizes).map(|(stratum, size)| {
        let asked = u64::try_from(of(stratum.share, *size)).ok().filter(|asked| asked <= size);
        asked.ok_or_else(|| stratum.id.clone())
    });
    counted.collect()
}

/// Divides `total` by (part, most): a stratum that would get more than it holds is taken whole, and the rest divided anew.
fn apportioned(total: u64, parts: &[(u128, u64)]) -> Option<Vec<u64>> {
    let mut seats: Vec<Option<u64>> = vec![None; parts.len()];
    loop {
        let fixed = seats.iter().flatten().sum::<u64>();
        let left = total.checked_sub(fixed)?;
        let open: Vec<(usize, u128, u64)> = parts
            .iter()
            .zip(&seats)
            .enumerate()
            .filter(|(_, (_, seat))| seat.is_none())
            .map(|(at, ((part, most), _))| (at, *part, *most))
            .collect();
        let sum: u128 = open.iter().map(|(_, part, _)| part).sum();
        if sum == 0 {
            return (left == 0).then(|| seats.iter().map(|seat| seat.unwrap_or(0)).collect());
        }
        let divided = divided(left, &open, sum)?;
        let over: Vec<_> = divided.iter().filter(|(_, seat, most)| seat > most).collect();
        if over.is_empty() {
            for (at, seat, _) in divided {
                *seats.get_mut(at)? = Some(seat);
            }
            return Some(seats.iter().map(|seat| seat.unwrap_or(0)).collect());
        }
        for (at, _, most) in over {
            *seats.get_mut(*at)? = Some(*most);
        }
    }
}

/// One division by largest remainder: (stratum, seats, most).
fn divided(left: u64, open: &[(usize, u128, u64)], sum: u128) -> Option<Vec<(usize, u64, u64)>> {
    let mut rows = Vec::new();
    let mut given = 0u64;
    for (at, part, most) in open {
        let exact = u128::from(left).checked_mul(*part)?;
        let seat = u64::try_from(exact / sum).ok()?;
        given += seat;
        rows.push((*at, seat, *most, exact % sum));
    }
    let mut by_remainder: Vec<usize> = (0..rows.len()).collect();
    by_remainder.sort_by_key(|at| std::cmp::Reverse(rows.get(*at).map_or(0, |row| row.3)));
    let more = usize::try_from(left.checked_sub(given)?).ok()?;
    for at in by_remainder.into_iter().take(more) {
        rows.get_mut(at)?.1 += 1;
    }
    Some(rows.into_iter().map(|(at, seat, most, _)| (at, seat, most)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strata(shares: &[u64]) -> Vec<Stratum> {
        let stratum =
            |(at, share): (usize, &u64)| Stratum { id: format!("s{at}"), title: Text::default(), share: *share };
        shares.iter().enumerate().map(stratum).collect()
    }

    fn seats(rule: Rule, shares: &[u64], sizes: &[u64]) -> Result<Vec<u64>, String> {
        quotas(rule, &strata(shares), sizes)
    }

    #[test]
    fn a_part_of_one_counts_as_one() {
        assert_eq!(seats(Rule::PerMilleRoundedUp, &[200, 30, 0], &[11, 100, 9]), Ok(vec![3, 3, 0]));
        assert_eq!(seats(Rule::PerMilleRoundedUp, &[1_001], &[10]), Err("s0".into()));
    }

    #[test]
    fn a_quota_beyond_its_class_is_refused_by_name() {
        assert_eq!(seats(Rule::Quotas, &[2, 5], &[2, 5]), Ok(vec![2, 5]));
        assert_eq!(seats(Rule::Quotas, &[2, 6], &[2, 5]), Err("s1".into()));
    }

    #[test]
    fn what_is_left_over_goes_to_the_largest_remainder_and_of_equal_ones_to_the_first() {
        let ten = Rule::LargestRemainder { total: 10 };
        assert_eq!(seats(ten, &[1, 1, 1], &[10, 10, 10]), Ok(vec![4, 3, 3]));
        // 10 x (50, 30, 20) / 100 divides evenly; 7 gives 3.5, 2.1, 1.4.
        assert_eq!(seats(Rule::LargestRemainder { total: 7 }, &[1, 1, 1], &[50, 30, 20]), Ok(vec![4, 2, 1]));
    }

    #[test]
    fn a_small_class_is_taken_whole_and_the_rest_divided_anew() {
        let ten = Rule::LargestRemainder { total: 10 };
        assert_eq!(seats(ten, &[100, 1, 1], &[2, 10, 10]), Ok(vec![2, 4, 4]));
        assert_eq!(seats(ten, &[1, 0], &[9, 50]), Err("total".into()), "a class of weight 0 does not fill up");
        assert_eq!(seats(ten, &[1, 1], &[4, 5]), Err("total".into()));
    }
}
