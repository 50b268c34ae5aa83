//! Which writings of one word count as the same when people search?
//!
//! Compatibility forms (NFKC of Unicode annex 15: full-width letters, Kangxi radicals that PDF files put in place of
//! characters, circled numbers) and letter case. Traditional and simplified characters stay apart: which one a name
//! is registered under is a fact.

use unicode_normalization::UnicodeNormalization;

/// Folds a text to the form under which it is indexed and searched: NFKC, lower case, no invisible marks.
pub fn fold(text: &str) -> String {
    text.nfkc().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).nfkc().collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writings_of_one_word_are_one() {
        assert_eq!(fold("ＡＢ１２　Ｃ"), "ab12 c");
        assert_eq!(fold("⼯业"), "工业", "a Kangxi radical out of a PDF");
        assert_eq!(fold("工\u{200B}业\u{FEFF}"), "工业");
        assert_eq!(fold("③"), "3");
        assert_eq!(fold("ÉTÉ"), "été");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["İstanbul", "ﬀ", "㎏", "ǅ", "工业ＡＢ", "Ω"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }
}
