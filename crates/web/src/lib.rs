//! Pages, API and public ledger.
