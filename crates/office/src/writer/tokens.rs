//! Form tokens: a form that comes twice (a double click, two tabs, a lost answer) does its act once and gets the first answer again.

use std::sync::Arc;

use guiju_kernel::case::Case;
use guiju_kernel::record::{Effect, Table};
use guiju_store::Log;
use serde_json::{Map, Value, json};

use super::desk::Desk;
use super::{Job, Task};
use crate::answer::{Answer, Done, OfficeError};

impl Desk {
    /// Asks the store for the form tokens of everything that waits, in one question instead of one a task. Nobody else writes
    /// tokens, and those written meanwhile are in memory, so that what is absent stays so until the group ends.
    pub async fn foresee(&mut self, jobs: impl Iterator<Item = &Job>) {
        let token = |job: &Job| match &job.task {
            Task::Act(ask) => ask.once.clone(),
            _ => None,
        };
        let unknown = |token: &String| !self.once.contains_key(token) && !self.absent.contains(token);
        let tokens: Vec<String> = jobs.filter_map(token).filter(unknown).collect();
        if tokens.len() < 2 {
            return;
        }
        // A fault here is no answer to anybody: each task asks again for itself.
        let Ok(found) = self.store.once_of(&tokens).await else { return };
        self.absent.extend(tokens);
        for (token, seq) in found {
            self.absent.remove(&token);
            self.once.insert(token, seq);
        }
    }

    pub(super) async fn case_opened_by(&mut self, token: &str) -> Result<Arc<Case>, OfficeError> {
        match self.once_of(token).await? {
            Some(id) => self.case(id).await,
            None => Err(OfficeError::NoSuchCase(token.to_owned())),
        }
    }

    pub(super) async fn once_of(&mut self, token: &str) -> Result<Option<u64>, OfficeError> {
        match self.once.get(token) {
            Some(seq) => Ok(Some(*seq)),
            None if self.absent.contains(token) => Ok(None),
            None => Ok(self.store.once(token).await?),
        }
    }

    pub(super) fn remember_once(&mut self, token: String, seq: u64) {
        self.fresh.1.insert(token.clone());
        self.once.insert(token, seq);
    }

    /// The answer that the first submission of this form got.
    pub(super) async fn again(&mut self, seq: u64) -> Result<Answer, OfficeError> {
        let case = match self.cases.get(&seq) {
            Some(case) => case.id,
            None => {
                let found = self.store.records(Log::Events, seq, seq + 1).await?;
                found.first().and_then(|r| r.case_id).unwrap_or(seq)
            }
        };
        let case = self.case(case).await?;
        Ok(Answer::Done(Done {
            seq,
            case: case.id,
            number: case.number.clone(),
            state: case.state.clone(),
            again: true,
        }))
    }
}

pub(super) fn once_effect(token: &str, seq: u64) -> Effect {
    let row = json!({ "token": token, "seq": seq });
    let patch = match row {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    Effect { table: Table::Once, key: token.to_owned(), patch: Some(patch) }
}
