//! Guards over the slots of a node, weighed in three values: what the graph does not know is open.

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

/// A field that is compared: its slot, and for each abstract value which comparisons hold.
#[derive(Debug, Clone)]
pub(super) struct Compared {
    pub(super) slot: usize,
    pub(super) masks: Vec<u32>,
}

impl Lean {
    pub(super) fn weigh(&self, node: &[u8], fields: &[Compared]) -> Weight {
        let at = |slot: usize| node.get(slot).copied().unwrap_or(0);
        match self {
            Self::Yes => Weight::Holds,
            Self::No => Weight::Fails,
            Self::Open => Weight::Open,
            Self::All(all) => all.iter().map(|one| one.weigh(node, fields)).min().unwrap_or(Weight::Holds),
            Self::Any(any) => any.iter().map(|one| one.weigh(node, fields)).max().unwrap_or(Weight::Fails),
            Self::Not(inner) => match inner.weigh(node, fields) {
                Weight::Holds => Weight::Fails,
                Weight::Fails => Weight::Holds,
                Weight::Open => Weight::Open,
            },
            Self::Field { field, bit } => fields
                .get(*field)
                .and_then(|field| field.masks.get(usize::from(at(field.slot))))
                .is_some_and(|mask| mask >> bit & 1 == 1)
                .into(),
            Self::AtLeast { slot, least } => (at(*slot) >= *least).into(),
            Self::Is { slot, value } => (at(*slot) == *value).into(),
        }
    }
}
