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

/// How many documents are kept as JSON at a time. A case is patched some ten times within days, then never again.
const OPEN_DOCS_MAX: usize = 8192;

/// The folded tables as the events so far make them.
#[derive(Debug)]
pub(crate) struct Fold {
    tables: Vec<FoldedTable>,
}

#[derive(Debug, Default)]
struct FoldedTable {
    rows: HashMap<Box<str>, FoldedRow>,
    /// Documents of lately patched rows: newer than the text in the row's cell.
    open_docs: HashMap<Box<str>, Value>,
}

impl Fold {
    pub(crate) fn new() -> Fold {
        Fold { tables: FOLDED.iter().map(|_| FoldedTable::default()).collect() }
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
        let (shape, folded) =
            named.ok_or_else(|| format!("没有 `{table}` 这个表 / there is no folded table `{table}`"))?;
        match patch {
            Value::Null => {
                folded.open_docs.remove(key.as_str());
                folded.rows.remove(key.as_str()).map(|_| ()).ok_or_else(|| {
                    format!("要删除的行 {table} `{key}` 不存在 / deletes the row {table} `{key}`, which is not there")
                })
            }
            Value::Object(patch) => folded.patch(shape, key.into_boxed_str(), patch),
            _ => Err("p 既不是对象也不是 null / `p` is neither an object nor null".into()),
        }
    }

    /// Open holdings by organ, unit and the day they are due (-1 without a due moment): what `counts` must hold.
    pub(crate) fn counts(&self) -> HashMap<(Box<str>, Box<str>, i64), i64> {
        let mut counts = HashMap::new();
        let holdings = FOLDED.iter().zip(&self.tables).find(|(shape, _)| shape.table == "holdings");
        for row in holdings.into_iter().flat_map(|(_, folded)| folded.rows.values()) {
            if let [_, _, Cell::Text(organ), Cell::Text(unit), _, Cell::Int(1), due] = row.as_ref() {
                let day = due.as_int().map_or(-1, |due| due.saturating_add(BEIJING_MS).div_euclid(DAY_MS));
                *counts.entry((organ.clone(), unit.clone(), day)).or_insert(0) += 1;
            }
        }
        counts
    }

    /// Takes one table out, to be compared with the database.
    pub(crate) fn take(&mut self, table: usize) -> Expected {
        let mut folded = self.tables.get_mut(table).map(std::mem::take).unwrap_or_default();
        if let Some(shape) = FOLDED.get(table) {
            folded.close_docs(shape);
        }
        Expected { rows: folded.rows }
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

impl FoldedTable {
    fn patch(&mut self, shape: &Shape, key: Box<str>, patch: Map<String, Value>) -> Result<(), String> {
        let nothing = || shape.columns.iter().map(|_| Cell::Null).collect::<Vec<_>>().into_boxed_slice();
        let row = self.rows.entry(key.clone()).or_insert_with(nothing);
        for (name, value) in patch {
            let place = shape.columns.iter().zip(row.iter_mut()).find(|((column, _), _)| *column == name);
            let Some(((_, kind), cell)) = place else {
                return Err(format!("{} 没有 `{name}` 这一列 / {} has no column `{name}`", shape.table, shape.table));
            };
            *cell = match (kind, value) {
                (Kind::Doc, Value::Object(patch)) => {
                    let doc = self.open_docs.entry(key.clone()).or_insert_with(|| doc_of(cell));
                    merge(doc, patch);
                    continue;
                }
                (_, Value::Null) => {
                    if *kind == Kind::Doc {
                        self.open_docs.remove(&key);
                    }
                    Cell::Null
                }
                (Kind::Int, Value::Number(number)) => number.as_i64().map_or(Cell::Null, Cell::Int),
                (Kind::Text, Value::String(text)) => Cell::Text(text.into_boxed_str()),
                _ => {
                    let table = shape.table;
                    return Err(format!("{table}.{name} 的类型不对 / {table}.{name} has a value of a wrong type"));
                }
            };
        }
        if self.open_docs.len() > OPEN_DOCS_MAX {
            self.close_docs(shape);
        }
        Ok(())
    }

    /// Writes the open documents into their rows.
    fn close_docs(&mut self, shape: &Shape) {
        let column = shape.columns.iter().position(|(_, kind)| *kind == Kind::Doc);
        for (key, doc) in self.open_docs.drain() {
            let cell = column.and_then(|column| self.rows.get_mut(&key)?.get_mut(column));
            if let (Some(cell), Ok(text)) = (cell, String::from_utf8(canonical::write(&doc))) {
                *cell = Cell::Text(text.into_boxed_str());
            }
        }
    }
}

/// The document as its row has it: what was written there is canonical.
fn doc_of(cell: &Cell) -> Value {
    cell.as_text().and_then(|text| canonical::parse(text.as_bytes()).ok()).unwrap_or(Value::Null)
}

/// MergePatch of RFC 7396, section 2. Depth is bounded by the parser of the events.
fn merge(target: &mut Value, patch: Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch {
        match value {
            Value::Null => drop(members.remove(&name)),
            Value::Object(inner) => merge(members.entry(name).or_insert(Value::Null), inner),
            other => drop(members.insert(name, other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The cases of RFC 7396, appendix A, whose patch is an object.
    #[test]
    fn patches_are_merged_as_the_standard_shows() {
        for (mut target, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!({"c":1}), json!({"c":1})),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            let Value::Object(patch) = patch else { panic!("not an object") };
            merge(&mut target, patch);
            assert_eq!(target, result);
        }
    }

    /// What is patched after its document was closed reads the same as if it had stayed open.
    #[test]
    fn many_documents_are_folded_like_one() {
        let mut fold = Fold::new();
        let many = OPEN_DOCS_MAX as i64 + 10;
        for round in 0..3 {
            for id in 0..many {
                let doc = json!({"rounds": {(round.to_string()): id}, "last": round, "first": if round == 0 { json!("x") } else { Value::Null }});
                fold.apply(json!({"t": "cases", "k": id.to_string(), "p": {"id": id, "doc": doc}})).unwrap();
            }
        }
        fold.apply(json!({"t": "cases", "k": "3", "p": null})).unwrap();
        let expected = fold.take(0);
        assert_eq!(expected.rows.len() as i64, many - 1);
        for (key, row) in &expected.rows {
            let doc = format!("{{\"last\":2,\"rounds\":{{\"0\":{key},\"1\":{key},\"2\":{key}}}}}");
            assert_eq!(row.last(), Some(&Cell::text(&doc)));
        }
    }

    #[test]
    fn effects_that_no_table_knows_are_refused() {
        let mut fold = Fold::new();
        for effect in [
            json!(1),
            json!({"t": "cases", "k": "1"}),
            json!({"t": "parties", "k": "1", "p": {}}),
            json!({"t": "cases", "k": "1", "p": null}),
            json!({"t": "cases", "k": "1", "p": 5}),
            json!({"t": "cases", "k": "1", "p": {"colour": "red"}}),
            json!({"t": "cases", "k": "1", "p": {"id": "one"}}),
            json!({"t": "cases", "k": "1", "p": {"doc": "text"}}),
            json!({"t": "cases", "k": "1", "p": {}, "x": 1}),
        ] {
            assert!(fold.apply(effect.clone()).is_err(), "{effect}");
        }
    }
}
