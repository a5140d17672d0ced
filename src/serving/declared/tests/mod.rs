//! Tests on recorded worlds: what real Terraform kept after real applies.

mod forms;
mod worlds;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::expected::{State, parse_state};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn world(name: &str) -> State {
    let path = fixtures().join(name);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    parse_state(name, &bytes).unwrap()
}

/// A state of one resource per pair of type and attributes, named after its position.
fn state(source: &str, resources: &[(&str, Value)]) -> State {
    let resources: Vec<Value> = resources
        .iter()
        .enumerate()
        .map(|(i, (kind, attributes))| {
            json!({
                "mode": "managed",
                "type": kind,
                "name": format!("r{i}"),
                "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
                "instances": [{ "schema_version": 0, "attributes": attributes }],
            })
        })
        .collect();
    let document = json!({
        "version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": source, "outputs": {},
        "resources": resources, "check_results": null,
    });
    parse_state(source, document.to_string().as_bytes()).unwrap()
}
