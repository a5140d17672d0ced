//! Just enough HTTP to talk to the emulator's own endpoints and to a browser's driver, and to ask for a page as a
//! visitor would.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A test that hangs says nothing: no answer is waited for longer than this.
const PATIENCE: Duration = Duration::from_secs(120);

/// Status and body of an answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// One request to `127.0.0.1:port` with `Connection: close`.
pub(crate) fn request(port: u16, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
    stream
        .set_read_timeout(Some(PATIENCE))
        .expect("a socket can have a timeout");
    let host = if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        String::new()
    } else {
        format!("Host: 127.0.0.1:{port}\r\n")
    };
    let more: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let head = format!(
        "{method} {target} HTTP/1.1\r\n{host}Connection: close\r\nContent-Length: {}\r\n{more}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("the request is sent");
    stream.write_all(body.as_bytes()).expect("the request is sent");
    let bytes = answer(&mut stream);
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head and a body");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .expect("an answer has a status");
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    Reply {
        status,
        body: if chunked { dechunk(body) } else { body.to_owned() },
    }
}

/// Reads to the end of the answer: where it says how long it is, no further. A driver's connection stays open as long
/// as the browser lives that it has started meanwhile, since that inherits it.
fn answer(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 65_536];
    let mut end = usize::MAX;
    while bytes.len() < end {
        let read = stream.read(&mut buffer).expect("the answer is read");
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&buffer[..read]);
        if end == usize::MAX {
            end = length(&bytes).unwrap_or(usize::MAX);
        }
    }
    bytes
}

/// The length of an answer, head included, as soon as its head is whole and if it tells.
fn length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let body: usize = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))?
        .trim()
        .parse()
        .ok()?;
    Some(head + 4 + body)
}

fn dechunk(mut rest: &str) -> String {
    let mut whole = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 || size > after.len() {
            break;
        }
        whole.push_str(&after[..size]);
        rest = after[size..].trim_start_matches("\r\n");
    }
    whole
}
