//! Is a level relative or absolute? The type says it, so that nobody writes dBm where nothing was calibrated.
//!
//! There is deliberately no arithmetic between the two and no `From`: the one way from [`RelativeDb`] to [`Dbm`] goes through
//! [`calibration`](crate::calibration).

/// A level in dB against an unknown reference that is constant for one receiver and setting (often: its full scale).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RelativeDb(pub f32);

/// A calibrated power in dBm at the antenna connector.
///
/// ```compile_fail
/// # use guiju_spectrum::level::{Dbm, RelativeDb};
/// let uncalibrated: Dbm = RelativeDb(-30.0); // no way but through a calibration table
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, serde::Serialize)]
#[serde(transparent)]
pub struct Dbm(f32);

impl Dbm {
    /// Only a calibration makes it.
    pub(crate) fn calibrated(dbm: f32) -> Self {
        Self(dbm)
    }

    /// Gives the number, in dBm.
    pub fn dbm(self) -> f32 {
        self.0
    }
}
