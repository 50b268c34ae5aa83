//! Rust source cut up just far enough for house rules: what is code, where functions begin and end, what is only for tests.
//!
//! No parser: it knows comments, literals and brackets, which is all that the rules need, and builds in a second.

/// The source with every comment and the inside of every literal turned into spaces; line breaks stay where they are.
pub fn code_only(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest, out.chars().next_back());
        if length == 0 {
            out.push(first);
            rest = rest.strip_prefix(first).unwrap_or_default();
        } else {
            let (hidden, after) = rest.split_at(length);
            out.extend(hidden.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = after;
        }
    }
    out
}

/// The length in bytes of the comment or literal that begins here; 0 if none does.
fn skipped(rest: &str, before: Option<char>) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if rest.starts_with('"') {
        return 1 + quoted(rest.get(1..).unwrap_or_default(), '"');
    }
    if rest.starts_with('\'') {
        return character(rest);
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if in_word { 0 } else { raw_string(rest) }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0usize);
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Length up to and with the closing quote; a backslash hides the character after it.
fn quoted(inside: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    inside.len()
}

/// `'x'` and `'\n'` are literals, `'name` is a lifetime.
fn character(rest: &str) -> usize {
    let inside = rest.get(1..).unwrap_or_default();
    let mut chars = inside.chars();
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => 1 + quoted(inside, '\''),
        (Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 0,
    }
}

/// `r"…"`, `r#"…"#`, also with `b` or `c` before the `r`.
fn raw_string(rest: &str) -> usize {
    let prefix = ["r", "br", "cr"]
        .into_iter()
        .find(|p| rest.strip_prefix(p).is_some_and(|tail| tail.trim_start_matches('#').starts_with('"')));
    let Some(prefix) = prefix else { return 0 };
    let tail = rest.get(prefix.len()..).unwrap_or_default();
    let hashes = tail.chars().take_while(|c| *c == '#').count();
    let open = prefix.len() + hashes + 1;
    let close = format!("\"{}", "#".repeat(hashes));
    rest.get(open..).and_then(|body| body.find(&close)).map_or(rest.len(), |at| open + at + close.len())
}

/// A function's name and its lines, 1 for the first, the closing brace included.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub first: usize,
    pub last: usize,
}

/// Every function with a body, nested ones too. Takes what [`code_only`] made.
pub fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let before = code.get(..at).unwrap_or_default();
        if before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let after = code.get(at + 3..).unwrap_or_default();
        let name: String = after.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if name.is_empty() {
            continue;
        }
        if let Some(length) = body_end(after) {
            let first = before.matches('\n').count() + 1;
            let last = first + after.get(..length).unwrap_or_default().matches('\n').count();
            found.push(Function { name, first, last });
        }
    }
    found
}

/// Where the block that begins after this text's first signature or head ends; `None` if a `;` comes first.
fn body_end(after: &str) -> Option<usize> {
    let (mut brackets, mut braces) = (0i32, 0i32);
    for (at, c) in after.char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces == 0 {
                    return Some(at);
                }
            }
            ';' if brackets == 0 && braces == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The code without what stands under `#[cfg(test)]`: those lines become empty, so that numbers stay right.
pub fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(at) = out.find("#[cfg(test)]") {
        let tail = out.get(at..).unwrap_or_default();
        let skip = "#[cfg(test)]".len();
        let after = tail.get(skip..).unwrap_or_default();
        let end = body_end(after).unwrap_or_else(|| after.find(';').unwrap_or(0)) + skip + 1;
        let hidden: String =
            tail.get(..end).unwrap_or(tail).chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        let rest = tail.get(end..).unwrap_or_default().to_owned();
        out.truncate(at);
        out.push_str(&hidden);
        out.push_str(&rest);
    }
    out
}

/// Whether the file is part of a program rather than of its tests, benches or examples.
pub fn is_shipped(path: &str) -> bool {
    path.ends_with(".rs") && !["/tests/", "/benches/", "/examples/", "/tests.rs"].iter().any(|part| path.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_not_code_and_lines_stay() {
        let source = "let a = \"fn x() {\"; // }\nlet b = r#\"}\"#; /* { /* { */ } */ let c: &'a str = '{';\n";
        let code = code_only(source);
        assert!(!code.contains(['{', '}']), "{code}");
        assert_eq!(code.matches('\n').count(), 2);
        assert!(code.contains("let c: &'a str ="), "{code}");
    }

    #[test]
    fn an_escaped_quote_does_not_end_a_literal() {
        let code = code_only(r#"call("a\"b{", '\'', '\\', b'\n'); end"#);
        assert!(code.ends_with("); end") && !code.contains('{'), "{code}");
    }

    #[test]
    fn functions_are_measured_to_their_closing_brace() {
        let code = code_only("fn one(a: [u8; 2]) -> u8 {\n  { 1 }\n}\ntrait T {\n fn two();\n}\ntype F = fn(u8);\n");
        assert_eq!(functions(&code), [Function { name: "one".into(), first: 1, last: 3 }]);
    }

    #[test]
    fn what_is_only_for_tests_is_left_out_and_lines_stay() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\n#[cfg(test)]\nmod more;\nfn c() {}\n";
        let left = without_tests(code);
        assert!(!left.contains("fn b") && left.contains("fn c"), "{left}");
        assert_eq!(left.matches('\n').count(), code.matches('\n').count());
    }
}
