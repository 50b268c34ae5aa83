//! Which known word did somebody probably mean who wrote an unknown one?
//!
//! Gives a suggestion only when it is near enough to be worth reading; says nothing otherwise.

/// Finds the candidate that a misspelt word is nearest to, if any is near enough (a third of the longer word's characters).
///
/// Letter case, blanks and underscores against hyphens are ignored. The first of equals wins.
///
/// ```
/// assert_eq!(guiju_text::nearest("acceptd", &["accepted", "closed"]), Some("accepted"));
/// assert_eq!(guiju_text::nearest("xyz", &["accepted", "closed"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let asked = compared(word);
    candidates
        .iter()
        .map(|candidate| {
            let known = compared(candidate);
            let longest = asked.len().max(known.len());
            (edits(&asked, &known), longest / 3, *candidate)
        })
        .filter(|(edits, allowed, _)| edits <= allowed)
        .min_by_key(|(edits, ..)| *edits)
        .map(|(_, _, candidate)| candidate)
}

/// Counts how many insertions, deletions, replacements and swaps of neighbours turn one text into the other
/// (optimal string alignment: no part is edited twice).
pub fn distance(a: &str, b: &str) -> usize {
    edits(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
}

fn compared(word: &str) -> Vec<char> {
    crate::fold::fold(word).chars().filter(|c| !c.is_whitespace()).map(|c| if c == '_' { '-' } else { c }).collect()
}

fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (i, &x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i + 1);
        for (j, &y) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&last, j) + usize::from(x != y);
            let mut least = replaced.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = j > 0 && b.get(j - 1) == Some(&x) && previous == Some(y);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            row.push(least);
        }
        previous = Some(x);
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_as_people_make_them() {
        for (a, b, count) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
            ("abc", "acb", 1),
            ("accept", "acept", 1),
            ("注册资本", "注册资金", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (count, count), "{a} {b}");
        }
    }

    #[test]
    fn a_suggestion_is_near_or_there_is_none() {
        assert_eq!(nearest("企业名称", &["企业规模", "企业名稱"]), Some("企业名稱"));
        assert_eq!(nearest("Dispatch_ed", &["dispatched", "closed"]), Some("dispatched"));
        assert_eq!(nearest("用水", &["用电"]), None, "half of a word of two characters is another word");
        assert_eq!((nearest("", &["a"]), nearest("a", &[])), (None, None));
    }
}
