//! Which receiver, which time and which band does an address ask for? Frequencies in MHz, times as `2024-12-04 08:00` in Beijing.

use guiju_kernel::time::{civil_of, midnight, parse, parse_date, to_millis};
use guiju_office::radio::{PackageMeta, SpectraAsk, StationHealth};

use super::moment;
use crate::fault::Fault;
use crate::form::Posted;
use crate::intake::percent_encoded;
use crate::lang::Lang;
use crate::say;

const DAY_MS: i64 = 86_400_000;

/// A receiver, a time and a band.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Window {
    pub station: String,
    pub receiver: String,
    /// ms since 1970 UTC, half-open.
    pub from_ms: i64,
    pub until_ms: i64,
    pub low_hz: f64,
    pub high_hz: f64,
}

impl Window {
    /// Reads the query; what it does not say comes from the receiver's latest package of spectra. `None` where there is no such package.
    ///
    /// # Errors
    /// [`Fault::Unreadable`] with the field that cannot be read and how it is written.
    pub fn of(query: &Posted, stations: &[StationHealth], lang: Lang) -> Result<Option<Window>, Fault> {
        let Some(latest) = latest(query, stations, lang)? else { return Ok(None) };
        let from_ms = time(query, "from", lang)?;
        let until_ms = time(query, "until", lang)?;
        let (from_ms, until_ms) = match (from_ms, until_ms) {
            (Some(from), Some(until)) => (from, until),
            (Some(from), None) => (from, from.saturating_add(DAY_MS)),
            (None, Some(until)) => (until.saturating_sub(DAY_MS), until),
            (None, None) => (latest.from_ms, latest.until_ms),
        };
        let low_hz = frequency(query, "low", lang)?.unwrap_or(latest.low_hz as f64);
        let high_hz = frequency(query, "high", lang)?.unwrap_or(latest.high_hz as f64);
        Ok(Some(Window {
            station: latest.station.clone(),
            receiver: latest.receiver.clone(),
            from_ms,
            until_ms,
            low_hz,
            high_hz,
        }))
    }

    /// What the office is asked for, with so many points along frequency and time.
    pub fn ask(&self, width: usize, height: usize) -> SpectraAsk {
        SpectraAsk {
            station: self.station.clone(),
            receiver: self.receiver.clone(),
            from_ms: self.from_ms,
            until_ms: self.until_ms,
            low_hz: self.low_hz,
            high_hz: self.high_hz,
            width,
            height,
        }
    }

    /// The query of an address that asks for this.
    pub fn query(&self) -> String {
        format!(
            "station={}&receiver={}&from={}&until={}&low={}&high={}",
            percent_encoded(&self.station),
            percent_encoded(&self.receiver),
            percent_encoded(&minute(self.from_ms)),
            percent_encoded(&minute(self.until_ms)),
            super::mhz(self.low_hz),
            super::mhz(self.high_hz)
        )
    }
}

/// `2024-12-04 08:00` in Beijing: as forms and addresses write it.
pub(super) fn minute(ms: i64) -> String {
    let civil = civil_of(moment(ms));
    format!("{} {:02}:{:02}", civil.date(), civil.hour(), civil.minute())
}

/// The latest package of spectra of the receiver that is asked for, or of whichever has one.
fn latest(query: &Posted, stations: &[StationHealth], lang: Lang) -> Result<Option<PackageMeta>, Fault> {
    let text = |name: &str| query.first(name).map(str::trim).filter(|text| !text.is_empty());
    // A form has one list of receivers, an address may name both parts.
    let (station, receiver) = match text("of").and_then(|of| of.split_once('/')) {
        Some((station, receiver)) => (Some(station), Some(receiver)),
        None => (text("station"), text("receiver")),
    };
    if let Some(station) = station {
        let found = stations.iter().find(|one| one.station == station);
        let knows = found.is_some_and(|one| {
            receiver.is_none_or(|receiver| one.receivers.iter().any(|own| own.receiver == receiver))
        });
        if !knows {
            let what = format!("{station}{}", receiver.map(|receiver| format!("/{receiver}")).unwrap_or_default());
            return Err(Fault::NotFound(say!(lang, "监测站或接收机「{what}」", "station or receiver “{what}”")));
        }
    }
    let receivers = stations
        .iter()
        .filter(|one| station.is_none_or(|station| one.station == station))
        .flat_map(|one| &one.receivers)
        .filter(|one| receiver.is_none_or(|receiver| one.receiver == receiver));
    Ok(receivers.filter_map(|one| one.last_sweeps.clone()).max_by_key(|meta| meta.until_ms))
}

/// A time of the query, in ms since 1970 UTC: a day, or a day and a minute.
pub(super) fn time(query: &Posted, name: &str, lang: Lang) -> Result<Option<i64>, Fault> {
    let Some(said) = query.first(name).map(str::trim).filter(|said| !said.is_empty()) else { return Ok(None) };
    let read = match said.len() {
        10 => parse_date(said).ok().map(midnight),
        16 => parse(&format!("{}:00.000+08:00", said.replace(' ', "T"))).ok(),
        _ => None,
    };
    match read {
        Some(at) => Ok(Some(to_millis(at))),
        None => Err(Fault::Unreadable(say!(
            lang,
            "时间「{said}」读不出来，请写成 2024-12-04 或 2024-12-04 08:00",
            "the time “{said}” cannot be read; write 2024-12-04 or 2024-12-04 08:00"
        ))),
    }
}

fn frequency(query: &Posted, name: &str, lang: Lang) -> Result<Option<f64>, Fault> {
    let Some(said) = query.first(name).map(str::trim).filter(|said| !said.is_empty()) else { return Ok(None) };
    match said.parse::<f64>() {
        Ok(mhz) if mhz.is_finite() && (0.0..=300_000.0).contains(&mhz) => Ok(Some(mhz * 1e6)),
        _ => Err(Fault::Unreadable(say!(
            lang,
            "频率「{said}」读不出来，请用兆赫写，如 98.6",
            "the frequency “{said}” cannot be read; write it in MHz, like 98.6"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(pairs: &[(&str, &str)]) -> Posted {
        Posted(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn times_and_frequencies_are_read_as_people_write_them_and_nothing_else_is() {
        let day = time(&posted(&[("from", "2024-12-04")]), "from", Lang::Zh).unwrap().unwrap();
        let minute_of = time(&posted(&[("from", "2024-12-04 08:30")]), "from", Lang::Zh).unwrap().unwrap();
        assert_eq!((minute_of - day, minute(minute_of)), ((8 * 60 + 30) * 60_000, "2024-12-04 08:30".to_owned()));
        assert!(time(&posted(&[("from", "yesterday")]), "from", Lang::En).is_err());
        assert_eq!(frequency(&posted(&[("low", "98.6")]), "low", Lang::Zh).unwrap(), Some(98.6e6));
        for wrong in ["98,6", "NaN", "-1", "1e9"] {
            assert!(frequency(&posted(&[("low", wrong)]), "low", Lang::Zh).is_err(), "{wrong}");
        }
    }
}
