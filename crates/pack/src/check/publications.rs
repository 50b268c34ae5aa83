//! What becomes public: the kinds of `pack.yaml`, and that every duty to publish can be fulfilled by an act of one of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use guiju_kernel::organ::{PublicationKind, Publications};
use guiju_kernel::procedure::definition::Text;

use super::act::plain;
use super::bureau::address_name;
use super::known::Known;
use crate::complaint::{Complaint, Kind, Margin};
use crate::raw::act::RawAct;
use crate::raw::bureau::{RawPublicationKind, RawPublications};
use crate::raw::procedure::RawProcedure;
use crate::schema::FileKind;
use crate::source::at::At;
use crate::sources::File;

pub(crate) fn publications(raw: &RawPublications, known: &Known<'_>, margin: Margin<'_>) -> Publications {
    let mut claimed: BTreeSet<&str> = BTreeSet::new();
    for (id, kind) in raw.kinds.iter() {
        address_name(id, margin);
        if kind.by.is_empty() {
            margin.note(id.spot, "没有公示行为的标签", "no tag of an act that publishes");
        }
        for tag in kind.by.iter().chain(&kind.ends_with) {
            known.tag(tag, margin);
            if !claimed.insert(tag.as_str()) {
                margin.note(
                    tag.spot,
                    format!("标签 `{}` 已属于另一种公示", tag.as_str()),
                    format!("the tag `{}` belongs to another kind already", tag.as_str()),
                );
            }
        }
        explained(kind, known, margin);
    }
    for (term, values) in raw.natural_persons.iter() {
        let Some(of) = known.term(term, margin) else { continue };
        for value in values.iter().filter(|value| !of.values.iter().any(|known| known == value.as_str())) {
            margin.unknown(value.spot, Kind::CHOICE, value, of.values.iter().map(String::as_str));
        }
    }
    Publications {
        kinds: raw.kinds.iter().map(|(id, kind)| of_kind(id, kind)).collect(),
        natural_persons: raw
            .natural_persons
            .iter()
            .map(|(term, values)| (term.value.clone(), plain(values)))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn of_kind(id: &At<String>, raw: &RawPublicationKind) -> PublicationKind {
    PublicationKind {
        id: id.value.clone(),
        title: Text { zh: raw.zh.clone(), en: raw.en.clone() },
        by: plain(&raw.by),
        ends_with: plain(&raw.ends_with),
        explains: raw.explains.iter().map(|(tag, field)| (tag.value.clone(), field.value.clone())).collect(),
    }
}

/// A reason that is made public is given with the act, in every procedure that has one.
fn explained(kind: &RawPublicationKind, known: &Known<'_>, margin: Margin<'_>) {
    for (tag, field) in kind.explains.iter() {
        if !kind.ends_with.iter().any(|ends| ends.as_str() == tag.as_str()) {
            margin.note(
                tag.spot,
                format!("标签 `{}` 不在 `ends_with` 里", tag.as_str()),
                format!("the tag `{}` is not among `ends_with`", tag.as_str()),
            );
        }
        let procedures = known.procedures.values().flatten();
        for (procedure, act) in procedures.flat_map(|procedure| procedure.acts.iter().map(move |act| (procedure, act)))
        {
            if bears(act.1, tag) && !act.1.takes.has(field) {
                let (procedure, act) = (procedure.id.as_str(), act.0.as_str());
                margin.note(
                    field.spot,
                    format!("程序 `{procedure}` 的行为 `{act}` 不填写字段 `{}`", field.as_str()),
                    format!("the act `{act}` of `{procedure}` does not take the field `{}`", field.as_str()),
                );
            }
        }
    }
}

fn bears(act: &RawAct, tag: &str) -> bool {
    act.tags.iter().any(|known| known.as_str() == tag)
}

/// Every duty to publish has to be of one kind: an act that publishes stops its clock. Nothing is asked of a pack without kinds.
pub(crate) fn duties(
    files: &[File<RawProcedure>],
    raw: &RawPublications,
    known: &Known<'_>,
    notes: &RefCell<Vec<Complaint>>,
) {
    if raw.kinds.0.is_empty() || !known.complete(FileKind::Bureau) {
        return;
    }
    let publishing =
        |act: &RawAct| raw.kinds.iter().any(|(_, kind)| kind.by.iter().any(|tag| bears(act, tag.as_str())));
    for file in files {
        let acts = || file.raw.acts.iter().map(|(_, act)| act);
        let stopped: BTreeSet<&str> = acts()
            .filter(|act| publishing(act))
            .flat_map(|act| act.stops.0.iter())
            .map(|clock| clock.as_str())
            .collect();
        for (what, duty) in acts().flat_map(|act| act.publishes.iter()) {
            if !stopped.contains(duty.clock.as_str()) {
                Margin::new(&file.path, notes).note(
                    what.spot,
                    format!(
                        "公示 `{}` 没有公示行为（pack.yaml 的 `publications`）来停止期限钟 `{}`",
                        what.as_str(),
                        duty.clock.as_str()
                    ),
                    format!(
                        "no act that publishes (`publications` of pack.yaml) stops the clock `{}` of `{}`",
                        duty.clock.as_str(),
                        what.as_str()
                    ),
                );
            }
        }
    }
}
