//! The house rules. Each file holds the rules of one concern and the snippets that break them.

pub mod decisions;
mod front_page;
mod layers;
mod names;
mod packs;
mod private;
mod purity;
mod size;
mod tables;
mod words;
mod written;

use crate::finding::Rule;

/// Every rule that looks only at the files; the list of third-party packages is checked beside them.
pub const ALL: &[Rule] = &[
    size::FILE_LENGTH,
    size::FUNCTION_LENGTH,
    written::MODULE_DOCS,
    written::EXCEPTIONS,
    written::STUBS,
    names::MODULES,
    layers::ARROWS,
    layers::DOOR,
    purity::KERNEL,
    decisions::NUMBERING,
    decisions::INDEXED,
    tables::LISTED,
    words::GLOSSARY,
    words::MAPS,
    front_page::COMMANDS,
    front_page::CHANGELOG,
    packs::LANGUAGES,
    private::PLACES,
    private::LOCKS,
];
