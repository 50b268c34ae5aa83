//! What lies on the radio desk: leads, complaints, plans of protective monitoring and the duty that warnings set off.

use guiju_kernel::case::Case;
use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::Text;
use guiju_kernel::rows::EntryRow;
use guiju_kernel::time::{Instant, to_millis};
use guiju_store::EntryQuery;
use serde_json::Value;

use super::shelf::{fields, text};
use super::{COMPLAINT, LEAD, PROTECTION, WARNINGS};
use crate::answer::OfficeError;
use crate::cases::{Sight, clock_view};
use crate::office::Office;
use crate::view::{ClockView, Viewer};

/// Cases of one procedure that the desk looks through, the newest first.
const LOOKED_THROUGH: u32 = 200;
/// Cases of one kind on the desk.
const SHOWN_MOST: usize = 20;
/// Warnings looked through.
const WARNINGS_MOST: u32 = 500;
/// How long ago a warning may have been issued to stand on the desk, in ms: a week.
const WARNING_MS: i64 = 7 * 86_400_000;

/// One open case.
#[derive(Debug, Clone)]
pub struct RadioCase {
    pub id: u64,
    pub number: String,
    pub headline: String,
    pub state: Text,
    /// The state's name in the pack.
    pub state_id: String,
    pub opened: Instant,
    /// Running clocks, the nearest first.
    pub clocks: Vec<ClockView>,
    /// Values that are no secret from this viewer, by field, as the case holds them.
    pub case: Case,
}

/// A weather warning of the last days.
#[derive(Debug, Clone, PartialEq)]
pub struct Warning {
    pub id: String,
    pub kind: Text,
    pub level: Text,
    pub level_id: String,
    pub text: String,
    pub issued: Option<Instant>,
    /// Number of the plan of protective monitoring, and its case.
    pub plan: String,
    pub case: Option<u64>,
}

/// Everything on the desk.
#[derive(Debug, Clone, Default)]
pub struct RadioDesk {
    pub leads: Vec<RadioCase>,
    pub complaints: Vec<RadioCase>,
    pub plans: Vec<RadioCase>,
    pub warnings: Vec<Warning>,
}

impl Office {
    /// What is open on the radio desk.
    ///
    /// # Errors
    /// [`OfficeError::NotYours`], or when the store cannot be read.
    pub async fn radio_desk(&self, who: &Person) -> Result<RadioDesk, OfficeError> {
        self.radio_reader(who)?;
        Ok(RadioDesk {
            leads: self.open_cases(who, LEAD.0).await?,
            complaints: self.open_cases(who, COMPLAINT).await?,
            plans: self.open_cases(who, PROTECTION).await?,
            warnings: self.warnings().await?,
        })
    }

    async fn open_cases(&self, who: &Person, procedure: &str) -> Result<Vec<RadioCase>, OfficeError> {
        let viewer = Viewer::Person(who.clone());
        let now = self.now();
        let mut shown = Vec::new();
        for row in self.store.case_list(Some(procedure), None, LOOKED_THROUGH).await? {
            if shown.len() >= SHOWN_MOST {
                break;
            }
            let case = self.case(row.id).await?;
            let of = self.procedure_of(&case)?;
            let state = of.state(&case.state);
            let over = state.is_some_and(|state| state.end.is_some());
            if over || self.sight(&viewer, &case) != Sight::Staff {
                continue;
            }
            let volume = self.shelf.volume(&case.pack)?;
            let calendar = volume.calendar(now)?;
            let mut clocks: Vec<_> =
                case.detail.clocks.iter().map(|(name, clock)| clock_view(name, clock, &of, calendar, now)).collect();
            clocks.retain(|clock| clock.stopped.is_none());
            clocks.sort_by_key(|clock| clock.due);
            shown.push(RadioCase {
                id: case.id,
                number: case.number.clone(),
                headline: row.headline,
                state: state
                    .map_or_else(|| Text { zh: case.state.clone(), en: case.state.clone() }, |s| s.title.clone()),
                state_id: case.state.clone(),
                opened: case.opened,
                clocks,
                case,
            });
        }
        Ok(shown)
    }

    async fn warnings(&self) -> Result<Vec<Warning>, OfficeError> {
        let pack = self.pack();
        let Some(register) = pack.register(WARNINGS) else { return Ok(Vec::new()) };
        let query = EntryQuery { register: WARNINGS.to_owned(), contains: None, after: None, limit: WARNINGS_MOST };
        let oldest = to_millis(self.now()).saturating_sub(WARNING_MS);
        let mut warnings = Vec::new();
        for row in self.store.entries(&query).await?.rows {
            let Some(issued) = issued_of(&row).filter(|issued| to_millis(*issued) >= oldest) else { continue };
            let values = fields(&row).unwrap_or_default();
            let lines = self.entry_lines(register, &row);
            let title = |name: &str| {
                lines.iter().find(|(field, ..)| field == name).map(|(_, _, value)| value.clone()).unwrap_or_default()
            };
            let plan = text(&values, "plan");
            warnings.push(Warning {
                kind: title("kind"),
                level: title("level"),
                level_id: text(&values, "level"),
                text: text(&values, "text"),
                issued: Some(issued),
                case: self.case_by_number(&plan).await?,
                plan,
                id: row.key,
            });
        }
        warnings.sort_by_key(|warning| std::cmp::Reverse(warning.issued));
        Ok(warnings)
    }
}

fn issued_of(row: &EntryRow) -> Option<Instant> {
    guiju_kernel::time::parse(fields(row)?.get("issued").and_then(Value::as_str)?).ok()
}
