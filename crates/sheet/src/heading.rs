//! Which row of a sheet is the heading, and which wanted column stands where?
//!
//! Looks at the first rows that hold anything, alone and as pairs of group titles over sub titles. Titles are compared
//! without blanks, line breaks, brackets, numbering, punctuation and the mark of required columns, but never guessed: a
//! misspelt title is named in a complaint, not taken.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::{Cell, Sheet};
use crate::clean::{bare, clean, shown};
use crate::money::MoneyUnit;
use crate::wanted::{Column, Wanted};

/// The heading is one of the first so many rows that hold anything.
const ROWS_SEARCHED: usize = 15;
/// A text longer than this is a sentence, not a title (characters).
const TITLE_CHARS_MAX: usize = 40;
const COLUMNS_COMPARED: usize = 300;

/// Where the wanted columns stand in a sheet.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    /// First row of the heading, from 0.
    pub(crate) first_row: u32,
    /// Last row of the heading, from 0 and inclusive.
    pub(crate) last_row: u32,
    /// By id of the wanted column.
    pub(crate) found: BTreeMap<String, Place>,
    /// Titles that nobody wanted, by column.
    pub(crate) ignored: Vec<(u16, String)>,
    /// Wanted columns that stand in the sheet more than once, with all their places.
    pub(crate) doubled: Vec<(String, Vec<u16>)>,
    /// The unit of money that the sheet names above its heading (单位：万元).
    pub(crate) unit: Option<MoneyUnit>,
    near: usize,
}

/// Where one wanted column stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) column: u16,
    /// The title as the sheet writes it, on one line.
    pub(crate) title: String,
    /// The unit of money that the title names.
    pub(crate) unit: Option<MoneyUnit>,
    rank: u8,
}

impl Heading {
    /// Finds the heading that names most of what is wanted; `None` when no row names enough to be one.
    pub(crate) fn find(sheet: &Sheet, wanted: &Wanted, from_1904: bool) -> Option<Heading> {
        let names: Vec<Names> = wanted.columns.iter().map(Names::of).collect();
        let mut best: Option<((usize, std::cmp::Reverse<usize>), Heading)> = None;
        let filled = sheet.rows.iter().filter(|(_, cells)| cells.values().any(|cell| !crate::clean::is_empty(cell)));
        for row in filled.map(|(row, _)| *row).take(ROWS_SEARCHED) {
            for last_row in [row, row.saturating_add(1)] {
                let heading = read_heading(sheet, row, last_row, wanted, &names, from_1904);
                let score = heading.score();
                // Of equals the earlier row and the single row stay, since they were tried first.
                if best.as_ref().is_none_or(|(best, _)| score > *best) {
                    best = Some((score, heading));
                }
            }
        }
        let enough = wanted.columns.len().min(2);
        let (_, mut heading) =
            best.filter(|(_, h)| h.found.len() + h.near >= enough && (!h.found.is_empty() || h.near > 1))?;
        heading.unit = unit_above(sheet, heading.last_row);
        Some(heading)
    }

    /// Ranks candidates: most columns found, then most nearly found; of those, the titles that fit most literally.
    fn score(&self) -> (usize, std::cmp::Reverse<usize>) {
        let looseness = self.found.values().map(|place| usize::from(place.rank)).sum::<usize>() + self.doubled.len();
        (self.found.len() * 3 + self.near, std::cmp::Reverse(looseness))
    }

    /// Gives the wanted columns that are required and missing.
    pub(crate) fn missing<'a>(&'a self, wanted: &'a Wanted) -> impl Iterator<Item = &'a Column> {
        wanted.columns.iter().filter(|column| column.required && !self.found.contains_key(&column.id))
    }
}

/// The names of a wanted column, folded for comparing.
struct Names {
    /// Its own titles in both languages.
    own: Vec<Title>,
    /// What bureaus call it besides.
    also: Vec<Title>,
}

/// Added to the rank of a sub title that stands without its group.
const WITHOUT_GROUP: u8 = 6;

impl Names {
    fn of(column: &Column) -> Self {
        let own = [&column.zh, &column.en].into_iter().filter(|text| !text.is_empty());
        Self {
            own: own.map(|text| Title::of(text)).collect(),
            also: column.also.iter().map(|text| Title::of(text)).collect(),
        }
    }

    /// Says how closely a title names this column: 0 word for word, 2 without its brackets, 4 without its unit; one
    /// more when it is one of the other names.
    fn rank(&self, title: &Title) -> Option<u8> {
        if title.whole.is_empty() {
            return None;
        }
        let rest = MoneyUnit::at_end(&title.base).map(|(rest, _)| rest).filter(|rest| !rest.is_empty());
        let closeness = |name: &Title| {
            if name.whole == title.whole {
                Some(0)
            } else if !name.base.is_empty() && name.base == title.base {
                Some(2)
            } else {
                rest.filter(|rest| name.base == *rest).map(|_| 4)
            }
        };
        let own = self.own.iter().filter_map(closeness);
        let also = self.also.iter().filter_map(closeness).map(|rank| rank + 1);
        own.chain(also).min()
    }
}

/// A title folded for comparing.
struct Title {
    /// With what stands in brackets.
    whole: String,
    /// Without it.
    base: String,
    unit: Option<MoneyUnit>,
}

impl Title {
    fn of(text: &str) -> Self {
        let folded = without_number(&bare(text));
        let (mut whole, mut base, mut inside, mut unit) = (String::new(), String::new(), String::new(), None);
        let mut depth = 0_usize;
        for c in folded.chars() {
            match c {
                '(' | '[' | '【' | '〔' | '<' | '{' => {
                    depth += 1;
                    inside.clear();
                }
                ')' | ']' | '】' | '〕' | '>' | '}' => {
                    depth = depth.saturating_sub(1);
                    unit = unit.or_else(|| MoneyUnit::named(inside.strip_prefix("单位:").unwrap_or(&inside)));
                }
                _ => {
                    if depth > 0 {
                        inside.push(c);
                    }
                    if c.is_alphanumeric() {
                        whole.push(c);
                        if depth == 0 {
                            base.push(c);
                        }
                    }
                }
            }
        }
        let unit = unit.or_else(|| MoneyUnit::at_end(&base).filter(|(rest, _)| !rest.is_empty()).map(|(_, unit)| unit));
        Self { whole, base, unit }
    }
}

/// Drops numbering in front of a title: `1.`, `（3）`, `二、`.
fn without_number(folded: &str) -> String {
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let inner = folded.strip_prefix('(').unwrap_or(folded);
    let rest = inner.trim_start_matches(number);
    let closed = if inner.len() < folded.len() { rest.strip_prefix(')') } else { rest.strip_prefix(['.', '、', ')']) };
    match closed {
        Some(title) if rest.len() < inner.len() && !title.is_empty() => title.to_owned(),
        _ => folded.to_owned(),
    }
}

fn read_heading(sheet: &Sheet, row: u32, last_row: u32, wanted: &Wanted, names: &[Names], from_1904: bool) -> Heading {
    let mut heading = Heading {
        first_row: row,
        last_row,
        found: BTreeMap::new(),
        ignored: Vec::new(),
        doubled: Vec::new(),
        unit: None,
        near: 0,
    };
    let mut matches: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
    for column in columns_of(sheet, row, last_row).into_iter().take(COLUMNS_COMPARED) {
        let candidates = candidates(sheet, row, last_row, column, from_1904);
        let ranked = candidates.iter().filter_map(|(penalty, text)| {
            let title = Title::of(text);
            let named = names.iter().enumerate().filter_map(|(at, names)| Some((names.rank(&title)?, at))).min()?;
            Some((named.0 + penalty, named.1, title.unit, text))
        });
        match ranked.min_by_key(|(rank, at, ..)| (*rank, *at)) {
            Some((rank, at, unit, text)) => {
                matches.entry(at).or_default().push(Place { column, title: one_line(text), unit, rank });
            }
            None => heading.ignored.extend(candidates.last().map(|(_, text)| (column, one_line(text)))),
        }
    }
    settle(&mut heading, matches, wanted);
    heading.near = near_misses(&heading, wanted);
    heading
}

/// Gives each wanted column its best place; equals are doubled, the lesser ones were meant for something else.
fn settle(heading: &mut Heading, matches: BTreeMap<usize, Vec<Place>>, wanted: &Wanted) {
    for (at, mut places) in matches {
        let Some(column) = wanted.columns.get(at) else {
            continue;
        };
        places.sort_by_key(|place| (place.rank, place.column));
        let Some(best) = places.first().cloned() else {
            continue;
        };
        let (equals, lesser): (Vec<Place>, Vec<Place>) = places.into_iter().partition(|place| place.rank == best.rank);
        if equals.len() > 1 {
            heading.doubled.push((column.id.clone(), equals.iter().map(|place| place.column).collect()));
        }
        heading.ignored.extend(lesser.into_iter().map(|place| (place.column, place.title)));
        heading.found.insert(column.id.clone(), best);
    }
    heading.ignored.sort();
}

fn near_misses(heading: &Heading, wanted: &Wanted) -> usize {
    let titles: Vec<&str> =
        heading.ignored.iter().map(|(_, title)| title.as_str()).filter(|title| is_title(title)).collect();
    if titles.is_empty() {
        return 0;
    }
    heading.missing(wanted).filter(|column| guiju_text::nearest(&column.zh, &titles).is_some()).count()
}

fn is_title(text: &str) -> bool {
    text.chars().count() <= TITLE_CHARS_MAX
}

/// The columns that show something of their own in the heading rows.
fn columns_of(sheet: &Sheet, row: u32, last_row: u32) -> BTreeSet<u16> {
    let own = sheet.rows.range(row..=last_row).flat_map(|(_, cells)| cells.keys().copied());
    let covered = sheet.covered.range((row, 0)..=(last_row, u16::MAX));
    let downwards = covered.filter(|((_, column), (_, left))| column == left).map(|((_, column), _)| *column);
    own.chain(downwards).collect()
}

/// The texts that may be a column's title, best first, each with the rank to add: in a heading of two rows, group and
/// sub title together, then the sub title alone, or the upper title where nothing stands below.
fn candidates(sheet: &Sheet, row: u32, last_row: u32, column: u16, from_1904: bool) -> Vec<(u8, String)> {
    let text = |cell: Option<&Cell>| cell.map(|cell| clean(&shown(cell, from_1904))).filter(|text| !text.is_empty());
    let own = |row: u32| {
        let sideways = sheet.covered.get(&(row, column)).is_some_and(|(_, left)| *left != column);
        if sideways { None } else { text(sheet.cell(row, column)) }
    };
    if row == last_row {
        return own(row).map(|title| (0, title)).into_iter().collect();
    }
    let upper = own(row);
    let lower = own(last_row);
    let joined_down = sheet.covered.get(&(last_row, column)).is_some_and(|(top, _)| *top <= row);
    match (upper.or_else(|| group_over(sheet, row, column, from_1904)), lower) {
        (Some(group), Some(_)) if joined_down => vec![(0, group)],
        (Some(group), Some(sub)) => vec![(0, format!("{group}{sub}")), (WITHOUT_GROUP, sub)],
        (None, Some(sub)) => vec![(WITHOUT_GROUP, sub)],
        (Some(title), None) if sheet.own_cell(row, column).is_some() => vec![(0, title)],
        _ => Vec::new(),
    }
}

/// The group title over a column: of the area joined sideways, or the nearest title on its left.
fn group_over(sheet: &Sheet, row: u32, column: u16, from_1904: bool) -> Option<String> {
    let text = |cell: &Cell| Some(clean(&shown(cell, from_1904))).filter(|text| !text.is_empty());
    if let Some(cell) = sheet.cell(row, column) {
        return text(cell);
    }
    let cells = sheet.rows.get(&row)?;
    cells.range(..column).rev().find_map(|(_, cell)| text(cell))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("")
}

/// Reads 单位：万元 from the rows down to the heading.
fn unit_above(sheet: &Sheet, last_row: u32) -> Option<MoneyUnit> {
    let cells = sheet.rows.range(..=last_row).flat_map(|(_, cells)| cells.values());
    cells.filter_map(|cell| if let Cell::Text(text) = cell { Some(bare(text)) } else { None }).find_map(|text| {
        MoneyUnit::named(text.trim_start_matches(['(', '金', '额']).strip_prefix("单位:")?.trim_end_matches(')'))
    })
}

/// Tells whether a title only numbers the rows, so that nobody misses it when it is ignored.
pub(crate) fn is_row_number(title: &str) -> bool {
    matches!(bare(title).as_str(), "序号" | "序" | "行号" | "项次" | "no" | "no." | "#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_compared_without_their_trimmings() {
        for (text, whole, base) in [
            ("*企业\n名称", "企业名称", "企业名称"),
            ("１．注册资本（万元）", "注册资本万元", "注册资本"),
            ("（2）联系电话[必填]", "联系电话必填", "联系电话"),
            ("统一社会信用代码：", "统一社会信用代码", "统一社会信用代码"),
            ("三、法人 代表★", "法人代表", "法人代表"),
            ("一级目录", "一级目录", "一级目录"),
            ("Credit_Code", "creditcode", "creditcode"),
        ] {
            let title = Title::of(text);
            assert_eq!((title.whole.as_str(), title.base.as_str()), (whole, base), "{text}");
        }
    }

    #[test]
    fn units_of_money_are_read_from_titles() {
        for (text, unit) in [
            ("注册资本（万元）", Some(MoneyUnit::TenThousand)),
            ("注册资本(单位：元)", Some(MoneyUnit::Yuan)),
            ("营业收入亿元", Some(MoneyUnit::HundredMillion)),
            ("注册资本(人民币万元)", Some(MoneyUnit::TenThousand)),
            ("注册资本", None),
            ("人数（万人）", None),
        ] {
            assert_eq!(Title::of(text).unit, unit, "{text}");
        }
    }
}
