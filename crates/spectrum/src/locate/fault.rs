//! Why can no place be told?

/// Why a transmitter could not be located.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// Too few readings are left.
    #[error("{left} usable readings are left, and {needed} are needed; add receivers or wait for more")]
    TooFew {
        /// How many are left.
        left: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The receivers stand so that no point is fixed.
    #[error(
        "the receivers stand so that the readings fix no point (all in one line or one place); add one to the side"
    )]
    Geometry,
    /// A search area is empty or not a number.
    #[error("the search area is empty; `west_m` < `east_m` and `south_m` < `north_m` must hold")]
    Area,
    /// A reading's standard deviation is not a positive number.
    #[error("reading {index}: the standard deviation has to be a positive number")]
    Sigma {
        /// Which reading, from 0.
        index: usize,
    },
    /// A reading is not a number.
    #[error("reading {index}: a position or a value is not a number; drop it first")]
    NotANumber {
        /// Which reading, from 0.
        index: usize,
    },
}

impl Fault {
    /// The same in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::TooFew { left, needed } => {
                format!("可用的读数只剩 {left} 个，至少需要 {needed} 个；请增加接收机或等待更多读数")
            }
            Self::Geometry => "接收机位于一条直线或同一处，读数无法确定位置；请在侧面增设接收机".to_owned(),
            Self::Area => "搜索区域为空；西界须小于东界，南界须小于北界".to_owned(),
            Self::Sigma { index } => format!("第 {index} 个读数（从 0 起）的标准差须为正数"),
            Self::NotANumber { index } => format!("第 {index} 个读数（从 0 起）的位置或数值不是数，请先剔除"),
        }
    }
}
