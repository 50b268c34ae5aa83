//! One row of a sweep table: a hop of `rtl_power`, a 5 MHz quarter of `hackrf_sweep`.

use super::Piece;
use crate::level::RelativeDb;
use crate::read::moment::{Clock, Fault};

/// Radio ends here, by the Radio Regulations: 3 THz.
const HIGHEST_HZ: f64 = 3e12;

/// Which program wrote the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `rtl_power`: the last value is written twice.
    RtlPower,
    /// `hackrf_sweep`: the bin width is rounded to hundredths of a hertz.
    Hackrf,
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// Nanoseconds since 1970 in UTC; `None` in formats without times.
    pub stamp_ns: Option<i64>,
    /// Where the row's first bin begins, in Hz.
    pub low_hz: f64,
    /// Where its last bin ends, in Hz (exclusive).
    pub high_hz: f64,
    /// Runs of bins with finite levels.
    pub pieces: Vec<Piece>,
    /// How many values were NaN or infinite.
    pub holes: usize,
}

/// Reads a row, or says what is wrong: Chinese, English.
pub(crate) fn read(text: &str, ended: bool, kind: Kind, clock: &Clock) -> Result<Row, Fault> {
    let mut fields = text.split(',').map(str::trim);
    let mut next = |zh: &str, en: &str| fields.next().ok_or_else(|| too_few(zh, en));
    let (date, time) = (next("日期", "date")?, next("时间", "time")?);
    let low_hz = number(next("起始频率", "lowest frequency")?)?;
    let high_hz = number(next("终止频率", "highest frequency")?)?;
    let step_hz = number(next("步进", "bin width")?)?;
    next("采样数", "number of samples")?;
    range(low_hz, high_hz, step_hz)?;
    let mut texts: Vec<&str> = fields.collect();
    // Some versions end each row with a comma.
    if texts.last() == Some(&"") {
        texts.pop();
    }
    let width_hz = bins(&mut texts, high_hz - low_hz, step_hz, kind, ended)?;
    let stamp_ns = Some(clock.read_local(date, time)?);
    let levels = texts.iter().map(|text| level(text)).collect::<Result<Vec<f32>, Fault>>()?;
    Ok(assemble(stamp_ns, low_hz, high_hz, width_hz, &levels))
}

/// Cuts a row's levels where they are not finite.
pub(crate) fn assemble(stamp_ns: Option<i64>, low_hz: f64, high_hz: f64, width_hz: f64, levels: &[f32]) -> Row {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut holes, mut open) = (0, false);
    for (index, level) in levels.iter().enumerate() {
        if !level.is_finite() {
            (holes, open) = (holes + 1, false);
            continue;
        }
        match pieces.last_mut() {
            Some(piece) if open => piece.levels.push(RelativeDb(*level)),
            _ => {
                let low_hz = low_hz + width_hz * index as f64;
                pieces.push(Piece { low_hz, bin_width_hz: width_hz, levels: vec![RelativeDb(*level)] });
            }
        }
        open = true;
    }
    Row { stamp_ns, low_hz, high_hz, pieces, holes }
}

/// Refuses frequencies that no receiver can have swept.
pub(crate) fn range(low_hz: f64, high_hz: f64, step_hz: f64) -> Result<(), Fault> {
    if !(low_hz >= 0.0 && high_hz > low_hz && high_hz <= HIGHEST_HZ) {
        return Err((
            format!("频率范围{low_hz}至{high_hz} Hz不成立，请检查扫频命令"),
            format!("the frequency range {low_hz} to {high_hz} Hz is none; check the command of the sweep"),
        ));
    }
    if !(step_hz > 0.0 && step_hz.is_finite()) {
        return Err((
            format!("频率步进为{step_hz} Hz，应大于0，请检查扫频命令"),
            format!("the bin width is {step_hz} Hz and must be more than 0; check the command of the sweep"),
        ));
    }
    Ok(())
}

/// Holds the number of values against the range, drops the value that is written twice, and gives the true bin width in Hz.
fn bins(texts: &mut Vec<&str>, span_hz: f64, step_hz: f64, kind: Kind, ended: bool) -> Result<f64, Fault> {
    let expected = span_hz / step_hz;
    let wrong = |found: usize| {
        Err((
            format!("有{found}个电平值，按频率范围应有{expected:.1}个，请检查文件是否被截断或改动"),
            format!(
                "there are {found} levels where the range asks for {expected:.1}; check whether the file was cut or changed"
            ),
        ))
    };
    let found = texts.len();
    match kind {
        Kind::RtlPower => {
            let doubled = found >= 2 && texts.last() == texts.get(found - 2);
            // With cropping (-c) a row may hold one bin more than its range asks for; a last line that was cut may not.
            let slack = if ended { 1.0 - 1e-6 } else { 1e-3 };
            if doubled && (found as f64 - 1.0 - expected).abs() < slack {
                texts.pop();
                return Ok(step_hz);
            }
            // Programs that imitate the format write no value twice. A last line that was cut cannot be one of theirs.
            let exact = ended && (found as f64 - expected).abs() < 1e-3 * expected.min(1.0);
            if exact { Ok(step_hz) } else { wrong(found) }
        }
        Kind::Hackrf => {
            let rounded = found > 0 && ended && (found as f64 - expected).abs() < 0.5;
            if rounded { Ok(span_hz / found as f64) } else { wrong(found) }
        }
    }
}

fn number(text: &str) -> Result<f64, Fault> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    let read = text.parse::<f64>().ok().filter(|_| digits);
    read.ok_or_else(|| {
        (
            format!("`{text}`不是数字，请检查文件是否损坏"),
            format!("`{text}` is no number; check whether the file is damaged"),
        )
    })
}

/// Reads one level in dB; `nan`, `-nan`, `inf` and `-inf` are what the programs print where they measured nothing.
fn level(text: &str) -> Result<f32, Fault> {
    text.parse::<f32>().map_err(|_| {
        (
            format!("电平`{text}`不是数字，请检查文件是否损坏"),
            format!("the level `{text}` is no number; check whether the file is damaged"),
        )
    })
}

fn too_few(zh: &str, en: &str) -> Fault {
    (format!("缺少{zh}，请检查文件是否被截断"), format!("the {en} is missing; check whether the file was cut"))
}
