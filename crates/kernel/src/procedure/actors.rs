//! May these persons do this act? Role, desk, card, qualification, draw, separation of duties, recusal, and how many of them.
//!
//! The rules of an act fall into three groups: the party's, the timers' and the officers'. Who records the act picks the group:
//! a party needs one rule of the party's, a timer one of the timers', and officers must between them fill all the places of the
//! officers' rules, each place by another person. An officer who fills no place may not act with the others. An officer acts
//! for the organ whose case it is, unless the rule says `holder` or `lead`: then for a unit on whose desk the case lies, or for the one
//! that leads.

use serde_json::Value;

use super::consulted::Consulted;
use super::definition::{ActorRule, Text};
use super::judge::Scene;
use super::proposal::{Card, Person, Proposal, Refusal, RefusalKind};
use super::sentence::{act_title, text};
use crate::case::Case;
use crate::record::ActorKind;
use crate::rows::EntryDoc;
use crate::time::date_of;

/// Refuses unless the persons of the proposal may do the act.
pub(super) fn check(scene: &Scene<'_>, proposal: &Proposal, consulted: &mut Consulted) -> Result<(), Box<Refusal>> {
    let Some(first) = proposal.by.first() else {
        let why = text("没有写明由谁办理", "nobody is named who does this");
        return Err(Refusal::new(RefusalKind::Actor, "actor.nobody", why));
    };
    if first.kind == ActorKind::Officer {
        return officers(scene, &proposal.by, &proposal.organ, consulted);
    }
    if let Some(other) = proposal.by.get(1) {
        let why = text(
            format!("“{}”不能与当事人或者系统共同办理", other.id),
            format!("`{}` cannot act together with a party or a timer", other.id),
        );
        return Err(Refusal::new(RefusalKind::Actor, "actor.together", why));
    }
    one_of(scene, first, &proposal.organ, consulted)
}

/// Refuses unless the person fills at least one place: what a button needs to know.
pub(super) fn one_of(
    scene: &Scene<'_>,
    person: &Person,
    organ: &str,
    consulted: &mut Consulted,
) -> Result<(), Box<Refusal>> {
    let mut refusal: Option<Box<Refusal>> = None;
    for rule in scene.act.by.iter().filter(|rule| concerns(rule, person.kind)) {
        match standing(scene, rule, person, organ, consulted) {
            Ok(()) => return Ok(()),
            // Of several places, what keeps them from the one whose role they have says more than a role they lack.
            Err(why) if refusal.as_ref().is_none_or(|first| first.rule == "actor.role") => refusal = Some(why),
            Err(_) => {}
        }
    }
    Err(refusal.unwrap_or_else(|| wrong_kind(scene, person)))
}

fn concerns(rule: &ActorRule, kind: ActorKind) -> bool {
    match kind {
        ActorKind::Party => rule.party,
        ActorKind::Timer => rule.timer,
        // An import stands for the officer who ordered it: the office gives it that officer's roles, and every rule holds.
        ActorKind::Officer | ActorKind::Import => !rule.party && !rule.timer,
        ActorKind::System => false,
    }
}

fn officers(scene: &Scene<'_>, persons: &[Person], organ: &str, consulted: &mut Consulted) -> Result<(), Box<Refusal>> {
    for (at, person) in persons.iter().enumerate() {
        if person.kind != ActorKind::Officer {
            return Err(wrong_kind(scene, person));
        }
        if persons.iter().take(at).any(|other| other.id == person.id) {
            let why = text(
                format!("“{}”写了两次，同一人只能算一人", person.id),
                format!("`{}` stands twice; one person counts once", person.id),
            );
            return Err(Refusal::new(RefusalKind::Actor, "actor.twice", why));
        }
        one_of(scene, person, organ, consulted)?;
    }
    let rules: Vec<&ActorRule> = scene.act.by.iter().filter(|rule| concerns(rule, ActorKind::Officer)).collect();
    let places: Vec<&ActorRule> =
        rules.iter().flat_map(|rule| std::iter::repeat_n(*rule, rule.count.max(1) as usize)).collect();
    if places.len() == 1 {
        return Ok(());
    }
    let fits: Vec<Vec<bool>> = places
        .iter()
        .map(|rule| persons.iter().map(|person| standing(scene, rule, person, organ, consulted).is_ok()).collect())
        .collect();
    if filled(&fits, persons.len()) == places.len() { Ok(()) } else { Err(too_few(scene, &rules, places.len())) }
}

/// How many places can be filled by different persons at once: augmenting paths, since one person may fit several places.
fn filled(fits: &[Vec<bool>], persons: usize) -> usize {
    let mut place_of: Vec<Option<usize>> = vec![None; persons];
    (0..fits.len()).filter(|place| seat(*place, fits, &mut place_of, &mut vec![false; persons])).count()
}

fn seat(place: usize, fits: &[Vec<bool>], place_of: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    let Some(row) = fits.get(place) else { return false };
    for (person, fit) in row.iter().enumerate() {
        if !fit || tried.get(person).copied().unwrap_or(true) {
            continue;
        }
        if let Some(mark) = tried.get_mut(person) {
            *mark = true;
        }
        let holds = place_of.get(person).copied().flatten();
        if holds.is_none_or(|other| seat(other, fits, place_of, tried)) {
            if let Some(slot) = place_of.get_mut(person) {
                *slot = Some(place);
            }
            return true;
        }
    }
    false
}

fn standing(
    scene: &Scene<'_>,
    rule: &ActorRule,
    person: &Person,
    organ: &str,
    consulted: &mut Consulted,
) -> Result<(), Box<Refusal>> {
    if rule.timer {
        return Ok(());
    }
    recusal(scene, person)?;
    if rule.party {
        return party(scene, person);
    }
    role(scene, rule, person)?;
    desk(scene, rule, person, organ)?;
    card(scene, rule, person, consulted)?;
    if let Some(needed) = rule.holds.as_ref().filter(|needed| !person.qualifications.contains(*needed)) {
        let why = text(
            format!("办理“{}”须具备资格“{needed}”", act_title(scene.act).zh),
            format!("`{}` needs the qualification `{needed}`", act_title(scene.act).en),
        );
        return Err(refuse("actor.qualification", scene, why));
    }
    listed(scene, rule, person, consulted)?;
    distinct(scene, rule, person)
}

/// Who was drawn for this subject, and nobody else.
fn listed(scene: &Scene<'_>, rule: &ActorRule, person: &Person, consulted: &mut Consulted) -> Result<(), Box<Refusal>> {
    let Some(listed) = &rule.listed else { return Ok(()) };
    let Some(key) = scene.value(&listed.key).and_then(Value::as_str).filter(|key| !key.is_empty()) else {
        return Ok(());
    };
    let found = consulted.entry(scene.ctx, &listed.register, key, scene.at);
    let doc = found.and_then(|row| serde_json::from_value::<EntryDoc>(row.doc).ok());
    let pairs = doc.as_ref().and_then(|doc| doc.fields.get(&listed.field)).and_then(Value::as_array);
    let pair = format!("{}/{}", scene.subject.unwrap_or_default(), person.id);
    if pairs.is_some_and(|pairs| pairs.iter().any(|known| known.as_str() == Some(&pair))) {
        return Ok(());
    }
    let why = text(
        format!("“{}”不是“{key}”为本件抽中的人员", person.id),
        format!("`{}` is not among those whom `{key}` drew for this case", person.id),
    );
    let mend = text(
        "请由抽中的人员办理；抽中的人员不能参加的，说明原因重新抽取",
        "those who were drawn do it; where one of them cannot, draw again and say why",
    );
    Err(refuse("actor.listed", scene, why).mended_by(mend))
}

fn refuse(rule: &str, scene: &Scene<'_>, why: Text) -> Box<Refusal> {
    Refusal::new(RefusalKind::Actor, rule, why).resting_on(&scene.act.basis)
}

fn recusal(scene: &Scene<'_>, person: &Person) -> Result<(), Box<Refusal>> {
    let about = scene.subject.is_some_and(|subject| person.recused.contains(subject));
    let this = || {
        scene
            .case
            .is_some_and(|case| person.recused.contains(&case.id.to_string()) || person.recused.contains(&case.number))
    };
    if !about && !this() {
        return Ok(());
    }
    let why = text("您与本件的当事人有利害关系，已登记回避", "you are recused from this case");
    Err(refuse("actor.recused", scene, why).mended_by(text("请由其他人员办理", "somebody else has to do it")))
}

fn party(scene: &Scene<'_>, person: &Person) -> Result<(), Box<Refusal>> {
    if scene.subject.is_some() && person.party.as_deref() == scene.subject {
        return Ok(());
    }
    let title = act_title(scene.act);
    let why =
        text(format!("“{}”只能由本件的当事人办理", title.zh), format!("`{}` is for the party of this case", title.en));
    Err(refuse("actor.party", scene, why))
}

fn role(scene: &Scene<'_>, rule: &ActorRule, person: &Person) -> Result<(), Box<Refusal>> {
    let Some(role) = rule.role.as_ref().filter(|role| !person.roles.contains(*role)) else { return Ok(()) };
    let title = act_title(scene.act);
    let named = scene.ctx.facts.role_title(role).unwrap_or_else(|| text(role, role));
    let why = text(
        format!("“{}”由“{}”办理，您没有这一角色", title.zh, named.zh),
        format!("`{}` is for the role `{}`, which you do not have", title.en, named.en),
    );
    Err(refuse("actor.role", scene, why)
        .mended_by(text(format!("请转给“{}”", named.zh), format!("pass it to `{}`", named.en))))
}

/// Whether the person belongs to the unit of an open part.
pub(super) fn part_of<'c>(case: &'c Case, person: &Person) -> Option<&'c crate::case::Part> {
    case.parts.iter().find(|part| {
        part.open && person.organ.as_deref() == Some(&*part.organ) && person.unit.as_deref() == Some(&*part.unit)
    })
}

fn desk(scene: &Scene<'_>, rule: &ActorRule, person: &Person, organ: &str) -> Result<(), Box<Refusal>> {
    let title = act_title(scene.act);
    if !rule.holder && !rule.lead {
        let organ = scene.case.map_or(organ, |case| &case.organ);
        if person.organ.as_deref() == Some(organ) {
            return Ok(());
        }
        let why = text(
            format!("“{}”由本件所属机关的人员办理", title.zh),
            format!("`{}` is for officers of the organ whose case it is", title.en),
        );
        return Err(refuse("actor.organ", scene, why));
    }
    let Some(case) = scene.case else { return Ok(()) };
    let may = |part: &crate::case::Part| part.open && (!rule.lead || part.part == 0);
    if part_of(case, person).is_some_and(may) {
        return Ok(());
    }
    let open: Vec<Text> = case.parts.iter().filter(|part| may(part)).map(|part| unit_title(scene, part)).collect();
    let why = if open.is_empty() {
        text(
            format!("本件目前不在任何科室手中，不能办理“{}”", title.zh),
            format!("the case lies on no desk now, so `{}` is not possible", title.en),
        )
    } else {
        let held = super::sentence::alternatives(&open);
        let (zh, en) = if rule.lead { ("主办", "leads") } else { ("承办", "holds") };
        text(
            format!("“{}”由{zh}单位办理，本件现由{}{zh}", title.zh, held.zh),
            format!("`{}` is for the unit that {en} the case: {}", title.en, held.en),
        )
    };
    Err(refuse(if rule.lead { "actor.lead" } else { "actor.holder" }, scene, why))
}

fn unit_title(scene: &Scene<'_>, part: &crate::case::Part) -> Text {
    let path = format!("{}/{}", part.organ, part.unit);
    scene.ctx.facts.unit_title(&path).unwrap_or_else(|| text(&*path, &*path))
}

fn card(scene: &Scene<'_>, rule: &ActorRule, person: &Person, consulted: &mut Consulted) -> Result<(), Box<Refusal>> {
    let Some(kind) = &rule.card else { return Ok(()) };
    let day = date_of(scene.at);
    let area = person.organ.as_ref().and_then(|organ| scene.ctx.facts.area(organ));
    let valid = |card: &&Card| {
        card.kind == *kind
            && card.from <= day
            && day < card.until
            && area.as_ref().is_none_or(|area| card.area == *area)
    };
    if let Some(card) = person.cards.iter().find(valid) {
        consulted.card(&person.id, card);
        return Ok(());
    }
    let title = act_title(scene.act);
    let why = match person.cards.iter().filter(|card| card.kind == *kind).max_by_key(|card| card.until) {
        None => text(
            format!("办理“{}”须持有“{kind}”证件，“{}”没有", title.zh, person.id),
            format!("`{}` needs a card of the kind `{kind}`, which `{}` does not have", title.en, person.id),
        ),
        Some(card) => text(
            format!("证件“{}”在 {day} 对本辖区无效（有效期 {} 起，至 {} 前）", card.number, card.from, card.until),
            format!(
                "the card `{}` is not valid here on {day} (it runs from {} until before {})",
                card.number, card.from, card.until
            ),
        ),
    };
    Err(refuse("actor.card", scene, why)
        .mended_by(text("请由当日持有效证件的人员办理", "somebody with a card valid on that day has to do it")))
}

fn distinct(scene: &Scene<'_>, rule: &ActorRule, person: &Person) -> Result<(), Box<Refusal>> {
    let Some(case) = scene.case else { return Ok(()) };
    for tag in &rule.distinct_from {
        for (name, done) in &case.detail.acts {
            let other = scene.def.act(name);
            let tagged = name == tag || other.is_some_and(|act| act.tags.contains(tag));
            if tagged && done.by.contains(&person.id) {
                let other = other.map_or_else(|| text(&**name, &**name), act_title);
                let why = text(
                    format!("您办理过本件的“{}”，不得再办理“{}”", other.zh, act_title(scene.act).zh),
                    format!("you did `{}` in this case, so `{}` is not for you", other.en, act_title(scene.act).en),
                );
                let mend = text("请由没有参与前一环节的人员办理", "somebody who had no part in it has to do it");
                return Err(refuse("actor.distinct", scene, why).mended_by(mend));
            }
        }
    }
    Ok(())
}

fn wrong_kind(scene: &Scene<'_>, person: &Person) -> Box<Refusal> {
    let title = act_title(scene.act);
    let whose =
        |party: bool| scene.act.by.iter().any(|rule| if party { rule.party } else { !rule.party && !rule.timer });
    let (zh, en) = match (whose(true), whose(false)) {
        (true, true) => ("当事人或者工作人员", "the party and officers"),
        (true, false) => ("当事人", "the party"),
        (false, true) => ("工作人员", "officers"),
        (false, false) => ("系统到期自动", "a timer"),
    };
    let why = text(
        format!("“{}”由{zh}办理，不是“{}”", title.zh, person.id),
        format!("`{}` is for {en}, not for `{}`", title.en, person.id),
    );
    refuse("actor.kind", scene, why)
}

fn too_few(scene: &Scene<'_>, rules: &[&ActorRule], places: usize) -> Box<Refusal> {
    let title = act_title(scene.act);
    let part = |rule: &&ActorRule| {
        let role = rule.role.as_deref().unwrap_or("officer");
        let named = scene.ctx.facts.role_title(role).unwrap_or_else(|| text(role, role));
        (format!("{} {} 人", named.zh, rule.count.max(1)), format!("{} x {}", rule.count.max(1), named.en))
    };
    let (zh, en): (Vec<String>, Vec<String>) = rules.iter().map(part).unzip();
    let why = text(
        format!("“{}”须由 {places} 名符合条件的不同人员共同办理（{}）", title.zh, zh.join("、")),
        format!("`{}` needs {places} different persons ({})", title.en, en.join(", ")),
    );
    refuse("actor.count", scene, why).mended_by(text("请补上共同办理的人员", "name those who act with you"))
}
