//! Which package is due when, and what is in it.

use guiju_kernel::time::{date_of, from_millis, midnight, to_millis};
use guiju_spectrum::complaint::Complaint;
use guiju_spectrum::package::{ClockCheck, Content, Header, Measured, Moment, build};
use jiff::civil::Date;

use super::air::{Air, within};
use super::key_of;
use super::plan::{Cell, Radio, Site, Watch};
use crate::chance::Dice;
use crate::days::{DAY, MINUTE};

const NS_PER_MS: i64 = 1_000_000;
/// Hundredths of a decibel in a step of the package's levels.
const STEP: i64 = 25;

/// A package that is due: of which watch, on which day, under which number of its station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// When it is handed in: the end of its last measurement, in ms since 1970 UTC.
    pub at: i64,
    watch: usize,
    day: Date,
    sequence: u64,
}

/// Every package of the year before the cut-off, in the order in which they are handed in.
pub fn foreseen(radio: &Radio, until: Date) -> Vec<Due> {
    let mut all = Vec::new();
    for (number, watch) in radio.watches.iter().enumerate() {
        let mut day = watch.from;
        while day < watch.until.min(until) {
            if let Some(last) = starts(radio, watch, day).last() {
                let at = last + i64::from(watch.revisit_minutes) * MINUTE;
                all.push(Due { at, watch: number, day, sequence: 0 });
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
    }
    all.sort_by_key(|due| (due.at, due.watch));
    let mut numbers = std::collections::BTreeMap::<&str, u64>::new();
    for due in &mut all {
        let Some(watch) = radio.watches.get(due.watch) else { continue };
        let number = numbers.entry(&watch.station).or_default();
        *number += 1;
        due.sequence = *number;
    }
    all
}

/// When the measurements of a day begin: within the hours of the watch, and not while the receiver was out.
fn starts(radio: &Radio, watch: &Watch, day: Date) -> Vec<i64> {
    let start = to_millis(midnight(day));
    let out = |time: i64| {
        let here =
            radio.outages.iter().filter(|outage| outage.station == watch.station && outage.receiver == watch.receiver);
        here.into_iter().any(|outage| outage.day == day && within(&outage.hours, time))
    };
    let on = |time: i64| watch.hours.is_empty() || watch.hours.iter().any(|hours| within(hours, time));
    let step = usize::try_from(watch.revisit_minutes.max(1)).unwrap_or(1) * usize::try_from(MINUTE).unwrap_or(1);
    (0..DAY).step_by(step).filter(|time| on(*time) && !out(*time)).map(|time| start + time).collect()
}

/// The bytes of a package, signed by its station.
///
/// # Errors
/// What the plan asks for and no package can be: a band that is none, a station that the plan does not have.
pub fn packed(radio: &Radio, seed: u64, due: &Due) -> Result<Vec<u8>, String> {
    let watch = radio.watches.get(due.watch).ok_or("no such watch")?;
    let site = radio.stations.iter().find(|site| site.station == watch.station);
    let site = site.ok_or_else(|| format!("radio.watches: 没有监测站 / there is no station `{}`", watch.station))?;
    let starts = starts(radio, watch, due.day);
    let mut dice = Dice::new(seed, &format!("radio/{}/{}/{}", watch.station, watch.receiver, due.day));
    let measured = match watch.band {
        Some(band) => {
            let air = Air::over(site, &radio.emitters, (band.low_hz, band.bin_hz, band.bins));
            let steps = |at: i64, dice: &mut Dice| -> Vec<i16> {
                air.sweep(at, dice)
                    .into_iter()
                    .map(|level| i16::try_from(level.div_euclid(STEP)).unwrap_or(0))
                    .collect()
            };
            Measured::Sweeps(starts.iter().map(|at| (moment(watch, *at), steps(*at, &mut dice))).collect())
        }
        None => Measured::Cells(starts.iter().map(|at| moment(watch, *at)).collect(), scans(radio, site, &starts)),
    };
    let told = |complaint: Complaint| format!("{} / {complaint}", complaint.zh());
    build(header(watch, due, &starts), &measured, &key_of(seed, &watch.station)).map_err(told)
}

fn moment(watch: &Watch, at: i64) -> Moment {
    // The receiver integrates over the whole interval, as `rtl_power` does.
    let duration_ns = i64::from(watch.revisit_minutes) * MINUTE * NS_PER_MS;
    Moment { start_ns: at * NS_PER_MS, duration_ns, overload: false }
}

fn header(watch: &Watch, due: &Due, starts: &[i64]) -> Header {
    let band = watch.band;
    Header {
        version: 1,
        station: watch.station.clone(),
        sequence: due.sequence,
        receiver: watch.receiver.clone(),
        task: watch.task.clone(),
        plan: String::new(),
        content: Content::Sweeps,
        from_ns: starts.first().copied().unwrap_or(0) * NS_PER_MS,
        until_ns: due.at * NS_PER_MS,
        revisit_ns: i64::from(watch.revisit_minutes) * MINUTE * NS_PER_MS,
        low_hz: band.map_or(0.0, |band| band.low_hz as f64),
        bin_hz: band.map_or(0.0, |band| band.bin_hz as f64),
        bins: band.map_or(0, |band| u32::try_from(band.bins).unwrap_or(u32::MAX)),
        measurements: 0,
        calibration: None,
        clock_offset_ns: Some(0),
        clock_check: ClockCheck::Server,
        software: format!("guiju demo {}", env!("CARGO_PKG_VERSION")),
        raw_bytes: 0,
        payload_bytes: 0,
        payload_sha256: String::new(),
    }
}

/// What a scanner writes of the cells around it, scan by scan.
fn scans(radio: &Radio, site: &Site, starts: &[i64]) -> String {
    let mut rows =
        "time,station,latitude,longitude,technology,mcc,mnc,area,cell,carrier,physical,neighbours,reselect_offset_db,update_timer\n"
            .to_owned();
    for at in starts {
        let time = jiff::Timestamp::from_millisecond(*at).map(|time| time.to_string()).unwrap_or_default();
        for cell in radio.cells.iter().filter(|cell| heard(cell, site, *at)) {
            let neighbours: Vec<String> = cell.neighbours.iter().map(ToString::to_string).collect();
            let neighbours = if neighbours.is_empty() { "none".to_owned() } else { neighbours.join(";") };
            // A pseudo base station changes its area, so that phones register anew, and asks to be preferred.
            let (area, offset, timer) = match cell.pseudo {
                None => (cell.area, 4, 60),
                Some(_) => (cell.area + u32::try_from(at / MINUTE % 40).unwrap_or(0), 62, 1),
            };
            rows.push_str(&format!(
                "{time},{},{:.6},{:.6},gsm,460,{},{area},{},{},{},{neighbours},{offset},{timer}\n",
                site.station, site.latitude, site.longitude, cell.mnc, cell.cell, cell.carrier, cell.physical,
            ));
        }
    }
    rows
}

fn heard(cell: &Cell, site: &Site, at: i64) -> bool {
    let Some(pseudo) = &cell.pseudo else { return true };
    let Ok(moment) = from_millis(at) else { return false };
    let day = date_of(moment);
    let time = at - to_millis(midnight(day));
    pseudo.station == site.station && (pseudo.from..pseudo.until).contains(&day) && within(&pseudo.hours, time)
}
