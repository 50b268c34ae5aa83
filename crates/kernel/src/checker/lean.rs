//! Guards over the slots of a node, weighed in three values: what the graph does not know is open.

use super::sight::Sight;

/// A guard whose names have become places in a node.
#[derive(Debug, Clone)]
pub(super) enum Lean {
    Yes,
    No,
    /// May hold or not at any moment: register facts, sub-clocks of parts.
    Open,
    All(Vec<Lean>),
    Any(Vec<Lean>),
    Not(Box<Lean>),
    /// One comparison of one field.
    Field {
        field: usize,
        bit: u32,
    },
    AtLeast {
        slot: usize,
        least: u8,
    },
    Is {
        slot: usize,
        value: u8,
    },
}

/// Kleene's values, in the order in which `all` takes the least and `any` the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    Fails,
    Open,
    Holds,
}

impl From<bool> for Weight {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

impl Lean {
    pub(super) fn weigh(&self, node: &[u8], sight: &Sight) -> Weight {
        let at = |slot: usize| node.get(slot).copied().unwrap_or(0);
        let seen = |slot: usize, holds: bool| if sight.sees(slot) { holds.into() } else { Weight::Open };
        match self {
            Self::Yes => Weight::Holds,
            Self::No => Weight::Fails,
            Self::Open => Weight::Open,
            Self::All(all) => all.iter().map(|one| one.weigh(node, sight)).min().unwrap_or(Weight::Holds),
            Self::Any(any) => any.iter().map(|one| one.weigh(node, sight)).max().unwrap_or(Weight::Fails),
            Self::Not(inner) => match inner.weigh(node, sight) {
                Weight::Holds => Weight::Fails,
                Weight::Fails => Weight::Holds,
                Weight::Open => Weight::Open,
            },
            Self::Field { field, bit } => {
                let known = sight.fields.get(*field).and_then(|field| field.holds(*bit, at(field.slot)));
                known.map_or(Weight::Open, Weight::from)
            }
            Self::AtLeast { slot, least } => seen(*slot, at(*slot) >= *least),
            Self::Is { slot, value } => seen(*slot, at(*slot) == *value),
        }
    }

    /// Whether the guard is met (`wanted` false: is not met) whatever is out of sight. What is open in itself, as a register is,
    /// may come out as it is wanted.
    pub(super) fn surely(&self, node: &[u8], sight: &Sight, wanted: bool) -> bool {
        match self {
            Self::Open => true,
            Self::Not(inner) => inner.surely(node, sight, !wanted),
            Self::All(all) if wanted => all.iter().all(|one| one.surely(node, sight, wanted)),
            Self::All(all) => all.iter().any(|one| one.surely(node, sight, wanted)),
            Self::Any(any) if wanted => any.iter().any(|one| one.surely(node, sight, wanted)),
            Self::Any(any) => any.iter().all(|one| one.surely(node, sight, wanted)),
            leaf => leaf.weigh(node, sight) == Weight::from(wanted),
        }
    }
}
