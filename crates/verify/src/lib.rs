//! The independent reader of a data folder: shares no code with the writer.
