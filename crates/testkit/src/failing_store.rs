//! A store that fails when told to: does its caller survive a commit that fails before, or after, it was stored?
//!
//! Everything else goes through to the store behind it; how often cases and entries were asked for is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use guiju_kernel::rows::{CaseRow, EntryRow};
use guiju_store::{
    Band, BandCounts, Batch, Draft, EntryPage, EntryQuery, Fence, FileRow, Hits, InboxPage, InboxQuery, Log, Operation,
    OverdueQuery, OwedQuery, Position, PublicationPage, PublishedQuery, Result, Session, Step, Store, StoreError,
    StoredCase, StoredRecord, VaultRow,
};
use guiju_text::SearchQuery;

/// How a commit fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Nothing is stored, and the caller is told so: [`StoreError::Unavailable`].
    BeforeStored,
    /// Everything is stored, and the caller is told that nobody knows: [`StoreError::Uncertain`].
    AfterStored,
    /// Nothing is stored, and the caller is told that nobody knows: [`StoreError::Uncertain`].
    Uncertain,
}

/// Wraps a store and fails its `at`-th commit from now (the first is 0), once.
pub struct FailingStore {
    inner: Arc<dyn Store>,
    failure: Failure,
    at: u64,
    commits: AtomicU64,
    questions: AtomicU64,
}

impl FailingStore {
    pub fn new(inner: Arc<dyn Store>, at: u64, failure: Failure) -> Self {
        Self { inner, failure, at, commits: AtomicU64::new(0), questions: AtomicU64::new(0) }
    }

    /// How often the store was asked for cases, desks or entries so far, whatever came back.
    pub fn questions(&self) -> u64 {
        self.questions.load(Ordering::Acquire)
    }

    fn asked(&self) -> &dyn Store {
        self.questions.fetch_add(1, Ordering::AcqRel);
        self.inner.as_ref()
    }

    /// How many commits were tried, the failed one included.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }
}

#[async_trait]
impl Store for FailingStore {
    async fn commit(&self, fence: &Fence, batch: &Batch) -> Result<()> {
        if self.commits.fetch_add(1, Ordering::AcqRel) != self.at {
            return self.inner.commit(fence, batch).await;
        }
        let lost = || StoreError::Uncertain("the answer was lost, as the test told it to be".into());
        match self.failure {
            Failure::BeforeStored => Err(StoreError::Unavailable("full, as the test told it to be".into())),
            Failure::AfterStored => {
                self.inner.commit(fence, batch).await?;
                Err(lost())
            }
            Failure::Uncertain => Err(lost()),
        }
    }

    async fn take_lease(&self, holder: &str, now_ms: i64) -> Result<Fence> {
        self.inner.take_lease(holder, now_ms).await
    }
    async fn renew_lease(&self, fence: &Fence, now_ms: i64) -> Result<()> {
        self.inner.renew_lease(fence, now_ms).await
    }
    async fn release_lease(&self, fence: &Fence) -> Result<()> {
        self.inner.release_lease(fence).await
    }
    async fn position(&self, log: Log) -> Result<Position> {
        self.inner.position(log).await
    }
    async fn tile(&self, log: Log, level: u32, index: u64) -> Result<Option<Vec<u8>>> {
        self.inner.tile(log, level, index).await
    }
    async fn records(&self, log: Log, from: u64, until: u64) -> Result<Vec<StoredRecord>> {
        self.inner.records(log, from, until).await
    }
    async fn checkpoint(&self, log: Log, size: Option<u64>) -> Result<Option<(u64, String)>> {
        self.inner.checkpoint(log, size).await
    }
    async fn head(&self, log: Log) -> Result<Option<(u64, String)>> {
        self.inner.head(log).await
    }
    async fn case(&self, id: u64) -> Result<Option<StoredCase>> {
        self.asked().case(id).await
    }
    async fn cases(&self, ids: &[u64]) -> Result<Vec<StoredCase>> {
        self.asked().cases(ids).await
    }
    async fn case_by_number(&self, number: &str) -> Result<Option<u64>> {
        self.inner.case_by_number(number).await
    }
    async fn records_of_case(&self, id: u64) -> Result<Vec<StoredRecord>> {
        self.inner.records_of_case(id).await
    }
    async fn cases_of(&self, party: &str, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>> {
        self.inner.cases_of(party, before, limit).await
    }
    async fn case_list(&self, procedure: Option<&str>, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>> {
        self.inner.case_list(procedure, before, limit).await
    }
    async fn inbox(&self, query: &InboxQuery) -> Result<InboxPage> {
        self.asked().inbox(query).await
    }
    async fn overdue(&self, query: &OverdueQuery) -> Result<Vec<StoredCase>> {
        self.asked().overdue(query).await
    }
    async fn published(&self, query: &PublishedQuery) -> Result<PublicationPage> {
        self.asked().published(query).await
    }
    async fn owed(&self, query: &OwedQuery) -> Result<PublicationPage> {
        self.asked().owed(query).await
    }
    async fn publications_made(&self) -> Result<Option<String>> {
        self.asked().publications_made().await
    }
    async fn band_counts(&self, organ: &str, unit: &str, bands: &[Band]) -> Result<BandCounts> {
        self.inner.band_counts(organ, unit, bands).await
    }
    async fn search(&self, query: &SearchQuery, scope: Option<&str>, before: Option<u64>, limit: u32) -> Result<Hits> {
        self.inner.search(query, scope, before, limit).await
    }
    async fn timers_due(&self, before_ms: i64, limit: u32) -> Result<Vec<(i64, u64, String)>> {
        self.inner.timers_due(before_ms, limit).await
    }
    async fn next_timer(&self) -> Result<Option<i64>> {
        self.inner.next_timer().await
    }
    async fn entry(&self, register: &str, key: &str) -> Result<Option<EntryRow>> {
        self.asked().entry(register, key).await
    }
    async fn entry_history(&self, register: &str, key: &str) -> Result<Vec<EntryRow>> {
        self.asked().entry_history(register, key).await
    }
    async fn latest_entries(&self, register: &str, keys: &[String]) -> Result<Vec<EntryRow>> {
        self.asked().latest_entries(register, keys).await
    }
    async fn entries(&self, query: &EntryQuery) -> Result<EntryPage> {
        self.asked().entries(query).await
    }
    async fn entries_at(&self, register: &str, at_ms: i64, upto_seq: u64) -> Result<Vec<EntryRow>> {
        self.inner.entries_at(register, at_ms, upto_seq).await
    }
    async fn entry_versions(&self, register: &str, upto_seq: u64) -> Result<Vec<EntryRow>> {
        self.inner.entry_versions(register, upto_seq).await
    }
    async fn last_number(&self, series: &str) -> Result<u64> {
        self.inner.last_number(series).await
    }
    async fn once_of(&self, tokens: &[String]) -> Result<Vec<(String, u64)>> {
        self.inner.once_of(tokens).await
    }
    async fn once(&self, token: &str) -> Result<Option<u64>> {
        self.inner.once(token).await
    }
    async fn steps(&self, procedure: &str, upto_seq: u64) -> Result<Vec<Step>> {
        self.inner.steps(procedure, upto_seq).await
    }
    async fn case_rows(&self, procedure: &str, after: Option<u64>, limit: u32) -> Result<Vec<CaseRow>> {
        self.inner.case_rows(procedure, after, limit).await
    }
    async fn vault(&self, seq: u64, field: &str) -> Result<Option<VaultRow>> {
        self.inner.vault(seq, field).await
    }
    async fn vault_of(&self, party: &str) -> Result<Vec<(u64, String)>> {
        self.inner.vault_of(party).await
    }
    async fn party_key(&self, party: &str) -> Result<Option<Vec<u8>>> {
        self.inner.party_key(party).await
    }
    async fn file(&self, stored: &str) -> Result<Option<FileRow>> {
        self.inner.file(stored).await
    }
    async fn pack(&self, hash: &str) -> Result<Option<Vec<u8>>> {
        self.inner.pack(hash).await
    }
    async fn pack_hashes(&self) -> Result<Vec<String>> {
        self.inner.pack_hashes().await
    }
    async fn session(&self, id: &str) -> Result<Option<Session>> {
        self.inner.session(id).await
    }
    async fn put_session(&self, session: &Session) -> Result<()> {
        self.inner.put_session(session).await
    }
    async fn drop_session(&self, id: &str) -> Result<()> {
        self.inner.drop_session(id).await
    }
    async fn drop_sessions_ended(&self, before_ms: i64) -> Result<u64> {
        self.inner.drop_sessions_ended(before_ms).await
    }
    async fn draft(&self, id: &str) -> Result<Option<Draft>> {
        self.inner.draft(id).await
    }
    async fn drafts_of(&self, owner: &str) -> Result<Vec<Draft>> {
        self.inner.drafts_of(owner).await
    }
    async fn put_draft(&self, draft: &Draft) -> Result<()> {
        self.inner.put_draft(draft).await
    }
    async fn drop_draft(&self, id: &str) -> Result<()> {
        self.inner.drop_draft(id).await
    }
    async fn log_operation(&self, operation: &Operation) -> Result<()> {
        self.inner.log_operation(operation).await
    }
    async fn operations(&self, limit: u32) -> Result<Vec<Operation>> {
        self.inner.operations(limit).await
    }
    async fn close(&self) {
        self.inner.close().await
    }
}
