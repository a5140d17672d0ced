//! Website endpoints: redirects, index and error documents, routing rules.

use crate::finding::Severity;
use crate::iam::request::{Caller, Scope};
use crate::inventory::{Object, RoutingRule, Website};
use crate::plan::{BucketAspect, Read};
use crate::rules;
use crate::serving::dns::Target;
use crate::serving::trace::{Station, Touched, Visitor};

use super::access::{Access, Question};
use super::bucket::{BUCKET, Standing};
use super::distribution::DISTRIBUTION;
use super::object::decode;
use super::origin::Place;
use super::records::{Ways, pending};
use super::step::{Draft, broken, touched};
use super::{Asked, Reply, Walker};

const WEBSITE: &str = "aws_s3_bucket_website_configuration";

/// A website endpoint that is asked for a path.
struct Site<'q> {
    question: Question<'q>,
    bucket: String,
    /// With the origin path, beginning with `/`.
    path: String,
    /// What leads to the endpoint.
    at: Touched,
    /// The origin path, `""` or ending in `/`.
    root: String,
}

impl<'a> Walker<'a> {
    /// A website endpoint behind CloudFront.
    pub(super) fn website_origin(&mut self, place: &Place<'_, 'a>) -> Reply {
        let root = if place.prefix.is_empty() {
            String::new()
        } else {
            format!("{}/", place.prefix)
        };
        let question = Question {
            bucket: &place.bucket,
            partition: place.domain.partition.unwrap_or(self.partition()),
            caller: &place.caller,
            website: true,
            through: Some((place.request.behaviour, place.origin)),
        };
        let path = format!("/{root}{}", place.request.path.trim_start_matches('/'));
        let at = touched(DISTRIBUTION, place.request.distribution.id.clone());
        self.site(Site {
            question,
            bucket: place.bucket.clone(),
            path,
            at,
            root,
        })
    }

    /// Hosts whose records lead straight to S3. S3 takes the bucket from the Host header.
    pub(super) fn s3_endpoints(&mut self, ways: &Ways) -> Vec<Visitor> {
        let mut visitors = Vec::new();
        let mut done = false;
        for (target, record) in &ways.targets {
            let (region, website) = match target {
                Target::S3Website { region, .. } => (region, true),
                Target::S3Rest { region, .. } => (region, false),
                _ => continue,
            };
            // Both address types of one endpoint are one way.
            if std::mem::replace(&mut done, true) {
                continue;
            }
            visitors.push(self.named_like_host(record, region.as_deref(), website));
        }
        visitors
    }

    fn named_like_host(&mut self, record: &Touched, region: Option<&str>, website: bool) -> Visitor {
        let bucket = self.host.clone();
        let draft = Draft::new(Station::Bucket, format!("bucket {bucket}"))
            .touches(BUCKET, bucket.clone())
            .evidence("S3 takes the bucket from the host name");
        match self.standing(&bucket) {
            Standing::Pending => return pending(),
            Standing::Unknown(why) => {
                self.doubt(draft, format!("whether it exists could not be read: {why}"));
                return Visitor::Unknown { why };
            }
            Standing::Missing => {
                let title = format!("{bucket} leads to S3, and there is no bucket of that name");
                let detail = "Visitors get 404 NoSuchBucket, and whoever creates the bucket serves under this host. Create the bucket (its name must be the host's) or remove the record.";
                self.fault(
                    draft,
                    broken(
                        rules::TAKEOVER_POSSIBLE,
                        Severity::Critical,
                        record.clone(),
                        title,
                        detail,
                    ),
                );
                return Visitor::Error {
                    status: 404,
                    why: "NoSuchBucket".to_owned(),
                };
            }
            Standing::Foreign(_) if self.is_declared_elsewhere(&bucket) => {
                let why = "its bucket lives in an account that these credentials are not of";
                self.doubt(draft, why);
                return Visitor::Unknown { why: why.to_owned() };
            }
            Standing::Foreign(_) => {
                let title = format!("{bucket} is served from a bucket of another account");
                let detail = format!(
                    "The bucket named like the host is not {}: its owner decides what visitors get. Remove the record, or get the bucket back.",
                    self.of_account()
                );
                let fault = broken(
                    rules::HOST_SERVED_FROM_FOREIGN_BUCKET,
                    Severity::Critical,
                    record.clone(),
                    title,
                    detail,
                );
                self.fault(draft, fault);
                return Visitor::Unknown {
                    why: "another account's bucket".to_owned(),
                };
            }
            Standing::Ours(own) => {
                if let (Some(own), Some(named)) = (&own, region)
                    && own != named
                {
                    let title = format!("{bucket} leads to S3 in {named}, its bucket is in {own}");
                    let detail = format!("S3 answers with an error. Point the record at the endpoint of {own}.");
                    self.fault(
                        draft,
                        broken(
                            rules::ORIGIN_REGION_WRONG,
                            Severity::High,
                            record.clone(),
                            title,
                            detail,
                        ),
                    );
                    return Visitor::Error {
                        status: 404,
                        why: "the bucket is in another region".to_owned(),
                    };
                }
                self.good(draft.evidence(self.of_its_account(&bucket)));
            }
            Standing::Undeclared => self.good(draft.evidence("not declared")),
        }
        self.served_from.insert((bucket.clone(), String::new()));
        let question = Question {
            bucket: &bucket,
            partition: self.partition(),
            caller: &Caller::Anonymous,
            website,
            through: None,
        };
        let path = self.path.clone();
        let reply = match website {
            true => self.site(Site {
                question,
                bucket: bucket.clone(),
                path,
                at: record.clone(),
                root: String::new(),
            }),
            false => {
                let key = decode(path.trim_start_matches('/'));
                self.file(&question, &key, None).unwrap_or(Reply::Status {
                    code: 404,
                    why: format!("no object {key}"),
                })
            }
        };
        self.straight(reply)
    }

    fn site(&mut self, site: Site<'_>) -> Reply {
        let bucket = site.bucket.clone();
        let answers = self.inventory.bucket(&bucket);
        let read = || Read::Bucket {
            bucket: bucket.clone(),
            aspect: BucketAspect::Website,
        };
        let draft = Draft::new(Station::Object, format!("website of bucket {bucket}")).touches(WEBSITE, bucket.clone());
        let website = match self.ask(&answers.website, read) {
            Asked::Found(website) => website,
            Asked::Pending => return Reply::Pending,
            Asked::Undeclared => {
                return Reply::Unknown {
                    why: "the state declares no website configuration".to_owned(),
                };
            }
            Asked::Failed(why) => {
                self.doubt(draft, format!("the website configuration could not be read: {why}"));
                return Reply::Unknown { why };
            }
            Asked::Absent => {
                let title = format!(
                    "bucket {bucket} has no website configuration, and {} asks its website endpoint",
                    self.host
                );
                let detail = "Visitors get 404 NoSuchWebsiteConfiguration. Give the bucket a website configuration.";
                self.fault(
                    draft,
                    broken(
                        rules::WEBSITE_NOT_CONFIGURED,
                        Severity::Critical,
                        touched(WEBSITE, bucket),
                        title,
                        detail,
                    ),
                );
                return Reply::Status {
                    code: 404,
                    why: "NoSuchWebsiteConfiguration".to_owned(),
                };
            }
        };
        if let Some(all) = &website.redirect_all_requests_to {
            let protocol = all.protocol.as_deref().unwrap_or("http");
            let to = format!("{protocol}://{}{}", all.host_name, site.path);
            self.good(draft.evidence(format!("redirects all requests to {}", all.host_name)));
            return Reply::Redirect { status: 301, to };
        }
        let key = decode(site.path.trim_start_matches('/'));
        if let Some(rule) = website.routing_rules.iter().find(|rule| before(rule, &key)) {
            self.good(draft.evidence(format!("a routing rule takes {key}")));
            return self.routed(rule, &key);
        }
        let Some(index) = website.index_document.as_deref() else {
            self.doubt(draft, "the website has neither an index document nor a redirect");
            return Reply::Unknown {
                why: "no index document".to_owned(),
            };
        };
        self.good(draft.evidence(format!("index document {index}")));
        let asked = if key.is_empty() || key.ends_with('/') {
            format!("{key}{index}")
        } else {
            key.clone()
        };
        if let Some(reply) = self.file(&site.question, &asked, Some(website)) {
            return reply;
        }
        self.not_found(&site, website, &asked)
    }

    /// An object by the website or REST endpoint, asked anonymously; `None` where the key is proven not to be there.
    fn file(&mut self, question: &Question<'_>, key: &str, website: Option<&Website>) -> Option<Reply> {
        let bucket = question.bucket.to_owned();
        let (access, gates) = self.access(question, Scope::Key(key.to_owned()));
        let open = match access {
            Access::Pending => return Some(Reply::Pending),
            Access::Denied(why) => return Some(Reply::Status { code: 403, why }),
            Access::Open(why) => Some(why),
            Access::Allowed | Access::Undeclared => None,
        };
        self.objects.insert((bucket.clone(), key.to_owned()));
        let inventory = self.inventory;
        let draft = Draft::new(Station::Object, format!("s3://{bucket}/{key}")).touches(BUCKET, bucket.clone());
        let read = || Read::Object {
            bucket: bucket.clone(),
            key: key.to_owned(),
        };
        let object: &Object = match self.ask(inventory.object(&bucket, key), read) {
            Asked::Pending => return Some(Reply::Pending),
            Asked::Absent => return None,
            Asked::Undeclared => {
                self.good(draft.evidence("the state declares no such object"));
                return Some(Reply::Object {
                    bucket,
                    key: key.to_owned(),
                });
            }
            Asked::Failed(why) => {
                self.doubt(draft, format!("whether the object exists could not be read: {why}"));
                return Some(Reply::Unknown { why });
            }
            Asked::Found(object) => object,
        };
        self.good(draft.evidence("exists"));
        if let Some(gates) = gates
            && !object.listed_only
            && let Some((draft, fault, why)) = self.readable(question, gates, key, object)
        {
            self.fault(draft, fault);
            return Some(Reply::Status { code: 403, why });
        }
        if let (Some(to), Some(_)) = (&object.redirect_location, website) {
            let to = if to.starts_with('/') {
                format!("http://{}{to}", self.host)
            } else {
                to.clone()
            };
            return Some(Reply::Redirect { status: 301, to });
        }
        Some(match open {
            Some(why) => Reply::Unknown { why },
            None => Reply::Object {
                bucket,
                key: key.to_owned(),
            },
        })
    }

    /// The website endpoint has no such key.
    fn not_found(&mut self, site: &Site<'_>, website: &Website, key: &str) -> Reply {
        let after = |rule: &&RoutingRule| {
            let prefix = rule.key_prefix_equals.as_deref().unwrap_or_default();
            rule.http_error_code_returned_equals.as_deref() == Some("404") && key.starts_with(prefix)
        };
        if let Some(rule) = website.routing_rules.iter().find(after) {
            return self.routed(rule, key);
        }
        let bucket = &site.bucket;
        let why = format!("s3://{bucket}/{key} does not exist");
        let draft = Draft::new(Station::Object, format!("s3://{bucket}/{key}")).touches(BUCKET, bucket.clone());
        match self.prefix(bucket, &site.root) {
            Asked::Pending => return Reply::Pending,
            Asked::Absent => {
                let title = match site.root.as_str() {
                    "" => format!("bucket {bucket} is empty"),
                    root => format!("nothing is stored under {root} in bucket {bucket}"),
                };
                let detail = format!(
                    "{} is served from there: every page answers 404. Deploy into it.",
                    self.host
                );
                self.fault(
                    draft,
                    broken(
                        rules::ORIGIN_PATH_EMPTY,
                        Severity::Critical,
                        site.at.clone(),
                        title,
                        detail,
                    ),
                );
                return Reply::Status { code: 404, why };
            }
            Asked::Found(_) | Asked::Undeclared | Asked::Failed(_) => {}
        }
        let (rule, severity) = match self.path.as_str() {
            "/" => (rules::ROOT_OBJECT_MISSING, Severity::Critical),
            _ => (rules::OBJECT_MISSING, Severity::High),
        };
        let title = format!("{key} does not exist in bucket {bucket}");
        let detail = format!("http://{}{} answers 404. Upload the object.", self.host, self.path);
        self.fault(draft, broken(rule, severity, site.at.clone(), title, detail));
        Reply::Status { code: 404, why }
    }

    fn routed(&self, rule: &RoutingRule, key: &str) -> Reply {
        let status = rule
            .http_redirect_code
            .as_deref()
            .and_then(|code| code.parse().ok())
            .unwrap_or(301);
        let protocol = rule.protocol.as_deref().unwrap_or("http");
        let host = rule.host_name.as_deref().unwrap_or(&self.host);
        let prefix = rule.key_prefix_equals.as_deref().unwrap_or_default();
        let key = match (&rule.replace_key_with, &rule.replace_key_prefix_with) {
            (Some(whole), _) => whole.clone(),
            (None, Some(start)) => format!("{start}{}", key.strip_prefix(prefix).unwrap_or(key)),
            (None, None) => key.to_owned(),
        };
        Reply::Redirect {
            status,
            to: format!("{protocol}://{host}/{key}"),
        }
    }
}

/// Whether a rule takes the key before it is looked for.
fn before(rule: &RoutingRule, key: &str) -> bool {
    let prefix = rule.key_prefix_equals.as_deref();
    rule.http_error_code_returned_equals.is_none() && prefix.is_none_or(|prefix| key.starts_with(prefix))
}
