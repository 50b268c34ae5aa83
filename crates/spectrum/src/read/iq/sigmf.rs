//! SigMF recordings (schema v1.2.5): a JSON file that describes, a data file that is hashed before a sample is given.
//!
//! Refuses what it cannot read rightly: other major versions, several channels, extensions that the recording needs and this
//! reader does not know, a hash that is wrong, a sample rate of 0. What it does not know and need not know it passes over.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha512};

use super::checked_rate;
use super::convert::{Encoding, SampleKind};
use super::source::{Blocks, Capture, Layout};
use crate::complaint::{Complaint, Place};
use crate::read::moment::Clock;

/// The longest description that is read, in bytes.
const META_MOST: u64 = 64 << 20;

/// The highest index of a first sample: at 10^12 samples a second, 53 days.
const OFFSET_MOST: u64 = 1 << 62;

/// What a recording may leave unsaid.
#[derive(Debug, Clone)]
pub struct SigmfOptions {
    /// The sample rate of recordings that state none, in samples a second.
    pub sample_rate_hz: Option<f64>,
    /// Which times are believed.
    pub clock: Clock,
}

/// Whether the data were held against a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashCheck {
    /// The SHA-512 of the data file is the one that is stated.
    Agrees,
    /// The recording states none, so the data prove nothing about themselves.
    NotStated,
}

/// A recording whose description was read and whose data file was hashed.
#[derive(Debug)]
pub struct Sigmf {
    /// The data file.
    pub data: PathBuf,
    /// What came of the hash.
    pub hash: HashCheck,
    layout: Layout,
    captures: Vec<(u64, Capture)>,
}

#[derive(Deserialize)]
struct Meta {
    global: Global,
    captures: Vec<CaptureMeta>,
    #[serde(rename = "annotations")]
    _annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Global {
    #[serde(rename = "core:datatype")]
    datatype: String,
    #[serde(rename = "core:version")]
    version: String,
    #[serde(rename = "core:sample_rate")]
    sample_rate: Option<f64>,
    #[serde(rename = "core:sha512")]
    sha512: Option<String>,
    #[serde(rename = "core:num_channels", default = "one")]
    num_channels: u64,
    #[serde(rename = "core:offset", default)]
    offset: u64,
    #[serde(rename = "core:dataset")]
    dataset: Option<String>,
    #[serde(rename = "core:metadata_only", default)]
    metadata_only: bool,
    #[serde(rename = "core:trailing_bytes", default)]
    trailing_bytes: u64,
    #[serde(rename = "core:extensions", default)]
    extensions: Vec<Extension>,
}

#[derive(Deserialize)]
struct Extension {
    name: String,
    optional: bool,
}

#[derive(Deserialize)]
struct CaptureMeta {
    #[serde(rename = "core:sample_start")]
    sample_start: u64,
    #[serde(rename = "core:frequency")]
    frequency: Option<f64>,
    #[serde(rename = "core:datetime")]
    datetime: Option<String>,
    #[serde(rename = "core:header_bytes", default)]
    header_bytes: u64,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(rename = "core:sample_start")]
    _sample_start: u64,
}

fn one() -> u64 {
    1
}

impl Sigmf {
    /// Reads the `.sigmf-meta` file and hashes the data file. Complaints name the description's field.
    pub fn open(meta: &Path, options: &SigmfOptions) -> Result<Self, Complaint> {
        let source = meta.display().to_string();
        Self::read(meta, options).map_err(|complaint| complaint.of(source))
    }

    fn read(path: &Path, options: &SigmfOptions) -> Result<Self, Complaint> {
        let unreadable = |fault| Complaint::unreadable(Place::Whole, &fault);
        let meta = File::open(path).map_err(unreadable)?;
        let meta: Meta =
            serde_json::from_reader(BufReader::new(meta).take(META_MOST)).map_err(|fault| malformed(&fault))?;
        meta.global.acceptable()?;
        let encoding = encoding(&meta.global.datatype)?;
        let rate = meta.global.sample_rate.or(options.sample_rate_hz).ok_or_else(|| {
            field(
                "core:sample_rate",
                "没有写明采样率，请由录制者补上或另行给出",
                "no sample rate is stated; have the recorder add it, or give it beside",
            )
        })?;
        let sample_rate_hz = checked_rate(rate, Place::Field("global.core:sample_rate".into()))?;
        let data = meta.global.data_file(path)?;
        let captures = captures(&meta, &options.clock)?;
        let bytes = std::fs::metadata(&data).map_err(|fault| no_data(&data, &fault))?.len();
        let headers: u64 = captures.iter().fold(0, |sum, (_, capture)| capture.header_bytes.saturating_add(sum));
        let samples_bytes = bytes.saturating_sub(headers).saturating_sub(meta.global.trailing_bytes);
        let size = encoding.sample_bytes() as u64;
        let rest = samples_bytes % size;
        if rest > 0 && meta.global.trailing_bytes > 0 {
            return Err(field(
                "core:trailing_bytes",
                &format!("除去首尾附加字节后余{rest}字节不足一个样点，无法定位样点，请重新取得原件"),
                &format!(
                    "{rest} bytes beside headers and trailer make no whole sample, so samples cannot be placed; fetch the original again"
                ),
            ));
        }
        // A rest without a trailer is left to the reader to complain of.
        let samples = if rest == 0 { Some(samples_bytes / size) } else { None };
        let hash = hash(&data, meta.global.sha512.as_deref())?;
        let layout = Layout { encoding, sample_rate_hz, first_sample: meta.global.offset, samples };
        Ok(Self { data, hash, layout, captures })
    }

    /// Reads the samples from the beginning.
    pub fn blocks(&self) -> Result<Blocks<BufReader<File>>, Complaint> {
        let file = File::open(&self.data).map_err(|fault| no_data(&self.data, &fault))?;
        Ok(Blocks::new(BufReader::new(file), self.layout, self.captures.clone()))
    }
}

impl Global {
    fn acceptable(&self) -> Result<(), Complaint> {
        if !self.version.starts_with("1.") {
            let version = &self.version;
            return Err(field(
                "core:version",
                &format!("版本`{version}`不是1.x，无法保证读得正确，请转换为SigMF 1.2"),
                &format!("version `{version}` is not 1.x and may be misread; convert it to SigMF 1.2"),
            ));
        }
        if self.offset > OFFSET_MOST {
            let offset = self.offset;
            return Err(field(
                "core:offset",
                &format!("起始样点序号{offset}过大，请核对"),
                &format!("the first sample cannot be number {offset}; check it"),
            ));
        }
        if self.num_channels != 1 {
            let channels = self.num_channels;
            return Err(field(
                "core:num_channels",
                &format!("有{channels}个通道，只读单通道，请按通道拆成多份录制"),
                &format!("there are {channels} channels and only one is read; split the recording by channels"),
            ));
        }
        // No extension is known here, so only those that may be passed over are accepted.
        if let Some(needed) = self.extensions.iter().find(|extension| !extension.optional) {
            let name = &needed.name;
            return Err(field(
                "core:extensions",
                &format!("录制必需扩展`{name}`，本程序不认识，请转换为不需要它的录制"),
                &format!(
                    "the recording needs the extension `{name}`, which is not known here; convert it to one that does not"
                ),
            ));
        }
        Ok(())
    }

    /// Finds the data file beside the description. A name with a path in it is refused.
    fn data_file(&self, meta: &Path) -> Result<PathBuf, Complaint> {
        let Some(name) = &self.dataset else {
            if self.metadata_only {
                return Err(field("core:metadata_only", "只有说明而没有样点", "this is a description without samples"));
            }
            return Ok(meta.with_extension("sigmf-data"));
        };
        if name.is_empty() || name == ".." || name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|', '\0']) {
            return Err(field(
                "core:dataset",
                &format!("数据文件名`{name}`不得含路径，数据应与说明放在同一目录"),
                &format!("the data file's name `{name}` must hold no path; data lie beside their description"),
            ));
        }
        Ok(meta.with_file_name(name))
    }
}

/// Reads `cf32_le` and its like.
fn encoding(datatype: &str) -> Result<Encoding, Complaint> {
    let refused = || {
        field(
            "core:datatype",
            &format!("不支持样点类型`{datatype}`，只读u8、i8、i16、f32的复数（c）或实数（r）"),
            &format!("samples of type `{datatype}` are not read; only complex (c) or real (r) u8, i8, i16 and f32 are"),
        )
    };
    let (number, big_endian) = match datatype.split_once('_') {
        Some((number, "le")) => (number, false),
        Some((number, "be")) => (number, true),
        Some(_) => return Err(refused()),
        None => (datatype, false),
    };
    let (real, number) = match number.split_at_checked(1) {
        Some(("c", number)) => (false, number),
        Some(("r", number)) => (true, number),
        _ => return Err(refused()),
    };
    let kind = match number {
        "u8" => SampleKind::U8,
        "i8" => SampleKind::I8,
        "i16" => SampleKind::I16,
        "f32" => SampleKind::F32,
        _ => return Err(refused()),
    };
    Ok(Encoding { kind, big_endian, real })
}

/// Puts the captures in form; a recording without any has one that says nothing.
fn captures(meta: &Meta, clock: &Clock) -> Result<Vec<(u64, Capture)>, Complaint> {
    let mut found: Vec<(u64, Capture)> = Vec::new();
    for (index, capture) in meta.captures.iter().enumerate() {
        let place = |name: &str| Place::Field(format!("captures[{index}].core:{name}"));
        let earliest = found.last().map_or(meta.global.offset, |(start, _)| *start);
        if capture.sample_start < earliest {
            return Err(Complaint::stopped(
                place("sample_start"),
                "起点早于前一段或数据起点，请按样点次序排列",
                "it begins before the capture or the data before it; put captures in order of samples",
            ));
        }
        let believe = |text: &String| {
            let stamp = text.parse::<jiff::Timestamp>().map_err(|_| {
                (
                    format!("无法读出时间`{text}`，应为`2024-05-01T00:00:00Z`"),
                    format!("cannot read the time `{text}`; it should look like `2024-05-01T00:00:00Z`"),
                )
            })?;
            clock.believe(stamp, text)
        };
        let start_ns = capture.datetime.as_ref().map(believe).transpose();
        let start_ns = start_ns.map_err(|(zh, en)| Complaint::stopped(place("datetime"), zh, en))?;
        let held =
            Capture { centre_hz: capture.frequency, start_ns, zone_assumed: false, header_bytes: capture.header_bytes };
        if found.is_empty() && capture.sample_start > earliest {
            found.push((earliest, Capture::default()));
        }
        found.push((capture.sample_start, held));
    }
    if found.is_empty() {
        found.push((meta.global.offset, Capture::default()));
    }
    Ok(found)
}

fn hash(data: &Path, stated: Option<&str>) -> Result<HashCheck, Complaint> {
    let Some(stated) = stated else { return Ok(HashCheck::NotStated) };
    let (mut hash, mut buffer) = (Sha512::new(), vec![0; 1 << 16]);
    let mut file = File::open(data).map_err(|fault| no_data(data, &fault))?;
    loop {
        let read = file.read(&mut buffer).map_err(|fault| no_data(data, &fault))?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hash.update(bytes);
    }
    if hex::encode(hash.finalize()).eq_ignore_ascii_case(stated.trim()) {
        return Ok(HashCheck::Agrees);
    }
    Err(field(
        "core:sha512",
        "数据文件的SHA-512与所载不符，数据已损坏或被改动，不得作为证据，请重新取得原件",
        "the SHA-512 of the data file is another, so the data were damaged or changed and are no evidence; fetch the original again",
    ))
}

fn malformed(fault: &serde_json::Error) -> Complaint {
    Complaint::stopped(
        Place::Line(fault.line() as u64),
        format!("说明文件不合SigMF格式（{fault}），请由录制软件重新导出"),
        format!("the description is no SigMF ({fault}); export it again from the program that recorded it"),
    )
}

fn no_data(data: &Path, fault: &std::io::Error) -> Complaint {
    let name = data.display();
    Complaint::stopped(
        Place::Whole,
        format!("数据文件{name}无法读取（{fault}），请把它放在说明文件旁边"),
        format!("the data file {name} cannot be read ({fault}); put it beside its description"),
    )
}

fn field(name: &str, zh: &str, en: &str) -> Complaint {
    Complaint::stopped(Place::Field(format!("global.{name}")), zh, en)
}
