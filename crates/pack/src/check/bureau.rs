//! The bureau's shape: organs and roles, registers, published items.

use std::collections::BTreeSet;

use guiju_kernel::organ::{Authority, Item, Organ, Register, Retention, Role, Unit};
use guiju_kernel::procedure::definition::{Text, Visibility};

use super::field::{fields, plain_name, required_from};
use super::known::Known;
use crate::complaint::{Kind, Margin, Spot};
use crate::raw::bureau::{RawAuthority, RawBureau, RawItems, RawRegister};
use crate::raw::field::FieldType;
use crate::source::at::At;

/// Checks the organs; exactly one is our own.
pub(crate) fn organs(raw: &RawBureau, margin: Margin<'_>) -> Vec<Organ> {
    let own = raw.organs.iter().filter(|(_, organ)| organ.own).count();
    if own != 1 {
        let spot = raw.organs.0.first().map_or(Spot::START, |(name, _)| name.spot);
        margin.note(
            spot,
            format!("本机关（`own: true`）应恰好一个，现有 {own} 个"),
            format!("exactly one organ is our own (`own: true`), not {own}"),
        );
    }
    raw.organs
        .iter()
        .map(|(id, organ)| {
            address_name(id, margin);
            if organ.units.0.is_empty() {
                margin.note(id.spot, "机关至少要有一个科室", "an organ needs at least one unit");
            }
            let units = organ.units.iter().map(|(unit, raw)| {
                address_name(unit, margin);
                Unit {
                    id: unit.value.clone(),
                    title: Text { zh: raw.zh.clone(), en: raw.en.clone() },
                    handles: raw.handles.clone(),
                }
            });
            Organ {
                id: id.value.clone(),
                title: Text { zh: organ.zh.clone(), en: organ.en.clone() },
                own: organ.own,
                area: organ.area.clone(),
                units: units.collect(),
            }
        })
        .collect()
}

pub(crate) fn roles(raw: &RawBureau, margin: Margin<'_>) -> Vec<Role> {
    raw.roles
        .iter()
        .map(|(id, words)| {
            plain_name(id, margin);
            Role { id: id.value.clone(), title: words.into() }
        })
        .collect()
}

/// Identifiers of organs, units, registers and procedures stand in addresses and file names.
pub(crate) fn address_name(id: &At<String>, margin: Margin<'_>) {
    let plain = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !plain {
        margin.note(
            id.spot,
            format!("标识 `{}` 只能用小写字母、数字和连字符，以字母开头", id.as_str()),
            format!("the id `{}` may hold only lower-case letters, digits and `-`, a letter first", id.as_str()),
        );
    }
}

/// Checks one register: its key and headline are fields of it, and the key is not personal.
pub(crate) fn register(raw: &RawRegister, known: &Known<'_>, margin: Margin<'_>) -> Register {
    address_name(&raw.id, margin);
    required_from(&raw.fields, &[], margin);
    raw.kept_by.iter().for_each(|role| known.role(role, margin));
    for name in [&raw.key, &raw.headline] {
        let Some((_, field)) = raw.fields.iter().find(|(known, _)| known.as_str() == name.as_str()) else {
            margin.unknown(name.spot, Kind::FIELD, name, raw.fields.names());
            continue;
        };
        if Visibility::from(field.visible) == Visibility::Personal {
            margin.note(
                name.spot,
                "键和代表字段不能是个人信息：条目里只留其摘要",
                "the key and the headline cannot be personal: an entry keeps only a hash of those",
            );
        }
        let simple = matches!(
            field.kind.value,
            FieldType::Text | FieldType::Party | FieldType::Entry | FieldType::Enum | FieldType::Unit
        );
        if !simple {
            margin.note(name.spot, "键和代表字段须是文本一类", "the key and the headline must be texts");
        }
    }
    complain_of_columns(raw, margin);
    for name in &raw.verifies {
        match raw.fields.iter().find(|(known, _)| known.as_str() == name.as_str()) {
            None => margin.unknown(name.spot, Kind::FIELD, name, raw.fields.names()),
            Some((_, field)) if Visibility::from(field.visible) != Visibility::Public => margin.note(
                name.spot,
                "凭编号公开核验的字段须是公开的（public）",
                "a field by which anybody may verify an entry has to be public",
            ),
            Some(_) => {}
        }
    }
    for (name, _) in raw.fields.iter().filter(|(_, field)| !field.rules.is_empty()) {
        margin.note(
            name.spot,
            format!("台账字段 `{}` 不能写 `rules`：那是办件里的规定", name.as_str()),
            format!("the register field `{}` takes no `rules`: those belong to procedures", name.as_str()),
        );
    }
    if let Some(retention) = &raw.retention {
        known.basis(&retention.source, margin);
    }
    Register {
        id: raw.id.value.clone(),
        title: (&raw.title).into(),
        key: raw.key.value.clone(),
        headline: raw.headline.value.clone(),
        fields: fields(&raw.fields, known, margin),
        kept_by: raw.kept_by.iter().map(|role| role.value.clone()).collect(),
        retention: raw
            .retention
            .as_ref()
            .map(|retention| Retention { years: retention.years, source: retention.source.value.clone() }),
        public: raw.public,
        verifies: raw.verifies.iter().map(|field| field.value.clone()).collect(),
    }
}

/// A workbook column that two fields claim could not be imported.
fn complain_of_columns(raw: &RawRegister, margin: Margin<'_>) {
    let mut claimed: BTreeSet<&str> = BTreeSet::new();
    for (name, field) in raw.fields.iter() {
        for column in std::iter::once(&field.zh).chain(&field.columns) {
            if !claimed.insert(column) {
                margin.note(
                    name.spot,
                    format!("列名 `{column}` 被两个字段使用"),
                    format!("the column title `{column}` is claimed by two fields"),
                );
            }
        }
    }
}

fn authority(raw: &RawAuthority) -> Authority {
    Authority {
        title: Text { zh: raw.zh.clone(), en: raw.en.clone() },
        instrument: raw.instrument.clone(),
        basis: raw.basis.iter().map(|basis| basis.value.clone()).collect(),
        fictional: raw.fictional,
    }
}

pub(crate) fn items(raw: &RawItems, known: &Known<'_>, margin: Margin<'_>) -> Vec<Item> {
    raw.iter()
        .map(|(id, item)| {
            address_name(id, margin);
            let versions = known.procedure(&item.procedure, margin);
            item.basis.iter().for_each(|basis| known.basis(basis, margin));
            for (clock, _) in item.promises.iter() {
                for version in versions.iter().filter(|version| !version.clocks.has(clock)) {
                    margin.unknown(clock.spot, Kind::CLOCK, clock, version.clocks.names());
                }
            }
            if let Some(clock) = &item.statutory {
                for version in versions.iter().filter(|version| !version.clocks.has(clock)) {
                    margin.unknown(clock.spot, Kind::CLOCK, clock, version.clocks.names());
                }
            }
            item.authority.iter().flat_map(|authority| &authority.basis).for_each(|basis| known.basis(basis, margin));
            Item {
                statutory: item.statutory.as_ref().map(|clock| clock.value.clone()),
                authority: item.authority.as_ref().map(authority),
                id: id.value.clone(),
                title: Text { zh: item.zh.clone(), en: item.en.clone() },
                procedure: item.procedure.value.clone(),
                basis: item.basis.iter().map(|basis| basis.value.clone()).collect(),
                promises: item.promises.iter().map(|(clock, words)| (words.into(), clock.value.clone())).collect(),
                online: item.online,
            }
        })
        .collect()
}
