//! The monitoring of a demonstration year: stations on the register, and a signed package for each receiver and day, handed in like any other.
//!
//! Hours are not written anywhere: they are what the packages back, counted by the office.

mod air;
mod packages;
mod plan;

pub use packages::{Due, foreseen, packed};
pub use plan::Radio;

use guiju_office::stations::STATIONS;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use ed25519_dalek::SigningKey;

/// The register of frequency assignments.
const ASSIGNMENTS: &str = "assignments";
/// The register of licensed cells.
const CELLS: &str = "licensed-cells";

/// A station's key in the demonstration: made from the seed, so that the same plan gives the same packages. Never for service.
fn key_of(seed: u64, station: &str) -> SigningKey {
    let secret = Sha256::digest(format!("guiju demonstration station key {seed} {station}"));
    SigningKey::from_bytes(&secret.into())
}

/// What stands on the registers of stations and assignments from the start.
pub fn entries(radio: &Radio, seed: u64) -> Vec<(&'static str, String, Map<String, Value>)> {
    let stations = radio.stations.iter().map(|site| {
        let fields = json!({
            "station": site.station, "name": site.name, "receivers": site.receivers,
            "latitude": format!("{:.6}", site.latitude), "longitude": format!("{:.6}", site.longitude),
            "height_m": site.height_m, "public_key": hex::encode(key_of(seed, &site.station).verifying_key().to_bytes()),
        });
        (STATIONS, site.station.clone(), map(fields))
    });
    let assigned = radio.emitters.iter().filter_map(|emitter| {
        let id = emitter.assignment.clone()?;
        let fields = json!({
            "id": id, "name": emitter.name, "service": emitter.service, "frequency_hz": emitter.frequency_hz,
            "bandwidth_hz": emitter.bandwidth_hz, "tolerance_hz": emitter.tolerance_hz,
            "latitude": format!("{:.6}", emitter.latitude), "longitude": format!("{:.6}", emitter.longitude),
            "erp_w": emitter.erp_w, "height_m": emitter.height_m, "valid_from": "2020-01-01", "valid_until": "2030-01-01",
        });
        Some((ASSIGNMENTS, id, map(fields)))
    });
    let cells = radio.cells.iter().filter(|cell| cell.pseudo.is_none()).map(|cell| {
        let id = format!("460-{:02}-{}-{}", cell.mnc, cell.area, cell.cell);
        // The licensed sites stand by the first station; scanners hear them from everywhere in town.
        let place = radio.stations.first().map_or((0.0, 0.0), |site| (site.latitude, site.longitude));
        let fields = json!({
            "id": id, "technology": "gsm", "mcc": 460, "mnc": cell.mnc, "area": cell.area, "cell": cell.cell,
            "latitude": format!("{:.6}", place.0), "longitude": format!("{:.6}", place.1),
        });
        (CELLS, id, map(fields))
    });
    stations.chain(assigned).chain(cells).collect()
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
