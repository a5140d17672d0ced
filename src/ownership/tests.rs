use std::fs;

use serde_json::{Value, json};

use super::*;
use crate::expected::parse_state;
use crate::finding::{Category, ResourceRef};
use crate::terraform::Configuration;

const STATE: &str = "site.tfstate";

fn state(resources: &Value) -> crate::expected::State {
    let text =
        json!({ "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "l", "resources": resources });
    parse_state(STATE, text.to_string().as_bytes()).unwrap()
}

fn managed(terraform_type: &str, name: &str, attributes: Value) -> Value {
    json!({
        "mode": "managed", "type": terraform_type, "name": name,
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{ "schema_version": 1, "attributes": attributes }],
    })
}

fn configured(text: &str) -> Configured {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("main.tf"), text).unwrap();
    Configured {
        state: STATE.to_owned(),
        configuration: Configuration::read(directory.path(), "infra").unwrap(),
    }
}

fn change(path: &str) -> Change {
    Change {
        path: path.to_owned(),
        expected: json!("a"),
        live: json!("b"),
        sensitive: false,
        note: None,
        at_least: None,
    }
}

fn drift(address: &str, changes: &[&str]) -> Finding {
    let resource = ResourceRef {
        terraform_type: address.split('.').next().unwrap_or_default().to_owned(),
        id: "E1".to_owned(),
        account: None,
        region: None,
    };
    Finding {
        address: Some(address.to_owned()),
        state: Some(STATE.to_owned()),
        changes: changes.iter().map(|path| change(path)).collect(),
        ..Finding::new(
            Category::Drift,
            rules::RESOURCE_CHANGED,
            resource,
            "2 attributes differ from the state",
        )
    }
}

fn distribution() -> Value {
    managed(
        "aws_cloudfront_distribution",
        "site",
        json!({ "id": "E1", "comment": "a", "tags_all": {} }),
    )
}

fn applied(ownership: &Ownership, finding: Finding) -> (Vec<Finding>, Vec<Ignored>) {
    let states = [state(&json!([distribution()]))];
    let mut comparison = Comparison {
        findings: vec![finding],
        ..Comparison::default()
    };
    let ignored = ownership.apply(&mut comparison, &Estate::new(&states, None));
    (comparison.findings, ignored)
}

const BLOCK: &str =
    "resource \"aws_cloudfront_distribution\" \"site\" {\n  lifecycle {\n    ignore_changes = [comment]\n  }\n}\n";

fn by_configuration(text: &str) -> Ownership {
    Ownership {
        configurations: vec![configured(text)],
        owners: Vec::new(),
    }
}

#[test]
fn what_the_configuration_ignores_is_no_drift_and_is_counted() {
    let (found, ignored) = applied(
        &by_configuration(BLOCK),
        drift("aws_cloudfront_distribution.site", &["comment", "enabled"]),
    );
    let paths: Vec<&str> = found[0].changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["enabled"]);
    assert_eq!(found[0].title, "1 attribute differs from the state");
    assert_eq!(found[0].place, Some(Place::new("infra/main.tf", 1)));
    assert_eq!(ignored.len(), 1);
    assert_eq!(ignored[0].by, "ignore_changes at infra/main.tf:1");
}

#[test]
fn a_finding_of_which_nothing_is_left_goes() {
    let (found, ignored) = applied(
        &by_configuration(BLOCK),
        drift("aws_cloudfront_distribution.site", &["comment"]),
    );
    assert_eq!((found.len(), ignored.len()), (0, 1));
}

#[test]
fn a_resource_that_is_gone_is_not_ignored() {
    let mut missing = drift("aws_cloudfront_distribution.site", &[]);
    missing.rule = rules::RESOURCE_MISSING.into();
    let (found, ignored) = applied(&by_configuration(BLOCK), missing);
    assert_eq!((found.len(), ignored.len()), (1, 0));
}

#[test]
fn an_owner_takes_what_its_patterns_match() {
    let owner = |address: &str, path: &str| Ownership {
        configurations: Vec::new(),
        owners: vec![Owner {
            name: "deploy".to_owned(),
            address: Glob::new(address),
            path: Glob::new(path),
            place: Place::new("driftgate.hcl", 3),
        }],
    };
    let finding = || drift("aws_cloudfront_distribution.site", &["origin[\"website\"].origin_path"]);
    let (found, ignored) = applied(
        &owner("aws_cloudfront_distribution.*", "origin[*].origin_path"),
        finding(),
    );
    assert_eq!(found, []);
    assert_eq!(ignored[0].by, "owner \"deploy\" at driftgate.hcl:3");
    for other in [owner("aws_s3_bucket.*", "*"), owner("*", "origin[*].domain_name")] {
        let (found, ignored) = applied(&other, finding());
        assert_eq!((found.len(), ignored.len()), (1, 0));
    }
}

#[test]
fn tags_that_the_provider_overlooks_are_no_drift_unless_the_state_holds_them() {
    let text = format!(
        "provider \"aws\" {{\n  ignore_tags {{\n    keys = [\"scanner\"]\n  }}\n}}\n{}",
        BLOCK.replace("comment", "enabled")
    );
    let mut extra = drift("aws_cloudfront_distribution.site", &["tags[\"scanner\"]"]);
    extra.changes[0].expected = Value::Null;
    let (found, ignored) = applied(&by_configuration(&text), extra);
    assert_eq!(found, []);
    assert_eq!(ignored[0].by, "ignore_tags of the provider");
    let recorded = drift("aws_cloudfront_distribution.site", &["tags[\"scanner\"]"]);
    assert_eq!(applied(&by_configuration(&text), recorded).1, []);
}

#[test]
fn resources_without_block_and_blocks_without_resource_are_told() {
    let text = "resource \"aws_s3_bucket\" \"new\" {\n}\nresource \"aws_s3_bucket\" \"maybe\" {\n  count = var.n\n}\n";
    let (found, _) = applied(
        &by_configuration(text),
        drift("aws_cloudfront_distribution.other", &["comment"]),
    );
    let told: Vec<_> = found[1..]
        .iter()
        .map(|finding| (&*finding.rule, finding.address.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            (rules::RESOURCE_WITHOUT_BLOCK, "aws_cloudfront_distribution.site"),
            (rules::BLOCK_WITHOUT_RESOURCE, "aws_s3_bucket.new"),
        ]
    );
}

#[test]
fn modules_that_were_not_read_hide_their_resources() {
    let text = format!("module \"other\" {{\n  source = \"git::https://example.com/other.git\"\n}}\n{BLOCK}");
    let states = [state(&json!([distribution(), {
        "module": "module.other", "mode": "managed", "type": "aws_s3_bucket", "name": "b",
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{ "schema_version": 0, "attributes": { "id": "b", "bucket": "b" } }],
    }]))];
    let mut comparison = Comparison::default();
    let ownership = by_configuration(&text);
    ownership.apply(&mut comparison, &Estate::new(&states, None));
    assert_eq!(comparison.findings, []);
    let remarks = ownership.remarks(&Estate::new(&states, None));
    assert_eq!(remarks.len(), 1, "{remarks:?}");
}

#[test]
fn findings_of_every_kind_point_at_the_block_of_their_resource() {
    let states = [state(&json!([distribution()]))];
    let estate = Estate::new(&states, None);
    let about = |state: Option<&str>, address: Option<&str>| {
        let mut finding = drift("aws_cloudfront_distribution.site", &[]);
        finding.rule = rules::HOST_NOT_ALIASED.into();
        finding.state = state.map(str::to_owned);
        finding.address = address.map(str::to_owned);
        finding
    };
    let site = Some("aws_cloudfront_distribution.site");
    let mut pinned = about(None, site);
    pinned.place = Some(Place::new("driftgate.hcl", 7));
    let mut findings = [
        about(None, site),
        about(Some(STATE), site),
        about(Some("other.tfstate"), site),
        about(None, Some("aws_cloudfront_distribution.other")),
        about(None, None),
        pinned,
    ];
    by_configuration(BLOCK).locate(&mut findings, &estate);
    let places: Vec<String> = findings
        .iter()
        .map(|one| one.place.as_ref().map_or("-".to_owned(), Place::to_string))
        .collect();
    assert_eq!(
        places,
        ["infra/main.tf:1", "infra/main.tf:1", "-", "-", "-", "driftgate.hcl:7"]
    );
}

#[test]
fn an_address_of_two_states_is_placed_only_where_both_agree() {
    let mut states = [state(&json!([distribution()])), state(&json!([distribution()]))];
    "other.tfstate".clone_into(&mut states[1].source);
    for instance in &mut states[1].instances {
        "other.tfstate".clone_into(&mut instance.state);
    }
    let mut finding = drift("aws_cloudfront_distribution.site", &[]);
    finding.state = None;
    let mut found = [finding];
    let estate = Estate::new(&states, None);
    let mut ownership = by_configuration(BLOCK);
    ownership.locate(&mut found, &estate);
    assert_eq!(found[0].place, None);
    let mut same = configured(BLOCK);
    "other.tfstate".clone_into(&mut same.state);
    ownership.configurations.push(same);
    ownership.locate(&mut found, &estate);
    assert_eq!(found[0].place, Some(Place::new("infra/main.tf", 1)));
}

#[test]
fn an_owner_whose_address_no_resource_has_is_told() {
    let states = [state(&json!([distribution()]))];
    let owner = |address: &str| Ownership {
        configurations: Vec::new(),
        owners: vec![Owner {
            name: "deploy".to_owned(),
            address: Glob::new(address),
            path: Glob::new("origin[*].origin_path"),
            place: Place::new("driftgate.hcl", 3),
        }],
    };
    let told = |address: &str| owner(address).remarks(&Estate::new(&states, None));
    assert_eq!(told("*aws_cloudfront_distribution.?ite"), Vec::<String>::new());
    assert_eq!(
        told("module.*.aws_cloudfront_distribution.?ite*"),
        [
            "driftgate.hcl:3: owner \"deploy\" owns nothing: no resource has an address like \
             module.*.aws_cloudfront_distribution.?ite*"
        ]
    );
    assert_eq!(
        owner("aws_s3_bucket.*").remarks(&Estate::new(&[], None)),
        Vec::<String>::new()
    );
}
