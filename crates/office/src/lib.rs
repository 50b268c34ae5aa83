//! Official business: the only place that loads, decides and saves.
