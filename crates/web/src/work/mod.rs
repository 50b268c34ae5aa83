//! The staff workbench: what is due, the case file, dispatch, bulk acts, registers and imports.

pub mod bulk;
pub mod case;
pub mod dispatch;
pub mod export;
pub mod import;
pub mod inbox;
pub mod open;
pub mod paper;
pub mod publications;
pub mod register;
pub mod rows;
pub mod search;

use axum::Router;
use axum::routing::{get, post};

use crate::WebState;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/work", get(inbox::inbox))
        .route("/work/inbox.xlsx", get(export::inbox))
        .route("/work/search", get(search::search))
        .route("/work/search.xlsx", get(export::search))
        .route("/work/publications", get(publications::owed))
        .route("/work/dispatch", get(dispatch::board))
        .route("/work/bulk", post(bulk::choose))
        .route("/work/bulk/do", post(bulk::act))
        .route("/work/open/{procedure}/{act}", get(open::form).post(open::submit))
        .route("/work/open/{procedure}/{act}/table/{once}/{field}/marked.xlsx", get(open::marked))
        .route("/work/open/{procedure}/{act}/table/{once}/{field}/drop", get(open::back).post(open::let_go))
        .route("/work/template/{procedure}/{file}", get(open::template))
        .route("/work/case/{case}", get(case::show))
        .route("/work/case/{case}/law", get(case::law))
        .route("/work/case/{case}/act/{act}", get(case::act_form).post(case::act))
        .route("/work/case/{case}/act/{act}/table/{field}/marked.xlsx", get(case::marked))
        .route("/work/case/{case}/act/{act}/table/{field}/drop", get(case::back_to_act).post(case::let_go))
        .route("/work/case/{case}/table/{field}", get(rows::of_case))
        .route("/work/case/{case}/table/{field}/list.xlsx", get(rows::workbook))
        .route("/work/case/{case}/file/{stored}", get(case::file))
        .route("/work/case/{case}/receipt/{seq}", get(case::receipt))
        .route("/work/case/{case}/reveal", post(case::reveal))
        .route("/work/registers", get(register::index))
        .route("/work/register/{register}", get(register::list))
        .route("/work/register/{register}/list.xlsx", get(export::register))
        .route("/work/register/{register}/new", get(register::new).post(register::put_new))
        .route("/work/register/{register}/entry", get(register::entry).post(register::put))
        .route("/work/register/{register}/paper", get(paper::paper))
        .route("/work/register/{register}/reveal", post(register::reveal))
        .route("/work/import", get(import::index))
        .route("/work/import/{what}", get(import::upload_page).post(import::preview))
        .route("/work/import/{what}/commit", post(import::commit))
        .route("/work/import/{what}/template.xlsx", get(import::template))
        .route("/work/import/{what}/marked.xlsx", get(import::marked))
}
