//! What field does a transmitter of known power make at a place? The method of Recommendation ITU-R P.1546-6 (point to area,
//! 30 to 4,000 MHz, 1 to 1,000 km, 1 to 50 % of time), from its tabulated curves.
//!
//! Refuses inputs outside the ranges of the Recommendation. Numbers of equations and sections are those of its Annex 5.
//! The curves are data (figures 1 to 24 as numbers, with their source); nothing of them stands in this crate.

mod curves;
mod fault;
mod height;
mod receiver;
mod terrain;

pub use curves::{Curves, Surface};
pub use fault::Fault;
pub use height::base_height_m;
pub use terrain::{Profile, Sight};

use receiver::{base_clutter_db, clearance_db, location_spread_db, mobile_height_db};

/// What surrounds the receiving or mobile antenna.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Over the sea, or beside it with nothing in between.
    Sea,
    /// Open country.
    Rural,
    /// Low houses.
    Suburban,
    /// A town.
    Urban,
    /// The centre of a city.
    DenseUrban,
}

/// The transmitting or base end of a path.
#[derive(Clone, Copy, Debug)]
pub struct Base {
    /// Effective height h1 in metres: of section 3 ([`base_height_m`], or [`Profile::effective_height_m`] where terrain is known).
    pub h1_m: f64,
    /// Height of the antenna above ground in metres, where known.
    pub above_ground_m: Option<f64>,
    /// Representative height of what stands around the antenna, in metres, where known.
    pub clutter_m: Option<f64>,
    /// Height of the ground above the sea in metres (0 where terrain is not known).
    pub ground_m: f64,
}

/// The receiving or mobile end of a path.
#[derive(Clone, Copy, Debug)]
pub struct Mobile {
    /// Height of the antenna above ground in metres: 1 or more on land, 3 or more at sea.
    pub height_m: f64,
    /// Representative height of what stands around the antenna, in metres.
    pub clutter_m: f64,
    /// What surrounds the antenna.
    pub place: Place,
    /// Height of the ground above the sea in metres (0 where terrain is not known).
    pub ground_m: f64,
}

/// A path of which the field is asked.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Frequency in MHz, 30 to 4,000.
    pub frequency_mhz: f64,
    /// Share of time in per cent for which the field is exceeded, 1 to 50.
    pub time_pct: f64,
    /// Share of places in per cent at which the field is exceeded, 1 to 99.
    pub location_pct: f64,
    /// Side in metres of the square over which places vary (500 is usual).
    pub square_m: f64,
    /// Length of the path over land in km.
    pub land_km: f64,
    /// Length of the path over sea in km.
    pub sea_km: f64,
    /// Which sea, where there is one.
    pub sea: Surface,
    /// The transmitting end.
    pub base: Base,
    /// The receiving end.
    pub mobile: Mobile,
    /// Clearance angles of the terrain at both ends, where terrain is known.
    pub sight: Option<Sight>,
}

/// A predicted field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Field strength in dBuV/m for 1 kW effective radiated power.
    pub field_dbuv_m: f64,
    /// The most it may be (free space, with the enhancement over sea), in dBuV/m for 1 kW.
    pub maximum_dbuv_m: f64,
    /// Basic transmission loss in dB.
    pub loss_db: f64,
}

impl Field {
    /// Field strength in dBuV/m for an effective radiated power in kW.
    #[must_use]
    pub fn at_erp_dbuv_m(&self, erp_kw: f64) -> f64 {
        self.field_dbuv_m + 10.0 * erp_kw.log10()
    }
}

/// Field strength in free space in dBuV/m for 1 kW at a distance in km (2).
#[must_use]
pub fn free_space_dbuv_m(distance_km: f64) -> f64 {
    106.9 - 20.0 * distance_km.log10()
}

/// Basic transmission loss in dB of a field in dBuV/m made by 1 kW at a frequency in MHz (section 17).
#[must_use]
pub fn loss_db(field_dbuv_m: f64, frequency_mhz: f64) -> f64 {
    139.3 - field_dbuv_m + 20.0 * frequency_mhz.log10()
}

/// Most field in dBuV/m for 1 kW over a path of land and sea in km, for a share of time in per cent (1 to 3, and 42 for mixed paths).
fn most_dbuv_m(land_km: f64, sea_km: f64, time_pct: f64) -> f64 {
    let all_km = land_km + sea_km;
    let enhancement = 2.38 * (1.0 - (-all_km / 8.94).exp()) * (50.0 / time_pct).log10();
    free_space_dbuv_m(all_km) + sea_km / all_km * enhancement
}

/// Distance in km at which 0.6 of the first Fresnel zone is just clear over a smooth earth (section 18).
fn fresnel_km(frequency_mhz: f64, h1_m: f64, h2_m: f64) -> f64 {
    let h1_m = h1_m.max(0.0);
    let by_frequency = 0.000_038_9 * frequency_mhz * h1_m * h2_m;
    let by_horizon = 4.1 * (h1_m.sqrt() + h2_m.sqrt());
    (by_frequency * by_horizon / (by_frequency + by_horizon)).max(0.001)
}

/// Diffraction loss in dB of a knife edge (12a); nothing where it stands well below the line.
fn knife_edge_db(nu: f64) -> f64 {
    if nu <= -0.7806 {
        return 0.0;
    }
    let from = nu - 0.1;
    6.9 + 20.0 * ((from * from + 1.0).sqrt() + from).log10()
}

/// Inverse of the complementary cumulative normal distribution, by the rational approximation of section 16, for 0.01 to 0.99.
fn normal_exceeded_at(share: f64) -> f64 {
    let upper = |share: f64| {
        let t = (-2.0 * share.ln()).sqrt();
        let above = (0.010_328 * t + 0.802_853) * t + 2.515_517;
        let below = ((0.001_308 * t + 0.189_269) * t + 1.432_788) * t + 1.0;
        t - above / below
    };
    if share <= 0.5 { upper(share) } else { -upper(1.0 - share) }
}

/// Predicts the field of a path.
///
/// Refuses what lies outside the ranges of the Recommendation, and curves that lack a figure.
pub fn predict(curves: &Curves, link: &Link) -> Result<Field, Fault> {
    check(link)?;
    let distance_km = link.land_km + link.sea_km;
    // Below 1 km everything is worked out for 1 km, and carried on to short distances at the end (section 15).
    let curve_km = distance_km.max(1.0);
    let maximum = most_dbuv_m(link.land_km, link.sea_km, link.time_pct) + slope_db(link, distance_km);
    let mut field = over_surfaces(curves, link, curve_km, maximum)?;
    if let Some(sight) = link.sight {
        field += clearance_db(link.frequency_mhz, sight.mobile_deg);
        field = field.max(scatter_dbuv_m(link, curve_km, sight));
    }
    field += mobile_height_db(link, curve_km);
    field += base_clutter_db(link);
    field += slope_db(link, curve_km);
    if distance_km < 1.0 {
        field = short_dbuv_m(link, distance_km, field);
    }
    field += location_spread_db(link);
    let field = field.min(maximum);
    Ok(Field { field_dbuv_m: field, maximum_dbuv_m: maximum, loss_db: loss_db(field, link.frequency_mhz) })
}

/// Joins the fields over land and over sea of a mixed path (section 8).
fn over_surfaces(curves: &Curves, link: &Link, km: f64, maximum: f64) -> Result<f64, Fault> {
    let over = |surface| curves.field_dbuv_m(surface, link, km, maximum);
    if link.sea_km <= 0.0 {
        return over(Surface::Land);
    }
    if link.land_km <= 0.0 {
        return over(link.sea);
    }
    let (land, sea) = (over(Surface::Land)?, over(link.sea)?);
    let share = link.sea_km / (link.land_km + link.sea_km);
    let power = (1.0 + (sea - land) / 40.0).max(1.0);
    let weight = (1.0 - (1.0 - share).powf(2.0 / 3.0)).powf(power);
    Ok((1.0 - weight) * land + weight * sea)
}

/// Field in dBuV/m for 1 kW by scatter in the troposphere (35, 36).
fn scatter_dbuv_m(link: &Link, km: f64, sight: Sight) -> f64 {
    const EARTH_KM: f64 = 6370.0;
    let angle_deg = ((km / (4.0 / 3.0 * EARTH_KM)).to_degrees() + sight.base_deg + sight.mobile_deg).max(0.0);
    let log_f = link.frequency_mhz.log10();
    let by_frequency = 5.0 * log_f - 2.5 * (log_f - 3.3).powi(2);
    let by_time = 10.1 * (-(0.02 * link.time_pct).log10()).max(0.0).powf(0.7);
    24.4 - 20.0 * km.log10() - 10.0 * angle_deg - by_frequency + 0.15 * 325.0 + by_time
}

/// Distance in km along the slope between both antennas (37).
fn slope_km(link: &Link, km: f64) -> f64 {
    let base_m = link.base.above_ground_m.unwrap_or(link.mobile.height_m) + link.base.ground_m;
    let rise_m = base_m - (link.mobile.height_m + link.mobile.ground_m);
    km.hypot(rise_m / 1000.0)
}

/// Correction in dB for the slope between both antennas (section 14); nothing where the height of the mast is not known.
fn slope_db(link: &Link, km: f64) -> f64 {
    if link.base.above_ground_m.is_none() { 0.0 } else { 20.0 * (km / slope_km(link, km)).log10() }
}

/// Field in dBuV/m for 1 kW at less than 1 km (section 15); `field` is that at 1 km.
fn short_dbuv_m(link: &Link, km: f64, field: f64) -> f64 {
    const CLEAR_KM: f64 = 0.04;
    let slope = slope_km(link, km);
    if km <= CLEAR_KM {
        return free_space_dbuv_m(slope);
    }
    let (near, far) = (slope_km(link, CLEAR_KM), slope_km(link, 1.0));
    let clear = free_space_dbuv_m(near);
    clear + (field - clear) * (slope / near).log10() / (far / near).log10()
}

/// Refuses what the Recommendation does not cover.
fn check(link: &Link) -> Result<(), Fault> {
    let km = link.land_km + link.sea_km;
    within("frequency_mhz", link.frequency_mhz, 30.0, 4000.0)?;
    within("time_pct", link.time_pct, 1.0, 50.0)?;
    within("location_pct", link.location_pct, 1.0, 99.0)?;
    within("square_m", link.square_m, 1.0, 10_000.0)?;
    within("land_km", link.land_km, 0.0, 1000.0)?;
    within("sea_km", link.sea_km, 0.0, 1000.0)?;
    within("land_km + sea_km", km, 0.001, 1000.0)?;
    let lowest_h1 = if link.sea_km > 0.0 { 1.0 } else { -3000.0 };
    within("h1_m", link.base.h1_m, lowest_h1, 3000.0)?;
    let lowest_h2 = if link.mobile.place == Place::Sea { 3.0 } else { 1.0 };
    within("mobile.height_m", link.mobile.height_m, lowest_h2, 3000.0)?;
    within("mobile.clutter_m", link.mobile.clutter_m, 0.0, 1000.0)?;
    within("base.clutter_m", link.base.clutter_m.unwrap_or(0.0), 0.0, 1000.0)?;
    within("base.above_ground_m", link.base.above_ground_m.unwrap_or(0.0), 0.0, 3000.0)?;
    if link.sea_km > 0.0 && link.sea == Surface::Land {
        return Err(Fault::SeaIsLand);
    }
    Ok(())
}

/// Refuses a number outside a range (both ends included), and what is not a number.
fn within(field: &'static str, value: f64, least: f64, most: f64) -> Result<(), Fault> {
    if value >= least && value <= most { Ok(()) } else { Err(Fault::Outside { field, value, least, most }) }
}
