//! Constraints of a statute: one pattern each, over tags, terms, parameters and roles that exist.

use guiju_kernel::constraint::{Constraint, Demand, Link, Mark, Needed, Party};
use guiju_kernel::procedure::definition::{InForce, Text};
use guiju_kernel::procedure::guard::Guard;

use super::act::plain;
use super::bureau::address_name;
use super::dates::{day, in_force};
use super::guard::{Scope, guard};
use super::known::{Known, ParamIs};
use crate::complaint::{Kind, Margin, Spot};
use crate::raw::constraint::{LinkTold, PartTold, Parts, RawConstraint, RawLink, RawPart};
use crate::raw::guard::ParamName;
use crate::raw::law::RawStatute;
use crate::schema::FileKind;
use crate::source::at::At;

/// Checks the constraints of one statute.
pub(crate) fn constraints(raw: &RawStatute, known: &Known<'_>, margin: Margin<'_>) -> Vec<Constraint> {
    let statute = in_force(&raw.in_force, Margin::new("", &std::cell::RefCell::new(Vec::new())));
    raw.constraints.iter().map(|(id, one)| constraint(id, one, raw, statute, &Bench { known, margin })).collect()
}

/// What names are held against, and where slips are noted.
struct Bench<'a> {
    known: &'a Known<'a>,
    margin: Margin<'a>,
}

fn constraint(id: &At<String>, raw: &RawConstraint, law: &RawStatute, dates: InForce, bench: &Bench<'_>) -> Constraint {
    let margin = bench.margin;
    address_name(id, margin);
    if !law.articles.has(&raw.article) {
        margin.unknown(raw.article.spot, Kind::ARTICLE, &raw.article, law.articles.names());
    }
    for kind in &raw.only {
        if bench.known.complete(FileKind::Law) && !bench.known.realizations.contains_key(kind.as_str()) {
            margin.unknown(kind.spot, Kind::REALIZATION, kind, bench.known.realizations.keys().copied());
        }
    }
    raw.once.iter().chain(&raw.waived_by).for_each(|tag| bench.known.tag(tag, margin));
    let from = raw.from.as_ref().map_or(dates.from, |from| day(from, margin));
    let until = raw.until.as_ref().map_or(dates.until, |until| Some(day(until, margin)));
    if until.is_some_and(|until| until <= from) {
        margin.note(id.spot, "止日须晚于起日", "`until` must be later than `from`");
    }
    let scope = Scope { known: bench.known, procedure: None, fragment: &[] };
    let condition = raw.condition.as_ref().map_or(Guard::Always, |raw| {
        let condition = guard(raw, &scope, margin);
        bench.speaks_of_law(&condition, raw.spot, false);
        condition
    });
    Constraint {
        id: id.value.clone(),
        title: Text { zh: raw.zh.clone(), en: raw.en.clone() },
        statute: law.id.value.clone(),
        article: raw.article.value.clone(),
        in_force: InForce { from, until },
        only: plain(&raw.only),
        condition,
        once: raw.once.as_ref().map(|tag| tag.value.clone()),
        waived_by: raw.waived_by.as_ref().map(|tag| tag.value.clone()),
        demand: bench.demand(id, raw),
        keeps: bench.chain(raw.keeps.as_ref()),
        breaks: bench.chain(raw.breaks.as_ref()),
    }
}

impl Bench<'_> {
    fn note(&self, spot: Spot, zh: &str, en: &str) {
        self.margin.note(spot, zh, en);
    }

    /// Exactly one pattern, and beside it only what belongs to it.
    fn demand(&self, id: &At<String>, raw: &RawConstraint) -> Demand {
        let patterns: [(&str, Option<&Parts>); 12] = [
            ("before", raw.before.as_ref()),
            ("min_gap", raw.min_gap.as_ref()),
            ("within", raw.within.as_ref()),
            ("requires", raw.requires.as_ref()),
            ("actors", raw.actors.as_ref()),
            ("distinct", raw.distinct.as_ref()),
            ("role", raw.role.as_ref()),
            ("holds", raw.holds.as_ref()),
            ("publishes", raw.publishes.as_ref()),
            ("serves", raw.serves.as_ref()),
            ("never", raw.never.as_ref()),
            ("at_most", raw.at_most.as_ref()),
        ];
        let told: Vec<(&str, &Parts)> =
            patterns.into_iter().filter_map(|(name, parts)| parts.map(|parts| (name, parts))).collect();
        self.beside(id, raw, told.first().map(|(name, _)| *name));
        match (told.as_slice(), raw.ends) {
            ([], true) => Demand::Ends,
            ([(name, parts)], false) => self.pattern(name, parts, raw).unwrap_or(Demand::Ends),
            _ => {
                let mut said: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
                said.extend(raw.ends.then_some("ends"));
                let listed = |comma: &str, none: &str| if said.is_empty() { none.to_owned() } else { said.join(comma) };
                let (zh, en) = (listed("、", "无"), listed(", ", "none"));
                self.margin.note(
                    id.spot,
                    format!("法定约束恰好写一种要求，如 `before: [先, 后]`，现有：{zh}"),
                    format!("a constraint says exactly one pattern, such as `before: [first, then]`; here: {en}"),
                );
                Demand::Ends
            }
        }
    }

    fn beside(&self, id: &At<String>, raw: &RawConstraint, pattern: Option<&str>) {
        let belongs: [(&str, bool, &[&str]); 4] = [
            ("pauses", raw.pauses.is_some(), &["within"]),
            ("extension", raw.extension.is_some(), &["within"]),
            ("card", raw.card.is_some(), &["actors"]),
            ("waived_by", raw.waived_by.is_some(), &["before", "min_gap", "within"]),
        ];
        for (name, there, with) in belongs {
            if there && !pattern.is_some_and(|pattern| with.contains(&pattern)) {
                self.margin.note(
                    id.spot,
                    format!("`{name}` 只与 {} 连用", with.join("、")),
                    format!("`{name}` goes with {} only", with.join(", ")),
                );
            }
        }
    }

    fn pattern(&self, name: &str, parts: &Parts, raw: &RawConstraint) -> Option<Demand> {
        let tag = |at| self.tag(parts, at);
        let wanted = if matches!(name, "min_gap" | "within") { 3 } else { 2 };
        if parts.len() != wanted {
            self.margin.note(
                parts.spot,
                format!("`{name}` 须写 {wanted} 项"),
                format!("`{name}` has exactly {wanted} members"),
            );
            return None;
        }
        self.itself(name, parts);
        Some(match name {
            "before" => Demand::Before { first: tag(0)?, then: tag(1)? },
            "min_gap" => Demand::MinGap { first: self.mark(parts)?, then: tag(1)?, param: self.period(parts, 2)? },
            "within" => Demand::Within {
                first: self.mark(parts)?,
                then: tag(1)?,
                param: self.period(parts, 2)?,
                pauses: raw.pauses.as_ref().map(|names| plain(&names.0)).unwrap_or_default(),
                extension: raw.extension.as_ref().map(|param| self.named_period(param)),
            },
            "requires" => Demand::Requires { act: tag(0)?, what: self.needed(parts)? },
            "actors" => Demand::Actors { act: tag(0)?, count: self.number(parts, 1)?, card: self.card(raw) },
            "distinct" => Demand::Distinct { a: tag(0)?, b: tag(1)? },
            "role" => {
                let role = self.word(parts, 1)?;
                self.known.role(&role, self.margin);
                Demand::Role { act: tag(0)?, role: role.value }
            }
            "holds" => {
                let held = self.word(parts, 1)?;
                self.known.qualification(&held, self.margin);
                Demand::Holds { act: tag(0)?, qualification: held.value }
            }
            "publishes" => Demand::Publishes { act: tag(0)?, param: self.period(parts, 1)? },
            "serves" => Demand::Serves { act: tag(0)?, param: self.period(parts, 1)? },
            "never" => Demand::Never { act: tag(0)?, after: tag(1)? },
            _ => Demand::AtMost { act: tag(0)?, times: self.number(parts, 0)? },
        })
    }

    /// Nothing comes before itself, and nobody is another than themselves.
    fn itself(&self, name: &str, parts: &Parts) {
        let (first, second) = (parts.first().map(|part| &part.value), parts.get(1));
        if matches!(name, "before" | "distinct")
            && let (Some(RawPart::Word(tag)), Some(part)) = (first, second)
            && matches!(&part.value, RawPart::Word(other) if other == tag)
        {
            self.margin.note(
                part.spot,
                format!("`{name}` 的两项都是 `{tag}`，没有程序能做到"),
                format!("both members of `{name}` are `{tag}`, which no procedure can keep"),
            );
        }
    }

    fn card(&self, raw: &RawConstraint) -> Option<String> {
        let card = raw.card.as_ref()?;
        self.known.card(card, self.margin);
        Some(card.value.clone())
    }

    fn word(&self, parts: &Parts, at: usize) -> Option<At<String>> {
        let part = parts.get(at)?;
        if let RawPart::Word(word) = &part.value {
            return Some(At { value: word.clone(), spot: part.spot });
        }
        self.note(part.spot, "这里应是一个名称", "a name is expected here");
        None
    }

    fn tag(&self, parts: &Parts, at: usize) -> Option<String> {
        let tag = self.word(parts, at)?;
        self.known.tag(&tag, self.margin);
        Some(tag.value)
    }

    /// `least` is 0 where never may be said (`at_most: [a, 0]` under a condition), else 1.
    fn number(&self, parts: &Parts, least: u32) -> Option<u32> {
        let part = parts.get(1)?;
        match part.value {
            RawPart::Number(number) if number >= least => Some(number),
            RawPart::Word(_) | RawPart::Told(_) if least == 0 => {
                self.note(part.spot, "这里应是一个数", "a number is expected here");
                None
            }
            _ => {
                self.note(part.spot, "这里应是一个大于零的数", "a number above zero is expected here");
                None
            }
        }
    }

    /// A map with exactly one of its keys.
    fn told<'p>(&self, parts: &'p Parts, at: usize) -> Option<&'p PartTold> {
        let part = parts.get(at)?;
        let RawPart::Told(told) = &part.value else {
            self.note(part.spot, "这里应写成 `{…}`", "a map is expected here");
            return None;
        };
        let said = [
            told.receipt_of.is_some(),
            told.param.is_some(),
            told.term.is_some(),
            told.file,
            told.issues,
            told.notice,
            told.basis,
        ];
        if said.iter().filter(|there| **there).count() != 1 {
            self.note(part.spot, "恰好写一种", "exactly one thing is said here");
            return None;
        }
        Some(told)
    }

    fn mark(&self, parts: &Parts) -> Option<Mark> {
        if matches!(parts.first().map(|part| &part.value), Some(RawPart::Word(_))) {
            return self.tag(parts, 0).map(Mark::Act);
        }
        let told = self.told(parts, 0)?;
        let Some(tag) = &told.receipt_of else {
            self.note(parts.spot, "首项写标签或 `{receipt_of: 标签}`", "first comes a tag or {receipt_of: tag}");
            return None;
        };
        self.known.tag(tag, self.margin);
        Some(Mark::Receipt(tag.value.clone()))
    }

    fn period(&self, parts: &Parts, at: usize) -> Option<String> {
        let told = self.told(parts, at)?;
        let Some(param) = &told.param else {
            self.note(parts.spot, "期间写成 `{param: 参数}`", "the period reads {param: name}");
            return None;
        };
        self.known.param(param, ParamIs::Period, self.margin);
        Some(param.value.clone())
    }

    fn named_period(&self, param: &ParamName) -> String {
        self.known.param(&param.param, ParamIs::Period, self.margin);
        param.param.value.clone()
    }

    fn needed(&self, parts: &Parts) -> Option<Needed> {
        let told = self.told(parts, 1)?;
        if let Some(term) = &told.term {
            self.known.term(term, self.margin);
            return Some(Needed::Term(term.value.clone()));
        }
        let found = [
            (told.file, Needed::File),
            (told.issues, Needed::Issues),
            (told.notice, Needed::Notice),
            (told.basis, Needed::Basis),
        ];
        let needed = found.into_iter().find(|(there, _)| *there).map(|(_, needed)| needed);
        if needed.is_none() {
            self.note(
                parts.spot,
                "所需写 term、file、issues、notice 或 basis",
                "what is needed is one of term, file, issues, notice, basis",
            );
        }
        needed
    }

    /// A constraint speaks of terms, facts and acts that were done; a fragment also of its own clocks.
    fn speaks_of_law(&self, guard: &Guard, spot: Spot, clocks: bool) {
        match guard {
            Guard::All(inner) | Guard::Any(inner) => {
                inner.iter().for_each(|one| self.speaks_of_law(one, spot, clocks));
            }
            Guard::Not(inner) => self.speaks_of_law(inner, spot, clocks),
            Guard::Always | Guard::Term { .. } | Guard::Fact(_) | Guard::ActDone { .. } => {}
            Guard::Clock { .. } if clocks => {}
            _ => self.note(
                spot,
                "法定约束的条件只能引用用语、事实和已做的行为",
                "a constraint's condition speaks of terms, facts and acts done",
            ),
        }
    }

    fn chain(&self, raw: Option<&At<Vec<RawLink>>>) -> Vec<Link> {
        let Some(raw) = raw else { return Vec::new() };
        if raw.is_empty() {
            self.note(raw.spot, "片段至少要有一步", "a fragment has at least one step");
        }
        let told = || {
            raw.iter().filter_map(|link| match link {
                RawLink::Told(told) => Some(told),
                RawLink::Tag(_) => None,
            })
        };
        let clocks: Vec<&str> = told().flat_map(|told| told.starts.names()).collect();
        raw.iter()
            .map(|link| match link {
                RawLink::Tag(tag) => {
                    self.known.tag(tag, self.margin);
                    Link { tag: Some(tag.value.clone()), ..Link::default() }
                }
                RawLink::Told(told) => self.link(told, raw.spot, &clocks),
            })
            .collect()
    }

    fn link(&self, raw: &LinkTold, spot: Spot, clocks: &[&str]) -> Link {
        let scope = Scope { known: self.known, procedure: None, fragment: clocks };
        let clock = |name: &At<String>| {
            if !clocks.contains(&name.as_str()) {
                self.margin.unknown(name.spot, Kind::CLOCK, name, clocks.iter().copied());
            }
            name.value.clone()
        };
        raw.tag.iter().for_each(|tag| self.known.tag(tag, self.margin));
        raw.takes.iter().for_each(|term| {
            self.known.term(term, self.margin);
        });
        Link {
            tag: raw.tag.as_ref().map(|tag| tag.value.clone()),
            optional: raw.optional,
            repeat: raw.repeat,
            at_most: raw.at_most,
            by: self.parties(raw),
            when: raw.when.as_ref().map_or(Guard::Always, |raw| {
                let when = guard(raw, &scope, self.margin);
                self.speaks_of_law(&when, spot, true);
                when
            }),
            takes: plain(&raw.takes),
            file: raw.file,
            issues: raw.issues,
            receives: raw.receives,
            starts: raw.starts.iter().map(|(name, limit)| (name.value.clone(), self.named_period(limit))).collect(),
            stops: raw.stops.0.iter().map(clock).collect(),
            pauses: raw.pauses.iter().map(|(name, cause)| (clock(name), cause.value.clone())).collect(),
            silent: raw.silent,
            resumes: raw.resumes.0.iter().map(clock).collect(),
            extends: raw.extends.iter().map(|(name, limit)| (clock(name), self.named_period(limit))).collect(),
            publishes: raw.publishes.as_ref().map(|param| self.named_period(param)),
            serves: raw.serves.as_ref().map(|param| self.named_period(param)),
            basis: raw.basis,
        }
    }

    fn parties(&self, raw: &LinkTold) -> Vec<Party> {
        let party = |raw: &crate::raw::constraint::RawParty| {
            raw.role.iter().for_each(|role| self.known.role(role, self.margin));
            raw.card.iter().for_each(|card| self.known.card(card, self.margin));
            raw.holds.iter().for_each(|held| self.known.qualification(held, self.margin));
            raw.distinct_from.0.iter().for_each(|tag| self.known.tag(tag, self.margin));
            Party {
                role: raw.role.as_ref().map(|role| role.value.clone()),
                count: raw.count.unwrap_or(1),
                card: raw.card.as_ref().map(|card| card.value.clone()),
                holds: raw.holds.as_ref().map(|held| held.value.clone()),
                distinct_from: plain(&raw.distinct_from.0),
            }
        };
        raw.by.0.iter().map(party).collect()
    }
}
