//! One constraint over one procedure: the verdict, the course that breaks it, and the proof.

use std::collections::BTreeSet;

use super::ends;
use super::lean::Lean;
use super::moves::{guards, moves};
use super::plan::{Key, Plan};
use super::replay;
use super::sight::{Atom, Sight};
use super::turns;
use super::walk::{Graph, Ground, What};
use super::watch::{Shape, Watch};
use super::{Finding, Verdict, World};
use crate::constraint::{Constraint, Demand};
use crate::procedure::definition::{Procedure, Text};

/// Decides whether the procedure keeps the constraint. The caller has seen that it binds the procedure's kind and dates.
///
/// First nothing is looked at but what the constraint itself remembers: such a graph allows more, so that what holds over it holds.
/// Where a course breaks the constraint there, it is gone along again with what its guards ask for; what shows that it cannot be
/// gone is looked at from then on, and a course that can be gone is one that the procedure allows. Whether a case can end cannot be
/// asked of a graph that allows too much.
pub fn check(procedure: &Procedure, constraint: &Constraint, world: World<'_>) -> Finding {
    let mut plan = Plan::new(procedure, world);
    let watch = Watch::new(&mut plan, constraint);
    let guards = guards(&mut plan);
    let laid = Laid { plan: &plan, watch: &watch, guards: &guards, constraint };
    if constraint.demand == Demand::Ends {
        return ends::check(&laid);
    }
    let mut atoms = BTreeSet::new();
    loop {
        let (finding, course) = laid.on(&atoms, |ground| laid.over(ground));
        let Some(course) = course else { return finding };
        match replay::missing(&laid, &course, &atoms) {
            Some(more) if !more.is_subset(&atoms) => atoms.extend(more),
            _ => return finding,
        }
    }
}

/// A constraint laid over a procedure, every name made into a place.
pub(super) struct Laid<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) watch: &'a Watch,
    pub(super) guards: &'a [(Vec<Lean>, Lean)],
    pub(super) constraint: &'a Constraint,
}

/// A course that breaks the constraint over some graph.
pub(super) struct Course {
    /// Numbers of its acts.
    pub(super) acts: Vec<usize>,
    /// Whether its last act breaks the constraint; if not, the course goes round.
    pub(super) breaks: bool,
}

impl Laid<'_> {
    /// The verdict while the atoms are looked at, and the course that breaks it. No course: the verdict stands.
    fn over(&self, ground: &Ground<'_>) -> (Finding, Option<Course>) {
        let constraint = self.constraint;
        if ground.sight.too_many() {
            return (
                undecided(ground, constraint, "一个字段被比较的次数太多", "one field is compared too often"),
                None,
            );
        }
        let graph = ground.walk();
        let acts = |path: &[u32]| ends::acts(&graph, path);
        if let Some(bad) = graph.bad {
            let (finding, path) = broken(ground, constraint, &graph, bad);
            return (finding, Some(Course { acts: acts(&path), breaks: true }));
        }
        if graph.given_up {
            return (undecided(ground, constraint, "状态太多", "there are too many states"), None);
        }
        if self.watch.shape == (Shape::After { ends: true })
            && let Some((finding, path, begins)) = turns::endless(ground, constraint, &graph)
        {
            let round = acts(path.get(begins..).unwrap_or_default());
            let mut whole = acts(path.get(..begins).unwrap_or_default());
            let rounds = ROUNDS.max(self.plan.greatest_count() + 1);
            (0..rounds).for_each(|_| whole.extend(&round));
            return (finding, Some(Course { acts: whole, breaks: false }));
        }
        (unbroken(ground, constraint, &graph), None)
    }

    /// Lays the graph out as far as the atoms let it be seen.
    pub(super) fn on<T>(&self, atoms: &BTreeSet<Atom>, what: impl FnOnce(&Ground<'_>) -> T) -> T {
        let sight = Sight::of(self.plan, atoms);
        let moves = moves(self.plan, self.guards, self.watch, &sight);
        what(&Ground::new(self.plan, &moves, self.watch, &sight))
    }
}

/// What cannot be decided counts as not kept.
pub(super) fn undecided(ground: &Ground<'_>, constraint: &Constraint, zh: &str, en: &str) -> Finding {
    let mut proof = ground.proof(&constraint.id, ground.watch.shape.name(), Verdict::Violated.name());
    "fault".clone_into(&mut proof.claim);
    let why = Text { zh: format!("不能证明：{zh}"), en: format!("cannot be shown: {en}") };
    Finding { verdict: Verdict::Violated, why, path: Vec::new(), proof }
}

/// A course that goes round is followed at least so often, and more often than anything in it may be counted: what is bounded in it
/// then breaks off.
const ROUNDS: usize = 8;

fn broken(ground: &Ground<'_>, constraint: &Constraint, graph: &Graph, bad: u32) -> (Finding, Vec<u32>) {
    let from = graph.edges.get(bad as usize).map_or(0, |edge| edge.from);
    let mut path = graph.path_to(from);
    path.push(bad);
    let mut proof = ground.proof(&constraint.id, ground.watch.shape.name(), Verdict::Violated.name());
    ground.export_path(graph, &path, &mut proof);
    "edge".clone_into(&mut proof.claim);
    let why = reason(ground, &constraint.demand);
    (Finding { verdict: Verdict::Violated, why, path: titles(ground, graph, &path), proof }, path)
}

fn unbroken(ground: &Ground<'_>, constraint: &Constraint, graph: &Graph) -> Finding {
    let after = matches!(ground.watch.shape, Shape::After { .. });
    let bound = graph.edges.iter().any(|edge| {
        graph.nodes.get(edge.from as usize).is_some_and(|node| {
            ground.demanded(node, edge.letters) && (!after || Ground::at(node, ground.watch.first) > 0)
        })
    });
    let verdict = if bound { Verdict::Holds } else { Verdict::Vacuous };
    let mut proof = ground.proof(&constraint.id, ground.watch.shape.name(), verdict.name());
    ground.export_all(graph, &mut proof);
    if ground.watch.shape == (Shape::After { ends: true }) {
        proof.orders = (0..ground.watch.clocks.len()).map(|clock| turns::order(ground, graph, clock)).collect();
    }
    let why = if bound { Text::default() } else { idle(ground, constraint) };
    Finding { verdict, why, path: Vec::new(), proof }
}

/// Why nothing is bound.
fn idle(ground: &Ground<'_>, constraint: &Constraint) -> Text {
    let borne = |tag: &&&str| !ground.plan.procedure.acts.iter().any(|act| act.tags.iter().any(|known| known == **tag));
    let tags = constraint.demand.tags();
    let missing: Vec<&str> = tags.iter().filter(borne).copied().collect();
    if missing.is_empty() {
        return Text {
            zh: "没有走得到的行为受它约束".to_owned(),
            en: "no act that can be reached is bound by it".to_owned(),
        };
    }
    let named = missing.join(", ");
    Text { zh: format!("没有行为带有标签 {named}"), en: format!("no act bears the tag {named}") }
}

/// What the procedure calls the acts that bear a tag; the tag itself where none or too many to read do.
fn called(procedure: &Procedure, tag: &str) -> Text {
    let bearing = procedure.acts.iter().filter(|act| act.tags.iter().any(|known| known == tag));
    let titles: Vec<&Text> = bearing.map(|act| &act.title).collect();
    if titles.is_empty() || titles.len() > 3 {
        return Text { zh: format!("“{tag}”"), en: format!("`{tag}`") };
    }
    let listed =
        |word: &dyn Fn(&Text) -> String, or: &str| titles.iter().map(|title| word(title)).collect::<Vec<_>>().join(or);
    Text {
        zh: listed(&|title| format!("“{}”", title.zh), "或"),
        en: listed(&|title| format!("`{}`", title.en), " or "),
    }
}

/// What the last act of the course lacks.
fn reason(ground: &Ground<'_>, demand: &Demand) -> Text {
    let text = |zh: &str, en: &str| Text { zh: zh.to_owned(), en: en.to_owned() };
    match demand {
        Demand::Before { first, then } => {
            let (first, then) = (called(ground.plan.procedure, first), called(ground.plan.procedure, then));
            Text {
                zh: format!("没有做过{}就做了{}", first.zh, then.zh),
                en: format!("{} is done without an earlier {}", then.en, first.en),
            }
        }
        Demand::Never { act, after } => {
            let (act, after) = (called(ground.plan.procedure, act), called(ground.plan.procedure, after));
            Text {
                zh: format!("做过{}以后又做了{}", after.zh, act.zh),
                en: format!("{} is done after {}", act.en, after.en),
            }
        }
        Demand::MinGap { param, .. } | Demand::Within { param, .. } if ground.watch.clocks.is_empty() => Text {
            zh: format!("没有期限钟符合 `{param}` 以及允许的中止和延长"),
            en: format!("no clock fits `{param}` and the pauses and extension that are allowed"),
        },
        Demand::MinGap { .. } => text("期间还没有届满", "the period has not run out yet"),
        Demand::Within { .. } => text("这一路上没有期限钟在走", "no clock runs on this course"),
        Demand::Requires { .. } => text("缺少所要求的内容", "what is required is missing"),
        Demand::Actors { .. } => text("实施人的人数或者证件不够", "too few officers, or without the card"),
        Demand::Distinct { a, b } => {
            let (a, b) = (called(ground.plan.procedure, a), called(ground.plan.procedure, b));
            Text {
                zh: format!("{}和{}可以由同一人做", a.zh, b.zh),
                en: format!("the same person may do {} and {}", a.en, b.en),
            }
        }
        Demand::Role { .. } | Demand::Holds { .. } => {
            text("没有要求实施人的角色或者资格", "the role or qualification is not demanded of those who do it")
        }
        Demand::Publishes { .. } => text("没有按期公示的义务", "no publication is owed within the period"),
        Demand::Serves { .. } => text("没有按期送达的安排", "no service within the period is arranged"),
        Demand::AtMost { .. } => text("次数超过上限", "it is done too often"),
        Demand::Ends => Text::default(),
    }
}

/// A course in words: the titles of its acts, and the periods that end.
pub(super) fn titles(ground: &Ground<'_>, graph: &Graph, path: &[u32]) -> Vec<Text> {
    let procedure = ground.plan.procedure;
    let named = |what: What| match what {
        What::Act(act) => procedure.acts.get(act).map(|act| {
            let title = |said: &str| if said.is_empty() { act.name.clone() } else { said.to_owned() };
            Text { zh: title(&act.title.zh), en: title(&act.title.en) }
        }),
        What::Ends(slot) => {
            let is = |name: &str| ground.plan.known(&Key::Clock(name.to_owned())) == Some(slot);
            procedure.clocks.iter().find(|clock| is(&clock.name)).map(|clock| Text {
                zh: format!("（“{}”期满）", clock.title.zh),
                en: format!("(the period `{}` ends)", clock.title.en),
            })
        }
    };
    path.iter().filter_map(|edge| graph.edges.get(*edge as usize)).filter_map(|edge| named(edge.what)).collect()
}
