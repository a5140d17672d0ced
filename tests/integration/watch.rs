//! `driftgate watch` beside a person who works in the console: the real binary, read line by line.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::{Value, json};

use crate::support::binary::Driftgate;
use crate::support::world::{STATES, World};

const DISTRIBUTION: &str = "module.site[\"prod\"].aws_cloudfront_distribution.site";
const POLICY: &str = "module.site[\"prod\"].aws_s3_bucket_policy.site";
/// More looks than a test waits for: a line that never comes ends the watch, and fails the test.
const LOOKS: &str = "240";

/// A watch under way.
struct Watch {
    process: Child,
    lines: BufReader<ChildStdout>,
}

impl Watch {
    fn start(world: &World) -> Watch {
        let arguments = ["watch", "--state", STATES[0], "--interval", "1s", "--looks", LOOKS];
        let mut process = world
            .driftgate(arguments)
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(process.stdout.take().expect("standard output is piped"));
        Watch { process, lines }
    }

    /// Reads to the line that holds all of `parts`, and returns what came, that line last.
    #[track_caller]
    fn until(&mut self, parts: &[&str]) -> Vec<String> {
        let mut read = Vec::new();
        loop {
            let mut line = String::new();
            let length = self.lines.read_line(&mut line).expect("the output is text");
            assert!(length > 0, "no line holds {parts:?}:\n{}", read.join("\n"));
            let found = parts.iter().all(|part| line.contains(part));
            read.push(line.trim_end().to_owned());
            if found {
                return read;
            }
        }
    }

    /// Ends it as Ctrl-C does. Returns how it ended, the rest of its output, and all of its standard error.
    fn interrupt(mut self) -> (ExitStatus, String, String) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
        assert!(sent.success(), "the watch runs until it is interrupted");
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.lines.read_to_string(&mut stdout).expect("the output is text");
        let mut pipe = self.process.stderr.take().expect("standard error is piped");
        pipe.read_to_string(&mut stderr).expect("the errors are text");
        (self.process.wait().expect("the watch ends"), stdout, stderr)
    }
}

fn serve_from(world: &World, path: &str) {
    world.edit_distribution(DISTRIBUTION, |config| {
        let origins = config.origins.as_mut().expect("a distribution has origins");
        for origin in &mut origins.items {
            origin.origin_path = Some(path.to_owned());
        }
    });
}

fn delete_policy(world: &World) {
    let bucket = world.attribute(POLICY, "bucket");
    world.console(|aws| async move {
        let deleted = aws.s3.delete_bucket_policy().bucket(bucket).send().await;
        deleted.expect("the policy is deleted");
    });
}

fn put_policy_back(world: &World) {
    let (bucket, policy) = (world.attribute(POLICY, "bucket"), world.attribute(POLICY, "policy"));
    world.console(|aws| async move {
        let put = aws.s3.put_bucket_policy().bucket(bucket).policy(policy).send().await;
        put.expect("the policy is taken");
    });
}

/// Every read fails until `see` is called.
fn blind(world: &World) {
    let expired = json!({
        "match": "GET", "times": null, "status": 403, "code": "ExpiredToken", "message": "the token has expired",
    });
    world.emulator.faults(&world.account, &[expired]);
}

fn see(world: &World) {
    world.emulator.faults(&world.account, &[]);
}

#[test]
fn console_work_is_told_as_it_happens_with_what_it_does_to_each_host() {
    let world = World::load("two-sites");
    let main = world.own("example.com");
    let mut watch = Watch::start(&world);
    let opening = watch.until(&["watching: what moves is shown"]);
    assert!(opening[0].contains("CLEAN: 24 resources checked"), "{opening:#?}");
    let served = format!("          {main}: 200, object ");
    assert!(opening.iter().any(|line| line.starts_with(&served)), "{opening:#?}");

    let path = world.attributes(DISTRIBUTION)["origin"][0]["origin_path"].clone();
    let path = path.as_str().expect("a path");
    serve_from(&world, "/elsewhere");
    watch.until(&["changed  ", DISTRIBUTION]);
    watch.until(&["origin_path: ", path, "-> \"/elsewhere\""]);
    watch.until(&[&format!("host     {main}: ")]);
    watch.until(&["  before: 200, object "]);
    watch.until(&["drift    ", DISTRIBUTION, "differ"]);

    serve_from(&world, path);
    watch.until(&["changed  ", DISTRIBUTION]);
    watch.until(&[&format!("host     {main}: 200, object ")]);
    watch.until(&["resolved ", DISTRIBUTION, "differ"]);

    let (status, rest, errors) = watch.interrupt();
    assert_eq!(status.signal(), Some(2), "{status}");
    // What follows is what is resolved besides; once all is as it was, nothing is said.
    assert!(rest.lines().all(|line| line.contains("resolved ")), "{rest}");
    assert_eq!(errors, "");
}

#[test]
fn what_happens_while_nothing_can_be_read_is_told_afterwards() {
    let world = World::load("two-sites");
    let main = world.own("example.com");
    serve_from(&world, "/elsewhere");
    let mut watch = Watch::start(&world);
    let opening = watch.until(&["watching: what moves is shown"]);
    assert!(opening[0].contains("DRIFT: "), "{opening:#?}");

    blind(&world);
    watch.until(&["blind    ", "cannot be read: "]);
    watch.until(&["ExpiredToken: the token has expired"]);
    delete_policy(&world);
    see(&world);
    let meanwhile = watch.until(&["gone     ", POLICY]);
    watch.until(&[&format!("host     {main}: ")]);
    let back = watch.until(&["seen     ", "can be read again: "]);
    // The drift of before was there all the time.
    for line in meanwhile.iter().chain(&back).filter(|line| line.contains(DISTRIBUTION)) {
        assert!(
            !line.contains("differs from the state") && !line.contains("differ from the state"),
            "{line}"
        );
    }
    assert!(
        meanwhile.iter().all(|line| !line.contains("resolved ")),
        "{meanwhile:#?}"
    );

    put_policy_back(&world);
    watch.until(&["made     ", POLICY]);
    watch.until(&["resolved ", POLICY]);
    let (status, _, errors) = watch.interrupt();
    assert_eq!((status.signal(), errors.as_str()), (Some(2), ""));
}

#[test]
fn a_watch_that_nobody_reads_any_more_ends() {
    let world = World::load("two-sites");
    let mut watch = Watch::start(&world);
    watch.until(&["watching: what moves is shown"]);
    let Watch { mut process, lines } = watch;
    drop(lines);
    serve_from(&world, "/elsewhere");
    let status = process.wait().expect("the watch ends");
    assert_eq!(status.code(), Some(2), "as the last look found it");
    let calls = world.emulator.calls(&world.account);
    let looks = calls
        .iter()
        .filter(|call| call.starts_with("GET /2013-04-01/hostedzone?"));
    let (looks, all) = (looks.count(), LOOKS.parse().expect("a number"));
    assert!((1..all).contains(&looks), "{looks} looks: {calls:#?}");
}

#[test]
fn after_so_many_looks_the_last_one_decides() {
    let world = World::load("two-sites");
    let looks = || {
        world
            .driftgate(["watch", "--state", STATES[0], "--interval", "1s", "--looks", "2"])
            .run()
    };
    let clean = looks();
    assert_eq!((clean.code, clean.stderr.as_str()), (0, ""));
    assert!(
        clean
            .stdout
            .ends_with("watching: what moves is shown; stop with Ctrl-C\n"),
        "{}",
        clean.stdout
    );
    serve_from(&world, "/elsewhere");
    let drifted = looks();
    assert_eq!(drifted.code, 2);
    let hint = "watching: what moves is shown; `driftgate check` shows what is there already; stop with Ctrl-C\n";
    assert!(drifted.stdout.ends_with(hint), "{}", drifted.stdout);
}

#[test]
fn a_watch_on_a_terminal_says_what_it_reads() {
    let world = World::load("two-sites");
    let arguments = ["watch", "--state", STATES[0], "--interval", "1s", "--looks", "2"];
    let run = world.driftgate(arguments).on_a_terminal().run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("terraform.tfstate: 24 resources"), "{}", run.stdout);
    assert_eq!(run.stdout.matches("to read ").count(), 1, "{}", run.stdout);
}

#[test]
fn what_belongs_to_one_check_is_refused() {
    for flag in [
        "--report=json=x.json",
        "--format=json",
        "--history=runs",
        "--since=x.json",
    ] {
        let run = Driftgate::new(["watch", flag]).run();
        let name = flag.split('=').next().unwrap_or_default();
        let text = format!("driftgate: error: {name} belongs to `driftgate check`");
        assert!(run.failed().starts_with(&text), "{}", run.stderr);
    }
    for interval in ["0s", "1h", "86401", ""] {
        let run = Driftgate::new(["watch", "--interval", interval]).run();
        assert!(run.failed().contains("--interval"), "{}", run.stderr);
    }
}

#[test]
fn a_watch_without_credentials_does_not_begin() {
    let world = World::load("two-sites");
    let refused: Value = json!({
        "match": "POST /", "service": "sts", "times": null, "status": 403, "code": "ExpiredToken", "message": "expired",
    });
    world.emulator.faults(&world.account, &[refused]);
    let run = world.driftgate(["watch", "--state", STATES[0]]).run();
    assert!(
        run.failed().contains("does not accept these credentials"),
        "{}",
        run.stderr
    );
}
