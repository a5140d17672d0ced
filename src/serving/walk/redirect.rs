//! Where a redirect leads, and whether anybody answers there.

use crate::finding::Severity;
use crate::rules;
use crate::serving::trace::{Station, Step, Touched, Verdict, Visitor};

use super::step::{Draft, broken, touched};
use super::{MAX_REDIRECTS, Reply, Walker};

impl Walker<'_> {
    /// What visitors get of a website endpoint that is asked without CloudFront.
    pub(super) fn straight(&mut self, reply: Reply) -> Visitor {
        match reply {
            Reply::Object { bucket, key } => Visitor::Page {
                status: 200,
                bucket,
                key,
            },
            Reply::Listing { bucket } => Visitor::Page {
                status: 200,
                bucket,
                key: String::new(),
            },
            Reply::Status { code, why } => Visitor::Error { status: code, why },
            Reply::Redirect { status, to } => self.follow(status, to),
            Reply::Unknown { why } => Visitor::Unknown { why },
            Reply::Pending => super::records::pending(),
        }
    }

    /// Walks the host that visitors are sent to.
    pub(super) fn follow(&mut self, status: u16, to: String) -> Visitor {
        let mut draft = Draft::new(Station::Visitor, format!("{status} to {to}"));
        let rest = to.split_once("://").map_or(to.as_str(), |(_, rest)| rest);
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = crate::canon::dns::name(host.split(':').next().unwrap_or(host));
        let path = path
            .split(['?', '#'])
            .next()
            .filter(|path| !path.is_empty())
            .unwrap_or("/")
            .to_owned();
        let mut visited = self.visited.clone();
        visited.push((self.host.clone(), self.path.clone()));
        let at = self.redirecting();
        if visited.contains(&(host.clone(), path.clone())) || visited.len() > MAX_REDIRECTS {
            let mut names: Vec<&str> = visited.iter().map(|(host, _)| host.as_str()).collect();
            names.push(&host);
            let title = format!("{} redirects in a circle", self.host);
            let detail = format!(
                "{}: browsers show ERR_TOO_MANY_REDIRECTS. Send visitors to a host that serves pages.",
                names.join(" -> ")
            );
            self.fault(
                draft,
                broken(rules::REDIRECT_LOOP, Severity::Critical, at, title, detail),
            );
            return Visitor::Error {
                status,
                why: "redirects in a circle".to_owned(),
            };
        }
        let trace = Walker::new(host.clone(), path, self.side, self.sides, visited).run();
        self.needs.extend(trace.needs.iter().cloned());
        self.failed.extend(trace.failed.iter().cloned());
        if !trace.needs.is_empty() {
            return super::records::pending();
        }
        // What the target rests on, this host rests on.
        for one in trace.touched() {
            draft = draft.touches(one.terraform_type, one.id.clone());
        }
        if trace.breaks().any(|one| one.rule == rules::REDIRECT_LOOP) {
            let title = format!("{} redirects in a circle", self.host);
            let detail = format!(
                "{to} leads back: browsers show ERR_TOO_MANY_REDIRECTS. Send visitors to a host that serves pages."
            );
            self.fault(
                draft,
                broken(rules::REDIRECT_LOOP, Severity::Critical, at, title, detail),
            );
            return Visitor::Error {
                status,
                why: "redirects in a circle".to_owned(),
            };
        }
        let dead = match &trace.visitor {
            Visitor::NoAnswer { why } => Some(why.clone()),
            Visitor::Error { status, why } => Some(format!("{status}, {why}")),
            _ => None,
        };
        if dead.is_some() && trace.breaks().next().is_some() {
            // What is at fault there is one finding, whichever host leads to it.
            self.push(draft, Verdict::Remark(format!("{host} does not serve")));
            let depth = self.depth + 1;
            let faults = trace
                .steps
                .into_iter()
                .filter(|step| matches!(step.verdict, Verdict::Broken(_)));
            self.steps.extend(faults.map(|step| Step { depth, ..step }));
            return Visitor::Error {
                status,
                why: format!("{host} does not serve"),
            };
        }
        match dead {
            Some(why) => {
                let title = format!("{} redirects to {host}, which does not serve", self.host);
                let detail = format!("Visitors end at {to}: {why}. Repair {host}, or redirect to a host that serves.");
                self.fault(
                    draft,
                    broken(rules::REDIRECT_TARGET_DEAD, Severity::Critical, at, title, detail),
                );
                Visitor::Error { status, why }
            }
            None => {
                self.good(draft.evidence(match &trace.visitor {
                    Visitor::Unknown { why } => format!("not followed further: {why}"),
                    _ => format!("{host} answers"),
                }));
                Visitor::Redirect { status, to }
            }
        }
    }

    /// What redirects: the last website configuration on the path, else the last thing on it.
    fn redirecting(&self) -> Touched {
        let all = || self.steps.iter().rev().flat_map(|step| &step.touched);
        let website = all().find(|one| one.terraform_type == "aws_s3_bucket_website_configuration");
        website
            .or_else(|| all().next())
            .cloned()
            .unwrap_or_else(|| touched("aws_route53_record", self.host.clone()))
    }
}
