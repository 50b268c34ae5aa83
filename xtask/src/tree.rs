//! The files of the repository as text, so that a rule is a function from texts to findings.
//!
//! Files are those that git tracks or would add. A file that is no UTF-8 (a picture) is known by its path and has no text.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Paths relative to the repository's root, with `/`, and their texts.
#[derive(Default)]
pub struct Tree {
    /// Where the repository lies on this machine; empty where it lies nowhere.
    pub place: String,
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads the work tree. Refuses a folder that git does not know.
    pub fn of_repository(root: &Path) -> Result<Self, String> {
        let listed = Command::new("git")
            .arg("-C")
            .arg(root)
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .output()
            .map_err(|e| format!("cannot run git: {e}"))?;
        if !listed.status.success() {
            return Err(format!("git cannot list the files: {}", String::from_utf8_lossy(&listed.stderr).trim()));
        }
        let mut files = BTreeMap::new();
        for path in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|path| !path.is_empty()) {
            // A file that was removed but not yet committed is listed and not there.
            if let Ok(bytes) = std::fs::read(root.join(path)) {
                files.insert(path.to_owned(), String::from_utf8(bytes).ok());
            }
        }
        let place = root.canonicalize().map(|place| place.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { place, files })
    }

    #[cfg(test)]
    pub fn with(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned()))).collect();
        Self { place: String::new(), files }
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Every file that has a text.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    pub fn texts_ending<'t>(&'t self, end: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.texts().filter(move |(path, _)| path.ends_with(end))
    }

    /// Whether a file, or a folder that holds files, lies there.
    pub fn holds(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let inside = format!("{path}/");
        self.files.contains_key(path)
            || self.files.range(inside.clone()..).next().is_some_and(|(p, _)| p.starts_with(&inside))
    }
}
