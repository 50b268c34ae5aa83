//! The station's folder: its name and key, what waits to be sent, what was sent, and that one agent at a time works in it.
//!
//! | file | what |
//! |---|---|
//! | `station.json` | the station's name and public key |
//! | `key` | the private key in hex; readable by its owner only |
//! | `lock` | held while an agent or an import works here |
//! | `open/*.jnl` | journals: what was measured and is not packed yet |
//! | `outbox/SEQUENCE.JOURNAL.gjsp` | packages that the server has not acknowledged |
//! | `sent.log` | each acknowledged package: number, hash, when |
//! | `refused/` | packages that the server will never take, each with its reason |
//! | `imported/` | hashes of recordings that were taken in |
//! | `status.json` | what the agent last said of itself |

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::frames;

/// The station as its folder names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The station's id, as the register `monitoring-stations` has it.
    pub station: String,
    /// The Ed25519 public key in hex, to be entered in the register.
    pub public_key: String,
}

/// The folder of one station.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// Proof that nobody else works in the folder; let go when dropped, also by a killed process.
#[derive(Debug)]
pub struct Held {
    /// The lock lives as long as the open file.
    _lock: File,
}

impl Folder {
    /// Makes a station's folder with a new key.
    ///
    /// # Errors
    /// A name that the format does not allow, a folder that has a station already, a disk that fails.
    pub fn init(root: &Path, station: &str) -> Result<(Self, Identity), Fault> {
        if station.is_empty() || station.len() > 24 || station.contains(['/', '\n', '\0', ' ']) {
            return Err(Fault::new(
                format!("站号`{station}`须为1至24个字节，不含空格和斜线"),
                format!("the id `{station}` must have 1 to 24 bytes, without spaces and slashes"),
            ));
        }
        let folder = Self { root: root.to_owned() };
        if folder.named().exists() || folder.root.join("key").exists() {
            return Err(Fault::new(
                format!("`{}`里已有一个监测站，每站另用一个目录", root.display()),
                format!("`{}` has a station already; give each station a folder of its own", root.display()),
            ));
        }
        for part in ["open", "outbox", "refused", "imported"] {
            let path = root.join(part);
            fs::create_dir_all(&path).map_err(|fault| Fault::file(&path, &fault))?;
        }
        let mut seed = [0u8; 32];
        getrandom::fill(&mut seed).map_err(|fault| {
            Fault::new(
                format!("系统取不到随机数（{fault}），请检查系统"),
                format!("the system gives no random numbers ({fault}); check it"),
            )
        })?;
        let key = SigningKey::from_bytes(&seed);
        let path = root.join("key");
        let mut file = OpenOptions::new();
        let written = file.write(true).create_new(true).mode(0o600).open(&path).and_then(|mut file| {
            file.write_all(hex::encode(seed).as_bytes())?;
            file.sync_all()
        });
        written.map_err(|fault| Fault::file(&path, &fault))?;
        let identity =
            Identity { station: station.to_owned(), public_key: hex::encode(key.verifying_key().to_bytes()) };
        // The name comes last: a crash before leaves a key without a name, which is refused until the folder is emptied.
        frames::replace(&folder.named(), &serde_json::to_vec_pretty(&identity).unwrap_or_default())?;
        Ok((folder, identity))
    }

    /// Opens a station's folder.
    ///
    /// # Errors
    /// A folder without a station.
    pub fn open(root: &Path) -> Result<(Self, Identity), Fault> {
        let folder = Self { root: root.to_owned() };
        let told = fs::read(folder.named()).map_err(|fault| no_station(root, &fault.to_string()))?;
        let identity = serde_json::from_slice(&told).map_err(|fault| no_station(root, &fault.to_string()))?;
        Ok((folder, identity))
    }

    /// The station's private key.
    ///
    /// # Errors
    /// A file that is not there or no key, or another one than the folder names.
    pub fn key(&self, identity: &Identity) -> Result<SigningKey, Fault> {
        let path = self.root.join("key");
        let told = fs::read_to_string(&path).map_err(|fault| Fault::file(&path, &fault))?;
        let seed = hex::decode(told.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let key = seed.map(|seed| SigningKey::from_bytes(&seed));
        key.filter(|key| hex::encode(key.verifying_key().to_bytes()) == identity.public_key).ok_or_else(|| {
            Fault::new(
                format!("`{}`不是本站的密钥，请从备份恢复，或者重建目录并重新登记公钥", path.display()),
                format!(
                    "`{}` is not this station's key; restore it, or make a new folder and register its key",
                    path.display()
                ),
            )
        })
    }

    /// Takes the folder for oneself.
    ///
    /// # Errors
    /// Another agent works in it.
    pub fn hold(&self) -> Result<Held, Fault> {
        let path = self.root.join("lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let lock = file.map_err(|fault| Fault::file(&path, &fault))?;
        match lock.try_lock() {
            Ok(()) => Ok(Held { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Fault::new(
                format!("`{}`正由另一个采集程序使用，请先停止它", self.root.display()),
                format!("another agent works in `{}`; stop it first", self.root.display()),
            )),
            Err(TryLockError::Error(fault)) => Err(Fault::file(&path, &fault)),
        }
    }

    /// Whether somebody works in the folder now.
    #[must_use]
    pub fn is_held(&self) -> bool {
        let Ok(lock) = File::open(self.root.join("lock")) else { return false };
        matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    /// Bytes that the disk has left for us; `None` where it does not say.
    #[must_use]
    pub fn room(&self) -> Option<u64> {
        let told = rustix::fs::statvfs(&self.root).ok()?;
        Some(told.f_bavail.saturating_mul(told.f_frsize))
    }

    fn named(&self) -> PathBuf {
        self.root.join("station.json")
    }

    /// Where open journals are.
    pub(crate) fn journals(&self) -> PathBuf {
        self.root.join("open")
    }

    /// Where packages wait.
    pub(crate) fn outbox(&self) -> PathBuf {
        self.root.join("outbox")
    }

    /// Where packages go that the server will never take.
    pub(crate) fn refused(&self) -> PathBuf {
        self.root.join("refused")
    }

    /// Where it is marked which recordings were taken in.
    pub(crate) fn imported(&self) -> PathBuf {
        self.root.join("imported")
    }

    /// What was acknowledged.
    pub(crate) fn sent(&self) -> PathBuf {
        self.root.join("sent.log")
    }

    /// What the agent last said of itself.
    pub(crate) fn status(&self) -> PathBuf {
        self.root.join("status.json")
    }
}

/// The names of a folder's files with this ending, in order; none where there is no folder.
pub(crate) fn names(folder: &Path, ending: &str) -> Result<Vec<String>, Fault> {
    let no = |fault| Fault::file(folder, &fault);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(no)? {
        let name = entry.map_err(no)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(ending) {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

fn no_station(root: &Path, why: &str) -> Fault {
    let root = root.display();
    Fault::new(
        format!("`{root}`里没有监测站（{why}），请先运行`guiju station init {root} --id 站号`"),
        format!("there is no station in `{root}` ({why}); run `guiju station init {root} --id ID` first"),
    )
}
