//! Register entries: in force or made, corrected, ended and begun anew; money, hours, the latest.

use guiju_kernel::figure::Amount;
use guiju_kernel::figure::definition::{Condition, Figure, Measure, Query, Round};
use guiju_kernel::time;
use serde_json::json;

use super::archive::{Archive, at, figure, is};

fn entries(made: bool, measure: Measure, filter: Vec<Condition>) -> Query {
    Query::Entries { register: "r".into(), filter, made_in_period: made, measure }
}

fn payments() -> Archive {
    let mut archive = Archive::default();
    archive.entry("A", 1, "2023-12-31T23:59", json!({"firm": "f1", "fen": 100}));
    archive.entry("B", 1, "2024-01-01T00:00", json!({"firm": "f2", "fen": 200}));
    // Corrected before the cut-off, and once more after it.
    archive.entry("B", 2, "2024-02-01T00:00", json!({"firm": "f2", "fen": 250}));
    archive.entry("B", 3, "2024-12-05T00:00", json!({"firm": "f2", "fen": 999}));
    // Ended, and begun anew.
    archive.entry("C", 1, "2024-03-01T00:00", json!({"firm": "f1", "fen": 1_000_000}));
    archive.entry("C", 2, "2024-04-01T00:00", json!(null));
    archive.entry("C", 3, "2024-05-01T00:00", json!({"firm": "f3", "fen": 7}));
    // Ended at the cut-off: in force until then.
    archive.entry("D", 1, "2024-06-01T00:00", json!({"firm": "f3"}));
    archive.entry("D", 2, "2024-12-05T00:00", json!(null));
    // Ended the minute before.
    archive.entry("E", 1, "2024-06-01T00:00", json!({"firm": "f4", "fen": 1}));
    archive.entry("E", 2, "2024-12-04T23:59", json!(null));
    archive
}

#[test]
fn entries_count_as_they_stood_at_the_cut_off() {
    let archive = payments();
    let ask = |made, measure| archive.ask(entries(made, measure, Vec::new()), "2024-01-01", "2024-12-05");
    let in_force = ask(false, Measure::Count);
    let keys: Vec<(&str, u64)> = in_force.rows.iter().map(|row| (row.number.as_str(), row.seq)).collect();
    assert_eq!(keys, [("A", 0), ("B", 2), ("C", 6), ("D", 7)]);
    assert_eq!(ask(true, Measure::Count).value, Amount::Integer(5), "B, C twice, D and E, whether ended or not");
    assert_eq!(ask(false, Measure::Distinct("firm".into())).value, Amount::Integer(3));
    assert_eq!(ask(false, Measure::Distinct("key".into())).value, Amount::Integer(4));
    let sum = ask(true, Measure::Sum("fen".into()));
    assert_eq!(sum.value, Amount::Integer(250 + 1_000_000 + 7 + 1), "the corrected amount, no later correction");
    assert_eq!(sum.rows.iter().filter_map(|row| row.amount).sum::<i64>(), 1_000_258);
    let filtered = entries(true, Measure::Sum("fen".into()), vec![is("firm", &["f1", "f3"])]);
    assert_eq!(archive.ask(filtered, "2024-01-01", "2024-12-05").value, Amount::Integer(1_000_007));
}

#[test]
fn money_is_shown_in_its_unit() {
    let mut archive = Archive::default();
    archive.entry("A", 1, "2024-02-01T00:00", json!({"fen": 91_654_999_999_i64}));
    let query = || entries(false, Measure::Sum("fen".into()), Vec::new());
    let shown = |decimals, shift| {
        let figure = Figure { round: Some(Round { decimals, shift }), ..figure("f", "元", query()) };
        archive.ask_as(figure, "2024-01-01", "2024-12-05").value
    };
    assert_eq!(shown(2, 10), Amount::Decimal("9.17".into()));
    assert_eq!(shown(2, 2), Amount::Decimal("916549999.99".into()));
    assert_eq!(shown(0, 6), Amount::Integer(91_655));
}

#[test]
fn hours_are_the_union_per_receiver_within_the_period() {
    let mut archive = Archive::default();
    let session = |receiver: &str, from: &str, until: &str| {
        let moment = |text: &str| time::print(at(text));
        json!({"receiver": receiver, "task": "black-broadcast", "from": moment(from), "until": moment(until)})
    };
    archive.entry("1", 1, "2024-01-02T00:00", session("R1", "2023-12-31T22:00", "2024-01-01T02:00"));
    archive.entry("2", 1, "2024-01-02T00:00", session("R1", "2024-01-01T01:00", "2024-01-01T03:00"));
    archive.entry("3", 1, "2024-01-02T00:00", session("R2", "2024-01-01T01:00", "2024-01-01T02:30"));
    archive.entry("4", 1, "2024-12-04T23:00", session("R2", "2024-12-04T23:00", "2024-12-05T09:00"));
    let query = Query::Duration {
        register: "r".into(),
        from: "from".into(),
        until: "until".into(),
        union_by: vec!["receiver".into(), "task".into()],
        filter: vec![is("task", &["black-broadcast"])],
    };
    let figure =
        |decimals| Figure { round: Some(Round { decimals, shift: 0 }), ..figure("h", "小时", query.clone()) };
    let value = archive.ask_as(figure(1), "2024-01-01", "2024-12-05");
    assert_eq!(value.value, Amount::Decimal("5.5".into()), "3 h of R1, 1.5 h and 1 h of R2");
    assert_eq!(archive.ask_as(figure(0), "2024-01-01", "2024-12-05").value, Amount::Integer(6), "half-up at the end");
}

#[test]
fn the_latest_value_is_of_an_entry_in_force() {
    let mut archive = Archive::default();
    archive.entry("2023", 1, "2023-06-01T00:00", json!({"grade": "良好", "days": 5}));
    archive.entry("2024", 1, "2024-06-01T00:00", json!({"grade": "优秀"}));
    archive.entry("later", 1, "2024-12-05T00:00", json!({"grade": "合格"}));
    let latest = |field: &str| Query::Latest { register: "r".into(), field: field.into(), filter: Vec::new() };
    assert_eq!(archive.ask(latest("grade"), "2024-01-01", "2024-12-05").value, Amount::Text("优秀".into()));
    assert_eq!(archive.ask(latest("days"), "2024-01-01", "2024-12-05").value, Amount::Integer(5));
    assert_eq!(archive.ask(latest("lost"), "2024-01-01", "2024-12-05").value, Amount::Nothing);
}
