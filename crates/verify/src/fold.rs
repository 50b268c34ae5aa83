//! What must the folded tables hold? The fold of all effects, kept small, then compared row by row and column by column.
//!
//! Refuses effects on unknown tables or columns, and deletions of rows that are not there. Merge patches: RFC 7396.

use crate::canonical;
use crate::cell::Cell;
use crate::report::Faults;
use crate::shape::{FOLDED, Kind, Shape};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Milliseconds from midnight in Beijing to midnight UTC.
const BEIJING_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// One row, a cell for each column of its table's shape.
type FoldedRow = Box<[Cell]>;

/// The folded tables as the events so far make them.
#[derive(Debug)]
pub(crate) struct Fold {
    tables: Vec<HashMap<Box<str>, FoldedRow>>,
}

impl Fold {
    pub(crate) fn new() -> Fold {
        Fold { tables: FOLDED.iter().map(|_| HashMap::new()).collect() }
    }

    /// Applies one effect of an event: `{"t": table, "k": key, "p": patch or null}`.
    pub(crate) fn apply(&mut self, effect: Value) -> Result<(), String> {
        let Value::Object(mut effect) = effect else {
            return Err("效果不是对象 / an effect is not an object".into());
        };
        let (Some(Value::String(table)), Some(Value::String(key)), Some(patch)) =
            (effect.remove("t"), effect.remove("k"), effect.remove("p"))
        else {
            return Err("效果缺少 t、k 或 p / an effect lacks `t`, `k` or `p`".into());
        };
        if !effect.is_empty() {
            return Err("效果有多余的成员 / an effect has members beyond `t`, `k` and `p`".into());
        }
        let named = FOLDED.iter().zip(&mut self.tables).find(|(shape, _)| shape.table == table);
        let (shape, rows) =
            named.ok_or_else(|| format!("没有 `{table}` 这个表 / there is no folded table `{table}`"))?;
        match patch {
            Value::Null => rows.remove(key.as_str()).map(|_| ()).ok_or_else(|| {
                format!("要删除的行 {table} `{key}` 不存在 / deletes the row {table} `{key}`, which is not there")
            }),
            Value::Object(patch) => {
                let row = rows
                    .entry(key.into_boxed_str())
                    .or_insert_with(|| shape.columns.iter().map(|_| Cell::Null).collect::<Vec<_>>().into_boxed_slice());
                patch_row(shape, row, patch)
            }
            _ => Err("p 既不是对象也不是 null / `p` is neither an object nor null".into()),
        }
    }

    /// Open holdings by organ, unit and the day they are due (-1 without a due moment): what `counts` must hold.
    pub(crate) fn counts(&self) -> HashMap<(Box<str>, Box<str>, i64), i64> {
        let mut counts = HashMap::new();
        let holdings = FOLDED.iter().zip(&self.tables).find(|(shape, _)| shape.table == "holdings");
        for row in holdings.into_iter().flat_map(|(_, rows)| rows.values()) {
            if let [_, _, Cell::Text(organ), Cell::Text(unit), _, Cell::Int(1), due] = row.as_ref() {
                let day = due.as_int().map_or(-1, |due| due.saturating_add(BEIJING_MS).div_euclid(DAY_MS));
                *counts.entry((organ.clone(), unit.clone(), day)).or_insert(0) += 1;
            }
        }
        counts
    }

    /// Takes one table out, to be compared with the database.
    pub(crate) fn take(&mut self, table: usize) -> Expected {
        let rows = self.tables.get_mut(table).map(std::mem::take).unwrap_or_default();
        Expected { rows }
    }
}

/// The rows that one table must hold; what is found is struck off.
#[derive(Debug)]
pub(crate) struct Expected {
    rows: HashMap<Box<str>, FoldedRow>,
}

impl Expected {
    /// Compares a row of the database, its cells in the order of the shape.
    pub(crate) fn compare(&mut self, shape: &Shape, found: &[Cell], faults: &mut Faults) {
        let key = row_key(shape, found);
        let Some(wanted) = self.rows.remove(key.as_str()) else {
            faults.add(shape.table, key, "账本中没有这一行 / no event makes this row");
            return;
        };
        for (((column, _), wanted), found) in shape.columns.iter().zip(&wanted).zip(found) {
            if wanted != found {
                let what = format!("{column} 应为 {wanted}，实为 {found} / `{column}` should be {wanted}, is {found}");
                faults.add(shape.table, key.clone(), what);
            }
        }
    }

    /// Reports what was never found.
    pub(crate) fn report_missing(self, shape: &Shape, faults: &mut Faults) {
        let mut missing: Vec<_> = self.rows.into_keys().collect();
        missing.sort_unstable();
        for key in missing {
            faults.add(shape.table, key, "账本中的这一行缺失 / this row is missing, though events make it");
        }
    }
}

/// The key as effects write it: key columns joined by `/`.
fn row_key(shape: &Shape, row: &[Cell]) -> String {
    let parts: Vec<String> = shape
        .key
        .iter()
        .map(|at| match row.get(*at) {
            Some(Cell::Int(int)) => int.to_string(),
            Some(Cell::Text(text)) => text.to_string(),
            Some(other) => other.to_string(),
            None => String::new(),
        })
        .collect();
    parts.join("/")
}

fn patch_row(shape: &Shape, row: &mut FoldedRow, patch: Map<String, Value>) -> Result<(), String> {
    for (name, value) in patch {
        let place = shape.columns.iter().zip(row.iter_mut()).find(|((column, _), _)| *column == name);
        let Some(((_, kind), cell)) = place else {
            return Err(format!("{} 没有 `{name}` 这一列 / {} has no column `{name}`", shape.table, shape.table));
        };
        *cell = match (kind, value) {
            (_, Value::Null) => Cell::Null,
            (Kind::Int, Value::Number(number)) if number.is_i64() => Cell::Int(number.as_i64().unwrap_or_default()),
            (Kind::Text, Value::String(text)) => Cell::Text(text.into_boxed_str()),
            (Kind::Doc, value) => merged_doc(cell, value)?,
            _ => {
                return Err(format!(
                    "{}.{name} 的类型不对 / {}.{name} has a value of a wrong type",
                    shape.table, shape.table
                ));
            }
        };
    }
    Ok(())
}

fn merged_doc(old: &Cell, patch: Value) -> Result<Cell, String> {
    let old = match old {
        Cell::Text(text) => canonical::parse(text.as_bytes()).map_err(|e| e.to_string())?,
        _ => Value::Null,
    };
    let merged = merge(old, patch);
    String::from_utf8(canonical::write(&merged))
        .map(|text| Cell::Text(text.into_boxed_str()))
        .map_err(|e| e.to_string())
}

/// MergePatch of RFC 7396, section 2. Depth is bounded by the parser of the events.
fn merge(target: Value, patch: Value) -> Value {
    let Value::Object(patch) = patch else { return patch };
    let mut merged = if let Value::Object(members) = target { members } else { Map::new() };
    for (name, value) in patch {
        if value.is_null() {
            merged.remove(&name);
        } else {
            let old = merged.remove(&name).unwrap_or(Value::Null);
            merged.insert(name, merge(old, value));
        }
    }
    Value::Object(merged)
}
