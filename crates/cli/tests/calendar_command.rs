//! Do `calendar days` and `calendar due` answer scripts in the promised shape, and people in words?

#![expect(clippy::unwrap_used, reason = "a test whose own data cannot be read has failed")]

#[expect(dead_code, reason = "only the binary prints; here the text is enough")]
#[path = "../src/calendar.rs"]
mod calendar;

use calendar::{CalendarArgs, answer};
use clap::Parser;
use guiju_testkit::pack_calendar::almanac;
use serde_json::{Value, json};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    calendar: CalendarArgs,
}

fn ask(arguments: &[&str]) -> Result<String, String> {
    let line = Line::try_parse_from([&["guiju calendar"], arguments].concat()).map_err(|error| error.to_string())?;
    answer(&line.calendar.command, almanac().unwrap().latest())
}

fn json_of(arguments: &[&str]) -> Value {
    serde_json::from_str(&ask(&[arguments, &["--json"]].concat()).unwrap()).unwrap()
}

#[test]
fn days_are_half_open_and_bear_the_promised_keys() {
    let days = json_of(&["days", "--from", "2024-02-08", "--until", "2024-02-11"]);
    assert_eq!(
        days,
        json!([
            {"date": "2024-02-08", "working": true, "provisional": false, "note": ""},
            {"date": "2024-02-09", "working": true, "provisional": false, "note": ""},
            {"date": "2024-02-10", "working": false, "provisional": false, "note": "春节放假 / holiday"},
        ])
    );
    assert_eq!(json_of(&["days", "--from", "2024-02-08", "--until", "2024-02-08"]), json!([]));
    let december = json_of(&["days", "--from", "2026-12-01", "--until", "2026-12-02"]);
    assert_eq!(december, json!([{"date": "2026-12-01", "working": true, "provisional": true, "note": ""}]));
}

#[test]
fn due_bears_the_promised_keys_and_its_steps() {
    let due = json_of(&["due", "--from", "2024-02-07T10:00", "--period", "5 working_days"]);
    assert_eq!(due["due"], "2024-02-21T00:00:00.000+08:00");
    assert_eq!(due["last_day"], "2024-02-20");
    assert_eq!(due["provisional"], false);
    assert_eq!(due.as_object().unwrap().len(), 4);
    assert_eq!(
        due["steps"][2],
        json!({
            "from": "2024-02-10T00:00:00.000+08:00", "until": "2024-02-18T00:00:00.000+08:00", "code": "holiday",
            "amount": 0, "total": 2, "zh": "春节放假，不计入", "en": "holiday (春节), not counted"
        })
    );
}

#[test]
fn a_start_with_an_offset_a_wall_clock_time_and_a_day_are_understood() {
    let due = |from: &str| json_of(&["due", "--from", from, "--period", "60 minutes"])["due"].clone();
    assert_eq!(due("2024-01-02T01:00:00Z"), "2024-01-02T10:00:00.000+08:00");
    assert_eq!(due("2024-01-02T09:00:00.000+08:00"), "2024-01-02T10:00:00.000+08:00");
    assert_eq!(due("2024-01-02T09:00"), "2024-01-02T10:00:00.000+08:00");
    assert_eq!(due("2024-01-02"), "2024-01-02T01:00:00.000+08:00");
}

#[test]
fn pauses_rolling_and_rounding_are_passed_on() {
    let paused = json_of(&[
        "due",
        "--from",
        "2024-03-01T15:00",
        "--period",
        "20 working_days",
        "--pause",
        "2024-03-11T09:00..2024-03-13T10:00",
        "--pause",
        "2024-03-12..2024-03-12T17:00",
    ]);
    assert_eq!(paused["last_day"], "2024-04-03");
    let party = ["due", "--from", "2024-09-20", "--period", "15 days"];
    assert_eq!(json_of(&party)["last_day"], "2024-10-05");
    assert_eq!(json_of(&[&party[..], &["--rolls"]].concat())["last_day"], "2024-10-08");
    assert_eq!(json_of(&[&party[..], &["--counts-first-day"]].concat())["last_day"], "2024-10-04");
    let month = ["due", "--from", "2024-01-31", "--period", "1 month", "--rounding"];
    assert_eq!(json_of(&[&month[..], &["end_of_month"]].concat())["last_day"], "2024-02-29");
    assert_eq!(json_of(&[&month[..], &["next_day"]].concat())["last_day"], "2024-03-01");
}

#[test]
fn bad_input_is_refused_in_both_languages() {
    for (arguments, chinese, english) in [
        (vec!["days", "--from", "2024-02-30", "--until", "2024-03-02"], "不是有效的日期", "is not a date"),
        (vec!["days", "--from", "2024-03-02", "--until", "2024-03-01"], "范围颠倒", "reversed"),
        (vec!["days", "--from", "2006-12-30", "--until", "2007-01-05"], "早于日历", "is before 2007-01-01"),
        (vec!["days", "--from", "2024-01-01", "--until", "9998-01-01"], "超出日历", "beyond"),
        (vec!["due", "--from", "2024-02-30", "--period", "5 days"], "不是有效的时间", "is not a moment"),
        (vec!["due", "--from", "2024-02-28 09:00", "--period", "5 days"], "不是有效的时间", "is not a moment"),
        (vec!["due", "--from", "2024-02-28T09:00:00.0001+08:00", "--period", "5 days"], "细于毫秒", "finer"),
        (vec!["due", "--from", "2024-02-28T09:00:00.0001-05:00", "--period", "5 days"], "细于毫秒", "finer"),
        (vec!["due", "--from", "2024-02-28T09:00:00.0001", "--period", "5 days"], "不是有效的时间", "is not a moment"),
        (vec!["due", "--from", "2006-06-01", "--period", "5 days"], "早于日历", "is before 2007-01-01"),
        (vec!["due", "--from", "2024-01-02", "--period", "5 weeks"], "不是有效的期限", "is not a period"),
        (vec!["due", "--from", "2024-01-02", "--period", "0 days"], "不能为零", "cannot be zero"),
        (vec!["due", "--from", "2024-01-02", "--period", "3 months"], "必须写明", "must name its rounding"),
        (vec!["due", "--from", "2024-01-02", "--period", "3 months", "--rounding", "up"], "月末规则", "not a rounding"),
        (vec!["due", "--from", "2024-01-02", "--period", "99999999 days"], "过长", "too long"),
        (vec!["due", "--from", "2024-01-02", "--period", "5 hours", "--rolls"], "不按日计算", "counts no days"),
        (
            vec!["due", "--from", "2024-01-02", "--period", "5 days", "--pause", "2024-01-03"],
            "不是有效的中止",
            "not a pause",
        ),
        (
            vec!["due", "--from", "2024-01-02", "--period", "5 days", "--pause", "2024-01-04..2024-01-03"],
            "早于开始",
            "before it begins",
        ),
        (
            vec!["due", "--from", "2024-01-02", "--period", "5 days", "--pause", "2024-01-04.."],
            "尚未恢复",
            "not resumed",
        ),
    ] {
        let complaint = ask(&arguments).unwrap_err();
        assert!(complaint.contains(chinese) && complaint.contains(english), "{arguments:?}: {complaint}");
    }
}

#[test]
fn people_read_a_table() {
    let text = ask(&["due", "--from", "2024-02-07T10:00", "--period", "5 working_days"]).unwrap();
    let expected = "\
起算 start      2024-02-07 10:00
期限 period     5个工作日 / 5 working days
届满 due        2024-02-21 00:00（不含 / excluded）
最后一日 last   2024-02-20 周二 Tue

自 from     至 to       计入 counted  累计 total  理由 reason
2024-02-07  2024-02-07  0             0           起算日不计入 / the day of the start is not counted
2024-02-08  2024-02-09  2             2           工作日，计入 / working day, counted
2024-02-10  2024-02-17  0             2           春节放假，不计入 / holiday (春节), not counted
2024-02-18  2024-02-18  1             3           春节调休上班，计入 / make-up working day (春节), counted
2024-02-19  2024-02-20  2             5           工作日，计入 / working day, counted
";
    assert_eq!(text, expected);
    let days = ask(&["days", "--from", "2026-12-05", "--until", "2026-12-08"]).unwrap();
    let expected = "\
日期 date   星期 weekday  上班 working  备注 note
2026-12-05  周六 Sat      否 no         周末 / weekend 〔暂定 provisional〕
2026-12-06  周日 Sun      否 no         周末 / weekend 〔暂定 provisional〕
2026-12-07  周一 Mon      是 yes        〔暂定 provisional〕
共 3 天，其中工作日 1 天 / 3 days, 1 of them working
";
    assert_eq!(days, expected);
}
