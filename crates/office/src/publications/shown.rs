//! One publication as anybody reads it: what the case held when it was published, and of that only what the public may see.

use guiju_kernel::case::Case;
use guiju_kernel::procedure::definition::{Field, FieldKind, Procedure, Text, Visibility};
use guiju_kernel::record::Record;
use guiju_kernel::time::Instant;
use serde_json::{Map, Value};

use super::standing::{self, PublicParty, Standing, shown};
use super::{PartyShown, PublishedLine};
use crate::answer::OfficeError;
use crate::office::Office;
use crate::shelf::Volume;
use crate::show;
use crate::view::Lines;

/// A publication that stands.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicRecord {
    pub line: PublishedLine,
    /// The organ that decided.
    pub organ: Text,
    pub lines: Lines,
    /// `statute#article` of the time within which it had to be public.
    pub basis: Vec<String>,
}

/// A publication that was taken down, with the reason that the law wants said. Nothing of the decision is left in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Withdrawn {
    pub kind: Text,
    pub procedure: Text,
    pub number: String,
    pub at: Instant,
    pub reason: String,
    pub basis: Vec<String>,
}

impl Office {
    /// What of a case stands in public, and what was taken down with a reason to be told. Both are empty for a case that is not the
    /// public's business and for one that does not exist: nobody can tell them apart.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn published_case(&self, id: u64) -> Result<(Vec<PublicRecord>, Vec<Withdrawn>), OfficeError> {
        let (mut records, mut withdrawn) = (Vec::new(), Vec::new());
        let case = match self.case(id).await {
            Ok(case) => case,
            Err(OfficeError::NoSuchCase(_)) => return Ok((records, withdrawn)),
            Err(other) => return Err(other),
        };
        let (procedure, pack) = (self.procedure_of(&case)?, self.pack());
        let all = standing::standing(&case, &procedure, &pack.publications);
        if all.iter().all(|one| one.published.is_none() && one.ended.is_none()) {
            return Ok((records, withdrawn));
        }
        let history = self.records_of(id).await?;
        let volume = self.shelf.volume(&case.pack)?.clone();
        let names = self.names(case.subject.iter().cloned()).await?;
        for one in &all {
            let mask = self.mask(&case, &procedure, one, &names);
            if let (Some(line), Some(published)) = (self.public_line(&case, &procedure, one, &mask)?, one.published) {
                let values = values_at(&history, &procedure, published.seq);
                records.push(PublicRecord {
                    line,
                    organ: self.organ_title(&case.organ),
                    lines: lines(&values, &procedure, &one.withheld, &volume, &mask),
                    basis: one.clock.1.terms.basis.clone(),
                });
            }
            withdrawn.extend(taken_down(one, &case, &procedure, &history, &mask));
        }
        Ok((records, withdrawn))
    }
}

/// The reason, where the pack says that it is told.
fn taken_down(
    one: &Standing<'_>,
    case: &Case,
    procedure: &Procedure,
    history: &[Record],
    mask: &Mask,
) -> Option<Withdrawn> {
    let (mark, tag) = one.ended?;
    let field = one.kind.explains.get(tag)?;
    let record = history.iter().find(|record| record.seq == mark.seq)?;
    Some(Withdrawn {
        kind: one.kind.title.clone(),
        procedure: procedure.title.clone(),
        number: case.number.clone(),
        at: mark.at,
        reason: mask.masked(record.given.get(field).and_then(Value::as_str).unwrap_or_default()),
        basis: record.basis.clone(),
    })
}

/// The values of the fields as they stood after a record: what was given later was not published then.
fn values_at(history: &[Record], procedure: &Procedure, seq: u64) -> Map<String, Value> {
    let mut values = Map::new();
    for record in history.iter().filter(|record| record.seq <= seq) {
        values.extend(record.given.iter().map(|(name, value)| (name.clone(), value.clone())));
        let sets = procedure.act(&record.act).map(|act| act.sets.iter());
        values.extend(sets.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
    }
    values
}

/// Public fields with a value, in form order. Party and headline stand in the head and not here: the party's field would show the code
/// of a person.
fn lines(values: &Map<String, Value>, procedure: &Procedure, withheld: &[&str], volume: &Volume, mask: &Mask) -> Lines {
    let in_head = |field: &Field| field.kind == FieldKind::Party || field.name == procedure.headline;
    let fields = procedure.fields.iter().filter(|field| shown(field, withheld) && !in_head(field));
    let line = |field: &Field| {
        let value = values.get(&field.name).filter(|value| !value.is_null())?;
        let text = show::value(&public_columns(field), value, volume);
        Some((field.title.clone(), Text { zh: mask.masked(&text.zh), en: mask.masked(&text.en) }))
    };
    fields.filter_map(line).filter(|(_, text)| !text.zh.is_empty()).collect()
}

/// A table without the columns that are not public.
fn public_columns(field: &Field) -> Field {
    let mut field = field.clone();
    if let FieldKind::Table { columns, .. } = &mut field.kind {
        columns.retain(|column| column.visible == Visibility::Public);
    }
    field
}

/// What hides a natural person: their name, their number, and both wherever a text mentions them.
pub(super) struct Mask {
    party: Option<PartyShown>,
    /// Texts to be replaced, the longest first, each with what stands in its place.
    hidden: Vec<(String, String)>,
}

const NAMELESS: (&str, &str) = ("自然人（姓名不公开）", "a natural person (name not public)");

impl Mask {
    /// `name` is the party's in the register of firms, where it stands there.
    pub fn of(party: PublicParty<'_>, natural: bool, case: &Case, name: Option<String>) -> Mask {
        let both = |text: &str| Text { zh: text.to_owned(), en: text.to_owned() };
        let masked = name.as_deref().and_then(surname_only);
        let shown = match party {
            PublicParty::Unnamed => None,
            PublicParty::Firm(code) => {
                Some(PartyShown { name: both(name.as_deref().unwrap_or(code)), code: Some(code.to_owned()) })
            }
            PublicParty::Person(_) => {
                let nameless = Text { zh: NAMELESS.0.to_owned(), en: NAMELESS.1.to_owned() };
                Some(PartyShown { name: masked.as_deref().map_or(nameless, both), code: None })
            }
        };
        let mut hidden = Vec::new();
        // A party that is not named at all is hidden in texts as well: a withheld name must not come back through the headline.
        if natural || shown.is_none() {
            let name = name.filter(|name| name.chars().count() > 1);
            let instead =
                if natural { masked.unwrap_or_else(|| "某某".to_owned()) } else { "某当事人".to_owned() };
            hidden.extend(name.into_iter().chain(case.subject.clone()).map(|text| (text, instead.clone())));
            hidden.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        }
        Mask { party: shown, hidden }
    }

    pub fn party(&self) -> Option<PartyShown> {
        self.party.clone()
    }

    pub fn masked(&self, text: &str) -> String {
        self.hidden.iter().fold(text.to_owned(), |text, (hidden, instead)| text.replace(hidden.as_str(), instead))
    }
}

/// The first character and 某某, whatever the length: it would tell.
fn surname_only(name: &str) -> Option<String> {
    name.chars().next().map(|first| format!("{first}某某"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_keeps_the_surname_and_nothing_that_tells_the_length_of_the_name() {
        assert_eq!(surname_only("张三"), surname_only("张三丰年"));
        assert_eq!(surname_only("欧阳娜娜").as_deref(), Some("欧某某"));
        assert_eq!(surname_only(""), None);
    }
}
