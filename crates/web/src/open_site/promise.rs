//! What the office promises, on which basis, and how well it kept it so far this year.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use guiju_kernel::figure::definition::Query as FigureQuery;
use guiju_kernel::procedure::definition::Text;

use crate::WebState;
use crate::counts::{Counts, Days, amount};
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::page;
use crate::visit::Visit;

/// A promise of an item, and the figure that says how it was kept.
struct Promise {
    text: Text,
    /// Figure id, its value as shown, and thousandths for the bar.
    kept: Option<(String, String, u32)>,
}

struct ItemView {
    title: Text,
    basis: Vec<String>,
    online: bool,
    stations: Vec<Text>,
    promises: Vec<Promise>,
}

#[derive(Template)]
#[template(path = "public/promise.html")]
struct PromisePage {
    f: Frame,
    period: String,
    items: Vec<ItemView>,
}

/// Thousandths of a percentage written as digits, for the length of a bar.
fn per_mille(percent: &str) -> u32 {
    let (whole, rest) = percent.split_once('.').unwrap_or((percent, ""));
    let tenth = rest.chars().next().and_then(|digit| digit.to_digit(10)).unwrap_or(0);
    whole.parse::<u32>().map_or(0, |whole| (whole * 10 + tenth).min(1000))
}

pub async fn promise(
    State(state): State<WebState>,
    Extension(counts): Extension<Arc<Counts>>,
    visit: Visit,
) -> Result<Response, Fault> {
    let pack = state.office.pack();
    let days = Days::this_year(visit.now);
    let counted = counts.of(&state.office, days).await?;
    let kept = |procedure: &str, clock: &str| {
        let figure = pack.figures.iter().find(|figure| {
            matches!(&figure.query, FigureQuery::Kept { procedures, clock: by, .. } if procedures.iter().any(|of| of == procedure) && by == clock) && figure.public
        })?;
        let value = counted.figures.iter().find(|value| value.id == figure.id)?;
        let shown = amount(&value.value);
        Some((figure.id.clone(), format!("{shown}{}", visit.lang.text(&value.unit)), per_mille(&shown)))
    };
    let items = pack.items.iter().filter(|item| !item.promises.is_empty()).map(|item| ItemView {
        title: item.title.clone(),
        basis: item.basis.clone(),
        online: item.online,
        stations: pack
            .procedures
            .iter()
            .find(|procedure| procedure.id == item.procedure)
            .map(|procedure| procedure.courier.iter().map(|station| station.title.clone()).collect())
            .unwrap_or_default(),
        promises: item
            .promises
            .iter()
            .map(|(text, clock)| Promise { text: text.clone(), kept: kept(&item.procedure, clock) })
            .collect(),
    });
    page(PromisePage { items: items.collect(), period: days.sentence(visit.lang), f: visit.frame(&state, "/public") })
}

#[derive(Template)]
#[template(path = "public/complain.html")]
struct ComplainPage {
    f: Frame,
    host: Option<Text>,
    complaint: Option<Text>,
}

pub async fn complain(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    let pack = state.office.pack();
    page(ComplainPage {
        host: pack.words.get("footer.host").cloned(),
        complaint: pack.words.get("footer.complaint").cloned(),
        f: visit.frame(&state, "/public/complain"),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_bar_is_as_long_as_its_percentage() {
        assert_eq!(super::per_mille("98.76"), 987);
        assert_eq!(super::per_mille("100"), 1000);
        assert_eq!(super::per_mille("—"), 0);
    }
}
