//! What does a clerk see who sends in the workbooks that bureaus really keep?

use crate::awkward::{bytes, choice, code, column, enterprises, seen, workbook};
use guiju_sheet::{Kind, Limits, MoneyUnit, Preview, Severity, SheetError, Value, Wanted, preview, read};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

fn previewed(bytes: &[u8], name: &str, wanted: &Wanted) -> Preview {
    preview(&read(bytes, name, &Limits::default()).unwrap(), wanted)
}

/// A merged title, a unit line, a heading with breaks and stars, serial and text dates, a failed formula, full-width
/// digits, blank lines, a total and a signature: the workbook that every bureau has.
#[test]
fn an_awkward_register_is_read_and_every_fault_named() {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let plain = Format::new();
    let sheet = book.add_worksheet();
    sheet.set_name("2024年企业名册").unwrap();
    sheet.merge_range(0, 0, 0, 8, "某市规模以上工业企业名册", &plain).unwrap();
    sheet.write_string(1, 7, "单位：万元").unwrap();
    for (at, title) in (0..).zip([
        "序号",
        "*统一社会\n信用代码",
        "* 企业 名称",
        "",
        "注册资本",
        "成立日期（年月日）",
        "联系电话",
        "规 模",
        "备注",
    ]) {
        sheet.write_string(2, at, title).unwrap();
    }
    let good = [(3, code(1), "甲精密机械有限公司"), (5, code(2), "　乙食品厂\u{A0}")];
    for (row, code, name) in &good {
        sheet.write_number(*row, 0, 1).unwrap();
        sheet.write_string(*row, 1, code).unwrap();
        sheet.write_string(*row, 2, *name).unwrap();
    }
    sheet.write_number(3, 4, 1234.5678).unwrap();
    sheet.write_datetime_with_format(3, 5, ExcelDateTime::from_ymd(2012, 3, 15).unwrap(), &day).unwrap();
    sheet.write_number(3, 6, 13_800_138_000_f64).unwrap();
    sheet.write_string(3, 7, "大型").unwrap();
    // A blank line that is only numbered.
    sheet.write_number(4, 0, 2).unwrap();
    sheet.write_string(5, 4, "１，２３４．５").unwrap();
    sheet.write_string(5, 5, "二〇一九年十二月三日").unwrap();
    sheet.write_string(5, 6, "（０５９１）８３００００００转８００１").unwrap();
    sheet.write_string(5, 7, "small").unwrap();
    // Everything wrong at once.
    sheet.write_string(6, 1, "91350100M000100Y44").unwrap();
    sheet.write_formula(6, 2, Formula::new("=VLOOKUP(1,X:X,2)").set_result("#N/A")).unwrap();
    sheet.write_number(6, 4, 0.0012345).unwrap();
    sheet.write_string(6, 5, "2024-02-30").unwrap();
    sheet.write_string(6, 6, "138OO138000").unwrap();
    sheet.write_string(6, 7, "大形").unwrap();
    // A code that Excel turned into a number, and an earlier firm once more.
    sheet.write_number(7, 1, 913501000001000400.0).unwrap();
    sheet.write_string(7, 2, "丙").unwrap();
    sheet.write_string(8, 1, code(1)).unwrap();
    sheet.write_string(8, 2, "丁").unwrap();
    sheet.write_number(8, 5, 45293).unwrap();
    sheet.merge_range(9, 0, 9, 2, "合  计", &plain).unwrap();
    sheet.write_number(9, 4, 2469.07).unwrap();
    sheet.write_string(11, 0, "填表人：张三　　审核人：李四").unwrap();
    let preview = previewed(&bytes(book), "名册.xlsx", &enterprises());
    assert_eq!((preview.good(), preview.bad()), (2, 3), "{}", seen(&preview));
    insta::assert_snapshot!(seen(&preview));
}

/// Group titles over sub titles, where the same sub title stands under two groups; county names joined downwards.
#[test]
fn a_heading_of_two_rows_is_read_by_group_and_sub_title() {
    let mut book = Workbook::new();
    let plain = Format::new();
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 1, 0, "县区", &plain).unwrap();
    sheet.merge_range(0, 1, 0, 2, "企业", &plain).unwrap();
    sheet.merge_range(0, 3, 0, 4, "法定代表人", &plain).unwrap();
    sheet.merge_range(0, 5, 0, 6, "联系人", &plain).unwrap();
    for (at, title) in (1..).zip(["名称", "信用代码", "姓名", "电话", "姓名", "电话"]) {
        sheet.write_string(1, at, title).unwrap();
    }
    for (at, number) in (0..7).zip(["甲", "1", "2", "3", "4", "5", "6"]) {
        sheet.write_string(2, at, number).unwrap();
    }
    sheet.merge_range(3, 0, 4, 0, "东湖县", &plain).unwrap();
    for row in 3_u32..5 {
        let (name, code) = (format!("企业{row}"), code(row));
        for (at, text) in (1..).zip([name.as_str(), &code, "王五", "13900000001", "赵六", "13900000002"]) {
            sheet.write_string(row, at, text).unwrap();
        }
    }
    let text = || Kind::Text { max: 20 };
    let wanted = Wanted {
        zh: "企业".into(),
        en: "enterprise".into(),
        columns: vec![
            column("county", "县区", "County", &[], true, text()),
            column("name", "企业名称", "Enterprise", &[], true, text()),
            column("code", "统一社会信用代码", "Credit code", &["信用代码"], true, Kind::CreditCode),
            column("contact", "联系人姓名", "Contact", &[], true, text()),
            column("phone", "联系人电话", "Phone", &[], true, Kind::Phone),
        ],
        unique: Vec::new(),
    };
    let preview = previewed(&bytes(book), "企业.xlsx", &wanted);
    assert_eq!((preview.good(), preview.bad()), (2, 0));
    insta::assert_snapshot!(seen(&preview));
}

#[test]
fn missing_misspelt_doubled_and_unknown_columns_are_named() {
    let code = code(1);
    let rows: [&[&str]; 2] = [
        &["企业名称", "统一社会信用代吗", "电话", "联系电话", "传真"],
        &["甲", &code, "13800138000", "13800138000", "无"],
    ];
    insta::assert_snapshot!(seen(&previewed(&workbook(&rows), "a.xlsx", &enterprises())));
}

#[test]
fn a_file_without_heading_or_rows_says_what_was_expected() {
    let no_heading = previewed(&workbook(&[&["你好"], &["世界"]]), "a.xlsx", &enterprises());
    let no_rows = previewed(&workbook(&[&["企业名称", "统一社会信用代码"]]), "a.xlsx", &enterprises());
    assert!(no_heading.is_refused() && no_rows.is_refused());
    insta::assert_snapshot!(format!("{}\n\n{}", seen(&no_heading), seen(&no_rows)));
}

#[test]
fn a_gbk_table_of_requests_is_read_without_asking() {
    let wanted = Wanted {
        zh: "诉求".into(),
        en: "request".into(),
        columns: vec![
            column("number", "工单编号", "Number", &["编号"], true, Kind::Text { max: 30 }),
            column("filed", "受理时间", "Filed at", &[], true, Kind::Moment { date_alone: false }),
            column(
                "topics",
                "诉求类型",
                "Topics",
                &[],
                true,
                Kind::Choices {
                    choices: vec![
                        choice("power", "用电", "Power"),
                        choice("finance", "融资、担保", "Finance"),
                        choice("site", "用地", "Site"),
                    ],
                    most: 2,
                },
            ),
            column("closed", "是否办结", "Closed", &[], false, Kind::Flag),
            column("text", "诉求内容", "Request", &[], true, Kind::Text { max: 12 }),
        ],
        unique: vec![vec!["number".into()]],
    };
    let table = "编号;受理时间;诉求类型;是否办结;诉求内容\r\n\
        \t'20230001;2023-12-30 下午3时5分;用电、用地;√;\"停电;\n请修\"\r\n\
        \r\n\
        20230002;2023年12月31日;融资、担保;否;申请贷款贴息\r\n\
        20230003;2023/12/31 24:00;用水;也许;这一条诉求的内容写得太长太长了\r\n\
        2.02E+07;45291.5;用电、用地、融资、担保;;=cmd|' /C calc'!A0\r\n\
        20230001;2023-12-30 9:05;用电;是;#REF!\r\n";
    let gbk = encoding_rs::GB18030.encode(table).0.into_owned();
    insta::assert_snapshot!(seen(&previewed(&gbk, "2023年诉求.csv", &wanted)));
}

#[test]
fn dates_of_the_1904_epoch_are_four_years_apart() {
    // The writer makes only 1900 workbooks, so that the flag is set in the XML of one.
    let rows: [&[&str]; 1] = [&["企业名称", "统一社会信用代码", "成立日期"]];
    let plain = workbook(&rows);
    let epoch = repacked(&plain, "xl/workbook.xml", |xml| xml.replace("<workbookPr", "<workbookPr date1904=\"1\""));
    let with_day = repacked(&epoch, "xl/worksheets/sheet1.xml", |xml| {
        xml.replace("</sheetData>", &format!("<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>甲</t></is></c><c r=\"B2\" t=\"str\"><v>{}</v></c><c r=\"C2\"><v>43831</v></c></row></sheetData>", code(1)))
    });
    let preview = previewed(&with_day, "a.xlsx", &enterprises());
    assert_eq!(preview.rows[0].values.get("founded"), Some(&Value::Date(jiff::civil::date(2024, 1, 2))));
}

#[test]
fn several_sheets_are_read_together_and_hidden_ones_are_not() {
    let mut book = Workbook::new();
    for (at, name) in ["东湖县", "西山区", "说明", "旧表"].iter().enumerate() {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        if *name == "说明" {
            sheet.write_string(0, 0, "请各县区按月填报").unwrap();
            continue;
        }
        sheet.write_string(0, 0, "企业名称").unwrap().write_string(0, 1, "信用代码").unwrap();
        sheet.write_string(1, 0, format!("企业{at}")).unwrap().write_string(1, 1, code(at as u32)).unwrap();
        if at == 1 {
            sheet.write_string(2, 0, "企业0").unwrap().write_string(2, 1, code(0)).unwrap();
        }
        sheet.set_hidden(*name == "旧表");
    }
    insta::assert_snapshot!(seen(&previewed(&bytes(book), "a.xlsx", &enterprises())));
}

#[test]
fn units_of_money_come_from_cell_heading_or_sheet_in_that_order() {
    let (one, two) = (code(1), code(2));
    let rows: [&[&str]; 4] = [
        &["", "", "", "单位：万元"],
        &["企业名称", "信用代码", "注册资本（元）"],
        &["甲", &one, "100"],
        &["乙", &two, "100万元"],
    ];
    let preview = previewed(&workbook(&rows), "a.xlsx", &enterprises());
    let fen: Vec<_> = preview.rows.iter().map(|row| row.values.get("capital").cloned()).collect();
    assert_eq!(fen, [Some(Value::Money(10_000)), Some(Value::Money(100_000_000))]);
    assert_eq!(MoneyUnit::TenThousand.zh(), "万元");
}

#[test]
fn files_of_other_kinds_are_refused_by_name() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let old = |inside: &str| [vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], wide(inside)].concat();
    let archive = |parts: &[&str]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for part in parts {
            writer.start_file(*part, zip::write::SimpleFileOptions::default()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let xlsx = workbook(&[&["企业名称"]]);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("program", b"MZ\x90\x00".to_vec()),
        ("pdf", b"%PDF-1.7".to_vec()),
        ("picture", vec![0xFF, 0xD8, 0xFF, 0xE0]),
        ("old workbook", old("Workbook")),
        ("encrypted", old("EncryptedPackage")),
        ("old document", old("WordDocument")),
        ("zip", archive(&["a.txt"])),
        ("docx", archive(&["_rels/.rels", "word/document.xml"])),
        ("xlsb", archive(&["_rels/.rels", "xl/workbook.bin"])),
        ("ods", archive(&["mimetype", "content.xml"])),
        ("hollow xlsx", archive(&["_rels/.rels", "xl/workbook.xml"])),
        ("cut xlsx", xlsx[..xlsx.len() / 2].to_vec()),
        ("web page", b"<HTML><body><table>".to_vec()),
        ("big5 bytes", vec![b'a', b',', 0xFF, 0xFE, 0x80, b'\n']),
    ];
    let seen: Vec<String> = cases
        .iter()
        .map(|(name, bytes)| {
            let error = read(bytes, "名册.xlsx", &Limits::default()).unwrap_err();
            format!("{name}: {} / {}", error.zh(), error.en())
        })
        .collect();
    insta::assert_snapshot!(seen.join("\n"));
}

/// What a file claims about its size is never believed, and what really comes out is counted.
#[test]
fn bombs_and_huge_claims_are_refused_before_they_cost_memory() {
    let plain = workbook(&[&["企业名称", "统一社会信用代码"], &["甲", "乙"]]);
    let claim = repacked(&plain, "xl/sharedStrings.xml", |xml| {
        xml.replace("uniqueCount=\"4\"", "uniqueCount=\"99999999999999\"")
    });
    assert!(read(&claim, "a.xlsx", &Limits::default()).is_ok());
    let dimension = repacked(&plain, "xl/worksheets/sheet1.xml", |xml| xml.replace("A1:B2", "A1:XFD1048576"));
    assert!(read(&dimension, "a.xlsx", &Limits::default()).is_ok());
    let far = repacked(&plain, "xl/worksheets/sheet1.xml", |xml| xml.replace("r=\"B2\"", "r=\"XFD1048576\""));
    let book = read(&far, "a.xlsx", &Limits::default()).unwrap();
    let far = preview(&book, &enterprises());
    assert_eq!((far.rows.len(), far.skipped.len()), (1, 1));
    let beyond = repacked(&plain, "xl/worksheets/sheet1.xml", |xml| xml.replace("r=\"B2\"", "r=\"XFE1048577\""));
    assert!(matches!(read(&beyond, "a.xlsx", &Limits::default()), Err(SheetError::Damaged { .. })));
    let bomb = repacked(&plain, "xl/worksheets/sheet1.xml", |xml| {
        xml.replace("</sheetData>", &format!("{}</sheetData>", " ".repeat(20 << 20)))
    });
    assert!(bomb.len() < 100_000, "the bomb is small: {}", bomb.len());
    let small = Limits { unpacked_bytes: 10 << 20, ..Limits::default() };
    assert!(matches!(read(&bomb, "a.xlsx", &small), Err(SheetError::TooLarge { limit: 10_485_760, .. })));
    for limits in [
        Limits { file_bytes: 10, ..Limits::default() },
        Limits { cells: 3, ..Limits::default() },
        Limits { text_bytes: 20, ..Limits::default() },
        Limits { sheets: 0, ..Limits::default() },
    ] {
        assert!(matches!(read(&plain, "a.xlsx", &limits), Err(SheetError::TooLarge { .. })), "{limits:?}");
    }
}

#[test]
fn unknown_columns_are_a_notice_and_hold_nothing_back() {
    let code = code(1);
    let rows: [&[&str]; 2] = [&["序号", "企业名称", "信用代码", "传真"], &["1", "甲", &code, "无"]];
    let preview = previewed(&workbook(&rows), "a.xlsx", &enterprises());
    assert!(!preview.is_refused());
    assert_eq!(preview.file_complaints.len(), 1);
    assert_eq!(preview.file_complaints[0].severity, Severity::Noticed);
    assert!(preview.file_complaints[0].zh.contains("传真") && !preview.file_complaints[0].zh.contains("序号"));
}

#[test]
fn a_formula_that_was_never_calculated_is_no_blank_cell() {
    let code = code(1);
    let plain = workbook(&[&["企业名称", "信用代码", "职工人数"], &["甲", &code, "9"]]);
    let uncalculated = repacked(&plain, "xl/worksheets/sheet1.xml", |xml| {
        let cell = xml.find("<c r=\"C2\"").unwrap();
        let end = cell + xml[cell..].find("</c>").unwrap();
        format!("{}<c r=\"C2\"><f>SUM(A1:A9)</f><v></v>{}", &xml[..cell], &xml[end..])
    });
    let preview = previewed(&uncalculated, "a.xlsx", &enterprises());
    assert_eq!(preview.bad(), 1);
    assert!(preview.rows[0].complaints[0].zh.contains("没有计算结果"), "{}", seen(&preview));
}

#[test]
fn a_file_at_fault_in_every_row_is_refused_before_it_costs_memory() {
    let table = "企业名称,信用代码\n".to_owned() + &"甲,1\n".repeat(60_000);
    let preview = previewed(table.as_bytes(), "a.csv", &enterprises());
    assert!(preview.is_refused());
    assert_eq!(preview.rows.len(), 20_001);
    assert!(preview.file_complaints.iter().any(|complaint| complaint.zh.contains("第20002行以后没有检查")));
    let table = format!("企业名称,信用代码\n{}", format!("甲,{}\n", code(1)).repeat(60_000));
    let preview = previewed(table.as_bytes(), "a.csv", &enterprises());
    assert!(preview.is_refused());
    assert_eq!(preview.bad(), 20_001);
}

/// Rewrites one part of a package.
fn repacked(bytes: &[u8], part: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    use std::io::{Read, Write};
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut file = from.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        if name == part {
            let changed = change(std::str::from_utf8(&content).unwrap());
            assert_ne!(changed.as_bytes(), content, "{part} was not changed");
            content = changed.into_bytes();
        }
        to.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&content).unwrap();
    }
    to.finish().unwrap().into_inner()
}
