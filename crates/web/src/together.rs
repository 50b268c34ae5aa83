//! Acts that several officers do together: whom the form offers to name, and who was named.
//!
//! The visitor is the first and records the act; the others are accounts. Whether each of them may act (role, card, recusal) the
//! office says when it decides, never the form.

use std::collections::BTreeSet;

use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::Act;

use crate::WebState;
use crate::fault::Fault;
use crate::form::Posted;
use crate::lang::Lang;

/// The name under which forms post accounts.
pub const WITH: &str = "_with";

/// One person whom the form offers.
pub struct Offer {
    pub account: String,
    pub title: String,
    pub checked: bool,
}

/// How many officers the act needs, the visitor included.
pub fn places(act: &Act) -> u32 {
    let officers = act.by.iter().filter(|rule| !rule.party && !rule.timer);
    officers.map(|rule| rule.count.max(1)).sum()
}

/// Whom the form offers; nobody where one officer is enough or a party acts.
///
/// # Errors
/// When the accounts cannot be read.
pub async fn offers(
    state: &WebState,
    lang: Lang,
    who: Option<&Person>,
    act: &Act,
    posted: &Posted,
) -> Result<Vec<Offer>, Fault> {
    let Some(who) = who.filter(|who| who.party.is_none() && places(act) > 1) else { return Ok(Vec::new()) };
    let roles: BTreeSet<&str> = act.by.iter().filter_map(|rule| rule.role.as_deref()).collect();
    let named = posted.all(WITH);
    let colleagues = state.office.colleagues(who, &roles).await?;
    let offer = |colleague: guiju_office::Colleague| Offer {
        title: format!("{}（{}）", colleague.name, lang.text(&colleague.unit)),
        checked: named.contains(&colleague.account),
        account: colleague.account,
    };
    Ok(colleagues.into_iter().map(offer).collect())
}

/// The visitor and the persons named with them.
///
/// # Errors
/// When an account that was named does not exist or is suspended.
pub async fn named(state: &WebState, who: Person, act: &Act, posted: &Posted) -> Result<Vec<Person>, Fault> {
    let mut by = vec![who];
    if places(act) < 2 || by.iter().any(|who| who.party.is_some()) {
        return Ok(by);
    }
    for account in posted.all(WITH) {
        let person = state.office.person(&account).await?.filter(|person| person.party.is_none());
        by.push(person.ok_or(Fault::NotFound(account))?);
    }
    Ok(by)
}

#[cfg(test)]
mod tests {
    use super::places;
    use guiju_kernel::procedure::definition::{Act, ActorRule};

    fn rule(role: Option<&str>, count: u32) -> ActorRule {
        ActorRule { role: role.map(str::to_owned), party: role.is_none(), count, ..ActorRule::default() }
    }

    /// 处罚法 42, 粤听证 9: two officers, or a chair and two members; a party that may act too changes nothing.
    #[test]
    fn places_are_those_of_the_officers() {
        let act = |by: Vec<ActorRule>| Act { by, ..Act::default() };
        assert_eq!(places(&act(vec![rule(Some("investigator"), 2)])), 2);
        assert_eq!(places(&act(vec![rule(Some("hearing_chair"), 1), rule(Some("hearing_member"), 2)])), 3);
        assert_eq!(places(&act(vec![rule(None, 1), rule(Some("investigator"), 1)])), 1);
        assert_eq!(places(&act(vec![rule(None, 1)])), 0);
    }
}
