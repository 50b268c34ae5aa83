//! Are these bytes the one spelling of a record? A parser that accepts canonical JSON and nothing else.
//!
//! Refuses white space, unsorted or repeated members, member names outside ASCII, needless escapes, numbers that are not
//! integers within ±(2^53 - 1) in shortest form, nesting beyond 120 levels, and anything after the value. The writer's
//! way (write again and compare) is not used, so that a mistake in it cannot hide here.

use serde_json::{Map, Value};
use std::borrow::Cow;

const INTEGER_MAX: i64 = (1 << 53) - 1;
const DEPTH_MAX: usize = 120;

/// Where canonical bytes stop being canonical.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {what}")]
pub struct NotCanonical {
    /// Offset from the start, in bytes.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// Reads canonical JSON.
pub fn parse(bytes: &[u8]) -> Result<Value, NotCanonical> {
    let text = std::str::from_utf8(bytes).map_err(|e| NotCanonical { at: e.valid_up_to(), what: "not UTF-8" })?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    if reader.at == text.len() { Ok(value) } else { reader.wrong("something after the value") }
}

struct Reader<'t> {
    text: &'t str,
    /// Always on a character boundary.
    at: usize,
}

impl<'t> Reader<'t> {
    fn wrong<T>(&self, what: &'static str) -> Result<T, NotCanonical> {
        Err(NotCanonical { at: self.at, what })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, NotCanonical> {
        if !self.rest().starts_with(word) {
            return self.wrong("not a JSON value");
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Result<Value, NotCanonical> {
        if depth > DEPTH_MAX {
            return self.wrong("nested deeper than 120 levels");
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(|text| Value::String(text.into_owned())),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            Some(b'n') => self.word("null", Value::Null),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            _ => self.wrong("not a JSON value"),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, NotCanonical> {
        self.at += 1;
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            if !self.take(b',') {
                return self.wrong("neither `,` nor `]` after an item");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, NotCanonical> {
        self.at += 1;
        let mut members = Map::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        let mut last: Option<Cow<'t, str>> = None;
        loop {
            if self.peek() != Some(b'"') {
                return self.wrong("no member name");
            }
            let name = self.string()?;
            if !name.is_ascii() {
                return self.wrong("a member name outside ASCII");
            }
            if last.as_ref().is_some_and(|last| *last >= name) {
                return self.wrong("member names not in ascending order");
            }
            if !self.take(b':') {
                return self.wrong("no `:` after a member name");
            }
            let value = self.value(depth + 1)?;
            members.insert(name.clone().into_owned(), value);
            last = Some(name);
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return self.wrong("neither `,` nor `}` after a member");
            }
        }
    }

    fn integer(&mut self) -> Result<Value, NotCanonical> {
        let rest = self.rest();
        let sign = usize::from(rest.starts_with('-'));
        let digits = rest.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
        let written = rest.get(..sign + digits).unwrap_or_default();
        let Ok(number) = written.parse::<i64>() else { return self.wrong("not an integer that records hold") };
        if !(-INTEGER_MAX..=INTEGER_MAX).contains(&number) {
            return self.wrong("an integer that some readers would round");
        }
        let leading_zero = digits > 1 && written.trim_start_matches('-').starts_with('0');
        if leading_zero || (sign == 1 && number == 0) {
            return self.wrong("an integer not in its shortest form");
        }
        self.at += written.len();
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return self.wrong("a number with a fraction or an exponent");
        }
        Ok(Value::from(number))
    }

    /// Reads a string; without escapes, as nearly all are, it is a slice of the input.
    fn string(&mut self) -> Result<Cow<'t, str>, NotCanonical> {
        self.at += 1;
        let mut text = Cow::Borrowed("");
        loop {
            let rest = self.rest();
            let Some(plain) = rest.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') else {
                return self.wrong("a string without end");
            };
            text += rest.get(..plain).unwrap_or_default();
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.to_mut().push(self.escape()?),
                _ => return self.wrong("a control character that is not escaped"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, NotCanonical> {
        self.at += 1;
        let short = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'b') => '\u{8}',
            Some(b't') => '\t',
            Some(b'n') => '\n',
            Some(b'f') => '\u{c}',
            Some(b'r') => '\r',
            Some(b'u') => return self.long_escape(),
            _ => return self.wrong("an escape that RFC 8785 does not use"),
        };
        self.at += 1;
        Ok(short)
    }

    /// Only control characters without a short escape are written with four digits, and those in lower case.
    fn long_escape(&mut self) -> Result<char, NotCanonical> {
        let digits = self.rest().get(1..5).filter(|digits| {
            digits.starts_with("00")
                && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        });
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) if code < 0x20 && !matches!(code, 0x08..=0x0a | 0x0c | 0x0d) => {
                self.at += 5;
                Ok(char::from(code))
            }
            _ => self.wrong("an escape that RFC 8785 does not use"),
        }
    }
}

/// Writes what [`parse`] read (and was then patched) back; the value holds nothing that canonical JSON cannot.
pub(crate) fn write(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_into(&mut out, value);
    out
}

fn write_into(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => write_text(out, text),
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                out.extend((at > 0).then_some(b','));
                write_into(out, item);
            }
            out.push(b']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            out.push(b'{');
            for (at, (name, member)) in sorted.into_iter().enumerate() {
                out.extend((at > 0).then_some(b','));
                write_text(out, name);
                out.push(b':');
                write_into(out, member);
            }
            out.push(b'}');
        }
        // Integers and words.
        simple => out.extend_from_slice(simple.to_string().as_bytes()),
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    if text.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        // Where something is to be escaped, the JSON library writes the same bytes as RFC 8785 asks for.
        out.extend_from_slice(Value::from(text).to_string().as_bytes());
    } else {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    }
}
