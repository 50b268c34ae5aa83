//! `radio.yaml` as it is written: how signals are found, matched with assignments and scored. Whole numbers, so that a rule reads as it acts.

use schemars::JsonSchema;
use serde::Deserialize;

/// radio.yaml：监测信号怎样发现、比对、评分。How signals are found, matched and scored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RadioRules {
    /// 从频谱中发现信号。Finding signals in spectra.
    pub watching: WatchingRules,
    /// 与频率指配比对。Matching with assignments.
    pub matching: MatchingRules,
    /// 合并各站、评分。Putting stations together, and scoring.
    pub finding: FindingRules,
    /// 信道占用度。Occupancy of channels.
    pub occupancy: OccupancyRules,
    /// 按各站电平估计位置。Estimating a place from levels at stations.
    pub locating: LocatingRules,
    /// 监测站状态。The state of stations.
    pub health: HealthRules,
}

/// 从频谱中发现信号。
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WatchingRules {
    /// 一组平均的扫描次数。Sweeps of a block.
    pub block_sweeps: u32,
    /// 一个电平值已是多少次平均。Averages that one level already is.
    pub averages: u32,
    /// 噪声被当成信号的概率：多少分之一。One bin of noise in so many is taken for a signal.
    pub false_alarm_one_in: u64,
    /// 至少高出噪声多少分贝。Decibels over the floor, at least.
    pub least_db: u32,
    /// 两峰之间的谷至少低多少分贝才算两个信号。A valley this deep parts two signals.
    pub valley_db: u32,
    /// 最窄的信号（赫兹）。The narrowest signal.
    pub narrowest_hz: u64,
    /// 相距多近算同一信号（赫兹）。Signals this near are one.
    pub same_hz: u64,
    /// 至少出现多少次扫描。Sweeps that a signal is seen in, at least.
    pub sweeps_least: u64,
}

/// 与频率指配比对。
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchingRules {
    /// 中心频率的测量误差（频率间隔数）。Uncertainty of a centre, in bins.
    pub centre_uncertainty_bins: u32,
    /// 带宽可以超出核定的百分之几。Per cent by which a bandwidth may exceed the assigned one.
    pub bandwidth_excess_percent: u32,
    /// 多远以内的指配才可能被测到（公里）。Reach of an assignment.
    pub reach_km: u32,
    /// 场强与预测相差多少个标准差以内。Deviations by which a field may differ from the prediction.
    pub field_sigmas: u32,
    /// 预测的标准差（分贝）。Deviation of predictions.
    pub field_sigma_db: u32,
    /// 最多比对几条指配。Candidates looked at.
    pub candidates_most: u32,
}

/// 合并各站、评分。
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingRules {
    /// 各站相距多近算同一信号（赫兹）。Signals of two stations this near are one.
    pub same_hz: u64,
    /// 频率栅格（赫兹）。The raster.
    pub raster_hz: u64,
    /// 偏离栅格多少才算偏离（赫兹）。From here a centre is off the raster.
    pub off_raster_hz: u64,
    /// 漂移多少才算漂移（赫兹）。From here a centre drifts.
    pub drift_hz: u64,
    /// 各站电平相差多少才算在某站附近（分贝）。From here a transmitter is near one station.
    pub local_db: u32,
    /// 各项理由的分数。Points for each reason.
    pub points: FindingPoints,
    /// 多少分以上是线索。Points of a lead.
    pub lead_at: u32,
    /// 多强的信号才可能在接收机里互调（分贝）。Signals this strong may make products.
    pub parents_db: u32,
    /// 互调产物至少低多少分贝。Products stand this far below.
    pub product_below_db: u32,
    /// 听了多少小时没有听到才算停用。Hours after which an assignment that was never heard is silent.
    pub silent_hours: u32,
}

/// 各项理由的分数。
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingPoints {
    /// 没有指配。No assignment.
    pub unmatched: u32,
    /// 偏离栅格。Off the raster.
    pub off_raster: u32,
    /// 定时开关。By the clock.
    pub timer: u32,
    /// 在某站附近。Near one station.
    pub local: u32,
    /// 频率漂移。Drifting.
    pub drift: u32,
}

/// 信道占用度。
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OccupancyRules {
    /// 高出噪声多少分贝算占用。A channel is occupied from so many decibels over the noise.
    pub over_floor_db: u32,
    /// 置信区间：90、95 或 99。The confidence of intervals: 90, 95 or 99.
    pub confidence_percent: u32,
}

/// 按各站电平估计位置。
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocatingRules {
    /// 路径损耗指数（十分之一）。Path-loss exponent, in tenths.
    pub exponent_tenths: u32,
    /// 电平的标准差（分贝）。Deviation of a level.
    pub sigma_db: u32,
    /// 在监测站以外多远搜索（公里）。How far beyond the stations is searched.
    pub margin_km: u32,
}

/// 监测站状态。
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthRules {
    /// 多少小时没有数据包算失联。Silent after so many hours without a package.
    pub silent_hours: u32,
    /// 站钟偏差多少毫秒起提醒。Clock offsets from here on are pointed out.
    pub clock_ms: u32,
}
