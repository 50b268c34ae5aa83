//! Are the key files whole, and do they belong together?
//!
//! Refuses any second spelling (upper-case hex, spaces, a missing digit), so that no bit of a key file changes unseen.

use crate::note::VerifierKey;
use crate::report::Faults;
use crate::vault::OpeningKey;
use std::fs;
use std::path::Path;

/// What the key files gave; a missing or broken one is `None` and already reported.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Verifier keys of the logs, `events` first.
    pub(crate) logs: [Option<VerifierKey>; 2],
    pub(crate) master: Option<OpeningKey>,
}

const SEED: &str = "ledger.key";
const VERIFIERS: [&str; 2] = ["ledger.vkey", "readings.vkey"];
const MASTER: &str = "master.key";

/// Every file that a keys folder holds.
pub(crate) const KEY_FILES: [&str; 4] = [SEED, "ledger.vkey", "readings.vkey", MASTER];

/// Reads the key files of `folder` and compares the signing seed with both verifier keys.
pub(crate) fn read(folder: &Path, faults: &mut Faults) -> Keys {
    let logs = VERIFIERS.map(|name| {
        let line = line(folder, name, faults)?;
        let read = VerifierKey::parse(&line);
        read.map_err(|why| faults.add(&place(name), "", format!("验证密钥不可读 / {why}"))).ok()
    });
    if let Some(seed) = secret(folder, SEED, faults) {
        for (key, name) in logs.iter().zip(VERIFIERS).filter_map(|(key, name)| key.as_ref().map(|key| (key, name))) {
            if VerifierKey::of_seed(key.name(), &seed).as_ref() != Ok(key) {
                faults.add(&place(SEED), "", format!("与 {name} 不是一对 / is not the other half of `{name}`"));
            }
        }
    }
    let master = secret(folder, MASTER, faults).and_then(|secret| OpeningKey::new(&secret));
    Keys { logs, master }
}

fn place(name: &str) -> String {
    format!("keys/{name}")
}

/// The only line of a key file, with or without a line break after it.
fn line(folder: &Path, name: &str, faults: &mut Faults) -> Option<String> {
    match fs::read(folder.join(name)).map(String::from_utf8) {
        Ok(Ok(text)) => Some(text.strip_suffix('\n').map(str::to_owned).unwrap_or(text)),
        Ok(Err(_)) => {
            faults.add(&place(name), "", "不是文本 / is not text");
            None
        }
        Err(why) => {
            faults.add(&place(name), "", format!("不可读：{why} / cannot be read: {why}"));
            None
        }
    }
}

fn secret(folder: &Path, name: &str, faults: &mut Faults) -> Option<[u8; 32]> {
    let line = line(folder, name, faults)?;
    let read = hex::decode(&line).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let secret = read.filter(|secret| hex::encode(secret) == line);
    if secret.is_none() {
        faults.add(&place(name), "", "不是 64 位小写十六进制数 / is not 64 lower-case hexadecimal digits");
    }
    secret
}
