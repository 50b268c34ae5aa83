//! What field should an assigned station make here? By ITU-R P.1546-6, over land, without terrain.

use serde::{Deserialize, Serialize};

use crate::licence::Assignment;
use crate::propagation::{Base, Curves, Link, Mobile, Place, Surface, predict};

/// How a receiver's antenna stands. Comes from the station's entry.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiving {
    /// Height of the antenna above ground in m, 1 or more.
    pub height_m: f64,
    /// Height of what stands around it in m.
    pub clutter_m: f64,
    /// Side of the square over which places vary, in m (500 is usual).
    pub square_m: f64,
}

/// Median field of an assignment at a distance in km, in dBµV/m, exceeded for half the time at half the places.
///
/// `None` where power or height are not known, or where the Recommendation does not cover the case: then the field is not judged.
#[must_use]
pub fn predicted_dbuv_m(curves: &Curves, receiving: &Receiving, one: &Assignment, km: f64) -> Option<f64> {
    let told = one.erp_w > 0.0 && one.height_m > 0.0;
    let link = Link {
        frequency_mhz: one.centre_hz / 1e6,
        time_pct: 50.0,
        location_pct: 50.0,
        square_m: receiving.square_m,
        land_km: km,
        sea_km: 0.0,
        sea: Surface::Land,
        base: Base { h1_m: one.height_m, above_ground_m: None, clutter_m: None, ground_m: 0.0 },
        mobile: Mobile {
            height_m: receiving.height_m,
            clutter_m: receiving.clutter_m,
            place: Place::Rural,
            ground_m: 0.0,
        },
        sight: None,
    };
    let field = told.then(|| predict(curves, &link).ok())??;
    Some(field.at_erp_dbuv_m(one.erp_w / 1_000.0))
}
