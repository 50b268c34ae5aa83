//! What the law says of an act, the act says too: who bears a tag cites the articles that the tag rests on.
//!
//! Without this an act could lose its basis and nobody would notice: its refusals would name no article, its records none either.

use std::collections::BTreeMap;

use guiju_kernel::procedure::definition::Act;

use super::known::Known;
use crate::complaint::Margin;
use crate::raw::procedure::RawProcedure;

/// Tag -> the articles that it rests on, as acts cite them (`statute#article`).
pub(crate) type Grounds = BTreeMap<String, Vec<String>>;

/// The articles that the act's tags rest on and that it does not cite, each with the tag. Acts that take over history stand for
/// what was done elsewhere and are not asked.
pub(crate) fn uncited<'a>(act: &'a Act, grounds: &'a Grounds) -> impl Iterator<Item = (&'a str, &'a str)> {
    let tags = act.tags.iter().filter(|_| !act.records_history);
    let rests = tags.flat_map(|tag| grounds.get(tag).into_iter().flatten().map(move |basis| (tag.as_str(), basis)));
    rests.filter(|(_, basis)| !act.basis.contains(basis)).map(|(tag, basis)| (tag, basis.as_str()))
}

/// Complains, at the tag, of every act that does not cite what its tags rest on.
pub(crate) fn check(raw: &RawProcedure, acts: &[Act], known: &Known<'_>, margin: Margin<'_>) {
    for (name, raw) in raw.acts.iter() {
        let Some(act) = acts.iter().find(|act| act.name == name.as_str()) else { continue };
        for (tag, basis) in uncited(act, &known.grounds) {
            let spot = raw.tags.iter().find(|known| known.as_str() == tag).map_or(name.spot, |tag| tag.spot);
            margin.note(
                spot,
                format!("行为 `{}` 有标签 `{tag}`，依据须写明 `{basis}`", name.as_str()),
                format!("the act `{}` bears the tag `{tag}` and has to cite `{basis}`", name.as_str()),
            );
        }
    }
}
