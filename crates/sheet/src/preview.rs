//! What would be taken from this book, and what is wrong with the rest?
//!
//! Reads every sheet whose heading names all required columns; changes nothing. The same book and wants give the same
//! preview. Refuses nothing itself: it lists complaints, and the caller decides between all-or-nothing and skip-bad.

use std::collections::BTreeMap;

use crate::book::{Book, Note, Sheet, Source, column_name};
use crate::clean::{clean, shown};
use crate::complaint::{Complaint, Severity};
use crate::convert::{Context, convert};
use crate::heading::{Heading, is_row_number};
use crate::rows::{RowKind, Skipped, kind_of};
use crate::wanted::{Value, Wanted};

/// What was found in a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// What kind of file it was, with encoding and delimiter.
    pub source: Source,
    /// The sheets that were read, in order.
    pub sheets: Vec<SheetUse>,
    /// The records, in the order of sheets and rows.
    pub rows: Vec<Row>,
    /// Complaints about the file, a sheet or a column.
    pub file_complaints: Vec<Complaint>,
    /// Rows that were not read as records, blank ones not counted.
    pub skipped: Vec<Skipped>,
}

/// How a sheet was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetUse {
    /// Its name.
    pub name: String,
    /// The rows of its heading as spreadsheet programs number them, from 1; both inclusive.
    pub heading: (u32, u32),
    /// By id of the wanted column: the column's letters and its title in the sheet.
    pub columns: BTreeMap<String, (String, String)>,
    /// Titles of columns that were not read.
    pub ignored: Vec<String>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The sheet's name.
    pub sheet: String,
    /// The row as spreadsheet programs number it, from 1.
    pub number: u32,
    /// Values by id of the wanted column; cells that are empty or refused are absent.
    pub values: BTreeMap<String, Value>,
    /// What is wrong with its cells, in the order of the wanted columns.
    pub complaints: Vec<Complaint>,
}

impl Row {
    /// Tells whether nothing in the row was refused.
    pub fn is_good(&self) -> bool {
        self.complaints.iter().all(|complaint| complaint.severity != Severity::Refused)
    }
}

impl Preview {
    /// Counts the records of which nothing was refused.
    pub fn good(&self) -> usize {
        self.rows.iter().filter(|row| row.is_good()).count()
    }

    /// Counts the records of which something was refused.
    pub fn bad(&self) -> usize {
        self.rows.len() - self.good()
    }

    /// Tells whether the file as a whole cannot be taken, not even its good records.
    pub fn is_refused(&self) -> bool {
        self.file_complaints.iter().any(|complaint| complaint.severity == Severity::Refused)
    }

    /// Gives every complaint: about the file first, then row by row.
    pub fn complaints(&self) -> impl Iterator<Item = &Complaint> {
        self.file_complaints.iter().chain(self.rows.iter().flat_map(|row| &row.complaints))
    }

    /// Adds what the rules say of a row (by its place in `rows`): at the cell of the first of these wanted columns that the
    /// sheet has, or at the row's first cell. So the marked workbook shows it like every other complaint.
    pub fn complain(&mut self, row: usize, columns: &[&str], severity: Severity, zh: &str, en: &str) {
        let Some(row) = self.rows.get_mut(row) else { return };
        let used = self.sheets.iter().find(|used| used.name == row.sheet);
        let found = columns.iter().find_map(|id| Some((*id, used?.columns.get(*id)?.clone())));
        let value = found.as_ref().and_then(|(id, _)| row.values.get(*id)).map(Value::plain);
        let first = || used?.columns.values().min_by_key(|(letters, _)| column_of(letters)).map(|(at, _)| at.clone());
        let (letters, title) =
            found.map(|(_, at)| at).unwrap_or_else(|| (first().unwrap_or_else(|| "A".into()), String::new()));
        let place = (row.number.saturating_sub(1), column_of(&letters));
        let mut complaint =
            Complaint::about_cell(&row.sheet, place, &title, &value.unwrap_or_default(), Note::new(zh, en));
        complaint.severity = severity;
        row.complaints.push(complaint);
    }

    /// Refuses the file as a whole: for what only the caller knows, such as how many rows it takes.
    pub fn refuse(&mut self, zh: &str, en: &str) {
        self.about_file(Severity::Refused, "", Note::new(zh, en));
    }

    fn about_file(&mut self, severity: Severity, sheet: &str, note: Note) {
        self.file_complaints.push(Complaint::about_file(severity, sheet, note));
    }
}

/// When so many rows of a book are at fault, the rest are not looked at: it is the wrong file, and complaints about
/// millions of rows would need more memory than the file itself.
const BAD_ROWS_MAX: usize = 20_000;

/// Finds the headings and reads the rows of a book.
///
/// A book with more than 20,000 rows at fault is refused as a whole; the rows after them are not read.
pub fn preview(book: &Book, wanted: &Wanted) -> Preview {
    let mut preview = Preview {
        source: book.source,
        sheets: Vec::new(),
        rows: Vec::new(),
        file_complaints: Vec::new(),
        skipped: Vec::new(),
    };
    for note in &book.notes {
        preview.about_file(Severity::Noticed, "", note.clone());
    }
    for (sheet, heading) in chosen_sheets(book, wanted, &mut preview) {
        complain_about_columns(sheet, &heading, wanted, &mut preview);
        read_rows(book, sheet, &heading, wanted, &mut preview);
        preview.sheets.push(sheet_use(sheet, &heading));
    }
    complain_about_duplicates(wanted, &mut preview);
    if preview.rows.is_empty() && !preview.is_refused() {
        let note = Note::new("表头下面没有数据", "there are no rows under the heading");
        preview.about_file(Severity::Refused, "", note);
    }
    preview
}

/// Chooses the sheets whose heading is complete, or else the one that comes nearest; says which were left out.
fn chosen_sheets<'a>(book: &'a Book, wanted: &Wanted, preview: &mut Preview) -> Vec<(&'a Sheet, Heading)> {
    let mut complete = Vec::new();
    let mut incomplete: Vec<(&Sheet, Heading)> = Vec::new();
    let mut left_out: Vec<&Sheet> = Vec::new();
    for sheet in book.sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        if [crate::PROBLEMS, crate::GUIDE].contains(&sheet.name.as_str()) {
            continue;
        }
        if sheet.hidden {
            let note = Note::new("隐藏的工作表，未读取", "a hidden sheet, not read");
            preview.about_file(Severity::Noticed, &sheet.name, note);
            continue;
        }
        match Heading::find(sheet, wanted, book.from_1904) {
            Some(heading) if heading.missing(wanted).next().is_none() => complete.push((sheet, heading)),
            Some(heading) => incomplete.push((sheet, heading)),
            None => left_out.push(sheet),
        }
    }
    if complete.is_empty() {
        // The first of the sheets that name most is the one the person meant.
        incomplete.sort_by_key(|(_, heading)| std::cmp::Reverse(heading.found.len()));
        complete.extend((!incomplete.is_empty()).then(|| incomplete.remove(0)));
    }
    if complete.is_empty() {
        preview.about_file(Severity::Refused, "", no_heading(wanted));
        return complete;
    }
    for sheet in left_out.into_iter().chain(incomplete.into_iter().map(|(sheet, _)| sheet)) {
        let note = Note::new("没有所需的列，这张工作表未读取", "this sheet lacks the wanted columns and was not read");
        preview.about_file(Severity::Noticed, &sheet.name, note);
    }
    complete
}

fn no_heading(wanted: &Wanted) -> Note {
    let required = wanted.columns.iter().filter(|column| column.required);
    let (zh, en): (Vec<&str>, Vec<&str>) = required.map(|column| (column.zh.as_str(), column.en.as_str())).unzip();
    Note::new(
        format!("前15行里没有找到表头；表头至少应有：{}。可以下载模板填写", zh.join("、")),
        format!(
            "no heading was found in the first 15 rows; it needs at least: {}. a template can be downloaded",
            en.join(", ")
        ),
    )
}

fn complain_about_columns(sheet: &Sheet, heading: &Heading, wanted: &Wanted, preview: &mut Preview) {
    let others: Vec<&str> = heading.ignored.iter().map(|(_, title)| title.as_str()).collect();
    for column in heading.missing(wanted) {
        let (mut zh, mut en) =
            (format!("缺少必需的列“{}”", column.zh), format!("the required column `{}` is missing", column.en));
        let names = [&column.zh, &column.en].into_iter().chain(&column.also);
        if let Some(near) = names.filter_map(|name| guiju_text::nearest(name, &others)).next() {
            let letters = heading
                .ignored
                .iter()
                .find(|(_, title)| title == near)
                .map_or(String::new(), |(at, _)| column_name(*at));
            zh += &format!("；{letters}列的“{near}”是否就是它？请改为“{}”", column.zh);
            en += &format!("; is column {letters} `{near}` meant? rename it to `{}`", column.zh);
        }
        let mut complaint = Complaint::about_file(Severity::Refused, &sheet.name, Note::new(zh, en));
        complaint.column_title = Some(column.zh.clone());
        complaint.row = Some(heading.last_row.saturating_add(1));
        preview.file_complaints.push(complaint);
    }
    for (id, places) in &heading.doubled {
        let title = wanted.column(id).map_or(id.as_str(), |column| column.zh.as_str());
        let letters: Vec<String> = places.iter().map(|column| column_name(*column)).collect();
        let note = Note::new(
            format!("列“{title}”出现了{}次（{}列），请只保留一列", places.len(), letters.join("、")),
            format!(
                "the column `{title}` stands here {} times (columns {}); keep only one",
                places.len(),
                letters.join(", ")
            ),
        );
        let mut complaint = Complaint::about_file(Severity::Refused, &sheet.name, note);
        complaint.column_title = Some(title.to_owned());
        preview.file_complaints.push(complaint);
    }
    let unread: Vec<&str> = others.into_iter().filter(|title| !is_row_number(title)).collect();
    if !unread.is_empty() {
        let note = Note::new(
            format!("以下列不需要，未读取：{}", unread.join("、")),
            format!("these columns are not needed and were not read: {}", unread.join(", ")),
        );
        preview.about_file(Severity::Noticed, &sheet.name, note);
    }
}

fn read_rows(book: &Book, sheet: &Sheet, heading: &Heading, wanted: &Wanted, preview: &mut Preview) {
    let mut bad = preview.bad();
    for row in sheet.rows.range(heading.last_row.saturating_add(1)..).map(|(row, _)| *row) {
        if bad.max(preview.skipped.len()) > BAD_ROWS_MAX {
            let note = Note::new(
                format!("有问题或无法作为数据的行超过{BAD_ROWS_MAX}行，第{row}行以后没有检查；请核对是否选错了文件"),
                format!(
                    "more than {BAD_ROWS_MAX} rows are at fault or no data, rows after {row} were not looked at; is this the right file?"
                ),
            );
            return preview.about_file(Severity::Refused, &sheet.name, note);
        }
        match kind_of(sheet, row, heading, wanted, book.from_1904) {
            RowKind::Blank => {}
            RowKind::Skip(Note { zh, en }) => {
                preview.skipped.push(Skipped { sheet: sheet.name.clone(), row: row.saturating_add(1), zh, en });
            }
            RowKind::Record => {
                let record = read_row(book, sheet, row, heading, wanted);
                bad += usize::from(!record.is_good());
                preview.rows.push(record);
            }
        }
    }
}

fn read_row(book: &Book, sheet: &Sheet, row: u32, heading: &Heading, wanted: &Wanted) -> Row {
    let number = row.saturating_add(1);
    let mut record = Row { sheet: sheet.name.clone(), number, values: BTreeMap::new(), complaints: Vec::new() };
    for column in &wanted.columns {
        let Some(place) = heading.found.get(&column.id) else {
            continue; // A missing column has its complaint about the file.
        };
        let context = Context { from_1904: book.from_1904, unit: place.unit.or(heading.unit) };
        let cell = sheet.cell_filled_down(row, place.column, heading.last_row.saturating_add(1));
        let converted = cell.map_or(Ok(None), |cell| convert(cell, &column.kind, context));
        let note = match converted {
            Ok(Some(value)) => {
                record.values.insert(column.id.clone(), value);
                continue;
            }
            Ok(None) if column.required => {
                Note::new(format!("“{}”必须填写", column.zh), format!("`{}` must be filled in", column.en))
            }
            Ok(None) => continue,
            Err(note) => note,
        };
        let value = cell.map(|cell| clean(&shown(cell, book.from_1904))).unwrap_or_default();
        record.complaints.push(Complaint::about_cell(&sheet.name, (row, place.column), &place.title, &value, note));
    }
    record
}

/// Complains about rows that agree with an earlier one in a unique set of columns, or in everything.
fn complain_about_duplicates(wanted: &Wanted, preview: &mut Preview) {
    let mut firsts: BTreeMap<(usize, Vec<String>), (String, u32)> = BTreeMap::new();
    let whole = wanted.unique.len();
    let mut duplicates = 0;
    for row in &mut preview.rows {
        if duplicates > BAD_ROWS_MAX {
            break; // The file is refused for those found; more of them would say nothing new.
        }
        let all: Vec<String> = row.values.iter().map(|(id, value)| format!("{id}={value:?}")).collect();
        let mut keys = Vec::new();
        for (set, ids) in wanted.unique.iter().enumerate() {
            let values: Vec<String> =
                ids.iter().filter_map(|id| row.values.get(id)).map(|v| format!("{v:?}")).collect();
            if values.len() == ids.len() && !ids.is_empty() {
                keys.push((set, values));
            }
        }
        if !all.is_empty() {
            keys.push((whole, all));
        }
        for (set, values) in keys {
            let here = (row.sheet.clone(), row.number);
            match firsts.entry((set, values)) {
                std::collections::btree_map::Entry::Vacant(vacant) => {
                    vacant.insert(here);
                }
                std::collections::btree_map::Entry::Occupied(first) => {
                    let ids = wanted.unique.get(set);
                    let complaint = duplicate(row, first.get(), ids, wanted, &preview.sheets);
                    row.complaints.push(complaint);
                    duplicates += 1;
                    break;
                }
            }
        }
    }
    if duplicates > BAD_ROWS_MAX {
        let note = Note::new(
            format!("重复的行超过{BAD_ROWS_MAX}行，其余没有检查；请核对是否选错了文件"),
            format!(
                "more than {BAD_ROWS_MAX} rows are duplicates, the rest were not looked at; is this the right file?"
            ),
        );
        preview.about_file(Severity::Refused, "", note);
    }
}

fn duplicate(
    row: &Row,
    first: &(String, u32),
    ids: Option<&Vec<String>>,
    wanted: &Wanted,
    sheets: &[SheetUse],
) -> Complaint {
    let (sheet, number) = first;
    let (zh_at, en_at) = if *sheet == row.sheet {
        (format!("第{number}行"), format!("row {number}"))
    } else {
        (format!("工作表“{sheet}”第{number}行"), format!("row {number} of sheet `{sheet}`"))
    };
    let columns: Vec<_> = ids.into_iter().flatten().filter_map(|id| wanted.column(id)).collect();
    let (zh, en): (Vec<&str>, Vec<&str>) = columns.iter().map(|c| (c.zh.as_str(), c.en.as_str())).unzip();
    let note = if columns.is_empty() {
        Note::new(format!("与{zh_at}完全相同，请删除其中一行"), format!("the same as {en_at}; delete one of the two"))
    } else {
        Note::new(
            format!("与{zh_at}重复（{}相同），请删除或改正其中一行", zh.join("、")),
            format!("the same as {en_at} in {}; delete or mend one of the two", en.join(", ")),
        )
    };
    let used = sheets.iter().find(|used| used.name == row.sheet);
    let title = columns.first().and_then(|column| used?.columns.get(&column.id)).cloned();
    let (letters, title) = title.unwrap_or_else(|| ("A".into(), String::new()));
    let place = (row.number.saturating_sub(1), column_of(&letters));
    let value = columns.first().and_then(|column| row.values.get(&column.id)).map(Value::plain).unwrap_or_default();
    Complaint::about_cell(&row.sheet, place, &title, &value, note)
}

fn column_of(letters: &str) -> u16 {
    letters
        .bytes()
        .fold(0_u16, |column, letter| {
            column.saturating_mul(26).saturating_add(u16::from(letter.saturating_sub(b'A')) + 1)
        })
        .saturating_sub(1)
}

fn sheet_use(sheet: &Sheet, heading: &Heading) -> SheetUse {
    SheetUse {
        name: sheet.name.clone(),
        heading: (heading.first_row.saturating_add(1), heading.last_row.saturating_add(1)),
        columns: heading
            .found
            .iter()
            .map(|(id, place)| (id.clone(), (column_name(place.column), place.title.clone())))
            .collect(),
        ignored: heading.ignored.iter().map(|(_, title)| title.clone()).collect(),
    }
}
