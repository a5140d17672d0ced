//! Several accounts in one run: hosted zones in one account, distributions and buckets in another.
//!
//! One recorded world is spread over two accounts of the emulator, which takes a 12-digit access key for its account.

use std::fs;

use serde_json::{Value, json};

use crate::support::binary::{Driftgate, Run};
use crate::support::emulator::{self, Emulator, OPEN};
use crate::support::repository;
use crate::support::world::{STATES, World};

const ZONE: &str = "aws_route53_zone.main";
const PROD: &str = "module.site[\"prod\"].aws_cloudfront_distribution.site";

/// The two accounts; states and configuration lie in the site's directory.
struct Two {
    site: World,
    dns: World,
}

impl Two {
    fn load() -> Two {
        let account = Emulator::new_account();
        let token = emulator::token(&account);
        let replace = json!({
            "2026-11-21T": "2020-11-21T",
            "2027-11-21T": "2120-11-21T",
            "example.com": format!("{token}.example.com"),
            "example-com": format!("{token}-example-com"),
        });
        let load = |account: String, services: Value| {
            let dir = repository("fixtures/worlds/two-sites");
            World::load_services(&dir, &OPEN, account, replace.clone(), &services)
        };
        let two = Two {
            site: load(account, json!(["s3", "cloudfront", "acm"])),
            dns: load(Emulator::new_account(), json!(["route53"])),
        };
        two.split("site.tfstate", &two.site, |kind| !kind.starts_with("aws_route53_"));
        two.split("dns.tfstate", &two.dns, |kind| kind.starts_with("aws_route53_"));
        let profile =
            |name: &str, key: &str| format!("[{name}]\naws_access_key_id = {key}\naws_secret_access_key = test\n\n");
        let profiles = profile("dns", &two.dns.account) + &profile("stranger", "999900009999");
        fs::write(two.site.state("credentials"), profiles).expect("the profiles are written");
        two
    }

    /// What of a world's state is of these types, as a state of its own.
    fn split(&self, name: &str, world: &World, keep: impl Fn(&str) -> bool) {
        let text = fs::read(world.state(STATES[0])).expect("the state is there");
        let mut state: Value = serde_json::from_slice(&text).expect("a state is JSON");
        state["lineage"] = json!(name);
        let resources = state["resources"].as_array_mut().expect("a state has resources");
        resources.retain(|resource| keep(resource["type"].as_str().unwrap_or_default()));
        assert!(!resources.is_empty(), "{name} holds something");
        fs::write(self.site.state(name), state.to_string()).expect("the state is written");
    }

    /// Lets the DNS state tell its account, as `data.aws_caller_identity` does.
    fn place_dns(&self) {
        let file = self.site.state("dns.tfstate");
        let mut state: Value = serde_json::from_slice(&fs::read(&file).expect("the state is there")).expect("JSON");
        let identity = json!({
            "mode": "data", "type": "aws_caller_identity", "name": "current",
            "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances": [{ "schema_version": 0, "attributes": {
                "id": self.dns.account, "account_id": self.dns.account,
                "arn": format!("arn:aws:iam::{}:root", self.dns.account), "user_id": self.dns.account,
            }}],
        });
        state["resources"].as_array_mut().expect("resources").push(identity);
        fs::write(file, state.to_string()).expect("the state is written");
    }

    /// The configuration: both states, and blocks.
    fn configure(&self, blocks: &str) {
        let text = format!(
            "state \"site\" {{\n  source = \"site.tfstate\"\n}}\n\nstate \"dns\" {{\n  source = \"dns.tfstate\"\n}}\n\n{blocks}"
        );
        fs::write(self.site.state("driftgate.hcl"), text).expect("the configuration is written");
    }

    fn dns_by(&self, attribute: &str) {
        self.configure(&format!("account \"{}\" {{\n  {attribute}\n}}\n", self.dns.account));
    }

    /// The binary with the site's credentials at hand and the profiles beside them.
    fn driftgate<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Driftgate {
        let credentials = self.site.state("credentials");
        self.site
            .driftgate(arguments)
            .env("AWS_SHARED_CREDENTIALS_FILE", &credentials.to_string_lossy())
    }

    fn check(&self) -> Run {
        self.driftgate(["check", "--format", "json"]).run()
    }

    fn forget_calls(&self) {
        _ = OPEN.calls(&self.site.account);
        _ = OPEN.calls(&self.dns.account);
    }
}

fn list<'a>(result: &'a Value, member: &str) -> &'a Vec<Value> {
    result[member].as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Rule, address and account of every finding.
fn found(result: &Value) -> Vec<(&str, &str, &str)> {
    let mut found: Vec<_> = list(result, "findings")
        .iter()
        .map(|one| {
            (
                text(&one["rule"]),
                text(&one["address"]),
                text(&one["resource"]["account"]),
            )
        })
        .collect();
    found.sort_unstable();
    found
}

#[track_caller]
fn expect_clean(two: &Two, run: &Run) {
    let result = run.json();
    assert_eq!(result["findings"], json!([]), "{}", run.stderr);
    assert_eq!(result["unchecked"], json!([]));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(result["run"]["accounts"], json!([two.site.account, two.dns.account]));
    let hosts = list(&result, "hosts");
    assert_eq!(hosts.len(), 4);
    for host in hosts {
        assert_eq!(host["served"], json!(true), "{host:#}");
    }
}

/// A profile for the zones' account: every resource is read in its own account, and hosts are followed across.
#[test]
fn zones_in_one_account_and_sites_in_another_are_one_run() {
    let two = Two::load();
    two.dns_by("profile = \"dns\"");
    two.forget_calls();
    expect_clean(&two, &two.check());
    let of = |account: &str| OPEN.calls(account);
    let (site, dns) = (of(&two.site.account), of(&two.dns.account));
    let elsewhere: Vec<_> = dns.iter().filter(|call| !is_of_dns(call)).collect();
    assert_eq!(elsewhere, Vec::<&String>::new(), "the zones' account has nothing else");
    let zones = site.iter().filter(|call| call.contains("/hostedzone")).count();
    assert_eq!(zones, 1, "one listing, since nothing told where the zone is: {site:#?}");
    let once = |calls: &[String]| {
        // A POST to the root is a call to STS or to ACM, which the log does not tell apart.
        let mut sorted: Vec<&String> = calls.iter().filter(|call| *call != "POST /").collect();
        sorted.sort();
        let repeated: Vec<String> = sorted
            .windows(2)
            .filter(|two| two[0] == two[1])
            .map(|two| two[0].clone())
            .collect();
        repeated
    };
    assert_eq!((once(&site), once(&dns)), (vec![], vec![]), "nothing is asked twice");

    // The same from a snapshot, and along one host.
    let run = two.driftgate(["snapshot", "-o", "live.json"]).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    expect_clean(
        &two,
        &two.driftgate(["check", "--live", "live.json", "--format", "json"])
            .run(),
    );
    let host = two.site.own("www.example.com");
    for live in [&[][..], &["--live", "live.json"]] {
        let arguments = ["trace", &host, "--format", "json"]
            .into_iter()
            .chain(live.iter().copied());
        let run = two.driftgate(arguments).run();
        assert_eq!(run.code, 0, "{}\n{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(&two.site.attribute(PROD, "id")), "{}", run.stdout);
    }
    let run = two
        .driftgate(["check", "--against", "live.json", "--format", "json"])
        .run();
    assert_eq!(
        (run.code, run.json()["findings"].clone()),
        (0, json!([])),
        "{}",
        run.stderr
    );
}

fn is_of_dns(call: &str) -> bool {
    call.contains("/2013-04-01/") || call.starts_with("POST / ") || call == "POST /"
}

/// Changes in either account are found in that account, with what they do to hosts whose path crosses both.
#[test]
fn changes_in_either_account_are_found_there() {
    let two = Two::load();
    two.dns_by("profile = \"dns\"");
    let host = two.site.own("www.example.com");
    two.dns.delete_record(ZONE, "www.example.com", "A");
    two.site
        .edit_distribution(PROD, |distribution| distribution.enabled = false);
    let run = two.check();
    let result = run.json();
    assert_eq!(
        (run.code, result["unchecked"].clone()),
        (2, json!([])),
        "{}",
        run.stderr
    );
    let record = two
        .site
        .own("module.site[\"prod\"].aws_route53_record.host[\"www.example.com A\"]");
    let (dns, site) = (two.dns.account.as_str(), two.site.account.as_str());
    let all = found(&result);
    for wanted in [
        ("distribution-disabled", PROD, site),
        ("resource-changed", PROD, site),
        ("resource-missing", &record, dns),
    ] {
        assert!(
            all.iter()
                .any(|one| one.0 == wanted.0 && one.1.starts_with(wanted.1) && one.2 == wanted.2),
            "{wanted:?} in {all:#?}"
        );
    }
    let resolves = list(&result, "findings")
        .iter()
        .find(|one| one["rule"] == "host-does-not-resolve");
    let resolves = resolves.unwrap_or_else(|| panic!("{all:#?}"));
    assert!(resolves["impact"].to_string().contains(&host), "{resolves:#}");
    assert_eq!(text(&resolves["resource"]["account"]), dns);
}

/// Without credentials of an account, its resources are unchecked, and the message says what to add.
#[test]
fn resources_of_an_account_without_credentials_are_unchecked() {
    let two = Two::load();
    two.configure("");
    let all = list_of_zone_and_records(&two);
    // Nothing tells that the zones are another account's, but that nothing of their state is in this one.
    let (_, result) = expect_blind(&two, &all);
    let detail = text(&result["unchecked"][0]["detail"]);
    assert!(detail.contains("nothing of its provider is in account"), "{detail}");

    two.place_dns();
    let (run, result) = expect_blind(&two, &all);
    let detail = text(&result["unchecked"][0]["detail"]);
    let block = format!(
        "give an `account \"{}\"` block with its profile or role_arn",
        two.dns.account
    );
    assert!(detail.contains(&block), "{detail}");
    assert_eq!(run.stderr, "");

    // Credentials that do not work, and a role that cannot be assumed: the same, and the message names them.
    two.dns_by("profile = \"nobody\"");
    let (_, result) = expect_blind(&two, &all);
    let detail = text(&result["unchecked"][0]["detail"]);
    assert!(
        detail.contains("could not be read: profile \"nobody\" of its block at driftgate.hcl:9"),
        "{detail}"
    );

    let role = format!("arn:aws:iam::{}:role/driftgate", two.dns.account);
    two.dns_by(&format!("role_arn = \"{role}\""));
    let refused = json!({ "match": "POST /", "service": "sts", "status": 403, "code": "AccessDenied" });
    OPEN.faults(&two.site.account, &[refused]);
    let (_, result) = expect_blind(&two, &all);
    let detail = text(&result["unchecked"][0]["detail"]);
    assert!(detail.contains(&format!("role {role} of its block")), "{detail}");
    expect_clean(&two, &two.check());
}

fn list_of_zone_and_records(two: &Two) -> Vec<String> {
    let text = fs::read(two.site.state("dns.tfstate")).expect("the state is there");
    let state = driftgate::expected::parse_state("dns.tfstate", &text).expect("a state");
    let mut all: Vec<String> = state.instances.into_iter().map(|one| one.address).collect();
    all.sort();
    all
}

#[track_caller]
fn expect_blind(two: &Two, addresses: &[String]) -> (Run, Value) {
    let run = two.check();
    let result = run.json();
    assert_eq!(found(&result), [], "{}", run.stderr);
    let mut told: Vec<&str> = list(&result, "unchecked")
        .iter()
        .map(|one| text(&one["address"]))
        .collect();
    told.sort_unstable();
    assert_eq!(told, addresses, "{:#}", result["unchecked"]);
    assert_eq!((run.code, text(&result["outcome"])), (3, "incomplete"));
    (run, result)
}

/// Credentials of another account than the block says answer for nothing: the run ends.
#[test]
fn credentials_of_another_account_than_the_block_says_end_the_run() {
    let two = Two::load();
    two.dns_by("profile = \"stranger\"");
    let run = two.check();
    let line = run.failed();
    for part in [
        "driftgate.hcl:9",
        "profile \"stranger\"",
        &two.dns.account,
        "gives credentials of account 999900009999",
    ] {
        assert!(line.contains(part), "{part} is not in: {line}");
    }
}
