//! Sends packages, oldest first, until the server has acknowledged each; what it acknowledged is noted before it is removed.
//!
//! Sending again is harmless: the server knows a package by its bytes. A package that the server will never take is put aside with its
//! reason, and no later one waits for it.

use std::fs;
use std::io::ErrorKind;
use std::time::Duration;

use guiju_spectrum::package;
use serde_json::Value;

use crate::clock::{Offset, now_ns};
use crate::fault::Fault;
use crate::folder::{Folder, names};
use crate::frames;
use crate::receipts::{self, Receipt};
use crate::spool::{journal_of, number_of, remove};

const CONNECT: Duration = Duration::from_secs(10);
/// The largest package over a slow line.
const EXCHANGE: Duration = Duration::from_secs(600);
/// How long the server's time is waited for before the measuring begins.
const GREETING: Duration = Duration::from_secs(3);
const NS_PER_MS: i64 = 1_000_000;
const NS_PER_S: i64 = 1_000_000_000;
/// What a server's answer may be long.
const ANSWER_MOST: u64 = 64 * 1024;

/// The way to the server.
#[derive(Debug)]
pub(crate) struct Post {
    folder: Folder,
    url: String,
    agent: ureq::Agent,
    pub(crate) offset: Offset,
}

/// What became of one round.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Round {
    /// Nothing waits.
    Nothing,
    /// A package left the outbox.
    Sent,
    /// Something waits that cannot be sent now.
    Later(Fault),
}

impl Post {
    /// Prepares the way; nothing is sent yet.
    pub(crate) fn new(folder: Folder, server: &str) -> Result<Self, Fault> {
        let plain = server.strip_prefix("http://").is_some_and(|rest| !rest.is_empty() && !rest.contains(['@', '?']));
        if !plain {
            return Err(Fault::new(
                format!("服务器地址`{server}`应如`http://10.0.0.5:8080`（加密由专线或隧道负责）"),
                format!(
                    "the server `{server}` should look like `http://10.0.0.5:8080` (a tunnel encrypts, not this program)"
                ),
            ));
        }
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(EXCHANGE))
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .build();
        let url = format!("{}/station/packages", server.trim_end_matches('/'));
        Ok(Self { folder, url, agent: config.into(), offset: Offset::default() })
    }

    /// Asks the server's time by the date of any answer; in vain where it does not answer soon.
    pub(crate) fn greet(&mut self) {
        let before = now_ns();
        let request = self.agent.get(&self.url).config().timeout_global(Some(GREETING)).build();
        let Ok(answer) = request.call() else { return };
        let after = now_ns();
        let told = answer.headers().get("date").and_then(|date| date.to_str().ok());
        let date = told.and_then(|text| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok());
        if let Some(date) = date {
            // The date is cut to the second.
            let from = date.as_second().saturating_mul(NS_PER_S);
            self.offset.saw(before, after, (from, from + NS_PER_S));
        }
    }

    /// Sends the oldest package that may be sent.
    pub(crate) fn round(&mut self) -> Round {
        self.try_round().unwrap_or_else(Round::Later)
    }

    fn try_round(&mut self) -> Result<Round, Fault> {
        let mut held = None;
        for file in names(&self.folder.outbox(), ".gjsp")? {
            let (Some(sequence), Some(journal)) = (number_of(&file), journal_of(&file)) else { continue };
            // INVARIANT(one-package): a package whose journal is there yet is not finished.
            if self.folder.journals().join(format!("{journal}.jnl")).exists() {
                continue;
            }
            match self.send(&file, sequence, journal)? {
                Round::Later(fault) => held = Some(fault),
                sent => return Ok(sent),
            }
        }
        Ok(held.map_or(Round::Nothing, Round::Later))
    }

    /// Sends one package. A fault of the way or the server ends the round; a package that has to wait does not.
    fn send(&mut self, file: &str, sequence: u64, journal: &str) -> Result<Round, Fault> {
        let path = self.folder.outbox().join(file);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(Round::Sent),
            Err(fault) => return Err(Fault::file(&path, &fault)),
        };
        let before = now_ns();
        let sent = self.agent.post(&self.url).content_type("application/octet-stream").send(bytes.as_slice());
        let mut answer = sent.map_err(|fault| unreachable(&self.url, &fault.to_string()))?;
        let after = now_ns();
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(ANSWER_MOST).read_to_vec();
        let told: Value = body.ok().and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
        let server_ms = told.get("now").and_then(Value::as_i64);
        if let Some(now) = server_ms {
            let from = now.saturating_mul(NS_PER_MS);
            self.offset.saw(before, after, (from, from.saturating_add(NS_PER_MS)));
        }
        let sha256 = package::digest(&bytes);
        match status {
            200 if told.get("sha256").and_then(Value::as_str) == Some(sha256.as_str())
                && told.get("sequence").and_then(Value::as_u64) == Some(sequence) =>
            {
                let receipt = Receipt { sequence, sha256, journal: journal.to_owned(), server_ms };
                // A crash between the two sends the package once more; the server answers the same.
                receipts::note(&self.folder, &receipt)?;
                remove(&path)?;
                Ok(Round::Sent)
            }
            422 if waits_for_its_time(&bytes, server_ms) => Ok(Round::Later(Fault::new(
                "站钟走快了：服务器时间未到，数据包留待以后再送；请校时",
                "the station's clock is fast: the package is kept until the server's time has come; set the clock",
            ))),
            // Something on the way may answer 422 too: final is only what says why, as the server does.
            422 if told.get("zh").is_some() && told.get("en").is_some() => {
                self.put_aside(file, &told)?;
                Ok(Round::Sent)
            }
            _ => Err(unreachable(&self.url, &format!("{status}"))),
        }
    }

    fn put_aside(&self, file: &str, told: &Value) -> Result<(), Fault> {
        let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let aside = self.folder.refused().join(file);
        frames::replace(&aside.with_extension("txt"), format!("{}\n{}\n", text("zh"), text("en")).as_bytes())?;
        move_to(&self.folder.outbox().join(file), &aside)
    }

    /// Puts what was refused back into the outbox: the cause was mended (a receiver was registered). Gives how many.
    pub(crate) fn again(folder: &Folder) -> Result<usize, Fault> {
        let files = names(&folder.refused(), ".gjsp")?;
        for file in &files {
            move_to(&folder.refused().join(file), &folder.outbox().join(file))?;
            remove(&folder.refused().join(file).with_extension("txt"))?;
        }
        Ok(files.len())
    }
}

/// Renames a file into another folder, durably: it is in one of the two whenever a crash comes.
fn move_to(from: &std::path::Path, to: &std::path::Path) -> Result<(), Fault> {
    fs::rename(from, to).map_err(|fault| Fault::file(from, &fault))?;
    frames::sync_folder(to)?;
    frames::sync_folder(from)
}

/// Whether the package ends after the server's time: then it is refused only for now.
fn waits_for_its_time(bytes: &[u8], server_ms: Option<i64>) -> bool {
    let until_ns = package::open(bytes).map(|opened| opened.header.until_ns);
    matches!((until_ns, server_ms), (Ok(until), Some(now)) if until > now.saturating_mul(NS_PER_MS))
}

fn unreachable(url: &str, why: &str) -> Fault {
    Fault::new(
        format!("送不到`{url}`（{why}），稍后自动重试"),
        format!("`{url}` does not take it ({why}); it is tried again by itself"),
    )
}
