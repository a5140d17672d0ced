//! Tells what kind of document a JSON file is and hands it to its reader.

use serde_json::Value;

use super::error::InputError;
use super::fields::{Fields, kind};
use super::{State, decode, show, state_v4};

/// The state version that is read; Terraform has written it since 0.12.
const VERSION: u64 = 4;

/// Reads one state, raw or as `terraform show -json` prints it. Pure.
///
/// `source` is the name for people that errors and instances carry.
///
/// # Errors
/// Whatever makes the bytes unusable as a state; every such error names `source` and the place.
pub fn parse_state(source: &str, bytes: &[u8]) -> Result<State, InputError> {
    let document = decode::json(source, bytes)?;
    if !document.is_object() {
        return Err(InputError::NotAState {
            state: source.to_owned(),
            found: format!("it holds {}", kind(&document)),
        });
    }
    let fields = Fields::of(source, "top level", document)?;
    if let Some(error) = look_alike(source, &fields) {
        return Err(error);
    }
    if fields.contains("format_version") {
        return show_document(source, fields);
    }
    match version(source, &fields)? {
        VERSION => state_v4::read(source, fields),
        version if version > VERSION => Err(InputError::NewVersion {
            state: source.to_owned(),
            version,
        }),
        version => Err(InputError::OldVersion {
            state: source.to_owned(),
            version,
        }),
    }
}

/// Files that lie where states lie.
fn look_alike(source: &str, fields: &Fields<'_>) -> Option<InputError> {
    let state = source.to_owned();
    let has_text = |key| {
        fields
            .get(key)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    if has_text("encryption_version") {
        return Some(InputError::Encrypted { state });
    }
    if let Some(backend) = fields.get("backend").filter(|backend| backend.is_object())
        && !fields.contains("resources")
    {
        let of = |key: &str| backend.get(key).and_then(Value::as_str);
        let backend_type = of("type").unwrap_or("of an unknown type").to_owned();
        return Some(InputError::BackendPointer {
            state,
            object: s3_object(backend),
            backend: backend_type,
        });
    }
    if has_text("ID") && has_text("Operation") && fields.contains("Who") {
        return Some(InputError::LockInfo { state });
    }
    None
}

/// The object that an S3 backend keeps the default workspace's state in.
fn s3_object(backend: &Value) -> Option<String> {
    if backend.get("type")?.as_str()? != "s3" {
        return None;
    }
    let config = backend.get("config")?;
    let text = |key: &str| config.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (bucket, key) = (text("bucket")?, text("key")?);
    let region = text("region")
        .map(|region| format!("?region={region}"))
        .unwrap_or_default();
    Some(format!("s3://{bucket}/{key}{region}"))
}

/// Plans, schemas and validation results carry a `format_version` as well.
fn show_document(source: &str, mut fields: Fields<'_>) -> Result<State, InputError> {
    const OF_PLANS: [&str; 5] = [
        "planned_values",
        "prior_state",
        "resource_changes",
        "resource_drift",
        "configuration",
    ];
    const OF_STATES: [&str; 4] = ["format_version", "terraform_version", "values", "checks"];
    let state = source.to_owned();
    if OF_PLANS.iter().any(|key| fields.contains(key)) {
        return Err(InputError::PlanJson { state });
    }
    if let Some(stranger) = fields
        .keys()
        .find(|key| !OF_STATES.contains(key))
        .filter(|_| !fields.contains("values"))
    {
        return Err(InputError::NotAState {
            state,
            found: format!("it has `format_version` and `{stranger}`"),
        });
    }
    let version = fields.required_text("format_version")?;
    match version.split('.').next() {
        Some("0" | "1") => show::read(source, fields),
        _ => Err(InputError::ShowVersion { state, version }),
    }
}

fn version(source: &str, fields: &Fields<'_>) -> Result<u64, InputError> {
    const OF_STATES: [&str; 5] = ["resources", "modules", "serial", "lineage", "terraform_version"];
    let not_a_state = |found: &str| InputError::NotAState {
        state: source.to_owned(),
        found: found.to_owned(),
    };
    let Some(version) = fields.get("version") else {
        return Err(not_a_state("it has neither `version` nor `format_version`"));
    };
    if !OF_STATES.iter().any(|key| fields.contains(key)) {
        return Err(not_a_state("it has a `version`, but nothing else that a state has"));
    }
    match version.as_u64() {
        Some(version) if version > 0 => Ok(version),
        _ => Err(fields.wrong("version", "a whole number from 1", version)),
    }
}
