//! Does a guard hold for this case at this moment, and if not, what is lacking?
//!
//! Evaluation is total: a field that is not there makes a comparison false. A parameter or fact that nobody defines leaves the
//! guard open, and an open guard refuses: the law is not guessed at. While buttons are drawn, a field that the act itself takes
//! leaves the guard open too, but then the act is shown as possible.

use serde_json::{Map, Value};

use super::consulted::Consulted;
use super::definition::{Act, FieldKind, Procedure, Text};
use super::explain::{unmet, unmet_clocks};
use super::guard::{Bound, ClockIs, Guard, Test};
use super::proposal::{Context, Refusal, RefusalKind};
use super::sentence::text;
use crate::case::Case;
use crate::clock::Clock;
use crate::time::Instant;

/// What a guard is held against.
pub(super) struct Scene<'a> {
    pub(super) def: &'a Procedure,
    pub(super) act: &'a Act,
    pub(super) case: Option<&'a Case>,
    /// Fields given with the act: they count before those the case has, lest an act slip past a guard on what it sets.
    pub(super) given: Option<&'a Map<String, Value>>,
    pub(super) subject: Option<&'a str>,
    pub(super) at: Instant,
    pub(super) ctx: &'a Context<'a>,
    /// Buttons are drawn: nothing has been given yet.
    pub(super) drawing: bool,
}

/// Kleene's three values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Holds,
    Fails,
    Open,
}

impl From<bool> for Verdict {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

impl Scene<'_> {
    /// Refuses unless the guard holds.
    pub(super) fn require(
        &self,
        guard: &Guard,
        rule: &str,
        why: Text,
        consulted: &mut Consulted,
    ) -> Result<(), Box<Refusal>> {
        let known = consulted.missing.len();
        match self.judge(guard, consulted) {
            Verdict::Holds => Ok(()),
            Verdict::Open if consulted.missing.len() == known => Ok(()),
            Verdict::Open => {
                let name = consulted.missing.last().cloned().unwrap_or_default();
                Err(undefined(rule, &name).resting_on(&self.act.basis))
            }
            Verdict::Fails => {
                let mend = unmet(self, guard, consulted);
                let why = text(format!("{}：{}", why.zh, mend.zh), format!("{}: {}", why.en, mend.en));
                let refusal = Refusal::new(RefusalKind::Guard, rule, why).mended_by(mend).resting_on(&self.act.basis);
                Err(refusal.also_resting_on(unmet_clocks(self, guard, consulted)))
            }
        }
    }

    pub(super) fn judge(&self, guard: &Guard, consulted: &mut Consulted) -> Verdict {
        match guard {
            Guard::Always => Verdict::Holds,
            Guard::All(all) => self.all(all, consulted),
            Guard::Any(any) => self.any(any, consulted),
            Guard::Not(inner) => match self.judge(inner, consulted) {
                Verdict::Holds => Verdict::Fails,
                Verdict::Fails => Verdict::Holds,
                Verdict::Open => Verdict::Open,
            },
            Guard::Field { name, is } => self.field(name, is, consulted),
            Guard::Term { name, is } => match self.def.terms.get(name) {
                Some(field) => self.field(field, is, consulted),
                None => Verdict::Fails,
            },
            Guard::Fact(name) => match self.ctx.facts.fact(name, self.at) {
                Some(meaning) => self.judge(&meaning, consulted),
                None => {
                    consulted.missing.push(name.clone());
                    Verdict::Open
                }
            },
            Guard::Clock { name, is } => self.clock(name, *is).into(),
            Guard::ActDone { name, times } => (self.times_done(name) >= *times).into(),
            Guard::PartyAnswered(answer) => self.detail(|d| d.answers.contains_key(answer)),
            Guard::File(field) if self.is_taken(field) => Verdict::Open,
            Guard::File(field) => self.detail(|d| d.files.get(field).is_some_and(|files| !files.is_empty())),
            Guard::Instrument { name, received } => {
                self.detail(|d| d.instruments.get(name).is_some_and(|i| !received || i.received.is_some()))
            }
            Guard::Entry { register, key_field } => self.entry(register, key_field, consulted),
            Guard::PartsIn => self.case.is_none_or(|c| c.parts.iter().all(|p| p.part == 0 || !p.open)).into(),
            Guard::Level(level) => self.case.is_some_and(|c| c.level >= *level).into(),
        }
    }

    fn all(&self, guards: &[Guard], consulted: &mut Consulted) -> Verdict {
        let mut verdict = Verdict::Holds;
        for guard in guards {
            match self.judge(guard, consulted) {
                Verdict::Fails => return Verdict::Fails,
                Verdict::Open => verdict = Verdict::Open,
                Verdict::Holds => {}
            }
        }
        verdict
    }

    fn any(&self, guards: &[Guard], consulted: &mut Consulted) -> Verdict {
        let mut verdict = Verdict::Fails;
        for guard in guards {
            match self.judge(guard, consulted) {
                Verdict::Holds => return Verdict::Holds,
                Verdict::Open => verdict = Verdict::Open,
                Verdict::Fails => {}
            }
        }
        verdict
    }

    fn detail(&self, holds: impl FnOnce(&crate::case::Detail) -> bool) -> Verdict {
        self.case.is_some_and(|case| holds(&case.detail)).into()
    }

    fn is_taken(&self, field: &str) -> bool {
        self.drawing && self.act.takes.iter().any(|take| take.field == field)
    }

    /// The value as it will be after the act: what the act sets, else what is given, else what the case has.
    pub(super) fn value(&self, field: &str) -> Option<&Value> {
        let given = self.given.and_then(|given| given.get(field));
        let has = || self.case.and_then(|case| case.detail.fields.get(field));
        self.act.sets.get(field).or(given).or_else(has).filter(|value| !is_nothing(value))
    }

    fn field(&self, name: &str, is: &Test, consulted: &mut Consulted) -> Verdict {
        if self.is_taken(name) {
            return Verdict::Open;
        }
        let value = self.value(name);
        match is {
            Test::Present => {
                let sealed = self.case.is_some_and(|c| c.detail.personal.contains_key(name));
                let filed = || self.case.is_some_and(|c| c.detail.files.get(name).is_some_and(|f| !f.is_empty()));
                (value.is_some() || sealed || filed()).into()
            }
            Test::Is(wanted) => {
                // A flag that was never set is a flag that is not set.
                let unset = wanted == &Value::Bool(false) && value.is_none() && self.is_flag(name);
                (unset || value.is_some_and(|value| is_wanted(value, wanted))).into()
            }
            Test::In(wanted) => value.is_some_and(|value| wanted.iter().any(|one| is_wanted(value, one))).into(),
            Test::AtLeast(bound) => self.compare(value, bound, |value, bound| value >= bound, consulted),
            Test::AtMost(bound) => self.compare(value, bound, |value, bound| value <= bound, consulted),
        }
    }

    fn is_flag(&self, name: &str) -> bool {
        self.def.field(name).is_some_and(|field| field.kind == FieldKind::Flag)
    }

    fn compare(
        &self,
        value: Option<&Value>,
        bound: &Bound,
        holds: fn(i64, i64) -> bool,
        consulted: &mut Consulted,
    ) -> Verdict {
        match self.bound(bound, consulted) {
            Some(bound) => value.and_then(Value::as_i64).is_some_and(|value| holds(value, bound)).into(),
            None => Verdict::Open,
        }
    }

    pub(super) fn bound(&self, bound: &Bound, consulted: &mut Consulted) -> Option<i64> {
        match bound {
            Bound::Number(number) => Some(*number),
            Bound::Param(name) => {
                let found = consulted.param(self.ctx, name, self.at)?;
                let number = found.value.as_i64();
                if number.is_none() {
                    consulted.missing.push(name.clone());
                }
                number
            }
        }
    }

    fn entry(&self, register: &str, key_field: &str, consulted: &mut Consulted) -> Verdict {
        if self.is_taken(key_field) {
            return Verdict::Open;
        }
        let key = match self.value(key_field).and_then(Value::as_str) {
            Some(key) => Some(key),
            None if key_field == "subject" => self.subject,
            None => None,
        };
        key.is_some_and(|key| consulted.entry(self.ctx, register, key, self.at).is_some()).into()
    }

    /// How often acts of this name or tag were done in the present round.
    pub(super) fn times_done(&self, name: &str) -> u32 {
        let Some(case) = self.case else { return 0 };
        let counts = |(act, done): (&String, &crate::case::Done)| {
            let tagged = || self.def.act(act).is_some_and(|act| act.tags.iter().any(|tag| tag == name));
            if act == name || tagged() { done.in_round } else { 0 }
        };
        case.detail.acts.iter().map(counts).fold(0, u32::saturating_add)
    }

    fn clock(&self, name: &str, is: ClockIs) -> bool {
        let Some(case) = self.case else { return is == ClockIs::NotStarted };
        let mut any = false;
        for clock in of_name(case, name) {
            any = true;
            if self.clock_state(clock) == is {
                return true;
            }
        }
        !any && is == ClockIs::NotStarted
    }

    fn clock_state(&self, clock: &Clock) -> ClockIs {
        if !clock.is_running() {
            ClockIs::Stopped
        } else if clock.open_pause().is_some() {
            ClockIs::Paused
        } else if clock.due_at(self.ctx.calendar, self.at).is_ok_and(|due| due.at <= self.at) {
            ClockIs::Expired
        } else {
            ClockIs::Running
        }
    }
}

/// The clock of this name, and the sub-clocks of its parts.
pub(super) fn of_name<'c>(case: &'c Case, name: &'c str) -> impl Iterator<Item = &'c Clock> {
    let is_named = move |key: &str| key == name || key.strip_prefix(name).is_some_and(|rest| rest.starts_with('#'));
    case.detail.clocks.iter().filter(move |(key, _)| is_named(key)).map(|(_, clock)| clock)
}

/// What stands for nothing in a form: null, an empty text, an empty list.
pub(crate) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether the value is the wanted one or, being a list, holds it.
pub(crate) fn is_wanted(value: &Value, wanted: &Value) -> bool {
    value == wanted || value.as_array().is_some_and(|items| items.contains(wanted))
}

/// The refusal for what the pack refers to and nothing defines at the moment of the act.
pub(super) fn undefined(rule: &str, name: &str) -> Box<Refusal> {
    let why = text(
        format!("规则引用的“{name}”在行为发生之日没有有效的规定，无法判断"),
        format!("nothing in force on the day of the act defines `{name}`, which the rule refers to"),
    );
    let mend =
        text("请管理员在法规包中补上该参数或事实及其生效日期", "somebody has to add it to the pack, with its date");
    Refusal::new(RefusalKind::Guard, rule, why).mended_by(mend)
}
