//! Publishing, against a server on the loopback interface that plays GitHub: what it keeps afterwards is what counts.

mod check_run;
mod command;
mod comment;
mod concurrent;
mod github;
mod issue;
mod slack;
mod trouble;
mod wire;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use driftgate::publish::clock::Clock;
use driftgate::publish::{Client, IssueOutcome, IssueRequest, PublishError, Secret, Settings, block_on, publish_issue};

use github::{GitHub, REPOSITORY, TOKEN};

/// The time by which the tests' clock starts: 2026-11-25T00:00:00Z.
const START: u64 = 1_795_564_800;

/// A clock on which waiting takes no time; it keeps what was waited for.
#[derive(Debug, Default)]
struct Waits(Mutex<Vec<u64>>);

impl Waits {
    /// All waits so far, in seconds.
    fn seconds(&self) -> Vec<u64> {
        self.0.lock().expect("nobody panicked").clone()
    }
}

impl Clock for Waits {
    fn now(&self) -> u64 {
        START + self.seconds().iter().sum::<u64>()
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.0.lock().expect("nobody panicked").push(wait.as_secs());
        Box::pin(std::future::ready(()))
    }
}

fn client_with(github: &GitHub, token: &str, clock: Arc<Waits>) -> Client {
    let settings = Settings {
        api_url: github.url.clone(),
        repository: REPOSITORY.parse().expect("a repository"),
        token: Secret::new(token),
    };
    Client::with_clock(&settings, clock).expect("a client")
}

fn client(github: &GitHub) -> Client {
    client_with(github, TOKEN, Arc::default())
}

/// A run with findings for the state `site`.
fn dirty(body: &str) -> IssueRequest {
    IssueRequest {
        key: "site.tfstate".to_owned(),
        title: "Drift in site.tfstate".to_owned(),
        body: body.to_owned(),
        summary_of_change: None,
        clean: false,
        labels: vec!["infrastructure".to_owned()],
        assignees: vec!["alex".to_owned()],
    }
}

/// A run that found nothing.
fn clean() -> IssueRequest {
    IssueRequest {
        clean: true,
        body: "All of it is as the state says.".to_owned(),
        ..dirty("")
    }
}

fn tell(github: &GitHub, request: &IssueRequest) -> Result<IssueOutcome, PublishError> {
    block_on(publish_issue(&client(github), request))
}
