//! What names exist in the pack as a whole, so that each file can be held against the others.

use std::collections::{BTreeMap, BTreeSet};

use guiju_kernel::organ::Register;
use guiju_kernel::procedure::Card;

use crate::complaint::{Kind, Margin};
use crate::raw::bureau::RawRegister;
use crate::raw::law::RawTerm;
use crate::raw::procedure::RawProcedure;
use crate::schema::FileKind;
use crate::source::at::At;
use crate::sources::Sources;

/// What a parameter's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParamIs {
    Period,
    Number,
    Text,
    Hours,
}

/// Every name that files may refer to.
pub(crate) struct Known<'a> {
    pub(crate) roles: Vec<(&'a str, &'a crate::raw::Words)>,
    pub(crate) organs: Vec<(&'a str, guiju_kernel::procedure::definition::Text)>,
    pub(crate) units: BTreeSet<String>,
    /// Statute id -> its articles; a statute that lists none is not checked for them.
    pub(crate) statutes: BTreeMap<&'a str, BTreeSet<&'a str>>,
    pub(crate) tags: BTreeSet<&'a str>,
    /// What each tag rests on.
    pub(crate) grounds: super::founded::Grounds,
    pub(crate) realizations: BTreeMap<&'a str, Vec<&'a str>>,
    pub(crate) terms: BTreeMap<&'a str, &'a RawTerm>,
    pub(crate) facts: BTreeSet<&'a str>,
    pub(crate) params: BTreeMap<&'a str, ParamIs>,
    pub(crate) registers: BTreeMap<&'a str, &'a RawRegister>,
    pub(crate) procedures: BTreeMap<&'a str, Vec<&'a RawProcedure>>,
    pub(crate) figures: BTreeSet<&'a str>,
    /// Kinds of which a file could not be read: names that seem to be missing may stand there, so nobody is told of them.
    unread: &'a [FileKind],
}

impl<'a> Known<'a> {
    pub(crate) fn of(sources: &'a Sources) -> Self {
        let bureau = sources.bureau.iter().map(|file| &file.raw);
        let organs: Vec<_> = bureau.clone().flat_map(|bureau| bureau.organs.iter()).collect();
        let laws: Vec<_> = sources.laws.iter().map(|file| &file.raw).collect();
        let mut procedures: BTreeMap<&str, Vec<&RawProcedure>> = BTreeMap::new();
        for file in &sources.procedures {
            procedures.entry(file.raw.id.as_str()).or_default().push(&file.raw);
        }
        Self {
            roles: bureau.flat_map(|bureau| bureau.roles.iter()).map(|(id, words)| (id.as_str(), words)).collect(),
            units: organs
                .iter()
                .flat_map(|(organ, raw)| raw.units.names().map(move |unit| format!("{}/{unit}", organ.as_str())))
                .collect(),
            organs: organs
                .iter()
                .map(|(id, raw)| {
                    let title = guiju_kernel::procedure::definition::Text { zh: raw.zh.clone(), en: raw.en.clone() };
                    (id.as_str(), title)
                })
                .collect(),
            statutes: laws.iter().map(|law| (law.id.as_str(), law.articles.names().collect())).collect(),
            tags: laws.iter().flat_map(|law| law.tags.names()).collect(),
            grounds: laws
                .iter()
                .flat_map(|law| law.tags.iter().map(|(name, tag)| (name, tag.cited(&law.id))))
                .map(|(name, cited)| (name.value.clone(), cited.map(|basis| basis.value).collect()))
                .collect(),
            realizations: laws
                .iter()
                .flat_map(|law| law.realizations.iter())
                .map(|(id, raw)| (id.as_str(), raw.must_bear.iter().map(|tag| tag.as_str()).collect()))
                .collect(),
            terms: laws.iter().flat_map(|law| law.terms.iter()).map(|(id, raw)| (id.as_str(), raw)).collect(),
            facts: laws.iter().flat_map(|law| law.facts.names()).collect(),
            params: laws
                .iter()
                .flat_map(|law| law.params.iter())
                .filter_map(|(id, values)| values.0.first().map(|value| (id.as_str(), value.is())))
                .collect(),
            registers: sources.registers.iter().map(|file| (file.raw.id.as_str(), &file.raw)).collect(),
            procedures,
            figures: sources.figures.iter().flat_map(|file| file.raw.names()).collect(),
            unread: &sources.unread,
        }
    }

    /// Says whether all files of a kind were read, so that a name that is not known is a slip.
    pub(crate) fn complete(&self, kind: FileKind) -> bool {
        !self.unread.contains(&kind)
    }

    pub(crate) fn role(&self, name: &At<String>, margin: Margin<'_>) {
        if self.complete(FileKind::Bureau) && !self.roles.iter().any(|(known, _)| known == &name.as_str()) {
            margin.unknown(name.spot, Kind::ROLE, name, self.roles.iter().map(|(known, _)| *known));
        }
    }

    pub(crate) fn unit(&self, path: &At<String>, margin: Margin<'_>) {
        if self.complete(FileKind::Bureau) && !self.units.contains(path.as_str()) {
            margin.unknown(path.spot, Kind::UNIT, path, self.units.iter().map(String::as_str));
        }
    }

    pub(crate) fn tag(&self, name: &At<String>, margin: Margin<'_>) {
        if self.complete(FileKind::Law) && !self.tags.contains(name.as_str()) {
            margin.unknown(name.spot, Kind::TAG, name, self.tags.iter().copied());
        }
    }

    pub(crate) fn register(&self, name: &At<String>, margin: Margin<'_>) -> Option<&'a RawRegister> {
        let found = self.registers.get(name.as_str()).copied();
        if found.is_none() && self.complete(FileKind::Register) {
            margin.unknown(name.spot, Kind::REGISTER, name, self.registers.keys().copied());
        }
        found
    }

    /// The versions of a procedure; empty (and noted) when there is none.
    pub(crate) fn procedure(&self, name: &At<String>, margin: Margin<'_>) -> &[&'a RawProcedure] {
        match self.procedures.get(name.as_str()) {
            Some(versions) => versions,
            None => {
                if self.complete(FileKind::Procedure) {
                    margin.unknown(name.spot, Kind::PROCEDURE, name, self.procedures.keys().copied());
                }
                &[]
            }
        }
    }

    pub(crate) fn fact(&self, name: &At<String>, margin: Margin<'_>) {
        if self.complete(FileKind::Law) && !self.facts.contains(name.as_str()) {
            margin.unknown(name.spot, Kind::FACT, name, self.facts.iter().copied());
        }
    }

    pub(crate) fn figure(&self, id: &At<String>, margin: Margin<'_>) {
        if self.complete(FileKind::Figures) && !self.figures.contains(id.as_str()) {
            margin.unknown(id.spot, Kind::FIGURE, id, self.figures.iter().copied());
        }
    }

    /// A kind of card that an officer can have.
    pub(crate) fn card(&self, kind: &At<String>, margin: Margin<'_>) {
        if kind.as_str() != Card::ENFORCEMENT {
            margin.unknown(kind.spot, Kind::CARD, kind, [Card::ENFORCEMENT]);
        }
    }

    /// A qualification that the register of officers can tell of; nothing is known of it where the pack has no such register.
    pub(crate) fn qualification(&self, name: &At<String>, margin: Margin<'_>) {
        let register = self.registers.get(Register::OFFICERS).filter(|_| self.complete(FileKind::Register));
        let fields = register.into_iter().flat_map(|register| register.fields.iter());
        let field =
            fields.filter(|(field, _)| field.as_str() == Register::QUALIFICATIONS).map(|(_, field)| field).next();
        let Some(values) = field.and_then(|field| field.values.as_ref()) else { return };
        if !values.has(name) {
            margin.unknown(name.spot, Kind::QUALIFICATION, name, values.names());
        }
    }

    /// A parameter that must be of one sort.
    pub(crate) fn param(&self, name: &At<String>, wanted: ParamIs, margin: Margin<'_>) {
        match self.params.get(name.as_str()) {
            None if !self.complete(FileKind::Law) => {}
            None => margin.unknown(name.spot, Kind::PARAM, name, self.params.keys().copied()),
            Some(is) if *is != wanted => {
                let (zh, en) = match wanted {
                    ParamIs::Period => ("期间", "a period"),
                    ParamIs::Number => ("数", "a number"),
                    ParamIs::Text => ("文本", "a text"),
                    ParamIs::Hours => ("办公时间", "office hours"),
                };
                margin.note(
                    name.spot,
                    format!("参数 `{}` 不是{zh}", name.as_str()),
                    format!("parameter `{}` is not {en}", name.as_str()),
                );
            }
            Some(_) => {}
        }
    }

    /// A parameter of whatever sort.
    pub(crate) fn any_param(&self, name: &At<String>, margin: Margin<'_>) {
        if self.complete(FileKind::Law) && !self.params.contains_key(name.as_str()) {
            margin.unknown(name.spot, Kind::PARAM, name, self.params.keys().copied());
        }
    }

    /// A legal basis written as `statute#article`.
    pub(crate) fn basis(&self, basis: &At<String>, margin: Margin<'_>) {
        let Some((statute, article)) = basis.split_once('#') else {
            return margin.note(
                basis.spot,
                format!("依据 `{}` 应写作 `法规#条`", basis.as_str()),
                format!("the basis `{}` should read `statute#article`", basis.as_str()),
            );
        };
        match self.statutes.get(statute) {
            None if !self.complete(FileKind::Law) => {}
            None => margin.unknown(basis.spot, Kind::STATUTE, statute, self.statutes.keys().copied()),
            Some(articles) if !articles.is_empty() && !articles.contains(article) => {
                margin.unknown(basis.spot, Kind::ARTICLE, article, articles.iter().copied());
            }
            Some(_) => {}
        }
    }

    pub(crate) fn term(&self, name: &At<String>, margin: Margin<'_>) -> Option<&'a RawTerm> {
        let found = self.terms.get(name.as_str()).copied();
        if found.is_none() && self.complete(FileKind::Law) {
            margin.unknown(name.spot, Kind::TERM, name, self.terms.keys().copied());
        }
        found
    }
}
