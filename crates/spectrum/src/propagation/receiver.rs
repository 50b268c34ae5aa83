//! What do the surroundings of both antennas do? Sections 9 to 12 of Annex 5.

use super::{Link, Place, fresnel_km, knife_edge_db, normal_exceeded_at};

/// Correction in dB for the height of the receiving antenna among what surrounds it (section 9).
pub(super) fn mobile_height_db(link: &Link, km: f64) -> f64 {
    let (height, frequency) = (link.mobile.height_m, link.frequency_mhz);
    let gain = 3.2 + 6.2 * frequency.log10();
    let over_ten = gain * (height / 10.0).log10();
    match link.mobile.place {
        Place::Rural => over_ten,
        Place::Sea if height >= 10.0 => over_ten,
        Place::Sea => {
            let (ten_km, own_km) =
                (fresnel_km(frequency, link.base.h1_m, 10.0), fresnel_km(frequency, link.base.h1_m, height));
            if km >= ten_km {
                over_ten
            } else if km <= own_km {
                0.0
            } else {
                over_ten * (km / own_km).log10() / (ten_km / own_km).log10()
            }
        }
        Place::Suburban | Place::Urban | Place::DenseUrban => among_houses_db(link, km, gain),
    }
}

/// The same in a town (27, 28a, 28b).
fn among_houses_db(link: &Link, km: f64, gain: f64) -> f64 {
    let metres = 1000.0 * km;
    let (height, frequency) = (link.mobile.height_m, link.frequency_mhz);
    // Seen from a high mast, houses are lower.
    let seen = ((metres * link.mobile.clutter_m - 15.0 * link.base.h1_m) / (metres - 15.0)).max(1.0);
    let correction = if height < seen {
        let below = seen - height;
        6.03 - knife_edge_db(clutter_nu(below, frequency))
    } else {
        gain * (height / seen).log10()
    };
    if seen < 10.0 { correction - gain * (10.0 / seen).log10() } else { correction }
}

/// The parameter of the knife edge that clutter makes which stands `above_m` metres over the antenna, 27 m away (28c, 28d).
fn clutter_nu(above_m: f64, frequency_mhz: f64) -> f64 {
    0.0108 * frequency_mhz.sqrt() * (above_m * (above_m / 27.0).atan().to_degrees()).sqrt()
}

/// Correction in dB for what stands around the transmitting antenna (section 10).
pub(super) fn base_clutter_db(link: &Link) -> f64 {
    let (Some(mast), Some(clutter)) = (link.base.above_ground_m, link.base.clutter_m) else { return 0.0 };
    let nu = clutter_nu((clutter - mast).abs(), link.frequency_mhz);
    -knife_edge_db(if clutter >= mast { nu } else { -nu })
}

/// Correction in dB for the angle in degrees by which terrain rises towards the transmitter (section 11).
pub(super) fn clearance_db(frequency_mhz: f64, angle_deg: f64) -> f64 {
    let root = frequency_mhz.sqrt();
    knife_edge_db(0.036 * root) - knife_edge_db(0.065 * angle_deg.clamp(0.55, 40.0) * root)
}

/// Correction in dB for a share of places other than half (section 12); none at sea.
pub(super) fn location_spread_db(link: &Link) -> f64 {
    if link.mobile.place == Place::Sea || (link.location_pct - 50.0).abs() < 1e-9 {
        return 0.0;
    }
    let sigma = (0.024 * link.frequency_mhz / 1000.0 + 0.52) * link.square_m.powf(0.28);
    normal_exceeded_at(link.location_pct / 100.0) * sigma
}
