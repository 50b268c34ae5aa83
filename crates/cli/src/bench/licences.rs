//! How long does an application for 5,000 stations take, from the firm's sign-in to 5,000 licences that it can open?
//!
//! Everything goes over HTTP, as browsers do it, pages included: a workbook with 37 wrong rows comes back marked and as one list, the
//! right one is filed, the bureau takes it in, examines, decides and issues. Each stage is printed, and the sum beside the 20 s that
//! such a batch may take; over it the command fails.

use std::time::Instant;

use clap::Args;
use guiju_kernel::procedure::definition::{Field, FieldKind};
use guiju_pack::Pack;
use guiju_sheet::{ColumnKind, Limits, ListCell, ListColumn, ListSheet};
use serde_json::json;

use super::browser::{Attached, Browser};
use super::site::{PASSWORD, Site};
use super::{Place, Row, town};
use crate::Fault;

#[derive(Args, Debug)]
pub struct LicencesArgs {
    #[command(flatten)]
    pub place: Place,
    /// How many stations are applied for / 台站数
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..=5_000))]
    stations: u32,
}

/// The row by which the command stands or falls.
pub const SUM: &str = "licences/sum";
/// What the whole may take, in seconds.
const BOUND: f64 = 20.0;
/// Rows of the first workbook that are wrong, each in one cell.
const WRONG: u32 = 37;
const PROCEDURE: &str = "station-licence";
const RADIO: &str = "jh-miit/radio";
const PERMIT: &str = "粤江频2023-00001-01";
const AUTHORITY: &str = "粤海省无线电管理机构";
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
/// Rows above the complaints on the marked workbook's first sheet.
const HEAD_OF_PROBLEMS: u32 = 3;

/// Seconds of each stage.
struct Stages {
    begun: Instant,
    rows: Vec<Row>,
}

impl Stages {
    fn done(&mut self, name: &str) {
        let took = self.begun.elapsed().as_secs_f64();
        eprintln!("{name}: {took:.2} s");
        self.rows.push(Row::new(format!("licences/{name}"), took, "s"));
        self.begun = Instant::now();
    }
}

pub async fn run(args: &LicencesArgs) -> Result<Vec<Row>, Fault> {
    let pack = crate::data::pack(None)?;
    let folder = args.place.folder()?;
    let site = Site::open(&folder.path().join("data"), &pack).await?;
    let firm = town::firm(0);
    enrol(&site, &firm).await?;
    let (wrong, right) = (workbook(&pack, args.stations, true)?, workbook(&pack, args.stations, false)?);
    let mut stages = Stages { begun: Instant::now(), rows: Vec::new() };
    let mut browser = Browser::signed_in(site.address, "bench-firm", PASSWORD).await?;
    let draft = begun(&mut browser, &firm).await?;
    stages.done("begun");
    draft.refused(&mut browser, &wrong, &mut stages).await?;
    draft.taken(&mut browser, &right, args.stations).await?;
    stages.done("right");
    let case = draft.filed(&mut browser).await?;
    stages.done("filed");
    handled(&site, &case, &mut stages).await?;
    in_hand(&mut browser, &case, args.stations).await?;
    stages.done("listed");
    site.close().await?;
    let mut rows = stages.rows;
    let sum = rows.iter().map(|row| row.value).sum();
    rows.push(Row::new(SUM.to_owned(), sum, "s").beside(BOUND));
    Ok(rows)
}

/// Everybody who takes part, the permit and the series that the stations rest on, and call signs that others bear already.
async fn enrol(site: &Site, firm: &str) -> Result<(), Fault> {
    site.put("enterprises", firm, json!({ "credit_code": firm, "name": "江海通信测试有限公司" })).await?;
    site.account("bench-firm", json!({ "account": "bench-firm", "name": "测试员", "party": firm })).await?;
    let staff =
        [("bench-radio", RADIO, ["officer", "handler"]), ("bench-leader", "jh-miit/leadership", ["officer", "leader"])];
    for (account, unit, roles) in staff {
        site.account(account, json!({ "account": account, "name": account, "unit": unit, "roles": roles })).await?;
    }
    let permit = json!({ "number": PERMIT, "holder": firm, "valid_until": "2029-06-30", "status": "valid" });
    site.put("frequency-permits", PERMIT, permit).await?;
    site.put("call-sign-series", "BJH", json!({ "prefix": "BJH", "first": 1, "last": 9_999 })).await?;
    for n in (0..WRONG).filter(|n| n % 6 == 5) {
        site.put("call-signs", &borne(n), json!({ "call_sign": borne(n) })).await?;
    }
    Ok(())
}

/// A call sign that somebody else bears.
fn borne(n: u32) -> String {
    format!("BJH{}", 9_900 + n)
}

/// The firm's list as XLSX, by the headings of the pack's own columns.
fn workbook(pack: &Pack, stations: u32, with_faults: bool) -> Result<Vec<u8>, Fault> {
    let field = pack.procedure(PROCEDURE).and_then(|procedure| procedure.field("stations"));
    let Some(FieldKind::Table { columns, .. }) = field.map(|field| &field.kind) else {
        return Err("the pack has no table of stations".into());
    };
    let apart = stations / WRONG;
    let rows = (1..=stations).map(|row| {
        let slip = (with_faults && row % apart == 0 && row / apart <= WRONG).then(|| row / apart - 1);
        columns.iter().map(|column| cell(column, row, slip)).collect()
    });
    let heading = |column: &Field| ListColumn {
        title: column.title.zh.clone(),
        kind: if column.kind == FieldKind::Date { ColumnKind::Date } else { ColumnKind::Text },
        unit: None,
        width: None,
    };
    let sheet =
        ListSheet { title: "台站".to_owned(), columns: columns.iter().map(heading).collect(), rows: rows.collect() };
    Ok(guiju_sheet::write(&[sheet], super::opening()?)?)
}

/// What stands in a column of the row; a slip of the `n`th kind spoils one cell.
fn cell(column: &Field, row: u32, slip: Option<u32>) -> ListCell {
    let text = match (column.name.as_str(), slip.map(|n| (n, n % 6))) {
        ("valid_until", Some((_, 0))) => "2029-02-30".to_owned(),
        ("valid_until", Some((_, 1))) => "2029-07-01".to_owned(),
        ("valid_until", _) => "2029-06-30".to_owned(),
        ("type_approval", Some((_, 2))) => return ListCell::Empty,
        ("type_approval", _) => format!("CMIIT{row:05}"),
        ("call_sign", Some((_, 3))) => format!("XYZ{row:04}"),
        ("call_sign", Some((_, 4))) => format!("BJH{:04}", row - 1),
        ("call_sign", Some((n, 5))) => borne(n),
        ("call_sign", _) => format!("BJH{row:04}"),
        ("name", _) => format!("临江{row}号站"),
        ("site", _) => format!("江海市临江区测试路{row}号"),
        ("frequency", _) => "3500-3600MHz".to_owned(),
        ("power", _) => "20W".to_owned(),
        ("bandwidth", _) => "100MHz".to_owned(),
        _ => return ListCell::Empty,
    };
    match text.parse() {
        Ok(date) if column.kind == FieldKind::Date => ListCell::Date(date),
        _ => ListCell::Text(text),
    }
}

/// A draft of the application.
struct Draft {
    path: String,
    csrf: String,
}

async fn begun(browser: &mut Browser, firm: &str) -> Result<Draft, Fault> {
    let start = format!("/portal/file/{PROCEDURE}");
    let csrf = browser.open(&start).await?.hidden("_csrf")?;
    let to = browser.post(&start, &[("_csrf", &csrf)]).await?.leads("beginning a draft")?;
    let path = to.strip_suffix("/who").ok_or("a draft begins with who files it")?.to_owned();
    browser.open(&to).await?;
    let who =
        [("_csrf", csrf.as_str()), ("enterprise", firm), ("contact_name", "测试员"), ("contact_phone", "19900000000")];
    let next = browser.post(&to, &who).await?.leads("saying who files")?;
    browser.open(&next).await?;
    Ok(Draft { path, csrf })
}

impl Draft {
    fn page(&self, step: &str) -> String {
        format!("{}/{step}", self.path)
    }

    /// Uploads a workbook and opens the page that says what was read.
    async fn judged(&self, browser: &mut Browser, name: &str, content: &[u8]) -> Result<String, Fault> {
        let form = [("_csrf", self.csrf.as_str()), ("_look", "stations")].into_iter().chain(TYPED).collect::<Vec<_>>();
        let table = [Attached { field: "stations", name, content }];
        let to = browser.upload(&self.page("describe"), &form, &table).await?.leads("uploading")?;
        let shown = to.split('#').next().unwrap_or(&to);
        Ok(browser.open(shown).await?.text()?.to_owned())
    }

    /// The workbook that is wrong: one list of all that has to be mended, and the workbook back with the same marked.
    async fn refused(&self, browser: &mut Browser, wrong: &[u8], stages: &mut Stages) -> Result<(), Fault> {
        let page = self.judged(browser, "stations.xlsx", wrong).await?;
        let listed = page.matches("<tr class=\"bad\">").count();
        if listed != WRONG as usize || !page.contains(&format!("其中 {WRONG} 行需要改正")) {
            return Err(format!("the page lists {listed} complaints, not {WRONG}").into());
        }
        stages.done("wrong");
        let marked = browser.open(&format!("{}/table/stations/marked.xlsx", self.path)).await?.body;
        stages.done("marked");
        let book = guiju_sheet::read(&marked, "marked.xlsx", &Limits::default())?;
        let told = book.sheets.iter().find(|sheet| sheet.name == guiju_sheet::PROBLEMS).map(|sheet| sheet.row_count());
        if told != Some(HEAD_OF_PROBLEMS + WRONG) {
            return Err(format!("the marked workbook lists {told:?} rows of complaints").into());
        }
        stages.begun = Instant::now();
        Ok(())
    }

    async fn taken(&self, browser: &mut Browser, right: &[u8], stations: u32) -> Result<(), Fault> {
        let page = self.judged(browser, "stations-mended.xlsx", right).await?;
        let good = page.contains("没有发现问题") && page.contains(&grouped(stations));
        if good { Ok(()) } else { Err("the mended workbook was not taken".into()) }
    }

    /// Goes on through the pages that remain and submits; answers the case's id.
    async fn filed(&self, browser: &mut Browser) -> Result<String, Fault> {
        let form = [("_csrf", self.csrf.as_str())].into_iter().chain(TYPED).collect::<Vec<_>>();
        let to = browser.upload(&self.page("describe"), &form, &[]).await?.leads("describing")?;
        browser.open(&to).await?;
        let csrf = [("_csrf", self.csrf.as_str())];
        let papers = ["technical_plan", "staff_note"].map(|field| Attached { field, name: "paper.pdf", content: PDF });
        let to = browser.upload(&self.page("attach"), &csrf, &papers).await?.leads("attaching")?;
        browser.open(&to).await?;
        let receipt = browser.post(&self.page("check"), &csrf).await?.leads("submitting")?;
        browser.open(&receipt).await?;
        let case = receipt.strip_prefix("/portal/receipt/").ok_or("submitting leads to the receipt")?;
        Ok(case.to_owned())
    }
}

/// What is typed on the page that takes the workbook.
const TYPED: [(&str, &str); 3] = [("title", "批量基站执照"), ("frequency_permit", PERMIT), ("category", "base")];

/// A count as pages show it.
fn grouped(n: u32) -> String {
    if n < 1_000 { n.to_string() } else { format!("{},{:03}", n / 1_000, n % 1_000) }
}

/// The bureau's part, each act from the case file through its form.
async fn handled(site: &Site, case: &str, stages: &mut Stages) -> Result<(), Fault> {
    let mut radio = Browser::signed_in(site.address, "bench-radio", PASSWORD).await?;
    does(&mut radio, case, "accept", &[]).await?;
    stages.done("accepted");
    does(&mut radio, case, "review", &[("review_opinion", "材料齐全，符合条件，拟准予。")]).await?;
    stages.done("examined");
    let mut leader = Browser::signed_in(site.address, "bench-leader", PASSWORD).await?;
    does(&mut leader, case, "grant", &[("authority", AUTHORITY)]).await?;
    stages.done("decided");
    does(&mut radio, case, "issue", &[]).await?;
    stages.done("issued");
    Ok(())
}

async fn does(browser: &mut Browser, case: &str, act: &str, typed: &[(&str, &str)]) -> Result<(), Fault> {
    let file = format!("/work/case/{case}");
    browser.open(&file).await?;
    let path = format!("{file}/act/{act}");
    let page = browser.open(&path).await?;
    let (csrf, once, seen) = (page.hidden("_csrf")?, page.hidden("_once")?, page.hidden("_seen")?);
    let hidden = [("_csrf", csrf.as_str()), ("_once", once.as_str()), ("_seen", seen.as_str())];
    let form = hidden.into_iter().chain(typed.iter().copied()).collect::<Vec<_>>();
    let to = browser.post(&path, &form).await?.leads(act)?;
    browser.open(&to).await?;
    Ok(())
}

/// The firm finds every licence and opens the last one.
async fn in_hand(browser: &mut Browser, case: &str, stations: u32) -> Result<(), Fault> {
    let page = browser.open(&format!("/portal/matter/{case}/licences")).await?;
    let links: Vec<&str> = page.text()?.split("href=\"").filter_map(|rest| rest.split('"').next()).collect();
    let licences: Vec<&str> = links.into_iter().filter(|to| to.starts_with("/portal/licence?number=")).collect();
    if licences.len() != stations as usize {
        return Err(format!("{} licences were issued, not {stations}", licences.len()).into());
    }
    let last = licences.last().map(|to| to.replace("&amp;", "&")).unwrap_or_default();
    let paper = browser.open(&last).await?;
    if paper.text()?.contains(AUTHORITY) { Ok(()) } else { Err(paper.unexpected(&last)) }
}
