//! Files that only grow: each record is framed, so that what a crash left half written is told from what is whole.
//!
//! A frame is the length of the record (u32, big-endian), the first eight bytes of its SHA-256, and the record. A record is durable
//! when [`Frames::append`] has returned; a killed process or a pulled plug leaves at most a torn tail, which [`Frames::open`] cuts off.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::fault::Fault;

/// Length and checksum.
const HEAD_BYTES: usize = 12;
/// The longest record: a sweep of a million bins is 2 MiB, a scan of cells less.
const RECORD_MOST: usize = 16 << 20;

/// A file of frames that is open for more.
#[derive(Debug)]
pub(crate) struct Frames {
    file: File,
    path: PathBuf,
    /// Bytes of whole, durable records.
    whole: u64,
    /// The tail may hold what a failed write left; it is cut before anything else is written.
    torn: bool,
}

impl Frames {
    /// Opens a file, or makes it, and cuts off what no whole record is. Gives the records as well.
    pub(crate) fn open(path: &Path) -> Result<(Self, Vec<Vec<u8>>), Fault> {
        let no = |fault| Fault::file(path, &fault);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(no)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(no)?;
        let (records, whole) = read(&bytes);
        let torn = whole < bytes.len() as u64;
        let mut frames = Self { file, path: path.to_owned(), whole, torn };
        frames.mend().map_err(no)?;
        sync_folder(path)?;
        Ok((frames, records))
    }

    /// Bytes of whole records.
    pub(crate) fn len(&self) -> u64 {
        self.whole
    }

    /// Writes records and waits until they are on the disk: all of them or none.
    ///
    /// # Errors
    /// A full or broken disk. Then none of them counts, and what is there already stays.
    pub(crate) fn append(&mut self, records: &[Vec<u8>]) -> Result<(), Fault> {
        let framed: Vec<u8> = records.iter().flat_map(|record| frame(record)).collect();
        let written = self.mend().and_then(|()| {
            // INVARIANT(whole-tail): until the sync returns, the tail is torn. A crash here leaves whole records or a torn one; both
            // were measured, so that those which are whole may count, and the torn one is cut off.
            self.torn = true;
            self.file.write_all(&framed)?;
            self.file.sync_data()
        });
        match written {
            Ok(()) => {
                self.torn = false;
                self.whole += framed.len() as u64;
                Ok(())
            }
            Err(fault) => {
                // Gives back the room at once; where that fails too, the next append tries again.
                let _ = self.mend();
                Err(Fault::file(&self.path, &fault))
            }
        }
    }

    fn mend(&mut self) -> std::io::Result<()> {
        if self.torn {
            self.file.set_len(self.whole)?;
            self.file.sync_data()?;
            self.torn = false;
        }
        self.file.seek(SeekFrom::Start(self.whole)).map(|_| ())
    }
}

/// Reads a file's whole records without changing it; none where there is no file.
pub(crate) fn records(path: &Path) -> Result<Vec<Vec<u8>>, Fault> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(read(&bytes).0),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(fault) => Err(Fault::file(path, &fault)),
    }
}

/// Makes the names in a file's folder durable: files that were made, renamed or removed there.
pub(crate) fn sync_folder(path: &Path) -> Result<(), Fault> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|fault| Fault::file(folder, &fault))
}

/// Puts a whole file in its place or nothing: written beside it, made durable, then renamed.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let beside = path.with_extension("new");
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| std::fs::rename(&beside, path));
    if let Err(fault) = placed {
        let _ = std::fs::remove_file(&beside);
        return Err(Fault::file(path, &fault));
    }
    sync_folder(path)
}

fn frame(record: &[u8]) -> Vec<u8> {
    let length = u32::try_from(record.len()).unwrap_or(u32::MAX).to_be_bytes();
    let sum = Sha256::digest(record);
    [length.as_slice(), sum.get(..8).unwrap_or_default(), record].concat()
}

/// The whole records at the front, and how many bytes they take.
fn read(bytes: &[u8]) -> (Vec<Vec<u8>>, u64) {
    let (mut records, mut rest) = (Vec::new(), bytes);
    while let Some((head, after)) = rest.split_first_chunk::<HEAD_BYTES>() {
        let [a, b, c, d, sum @ ..] = head;
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let Some((record, next)) = after.split_at_checked(length).filter(|_| length <= RECORD_MOST) else { break };
        if Sha256::digest(record).get(..8) != Some(sum.as_slice()) {
            break;
        }
        records.push(record.to_vec());
        rest = next;
    }
    (records, (bytes.len() - rest.len()) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever byte a crash stops at, every record before it is there and nothing else.
    #[test]
    fn a_file_cut_anywhere_gives_its_whole_records_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jnl");
        let written: Vec<Vec<u8>> = (0..5u8).map(|n| vec![n; usize::from(n) * 3]).collect();
        let (mut frames, none) = Frames::open(&path).unwrap();
        assert!(none.is_empty());
        let mut ends = vec![0];
        for record in &written {
            frames.append(std::slice::from_ref(record)).unwrap();
            ends.push(frames.len());
        }
        let bytes = std::fs::read(&path).unwrap();
        for cut in 0..=bytes.len() {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let whole = ends.iter().filter(|end| **end <= cut as u64).count() - 1;
            let (mut frames, found) = Frames::open(&path).unwrap();
            assert_eq!(found, written[..whole]);
            frames.append(&[b"after".to_vec()]).unwrap();
            assert_eq!(records(&path).unwrap().last().unwrap(), b"after");
            assert_eq!(records(&path).unwrap().len(), whole + 1);
        }
    }

    #[test]
    fn a_byte_that_was_changed_ends_what_is_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jnl");
        let (mut frames, _) = Frames::open(&path).unwrap();
        frames.append(&[b"one".to_vec(), b"two".to_vec()]).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(Frames::open(&path).unwrap().1, [b"one".to_vec()]);
    }
}
