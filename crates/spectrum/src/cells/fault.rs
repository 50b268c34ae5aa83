//! What can be wrong with a cell-scan log or a list of licensed cells?

/// A line that was left out, and why.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// The heading lacks a column.
    #[error("{file}: the heading lacks the column `{column}`; add it")]
    Column {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
    },
    /// A field cannot be read.
    #[error("{file}, line {line}, column `{column}`: `{text}` is not {en}; the line was left out")]
    Field {
        /// The file.
        file: String,
        /// Line, from 1 (for JSON the number of the entry).
        line: usize,
        /// The column.
        column: &'static str,
        /// What stands there.
        text: String,
        /// What should stand there.
        en: &'static str,
        /// The same in Chinese.
        zh: &'static str,
    },
    /// A JSON text cannot be read.
    #[error("{file}, line {line}, column {column}: not a list of scan records ({why}); mend the file")]
    Json {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader said.
        why: String,
    },
}

impl Fault {
    /// The same in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Column { file, column } => format!("{file}：表头缺少「{column}」列，请补上"),
            Self::Field { file, line, column, text, zh, .. } => {
                format!("{file} 第 {line} 行「{column}」列：「{text}」不是{zh}，该行未采用")
            }
            Self::Json { file, line, column, why } => {
                format!("{file} 第 {line} 行第 {column} 列：不是扫描记录列表（{why}），请改正文件")
            }
        }
    }
}
