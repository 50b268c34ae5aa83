//! What a browser does, as a benchmark needs it: signs in, opens pages, posts forms and files, over one connection that keeps its session.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Fault;

const FORM: &str = "application/x-www-form-urlencoded";
const BOUNDARY: &str = "guiju-bench-boundary";

/// One connection that keeps its session.
pub struct Browser {
    stream: TcpStream,
    cookie: String,
    read: Vec<u8>,
}

/// A file that a form carries.
pub struct Attached<'a> {
    pub field: &'a str,
    pub name: &'a str,
    pub content: &'a [u8],
}

/// What came back.
pub struct Page {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Browser {
    /// # Errors
    /// When the account does not get in.
    pub async fn signed_in(address: SocketAddr, account: &str, password: &str) -> Result<Browser, Fault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut browser = Browser { stream, cookie: String::new(), read: Vec::new() };
        let answer = browser.post("/sign-in", &[("account", account), ("password", password)]).await?;
        browser.cookie = answer
            .header("set-cookie")
            .and_then(|cookie| cookie.split(';').next())
            .ok_or_else(|| format!("signing in was answered with {}", answer.status))?
            .to_owned();
        Ok(browser)
    }

    pub async fn get(&mut self, path: &str) -> Result<Page, Fault> {
        self.exchange("GET", path, None, b"").await
    }

    /// A page that has to be there.
    ///
    /// # Errors
    /// When it is not.
    pub async fn open(&mut self, path: &str) -> Result<Page, Fault> {
        let page = self.get(path).await?;
        if page.status == 200 { Ok(page) } else { Err(page.unexpected(path)) }
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Result<Page, Fault> {
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        self.exchange("POST", path, Some(FORM), body.join("&").as_bytes()).await
    }

    /// Posts a form that carries files; texts come first, as our pages order them.
    pub async fn upload(&mut self, path: &str, form: &[(&str, &str)], files: &[Attached<'_>]) -> Result<Page, Fault> {
        let mut body = Vec::new();
        for (name, value) in form {
            let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(value.as_bytes());
            body.extend_from_slice(b"\r\n");
        }
        for Attached { field, name, content } in files {
            let place = format!("content-disposition: form-data; name=\"{field}\"; filename=\"{name}\"");
            body.extend_from_slice(format!("--{BOUNDARY}\r\n{place}\r\n\r\n").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.exchange("POST", path, Some(&format!("multipart/form-data; boundary={BOUNDARY}")), &body).await
    }

    async fn exchange(&mut self, method: &str, path: &str, kind: Option<&str>, body: &[u8]) -> Result<Page, Fault> {
        let length = body.len();
        let kind = kind.map(|kind| format!("content-type: {kind}\r\n")).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\n{kind}host: localhost\r\ncookie: {}\r\ncontent-length: {length}\r\n\r\n",
            self.cookie
        );
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.write_all(body).await?;
        let head = loop {
            if let Some(end) = position(&self.read, b"\r\n\r\n") {
                let rest = self.read.split_off(end + 4);
                break String::from_utf8(std::mem::replace(&mut self.read, rest))?;
            }
            self.more().await?;
        };
        let mut page = Page { status: 0, head, body: Vec::new() };
        page.status = page.head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let length: usize = page.header("content-length").map_or(Ok(0), str::parse)?;
        while self.read.len() < length {
            self.more().await?;
        }
        let rest = self.read.split_off(length);
        page.body = std::mem::replace(&mut self.read, rest);
        Ok(page)
    }

    async fn more(&mut self) -> Result<(), Fault> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err("the server hung up".into()),
            _ => Ok(()),
        }
    }
}

impl Page {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// Where the answer leads.
    ///
    /// # Errors
    /// When it leads nowhere: the act was not done.
    pub fn leads(&self, what: &str) -> Result<String, Fault> {
        let to = self.header("location").filter(|_| self.status == 303);
        Ok(to.ok_or_else(|| self.unexpected(what))?.to_owned())
    }

    /// # Errors
    /// When the page is no text.
    pub fn text(&self) -> Result<&str, Fault> {
        Ok(std::str::from_utf8(&self.body)?)
    }

    /// A hidden input of the page.
    ///
    /// # Errors
    /// When the page bears none of this name.
    pub fn hidden(&self, name: &str) -> Result<String, Fault> {
        let found = between(self.text()?, &format!("name=\"{name}\" value=\""), "\"");
        Ok(found.ok_or_else(|| format!("the form bears no {name}"))?.to_owned())
    }

    /// What came instead of what was expected: the page's main part.
    pub fn unexpected(&self, what: &str) -> Fault {
        let text = String::from_utf8_lossy(&self.body);
        let main = between(&text, "<main", "</main>").unwrap_or(&text);
        format!("{what} was answered with {}: {}", self.status, main.chars().take(4_000).collect::<String>()).into()
    }
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn between<'t>(text: &'t str, before: &str, behind: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(behind).map(|(found, _)| found)
}

/// A value as forms are sent.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
