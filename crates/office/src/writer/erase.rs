//! Erasing a party's personal data: a guarded act that drops the key and names what it closed.

use guiju_kernel::procedure::{Person, RefusalKind};
use guiju_kernel::record::{ActorKind, Effect, Table};
use guiju_kernel::rows::ErasedRow;
use guiju_kernel::time::Instant;
use guiju_store::KeyRow;
use serde_json::{Map, Value, json};

use super::desk::{Desk, conflict};
use super::entry::doer;
use super::mark::plain_record;
use super::pending::Pending;
use crate::answer::{Answer, Done, OfficeError};
use crate::parties::{entry_of_party, keepers_of_party};

/// Cases of a party that are read at once.
const PAGE: u32 = 200;

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
        if let Some(refusal) = self.may_not_erase(&ask) {
            return Ok(refusal);
        }
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

    /// Whoever keeps the register in which the party stands may erase it, and the operator of the machine (ADR 0090).
    fn may_not_erase(&self, ask: &EraseAsk) -> Option<Answer> {
        let keepers = keepers_of_party(&ask.party, &self.shelf.current.pack.registers);
        let keeps = ask.by.kind == ActorKind::Officer && keepers.iter().any(|role| ask.by.roles.contains(role));
        if keeps || ask.by.kind == ActorKind::System {
            return None;
        }
        let zh = "删除个人信息由台账管理员办理，您没有这项权限";
        let mut refusal = conflict(
            "erase.right",
            zh,
            "personal data are erased by those who keep the register; you are not one of them",
        );
        refusal.kind = RefusalKind::Actor;
        Some(Answer::Refused(Box::new(refusal)))
    }

    /// Refused while a case of the party is open, or while the register's retention runs.
    async fn retained(&mut self, ask: &EraseAsk, now: Instant) -> Result<Option<Answer>, OfficeError> {
        if let Some(number) = self.open_case_of(&ask.party).await? {
            let zh = format!("{number}尚未了结，其间须保存联系信息");
            let en = format!("{number} is still open: its contact details are needed until it ends");
            return Ok(Some(refused("erase.open_case", &zh, &en)));
        }
        let pack = self.shelf.current.pack.clone();
        let Some((register, key)) = entry_of_party(&ask.party, &pack.registers) else { return Ok(None) };
        let Some(retention) = &register.retention else { return Ok(None) };
        let Some(row) = self.entry_row(&register.id, key).await? else { return Ok(None) };
        // Years of 366 days: never a day too early.
        let kept_until = row.until.map(|until| until.saturating_add(i64::from(retention.years) * 366 * 86_400_000));
        if kept_until.is_some_and(|until| guiju_kernel::time::to_millis(now) >= until) {
            return Ok(None);
        }
        let (title, years, source) = (&register.title, retention.years, &retention.source);
        let zh = format!("{}的条目在终止后保存 {years} 年（{source}），现在不能删除", title.zh);
        let en = format!("entries of `{}` are kept for {years} years after they end ({source}): not yet", title.en);
        Ok(Some(refused("erase.retention", &zh, &en)))
    }

    /// The number of a case of the party that has not ended.
    async fn open_case_of(&mut self, party: &str) -> Result<Option<String>, OfficeError> {
        if let Some(id) = party.strip_prefix("case/").and_then(|id| id.parse().ok()) {
            let case = self.case(id).await?;
            return Ok(case.ended.is_none().then(|| case.number.clone()));
        }
        let mut before = None;
        loop {
            let page = self.store.cases_of(party, before, PAGE).await?;
            let Some(last) = page.last() else { return Ok(None) };
            before = Some(last.id);
            for row in page.iter().filter(|row| row.ended.is_none()) {
                // A timer may have ended it in this very group.
                if self.case(row.id).await?.ended.is_none() {
                    return Ok(Some(row.number.clone()));
                }
            }
        }
    }
}

fn refused(rule: &str, zh: &str, en: &str) -> Answer {
    let mut refusal = conflict(rule, zh, en);
    refusal.kind = RefusalKind::Guard;
    Answer::Refused(Box::new(refusal))
}
