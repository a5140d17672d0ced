//! The emulator: one process for the whole test run, one account per test.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};

use serde_json::{Value, json};

use super::{http, repository};

/// A running emulator. It ends when its standard input closes, which happens at the latest with this process.
pub(crate) struct Emulator {
    pub(crate) port: u16,
    _process: Child,
    _stdin: Mutex<ChildStdin>,
}

/// The emulator that does not ask for permissions.
pub(crate) static OPEN: LazyLock<Emulator> = LazyLock::new(|| Emulator::start(&[]));
/// The emulator that enforces IAM and bucket policies.
pub(crate) static STRICT: LazyLock<Emulator> = LazyLock::new(|| Emulator::start(&[("AUTH", "true")]));

/// The interpreter of a virtual environment with the pinned emulator, made under `target/` on first use.
fn python() -> String {
    static PYTHON: LazyLock<String> = LazyLock::new(|| {
        let made = Command::new("python3")
            .arg(repository("tests/emulator/world.py"))
            .arg("python")
            .output()
            .expect("the emulator needs python3 (3.10 or later) in PATH");
        assert!(
            made.status.success(),
            "the emulator's environment: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        String::from_utf8_lossy(&made.stdout).trim().to_owned()
    });
    PYTHON.clone()
}

impl Emulator {
    fn start(environment: &[(&str, &str)]) -> Emulator {
        let mut process = Command::new(python())
            .arg(repository("tests/emulator/emulator.py"))
            .envs(environment.iter().copied())
            .env("MINISTACK_REGION", "eu-west-2")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the emulator starts");
        let stdin = process.stdin.take().expect("standard input is piped");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("standard output is piped"))
            .read_line(&mut line)
            .expect("the emulator announces itself");
        let announced: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"));
        let port = announced["port"]
            .as_u64()
            .and_then(|p| u16::try_from(p).ok())
            .expect("the announcement names a port");
        Emulator {
            port,
            _process: process,
            _stdin: Mutex::new(stdin),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// An account that no other test uses.
    pub(crate) fn new_account() -> String {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        format!("{:012}", 100_000_000_000 + NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// One of the emulator's own endpoints (`/_t/…`).
    pub(crate) fn control(&self, method: &str, endpoint: &str, body: &Value) -> Value {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = http::request(self.port, method, &format!("/_t/{endpoint}"), &[], &text);
        assert_eq!(reply.status, 200, "{method} /_t/{endpoint}: {}", reply.body);
        serde_json::from_str(&reply.body).unwrap_or(Value::Null)
    }

    /// Faults for one account; see `tests/emulator/control.py`.
    pub(crate) fn faults(&self, account: &str, faults: &[Value]) {
        self.control("POST", &format!("faults?account={account}"), &json!(faults));
    }

    /// The calls of one account so far, forgotten with this.
    pub(crate) fn calls(&self, account: &str) -> Vec<String> {
        let log = self.control("DELETE", &format!("log?account={account}"), &Value::Null);
        log.as_array()
            .into_iter()
            .flatten()
            .filter_map(|call| call.as_str().map(str::to_owned))
            .collect()
    }
}

/// A short text that no other copy of a world uses.
pub(crate) fn token(account: &str) -> String {
    let number: u64 = account.parse().expect("an account id is a number");
    let mut text = String::from("t");
    write!(text, "{:x}", number % 1_000_000).expect("a String takes everything");
    text
}
