//! What a browser does: signs in, opens a form, fills it in, posts it with its hidden tokens, and reads the answer.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use guiju_demo::PASSWORD;
use guiju_kernel::time;
use tower::ServiceExt;

use crate::house::House;

/// What is typed: name and text; a name that begins with `@` attaches a small PDF to that field, or, where the text has several lines,
/// a file of the first line's name with the rest in it.
pub type Typed<'a> = &'a [(&'a str, &'a str)];

/// An answer.
pub struct Page {
    pub status: StatusCode,
    pub location: String,
    pub html: String,
}

/// How a refusal is recognized: the rule it names (`None` where the form itself says no at a field) and words it has to say.
pub struct No<'a> {
    pub rule: Option<&'a str>,
    pub says: &'a str,
    /// Every one of these has to be named with its statute's title and number, and linked to where it can be read.
    pub articles: &'a [&'a str],
}

/// A rule's no, with the articles it has to name.
pub fn rule<'a>(rule: &'a str, articles: &'a [&'a str]) -> No<'a> {
    No { rule: Some(rule), says: "", articles }
}

/// The form's own no, at a field.
pub fn field<'a>(says: &'a str, articles: &'a [&'a str]) -> No<'a> {
    No { rule: None, says, articles }
}

const LONGEST: i64 = 8 * 3_600_000;
const BOUNDARY: &str = "guiju-door";
const PDF: &str = "%PDF-1.4\n%%EOF\n";

impl House {
    pub async fn get(&self, who: &str, path: &str) -> Page {
        let cookie = self.session(who).await;
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    /// Anybody's look at a page, without signing in.
    pub async fn visit(&self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn send(&self, request: Request<Body>) -> Page {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let location = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let bytes = to_bytes(response.into_body(), 16 << 20).await.unwrap();
        Page { status, location: location.unwrap_or_default(), html: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// The cookie of whoever it is, signed in anew each working day.
    pub async fn session(&self, who: &str) -> String {
        let now = time::to_millis(self.office.now());
        let mut sessions = self.sessions.lock().await;
        if let Some((cookie, since)) = sessions.get(who)
            && now - since < LONGEST
        {
            return cookie.clone();
        }
        let body = encoded(&[("account", who), ("password", PASSWORD), ("next", "/")]);
        let form = "application/x-www-form-urlencoded";
        let request = Request::post("/sign-in").header(header::CONTENT_TYPE, form).body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{who} cannot sign in");
        let cookie = response.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        sessions.insert(who.to_owned(), (cookie.clone(), now));
        cookie
    }

    /// Downloads a file.
    pub async fn download(&self, who: &str, path: &str) -> Vec<u8> {
        let cookie = self.session(who).await;
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert!(response.headers().contains_key(header::CONTENT_DISPOSITION), "{path} is no file");
        to_bytes(response.into_body(), 16 << 20).await.unwrap().to_vec()
    }

    /// Opens a form's page and posts the form with what is typed. Where the page offers no form any more, it is posted all the same,
    /// as somebody would who kept it open or made it up.
    pub async fn submit(&self, who: &str, path: &str, typed: Typed<'_>) -> Page {
        let (who, with) = who.split_once('+').unwrap_or((who, ""));
        let page = self.get(who, path).await;
        assert!(page.status.is_success(), "{path} answers {who} {}: {}", page.status, page.words());
        let mut all: Vec<(String, String)> = Vec::new();
        for name in ["_csrf", "_once", "_seen"] {
            match page.hidden(name) {
                Some(value) => all.push((name.to_owned(), value)),
                None if name == "_once" => all.push((name.to_owned(), format!("door{:028}", page.html.len()))),
                None => {}
            }
        }
        all.extend(with.split('+').filter(|name| !name.is_empty()).map(|name| ("_with".to_owned(), name.to_owned())));
        all.extend(typed.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        self.post(who, path, &all).await
    }

    pub async fn post(&self, who: &str, path: &str, all: &[(String, String)]) -> Page {
        let cookie = self.session(who).await;
        let (kind, body) = if all.iter().any(|(name, _)| name.starts_with('@')) {
            (format!("multipart/form-data; boundary={BOUNDARY}"), multipart(all))
        } else {
            let pairs: Vec<_> = all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            ("application/x-www-form-urlencoded".to_owned(), encoded(&pairs))
        };
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, kind)
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Opens a case at the workbench; it has to be done.
    pub async fn opens(&self, who: &str, act: &str, typed: Typed<'_>) -> u64 {
        let page = self.submit(who, &format!("/work/open/{act}"), typed).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{act} by {who}: {}", page.words());
        let id = page.location.trim_start_matches("/work/case/").split('?').next().unwrap();
        id.parse().unwrap()
    }

    fn act_path(who: &str, case: u64, act: &str) -> String {
        if who.starts_with("firm") {
            format!("/portal/matter/{case}/act/{act}")
        } else {
            format!("/work/case/{case}/act/{act}")
        }
    }

    /// Does an act on a case; it has to be done. `who` may be several: `inspector1+inspector2`.
    pub async fn does(&self, who: &str, case: u64, act: &str, typed: Typed<'_>) {
        let page = self.submit(who, &House::act_path(who, case, act), typed).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{act} by {who}: {}", page.words());
    }

    /// Tries an act on a case: it is refused, the articles are named, and nothing has changed.
    pub async fn refused(&self, who: &str, case: u64, act: &str, typed: Typed<'_>, no: No<'_>) {
        let before = self.standing(Some(case)).await;
        let page = self.submit(who, &House::act_path(who, case, act), typed).await;
        self.is_refused(&format!("{act} by {who}"), &page, &no).await;
        assert_eq!(self.standing(Some(case)).await, before, "{act} by {who} changed something");
    }

    /// Tries to open a case: it is refused in the same way.
    pub async fn not_opened(&self, who: &str, act: &str, typed: Typed<'_>, no: No<'_>) {
        let before = self.standing(None).await;
        let page = self.submit(who, &format!("/work/open/{act}"), typed).await;
        self.is_refused(&format!("{act} by {who}"), &page, &no).await;
        assert_eq!(self.standing(None).await, before, "{act} by {who} changed something");
    }

    async fn is_refused(&self, what: &str, page: &Page, no: &No<'_>) {
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{what} answered {}", page.location);
        let said = match no.rule {
            Some(rule) => {
                let refusal = page.refusal();
                assert!(
                    refusal.contains(&format!("规则 {rule}<")) || refusal.contains(&format!("规则 {rule}　")),
                    "{what}: {refusal}"
                );
                refusal
            }
            None => page.main(),
        };
        assert!(page.main().contains(no.says), "{what}: `{}` is not in {}", no.says, page.words());
        assert!(!no.articles.is_empty(), "{what}: which article has to be named?");
        for article in no.articles {
            self.is_named(what, said, article).await;
        }
    }

    /// The article is cited as people cite it, and its link leads to where it stands.
    async fn is_named(&self, what: &str, said: &str, article: &str) {
        let (statute, _) = self.pack.article(article).unwrap_or_else(|| panic!("the pack has no {article}"));
        let (id, number) = article.split_once('#').unwrap();
        let link = format!(
            "<a class=\"govuk-link\" href=\"/law/statute/{id}#a-{number}\">《{}》第{number}条</a>",
            statute.title.zh
        );
        assert!(said.contains(&link), "{what} names no {article}: {said}");
        let law = self.visit(&format!("/law/statute/{id}")).await;
        assert!(law.html.contains(&format!("id=\"a-{number}\"")), "the statute's page has no article {number}");
    }
}

impl Page {
    /// A hidden input of the page.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let start = self.html.rfind(&format!("name=\"{name}\" value=\""))? + name.len() + 15;
        self.html.get(start..)?.split('"').next().map(str::to_owned)
    }

    pub fn main(&self) -> &str {
        let from = self.html.find("<main").unwrap_or(0);
        let until = self.html.find("</main>").unwrap_or(self.html.len());
        self.html.get(from..until).unwrap_or_default()
    }

    fn refusal(&self) -> &str {
        let main = self.main();
        let from = main.find("class=\"refusal\"").unwrap_or_else(|| panic!("no refusal: {}", self.words()));
        main.get(from..).unwrap().split("</div>").next().unwrap()
    }

    /// What people read in the page's main part.
    pub fn words(&self) -> String {
        let mut words = String::new();
        for part in self.main().split('<') {
            words.push_str(part.split_once('>').map_or(part, |(_, text)| text));
            words.push(' ');
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn encoded(pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut out = String::new();
    for (name, text) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        for (at, part) in [name, text].into_iter().enumerate() {
            if at > 0 {
                out.push('=');
            }
            part.bytes().for_each(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
                _ => out.push_str(&format!("%{byte:02X}")),
            });
        }
    }
    out.into_bytes()
}

fn multipart(all: &[(String, String)]) -> Vec<u8> {
    let mut out = String::new();
    for (name, text) in all {
        match name.strip_prefix('@') {
            None => out.push_str(&format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"
            )),
            Some(field) => {
                let (file, content) = text.split_once('\n').unwrap_or((text, PDF));
                out.push_str(&format!(
                    "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{file}\"\r\n\r\n{content}\r\n"
                ));
            }
        }
    }
    out.push_str(&format!("--{BOUNDARY}--\r\n"));
    out.into_bytes()
}
