//! Registers, requests and old cases from workbooks: what is wanted is derived from the pack, so that a register or procedure
//! that is added as data can be imported as well.

use std::collections::BTreeMap;

use guiju_kernel::organ::Register;
use guiju_kernel::procedure::definition::{Act, Choice, Field, FieldKind, Procedure, Validator};
use guiju_kernel::procedure::{Claim, Person};
use guiju_kernel::record::Origin;
use guiju_kernel::time::{self, Instant};
use guiju_pack::Pack;
use guiju_sheet::{Column, Kind, Limits, Preview, Row, Value as Cell, Wanted};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::answer::{Ask, History, OfficeError, Target};
use crate::office::Office;
use crate::writer::{EntryAsk, Import, Line, Outcome, Task};

/// What a workbook is read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Entries of a register.
    Register(String),
    /// New requests, filed on behalf of firms.
    Requests,
    /// Old cases of a procedure with their numbers, dates and steps, as another system tells them.
    History(String),
}

/// A file that was read and judged; nothing is written yet.
#[derive(Debug, Clone)]
pub struct Read {
    pub book: guiju_sheet::Book,
    pub preview: Preview,
    /// Hash of the file: the batch under which history is recorded.
    pub batch: String,
}

/// The procedure into which `guiju import requests` files.
const REQUESTS: &str = "enterprise-request";
/// Columns of history that no field of the procedure gives.
const NUMBER: &str = "original_number";
const STATE: &str = "state";

impl Office {
    /// What the columns of a workbook may be.
    pub fn wanted(&self, what: &What) -> Result<Wanted, OfficeError> {
        let pack = self.pack();
        let unknown =
            |id: &str| OfficeError::Input(format!("没有台账或程序 `{id}` / there is no register or procedure `{id}`"));
        match what {
            What::Register(id) => Ok(of_register(pack.register(id).ok_or_else(|| unknown(id))?, &pack)),
            What::Requests => of_requests(pack.procedure(REQUESTS).ok_or_else(|| unknown(REQUESTS))?, &pack),
            What::History(id) => Ok(of_history(pack.procedure(id).ok_or_else(|| unknown(id))?, &pack)),
        }
    }

    /// Reads a file and says what would be taken from it and what is wrong with the rest.
    pub fn import_preview(&self, what: &What, file_name: &str, bytes: &[u8]) -> Result<Read, OfficeError> {
        let wanted = self.wanted(what)?;
        let book =
            guiju_sheet::read(bytes, file_name, &Limits::default()).map_err(|e| OfficeError::Input(e.to_string()))?;
        let preview = guiju_sheet::preview(&book, &wanted);
        Ok(Read { book, preview, batch: hex::encode(Sha256::digest(bytes)) })
    }

    /// The user's workbook with the bad cells marked.
    pub fn marked_workbook(&self, read: &Read) -> Result<Vec<u8>, OfficeError> {
        guiju_sheet::marked(&read.book, &read.preview, self.now()).map_err(|e| OfficeError::Input(e.to_string()))
    }

    /// An empty workbook to fill in.
    pub fn template(&self, what: &What) -> Result<Vec<u8>, OfficeError> {
        guiju_sheet::template(&self.wanted(what)?, self.now()).map_err(|e| OfficeError::Input(e.to_string()))
    }

    /// Writes what was read: all of it or nothing, or with `skip_bad` the good rows only.
    pub async fn import_commit(
        &self,
        who: &Person,
        what: &What,
        read: &Read,
        skip_bad: bool,
    ) -> Result<Outcome, OfficeError> {
        let bad = read.preview.bad();
        if read.preview.is_refused() || bad > 0 && !skip_bad {
            let zh = format!("文件中有 {bad} 行需要改正，没有写入任何内容");
            return Err(OfficeError::Input(format!("{zh} / {bad} rows need mending; nothing was written")));
        }
        let mut lines = Vec::new();
        for row in read.preview.rows.iter().filter(|row| row.is_good()) {
            lines.push((row.number, self.line(who, what, row, &read.batch)?));
        }
        let (outcome, answer) = oneshot::channel();
        let import = Import { lines, skip_bad, outcome };
        self.job(Task::Import(Box::new(import)), None).await?;
        answer.await.map_err(|_| OfficeError::Closing)?
    }

    fn line(&self, who: &Person, what: &What, row: &Row, batch: &str) -> Result<Line, OfficeError> {
        let pack = self.pack();
        let absent = || OfficeError::Input("法规包中没有这一项 / the pack lacks it".to_owned());
        match what {
            What::Register(id) => {
                let register = pack.register(id).ok_or_else(absent)?;
                let given = values(row);
                let key = given.get(&register.key).and_then(Value::as_str).unwrap_or_default().to_owned();
                Ok(Line::Entry(Box::new(EntryAsk {
                    by: who.clone(),
                    register: id.clone(),
                    key,
                    fields: Some(given),
                    secrets: BTreeMap::new(),
                    seen: None,
                    done: None,
                    origin: Origin::Own,
                    once: None,
                })))
            }
            What::Requests => {
                let procedure = pack.procedure(REQUESTS).ok_or_else(absent)?;
                let act = filing_act(procedure)?;
                let given = values(row);
                let subject = subject(procedure, &given);
                let target = Target::New { procedure: procedure.id.clone(), subject };
                Ok(Line::Case(vec![ask(target, &act.name, who, given)]))
            }
            What::History(id) => {
                let procedure = pack.procedure(id).ok_or_else(absent)?;
                Ok(Line::Case(history(procedure, who, row, batch)?))
            }
        }
    }
}

fn ask(target: Target, act: &str, who: &Person, given: Map<String, Value>) -> Ask {
    Ask {
        target,
        act: act.to_owned(),
        by: vec![who.clone()],
        done: None,
        origin: Origin::Own,
        given,
        files: Vec::new(),
        history: None,
        once: None,
    }
}

/// The act by which a clerk files for a firm: opening, done by a role.
fn filing_act(procedure: &Procedure) -> Result<&Act, OfficeError> {
    let opening = procedure
        .acts
        .iter()
        .find(|a| a.from.is_empty() && !a.records_history && a.by.iter().any(|b| b.role.is_some()));
    opening.ok_or_else(|| OfficeError::Pack(format!("{}: no act opens it for a clerk", procedure.id)))
}

fn history_act(procedure: &Procedure) -> Result<&Act, OfficeError> {
    let act = procedure.acts.iter().find(|a| a.records_history);
    act.ok_or_else(|| OfficeError::Pack(format!("{}: no act records history", procedure.id)))
}

/// One old case: its opening and every step that has a date, in the order of the dates, then the state it is said to be in.
fn history(procedure: &Procedure, who: &Person, row: &Row, batch: &str) -> Result<Vec<Ask>, OfficeError> {
    let act = history_act(procedure)?;
    let mut given = values(row);
    let take = |given: &mut Map<String, Value>, id: &str| given.remove(id).and_then(|v| v.as_str().map(str::to_owned));
    let number = take(&mut given, NUMBER).unwrap_or_default();
    let said = take(&mut given, STATE);
    let mut steps: Vec<(Instant, String, String)> = Vec::new();
    for step in dated_acts(procedure) {
        let Some(at) = take(&mut given, &dated(step)) else { continue };
        let at = time::parse(&at).map_err(|e| OfficeError::Input(e.to_string()))?;
        let to = step.to.clone().unwrap_or_default();
        steps.push((at, step.name.clone(), to));
    }
    steps.sort();
    let origin = Origin::Mirror { system: "import".to_owned(), number: number.clone(), batch: batch.to_owned() };
    let subject = subject(procedure, &given);
    let mut asks = Vec::new();
    let count = steps.len();
    for (n, (at, name, to)) in steps.into_iter().enumerate() {
        let last = n + 1 == count;
        let target = match n {
            0 => Target::New { procedure: procedure.id.clone(), subject: subject.clone() },
            _ => Target::Opened { once: String::new() },
        };
        let state = match &said {
            Some(said) if last => said.clone(),
            _ => to,
        };
        let fields = if n == 0 { std::mem::take(&mut given) } else { Map::new() };
        let mut ask = ask(target, &act.name, who, fields);
        ask.done = Some(at);
        ask.origin = origin.clone();
        ask.history = Some(History { claim: Claim { act: Some(name), state }, number: Some(number.clone()) });
        asks.push(ask);
    }
    Ok(asks)
}

fn subject(procedure: &Procedure, given: &Map<String, Value>) -> Option<String> {
    let party = procedure.fields.iter().find(|f| f.kind == FieldKind::Party)?;
    given.get(&party.name)?.as_str().map(str::to_owned)
}

/// A row's values as the kernel takes them.
fn values(row: &Row) -> Map<String, Value> {
    row.values.iter().map(|(id, cell)| (id.clone(), value(cell))).collect()
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Text(text) | Cell::Choice(text) => json!(text),
        Cell::Integer(n) => json!(n),
        Cell::Money(fen) => json!(fen),
        Cell::Date(date) => json!(date.to_string()),
        Cell::Moment(at) => json!(time::print(*at)),
        Cell::Flag(flag) => json!(flag),
        Cell::Choices(codes) => json!(codes),
        Cell::Phone(phone) => json!(phone.as_str()),
        Cell::CreditCode(code) => json!(code.as_str()),
    }
}

fn of_register(register: &Register, pack: &Pack) -> Wanted {
    Wanted {
        zh: register.title.zh.clone(),
        en: register.title.en.clone(),
        columns: register.fields.iter().filter_map(|f| column(f, f.name == register.key, pack)).collect(),
        unique: vec![vec![register.key.clone()]],
    }
}

fn of_requests(procedure: &Procedure, pack: &Pack) -> Result<Wanted, OfficeError> {
    let act = filing_act(procedure)?;
    let taken = act.takes.iter().filter_map(|take| Some((procedure.field(&take.field)?, take.required)));
    Ok(Wanted {
        zh: procedure.title.zh.clone(),
        en: procedure.title.en.clone(),
        columns: taken.filter_map(|(field, required)| column(field, required, pack)).collect(),
        unique: Vec::new(),
    })
}

/// Acts whose date a history may name: those that somebody does and that bear a tag, in the procedure's order.
fn dated_acts(procedure: &Procedure) -> impl Iterator<Item = &Act> {
    procedure.acts.iter().filter(|a| !a.tags.is_empty() && a.to.is_some() && !a.records_history)
}

fn dated(act: &Act) -> String {
    format!("{}@", act.name)
}

fn of_history(procedure: &Procedure, pack: &Pack) -> Wanted {
    let plain = |id: &str, zh: &str, en: &str, also: &[&str], required: bool, kind: Kind| Column {
        id: id.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        also: also.iter().map(|s| (*s).to_owned()).collect(),
        required,
        kind,
        hint_zh: String::new(),
        hint_en: String::new(),
        example: String::new(),
    };
    let also = ["编号", "工单号", "受理编号", "诉求编号", "原系统编号", "办件编号"];
    let mut columns = vec![plain(NUMBER, "原编号", "Original number", &also, true, Kind::Text { max: 60 })];
    let states = procedure.states.iter().map(|s| guiju_sheet::Choice {
        code: s.name.clone(),
        zh: s.title.zh.clone(),
        en: s.title.en.clone(),
    });
    let kind = Kind::Choice { choices: states.collect() };
    columns.push(plain(STATE, "状态", "State", &["当前状态", "办理状态"], false, kind));
    let taken = history_act(procedure).map(|act| act.takes.clone()).unwrap_or_default();
    for take in &taken {
        columns.extend(procedure.field(&take.field).and_then(|f| column(f, take.required, pack)));
    }
    for act in dated_acts(procedure) {
        let (zh, en) = (format!("{}时间", act.title.zh), format!("{} at", act.title.en));
        let date = format!("{}日期", act.title.zh);
        let opening = act.from.is_empty() && act.by.iter().any(|b| b.party);
        let also: Vec<&str> =
            if opening { vec![&date, "提交时间", "登记时间", "来件时间"] } else { vec![&date] };
        columns.push(plain(&dated(act), &zh, &en, &also, opening, Kind::Moment { date_alone: true }));
    }
    Wanted {
        zh: procedure.title.zh.clone(),
        en: procedure.title.en.clone(),
        columns,
        unique: vec![vec![NUMBER.to_owned()]],
    }
}

/// A field as a column; files do not fit into a cell.
fn column(field: &Field, required: bool, pack: &Pack) -> Option<Column> {
    Some(Column {
        id: field.name.clone(),
        zh: field.title.zh.clone(),
        en: field.title.en.clone(),
        also: field.columns.clone(),
        required,
        kind: kind(field, pack)?,
        hint_zh: field.hint.as_ref().map(|h| h.zh.clone()).unwrap_or_default(),
        hint_en: field.hint.as_ref().map(|h| h.en.clone()).unwrap_or_default(),
        example: String::new(),
    })
}

fn kind(field: &Field, pack: &Pack) -> Option<Kind> {
    let checks = |v: &Validator| field.validate.contains(v);
    Some(match &field.kind {
        FieldKind::Party => Kind::CreditCode,
        _ if checks(&Validator::CreditCode) => Kind::CreditCode,
        _ if checks(&Validator::Phone) => Kind::Phone,
        FieldKind::Text { max, .. } => Kind::Text { max: *max },
        FieldKind::Integer { min, max } => Kind::Integer { min: *min, max: *max },
        FieldKind::Money => Kind::Money { unit: guiju_sheet::MoneyUnit::Yuan },
        FieldKind::Date => Kind::Date,
        FieldKind::DateTime => Kind::Moment { date_alone: false },
        FieldKind::Flag => Kind::Flag,
        FieldKind::Enum { choices, most } if *most > 1 => {
            Kind::Choices { choices: choices.iter().map(choice).collect(), most: *most }
        }
        FieldKind::Enum { choices, .. } => Kind::Choice { choices: choices.iter().map(choice).collect() },
        FieldKind::Unit => Kind::Choice { choices: units(pack) },
        FieldKind::Entry { .. } => Kind::Text { max: 120 },
        FieldKind::File { .. } | FieldKind::List { .. } | FieldKind::Table { .. } => return None,
    })
}

fn choice(choice: &Choice) -> guiju_sheet::Choice {
    guiju_sheet::Choice { code: choice.value.clone(), zh: choice.title.zh.clone(), en: choice.title.en.clone() }
}

/// Units by the names that people write: the unit's own, or with its organ's before it.
fn units(pack: &Pack) -> Vec<guiju_sheet::Choice> {
    let paths = pack.organs.iter().flat_map(|o| o.units.iter().map(move |u| (o, u)));
    paths
        .map(|(o, u)| guiju_sheet::Choice {
            code: format!("{}/{}", o.id, u.id),
            zh: if o.own { u.title.zh.clone() } else { format!("{}{}", o.title.zh, u.title.zh) },
            en: if o.own { u.title.en.clone() } else { format!("{}, {}", o.title.en, u.title.en) },
        })
        .collect()
}
