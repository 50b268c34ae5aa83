//! How is Chinese and mixed text cut into tokens that two different search engines index alike?
//!
//! Chinese is written without spaces, so a run of Han characters becomes overlapping pairs (工信局: 工信, 信局) and,
//! at its end, the last character alone. Every character thus begins exactly one token: two or more characters are
//! found as a phrase of pairs, a single one as the beginning of a token, and words never meet across a comma.
//! Latin words, numbers and codes are kept whole and found by their beginning.
//!
//! Tokens are written in ASCII, `h` and four letters a to p for each Han character (the hexadecimal digits of its code
//! point), `w` and the word itself for ASCII words, `u` and the same letters for other scripts. Why: what counts as a
//! letter differs between SQLite's `unicode61` table and PostgreSQL's parser, which asks the locale of the database; a
//! token of ASCII letters and digits that begins with a letter is one token for both, in every locale (ADR 0030).

use crate::fold::fold;

/// A word longer than this is cut, when indexed and when asked for, so that no engine's limit is met (characters).
const WORD_CHARS_MAX: usize = 64;

/// What is asked of the index: every term must be found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchQuery {
    /// All of these, in any order and at any distance.
    pub terms: Vec<Term>,
}

/// One thing to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// These tokens, each directly behind the one before it.
    Phrase(Vec<String>),
    /// A token that begins like this.
    Prefix(String),
}

impl SearchQuery {
    /// Tells whether nothing searchable was asked (only punctuation, say). Such a query finds nothing.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Writes the query for an FTS5 `MATCH`. Tokens hold letters and digits only, so that nothing can be injected.
    pub fn to_fts5(&self) -> String {
        let term = |term: &Term| match term {
            Term::Phrase(tokens) => format!("\"{}\"", tokens.join(" ")),
            Term::Prefix(token) => format!("{token}*"),
        };
        self.terms.iter().map(term).collect::<Vec<_>>().join(" AND ")
    }

    /// Writes the query for PostgreSQL's `to_tsquery('simple', …)`.
    pub fn to_tsquery(&self) -> String {
        let term = |term: &Term| match term {
            Term::Phrase(tokens) => format!("({})", tokens.join(" <-> ")),
            Term::Prefix(token) => format!("{token}:*"),
        };
        self.terms.iter().map(term).collect::<Vec<_>>().join(" & ")
    }
}

/// Cuts the Han runs of a text into overlapping pairs, as people read them; a run of one character is given alone.
///
/// ```
/// assert_eq!(guiju_text::bigrams("工信局，办"), ["工信", "信局", "办"]);
/// ```
pub fn bigrams(text: &str) -> Vec<String> {
    let mut pairs = Vec::new();
    for run in runs(&fold(text)) {
        if let Run::Han(characters) = run {
            if let [single] = characters.as_slice() {
                pairs.push(single.to_string());
            }
            pairs.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
        }
    }
    pairs
}

/// Gives the tokens under which a text is indexed, in reading order.
pub fn search_tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for run in runs(&fold(text)) {
        match run {
            Run::Han(characters) => {
                tokens.extend(characters.windows(2).map(han_token));
                tokens.extend(characters.last().map(|c| han_token(&[*c])));
            }
            Run::Word(word) => tokens.push(word_token(&word)),
        }
    }
    tokens
}

/// Gives the tokens of a text joined by spaces: what the store hands to FTS5 or to `to_tsvector('simple', …)`.
pub fn index_text(text: &str) -> String {
    search_tokens(text).join(" ")
}

/// Cuts what a person typed into the search box into terms that [`search_tokens`] can meet.
///
/// Several Han characters in a row are one phrase; a single one, a word, a number or the first digits of a code are
/// found by their beginning.
pub fn query_tokens(text: &str) -> SearchQuery {
    let mut terms = Vec::new();
    for run in runs(&fold(text)) {
        let term = match run {
            Run::Han(characters) if characters.len() > 1 => {
                Term::Phrase(characters.windows(2).map(han_token).collect())
            }
            Run::Han(characters) => Term::Prefix(han_token(&characters)),
            Run::Word(word) => Term::Prefix(word_token(&word)),
        };
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    SearchQuery { terms }
}

enum Run {
    Han(Vec<char>),
    Word(String),
}

/// Splits folded text into runs of Han characters and words of letters and digits; everything else separates.
fn runs(folded: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    for c in folded.chars().map(Some).chain([None]) {
        match (runs.last_mut(), c) {
            (Some(Some(Run::Han(characters))), Some(c)) if is_han(c) => characters.push(c),
            (Some(Some(Run::Word(word))), Some(c)) if is_word(c) => word.push(c),
            (_, Some(c)) if is_han(c) => runs.push(Some(Run::Han(vec![c]))),
            (_, Some(c)) if is_word(c) => runs.push(Some(Run::Word(c.to_string()))),
            _ => runs.push(None),
        }
    }
    runs.into_iter().flatten().collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !is_han(c)
}

/// Tells whether a character is a Han ideograph: the unified blocks, extensions A to J, compatibility forms that NFKC
/// leaves, 〇 and 々.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

fn han_token(characters: &[char]) -> String {
    encoded('h', characters.iter().copied())
}

fn word_token(word: &str) -> String {
    let cut = word.chars().take(WORD_CHARS_MAX);
    if word.is_ascii() { format!("w{}", cut.collect::<String>()) } else { encoded('u', cut) }
}

/// Writes each character as four letters; those beyond U+FFFF as `q` and five, so that no two texts share a token.
fn encoded(kind: char, characters: impl Iterator<Item = char>) -> String {
    let mut token = String::from(kind);
    for c in characters {
        let code = u32::from(c);
        let places = if code > 0xFFFF { 5 } else { 4 };
        if places == 5 {
            token.push('q');
        }
        token.extend((0..places).rev().map(|place| nibble_letter(code >> (4 * place))));
    }
    token
}

fn nibble_letter(nibble: u32) -> char {
    char::from_u32(u32::from(b'a') + (nibble & 0xF)).unwrap_or('a')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_overlap_and_never_reach_over_punctuation() {
        assert_eq!(bigrams("市工信局，办5G基站"), ["市工", "工信", "信局", "办", "基站"]);
        assert_eq!(bigrams("5G, OK."), Vec::<String>::new());
    }

    #[test]
    fn every_han_character_begins_exactly_one_token() {
        assert_eq!(search_tokens("工信局").len(), 3);
        // 工 is U+5DE5 and 信 U+4FE1: 5DE5 is written fnof, 4FE1 epob.
        assert_eq!(index_text("工信"), "hfnofepob hepob");
        assert_eq!(search_tokens("工、信").len(), 2);
    }

    #[test]
    fn tokens_are_ascii_and_begin_with_a_letter() {
        for token in search_tokens("𠮷野家 5G基站 ＧＢ３２１００ été Ω-3 91350100M000100Y43 1e5 0x1f -7.5")
        {
            assert!(token.starts_with(|c: char| c.is_ascii_lowercase()), "{token}");
            assert!(token.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{token}");
        }
    }

    #[test]
    fn different_words_never_share_a_token() {
        let words = ["工", "信", "hfnof", "wa", "a", "ua", "𠮷", "été", "ete", "5", "０5", "05"];
        let mut tokens: Vec<_> = words.iter().flat_map(|word| search_tokens(word)).collect();
        tokens.sort();
        tokens.dedup();
        // ０5 and 05 are one word written twice.
        assert_eq!(tokens.len(), words.len() - 1);
    }

    #[test]
    fn a_query_is_a_phrase_of_pairs_and_a_word_by_its_beginning() {
        let query = query_tokens("工信局 9135");
        assert_eq!(query.terms.len(), 2);
        assert!(matches!(query.terms.first(), Some(Term::Phrase(pairs)) if pairs.len() == 2));
        assert_eq!(query.terms.get(1), Some(&Term::Prefix("w9135".into())));
        assert!(query_tokens("，。!?").is_empty());
        assert_eq!(query_tokens("局").to_fts5(), format!("{}*", index_text("局")));
    }
}
