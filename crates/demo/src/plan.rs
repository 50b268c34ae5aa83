//! What a demonstration year wishes: how many of what, when, how it turns out. Counts are wishes; figures are counted from records.

use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::course::{Course, Entries};
use crate::radio::Radio;

/// A plan file (`packs/<pack>/years/YYYY.yaml`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub seed: u64,
    /// The year's first day and the cut-off (exclusive).
    pub from: Date,
    pub until: Date,
    pub profile: Profile,
    /// Enterprises on the register.
    pub firms: u32,
    pub requests: Requests,
    pub carried_over: CarriedOver,
    pub service_officers: ServiceOfficers,
    pub accounts: Vec<Account>,
    /// Entries of other registers, there from the start.
    #[serde(default)]
    pub entries: Vec<Entries>,
    /// Cases of other procedures.
    #[serde(default)]
    pub courses: Vec<Course>,
    /// What monitoring stations measure.
    #[serde(default)]
    pub radio: Radio,
    pub words: Words,
}

/// How busy a day is, in percent of an ordinary working day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub weekday: u32,
    pub weekend: u32,
    pub spring_festival: u32,
    pub month_end: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requests {
    pub platform: Platform,
    pub task_force: TaskForce,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    pub filed: u32,
    pub declined: u32,
    /// Accepted but not closed at the cut-off.
    pub open_at_end: u32,
    pub returned_once: Share,
    pub returned_twice: Share,
    pub co_handled: Share,
    pub multi_type: Share,
    pub reopened: Share,
    /// Contacted after the promised hour.
    pub contact_late: Share,
    /// Closed after the promised seven days.
    pub close_late: Share,
    pub rated: Share,
    pub reminded: Share,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskForce {
    pub filed: u32,
    pub open_at_end: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedOver {
    /// Opened before the year, still open when it begins: another cohort.
    pub requests: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceOfficers {
    pub firms: u32,
    pub officers: u32,
    pub hand_overs: u32,
}

/// An account that visitors of the demonstration may sign in with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub account: String,
    pub name: String,
    /// `organ/unit`; absent for a party.
    #[serde(default)]
    pub unit: Option<String>,
    #[serde(default)]
    pub roles: Vec<String>,
    /// Acts for the n-th enterprise of the register (from 1).
    #[serde(default)]
    pub firm: Option<u32>,
    /// What to try with it, in a sentence.
    pub zh: String,
    pub en: String,
}

/// Words from which names and texts are put together. Every name is invented.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub surnames: String,
    pub given: String,
    pub firm_marks: Vec<String>,
    pub trades: Vec<String>,
    pub firm_kinds: Vec<String>,
    pub roads: Vec<String>,
    /// By type of request: titles and sentences, `<n>` stands for a number, `<product>` for a product.
    pub matters: Vec<Matter>,
    pub products: Vec<String>,
    pub contacts: Vec<String>,
    pub plans: Vec<String>,
    pub answers: Vec<String>,
    pub returns: Vec<String>,
    pub declines: Vec<Decline>,
    pub dissatisfied: Vec<String>,
    pub task_force: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matter {
    /// The value of the `types` choice.
    #[serde(rename = "type")]
    pub kind: String,
    pub titles: Vec<String>,
    pub texts: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// The value of the `decline_reason` choice.
    pub reason: String,
    pub text: String,
}

/// A share in tenths of a percent, written `4%` or `1.5%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share(pub u64);

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Share, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_share(&text).ok_or_else(|| D::Error::custom(format!("`{text}`：应写成 4% 或 1.5% / write 4% or 1.5%")))
    }
}

fn parse_share(text: &str) -> Option<Share> {
    let number = text.strip_suffix('%')?;
    let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
    let tenth: u64 = if tenth.len() == 1 { tenth.parse().ok()? } else { return None };
    let share = whole.parse::<u64>().ok()?.checked_mul(10)?.checked_add(tenth)?;
    (share <= 1_000).then_some(Share(share))
}

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PlanError {
    pub zh: String,
    pub en: String,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.zh, self.en)
    }
}

impl Plan {
    /// Reads a plan; complaints name the line.
    pub fn parse(text: &str) -> Result<Plan, PlanError> {
        let plan: Plan = serde_saphyr::from_str(text)
            .map_err(|e| PlanError {
                zh: format!("年度计划有误：{e}"), en: format!("the plan has a fault: {e}")
            })?;
        plan.check()?;
        Ok(plan)
    }

    fn check(&self) -> Result<(), PlanError> {
        let fault = |zh: &str, en: &str| Err(PlanError { zh: zh.to_owned(), en: en.to_owned() });
        let platform = &self.requests.platform;
        if self.until <= self.from {
            return fault("截止日须晚于起始日", "`until` must lie after `from`");
        }
        if platform.declined.saturating_add(platform.open_at_end) > platform.filed {
            return fault("不予受理数加未办结数超过提交数", "`declined` and `open_at_end` exceed `filed`");
        }
        if self.requests.task_force.open_at_end > self.requests.task_force.filed {
            return fault("专班未解决数超过收集数", "`task_force.open_at_end` exceeds `filed`");
        }
        if self.service_officers.firms > self.firms {
            return fault("配备专员的企业数超过企业总数", "`service_officers.firms` exceeds `firms`");
        }
        if self.service_officers.firms > 0 && self.service_officers.officers == 0 {
            return fault("没有服务专员", "there are no service officers");
        }
        for course in &self.courses {
            let by = course
                .steps
                .iter()
                .flat_map(|step| &step.by)
                .filter(|by| !["party", "drawn", "drawn.1"].contains(&by.as_str()));
            let officers = course.draw.iter().flat_map(|lottery| &lottery.officers);
            if let Some(nobody) =
                by.into_iter().chain(officers).find(|by| !self.accounts.iter().any(|account| account.account == **by))
            {
                return Err(PlanError {
                    zh: format!("`courses.{}`：账号 `{nobody}` 不在 accounts 中", course.id),
                    en: format!("`courses.{}`: there is no account `{nobody}`", course.id),
                });
            }
        }
        if self.firms == 0 {
            return fault("企业数不能为零", "`firms` must not be 0");
        }
        Ok(())
    }
}
