//! What can be wrong with the settings of a spectrum, a floor or a detector: each says the value, what is wrong and what to do.

use thiserror::Error;

/// A setting, or the amount of data, that no honest spectrum or threshold can be computed from.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SpectraFault {
    /// The sample rate is zero, negative or not a number.
    #[error(
        "采样率 {hertz} Hz 无效：须为大于 0 的有限数，请改正文件或任务中的采样率 / the sample rate {hertz} Hz is not usable: \
         it must be finite and above 0; correct it in the file or the task"
    )]
    SampleRate {
        /// The rate that was given, in Hz.
        hertz: f64,
    },
    /// The centre frequency is negative or not a number.
    #[error(
        "中心频率 {hertz} Hz 无效：须为不小于 0 的有限数 / the centre frequency {hertz} Hz is not usable: it must be finite and \
         not negative"
    )]
    Centre {
        /// The frequency that was given, in Hz.
        hertz: f64,
    },
    /// The number of bins is out of range.
    #[error(
        "谱线数 {bins} 超出范围：请取 {least} 至 {most} / {bins} bins are out of range: choose from {least} to {most}, both \
         included"
    )]
    Bins {
        /// The number that was given.
        bins: usize,
        /// The least lawful number.
        least: usize,
        /// The greatest lawful number.
        most: usize,
    },
    /// Segments overlap wholly, so that the reading would never move on.
    #[error(
        "重叠 {overlap} 个采样点须小于段长 {bins} / an overlap of {overlap} samples must be smaller than the segment of {bins}; \
         choose a smaller overlap"
    )]
    Overlap {
        /// The overlap that was given, in samples.
        overlap: usize,
        /// The segment, in samples.
        bins: usize,
    },
    /// Samples of another encoding than the method was made for.
    #[error(
        "此频谱按 {made_for} 格式建立，不能加入复数采样 / this spectrum was made for {made_for}; complex samples need one made for \
         cf32_le"
    )]
    Format {
        /// The encoding that the method was made for.
        made_for: String,
    },
    /// A number of looks (averages) below one.
    #[error("平均次数 {looks} 无效：至少为 1 / {looks} looks are not usable: at least 1 is needed")]
    Looks {
        /// The number that was given.
        looks: f64,
    },
    /// A probability that is not strictly between 0 and the greatest allowed.
    #[error(
        "概率 {probability} 无效：须大于 0 且小于 {below} / the probability {probability} is not usable: it must lie between 0 \
         and {below}, both excluded"
    )]
    Probability {
        /// The probability that was given.
        probability: f64,
        /// The bound that it must stay below.
        below: f64,
    },
    /// Too few bins for what is asked.
    #[error(
        "只有 {have} 条谱线，至少需要 {need} 条 / only {have} bins where {need} are needed; use a wider band or fewer cells"
    )]
    TooFew {
        /// Bins at hand.
        have: usize,
        /// Bins needed.
        need: usize,
    },
    /// Two series that must be equally long are not.
    #[error(
        "长度不一致：{left} 与 {right} / lengths differ: {left} and {right}; both must come from the same spectrum"
    )]
    Lengths {
        /// Length of the first.
        left: usize,
        /// Length of the second.
        right: usize,
    },
    /// A power that is negative or not a number.
    #[error(
        "第 {bin} 条谱线的功率 {power} 无效：须为不小于 0 的有限数 / the power {power} of bin {bin} (counted from 0) is not \
         usable: it must be finite and not negative"
    )]
    Power {
        /// Index of the bin, from 0.
        bin: usize,
        /// The power that was given, linear.
        power: f64,
    },
    /// No whole segment was read.
    #[error(
        "采样不足一段（{samples}/{needed}），没有可用的频谱；其中 {refused} 段含非数值而被弃用 / not one whole segment was usable \
         ({samples} samples, a segment needs {needed}); {refused} segments were refused for values that are not numbers"
    )]
    NoSpectrum {
        /// Samples read.
        samples: u64,
        /// Samples in a segment.
        needed: usize,
        /// Segments refused for NaN or infinity.
        refused: u64,
    },
    /// A threshold of occupancy that lies too near to the floor, or is no number.
    #[error(
        "占用门限 {decibels} dB 无效：须为有限数，按底噪计时至少高出 {least} dB / the threshold of occupancy of {decibels} dB is not \
         usable: it must be finite, and over the floor it must be at least {least} dB"
    )]
    OverFloor {
        /// The threshold that was given, in dB.
        decibels: f64,
        /// The least over the floor, in dB.
        least: f64,
    },
    /// A longest revisit that is not positive.
    #[error("最长重访时间 {ns} 纳秒无效：须大于 0 / a longest revisit of {ns} ns is not usable: it must be above 0")]
    Revisit {
        /// The time that was given, in ns.
        ns: i64,
    },
    /// The reference cells depend on one another where the rule needs independent ones.
    #[error(
        "参考单元相隔 {stride} 条谱线仍相关，此窗须至少相隔 {needed} 条 / reference cells {stride} bins apart still depend on one \
         another; this window needs a stride of at least {needed}"
    )]
    Dependent {
        /// The stride that was given, in bins.
        stride: usize,
        /// The least stride at which cells are independent.
        needed: usize,
    },
}

/// Refuses a probability outside the open interval from 0 to `below`.
pub(crate) fn probability(value: f64, below: f64) -> Result<f64, SpectraFault> {
    if value > 0.0 && value < below { Ok(value) } else { Err(SpectraFault::Probability { probability: value, below }) }
}

/// Refuses fewer than one look.
pub(crate) fn looks(value: f64) -> Result<f64, SpectraFault> {
    if value.is_finite() && value >= 1.0 { Ok(value) } else { Err(SpectraFault::Looks { looks: value }) }
}
