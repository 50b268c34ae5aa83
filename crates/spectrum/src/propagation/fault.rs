//! What can be wrong with curves, profiles and questions about fields?

/// Why no field can be told.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A number lies outside what the Recommendation covers.
    #[error("`{field}` is {value}; ITU-R P.1546-6 holds for {least} to {most} only")]
    Outside {
        /// Which input.
        field: &'static str,
        /// What it was.
        value: f64,
        /// Least permitted, included.
        least: f64,
        /// Most permitted, included.
        most: f64,
    },
    /// A path over sea does not say which sea.
    #[error("the path crosses the sea, but its kind of sea is land; say cold or warm sea")]
    SeaIsLand,
    /// A line of a file of curves or of a profile cannot be read.
    #[error("{file}, line {line}, column {column}: `{text}` is not {en}; mend the line")]
    Line {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What stands there.
        text: String,
        /// What should stand there.
        en: &'static str,
        /// The same in Chinese.
        zh: &'static str,
    },
    /// The curves lack a figure or a distance.
    #[error("the curves lack the figure for {frequency_mhz} MHz, {time_pct} % of time, {surface}; use the whole table")]
    Missing {
        /// Nominal frequency in MHz.
        frequency_mhz: u32,
        /// Nominal share of time in per cent.
        time_pct: u32,
        /// Land, cold sea or warm sea.
        surface: &'static str,
    },
    /// A terrain profile is too short, or goes back.
    #[error("the profile needs at least two points with growing distances; point {point} breaks this")]
    Profile {
        /// The point, from 1.
        point: usize,
    },
}

impl Fault {
    /// The same in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Outside { field, value, least, most } => {
                format!("「{field}」为 {value}，ITU-R P.1546-6 仅适用于 {least} 至 {most}，请更正")
            }
            Self::SeaIsLand => "路径经过海面，但海面类型填成了陆地；请注明冷海或暖海".to_owned(),
            Self::Line { file, line, column, text, zh, .. } => {
                format!("{file} 第 {line} 行第 {column} 列：「{text}」不是{zh}，请改正该行")
            }
            Self::Missing { frequency_mhz, time_pct, surface } => {
                format!("曲线表缺少 {frequency_mhz} MHz、时间百分比 {time_pct} %、{surface} 的曲线，请使用完整的表")
            }
            Self::Profile { point } => format!("地形剖面至少要有两个点且距离递增，第 {point} 个点不符合"),
        }
    }
}
