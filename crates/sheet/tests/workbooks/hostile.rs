//! Does any file, however broken, make reading fail otherwise than with a clear answer?
//!
//! Random bytes, mutated workbooks and mutated tables; and our reader against its twins, calamine and csv, on files that
//! are sound.

use std::io::{Cursor, Read, Write};

use crate::awkward::{bytes, code, enterprises, noon};
use calamine::{Data, Reader, Xlsx};
use guiju_sheet::{Cell, Limits, marked, preview, read};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

/// As many cases as asked for (`PROPTEST_CASES`); by default as many as an everyday run can wait for.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(120)
}

fn small() -> Limits {
    Limits { file_bytes: 1 << 20, unpacked_bytes: 4 << 20, sheets: 10, cells: 20_000, text_bytes: 1 << 20 }
}

/// Reads, previews and gives back whatever can be read.
fn through(bytes: &[u8]) {
    if let Ok(book) = read(bytes, "a.xlsx", &small()) {
        let preview = preview(&book, &enterprises());
        // What was read can be given back, however odd it is.
        marked(&book, &preview, noon()).unwrap();
    }
}

fn sound() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 0, 3, "名册", &Format::new()).unwrap();
    for (at, title) in (0..).zip(["企业名称", "信用代码", "成立日期", "职工人数"]) {
        sheet.write_string(1, at, title).unwrap();
    }
    for row in 2..6 {
        sheet.write_string(row, 0, format!("企业_x000D_\n<{row}>&")).unwrap().write_string(row, 1, code(row)).unwrap();
        let day = ExcelDateTime::from_ymd(2024, 1, row as u8).unwrap().and_hms(9, 5, 30).unwrap();
        sheet.write_datetime_with_format(row, 2, &day, &Format::new().set_num_format("yyyy/m/d")).unwrap();
        sheet.write_number(row, 3, f64::from(row) * 1.1e-7).unwrap();
    }
    sheet.write_formula(6, 3, Formula::new("=A1").set_result("#REF!")).unwrap();
    sheet.write_formula(7, 3, Formula::new("=SUM(D3:D6)").set_result("14")).unwrap();
    sheet.write_boolean(8, 0, true).unwrap();
    bytes(book)
}

/// Takes the package apart, so that mutations reach the XML instead of the compressed bytes.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (name, content)
        })
        .collect()
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in parts {
        writer.start_file(name, stored).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A change to a byte string: a byte replaced, a piece cut out, a piece doubled, a word put in.
fn mutated(mut content: Vec<u8>, at: usize, kind: u8, value: u8) -> Vec<u8> {
    const WORDS: [&str; 16] = [
        "99999999999999999999",
        "-1",
        "XFD1048576",
        "A0",
        "A1:XFD1048576",
        "\"",
        "<c>",
        "</c>",
        "t=\"s\"",
        "1E400",
        "&bomb;",
        "<v>",
        "\u{FEFF}",
        "#SPILL!",
        "<mergeCell ref=\"A1:B9\"/>",
        "NaN",
    ];
    if content.is_empty() {
        return content;
    }
    let at = at % content.len();
    let end = (at + usize::from(value) + 1).min(content.len());
    match kind % 4 {
        0 => content[at] = value,
        1 => drop(content.drain(at..end)),
        2 => {
            let piece = content[at..end].to_vec();
            content.splice(at..at, piece);
        }
        _ => drop(content.splice(at..at, WORDS[usize::from(value) % WORDS.len()].bytes())),
    }
    content
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(content in proptest::collection::vec(any::<u8>(), 0..400), head in 0_usize..6) {
        let heads: [&[u8]; 6] = [b"", b"PK\x03\x04", b"\xD0\xCF\x11\xE0", b"\xFF\xFE", b"\xEF\xBB\xBF", b"sep=;\n"];
        through(&[heads[head], &content].concat());
    }

    #[test]
    fn random_tables_never_panic(text in "([,;\t，\"'\r\n=+0-9a-zA-Z年月日元万一-龥 ]|企业名称|信用代码|合计|[eE][+]1){0,120}") {
        through(text.as_bytes());
        through(&encoding_rs::GB18030.encode(&text).0);
    }

    #[test]
    fn mutated_packages_never_panic(changes in proptest::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..6)) {
        let mut content = sound();
        for (at, kind, value) in changes {
            content = mutated(content, at, kind, value);
        }
        through(&content);
    }

    #[test]
    fn mutated_parts_never_panic(changes in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<u8>(), any::<u8>()), 1..8)) {
        let mut parts = parts(&sound());
        for (part, at, kind, value) in changes {
            let part = part % parts.len();
            parts[part].1 = mutated(std::mem::take(&mut parts[part].1), at, kind, value);
        }
        through(&packed(&parts));
    }

    /// The twin is the csv crate, on tables whose quotes are closed.
    #[test]
    fn tables_are_split_as_the_csv_crate_splits_them(rows in proptest::collection::vec(proptest::collection::vec("[a-c,\"\r\n 企业]{0,6}", 2..5), 1..6)) {
        let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        writer.write_record(["head", "head", "head", "head", "head", "head"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let table = writer.into_inner().unwrap();
        let book = read(&table, "a.csv", &Limits::default()).unwrap();
        for (at, row) in (1..).zip(&rows) {
            for (column, text) in (0..).zip(row) {
                let ours = match book.sheets[0].cell(at, column) { Some(Cell::Text(text)) => text.as_str(), _ => "" };
                prop_assert_eq!(ours, text.as_str());
            }
        }
    }

    /// The twin is calamine: every text and number of a sound workbook, whatever it holds.
    #[test]
    fn workbooks_are_read_as_calamine_reads_them(texts in proptest::collection::vec("\\PC{0,12}", 1..8), numbers in proptest::collection::vec(-1e12..1e12_f64, 1..8)) {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (row, text) in (0..).zip(&texts) {
            sheet.write_string(row, 0, text).unwrap();
        }
        for (row, number) in (0..).zip(&numbers) {
            sheet.write_number(row, 1, *number).unwrap();
        }
        let bytes = bytes(book);
        let ours = read(&bytes, "a.xlsx", &Limits::default()).unwrap();
        let mut twin: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = twin.worksheet_range_at(0).unwrap().unwrap();
        for row in 0..8 {
            for column in 0..2 {
                let theirs = range.get_value((row, column)).cloned().unwrap_or(Data::Empty);
                match (ours.sheets[0].cell(row, column as u16), theirs) {
                    (None, Data::Empty) => {}
                    (None, Data::String(text)) => prop_assert!(text.is_empty()),
                    (Some(Cell::Text(ours)), Data::String(theirs)) => prop_assert_eq!(ours, &theirs),
                    (Some(Cell::Number { value, .. }), Data::Float(theirs)) => {
                        prop_assert_eq!(value.to_string().parse::<f64>().unwrap().to_bits(), theirs.to_bits());
                    }
                    (ours, theirs) => prop_assert!(false, "{:?} {:?}", ours, theirs),
                }
            }
        }
    }
}
