//! `provider` blocks: the tags that the AWS provider adds, and those that it does not look at.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::syntax::{Block, Body};
use crate::place::Place;

/// A value that the configuration does not say outright.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotKnown {
    pub place: Place,
    pub problem: String,
}

/// What `ignore_tags` of a provider takes out of every resource's tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoredTags {
    pub keys: BTreeSet<String>,
    pub key_prefixes: BTreeSet<String>,
}

impl IgnoredTags {
    /// Whether the provider does not look at a live tag of that key.
    pub fn covers(&self, key: &str) -> bool {
        self.keys.contains(key) || self.key_prefixes.iter().any(|prefix| key.starts_with(prefix))
    }
}

/// Tags by key.
pub type TagMap = BTreeMap<String, String>;

/// A `provider` block.
#[derive(Clone, Debug)]
pub(super) struct ProviderBlock {
    /// The last segment of its source: `aws`.
    pub(super) terraform_type: String,
    pub(super) alias: Option<String>,
    pub(super) default_tags: Result<TagMap, NotKnown>,
    pub(super) ignored: Result<IgnoredTags, NotKnown>,
}

impl ProviderBlock {
    pub(super) fn read(place: Place, source: &str, body: &Body) -> Self {
        // OpenTofu's `for_each` makes several of one block, each with values of its own where they are not literal.
        let dynamic = body.blocks("dynamic").find(|block| {
            let of = block.labels.first().map(String::as_str);
            matches!(of, Some("default_tags" | "ignore_tags"))
        });
        let not_known = dynamic.map(|block| NotKnown {
            place: Place::new(place.file.as_str(), block.line),
            problem: "the tags of this provider are in a `dynamic` block".to_owned(),
        });
        let checked = |block: Option<&Block>| match &not_known {
            Some(not_known) => Err(not_known.clone()),
            None => Ok(block.cloned()),
        };
        Self {
            terraform_type: source.rsplit('/').next().unwrap_or_default().to_owned(),
            alias: alias(body),
            default_tags: checked(body.blocks("default_tags").next())
                .and_then(|block| default_tags(block.as_ref(), &place.file)),
            ignored: checked(body.blocks("ignore_tags").next()).and_then(|block| ignored(block.as_ref(), &place.file)),
        }
    }
}

/// The alias of a provider block.
pub(super) fn alias(body: &Body) -> Option<String> {
    body.attribute("alias")?.value.text().map(str::to_owned)
}

fn default_tags(block: Option<&Block>, file: &str) -> Result<TagMap, NotKnown> {
    let Some(tags) = block.and_then(|block| block.body.attribute("tags")) else {
        return Ok(TagMap::new());
    };
    let pairs = match tags.value.literal() {
        Some(Value::Object(tags)) => tags
            .into_iter()
            .map(|(key, value)| Some((key, scalar(&value)?)))
            .collect(),
        Some(Value::Null) => Some(TagMap::new()),
        _ => None,
    };
    pairs.ok_or_else(|| NotKnown {
        place: Place::new(file, tags.line),
        problem: "`default_tags` is not written out".to_owned(),
    })
}

fn ignored(block: Option<&Block>, file: &str) -> Result<IgnoredTags, NotKnown> {
    let Some(block) = block else {
        return Ok(IgnoredTags::default());
    };
    let texts = |name: &str| -> Result<BTreeSet<String>, NotKnown> {
        let Some(item) = block.body.attribute(name) else {
            return Ok(BTreeSet::new());
        };
        let texts = match item.value.literal() {
            Some(Value::Array(items)) => items.iter().map(scalar).collect(),
            Some(Value::Null) => Some(BTreeSet::new()),
            _ => None,
        };
        texts.ok_or_else(|| NotKnown {
            place: Place::new(file, item.line),
            problem: format!(
                "`{name}` of `ignore_tags` is not written out, so the tags that it leaves aside are not known"
            ),
        })
    };
    Ok(IgnoredTags {
        keys: texts("keys")?,
        key_prefixes: texts("key_prefixes")?,
    })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Which provider a resource belongs to, as its state names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProviderName {
    /// The module that configures it, without keys.
    pub(super) module: String,
    pub(super) terraform_type: String,
    /// None where `terraform show -json` lost it.
    pub(super) alias: Option<Alias>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Alias {
    Default,
    Named(String),
}

impl ProviderName {
    /// Reads `module.x.provider["registry.terraform.io/hashicorp/aws"].west`, the older `module.x.provider.aws.west`,
    /// and the bare source that `terraform show -json` prints.
    pub(super) fn parse(text: &str) -> Self {
        let (module, rest) = match text.find("provider[\"").or_else(|| text.find("provider.")) {
            Some(at) if at == 0 || text[..at].ends_with('.') => (&text[..at], &text[at + "provider".len()..]),
            _ => {
                return Self {
                    module: String::new(),
                    terraform_type: text.rsplit('/').next().unwrap_or_default().to_owned(),
                    alias: None,
                };
            }
        };
        let (source, rest) = match rest.strip_prefix("[\"") {
            Some(quoted) => quoted.split_once("\"]").unwrap_or((quoted, "")),
            None => {
                let dotted = rest.strip_prefix('.').unwrap_or(rest);
                dotted.split_at(dotted.find('.').unwrap_or(dotted.len()))
            }
        };
        // OpenTofu adds the key of a provider instance behind the alias.
        let alias = rest.trim_start_matches('.').split('[').next().unwrap_or_default();
        Self {
            module: super::address::Address::parse(module.trim_end_matches('.'))
                .map(|module| module.module())
                .unwrap_or_default(),
            terraform_type: source.rsplit('/').next().unwrap_or_default().to_owned(),
            alias: Some(match alias {
                "" => Alias::Default,
                alias => Alias::Named(alias.to_owned()),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_named_in_five_ways() {
        let named = |alias: &str| Some(Alias::Named(alias.to_owned()));
        let cases = [
            (
                r#"provider["registry.terraform.io/hashicorp/aws"]"#,
                "",
                Some(Alias::Default),
            ),
            (
                r#"provider["registry.terraform.io/hashicorp/aws"].west"#,
                "",
                named("west"),
            ),
            (
                r#"module.x["k"].provider["registry.opentofu.org/hashicorp/aws"].west"#,
                "module.x",
                named("west"),
            ),
            (
                r#"provider["registry.opentofu.org/hashicorp/aws"].by["eu"]"#,
                "",
                named("by"),
            ),
            ("provider.aws", "", Some(Alias::Default)),
            ("module.x.provider.aws.west", "module.x", named("west")),
            ("registry.terraform.io/hashicorp/aws", "", None),
        ];
        for (text, module, alias) in cases {
            let name = ProviderName::parse(text);
            assert_eq!((name.module.as_str(), name.alias), (module, alias), "{text}");
            assert_eq!(name.terraform_type, "aws", "{text}");
        }
    }
}
