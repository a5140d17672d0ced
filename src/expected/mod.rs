//! The expected side: Terraform or OpenTofu state in, typed resource instances out.
//!
//! [`locate`] turns the arguments of a run into [`Source`]s, [`load`] reads them, [`parse_state`] (pure) understands
//! the bytes. Facts about the formats: `statefile/version4.go` of Terraform and OpenTofu, and the "JSON Output
//! Format" page of Terraform's documentation.

mod address;
mod collect;
mod decode;
mod error;
mod fields;
mod flat;
mod load;
mod locate;
mod path;
mod recognise;
mod show;
mod source;
mod state_v4;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub(crate) use address::quoted;
pub use error::InputError;
pub use load::{Loaded, S3Fetch, load, one_per_lineage};
pub use locate::locate;
pub use path::{AttributePath, Step};
pub use recognise::parse_state;
pub use source::{S3Object, Source};

/// Which of the two documents a state was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The state itself (version 4), as `terraform state pull` prints it.
    Raw,
    /// The output of `terraform show -json`: values are upgraded to the schema of the provider that was installed,
    /// an attribute that an old provider did not know is null, and the alias of a provider is lost.
    Show,
}

/// One Terraform state.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Where it came from, as shown to people: the path as given, `-`, or the S3 URL.
    pub source: String,
    pub form: Form,
    /// Unique id given when the state was created; the same in every copy of it. Absent in `show -json`.
    pub lineage: Option<String>,
    /// Grows with every write. Absent in `show -json`.
    pub serial: Option<u64>,
    /// The version of Terraform or OpenTofu that wrote it.
    pub terraform_version: Option<String>,
    /// The managed objects that are current, of every provider, in the order of the file.
    pub instances: Vec<Instance>,
    /// Objects that wait for Terraform to delete them.
    pub deposed: Vec<Deposed>,
    /// How many instances of data sources were skipped.
    pub data_instances: usize,
    /// What those data sources tell about the providers.
    pub hints: Vec<ProviderHint>,
}

impl State {
    /// The account that a provider works in, from `data.aws_caller_identity` instances of that provider.
    ///
    /// `None` if there are none or if they disagree. In the [`Form::Show`] all aliases share one provider string.
    pub fn account_of(&self, provider: &str) -> Option<&str> {
        let hints = self.hints.iter().filter(|hint| hint.provider == provider);
        unanimous(hints.filter_map(|hint| hint.account.as_deref()))
    }

    /// The region that a provider works in, from `data.aws_region` instances of that provider.
    ///
    /// `None` if there are none or if they disagree. Only a hint: that data source can be asked for any region.
    pub fn region_of(&self, provider: &str) -> Option<&str> {
        let hints = self.hints.iter().filter(|hint| hint.provider == provider);
        unanimous(hints.filter_map(|hint| hint.region.as_deref()))
    }
}

fn unanimous<'a>(mut values: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// One managed object that Terraform believes to exist.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// The absolute address with module path and instance key: `module.a["k"].aws_s3_bucket.site[0]`.
    pub address: String,
    /// The resource type: `aws_s3_bucket`.
    pub terraform_type: String,
    /// The provider as the state names it, with alias if it has one; see [`provider_type`]. Empty if unnamed.
    pub provider: String,
    /// The version of the resource type's schema that `attributes` follow.
    pub schema_version: u64,
    /// The recorded attributes. An absent key means that the provider which wrote them did not know the attribute.
    pub attributes: Map<String, Value>,
    /// The attributes that Terraform marks as sensitive, sorted.
    pub sensitive: Vec<AttributePath>,
    /// The object exists, but Terraform will replace it at the next apply.
    pub tainted: bool,
    /// The attributes come from a flat map (Terraform 0.11): every number and boolean is a string.
    pub flat: bool,
    /// The [`State::source`] that holds it.
    pub state: String,
}

impl Instance {
    /// A top-level attribute that is a string and not empty.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        self.attributes
            .get(attribute)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    /// Whether the value at a path of attribute names holds something sensitive. Indexes and keys play no part,
    /// since a state addresses the elements of sets by their value: one sensitive element makes all of them so.
    pub fn is_sensitive(&self, names: &[&str]) -> bool {
        self.sensitive.iter().any(|path| path.touches_names(names))
    }

    /// Whether the provider is an AWS one, whatever registry it was installed from.
    pub fn is_aws(&self) -> bool {
        provider_type(&self.provider) == "aws"
    }
}

/// An object that was replaced and that Terraform has still to delete. Not what is wanted, but not unmanaged either.
#[derive(Clone, Debug, PartialEq)]
pub struct Deposed {
    pub address: String,
    /// Terraform's name for this object: eight hexadecimal digits.
    pub key: String,
    pub terraform_type: String,
    pub provider: String,
    /// The recorded attributes; empty if there are none.
    pub attributes: Map<String, Value>,
    /// The [`State::source`] that holds it.
    pub state: String,
}

/// What one data source instance tells about its provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderHint {
    /// The provider, as in [`Instance::provider`].
    pub provider: String,
    /// `account_id` of an `aws_caller_identity`.
    pub account: Option<String>,
    /// `region` (provider 6) or `name` (earlier) of an `aws_region`.
    pub region: Option<String>,
}

/// The last segment of a provider's source, which names its kind: `aws` for
/// `module.x.provider["registry.terraform.io/hashicorp/aws"].west` as for `provider.aws.west`. Empty if there is none.
pub fn provider_type(provider: &str) -> &str {
    const QUOTED: &str = "provider[\"";
    const PLAIN: &str = "provider.";
    if let Some(at) = provider.find(QUOTED) {
        let source = provider[at + QUOTED.len()..].split('"').next().unwrap_or_default();
        return source.rsplit('/').next().unwrap_or_default();
    }
    match provider.rfind(PLAIN) {
        Some(at) => provider[at + PLAIN.len()..].split('.').next().unwrap_or_default(),
        None => "",
    }
}
