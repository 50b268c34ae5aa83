//! What do clocks refuse, and how is the clerk told?

use super::period::{Period, Unit};
use super::rule::Rounding;
use crate::calendar::CalendarError;

/// A period, rule or clock that cannot be, or a question that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// The calendar cannot answer.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// The text is no period.
    #[error(
        "`{0}` 不是有效的期限，应写成 5 working_days / `{0}` is not a period such as 5 working_days (days, hours, minutes, working_hours, months, years)"
    )]
    NotAPeriod(String),
    /// A period of nothing has no end.
    #[error("期限不能为零：`{0}` / a period cannot be zero: `{0}`")]
    ZeroPeriod(String),
    /// The text names no rounding.
    #[error("`{0}` 不是有效的月末规则 / `{0}` is not a rounding: end_of_month, next_day")]
    NotARounding(String),
    /// Months and years need a named rounding for the days that a month lacks.
    #[error(
        "期限 `{0}` 按月或年计算，必须写明 rounding（end_of_month 或 next_day）/ the period `{0}` counts months or years and must name its rounding (end_of_month or next_day)"
    )]
    UnnamedRounding(Period),
    /// A rounding was named where no month is counted.
    #[error(
        "期限 `{period}` 不按月计算，不应写 rounding `{rounding}` / the period `{period}` counts no months, so the rounding `{rounding}` means nothing"
    )]
    IdleRounding {
        /// The period.
        period: Period,
        /// The rounding that it cannot use.
        rounding: Rounding,
    },
    /// `rolls` or `counts_first_day` was set where no days are counted.
    #[error(
        "期限 `{period}` 不按日计算，不应写 {setting} / the period `{period}` counts no days, so {setting} means nothing"
    )]
    IdleSetting {
        /// The period.
        period: Period,
        /// The setting that it cannot use.
        setting: &'static str,
    },
    /// The pack names no working hours.
    #[error("未设定工作时间，不能计算工作小时 / no working hours are set, so working hours cannot be counted")]
    NoWorkingHours,
    /// The end lies beyond what the calendar can reckon.
    #[error(
        "期限 `{0}` 过长，超出日历能推算的范围 / the period `{0}` is too long: it ends beyond what the calendar can reckon"
    )]
    TooLong(Period),
    /// A pause has no end yet, and the period does not end before it began.
    #[error(
        "期限自 {since} 起中止，尚未恢复，不能确定届满时间 / paused since {since} and not resumed, so there is no end yet"
    )]
    StillPaused {
        /// When the pause began.
        since: String,
    },
    /// A pause ends before it begins.
    #[error("中止的结束 `{until}` 早于开始 `{from}` / the pause ends at `{until}`, before it begins at `{from}`")]
    BackwardPause {
        /// Its beginning.
        from: String,
        /// Its end.
        until: String,
    },
    /// The clock has been stopped.
    #[error("期限钟 `{0}` 已经停止 / the clock `{0}` has been stopped")]
    Stopped(String),
    /// The clock is paused already.
    #[error("期限钟 `{0}` 已经处于中止状态 / the clock `{0}` is paused already")]
    AlreadyPaused(String),
    /// The clock is not paused.
    #[error("期限钟 `{0}` 没有中止，不能恢复 / the clock `{0}` is not paused, so it cannot be resumed")]
    NotPaused(String),
    /// The cause is not on the closed list.
    #[error(
        "`{cause}` 不是期限钟 `{clock}` 的法定中止事由（{allowed}）/ `{cause}` is no cause to pause the clock `{clock}` (only: {allowed})"
    )]
    NotACause {
        /// The clock.
        clock: String,
        /// The cause given.
        cause: String,
        /// The causes that the statute lists.
        allowed: String,
    },
    /// Nothing says how the party was told.
    #[error(
        "没有写明告知当事人的文书，期限钟 `{0}` 不得中止或延长 / without the notice that told the party, the clock `{0}` is neither paused nor extended"
    )]
    NoNotice(String),
    /// The moment is before the last thing that happened to the clock.
    #[error("`{at}` 早于期限钟 `{clock}` 的上一次变动 / `{at}` is before the last change of the clock `{clock}`")]
    BackInTime {
        /// The clock.
        clock: String,
        /// The moment given.
        at: String,
    },
    /// The clock cannot be extended at all, or not once more.
    #[error("期限钟 `{clock}` 最多可延长 {at_most} 次 / the clock `{clock}` can be extended at most {at_most} times")]
    NoMoreExtensions {
        /// The clock.
        clock: String,
        /// How often the statute allows.
        at_most: u32,
    },
    /// Somebody else must decide the extension.
    #[error(
        "延长期限钟 `{clock}` 须由 {needed} 批准，不是 {by} / an extension of the clock `{clock}` is for {needed} to decide, not {by}"
    )]
    NotTheirs {
        /// The clock.
        clock: String,
        /// Who was named.
        by: String,
        /// Who must decide.
        needed: String,
    },
    /// The extension is longer than allowed.
    #[error("延长 `{asked}` 超过允许的 `{allowed}` / an extension of `{asked}` is more than the `{allowed}` allowed")]
    TooMuch {
        /// The extension asked for.
        asked: Period,
        /// The longest allowed.
        allowed: Period,
    },
    /// An extension counts in another unit than the period it extends.
    #[error(
        "延长的单位 {extension} 与期限的单位 {period} 不同 / the extension counts {extension}, the period {period}"
    )]
    OtherUnit {
        /// Unit of the period.
        period: Unit,
        /// Unit of the extension.
        extension: Unit,
    },
    /// The period has ended: nothing is left to extend.
    #[error("期限钟 `{0}` 已经届满，不能延长 / the clock `{0}` has run out and cannot be extended")]
    RunOut(String),
    /// No reason is given.
    #[error("延长期限钟 `{0}` 没有写明理由 / the extension of the clock `{0}` names no reason")]
    NoReason(String),
}
