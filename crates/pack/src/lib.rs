//! Pack files -> checked kernel values; every complaint names file, line and column.
