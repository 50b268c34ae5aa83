//! Cases that an act on another case opens, and who may act: both asked of the registers and the kernel before anything is written.
//!
//! An act and the cases it opens stand or fall together: what would be refused of them refuses the act, and all their records
//! are of one commit.

use guiju_kernel::case::Case;
use guiju_kernel::procedure::definition::Procedure;
use guiju_kernel::procedure::{Decided, Person, Proposal, Refusal};
use guiju_kernel::record::ActorKind;
use guiju_kernel::time::{Instant, date_of};

use super::desk::{Desk, no_procedure};
use super::pending::Pending;
use crate::answer::OfficeError;
use crate::officers::{OFFICERS, equip};
use crate::shelf::Volume;

impl Desk {
    /// Gives every officer who acts what the register of officers says of them now.
    pub(super) async fn equip_all(&mut self, persons: &mut [Person]) -> Result<(), OfficeError> {
        if self.shelf.current.pack.register(OFFICERS).is_none() {
            return Ok(());
        }
        for person in persons.iter_mut().filter(|person| person.kind == ActorKind::Officer) {
            let row = self.entry_row(OFFICERS, &person.id.clone()).await?;
            equip(person, row.as_ref());
        }
        Ok(())
    }

    /// Decides an act and, without writing anything, whether the cases that it opens may be opened.
    pub(super) async fn decide_with_spawned(
        &mut self,
        volume: &Volume,
        procedure: &Procedure,
        before: Option<&Case>,
        proposal: &Proposal,
        now: Instant,
    ) -> Result<Result<Decided, Box<Refusal>>, OfficeError> {
        let decided = match self.decide(volume, procedure, before, proposal, now).await? {
            Ok(decided) => decided,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let current = self.shelf.current.clone();
        for (id, opening) in &decided.spawn {
            let procedure = current.procedure(id, date_of(opening.done)).ok_or_else(|| no_procedure(id))?;
            if let Err(refusal) = self.decide(&current, &procedure, None, opening, now).await? {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(decided))
    }

    /// Opens the cases; each was found lawful just before. One that is refused nevertheless spoils the group.
    pub(super) async fn open_spawned(
        &mut self,
        spawned: Vec<(String, Proposal)>,
        now: Instant,
        pending: &mut Pending,
    ) -> Result<(), OfficeError> {
        let current = self.shelf.current.clone();
        for (id, opening) in spawned {
            let procedure = current.procedure(&id, date_of(opening.done)).ok_or_else(|| no_procedure(&id))?;
            match self.decide(&current, &procedure, None, &opening, now).await? {
                Ok(decided) => {
                    self.accept(decided, None, None, pending).await?;
                }
                Err(refusal) => {
                    pending.spoil();
                    let why = format!("{} / {}", refusal.why.zh, refusal.why.en);
                    return Err(OfficeError::Damaged(format!("a case of {id} was foreseen and then refused: {why}")));
                }
            }
        }
        Ok(())
    }
}
