//! How are moments, sizes, money and masked values written for people?
//!
//! Beijing time, 24 hours, `2024年12月4日 14:05`; money with separators and the exact amount; never more precise than known.

use guiju_kernel::clock::ClockKind;
use guiju_kernel::procedure::definition::{Field, FieldKind};
use guiju_kernel::time::{self, Instant};
use jiff::civil::Date;
use serde_json::Value;

use crate::lang::Lang;
use crate::say;

/// `2024年12月4日` / `4 December 2024`.
pub fn date(lang: Lang, date: Date) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    match lang {
        Lang::Zh => format!("{year}年{month}月{day}日"),
        Lang::En => format!("{day} {} {year}", month_name(month)),
    }
}

fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month - 1).ok().and_then(|at| NAMES.get(at)).copied().unwrap_or("?")
}

/// `2024年12月4日 14:05` / `4 December 2024, 14:05`.
pub fn moment(lang: Lang, at: Instant) -> String {
    let civil = time::civil_of(at);
    let separator = lang.say(" ", ", ");
    format!("{}{separator}{:02}:{:02}", date(lang, civil.date()), civil.hour(), civil.minute())
}

/// A due moment as `12-04 14:05`, with the year in front when it is not this one: for narrow table cells.
pub fn brief(at: Instant, now: Instant) -> String {
    let mut civil = time::civil_of(at);
    let mut clock = format!("{:02}:{:02}", civil.hour(), civil.minute());
    // An exclusive end at midnight belongs to the day before, as the case file says it.
    if clock == "00:00"
        && let Ok(eve) = civil.yesterday()
    {
        (civil, clock) = (eve, "24:00".to_owned());
    }
    if civil.year() == time::civil_of(now).year() {
        format!("{:02}-{:02} {clock}", civil.month(), civil.day())
    } else {
        format!("{}-{:02}-{:02} {clock}", civil.year(), civil.month(), civil.day())
    }
}

/// A due moment. An exclusive end at midnight is the last day that counts, said as such.
pub fn due(lang: Lang, at: Instant) -> String {
    let civil = time::civil_of(at);
    if civil.hour() == 0
        && civil.minute() == 0
        && let Ok(last) = civil.date().yesterday()
    {
        let last = date(lang, last);
        return say!(lang, "{last} 24:00", "end of {last}");
    }
    moment(lang, at)
}

/// How long ago, in the largest unit that says enough.
pub fn age(lang: Lang, then: Instant, now: Instant) -> String {
    let minutes = now.as_second().saturating_sub(then.as_second()) / 60;
    match minutes {
        i64::MIN..1 => lang.say("刚刚", "just now").to_owned(),
        1..60 => say!(lang, "{minutes} 分钟前", "{minutes} min ago"),
        60..1440 => say!(lang, "{} 小时前", "{} h ago", minutes / 60),
        _ => say!(lang, "{} 天前", "{} days ago", minutes / 1440),
    }
}

/// How long something has waited: `3 天 4 小时`.
pub fn waited(lang: Lang, since: Instant, now: Instant) -> String {
    let minutes = now.as_second().saturating_sub(since.as_second()).max(0) / 60;
    let (days, hours) = (minutes / 1440, minutes % 1440 / 60);
    match (days, hours) {
        (0, 0) => say!(lang, "{minutes} 分钟", "{minutes} min"),
        (0, hours) => say!(lang, "{hours} 小时 {} 分钟", "{hours} h {} min", minutes % 60),
        (days, hours) => say!(lang, "{days} 天 {hours} 小时", "{days} d {hours} h"),
    }
}

/// `1,234`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Integer fen as `1,234.56 元`.
pub fn money(lang: Lang, fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    let amount = format!("{sign}{}.{:02}", count(fen / 100), fen % 100);
    say!(lang, "{amount} 元", "CNY {amount}")
}

/// `3.2 MB`: binary units, one decimal rounded down.
pub fn bytes(n: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * 1024;
    match n {
        0..KIB => format!("{n} B"),
        KIB..MIB => format!("{} KB", n / KIB),
        _ => {
            let (whole, tenth) = (n / MIB, n % MIB * 10 / MIB);
            if tenth == 0 { format!("{whole} MB") } else { format!("{whole}.{tenth} MB") }
        }
    }
}

/// [`bytes`] for templates, which pass by reference.
pub fn size(n: &u64) -> String {
    bytes(*n)
}

pub fn clock_kind(lang: &Lang, kind: &ClockKind) -> &'static str {
    match kind {
        ClockKind::Statutory => lang.say("法定", "statutory"),
        ClockKind::Promised => lang.say("承诺", "promised"),
        ClockKind::Internal => lang.say("内部", "internal"),
    }
}

/// A field's value as people read it: titles of choices, dates and money written out.
pub fn value(lang: Lang, field: &Field, value: &Value) -> String {
    kind_value(lang, &field.kind, value)
}

fn kind_value(lang: Lang, kind: &FieldKind, value: &Value) -> String {
    match (kind, value) {
        (_, Value::Null) => String::new(),
        (FieldKind::Enum { choices, .. }, Value::String(name)) => choices
            .iter()
            .find(|choice| &choice.value == name)
            .map_or_else(|| name.clone(), |choice| lang.text(&choice.title).to_owned()),
        (FieldKind::Money, Value::Number(fen)) => fen.as_i64().map_or_else(|| fen.to_string(), |fen| money(lang, fen)),
        (FieldKind::Flag, Value::Bool(yes)) => {
            if *yes { lang.say("是", "yes") } else { lang.say("否", "no") }.to_owned()
        }
        (FieldKind::Date, Value::String(text)) => {
            time::parse_date(text).map_or_else(|_| text.clone(), |day| date(lang, day))
        }
        (FieldKind::DateTime, Value::String(text)) => {
            time::parse(text).map_or_else(|_| text.clone(), |at| moment(lang, at))
        }
        (FieldKind::List { of, .. }, Value::Array(items)) => {
            join(lang, items.iter().map(|item| kind_value(lang, of, item)))
        }
        (FieldKind::Table { columns, .. }, Value::Array(rows)) => {
            let lines: Vec<_> = rows.iter().map(|row| table_row(lang, columns, row)).collect();
            lines.join("\n")
        }
        (_, Value::Array(items)) => join(lang, items.iter().map(|item| kind_value(lang, kind, item))),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

fn table_row(lang: Lang, columns: &[Field], row: &Value) -> String {
    let cells = columns.iter().map(|column| value(lang, column, row.get(&column.name).unwrap_or(&Value::Null)));
    join(lang, cells)
}

fn join(lang: Lang, parts: impl Iterator<Item = String>) -> String {
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(lang.say("、", ", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_ends_at_midnight_names_the_last_day_that_counts() {
        let due_at = time::parse("2024-12-05T00:00:00.000+08:00").unwrap();
        assert_eq!(due(Lang::Zh, due_at), "2024年12月4日 24:00");
        assert_eq!(due(Lang::En, due_at), "end of 4 December 2024");
        assert_eq!(moment(Lang::Zh, time::parse("2024-12-04T14:05:59.000+08:00").unwrap()), "2024年12月4日 14:05");
    }

    #[test]
    fn money_and_counts_are_exact_to_the_last_fen() {
        assert_eq!(money(Lang::Zh, -123_456_789), "-1,234,567.89 元");
        assert_eq!(money(Lang::Zh, 5), "0.05 元");
        assert_eq!(count(35_570), "35,570");
        assert_eq!((bytes(1_572_864), bytes(20 * 1024 * 1024)), ("1.5 MB".into(), "20 MB".into()));
    }
}
