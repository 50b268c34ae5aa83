//! What does the height of the transmitting antenna do? Sections 3, 4.2 and 4.3 of Annex 5.

use super::curves::LowCurves;
use super::{Link, Surface, fresnel_km, knife_edge_db, most_dbuv_m};

/// Effective height h1 in metres of a land path of which no terrain is known (4, 5, 7): `above_ground_m` of the mast, `effective_m`
/// over the ground between 3 and 15 km.
#[must_use]
pub fn base_height_m(distance_km: f64, above_ground_m: f64, effective_m: f64) -> f64 {
    let share = ((distance_km - 3.0) / 12.0).clamp(0.0, 1.0);
    above_ground_m + (effective_m - above_ground_m) * share
}

/// Correction in dB for a height h1 below zero (12, case b), at a nominal frequency in MHz.
fn negative_height_db(h1_m: f64, nominal_mhz: f64) -> f64 {
    let slope = if nominal_mhz < 300.0 {
        1.35
    } else if nominal_mhz < 1000.0 {
        3.31
    } else {
        6.0
    };
    6.03 - knife_edge_db(slope * (-h1_m / 9000.0).atan().to_degrees())
}

/// Field in dBuV/m for a height h1 of less than 10 m (sections 4.2 and 4.3).
pub(super) fn below_ten_metres(
    figure: &LowCurves<'_>,
    surface: Surface,
    link: &Link,
    nominal_mhz: f64,
    km: f64,
    most: f64,
) -> Option<f64> {
    let h1 = link.base.h1_m;
    let (ten, twenty) = figure.ten_and_twenty(km)?;
    let zero = ten + 0.5 * (ten - twenty + negative_height_db(-10.0, nominal_mhz));
    let over_land = zero + 0.1 * h1 * (ten - zero);
    if surface == Surface::Land {
        return Some(if h1 >= 0.0 { over_land } else { zero + negative_height_db(h1, nominal_mhz) });
    }
    let (clear_km, twenty_km) = (fresnel_km(nominal_mhz, h1, 10.0), fresnel_km(nominal_mhz, 20.0, 10.0));
    let carried_on = |(ten, twenty): (f64, f64)| ten + (twenty - ten) * (h1 / 10.0).log10() / 2.0_f64.log10();
    if km <= clear_km {
        return Some(most);
    }
    if km < twenty_km {
        let near = most_dbuv_m(0.0, clear_km, link.time_pct);
        let far = carried_on(figure.ten_and_twenty(twenty_km)?);
        return Some(near + (far - near) * (km / clear_km).log10() / (twenty_km / clear_km).log10());
    }
    let share = (km - twenty_km) / km;
    Some(carried_on((ten, twenty)) * (1.0 - share) + over_land * share)
}
