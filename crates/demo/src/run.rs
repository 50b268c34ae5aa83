//! Runs the stories through the office, in the order of their moments.

use std::collections::VecDeque;

use guiju_kernel::procedure::Refusal;
use guiju_kernel::time::{from_millis, midnight};
use guiju_office::{Answer, Office, OfficeError};
use guiju_pack::Pack;
use tokio::sync::oneshot;

use crate::ask::Author;
use crate::cast::Cast;
use crate::course::{self, Due};
use crate::firms::firms;
use crate::performance::Performance;
use crate::plan::{Plan, PlanError};
use crate::story::{Step, Story, opening_day, stories};

/// Marks of a demonstration in its own data: it has begun, it has ended.
pub const BEGUN: &str = "demonstration-begun";
pub const ENDED: &str = "demonstration-ended";

/// The password of all the visitors' accounts.
pub const PASSWORD: &str = "guiju-demo";

/// Acts that may be under way at once.
const AHEAD: usize = 3_000;

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Office(#[from] OfficeError),
    #[error("演示计划中的行为不合程序 / the plan asks for an act that the rules refuse: {step}: {} / {}", refusal.why.zh, refusal.why.en)]
    Refused { step: String, refusal: Box<Refusal> },
}

/// How far a run has come, for a progress bar.
pub trait Progress {
    fn begin(&mut self, what: &str, total: u64);
    fn advance(&mut self, by: u64);
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub cases: u64,
    pub acts: u64,
}

type Waiting = (String, oneshot::Receiver<Result<Answer, OfficeError>>);

/// Answers that have not come yet; each must be a done act.
#[derive(Default)]
pub struct Under {
    waiting: VecDeque<Waiting>,
}

impl Under {
    pub async fn push(
        &mut self,
        what: String,
        answer: oneshot::Receiver<Result<Answer, OfficeError>>,
    ) -> Result<(), DemoError> {
        self.waiting.push_back((what, answer));
        if self.waiting.len() > AHEAD { self.take().await } else { Ok(()) }
    }

    async fn take(&mut self) -> Result<(), DemoError> {
        let Some((step, answer)) = self.waiting.pop_front() else { return Ok(()) };
        match answer.await.map_err(|_| OfficeError::Closing)?? {
            Answer::Done(_) => Ok(()),
            Answer::Refused(refusal) => Err(DemoError::Refused { step, refusal }),
        }
    }

    pub async fn all(&mut self) -> Result<(), DemoError> {
        while !self.waiting.is_empty() {
            self.take().await?;
        }
        Ok(())
    }
}

/// Runs a whole plan. The office must be open on empty data with a simulated clock.
pub async fn run(office: &Office, pack: &Pack, plan: &Plan, progress: &mut dyn Progress) -> Result<Summary, DemoError> {
    let start = midnight(opening_day(plan));
    let end = midnight(plan.until);
    office.clock().advance(start);
    office.mark("begin_demonstration", BEGUN, Some(start)).await?;
    let firms = firms(plan, pack);
    let cast = Cast::of(plan, pack, &firms);
    let mut under = Under::default();
    let mut hand_overs =
        VecDeque::from(crate::registers::fill(office, plan, &firms, &cast, &mut under, progress).await?);
    let calendar = office.volume().calendar(end)?.clone();
    let stories = stories(plan, &calendar);
    let performance = Performance { plan, firms: &firms, cast: &cast };
    let mut courses = VecDeque::from(course::foreseen(plan, &calendar));
    let courses_begun = courses.iter().filter(|due| due.step == 0).count();
    let author = Author::new(plan, pack, &firms, &cast, &stories)?;
    let steps = in_order(&stories);
    progress.begin("办件 / cases", u64::try_from(steps.len() + courses.len()).unwrap_or(0));
    for (n, (at, story, step)) in steps.iter().enumerate() {
        let Some(story) = stories.get(usize::try_from(*story).unwrap_or(usize::MAX)) else { continue };
        let now = from_millis(*at).map_err(|e| OfficeError::Input(e.to_string()))?;
        while hand_overs.front().is_some_and(|h| h.at <= now) {
            if let Some(hand_over) = hand_overs.pop_front() {
                hand_over.put(office, &mut under).await?;
            }
        }
        while courses.front().is_some_and(|due| due.at <= *at) {
            if let Some(due) = courses.pop_front() {
                perform(office, &performance, &due, &mut under).await?;
            }
        }
        office.clock().advance(now);
        let ask = author.ask(story, *step)?;
        let what = format!("{step:?} ({})", ask.act);
        under.push(what, office.hand_over(ask, Some(now)).await?).await?;
        if n % 500 == 0 {
            progress.advance(500);
        }
    }
    for due in courses {
        perform(office, &performance, &due, &mut under).await?;
    }
    for hand_over in hand_overs {
        hand_over.put(office, &mut under).await?;
    }
    under.all().await?;
    office.clock().advance(end);
    office.ring(Some(end)).await?;
    let marked = office.mark("end_demonstration", ENDED, Some(end)).await?;
    office.publish(Some(end)).await?;
    Ok(Summary { cases: u64::try_from(stories.len() + courses_begun).unwrap_or(0), acts: marked })
}

/// One act of a course, at its moment.
async fn perform(office: &Office, of: &Performance<'_>, due: &Due, under: &mut Under) -> Result<(), DemoError> {
    let (called, ask) = of.ask(due)?;
    let now = from_millis(due.at).map_err(|e| OfficeError::Input(e.to_string()))?;
    office.clock().advance(now);
    under.push(called, office.hand_over(ask, Some(now)).await?).await
}

/// Every step of every story by its moment; steps of one story keep their order.
fn in_order(stories: &[Story]) -> Vec<(i64, u32, Step)> {
    let mut steps: Vec<(i64, u32, Step)> =
        stories.iter().flat_map(|s| s.steps.iter().map(|(at, step)| (*at, s.number, *step))).collect();
    // Stable: within a story the steps stand in order already.
    steps.sort_by_key(|(at, story, _)| (*at, *story));
    steps
}
