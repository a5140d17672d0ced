//! The paths of changes, which name elements by what identifies them, as paths that Terraform would write.

use serde_json::{Map, Value};

use crate::canon::{Attribute, Block, Node, Shape, canonical};
use crate::expected::{AttributePath, Instance, Step};
use crate::finding::Change;
use crate::kinds;

/// One step of a path to something that changed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Spot {
    Step(Step),
    /// An element that nothing in a configuration can point at: of a set, or of a list in which it has no place yet.
    Element,
}

/// Attributes that are compared in a flatter form than Terraform's: type, path of the change, path in Terraform.
const FLATTENED: &[(&str, &str, &str)] = &[
    (
        "aws_s3_bucket",
        "server_side_encryption_configuration.sse_algorithm",
        "server_side_encryption_configuration[0].rule[0].apply_server_side_encryption_by_default[0].sse_algorithm",
    ),
    (
        "aws_s3_bucket",
        "server_side_encryption_configuration.kms_master_key_id",
        "server_side_encryption_configuration[0].rule[0].apply_server_side_encryption_by_default[0].kms_master_key_id",
    ),
    (
        "aws_s3_bucket",
        "server_side_encryption_configuration.bucket_key_enabled",
        "server_side_encryption_configuration[0].rule[0].bucket_key_enabled",
    ),
    (
        "aws_s3_bucket",
        "object_lock_configuration.mode",
        "object_lock_configuration[0].rule[0].default_retention[0].mode",
    ),
    (
        "aws_s3_bucket",
        "object_lock_configuration.days",
        "object_lock_configuration[0].rule[0].default_retention[0].days",
    ),
    (
        "aws_s3_bucket",
        "object_lock_configuration.years",
        "object_lock_configuration[0].rule[0].default_retention[0].years",
    ),
];

/// Attributes that write the same thing in two ways: type, compared as, also written as. A configuration uses one of
/// them, the provider computes the other.
const TWO_NAMES: &[(&str, &str, &str)] = &[
    ("aws_s3_bucket", "grant", "acl"),
    ("aws_s3_bucket_website_configuration", "routing_rule", "routing_rules"),
];

/// Lists whose elements are compared by identity although their order means nothing; what else is compared by
/// identity without order is a set in the provider's schema.
const LISTS: &[&str] = &["lifecycle_rule"];

/// Blocks that the provider always writes into the state, also when everything in them has its default.
const ALWAYS_WRITTEN: &[&str] = &["versioning", "grpc_config"];

/// Whether a path is the other name of the attribute that changed.
pub(super) fn other_name(path: &AttributePath, change: &Change, instance: &Instance) -> bool {
    let [Step::Attribute(ignored)] = path.0.as_slice() else {
        return false;
    };
    let root = tokens(&change.path).into_iter().next();
    TWO_NAMES.iter().any(|(terraform_type, compared, written)| {
        *terraform_type == instance.terraform_type
            && written == ignored
            && matches!(&root, Some(Token::Name(name)) if name == compared)
    })
}

/// What changed, as Terraform would write it. More than one path where a whole block is reported of which Terraform
/// sees single attributes.
pub(super) fn spots(change: &Change, instance: &Instance) -> Vec<Vec<Spot>> {
    let flattened = FLATTENED
        .iter()
        .find(|(terraform_type, ours, _)| *terraform_type == instance.terraform_type && *ours == change.path);
    let path = flattened.map_or(change.path.as_str(), |(_, _, theirs)| theirs);
    let mut tokens = tokens(path);
    if let [Token::Name(name), Token::Key(key)] = tokens.as_slice()
        && name == "tags"
        && lost_default_tag(key, change, instance)
    {
        tokens[0] = Token::Name("tags_all".to_owned());
    }
    let shape = match kinds::of(&instance.terraform_type) {
        Some(kind) if flattened.is_none() => kind.shape(),
        _ => Block::default(),
    };
    let mut walk = Walk {
        spots: Vec::new(),
        open: None,
    };
    walk.block(&shape, Some(&instance.attributes), &tokens);
    match walk.open {
        Some(open) => members(change, &open)
            .into_iter()
            .map(|name| {
                let below = [Step::Index(0), Step::Attribute(name)];
                walk.spots.iter().cloned().chain(below.map(Spot::Step)).collect()
            })
            .collect(),
        None if walk.spots.is_empty() => Vec::new(),
        None => vec![walk.spots],
    }
}

/// A tag that only the provider's `default_tags` set: its loss shows in `tags_all` alone. A new value of it shows in
/// `tags`, since the provider's Read takes for a default tag only what has the default's value.
fn lost_default_tag(key: &str, change: &Change, instance: &Instance) -> bool {
    let holds = |name: &str| instance.attributes.get(name).and_then(|tags| tags.get(key)).is_some();
    change.live.is_null() && holds("tags_all") && !holds("tags")
}

/// The attributes that a whole block's change is made of.
fn members(change: &Change, block: &str) -> Vec<String> {
    let named = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .map(|m| m.keys().cloned().collect())
            .unwrap_or_default()
    };
    let mut all = named(&change.expected);
    all.extend(named(&change.live));
    if all.is_empty() {
        // A withheld value: no attribute of it is known, so only the block itself can be.
        all.push(block.to_owned());
    }
    all
}

struct Walk {
    spots: Vec<Spot>,
    /// The block that the path ends at, if it is one of those that are always written.
    open: Option<String>,
}

impl Walk {
    fn step(&mut self, step: Step) {
        self.spots.push(Spot::Step(step));
    }

    fn block(&mut self, block: &Block, source: Option<&Map<String, Value>>, tokens: &[Token]) {
        let Some((token, rest)) = tokens.split_first() else {
            return;
        };
        match token {
            Token::Name(name) => {
                self.step(Step::Attribute(name.clone()));
                let value = source.and_then(|source| source.get(name));
                match block.attributes.iter().find(|attribute| attribute.name == name) {
                    Some(attribute) => self.attribute(attribute, source, value, rest),
                    None => self.verbatim(rest),
                }
            }
            _ => self.verbatim(tokens),
        }
    }

    fn attribute(
        &mut self,
        attribute: &Attribute,
        source: Option<&Map<String, Value>>,
        value: Option<&Value>,
        rest: &[Token],
    ) {
        match (&attribute.shape, rest) {
            (Shape::Vanishing(_), []) if ALWAYS_WRITTEN.contains(&attribute.name) => {
                self.open = Some(attribute.name.to_owned());
            }
            (_, []) => {}
            (Shape::Single(of) | Shape::Vanishing(of), _) => {
                self.step(Step::Index(0));
                self.block(of, element(value, 0), rest);
            }
            (Shape::Ordered { of, .. } | Shape::Keyed { of, .. }, [Token::Key(key), below @ ..]) => {
                let list = matches!(attribute.shape, Shape::Ordered { .. }) || LISTS.contains(&attribute.name);
                let position = source
                    .filter(|_| list)
                    .and_then(|source| position(attribute, source, key));
                match position {
                    // An element that came or went has no place of its own: the others move up or down.
                    Some(position) if !below.is_empty() => {
                        self.step(Step::Index(position as u64));
                        self.block(of, element(value, position), below);
                    }
                    _ => self.spots.push(Spot::Element),
                }
            }
            (Shape::List(of), [Token::Index(index), below @ ..]) => {
                self.step(Step::Index(*index));
                let position = usize::try_from(*index).unwrap_or(usize::MAX);
                match of.as_ref() {
                    Shape::Object(of) => self.block(of, element(value, position), below),
                    _ => self.verbatim(below),
                }
            }
            _ => self.verbatim(rest),
        }
    }

    fn verbatim(&mut self, tokens: &[Token]) {
        for token in tokens {
            self.step(match token {
                Token::Name(name) => Step::Attribute(name.clone()),
                Token::Key(key) => Step::Key(key.clone()),
                Token::Index(index) => Step::Index(*index),
            });
        }
    }
}

/// Where the state has the element of that identity.
fn position(attribute: &Attribute, source: &Map<String, Value>, key: &str) -> Option<usize> {
    let alone = Block {
        attributes: vec![attribute.clone()],
    };
    let Node::Block(built) = canonical(&alone, source) else {
        return None;
    };
    match built.get(attribute.name)? {
        Node::Elements { elements, .. } => elements.iter().position(|(identity, _)| identity == key),
        _ => None,
    }
}

fn element(value: Option<&Value>, position: usize) -> Option<&Map<String, Value>> {
    value?.as_array()?.get(position)?.as_object()
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Key(String),
    Index(u64),
}

/// Takes a path apart, as far as it is one of Terraform's: below a policy other rules hold, and nothing of it can be
/// ignored apart from the whole.
fn tokens(path: &str) -> Vec<Token> {
    let mut all = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let Some(inside) = rest.strip_prefix('[') else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            if end == 0 {
                break;
            }
            all.push(Token::Name(rest[..end].to_owned()));
            rest = &rest[end..];
            continue;
        };
        let token = if inside.starts_with('"') {
            let mut strings = serde_json::Deserializer::from_str(inside).into_iter::<String>();
            let Some(Ok(key)) = strings.next() else { break };
            rest = inside.get(strings.byte_offset()..).unwrap_or_default();
            Token::Key(key)
        } else {
            let end = inside.find(']').unwrap_or(inside.len());
            let Ok(index) = inside[..end].parse() else { break };
            rest = &inside[end..];
            Token::Index(index)
        };
        let Some(after) = rest.strip_prefix(']') else { break };
        rest = after;
        all.push(token);
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        let name = |name: &str| Token::Name(name.to_owned());
        let key = |key: &str| Token::Key(key.to_owned());
        let cases = [
            ("comment", vec![name("comment")]),
            (
                r#"origin["a.b]"].origin_path"#,
                vec![name("origin"), key("a.b]"), name("origin_path")],
            ),
            (r#"tags["say \"hi\"\u00e9"]"#, vec![name("tags"), key("say \"hi\"é")]),
            ("routing_rule[12]", vec![name("routing_rule"), Token::Index(12)]),
            (
                "policy.Statement[Public].Condition.IpAddress.aws:SourceIp",
                vec![name("policy"), name("Statement")],
            ),
            ("", vec![]),
        ];
        for (path, expected) in cases {
            assert_eq!(tokens(path), expected, "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd_for_a_path(path in r#"[a-z."\[\]0-9\\é]{0,24}"#) {
            let _ = tokens(&path);
        }
    }
}
