//! Chinese text: how it is cut into searchable tokens.
