//! Whom does the public look for? A case by its whole number, a firm by its credit code or part of its name.
//!
//! Natural persons are not found by name or number: their publications bear no party in the index.

use guiju_kernel::validate::credit_code;
use guiju_store::EntryQuery;

use crate::answer::OfficeError;
use crate::office::Office;

/// The register of firms.
const FIRMS: &str = "enterprises";
/// Firms of such a name whose publications are looked up; beyond this the page asks for more of the name.
const FIRMS_MOST: usize = 20;
/// Entries looked at for a name; the register holds other words than names, and somebody else waits for the database.
const PAGES_MOST: u32 = 5;
const PAGE: u32 = 100;
/// Characters of a name that are looked for: a single one finds half the register.
const NAME_LEAST: usize = 2;
/// And at most: a longer text is no name.
const NAME_MOST: usize = 100;

/// What words name: a case, or parties.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Searched {
    pub case: Option<u64>,
    pub parties: Option<Vec<String>>,
    pub more_firms: bool,
}

impl Office {
    pub(super) async fn searched(&self, words: &str) -> Result<Searched, OfficeError> {
        if let Some(case) = self.store.case_by_number(words).await? {
            return Ok(Searched { case: Some(case), ..Searched::default() });
        }
        if let Ok(code) = credit_code::check(words) {
            return Ok(Searched { parties: Some(vec![code.into()]), ..Searched::default() });
        }
        let length = words.chars().count();
        if !(NAME_LEAST..=NAME_MOST).contains(&length) {
            return Ok(Searched { parties: Some(Vec::new()), ..Searched::default() });
        }
        self.firms_named(words).await
    }

    async fn firms_named(&self, words: &str) -> Result<Searched, OfficeError> {
        let needle = words.to_ascii_lowercase();
        let named = |row: &guiju_kernel::rows::EntryRow| {
            let name = row.doc.get("fields").and_then(|fields| fields.get("name")).and_then(|name| name.as_str());
            name.is_some_and(|name| name.to_ascii_lowercase().contains(&needle))
        };
        let mut ask =
            EntryQuery { register: FIRMS.to_owned(), contains: Some(words.to_owned()), after: None, limit: PAGE };
        let (mut parties, mut more_firms) = (Vec::new(), true);
        for _ in 0..PAGES_MOST {
            let page = self.store.entries(&ask).await?;
            parties.extend(page.rows.iter().filter(|row| named(row)).map(|row| row.key.clone()));
            ask.after = page.rows.last().map(|row| row.key.clone());
            if parties.len() > FIRMS_MOST {
                break;
            }
            if !page.more {
                more_firms = false;
                break;
            }
        }
        parties.truncate(FIRMS_MOST);
        Ok(Searched { case: None, parties: Some(parties), more_firms })
    }
}
