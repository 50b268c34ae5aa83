//! Which day, and which time of day, is written here?
//!
//! Takes serial numbers of both epochs and the ways Chinese offices write dates and times (2024-1-2, 2024/1/2,
//! 2024.1.2, 20240102, 2024年1月2日, 二〇二四年一月二日; 9:05, 下午3时, 3点半). Refuses days that do not exist, years of two
//! digits, dates without a day or year, and orders in which day and month can be confused: nobody guesses here.
//! Times are Beijing time (+08:00).

use guiju_kernel::time::{self, Instant};
use jiff::civil::{Date, Time};

use crate::book::Note;
use crate::decimal::Decimal;

const SECONDS_A_DAY: i128 = 86_400;
/// The last serial number of the 1900 epoch: 9999-12-31.
const SERIAL_MAX: i128 = 2_958_465;
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;
/// A bare number is taken for a serial date only within these years; outside it is more likely something else.
const YEARS_OF_BARE_NUMBERS: std::ops::RangeInclusive<i16> = 1950..=2099;

/// A civil date, and the time of day when one is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) date: Date,
    pub(crate) time: Option<Time>,
}

impl Civil {
    /// Writes the date, with the time when there is one: `2024-01-02 09:05`.
    pub(crate) fn plain(&self) -> String {
        match self.time {
            None => self.date.to_string(),
            Some(time) if time.second() == 0 => format!("{} {:02}:{:02}", self.date, time.hour(), time.minute()),
            Some(time) => {
                format!("{} {:02}:{:02}:{:02}", self.date, time.hour(), time.minute(), time.second())
            }
        }
    }

    /// Gives the moment in Beijing time; without a time, the first of the day.
    pub(crate) fn instant(&self) -> Instant {
        time::at(self.date, self.time.unwrap_or_else(Time::midnight))
    }
}

/// Reads a serial number: days since the epoch, the fraction being the time of day, rounded to seconds.
///
/// The 1900 epoch has a 29 February 1900 (serial 60) that never was; it is no date, and the days before it count one
/// less (ECMA-376-1, 18.17.4.1).
pub(crate) fn from_serial(value: &Decimal, from_1904: bool) -> Option<Civil> {
    let (mut days, mut seconds) = value.whole_and_rest(SECONDS_A_DAY)?;
    if seconds == SECONDS_A_DAY {
        (days, seconds) = (days + 1, 0);
    }
    let zero = match (from_1904, days) {
        (true, 0..=SERIAL_MAX) => Date::constant(1904, 1, 1),
        (false, 1..=59) => Date::constant(1899, 12, 31),
        (false, 61..=SERIAL_MAX) => Date::constant(1899, 12, 30),
        _ => return None,
    };
    let days = jiff::Span::new().try_days(i64::try_from(days).ok()?).ok()?;
    let date = zero.checked_add(days).ok()?;
    let time = if seconds == 0 { None } else { Some(time_of(i64::try_from(seconds).ok()?)?) };
    Some(Civil { date, time })
}

/// Reads a number that is not formatted as a date: 20240102, 20240102153000, or a serial of a likely year.
pub(crate) fn from_number(value: &Decimal, from_1904: bool) -> Result<Civil, Note> {
    let digits = value.to_string();
    if value.whole().is_some() && matches!(digits.len(), 4 | 6 | 8 | 12 | 14) {
        return from_text(&digits);
    }
    match from_serial(value, from_1904).filter(|civil| YEARS_OF_BARE_NUMBERS.contains(&civil.date.year())) {
        Some(civil) => Ok(civil),
        None => Err(no_date(&digits)),
    }
}

fn time_of(seconds: i64) -> Option<Time> {
    let part = |per: i64, of: i64| i8::try_from(seconds / per % of).ok();
    Time::new(part(3_600, 24)?, part(60, 60)?, part(1, 60)?, 0).ok()
}

/// Reads a date, with or without a time, from text.
pub(crate) fn from_text(text: &str) -> Result<Civil, Note> {
    if let Ok(instant) = time::parse(text) {
        let civil = time::civil_of(instant);
        return Ok(Civil { date: civil.date(), time: Some(civil.time()) });
    }
    let folded =
        with_arabic_digits(&text.chars().map(guiju_kernel::validate::narrow).collect::<String>().to_lowercase());
    let mut cursor = Cursor { rest: folded.trim(), whole: text };
    let (date, mut time) = cursor.date()?;
    cursor.weekday();
    if time.is_none() {
        time = cursor.time()?;
    }
    cursor.weekday();
    if !cursor.rest.is_empty() {
        return Err(no_date(text));
    }
    let (date, time) = match time {
        Some((24, 0, 0)) => (date.tomorrow().map_err(|_| no_date(text))?, Some(Time::midnight())),
        Some((hour, minute, second)) => (date, Some(Time::new(hour, minute, second, 0).map_err(|_| no_time(text))?)),
        None => (date, None),
    };
    Ok(Civil { date, time })
}

type Clock = (i8, i8, i8);

struct Cursor<'a> {
    rest: &'a str,
    whole: &'a str,
}

impl<'a> Cursor<'a> {
    fn eat(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let trimmed = self.rest.trim_start();
        let word = words.iter().find(|word| trimmed.starts_with(**word))?;
        self.rest = trimmed.get(word.len()..).unwrap_or_default();
        Some(word)
    }

    fn digits(&mut self) -> &'a str {
        let trimmed = self.rest.trim_start();
        let end = trimmed.find(|c: char| !c.is_ascii_digit()).unwrap_or(trimmed.len());
        let (digits, rest) = trimmed.split_at(end);
        if !digits.is_empty() {
            self.rest = rest;
        }
        digits
    }

    /// Reads the date, and the time too when both stand in one run of digits.
    fn date(&mut self) -> Result<(Date, Option<Clock>), Note> {
        let first = self.digits();
        match first.len() {
            8 => Ok((self.packed(first)?, None)),
            12 | 14 => {
                let (date, clock) = first.split_at(8);
                let part = |at: usize| clock.get(at..at + 2).map_or(Ok(0), str::parse).map_err(|_| no_time(self.whole));
                Ok((self.packed(date)?, Some((part(0)?, part(2)?, part(4)?))))
            }
            6 if self.rest.is_empty() => Err(incomplete(self.whole)),
            4 => self.after_year(first).map(|date| (date, None)),
            1 | 2 => Err(self.without_year()),
            _ => Err(no_date(self.whole)),
        }
    }

    fn packed(&self, digits: &str) -> Result<Date, Note> {
        let (year, rest) = digits.split_at(4);
        let (month, day) = rest.split_at(2);
        self.existing(year, month, day)
    }

    fn after_year(&mut self, year: &str) -> Result<Date, Note> {
        const SEPARATORS: [&str; 9] = ["-", "/", ".", "年", "—", "–", "_", "·", "、"];
        let Some(separator) = self.eat(&SEPARATORS) else {
            return Err(if self.rest.trim().is_empty() { incomplete(self.whole) } else { no_date(self.whole) });
        };
        let month = self.digits();
        let day_follows = if separator == "年" { self.eat(&["月"]) } else { self.eat(&SEPARATORS) };
        let day = if day_follows.is_some() { self.digits() } else { "" };
        self.eat(&["日", "号"]);
        if month.is_empty() || day.is_empty() {
            return Err(if self.rest.trim().is_empty() { incomplete(self.whole) } else { no_date(self.whole) });
        }
        self.existing(year, month, day)
    }

    fn existing(&self, year: &str, month: &str, day: &str) -> Result<Date, Note> {
        let (Ok(y), Ok(m), Ok(d)) = (year.parse::<i16>(), month.parse::<i8>(), day.parse::<i8>()) else {
            return Err(no_date(self.whole));
        };
        if !YEARS.contains(&y) {
            return Err(Note::new(
                format!("{y}年不在{}年至{}年之间，请核对年份", YEARS.start(), YEARS.end()),
                format!("the year {y} is not between {} and {}; check it", YEARS.start(), YEARS.end()),
            ));
        }
        if let Ok(date) = Date::new(y, m, d) {
            return Ok(date);
        }
        match Date::new(y, m, 1) {
            Ok(first) => Err(Note::new(
                format!("没有{y}年{m}月{d}日：{y}年{m}月只有{}天", first.days_in_month()),
                format!("there is no {y}-{m:02}-{d:02}: that month has only {} days", first.days_in_month()),
            )),
            Err(_) => {
                Err(Note::new(format!("没有{m}月，请核对日期"), format!("there is no month {m}; check the date")))
            }
        }
    }

    /// Says what is missing or doubtful in a date that does not begin with its year.
    fn without_year(&mut self) -> Note {
        let separator = self.eat(&["-", "/", ".", "月", "年"]);
        let _ = self.digits();
        let _ = self.eat(&["-", "/", ".", "月", "日", "号"]);
        let third = self.digits();
        match (separator, third.len()) {
            (None, _) => no_date(self.whole),
            (Some("月"), _) | (Some(_), 0) => Note::new(
                format!("“{}”没有年份，请写成2024-01-02", self.whole),
                format!("`{}` has no year; write it as 2024-01-02", self.whole),
            ),
            (Some(_), 4) => Note::new(
                format!("“{}”的日和月无法区分，请写成2024-01-02", self.whole),
                format!("day and month of `{}` can be confused; write it as 2024-01-02", self.whole),
            ),
            _ => Note::new(
                format!("“{}”的年份只有两位，请写成2024-01-02", self.whole),
                format!("the year of `{}` has only two digits; write it as 2024-01-02", self.whole),
            ),
        }
    }

    fn weekday(&mut self) {
        let before = self.rest;
        let open = self.eat(&["(", "["]);
        if self.eat(&["星期", "周", "礼拜"]).is_some() {
            self.eat(&["一", "二", "三", "四", "五", "六", "日", "天", "1", "2", "3", "4", "5", "6", "7"]);
            self.eat(&[")", "]"]);
        } else if open.is_some() {
            self.rest = before;
        }
    }

    fn time(&mut self) -> Result<Option<Clock>, Note> {
        self.eat(&["t", ",", "，"]);
        if self.rest.trim().is_empty() {
            return Ok(None);
        }
        const HALVES: [&str; 11] = ["上午", "下午", "中午", "晚上", "凌晨", "早上", "傍晚", "晚", "早", "am", "pm"];
        let before = self.eat(&HALVES);
        let hour = self.digits();
        let separator = self.eat(&[":", "时", "点"]);
        let (minute, second) = self.minute_and_second(separator);
        let half = before.or_else(|| self.eat(&HALVES));
        let number = |digits: &str| if digits.is_empty() { Ok(0) } else { digits.parse::<i8>() };
        let (Ok(hour), Ok(minute), Ok(second)) = (hour.parse::<i8>(), number(&minute), number(second)) else {
            return Err(no_time(self.whole));
        };
        if separator.is_none() && half.is_none() {
            return Err(no_time(self.whole));
        }
        let hour = match (half, hour) {
            (Some("下午" | "晚上" | "晚" | "傍晚" | "pm"), 1..=11) | (Some("中午"), 1..=3) => hour + 12,
            (Some("am" | "凌晨"), 12) => 0,
            (Some("晚上" | "晚"), 12) => return Err(no_time(self.whole)),
            _ => hour,
        };
        let legal = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
        if legal || (hour, minute, second) == (24, 0, 0) {
            Ok(Some((hour, minute, second)))
        } else {
            Err(no_time(self.whole))
        }
    }

    fn minute_and_second(&mut self, separator: Option<&'static str>) -> (String, &'a str) {
        if separator.is_none() || self.eat(&["整"]).is_some() {
            return (String::new(), "");
        }
        if self.eat(&["半"]).is_some() {
            return ("30".into(), "");
        }
        let minute = self.digits().to_owned();
        let second = if self.eat(&[":", "分"]).is_some() { self.digits() } else { "" };
        if self.eat(&["."]).is_some() {
            let _thousandths = self.digits();
        }
        self.eat(&["秒"]);
        (minute, second)
    }
}

/// Writes Chinese numerals of dates with digits: 二〇二四年十二月三十一日 becomes 2024年12月31日.
fn with_arabic_digits(text: &str) -> String {
    if !text.contains('年') || !text.contains(['〇', '○', '零', '一', '二', '十']) {
        return text.to_owned();
    }
    let digit = |c: char| match c {
        '〇' | '○' | '零' => Some(0),
        _ => "一二三四五六七八九".chars().position(|known| known == c).map(|at| at + 1),
    };
    let (date, rest) = text.split_at(text.find(['日', '号']).unwrap_or(text.len()));
    let mut written = String::new();
    let mut characters = date.chars().peekable();
    let mut last_was_digit = false;
    while let Some(c) = characters.next() {
        let next_is_digit = characters.peek().is_some_and(|next| digit(*next).is_some());
        match (c, digit(c)) {
            // 十 alone is 10, before a digit 1_, behind one _0, between two nothing.
            ('十', _) => written.push_str(match (last_was_digit, next_is_digit) {
                (false, false) => "10",
                (false, true) => "1",
                (true, false) => "0",
                (true, true) => "",
            }),
            (_, Some(value)) => written.push_str(&value.to_string()),
            _ => written.push(c),
        }
        last_was_digit = digit(c).is_some();
    }
    written + rest
}

fn no_date(text: &str) -> Note {
    Note::new(format!("“{text}”不是日期，请写成2024-01-02"), format!("`{text}` is no date; write it as 2024-01-02"))
}

fn no_time(text: &str) -> Note {
    Note::new(
        format!("“{text}”的时间无法识别，请写成2024-01-02 09:05"),
        format!("the time of `{text}` is not understood; write it as 2024-01-02 09:05"),
    )
}

fn incomplete(text: &str) -> Note {
    Note::new(
        format!("“{text}”不完整，年、月、日都要写，例如2024-01-02"),
        format!("`{text}` is incomplete; write year, month and day, as in 2024-01-02"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        match from_text(text) {
            Ok(civil) => civil.plain(),
            Err(note) => note.zh,
        }
    }

    #[test]
    fn dates_are_read_in_every_way_offices_write_them() {
        for text in [
            "2024-01-02",
            "2024/1/2",
            "2024.1.2",
            "2024.01.02",
            "20240102",
            "2024年1月2日",
            "２０２４－０１－０２",
            "2024年 1月 2号",
            "二〇二四年一月二日",
            "2024-1-2 星期二",
            "2024年1月2日（周二）",
            "2024—1—2",
        ] {
            assert_eq!(plain(text), "2024-01-02", "{text}");
        }
        assert_eq!(plain("二○二四年十二月三十一日"), "2024-12-31");
        assert_eq!(plain("二零二四年十月二十日"), "2024-10-20");
        assert_eq!(plain("二〇一〇年十一月十日"), "2010-11-10");
    }

    #[test]
    fn times_are_read_in_every_way_offices_write_them() {
        for (text, expected) in [
            ("2024-01-02 9:05", "2024-01-02 09:05"),
            ("2024-01-02T09:05:30", "2024-01-02 09:05:30"),
            ("2024-01-02T01:05:00Z", "2024-01-02 09:05"),
            ("2024-01-02 09:05:30.123", "2024-01-02 09:05:30"),
            ("2024/1/2 9：05", "2024-01-02 09:05"),
            ("2024年1月2日下午3时", "2024-01-02 15:00"),
            ("2024年1月2日 下午3点半", "2024-01-02 15:30"),
            ("2024年1月2日15时05分", "2024-01-02 15:05"),
            ("2024-1-2 3:05 PM", "2024-01-02 15:05"),
            ("2024-1-2 12:05 AM", "2024-01-02 00:05"),
            ("2024.1.2 中午12点整", "2024-01-02 12:00"),
            ("20240102153000", "2024-01-02 15:30"),
            ("2024-12-31 24:00", "2025-01-01 00:00"),
            ("2024-01-02 周二 8:00", "2024-01-02 08:00"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_day_or_can_be_confused_is_refused_with_its_reason() {
        for (text, part) in [
            ("2024-02-30", "2024年2月只有29天"),
            ("2023-2-29", "2023年2月只有28天"),
            ("2024-13-01", "没有13月"),
            ("2024年1月", "不完整"),
            ("2024", "不完整"),
            ("202401", "不完整"),
            ("24.1.2", "年份只有两位"),
            ("1/2/2024", "无法区分"),
            ("1月2日", "没有年份"),
            ("昨天", "不是日期"),
            ("2024-01-02 25:00", "时间无法识别"),
            ("2024-01-02 9", "时间无法识别"),
            ("2024-01-02 晚上12点", "时间无法识别"),
            ("2024-01-02 9:05 左右", "不是日期"),
            ("0204-01-02", "请核对年份"),
            ("2024-01-02至2024-01-03", "时间无法识别"),
            ("", "不是日期"),
        ] {
            assert!(plain(text).contains(part), "{text}: {}", plain(text));
        }
    }

    #[test]
    fn serial_numbers_count_as_excel_counts() {
        let serial = |text: &str, from_1904| from_serial(&Decimal::parse(text).unwrap(), from_1904).map(|c| c.plain());
        assert_eq!(serial("45293", false).unwrap(), "2024-01-02");
        assert_eq!(serial("43831", true).unwrap(), "2024-01-02");
        assert_eq!(serial("45293.3784722222", false).unwrap(), "2024-01-02 09:05");
        assert_eq!(serial("45293.99999999", false).unwrap(), "2024-01-03");
        assert_eq!(
            (serial("1", false).unwrap(), serial("59", false).unwrap()),
            ("1900-01-01".into(), "1900-02-28".into())
        );
        assert_eq!((serial("60", false), serial("61", false).unwrap()), (None, "1900-03-01".into()));
        assert_eq!(serial("2958465", false).unwrap(), "9999-12-31");
        assert_eq!((serial("0.5", false), serial("-1", false), serial("2958466", false)), (None, None, None));
    }

    #[test]
    fn a_bare_number_is_a_date_only_when_that_is_likely() {
        let number = |text: &str| {
            from_number(&Decimal::parse(text).unwrap(), false).map(|civil| civil.plain()).map_err(|note| note.zh)
        };
        assert_eq!(number("45293").unwrap(), "2024-01-02");
        assert_eq!(number("20240102").unwrap(), "2024-01-02");
        assert!(number("2024").unwrap_err().contains("不完整"));
        assert!(number("2024.1").unwrap_err().contains("不是日期"));
        assert!(number("12").unwrap_err().contains("不是日期"));
        assert!(number("13800138000").unwrap_err().contains("不是日期"));
    }
}
