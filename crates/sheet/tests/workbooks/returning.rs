//! What does a person find in the workbooks that the program gives out?

use std::io::Read;

use crate::awkward::{bytes, choice, code, column, enterprises, noon, seen, workbook};
use guiju_sheet::{
    ColumnKind, Kind, Limits, ListCell, ListColumn, ListSheet, PROBLEMS, Value, Wanted, marked, preview, read,
    template, write, write_csv,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

/// The text of one part of a package.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn cells(bytes: &[u8], sheet: usize) -> Vec<Vec<String>> {
    use calamine::{Reader, Xlsx};
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range_at(sheet).unwrap().unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

fn faulty() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("名'A'册").unwrap();
    sheet.set_column_width(1, 33).unwrap();
    sheet.merge_range(0, 0, 0, 3, "企业名册", &Format::new()).unwrap();
    for (at, title) in (0..).zip(["企业名称", "信用代码", "成立日期", "联系电话"]) {
        sheet.write_string(1, at, title).unwrap();
    }
    sheet.write_string(2, 0, "甲").unwrap().write_string(2, 1, code(1)).unwrap();
    let day = Format::new().set_num_format("yyyy/m/d");
    sheet.write_datetime_with_format(2, 2, ExcelDateTime::from_ymd(2024, 1, 2).unwrap(), &day).unwrap();
    sheet.write_string(3, 1, "91350100M000100Y44").unwrap();
    sheet.write_string(3, 2, "2024-02-30").unwrap();
    sheet.write_formula(3, 3, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    sheet.write_number(4, 3, 12.5).unwrap();
    let other = book.add_worksheet();
    other.set_name("其他").unwrap();
    other.write_boolean(0, 0, true).unwrap().write_string(5, 2, "=1+1").unwrap();
    bytes(book)
}

/// A clerk mends the workbook that came back and sends it again: nothing else in it has changed.
#[test]
fn the_workbook_comes_back_with_every_complaint_at_its_cell() {
    let original = read(&faulty(), "名册.xlsx", &Limits::default()).unwrap();
    let first = preview(&original, &enterprises());
    let back = marked(&original, &first, noon()).unwrap();
    let problems: Vec<String> = cells(&back, 0).iter().map(|row| row.join(" | ")).collect();
    insta::assert_snapshot!(problems.join("\n"));

    let again = read(&back, "名册.xlsx", &Limits::default()).unwrap();
    let second = preview(&again, &enterprises());
    assert_eq!(seen(&second), seen(&first));
    let sheets: Vec<&str> = again.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(sheets, [PROBLEMS, "名'A'册", "其他"]);
    assert_eq!(cells(&back, 1)[4][3], "12.5");
    let other = cells(&back, 2);
    assert_eq!((other[0][0].as_str(), other[5][2].as_str()), ("true", "=1+1"));

    let page = part(&back, "xl/worksheets/sheet2.xml");
    assert!(page.contains("<mergeCell ref=\"A1:D1\"/>") && page.contains("width=\"33."), "{page}");
    let notes = part(&back, "xl/comments1.xml");
    for cell in ["A4", "B4", "C4", "D4", "A5", "B5", "D5"] {
        assert!(notes.contains(&format!("ref=\"{cell}\"")), "no note at {cell}");
    }
    assert!(notes.contains("2024年2月只有29天") && notes.contains("that month has only 29 days"));
    assert!(part(&back, "xl/worksheets/sheet1.xml").contains("location=\"'名''A''册'!C4\""));
}

#[test]
fn a_csv_comes_back_as_a_workbook() {
    let original = read("企业名称,信用代码\n甲,123\n".as_bytes(), "a.csv", &Limits::default()).unwrap();
    let back = marked(&original, &preview(&original, &enterprises()), noon()).unwrap();
    assert_eq!(cells(&back, 1), [["企业名称", "信用代码"], ["甲", "123"]]);
}

/// Areas that overlap, or reach over the whole sheet, come from damaged workbooks; the cells come back all the same.
#[test]
fn strange_joined_areas_do_not_keep_a_workbook_from_coming_back() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 16_383, "标题", &plain).unwrap();
    sheet.merge_range(5, 0, 2_000, 3, "尾", &plain).unwrap();
    sheet.write_string(1, 0, "企业名称").unwrap().write_string(1, 1, "信用代码").unwrap();
    sheet.merge_range(2, 0, 2, 1, "甲", &plain).unwrap();
    let original = read(&bytes(book), "a.xlsx", &Limits::default()).unwrap();
    let preview = preview(&original, &enterprises());
    assert_eq!((preview.good(), preview.bad()), (0, 2));
    let back = marked(&original, &preview, noon()).unwrap();
    assert_eq!(cells(&back, 1)[1][..2], ["企业名称", "信用代码"]);
}

fn list() -> ListSheet {
    let columns = [
        ("办件编号", ColumnKind::Code, None),
        ("企业", ColumnKind::Text, None),
        ("件数", ColumnKind::Integer, Some("件")),
        ("补助金额", ColumnKind::Money, Some("元")),
        ("受理日期", ColumnKind::Date, None),
        ("办结时间", ColumnKind::Moment, None),
    ];
    let day = jiff::civil::date(2024, 1, 2);
    let row = |number: &str, name: &str, fen: i64| {
        vec![
            ListCell::Text(number.into()),
            ListCell::Text(name.into()),
            ListCell::Integer(3),
            ListCell::Fen(fen),
            ListCell::Date(day),
            ListCell::Moment(noon()),
        ]
    };
    ListSheet {
        title: "诉求清单 & 统计".into(),
        columns: columns
            .into_iter()
            .map(|(title, kind, unit)| ListColumn {
                title: title.into(),
                kind,
                unit: unit.map(Into::into),
                width: None,
            })
            .collect(),
        rows: vec![
            row("0020240001", "甲公司", 123_456),
            row("0020240002", "=HYPERLINK(\"http://a.example\")", i64::MAX),
            vec![ListCell::Empty, ListCell::Text("长".repeat(40_000))],
            row("+86", "＝1+1", -5),
        ],
    }
}

#[test]
fn a_list_is_written_with_dates_as_dates_and_money_as_exact_numbers() {
    let workbook = write(&[list()], noon()).unwrap();
    let rows = cells(&workbook, 0);
    assert_eq!(rows[0], ["办件编号", "企业", "件数（件）", "补助金额（元）", "受理日期", "办结时间"]);
    assert_eq!(rows[1][..4], ["0020240001", "甲公司", "3", "1234.56"]);
    assert_eq!(rows[2][1], "=HYPERLINK(\"http://a.example\")");
    assert_eq!(rows[2][3], "92233720368547758.07", "too long for a number, so text with every digit");
    assert!(rows[3][1].contains("全文40000字"));
    let sheet = part(&workbook, "xl/worksheets/sheet1.xml");
    for wanted in [
        "<pane ySplit=\"1\"",
        "<autoFilter ref=\"A1:F5\"",
        "paperSize=\"9\"",
        "orientation=\"landscape\"",
        "fitToHeight=\"0\"",
        "诉求清单 &amp;&amp; 统计",
        "<v>45293</v>",
        "<v>45631.5</v>",
    ] {
        assert!(sheet.contains(wanted), "{wanted} is missing");
    }
    assert!(!sheet.contains("<f>"), "nothing in a list is a formula");
}

/// Two exports of the same list can be compared byte by byte.
#[test]
fn the_same_list_gives_the_same_bytes() {
    let once = write(&[list()], noon()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(write(&[list()], noon()).unwrap(), once);
    let original = read(&faulty(), "名册.xlsx", &Limits::default()).unwrap();
    let seen = preview(&original, &enterprises());
    assert_eq!(marked(&original, &seen, noon()).unwrap(), marked(&original, &seen, noon()).unwrap());
    assert_eq!(template(&enterprises(), noon()).unwrap(), template(&enterprises(), noon()).unwrap());
}

#[test]
fn csv_is_marked_quoted_and_runs_nothing() {
    let csv = write_csv(&list()).unwrap();
    let text = std::str::from_utf8(&csv).unwrap();
    let lines: Vec<&str> = text.strip_prefix('\u{FEFF}').unwrap().split("\r\n").collect();
    assert_eq!(lines[0], "办件编号,企业,件数（件）,补助金额（元）,受理日期,办结时间");
    assert_eq!(lines[1], "0020240001,甲公司,3,1234.56,2024-01-02,2024-12-05 12:00");
    assert!(lines[2].starts_with("0020240002,\"'=HYPERLINK(\"\"http://a.example\"\")\",3,92233720368547758.07,"));
    assert_eq!(lines[4], "'+86,'＝1+1,3,-0.05,2024-01-02,2024-12-05 12:00");
}

#[test]
fn more_rows_than_a_sheet_holds_are_refused() {
    let rows = vec![Vec::new(); 1_048_576];
    let list = ListSheet { rows, ..list() };
    assert!(write(&[list], noon()).is_err());
}

/// What the template shows as examples passes when it is typed in, and its headings are all found.
#[test]
fn a_filled_template_is_read_without_complaint() {
    let mut wanted = enterprises();
    let towns = (0..60).map(|n| choice(&format!("t{n}"), &format!("第{n}街道办事处"), &format!("Town {n}"))).collect();
    wanted.columns.push(column("town", "所在街道", "Town", &[], true, Kind::Choice { choices: towns }));
    wanted.columns.last_mut().unwrap().example = "第7街道办事处".into();
    let empty = template(&wanted, noon()).unwrap();
    let book = read(&empty, "模板.xlsx", &Limits::default()).unwrap();
    let untouched = preview(&book, &wanted);
    assert_eq!(untouched.sheets[0].columns.len(), wanted.columns.len());
    assert!(untouched.is_refused() && untouched.rows.is_empty(), "an empty template holds no rows");

    let headings: Vec<String> = cells(&empty, 0)[0].clone();
    let examples: Vec<&str> = wanted.columns.iter().map(|column| column.example.as_str()).collect();
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let filled = preview(&read(&workbook(&[&headings, &examples]), "a.xlsx", &Limits::default()).unwrap(), &wanted);
    assert_eq!((filled.good(), filled.bad()), (1, 0), "{}", seen(&filled));
    assert_eq!(filled.rows[0].values.get("town"), Some(&Value::Choice("t7".into())));

    let sheet = part(&empty, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("\"大型,中型,小型,微型\""), "a short list stands in the cell rule");
    assert!(sheet.contains("'填写说明'!$P$2:$P$61"), "a long list stands in the guide");
    assert_eq!(cells(&empty, 1)[8][15], "第7街道办事处");
    insta::assert_snapshot!(
        cells(&empty, 1).iter().take(9).map(|row| row[..6].join(" | ")).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn what_was_exported_can_be_imported() {
    let wanted = Wanted {
        zh: "诉求".into(),
        en: "request".into(),
        columns: vec![
            column("number", "办件编号", "Number", &[], true, Kind::Text { max: 30 }),
            column(
                "money",
                "补助金额",
                "Subsidy",
                &[],
                true,
                Kind::Money { unit: guiju_sheet::MoneyUnit::TenThousand },
            ),
            column("filed", "受理日期", "Filed", &[], true, Kind::Date),
            column("closed", "办结时间", "Closed", &[], true, Kind::Moment { date_alone: false }),
        ],
        unique: vec![vec!["number".into()]],
    };
    let mut sheet = list();
    sheet.rows.remove(2);
    for bytes in [write(&[sheet.clone()], noon()).unwrap(), write_csv(&sheet).unwrap()] {
        let back = preview(&read(&bytes, "a", &Limits::default()).unwrap(), &wanted);
        assert_eq!((back.good(), back.bad()), (3, 0), "{}", seen(&back));
        let values = |id: &str| back.rows.iter().map(|row| row.values[id].clone()).collect::<Vec<_>>();
        assert_eq!(values("money"), [Value::Money(123_456), Value::Money(i64::MAX), Value::Money(-5)]);
        assert_eq!(values("number")[2], Value::Text("+86".into()));
        assert_eq!(values("closed")[0], Value::Moment(noon()));
        assert_eq!(values("filed")[0], Value::Date(jiff::civil::date(2024, 1, 2)));
    }
}
