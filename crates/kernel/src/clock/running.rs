//! What is one running limit of a case, and what may be done to it?
//!
//! A clock keeps the terms under which it started, its pauses and its extensions; when it is due follows from these, the calendar
//! and the present. Refused: a pause whose cause the statute does not list or of which the party was not told, an extension by
//! somebody else, once too often, too long or after the end, and anything out of order. That no two clocks of one name run
//! together is the case's to see.

use super::amount::Amount;
use super::error::ClockError;
use super::pause::Pause;
use super::period::Period;
use super::reckoning::{DueAt, Reckoning};
use super::rule::ClockRule;
use super::steps::Due;
use crate::calendar::Calendar;
use crate::time::{self, Instant};
use serde::{Deserialize, Serialize};

/// Who set a limit, and so what overrunning it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// 法定: set by a statute; overrunning it breaks the law.
    Statutory,
    /// 承诺: promised to the public; overrunning it owes a public reason.
    Promised,
    /// 内部: set by the organ for itself.
    Internal,
}

impl ClockKind {
    /// Returns the kind in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Statutory => "法定",
            Self::Promised => "承诺",
            Self::Internal => "内部",
        }
    }

    /// Returns the kind in English.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Statutory => "statutory",
            Self::Promised => "promised",
            Self::Internal => "internal",
        }
    }
}

/// The terms of a clock, pinned when it starts (design: a limit is the one in force at that moment).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockTerms {
    /// Who set it.
    pub kind: ClockKind,
    /// How it counts.
    pub rule: ClockRule,
    /// The closed list of causes for which it may pause; empty when none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pause_causes: Vec<String>,
    /// How it may be extended; absent when it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<ExtensionTerms>,
    /// The articles it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
}

/// How a clock may be extended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionTerms {
    /// The role that decides.
    pub by: String,
    /// The longest extension at a time, in the unit of the clock's period.
    pub period: Period,
    /// How often.
    pub at_most: u32,
    /// Whether the party must have been told (行政许可法 42 so demands).
    pub notice: bool,
}

/// One extension that was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The role that decided.
    pub by: String,
    /// When.
    #[serde(with = "time::moment")]
    pub at: Instant,
    /// By how much.
    pub period: Period,
    /// Why.
    pub reason: String,
    /// The notice that told the party; empty where none is owed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notice: String,
}

/// One running limit of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Its name within the case.
    pub name: String,
    /// The terms under which it started.
    pub terms: ClockTerms,
    /// When it started.
    #[serde(with = "time::moment")]
    pub started_at: Instant,
    /// Its pauses in order; only the last may lack an end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// Its extensions in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// When it was stopped, because what it waited for was done or fell away.
    #[serde(with = "time::moment_option", default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Instant>,
}

impl ClockTerms {
    /// Checks the rule, and that an extension counts in the period's own unit (ADR 0014).
    ///
    /// # Errors
    /// [`ClockError`] as [`ClockRule::check`], [`ClockError::OtherUnit`] or [`ClockError::ZeroPeriod`].
    pub fn check(&self) -> Result<(), ClockError> {
        self.rule.check()?;
        let Some(extension) = &self.extension else { return Ok(()) };
        let (period, extension) = (self.rule.period, extension.period);
        if extension.n == 0 {
            return Err(ClockError::ZeroPeriod(extension.to_string()));
        }
        if period.unit != extension.unit {
            return Err(ClockError::OtherUnit { period: period.unit, extension: extension.unit });
        }
        Ok(())
    }
}

impl Clock {
    /// Starts a clock.
    ///
    /// # Errors
    /// As [`ClockTerms::check`].
    pub fn start(name: impl Into<String>, terms: ClockTerms, at: Instant) -> Result<Self, ClockError> {
        terms.check()?;
        let (pauses, extensions) = (Vec::new(), Vec::new());
        Ok(Self { name: name.into(), terms, started_at: at, pauses, extensions, stopped_at: None })
    }

    /// Says whether the clock has not been stopped; a paused one runs, but nothing counts.
    pub const fn is_running(&self) -> bool {
        self.stopped_at.is_none()
    }

    /// Returns the pause that has not ended.
    pub fn open_pause(&self) -> Option<&Pause> {
        self.pauses.last().filter(|pause| pause.until.is_none())
    }

    /// Pauses the clock.
    ///
    /// # Errors
    /// [`ClockError`] when it is stopped or paused, the cause is not on the closed list, no notice is named, or the moment is
    /// before the clock's last change.
    pub fn pause(&mut self, cause: &str, notice: &str, at: Instant) -> Result<(), ClockError> {
        self.check_moment(at)?;
        if self.open_pause().is_some() {
            return Err(ClockError::AlreadyPaused(self.name.clone()));
        }
        if !self.terms.pause_causes.iter().any(|allowed| allowed == cause) {
            let (clock, cause, allowed) = (self.name.clone(), cause.to_owned(), self.terms.pause_causes.join("、"));
            return Err(ClockError::NotACause { clock, cause, allowed });
        }
        if notice.trim().is_empty() {
            return Err(ClockError::NoNotice(self.name.clone()));
        }
        self.pauses.push(Pause { cause: cause.to_owned(), notice: notice.to_owned(), from: at, until: None });
        Ok(())
    }

    /// Ends the pause.
    ///
    /// # Errors
    /// [`ClockError`] when the clock is stopped or not paused, or the moment is before the pause began.
    pub fn resume(&mut self, at: Instant) -> Result<(), ClockError> {
        self.check_moment(at)?;
        match self.pauses.last_mut().filter(|pause| pause.until.is_none()) {
            Some(pause) => pause.until = Some(at),
            None => return Err(ClockError::NotPaused(self.name.clone())),
        }
        Ok(())
    }

    /// Extends the clock.
    ///
    /// # Errors
    /// [`ClockError`] when the terms do not allow it, or the clock has run out or been stopped.
    pub fn extend(&mut self, extension: Extension, calendar: &Calendar) -> Result<(), ClockError> {
        self.check_moment(extension.at)?;
        let clock = self.name.clone();
        let used = u32::try_from(self.extensions.len()).unwrap_or(u32::MAX);
        let Some(terms) = self.terms.extension.as_ref().filter(|terms| used < terms.at_most) else {
            let at_most = self.terms.extension.as_ref().map_or(0, |terms| terms.at_most);
            return Err(ClockError::NoMoreExtensions { clock, at_most });
        };
        if terms.by != extension.by {
            return Err(ClockError::NotTheirs { clock, by: extension.by, needed: terms.by.clone() });
        }
        if extension.period.unit != terms.period.unit {
            return Err(ClockError::OtherUnit { period: terms.period.unit, extension: extension.period.unit });
        }
        if extension.period.n == 0 {
            return Err(ClockError::ZeroPeriod(extension.period.to_string()));
        }
        if extension.period.n > terms.period.n {
            return Err(ClockError::TooMuch { asked: extension.period, allowed: terms.period });
        }
        if extension.reason.trim().is_empty() {
            return Err(ClockError::NoReason(clock));
        }
        if terms.notice && extension.notice.trim().is_empty() {
            return Err(ClockError::NoNotice(clock));
        }
        if extension.at >= self.due_at(calendar, extension.at)?.at {
            return Err(ClockError::RunOut(clock));
        }
        self.extensions.push(extension);
        Ok(())
    }

    /// Stops the clock, and with it a pause that had not ended.
    ///
    /// # Errors
    /// [`ClockError::Stopped`] or [`ClockError::BackInTime`].
    pub fn stop(&mut self, at: Instant) -> Result<(), ClockError> {
        self.check_moment(at)?;
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.until.is_none()) {
            pause.until = Some(at);
        }
        self.stopped_at = Some(at);
        Ok(())
    }

    /// Returns the rule with all extensions added to its period.
    ///
    /// # Errors
    /// [`ClockError::TooLong`] when the sum is beyond counting.
    pub fn rule(&self) -> Result<ClockRule, ClockError> {
        let mut rule = self.terms.rule;
        for extension in &self.extensions {
            let sum = rule.period.n.checked_add(extension.period.n).ok_or(ClockError::TooLong(rule.period))?;
            rule.period = Period::new(sum, rule.period.unit);
        }
        Ok(rule)
    }

    /// Says when the clock is due, with steps; while it is paused, as if it were resumed at `now`.
    ///
    /// # Errors
    /// As [`super::due`].
    pub fn due(&self, calendar: &Calendar, now: Instant) -> Result<Due, ClockError> {
        self.reckon(calendar, now, |reckoning, _| reckoning.due())
    }

    /// Says when the clock is due; while it is paused, as if it were resumed at `now`.
    ///
    /// # Errors
    /// As [`super::due`].
    pub fn due_at(&self, calendar: &Calendar, now: Instant) -> Result<DueAt, ClockError> {
        self.reckon(calendar, now, |reckoning, _| reckoning.due_at())
    }

    /// Says when so many thousandths of the clock will have run (1000: the due moment), for reminders and escalation; nothing
    /// while it is stopped, or paused so that no such moment is fixed.
    ///
    /// # Errors
    /// As [`super::due`].
    pub fn timer_at(&self, calendar: &Calendar, per_mille: u32) -> Result<Option<Instant>, ClockError> {
        if !self.is_running() {
            return Ok(None);
        }
        let rule = self.rule()?;
        let reckoning = Reckoning::new(self.started_at, &rule, &self.pauses, calendar)?;
        let moment =
            if per_mille == 1_000 { reckoning.due_at().map(|due| due.at) } else { reckoning.share_at(per_mille) };
        match moment {
            Ok(at) => Ok(Some(at)),
            Err(ClockError::StillPaused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Says how much is left at `now`, or was left when the clock was stopped.
    ///
    /// # Errors
    /// As [`super::due`].
    pub fn remaining(&self, calendar: &Calendar, now: Instant) -> Result<Amount, ClockError> {
        self.reckon(calendar, now, |reckoning, now| reckoning.remaining(now))
    }

    /// Says how many thousandths of the clock have run at `now`, or had when it was stopped: 0 to 1000.
    ///
    /// # Errors
    /// As [`super::due`].
    pub fn gone_per_mille(&self, calendar: &Calendar, now: Instant) -> Result<u32, ClockError> {
        self.reckon(calendar, now, |reckoning, now| reckoning.gone_per_mille(now))
    }

    /// Says by how much the clock is overrun at `now`, or was when it was stopped; nothing when it is or was in time.
    ///
    /// # Errors
    /// As [`super::due`].
    pub fn overdue_by(&self, calendar: &Calendar, now: Instant) -> Result<Option<Amount>, ClockError> {
        self.reckon(calendar, now, |reckoning, now| reckoning.overdue_by(now))
    }

    /// Lays the clock over the calendar as it stands at `now`, or at its stop.
    fn reckon<T>(
        &self,
        calendar: &Calendar,
        now: Instant,
        ask: impl FnOnce(&Reckoning<'_>, Instant) -> Result<T, ClockError>,
    ) -> Result<T, ClockError> {
        let now = self.stopped_at.map_or(now, |stopped| now.min(stopped));
        let closed =
            |pause: &Pause| Pause { until: Some(pause.until.unwrap_or_else(|| now.max(pause.from))), ..pause.clone() };
        let pauses: Vec<Pause> = self.pauses.iter().map(closed).collect();
        ask(&Reckoning::new(self.started_at, &self.rule()?, &pauses, calendar)?, now)
    }

    /// Refuses what is done to a stopped clock or before its last change.
    fn check_moment(&self, at: Instant) -> Result<(), ClockError> {
        if self.stopped_at.is_some() {
            return Err(ClockError::Stopped(self.name.clone()));
        }
        let last_pause = self.pauses.last().map(|pause| pause.until.unwrap_or(pause.from));
        let last_extension = self.extensions.last().map(|extension| extension.at);
        let last = [last_pause, last_extension].into_iter().flatten().fold(self.started_at, Instant::max);
        if at < last {
            return Err(ClockError::BackInTime { clock: self.name.clone(), at: time::print(at) });
        }
        Ok(())
    }
}
