//! Acts and the law, held against each other from both sides: what a tag rests on is cited by every act that bears it, and who
//! cites an article that speaks of certain acts is one of them.
//!
//! Either side alone could be forgotten without anybody noticing: an act without its basis would refuse without an article, an act
//! without its tag would escape every constraint.

use std::collections::BTreeMap;

use guiju_kernel::procedure::definition::Act;

use super::known::Known;
use crate::complaint::Margin;
use crate::raw::procedure::RawProcedure;

/// Tag -> the articles that it rests on, as acts cite them.
pub(crate) type Grounds = BTreeMap<String, Vec<String>>;

/// What does not fit between an act's tags and its basis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfounded {
    /// It bears the tag and does not cite what the tag rests on.
    Uncited { tag: String, basis: String },
    /// It cites the article and bears none of the tags that rest on it.
    Untagged { basis: String, tags: Vec<String> },
}

/// Everything that does not fit. Acts that take over history stand for what was done elsewhere and are not asked.
pub(crate) fn unfounded(act: &Act, grounds: &Grounds) -> Vec<Unfounded> {
    if act.records_history {
        return Vec::new();
    }
    let mut found = Vec::new();
    for tag in &act.tags {
        let lacking = grounds.get(tag).into_iter().flatten().filter(|basis| !act.basis.contains(basis));
        found.extend(lacking.map(|basis| Unfounded::Uncited { tag: tag.clone(), basis: basis.clone() }));
    }
    for basis in &act.basis {
        let on_it = || grounds.iter().filter(|(_, articles)| articles.contains(basis)).map(|(tag, _)| tag);
        if on_it().next().is_some() && !on_it().any(|tag| act.tags.contains(tag)) {
            found.push(Unfounded::Untagged { basis: basis.clone(), tags: on_it().cloned().collect() });
        }
    }
    found
}

/// Complains of every act whose tags and basis do not fit, at the tag or the citation.
pub(crate) fn check(raw: &RawProcedure, acts: &[Act], known: &Known<'_>, margin: Margin<'_>) {
    for (name, raw) in raw.acts.iter() {
        let Some(act) = acts.iter().find(|act| act.name == name.as_str()) else { continue };
        for fault in unfounded(act, &known.grounds) {
            match fault {
                Unfounded::Uncited { tag, basis } => {
                    let spot = raw.tags.iter().find(|known| known.as_str() == tag).map_or(name.spot, |tag| tag.spot);
                    margin.note(
                        spot,
                        format!("行为 `{}` 有标签 `{tag}`，依据须写明 `{basis}`", name.as_str()),
                        format!("the act `{}` bears the tag `{tag}` and has to cite `{basis}`", name.as_str()),
                    );
                }
                Unfounded::Untagged { basis, tags } => {
                    let cited = raw.basis.iter().find(|known| known.as_str() == basis);
                    let list = tags.join("`, `");
                    margin.note(
                        cited.map_or(name.spot, |basis| basis.spot),
                        format!("行为 `{}` 以 `{basis}` 为依据，须有标签 `{list}` 之一", name.as_str()),
                        format!("the act `{}` cites `{basis}` and has to bear one of `{list}`", name.as_str()),
                    );
                }
            }
        }
    }
}
