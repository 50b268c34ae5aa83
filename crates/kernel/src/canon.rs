//! What are the one and only bytes of a record? RFC 8785 (JSON Canonicalization Scheme), narrowed to what law needs.
//!
//! Refuses floating-point numbers, integers beyond ±(2^53 - 1), member names outside ASCII, and nesting deeper than
//! [`DEPTH_MAX`]. RFC 8785 sorts member names by UTF-16 code units; among ASCII names that order and byte order are the
//! same, which is why other names are refused rather than sorted twice. `docs/formats/ledger.md` holds golden bytes.

use serde_json::{Map, Number, Value};

/// The largest integer that every JSON reader keeps exactly (RFC 7493, section 2.2).
pub const INTEGER_MAX: i64 = (1 << 53) - 1;

/// How deeply arrays and objects may nest; the same bound that `serde_json` reads back.
pub const DEPTH_MAX: usize = 120;

/// Why a value has no canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonError {
    /// A number with a fraction or an exponent, or a negative zero.
    #[error("the number `{0}` is not an integer; records hold integers only, money in fen")]
    NotAnInteger(String),
    /// An integer that some JSON readers would round.
    #[error("the integer `{0}` lies beyond 9007199254740991 on either side of zero")]
    IntegerTooLarge(String),
    /// A member name outside ASCII.
    #[error("the member name `{0}` has a character outside ASCII")]
    NameNotAscii(String),
    /// Arrays and objects inside one another beyond [`DEPTH_MAX`].
    #[error("the record nests deeper than {DEPTH_MAX} levels")]
    TooDeep,
}

/// Writes the canonical bytes of `value` in one pass.
pub fn to_bytes(value: &Value) -> Result<Vec<u8>, CanonError> {
    let mut out = Vec::with_capacity(512);
    write_value(&mut out, value, 0)?;
    Ok(out)
}

/// Appends the canonical bytes of `value` to `out`; on refusal `out` may hold a beginning of them.
pub fn append_bytes(out: &mut Vec<u8>, value: &Value) -> Result<(), CanonError> {
    write_value(out, value, 0)
}

fn write_value(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), CanonError> {
    if depth > DEPTH_MAX {
        return Err(CanonError::TooDeep);
    }
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_integer(out, number)?,
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_value(out, item, depth + 1)?;
            }
            out.push(b']');
        }
        Value::Object(members) => write_object(out, members, depth)?,
    }
    Ok(())
}

fn write_object(out: &mut Vec<u8>, members: &Map<String, Value>, depth: usize) -> Result<(), CanonError> {
    // `serde_json` keeps members in byte order unless some crate of the build turns its `preserve_order` feature on.
    // The check costs one comparison a member and keeps the bytes right in either build.
    if members.keys().is_sorted() {
        write_members(out, members.iter(), depth)
    } else {
        let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
        sorted.sort_by_key(|(name, _)| *name);
        write_members(out, sorted.into_iter(), depth)
    }
}

fn write_members<'v>(
    out: &mut Vec<u8>,
    members: impl Iterator<Item = (&'v String, &'v Value)>,
    depth: usize,
) -> Result<(), CanonError> {
    out.push(b'{');
    for (at, (name, value)) in members.enumerate() {
        if !name.is_ascii() {
            return Err(CanonError::NameNotAscii(name.clone()));
        }
        if at > 0 {
            out.push(b',');
        }
        write_string(out, name);
        out.push(b':');
        write_value(out, value, depth + 1)?;
    }
    out.push(b'}');
    Ok(())
}

fn write_integer(out: &mut Vec<u8>, number: &Number) -> Result<(), CanonError> {
    let Some(integer) = number.as_i64() else {
        return Err(match number.as_u64() {
            Some(_) => CanonError::IntegerTooLarge(number.to_string()),
            None => CanonError::NotAnInteger(number.to_string()),
        });
    };
    if !(-INTEGER_MAX..=INTEGER_MAX).contains(&integer) {
        return Err(CanonError::IntegerTooLarge(number.to_string()));
    }
    out.extend_from_slice(integer.to_string().as_bytes());
    Ok(())
}

/// Copies runs of plain bytes whole and escapes only what RFC 8785, section 3.2.2.2 escapes.
fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((&byte, after)) = special.split_first() else { break };
        write_escape(out, byte);
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        _ => {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}
