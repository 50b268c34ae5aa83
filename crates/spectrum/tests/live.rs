//! The live client against a small server: commands, losses, a server that goes and comes back, and strangers.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use guiju_spectrum::complaint::Complaint;
use guiju_spectrum::read::tcp::{Greeting, Patience, RtlTcp, TcpTally, Tuning};

const TUNING: Tuning =
    Tuning { centre_hz: 96_000_000, sample_rate_hz: 100_000, gain_tenth_db: Some(87), correction_ppm: -3 };
/// What [`TUNING`] is on the wire.
const COMMANDS: [u8; 30] = [
    2, 0, 1, 0x86, 0xa0, 1, 0x05, 0xb8, 0xd8, 0, 3, 0, 0, 0, 1, 4, 0, 0, 0, 87, 5, 0xff, 0xff, 0xff, 0xfd, 8, 0, 0, 0,
    0,
];
const HELLO: [u8; 12] = *b"RTL0\0\0\0\x05\0\0\0\x1d";

fn patience(silence_ms: u64) -> Patience {
    let silence = Duration::from_millis(silence_ms);
    Patience {
        silence,
        lag: silence,
        first_pause: Duration::from_millis(10),
        longest_pause: Duration::from_millis(40),
        attempts: 5,
    }
}

/// What the steady server sends: a period that fits neither its packets nor pairs.
fn byte(index: u32) -> u8 {
    (index % 251) as u8
}

/// Runs a server that plays one scene for each connection, in order; gives its address.
fn server(scenes: Vec<fn(TcpStream) -> io::Result<()>>) -> io::Result<(String, Server)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let play = move || scenes.into_iter().try_for_each(|scene| scene(listener.accept()?.0));
    Ok((address, thread::spawn(play)))
}

type Server = JoinHandle<io::Result<()>>;

fn greet(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(&HELLO)?;
    let mut commands = [0; COMMANDS.len()];
    stream.read_exact(&mut commands)?;
    assert_eq!(commands, COMMANDS);
    Ok(())
}

/// Receives until so many samples came; says where losses were: (first sample after it, samples lost).
fn receive(client: &mut RtlTcp, samples: u64) -> Result<Vec<(u64, u64)>, Complaint> {
    let (mut losses, mut next) = (Vec::new(), 0);
    while client.tally().samples < samples {
        let block = client.next_block()?;
        assert_eq!(block.first_sample, next + block.lost_before, "no sample has two indices");
        next = block.first_sample + block.samples.len() as u64;
        if block.lost_before > 0 {
            losses.push((block.first_sample, block.lost_before));
        }
    }
    Ok(losses)
}

#[test]
fn a_steady_stream_loses_nothing_and_odd_packets_keep_i_and_q_apart() {
    let (address, server) = server(vec![|mut stream| {
        greet(&mut stream)?;
        let bytes: Vec<u8> = (0..20_000).map(byte).collect();
        for packet in bytes.chunks(777) {
            stream.write_all(packet)?;
            sleep(Duration::from_millis(2));
        }
        Ok(())
    }])
    .unwrap();
    let mut client = RtlTcp::connect(&address, TUNING, patience(10_000)).unwrap();
    assert_eq!(client.greeting(), Some(Greeting { tuner: 5, gains: 29 }));
    let mut received = Vec::new();
    while client.tally().samples < 10_000 {
        let block = client.next_block().unwrap();
        received.extend(block.samples.iter().flat_map(|sample| [sample.re, sample.im]));
    }
    let code = |number: &f32| (number * 127.5 + 127.5).round() as u8;
    assert!(received.iter().map(code).eq((0..20_000).map(byte)), "every byte at its place");
    assert_eq!(client.tally(), TcpTally { samples: 10_000, ..TcpTally::default() });
    server.join().unwrap().unwrap();
}

#[test]
fn a_server_that_goes_and_comes_back_is_told_everything_again_and_the_time_between_is_lost() {
    let (address, server) = server(vec![
        |mut stream| {
            greet(&mut stream)?;
            stream.write_all(&[128; 2_000])
        },
        // Somebody who does not know the protocol answers in between.
        |mut stream| stream.write_all(b"HTTP/1.1 400"),
        |mut stream| {
            sleep(Duration::from_millis(300));
            greet(&mut stream)?;
            stream.write_all(&[128; 2_000])
        },
    ])
    .unwrap();
    let mut client = RtlTcp::connect(&address, TUNING, patience(2_000)).unwrap();
    let losses = receive(&mut client, 2_000).unwrap();
    // 300 ms at 100 kS/s are 30,000 samples; a slow machine may make it more.
    assert!(losses.len() == 1 && losses[0].1 >= 28_000, "{losses:?}");
    let tally = client.tally();
    assert_eq!((tally.reconnects, tally.losses, tally.samples_lost), (1, 1, losses[0].1));
    server.join().unwrap().unwrap();
}

#[test]
fn a_running_stream_that_falls_behind_is_counted_as_loss_once() {
    let (address, server) = server(vec![|mut stream| {
        greet(&mut stream)?;
        // Half of what the rate asks for: 50 samples a millisecond for 600 ms.
        for _ in 0..60 {
            stream.write_all(&[128; 1_000])?;
            sleep(Duration::from_millis(10));
        }
        Ok(())
    }])
    .unwrap();
    let mut client =
        RtlTcp::connect(&address, TUNING, Patience { lag: Duration::from_millis(200), ..patience(10_000) }).unwrap();
    let losses = receive(&mut client, 29_500).unwrap();
    let lost: u64 = losses.iter().map(|(_, lost)| lost).sum();
    assert!(!losses.is_empty() && losses.iter().all(|(_, lost)| *lost > 20_000), "{losses:?}");
    assert_eq!(client.tally().samples_lost, lost);
    assert_eq!(client.tally().reconnects, 0);
    drop(client);
    let _ = server.join();
}

#[test]
fn who_is_no_server_or_absent_is_named_in_both_languages() {
    let (address, server) = server(vec![|mut stream| stream.write_all(b"SSH-2.0-abcdefgh")]).unwrap();
    let once = Patience { attempts: 1, ..patience(500) };
    let stranger = RtlTcp::connect(&address, TUNING, once).unwrap_err();
    assert!(stranger.to_string().contains("no rtl_tcp server") && stranger.zh().contains("不是rtl_tcp服务"));
    assert_eq!(stranger.source, address);
    server.join().unwrap().unwrap();
    assert!(RtlTcp::connect(&address, TUNING, once).unwrap_err().to_string().contains("cannot be read"));
    let still = Tuning { sample_rate_hz: 0, ..TUNING };
    assert!(RtlTcp::connect(&address, still, once).unwrap_err().to_string().contains("sample rate"));
}
