//! `aws_s3_bucket`: existence, region, tags, and the settings that old providers kept inline.
//!
//! The inline attributes are recorded on every bucket, often before a split resource of the same apply changed the
//! setting. So a setting that some split resource owns is left to that one; what remains is compared with the record,
//! and a live setting that neither holds is unmanaged (`bucket_settings`).

use serde_json::{Map, Value};

use super::bucket_settings::{SETTINGS, Setting};
use super::{Identity, Kind, Live, bucket, required, tags, text};
use crate::canon::{Attribute, Block, Node, Shape, canonical};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::finding::{Category, Change, Finding, ResourceRef};
use crate::inventory::{Failure, Inventory};
use crate::plan::{BucketAspect, Read};

pub(super) struct S3Bucket;

impl Kind for S3Bucket {
    fn terraform_type(&self) -> &'static str {
        "aws_s3_bucket"
    }

    fn identity(&self, instance: &Instance, estate: &Estate) -> Result<Identity, Failure> {
        let name = bucket::name(instance);
        let name = if name.is_empty() {
            required(instance, "bucket")?
        } else {
            name
        };
        Ok(Identity {
            id: name.to_owned(),
            region: estate.bucket_region(name).map(str::to_owned),
        })
    }

    fn reads(&self, instance: &Instance, estate: &Estate) -> Vec<Read> {
        let name = bucket::name(instance);
        let read = |aspect| Read::Bucket {
            bucket: name.to_owned(),
            aspect,
        };
        let mut reads = vec![Read::Buckets];
        if tags::expected(instance).is_some() {
            reads.push(read(BucketAspect::Tags));
        }
        reads.extend(own_settings(name, estate).map(|setting| read(setting.aspect)));
        reads
    }

    fn shape(&self) -> Block {
        let mut shape = Block::new([("region", Shape::text()), ("tags", Shape::Map)]);
        for setting in SETTINGS {
            shape.attributes.push(Attribute {
                name: setting.attribute,
                shape: (setting.shape)(),
            });
        }
        shape
    }

    fn expected(&self, instance: &Instance, estate: &Estate, inventory: &Inventory) -> Map<String, Value> {
        let mut attributes = Map::new();
        // Provider 6 made `region` a selector and moved the fact to `bucket_region`.
        if let Some(region) = instance
            .attributes
            .get("bucket_region")
            .or(instance.attributes.get("region"))
            && !region.is_null()
        {
            attributes.insert("region".to_owned(), region.clone());
        }
        if let Some(all) = tags::expected(instance) {
            attributes.insert("tags".to_owned(), all);
        }
        let answers = inventory.bucket(bucket::name(instance));
        for setting in own_settings(bucket::name(instance), estate) {
            if let Some(recorded) = (setting.recorded)(instance, answers)
                && !blank(setting, &recorded)
            {
                attributes.insert(setting.attribute.to_owned(), recorded);
            }
        }
        attributes
    }

    fn live(&self, instance: &Instance, estate: &Estate, inventory: &Inventory) -> Live {
        let name = bucket::name(instance);
        match bucket::exists(inventory, name) {
            Ok(true) => {}
            Ok(false) => return Live::Gone(format!("the bucket {name} does not exist")),
            Err(failure) => return Live::Unknown(failure),
        }
        let answers = inventory.bucket(name);
        let (mut attributes, mut unknown) = (Map::new(), Vec::new());
        if let Some(region) = bucket::live_region(inventory, name) {
            attributes.insert("region".to_owned(), Value::from(region));
        }
        if tags::expected(instance).is_some() {
            match answers.tags.known() {
                Ok(found) => _ = attributes.insert("tags".to_owned(), found.map_or(Value::Null, tags::live)),
                Err(failure) => unknown.push(("tags", failure)),
            }
        }
        for setting in own_settings(name, estate) {
            match (setting.live)(answers) {
                Ok(live) => _ = attributes.insert(setting.attribute.to_owned(), live),
                Err(failure) => unknown.push((setting.attribute, failure)),
            }
        }
        Live::Found { attributes, unknown }
    }

    fn unmanaged(&self, estate: &Estate, inventory: &Inventory) -> Vec<Finding> {
        let mut found = Vec::new();
        for instance in estate
            .of_type("aws_s3_bucket")
            .filter(|instance| estate.is_ours(instance))
        {
            let name = bucket::name(instance);
            if !matches!(bucket::exists(inventory, name), Ok(true)) {
                continue;
            }
            let answers = inventory.bucket(name);
            for setting in own_settings(name, estate) {
                let recorded = (setting.recorded)(instance, answers).unwrap_or(Value::Null);
                let Ok(live) = (setting.live)(answers) else { continue };
                if blank(setting, &recorded) && !blank(setting, &live) {
                    found.push(unmanaged(estate, instance, setting, &live));
                }
            }
        }
        found
    }
}

/// The settings of a bucket that no split resource of any given state owns.
fn own_settings<'a>(bucket: &'a str, estate: &'a Estate) -> impl Iterator<Item = &'static Setting> + 'a {
    SETTINGS
        .iter()
        .filter(move |setting| !estate.owns_bucket_setting(setting.owner, bucket))
}

fn node(setting: &Setting, value: &Value) -> Node {
    let shape = Block {
        attributes: vec![Attribute {
            name: setting.attribute,
            shape: (setting.shape)(),
        }],
    };
    let source: Map<String, Value> = [(setting.attribute.to_owned(), value.clone())].into_iter().collect();
    match canonical(&shape, &source) {
        Node::Block(mut attributes) => attributes.remove(setting.attribute).unwrap_or(Node::Absent),
        other => other,
    }
}

fn blank(setting: &Setting, value: &Value) -> bool {
    node(setting, value).is_absent()
}

fn unmanaged(estate: &Estate, instance: &Instance, setting: &Setting, live: &Value) -> Finding {
    let name = bucket::name(instance);
    Finding {
        category: Category::Unmanaged,
        rule: setting.rule.into(),
        address: None,
        state: None,
        place: None,
        resource: ResourceRef {
            terraform_type: setting.owner.to_owned(),
            id: name.to_owned(),
            account: estate.account().map(str::to_owned),
            region: estate.bucket_region(name).map(str::to_owned),
        },
        aspect: None,
        title: format!(
            "{} on the managed bucket {name} that no given state holds",
            setting.what
        ),
        detail: format!(
            "{} records none, and no {} names this bucket{}.",
            text_or_address(instance),
            setting.owner,
            if setting.owner == "aws_s3_bucket_acl" {
                "; grants beyond the owner's are listed"
            } else {
                ""
            }
        ),
        changes: vec![Change {
            path: setting.attribute.to_owned(),
            expected: Value::Null,
            live: node(setting, live).shown(),
            sensitive: false,
            note: None,
            at_least: None,
        }],
        impact: Vec::new(),
        at_least: None,
    }
}

fn text_or_address(instance: &Instance) -> &str {
    if instance.address.is_empty() {
        text(instance, "id")
    } else {
        &instance.address
    }
}
