//! Why can a file not be read (or a workbook not be written) at all?
//!
//! These end the work on a file; what is wrong in single cells is a [`Complaint`](crate::Complaint).

/// What keeps a file from being read or a workbook from being written. `Display` is English, [`SheetError::zh`] Chinese.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// The file has no bytes, or only blanks.
    #[error("the file is empty")]
    Empty,
    /// The file is of another kind than XLSX, CSV or TSV.
    #[error("this file is {en}, not an XLSX workbook or a CSV table; {}", if *.table { "save it as .xlsx and send that" } else { "send a table" })]
    WrongKind {
        /// It is a table of another kind, so that it can be saved as XLSX.
        table: bool,
        /// What it is, in Chinese.
        zh: &'static str,
        /// What it is, in English with its article.
        en: &'static str,
    },
    /// The workbook is encrypted.
    #[error("the workbook is protected by a password; remove the password and send it again")]
    Encrypted,
    /// The package or one of its parts cannot be read.
    #[error("the workbook is damaged ({part}); open it in a spreadsheet program and save it again as .xlsx")]
    Damaged {
        /// Which part of the package is damaged.
        part: String,
    },
    /// The text is in no encoding that Chinese offices use.
    #[error("the text is neither UTF-8 nor UTF-16 nor GB18030 (line {line}); save it as .xlsx and send that")]
    Encoding {
        /// The first line that cannot be read, from 1.
        line: usize,
    },
    /// A quoted field never ends.
    #[error("a quotation mark opened in row {row} is never closed")]
    OpenQuote {
        /// The row in which the field begins, from 1.
        row: u32,
    },
    /// The file goes beyond one of the [`Limits`](crate::Limits).
    #[error("too large: {en} (at most {limit}); split it and send the parts one by one")]
    TooLarge {
        /// What there is too much of, in Chinese.
        zh: &'static str,
        /// What there is too much of, in English.
        en: &'static str,
        /// The limit, in that unit.
        limit: u64,
    },
    /// The workbook has no sheet with cells.
    #[error("the workbook has no worksheet")]
    NoSheet,
    /// A workbook could not be written.
    #[error("the workbook could not be written: {why}")]
    Write {
        /// What the writer says.
        why: String,
    },
}

impl SheetError {
    /// Says in Chinese what is wrong and what to do.
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "文件是空的".into(),
            Self::WrongKind { table: true, zh, .. } => {
                format!("这是{zh}，不是XLSX工作簿或CSV表格，请用Excel或WPS另存为.xlsx后再上传")
            }
            Self::WrongKind { zh, .. } => format!("这是{zh}，不是XLSX工作簿或CSV表格，请上传表格文件"),
            Self::Encrypted => "工作簿设有密码，请取消密码后再上传".into(),
            Self::Damaged { part } => format!("工作簿已损坏（{part}），请用表格软件打开并另存为.xlsx后再上传"),
            Self::Encoding { line } => {
                format!("第{line}行的文字编码无法识别（不是UTF-8、UTF-16或GB18030），请另存为.xlsx后再上传")
            }
            Self::OpenQuote { row } => format!("第{row}行的引号没有配对，请改正后再上传"),
            Self::TooLarge { zh, limit, .. } => format!("文件过大：{zh}超过{limit}，请拆分后分别上传"),
            Self::NoSheet => "工作簿里没有工作表".into(),
            Self::Write { why } => format!("无法生成工作簿：{why}"),
        }
    }

    /// Says in English what is wrong and what to do.
    pub fn en(&self) -> String {
        self.to_string()
    }

    pub(crate) fn damaged(part: impl Into<String>) -> Self {
        Self::Damaged { part: part.into() }
    }
}

impl From<rust_xlsxwriter::XlsxError> for SheetError {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        Self::Write { why: error.to_string() }
    }
}
