//! Registers and new requests out of workbooks and CSV, as bureaus keep them.

use guiju_kernel::rows::EntryDoc;
use guiju_office::{OfficeError, Read, What};
use guiju_sheet::Severity;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use crate::bureau::{Bureau, code, dispatcher, handler, registrar};

pub fn register() -> What {
    What::Register("enterprises".to_owned())
}

/// A workbook of texts.
pub fn book(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// What is refused: cell and reason.
pub fn refused(read: &Read) -> Vec<(String, String)> {
    let refused = read.preview.complaints().filter(|c| c.severity == Severity::Refused);
    refused.map(|c| (c.cell.clone().unwrap_or_default(), c.zh.clone())).collect()
}

async fn doc(bureau: &Bureau, key: &str) -> EntryDoc {
    let row = bureau.office.entry(&registrar(), "enterprises", key).await.unwrap().unwrap();
    serde_json::from_value(row.doc).unwrap()
}

async fn import(bureau: &Bureau, what: &What, name: &str, bytes: &[u8]) -> Read {
    let who = bureau.office.operator(what);
    let mut read = bureau.office.import_preview(&who, what, name, bytes).await.unwrap();
    assert_eq!(refused(&read), []);
    bureau.office.import_commit(&who, what, &mut read, false).await.unwrap();
    read
}

/// A register as bureaus keep it: a joined title above the heading, columns in their own order and names, serial dates beside
/// text dates, full-width digits, a blank line, a line that sums up.
#[tokio::test]
async fn an_awkward_register_comes_in_whole() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.merge_range(0, 0, 0, 5, "江海市规模以上企业一览表（2024年3月）", &Format::new()).unwrap();
    for (column, head) in (0..).zip(["序号", "公司名称", "机构代码", "规模", "设立日期", "手机号码"])
    {
        sheet.write_string(1, column, head).unwrap();
    }
    let day = Format::new().set_num_format("yyyy/m/d");
    sheet.write_number(2, 0, 1).unwrap();
    sheet.write_string(2, 1, "江海甲测试有限公司").unwrap();
    sheet.write_string(2, 2, full_width(&code(1))).unwrap();
    sheet.write_string(2, 3, "中型").unwrap();
    sheet.write_datetime_with_format(2, 4, ExcelDateTime::from_ymd(2009, 5, 6).unwrap(), &day).unwrap();
    sheet.write_number(2, 5, 19_900_001_111_f64).unwrap();
    sheet.write_number(4, 0, 2).unwrap();
    sheet.write_string(4, 1, "江海乙测试有限公司").unwrap();
    sheet.write_string(4, 2, format!(" {} ", code(2).to_lowercase())).unwrap();
    sheet.write_string(4, 3, "微").unwrap();
    sheet.write_string(4, 4, "2015年12月31日").unwrap();
    sheet.write_string(4, 5, "１９９００００２２２２").unwrap();
    let read = import(&bureau, &register(), "企业.xlsx", &workbook.save_to_buffer().unwrap()).await;
    assert_eq!(read.preview.good(), 2);
    let first = doc(&bureau, &code(1)).await;
    assert_eq!(first.fields["name"], "江海甲测试有限公司");
    assert_eq!(first.fields["size"], "medium");
    assert_eq!(first.fields["established"], "2009-05-06");
    assert!(!first.fields.contains_key("contact_phone"), "a personal value stands in the open");
    let phone = bureau.office.reveal_entry(&registrar(), "enterprises", &code(1), "contact_phone").await.unwrap();
    assert_eq!(phone, "19900001111");
    let second = doc(&bureau, &code(2)).await;
    assert_eq!((&second.fields["size"], &second.fields["established"]), (&"micro".into(), &"2015-12-31".into()));
    assert!(bureau.verified().await.ok);
}

fn full_width(text: &str) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xFEE0).unwrap();
    text.chars().map(|c| if c.is_ascii_digit() { wide(c) } else { c }).collect()
}

/// A CSV that a spreadsheet program of a Chinese office saved: GBK, semicolons.
#[tokio::test]
async fn a_csv_in_gbk_comes_in() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let text = format!("统一社会信用代码;企业名称;所属区\r\n{};江海丙测试有限公司;临江\r\n", code(3));
    let (bytes, _, _) = encoding_rs::GBK.encode(&text);
    import(&bureau, &register(), "企业.csv", &bytes).await;
    let doc = doc(&bureau, &code(3)).await;
    assert_eq!((&doc.fields["name"], &doc.fields["district"]), (&"江海丙测试有限公司".into(), &"linjiang".into()));
}

/// All or nothing: one bad row keeps the good ones out, and says which cell and why; the marked workbook comes back with it.
#[tokio::test]
async fn one_bad_row_keeps_all_out_unless_bad_rows_are_skipped() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let before = bureau.events().await;
    let wrong = code(5).replace("91449999", "91449998");
    let bytes = book(&[
        &["统一社会信用代码", "企业名称", "成立日期", "联系电话"],
        &[&code(4), "江海丁测试有限公司", "2024-02-30", "19900001111"],
        &[&wrong, "江海戊测试有限公司", "2011-01-01", "一三八零零"],
        &[&code(6), "江海己测试有限公司", "2011-01-01", "19900001111"],
        &[&code(7), "江海庚测试有限公司", "2031-01-01", "19900001111"],
    ]);
    let who = registrar();
    let mut read = bureau.office.import_preview(&who, &register(), "企业.xlsx", &bytes).await.unwrap();
    let cells: Vec<String> = refused(&read).into_iter().map(|(cell, _)| cell).collect();
    // The last is the rules' own: a firm cannot have been established after the day of the entry.
    assert_eq!(cells, ["C2", "A3", "D3", "C5"]);
    let fault = bureau.office.import_commit(&who, &register(), &mut read, false).await.unwrap_err();
    assert!(matches!(&fault, OfficeError::Input(why) if why.contains("3 行")), "{fault}");
    assert_eq!(bureau.events().await, before, "something of a refused import was written");

    let marked = bureau.office.marked_workbook(&read).unwrap();
    let mut back = bureau.office.import_preview(&who, &register(), "改.xlsx", &marked).await.unwrap();
    assert_eq!(refused(&back).len(), 4, "the marked workbook can be read again, with the same faults");
    let outcome = bureau.office.import_commit(&who, &register(), &mut back, true).await.unwrap();
    assert_eq!(outcome.written.len(), 1);
    assert_eq!(bureau.events().await, before + 1);
    assert_eq!(doc(&bureau, &code(6)).await.fields["name"], "江海己测试有限公司");
}

/// A workbook seldom has every column: what it does not say stays, and a list that says nothing new makes no new versions.
#[tokio::test]
async fn importing_again_changes_only_what_is_new() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let whole: &[&[&str]] = &[
        &["统一社会信用代码", "企业名称", "企业规模", "联系电话"],
        &[&code(1), "江海甲测试有限公司", "大型", "19900001111"],
    ];
    import(&bureau, &register(), "a.xlsx", &book(whole)).await;
    let events = bureau.events().await;
    import(&bureau, &register(), "a.xlsx", &book(whole)).await;
    assert_eq!(bureau.events().await, events, "the same list again made new versions");
    let name = &[&["统一社会信用代码", "企业名称"][..], &[&code(1), "江海甲测试股份有限公司"]];
    import(&bureau, &register(), "b.xlsx", &book(name)).await;
    assert_eq!(bureau.events().await, events + 1);
    let kept = doc(&bureau, &code(1)).await;
    assert_eq!((&kept.fields["name"], &kept.fields["size"]), (&"江海甲测试股份有限公司".into(), &"large".into()));
    assert!(kept.personal.contains_key("contact_phone"), "the phone was lost");
    let phone = &[&["统一社会信用代码", "联系电话"][..], &[&code(1), "19900002222"]];
    import(&bureau, &register(), "c.xlsx", &book(phone)).await;
    assert_eq!(bureau.events().await, events + 2, "another phone is something new");
}

/// A formula that failed, a heading that is missing, another program's file: each is told, nothing is guessed.
#[tokio::test]
async fn files_that_cannot_be_taken_say_why() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let who = registrar();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "统一社会信用代码").unwrap();
    sheet.write_string(0, 1, "企业名称").unwrap();
    sheet.write_string(1, 0, code(1)).unwrap();
    sheet.write_formula(1, 1, Formula::new("=VLOOKUP(A2,X:Y,2)").set_result("#N/A")).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let read = bureau.office.import_preview(&who, &register(), "a.xlsx", &bytes).await.unwrap();
    assert_eq!(refused(&read).first().map(|(cell, _)| cell.clone()), Some("B2".to_owned()), "{:?}", refused(&read));

    let headless = book(&[&["姓名", "年龄"], &["甲", "30"]]);
    let mut read = bureau.office.import_preview(&who, &register(), "a.xlsx", &headless).await.unwrap();
    assert!(read.preview.is_refused());
    assert!(bureau.office.import_commit(&who, &register(), &mut read, true).await.is_err());

    let program = bureau.office.import_preview(&who, &register(), "a.xlsx", b"MZ\x90\x00\x03\x00\x00\x00").await;
    assert!(matches!(program, Err(OfficeError::Input(_))), "{program:?}");
    let nothing = bureau.office.import_preview(&who, &What::Register("no-such".into()), "a.xlsx", &headless).await;
    assert!(matches!(nothing, Err(OfficeError::Input(why)) if why.contains("no-such")));
}

fn requests(rows: &[[&str; 7]]) -> Vec<u8> {
    let head = ["企业信用代码", "诉求来源", "类别", "诉求标题", "诉求内容", "联系人", "手机"];
    let all: Vec<&[&str]> = std::iter::once(&head[..]).chain(rows.iter().map(|r| &r[..])).collect();
    book(&all)
}

/// Requests that a clerk files for firms run through the same door as those that firms file: fields checked, numbers given,
/// clocks started, and each row that the rules refuse is named.
#[tokio::test]
async fn requests_are_filed_for_firms_by_those_who_may() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let good = requests(&[
        [
            &code(1),
            "热线",
            "融资贷款、税费",
            "贷款到期请求协调",
            "流动资金贷款下月到期，希望续贷。",
            "赵测试",
            "19900001111",
        ],
        [&code(2), "走访", "停电", "园区频繁停电", "近一个月园区停电四次，影响生产线。", "钱测试", "19900002222"],
    ]);
    let before = bureau.events().await;
    let other = handler("jh-miit/sme");
    let read = bureau.office.import_preview(&other, &What::Requests, "r.xlsx", &good).await.unwrap();
    assert_eq!(refused(&read).len(), 2, "somebody without the role may not file for firms");

    let mut read = bureau.office.import_preview(&dispatcher(), &What::Requests, "r.xlsx", &good).await.unwrap();
    let unknown: Vec<_> = read.preview.complaints().map(|c| (c.severity, c.cell.clone().unwrap())).collect();
    assert_eq!(
        unknown,
        [(Severity::Noticed, "A2".into()), (Severity::Noticed, "A3".into())],
        "unknown firms are named"
    );
    assert_eq!(bureau.events().await, before, "a preview wrote something");
    let outcome = bureau.office.import_commit(&dispatcher(), &What::Requests, &mut read, false).await.unwrap();
    let numbers: Vec<&str> = outcome.written.iter().map(|(_, done)| done.number.as_str()).collect();
    assert_eq!(numbers, ["江海工信诉〔2024〕000001号", "江海工信诉〔2024〕000002号"]);
    let case = bureau.office.case(outcome.written[0].1.case).await.unwrap();
    assert_eq!((case.state.as_str(), case.subject.as_deref()), ("filed", Some(code(1).as_str())));
    assert_eq!(case.detail.fields["types"], serde_json::json!(["financing", "taxes"]));
    assert!(case.detail.clocks.contains_key("intake"));

    let bad = requests(&[
        [&code(1), "热线", "融资贷款", "短", "流动资金贷款下月到期，希望续贷。", "赵测试", "19900001111"],
        [&code(2), "热线", "融资贷款", "机密★贷款到期", "这份材料是机密★一年的文件内容。", "钱测试", "19900002222"],
    ]);
    let read = bureau.office.import_preview(&dispatcher(), &What::Requests, "r.xlsx", &bad).await.unwrap();
    let cells: Vec<String> = refused(&read).into_iter().map(|(cell, _)| cell).collect();
    assert_eq!(cells, ["D2", "D3"], "{:?}", refused(&read));
}

/// The command line has no account: its records say that an import did it, with the roles that the file needs and no others.
#[tokio::test]
async fn the_operator_may_import_and_nothing_else() {
    let bureau = Bureau::open("2024-03-04 09:00").await;
    let firm = code(1);
    let rows = [[firm.as_str(), "热线", "其他", "反映一个问题", "反映的问题请有关科室协调。", "赵测试", "19900001111"]];
    import(&bureau, &What::Requests, "r.xlsx", &requests(&rows)).await;
    let id = bureau.office.case_by_number("江海工信诉〔2024〕000001号").await.unwrap().unwrap();
    let stored = bureau.office.store().records_of_case(id).await.unwrap();
    assert!(stored[0].bytes.contains(r#""by":[{"id":"operator","kind":"import""#), "{}", stored[0].bytes);
    let operator = bureau.office.operator(&register());
    let refusal = bureau.refused(id, "accept", &operator, serde_json::json!({})).await;
    assert_eq!(refusal.rule, "actor.role");
}
