//! Statutes: which there are, what their articles say, which acts and limits rest on each.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use guiju_kernel::procedure::definition::Text;
use guiju_pack::{Pack, Statute};

use super::{Bound, bound, latest};
use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::page::page;
use crate::visit::Visit;

struct Line {
    id: String,
    title: Text,
    from: String,
    articles: usize,
    bound: usize,
}

#[derive(Template)]
#[template(path = "law/list.html")]
struct ListPage {
    f: Frame,
    statutes: Vec<Line>,
    procedures: Vec<(String, Text, usize)>,
}

pub async fn list(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    let pack = state.office.pack();
    let resting = bound(&pack, visit.lang);
    let line = |statute: &Statute| {
        let cites = |basis: &String| basis.split_once('#').is_some_and(|(id, _)| id == statute.id);
        Line {
            id: statute.id.clone(),
            title: statute.title.clone(),
            from: statute.in_force.from.to_string(),
            articles: statute.articles.len(),
            bound: resting.iter().filter(|(_, basis)| basis.iter().any(cites)).count(),
        }
    };
    page(ListPage {
        statutes: pack.statutes.iter().map(line).collect(),
        procedures: latest(&pack)
            .into_iter()
            .map(|procedure| (procedure.id.clone(), procedure.title.clone(), procedure.acts.len()))
            .collect(),
        f: visit.frame(&state, "/law"),
    })
}

/// An article: our words for it, its own where they were imported, and what rests on it.
struct ArticleView {
    number: String,
    summary: Text,
    text: Vec<String>,
    bound: Vec<Bound>,
    limits: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "law/statute.html")]
struct StatutePage {
    f: Frame,
    title: Text,
    from: String,
    until: Option<String>,
    articles: Vec<ArticleView>,
    imported: bool,
}

pub async fn show(State(state): State<WebState>, visit: Visit, Path(id): Path<String>) -> Result<Response, Fault> {
    let pack = state.office.pack();
    let statute = pack.statute(&id).ok_or_else(|| Fault::NotFound(id.clone()))?;
    let texts = state.office.articles_of(&id).await?;
    let resting = bound(&pack, visit.lang);
    let limits = limits(&pack, &id, visit.lang);
    let mut articles: Vec<ArticleView> = statute
        .articles
        .iter()
        .map(|(number, summary)| {
            let cited = format!("{id}#{number}");
            let rests = |(_, basis): &&(Bound, Vec<String>)| basis.contains(&cited);
            ArticleView {
                number: number.clone(),
                summary: summary.clone(),
                text: texts.get(number).map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default(),
                bound: resting.iter().filter(rests).map(|(bound, _)| bound.clone()).collect(),
                limits: limits.get(number).cloned().unwrap_or_default(),
            }
        })
        .collect();
    articles.sort_by_key(|article| in_order(&article.number));
    page(StatutePage {
        title: statute.title.clone(),
        from: statute.in_force.from.to_string(),
        until: statute.in_force.until.map(|until| until.to_string()),
        imported: !texts.is_empty(),
        articles,
        f: visit.frame(&state, "/law"),
    })
}

/// `17-1` stands after `17` and before `18`.
fn in_order(number: &str) -> (u32, u32, String) {
    let (main, inserted) = number.split_once('-').unwrap_or((number, "0"));
    (main.parse().unwrap_or(u32::MAX), inserted.parse().unwrap_or(0), number.to_owned())
}

/// The parameters that each article of a statute sets: name and value.
fn limits(pack: &Pack, statute: &str, lang: Lang) -> BTreeMap<String, Vec<(String, String)>> {
    let mut all: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (name, values) in &pack.params {
        for param in values.iter().filter(|param| param.source == statute) {
            let Some(article) = &param.article else { continue };
            let period = param.value.get("period").and_then(|period| period.as_str());
            let mut said = match (&param.value, period) {
                (_, Some(period)) => period.to_owned(),
                (serde_json::Value::String(text), _) => text.clone(),
                (other, _) => other.to_string(),
            };
            if param.fictional {
                said.push_str(lang.say("（演示设定，非法律规定）", " (set for the demonstration, not by law)"));
            }
            all.entry(article.clone()).or_default().push((name.clone(), said));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    #[test]
    fn inserted_articles_stand_behind_the_one_they_follow() {
        let mut numbers = ["10", "9", "17-1", "18", "17", "六"];
        numbers.sort_by_key(|number| super::in_order(number));
        assert_eq!(numbers, ["9", "10", "17", "17-1", "18", "六"]);
    }
}
