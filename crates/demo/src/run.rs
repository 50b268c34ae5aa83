//! Runs the stories through the office, in the order of their moments.

use std::collections::VecDeque;

use guiju_kernel::procedure::Refusal;
use guiju_kernel::time::{Instant, from_millis, midnight, to_millis};
use guiju_office::stations::{Handed, OnItsWay, Received};
use guiju_office::{Answer, Office, OfficeError};
use guiju_pack::Pack;
use tokio::sync::oneshot;

use crate::ask::Author;
use crate::cast::Cast;
use crate::course::{self, Due};
use crate::firms::firms;
use crate::performance::Performance;
use crate::plan::{Plan, PlanError};
use crate::radio;
use crate::registers::Planned;
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

/// Packages of stations that may be under way at once.
const PACKAGES_AHEAD: usize = 64;

/// Answers that have not come yet; each must be a done act.
#[derive(Default)]
pub struct Under {
    waiting: VecDeque<Waiting>,
    packages: VecDeque<(String, Handed)>,
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

    /// Waits for packages to be stored until no more than so many are under way.
    async fn packages(&mut self, most: usize) -> Result<(), DemoError> {
        while self.packages.len() > most {
            let Some((step, handed)) = self.packages.pop_front() else { break };
            if let Received::Refused { zh, en } = handed.stored().await? {
                return Err(OfficeError::Input(format!("{step}：{zh} / {en}")).into());
            }
        }
        Ok(())
    }

    pub async fn all(&mut self) -> Result<(), DemoError> {
        while !self.waiting.is_empty() {
            self.take().await?;
        }
        self.packages(0).await
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
    let organ = pack.own().map(|organ| organ.id.clone()).unwrap_or_default();
    let draws = crate::lottery::hold(plan, &organ, &firms)?;
    let performance = Performance { plan, firms: &firms, cast: &cast, draws: &draws };
    let mut planned = crate::registers::fill(office, &performance, &mut under, progress).await?;
    planned.extend(draws.values().flat_map(|drawn| drawn.entries()));
    planned.sort_by_key(|entry| entry.at);
    let mut planned = VecDeque::from(planned);
    let calendar = office.volume().calendar(end)?.clone();
    let stories = stories(plan, &calendar);
    let mut courses = VecDeque::from(course::foreseen(plan, &calendar));
    let mut packages = VecDeque::from(radio::foreseen(&plan.radio, plan.until));
    let courses_begun = courses.iter().filter(|due| due.step == 0).count();
    let author = Author::new(plan, pack, &firms, &cast, &stories)?;
    let steps = in_order(&stories);
    progress.begin("办件 / cases", u64::try_from(steps.len() + courses.len() + packages.len()).unwrap_or(0));
    for (n, (at, story, step)) in steps.iter().enumerate() {
        let Some(story) = stories.get(usize::try_from(*story).unwrap_or(usize::MAX)) else { continue };
        let now = from_millis(*at).map_err(|e| OfficeError::Input(e.to_string()))?;
        let mut agenda = Agenda { planned: &mut planned, courses: &mut courses, packages: &mut packages };
        agenda.until(now, office, &performance, &mut under).await?;
        office.clock().advance(now);
        let ask = author.ask(story, *step)?;
        let what = format!("{step:?} ({})", ask.act);
        under.push(what, office.hand_over(ask, Some(now)).await?).await?;
        if n % 500 == 0 {
            progress.advance(500);
        }
    }
    let mut agenda = Agenda { planned: &mut planned, courses: &mut courses, packages: &mut packages };
    agenda.until(end, office, &performance, &mut under).await?;
    under.all().await?;
    office.clock().advance(end);
    office.ring(Some(end)).await?;
    let marked = office.mark("end_demonstration", ENDED, Some(end)).await?;
    office.publish(Some(end)).await?;
    Ok(Summary { cases: u64::try_from(stories.len() + courses_begun).unwrap_or(0), acts: marked })
}

/// What comes beside the requests: entries and acts of courses, each in the order of its moments.
struct Agenda<'a> {
    planned: &'a mut VecDeque<Planned>,
    courses: &'a mut VecDeque<Due>,
    packages: &'a mut VecDeque<radio::Due>,
}

impl Agenda<'_> {
    /// Does everything that is due before or at a moment.
    async fn until(
        &mut self,
        now: Instant,
        office: &Office,
        of: &Performance<'_>,
        under: &mut Under,
    ) -> Result<(), DemoError> {
        loop {
            let entry = self.planned.front().map(|entry| to_millis(entry.at));
            let act = self.courses.front().map(|due| due.at);
            let package = self.packages.front().map(|due| due.at);
            let Some(next) = entry.into_iter().chain(act).chain(package).min().filter(|next| *next <= to_millis(now))
            else {
                return Ok(());
            };
            if entry == Some(next) {
                if let Some(entry) = self.planned.pop_front() {
                    entry.put(office, under).await?;
                }
            } else if act == Some(next) {
                if let Some(due) = self.courses.pop_front() {
                    perform(office, of, &due, under).await?;
                }
            } else if let Some(due) = self.packages.pop_front() {
                hand_in(office, of.plan, &due, under).await?;
            }
        }
    }
}

/// One act of a course, at its moment.
async fn perform(office: &Office, of: &Performance<'_>, due: &Due, under: &mut Under) -> Result<(), DemoError> {
    let (called, ask) = of.ask(due)?;
    let now = from_millis(due.at).map_err(|e| OfficeError::Input(e.to_string()))?;
    office.clock().advance(now);
    under.push(called, office.hand_over(ask, Some(now)).await?).await
}

/// A station's package, at the end of its last measurement.
async fn hand_in(office: &Office, plan: &Plan, due: &radio::Due, under: &mut Under) -> Result<(), DemoError> {
    let now = from_millis(due.at).map_err(|e| OfficeError::Input(e.to_string()))?;
    office.clock().advance(now);
    let bytes = radio::packed(&plan.radio, plan.seed, due).map_err(OfficeError::Input)?;
    match office.hand_over_package(bytes, Some(now)).await? {
        OnItsWay::Writing(handed) => under.packages.push_back((format!("{due:?}"), handed)),
        OnItsWay::Decided(Received::Stored { .. }) => {}
        OnItsWay::Decided(Received::Refused { zh, en }) => {
            return Err(OfficeError::Input(format!("{due:?}：{zh} / {en}")).into());
        }
    }
    under.packages(PACKAGES_AHEAD).await
}

/// Every step of every story by its moment; steps of one story keep their order.
fn in_order(stories: &[Story]) -> Vec<(i64, u32, Step)> {
    let mut steps: Vec<(i64, u32, Step)> =
        stories.iter().flat_map(|s| s.steps.iter().map(|(at, step)| (*at, s.number, *step))).collect();
    // Stable: within a story the steps stand in order already.
    steps.sort_by_key(|(at, story, _)| (*at, *story));
    steps
}
