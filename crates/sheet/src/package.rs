//! Which parts does the ZIP package of a workbook hold, and what is in them?
//!
//! Unpacks part by part, only what is asked for, and counts what really comes out: a size that the package claims is
//! never believed and never allocated. Refuses archives that are no workbook, by naming what they are.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::{Limits, SheetError};

pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Place in the archive by name: small letters, `/` between folders, none in front. Programs differ in all three.
    places: BTreeMap<String, usize>,
    unpacked_left: u64,
    unpacked_limit: u64,
}

impl<'a> Package<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, SheetError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetError::damaged("zip"))?;
        let mut places = BTreeMap::new();
        for place in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(place) {
                places.insert(canonical(&name), place);
            }
        }
        let package =
            Self { archive, places, unpacked_left: limits.unpacked_bytes, unpacked_limit: limits.unpacked_bytes };
        package.must_be_a_workbook()?;
        Ok(package)
    }

    /// Unpacks a part; `None` when there is no such part.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, SheetError> {
        let Some(place) = self.places.get(&canonical(name)).copied() else {
            return Ok(None);
        };
        let damaged = || SheetError::damaged(name);
        let file = match self.archive.by_index(place) {
            Ok(file) => file,
            Err(ZipError::UnsupportedArchive(why)) if why == ZipError::PASSWORD_REQUIRED => {
                return Err(SheetError::Encrypted);
            }
            Err(_) => return Err(damaged()),
        };
        let mut bytes = Vec::new();
        let most = self.unpacked_left;
        file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|_| damaged())?;
        let read = bytes.len() as u64;
        if read > most {
            let limit = self.unpacked_limit;
            return Err(SheetError::TooLarge { zh: "解压后字节数", en: "the unpacked workbook in bytes", limit });
        }
        self.unpacked_left = most - read;
        Ok(Some(bytes))
    }

    fn must_be_a_workbook(&self) -> Result<(), SheetError> {
        let has = |name: &str| self.places.contains_key(name);
        let folder = |name: &str| self.places.keys().any(|key| key.starts_with(name));
        let wrong = |table, zh, en| Err(SheetError::WrongKind { table, zh, en });
        if has("xl/workbook.bin") {
            return wrong(true, "二进制工作簿（.xlsb）", "a binary workbook (.xlsb)");
        }
        if has("_rels/.rels") && folder("xl/") || has("xl/workbook.xml") {
            return Ok(());
        }
        if folder("word/") {
            return wrong(false, "Word文档", "a Word document");
        }
        if folder("ppt/") {
            return wrong(false, "演示文稿", "a presentation");
        }
        if has("content.xml") && has("mimetype") {
            return wrong(true, "OpenDocument文件", "an OpenDocument file");
        }
        if has("_rels/.rels") { Ok(()) } else { wrong(false, "压缩包", "an archive") }
    }
}

fn canonical(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}
