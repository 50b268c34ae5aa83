//! What would make a guard hold, said to the person who was refused.

use serde_json::Value;

use super::consulted::Consulted;
use super::definition::{FieldKind, Text};
use super::guard::{Bound, ClockIs, Guard, Test};
use super::judge::{Scene, Verdict};
use super::sentence::{alternatives, clock_title, field_title, shown, text, yuan};

/// Says what is lacking of a guard that does not hold: the first part of an `all`, each way of an `any`.
pub(super) fn unmet(scene: &Scene<'_>, guard: &Guard, consulted: &mut Consulted) -> Text {
    match guard {
        Guard::Always => text("无须条件", "nothing is needed"),
        Guard::All(all) => {
            let failing = all.iter().find(|one| scene.judge(one, consulted) == Verdict::Fails);
            match failing {
                Some(one) => unmet(scene, one, consulted),
                None => together(all.iter().map(|one| unmet(scene, one, consulted)).collect()),
            }
        }
        Guard::Any(any) if any.is_empty() => never(),
        Guard::Any(any) => either(any.iter().map(|one| unmet(scene, one, consulted)).collect()),
        Guard::Not(inner) => too_much(scene, inner, consulted),
        Guard::Fact(name) => fact(scene, name, true, consulted),
        other => leaf(scene, other, true, consulted),
    }
}

/// Says what has to fall away of a condition that holds and must not: any part of an `all`, every part of an `any` that holds.
fn too_much(scene: &Scene<'_>, guard: &Guard, consulted: &mut Consulted) -> Text {
    match guard {
        Guard::Always => never(),
        Guard::All(all) => either(all.iter().map(|one| too_much(scene, one, consulted)).collect()),
        Guard::Any(any) => {
            let holding: Vec<&Guard> = any.iter().filter(|one| scene.judge(one, consulted) == Verdict::Holds).collect();
            let parts = if holding.is_empty() { any.iter().collect() } else { holding };
            together(parts.into_iter().map(|one| too_much(scene, one, consulted)).collect())
        }
        Guard::Not(inner) => unmet(scene, inner, consulted),
        Guard::Fact(name) => fact(scene, name, false, consulted),
        other => leaf(scene, other, false, consulted),
    }
}

/// A fact of a statute by its title, with what decides it here.
fn fact(scene: &Scene<'_>, name: &str, yes: bool, consulted: &mut Consulted) -> Text {
    let title = scene.ctx.facts.fact_title(name, scene.at);
    let lacking = scene
        .ctx
        .facts
        .fact(name, scene.at)
        .map(|meaning| if yes { unmet(scene, &meaning, consulted) } else { too_much(scene, &meaning, consulted) });
    let Text { zh, en } = match (title, lacking) {
        (None, Some(lacking)) => return lacking,
        (Some(title), None) => title,
        (Some(title), Some(lacking)) => {
            let (zh, en) = (&title.zh, &title.en);
            return pick(
                yes,
                (format!("须属于“{zh}”（{}）", lacking.zh), format!("须不属于“{zh}”（{}）", lacking.zh)),
                (format!("`{en}` has to apply ({})", lacking.en), format!("`{en}` must not apply ({})", lacking.en)),
            );
        }
        (None, None) => text(name, name),
    };
    pick(
        yes,
        (format!("须认定“{zh}”"), format!("须认定不属于“{zh}”")),
        (format!("`{en}` has to apply"), format!("`{en}` must not apply")),
    )
}

/// Ways of which one is enough, each said once.
fn either(ways: Vec<Text>) -> Text {
    alternatives(&once(ways))
}

/// Things that are needed together, each said once.
fn together(parts: Vec<Text>) -> Text {
    let parts = once(parts);
    let joined = |word: fn(&Text) -> &str, and: &str| parts.iter().map(word).collect::<Vec<_>>().join(and);
    text(joined(|part| &part.zh, "，并且"), joined(|part| &part.en, " and "))
}

fn once(texts: Vec<Text>) -> Vec<Text> {
    let mut all: Vec<Text> = Vec::new();
    for one in texts {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// The articles by which the clocks run on which [`unmet`] fails: they say how long, the act's own often only that.
pub(super) fn unmet_clocks(scene: &Scene<'_>, guard: &Guard, consulted: &mut Consulted) -> Vec<String> {
    match guard {
        Guard::All(all) => all
            .iter()
            .find(|one| scene.judge(one, consulted) == Verdict::Fails)
            .map(|one| unmet_clocks(scene, one, consulted))
            .unwrap_or_default(),
        Guard::Any(any) => any.iter().flat_map(|one| unmet_clocks(scene, one, consulted)).collect(),
        Guard::Not(inner) => unmet_clocks(scene, inner, consulted),
        Guard::Clock { name, .. } => scene.def.clock(name).map(|clock| clock.basis.clone()).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn never() -> Text {
    text("此行为在任何情形下都不允许", "nothing makes this possible")
}

/// Says that a single condition has to hold (`yes`) or has not to hold.
fn leaf(scene: &Scene<'_>, guard: &Guard, yes: bool, consulted: &mut Consulted) -> Text {
    match guard {
        Guard::Field { name, is } => test(scene, name, is, yes, consulted),
        Guard::Term { name, is } => {
            let field = scene.def.terms.get(name).map_or(name.as_str(), String::as_str);
            test(scene, field, is, yes, consulted)
        }
        Guard::Clock { name, is } => clock(scene, name, *is, yes),
        Guard::ActDone { name, times } => done(scene, name, *times, yes),
        other => of_case(scene, other, yes),
    }
}

fn of_case(scene: &Scene<'_>, guard: &Guard, yes: bool) -> Text {
    match guard {
        Guard::PartyAnswered(answer) => pick(
            yes,
            (format!("须当事人已作出“{answer}”的表示"), format!("当事人已作出“{answer}”的表示，不再可行")),
            (format!("the party has to have answered `{answer}`"), format!("the party has answered `{answer}`")),
        ),
        Guard::File(field) => {
            let Text { zh, en } = field_title(scene.def, field);
            pick(
                yes,
                (format!("须先上传“{zh}”"), format!("已上传“{zh}”，不再可行")),
                (format!("a file in `{en}` is needed"), format!("there is a file in `{en}` already")),
            )
        }
        Guard::Instrument { name, received } => instrument(name, *received, yes),
        Guard::Entry { register, key_field } => {
            let Text { zh, en } = field_title(scene.def, key_field);
            pick(
                yes,
                (
                    format!("“{zh}”须是台账“{register}”中有效的条目"),
                    format!("“{zh}”不得是台账“{register}”中有效的条目"),
                ),
                (
                    format!("`{en}` has to be in force on the register `{register}`"),
                    format!("`{en}` must not be in force on the register `{register}`"),
                ),
            )
        }
        Guard::PartsIn => pick(
            yes,
            ("须各协办单位都已办结".to_owned(), "须还有协办单位未办结".to_owned()),
            ("every co-handler has to be done".to_owned(), "a co-handler has to be still at work".to_owned()),
        ),
        Guard::Level(level) => pick(
            yes,
            (format!("须已升级到第 {level} 级"), format!("须尚未升级到第 {level} 级")),
            (
                format!("the case has to be escalated to level {level}"),
                format!("the case has to be below level {level}"),
            ),
        ),
        _ => never(),
    }
}

fn test(scene: &Scene<'_>, field: &str, is: &Test, yes: bool, consulted: &mut Consulted) -> Text {
    let Text { zh, en } = field_title(scene.def, field);
    let mut bound =
        |bound: &Bound| scene.bound(bound, consulted).map_or_else(|| "?".to_owned(), |n| amount(scene, field, n));
    match is {
        Test::Present => pick(
            yes,
            (format!("须填写“{zh}”"), format!("“{zh}”须为空")),
            (format!("`{en}` has to be filled in"), format!("`{en}` has to be empty")),
        ),
        Test::Is(value) => {
            let value = said(scene, field, value);
            pick(
                yes,
                (format!("“{zh}”须为“{}”", value.zh), format!("“{zh}”不得为“{}”", value.zh)),
                (format!("`{en}` has to be `{}`", value.en), format!("`{en}` must not be `{}`", value.en)),
            )
        }
        Test::In(values) => {
            let values: Vec<Text> = values.iter().map(|value| said(scene, field, value)).collect();
            let values = alternatives(&values);
            pick(
                yes,
                (format!("“{zh}”须为{}", values.zh), format!("“{zh}”不得为{}", values.zh)),
                (format!("`{en}` has to be {}", values.en), format!("`{en}` must not be {}", values.en)),
            )
        }
        Test::AtLeast(limit) => {
            let limit = bound(limit);
            pick(
                yes,
                (format!("“{zh}”须不少于 {limit}"), format!("“{zh}”须少于 {limit}")),
                (format!("`{en}` has to be at least {limit}"), format!("`{en}` has to be less than {limit}")),
            )
        }
        Test::AtMost(limit) => {
            let limit = bound(limit);
            pick(
                yes,
                (format!("“{zh}”须不超过 {limit}"), format!("“{zh}”须超过 {limit}")),
                (format!("`{en}` has to be at most {limit}"), format!("`{en}` has to be more than {limit}")),
            )
        }
    }
}

fn amount(scene: &Scene<'_>, field: &str, number: i64) -> String {
    match scene.def.field(field).map(|field| &field.kind) {
        Some(FieldKind::Money) => yuan(number),
        _ => number.to_string(),
    }
}

fn said(scene: &Scene<'_>, field: &str, value: &Value) -> Text {
    match value {
        Value::Bool(true) => text("是", "yes"),
        Value::Bool(false) => text("否", "no"),
        Value::String(word) => match scene.def.field(field).map(|field| &field.kind) {
            Some(FieldKind::Enum { choices, .. }) => choices
                .iter()
                .find(|choice| choice.value == *word)
                .map_or_else(|| text(word, word), |choice| shown(&choice.title, word)),
            _ => text(word, word),
        },
        other => text(other.to_string(), other.to_string()),
    }
}

fn clock(scene: &Scene<'_>, name: &str, is: ClockIs, yes: bool) -> Text {
    let Text { zh, en } = clock_title(scene.def, name);
    let (state_zh, state_en) = match is {
        ClockIs::NotStarted => ("未起算", "not have started"),
        ClockIs::Running => ("正在计算", "be running"),
        ClockIs::Paused => ("中止", "be paused"),
        ClockIs::Expired => ("届满", "have run out"),
        ClockIs::Stopped => ("停止", "be stopped"),
    };
    pick(
        yes,
        (
            format!("期限“{zh}”须已{state_zh}").replace("已未", "尚未").replace("已正在", "正在"),
            format!("期限“{zh}”须不处于“{state_zh}”"),
        ),
        (format!("the clock `{en}` has to {state_en}"), format!("the clock `{en}` must not {state_en}")),
    )
}

fn done(scene: &Scene<'_>, name: &str, times: u32, yes: bool) -> Text {
    let tagged = |act: &&super::definition::Act| act.name == name || act.tags.iter().any(|tag| tag == name);
    let titles: Vec<Text> = scene.def.acts.iter().filter(tagged).map(super::sentence::act_title).collect();
    let Text { zh, en } = if titles.is_empty() { text(name, name) } else { alternatives(&titles) };
    if times > 1 {
        return pick(
            yes,
            (format!("须已办理“{zh}” {times} 次"), format!("“{zh}”须少于 {times} 次")),
            (
                format!("`{en}` has to have been done {times} times"),
                format!("`{en}` has to have been done less than {times} times"),
            ),
        );
    }
    pick(
        yes,
        (format!("须先办理“{zh}”"), format!("已办理“{zh}”，不再可行")),
        (format!("`{en}` has to come first"), format!("`{en}` has been done already")),
    )
}

fn instrument(name: &str, received: bool, yes: bool) -> Text {
    match (received, yes) {
        (true, true) => {
            text(format!("文书“{name}”须已送达"), format!("the instrument `{name}` has to have reached the party"))
        }
        (true, false) => {
            text(format!("文书“{name}”已送达，不再可行"), format!("the instrument `{name}` has reached the party"))
        }
        (false, true) => {
            text(format!("须先制发文书“{name}”"), format!("the instrument `{name}` has to be issued first"))
        }
        (false, false) => {
            text(format!("文书“{name}”已制发，不再可行"), format!("the instrument `{name}` has been issued already"))
        }
    }
}

fn pick(yes: bool, zh: (String, String), en: (String, String)) -> Text {
    if yes { text(zh.0, en.0) } else { text(zh.1, en.1) }
}
