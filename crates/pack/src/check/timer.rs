//! Clocks and timers: limits that are parameters, moments that come, acts that a timer may do.

use guiju_kernel::clock::ClockKind;
use guiju_kernel::procedure::definition::{ClockDef, Extend, Moment, Text, TimerDef, TimerDoes};
use guiju_kernel::procedure::guard::Guard;

use super::act::notify;
use super::field::plain_name;
use super::guard::{Scope, guard};
use super::known::{Known, ParamIs};
use crate::complaint::Margin;
use crate::raw::field::FieldType;
use crate::raw::procedure::{Binds, RawClock, RawClockKind, RawMoment, RawTimer};
use crate::source::at::At;

pub(crate) fn clock(name: &At<String>, raw: &RawClock, known: &Known<'_>, margin: Margin<'_>) -> ClockDef {
    plain_name(name, margin);
    known.param(&raw.limit.param, ParamIs::Period, margin);
    raw.basis.iter().for_each(|basis| known.basis(basis, margin));
    let extend = raw.extend.as_ref().map(|extend| {
        known.role(&extend.by, margin);
        known.param(&extend.limit.param, ParamIs::Period, margin);
        Extend { by: extend.by.value.clone(), times: extend.times, limit: extend.limit.param.value.clone() }
    });
    ClockDef {
        name: name.value.clone(),
        title: Text { zh: raw.zh.clone(), en: raw.en.clone() },
        kind: match raw.kind {
            RawClockKind::Statutory => ClockKind::Statutory,
            RawClockKind::Promised => ClockKind::Promised,
            RawClockKind::Internal => ClockKind::Internal,
        },
        limit: raw.limit.param.value.clone(),
        basis: raw.basis.iter().map(|basis| basis.value.clone()).collect(),
        pause_causes: raw.pauses.iter().map(|cause| cause.value.clone()).collect(),
        extend,
        per_part: raw.per_part,
        binds_holder: raw.binds == Binds::Holder,
    }
}

pub(crate) fn timer(name: &At<String>, raw: &RawTimer, scope: &Scope<'_>, margin: Margin<'_>) -> TimerDef {
    plain_name(name, margin);
    let does = match (&raw.does, raw.reminds.as_slice()) {
        (Some(act), []) => {
            scope.act(act, margin);
            let procedure = scope.procedure.into_iter().flat_map(|procedure| procedure.acts.iter());
            let by_timer = procedure.into_iter().filter(|(known, _)| known.as_str() == act.as_str());
            for (_, raw) in by_timer.filter(|(_, raw)| !raw.by.value.0.iter().any(|rule| rule.timer)) {
                margin.note(
                    act.spot,
                    format!("行为 `{}`（{}）不能由定时器做，缺 `by: {{timer: true}}`", act.as_str(), raw.zh),
                    format!("the act `{}` is not one a timer may do: it lacks `by: {{timer: true}}`", act.as_str()),
                );
            }
            TimerDoes::Act(act.value.clone())
        }
        (None, [_, ..]) => TimerDoes::Remind(raw.reminds.iter().map(|raw| notify(raw, scope, margin)).collect()),
        _ => {
            margin.note(
                name.spot,
                "定时器恰好写一种：does 或 reminds",
                "a timer says exactly one of `does` and `reminds`",
            );
            TimerDoes::Remind(Vec::new())
        }
    };
    TimerDef {
        name: name.value.clone(),
        title: Text { zh: raw.zh.clone(), en: raw.en.clone() },
        at: moment(name, &raw.at, scope, margin),
        when: raw.when.as_ref().map_or(Guard::Always, |when| guard(when, scope, margin)),
        does,
    }
}

fn moment(name: &At<String>, raw: &RawMoment, scope: &Scope<'_>, margin: Margin<'_>) -> Moment {
    if let Some(field) = &raw.end_of {
        let alone = raw.clock.is_none() && raw.gone.is_none() && raw.after.is_none() && raw.wait.is_none();
        if !alone || scope.field(field, margin).is_some_and(|field| field.kind.value != FieldType::Date) {
            margin.note(field.spot, "`end_of` 单独写，须是日期字段", "`end_of` stands alone and names a date field");
        }
        return Moment::EndOf { field: field.value.clone() };
    }
    match (&raw.clock, &raw.gone, &raw.after, &raw.wait) {
        (Some(clock), Some(gone), None, None) => {
            scope.clock(clock, margin);
            let per_mille = per_mille(gone).unwrap_or_else(|| {
                margin.note(
                    gone.spot,
                    format!("`{}` 应写成 `50%` 这样，大于 0，至多一位小数，不超过 1000%", gone.as_str()),
                    format!("`{}` should read like `50%`: above 0, one decimal at most, up to 1000%", gone.as_str()),
                );
                1000
            });
            Moment::Fraction { clock: clock.value.clone(), per_mille }
        }
        (None, None, Some(act), Some(wait)) => {
            scope.act_or_tag(act, margin);
            scope.known.param(&wait.param, ParamIs::Period, margin);
            Moment::After { act: act.value.clone(), param: wait.param.value.clone() }
        }
        _ => {
            margin.note(
                name.spot,
                "`at` 写 clock 与 gone，或 after 与 wait，或 end_of",
                "`at` says clock and gone, or after and wait, or end_of",
            );
            Moment::Fraction { clock: String::new(), per_mille: 1000 }
        }
    }
}

/// Reads `50%` or `12.5%` as thousandths.
fn per_mille(text: &str) -> Option<u32> {
    let number = text.strip_suffix('%')?;
    let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(tenth) || tenth.len() != 1 {
        return None;
    }
    let value = whole.parse::<u32>().ok()?.checked_mul(10)?.checked_add(tenth.parse().ok()?)?;
    (1..=10_000).contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::per_mille;

    #[test]
    fn percentages_are_kept_as_thousandths() {
        assert_eq!(per_mille("50%"), Some(500));
        assert_eq!(per_mille("12.5%"), Some(125));
        assert_eq!(per_mille("150%"), Some(1500));
        assert_eq!(per_mille("100.0%"), Some(1000));
        for wrong in ["50", "0%", "%", "-5%", "5.25%", "5.%", ".5%", "５%", "1000.1%", "99999999999%", "+5%"] {
            assert_eq!(per_mille(wrong), None, "{wrong}");
        }
    }
}
