//! Buckets: `aws_s3_bucket` with the settings it keeps inline, and the split resources that own a setting where there
//! is one (provider 4 and later). What the absence of a declaration means stands with each setting.

use std::collections::{BTreeMap, BTreeSet};

use super::attributes::Attributes;
use super::website;
use crate::estate::Estate;
use crate::expected::Instance;
use crate::inventory::{
    Answer, BucketAnswers, BucketHead, BucketSummary, EncryptionRule, Failure, Inventory, PublicAccessBlock, Reason,
    Versioning,
};

const BUCKET: &str = "aws_s3_bucket";
const POLICY: &str = "aws_s3_bucket_policy";
const PUBLIC_ACCESS_BLOCK: &str = "aws_s3_bucket_public_access_block";
const OWNERSHIP: &str = "aws_s3_bucket_ownership_controls";
const WEBSITE: &str = "aws_s3_bucket_website_configuration";
const ENCRYPTION: &str = "aws_s3_bucket_server_side_encryption_configuration";
const VERSIONING: &str = "aws_s3_bucket_versioning";
const REQUEST_PAYMENT: &str = "aws_s3_bucket_request_payment_configuration";
const TYPES: [&str; 8] = [
    BUCKET,
    POLICY,
    PUBLIC_ACCESS_BLOCK,
    OWNERSHIP,
    WEBSITE,
    ENCRYPTION,
    VERSIONING,
    REQUEST_PAYMENT,
];

/// The instances of each type, by the bucket they are about.
struct Declarations<'a>(BTreeMap<(&'static str, String), Vec<&'a Instance>>);

impl<'a> Declarations<'a> {
    fn of(estate: &Estate<'a>) -> Self {
        let mut all: BTreeMap<(&'static str, String), Vec<&'a Instance>> = BTreeMap::new();
        for kind in TYPES {
            for instance in estate.of_type(kind) {
                if let Some(bucket) = name(instance) {
                    all.entry((kind, bucket)).or_default().push(instance);
                }
            }
        }
        Self(all)
    }

    fn get(&self, kind: &'static str, bucket: &str) -> &[&'a Instance] {
        self.0.get(&(kind, bucket.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// What the split resources of a type declare for a bucket; nothing where there is none.
    fn split<T: PartialEq>(
        &self,
        kind: &'static str,
        bucket: &str,
        read: impl Fn(Attributes) -> Answer<T>,
    ) -> Option<Answer<T>> {
        agreed(self.get(kind, bucket), read)
    }
}

/// The bucket that an instance is or belongs to. Ids of split resources are `bucket` or `bucket,owner`.
pub(super) fn name(instance: &Instance) -> Option<String> {
    let id = || instance.text("id")?.split(',').next().filter(|name| !name.is_empty());
    instance.text("bucket").or_else(id).map(str::to_owned)
}

/// One reading of several declarations of one thing: two that differ fight over it, and nothing tells who won last.
fn agreed<T: PartialEq>(instances: &[&Instance], read: impl Fn(Attributes) -> Answer<T>) -> Option<Answer<T>> {
    let (first, others) = instances.split_first()?;
    let answer = read(Attributes::of(first));
    match others.iter().find(|other| read(Attributes::of(other)) != answer) {
        None => Some(answer),
        Some(other) => {
            let detail = format!(
                "declared twice and differently, by {} and {}",
                place_of(first, other),
                place_of(other, first)
            );
            Some(Answer::Failed(Failure::new(Reason::Unreadable, "", detail)))
        }
    }
}

/// The address, with its state where the other one's address is the same.
fn place_of(instance: &Instance, other: &Instance) -> String {
    if instance.address == other.address {
        format!("{} in {}", instance.address, instance.state)
    } else {
        instance.address.clone()
    }
}

pub(super) fn fill(estate: &Estate, inventory: &mut Inventory) {
    let declarations = Declarations::of(estate);
    let names: BTreeSet<&str> = declarations.0.keys().map(|(_, bucket)| bucket.as_str()).collect();
    let mut summaries = Vec::new();
    for bucket in names {
        let region = estate.bucket_region(bucket).map(str::to_owned);
        if !declarations.get(BUCKET, bucket).is_empty() {
            summaries.push(BucketSummary {
                name: bucket.to_owned(),
                region: region.clone(),
                created: None,
            });
        }
        let home = declarations
            .get(BUCKET, bucket)
            .first()
            .copied()
            .and_then(|one| estate.account_of(one));
        if let Some(home) = home {
            inventory.bucket_accounts.insert(bucket.to_owned(), home.to_owned());
        }
        inventory
            .bucket
            .insert(bucket.to_owned(), answers(&declarations, bucket, region));
    }
    inventory.buckets = Answer::Found(summaries);
    inventory.account_public_access_block = account_public_access_block(estate, inventory);
}

fn answers(declarations: &Declarations, bucket: &str, region: Option<String>) -> BucketAnswers {
    let mut answers = match declarations.get(BUCKET, bucket).first() {
        Some(instance) => BucketAnswers {
            head: Answer::Found(BucketHead { region }),
            ..inline(instance)
        },
        None => BucketAnswers::NOT_READ,
    };
    if let Some(policy) = declarations.split(POLICY, bucket, policy) {
        answers.policy = policy;
    }
    if let Some(block) = declarations.split(PUBLIC_ACCESS_BLOCK, bucket, |a| Answer::Found(switches(a))) {
        answers.public_access_block = block;
    }
    if let Some(ownership) = declarations.split(OWNERSHIP, bucket, ownership) {
        answers.ownership = ownership;
    }
    if let Some(website) = declarations.split(WEBSITE, bucket, website::split) {
        answers.website = website;
    }
    if let Some(encryption) = declarations.split(ENCRYPTION, bucket, |a| Answer::Found(encryption_rules(a))) {
        answers.encryption = encryption;
    }
    if let Some(versioning) = declarations.split(VERSIONING, bucket, |a| Answer::Found(split_versioning(a))) {
        answers.versioning = versioning;
    }
    if let Some(payer) = declarations.split(REQUEST_PAYMENT, bucket, payer) {
        answers.request_payer = payer;
    }
    answers
}

/// What `aws_s3_bucket` itself tells. A setting that it could hold and does not hold is declared absent (or, where S3
/// gives every bucket one, the one that S3 gives). Public access block and ownership controls have no inline form:
/// without a resource of theirs nobody declared them, and S3's defaults depend on when the bucket was made.
fn inline(instance: &Instance) -> BucketAnswers {
    let attributes = Attributes::of(instance);
    BucketAnswers {
        tags: match attributes.tags() {
            Some(tags) if tags.is_empty() => Answer::Absent,
            Some(tags) => Answer::Found(tags),
            None => Answer::NotRead,
        },
        policy: policy(attributes),
        website: website::inline(attributes),
        encryption: Answer::Found(inline_encryption(attributes)),
        versioning: Answer::Found(inline_versioning(attributes)),
        request_payer: payer(attributes),
        ..BucketAnswers::NOT_READ
    }
}

/// Nothing and `{}` are no policy (provider 5.46).
fn policy(attributes: Attributes) -> Answer<String> {
    match attributes.text("policy") {
        Some(text) if !matches!(text.trim(), "" | "{}") => Answer::Found(text),
        _ => Answer::Absent,
    }
}

fn switches(attributes: Attributes) -> PublicAccessBlock {
    PublicAccessBlock {
        block_public_acls: attributes.flag("block_public_acls"),
        block_public_policy: attributes.flag("block_public_policy"),
        ignore_public_acls: attributes.flag("ignore_public_acls"),
        restrict_public_buckets: attributes.flag("restrict_public_buckets"),
    }
}

fn ownership(attributes: Attributes) -> Answer<String> {
    let rule = attributes.block("rule").and_then(|rule| rule.text("object_ownership"));
    rule.map_or(Answer::Absent, Answer::Found)
}

/// The split resource and the inline block hold the same rules.
fn encryption_rules(attributes: Attributes) -> Vec<EncryptionRule> {
    attributes
        .blocks("rule")
        .map(|rule| {
            let default = rule.block("apply_server_side_encryption_by_default");
            EncryptionRule {
                sse_algorithm: default.map(|d| d.text_or_empty("sse_algorithm")).unwrap_or_default(),
                kms_master_key_id: default.and_then(|d| d.text("kms_master_key_id")),
                bucket_key_enabled: rule.flag("bucket_key_enabled"),
            }
        })
        .collect()
}

/// Without a declaration a bucket has what S3 gives every bucket since January 2023: AES256 without a key.
fn inline_encryption(attributes: Attributes) -> Vec<EncryptionRule> {
    let declared = attributes
        .block("server_side_encryption_configuration")
        .map(encryption_rules);
    match declared {
        Some(rules) if !rules.is_empty() => rules,
        _ => vec![EncryptionRule {
            sse_algorithm: "AES256".to_owned(),
            kms_master_key_id: None,
            bucket_key_enabled: false,
        }],
    }
}

/// `Disabled` is the provider's word for a bucket that was never versioned; the API says nothing then.
fn split_versioning(attributes: Attributes) -> Versioning {
    let block = attributes.block("versioning_configuration");
    let set = |name: &str| block.and_then(|b| b.text(name)).filter(|value| value != "Disabled");
    Versioning {
        status: set("status"),
        mfa_delete: set("mfa_delete"),
    }
}

/// The inline block cannot tell a bucket whose versioning was suspended from one that never had it.
fn inline_versioning(attributes: Attributes) -> Versioning {
    let block = attributes.block("versioning");
    let on = |name: &str| block.is_some_and(|b| b.flag(name)).then(|| "Enabled".to_owned());
    Versioning {
        status: on("enabled"),
        mfa_delete: on("mfa_delete"),
    }
}

/// The owner pays unless somebody says otherwise. The split resource says `payer`, the inline form `request_payer`.
fn payer(attributes: Attributes) -> Answer<String> {
    let declared = attributes.text("payer").or(attributes.text("request_payer"));
    Answer::Found(declared.unwrap_or_else(|| "BucketOwner".to_owned()))
}

/// Of the account that the inventory is of; of any, if there is only one and the account is not known.
fn account_public_access_block(estate: &Estate, inventory: &Inventory) -> Answer<PublicAccessBlock> {
    let account = |instance: &Instance| instance.text("account_id").or(instance.text("id")).map(str::to_owned);
    let all: Vec<&Instance> = estate.of_type("aws_s3_account_public_access_block").collect();
    let ours: Vec<&Instance> = match inventory.caller.found() {
        Some(caller) => all
            .into_iter()
            .filter(|i| account(i).is_none_or(|id| id == caller.account))
            .collect(),
        None => all,
    };
    agreed(&ours, |attributes| Answer::Found(switches(attributes))).unwrap_or_default()
}
