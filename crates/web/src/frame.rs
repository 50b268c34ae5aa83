//! What stands around every page: organ, face, navigation, language, account, banner.

use std::sync::Arc;

use guiju_kernel::procedure::definition::Text;
use guiju_kernel::time::Instant;
use guiju_pack::Pack;

use crate::face::Face;
use crate::lang::Lang;
use crate::{assets, show};

/// The frame of one page for one visitor. Templates speak through it, so that they know one language only.
#[derive(Debug, Clone)]
pub struct Frame {
    pub lang: Lang,
    pub face: Option<Face>,
    pub organ: Text,
    pub nav: Vec<Link>,
    pub faces: Vec<Link>,
    /// Name of the account that is signed in, and whose it is.
    pub who: Option<(String, String)>,
    pub csrf: String,
    pub demo: bool,
    /// Path and query of this page without `lang`, for the language link.
    pub here: String,
    pub pack: Arc<Pack>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub title: String,
    pub href: String,
    pub current: bool,
}

impl Frame {
    pub fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.say(zh, en)
    }

    pub fn zh(&self) -> bool {
        self.lang.is_zh()
    }

    pub fn text<'a>(&self, text: &'a Text) -> &'a str {
        self.lang.text(text)
    }

    /// Articles as people cite them: the statute's title and the article's number, instead of the pack's ids.
    pub fn basis(&self, articles: &[String]) -> String {
        let cited = articles.iter().map(|id| match (self.pack.article(id), id.split_once('#')) {
            (Some((statute, _)), Some((_, number))) => {
                let title = self.text(&statute.title);
                crate::say!(self.lang, "《{title}》第{number}条", "{title}, article {number}")
            }
            _ => id.clone(),
        });
        cited.collect::<Vec<_>>().join(self.t("、", "; "))
    }

    /// The same as links to where each article can be read: HTML that is escaped already.
    pub fn links(&self, articles: &[String]) -> String {
        let link = |id: &String| {
            let cited = escaped(&self.basis(std::slice::from_ref(id)));
            match (self.pack.article(id), id.split_once('#')) {
                (Some((statute, _)), Some((_, number))) => {
                    let (statute, number) = (escaped(&statute.id), escaped(number));
                    format!("<a class=\"govuk-link\" href=\"/law/statute/{statute}#a-{number}\">{cited}</a>")
                }
                _ => cited,
            }
        };
        articles.iter().map(link).collect::<Vec<_>>().join(self.t("、", "; "))
    }

    pub fn moment(&self, at: &Instant) -> String {
        show::moment(self.lang, *at)
    }

    pub fn due(&self, at: &Instant) -> String {
        show::due(self.lang, *at)
    }

    pub fn count(&self, n: &u64) -> String {
        show::count(*n)
    }

    pub fn asset(&self, name: &str) -> String {
        assets::path(name)
    }

    pub fn dense(&self) -> bool {
        self.face.is_some_and(Face::dense)
    }

    pub fn face_title(&self) -> String {
        self.face.map_or_else(String::new, |face| self.lang.text(&face.title()).to_owned())
    }

    pub fn home(&self) -> &'static str {
        self.face.map_or("/", Face::home)
    }

    /// The same page in the other language.
    pub fn other_language(&self) -> String {
        let joint = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{joint}lang={}", self.here, self.lang.other().short())
    }
}

/// A text as it may stand in HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
