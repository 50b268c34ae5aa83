//! A table of many rows: every cell is looked at, and one answer names all that are wrong.
//!
//! An application may hold thousands of stations. Whoever mends it needs the whole list at once, with row, column, reason and
//! article; nothing is taken while a single row is wrong. Rules that look beyond the value see a row only when its own cells are
//! good, so that one slip is not told twice.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::definition::{Demand, Field, FieldRule, Text, Validator, Visibility};
use super::fields::{Surroundings, check_value, refuse, wrong};
use super::judge::is_nothing;
use super::proposal::{CellFault, Refusal};
use super::sentence::{shown, text};

/// How many faults the sentence itself names; the others stand in the list beside it.
const NAMED: usize = 5;

/// Checks all rows and returns them in canonical form.
///
/// # Errors
/// One [`Refusal`] that lists every wrong cell.
pub(super) fn check(
    field: &Field,
    columns: &[Field],
    rows: &[Value],
    around: &Surroundings<'_>,
) -> Result<Value, Box<Refusal>> {
    let mut table = Table { columns, around, faults: Vec::new(), seen: BTreeMap::new() };
    let mut good = Vec::with_capacity(rows.len());
    for (number, row) in (1..).zip(rows) {
        good.push(Value::Object(table.row(field, number, row)));
    }
    if table.faults.is_empty() {
        return Ok(Value::Array(good));
    }
    Err(refusal(field, table.faults))
}

struct Table<'t> {
    columns: &'t [Field],
    around: &'t Surroundings<'t>,
    faults: Vec<CellFault>,
    /// Where a value of a column that bears each only once was first seen.
    seen: BTreeMap<(&'t str, String), u32>,
}

impl<'t> Table<'t> {
    fn row(&mut self, field: &Field, number: u32, row: &Value) -> Map<String, Value> {
        let Some(cells) = row.as_object() else {
            let told = wrong(field, "的每一行须有列名", "has a row without column names");
            self.faults.push(fault(number, "", &Text::default(), *told));
            return Map::new();
        };
        let before = self.faults.len();
        for name in cells.keys().filter(|name| !self.columns.iter().any(|column| column.name == **name)) {
            let why = text(format!("此处不收“{name}”这一列"), format!("the column `{name}` is not taken here"));
            self.faults.push(fault(number, name, &text(name, name), *refuse(field, "unknown", why)));
        }
        let mut good = Map::new();
        for column in self.columns {
            match cells.get(&column.name).filter(|cell| !is_nothing(cell)) {
                Some(cell) => self.cell(number, column, cell, &mut good),
                None if column.required_from.is_some() && !self.around.lenient => {
                    let told = wrong(column, "须填写", "has to be filled in");
                    self.faults.push(fault(number, &column.name, &column.title, *told));
                }
                None => {}
            }
        }
        if self.faults.len() == before && !self.around.lenient {
            self.rules(number, &good);
        }
        good
    }

    /// A table is open or personal as a whole: its field's class decides, and the pack's loader refuses columns that differ.
    fn cell(&mut self, number: u32, column: &'t Field, cell: &Value, good: &mut Map<String, Value>) {
        let blind = Surroundings { rules: None, ..*self.around };
        match check_value(column, cell, &blind) {
            Ok(value) if column.visible == Visibility::Personal => {
                let said = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                good.insert(column.name.clone(), said.into());
            }
            Ok(value) => {
                good.insert(column.name.clone(), value);
            }
            Err(told) => self.faults.push(fault(number, &column.name, &column.title, *told)),
        }
    }

    fn rules(&mut self, number: u32, row: &Map<String, Value>) {
        for column in self.columns {
            let Some(value) = row.get(&column.name) else { continue };
            let rules = column.validate.iter().filter_map(|validator| match validator {
                Validator::Rule(rule) => Some(rule),
                _ => None,
            });
            for rule in rules {
                let told = match (&rule.demands, self.around.rules) {
                    (Demand::Once, _) => self.once(number, column, rule, value),
                    (_, Some(judge)) => judge(column, rule, value, Some(row)),
                    (_, None) => Ok(()),
                };
                if let Err(told) = told {
                    self.faults.push(fault(number, &column.name, &column.title, *told));
                }
            }
        }
    }

    fn once(&mut self, number: u32, column: &'t Field, rule: &FieldRule, value: &Value) -> Result<(), Box<Refusal>> {
        let said = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let first = *self.seen.entry((&column.name, said.clone())).or_insert(number);
        if first == number {
            return Ok(());
        }
        let why = text(format!("“{said}”与第 {first} 行重复"), format!("`{said}` stands in row {first} already"));
        Err(refuse(column, "once", why).resting_on(&rule.basis))
    }
}

fn fault(row: u32, column: &str, title: &Text, told: Refusal) -> CellFault {
    let title = shown(title, column);
    CellFault { row, column: column.to_owned(), title, rule: told.rule, article: told.article, why: told.why }
}

fn refusal(field: &Field, faults: Vec<CellFault>) -> Box<Refusal> {
    let title = shown(&field.title, &field.name);
    let mut rows: Vec<u32> = faults.iter().map(|fault| fault.row).collect();
    rows.dedup();
    let named = |pick: fn(&CellFault) -> String, comma: &str| {
        faults.iter().take(NAMED).map(pick).collect::<Vec<_>>().join(comma)
    };
    let more = faults.len() > NAMED;
    let zh = named(|fault| format!("第 {} 行{}：{}", fault.row, fault.title.zh, fault.why.zh), "；");
    let en = named(|fault| format!("row {}, {}: {}", fault.row, fault.title.en, fault.why.en), "; ");
    let why = text(
        format!("“{}”有 {} 行有误，整表未收。{zh}{}", title.zh, rows.len(), if more { "……" } else { "" }),
        format!("`{}` has {} wrong rows and was not taken. {en}{}", title.en, rows.len(), if more { " …" } else { "" }),
    );
    let mut article: Vec<String> = faults.iter().flat_map(|fault| fault.article.iter().cloned()).collect();
    article.sort_unstable();
    article.dedup();
    let mend =
        text("请按所列的行和列改正后整表重交", "mend the rows and columns listed and hand the whole table in again");
    let mut refusal = refuse(field, "rows", why).mended_by(mend).resting_on(&article);
    refusal.cells = faults;
    refusal
}
