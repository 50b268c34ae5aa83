//! Tries an act without each thing that an example says it needs: the engine has to refuse every such try.

use guiju_kernel::procedure::{Context, Proposal, RefusalKind, decide};

use super::play::{Run, Stopped};
use crate::complaint::{Kind, Margin};
use crate::raw::examples::RawStep;
use crate::source::at::At;

/// Leaves out each field that the step names and expects a refusal for want of it.
pub(super) fn each(
    run: &Run<'_>,
    raw: &RawStep,
    proposal: &Proposal,
    ctx: &Context<'_>,
    margin: Margin<'_>,
) -> Result<(), Stopped> {
    for field in &raw.needs.0 {
        if run.def.field(field).is_none() {
            margin.unknown(field.spot, Kind::FIELD, field, run.def.fields.iter().map(|field| field.name.as_str()));
            return Err(Stopped);
        }
        if !needed(run, proposal, field, ctx) {
            margin.note(
                field.spot,
                format!("没有 `{}` 也做成了：{}", field.as_str(), proposal.act),
                format!("`{}` was done without `{}`", proposal.act, field.as_str()),
            );
            return Err(Stopped);
        }
    }
    Ok(())
}

/// Whether the act is refused for want of the field, and its form asks for it.
fn needed(run: &Run<'_>, whole: &Proposal, field: &At<String>, ctx: &Context<'_>) -> bool {
    let mut without = whole.clone();
    without.given.remove(field.as_str());
    without.files.retain(|file| file.field != field.as_str());
    let takes = run.def.act(&whole.act).map(|act| act.takes.as_slice()).unwrap_or_default();
    let asked = takes.iter().any(|take| take.field == field.as_str() && take.required);
    // A condition of the act may look at the field before anybody asks whether it is there.
    let refused = decide(&run.def, run.case.as_ref(), &without, ctx)
        .is_err_and(|refusal| refusal.kind == RefusalKind::Guard || refusal.field.as_deref() == Some(field.as_str()));
    asked && refused
}
