//! `platforms/*.yaml` as it is written: how another platform's exports name what our procedures know.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Words;
use crate::source::at::{At, Named};

/// platforms/*.yaml：一个其他平台的导出表。The exports of one other platform.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPlatform {
    /// 标识。
    pub(crate) id: At<String>,
    pub(crate) title: Words,
    /// 记录中写的来源系统名。The name that records give it as their source.
    pub(crate) system: At<String>,
    /// 各程序的导出表：一行一件。One export a procedure, one row a case.
    pub(crate) exports: Named<RawExport>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExport {
    /// 编号的列名。Headings of the case's number there.
    pub(crate) number: Vec<At<String>>,
    /// 状态的列名。Headings of its state.
    #[serde(default)]
    pub(crate) state: Vec<At<String>>,
    /// 该平台对我们各状态的叫法。What it calls our states.
    #[serde(default)]
    pub(crate) states: Named<Vec<String>>,
    /// 字段。Our fields.
    pub(crate) fields: Named<RawMapped>,
    /// 环节。Our acts.
    pub(crate) steps: Named<RawStepColumns>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMapped {
    /// 列名。Headings.
    pub(crate) columns: Vec<At<String>>,
    /// 该平台对各选项的叫法。What it calls the choices.
    #[serde(default)]
    pub(crate) words: Named<Vec<String>>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStepColumns {
    /// 时间的列名；多次的时间写在一格里，用“；”分开。Headings of when; several moments stand in one cell, separated by `；`.
    pub(crate) at: Vec<At<String>>,
    /// 执法证号的列名；同一次的用“、”，各次之间用“；”。Headings of the officers' card numbers: `、` within one time, `；` between times.
    #[serde(default)]
    pub(crate) by: Vec<At<String>>,
}
