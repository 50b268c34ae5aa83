//! One procedure: its diagram, its acts with who may do them and on which articles they rest, its clocks.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use guiju_kernel::clock::ClockKind;
use guiju_kernel::procedure::definition::{Act, ActorRule, Text};
use guiju_pack::Pack;

use super::diagram::{self, Diagram};
use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::page::page;
use crate::say;
use crate::visit::Visit;

struct ActView {
    name: String,
    title: Text,
    from: String,
    to: String,
    by: String,
    basis: Vec<String>,
}

struct ClockView {
    name: String,
    title: Text,
    kind: &'static str,
    limit: String,
    fictional: bool,
    basis: Vec<String>,
}

#[derive(Template)]
#[template(path = "law/procedure.html")]
struct ProcedurePage {
    f: Frame,
    title: Text,
    from: String,
    diagram: Diagram,
    acts: Vec<ActView>,
    clocks: Vec<ClockView>,
}

pub async fn show(State(state): State<WebState>, visit: Visit, Path(id): Path<String>) -> Result<Response, Fault> {
    let pack = state.office.pack();
    let procedure = pack.procedure(&id).ok_or_else(|| Fault::NotFound(id.clone()))?;
    let lang = visit.lang;
    let named = |state: &str| procedure.state(state).map_or(state, |state| lang.text(&state.title)).to_owned();
    let acts = procedure.acts.iter().filter(|act| !act.records_history).map(|act| ActView {
        name: act.name.clone(),
        title: act.title.clone(),
        from: match act.from.as_slice() {
            [] => lang.say("（立件）", "(opens the case)").to_owned(),
            from => from.iter().map(|(state, _)| named(state)).collect::<Vec<_>>().join(lang.say("、", ", ")),
        },
        to: act.to.as_deref().map_or_else(|| lang.say("不变", "stays").to_owned(), named),
        by: doers(&pack, act, lang),
        basis: act.basis.clone(),
    });
    let clocks = procedure.clocks.iter().map(|clock| {
        let limit = pack.param(&clock.limit, visit.now);
        let period = limit.map(|limit| limit.value.get("period").unwrap_or(&limit.value));
        ClockView {
            name: clock.name.clone(),
            title: clock.title.clone(),
            kind: match clock.kind {
                ClockKind::Statutory => lang.say("法定", "statutory"),
                ClockKind::Promised => lang.say("承诺", "promised"),
                ClockKind::Internal => lang.say("内部", "internal"),
            },
            limit: period.and_then(|period| period.as_str()).map(|period| spoken(period, lang)).unwrap_or_default(),
            fictional: limit.is_some_and(|limit| limit.fictional),
            basis: clock.basis.clone(),
        }
    });
    page(ProcedurePage {
        title: procedure.title.clone(),
        from: procedure.in_force.from.to_string(),
        diagram: diagram::of(procedure, lang),
        acts: acts.collect(),
        clocks: clocks.collect(),
        f: visit.frame(&state, "/law"),
    })
}

/// Who may do an act, in a few words.
fn doers(pack: &Pack, act: &Act, lang: Lang) -> String {
    let one = |rule: &ActorRule| {
        if rule.party {
            return lang.say("当事人", "the party").to_owned();
        }
        if rule.timer {
            return lang.say("到期自动", "by itself").to_owned();
        }
        let role = rule.role.as_deref().and_then(|role| pack.role(role)).map(|role| lang.text(&role.title).to_owned());
        let role = role.unwrap_or_else(|| lang.say("工作人员", "officer").to_owned());
        let count = rule.count.max(1);
        if count > 1 { say!(lang, "{role} {count} 人", "{count} x {role}") } else { role }
    };
    act.by.iter().map(one).collect::<Vec<_>>().join(lang.say("、", ", "))
}

/// `5 working_days` as people say it.
fn spoken(period: &str, lang: Lang) -> String {
    let Some((number, unit)) = period.split_once(' ') else { return period.to_owned() };
    let (zh, en) = match unit.trim_end_matches('s') {
        "working_day" => ("个工作日", "working days"),
        "working_hour" => ("个工作小时", "working hours"),
        "day" => ("日", "days"),
        "hour" => ("小时", "hours"),
        "minute" => ("分钟", "minutes"),
        "month" => ("个月", "months"),
        "year" => ("年", "years"),
        _ => return period.to_owned(),
    };
    say!(lang, "{number} {zh}", "{number} {en}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_spoken_in_both_languages() {
        assert_eq!(spoken("5 working_days", Lang::Zh), "5 个工作日");
        assert_eq!(spoken("1 working_day", Lang::En), "1 working days");
        assert_eq!(spoken("soon", Lang::En), "soon");
    }
}
