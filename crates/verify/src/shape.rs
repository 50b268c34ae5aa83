//! Which tables and columns are there, and how is each one bound? `docs/formats/tables.md`, as data.
//!
//! Refuses by omission: a table or column that is not listed here is reported as unbound.

/// What a folded column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    /// A JSON object in effects, its canonical text in the database.
    Doc,
}

/// A folded table.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// How many of the leading key columns below make up the key that effects name.
    pub(crate) key: &'static [usize],
}

use Kind::{Doc, Int, Text};

pub(crate) const FOLDED: [Shape; 7] = [
    Shape {
        table: "cases",
        columns: &[
            ("id", Int),
            ("number", Text),
            ("procedure", Text),
            ("pack", Text),
            ("state", Text),
            ("outcome", Text),
            ("subject", Text),
            ("organ", Text),
            ("origin_system", Text),
            ("origin_number", Text),
            ("origin_batch", Text),
            ("opened", Int),
            ("ended", Int),
            ("version", Int),
            ("level", Int),
            ("round", Int),
            ("headline", Text),
            ("doc", Doc),
        ],
        key: &[0],
    },
    Shape {
        table: "holdings",
        columns: &[
            ("case_id", Int),
            ("part", Int),
            ("organ", Text),
            ("unit", Text),
            ("person", Text),
            ("open", Int),
            ("due", Int),
        ],
        key: &[0, 1],
    },
    Shape { table: "timers", columns: &[("case_id", Int), ("name", Text), ("at", Int)], key: &[0, 1] },
    Shape {
        table: "entries",
        columns: &[
            ("register", Text),
            ("key", Text),
            ("version", Int),
            ("since", Int),
            ("until", Int),
            ("seq", Int),
            ("doc", Doc),
        ],
        key: &[0, 1, 2],
    },
    Shape { table: "numbers", columns: &[("series", Text), ("last", Int)], key: &[0] },
    Shape { table: "once", columns: &[("token", Text), ("seq", Int)], key: &[0] },
    Shape { table: "erased", columns: &[("seq", Int), ("field", Text), ("by_seq", Int)], key: &[0, 1] },
];

/// Tables that are read by a check of their own, with every column that check covers.
pub(crate) const BOUND: [(&str, &[&str]); 10] = [
    ("events", &["seq", "case_id", "act", "state", "done", "recorded", "bytes", "salt"]),
    ("readings", &["seq", "recorded", "bytes", "salt"]),
    ("tiles", &["log", "level", "idx", "data"]),
    ("heads", &["log", "size", "note"]),
    ("checkpoints", &["log", "size", "note"]),
    ("vault", &["seq", "field", "party", "sealed"]),
    ("party_keys", &["party", "wrapped"]),
    ("files", &["stored", "party", "content"]),
    ("packs", &["hash", "bytes"]),
    ("counts", &["organ", "unit", "day", "n"]),
];

/// Tables whose loss or change harms nothing; a name that ends with `*` stands for all that begin so.
const EPHEMERAL: [&str; 7] =
    ["sessions", "drafts", "operations", "publications*", "search*", "lease", "_sqlx_migrations"];

/// Tells whether a table is one of those that nothing binds, on purpose.
pub(crate) fn is_ephemeral(table: &str) -> bool {
    EPHEMERAL.iter().any(|name| match name.strip_suffix('*') {
        Some(start) => table.starts_with(start),
        None => table == *name,
    })
}

/// Every (table, column) that is verified.
pub(crate) fn verified_columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    let folded = FOLDED.iter().flat_map(|shape| shape.columns.iter().map(|(column, _)| (shape.table, *column)));
    folded.chain(BOUND.iter().flat_map(|(table, columns)| columns.iter().map(|column| (*table, *column))))
}
