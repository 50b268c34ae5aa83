//! The evidence of a finding: what was seen, by which parameters, from which packages, as one JSON document; and whether it is a lead already.

use guiju_kernel::procedure::Person;
use guiju_kernel::time::{from_millis, parse, print, to_millis};
use serde_json::{Map, Value, json};

use super::findings::{Finding, FindingKind, Searched};
use super::overview::Line;
use super::shelf::off_thread;
use super::{LEAD, NS_PER_MS};
use crate::answer::{Ask, OfficeError, Target, Upload};
use crate::office::Office;

/// The name and version of the document (docs/formats/radio-evidence.md).
pub const EVIDENCE_FORMAT: &str = "guiju radio evidence 1";
/// Points of a spectrum in the evidence.
const POINTS: usize = 400;
/// How much of the band around the signal is shown: bandwidths on each side, and at least so many Hz.
const BANDWIDTHS: f64 = 3.0;
const AROUND_LEAST_HZ: f64 = 150_000.0;
/// Spectra in the evidence: one a station.
const SPECTRA_MOST: usize = 8;
/// What the lead's field takes.
const PACKAGES_MOST: usize = 500;
const REASONS_MOST: usize = 2_000;
const STATIONS_MOST: usize = 50;
/// Leads looked through for one that is this finding.
const LEADS_LOOKED_THROUGH: u32 = 500;

impl Office {
    /// The evidence of a finding as a document: the same search gives the same bytes.
    ///
    /// # Errors
    /// When a package cannot be opened.
    pub async fn radio_evidence(&self, who: &Person, searched: &Searched, finding: &Finding) -> Result<Vec<u8>, OfficeError> {
        self.radio_reader(who)?;
        let moment = |ms: i64| from_millis(ms).map(print).unwrap_or_default();
        let packages: Vec<_> = finding
            .packages
            .iter()
            .map(|meta| json!({"id": meta.id, "sha256": meta.sha256, "station": meta.station, "receiver": meta.receiver,
                "from": moment(meta.from_ms), "until": moment(meta.until_ms), "unit": meta.unit, "software": meta.software,
                "clock_offset_ms": meta.clock_offset_ms}))
            .collect();
        let watched: Vec<_> = searched
            .watched
            .iter()
            .map(|(station, receiver, seconds)| json!({"station": station, "receiver": receiver, "seconds": seconds}))
            .collect();
        let document = json!({
            "format": EVIDENCE_FORMAT,
            "finding": {"id": finding.id, "kind": finding.kind, "frequency_hz": finding.frequency_hz, "bandwidth_hz": finding.bandwidth_hz,
                "centre_between_hz": finding.between_hz, "resolution_hz": finding.resolution_hz,
                "first_seen": moment(finding.first_ms), "last_seen": moment(finding.last_ms),
                "score": finding.score, "reasons": finding.reasons, "seen": finding.seen, "assignments": finding.assignments,
                "place": finding.located},
            "run": {"from": moment(searched.from_ms), "until": moment(searched.until_ms), "software": software(),
                "pack": self.pack().hash, "parameters": searched.rules, "packages": searched.packages, "watched": watched,
                "register": {"name": super::ASSIGNMENTS, "entries": searched.assignments,
                    "ledger_size": searched.ledger.as_ref().map(|(size, _)| *size)}},
            "packages": packages,
            "spectra": self.excerpts(finding).await?,
        });
        serde_json::to_vec_pretty(&document).map_err(|error| OfficeError::Damaged(error.to_string()))
    }

    /// Mean and greatest levels around the signal, one spectrum a station, from its package with the longest watch.
    async fn excerpts(&self, finding: &Finding) -> Result<Vec<Value>, OfficeError> {
        let around = (finding.bandwidth_hz * BANDWIDTHS).max(AROUND_LEAST_HZ);
        let band = (finding.frequency_hz - around, finding.frequency_hz + around);
        let mut spectra = Vec::new();
        for seen in finding.seen.iter().take(SPECTRA_MOST) {
            let own = finding.packages.iter().filter(|meta| meta.station == seen.station && meta.receiver == seen.receiver);
            let Some(meta) = own.max_by_key(|meta| meta.until_ms - meta.from_ms) else { continue };
            let opened = self.opened(meta).await?;
            let time = (finding.first_ms.saturating_mul(NS_PER_MS), finding.last_ms.saturating_mul(NS_PER_MS));
            let points = ((2.0 * around / opened.header.bin_hz).ceil() as usize).clamp(1, POINTS);
            let line = off_thread(move || {
                let mut line = Line::over(band, points);
                line.add_opened(&opened, time);
                line
            })
            .await?;
            let levels = line.levels();
            let rounded = |value: f32| (f64::from(value) * 100.0).round() / 100.0;
            spectra.push(json!({
                "package": meta.sha256, "station": meta.station, "receiver": meta.receiver, "unit": meta.unit,
                "low_hz": band.0, "step_hz": 2.0 * around / points as f64, "sweeps": line.sweeps,
                "mean_db": levels.iter().map(|level| level.map(|(mean, _)| rounded(mean))).collect::<Vec<_>>(),
                "most_db": levels.iter().map(|level| level.map(|(_, most)| rounded(most))).collect::<Vec<_>>(),
            }));
        }
        Ok(spectra)
    }

    /// The lead that this finding is already: of the same kind, within its bandwidth, at an overlapping time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn lead_of(&self, finding: &Finding) -> Result<Option<(u64, String)>, OfficeError> {
        for row in self.store.case_list(Some(LEAD.0), None, LEADS_LOOKED_THROUGH).await? {
            let case = self.case(row.id).await?;
            if is_of(finding, &case.detail.fields) {
                return Ok(Some((case.id, case.number)));
            }
        }
        Ok(None)
    }

    /// The asking that makes a lead of a finding. Its token is the finding's own: asked twice, there is one lead.
    ///
    /// # Errors
    /// As [`Office::radio_evidence`].
    pub async fn ask_for_lead(
        &self,
        who: &Person,
        searched: &Searched,
        finding: &Finding,
        (title, place): (&str, &str),
    ) -> Result<Ask, OfficeError> {
        let content = self.radio_evidence(who, searched, finding).await?;
        let evidence = Upload {
            field: "evidence".to_owned(),
            name: format!("evidence-{}.json", finding.id),
            media: "application/json".to_owned(),
            content,
        };
        Ok(Ask {
            target: Target::New { procedure: LEAD.0.to_owned(), subject: None },
            act: LEAD.1.to_owned(),
            by: vec![who.clone()],
            done: None,
            origin: guiju_kernel::record::Origin::Own,
            given: given(finding, title, place),
            files: vec![evidence],
            history: None,
            once: Some(format!("radio-lead-{}", finding.id)),
        })
    }
}

/// Name and version of this program, as evidence and leads bear them.
fn software() -> String {
    format!("guiju {}", env!("CARGO_PKG_VERSION"))
}

fn given(finding: &Finding, title: &str, place: &str) -> Map<String, Value> {
    let moment = |ms: i64| from_millis(ms).map(print).unwrap_or_default();
    let reasons: Vec<_> = finding.reasons.iter().map(|reason| format!("{}（{}）", reason.zh, reason.weight)).collect();
    let mut stations: Vec<&str> = finding.seen.iter().map(|seen| seen.station.as_str()).collect();
    stations.sort_unstable();
    stations.dedup();
    stations.truncate(STATIONS_MOST);
    let packages: Vec<&str> = finding.packages.iter().map(|meta| meta.sha256.as_str()).take(PACKAGES_MOST).collect();
    let mut given = Map::new();
    let mut put = |name: &str, value: Value| given.insert(name.to_owned(), value);
    put("title", json!(title));
    put("finding", json!(finding.kind.id()));
    put("frequency_hz", json!(finding.frequency_hz.round() as i64));
    put("bandwidth_hz", json!(finding.bandwidth_hz.round() as i64));
    put("first_seen", json!(moment(finding.first_ms)));
    put("last_seen", json!(moment(finding.last_ms)));
    if !place.is_empty() {
        put("place", json!(place));
    }
    // The pack's field holds hundredths.
    put("score", json!(finding.score.saturating_mul(100)));
    put("reasons", json!(reasons.join("\n").chars().take(REASONS_MOST).collect::<String>()));
    put("stations", json!(stations));
    put("packages", json!(packages));
    put("software", json!(software()));
    given
}

fn is_of(finding: &Finding, fields: &Map<String, Value>) -> bool {
    let number = |name: &str| fields.get(name).and_then(Value::as_i64);
    let time = |name: &str| fields.get(name).and_then(Value::as_str).and_then(|text| parse(text).ok()).map(to_millis);
    let kind = fields.get("finding").and_then(Value::as_str);
    let same_kind = kind == Some(finding.kind.id())
        || kind == Some(FindingKind::Unlicensed.id()) && finding.kind == FindingKind::BlackBroadcast;
    let Some(frequency) = number("frequency_hz") else { return false };
    let wide = finding.bandwidth_hz.max(number("bandwidth_hz").unwrap_or(0) as f64);
    let near = (frequency as f64 - finding.frequency_hz).abs() <= wide / 2.0;
    // A lead that somebody noted by hand bears no times: nothing says that it is this one.
    let overlaps = match (time("first_seen"), time("last_seen")) {
        (Some(first), Some(last)) => first < finding.last_ms && last > finding.first_ms,
        _ => false,
    };
    same_kind && near && overlaps
}
