//! The evidence of a finding: what was seen, by which parameters, from which packages, as one JSON document; and whether it is a lead already.

use guiju_kernel::procedure::Person;
use guiju_kernel::time::{from_millis, parse, print, to_millis};
use serde_json::{Map, Value, json};

use super::LEAD;
use super::findings::{Found, FoundKind, Searched};
use super::overview::Line;
use super::shelf::PackageMeta;
use super::shelf::off_thread;
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
    pub async fn radio_evidence(
        &self,
        who: &Person,
        searched: &Searched,
        found: &Found,
    ) -> Result<Vec<u8>, OfficeError> {
        self.radio_reader(who)?;
        let moment = |ms: i64| from_millis(ms).map(print).unwrap_or_default();
        let packages: Vec<_> = found
            .packages
            .iter()
            .map(|meta| {
                json!({"id": meta.id, "sha256": meta.sha256, "station": meta.station, "receiver": meta.receiver,
                    "from": moment(meta.from_ms), "until": moment(meta.until_ms), "unit": meta.unit,
                    "software": meta.software, "clock_offset_ms": meta.clock_offset_ms})
            })
            .collect();
        let watched: Vec<_> =
            searched.watched.iter().map(|(name, seconds)| json!({"receiver": name, "seconds": seconds})).collect();
        let (first, last) = found.time_ms();
        let document = json!({
            "format": EVIDENCE_FORMAT,
            "finding": {"id": found.id, "kind": found.kind, "first_seen": moment(first), "last_seen": moment(last),
                "resolution_hz": found.resolution_hz, "unit": found.unit, "measured": found.finding,
                "assignments": found.assignments, "place": found.located},
            "run": {"from": moment(searched.from_ms), "until": moment(searched.until_ms), "software": software(),
                "pack": self.pack().hash, "parameters": searched.rules, "packages": searched.packages,
                "watched": watched, "sweeps_left_out": searched.left_out,
                "register": {"name": super::ASSIGNMENTS, "entries": searched.assignments,
                    "ledger_size": searched.ledger.as_ref().map(|(size, _)| *size)}},
            "packages": packages,
            "spectra": self.excerpts(found).await?,
        });
        serde_json::to_vec_pretty(&document).map_err(|error| OfficeError::Damaged(error.to_string()))
    }

    /// Mean and greatest levels around the signal, one spectrum a station, from its package with the longest watch.
    async fn excerpts(&self, found: &Found) -> Result<Vec<Value>, OfficeError> {
        let around = (found.finding.bandwidth_hz * BANDWIDTHS).max(AROUND_LEAST_HZ);
        let band = (found.finding.centre_hz - around, found.finding.centre_hz + around);
        let mut spectra = Vec::new();
        for view in found.finding.views.iter().take(SPECTRA_MOST) {
            let own = |meta: &&PackageMeta| format!("{}/{}", meta.station, meta.receiver) == view.station;
            let longest = found.packages.iter().filter(own).max_by_key(|meta| meta.until_ms - meta.from_ms);
            let Some(meta) = longest else { continue };
            let opened = self.opened(meta).await?;
            let time = (found.finding.first_ns, found.finding.last_ns);
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
    pub async fn lead_of(&self, found: &Found) -> Result<Option<(u64, String)>, OfficeError> {
        for row in self.store.case_list(Some(LEAD.0), None, LEADS_LOOKED_THROUGH).await? {
            let case = self.case(row.id).await?;
            if is_of(found, &case.detail.fields) {
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
        found: &Found,
        (title, place): (&str, &str),
    ) -> Result<Ask, OfficeError> {
        let content = self.radio_evidence(who, searched, found).await?;
        let evidence = Upload {
            field: "evidence".to_owned(),
            name: format!("evidence-{}.json", found.id),
            media: "application/json".to_owned(),
            content,
        };
        Ok(Ask {
            target: Target::New { procedure: LEAD.0.to_owned(), subject: None },
            act: LEAD.1.to_owned(),
            by: vec![who.clone()],
            done: None,
            origin: guiju_kernel::record::Origin::Own,
            given: given(found, title, place),
            files: vec![evidence],
            history: None,
            once: Some(format!("radio-lead-{}", found.id)),
        })
    }
}

/// Name and version of this program, as evidence and leads bear them.
fn software() -> String {
    format!("guiju {}", env!("CARGO_PKG_VERSION"))
}

fn given(found: &Found, title: &str, place: &str) -> Map<String, Value> {
    let finding = &found.finding;
    let moment = |ms: i64| from_millis(ms).map(print).unwrap_or_default();
    let reasons: Vec<_> =
        finding.reasons.iter().map(|reason| format!("{}（{}分）", reason.zh(), reason.points())).collect();
    let mut stations: Vec<&str> = finding.views.iter().filter_map(|view| view.station.split('/').next()).collect();
    stations.sort_unstable();
    stations.dedup();
    stations.truncate(STATIONS_MOST);
    let packages: Vec<&str> = found.packages.iter().map(|meta| meta.sha256.as_str()).take(PACKAGES_MOST).collect();
    let (first, last) = found.time_ms();
    let mut given = Map::new();
    let mut put = |name: &str, value: Value| given.insert(name.to_owned(), value);
    put("title", json!(title));
    put("finding", json!(found.kind.id()));
    put("frequency_hz", json!(finding.centre_hz.round() as i64));
    put("bandwidth_hz", json!(finding.bandwidth_hz.round() as i64));
    put("first_seen", json!(moment(first)));
    put("last_seen", json!(moment(last)));
    if !place.is_empty() {
        put("place", json!(place));
    }
    // The lead's field holds hundredths.
    put("score", json!(i64::from(finding.score).saturating_mul(100)));
    put("reasons", json!(reasons.join("\n").chars().take(REASONS_MOST).collect::<String>()));
    put("stations", json!(stations));
    put("packages", json!(packages));
    put("software", json!(software()));
    given
}

fn is_of(found: &Found, fields: &Map<String, Value>) -> bool {
    let number = |name: &str| fields.get(name).and_then(Value::as_i64);
    let time = |name: &str| fields.get(name).and_then(Value::as_str).and_then(|text| parse(text).ok()).map(to_millis);
    let kind = fields.get("finding").and_then(Value::as_str);
    let same_kind = kind == Some(found.kind.id())
        || kind == Some(FoundKind::Unlicensed.id()) && found.kind == FoundKind::BlackBroadcast;
    let Some(frequency) = number("frequency_hz") else { return false };
    let wide = found.finding.bandwidth_hz.max(number("bandwidth_hz").unwrap_or(0) as f64);
    let near = (frequency as f64 - found.finding.centre_hz).abs() <= wide / 2.0;
    let (first, last) = found.time_ms();
    // A lead that somebody noted by hand bears no times: nothing says that it is this one.
    let overlaps = time("first_seen").is_some_and(|at| at < last) && time("last_seen").is_some_and(|at| at > first);
    same_kind && near && overlaps
}
