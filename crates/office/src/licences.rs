//! Licences in their holders' hands: which entries a case has made, and one entry for whoever it was issued to.
//!
//! Only registers whose entries anybody may verify count as licences. The holder sees what stands on the licence, technical data
//! included; nobody else sees it through here.

use guiju_kernel::organ::Register;
use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::{FieldKind, Visibility};
use guiju_kernel::record::Table;
use guiju_kernel::rows::{EntryDoc, EntryRow};

use crate::answer::OfficeError;
use crate::cases::Sight;
use crate::office::Office;
use crate::view::Viewer;

impl Office {
    /// The numbers of the licences that a case has made or changed, in the order of its records.
    ///
    /// # Errors
    /// [`OfficeError::NotYours`] when the case is not this viewer's to see; or the store cannot be read.
    pub async fn licences_of_case(&self, who: &Viewer, id: u64) -> Result<Vec<String>, OfficeError> {
        let case = self.case(id).await?;
        if self.sight(who, &case) == Sight::None {
            return Err(OfficeError::NotYours { holder: self.holder_name(&case) });
        }
        let pack = self.pack();
        let licence = |id: &str| pack.register(id).is_some_and(|register| !register.verifies.is_empty());
        let mut numbers: Vec<String> = Vec::new();
        for record in self.records_of(id).await? {
            let entries = record.effects.iter().filter(|effect| effect.table == Table::Entries);
            for (register, rest) in entries.filter_map(|effect| effect.key.split_once('/')) {
                let Some((key, _version)) = rest.rsplit_once('/').filter(|_| licence(register)) else { continue };
                // The end of an old version and the new one stand side by side.
                if numbers.last().is_none_or(|last| last != key) {
                    numbers.push(key.to_owned());
                }
            }
        }
        Ok(numbers)
    }

    /// The latest version of a licence, for the party that holds it; `None` for anybody else and for a wrong number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn licence_of_holder(
        &self,
        who: &Person,
        number: &str,
    ) -> Result<Option<(Register, EntryRow)>, OfficeError> {
        let Some((register, row)) = self.verify_number(number).await? else { return Ok(None) };
        let doc: EntryDoc = serde_json::from_value(row.doc.clone()).unwrap_or_default();
        let holds = |party: &str| {
            let mut holders = register.fields.iter().filter(|field| field.kind == FieldKind::Party);
            holders.any(|field| doc.fields.get(&field.name).and_then(|code| code.as_str()) == Some(party))
        };
        let mine = who.party.as_deref().is_some_and(holds);
        Ok(mine.then_some((register, row)))
    }
}

/// Whether a field may stand on the paper that the holder has in hand.
pub fn stands_on_paper(visible: Visibility) -> bool {
    !matches!(visible, Visibility::Personal | Visibility::WorkSecret)
}
