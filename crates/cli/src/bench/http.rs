//! How many requests are filed a second by browsers, each waiting for its receipt's address?
//!
//! Eight firms, signed in, each over a connection of its own to a server in this process: what is measured is everything between a
//! form's last button and the answer that names the receipt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use guiju_kernel::record::Origin;
use guiju_office::{Answer, Chance, EntryAsk, Office, OfficeClock, Settings, accounts};
use guiju_pack::Pack;
use guiju_store::Target;
use guiju_web::{Faces, WebState};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::town;
use super::work::PROCEDURE;
use crate::Fault;

const PASSWORD: &str = "bench-password";

/// Requests filed a second by so many clients at once.
pub async fn filed(folder: &std::path::Path, pack: &Pack, clients: u64, time: Duration) -> Result<f64, Fault> {
    let settings = Settings {
        place: Target::Folder(folder.to_owned()),
        keys: folder.to_owned(),
        pack: pack.clone(),
        clock: OfficeClock::onward(super::opening()?),
        chance: Chance::System,
    };
    let office = Office::open(settings).await?;
    let password = accounts::hash_password(PASSWORD)?;
    for client in 0..clients {
        enrol(&office, client, &password).await?;
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let faces = Faces::named(std::iter::empty()).map_err(|name| format!("there is no face {name}"))?;
    let state = WebState { office: Arc::new(office.clone()), faces, demo: None };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(guiju_web::serve(state, listener, async {
        let _ = stopped.await;
    }));
    let (counting, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let filed = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    for client in 0..clients {
        let browser = Browser::signed_in(address, client).await?;
        tasks.push(tokio::spawn(browser.file_until(client, counting.clone(), ended.clone(), filed.clone())));
    }
    tokio::time::sleep(super::acts::WARM_UP).await;
    let begun = Instant::now();
    counting.store(true, Ordering::Relaxed);
    tokio::time::sleep(time).await;
    counting.store(false, Ordering::Relaxed);
    let took = begun.elapsed();
    ended.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await??;
    }
    let _ = stop.send(());
    server.await??;
    office.close().await?;
    Ok(filed.load(Ordering::Relaxed) as f64 / took.as_secs_f64())
}

fn account(client: u64) -> String {
    format!("bench-firm-{client}")
}

/// A firm and its account enter the registers.
async fn enrol(office: &Office, client: u64, password: &str) -> Result<(), Fault> {
    let party = town::firm(client);
    put(office, "enterprises", &party, town::firm_entry(client), None).await?;
    let fields = json!({ "account": account(client), "name": "测试员", "party": party });
    let Value::Object(fields) = fields else { return Ok(()) };
    put(office, accounts::ACCOUNTS, &account(client), fields, Some(password)).await
}

async fn put(
    office: &Office,
    register: &str,
    key: &str,
    fields: Map<String, Value>,
    password: Option<&str>,
) -> Result<(), Fault> {
    let secrets = password.map(|password| (accounts::PASSWORD.to_owned(), password.to_owned())).into_iter().collect();
    let ask = EntryAsk {
        by: office.system(),
        register: register.to_owned(),
        key: key.to_owned(),
        fields: Some(fields),
        secrets,
        seen: None,
        done: None,
        origin: Origin::Own,
        once: None,
    };
    match office.put(ask, None).await? {
        Answer::Done(_) => Ok(()),
        Answer::Refused(refusal) => Err(format!("{key}: {}", refusal.why.zh).into()),
    }
}

/// One connection that keeps its session.
struct Browser {
    stream: TcpStream,
    cookie: String,
    csrf: String,
    read: Vec<u8>,
}

/// What came back.
struct Page {
    status: u16,
    head: String,
    body: String,
}

impl Browser {
    async fn signed_in(address: std::net::SocketAddr, client: u64) -> Result<Browser, Fault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut browser = Browser { stream, cookie: String::new(), csrf: String::new(), read: Vec::new() };
        let answer = browser.post("/sign-in", &[("account", account(client).as_str()), ("password", PASSWORD)]).await?;
        browser.cookie = answer
            .header("set-cookie")
            .and_then(|cookie| cookie.split(';').next())
            .ok_or_else(|| format!("signing in was answered with {}", answer.status))?
            .to_owned();
        let page = browser.exchange(&format!("GET /portal/file/{PROCEDURE} HTTP/1.1\r\n"), "").await?;
        browser.csrf =
            between(&page.body, "name=\"_csrf\" value=\"", "\"").ok_or("the form bears no token")?.to_owned();
        Ok(browser)
    }

    /// Files one request after another.
    async fn file_until(
        mut self,
        client: u64,
        counting: Arc<AtomicBool>,
        ended: Arc<AtomicBool>,
        filed: Arc<AtomicU64>,
    ) -> Result<(), Fault> {
        let path = format!("/portal/file/{PROCEDURE}/all");
        let party = town::firm(client);
        let town = town::Town::default();
        let mut n = 0u64;
        while !ended.load(Ordering::Relaxed) {
            let matter = town.matter(client * 1_000_000 + n, 0);
            let (once, csrf) = (format!("http-{client}-{n}"), self.csrf.clone());
            let form = [
                ("_csrf", csrf.as_str()),
                ("_once", once.as_str()),
                ("enterprise", party.as_str()),
                ("types", matter.kind),
                ("title", matter.title),
                ("description", matter.text.as_str()),
                ("contact_name", "测试员"),
                ("contact_phone", "19900000000"),
                ("wants_reply_by", "phone"),
            ];
            let answer = self.post(&path, &form).await?;
            let receipt = answer.header("location").is_some_and(|to| to.starts_with("/portal/receipt/"));
            if answer.status != 303 || !receipt {
                return Err(format!("filing was answered with {}: {}", answer.status, answer.body).into());
            }
            filed.fetch_add(u64::from(counting.load(Ordering::Relaxed)), Ordering::Relaxed);
            n += 1;
        }
        Ok(())
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Result<Page, Fault> {
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let begin = format!("POST {path} HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n");
        self.exchange(&begin, &body.join("&")).await
    }

    async fn exchange(&mut self, begin: &str, body: &str) -> Result<Page, Fault> {
        let length = body.len();
        let request =
            format!("{begin}host: localhost\r\ncookie: {}\r\ncontent-length: {length}\r\n\r\n{body}", self.cookie);
        self.stream.write_all(request.as_bytes()).await?;
        let head = loop {
            if let Some(end) = position(&self.read, b"\r\n\r\n") {
                let rest = self.read.split_off(end + 4);
                break String::from_utf8(std::mem::replace(&mut self.read, rest))?;
            }
            self.more().await?;
        };
        let mut page = Page { status: 0, head, body: String::new() };
        page.status = page.head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let length: usize = page.header("content-length").map_or(Ok(0), str::parse)?;
        while self.read.len() < length {
            self.more().await?;
        }
        let rest = self.read.split_off(length);
        page.body = String::from_utf8(std::mem::replace(&mut self.read, rest))?;
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
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
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
