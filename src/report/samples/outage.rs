//! A result that has something in every member.

use super::*;
use crate::result::{Age, Doubt, HostState, Ignored, PastRun, PathStep, Resolved, Resource, Standing};

fn step(station: &str, title: &str, depth: usize, standing: Standing, why: &str) -> PathStep {
    PathStep {
        station: station.to_owned(),
        title: title.to_owned(),
        depth,
        standing,
        why: why.to_owned(),
    }
}

fn past(at: &str, outcome: Outcome, findings: [usize; 5]) -> PastRun {
    PastRun {
        at: at.to_owned(),
        outcome,
        findings,
        unchecked: 0,
    }
}

/// A result that has something in every member: hosts down, up and unknown, a deployment that lands elsewhere, places,
/// ages, a finding that is allowed in part, one whose allowance has expired, what is resolved, and earlier runs.
pub(crate) fn outage() -> CheckResult {
    let mut result = drifted();
    let hosts = vec!["example.com".to_owned(), "www.example.com".to_owned()];
    result.findings[0].finding.impact = hosts.clone();
    result.findings[0].finding.place = Some(Place::new("infra/site/main.tf", 12));
    result.findings[0].age = Some(Age {
        new: true,
        first_seen: "2026-03-14T02:30:00Z".to_owned(),
    });
    let by = DecidedBy {
        owner: Some("web team".to_owned()),
        until: Some("2026-06-30".to_owned()),
        ..decided_by("release", "driftgate.hcl", 30, "the release train sets it")
    };
    result.findings[1].finding.place = Some(Place::new("infra/site/main.tf", 57));
    result.findings[1].decisions[0] = Decision {
        severity: Severity::Low,
        action: Action::Allow,
        by: Some(by),
    };
    result.findings[1].notes =
        vec!["the allowance \"move\" at driftgate.hcl:41 expired on 2026-03-01 and no longer holds".to_owned()];
    result.findings[1].age = Some(Age {
        new: false,
        first_seen: "2026-03-11T02:30:00Z".to_owned(),
    });
    let serving = Finding {
        address: Some("module.site[\"prod\"].aws_s3_bucket_policy.this".to_owned()),
        place: Some(Place::new("infra/site/main.tf", 12)),
        detail: "Bucket www.example.com has no statement that lets the distribution read. Put the policy back."
            .to_owned(),
        impact: hosts,
        at_least: Some(Severity::Critical),
        ..Finding::new(
            Category::Serving,
            rules::BUCKET_DENIES_CLOUDFRONT,
            resource("aws_s3_bucket_policy", "www.example.com", Some("eu-west-2")),
            "example.com, www.example.com: the bucket www.example.com denies CloudFront",
        )
    };
    let deploy = Finding {
        place: Some(Place::new(".github/workflows/deploy.yml", 48)),
        detail: "secrets.BUCKET is uploaded to, and the distribution serves from www.example.com.".to_owned(),
        impact: vec!["www.example.com".to_owned()],
        ..Finding::new(
            Category::Deploy,
            rules::DEPLOY_BUCKET_NOT_SERVED,
            resource("deployment", "deploy.yml deploy -> secrets.BUCKET", None),
            "job deploy of deploy.yml uploads to a bucket that no host is served from",
        )
    };
    let fresh = |at: &str| {
        Some(Age {
            new: true,
            first_seen: at.to_owned(),
        })
    };
    for (at, severity, finding) in [(1, Severity::Critical, serving), (2, Severity::High, deploy)] {
        let mut judged = judged(severity, finding);
        judged.age = fresh("2026-03-14T02:30:00Z");
        result.findings.insert(at, judged);
    }
    result
        .findings
        .extend(clean_with_remarks().findings.into_iter().take(1));
    result.hosts = vec![
        HostState {
            host: "example.com".to_owned(),
            served: Some(false),
            visitor: "403, AccessDenied of bucket www.example.com".to_owned(),
            path: vec![
                step(
                    "zone",
                    "zone example.com (Z0123456789ABCDEFGHIJ)",
                    0,
                    Standing::Good,
                    "",
                ),
                step(
                    "record",
                    "A alias example.com -> d111111abcdef8.cloudfront.net",
                    0,
                    Standing::Remark,
                    "no AAAA record",
                ),
                step(
                    "distribution",
                    "E2QWRUHAPOMQZL by alias example.com",
                    0,
                    Standing::Good,
                    "",
                ),
                step("certificate", "covers example.com", 0, Standing::Good, ""),
                step("behaviour", "default behaviour", 0, Standing::Good, ""),
                step(
                    "origin",
                    "website: www.example.com.s3.eu-west-2.amazonaws.com, path /releases/1.4.3",
                    1,
                    Standing::Good,
                    "",
                ),
                step("bucket", "www.example.com, eu-west-2", 1, Standing::Good, ""),
                step(
                    "access",
                    "origin access control E1OAC",
                    1,
                    Standing::Broken,
                    "the bucket www.example.com denies CloudFront",
                ),
                step(
                    "visitor",
                    "403, AccessDenied of bucket www.example.com",
                    0,
                    Standing::Broken,
                    "",
                ),
            ],
        },
        HostState {
            host: "preview.example.com".to_owned(),
            served: None,
            visitor: "cannot be told".to_owned(),
            path: vec![step(
                "behaviour",
                "default behaviour",
                0,
                Standing::Unknown,
                "a CloudFront Function decides the key",
            )],
        },
        HostState {
            host: "stage.example.com".to_owned(),
            served: Some(true),
            visitor: "200, index.html of bucket stage.example.com".to_owned(),
            path: Vec::new(),
        },
    ];
    result.doubts = vec![Doubt {
        host: "preview.example.com".to_owned(),
        station: "behaviour".to_owned(),
        why: "a CloudFront Function decides the key".to_owned(),
    }];
    result.remarks =
        vec![".github/workflows/old.yml:7: not understood: a reusable workflow of another repository".to_owned()];
    result.resolved = vec![Resolved {
        id: "00112233445566aa".to_owned(),
        rule: rules::UNMANAGED_RECORD.to_owned(),
        severity: Severity::Low,
        subject: "aws_route53_record Z0123456789ABCDEFGHIJ_test.example.com_A".to_owned(),
        title: "A record test.example.com is in no given state".to_owned(),
        first_seen: "2026-03-10T02:30:00Z".to_owned(),
    }];
    result.resources = vec![
        Resource {
            address: "module.site[\"prod\"].aws_s3_bucket_policy.this".to_owned(),
            state: "terraform.tfstate".to_owned(),
            place: Some(Place::new("infra/site/main.tf", 12)),
            checked: true,
        },
        Resource {
            address: "module.site[\"stage\"].aws_s3_bucket_policy.this".to_owned(),
            state: "terraform.tfstate".to_owned(),
            place: Some(Place::new("infra/site/main.tf", 12)),
            checked: false,
        },
        Resource {
            address: "aws_route53_zone.main".to_owned(),
            state: "dns.tfstate".to_owned(),
            place: None,
            checked: true,
        },
    ];
    result.ignored = vec![Ignored {
        address: "module.site[\"prod\"].aws_cloudfront_distribution.this".to_owned(),
        path: "origin[\"website\"].origin_path".to_owned(),
        by: "ignore_changes at infra/site/main.tf:80".to_owned(),
    }];
    result.past = vec![
        past("2026-03-11T02:30:00Z", Outcome::Drift, [0, 1, 0, 1, 1]),
        past("2026-03-12T02:30:00Z", Outcome::Drift, [0, 1, 0, 1, 1]),
        past("2026-03-13T02:30:00Z", Outcome::Clean, [0, 0, 0, 0, 1]),
    ];
    result.run.states = vec!["terraform.tfstate".to_owned(), "dns.tfstate".to_owned()];
    result
}

/// The clean run after an outage.
pub(crate) fn recovered() -> CheckResult {
    CheckResult {
        resolved: vec![Resolved {
            id: "8899aabbccddeeff".to_owned(),
            rule: rules::BUCKET_DENIES_CLOUDFRONT.to_owned(),
            severity: Severity::Critical,
            subject: "module.site[\"prod\"].aws_s3_bucket_policy.this".to_owned(),
            title: "example.com, www.example.com: the bucket www.example.com denies CloudFront".to_owned(),
            first_seen: "2026-03-13T02:30:00Z".to_owned(),
        }],
        past: vec![past("2026-03-13T02:30:00Z", Outcome::Drift, [1, 0, 0, 0, 0])],
        ..clean()
    }
}
