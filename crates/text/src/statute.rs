//! A statute in Markdown, as public law repositories keep it, taken apart into its title and its articles.
//!
//! An article begins with a line `第十七条 …` (bold or not) and goes on until the next article, chapter or heading. Articles are numbered in
//! Arabic digits, inserted ones as `17-1` (第十七条之一). Text before the first article belongs to none. A text without articles
//! (an opinion, a notice) gives none, and one that numbers an article twice is refused: a quotation of it would be ambiguous.

/// One statute as its file tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatuteText {
    pub title: String,
    /// Number and text, in the order of the file; paragraphs are divided by a line feed.
    pub articles: Vec<(String, String)>,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatuteFault {
    /// From 1.
    pub line: usize,
    pub zh: String,
    pub en: String,
}

/// Reads one file.
///
/// # Errors
/// No title, an article without text, a number that cannot be read, or one that comes twice.
pub fn read(text: &str) -> Result<StatuteText, StatuteFault> {
    let fault = |line: usize, zh: String, en: String| Err(StatuteFault { line, zh, en });
    let mut title = None;
    let mut articles: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim().trim_matches('\u{3000}').trim();
        if line.is_empty() || line.starts_with("<!--") {
            continue;
        }
        if let Some(heading) = line.strip_prefix('#') {
            inside = false;
            if title.is_none() {
                title = Some(heading.trim_start_matches('#').trim().to_owned());
            }
            continue;
        }
        match article(line) {
            Some((number, rest)) => {
                let Some(number) = number else {
                    return fault(at + 1, "条号读不出来".to_owned(), "the article's number cannot be read".to_owned());
                };
                if articles.iter().any(|(known, _)| *known == number) {
                    return fault(at + 1, format!("第{number}条出现两次"), format!("article {number} stands twice"));
                }
                articles.push((number, rest.to_owned()));
                inside = true;
            }
            None if inside => {
                if let Some((_, text)) = articles.last_mut() {
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    text.push_str(line);
                }
            }
            None => {}
        }
    }
    let Some(title) = title.filter(|title| !title.is_empty()) else {
        return fault(
            1,
            "没有标题（# 开头的一行）".to_owned(),
            "there is no title (a line that begins with #)".to_owned(),
        );
    };
    match articles.iter().find(|(_, text)| text.is_empty()) {
        Some((number, _)) => fault(1, format!("第{number}条没有内容"), format!("article {number} has no text")),
        None => Ok(StatuteText { title, articles }),
    }
}

/// Whether a line begins an article: its number (none where it cannot be read) and the rest of the line.
fn article(line: &str) -> Option<(Option<String>, &str)> {
    let bold = line.strip_prefix("**");
    let (number, rest) = bold.unwrap_or(line).strip_prefix('第')?.split_once('条')?;
    let counts = |c: char| c.is_ascii_digit() || "〇零一二三四五六七八九十百千".contains(c);
    if number.is_empty() || !number.chars().all(counts) {
        return None;
    }
    let (inserted, rest) = match rest.strip_prefix('之') {
        Some(after) => {
            let end = after.find(|c| !counts(c)).unwrap_or(after.len());
            let (inserted, rest) = after.split_at(end);
            (Some(inserted), rest)
        }
        None => (None, rest),
    };
    let rest = if bold.is_some() { rest.strip_prefix("**").unwrap_or(rest) } else { rest };
    // `第三条规定的…` at the beginning of a line speaks of an article and begins none.
    let parted = rest.is_empty() || rest.starts_with(char::is_whitespace) || bold.is_some();
    if !parted {
        return None;
    }
    let main = number_of(number).map(|n| n.to_string());
    let number = match inserted {
        None => main,
        Some(inserted) => main.zip(number_of(inserted)).map(|(main, inserted)| format!("{main}-{inserted}")),
    };
    Some((number, rest.trim()))
}

/// A whole number below ten thousand in Chinese or Arabic digits.
pub fn number_of(text: &str) -> Option<u32> {
    if text.chars().all(|c| c.is_ascii_digit()) {
        return text.parse().ok();
    }
    let (mut sum, mut digit) = (0u32, None);
    for c in text.chars() {
        let unit = match c {
            '千' => 1000,
            '百' => 100,
            '十' => 10,
            '零' | '〇' => {
                digit = None;
                continue;
            }
            _ => {
                let value = "一二三四五六七八九".chars().position(|known| known == c)?;
                digit = u32::try_from(value + 1).ok();
                continue;
            }
        };
        sum = sum.checked_add(digit.take().unwrap_or(1).checked_mul(unit)?)?;
    }
    sum.checked_add(digit.unwrap_or(0)).filter(|sum| *sum > 0)
}

/// A title reduced to what two ways of writing it share: no country, no brackets and what stands in them, no blanks.
pub fn plain_title(title: &str) -> String {
    let mut depth = 0u32;
    let mut plain = String::new();
    for c in title.chars() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            '《' | '》' => {}
            c if c.is_whitespace() => {}
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain.trim_start_matches("中华人民共和国").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_statutes_write_them() {
        let cases = [
            ("一", 1),
            ("十", 10),
            ("十七", 17),
            ("二十", 20),
            ("九十九", 99),
            ("一百", 100),
            ("一百零三", 103),
            ("一百一十", 110),
            ("一千二百六十", 1260),
            ("8", 8),
        ];
        for (text, number) in cases {
            assert_eq!(number_of(text), Some(number), "{text}");
        }
        assert_eq!(number_of("若干"), None);
        assert_eq!(number_of(""), None);
    }

    #[test]
    fn articles_go_on_until_the_next_one_or_a_heading() {
        let text = "<!-- source -->\n# 某条例（2024年修订）\n\n国务院令\n\n## 第一章 总则\n\n**第一条**　为了甲。\n\n第二款。\n\n第二条 乙，\n第三条规定的情形除外。\n## 第二章\n章下的话\n第二条之一 丙。\n";
        let read = read(text).unwrap();
        assert_eq!(read.title, "某条例（2024年修订）");
        let wanted = [("1", "为了甲。\n第二款。"), ("2", "乙，\n第三条规定的情形除外。"), ("2-1", "丙。")];
        assert_eq!(read.articles, wanted.map(|(number, text)| (number.to_owned(), text.to_owned())));
    }

    #[test]
    fn what_cannot_be_quoted_is_refused_with_its_line() {
        assert_eq!(read("第一条 甲").unwrap_err().line, 1);
        let twice = read("# 法\n第一条 甲\n第一条 乙").unwrap_err();
        assert_eq!((twice.line, twice.zh.as_str()), (3, "第1条出现两次"));
        assert!(read("# 法\n第一条\n第二条 乙").unwrap_err().en.contains("article 1 has no text"));
        assert_eq!(read("# 通知\n各市：\n一、总体要求").unwrap().articles, []);
    }

    #[test]
    fn titles_meet_however_they_are_written() {
        assert_eq!(plain_title("中华人民共和国行政处罚法（2021年修订）"), plain_title("行政处罚法"));
        assert_eq!(plain_title("地面无线电台（站）管理规定"), plain_title("《地面无线电台(站)管理规定》"));
    }
}
