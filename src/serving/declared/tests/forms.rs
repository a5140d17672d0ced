//! How the declared answers are spelled, and what is made of a missing declaration.

use serde_json::{Value, json};

use super::{state, world};
use crate::canon::dns;
use crate::estate::Estate;
use crate::expected::State;
use crate::inventory::{
    Answer, BucketSummary, Caller, EncryptionRule, Inventory, Object, PublicAccessBlock, Reason, RecordSet, S3Origin,
    Versioning,
};
use crate::serving::declared::{addresses, inventory, partial_zones, record_id};

fn declared(states: &[State]) -> Inventory {
    inventory(&Estate::new(states, None))
}

fn of(resources: &[(&str, Value)]) -> Inventory {
    declared(&[state("x.tfstate", resources)])
}

fn sets<'a>(inventory: &'a Inventory, zone: &str) -> &'a [RecordSet] {
    Inventory::look_up(&inventory.record_sets, zone)
        .found()
        .expect("the zone's records are declared")
}

fn zone_names(inventory: &Inventory) -> Vec<&str> {
    inventory
        .zones
        .found()
        .unwrap()
        .iter()
        .map(|zone| zone.name.as_str())
        .collect()
}

const ON: PublicAccessBlock = PublicAccessBlock {
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
};

#[test]
fn two_sites_are_declared_whole() {
    let inventory = declared(&[world("worlds/two-sites/terraform.tfstate")]);
    let caller = inventory.caller.found().unwrap();
    assert_eq!((caller.account.as_str(), caller.partition()), ("000000000000", "aws"));
    let names: Vec<&str> = inventory
        .buckets
        .found()
        .unwrap()
        .iter()
        .map(|b| b.name.as_str())
        .collect();
    assert_eq!(names, ["example-com-prod", "example-com-stage", "old.example.com"]);
    let prod = inventory.bucket("example-com-prod");
    assert!(prod.policy.found().unwrap().contains("cloudfront.amazonaws.com"));
    assert_eq!(prod.public_access_block, Answer::Found(ON));
    assert_eq!(prod.ownership, Answer::Found("BucketOwnerEnforced".to_owned()));
    assert_eq!(prod.website, Answer::Absent);
    let redirect = inventory.bucket("old.example.com").website.found().unwrap();
    let to = redirect.redirect_all_requests_to.as_ref().unwrap();
    assert_eq!(
        (to.host_name.as_str(), to.protocol.as_deref()),
        ("www.example.com", Some("https"))
    );

    let found = |key: &str| inventory.object("example-com-prod", key).found();
    assert!(found("releases/1.4.2/index.html").is_some());
    assert_eq!(inventory.object("example-com-prod", "other.html"), &Answer::NotRead);
    assert_eq!(
        inventory.prefix("example-com-prod", "releases/1.4.2/"),
        Answer::Found("releases/1.4.2/404.html")
    );
    assert_eq!(inventory.prefix("example-com-prod", "releases/1.4.1/"), Answer::NotRead);

    let summaries = inventory.distributions.found().unwrap();
    let live = summaries
        .iter()
        .find(|d| d.aliases.contains(&"www.example.com".to_owned()))
        .unwrap();
    let distribution = inventory.distribution[&live.id].found().unwrap();
    assert_eq!(distribution.domain_name, live.domain_name);
    assert!(live.domain_name.ends_with(".cloudfront.net"));
    let arn = distribution
        .config
        .viewer_certificate
        .acm_certificate_arn
        .as_deref()
        .unwrap();
    let certificate = inventory.certificate[arn].found().unwrap();
    assert_eq!(certificate.status, "ISSUED");
    assert_eq!(certificate.names, ["example.com", "*.example.com"]);
    assert_eq!(certificate.validation_records.len(), 1);

    let zone = &inventory.zones.found().unwrap()[0];
    assert_eq!((zone.name.as_str(), zone.private), ("example.com.", false));
    let servers = &inventory.zone[&zone.id].found().unwrap().name_servers;
    assert_eq!(servers.first().map(String::as_str), Some("ns-1.awsdns-1.com"));
    let listed: Vec<(&str, &str)> = sets(&inventory, &zone.id)
        .iter()
        .map(|set| (set.name.as_str(), set.kind.as_str()))
        .collect();
    assert_eq!(
        listed,
        [
            ("example.com.", "A"),
            ("example.com.", "AAAA"),
            ("example.com.", "NS"),
            ("example.com.", "SOA"),
            ("old.example.com.", "A"),
            ("stage.example.com.", "A"),
            ("stage.example.com.", "AAAA"),
            ("www.example.com.", "A"),
            ("www.example.com.", "AAAA"),
        ]
    );
    let alias = sets(&inventory, &zone.id)[0].alias.as_ref().unwrap();
    assert_eq!(alias.dns_name, format!("{}.", live.domain_name));
}

#[test]
fn record_sets_are_spelled_as_the_api_spells_them() {
    let inventory = declared(&[world("worlds/every-attribute/terraform.refreshed.tfstate")]);
    let zones = inventory.zones.found().unwrap();
    let public = zones
        .iter()
        .find(|zone| !zone.private && zone.name.starts_with("every"))
        .unwrap();
    let private = zones.iter().find(|zone| zone.private).unwrap();
    let all = sets(&inventory, &public.id);
    let find = |name: &str, kind: &str| {
        all.iter()
            .find(|set| set.name == format!("{name}every-attribute.example.com.") && set.kind == kind)
            .unwrap()
    };
    assert_eq!(find("\\052.", "TXT").values, ["\"catch all\""]);
    assert!(
        find("selector1._domainkey.", "TXT").values[0].contains("\" \""),
        "two strings, one value"
    );
    assert_eq!(find("0\\05725.", "NS").values, ["ns1.example.org."]);
    assert_eq!(
        find("", "NS").ttl,
        Some(3600),
        "the declared apex set, not the one that the zone came with"
    );
    assert_eq!(find("", "SOA").ttl, Some(900));
    assert_eq!(find("weighted.", "CNAME").set_identifier.as_deref(), Some("most"));
    let weights: Vec<_> = all
        .iter()
        .filter(|set| set.kind == "CNAME")
        .filter_map(|set| set.weight)
        .collect();
    assert_eq!(weights, [255, 0, 10]);
    let own = find("alias.", "A").alias.as_ref().unwrap();
    assert_eq!(
        (own.dns_name.as_str(), &own.hosted_zone_id),
        ("a.every-attribute.example.com.", &public.id)
    );
    let detail = inventory.zone[&private.id].found().unwrap();
    assert_eq!((detail.vpcs.len(), detail.name_servers.len()), (2, 0));
}

#[test]
fn a_split_resource_owns_its_setting_and_an_undeclared_one_is_told_from_none() {
    let bucket = |name: &str| json!({ "bucket": name, "region": "eu-west-2", "policy": "", "website": [] });
    let stale = json!({ "bucket": "site", "region": "eu-west-2", "policy": "{\"Statement\":[]}" });
    let found = of(&[
        ("aws_s3_bucket", stale),
        (
            "aws_s3_bucket_policy",
            json!({ "bucket": "site", "policy": "{\"Version\":\"2012-10-17\"}" }),
        ),
        ("aws_s3_bucket", bucket("bare")),
        (
            "aws_s3_bucket_ownership_controls",
            json!({ "bucket": "elsewhere", "rule": [{ "object_ownership": "ObjectWriter" }] }),
        ),
        (
            "aws_s3_account_public_access_block",
            json!({ "account_id": "111122223333", "block_public_acls": true }),
        ),
    ]);
    assert_eq!(
        found.bucket("site").policy,
        Answer::Found("{\"Version\":\"2012-10-17\"}".to_owned())
    );
    let bare = found.bucket("bare");
    assert_eq!((&bare.policy, &bare.website), (&Answer::Absent, &Answer::Absent));
    assert_eq!(
        (&bare.public_access_block, &bare.ownership),
        (&Answer::NotRead, &Answer::NotRead)
    );
    let aes = EncryptionRule {
        sse_algorithm: "AES256".to_owned(),
        kms_master_key_id: None,
        bucket_key_enabled: false,
    };
    assert_eq!(bare.encryption, Answer::Found(vec![aes]));
    assert_eq!(bare.versioning, Answer::Found(Versioning::default()));
    assert_eq!(bare.request_payer, Answer::Found("BucketOwner".to_owned()));
    // A bucket that only a split resource names is not the states' own, and nothing else is known of it.
    let elsewhere = found.bucket("elsewhere");
    assert_eq!(elsewhere.ownership, Answer::Found("ObjectWriter".to_owned()));
    assert_eq!(
        (&elsewhere.head, &elsewhere.policy),
        (&Answer::NotRead, &Answer::NotRead)
    );
    let summary = |name: &str| BucketSummary {
        name: name.to_owned(),
        region: Some("eu-west-2".to_owned()),
        created: None,
    };
    assert_eq!(found.buckets, Answer::Found(vec![summary("bare"), summary("site")]));
    let account = PublicAccessBlock {
        block_public_acls: true,
        ..PublicAccessBlock::default()
    };
    assert_eq!(found.account_public_access_block, Answer::Found(account));
    assert_eq!(of(&[]).account_public_access_block, Answer::NotRead);
    assert_eq!(of(&[]).caller, Answer::NotRead);
}

#[test]
fn the_account_block_is_that_of_the_account() {
    let states = [state(
        "x.tfstate",
        &[
            (
                "aws_s3_account_public_access_block",
                json!({ "id": "444455556666", "block_public_acls": true }),
            ),
            (
                "aws_s3_account_public_access_block",
                json!({ "id": "111122223333", "restrict_public_buckets": true }),
            ),
        ],
    )];
    let caller = Caller {
        account: "111122223333".to_owned(),
        arn: "arn:aws:iam::111122223333:user/ci".to_owned(),
    };
    let ours = inventory(&Estate::new(&states, Some(&caller))).account_public_access_block;
    let expected = PublicAccessBlock {
        restrict_public_buckets: true,
        ..PublicAccessBlock::default()
    };
    assert_eq!(ours, Answer::Found(expected));
    // Whose it is cannot be told without the account.
    assert!(matches!(
        declared(&states).account_public_access_block,
        Answer::Failed(_)
    ));
}

#[test]
fn two_resources_that_fight_over_a_setting_are_both_named() {
    let policy = |text: &str| ("aws_s3_bucket_policy", json!({ "bucket": "site", "policy": text }));
    let same = of(&[policy("{\"Id\":\"a\"}"), policy("{\"Id\":\"a\"}")]);
    assert_eq!(same.bucket("site").policy, Answer::Found("{\"Id\":\"a\"}".to_owned()));
    let states = [
        state("a.tfstate", &[policy("{\"Id\":\"a\"}")]),
        state("b.tfstate", &[policy("{\"Id\":\"b\"}")]),
    ];
    let found = declared(&states);
    let Answer::Failed(failure) = &found.bucket("site").policy else {
        panic!("nobody won")
    };
    assert_eq!(failure.reason, Reason::Unreadable);
    assert_eq!(
        failure.detail,
        "declared twice and differently, by aws_s3_bucket_policy.r0 in a.tfstate and aws_s3_bucket_policy.r0 in b.tfstate"
    );
}

#[test]
fn a_zone_of_which_only_records_are_declared_is_named_after_them() {
    let record = |zone: &str, name: &str, fqdn: &str| {
        let attributes =
            json!({ "zone_id": zone, "name": name, "fqdn": fqdn, "type": "A", "ttl": 60, "records": ["192.0.2.1"] });
        ("aws_route53_record", attributes)
    };
    let states = [state(
        "x.tfstate",
        &[
            record("Z1", "www", "www.example.com"),
            record("/hostedzone/Z2", "www.shop.example.org", "www.shop.example.org"),
            record("Z2", "shop.example.org", "shop.example.org"),
            record("Z3", "*.preview.example.net", "*.preview.example.net"),
            record("Z4", "com", "com"),
            (
                "aws_route53_zone",
                json!({ "id": "Z5", "name": "example.edu", "name_servers": [] }),
            ),
        ],
    )];
    let found = declared(&states);
    assert_eq!(
        zone_names(&found),
        [
            "example.com.",
            "shop.example.org.",
            "preview.example.net.",
            "example.edu."
        ]
    );
    let estate = Estate::new(&states, None);
    assert_eq!(
        partial_zones(&estate).into_iter().collect::<Vec<_>>(),
        ["Z1", "Z2", "Z3", "Z4"]
    );
    assert_eq!(
        sets(&found, "Z1")
            .iter()
            .map(|set| set.name.as_str())
            .collect::<Vec<_>>(),
        ["www.example.com."]
    );
    assert_eq!(sets(&found, "Z4").len(), 1);
    assert!(!found.zone.contains_key("Z1"), "nothing is known of its name servers");
    let id = record_id("Z1", "WWW.example.com.", "a", None);
    assert_eq!(id, "Z1_www.example.com_A");
    assert_eq!(
        addresses(&estate).all("aws_route53_record", &id),
        ["aws_route53_record.r0"]
    );
}

#[test]
fn what_cannot_be_read_out_of_a_state_is_said() {
    let behaviours = json!([{ "path_pattern": "/a/*" }, { "path_pattern": "/*" }]);
    let found = of(&[
        (
            "aws_cloudfront_distribution",
            json!({ "id": "E1", "cache_behavior": behaviours, "origin": [] }),
        ),
        (
            "aws_route53_records_exclusive",
            json!({ "zone_id": "Z1", "resource_record_set": [] }),
        ),
        (
            "aws_s3_bucket_website_configuration",
            json!({ "bucket": "site", "routing_rules": "{" }),
        ),
    ]);
    let reason = |failure: &Answer<_>| matches!(failure, Answer::Failed(f) if f.reason == Reason::Unreadable);
    assert!(reason(&found.distribution["E1"]));
    assert_eq!(
        found.distributions.found().unwrap().len(),
        1,
        "it is there all the same"
    );
    assert!(matches!(&found.record_sets["Z1"], Answer::Failed(f) if f.reason == Reason::NotSupported));
    assert!(matches!(&found.bucket("site").website, Answer::Failed(f) if f.reason == Reason::Unreadable));
}

#[test]
fn members_that_the_provider_sends_of_itself_are_there() {
    let origin =
        |id: &str, kind: &str| json!({ "origin_id": id, "domain_name": "site.s3.eu-west-2.amazonaws.com", kind: [{}] });
    let found = of(&[(
        "aws_cloudfront_distribution",
        json!({
            "id": "E1",
            "status": "InProgress",
            "origin": [origin("plain", "custom_header"), origin("custom", "custom_origin_config")],
            "custom_error_response": [{ "error_code": 404, "response_code": 0, "response_page_path": "" }],
            "logging_config": [{ "bucket": "", "include_cookies": true, "prefix": "x" }],
            "viewer_certificate": [{ "cloudfront_default_certificate": true }],
        }),
    )]);
    let distribution = found.distribution["E1"].found().unwrap();
    assert_eq!(distribution.status, "Deployed");
    let config = &distribution.config;
    assert_eq!(config.origins[0].s3_origin, Some(S3Origin::default()));
    assert_eq!(
        (
            config.origins[1].s3_origin.as_ref(),
            config.origins[1].custom_origin.is_some()
        ),
        (None, true)
    );
    assert_eq!(config.custom_error_responses[0].response_code, None);
    assert_eq!((config.logging.enabled, config.logging.include_cookies), (false, true));
    assert_eq!(config.geo_restriction.restriction_type, "none");
}

#[test]
fn a_certificate_that_was_waited_for_is_issued() {
    let pending = |arn: &str| json!({ "arn": arn, "status": "PENDING_VALIDATION", "domain_name": "Example.com." });
    let found = of(&[
        ("aws_acm_certificate", pending("arn:1")),
        ("aws_acm_certificate", pending("arn:2")),
        ("aws_acm_certificate_validation", json!({ "certificate_arn": "arn:1" })),
    ]);
    let status = |arn: &str| found.certificate[arn].found().unwrap().status.as_str();
    assert_eq!((status("arn:1"), status("arn:2")), ("ISSUED", "PENDING_VALIDATION"));
    assert_eq!(found.certificate["arn:1"].found().unwrap().names, ["example.com"]);
}

#[test]
fn states_of_old_terraform_count_too() {
    let record = json!({ "zone_id": "Z1", "name": "www.example.com.", "fqdn": "www.example.com", "type": "CNAME", "ttl": "60", "records": ["a.example.com"], "weight": "10", "failover": "", "set_identifier": "a" });
    let plain = json!({ "zone_id": "Z1", "name": "x.example.com", "type": "A", "ttl": "60", "records": ["192.0.2.1"], "weight": "-1" });
    let object = json!({ "bucket": "site", "id": "a//b.html", "key": "/a//b.html", "storage_class": "STANDARD", "website_redirect": "/c" });
    let found = of(&[
        ("aws_route53_record", record),
        ("aws_route53_record", plain),
        ("aws_s3_bucket_object", object),
    ]);
    let all = sets(&found, "Z1");
    assert_eq!(zone_names(&found), ["example.com."]);
    assert_eq!(
        (all[0].weight, all[0].ttl, all[0].failover.as_deref()),
        (Some(10), Some(60), None)
    );
    assert_eq!(all[1].weight, None);
    let expected = Object {
        redirect_location: Some("/c".to_owned()),
        ..Object::default()
    };
    assert_eq!(found.object("site", "a/b.html"), &Answer::Found(expected));
    assert_eq!(dns::name(&all[0].name), "www.example.com");
}
