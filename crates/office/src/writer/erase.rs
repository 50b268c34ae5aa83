//! Erasing a party's personal data: a guarded act that drops the key and names what it closed.

use guiju_kernel::procedure::Person;
use guiju_kernel::record::{Effect, Table};
use guiju_kernel::rows::ErasedRow;
use guiju_kernel::time::Instant;
use guiju_store::KeyRow;
use serde_json::{Map, Value, json};

use super::desk::{Desk, conflict};
use super::entry::doer;
use super::mark::plain_record;
use super::pending::Pending;
use crate::answer::{Answer, Done, OfficeError};

/// Somebody with the right to do so asks that a party's personal data be erased.
#[derive(Debug, Clone, PartialEq)]
pub struct EraseAsk {
    pub by: Person,
    pub party: String,
    /// On which basis: an article (`personal-information-protection-law#47`) and the request's reference.
    pub basis: String,
}

impl Desk {
    pub(super) async fn erase(
        &mut self,
        ask: EraseAsk,
        now: Instant,
        pending: &mut Pending,
    ) -> Result<Answer, OfficeError> {
        let held = self.store.vault_of(&ask.party).await?;
        if held.is_empty() || self.store.party_key(&ask.party).await?.is_none() {
            return Ok(refused(
                "erase.nothing",
                "该当事人名下没有可删除的个人信息",
                "no personal data are kept under this party",
            ));
        }
        if let Some(refusal) = self.retained(&ask, now).await? {
            return Ok(refusal);
        }
        let seq = self.events.size();
        let mut record = plain_record(&self.shelf.current.pack, "erase", seq, now);
        record.organ = ask.by.organ.clone().unwrap_or(record.organ);
        record.unit = ask.by.unit.clone();
        record.by = vec![doer(&ask.by)];
        record.basis = vec![ask.basis.clone()];
        record.given.insert("party".to_owned(), Value::String(ask.party.clone()));
        for (of, field) in held {
            let row = ErasedRow { seq: of, field, by_seq: seq };
            let patch = Map::from_iter([
                ("seq".to_owned(), json!(row.seq)),
                ("field".to_owned(), json!(row.field)),
                ("by_seq".to_owned(), json!(row.by_seq)),
            ]);
            let key = format!("{}/{}", row.seq, row.field);
            record.effects.push(Effect { table: Table::Erased, key, patch: Some(patch) });
            pending.erased(row);
        }
        pending.batch_mut().keys.push(KeyRow { party: ask.party.clone(), wrapped: None });
        self.party_keys.remove(&ask.party);
        self.append(&record, pending)?;
        Ok(Answer::Done(Done { seq, case: 0, number: ask.party, state: String::new(), again: false }))
    }

    /// Refused while a case of the party is open, or while the register's retention runs.
    async fn retained(&mut self, ask: &EraseAsk, now: Instant) -> Result<Option<Answer>, OfficeError> {
        let open = self.store.cases_of(&ask.party, None, 200).await?.into_iter().find(|c| c.ended.is_none());
        if let Some(case) = open {
            let zh = format!("{}尚未了结，其间须保存联系信息", case.number);
            let en = format!("{} is still open: its contact details are needed until it ends", case.number);
            return Ok(Some(refused("erase.open_case", &zh, &en)));
        }
        let registers = self.shelf.current.pack.registers.clone();
        for register in registers.iter().filter(|r| crate::parties::party_of_entry(&r.id, &ask.party) == ask.party) {
            let Some(retention) = &register.retention else { continue };
            let Some(row) = self.entry_row(&register.id, &ask.party).await? else { continue };
            let kept_until = row.until.map(|until| until.saturating_add(i64::from(retention.years) * 366 * 86_400_000));
            if kept_until.is_none_or(|until| guiju_kernel::time::to_millis(now) < until) {
                let zh = format!(
                    "{}的保存期限为 {} 年（{}），现在不能删除",
                    register.title.zh, retention.years, retention.source
                );
                let en = format!(
                    "{} is kept for {} years ({}): not to be erased yet",
                    register.title.en, retention.years, retention.source
                );
                return Ok(Some(refused("erase.retention", &zh, &en)));
            }
        }
        Ok(None)
    }
}

fn refused(rule: &str, zh: &str, en: &str) -> Answer {
    let mut refusal = conflict(rule, zh, en);
    refusal.kind = guiju_kernel::procedure::RefusalKind::Guard;
    Answer::Refused(Box::new(refusal))
}
