//! In which language does this page speak? Chinese first, English as a full second language.
//!
//! Every sentence is written as a pair where it is used ([`Lang::say`], [`say!`](crate::say)), so that a missing translation
//! does not compile. Refuses other languages: an unknown `?lang=` keeps Chinese.

use guiju_kernel::procedure::definition::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    /// Reads `zh`, `zh-CN`, `en`, `en-GB` …; anything else is not a language of these pages.
    pub fn parse(text: &str) -> Option<Lang> {
        match text.split(['-', '_']).next()? {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// The value of `<html lang>`.
    pub fn code(self) -> &'static str {
        self.say("zh-CN", "en")
    }

    /// The short form that the cookie and `?lang=` carry.
    pub fn short(self) -> &'static str {
        self.say("zh", "en")
    }

    pub fn other(self) -> Lang {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }

    pub fn is_zh(self) -> bool {
        self == Lang::Zh
    }

    /// Picks one of a pair.
    pub fn say<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Picks from a pack's text; a pack without an English title speaks Chinese rather than saying nothing.
    pub fn text(self, text: &Text) -> &str {
        match self {
            Lang::En if !text.en.is_empty() => &text.en,
            _ => &text.zh,
        }
    }
}

/// Formats one of two sentences: `say!(lang, "共 {n} 件", "{n} cases")`.
#[macro_export]
macro_rules! say {
    ($lang:expr, $zh:literal, $en:literal $(, $($arg:tt)*)?) => {
        match $lang {
            $crate::lang::Lang::Zh => format!($zh $(, $($arg)*)?),
            $crate::lang::Lang::En => format!($en $(, $($arg)*)?),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_without_english_speaks_chinese_instead_of_nothing() {
        let text = Text { zh: "受理".into(), en: String::new() };
        assert_eq!(Lang::En.text(&text), "受理");
        assert_eq!(Lang::parse("en-GB"), Some(Lang::En));
        assert_eq!(Lang::parse("fr"), None);
        let n = 3;
        assert_eq!(say!(Lang::En, "共 {n} 件", "{n} cases"), "3 cases");
    }
}
