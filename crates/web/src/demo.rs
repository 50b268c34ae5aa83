//! The demonstration's door: which accounts exist and what each may do. Nothing here exists in service.

use guiju_kernel::procedure::definition::Text;

use crate::face::Face;

/// What a demonstration shows on its first page.
#[derive(Debug, Clone, Default)]
pub struct DemoInfo {
    /// What was generated, in a sentence.
    pub about: Text,
    pub accounts: Vec<DemoAccount>,
}

#[derive(Debug, Clone)]
pub struct DemoAccount {
    pub account: String,
    pub password: String,
    /// Who it is: a name and a unit.
    pub name: Text,
    /// What they may do, in a sentence.
    pub may: Text,
    pub face: Face,
}
