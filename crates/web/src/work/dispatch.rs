//! The dispatch board: what nobody handles yet, oldest first, with a suggestion, its reason, and one key to accept it.
//!
//! Derived from the pack: an act that puts a case on a unit's desk by a field (`assigns: lead`) makes its from-states a board. The
//! suggestion is the unit that the pack names for the types the firm chose.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guiju_kernel::procedure::definition::{Act, Assigns, FieldKind, Procedure};
use guiju_kernel::time;
use guiju_office::InboxAsk;
use serde_json::Value;

use super::inbox::{Line, line};
use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::page;
use crate::show;
use crate::visit::{self, Visit};

const MOST: u32 = 100;

/// A unit that the pack names for what the case is about.
struct Suggestion {
    unit: String,
    title: String,
    reason: String,
}

struct Waiting {
    line: Line,
    version: u64,
    waited: String,
    opened: i64,
    suggestion: Option<Suggestion>,
    act: String,
    field: String,
    once: String,
    /// The act asks for nothing but the unit.
    at_once: bool,
}

#[derive(Template)]
#[template(path = "work/dispatch.html")]
struct Board {
    f: Frame,
    waiting: Vec<Waiting>,
    more: bool,
}

/// The act by which a procedure hands a case to a unit, and the field that names the unit.
fn dispatching(procedure: &Procedure) -> impl Iterator<Item = (&Act, &str)> {
    procedure.acts.iter().filter(|act| !act.from.is_empty()).filter_map(|act| match &act.assigns {
        Some(Assigns::Fields { lead, .. }) => Some((act, lead.as_str())),
        _ => None,
    })
}

/// The unit that the pack names for the first of the case's chosen types that has one.
fn suggestion(state: &WebState, visit: &Visit, procedure: &Procedure, doc: &Value) -> Option<Suggestion> {
    let fields = doc.get("fields")?;
    for field in &procedure.fields {
        let FieldKind::Enum { choices, .. } = &field.kind else { continue };
        let value = fields.get(&field.name);
        let chosen: Vec<_> = match value {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        for name in chosen {
            let choice = choices.iter().find(|choice| choice.value == name);
            if let Some((choice, unit)) = choice.and_then(|choice| Some((choice, choice.unit.clone()?))) {
                let (of, kind) = (visit.lang.text(&field.title), visit.lang.text(&choice.title));
                let reason = crate::say!(visit.lang, "{of}：{kind}", "{of}: {kind}");
                let title = visit.lang.text(&state.office.unit_title(&unit)).to_owned();
                return Some(Suggestion { unit, title, reason });
            }
        }
    }
    None
}

pub async fn board(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    let person = visit.officer()?.clone();
    let pack = state.office.pack();
    let mut waiting = Vec::new();
    let mut more = false;
    let day = time::date_of(visit.now);
    for procedure in
        pack.procedures.iter().filter(|p| p.in_force.from <= day && p.in_force.until.is_none_or(|until| day < until))
    {
        for (act, field) in dispatching(procedure) {
            if !act.by.iter().any(|rule| rule.role.as_ref().is_some_and(|role| person.roles.contains(role))) {
                continue;
            }
            for (from, _) in act.from.iter().filter(|(from, _)| waits(procedure, from)) {
                let ask = InboxAsk {
                    procedure: Some(procedure.id.clone()),
                    state: Some(from.clone()),
                    limit: MOST,
                    ..InboxAsk::default()
                };
                let view = state.office.inbox(&person, &ask).await?;
                more |= view.more;
                for row in &view.rows {
                    let opened = row.case.opened;
                    waiting.push(Waiting {
                        line: line(&state, &visit, row).await?,
                        version: row.case.version,
                        waited: time::from_millis(opened)
                            .map(|since| show::waited(visit.lang, since, visit.now))
                            .unwrap_or_default(),
                        opened,
                        suggestion: suggestion(&state, &visit, procedure, &row.case.doc),
                        act: act.name.clone(),
                        field: field.to_owned(),
                        once: visit::random_hex(16)?,
                        at_once: act.takes.iter().all(|take| take.field == field || !take.required),
                    });
                }
            }
        }
    }
    waiting.sort_by_key(|waiting| waiting.opened);
    waiting.dedup_by_key(|waiting| (waiting.line.id, waiting.act.clone()));
    page(Board { waiting, more, f: visit.frame(&state, "/work/dispatch") })
}

/// A state in which a case waits for the unit that dispatches, rather than lying on a desk already.
fn waits(procedure: &Procedure, state: &str) -> bool {
    use guiju_kernel::procedure::definition::Holder;
    matches!(procedure.state(state).and_then(|state| state.holder.as_ref()), Some(Holder::Unit(_)))
}
