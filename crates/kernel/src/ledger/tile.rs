//! Where do the hashes of the tree lie? In tiles of 256, named as C2SP tlog-tiles names them.
//!
//! Refuses paths that are not the one spelling of a tile: leading zeroes, widths of 0 or 256, levels above 63.

use super::hash::Hash;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

/// How many hashes a full tile holds.
pub const TILE_WIDTH: u64 = 256;

/// How many levels of the tree one tile spans.
pub(crate) const TILE_HEIGHT: u32 = 8;

/// Which tile: level 0 holds leaf hashes, each hash of level n+1 is the root of a full tile of level n.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    /// Counted from the leaves; at most 7 for sizes below 2^64.
    pub level: u8,
    /// Zero-based within the level.
    pub index: u64,
}

/// A tile that has just become full and never changes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Which tile it is.
    pub id: TileId,
    /// 256 hashes one after the other, 8,192 bytes.
    pub bytes: Vec<u8>,
}

/// Where tiles are read from: the store's full ones, a tree's own partial ones, or both.
pub trait TileSource {
    /// The hashes of the tile, one after the other: all 256, or as many as there are yet; `None` when it has none.
    fn tile(&self, id: TileId) -> Option<Cow<'_, [u8]>>;
}

impl<T: AsRef<[u8]>, S: std::hash::BuildHasher> TileSource for HashMap<TileId, T, S> {
    fn tile(&self, id: TileId) -> Option<Cow<'_, [u8]>> {
        self.get(&id).map(|bytes| Cow::Borrowed(bytes.as_ref()))
    }
}

impl<T: AsRef<[u8]>> TileSource for BTreeMap<TileId, T> {
    fn tile(&self, id: TileId) -> Option<Cow<'_, [u8]>> {
        self.get(&id).map(|bytes| Cow::Borrowed(bytes.as_ref()))
    }
}

impl<S: TileSource + ?Sized> TileSource for &S {
    fn tile(&self, id: TileId) -> Option<Cow<'_, [u8]>> {
        (**self).tile(id)
    }
}

/// Asks the first source, then the second.
#[derive(Debug, Clone, Copy)]
pub struct Either<A, B>(pub A, pub B);

impl<A: TileSource, B: TileSource> TileSource for Either<A, B> {
    fn tile(&self, id: TileId) -> Option<Cow<'_, [u8]>> {
        self.0.tile(id).or_else(|| self.1.tile(id))
    }
}

/// Writes hashes one after the other, as tiles hold them.
pub fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// Computes how many hashes the partial tile of a level holds in a tree of this size; 0 when the level has none.
pub fn partial_width(size: u64, level: u8) -> u64 {
    size.checked_shr(TILE_HEIGHT * u32::from(level)).unwrap_or(0) % TILE_WIDTH
}

/// A path under which a log serves its tiles and entry bundles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublicTilePath {
    /// `tile/<L>/<N>[.p/<W>]`
    Hashes {
        /// Which tile.
        id: TileId,
        /// 1 to 256; 256 is a full tile.
        width: u16,
    },
    /// `tile/entries/<N>[.p/<W>]`
    Entries {
        /// Zero-based number of the bundle.
        index: u64,
        /// 1 to 256; 256 is a full bundle.
        width: u16,
    },
}

impl fmt::Display for PublicTilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match self {
            Self::Hashes { id, width } => {
                write!(f, "tile/{}/", id.level)?;
                (id.index, width)
            }
            Self::Entries { index, width } => {
                f.write_str("tile/entries/")?;
                (*index, width)
            }
        };
        let mut groups = vec![index % 1000];
        let mut rest = index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        while let Some(group) = groups.pop() {
            if groups.is_empty() { write!(f, "{group:03}")? } else { write!(f, "x{group:03}/")? }
        }
        if u64::from(*width) == TILE_WIDTH { Ok(()) } else { write!(f, ".p/{width}") }
    }
}

/// The path is not the one spelling of a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no tile")]
pub struct NotATilePath(pub String);

impl FromStr for PublicTilePath {
    type Err = NotATilePath;

    fn from_str(path: &str) -> Result<Self, NotATilePath> {
        let wrong = || NotATilePath(path.chars().take(200).collect());
        let (kind, rest) = path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or_else(wrong)?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, plain_number(width).filter(|w| (1..256).contains(w)).ok_or_else(wrong)?),
            None => (rest, TILE_WIDTH),
        };
        let width = u16::try_from(width).map_err(|_| wrong())?;
        let index = grouped_number(number).ok_or_else(wrong)?;
        if kind == "entries" {
            return Ok(Self::Entries { index, width });
        }
        let level = plain_number(kind).filter(|level| *level < 64).and_then(|level| u8::try_from(level).ok());
        Ok(Self::Hashes { id: TileId { level: level.ok_or_else(wrong)?, index }, width })
    }
}

/// Reads an ASCII decimal number without leading zeroes.
pub(crate) fn plain_number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (text == "0" || !text.starts_with('0'))).then(|| text.parse().ok()).flatten()
}

/// Reads `x001/x234/067`; the first group of several must not be zero.
fn grouped_number(text: &str) -> Option<u64> {
    let mut groups = text.split('/').peekable();
    let mut number = 0u64;
    let mut first = true;
    while let Some(group) = groups.next() {
        let digits = if groups.peek().is_some() { group.strip_prefix('x')? } else { group };
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let value: u64 = digits.parse().ok()?;
        if first && value == 0 && groups.peek().is_some() {
            return None;
        }
        first = false;
        number = number.checked_mul(1000)?.checked_add(value)?;
    }
    Some(number)
}
