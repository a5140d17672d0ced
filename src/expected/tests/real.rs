//! What real states say, against what Terraform itself says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::json;

use super::super::{AttributePath, Form, Instance, State, Step, parse_state, provider_type};
use super::{parse, raw, raw_instance, shown};

const ADDRESSES: &[u8] = include_bytes!("../testdata/addresses/terraform.tfstate");
const ADDRESSES_SHOWN: &[u8] = include_bytes!("../testdata/addresses/show.json");
const ADDRESSES_LISTED: &str = include_str!("../testdata/addresses/state-list.txt");
const SITE: &[u8] = include_bytes!("../testdata/site/terraform.tfstate");
const SITE_SHOWN: &[u8] = include_bytes!("../testdata/site/show.json");
const UPGRADED: &[u8] = include_bytes!("../testdata/upgraded.tfstate");

fn read(bytes: &[u8]) -> State {
    parse_state("x.tfstate", bytes).unwrap()
}

fn by_address(state: &State) -> BTreeMap<&str, &Instance> {
    state
        .instances
        .iter()
        .map(|instance| (instance.address.as_str(), instance))
        .collect()
}

fn path(steps: &[Step]) -> AttributePath {
    AttributePath(steps.to_vec())
}

fn attribute(name: &str) -> Step {
    Step::Attribute(name.to_owned())
}

#[test]
fn addresses_are_those_of_terraform_state_list() {
    let listed: BTreeSet<&str> = ADDRESSES_LISTED.lines().collect();
    assert!(listed.len() > 30);
    for bytes in [ADDRESSES, ADDRESSES_SHOWN] {
        let state = read(bytes);
        assert_eq!(
            state
                .instances
                .iter()
                .map(|instance| instance.address.as_str())
                .collect::<BTreeSet<_>>(),
            listed
        );
        assert_eq!(state.instances.len(), listed.len());
    }
}

#[test]
fn tainted_and_deposed_objects_are_told_apart() {
    for bytes in [ADDRESSES, ADDRESSES_SHOWN] {
        let state = read(bytes);
        let tainted = |instance: &&Instance| instance.tainted;
        assert_eq!(
            state
                .instances
                .iter()
                .filter(tainted)
                .map(|instance| instance.address.as_str())
                .collect::<Vec<_>>(),
            ["terraform_data.follower", "terraform_data.three[1]"]
        );
        let deposed = state.deposed.iter().map(|deposed| {
            let id = deposed.attributes["id"].as_str().unwrap();
            (
                deposed.address.as_str(),
                deposed.key.as_str(),
                deposed.terraform_type.as_str(),
                id,
                deposed.state.as_str(),
            )
        });
        assert_eq!(
            deposed.collect::<Vec<_>>(),
            [
                (
                    "terraform_data.follower",
                    "fddc2b22",
                    "terraform_data",
                    "b674a3ab-22b8-0b54-82be-b07df9afe7ff",
                    "x.tfstate"
                ),
                (
                    "terraform_data.leader",
                    "9eacc4ba",
                    "terraform_data",
                    "6b149fab-9143-ef2d-13a3-e7dc06e0df74",
                    "x.tfstate"
                ),
            ]
        );
        let current = by_address(&state)["terraform_data.leader"];
        assert_eq!(current.text("id"), Some("dc9d31f0-c253-1448-f619-b4dbb4eb6536"));
        assert_eq!(state.data_instances, 1);
    }
}

#[test]
fn both_forms_mark_the_same_places_sensitive() {
    let (raw, shown) = (read(ADDRESSES), read(ADDRESSES_SHOWN));
    let shown = by_address(&shown);
    let mut marked = 0;
    for instance in &raw.instances {
        let other = shown[instance.address.as_str()];
        assert_eq!(instance.sensitive, other.sensitive, "{}", instance.address);
        marked += instance.sensitive.len();
    }
    assert_eq!(marked, 6);
    let raw = by_address(&raw);
    assert_eq!(
        raw["terraform_data.plain"].sensitive,
        [
            path(&[attribute("input"), attribute("a")]),
            path(&[attribute("input"), attribute("b"), Step::Index(0)])
        ]
    );
    // Terraform marks a set as a whole.
    assert_eq!(raw["terraform_data.set"].sensitive, [path(&[attribute("input")])]);
    assert!(raw["terraform_data.plain"].is_sensitive(&["input", "b"]));
    assert!(raw["terraform_data.plain"].is_sensitive(&["input"]));
    assert!(!raw["terraform_data.plain"].is_sensitive(&["input", "c"]));
    assert!(!raw["terraform_data.plain"].is_sensitive(&["output"]));
}

#[test]
fn a_site_reads_the_same_from_both_forms() {
    let (raw, shown) = (read(SITE), read(SITE_SHOWN));
    assert_eq!((raw.form, shown.form), (Form::Raw, Form::Show));
    assert!(raw.lineage.is_some() && raw.serial.is_some());
    assert_eq!((&shown.lineage, shown.serial), (&None, None));
    assert_eq!(raw.terraform_version, shown.terraform_version);
    assert_eq!(raw.instances.len(), 31);
    assert_eq!(shown.instances.len(), 31);
    let shown = by_address(&shown);
    for instance in &raw.instances {
        let mut expected = instance.clone();
        // `show -json` drops the alias.
        if instance.address == "aws_acm_certificate.main" {
            assert_eq!(
                instance.provider,
                "provider[\"registry.terraform.io/hashicorp/aws\"].us_east_1"
            );
            expected.provider = "provider[\"registry.terraform.io/hashicorp/aws\"]".to_owned();
            assert_eq!(expected.sensitive, [path(&[attribute("private_key")])]);
        }
        assert_eq!(*shown[instance.address.as_str()], expected);
        assert!(instance.is_aws());
    }
    let distribution = shown[r#"module.site["prod"].aws_cloudfront_distribution.site"#];
    assert_eq!(
        (distribution.schema_version, distribution.flat, distribution.tainted),
        (1, false, false)
    );
}

#[test]
fn a_state_upgraded_from_flat_maps() {
    let state = read(UPGRADED);
    assert!(
        state
            .instances
            .iter()
            .all(|instance| instance.flat && instance.is_aws())
    );
    let instances = by_address(&state);
    let record = instances["aws_route53_record.www[0]"];
    assert_eq!(record.schema_version, 2);
    assert_eq!(record.attributes["records"], json!([]));
    assert_eq!(record.attributes["ttl"], json!("0"));
    assert_eq!(
        record.attributes["alias"],
        json!([{
            "evaluate_target_health": "false",
            "name": "d111111abcdef8.cloudfront.net",
            "zone_id": "Z2FDTNDATAQYW2",
        }])
    );
    let bucket = instances["module.site.aws_s3_bucket.b"];
    assert!(bucket.tainted);
    assert_eq!(
        bucket.provider,
        "module.site.provider[\"registry.terraform.io/-/aws\"].west"
    );
    assert_eq!(
        bucket.attributes["tags"],
        json!({"Name": "site", "example.com/owner": "web"})
    );
    assert_eq!(
        bucket.attributes["versioning"],
        json!([{"enabled": "true", "mfa_delete": "false"}])
    );
    assert_eq!(bucket.attributes["cors_rule"], json!([]));
}

#[test]
fn the_states_of_all_worlds_read() {
    let worlds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/worlds");
    let mut read = 0;
    for world in fs::read_dir(worlds).unwrap() {
        for entry in fs::read_dir(world.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "tfstate") {
                let state = parse_state("x.tfstate", &fs::read(&path).unwrap());
                let state = state.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                assert!(!state.instances.is_empty(), "{}", path.display());
                read += 1;
            }
        }
    }
    assert!(read >= 2, "{read} read");
}

#[test]
fn byte_order_mark_and_line_ends_change_nothing() {
    let plain = read(SITE);
    let text = std::str::from_utf8(SITE).unwrap();
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(read(windows.as_bytes()), plain);
}

#[test]
fn a_path_through_a_set_ends_at_the_set() {
    let attributes = json!({"origin": [{"custom_header": [{"name": "X-Key", "value": "k"}]}]});
    let element =
        json!({"type": "index", "value": {"type": ["object", {"name": "string"}], "value": {"name": "X-Key"}}});
    let sensitive = json!([[
        {"type": "get_attr", "value": "origin"},
        element,
        {"type": "get_attr", "value": "custom_header"},
    ], [
        {"type": "get_attr", "value": "tags"},
        {"type": "index", "value": {"type": "string", "value": "Owner"}},
    ]]);
    let state = parse(&raw_instance(
        json!({"attributes": attributes, "sensitive_attributes": sensitive}),
    ))
    .unwrap();
    let sensitive = &state.instances[0].sensitive;
    assert_eq!(
        *sensitive,
        [
            path(&[attribute("origin")]),
            path(&[attribute("tags"), Step::Key("Owner".to_owned())])
        ]
    );
}

#[test]
fn opentofu_names_the_provider_of_an_instance() {
    let provider = r#"provider["registry.opentofu.org/hashicorp/aws"].by_region["us-east-1"]"#;
    let mut document =
        raw_instance(json!({"index_key": "us", "instance_provider": provider, "attributes": {"id": "b"}}));
    document["resources"][0].as_object_mut().unwrap().remove("provider");
    let state = parse(&document).unwrap();
    assert_eq!(state.instances[0].provider, provider);
    assert!(state.instances[0].is_aws());
}

#[test]
fn the_kind_of_a_provider() {
    let cases = [
        (r#"provider["registry.terraform.io/hashicorp/aws"]"#, "aws"),
        (r#"provider["registry.terraform.io/hashicorp/aws"].west"#, "aws"),
        (r#"module.x["a.b"].provider["registry.terraform.io/-/aws"].west"#, "aws"),
        (r#"provider["mirror.example.com/tools/awscc"]"#, "awscc"),
        ("provider.aws", "aws"),
        ("module.x.provider.aws.west", "aws"),
        ("provider.google", "google"),
        ("", ""),
    ];
    for (provider, kind) in cases {
        assert_eq!(provider_type(provider), kind, "{provider}");
    }
}

#[test]
fn data_sources_are_hints_only() {
    const MAIN: &str = r#"provider["registry.terraform.io/hashicorp/aws"]"#;
    const WEST: &str = r#"provider["registry.terraform.io/hashicorp/aws"].west"#;
    let data = |terraform_type: &str, name: &str, provider: &str, attributes: serde_json::Value| {
        json!({"mode": "data", "type": terraform_type, "name": name, "provider": provider,
               "instances": [{"schema_version": 0, "attributes": attributes}]})
    };
    let state = parse(&raw(json!([
        data("aws_caller_identity", "a", MAIN, json!({"account_id": "111122223333"})),
        data("aws_caller_identity", "b", MAIN, json!({"account_id": "111122223333"})),
        data("aws_caller_identity", "c", WEST, json!({"account_id": "444455556666"})),
        data("aws_region", "a", MAIN, json!({"name": "eu-west-2", "id": "eu-west-2"})),
        data(
            "aws_region",
            "b",
            WEST,
            json!({"region": "us-west-2", "name": "us-west-2"})
        ),
        data("aws_region", "c", WEST, json!({"region": "us-east-1"})),
        data("aws_region", "d", MAIN, json!(null)),
        data("aws_s3_bucket", "e", MAIN, json!({"id": "shared"})),
    ])))
    .unwrap();
    assert_eq!((state.instances.len(), state.data_instances), (0, 8));
    assert_eq!(
        (state.account_of(MAIN), state.region_of(MAIN)),
        (Some("111122223333"), Some("eu-west-2"))
    );
    // Two answers under one provider are none.
    assert_eq!(
        (state.account_of(WEST), state.region_of(WEST)),
        (Some("444455556666"), None)
    );
    assert_eq!(state.account_of("provider.aws"), None);
}

#[test]
fn early_show_output_gave_addresses_without_module_and_key() {
    let mut document = shown(json!([]));
    document["values"]["root_module"]["child_modules"] = json!([{
        "address": "module.a",
        "resources": [
            {"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b", "index": "x",
             "provider_name": "aws", "schema_version": 0, "values": {"id": "b"}},
            {"address": "module.a.aws_s3_bucket.c[0]", "mode": "managed", "type": "aws_s3_bucket", "name": "c", "index": 0,
             "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0, "values": {"id": "c"}},
        ],
    }]);
    let state = parse(&document).unwrap();
    let found: Vec<(&str, &str)> = state
        .instances
        .iter()
        .map(|instance| (instance.address.as_str(), instance.provider.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (r#"module.a.aws_s3_bucket.b["x"]"#, "provider.aws"),
            (
                "module.a.aws_s3_bucket.c[0]",
                "provider[\"registry.terraform.io/hashicorp/aws\"]"
            ),
        ]
    );
}
