//! Conditions: exactly one kind each, over names that exist.

use guiju_kernel::procedure::guard::{Bound, ClockIs, Guard, Test};
use serde_json::Value;

use super::known::{Known, ParamIs};
use crate::complaint::{Kind, Margin, Spot};
use crate::raw::field::{FieldType, RawField};
use crate::raw::guard::{Condition, RawBound, RawGuard, Told};
use crate::raw::law::{RawTerm, TermType};
use crate::raw::procedure::RawProcedure;
use crate::source::at::{At, Named};

/// What a condition may speak of: the pack's names, and those of a procedure where it stands in one.
pub(crate) struct Scope<'a> {
    pub(crate) known: &'a Known<'a>,
    pub(crate) procedure: Option<&'a RawProcedure>,
    /// Clocks of a constraint's fragment, which stands in no procedure.
    pub(crate) fragment: &'a [&'a str],
}

const CLOCK_STATES: [(&str, ClockIs); 5] = [
    ("not_started", ClockIs::NotStarted),
    ("running", ClockIs::Running),
    ("paused", ClockIs::Paused),
    ("expired", ClockIs::Expired),
    ("stopped", ClockIs::Stopped),
];

/// Checks one condition.
pub(crate) fn guard(raw: &RawGuard, scope: &Scope<'_>, margin: Margin<'_>) -> Guard {
    let told = match &raw.value {
        Condition::Word(word) => {
            return match word.as_str() {
                "always" => Guard::Always,
                "parts_in" => Guard::PartsIn,
                other => {
                    margin.note(raw.spot, format!("不认识的条件 `{other}`"), format!("unknown condition `{other}`"));
                    Guard::Always
                }
            };
        }
        Condition::Told(told) => told,
    };
    complain_of_mixture(told, raw.spot, margin);
    let several = |list: &[RawGuard]| list.iter().map(|one| guard(one, scope, margin)).collect();
    if let Some(list) = &told.all {
        Guard::All(several(list))
    } else if let Some(list) = &told.any {
        Guard::Any(several(list))
    } else if let Some(inner) = &told.not {
        Guard::Not(Box::new(guard(inner, scope, margin)))
    } else if let Some(level) = told.level_at_least {
        Guard::Level(level)
    } else {
        of_names(told, scope, margin)
    }
}

/// Conditions over a name.
fn of_names(told: &Told, scope: &Scope<'_>, margin: Margin<'_>) -> Guard {
    if let Some(name) = &told.field {
        let field = scope.field(name, margin);
        Guard::Field { name: name.value.clone(), is: test(told, field.map(Of::Field), name, scope, margin) }
    } else if let Some(name) = &told.term {
        let kind = scope.known.term(name, margin);
        scope.mapped(name, margin);
        Guard::Term { name: name.value.clone(), is: test(told, kind.map(Of::Term), name, scope, margin) }
    } else if let Some(name) = &told.fact {
        scope.known.fact(name, margin);
        Guard::Fact(name.value.clone())
    } else if let Some(name) = &told.clock {
        scope.clock(name, margin);
        Guard::Clock { name: name.value.clone(), is: clock_is(told, name.spot, margin) }
    } else if let Some(name) = &told.act_done {
        scope.act_or_tag(name, margin);
        let times = told.times.as_ref().map_or(1, |times| times.value);
        Guard::ActDone { name: name.value.clone(), times }
    } else if let Some(name) = &told.party {
        scope.answer(name, margin);
        Guard::PartyAnswered(name.value.clone())
    } else if let Some(name) = &told.file {
        scope.field(name, margin);
        Guard::File(name.value.clone())
    } else if let Some(name) = &told.instrument {
        scope.instrument(name, margin);
        Guard::Instrument { name: name.value.clone(), received: told.received.unwrap_or(false) }
    } else if let Some(register) = &told.register {
        scope.known.register(register, margin);
        let key_field = told.has.as_ref().map_or_else(String::new, |field| {
            scope.field(field, margin);
            field.value.clone()
        });
        Guard::Entry { register: register.value.clone(), key_field }
    } else {
        Guard::Always
    }
}

/// A condition says one thing: one main key, with only the keys that belong to it.
fn complain_of_mixture(told: &Told, spot: Spot, margin: Margin<'_>) {
    let main = [
        ("all", told.all.is_some()),
        ("any", told.any.is_some()),
        ("not", told.not.is_some()),
        ("field", told.field.is_some()),
        ("term", told.term.is_some()),
        ("fact", told.fact.is_some()),
        ("clock", told.clock.is_some()),
        ("act_done", told.act_done.is_some()),
        ("party", told.party.is_some()),
        ("file", told.file.is_some()),
        ("instrument", told.instrument.is_some()),
        ("register", told.register.is_some()),
        ("level_at_least", told.level_at_least.is_some()),
    ];
    let said: Vec<&str> = main.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
    let [main] = said.as_slice() else {
        let listed = if said.is_empty() { String::new() } else { format!("：{}", said.join("、")) };
        margin.note(spot, format!("条件须恰好写一种{listed}"), "a condition says exactly one thing");
        return;
    };
    let compares = ["is", "in", "at_least", "at_most"];
    let allowed: &[&str] = match *main {
        "field" | "term" => &compares,
        "clock" => &["is"],
        "act_done" => &["times"],
        "instrument" => &["received"],
        "register" => &["has"],
        _ => &[],
    };
    let beside = [
        ("is", told.is.is_some()),
        ("in", told.is_in.is_some()),
        ("at_least", told.at_least.is_some()),
        ("at_most", told.at_most.is_some()),
        ("times", told.times.is_some()),
        ("received", told.received.is_some()),
        ("has", told.has.is_some()),
    ];
    for (name, _) in beside.iter().filter(|(name, there)| *there && !allowed.contains(name)) {
        margin.note(spot, format!("`{name}` 不能与 `{main}` 连用"), format!("`{name}` does not go with `{main}`"));
    }
    if *main == "register" && told.has.is_none() {
        margin.note(spot, "`register` 须与 `has` 连用", "`register` needs `has`");
    }
    if beside.iter().filter(|(name, there)| *there && compares.contains(name)).count() > 1 {
        margin.note(spot, "只能有一种比较", "only one comparison is allowed");
    }
}

/// What is compared.
enum Of<'a> {
    Field(&'a RawField),
    Term(&'a RawTerm),
}

fn test(told: &Told, of: Option<Of<'_>>, name: &At<String>, scope: &Scope<'_>, margin: Margin<'_>) -> Test {
    let check = |value: &At<Value>| {
        if let Some(of) = &of {
            complain_of_value(value, of, margin);
        }
        value.value.clone()
    };
    let bound = |raw: &RawBound| match raw {
        RawBound::Number(number) => Bound::Number(*number),
        RawBound::Param(param) => {
            scope.known.param(param, ParamIs::Number, margin);
            Bound::Param(param.value.clone())
        }
    };
    if let Some(raw) = told.at_least.as_ref().or(told.at_most.as_ref()) {
        let numeric = match &of {
            Some(Of::Field(field)) => matches!(field.kind.value, FieldType::Integer | FieldType::Money),
            Some(Of::Term(term)) => matches!(term.kind, TermType::Integer | TermType::Money),
            None => true,
        };
        if !numeric {
            margin.note(
                name.spot,
                format!("`{}` 不是数，不能比较大小", name.as_str()),
                format!("`{}` is not a number and cannot be compared by size", name.as_str()),
            );
        }
        return if told.at_least.is_some() { Test::AtLeast(bound(raw)) } else { Test::AtMost(bound(raw)) };
    }
    if let Some(value) = &told.is {
        return Test::Is(check(value));
    }
    if let Some(values) = &told.is_in {
        return Test::In(values.iter().map(check).collect());
    }
    match of {
        // A flag that is only named must be true, not merely answered.
        Some(Of::Field(field)) if field.kind.value == FieldType::Flag => Test::Is(Value::Bool(true)),
        Some(Of::Term(term)) if term.kind == TermType::Flag => Test::Is(Value::Bool(true)),
        _ => Test::Present,
    }
}

fn complain_of_value(value: &At<Value>, of: &Of<'_>, margin: Margin<'_>) {
    match of {
        Of::Field(field) => constant(value, field, margin),
        Of::Term(term) => {
            let fits = match term.kind {
                TermType::Flag => value.is_boolean(),
                TermType::Integer | TermType::Money => value.is_i64(),
                TermType::Text | TermType::Date | TermType::Enum => value.is_string(),
            };
            if !fits {
                margin.note(value.spot, "值与用语的类型不符", "the value does not fit the term");
            }
            if let (TermType::Enum, Some(word)) = (term.kind, value.as_str())
                && !term.values.iter().any(|known| known == word)
            {
                margin.unknown(value.spot, Kind::CHOICE, word, term.values.iter().map(String::as_str));
            }
        }
    }
}

/// Holds a constant against the type of a field.
pub(crate) fn constant(value: &At<Value>, field: &RawField, margin: Margin<'_>) {
    let fits = match field.kind.value {
        FieldType::Integer | FieldType::Money => value.is_i64(),
        FieldType::Flag => value.is_boolean(),
        FieldType::File | FieldType::List | FieldType::Table => false,
        _ => value.is_string(),
    };
    if !fits {
        return margin.note(value.spot, "值与字段的类型不符", "the value does not fit the field's type");
    }
    if let (FieldType::Enum, Some(choices), Some(word)) = (field.kind.value, &field.values, value.as_str())
        && !choices.has(word)
    {
        margin.unknown(value.spot, Kind::CHOICE, word, choices.names());
    }
}

fn clock_is(told: &Told, spot: Spot, margin: Margin<'_>) -> ClockIs {
    let word = told.is.as_ref().and_then(|is| is.as_str());
    if let Some((_, state)) = CLOCK_STATES.iter().find(|(name, _)| Some(*name) == word) {
        return *state;
    }
    let names: Vec<&str> = CLOCK_STATES.iter().map(|(name, _)| *name).collect();
    let spot = told.is.as_ref().map_or(spot, |is| is.spot);
    margin.note(
        spot,
        format!("期限钟要写 `is`：{}", names.join("、")),
        format!("a clock needs `is`: one of {}", names.join(", ")),
    );
    ClockIs::NotStarted
}

impl<'a> Scope<'a> {
    /// A field of the procedure; noted when there is none.
    pub(crate) fn field(&self, name: &At<String>, margin: Margin<'_>) -> Option<&'a RawField> {
        let fields = self.procedure.map(|procedure| &procedure.fields)?;
        let found = fields.iter().find(|(known, _)| known.as_str() == name.as_str()).map(|(_, field)| field);
        if found.is_none() {
            margin.unknown(name.spot, Kind::FIELD, name, fields.names());
        }
        found
    }

    /// The columns of a table field.
    pub(crate) fn columns(&self, table: &At<String>) -> Option<&'a Named<RawField>> {
        let fields = self.procedure.map(|procedure| &procedure.fields)?;
        fields.iter().find(|(known, _)| known.as_str() == table.as_str()).and_then(|(_, field)| field.rows.as_ref())
    }

    pub(crate) fn state(&self, name: &At<String>, margin: Margin<'_>) {
        if let Some(procedure) = self.procedure
            && !procedure.states.has(name)
        {
            margin.unknown(name.spot, Kind::STATE, name, procedure.states.names());
        }
    }

    pub(crate) fn clock(&self, name: &At<String>, margin: Margin<'_>) {
        match self.procedure {
            Some(procedure) if procedure.clocks.has(name) => {}
            None if self.fragment.contains(&name.as_str()) => {}
            None if !self.fragment.is_empty() => {
                margin.unknown(name.spot, Kind::CLOCK, name, self.fragment.iter().copied());
            }
            Some(procedure) => margin.unknown(name.spot, Kind::CLOCK, name, procedure.clocks.names()),
            None => margin.note(
                name.spot,
                "法规里的事实不能引用程序的期限钟",
                "a fact of a statute cannot speak of a procedure's clock",
            ),
        }
    }

    pub(crate) fn act(&self, name: &At<String>, margin: Margin<'_>) {
        if let Some(procedure) = self.procedure
            && !procedure.acts.has(name)
        {
            margin.unknown(name.spot, Kind::ACT, name, procedure.acts.names());
        }
    }

    /// A tag that an act of the procedure bears, or the name of an act; in a statute, any tag.
    pub(crate) fn act_or_tag(&self, name: &At<String>, margin: Margin<'_>) {
        match self.procedure {
            None => self.known.tag(name, margin),
            Some(procedure) => {
                let acts = procedure.acts.iter().map(|(_, act)| act);
                let names: Vec<&str> = procedure
                    .acts
                    .names()
                    .chain(acts.flat_map(|act| act.tags.iter().map(|tag| tag.as_str())))
                    .collect();
                if !names.contains(&name.as_str()) {
                    margin.unknown(name.spot, Kind::ACT_OR_TAG, name, names);
                }
            }
        }
    }

    fn answer(&self, name: &At<String>, margin: Margin<'_>) {
        let acts = self.procedure.into_iter().flat_map(|procedure| procedure.acts.iter());
        let answers: Vec<&str> = acts.filter_map(|(_, act)| act.answers.as_ref()).map(|at| at.as_str()).collect();
        if self.procedure.is_some() && !answers.contains(&name.as_str()) {
            margin.unknown(name.spot, Kind::ANSWER, name, answers);
        }
    }

    pub(crate) fn instrument(&self, name: &At<String>, margin: Margin<'_>) {
        let acts = self.procedure.into_iter().flat_map(|procedure| procedure.acts.iter());
        let issued: Vec<&str> = acts.flat_map(|(_, act)| act.issues.names()).collect();
        if self.procedure.is_some() && !issued.contains(&name.as_str()) {
            margin.unknown(name.spot, Kind::INSTRUMENT, name, issued);
        }
    }

    /// A term that a procedure's condition uses must be mapped to one of its fields.
    fn mapped(&self, term: &At<String>, margin: Margin<'_>) {
        if let Some(procedure) = self.procedure
            && !procedure.terms.has(term)
        {
            margin.note(
                term.spot,
                format!("用语 `{}` 没有在 `terms` 里对应到字段", term.as_str()),
                format!("the term `{}` is not mapped to a field under `terms`", term.as_str()),
            );
        }
    }
}
