//! Does a text bear a classification mark? Nothing classified may enter (design 1.8).
//!
//! A mark is the level with its term (`机密★10年`), after the word 密级, in brackets, or alone on its line; blanks inside it do
//! not hide it. The words within a sentence are no mark: firms write of 商业秘密 and 保守秘密, and must be able to (ADR 0043).

use serde_json::Value;

const LEVELS: [&str; 3] = ["绝密", "机密", "秘密"];
const STARS: [char; 5] = ['★', '☆', '＊', '*', '✭'];
const BRACKETS: [(char, char); 6] = [('【', '】'), ('〔', '〕'), ('［', '］'), ('[', ']'), ('（', '）'), ('(', ')')];

/// Returns the mark that the value, or a part of it, bears.
pub(super) fn find(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(text) => text.lines().find_map(of_line),
        Value::Array(items) => items.iter().find_map(find),
        Value::Object(members) => members.values().find_map(find),
        _ => None,
    }
}

fn of_line(line: &str) -> Option<&'static str> {
    let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    LEVELS.into_iter().find(|level| line == *level || marked(&line, level))
}

fn marked(line: &str, level: &str) -> bool {
    line.match_indices(level).any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default();
        let after = line.get(at + level.len()..).unwrap_or_default();
        let bracketed = BRACKETS.iter().any(|(open, close)| before.ends_with(*open) && after.starts_with(*close));
        let named = ["密级：", "密级:", "密级"].iter().any(|word| before.ends_with(word));
        after.starts_with(STARS) || bracketed || named
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_mark_is_found_wherever_it_stands() {
        for text in
            ["机密★10年", "标题\n绝 密\n正文", "密级：秘密", "【机密】关于……的通知", "附件 秘密 ☆ 5年", "（绝密）"]
        {
            assert!(find(&json!(text)).is_some(), "{text}");
        }
        assert_eq!(find(&json!(["甲", {"乙": "绝密★"}])), Some("绝密"));
    }

    #[test]
    fn to_speak_of_secrets_is_no_mark() {
        for text in [
            "我司商业秘密被侵犯",
            "请对举报人保守秘密",
            "机密性要求",
            "涉及商业秘密（技术图纸）",
            "秘密级文件应如何报送？",
        ] {
            assert_eq!(find(&json!(text)), None, "{text}");
        }
    }
}
