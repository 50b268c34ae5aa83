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
mod tokens;

use std::collections::VecDeque;
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

/// A group on its way to the disk.
struct Writing {
    commit: JoinHandle<Result<(), StoreError>>,
    pending: Pending,
    /// How the commit ended, once that is known.
    outcome: Option<Result<(), StoreError>>,
}

/// Runs until every sender is gone; then releases the lease.
pub async fn run(mut desk: Desk, store: Arc<dyn Store>, fence: Fence, mut jobs: mpsc::Receiver<Job>) {
    let mut writing: Option<Writing> = None;
    let mut renew = tokio::time::interval(RENEW);
    // Taken from the queue and not yet decided: never overtaken by what is still in it.
    let mut waiting: VecDeque<Job> = VecDeque::new();
    loop {
        if waiting.is_empty() {
            match next(&mut desk, &mut jobs, &mut writing, &mut renew).await {
                Next::Job(job) => waiting.push_back(job),
                Next::Settled => continue,
                Next::Renew => {
                    let _ = store.renew_lease(&fence, OfficeClock::System.now_ms()).await;
                    continue;
                }
                Next::End => break,
            }
        }
        let alone = waiting.front().is_some_and(stands_alone);
        if alone {
            settle(&mut desk, &mut writing).await;
        }
        let mut pending = desk.begin_group();
        gather(&mut desk, &mut pending, &mut waiting, &mut jobs, &mut writing).await;
        desk.end_group(&mut pending);
        if !settle(&mut desk, &mut writing).await {
            // What was decided on top of the lost group is void as well.
            pending.fail("the group before it could not be written");
            continue;
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
        let commit = tokio::spawn(async move { to.commit(&fence, &batch).await });
        writing = Some(Writing { commit, pending, outcome: None });
        if alone {
            settle(&mut desk, &mut writing).await;
        }
    }
    settle(&mut desk, &mut writing).await;
    let _ = store.release_lease(&fence).await;
}

/// What the writer turns to when nothing waits.
enum Next {
    Job(Job),
    /// The group on its way to the disk has ended and was answered.
    Settled,
    Renew,
    End,
}

async fn next(
    desk: &mut Desk,
    jobs: &mut mpsc::Receiver<Job>,
    writing: &mut Option<Writing>,
    renew: &mut tokio::time::Interval,
) -> Next {
    tokio::select! {
        biased;
        () = ended(writing), if writing.is_some() => {
            settle(desk, writing).await;
            Next::Settled
        }
        // Before the jobs, which under load are always there. By the machine's clock: the lease knows no other.
        _ = renew.tick() => Next::Renew,
        job = jobs.recv() => job.map_or(Next::End, Next::Job),
        () = tokio::time::sleep(desk.until_next_timer()) => {
            Next::Job(Job { task: Task::Ring, now: None, reply: oneshot::channel().0 })
        }
    }
}

/// Decides what waits. While the group before is on its way to the disk, so is whatever still comes, so that few commits carry
/// many acts. What stands alone is a group of its own.
async fn gather(
    desk: &mut Desk,
    pending: &mut Pending,
    waiting: &mut VecDeque<Job>,
    jobs: &mut mpsc::Receiver<Job>,
    writing: &mut Option<Writing>,
) {
    let alone = waiting.front().is_some_and(stands_alone);
    loop {
        while waiting.len() + pending.tasks() < GROUP {
            match jobs.try_recv() {
                Ok(job) => waiting.push_back(job),
                Err(_) => break,
            }
        }
        desk.foresee(waiting.iter()).await;
        while let Some(job) = waiting.pop_front_if(|job| alone || !stands_alone(job)) {
            desk.serve(job, pending).await;
            if alone {
                break;
            }
        }
        if alone || !waiting.is_empty() || pending.tasks() >= GROUP || writing.is_none() {
            break;
        }
        tokio::select! {
            biased;
            () = ended(writing) => break,
            job = jobs.recv() => match job { Some(job) => waiting.push_back(job), None => break },
        }
    }
}

/// An erasure must see every payload of the party, and nobody may seal under a key that is being dropped: so it is a group of its
/// own, after the one before it is durable and before the next is decided.
fn stands_alone(job: &Job) -> bool {
    matches!(job.task, Task::Erase(_))
}

/// Waits until the commit under way has ended; whoever asks again is told the same.
async fn ended(writing: &mut Option<Writing>) {
    if let Some(Writing { commit, outcome: outcome @ None, .. }) = writing {
        let done = commit.await;
        *outcome = Some(done.unwrap_or_else(|e| Err(StoreError::Unavailable(format!("the writing task ended: {e}")))));
    }
}

/// Answers a group once its commit has ended. A failed one leaves nothing stored: the desk forgets it and reads again.
async fn settle(desk: &mut Desk, writing: &mut Option<Writing>) -> bool {
    ended(writing).await;
    let Some(Writing { pending, outcome, .. }) = writing.take() else { return true };
    match outcome.unwrap_or(Ok(())) {
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
