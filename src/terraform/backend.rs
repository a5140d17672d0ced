//! Where Terraform keeps the state: the `backend` or `cloud` block, what `terraform init` made of it, and the
//! workspace ("Backend Configuration" and "Workspaces" in Terraform's documentation; `internal/backend/remote-state/s3`).

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::syntax::Block;
use crate::place::Place;

/// A backend's configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Backend {
    pub place: Place,
    /// `s3`, `local`; `cloud` for a `cloud` block.
    pub kind: String,
    /// The arguments that need no evaluation.
    pub arguments: Map<String, Value>,
    /// Names of those that do.
    pub not_literal: Vec<String>,
}

impl Backend {
    /// The backend that a block in `terraform` configures; none if it is another block.
    pub(super) fn read(block: &Block, file: &str) -> Option<Self> {
        let kind = match (block.kind.as_str(), block.labels.as_slice()) {
            ("backend", [kind]) => kind.clone(),
            ("cloud", []) => "cloud".to_owned(),
            _ => return None,
        };
        let mut arguments = Map::new();
        let mut not_literal = Vec::new();
        for attribute in &block.body.attributes {
            match attribute.value.value.literal() {
                Some(Value::Null) => {}
                Some(value) => {
                    arguments.insert(attribute.name.clone(), value);
                }
                None => not_literal.push(attribute.name.clone()),
            }
        }
        Some(Self {
            place: Place::new(file, block.line),
            kind,
            arguments,
            not_literal,
        })
    }

    /// The backend that `.terraform/terraform.tfstate` names: what `terraform init` merged from the block and from
    /// `-backend-config`. None where the file names none.
    pub(super) fn initialised(file: &str, text: &str) -> Result<Option<Self>, String> {
        let root: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let Some(backend) = root.get("backend").filter(|backend| !backend.is_null()) else {
            return Ok(None);
        };
        let kind = backend
            .get("type")
            .and_then(Value::as_str)
            .ok_or("its backend has no type")?;
        let mut arguments = backend
            .get("config")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        arguments.retain(|_, value| !value.is_null());
        Ok(Some(Self {
            place: Place::new(file, 0),
            kind: kind.to_owned(),
            arguments,
            not_literal: Vec::new(),
        }))
    }

    fn text(&self, name: &str) -> Option<String> {
        let text = self.arguments.get(name)?.as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Where the state of a workspace is.
    fn locate(&self, directory: &Path, workspace: &str) -> StateLocation {
        let missing = |name: &str| self.text(name).is_none();
        let matter: &[&str] = match self.kind.as_str() {
            "local" => &["path", "workspace_dir"],
            "s3" => &[
                "bucket",
                "key",
                "region",
                "profile",
                "role_arn",
                "assume_role",
                "workspace_key_prefix",
                "endpoint",
                "endpoints",
            ],
            _ => &[],
        };
        if let Some(name) = self.not_literal.iter().find(|name| matter.contains(&name.as_str())) {
            return self.not_known(format!("`{name}` of the `{}` backend is not written out", self.kind));
        }
        match self.kind.as_str() {
            "local" => local(directory, workspace, self.text("path"), self.text("workspace_dir")),
            "s3" => {
                let elsewhere = |name: &str| match self.arguments.get(name) {
                    Some(Value::String(text)) => !text.is_empty(),
                    Some(Value::Object(members)) => members
                        .get("s3")
                        .and_then(Value::as_str)
                        .is_some_and(|s3| !s3.is_empty()),
                    _ => false,
                };
                if elsewhere("endpoint") || elsewhere("endpoints") {
                    return self.unsupported("s3 with an endpoint of its own");
                }
                match (self.text("bucket"), self.text("key")) {
                    (Some(bucket), Some(key)) => StateLocation::S3(self.object(bucket, key, workspace)),
                    _ => {
                        let name = if missing("bucket") { "bucket" } else { "key" };
                        self.not_known(format!(
                            "the `s3` backend has no `{name}`: it is left to `terraform init -backend-config`"
                        ))
                    }
                }
            }
            "cloud" => self.unsupported("HCP Terraform"),
            "remote" => self.unsupported("remote"),
            kind => self.unsupported(kind),
        }
    }

    fn object(&self, bucket: String, key: String, workspace: &str) -> S3State {
        let key = if workspace == DEFAULT {
            key
        } else {
            let prefix = self.arguments.get("workspace_key_prefix").and_then(Value::as_str);
            // The parts are joined as a path: empty ones leave no slash.
            let all = [prefix.unwrap_or("env:"), workspace, key.as_str()];
            let parts: Vec<&str> = all
                .iter()
                .flat_map(|part| part.split('/'))
                .filter(|part| !part.is_empty())
                .collect();
            parts.join("/")
        };
        let role = self.arguments.get("assume_role");
        // `terraform init` keeps a block as a list.
        let role = role.map(|role| role.get(0).unwrap_or(role));
        let assumed = |name: &str| {
            role.and_then(|role| role.get(name))
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        S3State {
            bucket,
            key,
            region: self.text("region"),
            profile: self.text("profile"),
            role_arn: assumed("role_arn").or_else(|| self.text("role_arn")),
            external_id: assumed("external_id").or_else(|| self.text("external_id")),
        }
    }

    fn unsupported(&self, kind: &str) -> StateLocation {
        StateLocation::Unsupported {
            place: self.place.clone(),
            kind: kind.to_owned(),
            instead: INSTEAD.to_owned(),
        }
    }

    fn not_known(&self, problem: String) -> StateLocation {
        StateLocation::NotKnown {
            place: self.place.clone(),
            problem,
            instead: "run `terraform init` in that directory, or name the state with --state".to_owned(),
        }
    }
}

const DEFAULT: &str = "default";
const INSTEAD: &str = "pipe the state in instead: `terraform state pull | driftgate check --terraform-dir . --state -`";

/// Where a state is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateLocation {
    /// A file; it is not there before the first apply.
    Local(PathBuf),
    /// An object in S3.
    S3(S3State),
    /// A backend that driftgate does not read.
    Unsupported {
        place: Place,
        /// Its name for people.
        kind: String,
        /// What to do instead, in the configuration's directory.
        instead: String,
    },
    /// The configuration alone does not tell.
    NotKnown {
        place: Place,
        problem: String,
        /// What to do about it.
        instead: String,
    },
}

/// The object of an `s3` backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3State {
    pub bucket: String,
    pub key: String,
    /// Without it the region of the environment holds.
    pub region: Option<String>,
    /// Without it the credentials of the environment hold.
    pub profile: Option<String>,
    /// The role to assume for reading it.
    pub role_arn: Option<String>,
    pub external_id: Option<String>,
}

/// Where the state of a workspace is; without a backend it is a local file.
pub(super) fn locate(backend: Option<&Backend>, directory: &Path, shown: &str, workspace: &str) -> StateLocation {
    // Terraform takes no other names; one with a `/` would lead elsewhere.
    if workspace.is_empty() || workspace == ".." || workspace.contains(['/', '\\']) {
        return StateLocation::NotKnown {
            place: Place::new(shown, 0),
            problem: format!("`{workspace}` is no name of a workspace"),
            instead: "select a workspace with `terraform workspace select`, or name the state with --state".to_owned(),
        };
    }
    match backend {
        Some(backend) => backend.locate(directory, workspace),
        None => local(directory, workspace, None, None),
    }
}

fn local(directory: &Path, workspace: &str, path: Option<String>, workspaces: Option<String>) -> StateLocation {
    StateLocation::Local(if workspace == DEFAULT {
        directory.join(path.as_deref().unwrap_or("terraform.tfstate"))
    } else {
        directory
            .join(workspaces.as_deref().unwrap_or("terraform.tfstate.d"))
            .join(workspace)
            .join("terraform.tfstate")
    })
}
