//! Where a pack's files come from, and the one form in which they are kept and hashed.
//!
//! The canonical archive is the sorted list of `[path, text]` of the files that are in force, as canonical JSON (RFC 8785) in
//! UTF-8; its SHA-256 is the pack's name in every record. Examples and pages for readers are left out: mending an example changes no
//! law.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::complaint::{Complaint, Spot};

/// The default pack, as it was when the program was built.
#[derive(rust_embed::RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../packs/industry-it-bureau"]
struct Shipped;

/// What complaints about the shipped pack write before a path.
pub(crate) const SHIPPED: &str = "packs/industry-it-bureau/";

/// The files of the shipped pack.
pub(crate) fn shipped() -> BTreeMap<String, Vec<u8>> {
    Shipped::iter()
        .filter_map(|path| Shipped::get(&path).map(|file| (path.into_owned(), file.data.into_owned())))
        .collect()
}

/// Reads all files of a folder, by their paths within it with `/` between the parts.
pub(crate) fn folder(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>, Vec<Complaint>> {
    let mut files = BTreeMap::new();
    match gather(dir, "", &mut files) {
        Ok(()) => Ok(files),
        Err((path, error)) => Err(vec![Complaint {
            file: path,
            line: Spot::START.line,
            column: Spot::START.column,
            zh: format!("读不了：{error}"),
            en: format!("cannot be read: {error}"),
        }]),
    }
}

fn gather(dir: &Path, within: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), (String, std::io::Error)> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error| (path, error)
    };
    for entry in std::fs::read_dir(dir).map_err(failed(dir))? {
        let entry = entry.map_err(failed(dir))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Editors and file managers leave such files behind.
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        let path = entry.path();
        let inner = if within.is_empty() { name } else { format!("{within}/{name}") };
        if entry.file_type().map_err(failed(&path))?.is_dir() {
            gather(&path, &inner, files)?;
        } else {
            files.insert(inner, std::fs::read(&path).map_err(failed(&path))?);
        }
    }
    Ok(())
}

/// Packs texts into the canonical archive.
pub(crate) fn pack(texts: &BTreeMap<String, String>) -> Vec<u8> {
    let list: Vec<(&String, &String)> = texts.iter().collect();
    // A list of pairs of texts has one canonical form, which this is: serde_json escapes as RFC 8785 asks.
    serde_json::to_vec(&list).unwrap_or_default()
}

/// Takes the canonical archive apart; anything that is not one is refused.
pub(crate) fn unpack(archive: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Vec<Complaint>> {
    let complaint = |zh: &str, en: &str| {
        let (file, zh, en) = ("archive".to_owned(), zh.to_owned(), en.to_owned());
        vec![Complaint { file, line: Spot::START.line, column: Spot::START.column, zh, en }]
    };
    let list: Vec<(String, String)> = serde_json::from_slice(archive)
        .map_err(|_| complaint("不是法规包的存档", "this is not the archive of a pack"))?;
    let texts: BTreeMap<String, String> = list.into_iter().collect();
    if pack(&texts) != archive {
        return Err(complaint("存档不是规范形式", "the archive is not in its canonical form"));
    }
    Ok(texts.into_iter().map(|(path, text)| (path, text.into_bytes())).collect())
}

/// The hex SHA-256 by which records name a pack.
pub(crate) fn hash(archive: &[u8]) -> String {
    hex::encode(Sha256::digest(archive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_is_sorted_and_comes_apart_into_what_went_in() {
        let texts: BTreeMap<String, String> =
            [("b.yaml", "乙: \"x\"\n\t\u{1}"), ("a.yaml", "")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
        let archive = pack(&texts);
        assert_eq!(String::from_utf8(archive.clone()).unwrap(), r#"[["a.yaml",""],["b.yaml","乙: \"x\"\n\t\u0001"]]"#);
        let files = unpack(&archive).unwrap();
        assert_eq!(files["b.yaml"], "乙: \"x\"\n\t\u{1}".as_bytes());
        assert!(unpack(br#"[["b.yaml",""],["a.yaml",""]]"#).is_err());
        assert!(unpack(br#"[["a.yaml", ""]]"#).is_err());
        assert!(unpack(b"\xff").is_err());
    }
}
