//! From bytes to a tree of marked values: everything about a file that does not depend on what it is for.

pub(crate) mod at;
pub(crate) mod node;
pub(crate) mod shape;
pub(crate) mod text;
