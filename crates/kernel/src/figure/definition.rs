//! What a published number is: a query over records at a cut-off. Checked values; `guiju-pack` makes them from files.

use serde_json::Value;

use crate::procedure::definition::Text;

/// One figure of the report.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// `requests.platform.completed`; the area is what stands before the first dot.
    pub id: String,
    pub title: Text,
    /// One sentence: what is counted.
    pub counts: Text,
    pub unit: Text,
    /// Whose doing it counts: `bureau` or `city`.
    pub scope: String,
    pub query: Query,
    pub round: Option<Round>,
    /// The column and id under which the public statistics page shows it, if it does.
    pub public: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// Cases of procedures. With `cohort`: those whose act of that name or tag was first done within the period; without:
    /// those opened within it. With `clock`: only those whose clock of that name has ended by the cut-off, stopped or run out.
    Cases {
        procedures: Vec<String>,
        cohort: Option<String>,
        filter: Vec<Condition>,
        state_at_cutoff: Vec<String>,
        clock: Option<String>,
    },
    /// Acts done within the period, by name or tag: each time counts.
    Acts { procedures: Vec<String>, act: String, filter: Vec<Condition> },
    /// Entries in force at the cut-off, or made within the period (and counted as they stood at the cut-off, ended or not).
    Entries { register: String, filter: Vec<Condition>, made_in_period: bool, measure: Measure },
    /// One figure of the same pack divided by another, exactly; in per cent when the unit is `%`, to two decimals unless `round`
    /// says otherwise; nothing when dividing by zero.
    Ratio { of: String, to: String },
    /// Union of the intervals between two moments of entries in force, per group and within the period, in whole seconds, then
    /// summed; shown in the unit (小时, 分钟, 秒, 天).
    Duration { register: String, from: String, until: String, union_by: Vec<String>, filter: Vec<Condition> },
    /// The latest value of a field among entries in force.
    Latest { register: String, field: String, filter: Vec<Condition> },
    /// From the first act of one name to the first of another that follows it, as the median over cases of the cohort; exact to
    /// the millisecond, shown in the unit (小时, 分钟, 秒, 天; any other: milliseconds).
    Median { procedure: String, cohort: String, from: String, to: String, filter: Vec<Condition> },
    /// Of the cohort's cases whose clock has ended by the cut-off, those that kept it.
    Kept { procedures: Vec<String>, cohort: String, clock: String, filter: Vec<Condition> },
    /// Items of the organ's published list that are handled by one of these procedures, as the pack has them; with `online` only
    /// those that can, or cannot, be filed and answered online.
    Items { procedures: Vec<String>, online: Option<bool> },
    /// The value of a dated parameter in force at the cut-off: a number, or how many of its unit a period has.
    Param { name: String },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    Count,
    Distinct(String),
    Sum(String),
}

/// A field of the case or entry compared with constants.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub field: String,
    pub any_of: Vec<Value>,
}

/// How a ratio is shown: half-up to this many decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    pub decimals: u32,
    /// Shown in units of 10^`shift` of the stored integer (fen -> yuan: 2; fen -> 亿元: 10).
    pub shift: u32,
}
