//! Tile paths have one spelling each (C2SP tlog-tiles), and bundles are read back as they were written.

use guiju_kernel::ledger::entry::{bundle, unbundle};
use guiju_kernel::ledger::{Entry, PublicTilePath, TileId};
use proptest::prelude::*;

fn tile(level: u8, index: u64, width: u16) -> PublicTilePath {
    PublicTilePath::Hashes { id: TileId { level, index }, width }
}

#[test]
fn paths_are_spelt_as_the_specification_spells_them() {
    for (path, spelt) in [
        (tile(0, 0, 256), "tile/0/000"),
        (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (tile(0, 1234, 12), "tile/0/x001/234.p/12"),
        (tile(63, 1000, 255), "tile/63/x001/000.p/255"),
        (PublicTilePath::Entries { index: 999, width: 256 }, "tile/entries/999"),
        (PublicTilePath::Entries { index: 0, width: 1 }, "tile/entries/000.p/1"),
    ] {
        assert_eq!(path.to_string(), spelt);
        assert_eq!(spelt.parse(), Ok(path));
    }
}

#[test]
fn no_tile_has_a_second_spelling() {
    for bad in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/0/X001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p/1/2",
        "tile/0/０00",
        "tile/data/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
    ] {
        assert!(bad.parse::<PublicTilePath>().is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn every_path_reads_back(level in 0u8..64, index: u64, width in 1u16..=256) {
        for path in [tile(level, index, width), PublicTilePath::Entries { index, width }] {
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }
    }

    /// Whatever is accepted is spelt exactly so.
    #[test]
    fn what_reads_is_the_one_spelling(text in "tile/([0-9]{1,2}|entries)/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Ok(path) = text.parse::<PublicTilePath>() {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn bundles_read_back(entries in proptest::collection::vec(any::<[u8; 32]>(), 0..20), cut in 1usize..34) {
        let entries: Vec<Entry> = entries.into_iter().map(Entry::new).collect();
        let bytes = bundle(&entries);
        let read = unbundle(&bytes).unwrap();
        prop_assert!(read.iter().copied().eq(entries.iter().map(|entry| entry.as_bytes().as_slice())));
        if !entries.is_empty() {
            prop_assert_eq!(unbundle(&bytes[..bytes.len() - cut]), None);
        }
    }
}
