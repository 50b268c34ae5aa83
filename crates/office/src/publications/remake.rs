//! The index of publications, made anew from the cases when another pack, or an older program, made what is there.

use std::collections::BTreeSet;

use guiju_kernel::rows;
use guiju_kernel::time::Instant;
use guiju_store::{Batch, Fence, PublicationDoc, Store};

use super::standing::rows_of;
use crate::answer::OfficeError;
use crate::shelf::Shelf;

/// Cases read, and written, at once.
const PAGE: u32 = 2_000;

/// Makes the index anew unless it is this pack's. A crash in between leaves the old name in place, so that it is begun again.
///
/// # Errors
/// When the store can be neither read nor written.
pub(crate) async fn remake(store: &dyn Store, fence: &Fence, shelf: &Shelf, now: Instant) -> Result<(), OfficeError> {
    let pack = &shelf.current.pack;
    if store.publications_made().await?.as_deref() == Some(&pack.hash) {
        return Ok(());
    }
    let publishing = shelf.volumes().flat_map(|volume| volume.pack.procedures.iter());
    let publishing = publishing.filter(|procedure| procedure.acts.iter().any(|act| !act.publishes.is_empty()));
    let ids: BTreeSet<String> = publishing.map(|procedure| procedure.id.clone()).collect();
    for procedure in ids {
        let mut after = None;
        loop {
            let page = store.case_rows(&procedure, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            let mut batch = Batch::default();
            for row in page {
                let id = row.id;
                let case = rows::case_from(row, Vec::new(), Vec::new());
                let case = case.map_err(|e| OfficeError::Damaged(format!("case {id}: {e}")))?;
                batch.publications.push(PublicationDoc { case_id: id, rows: rows_of(&case, shelf, now) });
            }
            store.commit(fence, &batch).await?;
        }
    }
    store.commit(fence, &Batch { publications_made: Some(pack.hash.clone()), ..Batch::default() }).await?;
    Ok(())
}
