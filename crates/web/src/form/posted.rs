//! What arrived with a form: names with the texts that were typed, in order, and the files.

use serde::{Deserialize, Serialize};

use guiju_office::Upload;

/// The typed part of a form. Full-width and blank characters are left as typed: a page shows people their own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Posted(pub Vec<(String, String)>);

/// A whole form: what was typed, the files, and the file fields whose file was refused with the reason.
#[derive(Debug, Clone, Default)]
pub struct Arrived {
    pub typed: Posted,
    pub files: Vec<Upload>,
    pub refused: Vec<(String, crate::intake::FileFault)>,
}

impl Posted {
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// How many rows of a table field were posted: one more than the highest row index.
    pub fn rows_of(&self, table: &str) -> usize {
        self.0
            .iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .filter_map(|(key, _)| key.strip_prefix(table)?.strip_prefix('.')?.split('.').next()?.parse::<usize>().ok())
            .filter(|row| *row < 10_000)
            .map(|row| row + 1)
            .max()
            .unwrap_or(0)
    }

    /// Takes over what `newer` says about the names given; other names stay. A name that `newer` lacks is dropped: an unticked box
    /// posts nothing.
    pub fn replace(&mut self, names: &[&str], newer: &Posted) {
        let concerns = |key: &str| {
            names.iter().any(|name| key == *name || key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
        };
        self.0.retain(|(key, _)| !concerns(key));
        self.0.extend(newer.0.iter().filter(|(key, _)| concerns(key)).cloned());
    }

    /// Without the names that belong to the form's machinery (they begin with `_`).
    pub fn answers(&self) -> Posted {
        Posted(self.0.iter().filter(|(key, _)| !key.starts_with('_')).cloned().collect())
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(pairs: &[(&str, &str)]) -> Posted {
        Posted(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn saving_one_page_of_a_draft_leaves_the_other_pages_answers() {
        let mut draft = posted(&[("types", "a"), ("types", "b"), ("text", "旧"), ("list.0.x", "1")]);
        draft.replace(&["types", "list"], &posted(&[("types", "c"), ("_csrf", "z"), ("list.1.x", "2")]));
        assert_eq!(draft, posted(&[("text", "旧"), ("types", "c"), ("list.1.x", "2")]));
        assert_eq!(draft.rows_of("list"), 2);
    }
}
