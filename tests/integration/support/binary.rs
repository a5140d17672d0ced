//! Runs the real binary. Its environment holds only what a test puts there, its home is an empty directory, and the
//! only endpoint it knows is on the loopback interface: no test can reach AWS or a person's credentials.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A port of the loopback interface on which nobody listens.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9";

/// Runs a command on a terminal of its own and copies what that shows.
#[cfg(all(unix, feature = "live"))]
const TERMINAL: &str = r#"
import fcntl, os, pty, struct, subprocess, sys, termios
outer, inner = pty.openpty()
fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
process = subprocess.Popen(sys.argv[1:], stdin=inner, stdout=inner, stderr=inner)
os.close(inner)
try:
    while shown := os.read(outer, 65536):
        sys.stdout.buffer.write(shown)
except OSError:
    pass  # the end of a terminal
sys.exit(process.wait())
"#;

/// One run of the binary, to be.
pub(crate) struct Driftgate {
    command: Command,
    stdin: Vec<u8>,
    /// Where standard output goes in place of [`Run::stdout`].
    stdout: Option<File>,
}

/// What a run left.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Driftgate {
    pub(crate) fn new<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Driftgate {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftgate"));
        command.args(arguments).env_clear().envs([
            ("HOME", "/nonexistent"),
            ("AWS_CONFIG_FILE", "/nonexistent/config"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ENDPOINT_URL", NOWHERE),
            ("AWS_ACCESS_KEY_ID", "000000000000"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "eu-west-2"),
        ]);
        Driftgate {
            command,
            stdin: Vec::new(),
            stdout: None,
        }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    #[cfg(feature = "live")]
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn within(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// For devices that only Linux has.
    #[cfg(target_os = "linux")]
    pub(crate) fn stdout(mut self, file: File) -> Self {
        self.stdout = Some(file);
        self
    }

    /// On a terminal of 100 columns. What it shows is the standard output of the run, in which standard error stands too.
    #[cfg(all(unix, feature = "live"))]
    pub(crate) fn on_a_terminal(mut self) -> Self {
        let mut terminal = Command::new("python3");
        terminal
            .args(["-c", TERMINAL])
            .arg(self.command.get_program())
            .args(self.command.get_args())
            .env_clear()
            .envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TERM", "xterm-256color");
        if let Some(directory) = self.command.get_current_dir() {
            terminal.current_dir(directory);
        }
        self.command = terminal;
        self
    }

    /// The process, for tests that watch it while it runs.
    pub(crate) fn command(self) -> Command {
        self.command
    }

    pub(crate) fn run(mut self) -> Run {
        self.command
            .stdin(Stdio::piped())
            .stdout(self.stdout.map_or_else(Stdio::piped, Stdio::from))
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the binary starts");
        let mut pipe = child.stdin.take().expect("standard input is piped");
        // A run that fails early does not read its input; that is no failure of the test.
        _ = pipe.write_all(&self.stdin);
        drop(pipe);
        let output = child.wait_with_output().expect("the binary ends");
        Run {
            code: output.status.code().expect("the binary exits and is not killed"),
            stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
        }
    }
}

impl Run {
    /// The JSON document on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr))
    }

    /// Asserts a run that could not be done: exit 1, nothing on standard output, one line on standard error.
    #[track_caller]
    pub(crate) fn failed(&self) -> &str {
        assert_eq!(
            self.code, 1,
            "exit code\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout, self.stderr
        );
        assert_eq!(self.stdout, "", "nothing on standard output");
        let line = self.stderr.strip_suffix('\n').unwrap_or(&self.stderr);
        assert!(!line.contains('\n'), "one line, not:\n{line}");
        assert!(!line.contains("panicked"), "{line}");
        line
    }
}
