//! Sessions, drafts and the operations log: what may be lost without harm. Nothing here is a record.

use guiju_store::{Draft, Operation, Session};

use crate::answer::OfficeError;
use crate::office::Office;

impl Office {
    pub async fn session(&self, id: &str) -> Result<Option<Session>, OfficeError> {
        Ok(self.store.session(id).await?)
    }

    pub async fn put_session(&self, session: &Session) -> Result<(), OfficeError> {
        Ok(self.store.put_session(session).await?)
    }

    pub async fn drop_session(&self, id: &str) -> Result<(), OfficeError> {
        Ok(self.store.drop_session(id).await?)
    }

    /// A draft, if it is this owner's.
    pub async fn draft(&self, owner: &str, id: &str) -> Result<Option<Draft>, OfficeError> {
        Ok(self.store.draft(id).await?.filter(|draft| draft.owner == owner))
    }

    /// An owner's drafts, newest first.
    pub async fn drafts_of(&self, owner: &str) -> Result<Vec<Draft>, OfficeError> {
        Ok(self.store.drafts_of(owner).await?)
    }

    pub async fn put_draft(&self, draft: &Draft) -> Result<(), OfficeError> {
        Ok(self.store.put_draft(draft).await?)
    }

    pub async fn drop_draft(&self, id: &str) -> Result<(), OfficeError> {
        Ok(self.store.drop_draft(id).await?)
    }

    /// Notes a refusal, a sign-in or a fault.
    pub async fn log_operation(&self, kind: &str, account: Option<&str>, text: &str) -> Result<(), OfficeError> {
        let at = guiju_kernel::time::to_millis(self.now());
        let operation =
            Operation { at, kind: kind.to_owned(), account: account.map(str::to_owned), text: text.to_owned() };
        Ok(self.store.log_operation(&operation).await?)
    }
}
