//! A result as a document.

use serde_json::Value;

use super::*;
use crate::result::CheckResult;
use crate::{finding, place, result};

impl From<&CheckResult> for Document {
    fn from(result: &CheckResult) -> Self {
        let of = |severity| result.by_severity(severity);
        Self {
            schema: Schema::V1,
            run: Run {
                started_at: result.run.started_at.clone(),
                account: result.run.account.clone(),
                accounts: result.run.accounts.clone(),
                states: result.run.states.clone(),
                fail_on: result.run.fail_on.map(Severity::from),
                against: result.run.against.clone(),
                not_looked_for: result.run.not_looked_for.iter().copied().map(Category::from).collect(),
            },
            outcome: result.outcome.into(),
            complete: result.complete,
            summary: Summary {
                resources: number(result.counts.resources),
                checked: number(result.counts.checked),
                unchecked: number(result.counts.unchecked),
                not_covered: number(result.counts.not_covered),
                other: number(result.counts.other),
                deposed: number(result.counts.deposed),
                findings: BySeverity::from(finding::Severity::WORST_FIRST.map(of)),
            },
            findings: result.findings.iter().map(Finding::from).collect(),
            resolved: result.resolved.iter().map(Resolved::from).collect(),
            resources: result.resources.iter().map(StateResource::from).collect(),
            ignored: result.ignored.iter().map(Ignored::from).collect(),
            unchecked: result.unchecked.iter().map(Unchecked::from).collect(),
            not_covered: result
                .not_covered
                .iter()
                .map(|(terraform_type, count)| NotCovered {
                    terraform_type: terraform_type.clone(),
                    count: number(*count),
                })
                .collect(),
            hosts: result
                .hosts
                .iter()
                .map(|one| Host {
                    host: one.host.clone(),
                    served: one.served,
                    visitor: one.visitor.clone(),
                    path: one.path.iter().map(PathStep::from).collect(),
                })
                .collect(),
            doubts: result
                .doubts
                .iter()
                .map(|one| Doubt {
                    host: one.host.clone(),
                    station: one.station.clone(),
                    why: one.why.clone(),
                })
                .collect(),
            remarks: result.remarks.clone(),
            past: result.past.iter().map(PastRun::from).collect(),
            stats: Stats {
                api_calls: result.stats.api_calls(),
                api_calls_by_operation: result.stats.calls.clone(),
                duration_ms: u64::try_from(result.stats.duration.as_millis()).unwrap_or(u64::MAX),
            },
        }
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

impl From<result::Outcome> for Outcome {
    fn from(outcome: result::Outcome) -> Self {
        match outcome {
            result::Outcome::Clean => Outcome::Clean,
            result::Outcome::Drift => Outcome::Drift,
            result::Outcome::Incomplete => Outcome::Incomplete,
        }
    }
}

impl From<finding::Category> for Category {
    fn from(category: finding::Category) -> Self {
        match category {
            finding::Category::Drift => Category::Drift,
            finding::Category::Unmanaged => Category::Unmanaged,
            finding::Category::Serving => Category::Serving,
            finding::Category::Deploy => Category::Deploy,
            finding::Category::Assert => Category::Assert,
            finding::Category::Configuration => Category::Configuration,
        }
    }
}

impl From<finding::Severity> for Severity {
    fn from(severity: finding::Severity) -> Self {
        match severity {
            finding::Severity::Critical => Severity::Critical,
            finding::Severity::High => Severity::High,
            finding::Severity::Medium => Severity::Medium,
            finding::Severity::Low => Severity::Low,
            finding::Severity::Info => Severity::Info,
        }
    }
}

impl From<&result::Judged> for Finding {
    fn from(judged: &result::Judged) -> Self {
        let finding = &judged.finding;
        Self {
            id: finding.id(),
            category: finding.category.into(),
            rule: finding.rule.to_string(),
            severity: judged.severity.into(),
            address: finding.address.clone(),
            state: finding.state.clone(),
            place: finding.place.as_ref().map(Place::from),
            resource: Resource {
                terraform_type: finding.resource.terraform_type.clone(),
                id: finding.resource.id.clone(),
                account: finding.resource.account.clone(),
                region: finding.resource.region.clone(),
            },
            aspect: finding.aspect.clone(),
            title: finding.title.clone(),
            detail: finding.detail.clone(),
            changes: finding.changes.iter().map(Change::from).collect(),
            impact: finding.impact.clone(),
            suppressed: judged.is_allowed().then(|| suppressed(judged)),
            decisions: judged.decisions.iter().map(Decision::from).collect(),
            notes: judged.notes.clone(),
            age: judged.age.as_ref().map(|age| Age {
                new: age.new,
                first_seen: age.first_seen.clone(),
            }),
        }
    }
}

fn suppressed(judged: &result::Judged) -> Suppressed {
    let by = judged.decided_by();
    let joined = |texts: Vec<String>| texts.join("; ");
    Suppressed {
        by: joined(by.iter().map(ToString::to_string).collect()),
        reason: joined(by.iter().filter_map(|by| by.reason.clone()).collect()),
    }
}

impl From<&finding::Change> for Change {
    fn from(change: &finding::Change) -> Self {
        // Both sides are withheld, a null too: that a secret is not set is the secret's as well.
        let shown = |value: &Value| {
            if change.sensitive {
                Value::from(SENSITIVE)
            } else {
                value.clone()
            }
        };
        Self {
            path: change.path.clone(),
            expected: shown(&change.expected),
            live: shown(&change.live),
            note: change.note.clone(),
            sensitive: change.sensitive,
        }
    }
}

impl From<&finding::Unchecked> for Unchecked {
    fn from(unchecked: &finding::Unchecked) -> Self {
        Self {
            address: unchecked.address.clone(),
            reason: unchecked.reason.name().to_owned(),
            detail: unchecked.detail.clone(),
        }
    }
}

impl From<[usize; 5]> for BySeverity {
    fn from([critical, high, medium, low, info]: [usize; 5]) -> Self {
        Self {
            critical: number(critical),
            high: number(high),
            medium: number(medium),
            low: number(low),
            info: number(info),
        }
    }
}

impl From<&place::Place> for Place {
    fn from(place: &place::Place) -> Self {
        Self {
            file: place.file.clone(),
            line: number(place.line),
        }
    }
}

impl From<&result::Resolved> for Resolved {
    fn from(resolved: &result::Resolved) -> Self {
        Self {
            id: resolved.id.clone(),
            rule: resolved.rule.clone(),
            severity: resolved.severity.into(),
            subject: resolved.subject.clone(),
            title: resolved.title.clone(),
            first_seen: resolved.first_seen.clone(),
        }
    }
}

impl From<&result::Resource> for StateResource {
    fn from(resource: &result::Resource) -> Self {
        Self {
            address: resource.address.clone(),
            state: resource.state.clone(),
            checked: resource.checked,
            place: resource.place.as_ref().map(Place::from),
        }
    }
}

impl From<&result::Ignored> for Ignored {
    fn from(ignored: &result::Ignored) -> Self {
        Self {
            address: ignored.address.clone(),
            path: ignored.path.clone(),
            by: ignored.by.clone(),
        }
    }
}

impl From<&result::PastRun> for PastRun {
    fn from(past: &result::PastRun) -> Self {
        Self {
            at: past.at.clone(),
            outcome: past.outcome.into(),
            findings: past.findings.into(),
            unchecked: number(past.unchecked),
        }
    }
}

impl From<&result::PathStep> for PathStep {
    fn from(step: &result::PathStep) -> Self {
        Self {
            station: step.station.clone(),
            title: step.title.clone(),
            depth: number(step.depth),
            standing: match step.standing {
                result::Standing::Good => Standing::Good,
                result::Standing::Remark => Standing::Remark,
                result::Standing::Broken => Standing::Broken,
                result::Standing::Unknown => Standing::Unknown,
            },
            why: step.why.clone(),
        }
    }
}

impl From<&result::Decision> for Decision {
    fn from(decision: &result::Decision) -> Self {
        Self {
            severity: decision.severity.into(),
            action: match decision.action {
                result::Action::Fail => Action::Fail,
                result::Action::Warn => Action::Warn,
                result::Action::Allow => Action::Allow,
            },
            by: decision.by.as_ref().map(|by| DecidedBy {
                rule: by.rule.clone(),
                place: Place::from(&by.place),
                reason: by.reason.clone(),
                owner: by.owner.clone(),
                until: by.until.clone(),
            }),
        }
    }
}
