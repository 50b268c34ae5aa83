//! Is this a unified social credit code (统一社会信用代码)? GB 32100-2015, clause 4 and the check digit of annex A.
//!
//! Eighteen characters out of 31 (digits and capitals without I, O, S, V, Z): registration department, kind, six
//! digits of division, nine of the subject code, one check digit. Refuses a wrong length, a character outside the
//! 31 and a wrong check digit. It does not check the inner digit of GB 11714 nor the tables of departments and
//! divisions: those tables change, and a register must take the codes that registrars have really issued.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{is_blank, narrow};

/// The 31 characters in the order of their values 0 to 30 (GB 32100-2015, table 2).
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const MODULUS: u32 = 31;
const LENGTH: usize = 18;

/// A unified social credit code in canonical form: 18 capitals and digits whose check digit is right.
///
/// INVARIANT(credit-code): only [`check`] and [`complete`] build one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode(String);

impl CreditCode {
    /// Gives the 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the six characters of the division (positions 3 to 8) whose registrar issued the code.
    pub fn division(&self) -> &str {
        self.0.get(2..8).unwrap_or_default()
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<CreditCode> for String {
    fn from(code: CreditCode) -> Self {
        code.0
    }
}

impl TryFrom<String> for CreditCode {
    type Error = CreditCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        check(&text)
    }
}

impl std::str::FromStr for CreditCode {
    type Err = CreditCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check(text)
    }
}

/// What keeps a text from being a credit code. `Display` is English; [`CreditCodeError::zh`] is Chinese.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// Nothing is written.
    #[error("the credit code is missing")]
    Missing,
    /// Fifteen digits: the business licence number used before October 2015.
    #[error("this is a business licence number of the old kind (15 digits); write the credit code of 18 characters")]
    OldLicence,
    /// Eight characters and a check character: the organisation code used before October 2015.
    #[error("this is an organisation code of the old kind (9 characters); write the credit code of 18 characters")]
    OldOrganisation,
    /// Not eighteen characters.
    #[error("a credit code has 18 characters, this one has {found}")]
    Length {
        /// How many characters there are, blanks and hyphens not counted.
        found: usize,
    },
    /// A character that the standard leaves out because it is easily misread.
    #[error(
        "character {position} is `{found}`: credit codes never contain I, O, S, V or Z; perhaps `{meant}` is meant"
    )]
    Misread {
        /// Counted from 1.
        position: usize,
        /// The character found.
        found: char,
        /// The character it is usually mistaken for.
        meant: char,
    },
    /// A character outside digits and capitals.
    #[error("character {position} is `{found}`: only digits and capital letters are allowed")]
    Character {
        /// Counted from 1.
        position: usize,
        /// The character found.
        found: char,
    },
    /// The eighteenth character does not follow from the seventeen before it.
    #[error(
        "the check digit is wrong: the first 17 characters call for `{expected}`, the last is `{found}`; one of the 18 is mistyped"
    )]
    CheckDigit {
        /// The check digit that the first 17 characters call for.
        expected: char,
        /// The last character found.
        found: char,
    },
}

impl CreditCodeError {
    /// Says in Chinese what is wrong and what to do.
    pub fn zh(&self) -> String {
        match self {
            Self::Missing => "未填写统一社会信用代码".into(),
            Self::OldLicence => "这是旧的15位营业执照注册号，请填写18位统一社会信用代码".into(),
            Self::OldOrganisation => "这是旧的9位组织机构代码，请填写18位统一社会信用代码".into(),
            Self::Length { found } => format!("统一社会信用代码应为18位，这里是{found}位"),
            Self::Misread { position, found, meant } => {
                format!("第{position}位是“{found}”：统一社会信用代码不使用字母I、O、S、V、Z，可能应为“{meant}”")
            }
            Self::Character { position, found } => format!("第{position}位是“{found}”：只能是数字和大写字母"),
            Self::CheckDigit { expected, found } => {
                format!("校验码不对：按前17位应为“{expected}”，实际是“{found}”，18位中有写错的，请核对营业执照")
            }
        }
    }

    /// Says in English what is wrong and what to do.
    pub fn en(&self) -> String {
        self.to_string()
    }
}

/// Checks a credit code and gives its canonical form.
///
/// Full-width forms, small letters, blanks, invisible marks and hyphens are forgiven: they do not change which code is
/// meant. Refuses everything else that is not exactly a code; a misread letter is named, never replaced.
///
/// ```
/// use guiju_kernel::validate::credit_code;
/// assert_eq!(credit_code::check("９1350100m000100y43")?.as_str(), "91350100M000100Y43");
/// assert!(credit_code::check("91350100M000100Y44").is_err());
/// # Ok::<(), credit_code::CreditCodeError>(())
/// ```
pub fn check(text: &str) -> Result<CreditCode, CreditCodeError> {
    let code = canonical(text);
    let length = code.chars().count();
    match length {
        0 => return Err(CreditCodeError::Missing),
        15 if code.chars().all(|c| c.is_ascii_digit()) => return Err(CreditCodeError::OldLicence),
        9 if code.chars().all(|c| c.is_ascii_alphanumeric()) => return Err(CreditCodeError::OldOrganisation),
        LENGTH => {}
        found => return Err(CreditCodeError::Length { found }),
    }
    if let Some((at, found)) = code.chars().enumerate().find(|(_, c)| value(*c).is_none()) {
        return Err(stray(at + 1, found));
    }
    let Some((expected, found)) = check_digit(&code).zip(code.chars().last()) else {
        return Err(CreditCodeError::Length { found: length });
    };
    if expected == found { Ok(CreditCode(code)) } else { Err(CreditCodeError::CheckDigit { expected, found }) }
}

/// Adds the check digit to the first 17 characters; `None` when they are not 17 characters of the alphabet.
///
/// Demonstrations and tests make codes of firms that do not exist with this.
pub fn complete(first_17: &str) -> Option<CreditCode> {
    if first_17.chars().count() != LENGTH - 1 {
        return None;
    }
    let last = check_digit(first_17)?;
    Some(CreditCode(format!("{first_17}{last}")))
}

/// Computes C18 = 31 - (sum of Ci x Wi mod 31), with Wi = 3^(i-1) mod 31 and 31 written as 0 (GB 32100-2015, annex A).
fn check_digit(code: &str) -> Option<char> {
    let mut weight = 1;
    let mut sum = 0;
    for c in code.chars().take(LENGTH - 1) {
        sum = (sum + value(c)? * weight) % MODULUS;
        weight = weight * 3 % MODULUS;
    }
    let at = (MODULUS - sum) % MODULUS;
    ALPHABET.chars().nth(at as usize)
}

fn value(c: char) -> Option<u32> {
    ALPHABET.chars().position(|a| a == c).and_then(|at| u32::try_from(at).ok())
}

fn canonical(text: &str) -> String {
    text.chars()
        .map(narrow)
        .filter(|c| !is_blank(*c) && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}'))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn stray(position: usize, found: char) -> CreditCodeError {
    let meant = match found {
        'I' => '1',
        'O' => '0',
        'S' => '5',
        'V' => 'U',
        'Z' => '2',
        _ => return CreditCodeError::Character { position, found },
    };
    CreditCodeError::Misread { position, found, meant }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that GB 32100-2015 itself works through.
    const STANDARD: &str = "91350100M000100Y43";

    #[test]
    fn the_example_of_the_standard_passes() {
        assert_eq!(check(STANDARD).unwrap().as_str(), STANDARD);
        assert_eq!(check(STANDARD).unwrap().division(), "350100");
        assert_eq!(complete(&STANDARD[..17]).unwrap().as_str(), STANDARD);
    }

    #[test]
    fn the_form_is_forgiven_but_not_the_content() {
        for text in [
            "９１３５０１００Ｍ０００１００Ｙ４３",
            " 91350100 m000100y4-3\u{200B}",
            "\u{FEFF}91350100M000100Y43\u{A0}",
        ] {
            assert_eq!(check(text).unwrap().as_str(), STANDARD, "{text:?}");
        }
        assert_eq!(check(" \u{3000}"), Err(CreditCodeError::Missing));
        assert_eq!(check("91350100M000100Y4"), Err(CreditCodeError::Length { found: 17 }));
        assert_eq!(check("350100123456789"), Err(CreditCodeError::OldLicence));
        assert_eq!(check("M000100Y-4"), Err(CreditCodeError::OldOrganisation));
        let misread = CreditCodeError::Misread { position: 7, found: 'O', meant: '0' };
        assert_eq!(check("913501O0M000100Y43"), Err(misread));
        assert_eq!(check("91350100M00010市Y4"), Err(CreditCodeError::Length { found: 17 }));
        assert_eq!(check("91350100M00010市Y43"), Err(CreditCodeError::Character { position: 15, found: '市' }));
        let wrong = CreditCodeError::CheckDigit { expected: '3', found: '4' };
        assert_eq!(check("91350100M000100Y44"), Err(wrong));
    }

    /// 31 is prime and no weight is 0, so that each single slip and each swap of neighbours must be noticed.
    #[test]
    fn every_single_slip_and_every_swap_of_neighbours_is_caught() {
        let code: Vec<char> = STANDARD.chars().collect();
        for at in 0..LENGTH {
            for other in ALPHABET.chars().filter(|c| *c != code[at]) {
                let mut slip = code.clone();
                slip[at] = other;
                assert!(check(&slip.iter().collect::<String>()).is_err(), "position {at}, `{other}`");
            }
            if at + 1 < LENGTH && code[at] != code[at + 1] {
                let mut swap = code.clone();
                swap.swap(at, at + 1);
                assert!(check(&swap.iter().collect::<String>()).is_err(), "swap at {at}");
            }
        }
    }

    #[test]
    fn each_of_the_31_check_digits_can_be_reached() {
        let mut seen: Vec<char> = (0..ALPHABET.len() * 4)
            .filter_map(|n| complete(&format!("9135010000000{n:04}")))
            .filter_map(|code| code.as_str().chars().last())
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 31);
    }

    #[test]
    fn a_code_read_from_data_is_checked_too() {
        assert!(serde_json::from_str::<CreditCode>("\"91350100M000100Y43\"").is_ok());
        assert!(serde_json::from_str::<CreditCode>("\"91350100M000100Y40\"").is_err());
        assert_eq!(serde_json::to_string(&check(STANDARD).unwrap()).unwrap(), "\"91350100M000100Y43\"");
    }
}
