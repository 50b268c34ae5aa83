//! What does the calendar refuse, and how is the clerk told?

use jiff::civil::Date;

/// A question that the calendar cannot answer, or notices that it cannot be built from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The day lies before the first covered year: nothing is known about it.
    #[error(
        "`{date}` 早于日历覆盖的第一天 {first} / `{date}` is before {first}, the first day that the calendar covers"
    )]
    BeforeCover {
        /// The day asked for.
        date: Date,
        /// The first covered day.
        first: Date,
    },
    /// The day lies more than a century beyond the covered years.
    #[error("超出日历能推算的最后一天 {last} / this is beyond {last}, the last day that the calendar can reckon")]
    TooFar {
        /// The last day that is answered, provisionally.
        last: Date,
    },
    /// A range of days ends before it begins.
    #[error("范围颠倒：`{from}` 晚于 `{until}` / the range is reversed: `{from}` is after `{until}`")]
    Reversed {
        /// First day of the range.
        from: Date,
        /// The day after its last.
        until: Date,
    },
    /// There is no notice to build from.
    #[error("没有任何放假通知，无法建立日历 / there is no holiday notice to build a calendar from")]
    NoNotices,
    /// No notice had been published at that day.
    #[error(
        "截至 `{day}` 尚无已公布的放假通知，最早一份公布于 {first} / no holiday notice was published by `{day}`; the first came on {first}"
    )]
    NothingKnown {
        /// The day on which one asks.
        day: Date,
        /// When the first notice was published.
        first: Date,
    },
    /// A year between the first and the last has no notice.
    #[error("缺少 {year} 年的放假通知 / the holiday notice of {year} is missing")]
    Gap {
        /// The year without notice.
        year: i16,
    },
    /// Two notices bear the same identifier.
    #[error("通知编号 `{id}` 重复 / the notice id `{id}` stands twice")]
    IdTwice {
        /// The identifier.
        id: String,
    },
    /// A notice names a day that is neither in its year nor in the December before.
    #[error(
        "通知 `{id}` 列出的 {date} 不在当年或上一年十二月 / notice `{id}` names {date}, outside its year and the December before"
    )]
    DayOutside {
        /// The notice.
        id: String,
        /// The day.
        date: Date,
    },
    /// A notice names a day twice.
    #[error("通知 `{id}` 两次列出 {date} / notice `{id}` names {date} twice")]
    DayTwice {
        /// The notice.
        id: String,
        /// The day.
        date: Date,
    },
    /// Two notices of one date of publication disagree, so that neither is the later one.
    #[error(
        "同日公布的通知 `{one}` 与 `{other}` 对 {date} 说法不一 / notices `{one}` and `{other}`, published on one day, disagree about {date}"
    )]
    Disagreement {
        /// One notice.
        one: String,
        /// The other.
        other: String,
        /// The day.
        date: Date,
    },
    /// A year's notice was published before that of the year before it.
    #[error("通知 `{id}` 公布于上一年的通知之前 / notice `{id}` was published before the one of the year before")]
    OutOfOrder {
        /// The notice.
        id: String,
    },
    /// Working hours that are not a rising list of openings within a day.
    #[error(
        "`{0}` 不是有效的工作时间，应写成 08:30-12:00，先后排列、互不重叠 / `{0}` is not an opening such as 08:30-12:00, in order and apart from the others"
    )]
    Hours(String),
}
