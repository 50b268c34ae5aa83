//! Notices of holidays: real days, and together one calendar.

use guiju_kernel::calendar::{Almanac, Notice, NoticeDay, PublishedFrom, WorkingHours};

use super::dates::day;
use crate::complaint::{Complaint, Margin, Spot};
use crate::raw::calendar::{RawCalendar, RawNotice, RawPublishedFrom};
use crate::sources::File;

/// Checks the notices of all years; none at all is no calendar.
pub(crate) fn notices(files: &[File<RawCalendar>], notes: &std::cell::RefCell<Vec<Complaint>>) -> Vec<Notice> {
    let mut notices = Vec::new();
    for file in files {
        let margin = Margin::new(&file.path, notes);
        let year: Option<i16> =
            file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml")).and_then(|stem| stem.parse().ok());
        for raw in &file.raw {
            if Some(raw.year.value) != year {
                margin.note(raw.year.spot, "年份与文件名不符", "the year is not the one the file is named for");
            }
            notices.push(notice(raw, margin));
        }
    }
    notices
}

/// Holds the notices together as the calendar will: a complaint stands at the first calendar file.
pub(crate) fn together(
    notices: &[Notice],
    hours: Option<WorkingHours>,
    files: &[File<RawCalendar>],
    notes: &std::cell::RefCell<Vec<Complaint>>,
) {
    if let (Some(first), Err(error)) = (files.first(), Almanac::new(notices, hours)) {
        Margin::new(&first.path, notes).repeat(Spot::START, &error);
    }
}

fn notice(raw: &RawNotice, margin: Margin<'_>) -> Notice {
    Notice {
        id: raw.id.clone(),
        year: raw.year.value,
        source: raw.source.clone(),
        address: raw.address.clone(),
        published: day(&raw.published, margin),
        published_from: match raw.published_from {
            RawPublishedFrom::Address => PublishedFrom::Address,
            RawPublishedFrom::Dated => PublishedFrom::Dated,
            RawPublishedFrom::Report => PublishedFrom::Report,
        },
        days: raw
            .days
            .iter()
            .map(|named| NoticeDay { date: day(&named.date, margin), working: named.working, name: named.name.clone() })
            .collect(),
    }
}
