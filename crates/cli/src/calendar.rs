//! `guiju calendar days` and `guiju calendar due`: which days work, and when does a period end?
//!
//! For scripts as one JSON document (design.md, section 6), and for people who count deadlines by hand today as a table in
//! Chinese and English. A moment may be written with its offset, without one (then it is Beijing time), or as a day (its first
//! moment). Refused with exit status 2: days that do not exist, reversed ranges, days before the first covered year, and
//! periods that are incomplete or end beyond the calendar.

use clap::{Args, Subcommand};
use guiju_kernel::calendar::{Calendar, Day};
use guiju_kernel::clock::{Amount, AmountUnit, ClockRule, Due, Pause, Period, Rounding, Step, Unit, due};
use guiju_kernel::time::{self, Instant};
use jiff::civil::{Date, DateTime, Weekday};
use serde_json::json;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// 工作日与期限 / working days and periods
#[derive(Debug, Clone, Args)]
pub struct CalendarArgs {
    /// What is asked.
    #[command(subcommand)]
    pub command: CalendarCommand,
}

/// The questions.
#[derive(Debug, Clone, Subcommand)]
pub enum CalendarCommand {
    /// 列出每一天是否上班 / list which days are working days
    Days(DaysArgs),
    /// 计算期限届满时间 / say when a period ends
    Due(DueArgs),
}

/// The days from one up to another.
#[derive(Debug, Clone, Args)]
pub struct DaysArgs {
    /// 起始日（含）/ first day, included, such as 2024-01-01
    #[arg(long, value_name = "D")]
    pub from: String,
    /// 截止日（不含）/ last day, excluded
    #[arg(long, value_name = "D")]
    pub until: String,
    /// 输出 JSON / print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// A period laid over the calendar.
#[derive(Debug, Clone, Args)]
pub struct DueArgs {
    /// 起算时间（未写时区即北京时间）/ start, such as 2024-01-02T09:00 (Beijing time) or 2024-01-02
    #[arg(long, value_name = "T")]
    pub from: String,
    /// 期限 / such as "5 working_days"; also days, hours, minutes, working_hours, months, years
    #[arg(long, value_name = "PERIOD")]
    pub period: String,
    /// 中止（可多次）/ a pause, such as 2024-01-03T09:00..2024-01-04T17:00; may be repeated
    #[arg(long, value_name = "T..T")]
    pub pause: Vec<String>,
    /// 末日为休息日的顺延（当事人的期限）/ an end on a rest day rolls to the next working day (a party's period)
    #[arg(long)]
    pub rolls: bool,
    /// 起算日计入 / the day of the start counts
    #[arg(long)]
    pub counts_first_day: bool,
    /// 按月计算时当月无此日的处理 / for months and years: end_of_month or next_day
    #[arg(long, value_name = "ROUNDING")]
    pub rounding: Option<String>,
    /// 输出 JSON / print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// Answers on standard output, or complains on standard error: exit status 0 or 2.
pub fn run(args: &CalendarArgs, calendar: &Calendar) -> ExitCode {
    match answer(&args.command, calendar) {
        // A reader that closes the pipe early has had what it wanted.
        Ok(text) => match io::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => complain(&error.to_string()),
            _ => ExitCode::SUCCESS,
        },
        Err(complaint) => complain(&complaint),
    }
}

fn complain(complaint: &str) -> ExitCode {
    // Nobody is left to be told when standard error is closed as well.
    let _ = writeln!(io::stderr(), "guiju calendar: {complaint}");
    ExitCode::from(2)
}

/// Returns what [`run`] prints.
///
/// # Errors
/// A complaint in Chinese and English.
pub fn answer(command: &CalendarCommand, calendar: &Calendar) -> Result<String, String> {
    match command {
        CalendarCommand::Days(args) => days(args, calendar),
        CalendarCommand::Due(args) => period_end(args, calendar),
    }
}

fn days(args: &DaysArgs, calendar: &Calendar) -> Result<String, String> {
    let days = calendar.days(day(&args.from)?, day(&args.until)?).map_err(|error| error.to_string())?;
    if args.json {
        let rows: Vec<_> = days
            .iter()
            .map(|day| {
                json!({
                    "date": day.date.to_string(),
                    "working": day.working,
                    "provisional": day.provisional,
                    "note": day.kind.note(),
                })
            })
            .collect();
        return document(&rows);
    }
    let head = ["日期 date", "星期 weekday", "上班 working", "备注 note"].map(str::to_owned);
    let working = days.iter().filter(|day| day.working).count();
    let mut text = table(head, days.iter().map(day_row));
    let _ = writeln!(
        text,
        "共 {} 天，其中工作日 {working} 天 / {} days, {working} of them working",
        days.len(),
        days.len()
    );
    Ok(text)
}

fn day_row(day: &Day) -> [String; 4] {
    let working = if day.working { "是 yes" } else { "否 no" };
    let mut note = day.kind.note();
    if day.provisional {
        note = format!("{note} 〔暂定 provisional〕").trim_start().to_owned();
    }
    [day.date.to_string(), weekday(day.date).to_owned(), working.to_owned(), note]
}

fn period_end(args: &DueArgs, calendar: &Calendar) -> Result<String, String> {
    let start = moment(&args.from)?;
    let period: Period = args.period.parse().map_err(|error| format!("{error}"))?;
    let rounding: Option<Rounding> =
        args.rounding.as_deref().map(str::parse).transpose().map_err(|error| format!("{error}"))?;
    let rule = ClockRule { period, rolls: args.rolls, counts_first_day: args.counts_first_day, rounding };
    let pauses = args.pause.iter().map(|text| pause(text)).collect::<Result<Vec<_>, _>>()?;
    let due = due(start, &rule, &pauses, calendar).map_err(|error| error.to_string())?;
    if args.json { document(&due) } else { Ok(told(start, period, &due)) }
}

/// The answer for people: the end first, then how it was counted.
fn told(start: Instant, period: Period, due: &Due) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "起算 start      {}", minute(start));
    let _ = writeln!(text, "期限 period     {} / {}", period.zh(), period.en());
    let _ = writeln!(text, "届满 due        {}（不含 / excluded）", minute(due.at));
    let _ = writeln!(text, "最后一日 last   {} {}", due.last_day, weekday(due.last_day));
    if due.provisional {
        text.push_str("暂定 provisional：以后的放假通知可能改变这一日期 / a later holiday notice may move this date\n");
    }
    text.push('\n');
    let head = ["自 from", "至 to", "计入 counted", "累计 total", "理由 reason"].map(str::to_owned);
    text.push_str(&table(head, due.steps.iter().map(|step| step_row(step, period.unit))));
    text
}

fn step_row(step: &Step, unit: Unit) -> [String; 5] {
    let reason = format!("{} / {}", step.zh, step.en);
    if unit.counts_days() {
        // A clerk reads from the 5th to the 8th, both included.
        let last = Instant::from_millisecond(time::to_millis(step.until) - 1).unwrap_or(step.until);
        let (from, last) = (time::date_of(step.from).to_string(), time::date_of(last).to_string());
        return [from, last, step.amount.to_string(), step.total.to_string(), reason];
    }
    let amount = |count| Amount { count, unit: AmountUnit::Milliseconds };
    let both = |count| format!("{} / {}", amount(count).zh(), amount(count).en());
    [minute(step.from), minute(step.until), both(step.amount), both(step.total), reason]
}

fn day(text: &str) -> Result<Date, String> {
    time::parse_date(text).map_err(|error| error.to_string())
}

/// Reads a moment with an offset, a wall-clock time in Beijing, or a day.
fn moment(text: &str) -> Result<Instant, String> {
    if let Ok(date) = time::parse_date(text) {
        return Ok(time::midnight(date));
    }
    match time::parse(text) {
        Ok(moment) => Ok(moment),
        Err(refusal) => {
            // The library would drop an offset behind a wall-clock time; one that could not be read must not be lost.
            let bare = text.split_once('T').is_some_and(|(_, time)| !time.contains(['+', '-', 'Z', 'z', '[']));
            let civil: DateTime = match text.parse() {
                Ok(civil) if bare => civil,
                _ => return Err(refusal.to_string()),
            };
            let whole = civil.subsec_nanosecond() == 0 && (1..=9998).contains(&civil.year());
            if whole { Ok(time::at(civil.date(), civil.time())) } else { Err(refusal.to_string()) }
        }
    }
}

/// Reads `T..T`, or `T..` for a pause that has not ended.
fn pause(text: &str) -> Result<Pause, String> {
    let (from, until) = text.split_once("..").ok_or_else(|| {
        format!("`{text}` 不是有效的中止，应写成 起..止 / `{text}` is not a pause such as 2024-01-03T09:00..2024-01-04T17:00")
    })?;
    let until = if until.is_empty() { None } else { Some(moment(until)?) };
    Ok(Pause { cause: "--pause".to_owned(), notice: String::new(), from: moment(from)?, until })
}

fn document<T: serde::Serialize>(value: &T) -> Result<String, String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|error| error.to_string())
}

fn minute(moment: Instant) -> String {
    let civil = time::civil_of(moment);
    let second = if civil.second() == 0 { String::new() } else { format!(":{:02}", civil.second()) };
    format!("{} {:02}:{:02}{second}", civil.date(), civil.hour(), civil.minute())
}

fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "周一 Mon",
        Weekday::Tuesday => "周二 Tue",
        Weekday::Wednesday => "周三 Wed",
        Weekday::Thursday => "周四 Thu",
        Weekday::Friday => "周五 Fri",
        Weekday::Saturday => "周六 Sat",
        Weekday::Sunday => "周日 Sun",
    }
}

/// Lays rows out in columns; a Chinese character is two columns wide on a terminal.
fn table<const N: usize>(head: [String; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = std::iter::once(head).chain(rows).collect();
    let width = |cell: &str| cell.chars().map(|char| if char >= '\u{1100}' { 2 } else { 1 }).sum::<usize>();
    let widest =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(widest).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, widest) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(widest - width(cell) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
