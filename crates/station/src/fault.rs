//! What stops a command or an agent, as the people who run the station read it.

use std::fmt;
use std::path::Path;

/// Why it did not go, in Chinese and English: what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Fault {
    /// Makes a fault of both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// A file or folder with which something could not be done.
    pub(crate) fn file(path: &Path, fault: &std::io::Error) -> Self {
        let path = path.display();
        Self::new(
            format!("`{path}`读写失败（{fault}），请检查磁盘空间和权限"),
            format!("`{path}` cannot be read or written ({fault}); check the disk's room and the rights"),
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.zh, self.en)
    }
}

impl std::error::Error for Fault {}

impl From<guiju_spectrum::complaint::Complaint> for Fault {
    fn from(complaint: guiju_spectrum::complaint::Complaint) -> Self {
        Self::new(complaint.zh(), complaint.to_string())
    }
}
