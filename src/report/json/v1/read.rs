//! A saved document as a result, so that every format can be rendered from it.
//!
//! What a document does not hold stays empty: its findings are judged already, and what decided them is kept.

use std::time::Duration;

use super::*;
use crate::inventory::Reason;
use crate::result::CheckResult;
use crate::{finding, place, result};

impl From<Document> for CheckResult {
    fn from(document: Document) -> Self {
        let summary = document.summary;
        Self {
            run: result::Run {
                started_at: document.run.started_at,
                account: document.run.account,
                accounts: document.run.accounts,
                states: document.run.states,
                fail_on: document.run.fail_on.map(finding::Severity::from),
                against: document.run.against,
                not_looked_for: document
                    .run
                    .not_looked_for
                    .into_iter()
                    .map(finding::Category::from)
                    .collect(),
            },
            outcome: document.outcome.into(),
            complete: document.complete,
            counts: result::Counts {
                resources: size(summary.resources),
                checked: size(summary.checked),
                unchecked: size(summary.unchecked),
                not_covered: size(summary.not_covered),
                other: size(summary.other),
                deposed: size(summary.deposed),
            },
            findings: document.findings.into_iter().map(result::Judged::from).collect(),
            resolved: document.resolved.into_iter().map(result::Resolved::from).collect(),
            resources: document.resources.into_iter().map(result::Resource::from).collect(),
            ignored: document.ignored.into_iter().map(result::Ignored::from).collect(),
            unchecked: document.unchecked.into_iter().map(finding::Unchecked::from).collect(),
            not_covered: document
                .not_covered
                .into_iter()
                .map(|one| (one.terraform_type, size(one.count)))
                .collect(),
            hosts: document.hosts.into_iter().map(result::HostState::from).collect(),
            doubts: document
                .doubts
                .into_iter()
                .map(|one| result::Doubt {
                    host: one.host,
                    station: one.station,
                    why: one.why,
                })
                .collect(),
            remarks: document.remarks,
            past: document.past.into_iter().map(result::PastRun::from).collect(),
            stats: result::Stats {
                calls: document.stats.api_calls_by_operation,
                duration: Duration::from_millis(document.stats.duration_ms),
            },
        }
    }
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl From<Outcome> for result::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Clean => result::Outcome::Clean,
            Outcome::Drift => result::Outcome::Drift,
            Outcome::Incomplete => result::Outcome::Incomplete,
        }
    }
}

impl From<Category> for finding::Category {
    fn from(category: Category) -> Self {
        match category {
            Category::Drift => finding::Category::Drift,
            Category::Unmanaged => finding::Category::Unmanaged,
            Category::Serving => finding::Category::Serving,
            Category::Deploy => finding::Category::Deploy,
            Category::Assert => finding::Category::Assert,
            Category::Configuration => finding::Category::Configuration,
        }
    }
}

impl From<Severity> for finding::Severity {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Critical => finding::Severity::Critical,
            Severity::High => finding::Severity::High,
            Severity::Medium => finding::Severity::Medium,
            Severity::Low => finding::Severity::Low,
            Severity::Info => finding::Severity::Info,
        }
    }
}

impl From<Action> for result::Action {
    fn from(action: Action) -> Self {
        match action {
            Action::Fail => result::Action::Fail,
            Action::Warn => result::Action::Warn,
            Action::Allow => result::Action::Allow,
        }
    }
}

impl From<Place> for place::Place {
    fn from(place: Place) -> Self {
        place::Place::new(place.file, size(place.line))
    }
}

impl From<Finding> for result::Judged {
    fn from(one: Finding) -> Self {
        let severity = finding::Severity::from(one.severity);
        let decisions: Vec<result::Decision> = one.decisions.into_iter().map(result::Decision::from).collect();
        // A document of a version that kept no decisions says only whether all of it was suppressed.
        let without = match one.suppressed {
            Some(_) => result::Action::Allow,
            None => result::Action::Fail,
        };
        let action = decisions
            .iter()
            .map(|decision| decision.action)
            .max()
            .unwrap_or(without);
        Self {
            finding: finding::Finding {
                category: one.category.into(),
                rule: one.rule.into(),
                address: one.address,
                state: one.state,
                place: one.place.map(place::Place::from),
                resource: finding::ResourceRef {
                    terraform_type: one.resource.terraform_type,
                    id: one.resource.id,
                    account: one.resource.account,
                    region: one.resource.region,
                },
                aspect: one.aspect,
                title: one.title,
                detail: one.detail,
                changes: one.changes.into_iter().map(finding::Change::from).collect(),
                impact: one.impact,
                at_least: None,
            },
            severity,
            action,
            decisions,
            notes: one.notes,
            age: one.age.map(|age| result::Age {
                new: age.new,
                first_seen: age.first_seen,
            }),
        }
    }
}

impl From<Change> for finding::Change {
    fn from(change: Change) -> Self {
        Self {
            path: change.path,
            expected: change.expected,
            live: change.live,
            sensitive: change.sensitive,
            note: change.note,
            at_least: None,
        }
    }
}

impl From<Decision> for result::Decision {
    fn from(decision: Decision) -> Self {
        Self {
            severity: decision.severity.into(),
            action: decision.action.into(),
            by: decision.by.map(|by| result::DecidedBy {
                rule: by.rule,
                place: by.place.into(),
                reason: by.reason,
                owner: by.owner,
                until: by.until,
            }),
        }
    }
}

impl From<Unchecked> for finding::Unchecked {
    fn from(unchecked: Unchecked) -> Self {
        Self {
            address: unchecked.address,
            // A later version may know more reasons; that nothing is known about the resource stays true.
            reason: Reason::parse(&unchecked.reason).unwrap_or(Reason::Unreadable),
            detail: unchecked.detail,
        }
    }
}

impl From<Resolved> for result::Resolved {
    fn from(one: Resolved) -> Self {
        Self {
            id: one.id,
            rule: one.rule,
            severity: one.severity.into(),
            subject: one.subject,
            title: one.title,
            first_seen: one.first_seen,
        }
    }
}

impl From<StateResource> for result::Resource {
    fn from(one: StateResource) -> Self {
        Self {
            address: one.address,
            state: one.state,
            place: one.place.map(place::Place::from),
            checked: one.checked,
        }
    }
}

impl From<Ignored> for result::Ignored {
    fn from(one: Ignored) -> Self {
        Self {
            address: one.address,
            path: one.path,
            by: one.by,
        }
    }
}

impl From<Host> for result::HostState {
    fn from(one: Host) -> Self {
        Self {
            host: one.host,
            served: one.served,
            visitor: one.visitor,
            path: one.path.into_iter().map(result::PathStep::from).collect(),
        }
    }
}

impl From<PathStep> for result::PathStep {
    fn from(step: PathStep) -> Self {
        Self {
            station: step.station,
            title: step.title,
            depth: size(step.depth),
            standing: match step.standing {
                Standing::Good => result::Standing::Good,
                Standing::Remark => result::Standing::Remark,
                Standing::Broken => result::Standing::Broken,
                Standing::Unknown => result::Standing::Unknown,
            },
            why: step.why,
        }
    }
}

impl From<PastRun> for result::PastRun {
    fn from(one: PastRun) -> Self {
        let BySeverity {
            critical,
            high,
            medium,
            low,
            info,
        } = one.findings;
        Self {
            at: one.at,
            outcome: one.outcome.into(),
            findings: [critical, high, medium, low, info].map(size),
            unchecked: size(one.unchecked),
        }
    }
}
