//! A story's step as an act that somebody asks the office for: who, what is written, on which form.

use std::cell::RefCell;
use std::collections::BTreeMap;

use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::FieldKind;
use guiju_kernel::record::Origin;
use guiju_office::{Ask, OfficeError, Target};
use guiju_pack::Pack;
use serde_json::{Map, Value, json};

use crate::cast::{Cast, firm_person};
use crate::chance::Dice;
use crate::firms::{Firm, pick};
use crate::plan::{Matter, Plan};
use crate::story::{Step, Story};

const REQUEST: &str = "enterprise-request";
const TASK_FORCE: &str = "task-force-item";

/// Writes the asks. The same story gives the same texts whatever is asked before it.
pub struct Author<'a> {
    plan: &'a Plan,
    firms: &'a [Firm],
    cast: &'a Cast,
    /// Type of request -> the unit that the pack suggests.
    units: BTreeMap<String, String>,
    all_units: Vec<String>,
    /// Who holds each story's case now.
    holders: RefCell<Vec<u16>>,
}

impl<'a> Author<'a> {
    pub fn new(
        plan: &'a Plan,
        pack: &Pack,
        firms: &'a [Firm],
        cast: &'a Cast,
        stories: &[Story],
    ) -> Result<Author<'a>, OfficeError> {
        let units = units_by_type(pack)?;
        for matter in &plan.words.matters {
            if !units.contains_key(&matter.kind) {
                let kind = &matter.kind;
                return Err(OfficeError::Input(format!(
                    "年度计划 words.matters：法规包没有类型 `{kind}` / the plan's words.matters: the pack has no type `{kind}`"
                )));
            }
        }
        let mut all_units: Vec<String> = units.values().cloned().collect();
        all_units.push(RAISED.to_owned());
        all_units.sort();
        all_units.dedup();
        let holders = RefCell::new(vec![0; stories.len()]);
        Ok(Author { plan, firms, cast, units, all_units, holders })
    }

    /// The act of one step.
    pub fn ask(&self, story: &Story, step: Step) -> Result<Ask, OfficeError> {
        let mut dice = Dice::new(self.plan.seed, &format!("{}/{step:?}", story.number));
        let firm = self.firm_of(story).ok_or_else(|| missing("firm"))?;
        if story.task_force {
            return self.task_force(story, step, firm, &mut dice);
        }
        let (act, by, given) = self.request(story, step, firm, &mut dice)?;
        let opens = step == Step::File;
        let token = token(story);
        let target = if opens {
            Target::New { procedure: REQUEST.to_owned(), subject: Some(firm.code.clone()) }
        } else {
            Target::Opened { once: token.clone() }
        };
        Ok(ask(target, act, by, given, opens.then_some(token)))
    }

    fn request(
        &self,
        story: &Story,
        step: Step,
        firm: &Firm,
        dice: &mut Dice,
    ) -> Result<(&'static str, Person, Map<String, Value>), OfficeError> {
        let words = &self.plan.words;
        let dispatcher = || self.role("dispatcher");
        Ok(match step {
            Step::File => ("file", firm_person(firm), self.filing(story, firm)),
            Step::Accept => ("accept", dispatcher()?, Map::new()),
            Step::Decline => {
                let decline = dice.pick(&words.declines).ok_or_else(|| missing("words.declines"))?;
                let given = fields([("decline_reason", json!(decline.reason)), ("decline_text", json!(decline.text))]);
                ("decline", dispatcher()?, given)
            }
            Step::Dispatch => ("dispatch", dispatcher()?, self.assignment(story, true, dice)),
            Step::Return => ("return", self.holder(story)?, self.returned(story, dice)),
            Step::DispatchAgain => ("reassign", dispatcher()?, self.assignment(story, false, dice)),
            Step::Rule => {
                let mut given = self.assignment(story, false, dice);
                given.insert("ruling".into(), json!("两单位职责交叉，按主要事项指定承办。"));
                ("rule", self.role("ruler")?, given)
            }
            Step::Contact => ("contact", self.holder(story)?, one("contact_note", pick(dice, &words.contacts))),
            Step::Plan => ("plan", self.holder(story)?, one("plan_text", pick(dice, &words.plans))),
            Step::Remind => ("remind", firm_person(firm), one("remind_text", "请尽快办理，谢谢。".to_owned())),
            Step::CoAnswer => ("co_answer", self.co_handler(story)?, one("part_answer", pick(dice, &words.answers))),
            Step::Answer => ("answer", self.holder(story)?, one("answer_text", pick(dice, &words.answers))),
            Step::Close => ("close", self.holder(story)?, one("outcome", outcome(dice).to_owned())),
            Step::CallBack => {
                ("call_back", self.role("callback")?, one("satisfaction", self.satisfaction(story, dice)))
            }
            Step::Rate => {
                let stars = if dice.per_mille(850) { 5 } else { dice.between(3, 5) };
                ("rate", firm_person(firm), fields([("rating", json!(stars))]))
            }
            Step::Reopen => {
                self.hold(story, RAISED);
                ("reopen", firm_person(firm), one("reopen_reason", pick(dice, &words.dissatisfied)))
            }
        })
    }

    fn filing(&self, story: &Story, firm: &Firm) -> Map<String, Value> {
        let mut dice = self.dice(story, "text");
        let Some(matter) = self.matter(story) else { return Map::new() };
        let n = dice.between(2, 60).to_string();
        let product = pick(&mut dice, &self.plan.words.products);
        let said = |text: String| text.replace("<n>", &n).replace("<product>", &product);
        let title = said(pick(&mut dice, &matter.titles));
        let text = said(pick(&mut dice, &matter.texts));
        let mut types = vec![matter.kind.clone()];
        if story.multi_type {
            types.extend(
                self.units
                    .keys()
                    .filter(|kind| **kind != matter.kind)
                    .nth(usize::from(story.number.to_le_bytes()[0]) % 8)
                    .cloned(),
            );
        }
        fields([
            ("enterprise", json!(firm.code)),
            ("types", json!(types)),
            ("title", json!(title)),
            ("description", json!(text)),
            ("district", json!(firm.district)),
            ("contact_name", json!(firm.contact)),
            ("contact_phone", json!(firm.phone)),
            ("wants_reply_by", json!("phone")),
        ])
    }

    /// Dispatch to the suggested unit; one in some goes wrong first where the story has a return.
    fn assignment(&self, story: &Story, first: bool, dice: &mut Dice) -> Map<String, Value> {
        let right = self.right_unit(story);
        let wrong = first && story.steps.iter().any(|(_, s)| *s == Step::Return);
        let returned_twice = story.steps.iter().any(|(_, s)| *s == Step::Rule);
        let lead =
            if wrong || (returned_twice && !story_ruled(story, first)) { self.another(&right, dice) } else { right };
        self.hold(story, &lead);
        let mut given = one("lead_unit", lead.clone());
        if story.co_handled {
            given.insert("with_units".into(), json!([self.co_unit(story)]));
        }
        given
    }

    fn returned(&self, story: &Story, dice: &mut Dice) -> Map<String, Value> {
        fields([
            ("return_reason", json!("not_ours")),
            ("return_basis", json!(pick(dice, &self.plan.words.returns))),
            ("suggested_unit", json!(self.right_unit(story))),
        ])
    }

    /// The last call-back of a story that was reopened is content, the first is not.
    fn satisfaction(&self, story: &Story, dice: &mut Dice) -> String {
        let reopened = story.steps.iter().any(|(_, s)| *s == Step::Reopen);
        if reopened && self.holder_path(story) != RAISED {
            return "dissatisfied".to_owned();
        }
        match dice.below(1_000) {
            0..=859 => "satisfied",
            860..=969 => "fair",
            970..=979 => "dissatisfied",
            _ => "unreached",
        }
        .to_owned()
    }

    fn task_force(&self, story: &Story, step: Step, firm: &Firm, dice: &mut Dice) -> Result<Ask, OfficeError> {
        let officer = || self.role("task_force");
        let token = token(story);
        let target = Target::Opened { once: token.clone() };
        Ok(match step {
            Step::File => {
                let title = pick(dice, &self.plan.words.task_force);
                let given = fields([
                    ("enterprise", json!(firm.code)),
                    ("title", json!(title)),
                    ("description", json!(format!("企业反映{title}方面的困难，请专班协调解决。"))),
                ]);
                let target = Target::New { procedure: TASK_FORCE.to_owned(), subject: Some(firm.code.clone()) };
                ask(target, "collect", officer()?, given, Some(token))
            }
            Step::Dispatch => {
                let unit = self.right_unit(story);
                self.hold(story, &unit);
                ask(target, "assign", officer()?, one("lead_unit", unit), None)
            }
            _ => ask(target, "solve", self.holder(story)?, one("result", pick(dice, &self.plan.words.answers)), None),
        })
    }

    fn dice(&self, story: &Story, purpose: &str) -> Dice {
        Dice::new(self.plan.seed, &format!("{}/{purpose}", story.number))
    }

    fn firm_of(&self, story: &Story) -> Option<&'a Firm> {
        self.dice(story, "firm").pick(self.firms)
    }

    fn matter(&self, story: &Story) -> Option<&'a Matter> {
        self.dice(story, "matter").pick(&self.plan.words.matters)
    }

    fn right_unit(&self, story: &Story) -> String {
        let unit = self.matter(story).and_then(|m| self.units.get(&m.kind));
        unit.cloned().unwrap_or_default()
    }

    fn another(&self, than: &str, dice: &mut Dice) -> String {
        let others: Vec<&String> = self.all_units.iter().filter(|u| *u != than && *u != RAISED).collect();
        dice.pick(&others).map(|u| (*u).clone()).unwrap_or_default()
    }

    /// A unit that handles with the others: never one that may lead the same story.
    fn co_unit(&self, story: &Story) -> String {
        let mut dice = self.dice(story, "with");
        let district = self.firm_of(story).map(|f| f.district.clone()).unwrap_or_default();
        let districts: Vec<&String> = self.cast.handlers.keys().filter(|u| u.starts_with(&district)).collect();
        dice.pick(&districts).map(|u| (*u).clone()).unwrap_or_else(|| "jh-miit/operations".to_owned())
    }

    fn co_handler(&self, story: &Story) -> Result<Person, OfficeError> {
        self.cast.handler(&self.co_unit(story)).cloned().ok_or_else(|| missing("co-handler"))
    }

    fn hold(&self, story: &Story, unit: &str) {
        let at = self.all_units.iter().position(|u| u == unit).and_then(|at| u16::try_from(at).ok());
        if let (Some(at), Some(slot)) =
            (at, self.holders.borrow_mut().get_mut(usize::try_from(story.number).unwrap_or(0)))
        {
            *slot = at;
        }
    }

    fn holder_path(&self, story: &Story) -> String {
        let at = self.holders.borrow().get(usize::try_from(story.number).unwrap_or(0)).copied().unwrap_or(0);
        self.all_units.get(usize::from(at)).cloned().unwrap_or_default()
    }

    fn holder(&self, story: &Story) -> Result<Person, OfficeError> {
        self.cast.handler(&self.holder_path(story)).cloned().ok_or_else(|| missing("handler"))
    }

    fn role(&self, role: &str) -> Result<Person, OfficeError> {
        self.cast.role(role).cloned().ok_or_else(|| missing(role))
    }
}

/// Where reopened requests go first.
const RAISED: &str = "jh-government/enterprise-services";

fn story_ruled(story: &Story, first: bool) -> bool {
    let rules = story.steps.iter().any(|(_, s)| *s == Step::Rule);
    rules && !first
}

fn token(story: &Story) -> String {
    format!("demo-{}", story.number)
}

fn ask(target: Target, act: &str, by: Person, given: Map<String, Value>, once: Option<String>) -> Ask {
    Ask {
        target,
        act: act.to_owned(),
        by: vec![by],
        done: None,
        origin: Origin::Own,
        given,
        files: Vec::new(),
        history: None,
        once,
    }
}

fn outcome(dice: &mut Dice) -> &'static str {
    match dice.below(100) {
        0..=61 => "solved",
        62..=89 => "explained",
        90..=96 => "referred",
        _ => "cannot",
    }
}

fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn one(name: &str, value: String) -> Map<String, Value> {
    fields([(name, Value::String(value))])
}

fn missing(what: &str) -> OfficeError {
    OfficeError::Input(format!("年度计划缺少 {what} / the plan lacks {what}"))
}

/// The unit that the pack suggests for each type of request.
fn units_by_type(pack: &Pack) -> Result<BTreeMap<String, String>, OfficeError> {
    let procedure = pack.procedure(REQUEST).ok_or_else(|| missing(REQUEST))?;
    let field = procedure.field("types").ok_or_else(|| missing("types"))?;
    match &field.kind {
        FieldKind::Enum { choices, .. } => {
            Ok(choices.iter().filter_map(|c| Some((c.value.clone(), c.unit.clone()?))).collect())
        }
        _ => Err(missing("types")),
    }
}
