//! Recordings taken in as measured data: the same journals, packages and numbers as what is measured live.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::fault::Fault;
use crate::folder::Folder;
use crate::frames;
use crate::source::Event;
use crate::source::recording::{self, How};
use crate::spool::{Limits, Spool};
use crate::stretch::Subject;

/// The longest time that one package of a recording covers.
const STRETCH: Duration = Duration::from_secs(3_600);

/// What recordings are of.
#[derive(Debug, Clone, PartialEq)]
pub struct TakingIn {
    /// The receiver, as the register has it.
    pub receiver: String,
    /// A task of the pack.
    pub task: String,
    /// What asked for it, or empty.
    pub plan: String,
    /// From the beginning of one measurement to that of the next, in ns.
    pub revisit_ns: i64,
    /// How they were made.
    pub how: How,
}

/// What became of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// It was taken in earlier; nothing was done.
    pub again: bool,
    /// Measurements that count now.
    pub counted: u64,
    /// What was left out, at most a hundred, and how much in all.
    pub left_out: Vec<Fault>,
    /// How many were left out.
    pub left_out_count: u64,
}

impl TakingIn {
    /// Takes recordings in; the agent must not be running. They are sent by the next `run`.
    ///
    /// # Errors
    /// Another agent in the folder, a file that cannot be read, a full disk. What was journalled before stays; taking the same file in
    /// again counts nothing twice, because time is united for each receiver and task.
    pub fn run(&self, dir: &Path, files: &[PathBuf]) -> Result<Vec<TakenIn>, Fault> {
        let (folder, identity) = Folder::open(dir)?;
        let _held = folder.hold()?;
        let mut spool = Spool::open(folder.clone(), identity, Limits { stretch: STRETCH, reserve: 0, ntp: false })?;
        spool.pack()?;
        files.iter().map(|file| self.one(&folder, &mut spool, file)).collect()
    }

    fn one(&self, folder: &Folder, spool: &mut Spool, file: &Path) -> Result<TakenIn, Fault> {
        let mark = folder.imported().join(digest(file)?);
        if mark.exists() {
            return Ok(TakenIn { again: true, ..TakenIn::default() });
        }
        let subject = Subject {
            receiver: self.receiver.clone(),
            task: self.task.clone(),
            plan: self.plan.clone(),
            revisit_ns: self.revisit_ns,
        };
        let (mut taken, mut broken) = (TakenIn::default(), None);
        recording::read(file, self.how, &mut |event| {
            match event {
                Event::Seen(seen) => match spool.record(&subject, &seen) {
                    Ok(_) => taken.counted += 1,
                    Err(fault) => broken = Some(fault),
                },
                Event::Said(fault) => {
                    taken.left_out_count += 1;
                    if taken.left_out.len() < 100 {
                        taken.left_out.push(fault);
                    }
                }
                Event::Doing(_) => {}
            }
            broken.is_none()
        })?;
        spool.close_all();
        spool.pack()?;
        if let Some(fault) = broken {
            return Err(fault);
        }
        frames::replace(&mark, file.display().to_string().as_bytes())?;
        Ok(taken)
    }
}

fn digest(file: &Path) -> Result<String, Fault> {
    let mut hash = Sha256::new();
    let copied = fs::File::open(file).and_then(|mut input| std::io::copy(&mut input, &mut Hashing(&mut hash)));
    copied.map_err(|fault| Fault::file(file, &fault))?;
    Ok(hex::encode(hash.finalize()))
}

/// A place to copy to that only hashes.
struct Hashing<'a>(&'a mut Sha256);

impl std::io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
