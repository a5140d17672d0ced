//! Results that the renderers' tests share: hand-made, since a renderer has to show any result, also one that no
//! comparison makes yet.

mod filled;
mod outage;
mod written;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::finding::{Category, Change, Finding, ResourceRef, Severity, Unchecked};
use crate::inventory::{Failure, Reason};
use crate::place::Place;
use crate::result::{Action, CheckResult, Counts, DecidedBy, Decision, Judged, Outcome, Run, Stats};
use crate::rules;

pub(super) use filled::filled_with;
pub(crate) use outage::{outage, recovered};
pub(super) use written::{all, assert_visible, digest, written};

/// The value that no report may show.
pub(crate) const SECRET: &str = "hunter2-do-not-print";

const ACCOUNT: &str = "111122223333";

fn change(path: &str, expected: Value, live: Value) -> Change {
    Change {
        path: path.to_owned(),
        expected,
        live,
        sensitive: false,
        note: None,
        at_least: None,
    }
}

fn resource(terraform_type: &str, id: &str, region: Option<&str>) -> ResourceRef {
    ResourceRef {
        terraform_type: terraform_type.to_owned(),
        id: id.to_owned(),
        account: Some(ACCOUNT.to_owned()),
        region: region.map(str::to_owned),
    }
}

fn drift(address: &str, id: &str, region: Option<&str>, title: &str, changes: Vec<Change>) -> Finding {
    let terraform_type = address
        .split('.')
        .find(|part| part.starts_with("aws_"))
        .unwrap_or_default();
    Finding {
        address: Some(address.to_owned()),
        state: Some("terraform.tfstate".to_owned()),
        changes,
        ..Finding::new(
            Category::Drift,
            rules::RESOURCE_CHANGED,
            resource(terraform_type, id, region),
            title,
        )
    }
}

pub(crate) fn judged(severity: Severity, finding: Finding) -> Judged {
    let decision = Decision {
        severity,
        action: Action::Fail,
        by: None,
    };
    Judged::whole(finding, decision)
}

fn allowed(severity: Severity, by: DecidedBy, finding: Finding) -> Judged {
    let decision = Decision {
        severity,
        action: Action::Allow,
        by: Some(by),
    };
    Judged::whole(finding, decision)
}

fn decided_by(rule: &str, file: &str, line: usize, reason: &str) -> DecidedBy {
    DecidedBy {
        rule: rule.to_owned(),
        place: Place::new(file, line),
        reason: Some(reason.to_owned()),
        owner: None,
        until: None,
    }
}

pub(crate) fn clean() -> CheckResult {
    CheckResult {
        run: Run {
            started_at: "2026-03-14T02:30:00Z".to_owned(),
            account: Some(ACCOUNT.to_owned()),
            accounts: Vec::new(),
            states: vec!["terraform.tfstate".to_owned()],
            fail_on: Some(Severity::Low),
            against: None,
            not_looked_for: Vec::new(),
        },
        outcome: Outcome::Clean,
        complete: true,
        counts: Counts {
            resources: 42,
            checked: 42,
            ..Counts::default()
        },
        findings: Vec::new(),
        resolved: Vec::new(),
        resources: Vec::new(),
        ignored: Vec::new(),
        unchecked: Vec::new(),
        not_covered: BTreeMap::new(),
        hosts: Vec::new(),
        doubts: Vec::new(),
        remarks: Vec::new(),
        past: Vec::new(),
        stats: Stats {
            calls: BTreeMap::from([
                ("cloudfront:ListDistributions".to_owned(), 1),
                ("s3:GetBucketPolicy".to_owned(), 117),
            ]),
            duration: Duration::from_millis(812),
        },
    }
}

/// Clean, with everything that may be found without failing.
pub(crate) fn clean_with_remarks() -> CheckResult {
    let mut comment = drift(
        "aws_cloudfront_distribution.prod",
        "E2QWRUHAPOMQZL",
        None,
        "1 attribute differs from the state",
        vec![change("comment", json!("the site"), json!("the site (do not touch)"))],
    );
    comment.detail = "A comment has no effect on what is served.".to_owned();
    let mut tag = drift(
        "aws_s3_bucket.prod",
        "www.example.com",
        Some("eu-west-2"),
        "1 attribute differs from the state",
        vec![change("tags[\"owner\"]", json!("web"), json!("platform"))],
    );
    tag.detail = "Never shown: allowed.".to_owned();
    let by = decided_by(
        "handover",
        "driftgate.hcl",
        12,
        "tags are being handed over until the end of the month",
    );
    let mut other = tag.clone();
    other.address = Some("aws_s3_bucket.stage".to_owned());
    CheckResult {
        findings: vec![
            allowed(Severity::Medium, by.clone(), tag),
            allowed(Severity::Medium, by, other),
            judged(Severity::Info, comment),
        ],
        ..clean()
    }
}

pub(crate) fn policy(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

pub(crate) fn statement(sid: &str, principal: Value, action: Value, bucket: &str) -> Value {
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": format!("arn:aws:s3:::{bucket}/*"),
    })
}

pub(crate) fn drifted() -> CheckResult {
    let read = |bucket| {
        let mut read = statement(
            "AllowCloudFront",
            json!({ "Service": "cloudfront.amazonaws.com" }),
            json!(["s3:GetObject"]),
            bucket,
        );
        read["Condition"] = json!({
            "StringEquals": { "AWS:SourceArn": format!("arn:aws:cloudfront::{ACCOUNT}:distribution/E2QWRUHAPOMQZL") }
        });
        read
    };
    let mut deny = statement("DenyPlainHttp", json!("*"), json!(["s3:*"]), "www.example.com");
    deny["Effect"] = json!("Deny");
    deny["Condition"] = json!({ "Bool": { "aws:SecureTransport": "false" } });
    let public = statement(
        "Temp",
        json!("*"),
        json!(["s3:GetObject", "s3:PutObject"]),
        "www.example.com",
    );

    let policy_drift = drift(
        "module.site[\"prod\"].aws_s3_bucket_policy.this",
        "www.example.com",
        Some("eu-west-2"),
        "The bucket policy grants more than the state says",
        vec![change(
            "policy",
            policy(&[read("www.example.com"), deny.clone()]),
            policy(&[read("www.example.com"), deny, public]),
        )],
    );
    let mut distribution = drift(
        "module.site[\"prod\"].aws_cloudfront_distribution.this",
        "E2QWRUHAPOMQZL",
        None,
        "5 attributes differ from the state",
        vec![
            change("origin[\"website\"].origin_path", json!("/0.78.1"), json!("/0.78.2")),
            change("enabled", json!(true), json!(false)),
            change(
                "default_cache_behavior.allowed_methods",
                json!(["GET", "HEAD"]),
                json!(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]),
            ),
            change(
                "web_acl_id",
                Value::Null,
                json!("arn:aws:wafv2:us-east-1:111122223333:global/webacl/w/1"),
            ),
            change(
                "origin[\"website\"].custom_header[\"x-origin-key\"]",
                json!(SECRET),
                json!(format!("{SECRET}2")),
            ),
        ],
    );
    distribution.changes[0].note =
        Some("the workflow .github/workflows/deploy.yml writes this value with every deployment".to_owned());
    distribution.changes[4].sensitive = true;
    distribution.detail =
        "The distribution serves from a folder that the state does not name, and it is switched off: \
                           www.example.com answers with an error page."
            .to_owned();
    let mut missing = drift(
        "module.site[\"prod\"].aws_s3_bucket_public_access_block.this",
        "www.example.com",
        Some("eu-west-2"),
        "The public access block is gone from AWS",
        Vec::new(),
    );
    missing.rule = rules::RESOURCE_MISSING.into();
    let record = resource(
        "aws_route53_record",
        "Z0123456789ABCDEFGHIJ_old.example.com_CNAME",
        None,
    );
    let unmanaged = Finding {
        changes: vec![
            change("ttl", Value::Null, json!(300)),
            change("records", Value::Null, json!(["d111111abcdef8.cloudfront.net"])),
        ],
        ..Finding::new(
            Category::Unmanaged,
            rules::UNMANAGED_RECORD,
            record,
            "A record in a managed zone that no state holds",
        )
    };
    let info = drift(
        "module.site[\"prod\"].aws_cloudfront_distribution.this",
        "E2QWRUHAPOMQZL",
        None,
        "The comment differs from the state",
        vec![change("comment", json!("the site"), json!("the site (do not touch)"))],
    );
    CheckResult {
        outcome: Outcome::Drift,
        complete: false,
        counts: Counts {
            resources: 42,
            checked: 41,
            unchecked: 1,
            not_covered: 3,
            other: 17,
            deposed: 1,
        },
        findings: vec![
            judged(Severity::Critical, policy_drift),
            judged(Severity::High, distribution),
            judged(Severity::High, missing),
            judged(Severity::Low, unmanaged),
            judged(Severity::Info, info),
        ],
        unchecked: vec![Unchecked::new(
            "module.site[\"stage\"].aws_s3_bucket_policy.this",
            &Failure::new(
                Reason::AccessDenied,
                "s3:GetBucketPolicy",
                "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/ci/driftgate is not authorized to perform: \
                 s3:GetBucketPolicy on resource: \"arn:aws:s3:::stage.example.com\"",
            ),
        )],
        not_covered: BTreeMap::from([
            ("aws_cloudfront_function".to_owned(), 2),
            ("aws_s3_bucket_lifecycle_configuration".to_owned(), 1),
        ]),
        hosts: Vec::new(),
        doubts: Vec::new(),
        remarks: Vec::new(),
        ..clean()
    }
}

/// Somebody has put into every field what a field can hold.
pub(crate) fn hostile() -> CheckResult {
    let nasty =
        "a\u{1b}[2J\u{1b}]0;owned\u{7}\r\nCLEAN: 42 resources checked\n::error::x \u{202e}gpj\u{9b}1m\u{200b}##[group]";
    let mut finding = drift(
        "aws_s3_bucket.x",
        nasty,
        Some(nasty),
        nasty,
        vec![
            change(&format!("tags[\"{nasty}\"]"), json!(nasty), json!({ nasty: [nasty] })),
            change("comment", json!("a b"), json!("a\u{a0}b")),
        ],
    );
    finding.address = Some(nasty.to_owned());
    finding.resource.account = Some(nasty.to_owned());
    finding.detail = nasty.to_owned();
    finding.changes[0].note = Some(nasty.to_owned());
    let mut unmanaged = finding.clone();
    unmanaged.address = None;
    unmanaged.category = Category::Unmanaged;
    unmanaged.resource.terraform_type = nasty.to_owned();
    let agreed = allowed(Severity::Low, decided_by(nasty, nasty, 1, nasty), finding.clone());
    CheckResult {
        outcome: Outcome::Drift,
        complete: false,
        counts: Counts {
            resources: 2,
            checked: 1,
            unchecked: 1,
            not_covered: 1,
            other: 0,
            deposed: 0,
        },
        findings: vec![
            judged(Severity::High, finding),
            judged(Severity::Medium, unmanaged),
            agreed,
        ],
        unchecked: vec![Unchecked::new(nasty, &Failure::new(Reason::ServerError, nasty, nasty))],
        not_covered: BTreeMap::from([(nasty.to_owned(), 1)]),
        hosts: Vec::new(),
        doubts: Vec::new(),
        remarks: Vec::new(),
        stats: Stats {
            calls: BTreeMap::from([(nasty.to_owned(), 1)]),
            duration: Duration::from_millis(4),
        },
        ..clean()
    }
}

pub(crate) fn incomplete() -> CheckResult {
    let expired = Failure::new(
        Reason::ExpiredCredentials,
        "",
        "the credentials expired while reading; sign in again",
    );
    let throttled = Failure::new(
        Reason::Throttled,
        "route53:ListResourceRecordSets",
        "Throttling: Rate exceeded",
    );
    CheckResult {
        outcome: Outcome::Incomplete,
        complete: false,
        counts: Counts {
            resources: 42,
            checked: 39,
            unchecked: 3,
            ..Counts::default()
        },
        unchecked: vec![
            Unchecked::new("aws_cloudfront_distribution.prod", &expired),
            Unchecked::new("aws_cloudfront_distribution.stage", &expired),
            Unchecked::new("aws_route53_record.www", &throttled),
            Unchecked::new("records of zone Z0123456789ABCDEFGHIJ that no state holds", &throttled),
        ],
        ..clean()
    }
}

pub(crate) fn nothing_to_check() -> CheckResult {
    CheckResult {
        outcome: Outcome::Incomplete,
        complete: true,
        counts: Counts {
            other: 12,
            ..Counts::default()
        },
        stats: Stats::default(),
        ..clean()
    }
}

/// `count` changed resources, each with a scalar, a set and a policy.
pub(crate) fn many(count: usize) -> CheckResult {
    let template = drifted().findings;
    let findings = (0..count)
        .map(|at| {
            let mut judged = template[at % 2].clone();
            judged.finding.address = Some(format!("module.site[\"n{at}\"].aws_s3_bucket_policy.this"));
            judged
        })
        .collect();
    CheckResult {
        findings,
        counts: Counts {
            resources: count,
            checked: count,
            ..Counts::default()
        },
        ..drifted()
    }
}
