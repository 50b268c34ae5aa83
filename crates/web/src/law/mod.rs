//! The law behind the screens: statutes with what they bind, procedures as drawn diagrams. On every face, for everybody.

mod diagram;
mod procedure;
mod statute;

use axum::Router;
use axum::routing::get;
use guiju_kernel::procedure::definition::Procedure;
use guiju_pack::Pack;

use crate::WebState;
use crate::lang::Lang;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/law", get(statute::list))
        .route("/law/statute/{id}", get(statute::show))
        .route("/law/procedure/{id}", get(procedure::show))
}

/// Something in a procedure that rests on an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    pub procedure: String,
    pub procedure_title: String,
    pub what: String,
    /// The place on the procedure's page.
    pub anchor: String,
    pub title: String,
}

/// Every act and clock of the latest versions, with the articles on which each rests.
fn bound(pack: &Pack, lang: Lang) -> Vec<(Bound, Vec<String>)> {
    let mut all = Vec::new();
    for procedure in latest(pack) {
        let of = |what: &str, name: &str, title: &str| Bound {
            procedure: procedure.id.clone(),
            procedure_title: lang.text(&procedure.title).to_owned(),
            what: what.to_owned(),
            anchor: name.to_owned(),
            title: title.to_owned(),
        };
        for act in &procedure.acts {
            all.push((
                of(lang.say("行为", "act"), &format!("act-{}", act.name), lang.text(&act.title)),
                act.basis.clone(),
            ));
        }
        for clock in &procedure.clocks {
            let title = lang.text(&clock.title);
            all.push((of(lang.say("期限", "clock"), &format!("clock-{}", clock.name), title), clock.basis.clone()));
        }
    }
    all
}

/// The latest version of each procedure, in the pack's order.
fn latest(pack: &Pack) -> Vec<&Procedure> {
    let ids: std::collections::BTreeSet<&str> = pack.procedures.iter().map(|procedure| procedure.id.as_str()).collect();
    ids.into_iter().filter_map(|id| pack.procedure(id)).map(std::sync::Arc::as_ref).collect()
}
