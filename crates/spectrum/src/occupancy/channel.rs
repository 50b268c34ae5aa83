//! The channels of a plan: a list in a table, or a raster.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use crate::complaint::{Complaint, Place};
use crate::read::table::Table;

/// More channels than any plan has; a raster that asks for more is a mistake.
const CHANNELS_MOST: f64 = 100_000.0;
/// Radio ends at 3 THz, by the Radio Regulations.
const HIGHEST_HZ: f64 = 3e12;

/// One channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// What the plan calls it.
    pub name: String,
    /// Its lower edge, in Hz, inclusive.
    pub low_hz: f64,
    /// Its upper edge, in Hz, exclusive.
    pub high_hz: f64,
    /// The bandwidth that a signal in it occupies, in Hz.
    pub occupied_hz: f64,
}

impl Channel {
    /// A channel about a centre, whose signals are as wide as itself.
    ///
    /// # Errors
    /// When the frequencies make no channel: Chinese, English.
    pub fn about(name: impl Into<String>, centre_hz: f64, width_hz: f64) -> Result<Self, (String, String)> {
        let (low_hz, high_hz) = (centre_hz - width_hz / 2.0, centre_hz + width_hz / 2.0);
        if !(width_hz > 0.0 && low_hz >= 0.0 && low_hz < high_hz && high_hz <= HIGHEST_HZ) {
            return Err((
                format!("中心{centre_hz} Hz、宽{width_hz} Hz不成信道，请改正频率或宽度"),
                format!("a centre of {centre_hz} Hz and a width of {width_hz} Hz make no channel; correct one of them"),
            ));
        }
        Ok(Self { name: name.into(), low_hz, high_hz, occupied_hz: width_hz })
    }
}

/// Channels whose centres are `first_hz`, `first_hz + step_hz` and so on up to `last_hz` (inclusive), each `width_hz` wide. They are named
/// by their centre in MHz.
///
/// # Errors
/// When the numbers make no raster.
pub fn raster(first_hz: f64, last_hz: f64, step_hz: f64, width_hz: f64) -> Result<Vec<Channel>, Complaint> {
    let refused = |zh: String, en: String| Complaint::stopped(Place::Field("channels".into()), zh, en);
    // A centre may miss the last by rounding; a millionth of a step is no more than that.
    let steps = ((last_hz - first_hz) / step_hz + 1e-6).floor();
    if !(step_hz > 0.0 && (0.0..CHANNELS_MOST).contains(&steps)) {
        return Err(refused(
            format!("从{first_hz}到{last_hz} Hz、间隔{step_hz} Hz不成信道栅格（至多{CHANNELS_MOST}个信道）"),
            format!(
                "from {first_hz} to {last_hz} Hz in steps of {step_hz} Hz is no raster (at most {CHANNELS_MOST} channels)"
            ),
        ));
    }
    (0..=steps as u32)
        .map(|step| {
            let centre = first_hz + f64::from(step) * step_hz;
            Channel::about(format!("{:.6} MHz", centre / 1e6), centre, width_hz).map_err(|(zh, en)| refused(zh, en))
        })
        .collect()
}

/// Reads a list of channels: a table with the columns `name`, `centre_hz`, `width_hz`.
///
/// # Errors
/// At the first row that is no channel: a plan with a channel missing would be measured as another plan.
pub fn channels_csv<R: BufRead>(input: R) -> Result<Vec<Channel>, Complaint> {
    let [name, centre, width] = ["name", "centre_hz", "width_hz"].map(|name| [name.to_owned()]);
    let mut table = Table::open(input, &[&name, &centre, &width])?;
    let mut channels = Vec::new();
    while let Some((line, row)) = table.next().map_err(Complaint::ending)? {
        let refused = |(zh, en): (String, String)| Complaint::stopped(Place::Line(line), zh, en);
        let number = |field: usize, name: &str| {
            let text = row.field(field);
            text.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(|| {
                refused((
                    format!("列`{name}`的`{text}`不是数字，请填赫兹数"),
                    format!("`{text}` in column `{name}` is no number; give hertz"),
                ))
            })
        };
        let (centre, width) = (number(1, "centre_hz")?, number(2, "width_hz")?);
        channels.push(Channel::about(row.field(0), centre, width).map_err(refused)?);
    }
    if channels.is_empty() {
        return Err(Complaint::stopped(
            Place::Whole,
            "没有任何信道，请在表头下列出信道",
            "there is no channel in it; list channels below the headings",
        ));
    }
    Ok(channels)
}
