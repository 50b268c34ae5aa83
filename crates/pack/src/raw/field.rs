//! Fields of procedures and registers as files write them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Words;
use crate::source::at::{At, Named};
use guiju_kernel::procedure::definition::Visibility;

/// 字段。A field: its type, its titles, who may see it, what its value must satisfy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawField {
    /// 类型。What sort of value.
    #[serde(rename = "type")]
    pub(crate) kind: At<FieldType>,
    /// 中文标题。
    pub(crate) zh: String,
    /// English title.
    pub(crate) en: String,
    /// 填写提示。What the form says below the title.
    #[serde(default)]
    pub(crate) hint: Option<Words>,
    /// 可见范围：public 公开，party 当事人，staff 工作人员（默认），personal 个人信息，work_secret 工作秘密。
    /// Who may see it; `staff` if nothing is said.
    #[serde(default)]
    pub(crate) visible: Seen,
    /// 从哪个状态起必填。The first state in which it must be there.
    #[serde(default)]
    pub(crate) required_from: Option<At<String>>,
    /// 校验。What the value must satisfy.
    #[serde(default)]
    pub(crate) check: Vec<At<Check>>,
    /// 法律对这个值的规定，看得到同一行、本办件、台账和参数。Rules of law about the value that look beyond it.
    #[serde(default)]
    pub(crate) rules: Vec<At<RawRule>>,
    /// 模板或示例。An example that the form shows, or a template to write over.
    #[serde(default)]
    pub(crate) template: Option<Words>,
    /// 工作簿中的列名。Titles under which workbooks keep it, besides its own.
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    /// 文本最少字数，或整数最小值。Fewest characters of a text, or the least integer.
    #[serde(default)]
    pub(crate) min: Option<At<i64>>,
    /// 文本最多字数，或整数最大值。Most characters of a text, or the greatest integer.
    #[serde(default)]
    pub(crate) max: Option<At<i64>>,
    /// 文本框行数。Lines of a text area; one line if nothing is said.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub(crate) lines: Option<u32>,
    /// 枚举的选项。The choices of an enum.
    #[serde(default)]
    pub(crate) values: Option<Named<RawChoice>>,
    /// 最多几项。Most choices, files, items or rows; one if nothing is said.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub(crate) most: Option<u32>,
    /// 台账。The register of an entry.
    #[serde(default)]
    pub(crate) of: Option<At<String>>,
    /// 允许的文件扩展名。File name endings that are taken.
    #[serde(default)]
    pub(crate) types: Vec<At<String>>,
    /// 单个文件最大兆字节数。Largest file, in MiB.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub(crate) max_mb: Option<u32>,
    /// 列表中每一项。Each item of a list.
    #[serde(default)]
    pub(crate) each: Option<Box<RawField>>,
    /// 表格各列。The columns of a table.
    #[serde(default)]
    pub(crate) rows: Option<Named<RawField>>,
}

/// 可见范围。Who may see a field.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Seen {
    Public,
    Party,
    #[default]
    Staff,
    Personal,
    WorkSecret,
}

impl From<Seen> for Visibility {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Public => Self::Public,
            Seen::Party => Self::Party,
            Seen::Staff => Self::Staff,
            Seen::Personal => Self::Personal,
            Seen::WorkSecret => Self::WorkSecret,
        }
    }
}

/// 字段类型。
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FieldType {
    /// 文本。Characters; `max` says how many.
    Text,
    /// 整数。
    Integer,
    /// 金额，以分计。Integer fen.
    Money,
    /// 日期。
    Date,
    /// 时刻。A moment in Beijing time.
    DateTime,
    /// 是或否。
    Flag,
    /// 选项。One of `values`, or up to `most` of them.
    Enum,
    /// 本包的角色。The pack's roles as choices.
    Role,
    /// 本包的机关。The pack's organs as choices.
    Organ,
    /// 当事人（统一社会信用代码）。A party by its unified social credit code.
    Party,
    /// 台账条目。An entry of the register named by `of`.
    Entry,
    /// 科室（机关/科室）。A unit as `organ/unit`.
    Unit,
    /// 文件。
    File,
    /// 列表。Up to `most` values of `each`.
    List,
    /// 表格。Up to `most` rows with these columns.
    Table,
}

/// 校验规则。
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Check {
    /// 统一社会信用代码校验码（GB 32100-2015）。
    CreditCode,
    /// 电话号码。
    Phone,
    /// 不晚于行为之时。Not later than the act.
    NotAfterAct,
    /// 不得带密级标志。Refuses a text that bears a classification mark.
    Unclassified,
    /// SHA-256 摘要（64位小写十六进制）。A SHA-256 in 64 lower-case hexadecimal digits.
    Digest,
}

/// 规定：恰好写一种，并写明依据。A rule of law about one value: exactly one of its kinds, and the articles that make it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawRule {
    /// 日期不得晚于台账条目的日期；`entry` 为空时不问。Not later than a date of the entry that a field names.
    pub(crate) not_beyond: Option<NotBeyond>,
    /// 日期不得超过行为之日起的参数期间。Not later than a parameter's period after the act.
    pub(crate) not_longer_than: Option<NotLongerThan>,
    /// 数额不得超过另一字段；另一字段为空时视为零。A number no greater than another field; nothing where that is empty.
    pub(crate) not_more_than: Option<At<String>>,
    /// 须在台账已分配的序列之内。Lies in a series that a register allocates.
    pub(crate) in_series: Option<InSeries>,
    /// 台账中没有以它为键的有效条目。No entry in force of the register bears it.
    pub(crate) free_in: Option<At<String>>,
    /// 同一表格中不得重复。No two rows of the table bear it.
    pub(crate) once: bool,
    /// 须是事项清单写明的决定机关。The authority that the item list names for this procedure.
    pub(crate) listed_authority: bool,
    /// 须与台账条目所载一致。What an entry says whose key another field holds.
    pub(crate) as_registered: Option<AsRegistered>,
    /// 依据：法规#条。
    pub(crate) basis: Vec<At<String>>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AsRegistered {
    /// 台账。The register.
    pub(crate) register: At<String>,
    /// 写着键的字段；为空时不问。The field that holds the key; not asked where it is empty.
    pub(crate) key: At<String>,
    /// 条目的字段；是列表的，须在其中。The entry's field; of a list, one of its values.
    pub(crate) field: At<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotBeyond {
    /// 写着条目的字段。The field that names the entry.
    pub(crate) entry: At<String>,
    /// 条目的日期字段。The entry's date field.
    pub(crate) date: At<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotLongerThan {
    /// 参数（期间）。
    pub(crate) param: At<String>,
    /// 该字段有值时不问。Not asked where this field is there.
    #[serde(default)]
    pub(crate) unless: Option<At<String>>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InSeries {
    /// 序列的台账，键是前缀。The register of series, by prefix.
    pub(crate) register: At<String>,
    /// 起号字段。The field of the first number.
    pub(crate) first: At<String>,
    /// 止号字段（含）。The field of the last number, itself included.
    pub(crate) last: At<String>,
}

/// 选项。One choice of an enum.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawChoice {
    /// 中文。
    pub(crate) zh: String,
    /// English.
    pub(crate) en: String,
    /// 群众的说法。Words people use for it: search as you type looks here too.
    #[serde(default)]
    pub(crate) words: Vec<String>,
    /// 建议承办科室（机关/科室）。The unit that is suggested for it.
    #[serde(default)]
    pub(crate) unit: Option<At<String>>,
    /// 填写模板。A template to write over.
    #[serde(default)]
    pub(crate) template: Option<Words>,
}
