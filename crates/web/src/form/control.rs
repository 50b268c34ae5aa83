//! How is a field of the pack shown as an input?

use askama::Template;
use guiju_kernel::organ::Organ;
use guiju_kernel::procedure::definition::{Act, Choice, Field, FieldKind, Procedure, Validator, Visibility};
use guiju_office::Upload;

use super::posted::Posted;
use super::read::Faults;
use super::workbook::Offer;
use crate::lang::Lang;
use crate::{intake, say, show};

/// Answers of a list: `checked` in what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Option_ {
    pub value: String,
    pub title: String,
    /// Everything that a search as you type looks through.
    pub words: String,
    pub checked: bool,
}

/// A named group of options (the units of one organ).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub title: String,
    pub options: Vec<Option_>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Widget {
    Line {
        mode: &'static str,
        autocomplete: &'static str,
        wide: bool,
    },
    Area {
        max: u32,
        lines: u32,
    },
    Tick,
    /// One of a few, or several: radios or checkboxes, with a search box when they are many.
    Choice {
        options: Vec<Option_>,
        most: u32,
    },
    Select {
        groups: Vec<Group>,
    },
    File {
        accept: String,
        allowed: String,
        max_bytes: u64,
        most: u32,
        held: Vec<(String, String)>,
    },
    Table {
        columns: Vec<String>,
        rows: Vec<Vec<TableCell>>,
        /// Where the page can take a workbook instead.
        offer: Option<Offer>,
    },
}

/// One input of a table's typed rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCell {
    pub name: String,
    pub value: String,
    /// What there is to choose from; empty where it is typed.
    pub options: Vec<Option_>,
}

impl TableCell {
    /// Whether what was typed is none of the choices: it is then shown all the same, for people see their own words.
    pub fn strange(&self) -> bool {
        !self.value.is_empty() && !self.options.iter().any(|option| option.checked)
    }
}

/// One question of a form.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "form/control.html")]
pub struct Control {
    pub lang: Lang,
    pub name: String,
    pub title: String,
    pub hint: Option<String>,
    pub required: bool,
    /// Shown to colleagues only, or kept under the party's key: said beside the label.
    pub kept_apart: Option<&'static str>,
    pub widget: Widget,
    pub value: String,
    pub error: Option<String>,
    /// How it stands on the page: the page's own heading when it is the only question.
    pub heading: Heading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heading {
    #[default]
    Label,
    /// The label is the page's `<h1>`.
    Page,
}

impl askama::filters::HtmlSafe for Control {}

/// The questions of one page with what was typed and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pub controls: Vec<Control>,
    /// Faults in form order: the field's input and the sentence.
    pub errors: Vec<(String, String)>,
    /// It carries files: the form is sent as `multipart/form-data`.
    pub multipart: bool,
}

/// What a form is drawn from besides its fields.
pub struct Around<'a> {
    pub lang: Lang,
    pub organs: &'a [Organ],
    pub posted: &'a Posted,
    pub faults: &'a Faults,
    pub held: &'a [Upload],
    /// Workbooks that the tables of the form may be filled with.
    pub tables: &'a [Offer],
}

impl Form {
    /// The form of an act: the fields it takes, in its order; files last, so that what is typed arrives before what may be too large.
    pub fn of(procedure: &Procedure, act: &Act, around: &Around<'_>) -> Form {
        let fields =
            act.takes.iter().filter_map(|take| procedure.field(&take.field).map(|field| (field, take.required)));
        Form::from_fields(fields, around)
    }

    pub fn from_fields<'f>(fields: impl IntoIterator<Item = (&'f Field, bool)>, around: &Around<'_>) -> Form {
        let mut controls: Vec<_> =
            fields.into_iter().map(|(field, required)| Control::of(field, required, around)).collect();
        controls.sort_by_key(|control| matches!(control.widget, Widget::File { .. }));
        let errors = controls
            .iter()
            .filter_map(|control| control.error.clone().map(|error| (control.first_input(), error)))
            .collect();
        let multipart = controls
            .iter()
            .any(|control| matches!(control.widget, Widget::File { .. } | Widget::Table { offer: Some(_), .. }));
        Form { controls, errors, multipart }
    }

    /// The only question of a page carries the page's heading.
    pub fn heading_on_single(mut self) -> Form {
        if let [only] = self.controls.as_mut_slice() {
            only.heading = Heading::Page;
        }
        self
    }

    pub fn has_heading(&self) -> bool {
        self.controls.iter().any(|control| control.heading == Heading::Page)
    }
}

impl Control {
    fn of(field: &Field, required: bool, around: &Around<'_>) -> Control {
        let lang = around.lang;
        let typed = around.posted.all(&field.name);
        Control {
            lang,
            name: field.name.clone(),
            title: lang.text(&field.title).to_owned(),
            hint: hint(field, lang),
            required,
            kept_apart: match field.visible {
                Visibility::Personal => {
                    Some(lang.say("仅经办人可见，查看会被记录", "masked; each reading is recorded"))
                }
                Visibility::WorkSecret => Some(lang.say("工作秘密，不对外", "work secret, never shown outside")),
                _ => None,
            },
            widget: widget(field, around, &typed),
            value: typed.first().cloned().unwrap_or_else(|| prefill(field, around)),
            error: around.faults.get(&field.name).cloned(),
            heading: Heading::Label,
        }
    }

    /// The question is the page's own heading.
    fn is_page(&self) -> bool {
        self.heading == Heading::Page
    }

    pub fn id(&self) -> String {
        format!("f-{}", self.name)
    }

    /// The id of the first input that a fault's link leads to.
    pub fn first_input(&self) -> String {
        match &self.widget {
            Widget::Choice { .. } => format!("f-{}-0", self.name),
            Widget::Table { offer: Some(_), .. } => self.id(),
            Widget::Table { rows, .. } => {
                let first = rows.first().and_then(|row| row.first());
                first.map_or_else(|| self.id(), |cell| format!("f-{}", cell.name))
            }
            _ => self.id(),
        }
    }

    /// What `aria-describedby` lists.
    pub fn described(&self) -> String {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("f-{}-hint", self.name));
        }
        if self.error.is_some() {
            ids.push(format!("f-{}-error", self.name));
        }
        if let Widget::Area { .. } = self.widget {
            ids.push(format!("f-{}-info", self.name));
        }
        ids.join(" ")
    }
}

fn hint(field: &Field, lang: Lang) -> Option<String> {
    let own = field.hint.as_ref().map(|hint| lang.text(hint).to_owned());
    let rule = match &field.kind {
        FieldKind::Party => {
            Some(lang.say("统一社会信用代码，18 位", "unified social credit code, 18 characters").to_owned())
        }
        FieldKind::Money => Some(lang.say("单位：元，最多两位小数", "in yuan, at most two decimals").to_owned()),
        FieldKind::Date => Some(lang.say("例如 2024-12-04", "for example 2024-12-04").to_owned()),
        FieldKind::DateTime => Some(lang.say("例如 2024-12-04 14:05", "for example 2024-12-04 14:05").to_owned()),
        FieldKind::Enum { most, .. } if *most > 1 && own.is_none() => {
            Some(say!(lang, "最多选 {most} 项", "choose up to {most}"))
        }
        _ => None,
    };
    match (own, rule) {
        (Some(own), Some(rule)) if !own.contains(&rule) => Some(say!(lang, "{own}（{rule}）", "{own} ({rule})")),
        (Some(own), _) => Some(own),
        (None, rule) => rule,
    }
}

/// The template that is written over: the field's own, or the chosen type's.
fn prefill(field: &Field, around: &Around<'_>) -> String {
    match (&field.kind, &field.template) {
        (FieldKind::Text { lines, .. }, Some(template)) if *lines > 1 => around.lang.text(template).to_owned(),
        _ => String::new(),
    }
}

fn widget(field: &Field, around: &Around<'_>, typed: &[String]) -> Widget {
    match &field.kind {
        FieldKind::Text { max, lines } if *lines > 1 => Widget::Area { max: *max, lines: *lines },
        FieldKind::List { .. } => Widget::Area { max: 0, lines: 4 },
        FieldKind::Text { .. } => {
            let phone = field.validate.contains(&Validator::Phone);
            Widget::Line {
                mode: if phone { "tel" } else { "text" },
                autocomplete: if phone { "tel" } else { "off" },
                wide: !phone,
            }
        }
        FieldKind::Integer { min: Some(min), max: Some(max) } if few(*min, *max) => {
            Widget::Choice { options: (*min..=*max).map(|n| number(n, typed)).collect(), most: 1 }
        }
        FieldKind::Integer { .. } => Widget::Line { mode: "numeric", autocomplete: "off", wide: false },
        FieldKind::Money => Widget::Line { mode: "decimal", autocomplete: "off", wide: false },
        FieldKind::Date | FieldKind::DateTime => Widget::Line { mode: "text", autocomplete: "off", wide: false },
        FieldKind::Party | FieldKind::Entry { .. } => Widget::Line { mode: "text", autocomplete: "off", wide: true },
        FieldKind::Flag => Widget::Tick,
        FieldKind::Enum { choices, most } => Widget::Choice {
            options: choices.iter().map(|choice| option(choice, around.lang, typed)).collect(),
            most: *most,
        },
        FieldKind::Unit => Widget::Select { groups: unit_groups(around, typed) },
        FieldKind::File { types, max_bytes, most } => Widget::File {
            accept: types.iter().map(|kind| accept(kind)).collect::<Vec<_>>().join(","),
            allowed: endings(types).join(around.lang.say("、", ", ")),
            max_bytes: *max_bytes,
            most: *most,
            held: around
                .held
                .iter()
                .filter(|file| file.field == field.name)
                .map(|file| (file.name.clone(), show::bytes(u64::try_from(file.content.len()).unwrap_or(u64::MAX))))
                .collect(),
        },
        FieldKind::Table { columns, most } => table(field, columns, *most, around),
    }
}

/// A whole number of a range so small that choosing is quicker than typing.
pub fn few(min: i64, max: i64) -> bool {
    max.saturating_sub(min) < 7
}

fn number(n: i64, typed: &[String]) -> Option_ {
    let value = n.to_string();
    Option_ { checked: typed.contains(&value), title: value.clone(), words: value.clone(), value }
}

/// The endings people know for what a field takes, whether the pack names them or their media types.
fn endings(types: &[String]) -> Vec<String> {
    let mut shown: Vec<_> = types.iter().map(|kind| intake::ending_of(kind).to_uppercase()).collect();
    shown.dedup();
    shown
}

fn accept(kind: &str) -> String {
    if kind.contains('/') { kind.to_owned() } else { format!(".{}", kind.trim_start_matches('.')) }
}

fn option(choice: &Choice, lang: Lang, typed: &[String]) -> Option_ {
    Option_ {
        value: choice.value.clone(),
        title: lang.text(&choice.title).to_owned(),
        words: format!("{} {} {}", choice.title.zh, choice.title.en, choice.words.join(" ")),
        checked: typed.contains(&choice.value),
    }
}

fn unit_groups(around: &Around<'_>, typed: &[String]) -> Vec<Group> {
    let lang = around.lang;
    around
        .organs
        .iter()
        .map(|organ| Group {
            title: lang.text(&organ.title).to_owned(),
            options: organ
                .units
                .iter()
                .map(|unit| {
                    let value = format!("{}/{}", organ.id, unit.id);
                    Option_ {
                        checked: typed.contains(&value),
                        value,
                        title: lang.text(&unit.title).to_owned(),
                        words: unit.handles.join(" "),
                    }
                })
                .collect(),
        })
        .collect()
}

/// What a column offers to choose from: the one choice of an enum.
fn options(column: &Field, lang: Lang, typed: &str) -> Vec<Option_> {
    let typed = [typed.to_owned()];
    match &column.kind {
        FieldKind::Enum { choices, most: 0 | 1 } => choices.iter().map(|choice| option(choice, lang, &typed)).collect(),
        FieldKind::Flag => [("true", "是", "yes"), ("false", "否", "no")]
            .map(|(value, zh, en)| Option_ {
                value: value.to_owned(),
                title: lang.say(zh, en).to_owned(),
                words: String::new(),
                checked: typed.contains(&value.to_owned()),
            })
            .to_vec(),
        _ => Vec::new(),
    }
}

/// Rows that were typed, and blank ones below them: without scripts a table grows by saving.
fn table(field: &Field, columns: &[Field], most: u32, around: &Around<'_>) -> Widget {
    const BLANK: usize = 3;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let offer = around.tables.iter().find(|offer| offer.field == field.name).cloned();
    let typed = around.posted.rows_of(&field.name);
    // What a workbook says is not typed as well: the two could differ.
    let held = offer.as_ref().is_some_and(|offer| offer.held.is_some());
    let count = if held { 0 } else { (typed + BLANK).min(most.max(1)) };
    let rows = (0..count)
        .map(|row| {
            columns
                .iter()
                .map(|column| {
                    let name = format!("{}.{row}.{}", field.name, column.name);
                    let value = around.posted.first(&name).unwrap_or_default().to_owned();
                    let options = options(column, around.lang, &value);
                    TableCell { name, value, options }
                })
                .collect()
        })
        .collect();
    let columns = columns.iter().map(|column| around.lang.text(&column.title).to_owned()).collect();
    Widget::Table { columns, rows, offer }
}
