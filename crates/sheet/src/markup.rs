//! How is the XML of a workbook part read, event by event?
//!
//! A thin layer over the XML reader: element names without prefixes, attributes by local name, text with its entities
//! and Excel's `_x000D_` escapes resolved. Entities of a document type are never expanded. Refuses what is not
//! well-formed as damaged.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::SheetError;

/// One step through a part.
pub(crate) enum Step<'a> {
    /// An element begins.
    Begin(Element<'a>),
    /// An element ends.
    End(String),
    /// A piece of text; one text may come in several pieces.
    Text(String),
}

/// The beginning of an element.
pub(crate) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    pub(crate) fn name(&self) -> String {
        self.0.local_name().as_ref().to_owned()
    }

    /// Gives an attribute by its name without prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == name)
            .and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(|v| v.into_owned()))
    }

    /// Gives an attribute that is a whole number.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.trim().parse().ok()
    }

    /// Tells whether an attribute says yes (`1` or `true`).
    pub(crate) fn yes(&self, name: &str) -> bool {
        matches!(self.attribute(name).as_deref(), Some("1" | "true" | "on"))
    }
}

/// Walks through the XML of a part.
pub(crate) fn walk(
    part: &str,
    bytes: &[u8],
    mut visit: impl FnMut(Step<'_>) -> Result<(), SheetError>,
) -> Result<(), SheetError> {
    // The decoder honours a byte order mark, so that parts in UTF-16 are read as well.
    let (text, _, _) = encoding_rs::UTF_8.decode(bytes);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = false;
    loop {
        let event = reader.read_event().map_err(|_| SheetError::damaged(part))?;
        match event {
            Event::Start(start) => visit(Step::Begin(Element(start)))?,
            Event::End(end) => visit(Step::End(end.local_name().as_ref().to_owned()))?,
            Event::Text(text) => visit(Step::Text(text.xml10_content().into_owned()))?,
            Event::CData(data) => visit(Step::Text(data.xml10_content().into_owned()))?,
            Event::GeneralRef(reference) => {
                let known = quick_xml::escape::resolve_predefined_entity(reference.as_ref()).map(str::to_owned);
                let character = || reference.resolve_char_ref().ok().flatten().map(String::from);
                visit(Step::Text(known.or_else(character).unwrap_or_default()))?;
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Resolves Excel's `_xHHHH_` escapes (ECMA-376-1, 22.9.2.19), which stand for characters that XML cannot hold.
pub(crate) fn without_escapes(text: &str) -> String {
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, after) = rest.split_at(at);
        units.extend(before.encode_utf16());
        let digits = after.get(2..6).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let escaped = digits.filter(|_| after.get(6..7) == Some("_")).and_then(|d| u16::from_str_radix(d, 16).ok());
        let taken = if let Some(unit) = escaped {
            units.push(unit);
            7
        } else {
            units.extend("_x".encode_utf16());
            2
        };
        rest = after.get(taken..).unwrap_or_default();
    }
    units.extend(rest.encode_utf16());
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_characters_and_other_text_stays() {
        for (text, plain) in [
            ("工_x000D_\n业", "工\r\n业"),
            ("_x005F_x000D_", "_x000D_"),
            ("a_x12", "a_x12"),
            ("_x工业_", "_x工业_"),
            ("_xD83D__xDE00_", "😀"),
        ] {
            assert_eq!(without_escapes(text), plain);
        }
    }
}
