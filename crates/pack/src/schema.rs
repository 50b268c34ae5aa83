//! The JSON Schema (2020-12) of each kind of pack file: editors complete and check by it, and so does the loader.

use std::sync::LazyLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::raw::bureau::{RawBureau, RawItems, RawRegister};
use crate::raw::calendar::RawCalendar;
use crate::raw::examples::RawExamples;
use crate::raw::figure::RawFigures;
use crate::raw::law::RawStatute;
use crate::raw::platform::RawPlatform;
use crate::raw::procedure::RawProcedure;
use crate::raw::radio::RadioRules;

/// What a file of a pack is, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Bureau,
    Calendar,
    Examples,
    Figures,
    Items,
    Law,
    Platform,
    Procedure,
    Radio,
    Register,
    Year,
}

impl FileKind {
    /// Says what the file at this path within a pack is; `None` for a place that a pack does not know.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path {
            "pack.yaml" => return Some(Self::Bureau),
            "radio.yaml" => return Some(Self::Radio),
            _ => {}
        }
        let (folder, name) = path.split_once('/')?;
        let stem = name.strip_suffix(".yaml")?;
        let flat = !name.contains('/');
        match folder {
            "calendar" if flat => Some(Self::Calendar),
            "figures" if flat => Some(Self::Figures),
            "items" if flat => Some(Self::Items),
            "law" if flat => Some(Self::Law),
            "platforms" if flat => Some(Self::Platform),
            "registers" if flat => Some(Self::Register),
            "years" if flat => Some(Self::Year),
            "procedures" if !flat && stem.ends_with(".examples") => Some(Self::Examples),
            "procedures" if !flat => Some(Self::Procedure),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Bureau => "pack",
            Self::Calendar => "calendar",
            Self::Examples => "examples",
            Self::Figures => "figures",
            Self::Items => "items",
            Self::Law => "law",
            Self::Platform => "platform",
            Self::Procedure => "procedure",
            Self::Radio => "radio",
            Self::Register => "register",
            Self::Year => "year",
        }
    }
}

static SCHEMAS: LazyLock<Vec<(FileKind, Value)>> = LazyLock::new(|| {
    vec![
        (FileKind::Bureau, schema::<RawBureau>("pack.yaml")),
        (FileKind::Calendar, schema::<RawCalendar>("calendar/YYYY.yaml")),
        (FileKind::Examples, schema::<RawExamples>("procedures/*/*.examples.yaml")),
        (FileKind::Figures, schema::<RawFigures>("figures/*.yaml")),
        (FileKind::Items, schema::<RawItems>("items/*.yaml")),
        (FileKind::Law, schema::<RawStatute>("law/*.yaml")),
        (FileKind::Platform, schema::<RawPlatform>("platforms/*.yaml")),
        (FileKind::Procedure, schema::<RawProcedure>("procedures/*/*.yaml")),
        (FileKind::Radio, schema::<RadioRules>("radio.yaml")),
        (FileKind::Register, schema::<RawRegister>("registers/*.yaml")),
    ]
});

fn schema<T: JsonSchema>(title: &str) -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), Value::from(title));
    schema.to_value()
}

/// The schema by which files of a kind are judged; none for the plans of demonstration years, which their reader checks.
pub(crate) fn of(kind: FileKind) -> Option<&'static Value> {
    SCHEMAS.iter().find(|(known, _)| *known == kind).map(|(_, schema)| schema)
}

/// Returns every schema with its name: `procedure` is checked in as `packs/schema/procedure.json`.
pub fn schemas() -> Vec<(&'static str, Value)> {
    SCHEMAS.iter().map(|(kind, schema)| (kind.name(), schema.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::shape::KEYWORDS;
    use std::path::PathBuf;

    fn checked_in(name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../packs/schema/{name}.json"))
    }

    /// With `GUIJU_WRITE_SCHEMAS=1` it writes them instead.
    #[test]
    fn the_schemas_that_editors_read_are_those_the_loader_judges_by() {
        for (name, schema) in schemas() {
            let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
            if std::env::var_os("GUIJU_WRITE_SCHEMAS").is_some() {
                std::fs::write(checked_in(name), &text).unwrap();
            }
            let there = std::fs::read_to_string(checked_in(name)).unwrap_or_default();
            assert!(there == text, "packs/schema/{name}.json is out of date: run the test with GUIJU_WRITE_SCHEMAS=1");
        }
    }

    #[test]
    fn the_schemas_use_no_keyword_that_the_shape_check_would_pass_over() {
        fn visit(schema: &Value, unknown: &mut Vec<String>) {
            let Some(keywords) = schema.as_object() else { return };
            for (keyword, value) in keywords {
                match keyword.as_str() {
                    "properties" | "$defs" => value.as_object().unwrap().values().for_each(|of| visit(of, unknown)),
                    "items" | "additionalProperties" => visit(value, unknown),
                    "anyOf" | "oneOf" => value.as_array().unwrap().iter().for_each(|of| visit(of, unknown)),
                    known if KEYWORDS.contains(&known) => {}
                    other => unknown.push(other.to_owned()),
                }
            }
        }
        let mut unknown = Vec::new();
        schemas().iter().for_each(|(_, schema)| visit(schema, &mut unknown));
        assert_eq!(unknown, Vec::<String>::new());
    }

    #[test]
    fn a_file_is_known_by_its_place() {
        let of = |path| FileKind::of(path);
        assert_eq!(of("pack.yaml"), Some(FileKind::Bureau));
        assert_eq!(of("procedures/requests/a.yaml"), Some(FileKind::Procedure));
        assert_eq!(of("procedures/requests/a.examples.yaml"), Some(FileKind::Examples));
        for nowhere in ["procedures/a.yaml", "law/old/a.yaml", "law/a.yml", "laws/a.yaml", "a.yaml", "law/a.yaml.bak"] {
            assert_eq!(of(nowhere), None, "{nowhere}");
        }
    }
}
