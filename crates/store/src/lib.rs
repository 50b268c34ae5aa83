//! Where records live: one trait, SQLite and PostgreSQL behind it, one conformance suite.
