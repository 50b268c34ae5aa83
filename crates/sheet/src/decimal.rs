//! Which number do these digits write, exactly?
//!
//! Money and dates must not pass through floating point. A decimal is an integer and a place for its point; refuses
//! what has more than 30 digits, which no bureau counts in. Excel itself keeps 15 significant digits: what a formula
//! leaves behind them (0.30000000000000004) is noise that [`Decimal::as_shown`] takes away.

use std::fmt;

/// Excel keeps this many significant digits of a number and shows no more.
pub(crate) const EXCEL_DIGITS: u32 = 15;
const DIGITS_MAX: usize = 30;

/// An exact decimal number: `mantissa` divided by ten `scale` times, without trailing zeros behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

impl Decimal {
    /// Reads digits with an optional sign, point and exponent (`-1234.50`, `1.38E+10`); nothing else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, number) = match number.strip_prefix(['-', '+']) {
            Some(rest) => (number.starts_with('-'), rest),
            None => (false, number),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let digits: String = whole.chars().chain(part.chars()).collect();
        if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) || exponent.unsigned_abs() > 400 {
            return None;
        }
        let significant = digits.trim_start_matches('0').trim_end_matches('0');
        if significant.len() > DIGITS_MAX {
            return None;
        }
        if significant.is_empty() {
            return Some(Self { mantissa: 0, scale: 0 });
        }
        let dropped = digits.trim_start_matches('0').len() - significant.len();
        // value = significant x 10^(dropped - |part| + exponent)
        let power = i32::try_from(dropped).ok()? - i32::try_from(part.len()).ok()? + exponent;
        let mantissa: i128 = significant.parse().ok()?;
        let signed = if negative { -mantissa } else { mantissa };
        if power <= 0 {
            return Some(Self { mantissa: signed, scale: power.unsigned_abs() });
        }
        let room = i32::try_from(DIGITS_MAX).ok()? - i32::try_from(significant.len()).ok()?;
        if power > room {
            return None;
        }
        Some(Self { mantissa: signed.checked_mul(10_i128.checked_pow(power.unsigned_abs())?)?, scale: 0 })
    }

    /// Counts the significant digits: from the first that is not zero to the last that is not zero.
    pub(crate) fn significant(&self) -> u32 {
        let digits = self.mantissa.unsigned_abs().to_string();
        u32::try_from(digits.trim_end_matches('0').len()).unwrap_or(u32::MAX)
    }

    /// Rounds to the 15 significant digits that Excel keeps and shows (half away from zero).
    pub(crate) fn as_shown(&self) -> Self {
        let digits = self.mantissa.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
        let Some(extra) = digits.checked_sub(EXCEL_DIGITS).filter(|extra| *extra > 0) else {
            return *self;
        };
        let step = 10_i128.pow(extra);
        let half = if self.mantissa < 0 { -step / 2 } else { step / 2 };
        let rounded = (self.mantissa + half) / step;
        if extra <= self.scale {
            Self { mantissa: rounded, scale: self.scale - extra }.trimmed()
        } else {
            Self { mantissa: rounded * 10_i128.pow(extra - self.scale), scale: 0 }
        }
    }

    /// Multiplies by ten `places` times; `None` when a fraction would be left or the number grows too large.
    pub(crate) fn times_ten_whole(&self, places: u32) -> Option<i128> {
        if places >= self.scale {
            return self.mantissa.checked_mul(10_i128.checked_pow(places - self.scale)?);
        }
        None
    }

    /// Gives the whole number, if it is one.
    pub(crate) fn whole(&self) -> Option<i128> {
        self.times_ten_whole(0)
    }

    /// Splits into the whole number below and the fraction above it, in units of 1/`per`, rounded to the nearest.
    pub(crate) fn whole_and_rest(&self, per: i128) -> Option<(i128, i128)> {
        if self.scale > 30 {
            return Some((if self.mantissa < 0 { -1 } else { 0 }, if self.mantissa < 0 { per } else { 0 }));
        }
        let unit = 10_i128.checked_pow(self.scale)?;
        let whole = self.mantissa.div_euclid(unit);
        let rest = self.mantissa.rem_euclid(unit).checked_mul(per)?.checked_add(unit / 2)? / unit;
        Some((whole, rest))
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.mantissa < 0
    }

    fn trimmed(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Self {
        Self { mantissa: whole.into(), scale: 0 }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mantissa < 0 {
            f.write_str("-")?;
        }
        let digits = self.mantissa.unsigned_abs().to_string();
        let scale = self.scale as usize;
        if scale == 0 {
            return f.write_str(&digits);
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, part) = padded.split_at(padded.len() - scale);
        write!(f, "{whole}.{part}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_exactly_and_written_plainly() {
        for (text, plain) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("007", "7"),
            ("1234.50", "1234.5"),
            ("1.38E+10", "13800000000"),
            ("1.3800138000E10", "13800138000"),
            ("-1E-3", "-0.001"),
            (".5", "0.5"),
            ("5.", "5"),
            ("100000000000000000000000000000", "100000000000000000000000000000"),
            ("1e-400", &format!("0.{}1", "0".repeat(399))),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), plain, "{text}");
        }
        for text in ["", ".", "-", "1,000", "1e", "e5", "1e99", "NaN", "1.2.3", "１", "1234567890123456789012345678901"]
        {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_noise_of_formulas_behind_15_digits_goes() {
        for (stored, shown) in [
            ("0.30000000000000004", "0.3"),
            ("123456.00000000001", "123456"),
            ("-2.4999999999999996", "-2.5"),
            ("1234567890123456", "1234567890123460"),
            ("123456789012345", "123456789012345"),
        ] {
            assert_eq!(Decimal::parse(stored).unwrap().as_shown().to_string(), shown);
        }
    }

    #[test]
    fn fractions_of_a_day_round_to_seconds() {
        let half = Decimal::parse("45293.5").unwrap();
        assert_eq!(half.whole_and_rest(86_400), Some((45_293, 43_200)));
        assert_eq!(Decimal::parse("0.99999999999").unwrap().whole_and_rest(86_400), Some((0, 86_400)));
        assert_eq!(Decimal::parse("1e-300").unwrap().whole_and_rest(86_400), Some((0, 0)));
    }
}
