//! Values of a plan with placeholders in pointed brackets, filled in for one case.
//!
//! `<draw.id>`, `<draw.proof>` (SHA-256 of the proof of the course's draw); `<firm.code>`, `<firm.name>`, `<firm.contact>`, `<firm.phone>`, `<firm.address>`, `<firm.district>` and `<firm 3.code>` (of the third firm of the register); `<n>` and `<n:4>` (the case's
//! number within its course, from 1, padded); `<product>`; `<date>`, `<date+30>`, `<date-10>` (days from the step's own); `<now>` (the step's moment), `<now+8h>`; `<int 2 60>`
//! (a whole number of that range, until exclusive). A text that is one placeholder of a whole number gives a number. Objects with one
//! key make values: `{pick: [...]}` one of them, `{rows: 40, each: {...}}` a table, `{total: 19211, each: {...}}` a table whose rows add up to so many
//! over the cases of the course. In a row `<row>`, `<row:3>` count from 1 within the table and `<serial>`, `<serial:6>` over all tables of the course.

use guiju_kernel::time::{self, Instant, date_of};
use serde_json::{Map, Value};

use crate::chance::Dice;
use crate::firms::{Firm, pick};
use crate::lottery::Drawn;
use crate::plan::Words;

/// What placeholders speak of.
pub struct Filling<'a> {
    pub firm: Option<&'a Firm>,
    pub words: &'a Words,
    pub at: Instant,
    /// From 0.
    pub case: u32,
    /// Cases of the course.
    pub count: u32,
    /// Number of the row within its table and over the course, from 1.
    pub row: Option<(u64, u64)>,
    /// The firms of the plan, for those named by their place.
    pub firms: &'a [Firm],
    /// The draw of the course.
    pub drawn: Option<&'a Drawn>,
}

impl Filling<'_> {
    /// # Errors
    /// The placeholder that nobody knows.
    pub fn map(&self, told: &Map<String, Value>, dice: &mut Dice) -> Result<Map<String, Value>, String> {
        told.iter().map(|(name, value)| Ok((name.clone(), self.value(value, dice)?))).collect()
    }

    fn value(&self, told: &Value, dice: &mut Dice) -> Result<Value, String> {
        match told {
            Value::String(text) => self.text(text, dice),
            Value::Array(list) => {
                list.iter().map(|value| self.value(value, dice)).collect::<Result<_, _>>().map(Value::Array)
            }
            Value::Object(map) => match (map.get("pick"), map.get("each")) {
                (Some(Value::Array(list)), None) => match dice.pick(list) {
                    Some(one) => self.value(&one.clone(), dice),
                    None => Ok(Value::Null),
                },
                (None, Some(Value::Object(each))) => self.table(map, each, dice),
                _ => self.map(map, dice).map(Value::Object),
            },
            other => Ok(other.clone()),
        }
    }

    fn table(&self, told: &Map<String, Value>, each: &Map<String, Value>, dice: &mut Dice) -> Result<Value, String> {
        let number = |name: &str| told.get(name).and_then(Value::as_u64);
        let (case, count) = (u64::from(self.case), u64::from(self.count.max(1)));
        let (rows, before) = match (number("rows"), number("total")) {
            (Some(rows), None) => (rows, rows.saturating_mul(case)),
            // Shared out so that every case gets its part and none is lost.
            (None, Some(total)) => {
                let upto = |case: u64| total.saturating_mul(case) / count;
                (upto(case + 1) - upto(case), upto(case))
            }
            _ => return Err("each".to_owned()),
        };
        let row = |at: u64| {
            let filling = Filling { row: Some((at + 1, before + at + 1)), ..*self };
            filling.map(each, dice).map(Value::Object)
        };
        let rows: Result<Vec<Value>, String> = (0..rows).map(row).collect();
        rows.map(Value::Array)
    }

    /// # Errors
    /// As [`Filling::map`].
    pub fn text(&self, told: &str, dice: &mut Dice) -> Result<Value, String> {
        let mut out = String::new();
        let mut rest = told;
        while let Some((before, after)) = rest.split_once('<') {
            let Some((name, behind)) = after.split_once('>') else { return Err(after.to_owned()) };
            let value = self.named(name, dice).ok_or_else(|| name.to_owned())?;
            if before.is_empty() && behind.is_empty() && out.is_empty() && value.is_i64() {
                return Ok(value);
            }
            out.push_str(before);
            match value {
                Value::String(text) => out.push_str(&text),
                other => out.push_str(&other.to_string()),
            }
            rest = behind;
        }
        out.push_str(rest);
        Ok(Value::String(out))
    }

    fn named(&self, name: &str, dice: &mut Dice) -> Option<Value> {
        let firm = |of: fn(&Firm) -> &str| self.firm.map(|firm| Value::from(of(firm)));
        match name {
            "firm.code" => return firm(|f| &f.code),
            "firm.name" => return firm(|f| &f.name),
            "firm.contact" => return firm(|f| &f.contact),
            "firm.phone" => return firm(|f| &f.phone),
            "firm.address" => return firm(|f| &f.address),
            "firm.district" => return firm(|f| &f.district),
            "product" => return Some(Value::from(pick(dice, &self.words.products))),
            "draw.id" => return self.drawn.map(|drawn| Value::from(drawn.proof.snapshot.id.clone())),
            "draw.proof" => return self.drawn.map(|drawn| Value::from(drawn.digest.clone())),
            "now" => return Some(Value::from(time::print(self.at))),
            _ => {}
        }
        if let Some((place, of)) = name.strip_prefix("firm ").and_then(|name| name.split_once('.')) {
            let firm = self.firms.get(place.parse::<usize>().ok()?.checked_sub(1)?);
            return Filling { firm, ..*self }.named(&format!("firm.{of}"), dice);
        }
        if let Some(bounds) = name.strip_prefix("int ") {
            let (from, until) = bounds.split_once(' ')?;
            return Some(Value::from(dice.between(from.parse().ok()?, until.parse().ok()?)));
        }
        if let Some(hours) = name.strip_prefix("now+").and_then(|later| later.strip_suffix('h')) {
            let later = jiff::SignedDuration::from_hours(i64::from(hours.parse::<u16>().ok()?));
            return Some(Value::from(time::print(self.at.checked_add(later).ok()?)));
        }
        if let Some(days) = name.strip_prefix("date") {
            let days: i64 = if days.is_empty() { 0 } else { days.parse().ok()? };
            let date = date_of(self.at).checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
            return Some(Value::from(date.to_string()));
        }
        let (name, width) = name.split_once(':').map_or((name, None), |(name, width)| (name, Some(width)));
        let number = match name {
            "n" => u64::from(self.case) + 1,
            "row" => self.row?.0,
            "serial" => self.row?.1,
            _ => return None,
        };
        match width {
            None => i64::try_from(number).ok().map(Value::from),
            Some(width) => {
                let width: usize = width.parse().ok().filter(|width| *width <= 18)?;
                Some(Value::from(format!("{number:0width$}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(told: Value, case: u32, count: u32) -> Result<Value, String> {
        let words: Words = serde_json::from_value(json!({
            "surnames": "甲", "given": "乙", "firm_marks": [], "trades": [], "firm_kinds": [], "roads": [], "matters": [],
            "products": ["水龙头"], "contacts": [], "plans": [], "answers": [], "returns": [], "declines": [],
            "dissatisfied": [], "task_force": [],
        }))
        .map_err(|e| e.to_string())?;
        let at = time::midnight(jiff::civil::date(2024, 2, 28));
        Filling { firm: None, words: &words, at, case, count, row: None, drawn: None, firms: &[] }
            .value(&told, &mut Dice::new(1, "test"))
    }

    #[test]
    fn placeholders_give_texts_numbers_and_days() {
        assert_eq!(filled(json!("第<n:3>号 <product>"), 6, 9), Ok(json!("第007号 水龙头")));
        assert_eq!(filled(json!("<n>"), 6, 9), Ok(json!(7)));
        assert_eq!(
            filled(json!(["<date+2>", "<date>", "<date-28>"]), 0, 1),
            Ok(json!(["2024-03-01", "2024-02-28", "2024-01-31"]))
        );
        assert_eq!(filled(json!("<int 5 6>"), 0, 1), Ok(json!(5)));
        assert_eq!(filled(json!({"pick": ["only"]}), 0, 1), Ok(json!("only")));
    }

    #[test]
    fn the_rows_of_all_cases_add_up_to_the_total_and_bear_numbers_of_their_own() {
        let told = json!({"total": 10, "each": {"sign": "<serial:2>", "at": "<row>"}});
        let mut signs = Vec::new();
        for case in 0..3 {
            let rows = filled(told.clone(), case, 3).unwrap();
            let rows = rows.as_array().unwrap().clone();
            assert_eq!(rows[0]["at"], json!(1));
            signs.extend(rows.iter().map(|row| row["sign"].as_str().unwrap().to_owned()));
        }
        let wanted: Vec<String> = (1..=10).map(|n| format!("{n:02}")).collect();
        assert_eq!(signs, wanted);
    }

    #[test]
    fn what_nobody_knows_is_named() {
        assert_eq!(filled(json!("<firm.code>"), 0, 1), Err("firm.code".to_owned()));
        assert_eq!(filled(json!("<row>"), 0, 1), Err("row".to_owned()));
        assert_eq!(filled(json!("<int 2>"), 0, 1), Err("int 2".to_owned()));
        assert_eq!(filled(json!("<open"), 0, 1), Err("open".to_owned()));
        assert_eq!(filled(json!({"each": {}}), 0, 1), Err("each".to_owned()));
    }
}
