//! Case files, lists and inboxes as one viewer may see them.

use std::sync::Arc;

use guiju_kernel::case::Case;
use guiju_kernel::clock::Clock;
use guiju_kernel::procedure::definition::{Field, FieldKind, Procedure, Text, Visibility};
use guiju_kernel::procedure::{Context, Lawful, Person, lawful_acts};
use guiju_kernel::record::{ActorKind, Record};
use guiju_kernel::rows;
use guiju_kernel::time::{self, Instant, date_of};
use guiju_store::{Hits, InboxCursor, InboxQuery, InboxRow, StoredCase, scope_token};
use serde_json::Value;

use crate::answer::OfficeError;
use crate::office::Office;
use crate::shelf::Volume;
use crate::view::{CaseView, ClockView, Held, InboxView, Lines, PersonalView, Step, Viewer};
use crate::words::{organ_token, party_token};
use crate::writer::{Book, ReadingAsk, Task};
use crate::{bands, show};

/// What of a unit's inbox is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboxAsk {
    /// `organ/unit`; `None`: the person's own.
    pub unit: Option<String>,
    /// One of the four bands' ids.
    pub band: Option<String>,
    pub state: Option<String>,
    pub procedure: Option<String>,
    /// Only what this person has taken.
    pub mine: bool,
    pub after: Option<InboxCursor>,
    pub limit: u32,
}

/// How much of a case a viewer may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Somebody else's business: not at all.
    None,
    Party,
    Staff,
}

impl Office {
    /// A case file, as this viewer may see it.
    pub async fn case_view(&self, who: &Viewer, id: u64) -> Result<CaseView, OfficeError> {
        let case = self.case(id).await?;
        let sight = self.sight(who, &case);
        if sight == Sight::None {
            return Err(OfficeError::NotYours { holder: self.holder_name(&case) });
        }
        let volume = self.shelf.volume(&case.pack)?.clone();
        let procedure = self.procedure_of(&case)?;
        let now = self.now();
        let records = self.records_of(id).await?;
        let timeline = records.iter().filter_map(|r| step(r, &procedure, &volume, sight)).collect();
        let lawful = match who {
            Viewer::Person(person) => self.lawful(&volume, &procedure, &case, person, now).await?,
            Viewer::Public => Vec::new(),
        };
        let subject_name = match &case.subject {
            Some(subject) => self.party_name(subject).await?,
            None => None,
        };
        Ok(CaseView {
            state: title_of_state(&procedure, &case.state),
            fields: fields(&procedure, &case, &volume, sight),
            personal: self.personal(&procedure, &case, sight).await?,
            clocks: clocks(&case, &procedure, &volume, now)?,
            held: self.held(&case, sight),
            timeline,
            lawful,
            subject_name,
            procedure,
            case,
        })
    }

    /// The case with this number.
    pub async fn case_by_number(&self, number: &str) -> Result<Option<u64>, OfficeError> {
        Ok(self.store.case_by_number(number).await?)
    }

    pub async fn case(&self, id: u64) -> Result<Case, OfficeError> {
        case_of(self.store.case(id).await?.ok_or_else(|| OfficeError::NoSuchCase(id.to_string()))?)
    }

    pub fn procedure_of(&self, case: &Case) -> Result<Arc<Procedure>, OfficeError> {
        let volume = self.shelf.volume(&case.pack)?;
        volume
            .procedure(&case.procedure, date_of(case.opened))
            .ok_or_else(|| OfficeError::Damaged(format!("procedure {} is not in pack {}", case.procedure, case.pack)))
    }

    /// A unit's inbox by true deadline, with the exact counts of its bands.
    pub async fn inbox(&self, who: &Person, ask: &InboxAsk) -> Result<InboxView, OfficeError> {
        let (organ, unit) = self.desk_of(who, ask.unit.as_deref())?;
        let now = self.now();
        let bands = bands::bands(now, self.calendar()?)?;
        let ranges: Vec<_> = bands.iter().map(|b| b.range).collect();
        let counts = self.store.band_counts(&organ, &unit, &ranges).await?;
        let band = match &ask.band {
            Some(id) => bands.iter().find(|b| b.id == id).map(|b| b.range),
            None => None,
        };
        let query = InboxQuery {
            organ,
            unit,
            person: ask.mine.then(|| who.id.clone()),
            procedure: ask.procedure.clone(),
            state: ask.state.clone(),
            band,
            after: ask.after,
            limit: ask.limit.clamp(1, 200),
        };
        let page = self.store.inbox(&query).await?;
        Ok(InboxView { bands: bands::counted(bands, &counts), rows: page.rows, more: page.more, now })
    }

    /// The unit whose desk this person may look at: their own, or any of their organ for those who supervise.
    fn desk_of(&self, who: &Person, asked: Option<&str>) -> Result<(String, String), OfficeError> {
        let own = || Some((who.organ.clone()?, who.unit.clone()?));
        let not_yours = || OfficeError::NotYours { holder: "各科室 / the unit".to_owned() };
        let Some(path) = asked else { return own().ok_or_else(not_yours) };
        let (organ, unit) = path.split_once('/').ok_or_else(not_yours)?;
        let same = own().is_some_and(|(o, u)| o == organ && u == unit);
        if same || (oversees(who) && who.organ.as_deref() == Some(organ)) {
            return Ok((organ.to_owned(), unit.to_owned()));
        }
        Err(OfficeError::NotYours { holder: self.unit_title(path).zh })
    }

    /// The cases of the party for whom this person acts, newest first.
    pub async fn my_cases(
        &self,
        who: &Person,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<rows::CaseRow>, OfficeError> {
        match &who.party {
            Some(party) => Ok(self.store.cases_of(party, before, limit.clamp(1, 200)).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Cases that hold the words and that this person may see, newest first.
    pub async fn search(&self, who: &Person, text: &str, before: Option<u64>) -> Result<Hits, OfficeError> {
        let query = guiju_text::query_tokens(text);
        if query.is_empty() {
            return Ok(Hits::default());
        }
        let scope = match (&who.party, &who.organ, &who.unit) {
            (Some(party), ..) => Some(party_token(party)),
            (None, Some(organ), _) if oversees(who) => Some(organ_token(organ)),
            (None, Some(organ), Some(unit)) => Some(scope_token(organ, unit)),
            _ => return Ok(Hits::default()),
        };
        Ok(self.store.search(&query, scope.as_deref(), before, 50).await?)
    }

    /// A personal value in clear. The reading is recorded, durably, before the value is given.
    pub async fn reveal(&self, who: &Person, id: u64, field: &str) -> Result<String, OfficeError> {
        let case = self.case(id).await?;
        if self.sight(&Viewer::Person(who.clone()), &case) == Sight::None {
            return Err(OfficeError::NotYours { holder: self.holder_name(&case) });
        }
        let Some(seq) = case.detail.personal.get(field).copied() else {
            return Err(OfficeError::Input(format!("没有 `{field}` 这一项 / there is no `{field}` here")));
        };
        let ask = ReadingAsk { by: who.clone(), seq, field: field.to_owned(), case: Some(id) };
        self.job(Task::Reading(Box::new(ask)), None).await?;
        let row = self.store.vault(seq, field).await?;
        let party = row.map(|r| r.party).unwrap_or_default();
        let erased = || OfficeError::Input("该项个人信息已依法删除 / this was erased by law".to_owned());
        self.open_value(&party, seq, field).await?.ok_or_else(erased)
    }

    /// A file of a case: its name, media type and content.
    pub async fn file(&self, who: &Viewer, id: u64, stored: &str) -> Result<(String, String, Vec<u8>), OfficeError> {
        let case = self.case(id).await?;
        if self.sight(who, &case) == Sight::None {
            return Err(OfficeError::NotYours { holder: self.holder_name(&case) });
        }
        let marks = case.detail.files.values().flatten();
        let mark = marks.into_iter().find(|m| m.stored == stored);
        let no_file = || OfficeError::Input("没有这个文件 / there is no such file".to_owned());
        let media = mark.ok_or_else(no_file)?.media.clone();
        let (name, content) = self.stored_file(stored).await?.ok_or_else(no_file)?;
        Ok((name, media, content))
    }

    /// Name and content of a stored file, opened under its party's key.
    pub(crate) async fn stored_file(&self, stored: &str) -> Result<Option<(String, Vec<u8>)>, OfficeError> {
        let Some(row) = self.store.file(stored).await? else { return Ok(None) };
        let Some(wrapped) = self.store.party_key(&row.party).await? else {
            return Err(OfficeError::Input(
                "该文件已随当事人的个人信息依法删除 / the file was erased with the party's data".into(),
            ));
        };
        let damaged = |e: guiju_kernel::ledger::vault::VaultError| OfficeError::Damaged(format!("file {stored}: {e}"));
        let key = self.keys.master.unwrap_key(&row.party, &wrapped).map_err(damaged)?;
        let plain = key.open_file(&row.party, &row.content).map_err(damaged)?;
        Ok(Some(show::split_file(&plain)))
    }

    /// Acts that this person may do now, and the others with the reason.
    async fn lawful(
        &self,
        volume: &Volume,
        procedure: &Procedure,
        case: &Case,
        person: &Person,
        now: Instant,
    ) -> Result<Vec<Lawful>, OfficeError> {
        let mut numbers = Default::default();
        let mut entries = Default::default();
        loop {
            let missed = {
                let book = Book::new(volume, &self.shelf.current, &numbers, &entries);
                let pack = volume.pack.hash.as_str();
                let ctx = Context { now, calendar: volume.calendar(now)?, facts: &book, next_seq: u64::MAX, pack };
                let lawful = lawful_acts(procedure, Some(case), person, &ctx);
                let missed = book.into_missed();
                if missed.is_empty() {
                    return Ok(lawful);
                }
                missed
            };
            crate::writer::learn(self.store.as_ref(), missed, &mut numbers, &mut entries).await?;
        }
    }

    /// Personal fields that the case holds: masked, and marked where the value was erased.
    async fn personal(
        &self,
        procedure: &Procedure,
        case: &Case,
        sight: Sight,
    ) -> Result<Vec<PersonalView>, OfficeError> {
        let mut views = Vec::new();
        if sight < Sight::Party {
            return Ok(views);
        }
        for (name, seq) in &case.detail.personal {
            let Some(field) = procedure.field(name) else { continue };
            views.push(PersonalView {
                field: field.name.clone(),
                title: field.title.clone(),
                masked: "●●●●●●".to_owned(),
                erased: self.store.vault(*seq, name).await?.is_none(),
            });
        }
        Ok(views)
    }

    pub(crate) async fn records_of(&self, id: u64) -> Result<Vec<Record>, OfficeError> {
        let stored = self.store.records_of_case(id).await?;
        let parse = |bytes: &str| serde_json::from_str(bytes).map_err(|e| OfficeError::Damaged(e.to_string()));
        stored.iter().map(|r| parse(&r.bytes)).collect()
    }

    /// Party: their own cases. Staff: those whose desk it lies or lay on, and those who oversee the organ whose case it is.
    pub fn sight(&self, who: &Viewer, case: &Case) -> Sight {
        let Viewer::Person(person) = who else { return Sight::None };
        if person.party.is_some() && person.party == case.subject {
            return Sight::Party;
        }
        let holds = case.parts.iter().any(|p| {
            Some(&p.organ) == person.organ.as_ref() && (Some(&p.unit) == person.unit.as_ref() || oversees(person))
        });
        let dispatches = case.detail.dispatcher.as_deref().is_some_and(|d| {
            person.organ.as_ref().zip(person.unit.as_ref()).is_some_and(|(o, u)| d == format!("{o}/{u}"))
        });
        let own = person.organ.as_ref() == Some(&case.organ) && oversees(person);
        if person.kind == ActorKind::Officer && (holds || dispatches || own) { Sight::Staff } else { Sight::None }
    }

    fn held(&self, case: &Case, sight: Sight) -> Vec<Held> {
        case.parts
            .iter()
            .map(|p| {
                let path = format!("{}/{}", p.organ, p.unit);
                Held {
                    organ: self.organ_title(&p.organ),
                    unit: self.unit_title(&path),
                    path,
                    person: p.person.clone().filter(|_| sight == Sight::Staff),
                    lead: p.part == 0,
                    open: p.open,
                    due: p.due,
                }
            })
            .collect()
    }

    pub(crate) fn holder_name(&self, case: &Case) -> String {
        case.parts.first().map_or_else(String::new, |p| {
            format!("{}{}", self.organ_title(&p.organ).zh, self.unit_title(&format!("{}/{}", p.organ, p.unit)).zh)
        })
    }

    pub fn organ_title(&self, id: &str) -> Text {
        let organ = self.shelf.current.pack.organs.iter().find(|o| o.id == id);
        organ.map_or_else(|| plain(id), |o| o.title.clone())
    }

    pub fn unit_title(&self, path: &str) -> Text {
        self.shelf.current.unit_title(path).unwrap_or_else(|| plain(path))
    }

    /// A party's name as the enterprise register has it.
    pub async fn party_name(&self, party: &str) -> Result<Option<String>, OfficeError> {
        let row = self.store.entry("enterprises", party).await?;
        Ok(row.and_then(|r| Some(r.doc.get("fields")?.get("name")?.as_str()?.to_owned())))
    }
}

/// A case as the store has it.
pub(crate) fn case_of(stored: StoredCase) -> Result<Case, OfficeError> {
    let id = stored.row.id;
    rows::case_from(stored.row, stored.holdings, stored.timers)
        .map_err(|e| OfficeError::Damaged(format!("case {id}: {e}")))
}

/// Whether this person may look at every desk of their organ.
pub fn oversees(person: &Person) -> bool {
    // Whoever decides, publishes or answers for the whole organ acts on cases that lie on other desks.
    const OVERSEERS: [&str; 9] =
        ["dispatcher", "supervisor", "ruler", "leader", "auditor", "callback", "head", "publisher", "litigator"];
    OVERSEERS.iter().any(|role| person.roles.contains(*role))
}

fn plain(text: &str) -> Text {
    Text { zh: text.to_owned(), en: text.to_owned() }
}

fn title_of_state(procedure: &Procedure, state: &str) -> Text {
    procedure.state(state).map_or_else(|| plain(state), |s| s.title.clone())
}

/// Fields with values in form order: name, title, what to show, class.
fn fields(procedure: &Procedure, case: &Case, volume: &Volume, sight: Sight) -> Vec<(String, Text, Text, Visibility)> {
    let seen = procedure.fields.iter().filter(|f| visible(f, sight));
    seen.filter_map(|f| {
        let value = case.detail.fields.get(&f.name)?;
        Some((f.name.clone(), f.title.clone(), show::value(f, value, volume), f.visible))
    })
    .collect()
}

fn visible(field: &Field, sight: Sight) -> bool {
    match field.visible {
        Visibility::Public | Visibility::Party => sight >= Sight::Party,
        Visibility::Staff | Visibility::WorkSecret => sight == Sight::Staff,
        Visibility::Personal => false,
    }
}

fn clocks(case: &Case, procedure: &Procedure, volume: &Volume, now: Instant) -> Result<Vec<ClockView>, OfficeError> {
    let calendar = volume.calendar(now)?;
    let mut views = Vec::new();
    for (name, clock) in &case.detail.clocks {
        views.push(clock_view(name, clock, procedure, calendar, now));
    }
    views.sort_by_key(|v| (v.stopped.is_some(), v.due));
    Ok(views)
}

/// A clock as every page shows it. A clock that cannot be reckoned shows no due moment rather than a wrong one.
pub(crate) fn clock_view(
    name: &str,
    clock: &Clock,
    procedure: &Procedure,
    calendar: &guiju_kernel::calendar::Calendar,
    now: Instant,
) -> ClockView {
    let base = name.split('#').next().unwrap_or(name);
    let def = procedure.clock(base);
    let at = clock.stopped_at.unwrap_or(now);
    let due = clock.due_at(calendar, at).ok();
    let overdue = clock.overdue_by(calendar, at).ok().flatten();
    let gone = clock.gone_per_mille(calendar, at).unwrap_or(0);
    let left = match (&overdue, clock.remaining(calendar, at)) {
        (Some(over), _) => Text { zh: format!("超期 {}", over.zh()), en: format!("{} overdue", over.en()) },
        (None, Ok(left)) => Text { zh: format!("还剩 {}", left.zh()), en: format!("{} left", left.en()) },
        (None, Err(_)) => Text::default(),
    };
    ClockView {
        name: name.to_owned(),
        title: def.map_or_else(|| plain(base), |d| d.title.clone()),
        kind: clock.terms.kind,
        started: clock.started_at,
        due: due.as_ref().map(|d| d.at),
        provisional: due.as_ref().is_some_and(|d| d.provisional),
        left,
        overdue: overdue.is_some(),
        soon: overdue.is_none() && gone >= 800,
        stopped: clock.stopped_at,
        kept: clock.stopped_at.map(|_| overdue.is_none()),
        paused: clock.open_pause().map(|p| plain(&p.cause)),
        gone_per_mille: gone.min(1_000),
        source: clock.terms.basis.join("、"),
    }
}

/// A record as a line of the timeline; `None` where this viewer may not see it.
fn step(record: &Record, procedure: &Procedure, volume: &Volume, sight: Sight) -> Option<Step> {
    let act = procedure.act(&record.act).filter(|_| !by_the_program(record));
    let inner = act.is_some_and(|a| a.inner) || act.is_none() && record.act != "remind";
    if inner && sight != Sight::Staff {
        return None;
    }
    let title = act.map_or_else(|| titled(record, procedure), |a| a.title.clone());
    let lines: Lines = procedure
        .fields
        .iter()
        .filter(|f| visible(f, sight) && !matches!(f.kind, FieldKind::File { .. }))
        .filter_map(|f| {
            let value = record.given.get(&f.name).filter(|v| **v != Value::Null)?;
            Some((f.title.clone(), show::value(f, value, volume)))
        })
        .collect();
    let unit = record.by.first().and_then(|d| Some(format!("{}/{}", d.organ.as_ref()?, d.unit.as_ref()?)));
    Some(Step {
        seq: record.seq,
        act: record.act.clone(),
        title,
        state: record.case.as_ref().map(|c| title_of_state(procedure, &c.to)),
        done: record.done,
        recorded: record.recorded,
        by: record.by.iter().filter(|_| sight == Sight::Staff).map(|d| d.id.clone()).collect(),
        unit: unit.and_then(|u| volume.unit_title(&u)),
        basis: record.basis.clone(),
        lines,
        files: record.files.clone(),
        inner,
        origin: record.origin.clone(),
    })
}

/// Whether a bell rang and nothing else happened, though the procedure may have an act of that name: a deadline's reminder is no 催告.
fn by_the_program(record: &Record) -> bool {
    let rang = record.by.first().is_some_and(|by| by.kind == ActorKind::Timer);
    rang && ["remind", "lapse"].contains(&record.act.as_str()) && record.tags.is_empty() && record.basis.is_empty()
}

/// What the program did by itself; a reminder says of what.
fn titled(record: &Record, procedure: &Procedure) -> Text {
    let title = show::act_title(&record.act);
    let rung = record.by.first().and_then(|by| by.id.split('#').next());
    let timer = procedure.timers.iter().find(|timer| Some(timer.name.as_str()) == rung);
    match timer.map(|timer| &timer.title) {
        Some(Text { zh, en }) => Text { zh: format!("{}：{zh}", title.zh), en: format!("{}: {en}", title.en) },
        None => title,
    }
}

/// Milliseconds of a row as a moment, for lists.
pub fn moment(ms: i64) -> Instant {
    time::from_millis(ms).unwrap_or(Instant::UNIX_EPOCH)
}

/// Whether an inbox row is overdue at a moment.
pub fn overdue(row: &InboxRow, now: Instant) -> bool {
    row.holding.due.is_some_and(|due| due <= time::to_millis(now))
}
