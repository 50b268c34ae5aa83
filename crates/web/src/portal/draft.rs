//! What somebody has begun to file: kept on the server, marked 尚未提交, dropped when the receipt is there.
//!
//! A draft is no record: it may be lost without harm to anybody's rights, and nobody but its writer sees it. Its files lie beside
//! it, one row each, so that saving a line of text does not rewrite them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::Procedure;
use guiju_kernel::time::{self, Instant};
use guiju_office::{Office, Upload};
use guiju_store::Draft;
use serde::{Deserialize, Serialize};

use super::step::StepName;
use crate::fault::Fault;
use crate::form::Posted;
use crate::visit::random_hex;

/// A filing that has not been submitted.
#[derive(Debug, Clone)]
pub struct Filing {
    pub id: String,
    pub owner: String,
    pub procedure: String,
    pub typed: Posted,
    /// The furthest page reached.
    pub reached: StepName,
    pub updated: Instant,
}

#[derive(Serialize, Deserialize)]
struct Data {
    typed: Posted,
    reached: String,
}

#[derive(Serialize, Deserialize)]
struct FileData {
    name: String,
    media: String,
    content: String,
}

/// A file of a draft with the id under which it may be taken out again.
pub struct DraftFile {
    pub id: String,
    pub upload: Upload,
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Broken(error.to_string())
}

pub fn file_owner(draft: &str) -> String {
    format!("draft:{draft}")
}

/// The files kept under an owner, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn files_of(office: &Office, owner: &str) -> Result<Vec<DraftFile>, Fault> {
    let mut files = Vec::new();
    for draft in office.drafts_of(owner).await? {
        let data: FileData = serde_json::from_str(&draft.data).map_err(broken)?;
        let content = STANDARD.decode(&data.content).map_err(broken)?;
        let upload = Upload { field: draft.procedure, name: data.name, media: data.media, content };
        files.push((draft.updated, DraftFile { id: draft.id, upload }));
    }
    files.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// Keeps a file under an owner.
///
/// # Errors
/// When the store cannot keep it.
pub async fn keep_file(office: &Office, owner: &str, upload: &Upload) -> Result<(), Fault> {
    let data =
        FileData { name: upload.name.clone(), media: upload.media.clone(), content: STANDARD.encode(&upload.content) };
    let draft = Draft {
        id: random_hex(16)?,
        owner: owner.to_owned(),
        procedure: upload.field.clone(),
        data: serde_json::to_string(&data).map_err(broken)?,
        updated: time::to_millis(office.now()),
    };
    Ok(office.put_draft(&draft).await?)
}

/// Lets go of what is kept for a field: a table has one workbook at a time.
///
/// # Errors
/// When the store cannot forget it.
pub async fn drop_field(office: &Office, owner: &str, field: &str) -> Result<(), Fault> {
    for old in office.drafts_of(owner).await?.into_iter().filter(|old| old.procedure == field) {
        office.drop_draft(&old.id).await?;
    }
    Ok(())
}

impl Filing {
    /// Begins a draft with what is known of the person.
    ///
    /// # Errors
    /// When the store cannot keep it.
    pub async fn begin(office: &Office, who: &Person, procedure: &Procedure) -> Result<Filing, Fault> {
        let filing = Filing {
            id: random_hex(16)?,
            owner: who.id.clone(),
            procedure: procedure.id.clone(),
            typed: Posted::default(),
            reached: StepName::Who,
            updated: office.now(),
        };
        filing.save(office).await?;
        Ok(filing)
    }

    fn read(draft: Draft) -> Option<Filing> {
        let data: Data = serde_json::from_str(&draft.data).ok()?;
        Some(Filing {
            id: draft.id,
            owner: draft.owner,
            procedure: draft.procedure,
            typed: data.typed,
            reached: StepName::of(&data.reached)?,
            updated: time::from_millis(draft.updated).ok()?,
        })
    }

    /// A draft of this person; `None` where they have none of this id (it may have been submitted, or be another's).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn load(office: &Office, who: &Person, id: &str) -> Result<Option<Filing>, Fault> {
        Ok(office.draft(&who.id, id).await?.and_then(Filing::read))
    }

    /// All drafts of a person, latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn all(office: &Office, who: &Person) -> Result<Vec<Filing>, Fault> {
        let mut filings: Vec<_> = office.drafts_of(&who.id).await?.into_iter().filter_map(Filing::read).collect();
        filings.sort_by_key(|filing| std::cmp::Reverse(filing.updated));
        Ok(filings)
    }

    /// # Errors
    /// When the store cannot keep it: what was typed is then still on the page.
    pub async fn save(&self, office: &Office) -> Result<(), Fault> {
        let data = Data { typed: self.typed.answers(), reached: self.reached.id().to_owned() };
        let draft = Draft {
            id: self.id.clone(),
            owner: self.owner.clone(),
            procedure: self.procedure.clone(),
            data: serde_json::to_string(&data).map_err(broken)?,
            updated: time::to_millis(office.now()),
        };
        Ok(office.put_draft(&draft).await?)
    }

    /// # Errors
    /// When the store cannot be read.
    pub async fn files(&self, office: &Office) -> Result<Vec<DraftFile>, Fault> {
        files_of(office, &file_owner(&self.id)).await
    }

    /// # Errors
    /// When the store cannot keep it.
    pub async fn add_file(&self, office: &Office, upload: &Upload) -> Result<(), Fault> {
        keep_file(office, &file_owner(&self.id), upload).await
    }

    /// # Errors
    /// When the store cannot forget it.
    pub async fn drop_file(&self, office: &Office, file: &str) -> Result<(), Fault> {
        if office.draft(&file_owner(&self.id), file).await?.is_some() {
            office.drop_draft(file).await?;
        }
        Ok(())
    }

    /// # Errors
    /// When the store cannot forget it.
    pub async fn drop(self, office: &Office) -> Result<(), Fault> {
        for file in office.drafts_of(&file_owner(&self.id)).await? {
            office.drop_draft(&file.id).await?;
        }
        Ok(office.drop_draft(&self.id).await?)
    }
}
