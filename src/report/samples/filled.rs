//! A result all of whose texts are one and the same.

use super::*;
use crate::result::{Age, CheckResult, Doubt, HostState, Ignored, PathStep, Resolved, Resource, Standing};

/// A result that holds `text` wherever a result can hold foreign text, times excepted.
pub(in crate::report) fn filled_with(text: &str) -> CheckResult {
    let own = || text.to_owned();
    let some = || Some(text.to_owned());
    let mut finding = Finding {
        address: some(),
        state: some(),
        place: Some(Place::new(text, 7)),
        detail: own(),
        changes: vec![Change {
            note: some(),
            ..change(text, json!(text), json!({ text: [text] }))
        }],
        impact: vec![own()],
        ..Finding::new(Category::Assert, own(), resource(text, text, Some(text)), text)
    };
    finding.resource.account = some();
    let mut homeless = finding.clone();
    homeless.category = Category::Configuration;
    (homeless.address, homeless.state, homeless.place) = (None, None, None);
    let by = DecidedBy {
        owner: some(),
        until: some(),
        ..decided_by(text, text, 1, text)
    };
    let mut agreed = allowed(Severity::Low, by, homeless.clone());
    agreed.notes = vec![own()];
    let mut findings = vec![
        judged(Severity::Critical, finding),
        judged(Severity::Info, homeless),
        agreed,
    ];
    for judged in &mut findings {
        judged.age = Some(Age {
            new: false,
            first_seen: "2026-03-11T02:30:00Z".to_owned(),
        });
    }
    let failure = Failure::new(Reason::ServerError, text, text);
    let host = HostState {
        host: own(),
        served: Some(false),
        visitor: own(),
        path: vec![PathStep {
            station: own(),
            title: own(),
            depth: 0,
            standing: Standing::Broken,
            why: own(),
        }],
    };
    CheckResult {
        run: Run {
            account: some(),
            accounts: vec![own(), own()],
            states: vec![own()],
            against: some(),
            ..clean().run
        },
        outcome: Outcome::Drift,
        complete: false,
        counts: Counts {
            resources: 2,
            checked: 1,
            unchecked: 1,
            not_covered: 1,
            ..Counts::default()
        },
        findings,
        resolved: vec![Resolved {
            id: own(),
            rule: own(),
            severity: Severity::Low,
            subject: own(),
            title: own(),
            first_seen: "2026-03-11T02:30:00Z".to_owned(),
        }],
        resources: vec![Resource {
            address: own(),
            state: own(),
            place: Some(Place::new(text, 7)),
            checked: false,
        }],
        ignored: vec![Ignored {
            address: own(),
            path: own(),
            by: own(),
        }],
        unchecked: vec![Unchecked::new(text, &failure)],
        not_covered: BTreeMap::from([(own(), 1)]),
        hosts: vec![host],
        doubts: vec![Doubt {
            host: own(),
            station: own(),
            why: own(),
        }],
        remarks: vec![own()],
        past: Vec::new(),
        stats: Stats {
            calls: BTreeMap::from([(own(), 1)]),
            duration: Duration::from_millis(4),
        },
    }
}
