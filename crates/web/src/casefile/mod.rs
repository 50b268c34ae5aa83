//! What is drawn of a case on more than one face: courier line, clocks, timeline, files and receipts.

use axum::response::Response;
use guiju_kernel::clock::ClockKind;
use guiju_kernel::procedure::definition::Procedure;
use guiju_office::{CaseView, ClockView, Viewer};

use crate::WebState;
use crate::fault::Fault;
use crate::intake;
use crate::lang::Lang;
use crate::page::download;
use crate::visit::Visit;

/// One station of the courier line: `was`, `here`, `over` (here, and nothing more to come) or `later`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationView {
    pub title: String,
    pub class: &'static str,
}

/// Where a case stands on its procedure's line; a state that no station names shows the whole line as still to come.
pub fn courier(procedure: &Procedure, state: &str, lang: Lang) -> Vec<StationView> {
    let here = procedure.courier.iter().rposition(|station| station.states.iter().any(|name| name == state));
    let ended = procedure.state(state).is_some_and(|state| state.end.is_some());
    let last = procedure.courier.len().saturating_sub(1);
    procedure
        .courier
        .iter()
        .enumerate()
        .map(|(at, station)| StationView {
            title: lang.text(&station.title).to_owned(),
            class: match here {
                Some(here) if at < here => "was",
                Some(here) if at == here && ended => {
                    if at == last {
                        "was"
                    } else {
                        "over"
                    }
                }
                Some(here) if at == here => "here",
                _ => "later",
            },
        })
        .collect()
}

/// Where the hatching of a pause begins: every 30 thousandths of what is left of a clock's bar.
pub fn stripes(gone_per_mille: &u32) -> Vec<u32> {
    (*gone_per_mille..1000).step_by(30).collect()
}

/// Clocks of a case for a page: those that run, then those that have stopped. A firm sees what binds the office towards it, not
/// the office's own limits.
pub fn clocks(view: &mut CaseView, internal: bool) -> Vec<ClockView> {
    view.clocks.retain(|clock| internal || clock.kind != ClockKind::Internal);
    let (running, over) = std::mem::take(&mut view.clocks).into_iter().partition(|clock| clock.stopped.is_none());
    view.clocks = running;
    over
}

/// What people call a media type: `PDF`.
pub fn kind_name(media: &str) -> String {
    intake::ending_of(media).to_uppercase()
}

/// The value in clear of the one personal field that was asked for.
pub fn clear(shown: &Option<(String, String)>, field: &str) -> Option<String> {
    shown.as_ref().filter(|(name, _)| name == field).map(|(_, value)| value.clone())
}

/// Gives a file of a case to whoever may see the case.
///
/// # Errors
/// When it is not theirs, or not there.
pub async fn file(state: &WebState, visit: &Visit, case: u64, stored: &str) -> Result<Response, Fault> {
    visit.signed_in()?;
    let (name, media, content) = state.office.file(&visit.viewer(), case, stored).await?;
    Ok(download(&name, &media, content))
}

/// Gives the receipt of one record, named after the case.
///
/// # Errors
/// When it is not theirs.
pub async fn receipt(state: &WebState, visit: &Visit, case: u64, seq: u64) -> Result<Response, Fault> {
    visit.signed_in()?;
    let viewer: Viewer = visit.viewer();
    let view = state.office.case_view(&viewer, case).await?;
    if !view.timeline.iter().any(|step| step.seq == seq) {
        return Err(Fault::NotFound(seq.to_string()));
    }
    let receipt = state.office.receipt(&viewer, seq).await?;
    let name = visit.lang.say("回执", "receipt");
    Ok(download(&format!("{name}-{}-{seq}.txt", view.case.number), "text/plain; charset=utf-8", receipt.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use guiju_kernel::procedure::definition::{Station, Subject, Text};

    fn station(name: &str, states: &[&str]) -> Station {
        Station {
            title: Text { zh: name.into(), en: name.into() },
            states: states.iter().map(|s| (*s).to_owned()).collect(),
        }
    }

    #[test]
    fn a_case_that_was_returned_stands_again_where_its_state_is() {
        let procedure = Procedure {
            id: "p".into(),
            realizes: None,
            title: Text::default(),
            in_force: guiju_kernel::procedure::definition::InForce { from: jiff::civil::date(2024, 1, 1), until: None },
            number: String::new(),
            subject: Subject::Nothing,
            headline: String::new(),
            fields: vec![],
            terms: Default::default(),
            states: vec![],
            acts: vec![],
            clocks: vec![],
            timers: vec![],
            courier: vec![
                station("受理", &["filed"]),
                station("派单", &["accepted", "returned"]),
                station("办理", &["handling"]),
            ],
        };
        let classes = |state| courier(&procedure, state, Lang::Zh).into_iter().map(|s| s.class).collect::<Vec<_>>();
        assert_eq!(classes("returned"), ["was", "here", "later"]);
        assert_eq!(classes("handling"), ["was", "was", "here"]);
        assert_eq!(classes("nowhere"), ["later", "later", "later"]);
    }

    #[test]
    fn hatching_covers_only_what_is_left() {
        assert_eq!(stripes(&955), [955, 985]);
        assert!(stripes(&1000).is_empty());
    }
}
