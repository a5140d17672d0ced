//! Reading comes in rounds, since an answer may bring up the next question: what a later round adds to an earlier one,
//! and what it need not ask again; and what an earlier look still tells where a later one failed.

use std::collections::BTreeMap;

use super::{Answer, BucketAnswers, Failure, Inventory};
use crate::plan::{BucketAspect, Read};

impl<T> Answer<T> {
    /// Whether the read was done, whatever it brought.
    pub fn is_read(&self) -> bool {
        !matches!(self, Answer::NotRead)
    }

    /// Keeps one of two answers to the same read.
    fn merge(&mut self, other: Answer<T>, rule: Rule) {
        let holds = match rule {
            Rule::Later => other.is_read(),
            Rule::Surer => self.certainty() < other.certainty(),
        };
        if holds {
            *self = other;
        }
    }

    /// Of answers of several accounts, of which one has the thing: what is found is there, and a failure leaves open what
    /// the others deny.
    fn certainty(&self) -> u8 {
        match self {
            Answer::Found(_) => 3,
            Answer::Failed(_) => 2,
            Answer::Absent => 1,
            Answer::NotRead => 0,
        }
    }

    /// In place of a failure, what an earlier look brought.
    fn recall(&mut self, earlier: Answer<T>) {
        if matches!(
            (&*self, &earlier),
            (Answer::Failed(_), Answer::Found(_) | Answer::Absent)
        ) {
            *self = earlier;
        }
    }
}

/// Which of two answers to one read holds.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// The later one, unless it is none: of two rounds of reading.
    Later,
    /// The surer one: of two accounts.
    Surer,
}

impl Inventory {
    /// Puts the answer of an earlier look in the place of every read that failed this time: what is known last of each
    /// thing. What nobody asked for this time is not taken over, since the thing may be gone.
    pub fn recall(&mut self, earlier: Inventory) {
        // Named one by one: a new field must not be forgotten.
        let Inventory {
            caller,
            buckets,
            bucket,
            account_public_access_block,
            objects,
            prefixes,
            certificate,
            distributions,
            distribution,
            distribution_tags,
            origin_access_control,
            origin_access_identity,
            origin_request_policy,
            continuous_deployment_policy,
            zones,
            zone,
            zone_tags,
            record_sets,
            health_check,
            accounts,
            bucket_accounts: _,
        } = earlier;
        self.caller.recall(caller);
        self.buckets.recall(buckets);
        for (name, answers) in bucket {
            self.bucket.entry(name).and_modify(|own| own.recall(answers));
        }
        self.account_public_access_block.recall(account_public_access_block);
        for (bucket, keys) in objects {
            self.objects.entry(bucket).and_modify(|own| recall(own, keys));
        }
        for (bucket, keys) in prefixes {
            self.prefixes.entry(bucket).and_modify(|own| recall(own, keys));
        }
        recall(&mut self.certificate, certificate);
        self.distributions.recall(distributions);
        recall(&mut self.distribution, distribution);
        recall(&mut self.distribution_tags, distribution_tags);
        recall(&mut self.origin_access_control, origin_access_control);
        recall(&mut self.origin_access_identity, origin_access_identity);
        recall(&mut self.origin_request_policy, origin_request_policy);
        recall(&mut self.continuous_deployment_policy, continuous_deployment_policy);
        self.zones.recall(zones);
        recall(&mut self.zone, zone);
        recall(&mut self.zone_tags, zone_tags);
        recall(&mut self.record_sets, record_sets);
        recall(&mut self.health_check, health_check);
        for (account, earlier) in accounts {
            match (self.accounts.get_mut(&account), earlier) {
                (Some(Answer::Found(own)), Answer::Found(earlier)) => own.recall(earlier),
                (Some(own), earlier) => own.recall(earlier),
                (None, _) => {}
            }
        }
    }

    /// Takes over every answer of `later`, in place of an earlier answer to the same read. What `later` did not read
    /// stays as it was.
    pub fn absorb(&mut self, later: Inventory) {
        self.merge(later, Rule::Later);
    }

    pub(super) fn merge(&mut self, later: Inventory, rule: Rule) {
        // Named one by one: a new field must not be forgotten.
        let Inventory {
            caller,
            buckets,
            bucket,
            account_public_access_block,
            objects,
            prefixes,
            certificate,
            distributions,
            distribution,
            distribution_tags,
            origin_access_control,
            origin_access_identity,
            origin_request_policy,
            continuous_deployment_policy,
            zones,
            zone,
            zone_tags,
            record_sets,
            health_check,
            accounts,
            bucket_accounts,
        } = later;
        self.caller.merge(caller, rule);
        self.buckets.merge(buckets, rule);
        for (name, answers) in bucket {
            self.bucket.entry(name).or_default().merge(answers, rule);
        }
        self.account_public_access_block
            .merge(account_public_access_block, rule);
        for (bucket, keys) in objects {
            merge(self.objects.entry(bucket).or_default(), keys, rule);
        }
        for (bucket, keys) in prefixes {
            merge(self.prefixes.entry(bucket).or_default(), keys, rule);
        }
        merge(&mut self.certificate, certificate, rule);
        self.distributions.merge(distributions, rule);
        merge(&mut self.distribution, distribution, rule);
        merge(&mut self.distribution_tags, distribution_tags, rule);
        merge(&mut self.origin_access_control, origin_access_control, rule);
        merge(&mut self.origin_access_identity, origin_access_identity, rule);
        merge(&mut self.origin_request_policy, origin_request_policy, rule);
        merge(
            &mut self.continuous_deployment_policy,
            continuous_deployment_policy,
            rule,
        );
        self.zones.merge(zones, rule);
        merge(&mut self.zone, zone, rule);
        merge(&mut self.zone_tags, zone_tags, rule);
        merge(&mut self.record_sets, record_sets, rule);
        merge(&mut self.health_check, health_check, rule);
        for (account, answer) in accounts {
            match (self.accounts.entry(account).or_default(), answer) {
                (Answer::Found(known), Answer::Found(later)) => known.merge(later, rule),
                (known, later) => known.merge(later, rule),
            }
        }
        self.bucket_accounts.extend(bucket_accounts);
    }

    /// Whether `read` was done, whatever it brought: a failure too is an answer, and not asked for a second time.
    pub fn holds(&self, read: &Read) -> bool {
        self.status(read) != Status::NotRead
    }

    /// Why `read` brought nothing, if it did not: because it failed, or because nobody did it.
    pub fn failure_of(&self, read: &Read) -> Option<Failure> {
        match self.status(read) {
            Status::Answered => None,
            Status::Failed(failure) => Some(failure),
            Status::NotRead => Some(Failure::not_read()),
        }
    }

    fn status(&self, read: &Read) -> Status {
        fn within<T>(answers: &BTreeMap<String, Answer<T>>, key: &str) -> Status {
            answers.get(key).map_or(Status::NotRead, Status::of)
        }
        match read {
            Read::Buckets => Status::of(&self.buckets),
            Read::Bucket { bucket, aspect } => self.bucket(bucket).status(*aspect),
            Read::Object { bucket, key } => Status::of(self.object(bucket, key)),
            Read::Prefix { bucket, prefix } => Status::of(&self.prefix(bucket, prefix)),
            Read::AccountPublicAccessBlock => self.public_access_blocks(),
            Read::Certificate(arn) => within(&self.certificate, arn),
            Read::Distributions => Status::of(&self.distributions),
            Read::Distribution(id) => within(&self.distribution, id),
            Read::DistributionTags(arn) => within(&self.distribution_tags, arn),
            Read::OriginAccessControl(id) => within(&self.origin_access_control, id),
            Read::OriginAccessIdentity(id) => within(&self.origin_access_identity, id),
            Read::OriginRequestPolicy(id) => within(&self.origin_request_policy, id),
            Read::ContinuousDeploymentPolicy(id) => within(&self.continuous_deployment_policy, id),
            Read::Zones => Status::of(&self.zones),
            Read::Zone(id) => within(&self.zone, id),
            Read::ZoneTags(id) => within(&self.zone_tags, id),
            Read::RecordSets(id) => within(&self.record_sets, id),
            Read::HealthCheck(id) => within(&self.health_check, id),
        }
    }
}

impl Inventory {
    /// Of one account; of all accounts as one ([`Inventory::whole`]), of every account whose buckets are known: one that
    /// was not asked leaves the read open.
    fn public_access_blocks(&self) -> Status {
        let is_whole = !self.bucket_accounts.is_empty();
        let others = self.others().filter(|one| is_whole && one.buckets.is_read());
        let mut status = Status::of(&self.account_public_access_block);
        for one in others {
            match (&status, Status::of(&one.account_public_access_block)) {
                (Status::NotRead, _) | (Status::Failed(_), Status::Answered) => {}
                (_, other) => status = other,
            }
        }
        status
    }
}

/// How a read went, whatever it is about.
#[derive(PartialEq)]
enum Status {
    NotRead,
    Answered,
    Failed(Failure),
}

impl Status {
    fn of<T>(answer: &Answer<T>) -> Status {
        match answer {
            Answer::NotRead => Status::NotRead,
            Answer::Failed(failure) => Status::Failed(failure.clone()),
            Answer::Found(_) | Answer::Absent => Status::Answered,
        }
    }
}

impl BucketAnswers {
    fn merge(&mut self, later: BucketAnswers, rule: Rule) {
        let BucketAnswers {
            head,
            tags,
            policy,
            public_access_block,
            ownership,
            acl,
            website,
            versioning,
            cors,
            lifecycle,
            logging,
            encryption,
            replication,
            acceleration,
            request_payer,
            object_lock,
        } = later;
        self.head.merge(head, rule);
        self.tags.merge(tags, rule);
        self.policy.merge(policy, rule);
        self.public_access_block.merge(public_access_block, rule);
        self.ownership.merge(ownership, rule);
        self.acl.merge(acl, rule);
        self.website.merge(website, rule);
        self.versioning.merge(versioning, rule);
        self.cors.merge(cors, rule);
        self.lifecycle.merge(lifecycle, rule);
        self.logging.merge(logging, rule);
        self.encryption.merge(encryption, rule);
        self.replication.merge(replication, rule);
        self.acceleration.merge(acceleration, rule);
        self.request_payer.merge(request_payer, rule);
        self.object_lock.merge(object_lock, rule);
    }

    fn recall(&mut self, earlier: BucketAnswers) {
        let BucketAnswers {
            head,
            tags,
            policy,
            public_access_block,
            ownership,
            acl,
            website,
            versioning,
            cors,
            lifecycle,
            logging,
            encryption,
            replication,
            acceleration,
            request_payer,
            object_lock,
        } = earlier;
        self.head.recall(head);
        self.tags.recall(tags);
        self.policy.recall(policy);
        self.public_access_block.recall(public_access_block);
        self.ownership.recall(ownership);
        self.acl.recall(acl);
        self.website.recall(website);
        self.versioning.recall(versioning);
        self.cors.recall(cors);
        self.lifecycle.recall(lifecycle);
        self.logging.recall(logging);
        self.encryption.recall(encryption);
        self.replication.recall(replication);
        self.acceleration.recall(acceleration);
        self.request_payer.recall(request_payer);
        self.object_lock.recall(object_lock);
    }

    fn status(&self, aspect: BucketAspect) -> Status {
        match aspect {
            BucketAspect::Tags => Status::of(&self.tags),
            BucketAspect::Policy => Status::of(&self.policy),
            BucketAspect::PublicAccessBlock => Status::of(&self.public_access_block),
            BucketAspect::Ownership => Status::of(&self.ownership),
            BucketAspect::Acl => Status::of(&self.acl),
            BucketAspect::Website => Status::of(&self.website),
            BucketAspect::Versioning => Status::of(&self.versioning),
            BucketAspect::Cors => Status::of(&self.cors),
            BucketAspect::Lifecycle => Status::of(&self.lifecycle),
            BucketAspect::Logging => Status::of(&self.logging),
            BucketAspect::Encryption => Status::of(&self.encryption),
            BucketAspect::Replication => Status::of(&self.replication),
            BucketAspect::Acceleration => Status::of(&self.acceleration),
            BucketAspect::RequestPayer => Status::of(&self.request_payer),
            BucketAspect::ObjectLock => Status::of(&self.object_lock),
        }
    }
}

fn merge<T>(earlier: &mut BTreeMap<String, Answer<T>>, later: BTreeMap<String, Answer<T>>, rule: Rule) {
    for (key, answer) in later {
        earlier.entry(key).or_default().merge(answer, rule);
    }
}

fn recall<T>(now: &mut BTreeMap<String, Answer<T>>, earlier: BTreeMap<String, Answer<T>>) {
    for (key, answer) in earlier {
        now.entry(key).and_modify(|own| own.recall(answer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Failure, Object, Reason};

    fn object(bucket: &str, key: &str) -> Read {
        Read::Object {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        }
    }

    fn keys<T>(answers: impl IntoIterator<Item = (&'static str, Answer<T>)>) -> BTreeMap<String, Answer<T>> {
        answers
            .into_iter()
            .map(|(key, answer)| (key.to_owned(), answer))
            .collect()
    }

    #[test]
    fn a_later_round_adds_and_leaves_the_rest_alone() {
        let mut earlier = Inventory {
            buckets: Answer::Found(vec![]),
            zones: Answer::Absent,
            ..Inventory::default()
        };
        earlier.bucket.insert(
            "site".to_owned(),
            BucketAnswers {
                policy: Answer::Found("{}".to_owned()),
                head: Answer::NotRead,
                ..BucketAnswers::default()
            },
        );
        earlier
            .objects
            .insert("site".to_owned(), keys([("index.html", Answer::Absent)]));
        let mut later = Inventory::default();
        later.bucket.insert(
            "site".to_owned(),
            BucketAnswers {
                head: Answer::Absent,
                ownership: Answer::Found("BucketOwnerEnforced".to_owned()),
                ..BucketAnswers::default()
            },
        );
        later.objects.insert(
            "site".to_owned(),
            keys([("404.html", Answer::Found(Object::default()))]),
        );
        later
            .prefixes
            .insert("logs".to_owned(), keys([("v1/", Answer::Found("v1/a".to_owned()))]));
        earlier.absorb(later);
        assert_eq!(earlier.buckets, Answer::Found(vec![]));
        assert_eq!(earlier.zones, Answer::Absent);
        let site = earlier.bucket("site");
        assert_eq!(site.policy, Answer::Found("{}".to_owned()));
        assert_eq!(site.head, Answer::Absent);
        assert_eq!(site.ownership, Answer::Found("BucketOwnerEnforced".to_owned()));
        assert_eq!(earlier.object("site", "index.html"), &Answer::Absent);
        assert_eq!(earlier.object("site", "404.html"), &Answer::Found(Object::default()));
        assert_eq!(earlier.prefix("logs", "v1/"), Answer::Found("v1/a"));
    }

    #[test]
    fn a_later_answer_to_the_same_read_holds_and_no_answer_does_not() {
        let found = || Answer::Found(vec![]);
        let mut inventory = Inventory {
            zones: Answer::Failed(Failure::new(Reason::Throttled, "route53:ListHostedZones", "")),
            distributions: Answer::Found(vec![]),
            ..Inventory::default()
        };
        inventory.absorb(Inventory {
            zones: found(),
            ..Inventory::default()
        });
        assert_eq!(inventory.zones, found());
        assert_eq!(inventory.distributions, Answer::Found(vec![]));
    }

    #[test]
    fn a_failure_recalls_what_was_known_and_nothing_else_does() {
        let failed = || Failure::new(Reason::Throttled, "", "");
        let zone = |id: &str| Answer::Found(BTreeMap::from([("id".to_owned(), id.to_owned())]));
        let mut now = Inventory {
            buckets: Answer::Failed(failed()),
            distributions: Answer::Found(vec![]),
            zones: Answer::Failed(failed()),
            zone_tags: keys([("failed", Answer::Failed(failed())), ("read", Answer::Absent)]),
            ..Inventory::default()
        };
        let policy = |policy: Answer<String>| BucketAnswers {
            policy,
            ..BucketAnswers::default()
        };
        now.bucket.insert("site".to_owned(), policy(Answer::Failed(failed())));
        let mut earlier = Inventory {
            buckets: Answer::Found(vec![]),
            distributions: Answer::Absent,
            zones: Answer::Failed(Failure::new(Reason::AccessDenied, "", "")),
            zone_tags: keys([("failed", zone("1")), ("read", zone("2")), ("gone", zone("3"))]),
            ..Inventory::default()
        };
        for bucket in ["site", "gone"] {
            let answers = policy(Answer::Found("{}".to_owned()));
            earlier.bucket.insert(bucket.to_owned(), answers);
        }
        now.recall(earlier);
        assert_eq!(now.buckets, Answer::Found(vec![]));
        assert_eq!(now.distributions, Answer::Found(vec![]));
        assert_eq!(now.zones, Answer::Failed(failed()), "a failure is nothing to recall");
        assert_eq!(now.zone_tags, keys([("failed", zone("1")), ("read", Answer::Absent)]));
        assert_eq!(now.bucket("site").policy, Answer::Found("{}".to_owned()));
        assert!(!now.bucket.contains_key("gone"));
    }

    #[test]
    fn what_was_asked_is_held_whatever_it_brought() {
        let aspect = |aspect| Read::Bucket {
            bucket: "site".to_owned(),
            aspect,
        };
        let mut inventory = Inventory::default();
        for read in [
            Read::Buckets,
            aspect(BucketAspect::Policy),
            object("site", "index.html"),
            Read::AccountPublicAccessBlock,
            Read::Certificate("arn".to_owned()),
            Read::Distributions,
        ] {
            assert!(!inventory.holds(&read), "{read:?}");
        }
        let failure = || Failure::new(Reason::AccessDenied, "s3:GetBucketPolicy", "no");
        inventory.bucket.insert(
            "site".to_owned(),
            BucketAnswers {
                policy: Answer::Failed(failure()),
                ..BucketAnswers::default()
            },
        );
        inventory
            .objects
            .insert("site".to_owned(), keys([("index.html", Answer::Absent)]));
        inventory.distributions = Answer::Failed(failure());
        assert!(inventory.holds(&aspect(BucketAspect::Policy)));
        assert!(!inventory.holds(&aspect(BucketAspect::Tags)));
        assert!(inventory.holds(&object("site", "index.html")));
        assert!(!inventory.holds(&object("site", "other.html")));
        assert!(!inventory.holds(&object("other", "index.html")));
        assert!(inventory.holds(&Read::Distributions));
    }

    #[test]
    fn an_object_that_was_found_answers_for_every_prefix_above_it() {
        let mut inventory = Inventory::default();
        let prefix = |prefix: &str| Read::Prefix {
            bucket: "site".to_owned(),
            prefix: prefix.to_owned(),
        };
        let objects = [
            ("v1/404.html", Answer::Absent),
            ("v1/index.html", Answer::Found(Object::default())),
            ("v2/index.html", Answer::Absent),
        ];
        inventory.objects.insert("site".to_owned(), keys(objects));
        for above in ["", "v1/", "v1"] {
            assert_eq!(
                inventory.prefix("site", above),
                Answer::Found("v1/index.html"),
                "{above:?}"
            );
            assert!(inventory.holds(&prefix(above)), "{above:?}");
        }
        for other in ["v2/", "v1/index.html/", "x"] {
            assert_eq!(inventory.prefix("site", other), Answer::NotRead, "{other:?}");
            assert!(!inventory.holds(&prefix(other)), "{other:?}");
        }
        // A listing says more than one object does, and less than one that was seen.
        let listed = [
            ("", Answer::Found("404.html".to_owned())),
            (
                "v1/",
                Answer::Failed(Failure::new(Reason::AccessDenied, "s3:ListObjectsV2", "")),
            ),
            ("v2/", Answer::Absent),
        ];
        inventory.prefixes.insert("site".to_owned(), keys(listed));
        assert_eq!(inventory.prefix("site", ""), Answer::Found("404.html"));
        assert_eq!(inventory.prefix("site", "v1/"), Answer::Found("v1/index.html"));
        assert_eq!(inventory.prefix("site", "v2/"), Answer::Absent);
    }
}
