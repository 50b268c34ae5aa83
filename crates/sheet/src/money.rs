//! How much money is written here, in fen, exactly?
//!
//! Takes 元, 千元, 万元, 亿元 from the cell, the heading or the sheet (in that order), separators of thousands and the
//! marks ¥ and 人民币. Refuses foreign money, more than 92 quadrillion yuan, and whatever is no whole number of fen: nobody
//! rounds here.

use crate::book::Note;
use crate::decimal::Decimal;

/// The unit in which an amount is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyUnit {
    /// 元.
    Yuan,
    /// 千元.
    Thousand,
    /// 万元.
    TenThousand,
    /// 亿元.
    HundredMillion,
}

impl MoneyUnit {
    const ALL: [(&'static str, MoneyUnit); 8] = [
        ("亿元", MoneyUnit::HundredMillion),
        ("万元", MoneyUnit::TenThousand),
        ("千元", MoneyUnit::Thousand),
        ("亿", MoneyUnit::HundredMillion),
        ("万", MoneyUnit::TenThousand),
        ("圆", MoneyUnit::Yuan),
        ("元", MoneyUnit::Yuan),
        ("rmb", MoneyUnit::Yuan),
    ];

    /// Names the unit as headings do.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Yuan => "元",
            Self::Thousand => "千元",
            Self::TenThousand => "万元",
            Self::HundredMillion => "亿元",
        }
    }

    /// Names the unit in English.
    pub fn en(self) -> &'static str {
        match self {
            Self::Yuan => "yuan",
            Self::Thousand => "thousand yuan",
            Self::TenThousand => "ten thousand yuan",
            Self::HundredMillion => "hundred million yuan",
        }
    }

    /// The unit is ten to this power in fen.
    fn power(self) -> u32 {
        match self {
            Self::Yuan => 2,
            Self::Thousand => 5,
            Self::TenThousand => 6,
            Self::HundredMillion => 10,
        }
    }

    /// Reads a unit that stands alone, as in a heading's brackets: 元, 万元, 人民币万元, but not 万 of something else.
    pub(crate) fn named(bare: &str) -> Option<Self> {
        let name = bare.strip_prefix("人民币").unwrap_or(bare);
        Self::ALL
            .iter()
            .filter(|(known, _)| known.chars().count() > 1 || *known == "元")
            .find(|(known, _)| *known == name)
            .map(|(_, unit)| *unit)
    }

    /// Splits a unit off the end of a heading that has no brackets (`注册资本万元`).
    pub(crate) fn at_end(bare: &str) -> Option<(&str, Self)> {
        Self::ALL
            .iter()
            .filter(|(known, _)| known.ends_with('元'))
            .find_map(|(known, unit)| bare.strip_suffix(known).map(|rest| (rest, *unit)))
    }
}

/// Reads an amount from text; the unit in the text wins over the one given.
pub(crate) fn from_text(bare: &str, unit: MoneyUnit) -> Result<i64, Note> {
    let foreign =
        ["美元", "欧元", "日元", "英镑", "港元", "港币", "澳元", "韩元", "usd", "eur", "hkd", "jpy", "$", "€", "£"];
    if let Some(name) = foreign.iter().find(|name| bare.contains(**name)) {
        return Err(Note::new(
            format!("这里是外币（{name}），请折算成人民币填写"),
            format!("this is foreign money (`{name}`); write the amount in renminbi"),
        ));
    }
    let mut rest = bare;
    for mark in ["人民币", "rmb", "cny", "¥", "￥"] {
        rest = rest.strip_prefix(mark).unwrap_or(rest);
    }
    for mark in ["整", "正", "人民币", "rmb", "cny"] {
        rest = rest.strip_suffix(mark).unwrap_or(rest);
    }
    let (digits, unit) = MoneyUnit::ALL
        .iter()
        .find_map(|(known, unit)| rest.strip_suffix(known).map(|digits| (digits, *unit)))
        .unwrap_or((rest, unit));
    let plain = without_separators(digits).ok_or_else(|| no_amount(bare))?;
    let value = Decimal::parse(&plain).ok_or_else(|| no_amount(bare))?;
    if plain.contains('e') {
        return Err(Note::new(
            format!("“{bare}”是科学计数法，可能已丢失位数，请把单元格设为数值后重新填写"),
            format!(
                "`{bare}` is in scientific notation and may have lost digits; format the cell as a number and type it again"
            ),
        ));
    }
    in_fen(&value, unit)
}

/// Converts an exact amount in a unit to fen.
pub(crate) fn in_fen(value: &Decimal, unit: MoneyUnit) -> Result<i64, Note> {
    let fen = value.times_ten_whole(unit.power()).ok_or_else(|| {
        Note::new(
            format!("{value}{}不是整数分，请填写精确到分的金额", unit.zh()),
            format!("{value} {} is no whole number of fen; write the amount exact to the fen", unit.en()),
        )
    })?;
    i64::try_from(fen).map_err(|_| {
        Note::new(
            format!("{value}{}超出可记录的金额", unit.zh()),
            format!("{value} {} is more money than can be recorded", unit.en()),
        )
    })
}

/// Takes away separators of thousands, which must stand before each third digit; `None` when they stand elsewhere.
pub(crate) fn without_separators(digits: &str) -> Option<String> {
    let comma = |c: char| matches!(c, ',' | '，');
    if !digits.contains(comma) {
        return Some(digits.to_owned());
    }
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let groups: Vec<&str> = whole.trim_start_matches(['-', '+']).split(comma).collect();
    let (first, others) = groups.split_first()?;
    let lengths_fit = (1..=3).contains(&first.len()) && others.iter().all(|group| group.len() == 3);
    let sign = if whole.starts_with('-') { "-" } else { "" };
    let joined = format!("{sign}{}", groups.concat());
    lengths_fit.then(|| part.map_or(joined.clone(), |part| format!("{joined}.{part}")))
}

fn no_amount(bare: &str) -> Note {
    Note::new(
        format!("“{bare}”不是金额，请填写数字，例如1234.56"),
        format!("`{bare}` is no amount; write a number such as 1234.56"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_in_every_unit() {
        for (text, unit, fen) in [
            ("1234.56", MoneyUnit::Yuan, 123_456),
            ("1,234.5", MoneyUnit::Yuan, 123_450),
            ("12.3456", MoneyUnit::TenThousand, 12_345_600),
            ("100万元", MoneyUnit::Yuan, 100_000_000),
            ("人民币100万元整", MoneyUnit::Yuan, 100_000_000),
            ("¥0.01", MoneyUnit::TenThousand, 10_000),
            ("2亿", MoneyUnit::Yuan, 20_000_000_000),
            ("-5元", MoneyUnit::TenThousand, -500),
            ("0.1", MoneyUnit::Yuan, 10),
        ] {
            assert_eq!(from_text(text, unit), Ok(fen), "{text}");
        }
        for text in ["12.345", "100万美元", "面议", "1,23", "", "1e5", "99999999999999999999", "一百元", "1.2.3"]
        {
            assert!(from_text(text, MoneyUnit::Yuan).is_err(), "{text}");
        }
    }
}
