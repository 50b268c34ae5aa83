//! Tables at the workbench: filled by a workbook that is judged before anything is done, or by hand; shown and exported in full.

use axum::http::StatusCode;
use guiju_sheet::{Limits, PROBLEMS};

use crate::browser::Page;
use crate::house::House;
use crate::licence::{application, plain, registers};

const FORM: &str = "/work/open/station-licence/apply_for";
const HEAD: &str = "台站名称,台址,频率,功率,型号核准代码,呼号,有效期至";

/// A list of stations as CSV under a name, as the door's browser attaches it.
fn list(name: &str, count: u32, wrong: &[u32]) -> String {
    let rows = (1..=count).map(|n| {
        let until = if wrong.contains(&n) { "2029-07-01" } else { "2029-06-30" };
        format!("站{n},江海市{n}号,1800MHz,20W,CMIIT{n:05},BJH{n:04},{until}")
    });
    format!("{name}\n{HEAD}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
}

/// Posts the counter's form with a token that stays the same, as a page that is drawn again keeps it.
async fn post(house: &House, path: &str, once: &str, more: &[(&str, &str)]) -> Page {
    let page = house.get("licence1", FORM).await;
    let csrf = page.hidden("_csrf").unwrap();
    let typed = application(&[]);
    let hidden = [("_csrf", csrf.as_str()), ("_once", once)];
    let all = hidden.into_iter().chain(plain(&typed)).chain(more.iter().copied());
    let all: Vec<_> = all.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    house.post("licence1", path, &all).await
}

/// 许可法 29, 32: what comes over the counter is judged as what firms file themselves: all at once, before anything is filed.
#[tokio::test]
async fn a_list_over_the_counter_is_judged_row_by_row_before_anything_is_opened() {
    let house = House::open("2024-03-04 09:00").await;
    registers(&house).await;
    let before = house.standing(None).await;
    let blank = house.download("licence1", "/work/template/station-licence/stations.xlsx").await;
    assert!(blank.starts_with(b"PK"), "the template is no workbook");
    assert!(house.get("licence1", FORM).await.main().contains("/work/template/station-licence/stations.xlsx"));

    let page =
        post(&house, FORM, "counter-1", &[("@stations", &list("台站.csv", 12, &[3, 7])), ("_look", "stations")]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    assert!(page.words().contains("读到 12 行，其中 2 行需要改正"), "{}", page.words());
    assert!(page.main().contains("无线电管理条例") && page.main().contains("value=\"基站执照\""), "{}", page.words());
    let base = format!("{FORM}/table/counter-1/stations");
    assert!(page.main().contains(&format!("{base}/marked.xlsx")) && page.main().contains(&format!("{base}/drop")));
    let marked = house.download("licence1", &format!("{base}/marked.xlsx")).await;
    let book = guiju_sheet::read(&marked, "marked.xlsx", &Limits::default()).unwrap();
    let told = book.sheets.iter().find(|sheet| sheet.name == PROBLEMS).unwrap();
    assert_eq!(told.row_count(), 3 + 2, "the permit that was typed beside the list judges its rows");

    let refused = post(&house, FORM, "counter-1", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.words().contains("2 行需要改正"), "{}", refused.words());
    // Another form, and another officer's, know nothing of this list.
    assert!(!post(&house, FORM, "counter-2", &[("_look", "stations")]).await.words().contains("读到"));
    assert_eq!(house.get("handler", &format!("{base}/marked.xlsx")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.standing(None).await, before, "looking at a list changed something");

    let gone = post(&house, &format!("{base}/drop"), "counter-1", &[]).await;
    assert_eq!(gone.status, StatusCode::OK);
    assert!(!gone.words().contains("读到") && gone.main().contains("stations.0.name"), "{}", gone.words());
    assert!(gone.main().contains("value=\"基站执照\""), "letting go of the list lost what was typed");
    assert_eq!(house.get("licence1", &format!("{base}/drop")).await.location, FORM);

    post(&house, FORM, "counter-1", &[("@stations", &list("改正.csv", 12, &[]))]).await;
    let opened = post(&house, FORM, "counter-1", &[]).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.words());
    let again = post(&house, FORM, "counter-1", &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "sent twice: {}", again.words());
    assert_eq!(again.location, opened.location);
}

#[tokio::test]
async fn a_table_of_a_case_is_shown_and_exported_in_full() {
    let house = House::open("2024-03-04 09:00").await;
    registers(&house).await;
    post(&house, FORM, "full-1", &[("@stations", &list("台站.csv", 201, &[]))]).await;
    let opened = post(&house, FORM, "full-1", &[]).await;
    let file = opened.location.split('?').next().unwrap().to_owned();
    let page = house.get("licence1", &file).await;
    assert!(!page.main().contains("站201"), "the case file shows how a table begins");
    assert!(
        page.main().contains(&format!("href=\"{file}/table/stations\"")) && page.words().contains("查看全部 201 行")
    );
    let first = house.get("licence1", &format!("{file}/table/stations")).await;
    assert!(
        first.words().contains("共 201 行") && first.main().contains(">站200<") && !first.main().contains(">站201<")
    );
    assert!(first.main().contains("href=\"?from=201\""), "{}", first.words());
    let second = house.get("licence1", &format!("{file}/table/stations?from=201")).await;
    assert!(second.main().contains(">站201<") && second.main().contains("href=\"?from=1\""));
    let bytes = house.download("licence1", &format!("{file}/table/stations/list.xlsx")).await;
    let book = guiju_sheet::read(&bytes, "list.xlsx", &Limits::default()).unwrap();
    assert_eq!(book.sheets[0].row_count(), 202, "a heading and every row");
    for none in ["enterprise", "contact_name", "nothing"] {
        let answer = house.get("licence1", &format!("{file}/table/{none}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{none}");
    }
    for (stranger, status) in [("handler", StatusCode::FORBIDDEN), ("firm", StatusCode::FORBIDDEN)] {
        for path in ["table/stations", "table/stations/list.xlsx"] {
            assert_eq!(house.get(stranger, &format!("{file}/{path}")).await.status, status, "{stranger} {path}");
        }
    }
}

/// A firm that lets go of its list keeps its note, and the note that it typed is on the page that tells what is wrong.
#[tokio::test]
async fn letting_go_of_a_list_keeps_what_was_typed_in_an_act_on_a_case() {
    let house = House::open("2024-03-04 09:00").await;
    let case = crate::licence::applied(&house).await;
    house.does("licence1", case, "correct", &[("correction_list", "台站名称请加区名。")]).await;
    let path = format!("/portal/matter/{case}/act/supply");
    let before = house.standing(Some(case)).await;
    let typed = [("supply_note", "已加区名。"), ("@stations", &list("补正.csv", 5, &[2]))];
    let page = house.submit("firm", &path, &typed).await;
    assert!(
        page.words().contains("读到 5 行，其中 1 行需要改正") && page.main().contains("已加区名。"),
        "{}",
        page.words()
    );
    let hidden = |name: &str| (name.to_owned(), page.hidden(name).unwrap());
    let form = [
        hidden("_csrf"),
        hidden("_once"),
        hidden("_seen"),
        ("supply_note".to_owned(), "已加区名，请查收。".to_owned()),
    ];
    let gone = house.post("firm", &format!("{path}/table/stations/drop"), &form).await;
    assert_eq!(gone.status, StatusCode::OK);
    assert!(gone.main().contains("已加区名，请查收。") && !gone.words().contains("读到"), "{}", gone.words());
    assert_eq!(house.standing(Some(case)).await, before, "letting go of a list changed the case");
    house.does("firm", case, "supply", &[("supply_note", "已加区名，请查收。")]).await;
}

/// Only an act on a case that is there: the planner revises the lines of a plan, by choosing and by a list.
#[tokio::test]
async fn choices_of_a_table_are_chosen_by_their_titles_and_an_act_on_a_case_takes_a_list() {
    let house = House::open("2024-03-04 09:00").await;
    let form = house.get("planner", "/work/open/inspection-plan/draft").await;
    assert!(form.main().contains("<select class=\"govuk-select\" id=\"f-lines.0.method\""), "{}", form.words());
    assert!(form.main().contains("<option value=\"drawn\">双随机抽查</option>"));
    let plan = [("title", "2024年度检查计划"), ("year", "2024"), ("lines.0.line", "2024-01")];
    let wrong = [&plan[..], &[("lines.0.method", "抽签")]].concat();
    let page = house.submit("planner", "/work/open/inspection-plan/draft", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.words().contains("没有 `抽签` 这个选项"), "{}", page.words());
    assert!(page.main().contains("<option value=\"抽签\" selected>"), "what was typed is gone");
    let case = house
        .opens("planner", "inspection-plan/draft", &[&plan[..], &[("lines.0.method", "全覆盖重点监管")]].concat())
        .await;
    let held = |doc: guiju_store::StoredCase| doc.row.doc["fields"]["lines"].clone();
    let stored = house.office.store().case(case).await.unwrap().unwrap();
    assert_eq!(held(stored)[0]["method"], "full_coverage");

    let path = format!("/work/case/{case}/act/revise");
    let rows = "计划.csv\n计划行编号,检查方式\n2024-01,双随机抽查\n2024-02,没有这种\n";
    let page = house.submit("planner", &path, &[("@lines", rows)]).await;
    assert!(page.words().contains("读到 2 行，其中 1 行需要改正"), "{}", page.words());
    assert!(house.download("planner", &format!("{path}/table/lines/marked.xlsx")).await.starts_with(b"PK"));
    let page = house.submit("planner", &path, &[]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "a wrong list was taken");
    house.submit("planner", &path, &[("@lines", &rows.replace("没有这种", "全覆盖重点监管"))]).await;
    house.does("planner", case, "revise", &[]).await;
    let lines = held(house.office.store().case(case).await.unwrap().unwrap());
    assert_eq!((lines[0]["method"].as_str(), lines[1]["method"].as_str()), (Some("drawn"), Some("full_coverage")));
}
