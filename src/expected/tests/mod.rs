//! Tests of the reader as a whole.

mod damaged;
mod errors;
mod places;
mod real;

use serde_json::{Value, json};

use super::{InputError, State, parse_state};

fn parse(document: &Value) -> Result<State, InputError> {
    parse_state("x.tfstate", document.to_string().as_bytes())
}

fn message(document: &Value) -> String {
    parse(document).unwrap_err().to_string()
}

/// A version 4 state with these resources.
fn raw(resources: Value) -> Value {
    json!({
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 3,
        "lineage": "5e1a",
        "outputs": {},
        "resources": resources,
        "check_results": null,
    })
}

/// A version 4 state with one bucket, whose single instance is this.
fn raw_instance(instance: Value) -> Value {
    raw(json!([{
        "module": "module.a",
        "mode": "managed",
        "type": "aws_s3_bucket",
        "name": "site",
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [instance],
    }]))
}

/// A `show -json` document with these resources in the root module.
fn shown(resources: Value) -> Value {
    json!({
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {"root_module": {"resources": resources}},
    })
}
