//! Which emissions may only be the outskirts of a stronger one beside them?
//!
//! A modulation does not end at its bandwidth: a strong GMSK signal shows shoulders forty decibels down that are detected by themselves.
//! They are marked and not dropped, because a weak transmitter beside a strong one looks the same in one spectrum.

use super::{Emission, X_DB_RATIO};

/// Where the out-of-band domain ends and the spurious one begins, in bandwidths from the centre (ITU-R SM.1539: 250 %).
const REACH_BANDWIDTHS: f64 = 2.5;

/// Tells for each emission whether it lies in the out-of-band domain of a stronger one and at least 26 dB below its strongest bin.
#[must_use]
pub fn outskirts(emissions: &[Emission]) -> Vec<bool> {
    let outskirt_of = |one: &Emission, strong: &Emission| {
        one.peak_per_hz <= strong.peak_per_hz * X_DB_RATIO
            && (one.centre_hz - strong.centre_hz).abs() <= REACH_BANDWIDTHS * strong.bandwidth_99_hz
    };
    emissions.iter().map(|one| emissions.iter().any(|strong| outskirt_of(one, strong))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emission(centre_hz: f64, peak_per_hz: f64) -> Emission {
        Emission {
            centre_hz,
            bandwidth_99_hz: 2e5,
            bandwidth_26_db_hz: None,
            power: 1.0,
            peak_per_hz,
            peak_to_floor: 10.0,
            first_bin: 1,
            end_bin: 2,
            dc_suspect: false,
            cut_off: false,
        }
    }

    #[test]
    fn only_what_is_both_near_and_much_weaker_is_an_outskirt() {
        let strong = emission(98e6, 1.0);
        let marked = |centre_hz, peak| outskirts(&[emission(centre_hz, peak), strong.clone()]);
        assert_eq!(marked(98.3e6, 0.0025), [true, false]);
        assert_eq!(marked(97.5e6, 0.0025), [true, false], "the reach is inclusive");
        assert_eq!(marked(98.3e6, 0.0026), [false, false], "a neighbour less than 26 dB weaker is one of its own");
        assert_eq!(marked(98.51e6, 0.0001), [false, false], "beyond 250 % of the bandwidth");
    }
}
