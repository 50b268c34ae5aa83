//! A live `rtl_tcp` server: its samples, what was lost between them, and how it is found again.
//!
//! Samples carry an index that runs with the clock, not with what arrived: after a loss the index jumps, so that nobody stitches
//! two moments together and no lost time counts as watched. A server that stays away ends the reading after as many attempts as
//! the caller allows, and says so.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use num_complex::Complex32;

use super::iq::{Encoding, SampleKind, checked_rate};
use super::sweep::fill;
use crate::complaint::{Complaint, Place};

/// Bytes of one buffer: what `rtl_tcp` takes from the receiver at once.
const BUFFER_BYTES: usize = 1 << 16;
/// "RTL0", tuner, number of gains.
const HEADER_BYTES: usize = 12;

/// How the receiver is set. Sent at every connection, because a server that was restarted has forgotten it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuning {
    /// The centre frequency in Hz.
    pub centre_hz: u32,
    /// Samples a second.
    pub sample_rate_hz: u32,
    /// The gain in tenths of a dB; `None` leaves it to the tuner. Levels of a tuner that sets its own gain cannot be compared.
    pub gain_tenth_db: Option<i32>,
    /// The correction of the receiver's crystal, in parts per million.
    pub correction_ppm: i32,
}

/// How long a server is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long one connection may take, and how long samples may stay away before the server is called anew.
    pub silence: Duration,
    /// How far a running stream may lag behind the clock before samples count as lost. Smaller losses add up until they exceed it.
    pub lag: Duration,
    /// The pause before the first new attempt; it doubles with each.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How many attempts in a row may fail before the reading ends.
    pub attempts: u32,
}

impl Default for Patience {
    fn default() -> Self {
        let (silence, lag, longest_pause) = (Duration::from_secs(5), Duration::from_secs(2), Duration::from_secs(60));
        Self { silence, lag, first_pause: Duration::from_millis(500), longest_pause, attempts: u32::MAX }
    }
}

/// What the server says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Greeting {
    /// The tuner's number in the list of `librtlsdr` (5: R820T).
    pub tuner: u32,
    /// How many gains it has.
    pub gains: u32,
}

/// What was received and what was lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TcpTally {
    /// Samples that were given.
    pub samples: u64,
    /// Samples that the time passed would have brought and that never came.
    pub samples_lost: u64,
    /// How often samples were lost.
    pub losses: u64,
    /// How often the server was found again after the first time.
    pub reconnects: u64,
}

/// Samples that arrived one after the other.
#[derive(Debug)]
pub struct LiveBlock<'a> {
    /// The index of the first sample since the reading began, losses counted.
    pub first_sample: u64,
    /// How many samples were lost just before it: no time there was watched.
    pub lost_before: u64,
    /// The samples; full scale is 1.0.
    pub samples: &'a [Complex32],
}

/// A client of one server.
#[derive(Debug)]
pub struct RtlTcp {
    addresses: Vec<SocketAddr>,
    name: String,
    tuning: Tuning,
    patience: Patience,
    connection: Option<(TcpStream, Greeting)>,
    /// When the first sample of the reading was taken, as far as can be told from here.
    began: Option<Instant>,
    next_sample: u64,
    buffer: Vec<u8>,
    /// Bytes at the front of the buffer that make no whole sample yet.
    kept: usize,
    samples: Vec<Complex32>,
    tally: TcpTally,
}

impl RtlTcp {
    /// Connects and sets the receiver. Fails when the name is unknown, the sample rate is 0 or no attempt succeeds.
    pub fn connect(server: &str, tuning: Tuning, patience: Patience) -> Result<Self, Complaint> {
        checked_rate(f64::from(tuning.sample_rate_hz), Place::Field("sample_rate_hz".into()))
            .map_err(|c| c.of(server))?;
        let addresses =
            server.to_socket_addrs().map_err(|fault| Complaint::unreadable(Place::Whole, &fault).of(server))?;
        let (buffer, samples) = (vec![0; BUFFER_BYTES], Vec::new());
        let mut client = Self {
            addresses: addresses.collect(),
            name: server.to_owned(),
            tuning,
            patience,
            connection: None,
            began: None,
            next_sample: 0,
            buffer,
            kept: 0,
            samples,
            tally: TcpTally::default(),
        };
        client.connection = Some(client.dial()?);
        Ok(client)
    }

    /// What the server said of itself when it was last reached.
    pub fn greeting(&self) -> Option<Greeting> {
        self.connection.as_ref().map(|(_, greeting)| *greeting)
    }

    /// Counts what was received so far.
    pub fn tally(&self) -> TcpTally {
        self.tally
    }

    /// Waits for the next samples, calling the server anew when they stay away. Fails when all attempts do; asking again
    /// begins them anew.
    pub fn next_block(&mut self) -> Result<LiveBlock<'_>, Complaint> {
        let mut reconnected = false;
        let read = loop {
            let Some((stream, _)) = &mut self.connection else {
                self.connection = Some(self.dial()?);
                self.tally.reconnects += 1;
                (reconnected, self.kept) = (true, 0);
                continue;
            };
            let free = self.buffer.get_mut(self.kept..).unwrap_or_default();
            match stream.read(free) {
                Ok(read) if read > 0 => break self.kept + read,
                Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => {}
                // The end of the stream, a silence or a fault: whichever it is, only a new connection brings samples.
                _ => self.connection = None,
            }
        };
        Ok(self.arrived(read, reconnected))
    }

    fn arrived(&mut self, bytes: usize, reconnected: bool) -> LiveBlock<'_> {
        let encoding = Encoding::iq(SampleKind::U8);
        let whole = bytes - bytes % encoding.sample_bytes();
        self.samples.clear();
        encoding.convert(self.buffer.get(..whole).unwrap_or_default(), &mut self.samples);
        self.buffer.copy_within(whole..bytes, 0);
        self.kept = bytes - whole;
        let count = self.samples.len() as u64;
        let lost_before = self.lost(count, reconnected);
        let first_sample = self.next_sample + lost_before;
        self.next_sample = first_sample + count;
        self.tally.samples += count;
        self.tally.samples_lost += lost_before;
        self.tally.losses += u64::from(lost_before > 0);
        LiveBlock { first_sample, lost_before, samples: &self.samples }
    }

    /// Holds the time passed against the samples received.
    ///
    /// The fastest delivery so far is taken as the undelayed one, so a crystal that runs fast hides no loss. A running stream may
    /// lag by [`Patience::lag`], which the server or the network holds back; after a new connection whatever is missing was lost,
    /// because a server keeps nothing for those who left. A lag that was counted and is made up later stays counted: better an
    /// instant too few than one that nobody watched.
    fn lost(&mut self, count: u64, reconnected: bool) -> u64 {
        let rate_hz = f64::from(self.tuning.sample_rate_hz);
        let received = self.next_sample + count;
        let taken = Duration::from_secs_f64(received as f64 / rate_hz);
        let now = Instant::now();
        let undelayed = now.checked_sub(taken).unwrap_or(now);
        let began = self.began.map_or(undelayed, |began| began.min(undelayed));
        self.began = Some(began);
        let elapsed = (now.duration_since(began).as_secs_f64() * rate_hz).round() as u64;
        let missing = elapsed.saturating_sub(received);
        let allowed = if reconnected { 0 } else { (self.patience.lag.as_secs_f64() * rate_hz) as u64 };
        if missing > allowed { missing } else { 0 }
    }

    /// Calls the server until it answers, with longer and longer pauses.
    fn dial(&self) -> Result<(TcpStream, Greeting), Complaint> {
        let (mut pause, mut attempt) = (self.patience.first_pause, 1);
        loop {
            match self.dial_once() {
                Ok(connection) => return Ok(connection),
                Err(complaint) if attempt >= self.patience.attempts => return Err(complaint.of(&self.name)),
                Err(_) => {}
            }
            attempt += 1;
            std::thread::sleep(pause);
            pause = pause.saturating_mul(2).min(self.patience.longest_pause);
        }
    }

    fn dial_once(&self) -> Result<(TcpStream, Greeting), Complaint> {
        let silence = self.patience.silence;
        let unreadable = |fault| Complaint::unreadable(Place::Whole, &fault);
        let reached = self.addresses.iter().map(|address| TcpStream::connect_timeout(address, silence));
        let absent = || std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
        let found = reached.reduce(|found, next| found.or(next)).unwrap_or_else(|| Err(absent()));
        let mut stream = found.map_err(unreadable)?;
        stream
            .set_read_timeout(Some(silence))
            .and_then(|()| stream.set_write_timeout(Some(silence)))
            .map_err(unreadable)?;
        let mut header = [0; HEADER_BYTES];
        let read = fill(&mut stream, &mut header).map_err(unreadable)?;
        let [b'R', b'T', b'L', b'0', a, b, c, d, e, f, g, h] = header else {
            return Err(Complaint::stopped(
                Place::Byte(0),
                format!("对方不是rtl_tcp服务（收到{read}字节，开头不是RTL0），请检查地址和端口"),
                format!(
                    "this is no rtl_tcp server ({read} bytes came and do not begin with RTL0); check address and port"
                ),
            ));
        };
        stream.write_all(&self.tuning.commands()).map_err(unreadable)?;
        let greeting = Greeting { tuner: u32::from_be_bytes([a, b, c, d]), gains: u32::from_be_bytes([e, f, g, h]) };
        Ok((stream, greeting))
    }
}

impl Tuning {
    /// Writes the commands: one byte, then a u32 with the most significant byte first.
    fn commands(&self) -> Vec<u8> {
        // The rate first: a tuner moves when its rate changes.
        let mut commands = vec![(0x02, self.sample_rate_hz), (0x01, self.centre_hz)];
        commands.push((0x03, u32::from(self.gain_tenth_db.is_some())));
        commands.extend(self.gain_tenth_db.map(|gain| (0x04, gain.cast_unsigned())));
        // The server refuses to set the correction that it has, and says so in its log; 0 is what it starts with.
        if self.correction_ppm != 0 {
            commands.push((0x05, self.correction_ppm.cast_unsigned()));
        }
        // The digital gain control would change levels while we measure.
        commands.push((0x08, 0));
        commands
            .into_iter()
            .flat_map(|(command, value): (u8, u32)| [[command].as_slice(), &value.to_be_bytes()].concat())
            .collect()
    }
}
