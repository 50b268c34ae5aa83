//! What do acts do to the clocks of a case, and when do its timers ring?
//!
//! A limit is the dated parameter in force when the clock starts, and is copied into the record. An act stops, pauses, resumes
//! and extends before it starts: so an act that names a clock under both stops and starts it anew. A clock that is started while
//! it runs keeps running: a second start must not move a deadline. A clock that runs once a co-handler is named `clock#part`.

use super::definition::{ClockDef, Moment, PauseBy, TimerDoes};
use super::judge::undefined;
use super::proposal::{ParamValue, Refusal, RefusalKind};
use super::sentence::{clock_title, text};
use super::work::Work;
use crate::clock::ClockKind;
use crate::clock::{Clock, ClockError, ClockRule, ClockTerms, Extension, ExtensionTerms, Period};
use crate::record::Origin;
use crate::time::{self, Instant};

/// What became of the clocks in one act.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// Clocks whose due moment is new or gone, with whether they have just started.
    names: Vec<(String, bool)>,
}

impl Work<'_> {
    /// Does to the clocks what the act says.
    pub(super) fn run_clocks(&mut self) -> Result<(), Box<Refusal>> {
        let act = self.act;
        for name in &act.stops {
            self.stop(name);
        }
        for pause in &act.pauses {
            self.pause(pause)?;
        }
        for name in &act.resumes {
            self.each_running(name, |clock, at, _| clock.resume(at))?;
        }
        for name in &act.extends {
            self.extend(name)?;
        }
        let published = act.publishes.iter().map(|duty| &duty.clock);
        for name in act.starts.iter().chain(published) {
            self.start(name)?;
        }
        Ok(())
    }

    /// Stops the clock of this name and its sub-clocks; one that does not run stays as it is.
    fn stop(&mut self, name: &str) {
        for key in self.keys(name) {
            self.stop_one(&key);
        }
    }

    pub(super) fn stop_one(&mut self, key: &str) {
        let at = self.done;
        let Some(clock) = self.case.detail.clocks.get_mut(key).filter(|clock| clock.is_running()) else { return };
        // A claim of history may lie before the clock's last change: then it stops at that change at the earliest.
        if clock.stop(at).is_err() {
            clock.stopped_at = Some(at.max(clock.started_at));
        }
        self.changed.names.push((key.to_owned(), false));
    }

    pub(super) fn stop_all(&mut self) {
        let keys: Vec<String> = self.case.detail.clocks.keys().cloned().collect();
        for key in keys {
            self.stop_one(&key);
        }
    }

    fn pause(&mut self, pause: &PauseBy) -> Result<(), Box<Refusal>> {
        let issued = pause.notice.as_ref().and_then(|notice| self.case.detail.instruments.get(notice));
        let notice = issued.map(|issued| issued.number.clone()).unwrap_or_else(|| self.foreign_number());
        self.each_running(&pause.clock, |clock, at, _| clock.pause(&pause.cause, &notice, at))
    }

    fn extend(&mut self, name: &str) -> Result<(), Box<Refusal>> {
        let notice = self.act.issues.first().and_then(|issue| self.case.detail.instruments.get(&issue.instrument));
        let notice = notice.map(|issued| issued.number.clone()).unwrap_or_else(|| self.foreign_number());
        let said = self.case.detail.fields.get("reason").and_then(serde_json::Value::as_str);
        let reason = said.filter(|said| !said.trim().is_empty()).unwrap_or(&self.act.title.zh).to_owned();
        let (roles, claimed) = (self.roles.clone(), self.lenient);
        let ctx = self.ctx;
        self.each_running(name, |clock, at, _| {
            let terms = clock.terms.extension.as_ref();
            let by = terms.map(|terms| terms.by.clone()).filter(|by| claimed || roles.contains(by)).unwrap_or_default();
            let period = terms.map_or(clock.terms.rule.period, |terms| terms.period);
            let (reason, notice) = (reason.clone(), notice.clone());
            clock.extend(Extension { by, at, period, reason, notice }, ctx.calendar)
        })
    }

    /// For a claim of history: the case's number there stands for the notice, which is not ours; empty otherwise.
    fn foreign_number(&self) -> String {
        match &self.proposal.origin {
            Origin::Mirror { number, .. } if self.lenient => number.clone(),
            _ => String::new(),
        }
    }

    /// Does something to every clock of this name that has not been stopped; refuses when there is none.
    fn each_running(
        &mut self,
        name: &str,
        mut change: impl FnMut(&mut Clock, Instant, &str) -> Result<(), ClockError>,
    ) -> Result<(), Box<Refusal>> {
        let mut any = false;
        for key in self.keys(name) {
            let at = self.done;
            let Some(clock) = self.case.detail.clocks.get_mut(&key).filter(|clock| clock.is_running()) else {
                continue;
            };
            any = true;
            match change(clock, at, &key) {
                Ok(()) => self.changed.names.push((key, false)),
                Err(_) if self.lenient => {}
                Err(error) => return Err(self.clock_refusal(&key, &error)),
            }
        }
        if any || self.lenient {
            return Ok(());
        }
        let title = clock_title(self.def, name);
        let why = text(
            format!("期限“{}”没有在计算，不能中止、恢复或者延长", title.zh),
            format!("the clock `{}` is not running, so it cannot be paused, resumed or extended", title.en),
        );
        Err(Refusal::new(RefusalKind::Clock, format!("clock.{name}"), why).resting_on(&self.act.basis))
    }

    /// Starts the clock of this name, or one for each co-handler at work.
    pub(super) fn start(&mut self, name: &str) -> Result<(), Box<Refusal>> {
        let Some(def) = self.def.clock(name) else { return Ok(()) };
        if !def.per_part {
            return self.start_one(def, name.to_owned());
        }
        let parts: Vec<u32> =
            self.case.parts.iter().filter(|part| part.open && part.part > 0).map(|part| part.part).collect();
        parts.into_iter().try_for_each(|part| self.start_one(def, format!("{name}#{part}")))
    }

    fn start_one(&mut self, def: &ClockDef, key: String) -> Result<(), Box<Refusal>> {
        if self.case.detail.clocks.get(&key).is_some_and(Clock::is_running) {
            return Ok(());
        }
        let started = self.terms(def).and_then(|terms| {
            let clock = Clock::start(&*key, terms, self.started_at(&def.name));
            let counted = clock.and_then(|clock| clock.due_at(self.ctx.calendar, self.done).map(|_| clock));
            counted.map_err(|error| self.clock_refusal(&key, &error))
        });
        match started {
            Ok(clock) => {
                self.case.detail.clocks.insert(key.clone(), clock);
                self.changed.names.push((key, true));
                Ok(())
            }
            Err(_) if self.lenient => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    /// The moment from which a clock counts that this act starts.
    fn started_at(&self, clock: &str) -> Instant {
        let Some(act) = self.act.starts_as_of.get(clock) else { return self.done };
        let meant = |name: &str| name == act || self.def.act(name).is_some_and(|done| done.tags.contains(act));
        let done = self.case.detail.acts.iter().filter(|(name, _)| meant(name)).map(|(_, done)| done.at);
        done.max().unwrap_or(self.done)
    }

    fn terms(&mut self, def: &ClockDef) -> Result<ClockTerms, Box<Refusal>> {
        let rule = self.rule(&def.limit, !def.binds_holder)?;
        let extension = match &def.extend {
            None => None,
            Some(extend) => Some(ExtensionTerms {
                by: extend.by.clone(),
                period: self.rule(&extend.limit, false)?.period,
                at_most: extend.times,
                // 行政许可法 42: the party is told of an extension and why. Promises and internal limits are the organ's own.
                notice: def.kind == ClockKind::Statutory,
            }),
        };
        Ok(ClockTerms {
            kind: def.kind,
            rule,
            pause_causes: def.pause_causes.clone(),
            extension,
            basis: def.basis.clone(),
        })
    }

    /// Reads a parameter as a rule of counting; the party's own periods roll over rest days (ADR 0011).
    fn rule(&mut self, param: &str, of_party: bool) -> Result<ClockRule, Box<Refusal>> {
        let rule = format!("param.{param}");
        let refused = |mut refusal: Box<Refusal>| {
            refusal.kind = RefusalKind::Clock;
            refusal
        };
        let found = self.consulted.param(self.ctx, param, self.done).ok_or_else(|| refused(undefined(&rule, param)))?;
        read_rule(&found, of_party).ok_or_else(|| refused(undefined(&rule, param)))
    }

    fn clock_refusal(&self, key: &str, error: &ClockError) -> Box<Refusal> {
        let title = clock_title(self.def, key);
        let said = error.to_string();
        let (zh, en) = said.split_once(" / ").unwrap_or((&said, &said));
        let why = text(format!("期限“{}”：{zh}", title.zh), format!("the clock `{}`: {en}", title.en));
        Refusal::new(RefusalKind::Clock, format!("clock.{key}"), why).resting_on(&self.act.basis)
    }

    /// Names of the clock and its sub-clocks.
    fn keys(&self, name: &str) -> Vec<String> {
        let is_named =
            |key: &&String| key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('#'));
        self.case.detail.clocks.keys().filter(is_named).cloned().collect()
    }

    /// Sets the timers anew that hang on what changed.
    pub(super) fn set_timers(&mut self) -> Result<(), Box<Refusal>> {
        let changed = std::mem::take(&mut self.changed.names);
        let def = self.def;
        for timer in &def.timers {
            match &timer.at {
                Moment::Fraction { clock, per_mille } => {
                    for (key, fresh) in &changed {
                        let Some(part) = key.strip_prefix(&**clock).filter(|p| p.is_empty() || p.starts_with('#'))
                        else {
                            continue;
                        };
                        self.set_on_clock(key, format!("{}{part}", timer.name), *per_mille, *fresh)?;
                    }
                }
                Moment::After { act, param } => {
                    let noted = self.noted;
                    let tagged = || def.act(noted).is_some_and(|done| done.tags.contains(act));
                    if noted == act || tagged() {
                        self.set_after(&timer.name, param, self.done)?;
                    }
                }
                Moment::EndOf { field } => self.set_at_end_of(&timer.name, field),
            }
        }
        Ok(())
    }

    /// A paused or stopped clock has no such moment. A timer that has rung is set again only when its moment comes anew.
    fn set_on_clock(&mut self, key: &str, timer: String, per_mille: u32, fresh: bool) -> Result<(), Box<Refusal>> {
        let Some(clock) = self.case.detail.clocks.get(key) else { return Ok(()) };
        let paused = clock.open_pause().is_some();
        let at = match clock.timer_at(self.ctx.calendar, per_mille) {
            Ok(at) => at.filter(|_| !paused),
            Err(_) if self.lenient => None,
            Err(error) => return Err(self.clock_refusal(key, &error)),
        };
        match at {
            // What another platform let pass is not reminded of here; what a timer does (escalate, settle) still follows.
            Some(at) if self.lenient && at <= self.ctx.now && self.only_reminds(&timer) => {
                self.case.timers.remove(&timer);
            }
            None => {
                self.case.timers.remove(&timer);
            }
            Some(at) => {
                if fresh || at > self.done || self.case.timers.contains_key(&timer) {
                    self.case.timers.insert(timer, at);
                }
            }
        }
        Ok(())
    }

    /// Sets every timer that has yet to ring by the calendar as it is now.
    pub(super) fn recount_timers(&mut self) -> Result<(), Box<Refusal>> {
        let def = self.def;
        for timer in &def.timers {
            match &timer.at {
                Moment::Fraction { clock, per_mille } => {
                    for key in self.keys(clock) {
                        let name = format!("{}{}", timer.name, key.strip_prefix(&**clock).unwrap_or_default());
                        if self.case.timers.contains_key(&name) {
                            self.set_on_clock(&key, name, *per_mille, false)?;
                        }
                    }
                }
                Moment::After { act, param } if self.case.timers.contains_key(&timer.name) => {
                    let is_meant =
                        |name: &str| name == act || def.act(name).is_some_and(|done| done.tags.contains(act));
                    let done = self.case.detail.acts.iter().filter(|(name, _)| is_meant(name)).map(|(_, done)| done.at);
                    if let Some(start) = done.max() {
                        self.set_after(&timer.name, param, start)?;
                    }
                }
                Moment::After { .. } | Moment::EndOf { .. } => {}
            }
        }
        Ok(())
    }

    fn only_reminds(&self, timer: &str) -> bool {
        let base = timer.split_once('#').map_or(timer, |(base, _)| base);
        self.def.timers.iter().any(|def| def.name == base && matches!(def.does, TimerDoes::Remind(_)))
    }

    fn set_after(&mut self, timer: &str, param: &str, start: Instant) -> Result<(), Box<Refusal>> {
        let set = self.rule(param, false).and_then(|rule| {
            crate::clock::due_at(start, &rule, &[], self.ctx.calendar)
                .map_err(|error| self.clock_refusal(timer, &error))
        });
        match set {
            Ok(due) => {
                self.case.timers.insert(timer.to_owned(), due.at);
                Ok(())
            }
            Err(_) if self.lenient => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    /// Only an act that gives the date sets its timer: one that has rung is not set again by every later act.
    fn set_at_end_of(&mut self, timer: &str, field: &str) {
        if !self.proposal.given.contains_key(field) {
            return;
        }
        let said = self.case.detail.fields.get(field).and_then(serde_json::Value::as_str);
        let over = said.and_then(|said| time::parse_date(said).ok()).and_then(|day| day.tomorrow().ok());
        match over {
            Some(day) if !self.lenient => drop(self.case.timers.insert(timer.to_owned(), time::midnight(day))),
            _ => drop(self.case.timers.remove(timer)),
        }
    }

    pub(super) fn drop_timers_of(&mut self, key: &str) {
        for timer in &self.def.timers {
            if let Moment::Fraction { clock, .. } = &timer.at
                && let Some(part) = key.strip_prefix(&**clock).filter(|part| part.starts_with('#'))
            {
                self.case.timers.remove(&format!("{}{part}", timer.name));
            }
        }
    }

    /// Gives every open part its true deadline: the earliest due of the running clocks that bind it. The lead answers for the
    /// case's clocks; a co-handler for its own, or for the case's where it has none.
    pub(super) fn set_dues(&mut self) {
        let mut of_case: Option<Instant> = None;
        let mut of_parts: Vec<(u32, Instant)> = Vec::new();
        for (key, clock) in &self.case.detail.clocks {
            let (base, part) =
                key.split_once('#').map_or((&**key, None), |(base, part)| (base, part.parse::<u32>().ok()));
            let binds = self.def.clock(base).is_some_and(|def| def.binds_holder);
            if !binds || !clock.is_running() || clock.open_pause().is_some() {
                continue;
            }
            let Ok(due) = clock.due_at(self.ctx.calendar, self.done) else { continue };
            match part {
                None => of_case = Some(of_case.map_or(due.at, |earliest| earliest.min(due.at))),
                Some(part) => of_parts.push((part, due.at)),
            }
        }
        for part in &mut self.case.parts {
            let own = of_parts.iter().filter(|(number, _)| *number == part.part).map(|(_, at)| *at).min();
            part.due = if part.open { own.or(of_case) } else { None };
        }
    }
}

/// Reads a parameter as a rule of counting; the party's own periods in days roll over rest days (ADR 0011). `None` when it is no period.
pub(crate) fn read_rule(param: &ParamValue, of_party: bool) -> Option<ClockRule> {
    match &param.value {
        serde_json::Value::String(words) => {
            let period: Period = words.parse().ok()?;
            let rolls = of_party && period.unit.counts_days();
            let rule = if rolls { ClockRule::of_party(period) } else { ClockRule::of(period) };
            rule.check().ok().map(|()| rule)
        }
        object => serde_json::from_value(object.clone()).ok(),
    }
}
