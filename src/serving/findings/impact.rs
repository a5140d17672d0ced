//! Which hosts a drifted resource matters to, and how much.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Category, Finding, Severity};
use crate::rules;
use crate::serving::declared::Addresses;
use crate::serving::trace::{Touched, Trace, Visitor};

use super::Pair;

/// What a drifted attribute has to do with what visitors get.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Nothing.
    None,
    /// It takes part: how it matters shows in the path alone.
    Part,
    /// It decides what is served.
    Content,
    /// It decides who is served, in a way that the path does not show.
    Gate,
}

/// Gives drift findings the hosts on whose path, live or declared, they lie, and the severity of what they do to them.
/// Drift that no host feels stays as it is.
pub fn impact(found: &mut [Finding], pairs: &[Pair], addresses: &Addresses) {
    let index = Touches::of(pairs, addresses);
    for finding in found.iter_mut().filter(|finding| finding.category == Category::Drift) {
        let weights = Weights::of(finding);
        if weights.whole == Weight::None {
            continue;
        }
        let mut hosts: BTreeSet<String> = finding.impact.iter().cloned().collect();
        for pair in index.by(finding) {
            hosts.insert(pair.live.host.clone());
            let of_changes: Vec<_> = weights
                .changes
                .iter()
                .map(|weight| suffered(pair, finding, *weight, addresses))
                .collect();
            finding.at_least = finding.at_least.max(suffered(pair, finding, weights.whole, addresses));
            for (change, worst) in finding.changes.iter_mut().zip(of_changes) {
                change.at_least = change.at_least.max(worst);
            }
        }
        finding.impact = hosts.into_iter().collect();
    }
}

/// Which hosts' paths lead over a thing, by its id and by the addresses that stand for it; in the pairs' order.
struct Touches<'a> {
    pairs: &'a [Pair],
    by_id: BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<usize>>>,
    by_address: BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<usize>>>,
}

impl<'a> Touches<'a> {
    fn of(pairs: &'a [Pair], addresses: &'a Addresses) -> Touches<'a> {
        let mut index = Touches {
            pairs,
            by_id: BTreeMap::new(),
            by_address: BTreeMap::new(),
        };
        for (place, pair) in pairs.iter().enumerate() {
            for one in pair.live.touched().chain(pair.state.touched()) {
                let kind = one.terraform_type;
                index
                    .by_id
                    .entry(kind)
                    .or_default()
                    .entry(&one.id)
                    .or_default()
                    .insert(place);
                let by_address = index.by_address.entry(kind).or_default();
                for address in addresses.all(kind, &one.id) {
                    by_address.entry(address).or_default().insert(place);
                }
            }
        }
        index
    }

    /// The pairs on whose path, live or declared, the finding's resource lies.
    fn by(&self, finding: &Finding) -> impl Iterator<Item = &'a Pair> + use<'a> {
        let kind = finding.resource.terraform_type.as_str();
        let by_id = self
            .by_id
            .get(kind)
            .and_then(|ids| ids.get(finding.resource.id.as_str()));
        let address = finding.address.as_deref();
        let by_address = self
            .by_address
            .get(kind)
            .zip(address)
            .and_then(|(all, own)| all.get(own));
        let places: BTreeSet<usize> = by_id.into_iter().chain(by_address).flatten().copied().collect();
        let pairs = self.pairs;
        places.into_iter().filter_map(move |place| pairs.get(place))
    }
}

/// What a finding, and each of its changes alone, has to do with what visitors get.
struct Weights {
    whole: Weight,
    changes: Vec<Weight>,
}

impl Weights {
    fn of(finding: &Finding) -> Weights {
        let kind = finding.resource.terraform_type.as_str();
        let changes: Vec<Weight> = match &*finding.rule {
            rules::RESOURCE_CHANGED | rules::PRINCIPAL_UNRESOLVED | rules::CHANGED_SINCE_SNAPSHOT => {
                finding.changes.iter().map(|change| of(kind, &change.path)).collect()
            }
            _ => vec![Weight::None; finding.changes.len()],
        };
        let whole = match &*finding.rule {
            rules::RESOURCE_MISSING | rules::GONE_SINCE_SNAPSHOT if kind != "aws_s3_bucket_versioning" => {
                Weight::Content
            }
            _ => changes.iter().copied().max().unwrap_or(Weight::None),
        };
        Weights { whole, changes }
    }
}

/// Whether a thing on the path is what the finding is about.
fn is(touched: &Touched, finding: &Finding, addresses: &Addresses) -> bool {
    if touched.terraform_type != finding.resource.terraform_type {
        return false;
    }
    let known = addresses.all(touched.terraform_type, &touched.id);
    touched.id == finding.resource.id || finding.address.as_ref().is_some_and(|own| known.contains(own))
}

/// How bad drift of that weight is for one host.
fn suffered(pair: &Pair, finding: &Finding, weight: Weight, addresses: &Addresses) -> Option<Severity> {
    if weight == Weight::None {
        return None;
    }
    let (live, state) = (&pair.live, &pair.state);
    let new = || {
        live.breaks()
            .filter(|one| !state.breaks().any(|before| before.rule == one.rule))
    };
    let at = new().filter(|one| one.at.as_ref().is_some_and(|at| is(at, finding, addresses)));
    let here = at.map(|one| one.severity).max();
    let broken = !live.visitor.is_served() && !matches!(live.visitor, Visitor::Unknown { .. });
    let cause = weight >= Weight::Content && broken && differs(live, state);
    let caused = cause.then(|| new().map(|one| one.severity).max()).flatten();
    let content = (weight >= Weight::Content && differs(live, state)).then_some(Severity::High);
    let gate = (weight == Weight::Gate).then_some(Severity::High);
    here.max(caused).max(content).max(gate)
}

/// Whether visitors get something else than is declared.
fn differs(live: &Trace, state: &Trace) -> bool {
    let known = |trace: &Trace| !matches!(trace.visitor, Visitor::Unknown { .. });
    live.distribution != state.distribution
        || live.served_from != state.served_from
        || (known(live) && known(state) && live.visitor != state.visitor)
}

/// The weight of one attribute, by its path (`origin["website"].origin_path`).
fn of(kind: &str, path: &str) -> Weight {
    let names = names(path);
    let first = names.first().map(String::as_str).unwrap_or_default();
    let last = names.last().map(String::as_str).unwrap_or_default();
    if matches!(first, "tags" | "tags_all" | "comment" | "description" | "name") && kind != "aws_route53_record" {
        return Weight::None;
    }
    match kind {
        "aws_cloudfront_distribution" => of_distribution(first, last),
        "aws_route53_record" => match first {
            "ttl" | "allow_overwrite" => Weight::None,
            _ => Weight::Content,
        },
        "aws_s3_bucket_website_configuration" => Weight::Content,
        "aws_s3_bucket" => match first {
            "website" => Weight::Content,
            "policy" | "server_side_encryption_configuration" | "request_payer" | "grant" | "acl" => Weight::Part,
            "cors_rule" => Weight::Gate,
            _ => Weight::None,
        },
        "aws_s3_bucket_cors_configuration" => Weight::Gate,
        "aws_s3_bucket_policy"
        | "aws_s3_bucket_public_access_block"
        | "aws_s3_bucket_ownership_controls"
        | "aws_cloudfront_origin_access_control"
        | "aws_cloudfront_origin_access_identity" => Weight::Part,
        _ => Weight::None,
    }
}

fn of_distribution(first: &str, last: &str) -> Weight {
    match (first, last) {
        ("restrictions" | "web_acl_id", _) => Weight::Gate,
        ("default_cache_behavior" | "ordered_cache_behavior", last) => match last {
            "trusted_key_groups"
            | "trusted_signers"
            | "function_association"
            | "lambda_function_association"
            | "function_arn"
            | "lambda_arn"
            | "event_type"
            | "allowed_methods"
            | "viewer_protocol_policy"
            | "response_headers_policy_id" => Weight::Gate,
            "target_origin_id"
            | "path_pattern"
            | "origin_request_policy_id"
            | "headers"
            | "ordered_cache_behavior"
            | "default_cache_behavior" => Weight::Content,
            _ => Weight::Part,
        },
        ("origin", last) => match last {
            "connection_attempts"
            | "connection_timeout"
            | "origin_keepalive_timeout"
            | "origin_read_timeout"
            | "enabled"
            | "origin_shield_region"
            | "response_completion_timeout" => Weight::Part,
            _ => Weight::Content,
        },
        ("viewer_certificate", "minimum_protocol_version" | "ssl_support_method") => Weight::Part,
        (
            "aliases"
            | "default_root_object"
            | "origin_group"
            | "custom_error_response"
            | "enabled"
            | "viewer_certificate"
            | "staging"
            | "continuous_deployment_policy_id",
            _,
        ) => Weight::Content,
        ("is_ipv6_enabled", _) => Weight::Part,
        _ => Weight::None,
    }
}

/// The attribute names of a path, without the keys and positions between brackets.
fn names(path: &str) -> Vec<String> {
    let (mut names, mut name, mut depth, mut quoted) = (Vec::new(), String::new(), 0_usize, false);
    for c in path.chars() {
        match c {
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            '.' if depth == 0 => names.push(std::mem::take(&mut name)),
            _ if depth == 0 => name.push(c),
            _ => {}
        }
    }
    names.push(name);
    names.retain(|name| !name.is_empty() && !name.bytes().all(|b| b.is_ascii_digit()));
    names
}
