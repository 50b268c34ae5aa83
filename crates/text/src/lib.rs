//! Chinese text: how it is cut into searchable tokens, and which of several words a misspelt one is nearest to.
//!
//! Pure functions over strings; nothing here knows a database, yet what it makes is kept whole by both of ours.

mod fold;
mod near;
mod token;

pub use fold::fold;
pub use near::{distance, nearest};
pub use token::{SearchQuery, Term, bigrams, index_text, query_tokens, search_tokens};
