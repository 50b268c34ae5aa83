//! The notices of the pack in this repository, and the working hours that tests use.
//!
//! Reads the files as they lie on the disk, without the pack loader, so that the calendar can be tested beneath it.

use guiju_kernel::calendar::{Almanac, Notice, WorkingHours};
use std::path::PathBuf;

/// Working hours for tests; the pack's own are a parameter of the pack.
pub const OPENINGS: [&str; 2] = ["08:30-12:00", "14:30-17:30"];

/// Reads every notice of `packs/industry-it-bureau/calendar`, in order of the files' names.
///
/// # Errors
/// A text that names the file and what is wrong with it.
pub fn notices() -> Result<Vec<Notice>, String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packs/industry-it-bureau/calendar");
    let listing = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = listing.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let mut notices = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let year: Vec<Notice> =
            serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        notices.extend(year);
    }
    Ok(notices)
}

/// Builds the pack's almanac with the tests' working hours.
///
/// # Errors
/// As [`notices`], or what the kernel refuses.
pub fn almanac() -> Result<Almanac, String> {
    let hours = WorkingHours::parse(&OPENINGS).map_err(|error| error.to_string())?;
    Almanac::new(&notices()?, Some(hours)).map_err(|error| error.to_string())
}
