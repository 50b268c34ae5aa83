//! A tiny server of stations: checks each package as the office does, keeps it, and answers; it can be down, deaf or strict.

#![allow(dead_code, reason = "shared by several test programs, each of which uses a part")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ed25519_dalek::VerifyingKey;
use guiju_spectrum::hours::Intervals;
use guiju_spectrum::package::{self, Opened};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes packages.
    Up,
    /// Hangs up at once.
    Down,
    /// Takes packages and hangs up without an answer.
    Deaf,
    /// Refuses every package for good.
    Strict,
}

pub struct Kept {
    pub mood: Mood,
    /// The server's clock less the machine's, in ms.
    pub shift_ms: i64,
    pub packages: BTreeMap<u64, Vec<u8>>,
    pub posts: u64,
    pub faults: Vec<String>,
}

pub struct Server {
    pub url: String,
    pub kept: Arc<Mutex<Kept>>,
    over: Arc<AtomicBool>,
}

pub fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

impl Server {
    pub fn new(public_key: &str) -> Self {
        let key: [u8; 32] = hex::decode(public_key).unwrap().try_into().unwrap();
        let key = VerifyingKey::from_bytes(&key).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (packages, faults) = (BTreeMap::new(), Vec::new());
        let kept = Arc::new(Mutex::new(Kept { mood: Mood::Up, shift_ms: 0, packages, posts: 0, faults }));
        let over = Arc::new(AtomicBool::new(false));
        let (shared, ended) = (kept.clone(), over.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                let shared = shared.clone();
                // A client that is killed in the middle of its request is no fault of the server.
                std::thread::spawn(move || stream.map(|stream| talk(&stream, &shared, &key)));
            }
        });
        Self { url, kept, over }
    }

    pub fn set(&self, mood: Mood) {
        self.kept.lock().unwrap().mood = mood;
    }

    /// All packages, after a look that nothing was wrong and that no number is missing.
    pub fn packages(&self) -> Vec<Opened> {
        let kept = self.kept.lock().unwrap();
        assert!(kept.faults.is_empty(), "{:?}", kept.faults);
        let numbers: Vec<u64> = kept.packages.keys().copied().collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "numbers have a gap");
        kept.packages.values().map(|bytes| package::open(bytes).unwrap()).collect()
    }

    /// What all packages together back, as the office counts it: offsets taken off, united.
    pub fn backed(&self) -> Intervals {
        let mut all = Intervals::new();
        for opened in self.packages() {
            opened.backed().iter().for_each(|interval| all.add(interval));
        }
        all
    }

    /// Waits until something holds of what was kept.
    pub fn wait(&self, what: &str, holds: impl Fn(&Kept) -> bool) {
        wait(what, || holds(&self.kept.lock().unwrap()));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

pub fn wait(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("waited 30 s in vain: {what}");
}

fn talk(stream: &TcpStream, kept: &Mutex<Kept>, key: &VerifyingKey) -> Option<()> {
    let mut input = BufReader::new(stream);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        input.read_line(&mut first).ok().filter(|read| *read > 0)?;
        loop {
            let mut line = String::new();
            input.read_line(&mut line).ok()?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        input.read_exact(&mut body).ok()?;
        let (status, told) = answer(&first, &body, &mut kept.lock().unwrap(), key)?;
        let date = jiff::Timestamp::from_millisecond(now_ms() + kept.lock().unwrap().shift_ms).unwrap();
        let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT");
        write!(&*stream, "HTTP/1.1 {status}\r\nDate: {date}\r\nContent-Length: {}\r\n\r\n{told}", told.len()).ok()?;
    }
}

/// The answer; `None` hangs up.
fn answer(first: &str, body: &[u8], kept: &mut Kept, key: &VerifyingKey) -> Option<(&'static str, String)> {
    if kept.mood == Mood::Down {
        return None;
    }
    if !first.starts_with("POST /station/packages ") {
        return Some(("405 Method Not Allowed", String::new()));
    }
    kept.posts += 1;
    let now = now_ms() + kept.shift_ms;
    let refused = |why: &str| Some(("422 Unprocessable Entity", format!("{{\"zh\":\"不收\",\"en\":\"{why}\",\"now\":{now}}}")));
    if kept.mood == Mood::Strict {
        return refused("strict");
    }
    let opened = match package::open(body) {
        Ok(opened) => opened,
        Err(complaint) => {
            kept.faults.push(complaint.to_string());
            return refused("broken");
        }
    };
    if !opened.signed_by(key) {
        kept.faults.push("a signature is not the station's".into());
    }
    if opened.header.until_ns > now * 1_000_000 {
        return refused("future");
    }
    let sequence = opened.header.sequence;
    let again = kept.packages.contains_key(&sequence);
    if kept.packages.get(&sequence).is_some_and(|held| held != body) {
        kept.faults.push(format!("number {sequence} was used twice"));
    }
    kept.packages.entry(sequence).or_insert_with(|| body.to_vec());
    if kept.mood == Mood::Deaf {
        return None;
    }
    let sha256 = package::digest(body);
    Some(("200 OK", format!("{{\"sequence\":{sequence},\"sha256\":\"{sha256}\",\"again\":{again},\"now\":{now}}}")))
}
