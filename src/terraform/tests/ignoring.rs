//! `ignore_changes`, form by form. What each covers was seen in plans of Terraform 1.11 with provider 5.100.

use serde_json::{Value, json};

use super::super::IgnoreChanges;
use super::*;
use crate::expected::{Instance, parse_state};
use crate::finding::Change;

fn instance(terraform_type: &str, attributes: &Value) -> Instance {
    let state = json!({
        "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {},
        "resources": [{
            "mode": "managed", "type": terraform_type, "name": "x",
            "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances": [{ "schema_version": 0, "attributes": attributes }],
        }],
    });
    let state = parse_state("x.tfstate", state.to_string().as_bytes()).unwrap();
    state.instances[0].clone()
}

fn ignoring(ignored: &str) -> IgnoreChanges {
    let text = format!("resource \"a\" \"b\" {{\n  lifecycle {{\n    ignore_changes = {ignored}\n  }}\n}}\n");
    let configuration = read(&[("main.tf", &text)]);
    configuration.resource("a.b").unwrap().ignore_changes.clone()
}

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

fn covers(ignored: &str, path: &str, instance: &Instance) -> bool {
    ignoring(ignored).covers(&change(path, json!("a"), json!("b")), instance)
}

fn distribution() -> Instance {
    instance(
        "aws_cloudfront_distribution",
        &json!({
            "id": "E1",
            "default_cache_behavior": [{ "compress": true, "lambda_function_association": [{ "event_type": "viewer-request" }] }],
            "ordered_cache_behavior": [
                { "path_pattern": "/a/*", "compress": true, "forwarded_values": [{ "query_string": false }] },
                { "path_pattern": "/b/*", "compress": true },
                { "path_pattern": "/c/*", "compress": true },
            ],
            "origin": [{ "origin_id": "website", "origin_path": "/v1" }],
            "viewer_certificate": [{ "minimum_protocol_version": "TLSv1" }],
            "tags": { "owner": "web" }, "tags_all": { "owner": "web", "team": "a" },
        }),
    )
}

#[test]
fn paths_cover_what_lies_at_or_below_them() {
    let distribution = distribution();
    let yes = [
        ("all", "comment"),
        ("[\"*\"]", "comment"),
        ("[comment, enabled]", "enabled"),
        ("[\n comment, # why\n]", "comment"),
        ("[\"comment\"]", "comment"),
        ("[origin]", "origin[\"website\"].origin_path"),
        ("[origin]", "origin[\"other\"]"),
        ("[\"origin\"]", "origin[\"website\"].custom_header[\"x\"].value"),
        ("[default_cache_behavior]", "default_cache_behavior.compress"),
        ("[default_cache_behavior[0]]", "default_cache_behavior.compress"),
        (
            "[default_cache_behavior[0].compress]",
            "default_cache_behavior.compress",
        ),
        ("[default_cache_behavior.0.compress]", "default_cache_behavior.compress"),
        (
            "[default_cache_behavior[0].lambda_function_association]",
            "default_cache_behavior.lambda_function_association[\"viewer-request\"].lambda_arn",
        ),
        (
            "[viewer_certificate[0].minimum_protocol_version]",
            "viewer_certificate.minimum_protocol_version",
        ),
        ("[ordered_cache_behavior]", "ordered_cache_behavior"),
        (
            "[ordered_cache_behavior[2].compress]",
            "ordered_cache_behavior[\"/c/*\"].compress",
        ),
        (
            "[ordered_cache_behavior[1]]",
            "ordered_cache_behavior[\"/b/*\"].compress",
        ),
        (
            "[ordered_cache_behavior[0].forwarded_values[0].query_string]",
            "ordered_cache_behavior[\"/a/*\"].forwarded_values.query_string",
        ),
        ("[tags]", "tags[\"owner\"]"),
        ("[tags[\"owner\"]]", "tags[\"owner\"]"),
        ("[tags[\"new\"]]", "tags[\"new\"]"),
        (
            "[default_cache_behavior[0].grpc_config[0].enabled]",
            "default_cache_behavior.grpc_config.enabled",
        ),
    ];
    for (ignored, path) in yes {
        assert!(covers(ignored, path, &distribution), "{ignored} should cover {path}");
    }
    let no = [
        ("[]", "comment"),
        ("[tags.owner]", "tags[\"owner\"]"),
        ("[\"tags.owner\"]", "tags[\"owner\"]"),
        ("[comment]", "comments"),
        (
            "[default_cache_behavior[1].compress]",
            "default_cache_behavior.compress",
        ),
        ("[default_cache_behavior[0].compress]", "default_cache_behavior"),
        ("[default_cache_behavior.compress]", "default_cache_behavior.compress"),
        (
            "[default_cache_behavior[\"0\"].compress]",
            "default_cache_behavior.compress",
        ),
        (
            "[viewer_certificate[0].minimum_protocol_version]",
            "viewer_certificate.acm_certificate_arn",
        ),
        // A set has no indices; Terraform refuses the path.
        ("[origin[0].origin_path]", "origin[\"website\"].origin_path"),
        ("[origin[0]]", "origin[\"website\"]"),
        ("[origin[\"website\"].origin_path]", "origin[\"website\"].origin_path"),
        (
            "[ordered_cache_behavior[0].compress]",
            "ordered_cache_behavior[\"/b/*\"].compress",
        ),
        // An element that came or went shifts the others, so no index speaks of it.
        ("[ordered_cache_behavior[1]]", "ordered_cache_behavior[\"/b/*\"]"),
        ("[ordered_cache_behavior[3]]", "ordered_cache_behavior[\"/new/*\"]"),
        ("[ordered_cache_behavior[0]]", "ordered_cache_behavior"),
        ("[tags[\"Owner\"]]", "tags[\"owner\"]"),
        ("[tags[0]]", "tags[\"owner\"]"),
        ("[tags_all]", "tags[\"owner\"]"),
        ("[website[*].x]", "website.x"),
        ("[tags[var.x]]", "tags[\"owner\"]"),
        ("[all]", "comment"),
    ];
    for (ignored, path) in no {
        assert!(
            !covers(ignored, path, &distribution),
            "{ignored} should not cover {path}"
        );
    }
}

#[test]
fn a_lost_default_tag_shows_in_tags_all_only() {
    let distribution = distribution();
    let lost = |ignored: &str, key: &str| {
        let change = change(&format!("tags[\"{key}\"]"), json!("a"), Value::Null);
        ignoring(ignored).covers(&change, &distribution)
    };
    assert!(lost("[tags]", "owner"));
    assert!(!lost("[tags]", "team"));
    assert!(lost("[tags, tags_all]", "team"));
    assert!(lost("[tags_all[\"team\"]]", "team"));
    assert!(!lost("[tags_all]", "owner"));
    // Another value is taken for a tag of the resource's own.
    assert!(covers("[tags]", "tags[\"team\"]", &distribution));
}

#[test]
fn a_bucket_is_compared_in_flatter_forms_than_terraform_has() {
    let bucket = instance(
        "aws_s3_bucket",
        &json!({
            "bucket": "b", "versioning": [{ "enabled": true, "mfa_delete": false }],
            "lifecycle_rule": [{ "id": "one", "enabled": true }, { "id": "two", "enabled": true }],
        }),
    );
    let yes = [
        ("[website[0].index_document]", "website.index_document"),
        ("[versioning[0].enabled]", "versioning.enabled"),
        ("[lifecycle_rule[1].enabled]", "lifecycle_rule[\"two\"].enabled"),
        ("[acl]", "grant"),
        ("[policy]", "policy.Statement[Public].Principal"),
        (
            "[server_side_encryption_configuration[0].rule[0].apply_server_side_encryption_by_default[0].sse_algorithm]",
            "server_side_encryption_configuration.sse_algorithm",
        ),
        (
            "[server_side_encryption_configuration]",
            "server_side_encryption_configuration.sse_algorithm",
        ),
        ("[cors_rule[0].allowed_methods]", "cors_rule[0].allowed_methods"),
    ];
    for (ignored, path) in yes {
        assert!(covers(ignored, path, &bucket), "{ignored} should cover {path}");
    }
    for (ignored, path) in [
        ("[lifecycle_rule[0].enabled]", "lifecycle_rule[\"two\"].enabled"),
        ("[grant]", "acl"),
        ("[cors_rule[1].allowed_methods]", "cors_rule[0].allowed_methods"),
    ] {
        assert!(!covers(ignored, path, &bucket), "{ignored} should not cover {path}");
    }
    // The provider always writes `versioning`, so Terraform sees its attributes where the comparison sees no block.
    let suspended = change("versioning", json!({ "enabled": true }), Value::Null);
    assert!(ignoring("[versioning[0].enabled]").covers(&suspended, &bucket));
    assert!(ignoring("[versioning]").covers(&suspended, &bucket));
    assert!(!ignoring("[versioning[0].mfa_delete]").covers(&suspended, &bucket));
    let removed = change("website", json!({ "index_document": "i" }), Value::Null);
    assert!(!ignoring("[website[0].index_document]").covers(&removed, &bucket));
}

#[test]
fn json_keeps_paths_in_strings() {
    for (ignored, expected) in [
        (r#""all""#, true),
        (r#"["tags"]"#, true),
        (r#"["tags[\"owner\"]"]"#, true),
        (r#"["comment"]"#, false),
        ("[]", false),
    ] {
        let text = format!(r#"{{"resource": {{"a": {{"b": {{"lifecycle": {{"ignore_changes": {ignored}}}}}}}}}}}"#);
        let configuration = read(&[("main.tf.json", &text)]);
        let block = configuration.resource("a.b").unwrap();
        let change = change("tags[\"owner\"]", json!("a"), json!("b"));
        assert_eq!(block.ignores(&change, &distribution()), expected, "{ignored}");
    }
}

#[test]
fn overrides_replace_lists_and_leave_all() {
    let cases = [
        ("[tags]", "[comment]", false),
        ("[comment]", "[tags]", true),
        ("[tags]", "[]", true),
        ("[]", "all", true),
        ("all", "[comment]", true),
    ];
    for (base, over, expected) in cases {
        let block = |ignored: &str| {
            format!("resource \"a\" \"b\" {{\n  lifecycle {{\n    ignore_changes = {ignored}\n  }}\n}}\n")
        };
        let configuration = read(&[("main.tf", &block(base)), ("z_override.tf", &block(over))]);
        let change = change("tags[\"owner\"]", json!("a"), json!("b"));
        let covered = configuration.resource("a.b").unwrap().ignores(&change, &distribution());
        assert_eq!(covered, expected, "{base} and {over}");
    }
}

#[test]
fn entries_without_effect_are_remarked_on() {
    for (ignored, part) in [
        ("[website[*].x]", "no static path"),
        ("[\"tags.%\"]", "no static path"),
        ("[tags.owner]", "write `tags[\"owner\"]`"),
        ("tags", "neither `all` nor a list"),
    ] {
        let text = format!("resource \"a\" \"b\" {{\n  lifecycle {{\n    ignore_changes = {ignored}\n  }}\n}}\n");
        let configuration = read(&[("main.tf", &text)]);
        let [remark] = configuration.remarks() else {
            panic!("{ignored}: {:?}", configuration.remarks());
        };
        assert_eq!(remark.place.to_string(), "infra/main.tf:3");
        assert!(remark.problem.contains(part), "{remark:?}");
    }
}
