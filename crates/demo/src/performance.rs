//! Asks the office for what courses foresee: their cases' acts, and the entries that registers have from the start.

use std::collections::BTreeMap;

use guiju_kernel::procedure::Person;
use guiju_kernel::record::Origin;
use guiju_kernel::time::{Instant, from_millis};
use guiju_office::{Ask, OfficeError, Target, Upload};
use serde_json::{Map, Value};

use crate::cast::{Cast, firm_person};
use crate::chance::Dice;
use crate::course::{Course, CourseStep, Due, Entries};
use crate::firms::Firm;
use crate::lottery::Drawn;
use crate::placeholder::Filling;
use crate::plan::Plan;

/// Everything that a course's act is made from.
pub struct Performance<'a> {
    pub plan: &'a Plan,
    pub firms: &'a [Firm],
    pub cast: &'a Cast,
    /// By the course's id.
    pub draws: &'a BTreeMap<String, Drawn>,
}

/// An entry's key and its fields.
pub type Keyed = (String, Map<String, Value>);

/// What is attached in a demonstration: a page without words.
const BLANK_PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

impl Performance<'_> {
    /// The act of a course that is due, and what to call it in a complaint.
    pub fn ask(&self, due: &Due) -> Result<(String, Ask), OfficeError> {
        let gone = || input("courses", "step");
        let course = self.plan.courses.get(due.course).ok_or_else(gone)?;
        let step = course.steps.get(due.step).ok_or_else(gone)?;
        let called = format!("courses.{} {} {}", course.id, due.case + 1, step.act);
        let firm = self.firm(course, due.case);
        let at = from_millis(due.at).map_err(|e| OfficeError::Input(e.to_string()))?;
        let drawn = self.draws.get(&course.id);
        let words = &self.plan.words;
        let filling =
            Filling { firm, words, at, case: due.case, count: course.count, row: None, drawn, firms: self.firms };
        let mut dice = Dice::new(self.plan.seed, &format!("{}/{}/{}", course.id, due.case, due.step));
        let fault = |name: String| input(&called, &name);
        let given = filling.map(&step.given, &mut dice).map_err(fault)?;
        let subject = self.subject(course, &filling, &mut dice).map_err(fault)?;
        let once = format!("demo-{}-{}", course.id, due.case);
        let opens = due.step == 0;
        let target = if opens {
            Target::New { procedure: course.procedure.clone(), subject }
        } else {
            Target::Opened { once: once.clone() }
        };
        let ask = Ask {
            target,
            act: step.act.clone(),
            by: self.persons(step, firm, drawn.and_then(|drawn| drawn.place(due.case))).map_err(fault)?,
            done: None,
            origin: Origin::Own,
            given,
            files: files(step),
            history: None,
            once: opens.then_some(once),
        };
        Ok((called, ask))
    }

    /// One firm a case, the same at each of its steps: the one that was drawn, or one by chance.
    fn firm(&self, course: &Course, case: u32) -> Option<&Firm> {
        if let Some(drawn) = self.draws.get(&course.id) {
            let (target, _) = drawn.place(case)?;
            return self.firms.iter().find(|firm| firm.code == target);
        }
        let mut dice = Dice::new(self.plan.seed, &format!("{}/{case}/firm", course.id));
        match dice.pick(&course.firms) {
            Some(place) => self.firms.get(usize::try_from(*place).ok()?.checked_sub(1)?),
            None => dice.pick(self.firms),
        }
    }

    fn subject(&self, course: &Course, filling: &Filling<'_>, dice: &mut Dice) -> Result<Option<String>, String> {
        match course.subject.as_str() {
            "nobody" => Ok(None),
            "firm" => Ok(filling.firm.map(|firm| firm.code.clone())),
            key => Ok(filling.text(key, dice)?.as_str().map(str::to_owned)),
        }
    }

    fn persons(
        &self,
        step: &CourseStep,
        firm: Option<&Firm>,
        place: Option<(&str, &[String])>,
    ) -> Result<Vec<Person>, String> {
        let account = |name: &str| self.cast.visitors.iter().find(|m| m.person.id == name).map(|m| m.person.clone());
        let mut persons = Vec::new();
        for name in &step.by {
            match (name.as_str(), place) {
                ("party", _) => persons.push(firm.map(firm_person).ok_or_else(|| name.clone())?),
                ("drawn", Some((_, officers))) => {
                    for officer in officers {
                        persons.push(account(officer).ok_or_else(|| officer.clone())?);
                    }
                }
                ("drawn.1", Some((_, [first, ..]))) => persons.push(account(first).ok_or_else(|| first.clone())?),
                (name, _) => persons.push(account(name).ok_or_else(|| name.to_owned())?),
            }
        }
        Ok(persons)
    }

    /// The entries of one wish.
    pub fn entries(&self, wish: &Entries, at: Instant) -> Result<Vec<Keyed>, OfficeError> {
        let fault = |name: String| input(&format!("entries.{}", wish.register), &name);
        let mut dice = Dice::new(self.plan.seed, &format!("{}/{}", wish.register, wish.key));
        let one = |case: u32| {
            let firm = Dice::new(self.plan.seed, &format!("{}/{case}", wish.register)).pick(self.firms);
            let filling = Filling {
                firm,
                words: &self.plan.words,
                at,
                case,
                count: wish.count,
                row: None,
                drawn: None,
                firms: self.firms,
            };
            let key = filling.text(&wish.key, &mut dice)?;
            let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
            Ok((key, filling.map(&wish.fields, &mut dice)?))
        };
        (0..wish.count).map(one).collect::<Result<_, String>>().map_err(fault)
    }
}

fn files(step: &CourseStep) -> Vec<Upload> {
    let upload = |(field, name): (&String, &String)| Upload {
        field: field.clone(),
        name: name.clone(),
        media: "application/pdf".to_owned(),
        content: BLANK_PDF.to_vec(),
    };
    step.files.iter().map(upload).collect()
}

fn input(place: &str, what: &str) -> OfficeError {
    OfficeError::Input(format!("年度计划 {place}：不认得 `{what}` / the plan's {place}: `{what}` is unknown"))
}
