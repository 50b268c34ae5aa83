//! Recordings as measured data: sweeps and scans of a file, with the file's own times.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use guiju_spectrum::cells;
use guiju_spectrum::complaint::Complaint;
use guiju_spectrum::package::Moment;
use guiju_spectrum::read::Clock;
use guiju_spectrum::read::sweep::{Options, Sweep, hackrf_csv, rtl_power};
use jiff::tz::Offset;

use super::Event;
use crate::fault::Fault;
use crate::plan::{self, Format};
use crate::spool::Seen;

/// The largest log of cells that is taken in, in bytes.
const CELLS_MOST: u64 = 256 << 20;

/// How a recording was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct How {
    /// Which program wrote it.
    pub format: Format,
    /// How long each row was integrated before it was stamped, in seconds; 0 where it is not known.
    pub integration_seconds: f64,
    /// In which zone it is stamped, hours east of UTC.
    pub zone_hours: i8,
}

impl How {
    /// How sweeps are read.
    pub(super) fn options(self) -> Result<Options, Fault> {
        let zone = Offset::from_hours(self.zone_hours).map_err(|fault| {
            Fault::new(
                format!("`zone_hours`不成立（{fault}），北京时间是8"),
                format!("`zone_hours` is none ({fault}); 8 is Beijing"),
            )
        })?;
        let mut options = Options::new(Clock::new(zone.to_time_zone()));
        options.integration_ns = Some(plan::ns(self.integration_seconds)).filter(|ns| *ns > 0);
        Ok(options)
    }
}

/// Reads a recording to its end, or until the listener has had enough.
pub(crate) fn read(path: &Path, how: How, say: &mut dyn FnMut(Event) -> bool) -> Result<(), Fault> {
    let file = File::open(path).map_err(|fault| Fault::file(path, &fault))?;
    if how.format == Format::Cells {
        let mut text = String::new();
        file.take(CELLS_MOST).read_to_string(&mut text).map_err(|fault| Fault::file(path, &fault))?;
        return scans(&text, &path.display().to_string(), say);
    }
    for read in sweeps(Box::new(BufReader::new(file)), how)? {
        let goes_on = match read {
            Ok(sweep) => match timed(sweep) {
                Some((moment, sweep)) => say(Event::Seen(Seen::Sweep { moment, sweep })),
                None => say(Event::Said(timeless())),
            },
            Err(complaint) => say(Event::Said(complaint.of(path.display().to_string()).into())),
        };
        if !goes_on {
            break;
        }
    }
    Ok(())
}

/// Sweeps as a program writes them.
pub(super) fn sweeps<'a>(
    input: Box<dyn std::io::BufRead + 'a>,
    how: How,
) -> Result<Box<dyn Iterator<Item = Result<Sweep, Complaint>> + 'a>, Fault> {
    let options = how.options()?;
    Ok(match how.format {
        Format::Hackrf => Box::new(hackrf_csv(input, options)),
        Format::RtlPower | Format::Cells => Box::new(rtl_power(input, options)),
    })
}

fn timed(sweep: Sweep) -> Option<(Moment, Sweep)> {
    let when = sweep.when?;
    let moment = Moment { start_ns: when.from_ns(), duration_ns: when.until_ns() - when.from_ns(), overload: false };
    Some((moment, sweep))
}

pub(super) fn timeless() -> Fault {
    Fault::new("一次扫描没有时间，不能计入监测时间", "a sweep bears no time, so it backs no monitored time")
}

/// Scans of a log: the rows of one time are one scan. How long a scan took the log does not say; it backs time only up to the next one.
fn scans(text: &str, name: &str, say: &mut dyn FnMut(Event) -> bool) -> Result<(), Fault> {
    let (heading, rows, faults) = rows_of(text, name);
    for fault in faults {
        say(Event::Said(fault));
    }
    let mut rows = rows.into_iter().peekable();
    while let Some((time_ns, first)) = rows.next() {
        let mut lines = first;
        while let Some((_, more)) = rows.next_if(|(time, _)| *time == time_ns) {
            lines.push_str(&more);
        }
        let moment = Moment { start_ns: time_ns, duration_ns: 0, overload: false };
        if !say(Event::Seen(Seen::Scan { moment, heading: heading.clone(), rows: lines })) {
            break;
        }
    }
    Ok(())
}

/// The heading of a log, its rows in order of time (each with its line feed), and what is wrong with the others.
pub(super) fn rows_of(text: &str, name: &str) -> (String, Vec<(i64, String)>, Vec<Fault>) {
    let text = text.trim_start_matches('\u{feff}');
    let heading = text.lines().next().unwrap_or_default().trim().to_owned();
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    // The heading alone says which columns are missing.
    let (_, missing) = cells::read_csv(&heading, name);
    faults.extend(missing.iter().map(of_cells));
    for (n, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        if !missing.is_empty() {
            break;
        }
        let (records, wrong) = cells::read_csv(&format!("{heading}\n{line}"), &format!("{name}:{}", n + 1));
        faults.extend(wrong.iter().map(of_cells));
        rows.extend(records.first().map(|record| (record.time_ns, format!("{}\n", line.trim()))));
    }
    rows.sort_by_key(|(time_ns, _)| *time_ns);
    (heading, rows, faults)
}

fn of_cells(fault: &cells::Fault) -> Fault {
    Fault::new(fault.zh(), fault.to_string())
}
