//! The year's figures, counted from the records and kept for a moment: counting a year takes longer than drawing a page.
//!
//! What is kept says up to which record it was counted; it is counted anew when a minute has passed and there are new records.

use std::collections::HashMap;
use std::sync::Arc;

use guiju_kernel::figure::{Amount, Kind, Value};
use guiju_kernel::time::{Instant, date_of, to_millis};
use guiju_office::Office;
use guiju_office::figures::Counted;
use guiju_store::Log;
use jiff::civil::{Date, date};
use tokio::sync::Mutex;

use crate::fault::Fault;
use crate::form::Posted;
use crate::lang::Lang;
use crate::show;

/// For how long a count is shown although records were added, in milliseconds.
const FRESH_MS: i64 = 60_000;
/// Periods kept at once.
const MOST: usize = 16;

/// A half-open range of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Days {
    pub from: Date,
    pub until: Date,
}

struct Kept {
    at: Instant,
    size: u64,
    counted: Arc<Counted>,
}

/// Counts by period.
#[derive(Default)]
pub struct Counts {
    kept: Mutex<HashMap<Days, Kept>>,
}

impl Days {
    /// The year so far, until yesterday inclusive; on New Year's Day the year before.
    pub fn this_year(now: Instant) -> Days {
        let today = date_of(now);
        let first = date(today.year(), 1, 1);
        if first < today {
            Days { from: first, until: today }
        } else {
            Days { from: date(today.year() - 1, 1, 1), until: first }
        }
    }

    /// A whole year, or what of it has passed.
    pub fn year(year: i16, now: Instant) -> Option<Days> {
        let from = Date::new(year, 1, 1).ok()?;
        let end = Date::new(year.checked_add(1)?, 1, 1).ok()?;
        let until = end.min(date_of(now));
        (from < until).then_some(Days { from, until })
    }

    /// The days that an address names, or else this year's.
    pub fn asked(query: &Posted, now: Instant) -> Days {
        let day = |name: &str| query.first(name).and_then(|text| guiju_kernel::time::parse_date(text.trim()).ok());
        match (day("from"), day("until")) {
            (Some(from), Some(until)) if from < until => Days { from, until },
            _ => Days::this_year(now),
        }
    }

    /// The last day that counts.
    pub fn last(self) -> Date {
        self.until.yesterday().unwrap_or(self.until)
    }

    pub fn query(self) -> String {
        format!("from={}&until={}", self.from, self.until)
    }

    pub fn sentence(self, lang: Lang) -> String {
        let (from, last) = (show::date(lang, self.from), show::date(lang, self.last()));
        crate::say!(lang, "{from}至{last}", "{from} to {last}")
    }
}

impl Counts {
    /// All figures of the pack over the days given.
    ///
    /// # Errors
    /// When the office cannot count.
    pub async fn of(&self, office: &Office, days: Days) -> Result<Arc<Counted>, Fault> {
        let now = office.now();
        let mut kept = self.kept.lock().await;
        let size = office.store().position(Log::Events).await?.size;
        if let Some(found) = kept.get(&days)
            && (found.size == size || to_millis(now).saturating_sub(to_millis(found.at)) < FRESH_MS)
        {
            return Ok(found.counted.clone());
        }
        let counted = Arc::new(office.figures(days.from, days.until, &[]).await?);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(days, Kept { at: now, size, counted: counted.clone() });
        Ok(counted)
    }
}

/// A figure as tiles and tables show it.
pub struct Shown {
    pub id: String,
    pub area: String,
    pub title: String,
    pub definition: String,
    pub value: String,
    pub unit: String,
    pub kind: String,
    pub scope: String,
    pub rows: String,
}

/// The number with separators, as it is counted; a dash where there is nothing to speak of.
pub fn amount(amount: &Amount) -> String {
    match amount {
        Amount::Integer(n) => format!("{}{}", if *n < 0 { "-" } else { "" }, show::count(n.unsigned_abs())),
        Amount::Decimal(text) | Amount::Text(text) => text.clone(),
        Amount::Nothing => "—".to_owned(),
    }
}

pub fn kind(lang: Lang, kind: Kind) -> &'static str {
    match kind {
        Kind::Counted => lang.say("本系统办理", "counted here"),
        Kind::Mirrored => lang.say("他系统导入", "mirrored"),
        Kind::Attested => lang.say("凭证记载", "attested"),
    }
}

pub fn shown(lang: Lang, value: &Value) -> Shown {
    let kinds: Vec<_> = value
        .kinds
        .iter()
        .filter(|(_, rows)| **rows > 0)
        .map(|(of, rows)| format!("{} {}", kind(lang, *of), show::count(*rows)))
        .collect();
    Shown {
        id: value.id.clone(),
        area: value.id.split('.').next().unwrap_or_default().to_owned(),
        title: lang.text(&value.title).to_owned(),
        definition: lang.text(&value.definition).to_owned(),
        value: amount(&value.value),
        unit: lang.text(&value.unit).to_owned(),
        kind: if kinds.is_empty() { kind(lang, Kind::Counted).to_owned() } else { kinds.join(lang.say("、", ", ")) },
        scope: match value.scope.as_str() {
            "city" => lang.say("全市", "whole city").to_owned(),
            "bureau" => lang.say("本局", "this bureau").to_owned(),
            other => other.to_owned(),
        },
        rows: show::count(u64::try_from(value.rows.len()).unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guiju_kernel::time::{at, midnight};

    #[test]
    fn the_year_so_far_ends_with_yesterday() {
        let days = Days::this_year(at(date(2024, 12, 5), jiff::civil::time(9, 0, 0, 0)));
        assert_eq!(days.query(), "from=2024-01-01&until=2024-12-05");
        assert_eq!(days.last(), date(2024, 12, 4));
        let new_year = Days::this_year(midnight(date(2025, 1, 1)));
        assert_eq!(new_year.query(), "from=2024-01-01&until=2025-01-01");
    }

    #[test]
    fn an_address_that_names_no_period_gets_this_year() {
        let now = midnight(date(2024, 12, 5));
        let asked = |query: &str| Days::asked(&crate::intake::urlencoded(query.as_bytes()), now).query();
        assert_eq!(asked("from=2024-03-01&until=2024-04-01"), "from=2024-03-01&until=2024-04-01");
        assert_eq!(asked("from=2024-04-01&until=2024-03-01"), "from=2024-01-01&until=2024-12-05");
        assert_eq!(asked("from=2024-02-30&until=2024-03-01"), "from=2024-01-01&until=2024-12-05");
    }
}
