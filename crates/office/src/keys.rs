//! The office's secrets: what signs heads and what wraps the parties' keys. Files beside the database; never in an event.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use guiju_kernel::ledger::vault::VaultKey;
use guiju_kernel::ledger::{Salt, SigningKey};

use crate::OfficeError;

/// Both logs' signing keys and the master key.
pub struct Keys {
    pub events: SigningKey,
    pub readings: SigningKey,
    pub master: VaultKey,
}

/// Where randomness comes from: the operating system in service; a seed in a demonstration, so that the same plan gives the same
/// tree root.
#[derive(Debug, Clone)]
pub enum Chance {
    System,
    Seeded([u8; 32]),
}

impl Chance {
    /// Thirty-two bytes for one purpose; `label` and `number` name it, so that a seeded run repeats.
    pub fn bytes(&self, label: &str, number: u64) -> Result<[u8; 32], OfficeError> {
        match self {
            Chance::System => {
                let mut out = [0u8; 32];
                getrandom::fill(&mut out).map_err(|e| OfficeError::Input(format!("no randomness: {e}")))?;
                Ok(out)
            }
            Chance::Seeded(seed) => {
                use sha2::{Digest, Sha256};
                let mut hash = Sha256::new();
                hash.update(b"guiju/chance/v1\0");
                hash.update(seed);
                hash.update(number.to_be_bytes());
                hash.update(label.as_bytes());
                Ok(hash.finalize().into())
            }
        }
    }

    pub fn salt(&self, label: &str, number: u64) -> Result<Salt, OfficeError> {
        Ok(Salt::new(self.bytes(label, number)?))
    }
}

impl Keys {
    /// Reads the keys in `folder/keys`, or makes them when there are none. `origin` names the logs: `guiju.example/jh-miit`.
    pub fn open_or_make(folder: &Path, origin: &str, chance: &Chance) -> Result<Keys, OfficeError> {
        let dir = folder.join("keys");
        fs::create_dir_all(&dir).map_err(|e| file_fault(&dir, &e))?;
        let ledger = secret(&dir.join("ledger.key"), || chance.bytes("ledger key", 0))?;
        let master = secret(&dir.join("master.key"), || chance.bytes("master key", 0))?;
        let events = SigningKey::from_seed(&format!("{origin}/events"), &ledger);
        let readings = SigningKey::from_seed(&format!("{origin}/readings"), &ledger);
        let (events, readings) = (events.map_err(key_fault)?, readings.map_err(key_fault)?);
        public(&dir.join("ledger.vkey"), &events.verifier().to_string())?;
        public(&dir.join("readings.vkey"), &readings.verifier().to_string())?;
        let master = VaultKey::new(master).map_err(|e| OfficeError::Damaged(e.to_string()))?;
        Ok(Keys { events, readings, master })
    }
}

fn key_fault(e: impl std::fmt::Display) -> OfficeError {
    OfficeError::Damaged(format!("keys: {e}"))
}

fn file_fault(path: &Path, e: &std::io::Error) -> OfficeError {
    OfficeError::Input(format!("{}: {e}", path.display()))
}

/// A 32-byte secret in hex. Written whole and synced before it is used, readable by the owner only: a crash leaves either no key
/// or the key.
fn secret(path: &PathBuf, make: impl FnOnce() -> Result<[u8; 32], OfficeError>) -> Result<[u8; 32], OfficeError> {
    if let Ok(text) = fs::read_to_string(path) {
        let mut bytes = [0u8; 32];
        return match hex::decode_to_slice(text.trim_end_matches('\n'), &mut bytes) {
            Ok(()) => Ok(bytes),
            Err(_) => Err(OfficeError::Damaged(format!("{}: 64 hexadecimal digits expected", path.display()))),
        };
    }
    let bytes = make()?;
    write_whole(path, format!("{}\n", hex::encode(bytes)).as_bytes(), true)?;
    Ok(bytes)
}

/// The public key beside it: checked when it is there, written when it is not.
fn public(path: &PathBuf, vkey: &str) -> Result<(), OfficeError> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim_end() == vkey => Ok(()),
        Ok(_) => Err(OfficeError::Damaged(format!("{} does not belong to ledger.key", path.display()))),
        Err(_) => write_whole(path, format!("{vkey}\n").as_bytes(), false),
    }
}

fn write_whole(path: &Path, bytes: &[u8], private: bool) -> Result<(), OfficeError> {
    let part = path.with_extension("part");
    let write = || -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        if private {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let mut file = options.open(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)?;
        if let Some(dir) = path.parent() {
            fs::File::open(dir)?.sync_all()?;
        }
        Ok(())
    };
    write().map_err(|e| file_fault(path, &e))
}
