//! When was it? Local times of receivers become nanoseconds since 1970 in UTC, by the zone that the caller gives.
//!
//! Refuses a clock that was never set (before 2000 unless told otherwise), a time after the file was received, and a local
//! time that came twice or never (when clocks were changed): a guess there would count an hour twice or lose one.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// 2000-01-01 in UTC: no receiver of ours is older, so an earlier time means that its clock was never set.
const EARLIEST_NS: i64 = 946_684_800_000_000_000;
/// China Standard Time, hours east of UTC.
const BEIJING_HOURS: i8 = 8;

/// How times are read that name no zone, and which times are believed.
#[derive(Debug, Clone)]
pub struct Clock {
    /// The zone in which the receiver's clock ran. The file does not name it, so whatever is read says it was assumed.
    pub zone: TimeZone,
    /// The earliest time that is believed, nanoseconds since 1970 in UTC, inclusive.
    pub earliest_ns: i64,
    /// The latest time that is believed, exclusive; give the time at which the file was received.
    pub latest_ns: i64,
}

impl Clock {
    /// Believes every time since 2000 in this zone.
    pub fn new(zone: TimeZone) -> Self {
        Self { zone, earliest_ns: EARLIEST_NS, latest_ns: i64::MAX }
    }

    /// Believes every time since 2000, read as Beijing time (UTC+8, no summer time).
    pub fn beijing() -> Self {
        Self::new(Offset::constant(BEIJING_HOURS).to_time_zone())
    }

    /// Turns a local date and time into nanoseconds since 1970 in UTC, or says what is wrong: Chinese, English.
    pub(crate) fn read_local(&self, date: &str, time: &str) -> Result<i64, Fault> {
        let text = format!("{}T{}", date.trim(), time.trim());
        let local: DateTime = text.parse().map_err(|_| unreadable(&text))?;
        let zoned = self.zone.to_ambiguous_zoned(local).unambiguous().map_err(|_| {
            (
                format!("当地时间`{text}`因调整时钟而出现两次或不存在，无法确定时刻，请改用协调世界时记录"),
                format!("the local time `{text}` came twice or never because clocks were changed; let the receiver record UTC"),
            )
        })?;
        self.believe(zoned.timestamp(), &text)
    }

    /// Reads a time with its offset (RFC 3339), or without one as local time. The flag says that the zone was assumed.
    pub(crate) fn read_any(&self, text: &str) -> Result<(i64, bool), Fault> {
        let text = text.trim();
        if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
            return Ok((self.believe(stamp, text)?, false));
        }
        let (date, time) = text.split_once([' ', 'T']).ok_or_else(|| unreadable(text))?;
        Ok((self.read_local(&date.replace('/', "-"), time)?, true))
    }

    /// Refuses times that no receiver can have seen.
    pub(crate) fn believe(&self, stamp: jiff::Timestamp, text: &str) -> Result<i64, Fault> {
        let ns = i64::try_from(stamp.as_nanosecond()).map_err(|_| unreadable(text))?;
        if ns < self.earliest_ns {
            return Err((
                format!("时间`{text}`过早，接收机时钟未校准，请校时后重新记录"),
                format!("the time `{text}` is too early: the receiver's clock was never set; set it and record again"),
            ));
        }
        if ns >= self.latest_ns {
            return Err((
                format!("时间`{text}`晚于文件接收时间，请检查接收机时钟"),
                format!("the time `{text}` lies after the file was received; check the receiver's clock"),
            ));
        }
        Ok(ns)
    }
}

/// What is wrong, in Chinese and in English.
pub(crate) type Fault = (String, String);

fn unreadable(text: &str) -> Fault {
    (
        format!("无法读出时间`{text}`，应为`2024-05-01 08:00:00`"),
        format!("cannot read the time `{text}`; it should look like `2024-05-01 08:00:00`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_is_read_in_the_callers_zone() {
        let utc = Clock::new(TimeZone::UTC).read_local("2018-11-18", " 12:40:07").unwrap();
        let beijing = Clock::beijing().read_local("2018-11-18", "12:40:07").unwrap();
        assert_eq!(utc, 1_542_544_807_000_000_000);
        assert_eq!(utc - beijing, 8 * 3_600_000_000_000);
    }

    #[test]
    fn a_clock_that_was_never_set_is_refused_in_both_languages() {
        let (zh, en) = Clock::beijing().read_local("1970-01-01", "08:00:03").unwrap_err();
        assert!(zh.contains("过早") && en.contains("never set"));
        assert!(Clock::beijing().read_local("2024-13-01", "08:00:03").is_err());
        let mut clock = Clock::beijing();
        clock.latest_ns = EARLIEST_NS + 1;
        assert!(clock.read_local("2024-01-01", "00:00:00").is_err());
    }

    /// Summer time ended in Berlin on 2024-10-27: 02:30 came twice, and 02:30 on 2024-03-31 never.
    #[test]
    fn a_local_time_that_came_twice_or_never_is_refused() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let clock = Clock::new(berlin);
        assert!(clock.read_local("2024-10-27", "02:30:00").is_err());
        assert!(clock.read_local("2024-03-31", "02:30:00").is_err());
        assert!(clock.read_local("2024-10-27", "03:30:00").is_ok());
    }

    #[test]
    fn an_offset_that_is_stated_is_not_assumed() {
        let clock = Clock::beijing();
        let (stated, assumed) = clock.read_any("2024-05-01T08:00:00+08:00").unwrap();
        assert!(!assumed);
        assert_eq!(clock.read_any("2024/05/01 08:00:00").unwrap(), (stated, true));
        assert!(clock.read_any("yesterday").is_err());
    }
}
