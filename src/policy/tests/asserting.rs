//! Assertions, and the starter set: each holds of one thing and not of another.

use super::*;
use crate::inventory::{
    Acl, Answer, BucketAnswers, Certificate, Distribution, DistributionSummary, Grant, Inventory, Origin,
    PublicAccessBlock, S3Origin, Tags,
};
use crate::language::Value;
use crate::policy::asserts::{Asserts, Thing, check};
use crate::serving::facts::Facts;

fn thing(terraform_type: &str, id: &str, live: Value, serving: Value) -> Thing {
    Thing {
        resource: ResourceRef {
            terraform_type: terraform_type.to_owned(),
            id: id.to_owned(),
            account: None,
            region: None,
        },
        address: None,
        state: None,
        expected: Value::Null,
        live,
        serving,
        hosts: vec!["www.example.com".to_owned()],
        failures: Vec::new(),
    }
}

fn bucket(live: serde_json::Value) -> Thing {
    thing("aws_s3_bucket", "site", Value::from(&live), Value::Null)
}

const REGION: &str = r#"
assert "in-europe" {
  for      = resource.type == "aws_s3_bucket"
  that     = glob("eu-*", resource.live.region)
  message  = "${resource.id} lies in ${resource.live.region}"
  severity = "high"
  help     = "Move it."
}
"#;

#[test]
fn what_does_not_hold_is_a_finding() {
    let asserts = |thing: Thing| check(&policy(REGION), &[thing], NOW, Phase::Pre).unwrap();
    assert!(asserts(bucket(json!({ "region": "eu-west-2" }))).findings.is_empty());
    let found = asserts(bucket(json!({ "region": "us-east-1" }))).findings;
    let one = &found[0];
    assert_eq!(
        (one.category, &*one.rule, one.title.as_str(), one.detail.as_str()),
        (Category::Assert, "in-europe", "site lies in us-east-1", "Move it.")
    );
    assert_eq!(one.impact, ["www.example.com"]);
    let result = judged(REGION, found);
    assert_eq!(result.findings[0].severity, Severity::High);
}

#[test]
fn what_is_not_known_is_a_doubt_and_where_a_read_failed_unchecked() {
    let mut blind = bucket(json!({}));
    blind.live = Value::object([("region", Value::Unknown)]);
    let asserts = check(&policy(REGION), &[blind.clone()], NOW, Phase::Pre).unwrap();
    assert!(asserts.findings.is_empty() && asserts.unchecked.is_empty());
    assert_eq!(
        asserts.doubts,
        ["assertion \"in-europe\" on aws_s3_bucket site: whether it holds cannot be told (x.hcl:2)"]
    );
    blind.failures = vec![Failure::new(Reason::AccessDenied, "s3:GetBucketLocation", "denied")];
    let asserts = check(&policy(REGION), &[blind], NOW, Phase::Pre).unwrap();
    assert!(asserts.findings.is_empty() && asserts.doubts.is_empty());
    assert_eq!(asserts.unchecked[0].reason, Reason::AccessDenied);
}

#[test]
fn a_condition_that_fails_ends_the_run() {
    let error = check(&policy(REGION), &[bucket(json!({}))], NOW, Phase::Pre).unwrap_err();
    assert_eq!(error.iter().next().unwrap().place().to_string(), "x.hcl:4");
}

#[test]
fn a_message_never_shows_what_is_sensitive() {
    let mut secret = bucket(json!({}));
    secret.live = Value::object([("region", Value::from("us-east-1").sensitive())]);
    let asserts = check(&policy(REGION), &[secret], NOW, Phase::Pre).unwrap();
    assert_eq!(asserts.findings[0].title, "the assertion \"in-europe\" does not hold");
}

/// An account with one distribution that serves one bucket well.
struct World {
    inventory: Inventory,
    live: serde_json::Value,
}

const CERTIFICATE: &str = "arn:aws:acm:us-east-1:111122223333:certificate/x";

impl World {
    fn good() -> World {
        let mut distribution = Distribution {
            id: "E1".to_owned(),
            arn: "arn:aws:cloudfront::111122223333:distribution/E1".to_owned(),
            ..Distribution::default()
        };
        distribution.config.aliases = vec!["www.example.com".to_owned(), "prod.example.com".to_owned()];
        distribution.config.viewer_certificate.acm_certificate_arn = Some(CERTIFICATE.to_owned());
        distribution.config.origins = vec![Origin {
            id: "site".to_owned(),
            domain_name: "site.s3.eu-west-2.amazonaws.com".to_owned(),
            origin_access_control_id: Some("OAC".to_owned()),
            ..Origin::default()
        }];
        let mut inventory = Inventory {
            distributions: Answer::Found(vec![DistributionSummary {
                id: "E1".to_owned(),
                arn: distribution.arn.clone(),
                aliases: distribution.config.aliases.clone(),
                origin_domains: vec!["site.s3.eu-west-2.amazonaws.com".to_owned()],
                ..DistributionSummary::default()
            }]),
            account_public_access_block: Answer::Absent,
            ..Inventory::default()
        };
        let certificate = Certificate {
            names: vec!["*.example.com".to_owned()],
            ..Certificate::default()
        };
        inventory
            .certificate
            .insert(CERTIFICATE.to_owned(), Answer::Found(certificate));
        inventory
            .distribution_tags
            .insert(distribution.arn.clone(), Answer::Found(Tags::new()));
        inventory
            .distribution
            .insert("E1".to_owned(), Answer::Found(distribution));
        let answers = BucketAnswers {
            policy: Answer::Absent,
            acl: Answer::Found(Acl::default()),
            public_access_block: Answer::Absent,
            ownership: Answer::Absent,
            ..BucketAnswers::default()
        };
        inventory.bucket.insert("site".to_owned(), answers);
        let live = json!({
            "aliases": ["www.example.com", "prod.example.com"],
            "viewer_certificate": [{ "minimum_protocol_version": "TLSv1.2_2021" }],
        });
        World { inventory, live }
    }

    fn config(mut self, change: impl FnOnce(&mut Distribution)) -> World {
        if let Some(Answer::Found(one)) = self.inventory.distribution.get_mut("E1") {
            change(one);
        }
        self
    }

    fn site(mut self, change: impl FnOnce(&mut BucketAnswers)) -> World {
        change(self.inventory.bucket.get_mut("site").unwrap());
        self
    }

    fn asserts(&self) -> Asserts {
        let mut reader = PolicyReader::new();
        reader.starter_asserts();
        let facts = Facts::new(&self.inventory, None);
        let distribution = facts.of("aws_cloudfront_distribution", "E1");
        let site = facts.of("aws_s3_bucket", "site");
        let mut things = vec![
            thing(
                "aws_cloudfront_distribution",
                "E1",
                Value::from(&self.live),
                distribution.value,
            ),
            thing("aws_s3_bucket", "site", Value::from(&json!({})), site.value),
        ];
        things[0].failures = distribution.failures;
        things[1].failures = site.failures;
        check(&reader.finish().unwrap(), &things, NOW, Phase::Pre).unwrap()
    }

    fn found(&self) -> Vec<String> {
        let asserts = self.asserts();
        assert!(asserts.unchecked.is_empty() && asserts.doubts.is_empty(), "{asserts:?}");
        let findings = asserts.findings.iter();
        findings.map(|one| format!("{}: {}", one.rule, one.title)).collect()
    }
}

#[test]
fn an_estate_that_is_built_well_breaks_no_starter_assertion() {
    assert_eq!(World::good().found(), Vec::<String>::new());
}

#[test]
fn what_the_facts_rest_on_is_asked_for() {
    let mut inventory = World::good().inventory;
    let site = crate::inventory::BucketSummary {
        name: "site".to_owned(),
        region: None,
        created: None,
    };
    inventory.buckets = Answer::Found(vec![site]);
    let reads = crate::serving::facts::reads(&inventory);
    assert_eq!(reads.len(), 8, "{reads:?}");
    assert!(
        reads.iter().all(|read| inventory.holds(read)),
        "a world of which all is known needs no more"
    );
}

#[test]
fn a_public_bucket_behind_an_oac_is_found() {
    let open =
        r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}}"#;
    let expected = ["oac-bucket-not-public: serves from a public bucket, although it signs its requests: site"];
    let by_policy = || World::good().site(|site| site.policy = Answer::Found(open.to_owned()));
    assert_eq!(by_policy().found(), expected);
    let blocked = |block: PublicAccessBlock| by_policy().site(|site| site.public_access_block = Answer::Found(block));
    let restricted = PublicAccessBlock {
        restrict_public_buckets: true,
        ..PublicAccessBlock::default()
    };
    assert_eq!(blocked(restricted).found(), Vec::<String>::new());
    assert_eq!(blocked(PublicAccessBlock::default()).found(), expected);
    let mut by_account = by_policy();
    by_account.inventory.account_public_access_block = Answer::Found(restricted);
    assert_eq!(by_account.found(), Vec::<String>::new());
    let grant = Grant {
        permission: "READ".to_owned(),
        grantee_type: "Group".to_owned(),
        id: None,
        uri: Some("http://acs.amazonaws.com/groups/global/AllUsers".to_owned()),
    };
    let by_acl = || {
        World::good().site(|site| {
            site.acl = Answer::Found(Acl {
                owner: String::new(),
                grants: vec![grant.clone()],
            });
        })
    };
    assert_eq!(by_acl().found(), expected);
    let enforced = by_acl().site(|site| site.ownership = Answer::Found("BucketOwnerEnforced".to_owned()));
    assert_eq!(enforced.found(), Vec::<String>::new());
    let anonymous = by_policy().config(|one| one.config.origins[0].origin_access_control_id = None);
    assert_eq!(
        anonymous.found(),
        Vec::<String>::new(),
        "a website bucket is meant to be public"
    );
}

#[test]
fn old_tls_is_found() {
    let mut world = World::good();
    for (version, ok) in [
        ("TLSv1.2_2018", true),
        ("TLSv1.3_2025", true),
        ("TLSv1.1_2016", false),
        ("TLSv1", false),
        ("SSLv3", false),
    ] {
        world.live["viewer_certificate"][0]["minimum_protocol_version"] = json!(version);
        let found = world.found();
        assert_eq!(found.is_empty(), ok, "{version} {found:?}");
        assert!(found.iter().all(|one| one.starts_with("tls-1-2-at-least: ")));
    }
    world.live["aliases"] = json!([]);
    assert_eq!(
        world.found(),
        Vec::<String>::new(),
        "without an alias CloudFront itself decides"
    );
}

#[test]
fn an_alias_without_certificate_is_found() {
    let world = World::good().config(|one| one.config.aliases.push("a.b.example.com".to_owned()));
    assert_eq!(
        world.found(),
        ["alias-covered-by-certificate: the certificate does not cover a.b.example.com"]
    );
}

#[test]
fn an_origin_access_identity_is_found() {
    let world = World::good().config(|one| {
        one.config.origins[0].origin_access_control_id = None;
        one.config.origins[0].s3_origin = Some(S3Origin {
            origin_access_identity: Some("origin-access-identity/cloudfront/E2".to_owned()),
        });
    });
    assert_eq!(
        world.found(),
        ["origin-access-by-oac: reads by an origin access identity: site"]
    );
}

#[test]
fn environments_that_share_are_found() {
    let mut world = World::good().config(|one| one.config.aliases.push("staging.example.com".to_owned()));
    if let Answer::Found(all) = &mut world.inventory.distributions {
        all[0].aliases.push("staging.example.com".to_owned());
    }
    assert_eq!(
        world.found(),
        [
            "distribution-of-one-environment: serves hosts of several environments: production, staging",
            "bucket-of-one-environment: serves several environments: production, staging",
        ]
    );
}

#[test]
fn what_was_not_read_is_never_taken_for_good() {
    let mut world = World::good();
    let denied = Failure::new(Reason::AccessDenied, "acm:DescribeCertificate", "denied");
    world
        .inventory
        .certificate
        .insert(CERTIFICATE.to_owned(), Answer::Failed(denied));
    world.inventory.bucket.remove("site");
    world.inventory.distributions = Answer::NotRead;
    let asserts = world.asserts();
    assert!(asserts.findings.is_empty());
    let mut told: Vec<String> = asserts.unchecked.iter().map(|one| one.address.clone()).collect();
    told.extend(asserts.doubts);
    for name in [
        "oac-bucket-not-public",
        "alias-covered-by-certificate",
        "bucket-of-one-environment",
    ] {
        assert!(told.iter().any(|one| one.contains(name)), "{name}: {told:?}");
    }
}

/// What the tests above say of an assertion begins with its name; that the good estate breaks none, they say of all.
#[test]
fn every_starter_assertion_is_broken_in_a_test() {
    let mut reader = PolicyReader::new();
    reader.starter_asserts();
    let policy = reader.finish().unwrap();
    assert!(!policy.asserts.is_empty());
    let tests = include_str!("asserting.rs");
    for one in &policy.asserts {
        let name = &one.name;
        assert!(tests.contains(&format!("\"{name}: ")), "no test breaks {name}");
    }
}
