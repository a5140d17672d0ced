//! The first call, and what is said when it fails.

use driftgate::inventory::Answer;
use driftgate::live::Quiet;
use driftgate::live::aws::ConnectError;
use driftgate::plan::ReadPlan;

use super::{CALLER, Reply, connect, error, ok, try_connect};

#[test]
fn the_caller_is_asked_once_and_an_empty_plan_asks_nothing_more() {
    let (aws, log) = connect(|_| error(500, "Unexpected"));
    let seen = aws.observe(&ReadPlan::default(), &Quiet);
    assert_eq!(aws.caller().account, "111122223333");
    assert_eq!(aws.caller().partition(), "aws");
    assert_eq!(aws.region(), "eu-west-2");
    assert_eq!(seen.inventory.caller, Answer::Found(aws.caller().clone()));
    assert_eq!(
        seen.calls
            .iter()
            .map(|(name, n)| (name.as_str(), *n))
            .collect::<Vec<_>>(),
        [("sts:GetCallerIdentity", 1)]
    );
    assert_eq!(log.all().len(), 1);
}

#[test]
fn refused_credentials_are_named_with_what_to_do() {
    for (status, code) in [
        (403, "ExpiredToken"),
        (403, "InvalidClientTokenId"),
        (403, "SignatureDoesNotMatch"),
        (400, "UnrecognizedClientException"),
    ] {
        let (aws, _) = try_connect(move |_| error(status, code));
        let refusal = aws.err().expect("no connection");
        assert!(matches!(refusal, ConnectError::Rejected { .. }), "{code}: {refusal:?}");
        let text = refusal.to_string();
        assert!(text.contains(code) && text.contains("aws sso login"), "{text}");
    }
}

#[test]
fn an_endpoint_out_of_reach_is_named() {
    for reply in [|| Reply::Broken, || Reply::Silence] {
        let (aws, log) = try_connect(move |_| reply());
        let refusal = aws.err().expect("no connection");
        assert!(
            matches!(&refusal, ConnectError::Unreachable { url, .. } if url == "https://aws.example.org"),
            "{refusal:?}"
        );
        assert!(refusal.to_string().contains("AWS_ENDPOINT_URL"), "{refusal}");
        assert_eq!(log.all().len(), 3, "three tries");
    }
}

#[test]
fn an_answer_that_says_nothing_is_no_connection() {
    let nameless = CALLER.replace("<Account>111122223333</Account>", "");
    let (aws, _) = try_connect(move |_| ok(nameless.clone()));
    assert!(matches!(aws.err(), Some(ConnectError::Other { .. })));
    let (aws, _) = try_connect(|_| ok("<html>sign in to the wireless network</html>"));
    assert!(matches!(aws.err(), Some(ConnectError::Other { .. })));
    let (aws, _) = try_connect(|_| error(403, "AccessDenied"));
    assert!(matches!(aws.err(), Some(ConnectError::Other { .. })));
}
