//! The texts of statutes: articles imported from Markdown files, so that what a rule rests on can be read beside it.
//!
//! Each article is an entry of the register `law-texts`, keyed `statute#article`: an amended text is a new version with history.
//! A file belongs to the statute of the pack that bears its title; files that belong to none are named and left out. What the
//! pack cites and the text does not have is a fault, and then nothing of that file is taken.

use std::collections::BTreeMap;

use guiju_kernel::record::Origin;
use guiju_kernel::rows::EntryDoc;
use guiju_pack::{Pack, Statute};
use guiju_text::statute::{self, StatuteText};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, OfficeError};
use crate::office::Office;
use crate::writer::EntryAsk;

/// The register's name.
pub const LAW_TEXTS: &str = "law-texts";

/// One file as it was found.
#[derive(Debug, Clone)]
pub struct LawFile {
    pub name: String,
    pub text: String,
}

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LawTexts {
    /// Statute, articles written, and articles that stood so already.
    pub taken: Vec<(String, usize, usize)>,
    /// Files of which nothing was taken, with the reason in both languages.
    pub refused: Vec<(String, String, String)>,
    /// Files that are no statute of the pack.
    pub unknown: Vec<String>,
}

impl Office {
    /// Imports the articles of every file that is a statute of the pack.
    ///
    /// # Errors
    /// When the store cannot be read or written; a file that is wrong is told in the answer.
    pub async fn import_law_texts(&self, files: &[LawFile]) -> Result<LawTexts, OfficeError> {
        let pack = self.pack();
        if pack.register(LAW_TEXTS).is_none() {
            return Err(OfficeError::Input(format!(
                "法规包没有台账 `{LAW_TEXTS}` / the pack has no register `{LAW_TEXTS}`"
            )));
        }
        let mut outcome = LawTexts::default();
        for file in files {
            match belongs(&pack, file) {
                Ok(None) => outcome.unknown.push(file.name.clone()),
                Err((zh, en)) => outcome.refused.push((file.name.clone(), zh, en)),
                Ok(Some((statute, text))) => {
                    let (written, same) = self.take_articles(statute, &text, &file.name).await?;
                    outcome.taken.push((statute.id.clone(), written, same));
                }
            }
        }
        Ok(outcome)
    }

    async fn take_articles(
        &self,
        statute: &Statute,
        text: &StatuteText,
        source: &str,
    ) -> Result<(usize, usize), OfficeError> {
        let (mut answers, mut same) = (Vec::new(), 0);
        for (number, article) in &text.articles {
            let key = format!("{}#{number}", statute.id);
            let fields = fields(json!({"article": key, "text": article, "source": source}));
            if self.stands(&key, article).await? {
                same += 1;
                continue;
            }
            let ask = EntryAsk {
                by: self.system(),
                register: LAW_TEXTS.to_owned(),
                key: key.clone(),
                fields: Some(fields),
                secrets: Default::default(),
                files: Vec::new(),
                seen: None,
                done: None,
                origin: Origin::Own,
                once: None,
            };
            answers.push((key, self.hand_over_entry(ask, None).await?));
        }
        let written = answers.len();
        for (key, answer) in answers {
            if let Answer::Refused(refusal) = answer.await.map_err(|_| OfficeError::Closing)?? {
                return Err(OfficeError::Input(format!("{key}：{} / {}", refusal.why.zh, refusal.why.en)));
            }
        }
        Ok((written, same))
    }

    async fn stands(&self, key: &str, article: &str) -> Result<bool, OfficeError> {
        let row = self.store.entry(LAW_TEXTS, key).await?;
        let doc = row.and_then(|row| serde_json::from_value::<EntryDoc>(row.doc).ok());
        Ok(doc.is_some_and(|doc| doc.fields.get("text").and_then(Value::as_str) == Some(article)))
    }

    /// The imported articles of a statute by number; none where nobody has imported it.
    pub async fn articles_of(&self, statute: &str) -> Result<BTreeMap<String, String>, OfficeError> {
        let pack = self.pack();
        let cited = pack.statute(statute).into_iter().flat_map(|statute| statute.articles.keys());
        let mut found = BTreeMap::new();
        for number in cited {
            let Some(row) = self.store.entry(LAW_TEXTS, &format!("{statute}#{number}")).await? else { continue };
            let doc: EntryDoc = serde_json::from_value(row.doc).map_err(|e| OfficeError::Damaged(e.to_string()))?;
            if let Some(text) = doc.fields.get("text").and_then(Value::as_str) {
                found.insert(number.clone(), text.to_owned());
            }
        }
        Ok(found)
    }
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The statute that a file is the text of, unless the file is at fault.
fn belongs<'p>(pack: &'p Pack, file: &LawFile) -> Result<Option<(&'p Statute, StatuteText)>, (String, String)> {
    let text = statute::read(&file.text).map_err(|fault| {
        (format!("第 {} 行：{}", fault.line, fault.zh), format!("line {}: {}", fault.line, fault.en))
    })?;
    let title = statute::plain_title(&text.title);
    let Some(known) = pack.statutes.iter().find(|statute| statute::plain_title(&statute.title.zh) == title) else {
        return Ok(None);
    };
    if text.articles.is_empty() {
        return Ok(None);
    }
    let missing: Vec<&str> = known
        .articles
        .keys()
        .filter(|number| !text.articles.iter().any(|(there, _)| there == *number))
        .map(String::as_str)
        .collect();
    if missing.is_empty() {
        return Ok(Some((known, text)));
    }
    Err((
        format!("法规包 law/{} 引用了原文没有的条：第{}条；请核对条号或换用现行文本", known.id, missing.join("、")),
        format!(
            "the pack's law/{} cites articles that this text does not have: {}; check the numbers, or take the text in force",
            known.id,
            missing.join(", ")
        ),
    ))
}
