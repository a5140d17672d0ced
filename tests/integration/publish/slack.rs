//! Slack's side: `ok`, plain words, rate limits.

use std::sync::{Arc, Mutex};

use driftgate::publish::{PublishError, Secret, Webhook, block_on, publish_slack};
use serde_json::{Value, json};

use super::Waits;
use super::wire::{self, Reply, Request};

pub(super) const PATH: &str = "/services/T000/B000/hunter2";

/// A webhook that takes messages with blocks, after the given answers.
pub(super) fn slack(first: Vec<Reply>) -> (String, Arc<Mutex<Vec<Request>>>) {
    let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
    let kept = Arc::clone(&requests);
    let first = Mutex::new(first.into_iter());
    let url = wire::serve(move |request| {
        kept.lock().expect("no request panicked").push(request.clone());
        if let Some(reply) = first.lock().expect("no request panicked").next() {
            return reply;
        }
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        match (request.path.as_str(), body["blocks"].is_array()) {
            (PATH, true) => Reply::new(200, "ok"),
            (PATH, false) => Reply::new(400, "invalid_payload"),
            _ => Reply::new(404, "no_service"),
        }
    });
    (url, requests)
}

fn send(address: &str, clock: &Arc<Waits>, message: &Value) -> Result<(), PublishError> {
    let clock = Arc::clone(clock);
    let webhook = Webhook::with_clock(&Secret::new(address), clock).expect("a webhook");
    block_on(publish_slack(&webhook, message))
}

#[test]
fn a_message_arrives_as_it_is() {
    let (url, requests) = slack(vec![]);
    let message = json!({ "blocks": [{ "type": "divider" }] });
    send(&format!("{url}{PATH}"), &Arc::default(), &message).expect("sent");
    let requests = requests.lock().expect("no request panicked");
    let [request] = requests.as_slice() else {
        panic!("{} requests", requests.len());
    };
    assert_eq!(request.line(), format!("POST {PATH}"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(serde_json::from_str::<Value>(&request.body).expect("JSON"), message);
}

#[test]
fn limits_and_outages_are_waited_out() {
    let limit = Reply::new(429, "rate_limited").with("Retry-After", 30);
    let (url, _) = slack(vec![limit, Reply::new(503, ""), Reply::Hangup]);
    let clock = Arc::default();
    send(&format!("{url}{PATH}"), &clock, &json!({ "blocks": [] })).expect("sent");
    assert_eq!(clock.seconds(), [30, 2, 4]);
}

#[test]
fn errors_name_the_host_alone() {
    let elsewhere = Reply::new(302, "").with("Location", "http://127.0.0.1:9/services/T000/B000/hunter2");
    let repeating = Reply::new(403, format!("action_prohibited for {PATH}"));
    let cases = [
        (vec![], "/services/hunter2", "404 no_service; the webhook was revoked"),
        (vec![elsewhere], PATH, "302; check DRIFTGATE_SLACK_WEBHOOK"),
        (
            vec![repeating],
            PATH,
            "403 action_prohibited for /…; the webhook was revoked",
        ),
        (vec![Reply::Hangup; 5], PATH, "no answer after 5 tries"),
        (
            vec![Reply::new(429, "").with("Retry-After", 3600)],
            PATH,
            "another 3600 s",
        ),
        (
            vec![Reply::new(400, "invalid_blocks")],
            PATH,
            "400 invalid_blocks; Slack does not take this message",
        ),
    ];
    for (first, path, says) in cases {
        let (url, _) = slack(first);
        let error = send(&format!("{url}{path}"), &Arc::default(), &json!({ "blocks": [] })).expect_err(says);
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains("hunter2"), "{text}");
        }
        let text = error.to_string();
        assert!(text.contains(says) && text.contains("POST to 127.0.0.1:"), "{text}");
    }
}
