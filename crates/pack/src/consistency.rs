//! Do the statutes of a pack agree with themselves? Constraints that contradict each other, acts that are demanded and forbidden at
//! once, and constraints whose own examples come out otherwise are told at their places.
//!
//! This is asked of a pack that has loaded, by `guiju law check`: like a procedure that breaks the law, it is a finding and no fault
//! of form.

use std::cell::RefCell;
use std::collections::BTreeMap;

use guiju_kernel::checker::{Finding, Verdict, World, check, contradictions, forbidden};
use guiju_kernel::constraint::{Constraint, Link};
use guiju_kernel::procedure::guard::Guard;
use serde_json::Value;

use crate::Pack;
use crate::complaint::{Complaint, Margin, Spot};
use crate::law::meet;
use crate::raw::law::RawStatute;
use crate::schema::FileKind;
use crate::source::text;
use crate::sources::{self, File};

/// Where the statutes of a pack disagree with themselves, each list in the order of the files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Disagreements {
    pub contradictions: Vec<Contradiction>,
    pub fragments: Vec<OddFragment>,
}

/// A constraint that contradicts another constraint, or a kind of procedure that has to bear what it forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Id of the constraint.
    pub first: String,
    /// Id of the other constraint or of the kind of procedure.
    pub second: String,
    /// Names both with their articles; stands at the later of the two.
    pub told: Complaint,
}

/// A constraint's own example that came out otherwise than it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddFragment {
    pub constraint: String,
    /// `keeps` or `breaks`.
    pub fragment: &'static str,
    pub verdict: &'static str,
    pub told: Complaint,
}

impl Pack {
    /// Holds the statutes against themselves. `prefix` stands before each path in complaints.
    pub fn disagreements(&self, prefix: &str) -> Disagreements {
        let places = Places::of(self, prefix);
        let (facts, params) = (self.facts(), self.param_values());
        let desk = Desk { pack: self, places: &places, facts: &facts, params: &params };
        let mut against = desk.between_constraints();
        against.extend(desk.demanded_and_forbidden());
        Disagreements { contradictions: against, fragments: desk.fragments() }
    }
}

/// The statutes as they are written, for the places of what they say.
struct Places(Vec<File<RawStatute>>);

impl Places {
    /// Every text was read when the pack loaded, so that nothing is noted here a second time.
    fn of(pack: &Pack, prefix: &str) -> Self {
        let unheard = RefCell::new(Vec::new());
        let files = crate::archive::unpack(&pack.archive).unwrap_or_default();
        let laws = files.iter().filter(|(path, _)| FileKind::of(path) == Some(FileKind::Law));
        let read = |(path, bytes): (&String, &Vec<u8>)| {
            let path = format!("{prefix}{path}");
            let margin = Margin::new(&path, &unheard);
            let raw = sources::typed(FileKind::Law, &text::read(bytes, margin)?, margin)?;
            Some(File { path, raw })
        };
        Self(laws.filter_map(read).collect())
    }

    fn find<T>(&self, what: impl Fn(&RawStatute) -> Option<T>) -> Option<(&str, T)> {
        self.0.iter().find_map(|file| what(&file.raw).map(|found| (file.path.as_str(), found)))
    }

    fn constraint(&self, id: &str) -> (&str, Spot) {
        let named =
            |raw: &RawStatute| raw.constraints.iter().find(|(name, _)| name.as_str() == id).map(|(at, _)| at.spot);
        self.find(named).unwrap_or(("", Spot::START))
    }

    fn realization(&self, kind: &str) -> (&str, Spot) {
        let named =
            |raw: &RawStatute| raw.realizations.iter().find(|(name, _)| name.as_str() == kind).map(|(at, _)| at.spot);
        self.find(named).unwrap_or(("", Spot::START))
    }

    fn fragment(&self, id: &str, fragment: &str) -> (&str, Spot) {
        let named = |raw: &RawStatute| {
            let (_, found) = raw.constraints.iter().find(|(name, _)| name.as_str() == id)?;
            let chain = if fragment == KEEPS { found.keeps.as_ref() } else { found.breaks.as_ref() };
            chain.map(|chain| chain.spot)
        };
        self.find(named).unwrap_or(("", Spot::START))
    }
}

const KEEPS: &str = "keeps";
const BREAKS: &str = "breaks";

/// The pack, what its words mean, and where they stand.
struct Desk<'a> {
    pack: &'a Pack,
    places: &'a Places,
    facts: &'a BTreeMap<String, Guard>,
    params: &'a BTreeMap<String, Vec<Value>>,
}

fn complaint((file, spot): (&str, Spot), zh: String, en: String) -> Complaint {
    Complaint { file: file.to_owned(), line: spot.line, column: spot.column, zh, en }
}

fn line((file, spot): (&str, Spot)) -> String {
    format!("{file}:{}", spot.line)
}

impl Desk<'_> {
    fn world(&self) -> World<'_> {
        World { facts: self.facts, params: self.params }
    }

    fn constraint(&self, id: &str) -> Option<&Constraint> {
        self.pack.constraints().find(|constraint| constraint.id == id)
    }

    fn between_constraints(&self) -> Vec<Contradiction> {
        let all: Vec<&Constraint> = self.pack.constraints().collect();
        let told = |found: guiju_kernel::checker::Contradiction| {
            let basis = |id: &str| self.constraint(id).map(Constraint::basis).unwrap_or_default();
            let (first, second) = (self.places.constraint(&found.first), self.places.constraint(&found.second));
            let (one, other) = (&found.first, &found.second);
            let (ground, against, place) = (basis(one), basis(other), line(first));
            let zh = format!(
                "法定约束 `{other}`（{against}）与 `{one}`（{ground}，{place}）矛盾：{}；请改正其中一条，或者用 `only`、`if` 分开",
                found.why.zh
            );
            let en = format!(
                "the constraint `{other}` ({against}) contradicts `{one}` ({ground}, {place}): {}; correct one of them, or tell them apart by `only` or `if`",
                found.why.en
            );
            Contradiction { told: complaint(second, zh, en), first: found.first, second: found.second }
        };
        contradictions(&all, self.world()).into_iter().map(told).collect()
    }

    /// What may never be done, and what a kind of procedure has to bear nevertheless.
    fn demanded_and_forbidden(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        for constraint in self.pack.constraints() {
            let Some(tag) = forbidden(constraint) else { continue };
            for statute in self.pack.statutes.iter().filter(|statute| meet(&statute.in_force, &constraint.in_force)) {
                let bearing = statute
                    .realizations
                    .iter()
                    .filter(|(kind, tags)| constraint.binds_kind(Some(kind)) && tags.iter().any(|borne| borne == tag));
                found.extend(bearing.map(|(kind, _)| self.bears(constraint, tag, kind)));
            }
        }
        found
    }

    fn bears(&self, constraint: &Constraint, tag: &str, kind: &str) -> Contradiction {
        let (id, basis, place) = (&constraint.id, constraint.basis(), line(self.places.realization(kind)));
        let zh = format!(
            "法定约束 `{id}`（{basis}）与程序种类 `{kind}`（{place}）矛盾：前者一次也不许做 `{tag}`，后者必须具备它；请改正其中一条，或者用 `only`、`if` 分开"
        );
        let en = format!(
            "the constraint `{id}` ({basis}) contradicts the kind of procedure `{kind}` ({place}): the one never allows `{tag}`, the other must bear it; correct one of them, or tell them apart by `only` or `if`"
        );
        let told = complaint(self.places.constraint(id), zh, en);
        Contradiction { first: id.clone(), second: kind.to_owned(), told }
    }

    fn fragments(&self) -> Vec<OddFragment> {
        let mut odd = Vec::new();
        for constraint in self.pack.constraints() {
            odd.extend(self.fragment(constraint, KEEPS, &constraint.keeps, Verdict::Holds));
            odd.extend(self.fragment(constraint, BREAKS, &constraint.breaks, Verdict::Violated));
        }
        odd
    }

    fn fragment(
        &self,
        constraint: &Constraint,
        fragment: &'static str,
        chain: &[Link],
        wanted: Verdict,
    ) -> Option<OddFragment> {
        if chain.is_empty() {
            return None;
        }
        let finding = check(&self.pack.fragment(constraint, chain, self.facts), constraint, self.world());
        if finding.verdict == wanted {
            return None;
        }
        let (id, basis) = (&constraint.id, constraint.basis());
        let (zh, en) = came(&finding);
        let zh = format!("法定约束 `{id}`（{basis}）的 `{fragment}` 片段{zh}");
        let en = format!("the fragment `{fragment}` of the constraint `{id}` ({basis}) {en}");
        let told = complaint(self.places.fragment(id, fragment), zh, en);
        Some(OddFragment { constraint: id.clone(), fragment, verdict: finding.verdict.name(), told })
    }
}

/// How a fragment came out that came out wrong.
fn came(finding: &Finding) -> (String, String) {
    let (zh, en) = (&finding.why.zh, &finding.why.en);
    match finding.verdict {
        Verdict::Holds => ("没有违反它".to_owned(), "does not break it".to_owned()),
        Verdict::Vacuous => (format!("与它无关：{zh}"), format!("has nothing to do with it: {en}")),
        Verdict::Violated if finding.path.is_empty() => (format!("违反了它：{zh}"), format!("breaks it: {en}")),
        Verdict::Violated => {
            let zh_path: Vec<&str> = finding.path.iter().map(|step| step.zh.as_str()).collect();
            let en_path: Vec<&str> = finding.path.iter().map(|step| step.en.as_str()).collect();
            (
                format!("违反了它：{zh}，经过：{}", zh_path.join(" → ")),
                format!("breaks it: {en}, by the course {}", en_path.join(" → ")),
            )
        }
    }
}
