//! Does this receipt hold? Anybody may bring one; nothing of it is kept.

use askama::Template;
use axum::extract::{Request, State};
use axum::response::Response;
use guiju_kernel::ledger::receipt::Verified;
use guiju_kernel::record::Record;

use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::intake::{self, FileRule};
use crate::page::page;
use crate::show;
use crate::visit::Visit;

/// A receipt is a few kilobytes; this is what the format allows.
const RECEIPT_MAX: u64 = 4 * 1024 * 1024;

/// What a receipt that holds has proved, in words.
struct Proved {
    act: String,
    number: String,
    done: String,
    recorded: String,
    organ: String,
    index: String,
    size: String,
    root: String,
    record: String,
}

#[derive(Template)]
#[template(path = "public/verify.html")]
struct VerifyPage {
    f: Frame,
    typed: String,
    proved: Option<Proved>,
    fault: Option<String>,
    vkey: String,
}

fn draw(
    state: &WebState,
    visit: &Visit,
    typed: String,
    proved: Option<Proved>,
    fault: Option<String>,
) -> Result<Response, Fault> {
    let vkey = state.office.vkeys().0;
    page(VerifyPage { typed, proved, fault, vkey, f: visit.frame(state, "/public/verify") })
}

pub async fn form(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    draw(&state, &visit, String::new(), None, None)
}

pub async fn verify(State(state): State<WebState>, visit: Visit, request: Request) -> Result<Response, Fault> {
    let rule = FileRule { field: "file".to_owned(), types: vec!["txt".to_owned()], max_bytes: RECEIPT_MAX, most: 1 };
    let arrived = intake::read(request, &[rule]).await?;
    if let Some((_, fault)) = arrived.refused.first() {
        return draw(&state, &visit, String::new(), None, Some(fault.sentence(visit.lang)));
    }
    let uploaded = arrived.files.first().map(|file| String::from_utf8_lossy(&file.content).into_owned());
    // A text area sends CRLF for what was pasted with LF; a receipt has LF only.
    let typed = uploaded.unwrap_or_else(|| arrived.typed.first("receipt").unwrap_or_default().replace("\r\n", "\n"));
    if typed.trim().is_empty() {
        let fault = visit
            .lang
            .say("请上传回执文件，或把回执全文粘贴进来", "upload the receipt file or paste its whole text")
            .to_owned();
        return draw(&state, &visit, typed, None, Some(fault));
    }
    let whole = if typed.ends_with('\n') { typed.clone() } else { format!("{typed}\n") };
    match state.office.verify_receipt(&whole) {
        Ok(verified) => draw(&state, &visit, String::new(), Some(proved(&state, &visit, &verified)), None),
        Err(error) => draw(&state, &visit, typed, None, Some(error.to_string())),
    }
}

fn proved(state: &WebState, visit: &Visit, verified: &Verified) -> Proved {
    let lang = visit.lang;
    let pack = state.office.pack();
    let record: Option<Record> = serde_json::from_value(verified.record.clone()).ok();
    let text = |name: &str| verified.record.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    let act = record.as_ref().and_then(|record| {
        let case = record.case.as_ref()?;
        let procedure = pack.procedures.iter().find(|procedure| procedure.id == case.procedure)?;
        let act = procedure.act(&record.act)?;
        Some(format!("{}：{}", lang.text(&procedure.title), lang.text(&act.title)))
    });
    Proved {
        act: act.unwrap_or_else(|| text("act")),
        number: record
            .as_ref()
            .and_then(|record| {
                let effect = record.effects.iter().find_map(|effect| effect.patch.as_ref()?.get("number")?.as_str());
                effect.map(str::to_owned)
            })
            .unwrap_or_default(),
        done: record.as_ref().map_or_else(|| text("done"), |record| show::moment(lang, record.done)),
        recorded: record.as_ref().map_or_else(|| text("recorded"), |record| show::moment(lang, record.recorded)),
        organ: lang.text(&state.office.organ_title(&text("organ"))).to_owned(),
        index: show::count(verified.index),
        size: show::count(verified.checkpoint.size),
        root: verified.checkpoint.root.to_base64(),
        record: serde_json::to_string_pretty(&verified.record).unwrap_or_default(),
    }
}
