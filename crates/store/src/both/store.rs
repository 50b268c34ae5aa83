//! The contract, handed to the modules that keep it. Compiled once for each backend.

use async_trait::async_trait;
use guiju_kernel::rows::{CaseRow, EntryRow};
use guiju_text::SearchQuery;

use super::{
    Backend, cases, ephemeral_reads, ephemeral_writes, inbox, lease, logs, payloads, publications, registers, search,
    steps, write,
};
use crate::{
    Band, BandCounts, Batch, Draft, EntryPage, EntryQuery, Fence, FileRow, Hits, InboxPage, InboxQuery, Log, Operation,
    OverdueQuery, OwedQuery, Position, PublicationPage, PublishedQuery, Result, Session, Step, Store, StoredCase,
    StoredRecord, VaultRow,
};

#[async_trait]
impl Store for Backend {
    async fn take_lease(&self, holder: &str, now_ms: i64) -> Result<Fence> {
        lease::take(&self.writer, holder, now_ms).await
    }
    async fn renew_lease(&self, fence: &Fence, now_ms: i64) -> Result<()> {
        lease::renew(&self.writer, fence, now_ms).await
    }
    async fn release_lease(&self, fence: &Fence) -> Result<()> {
        lease::release(&self.writer, fence).await
    }
    async fn commit(&self, fence: &Fence, batch: &Batch) -> Result<()> {
        write::commit(self, fence, batch).await
    }

    async fn position(&self, log: Log) -> Result<Position> {
        logs::position(&self.readers, log).await
    }
    async fn tile(&self, log: Log, level: u32, index: u64) -> Result<Option<Vec<u8>>> {
        logs::tile(&self.readers, log, level, index).await
    }
    async fn records(&self, log: Log, from: u64, until: u64) -> Result<Vec<StoredRecord>> {
        logs::records(&self.readers, log, from, until).await
    }
    async fn checkpoint(&self, log: Log, size: Option<u64>) -> Result<Option<(u64, String)>> {
        logs::checkpoint(&self.readers, log, size).await
    }
    async fn head(&self, log: Log) -> Result<Option<(u64, String)>> {
        logs::head(&self.readers, log).await
    }

    async fn case(&self, id: u64) -> Result<Option<StoredCase>> {
        Ok(cases::cases(&self.readers, &[id]).await?.pop())
    }
    async fn cases(&self, ids: &[u64]) -> Result<Vec<StoredCase>> {
        cases::cases(&self.readers, ids).await
    }
    async fn case_by_number(&self, number: &str) -> Result<Option<u64>> {
        cases::case_by_number(&self.readers, number).await
    }
    async fn records_of_case(&self, id: u64) -> Result<Vec<StoredRecord>> {
        logs::records_of_case(&self.readers, id).await
    }
    async fn cases_of(&self, party: &str, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>> {
        cases::cases_of(&self.readers, party, before, limit).await
    }
    async fn case_list(&self, procedure: Option<&str>, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>> {
        cases::case_list(&self.readers, procedure, before, limit).await
    }
    async fn inbox(&self, query: &InboxQuery) -> Result<InboxPage> {
        inbox::inbox(&self.readers, query).await
    }
    async fn overdue(&self, query: &OverdueQuery) -> Result<Vec<StoredCase>> {
        inbox::overdue(&self.readers, query).await
    }
    async fn band_counts(&self, organ: &str, unit: &str, bands: &[Band]) -> Result<BandCounts> {
        inbox::band_counts(&self.readers, organ, unit, bands).await
    }
    async fn search(&self, query: &SearchQuery, scope: Option<&str>, before: Option<u64>, limit: u32) -> Result<Hits> {
        search::search(&self.readers, query, scope, before, limit).await
    }
    async fn timers_due(&self, before_ms: i64, limit: u32) -> Result<Vec<(i64, u64, String)>> {
        cases::timers_due(&self.readers, before_ms, limit).await
    }
    async fn next_timer(&self) -> Result<Option<i64>> {
        cases::next_timer(&self.readers).await
    }

    async fn published(&self, query: &PublishedQuery) -> Result<PublicationPage> {
        publications::published(&self.readers, query).await
    }
    async fn owed(&self, query: &OwedQuery) -> Result<PublicationPage> {
        publications::owed(&self.readers, query).await
    }
    async fn publications_made(&self) -> Result<Option<String>> {
        publications::made(&self.readers).await
    }

    async fn entry(&self, register: &str, key: &str) -> Result<Option<EntryRow>> {
        registers::entry(&self.readers, register, key).await
    }
    async fn entry_history(&self, register: &str, key: &str) -> Result<Vec<EntryRow>> {
        registers::entry_history(&self.readers, register, key).await
    }
    async fn latest_entries(&self, register: &str, keys: &[String]) -> Result<Vec<EntryRow>> {
        registers::latest_entries(&self.readers, register, keys).await
    }
    async fn entries(&self, query: &EntryQuery) -> Result<EntryPage> {
        registers::entries(&self.readers, query).await
    }
    async fn entries_at(&self, register: &str, at_ms: i64, upto_seq: u64) -> Result<Vec<EntryRow>> {
        registers::entries_at(&self.readers, register, at_ms, upto_seq).await
    }
    async fn entry_versions(&self, register: &str, upto_seq: u64) -> Result<Vec<EntryRow>> {
        registers::entry_versions(&self.readers, register, upto_seq).await
    }
    async fn last_number(&self, series: &str) -> Result<u64> {
        registers::last_number(&self.readers, series).await
    }
    async fn once_of(&self, tokens: &[String]) -> Result<Vec<(String, u64)>> {
        registers::once_of(&self.readers, tokens).await
    }
    async fn once(&self, token: &str) -> Result<Option<u64>> {
        registers::once(&self.readers, token).await
    }

    async fn steps(&self, procedure: &str, upto_seq: u64) -> Result<Vec<Step>> {
        steps::steps(&self.readers, procedure, upto_seq).await
    }
    async fn case_rows(&self, procedure: &str, after: Option<u64>, limit: u32) -> Result<Vec<CaseRow>> {
        cases::case_rows(&self.readers, procedure, after, limit).await
    }

    async fn vault(&self, seq: u64, field: &str) -> Result<Option<VaultRow>> {
        payloads::vault(&self.readers, seq, field).await
    }
    async fn vault_of(&self, party: &str) -> Result<Vec<(u64, String)>> {
        payloads::vault_of(&self.readers, party).await
    }
    async fn party_key(&self, party: &str) -> Result<Option<Vec<u8>>> {
        payloads::party_key(&self.readers, party).await
    }
    async fn file(&self, stored: &str) -> Result<Option<FileRow>> {
        payloads::file(&self.readers, stored).await
    }
    async fn pack(&self, hash: &str) -> Result<Option<Vec<u8>>> {
        payloads::pack(&self.readers, hash).await
    }
    async fn pack_hashes(&self) -> Result<Vec<String>> {
        payloads::pack_hashes(&self.readers).await
    }

    async fn session(&self, id: &str) -> Result<Option<Session>> {
        ephemeral_reads::session(&self.readers, id).await
    }
    async fn put_session(&self, session: &Session) -> Result<()> {
        ephemeral_writes::put_session(&self.ephemeral, session).await
    }
    async fn drop_session(&self, id: &str) -> Result<()> {
        ephemeral_writes::drop_session(&self.ephemeral, id).await
    }
    async fn drop_sessions_ended(&self, before_ms: i64) -> Result<u64> {
        ephemeral_writes::drop_sessions_ended(&self.ephemeral, before_ms).await
    }
    async fn draft(&self, id: &str) -> Result<Option<Draft>> {
        ephemeral_reads::draft(&self.readers, id).await
    }
    async fn drafts_of(&self, owner: &str) -> Result<Vec<Draft>> {
        ephemeral_reads::drafts_of(&self.readers, owner).await
    }
    async fn put_draft(&self, draft: &Draft) -> Result<()> {
        ephemeral_writes::put_draft(&self.ephemeral, draft).await
    }
    async fn drop_draft(&self, id: &str) -> Result<()> {
        ephemeral_writes::drop_draft(&self.ephemeral, id).await
    }
    async fn log_operation(&self, operation: &Operation) -> Result<()> {
        ephemeral_writes::log_operation(&self.ephemeral, operation).await
    }
    async fn operations(&self, limit: u32) -> Result<Vec<Operation>> {
        ephemeral_reads::operations(&self.readers, limit).await
    }

    async fn close(&self) {
        self.close_all().await;
    }
}
