//! What would the rules say of one field's value, were it given with this act now?
//!
//! For pages that check a long table before anything is filed: the rules that look at registers and dates are asked as the act
//! itself will ask them, whatever else is still missing from the form. Decides nothing and writes nothing; the act is judged
//! again when it is done.

use serde_json::{Map, Value};

use super::consulted::Consulted;
use super::decide::surrounded;
use super::definition::{Act, Procedure};
use super::fields;
use super::judge::{Scene, is_nothing};
use super::proposal::{Context, Refusal};
use crate::case::Case;

/// Holds the value that `given` has for `field` against the field's rules; the other values of `given` are what the rules may
/// look at besides the case. A field that is not given, or not of this procedure, is not at fault.
///
/// # Errors
/// The [`Refusal`] that the act would answer about this field; of a table it lists every wrong cell.
pub fn foresee(
    def: &Procedure,
    act: &Act,
    case: Option<&Case>,
    field: &str,
    given: &Map<String, Value>,
    ctx: &Context<'_>,
) -> Result<(), Box<Refusal>> {
    let (Some(field), Some(value)) = (def.field(field), given.get(field).filter(|value| !is_nothing(value))) else {
        return Ok(());
    };
    let subject = case.and_then(|case| case.subject.as_deref());
    let scene = Scene { def, act, case, given: Some(given), subject, at: ctx.now, ctx, drawing: false };
    let mut noted = Consulted::default();
    surrounded(&scene, given, false, &mut noted, |around| fields::check_value(field, value, around)).map(|_| ())
}
