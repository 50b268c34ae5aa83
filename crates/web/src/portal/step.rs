//! Into which pages does a filing fall? One thing a page, derived from the fields that the opening act takes.

use guiju_kernel::procedure::definition::{Act, Field, FieldKind, Procedure, Visibility};

use crate::lang::Lang;

/// A page of the filing, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepName {
    Who,
    About,
    Describe,
    Attach,
    Check,
}

impl StepName {
    const ALL: [StepName; 5] = [StepName::Who, StepName::About, StepName::Describe, StepName::Attach, StepName::Check];

    pub fn id(self) -> &'static str {
        match self {
            StepName::Who => "who",
            StepName::About => "about",
            StepName::Describe => "describe",
            StepName::Attach => "attach",
            StepName::Check => "check",
        }
    }

    pub fn of(id: &str) -> Option<StepName> {
        StepName::ALL.into_iter().find(|step| step.id() == id)
    }

    pub fn title(self, lang: Lang) -> &'static str {
        match self {
            StepName::Who => lang.say("贵公司和联系人", "Your company and contact"),
            StepName::About => lang.say("是什么事", "What it is about"),
            StepName::Describe => lang.say("说明情况", "Describe it"),
            StepName::Attach => lang.say("附件", "Attachments"),
            StepName::Check => lang.say("提交前核对", "Check before you submit"),
        }
    }
}

fn step_of(field: &Field) -> StepName {
    match &field.kind {
        FieldKind::Party => StepName::Who,
        FieldKind::File { .. } => StepName::Attach,
        _ if field.visible == Visibility::Personal => StepName::Who,
        FieldKind::Enum { choices, most } if choices.len() > 9 || *most > 1 => StepName::About,
        _ => StepName::Describe,
    }
}

/// The pages that this act's filing has: those that ask something, and the last one that shows all answers.
pub fn steps(procedure: &Procedure, act: &Act) -> Vec<StepName> {
    StepName::ALL
        .into_iter()
        .filter(|step| matches!(step, StepName::Who | StepName::Check) || !fields(procedure, act, *step).is_empty())
        .collect()
}

/// The fields of one page, in the act's order.
pub fn fields<'p>(procedure: &'p Procedure, act: &'p Act, step: StepName) -> Vec<(&'p Field, bool)> {
    crate::acting::taken(procedure, act).filter(|(field, _)| step_of(field) == step).collect()
}

/// The page on which a field stands.
pub fn page_of(procedure: &Procedure, field: &str) -> Option<StepName> {
    procedure.field(field).map(step_of)
}

/// The page after this one.
pub fn next(steps: &[StepName], step: StepName) -> StepName {
    steps.iter().copied().find(|other| *other > step).unwrap_or(StepName::Check)
}

/// The page before this one.
pub fn previous(steps: &[StepName], step: StepName) -> Option<StepName> {
    steps.iter().rev().copied().find(|other| *other < step)
}
