//! A real browser, headless, spoken to over WebDriver: each has a profile and a driver of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::http;

/// Set where the browser has to be there, as in CI.
pub(crate) const NEEDED: &str = "DRIFTGATE_TESTS_NEED_CHROMIUM";

/// Nothing of it may talk to anybody but us.
const FLAGS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// What every page gets before anything of its own runs: a place where violations of its policy are noted.
const WATCH: &str = "window.violations = []; document.addEventListener('securitypolicyviolation', \
                     (event) => violations.push(`${event.effectiveDirective} ${event.blockedURI}`));";

/// Chromium with one tab.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    profile: TempDir,
    /// Kept open: a driver that cannot write ends.
    _output: BufReader<ChildStdout>,
}

impl Browser {
    /// Starts one; `None` where Chromium or its driver is not installed.
    pub(crate) fn start(more: &[&str]) -> Option<Browser> {
        let there = |program| {
            Command::new(program)
                .arg("--version")
                .stderr(Stdio::null())
                .output()
                .is_ok_and(|output| output.status.success())
        };
        if !there("chromium") || !there("chromedriver") {
            assert!(
                std::env::var_os(NEEDED).is_none(),
                "chromium and chromedriver are not in PATH"
            );
            return None;
        }
        let profile = tempfile::tempdir().expect("a directory for the profile");
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver starts");
        let mut output = BufReader::new(driver.stdout.take().expect("standard output is piped"));
        let port = (&mut output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse().ok()
            })
            .expect("the driver names its port");
        let mut browser = Browser {
            driver,
            port,
            session: String::new(),
            profile,
            _output: output,
        };
        let mut arguments: Vec<String> = FLAGS.iter().chain(more).map(ToString::to_string).collect();
        arguments.push(format!("--user-data-dir={}", browser.profile.path().display()));
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:loggingPrefs": { "performance": "ALL" },
            "goog:chromeOptions": { "args": arguments },
            "timeouts": { "script": 60_000 },
        } } });
        let session = browser.send("POST", "/session", &wanted);
        browser.session = session["sessionId"].as_str().expect("a session has an id").to_owned();
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": WATCH }));
        Some(browser)
    }

    fn send(&self, method: &str, target: &str, body: &Value) -> Value {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = http::request(self.port, method, target, &[], &text);
        let answer: Value = serde_json::from_str(&reply.body).expect("the driver answers in JSON");
        assert_eq!(reply.status, 200, "{method} {target} {text}: {answer:#}");
        answer["value"].clone()
    }

    fn in_session(&self, command: &str, body: &Value) -> Value {
        self.send("POST", &format!("/session/{}/{command}", self.session), body)
    }

    /// Opens a file and waits for it to be loaded.
    pub(crate) fn open(&self, file: &Path) {
        self.in_session("url", &json!({ "url": format!("file://{}", file.display()) }));
    }

    /// The value that a function body returns, run in the page.
    pub(crate) fn run(&self, code: &str) -> Value {
        self.in_session("execute/sync", &json!({ "script": code, "args": [] }))
    }

    /// Waits until an expression is true in the page; the driver ends it with an error after a minute.
    pub(crate) fn until(&self, condition: &str) {
        let code = format!(
            "const done = arguments[0]; const look = () => ({condition}) ? done(true) : requestAnimationFrame(look); look();"
        );
        self.in_session("execute/async", &json!({ "script": code, "args": [] }));
    }

    /// Types into the element with this id, as a person would.
    pub(crate) fn press(&self, id: &str, keys: &str) {
        let selector = json!({ "using": "css selector", "value": format!("#{id}") });
        let element = self.in_session("element", &selector);
        let element = element
            .as_object()
            .and_then(|reference| reference.values().next())
            .and_then(Value::as_str)
            .expect("an element has a reference");
        self.in_session(&format!("element/{element}/value"), &json!({ "text": keys }));
    }

    /// A command of the DevTools protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.in_session("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// The page as a PDF, in base64.
    pub(crate) fn print(&self) -> String {
        let pdf = self.in_session("print", &json!({}));
        pdf.as_str().expect("a printed page is text").to_owned()
    }

    /// The URLs that were asked for since the last call.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = self.in_session("se/log", &json!({ "type": "performance" }));
        log.as_array()
            .into_iter()
            .flatten()
            .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok())
            .filter(|entry| entry["message"]["method"] == "Network.requestWillBeSent")
            .map(|entry| {
                let url = &entry["message"]["params"]["request"]["url"];
                url.as_str().expect("a request has a URL").to_owned()
            })
            .collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser ends with its session, and must have ended before its profile goes. Errors are of no interest
        // here: a test that has failed must not fail once more.
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            _ = write!(
                stream,
                "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
                self.session
            );
            _ = stream.read(&mut [0; 1024]);
        }
        _ = self.driver.kill();
        _ = self.driver.wait();
    }
}
