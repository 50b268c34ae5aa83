//! The two trees: restored from the store, signed, proved from.

use std::collections::HashMap;

use guiju_kernel::ledger::tile::{TILE_WIDTH, tile_bytes};
use guiju_kernel::ledger::{Entry, Hash, Salt, SigningKey, TileId, Tree, checkpoint, proof};
use guiju_store::{Log, Store};

use crate::OfficeError;

/// Rebuilds the growing edge of a log's tree and compares it with the signed head's size.
pub async fn restore(store: &dyn Store, log: Log) -> Result<Tree, OfficeError> {
    let size = store.position(log).await?.size;
    let mut tiles: HashMap<TileId, Vec<u8>> = HashMap::new();
    for level in 0..8u8 {
        let filled = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        if filled == 0 {
            break;
        }
        tail_tile(store, log, size, level, filled, &mut tiles).await?;
    }
    Tree::restore(size, &tiles).map_err(|e| OfficeError::Damaged(format!("tree of {log:?}: {e}")))
}

/// What a partial tile of one level is made from: leaf hashes of the last records, or the full tiles one level below.
async fn tail_tile(
    store: &dyn Store,
    log: Log,
    size: u64,
    level: u8,
    filled: u64,
    tiles: &mut HashMap<TileId, Vec<u8>>,
) -> Result<(), OfficeError> {
    let from = filled - filled % TILE_WIDTH;
    if level == 0 {
        let leaves = leaves(store, log, from, size).await?;
        tiles.insert(TileId { level: 0, index: from / TILE_WIDTH }, tile_bytes(&leaves));
        return Ok(());
    }
    for index in from..filled {
        let below = TileId { level: level - 1, index };
        if let Some(data) = store.tile(log, u32::from(below.level), below.index).await? {
            tiles.insert(below, data);
        }
    }
    Ok(())
}

/// Leaf hashes of the records `from..until`.
pub async fn leaves(store: &dyn Store, log: Log, from: u64, until: u64) -> Result<Vec<Hash>, OfficeError> {
    let records = store.records(log, from, until).await?;
    Ok(records.iter().map(|r| Entry::commit(&Salt::new(r.salt), r.bytes.as_bytes()).leaf()).collect())
}

pub fn sign(key: &SigningKey, tree: &Tree) -> Result<String, OfficeError> {
    checkpoint::sign(key.verifier().name(), tree.size(), &tree.root(), key)
        .map_err(|e| OfficeError::Damaged(format!("signing: {e}")))
}

/// The inclusion proof of one record in the tree of `size` records.
pub async fn inclusion(store: &dyn Store, log: Log, index: u64, size: u64) -> Result<Vec<Hash>, OfficeError> {
    let damaged = |e: proof::ProofError| OfficeError::Damaged(format!("proof: {e}"));
    let mut tiles: HashMap<TileId, Vec<u8>> = HashMap::new();
    for id in proof::inclusion_tiles(index, size).map_err(damaged)? {
        if let Some(data) = store.tile(log, u32::from(id.level), id.index).await? {
            tiles.insert(id, data);
        } else if id.level == 0 {
            let from = id.index * TILE_WIDTH;
            tiles.insert(id, tile_bytes(&leaves(store, log, from, size.min(from + TILE_WIDTH)).await?));
        } else {
            partial(store, log, id, size, &mut tiles).await?;
        }
    }
    proof::inclusion_proof(index, size, &tiles).map_err(damaged)
}

/// A partial tile above the leaves, as hashes of the full tiles below it.
async fn partial(
    store: &dyn Store,
    log: Log,
    id: TileId,
    size: u64,
    tiles: &mut HashMap<TileId, Vec<u8>>,
) -> Result<(), OfficeError> {
    let filled = size.checked_shr(8 * u32::from(id.level)).unwrap_or(0);
    for index in id.index * TILE_WIDTH..filled.min((id.index + 1) * TILE_WIDTH) {
        if let Some(data) = store.tile(log, u32::from(id.level) - 1, index).await? {
            tiles.insert(TileId { level: id.level - 1, index }, data);
        }
    }
    Ok(())
}

/// The first `width` hashes of a tile: a full one as stored, a partial one made from what lies below.
pub async fn tile(store: &dyn Store, log: Log, id: TileId, width: u64) -> Result<Option<Vec<u8>>, OfficeError> {
    let bytes = usize::try_from(width.saturating_mul(32)).unwrap_or(usize::MAX);
    if let Some(mut data) = store.tile(log, u32::from(id.level), id.index).await? {
        data.truncate(bytes);
        return Ok(Some(data));
    }
    let from = id.index * TILE_WIDTH;
    if id.level == 0 {
        return Ok(Some(tile_bytes(&leaves(store, log, from, from + width).await?)));
    }
    let mut out = Vec::with_capacity(bytes.min(8_192));
    for index in from..from + width {
        let below = store.tile(log, u32::from(id.level) - 1, index).await?;
        let Some(root) = below.and_then(|data| tile_root(&data)) else { return Ok(None) };
        out.extend_from_slice(root.as_bytes());
    }
    Ok(Some(out))
}

/// The root of a full tile: what stands for it one level up.
fn tile_root(data: &[u8]) -> Option<Hash> {
    let mut hashes: Vec<Hash> = data.chunks_exact(32).map(Hash::from_slice).collect::<Option<_>>()?;
    while hashes.len() > 1 {
        hashes = hashes
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => guiju_kernel::ledger::hash::node_hash(left, right),
                rest => rest.first().copied().unwrap_or_else(guiju_kernel::ledger::hash::empty_root),
            })
            .collect();
    }
    hashes.first().copied()
}

/// The entry bundle of the records `from..until`.
pub async fn entries(store: &dyn Store, log: Log, from: u64, until: u64) -> Result<Vec<u8>, OfficeError> {
    let records = store.records(log, from, until).await?;
    let entries: Vec<Entry> = records.iter().map(|r| Entry::commit(&Salt::new(r.salt), r.bytes.as_bytes())).collect();
    Ok(guiju_kernel::ledger::entry::bundle(&entries))
}
