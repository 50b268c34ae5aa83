//! The program at work, killed, and what must be found afterwards.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use guiju_store::{Mode, Target};

/// Form token -> sequence number, of every act that was acknowledged.
pub type Acknowledged = BTreeMap<String, u64>;

/// How often a test may kill: `GUIJU_KILLS`, else `default`.
pub fn kills(default: u64) -> u64 {
    match std::env::var("GUIJU_KILLS") {
        Ok(text) => text.parse().expect("GUIJU_KILLS is a number"),
        Err(_) => default,
    }
}

/// The program at work on a folder.
pub struct AtWork {
    child: Child,
    lines: Receiver<String>,
    ready: bool,
    acknowledged: Vec<String>,
}

impl AtWork {
    /// Starts it; `prepare` may set its surroundings.
    pub fn begin(folder: &Path, run: &str, prepare: impl FnOnce(&mut Command)) -> AtWork {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
        command.args(["bench", "drill", "--clients", "24", "--run", run, "--data"]).arg(folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        prepare(&mut command);
        let mut child = command.spawn().expect("the program starts");
        let out = child.stdout.take().expect("stdout is piped");
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines() {
                let Ok(line) = line else { return };
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        AtWork { child, lines, ready: false, acknowledged: Vec::new() }
    }

    /// Waits for the first acknowledged act; a program that ends or says nothing for a minute is a fault.
    pub fn until_first(&mut self) {
        if !self.ready {
            let line = self.lines.recv_timeout(Duration::from_secs(60));
            self.acknowledged.push(line.expect("the program opens its data and acknowledges an act"));
            self.ready = true;
        }
    }

    pub fn work_for(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            match self.lines.recv_timeout(left) {
                Ok(line) => self.acknowledged.push(line),
                Err(mpsc::RecvTimeoutError::Timeout) => return,
                Err(mpsc::RecvTimeoutError::Disconnected) => panic!("the program ended by itself"),
            }
        }
    }

    /// SIGKILL; answers what had been acknowledged.
    pub fn kill(mut self) -> Acknowledged {
        self.child.kill().expect("the program can be killed");
        self.child.wait().expect("the killed program is gone");
        // What was written before the kill still lies in the pipe.
        let rest: Vec<String> = self.lines.iter().collect();
        self.acknowledged.extend(rest);
        self.acknowledged.iter().map(|line| acknowledgement(line)).collect()
    }
}

fn acknowledgement(line: &str) -> (String, u64) {
    let (seq, token) = line.split_once(' ').expect("a line is a number and a token");
    (token.to_owned(), seq.parse().expect("the number is a number"))
}

/// How many of the acts are not in the folder as they were acknowledged.
pub fn missing(folder: &Path, acknowledged: &Acknowledged) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = guiju_store::open(&Target::Folder(folder.to_owned()), Mode::Read).await.expect("the data open");
        let mut missing = 0;
        for (token, seq) in acknowledged {
            let found = store.once(token).await.expect("the data can be read");
            missing += usize::from(found != Some(*seq));
        }
        store.close().await;
        missing
    })
}

/// What `guiju verify` says of the folder: nothing when all holds.
pub fn faults(folder: &Path) -> Option<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    let output = command.args(["verify", "--json", "--data"]).arg(folder).output().expect("verify runs");
    (!output.status.success())
        .then(|| format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// Random moments that repeat: SplitMix64.
pub struct Moments(pub u64);

impl Moments {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}
