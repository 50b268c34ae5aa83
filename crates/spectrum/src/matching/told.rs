//! Deviations and outcomes as people read them.

use super::{Deviation, Outcome};

impl Deviation {
    /// In Chinese, with its numbers.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Centre { off_hz, allowed_hz } => {
                format!("中心频率偏离{:.1} kHz，容许{:.1} kHz", off_hz / 1e3, allowed_hz / 1e3)
            }
            Self::Bandwidth { measured_hz, assigned_hz } => {
                format!("占用带宽{:.1} kHz，核定{:.1} kHz", measured_hz / 1e3, assigned_hz / 1e3)
            }
            Self::Expired { .. } => "当时不在指配有效期内".to_owned(),
            Self::Field { measured_dbuv_m, predicted_dbuv_m } => {
                format!("场强{measured_dbuv_m:.1} dBµV/m，按指配预测{predicted_dbuv_m:.1} dBµV/m")
            }
        }
    }

    /// In English, with its numbers.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Centre { off_hz, allowed_hz } => {
                format!("its centre is off by {:.1} kHz, {:.1} kHz are allowed", off_hz / 1e3, allowed_hz / 1e3)
            }
            Self::Bandwidth { measured_hz, assigned_hz } => {
                format!("{:.1} kHz wide, assigned are {:.1} kHz", measured_hz / 1e3, assigned_hz / 1e3)
            }
            Self::Expired { .. } => "the assignment was not valid then".to_owned(),
            Self::Field { measured_dbuv_m, predicted_dbuv_m } => {
                format!("{measured_dbuv_m:.1} dBuV/m where the assignment makes {predicted_dbuv_m:.1} dBuV/m")
            }
        }
    }
}

impl Outcome {
    /// What it is called: Chinese, English.
    #[must_use]
    pub fn title(&self) -> (&'static str, &'static str) {
        match self {
            Self::Conforming { .. } => ("符合指配", "Conforming"),
            Self::Deviating { .. } => ("偏离指配", "Deviating"),
            Self::Unlicensed { .. } => ("没有指配", "No assignment"),
        }
    }
}
