//! How is the record bound so that no one can change it unseen? Commitments, an RFC 6962 tree, signed heads, receipts.
//!
//! Refuses to read clocks, draw salts or keep keys: all of them are arguments, so that the same acts give the same root.
//! Formats: C2SP signed-note, tlog-checkpoint, tlog-tiles and tlog-proof; ours is written down in `docs/formats/ledger.md`.

pub mod checkpoint;
pub mod entry;
pub mod hash;
pub mod note;
pub mod proof;
pub mod receipt;
pub mod tile;
pub mod tree;
pub mod vault;

pub use checkpoint::Checkpoint;
pub use hash::{Entry, Hash, Salt};
pub use note::{NoteError, SigningKey, VerifierKey};
pub use proof::{ProofError, consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};
pub use tile::{PublicTilePath, Tile, TileId, TileSource};
pub use tree::Tree;
