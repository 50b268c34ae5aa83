//! The ledger: canonical bytes, tree, notes, receipts and vault, against specifications, published vectors and a slow twin.

#[cfg(test)]
mod canon;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod note;
#[cfg(test)]
mod published_vectors;
#[cfg(test)]
mod receipt;
#[cfg(test)]
mod tile_path;
#[cfg(test)]
mod tree;
#[cfg(test)]
mod vault;
