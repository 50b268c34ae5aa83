//! Chinese text: how it is cut into searchable tokens, which of several words a misspelt one is nearest to, and how a statute in Markdown
//! is taken apart into articles.
//!
//! Pure functions over strings; nothing here knows a database, yet what it makes is kept whole by both of ours.

mod fold;
mod near;
pub mod statute;
mod token;

pub use fold::fold;
pub use near::{distance, nearest};
pub use token::{SearchQuery, Term, bigrams, index_text, query_tokens, search_tokens};
