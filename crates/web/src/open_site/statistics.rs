//! Public statistics: each number opens onto its definition and how many records it counts, never onto who they are.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use crate::WebState;
use crate::counts::{Counts, Days, Shown, kind, shown};
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::show;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "public/statistics.html")]
struct StatisticsPage {
    f: Frame,
    period: String,
    query: String,
    from: String,
    until: String,
    figures: Vec<Shown>,
}

pub async fn statistics(
    State(state): State<WebState>,
    Extension(counts): Extension<Arc<Counts>>,
    visit: Visit,
    Query(query): Query,
) -> Result<Response, Fault> {
    let days = Days::asked(&query, visit.now);
    let counted = counts.of(&state.office, days).await?;
    page(StatisticsPage {
        figures: counted.figures.iter().filter(|value| value.public).map(|value| shown(visit.lang, value)).collect(),
        period: days.sentence(visit.lang),
        query: days.query(),
        from: days.from.to_string(),
        until: days.until.to_string(),
        f: visit.frame(&state, "/public/statistics"),
    })
}

#[derive(Template)]
#[template(path = "public/figure.html")]
struct FigurePage {
    f: Frame,
    figure: Shown,
    period: String,
    kinds: Vec<(&'static str, String)>,
    made_of: Vec<Shown>,
    query: String,
    upto: String,
    months: Vec<(String, u64)>,
    most: u64,
}

pub async fn figure(
    State(state): State<WebState>,
    Extension(counts): Extension<Arc<Counts>>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response, Fault> {
    let days = Days::asked(&query, visit.now);
    let counted = counts.of(&state.office, days).await?;
    let open = |id: &str| counted.figures.iter().find(|value| value.id == id && value.public);
    let value = open(&id).ok_or_else(|| Fault::NotFound(id.clone()))?;
    let mut months: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    for row in &value.rows {
        let day = guiju_kernel::time::date_of(row.at);
        *months.entry(format!("{}-{:02}", day.year(), day.month())).or_default() += 1;
    }
    page(FigurePage {
        figure: shown(visit.lang, value),
        kinds: value.kinds.iter().map(|(of, rows)| (kind(visit.lang, *of), show::count(*rows))).collect(),
        made_of: value.made_of.iter().filter_map(|id| open(id)).map(|value| shown(visit.lang, value)).collect(),
        upto: show::count(value.upto_seq),
        most: months.values().copied().max().unwrap_or(1).max(1),
        months: months.into_iter().collect(),
        period: days.sentence(visit.lang),
        query: days.query(),
        f: visit.frame(&state, "/public/statistics"),
    })
}

/// Thousandths of the longest bar.
fn share(n: &u64, most: &u64) -> u64 {
    n.saturating_mul(1000) / (*most).max(1)
}
