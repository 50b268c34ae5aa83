//! Is this a telephone number that somebody in the office can dial? Mainland numbers as the national numbering plan
//! (《电信网编号计划》) lays them out, in the ways people write them.
//!
//! Takes mobile numbers, land lines with area code and extension, and 400/800 service numbers. Refuses letters, wrong
//! lengths, a land line without its area code (a city platform takes firms of several areas) and two numbers in one
//! field. It says nothing about whether the number is in use.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{is_blank, narrow};

/// What sort of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhoneKind {
    /// Eleven digits from 13 to 19.
    Mobile,
    /// Area code and seven or eight digits.
    LandLine,
    /// Ten digits that begin with 400 or 800.
    Service,
}

/// A telephone number in canonical form: `13800000000`, `0591-83000000`, `0591-83000000-8001` or `4000000000`.
///
/// INVARIANT(phone): only [`check`] builds one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone {
    text: String,
    kind: PhoneKind,
}

impl Phone {
    /// Gives the canonical form.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Tells what sort of number it is.
    pub fn kind(&self) -> PhoneKind {
        self.kind
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.text
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        check(&text)
    }
}

impl std::str::FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check(text)
    }
}

/// What keeps a text from being a telephone number. `Display` is English; [`PhoneError::zh`] is Chinese.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing is written.
    #[error("the telephone number is missing")]
    Missing,
    /// Something that is no digit stands in it.
    #[error("`{found}` is no digit; a telephone number has only digits")]
    Character {
        /// The first such character.
        found: char,
    },
    /// Two numbers stand in one field.
    #[error("there are several numbers; write only one")]
    Several,
    /// A number that begins like a mobile number has not eleven digits.
    #[error("a mobile number has 11 digits, this one has {found}")]
    MobileLength {
        /// How many digits there are.
        found: usize,
    },
    /// No mobile number begins like this.
    #[error("no mobile number begins with `{found}`")]
    MobilePrefix {
        /// The first two digits.
        found: String,
    },
    /// Seven or eight digits without area code.
    #[error("the area code is missing; write for example 0591-{found}")]
    AreaCode {
        /// The number as it stands.
        found: String,
    },
    /// The digits fit no kind of number.
    #[error("{found} digits fit no telephone number: a mobile number has 11, a land line its area code and 7 or 8")]
    Length {
        /// How many digits there are.
        found: usize,
    },
}

impl PhoneError {
    /// Says in Chinese what is wrong and what to do.
    pub fn zh(&self) -> String {
        match self {
            Self::Missing => "未填写电话号码".into(),
            Self::Character { found } => format!("“{found}”不是数字，电话号码只能有数字"),
            Self::Several => "这里有多个号码，请只填一个".into(),
            Self::MobileLength { found } => format!("手机号应为11位，这里是{found}位"),
            Self::MobilePrefix { found } => format!("没有以“{found}”开头的手机号"),
            Self::AreaCode { found } => format!("固定电话缺少区号，请写成如0591-{found}"),
            Self::Length { found } => format!("{found}位数字不是电话号码：手机号11位，固定电话为区号加7或8位"),
        }
    }

    /// Says in English what is wrong and what to do.
    pub fn en(&self) -> String {
        self.to_string()
    }
}

/// Checks a telephone number and gives its canonical form.
///
/// Full-width forms, blanks, hyphens, brackets round the area code and the country code (+86, 0086) are forgiven;
/// extensions are written `转8001`, `ext8001`, `#8001` or `-8001` after the number.
///
/// ```
/// use guiju_kernel::validate::phone;
/// assert_eq!(phone::check("+86 138 0000 0000")?.as_str(), "13800000000");
/// assert_eq!(phone::check("（０５９１）8300 0000转8001")?.as_str(), "0591-83000000-8001");
/// # Ok::<(), phone::PhoneError>(())
/// ```
pub fn check(text: &str) -> Result<Phone, PhoneError> {
    let plain: String = text.chars().map(narrow).filter(|c| !is_blank(*c)).collect();
    if plain.is_empty() {
        return Err(PhoneError::Missing);
    }
    if plain.chars().any(|c| matches!(c, '/' | ',' | ';' | '、' | '或' | '|')) {
        return Err(PhoneError::Several);
    }
    let (number, extension) = split_extension(&plain);
    let digits = match strip_country(number) {
        Some(national) => with_trunk_zero(digits_of(national)?),
        None => digits_of(number)?,
    };
    let extension = extension.map(digits_of).transpose()?.filter(|e| !e.is_empty());
    build(&digits, extension.as_deref())
}

fn build(digits: &str, extension: Option<&str>) -> Result<Phone, PhoneError> {
    let found = digits.len();
    let (text, kind) = match digits.as_bytes() {
        [] => return Err(PhoneError::Missing),
        [b'4' | b'8', b'0', b'0', ..] if found == 10 => (digits.to_owned(), PhoneKind::Service),
        [b'1', second, ..] if found >= 9 => {
            if found == 22 {
                return Err(PhoneError::Several);
            }
            if found != 11 {
                return Err(PhoneError::MobileLength { found });
            }
            if *second < b'3' {
                return Err(PhoneError::MobilePrefix { found: digits.chars().take(2).collect() });
            }
            (digits.to_owned(), PhoneKind::Mobile)
        }
        [b'0', ..] => (land_line(digits)?, PhoneKind::LandLine),
        [b'2'..=b'9', ..] if found == 7 || found == 8 => return Err(PhoneError::AreaCode { found: digits.to_owned() }),
        _ => return Err(PhoneError::Length { found }),
    };
    let text = match extension {
        Some(extension) if kind != PhoneKind::Mobile => format!("{text}-{extension}"),
        Some(_) => return Err(PhoneError::MobileLength { found: found + extension.map_or(0, str::len) }),
        None => text,
    };
    Ok(Phone { text, kind })
}

/// Puts the hyphen behind the area code: 010 and 02x have three digits, the others four.
fn land_line(digits: &str) -> Result<String, PhoneError> {
    let found = digits.len();
    let area = if digits.starts_with("01") || digits.starts_with("02") { 3 } else { 4 };
    match (digits.get(..area), digits.get(area..)) {
        (Some(area), Some(local)) if matches!(local.len(), 7 | 8) && !local.starts_with(['0', '1']) => {
            Ok(format!("{area}-{local}"))
        }
        _ => Err(PhoneError::Length { found }),
    }
}

/// Splits off an extension: after a word or `#`, or after a second hyphen (`0591-83000000-8001`).
fn split_extension(plain: &str) -> (&str, Option<&str>) {
    for mark in ["转", "分机", "ext.", "ext", "EXT", "Ext.", "Ext", "#"] {
        if let Some((number, extension)) = plain.split_once(mark) {
            return (number, Some(extension.trim_start_matches([':', '.'])));
        }
    }
    if plain.starts_with(['0', '(']) || plain.starts_with("+86") {
        let long_enough = |head: &str| (10..=14).contains(&head.chars().filter(char::is_ascii_digit).count());
        if let Some((number, extension)) = plain.rsplit_once('-')
            && long_enough(number)
            && (1..=6).contains(&extension.len())
        {
            return (number, Some(extension));
        }
    }
    (plain, None)
}

/// Gives what follows the country code, when there is one.
fn strip_country(number: &str) -> Option<&str> {
    let bare = number.trim_start_matches('(');
    ["+86", "0086"]
        .iter()
        .find_map(|code| bare.strip_prefix(code))
        .or_else(|| bare.strip_prefix("86").filter(|rest| rest.chars().filter(char::is_ascii_digit).count() == 11))
}

/// Puts back the 0 of the area code, which is left out behind a country code (+86 591 83000000).
fn with_trunk_zero(digits: String) -> String {
    let area_first =
        matches!(digits.as_bytes(), [b'2'..=b'9', ..]) && !digits.starts_with("400") && !digits.starts_with("800");
    if area_first || (digits.starts_with("10") && digits.len() == 10) { format!("0{digits}") } else { digits }
}

fn digits_of(text: &str) -> Result<String, PhoneError> {
    let mut digits = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '-' | '(' | ')' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            found => return Err(PhoneError::Character { found }),
        }
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_however_they_are_written() {
        for (text, canonical, kind) in [
            ("13800000000", "13800000000", PhoneKind::Mobile),
            ("+86 138-0000-0000", "13800000000", PhoneKind::Mobile),
            ("8613800000000", "13800000000", PhoneKind::Mobile),
            ("００８６１３８００００００００", "13800000000", PhoneKind::Mobile),
            ("0591 8300 0000", "0591-83000000", PhoneKind::LandLine),
            ("(010)83000000", "010-83000000", PhoneKind::LandLine),
            ("+86-591-83000000", "0591-83000000", PhoneKind::LandLine),
            ("+86 10 8300 0000", "010-83000000", PhoneKind::LandLine),
            ("0086-0591-83000000", "0591-83000000", PhoneKind::LandLine),
            ("0591-83000000-8001", "0591-83000000-8001", PhoneKind::LandLine),
            ("0591－8300000 转 12", "0591-8300000-12", PhoneKind::LandLine),
            ("400-000-0000", "4000000000", PhoneKind::Service),
        ] {
            let phone = check(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((phone.as_str(), phone.kind()), (canonical, kind), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_dialled_is_refused_with_its_reason() {
        use PhoneError::*;
        for (text, expected) in [
            ("", Missing),
            ("\u{A0}\u{200B}", Missing),
            ("138OOOO0000", Character { found: 'O' }),
            ("联系张三", Character { found: '联' }),
            ("1380000000", MobileLength { found: 10 }),
            ("138000000000", MobileLength { found: 12 }),
            ("12800000000", MobilePrefix { found: "12".into() }),
            ("83000000", AreaCode { found: "83000000".into() }),
            ("13800000000/13900000000", Several),
            ("13800000000 13900000000", Several),
            ("1.38E+10", Character { found: 'E' }),
            ("0591-8300", Length { found: 8 }),
            ("12345", Length { found: 5 }),
        ] {
            assert_eq!(check(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn what_was_checked_once_passes_again_unchanged() {
        for text in ["13800000000", "0591-83000000-8001", "010-83000000", "4000000000", "0591-8300000"] {
            assert_eq!(check(text).unwrap().as_str(), text);
        }
    }
}
