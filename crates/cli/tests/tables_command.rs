//! Do `import` and `export` at the command line take what bureaus have, and give it back as it can be taken again?

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be read has failed")]

use std::path::Path;
use std::process::{Command, Output};

use guiju_kernel::validate::credit_code;
use serde_json::Value;

fn guiju(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guiju")).args(arguments).output().unwrap()
}

fn code(n: u32) -> String {
    credit_code::complete(&format!("91449999MA{n:07}")).unwrap().as_str().to_owned()
}

/// Runs an import with `--json`: its exit status and its document.
fn import(what: &str, file: &Path, data: &Path, more: &[&str]) -> (i32, Value) {
    let (file, data) = (file.to_str().unwrap(), data.to_str().unwrap());
    let out = guiju(&[&["import", what, file, "--data", data, "--json"], more].concat());
    let document = serde_json::from_slice(&out.stdout);
    let document = document.unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&out.stderr).into_owned()));
    (out.status.code().unwrap(), document)
}

/// A register comes in from CSV and goes out as a workbook, which says nothing new when it comes in again.
#[test]
fn a_register_goes_out_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (data, csv, xlsx) = (folder.path().join("data"), folder.path().join("a.csv"), folder.path().join("a.xlsx"));
    let rows = format!(
        "统一社会信用代码,企业名称,企业规模,成立日期,电话\n{},江海甲测试有限公司,大,2009年5月6日,19900001111\n",
        code(1)
    );
    std::fs::write(&csv, rows).unwrap();
    let (status, document) = import("enterprises", &csv, &data, &[]);
    assert_eq!((status, &document["written"]), (0, &Value::from(1)), "{document}");
    let out = guiju(&["export", "enterprises", "--data", data.to_str().unwrap(), "--out", xlsx.to_str().unwrap()]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let (status, document) = import("enterprises", &xlsx, &data, &[]);
    assert_eq!((status, &document["written"], &document["unchanged"]), (0, &0.into(), &1.into()), "{document}");
    let report = guiju(&["verify", "--data", data.to_str().unwrap()]);
    assert!(report.status.success(), "{}", String::from_utf8_lossy(&report.stdout));
}

/// A dry run writes nothing and finds what a real one would refuse; bad rows keep all out unless they are skipped, and the marked
/// workbook names them.
#[test]
fn bad_rows_are_found_marked_and_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let (data, csv, marked) = (folder.path().join("data"), folder.path().join("h.csv"), folder.path().join("m.xlsx"));
    let rows = format!(
        "工单编号,信用代码,标题,状态,提交时间,派单时间,办结时间,主办单位\n\
         A1,{},请求协调用地,已办结,2024-03-01 09:00,2024-03-01 10:00,2024-03-05 10:00,中小企业科\n\
         A2,{},请求协调用电,已办结,2024-03-01 09:00,2024-03-01 10:00,,中小企业科\n",
        code(1),
        code(2)
    );
    std::fs::write(&csv, rows).unwrap();
    let (status, document) = import("history", &csv, &data, &["--dry-run"]);
    assert_eq!((status, &document["bad"], &document["written"]), (1, &1.into(), &0.into()), "{document}");
    let refused: Vec<&Value> =
        document["complaints"].as_array().unwrap().iter().filter(|c| c["refused"] == true).collect();
    assert_eq!(refused[0]["cell"], "G3", "{document}");
    let (status, document) = import("history", &csv, &data, &["--marked", marked.to_str().unwrap()]);
    assert_eq!((status, &document["written"]), (2, &0.into()), "{document}");
    assert!(marked.is_file());
    let (status, document) = import("history", &csv, &data, &["--skip-bad"]);
    assert_eq!((status, &document["numbers"]), (0, &serde_json::json!(["A1"])), "{document}");
    let (status, document) = import("history", &csv, &data, &["--skip-bad"]);
    assert_eq!((status, &document["written"]), (1, &0.into()), "a number that is there is not taken twice: {document}");

    let out = folder.path().join("cases.csv");
    let export = guiju(&["export", "requests", "--data", data.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
    let list = std::fs::read_to_string(out).unwrap();
    assert!(list.contains("A1") && list.contains("据原系统（import，A1）") && !list.contains("A2"), "{list}");
}

/// What cannot be read at all ends with status 2 and a sentence.
#[test]
fn what_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("a.xlsx"));
    std::fs::write(&file, b"MZ\x90\x00 no workbook").unwrap();
    let (status, said) = import("enterprises", &file, &data, &[]);
    assert_eq!(status, 2, "{said}");
    assert!(said.as_str().unwrap().starts_with("guiju: "), "{said}");
    let (status, said) = import("no-such-register", &file, &data, &[]);
    assert!(status == 2 && said.as_str().unwrap().contains("no-such-register"), "{said}");
}
