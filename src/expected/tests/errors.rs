//! Every bad document has one clear line of its own.

use serde_json::{Value, json};

use super::super::{InputError, parse_state};
use super::{message, parse, raw, raw_instance, shown};

const GIVE: &str = "give the output of `terraform state pull` or `terraform show -json`";
const DAMAGED: &str = "the file is damaged or was edited by hand, fetch it again (`terraform state pull`)";

#[test]
fn json_of_another_kind() {
    let cases = [
        (json!([1]), "it holds an array"),
        (json!("text"), "it holds a string"),
        (json!(null), "it holds null"),
        (json!({}), "it has neither `version` nor `format_version`"),
        (
            json!({"name": "site", "dependencies": {}}),
            "it has neither `version` nor `format_version`",
        ),
        (
            json!({"version": 4, "name": "site"}),
            "it has a `version`, but nothing else that a state has",
        ),
        (
            json!({"format_version": "1.0", "provider_schemas": {}}),
            "it has `format_version` and `provider_schemas`",
        ),
        (
            json!({"format_version": "1.0", "valid": true, "diagnostics": []}),
            "it has `format_version` and `diagnostics`",
        ),
    ];
    for (document, found) in cases {
        assert_eq!(
            message(&document),
            format!("x.tfstate: JSON, but not a Terraform state: {found}; {GIVE}")
        );
    }
}

#[test]
fn the_json_of_a_plan() {
    assert_eq!(
        message(&json!({"format_version": "1.2", "planned_values": {}, "resource_changes": [], "prior_state": {}})),
        "x.tfstate: is the JSON of a plan, not of a state; give the output of `terraform state pull`, or of \
         `terraform show -json` without a plan file"
    );
}

#[test]
fn the_pointer_to_a_backend() {
    let pointer = |backend: Value| json!({"version": 3, "serial": 1, "lineage": "5e1a", "backend": backend});
    let s3 =
        json!({"type": "s3", "hash": 1, "config": {"bucket": "states", "key": "site.tfstate", "region": "eu-west-2"}});
    assert_eq!(
        message(&pointer(s3)),
        "x.tfstate: only says that the state lies in the backend s3; give s3://states/site.tfstate?region=eu-west-2 \
         for the default workspace, or pipe `terraform state pull` into `--state -`"
    );
    assert_eq!(
        message(&pointer(json!({"type": "gcs", "config": {"bucket": "states"}}))),
        "x.tfstate: only says that the state lies in the backend gcs; pipe `terraform state pull` into `--state -`"
    );
}

#[test]
fn a_lock() {
    assert_eq!(
        message(
            &json!({"ID": "1", "Operation": "OperationTypeApply", "Info": "", "Who": "ops@host", "Version": "1.11.4"})
        ),
        "x.tfstate: is the lock of a running Terraform operation, not a state; name the state beside it"
    );
}

#[test]
fn an_encrypted_state() {
    let expected = "x.tfstate: is an encrypted OpenTofu state; pipe `tofu state pull` into `--state -`";
    let wrapper =
        json!({"meta": {"key_provider.pbkdf2.k": "e30="}, "encrypted_data": "aGk=", "encryption_version": "v0"});
    assert_eq!(message(&wrapper), expected);
    let mut newer = wrapper;
    newer["serial"] = json!(7);
    newer["lineage"] = json!("5e1a");
    assert_eq!(message(&newer), expected);
}

#[test]
fn state_versions() {
    for version in [1, 2, 3] {
        assert_eq!(
            message(&json!({"version": version, "serial": 1, "modules": []})),
            format!(
                "x.tfstate: has state version {version}, of Terraform 0.11 and earlier, and driftgate reads version 4; \
                 pipe `terraform state pull` of a newer Terraform, which upgrades it, into `--state -`"
            )
        );
    }
    let mut newer = raw(json!([]));
    newer["version"] = json!(5);
    assert_eq!(
        message(&newer),
        "x.tfstate: has state version 5, which is newer than this driftgate knows (4); update driftgate, or give the \
         output of `terraform show -json`"
    );
    for (version, found) in [
        (json!("4"), "a string"),
        (json!(0), "the number 0"),
        (json!(4.5), "the number 4.5"),
    ] {
        let mut odd = raw(json!([]));
        odd["version"] = version;
        assert_eq!(
            message(&odd),
            format!("x.tfstate: top level: `version` must be a whole number from 1, not {found}; {DAMAGED}")
        );
    }
}

#[test]
fn versions_of_show() {
    let mut newer = shown(json!([]));
    newer["format_version"] = json!("2.0");
    assert_eq!(
        message(&newer),
        "x.tfstate: has format_version 2.0, and this driftgate knows 0.x and 1.x of `terraform show -json`; give the \
         output of `terraform state pull`"
    );
}

#[test]
fn an_instance_without_attributes() {
    let expected = |address: &str| {
        format!("x.tfstate: {address}: has no attributes; run `terraform apply -refresh-only` to record them again")
    };
    let address = r#"module.a.aws_s3_bucket.site["k"]"#;
    assert_eq!(
        message(&raw_instance(json!({"index_key": "k", "schema_version": 0}))),
        expected(address)
    );
    assert_eq!(
        message(&raw_instance(json!({"index_key": "k", "attributes": null}))),
        expected(address)
    );
    let shown =
        shown(json!([{"address": "aws_s3_bucket.site", "mode": "managed", "type": "aws_s3_bucket", "name": "site"}]));
    assert_eq!(message(&shown), expected("aws_s3_bucket.site"));
}

#[test]
fn two_objects_at_one_address() {
    let instance = json!({"index_key": 0, "attributes": {"id": "a"}});
    let mut document = raw_instance(instance.clone());
    document["resources"][0]["instances"] = json!([instance.clone(), instance]);
    assert_eq!(
        message(&document),
        "x.tfstate: module.a.aws_s3_bucket.site[0]: is in this state twice; the file was merged or edited by hand, \
         fetch it again (`terraform state pull`)"
    );
}

#[test]
fn fields_of_the_wrong_type_are_named_with_their_address() {
    let place = "module.a.aws_s3_bucket.site";
    let cases = [
        (
            raw(json!({})),
            "top level",
            "`resources` must be an array, not an object",
        ),
        (raw(json!(null)), "top level", "`resources` is missing"),
        (raw(json!(["text"])), "resources[0]", "must be an object, not a string"),
        (
            raw(json!([{"type": 5}])),
            "resources[0]",
            "`type` must be a string, not the number 5",
        ),
        (raw(json!([{"type": "t"}])), "resources[0]", "`name` is missing"),
        (
            raw(json!([{"type": "t", "name": "n", "mode": "list"}])),
            "resources[0]",
            "`mode` must be \"managed\" or \"data\", not \"list\"",
        ),
        (
            raw(json!([{"type": "t", "name": "n", "mode": "managed"}])),
            "t.n",
            "`instances` is missing",
        ),
        (
            raw(json!([{"type": "t", "name": "n", "mode": "managed", "provider": [], "instances": []}])),
            "t.n",
            "`provider` must be a string, not an array",
        ),
        (
            raw(json!([{"type": "t", "name": "n", "mode": "data", "instances": [7]}])),
            "data.t.n: instances[0]",
            "must be an object, not the number 7",
        ),
        (
            raw_instance(json!({"index_key": -1})),
            "module.a.aws_s3_bucket.site: instances[0]",
            "`index_key` must be a string or a whole number from 0, not the number -1",
        ),
        (
            raw_instance(json!({"attributes": []})),
            place,
            "`attributes` must be an object, not an array",
        ),
        (
            raw_instance(json!({"attributes_flat": {"a": 1}})),
            place,
            "`attributes_flat`: `a` must be a string, not the number 1",
        ),
        (
            raw_instance(json!({"attributes": {}, "schema_version": "one"})),
            place,
            "`schema_version` must be a whole number from 0, not a string",
        ),
        (
            raw_instance(json!({"attributes": {}, "status": "gone"})),
            place,
            "`status` must be \"tainted\" or absent, not \"gone\"",
        ),
        (
            raw_instance(json!({"attributes": {}, "sensitive_attributes": {}})),
            place,
            "`sensitive_attributes` must be an array, not an object",
        ),
        (
            raw_instance(json!({"attributes": {}, "sensitive_attributes": [true]})),
            place,
            "`sensitive_attributes` must hold arrays, not true",
        ),
        (
            raw_instance(json!({"attributes": {}, "sensitive_attributes": [[{"type": "get_attr"}]]})),
            place,
            "a step of `sensitive_attributes` lacks its `type` or `value`",
        ),
        (
            raw_instance(json!({"attributes": {}, "sensitive_attributes": [[{"type": "get_attr", "value": 1}]]})),
            place,
            "a step of `sensitive_attributes` must name its attribute by a string, not the number 1",
        ),
        (
            shown(json!({})),
            "values.root_module",
            "`resources` must be an array, not an object",
        ),
        (
            shown(json!([[]])),
            "values.root_module.resources[0]",
            "must be an object, not an array",
        ),
        (
            shown(json!([{"address": "t.n", "type": "t", "name": "n", "mode": "managed", "tainted": 1, "values": {}}])),
            "t.n",
            "`tainted` must be true or false, not the number 1",
        ),
    ];
    for (document, place, problem) in cases {
        assert_eq!(message(&document), format!("x.tfstate: {place}: {problem}; {DAMAGED}"));
    }
    let child =
        json!({"format_version": "1.0", "values": {"root_module": {"child_modules": [{}, {"child_modules": [5]}]}}});
    assert_eq!(
        message(&child),
        format!(
            "x.tfstate: values.root_module.child_modules[1].child_modules[0]: must be an object, not the number 5; {DAMAGED}"
        )
    );
}

#[test]
fn syntax_errors_come_with_line_and_column() {
    let mut text = serde_json::to_string_pretty(&raw(json!([]))).unwrap();
    text.truncate(text.len() - 2);
    let error = parse_state("prod/x.tfstate", text.as_bytes()).unwrap_err();
    assert!(
        matches!(error, InputError::CutOff { line, .. } if line == text.lines().count()),
        "{error}"
    );
}

#[test]
fn a_state_of_nothing_is_a_state() {
    assert_eq!(parse(&raw(json!([]))).unwrap().instances, []);
    assert_eq!(parse(&json!({"format_version": "1.0"})).unwrap().instances, []);
    assert_eq!(
        parse(&json!({"format_version": "1.0", "terraform_version": "1.11.4", "checks": []}))
            .unwrap()
            .instances,
        []
    );
    let removed = raw(json!([{"mode": "managed", "type": "t", "name": "n", "provider": "p", "instances": []}]));
    assert_eq!(parse(&removed).unwrap().instances, []);
}
