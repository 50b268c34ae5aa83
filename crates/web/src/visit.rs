//! Who is here, in which language, with which session?
//!
//! A [`Visit`] is drawn from each request before its handler runs. Sessions live in the store under the hash of the cookie's
//! token, so that a stolen copy of the data opens no session. A form must bear the token that belongs to its session; one whose
//! session has ended is kept word for word and given back after sign-in.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use guiju_kernel::procedure::Person;
use guiju_kernel::record::ActorKind;
use guiju_kernel::time::{self, Instant};
use guiju_office::{Office, Viewer};
use guiju_store::{Draft, Session};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::WebState;
use crate::face::Face;
use crate::fault::Fault;
use crate::form::{Arrived, Posted};
use crate::frame::{Frame, Link};
use crate::intake::{self, FileRule};
use crate::lang::Lang;

/// The session cookie; `__Host-` would need TLS, which ends at the office's proxy.
pub const COOKIE: &str = "guiju_session";
/// How long a session lasts after sign-in, in milliseconds: one working day.
pub const SESSION_MS: i64 = 12 * 60 * 60 * 1000;
/// How long the browser keeps the cookie, in seconds: longer than any session, because the token of an ended session is what a
/// form must bear for its text to be kept.
pub const COOKIE_SECONDS: i64 = 30 * 24 * 60 * 60;
/// Owner of what was typed under a session that had ended.
const KEPT: &str = "kept";
/// Texts kept at once; the oldest give way, so that nobody can fill the disk without signing in.
const KEPT_MOST: usize = 200;
/// The longest text that is kept, in bytes.
const KEPT_BYTES: usize = 256 * 1024;

/// One request's visitor.
#[derive(Debug, Clone)]
pub struct Visit {
    pub lang: Lang,
    pub face: Option<Face>,
    /// Path and query, without `lang`.
    pub here: String,
    /// The cookie's token, whether or not its session still lives.
    pub token: Option<String>,
    pub person: Option<Person>,
    pub now: Instant,
}

/// What was typed under an ended session, and where it belongs.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    pub to: String,
    pub typed: Posted,
}

impl<S> FromRequestParts<S> for Visit
where
    WebState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Visit, Fault> {
        let state = WebState::from_ref(state);
        let lang = parts.extensions.get::<Lang>().copied().unwrap_or_default();
        let token = cookie(parts, COOKIE).filter(|token| token.len() == 64).map(str::to_owned);
        let now = state.office.now();
        let person = match &token {
            Some(token) => person_of(&state.office, token, now).await?,
            None => None,
        };
        let path = parts.uri.path().to_owned();
        Ok(Visit { lang, face: Face::of(&path), here: without_lang(&path, parts.uri.query()), token, person, now })
    }
}

async fn person_of(office: &Office, token: &str, now: Instant) -> Result<Option<Person>, Fault> {
    let Some(session) = office.session(&session_id(token)).await? else { return Ok(None) };
    if session.expires <= time::to_millis(now) {
        return Ok(None);
    }
    Ok(office.person(&session.account).await?)
}

/// The value of a cookie of the request.
pub fn cookie<'p>(parts: &'p Parts, name: &str) -> Option<&'p str> {
    parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn without_lang(path: &str, query: Option<&str>) -> String {
    let rest: Vec<_> =
        query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

fn session_id(token: &str) -> String {
    hex::encode(Sha256::digest(format!("guiju session {token}")))
}

/// The token that every form of this session bears.
fn form_token(token: &str) -> String {
    hex::encode(Sha256::digest(format!("guiju form {token}"))).chars().take(32).collect()
}

/// Random hex digits, two a byte.
///
/// # Errors
/// When the operating system has no randomness.
pub fn random_hex(bytes: usize) -> Result<String, Fault> {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).map_err(|error| Fault::Broken(error.to_string()))?;
    Ok(hex::encode(buffer))
}

impl Visit {
    pub fn viewer(&self) -> Viewer {
        self.person.clone().map_or(Viewer::Public, Viewer::Person)
    }

    /// Whoever is signed in; otherwise they are asked to sign in and come back here.
    ///
    /// # Errors
    /// [`Fault::SignIn`].
    pub fn signed_in(&self) -> Result<&Person, Fault> {
        self.person.as_ref().ok_or_else(|| Fault::SignIn(sign_in_path(&self.here)))
    }

    /// An officer; somebody signed in for a firm is told whose page this is.
    ///
    /// # Errors
    /// [`Fault::SignIn`] or [`Fault::NotYours`].
    pub fn officer(&self) -> Result<&Person, Fault> {
        let person = self.signed_in()?;
        if person.kind == ActorKind::Officer {
            return Ok(person);
        }
        Err(Fault::NotYours(self.lang.say("本机关工作人员", "the office's staff").to_owned()))
    }

    pub fn csrf(&self) -> String {
        self.token.as_deref().map(form_token).unwrap_or_default()
    }

    /// Opens a session and gives the cookie's token.
    ///
    /// # Errors
    /// When the store cannot keep it.
    pub async fn open_session(office: &Office, account: &str) -> Result<String, Fault> {
        let token = random_hex(32)?;
        let expires = time::to_millis(office.now()).saturating_add(SESSION_MS);
        let session = Session { id: session_id(&token), account: account.to_owned(), data: "{}".to_owned(), expires };
        office.put_session(&session).await?;
        Ok(token)
    }

    /// Ends this visit's session.
    ///
    /// # Errors
    /// When the store cannot forget it.
    pub async fn close_session(&self, office: &Office) -> Result<(), Fault> {
        if let Some(token) = &self.token {
            office.drop_session(&session_id(token)).await?;
        }
        Ok(())
    }

    /// Reads a form of somebody who is signed in. `page` is the page that shows the form: there a visitor whose session has ended
    /// finds everything again after signing in.
    ///
    /// # Errors
    /// [`Fault::Foreign`] when the form's token is not this session's, [`Fault::SignIn`] when the session has ended.
    pub async fn receive(
        &self,
        office: &Office,
        request: Request,
        rules: &[FileRule],
        page: &str,
    ) -> Result<Arrived, Fault> {
        let arrived = intake::read(request, rules).await?;
        let ours = self.token.is_some() && arrived.typed.first("_csrf") == Some(self.csrf().as_str());
        match (&self.person, ours) {
            (Some(_), true) => Ok(arrived),
            (Some(_), false) => Err(Fault::Foreign),
            (None, true) => {
                let id = keep(office, page, &arrived.typed).await?;
                Err(Fault::SignIn(format!("/sign-in?kept={id}")))
            }
            (None, false) => Err(Fault::SignIn(sign_in_path(page))),
        }
    }

    /// What was typed here before the session ended, once.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn kept(&self, office: &Office, query: &Posted) -> Result<Option<Posted>, Fault> {
        let Some(id) = query.first("kept") else { return Ok(None) };
        let Some(kept) = find_kept(office, id).await? else { return Ok(None) };
        let here = self.here.split('?').next().unwrap_or_default();
        if kept.to.split('?').next() != Some(here) {
            return Ok(None);
        }
        office.drop_draft(id).await?;
        Ok(Some(kept.typed.answers()))
    }

    /// The frame of a page; `nav` is the path of the navigation's current entry.
    pub fn frame(&self, state: &WebState, nav: &str) -> Frame {
        let pack = state.office.pack();
        let organ =
            pack.organs.iter().find(|organ| organ.own).map_or_else(|| pack.title.clone(), |own| own.title.clone());
        let faces = state
            .faces
            .list()
            .into_iter()
            .map(|face| Link {
                title: self.lang.text(&face.title()).to_owned(),
                href: face.home().to_owned(),
                current: self.face == Some(face),
            })
            .collect();
        Frame {
            lang: self.lang,
            face: self.face,
            organ,
            nav: crate::nav::links(&pack, self.face, self.lang, self.person.as_ref(), nav),
            faces,
            who: self.person.as_ref().map(|person| (person.id.clone(), self.place(&state.office, person))),
            csrf: self.csrf(),
            demo: state.demo.is_some(),
            here: self.here.clone(),
            pack,
        }
    }

    fn place(&self, office: &Arc<Office>, person: &Person) -> String {
        match (&person.organ, &person.unit) {
            (Some(organ), Some(unit)) => self.lang.text(&office.unit_title(&format!("{organ}/{unit}"))).to_owned(),
            (Some(organ), None) => self.lang.text(&office.organ_title(organ)).to_owned(),
            _ => String::new(),
        }
    }
}

fn sign_in_path(page: &str) -> String {
    format!("/sign-in?next={}", intake::percent_encoded(page))
}

/// Keeps what was typed and gives its id.
///
/// # Errors
/// When the store cannot keep it.
pub async fn keep(office: &Office, page: &str, typed: &Posted) -> Result<String, Fault> {
    let id = random_hex(16)?;
    let kept = Kept { to: page.to_owned(), typed: typed.clone() };
    let data = serde_json::to_string(&kept).map_err(|error| Fault::Broken(error.to_string()))?;
    if data.len() > KEPT_BYTES {
        return Err(Fault::TooLarge { limit: u64::try_from(KEPT_BYTES).unwrap_or(u64::MAX), kept: None });
    }
    let mut others = office.drafts_of(KEPT).await?;
    others.sort_by_key(|draft| std::cmp::Reverse(draft.updated));
    for old in others.iter().skip(KEPT_MOST - 1) {
        office.drop_draft(&old.id).await?;
    }
    let updated = time::to_millis(office.now());
    let draft = Draft { id: id.clone(), owner: KEPT.to_owned(), procedure: KEPT.to_owned(), data, updated };
    office.put_draft(&draft).await?;
    Ok(id)
}

/// What is kept under an id.
///
/// # Errors
/// When the store cannot be read.
pub async fn find_kept(office: &Office, id: &str) -> Result<Option<Kept>, Fault> {
    let draft = office.draft(KEPT, id).await?;
    Ok(draft.and_then(|draft| serde_json::from_str(&draft.data).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_link_keeps_the_rest_of_the_query() {
        assert_eq!(without_lang("/work", Some("band=today&lang=en&after=3")), "/work?band=today&after=3");
        assert_eq!(without_lang("/work", Some("lang=en")), "/work");
    }

    #[test]
    fn what_the_store_holds_does_not_open_a_session() {
        assert_ne!(session_id("a"), "a");
        assert_ne!(form_token("a"), session_id("a").chars().take(32).collect::<String>());
    }
}
