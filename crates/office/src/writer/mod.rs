//! The sequencer: one task through which everything is written, in groups.
//!
//! Concurrent acts are decided one after the other in memory and made durable together: one commit a group, so that durable acts
//! per second grow with load instead of being bound by fsync. While one group is being written the next is decided; if a write
//! fails, both are answered with the fault and the task starts again from what the store holds. INVARIANT(order): records are
//! decided and committed in the order of their sequence numbers, and nobody is answered before their record is durable.

mod bells;
mod desk;
mod entry;
mod erase;
mod facts;
mod heads;
mod import;
mod mark;
mod pending;
mod reading;
mod seal;
mod spawned;

use std::sync::Arc;
use std::time::Duration;

use guiju_kernel::time::Instant;
use guiju_store::{Fence, Store, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

pub use desk::{Desk, system};
pub use entry::EntryAsk;
pub use erase::EraseAsk;
pub use facts::{Book, learn};
pub use import::{Import, ImportMode, Line, Outcome};
pub use mark::plain_record;
use pending::Pending;
pub use reading::ReadingAsk;

use crate::answer::{Answer, Ask, OfficeError};
use crate::moment::OfficeClock;

/// At most this many acts share a commit.
const GROUP: usize = 1_000;
/// How often the lease is renewed.
const RENEW: Duration = Duration::from_secs(4);

/// One thing to write, and the moment it is asked at (a demonstration runs under a simulated clock).
pub struct Job {
    pub task: Task,
    pub now: Option<Instant>,
    pub reply: oneshot::Sender<Result<Answer, OfficeError>>,
}

pub enum Task {
    Act(Box<Ask>),
    Entry(Box<EntryAsk>),
    Reading(Box<ReadingAsk>),
    Erase(Box<EraseAsk>),
    /// Rows of a workbook, written together or not at all.
    Import(Box<import::Import>),
    /// A mark of the program itself, found again by its token.
    Mark {
        act: String,
        token: String,
    },
    /// Publishes the head as a checkpoint.
    Publish,
    /// Rings every timer that is due.
    Ring,
}

type Writing = (JoinHandle<Result<(), StoreError>>, Pending);

/// Runs until every sender is gone; then releases the lease.
pub async fn run(mut desk: Desk, store: Arc<dyn Store>, fence: Fence, mut jobs: mpsc::Receiver<Job>) {
    let mut writing: Option<Writing> = None;
    let mut renew = tokio::time::interval(RENEW);
    let mut held: Option<Job> = None;
    loop {
        let first = match held.take() {
            Some(job) => job,
            None => tokio::select! {
                biased;
                done = finished(&mut writing), if writing.is_some() => {
                    settle(&mut desk, writing.take(), done).await;
                    continue;
                }
                // Before the jobs, which under load are always there. By the machine's clock: the lease knows no other.
                _ = renew.tick() => {
                    let _ = store.renew_lease(&fence, OfficeClock::System.now_ms()).await;
                    continue;
                }
                job = jobs.recv() => match job { Some(job) => job, None => break },
                () = tokio::time::sleep(desk.until_next_timer()) => {
                    Job { task: Task::Ring, now: None, reply: oneshot::channel().0 }
                }
            },
        };
        let (group, alone) = gather(first, &mut jobs, &mut held);
        if writing.is_some() && alone {
            let done = finished(&mut writing).await;
            settle(&mut desk, writing.take(), done).await;
        }
        let mut pending = desk.prepare(group).await;
        if writing.is_some() {
            let done = finished(&mut writing).await;
            if !settle(&mut desk, writing.take(), done).await {
                // What was decided on top of the lost group is void as well.
                pending.fail("the group before it could not be written");
                continue;
            }
        }
        if pending.is_spoilt() {
            pending.fail("the group could not be written as rows");
            if let Err(fault) = desk.reload().await {
                tracing::error!(%fault, "the desk could not read again");
            }
            continue;
        }
        if pending.is_empty() {
            pending.answer();
            continue;
        }
        let (to, fence, batch) = (store.clone(), fence.clone(), pending.take_batch());
        writing = Some((tokio::spawn(async move { to.commit(&fence, &batch).await }), pending));
        if alone {
            let done = finished(&mut writing).await;
            settle(&mut desk, writing.take(), done).await;
        }
    }
    if writing.is_some() {
        let done = finished(&mut writing).await;
        settle(&mut desk, writing.take(), done).await;
    }
    let _ = store.release_lease(&fence).await;
}

/// The jobs that share a commit, and whether it is one that stands alone.
///
/// An erasure must see every payload of the party, and nobody may seal under a key that is being dropped: so it is a group of its
/// own, after the one before it is durable and before the next is decided.
fn gather(first: Job, jobs: &mut mpsc::Receiver<Job>, held: &mut Option<Job>) -> (Vec<Job>, bool) {
    let stands_alone = |job: &Job| matches!(job.task, Task::Erase(_));
    if stands_alone(&first) {
        return (vec![first], true);
    }
    let mut group = vec![first];
    while group.len() < GROUP {
        match jobs.try_recv() {
            Ok(job) if stands_alone(&job) => {
                *held = Some(job);
                break;
            }
            Ok(job) => group.push(job),
            Err(_) => break,
        }
    }
    (group, false)
}

async fn finished(writing: &mut Option<Writing>) -> Result<(), StoreError> {
    match writing {
        Some((handle, _)) => {
            handle.await.unwrap_or_else(|e| Err(StoreError::Unavailable(format!("the writing task ended: {e}"))))
        }
        None => Ok(()),
    }
}

/// Answers a group once its commit has ended. A failed one leaves nothing stored: the desk forgets it and reads again.
async fn settle(desk: &mut Desk, writing: Option<Writing>, done: Result<(), StoreError>) -> bool {
    let Some((_, pending)) = writing else { return true };
    match done {
        Ok(()) => {
            pending.answer();
            true
        }
        Err(fault) => {
            tracing::error!(%fault, "a group could not be written");
            pending.fail(&fault.to_string());
            if let Err(fault) = desk.reload().await {
                tracing::error!(%fault, "the desk could not read again");
            }
            false
        }
    }
}
