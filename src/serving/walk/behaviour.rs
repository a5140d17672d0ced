//! The behaviour that a path falls under, and what stands between it and the origin: functions, signatures, headers.

use crate::finding::Severity;
use crate::inventory::{CacheBehavior, Distribution};
use crate::rules;
use crate::serving::path_pattern::choose;
use crate::serving::trace::{Side, Station, Trace, Verdict, Visitor};

use super::distribution::DISTRIBUTION;
use super::step::{Draft, broken, touched};
use super::{Reply, Walker, walk};

/// One request on its way to an origin.
pub(super) struct Request<'a> {
    pub(super) distribution: &'a Distribution,
    pub(super) behaviour: &'a CacheBehavior,
    /// As the origin is asked for it: the default root object is in it.
    pub(super) path: String,
    /// The root was asked for, and the distribution has no default root object.
    pub(super) bare_root: bool,
    /// A function at the edge decides over the path.
    pub(super) function: bool,
}

/// Functions that see the request before the origin does: they may answer themselves or change the path.
pub(super) fn functions(behaviour: &CacheBehavior) -> Vec<&str> {
    let asks = |event: &str| event == "viewer-request" || event == "origin-request";
    let plain = behaviour
        .function_associations
        .iter()
        .filter(|one| asks(&one.event_type));
    let lambda = behaviour
        .lambda_function_associations
        .iter()
        .filter(|one| asks(&one.event_type));
    plain
        .map(|one| one.function_arn.as_str())
        .chain(lambda.map(|one| one.lambda_arn.as_str()))
        .collect()
}

/// Whether the behaviour admits only signed URLs and cookies.
pub(super) fn is_private(behaviour: &CacheBehavior) -> bool {
    !behaviour.trusted_key_groups.is_empty() || !behaviour.trusted_signers.is_empty()
}

pub(super) fn named(behaviour: &CacheBehavior) -> String {
    match &behaviour.path_pattern {
        Some(pattern) => format!("behaviour {pattern}"),
        None => "default behaviour".to_owned(),
    }
}

impl<'a> Walker<'a> {
    /// What visitors get from a distribution that answers.
    pub(super) fn behaviour(&mut self, distribution: &'a Distribution) -> Visitor {
        let path = self.path.clone();
        let chosen = self.choose(distribution, &path);
        let start = self.steps.len();
        let reply = self.request(distribution, chosen, &path);
        let reply = self.unless_function(chosen, start, reply);
        let visitor = self.visitor(distribution, &reply);
        if is_private(chosen) && visitor.is_served() {
            return Visitor::Private;
        }
        visitor
    }

    /// The behaviour of a path.
    pub(super) fn choose(&mut self, distribution: &'a Distribution, path: &str) -> &'a CacheBehavior {
        let config = &distribution.config;
        let ordered = &config.cache_behaviors;
        let patterns = || {
            ordered
                .iter()
                .map(|one| one.path_pattern.as_deref().unwrap_or_default())
        };
        let choice = choose(patterns(), path);
        let behaviour = choice
            .raw
            .and_then(|i| ordered.get(i))
            .unwrap_or(&config.default_cache_behavior);
        if choice.agreed().is_err() {
            let draft = Draft::new(Station::Behaviour, format!("behaviour of {path}"));
            self.doubt(
                draft,
                "the path falls under different behaviours as sent and decoded; AWS does not say which counts",
            );
        }
        if path == "/"
            && let Some(root) = &config.default_root_object
        {
            let of_root = choose(patterns(), &format!("/{root}")).raw;
            let other = of_root
                .and_then(|i| ordered.get(i))
                .unwrap_or(&config.default_cache_behavior);
            if other.target_origin_id != behaviour.target_origin_id || is_private(other) != is_private(behaviour) {
                let draft = Draft::new(Station::Behaviour, format!("behaviour of / and of /{root}"));
                let why = format!(
                    "/ falls under the {}, /{root} under the {}; AWS does not say which counts",
                    named(behaviour),
                    named(other)
                );
                self.doubt(draft, why);
            }
        }
        behaviour
    }

    /// Asks the origin of a behaviour for a path.
    pub(super) fn request(
        &mut self,
        distribution: &'a Distribution,
        behaviour: &'a CacheBehavior,
        path: &str,
    ) -> Reply {
        let config = &distribution.config;
        let mut draft = Draft::new(Station::Behaviour, named(behaviour))
            .touches(DISTRIBUTION, distribution.id.clone())
            .evidence(format!(
                "origin {}, {}",
                behaviour.target_origin_id, behaviour.viewer_protocol_policy
            ));
        let root = config
            .default_root_object
            .as_deref()
            .map(|root| root.trim_start_matches('/'));
        let asked = match root {
            Some(root) if path == "/" => {
                draft = draft.evidence(format!("default root object {root}"));
                format!("/{root}")
            }
            _ => path.to_owned(),
        };
        if is_private(behaviour) {
            let groups = behaviour.trusted_key_groups.iter().chain(&behaviour.trusted_signers);
            let groups: Vec<&str> = groups.map(String::as_str).collect();
            draft = draft.evidence(format!("only for URLs or cookies signed by {}", groups.join(", ")));
            // A group that CloudFront does not list says nothing: the listing may be older than the configuration.
            let keys = |name: &&str| distribution.active_keys.get(*name).copied();
            if groups.iter().all(|name| keys(name) == Some(0)) {
                return self.without_keys(draft, distribution, &groups);
            }
            let active: usize = groups.iter().filter_map(keys).sum();
            draft = draft.evidence(match active {
                0 => "whether their keys are active is not told".to_owned(),
                1 => "with 1 active key".to_owned(),
                some => format!("with {some} active keys"),
            });
        }
        let functions = functions(behaviour);
        match functions.as_slice() {
            [] => self.good(draft),
            some => self.doubt(
                draft,
                format!("{} decides over the path, and its code is not run", some.join(", ")),
            ),
        }
        let request = Request {
            distribution,
            behaviour,
            path: asked,
            bare_root: path == "/" && root.is_none(),
            function: !functions.is_empty(),
        };
        self.target(&request)
    }

    /// Nobody can sign a URL that CloudFront would accept.
    fn without_keys(&mut self, draft: Draft, distribution: &Distribution, groups: &[&str]) -> Reply {
        let title = format!(
            "distribution {} accepts no signature: {} has no active key",
            distribution.id,
            groups.join(", ")
        );
        let detail = "Visitors with a signed URL or cookie get 403 like everybody else. Put a public key into the key group, or activate the signer's key.";
        let at = touched(DISTRIBUTION, distribution.id.clone());
        self.fault(
            draft,
            broken(rules::SIGNING_KEYS_MISSING, Severity::Critical, at, title, detail),
        );
        Reply::Status {
            code: 403,
            why: "no signature is accepted".to_owned(),
        }
    }

    /// A function may answer without the origin. What is broken behind it is then proven only where the state, with
    /// the same function, would serve.
    fn unless_function(&mut self, behaviour: &CacheBehavior, start: usize, reply: Reply) -> Reply {
        let functions = functions(behaviour);
        let Some(function) = functions.first() else {
            return reply;
        };
        if self.is_live() && self.needs.is_empty() {
            let declared = walk(&self.host, &self.path, Side::State, self.sides);
            let moved = !declared.served_from.is_empty() && declared.served_from != self.served();
            for step in self.steps.iter_mut().skip(start) {
                let Verdict::Broken(fault) = &step.verdict else {
                    continue;
                };
                let by_content = [
                    rules::ORIGIN_PATH_EMPTY,
                    rules::ROOT_OBJECT_MISSING,
                    rules::OBJECT_MISSING,
                ];
                let proven = match by_content.contains(&fault.rule) {
                    true => moved,
                    false => reaches_objects(&declared) && !declared.breaks().any(|one| one.rule == fault.rule),
                };
                if !proven {
                    step.verdict =
                        Verdict::CannotTell(format!("{}, but {function} may answer without the origin", fault.title));
                }
            }
        }
        let failed = self
            .steps
            .iter()
            .skip(start)
            .any(|step| matches!(step.verdict, Verdict::Broken(_)));
        match reply {
            Reply::Pending => Reply::Pending,
            Reply::Status { .. } if failed => reply,
            _ => Reply::Unknown {
                why: format!("{function} decides"),
            },
        }
    }

    /// The places served from, so far.
    fn served(&self) -> Vec<(String, String)> {
        self.served_from.iter().cloned().collect()
    }
}

/// Whether the state says enough of the path to be held against live.
fn reaches_objects(declared: &Trace) -> bool {
    declared.steps.iter().any(|step| step.station == Station::Access)
}
