//! The four bands of an inbox: overdue, today, within three working days, the rest. Half-open and exact.

use guiju_kernel::calendar::Calendar;
use guiju_kernel::procedure::definition::Text;
use guiju_kernel::time::{Instant, date_of, midnight, to_millis};
use guiju_store::{Band, BandCounts};

use crate::answer::OfficeError;
use crate::view::BandView;

/// A band with its name.
pub struct Named {
    pub id: &'static str,
    pub name: Text,
    pub range: Band,
}

/// The bands at a moment. "Three working days" are today's successors by the calendar as known now.
pub fn bands(now: Instant, calendar: &Calendar) -> Result<Vec<Named>, OfficeError> {
    let fault = |e: guiju_kernel::calendar::CalendarError| OfficeError::Pack(e.to_string());
    let today = date_of(now);
    let tomorrow = today.tomorrow().map_err(|e| OfficeError::Input(e.to_string()))?;
    let mut third = tomorrow;
    for _ in 0..3 {
        let working = calendar.next_working(third).map_err(fault)?;
        third = working.tomorrow().map_err(|e| OfficeError::Input(e.to_string()))?;
    }
    let (now, tomorrow, third) = (to_millis(now), to_millis(midnight(tomorrow)), to_millis(midnight(third)));
    // A day clock that is due "today" ends at the coming midnight, which is the first moment of tomorrow: it belongs to today.
    let (tomorrow, third) = (tomorrow + 1, third + 1);
    let named = |id, zh: &str, en: &str, from, until| Named {
        id,
        name: Text { zh: zh.into(), en: en.into() },
        range: Band { from, until },
    };
    Ok(vec![
        named("overdue", "已超期", "overdue", None, Some(now)),
        named("today", "今日", "today", Some(now), Some(tomorrow)),
        named("soon", "三个工作日内", "within three working days", Some(tomorrow), Some(third)),
        named("later", "其余", "later", Some(third), None),
    ])
}

/// Joins the bands with their counts; what has no due moment belongs to the rest.
pub fn counted(bands: Vec<Named>, counts: &BandCounts) -> Vec<BandView> {
    let mut views: Vec<BandView> = bands
        .into_iter()
        .zip(counts.bands.iter().copied().chain(std::iter::repeat(0)))
        .map(|(band, count)| BandView { name: band.name, id: band.id.to_owned(), count })
        .collect();
    if let Some(last) = views.last_mut() {
        last.count = last.count.saturating_add(counts.undated);
    }
    views
}
