//! Breaks of health checks (N17 of the catalogue).

use serde_json::{Value, json};

use super::records::members;
use super::*;
use crate::inventory::{Failure, HealthCheck, Reason};
use crate::rules;

const CHECK: &str = "0b7c2f0e-1111-4222-8333-5e6f7a8b9c0d";
const HOST: [&str; 1] = ["stage.example.com"];

/// A check as the state declares it: it asks the host by HTTPS.
fn sound() -> HealthCheck {
    HealthCheck {
        id: CHECK.to_owned(),
        kind: "HTTPS".to_owned(),
        fully_qualified_domain_name: Some("stage.example.com".to_owned()),
        ..HealthCheck::default()
    }
}

/// Two records of equal weight in place of one, the first of them with a health check.
fn checked(answer: Answer<HealthCheck>) -> World {
    World::with(|live| {
        members(live, |one, two| {
            two.alias.clone_from(&one.alias);
            (one.weight, two.weight) = (Some(1), Some(1));
            one.health_check_id = Some(CHECK.to_owned());
        });
        live.health_check.insert(CHECK.to_owned(), answer);
    })
}

fn asking(edit: impl FnOnce(&mut HealthCheck)) -> World {
    let mut check = sound();
    edit(&mut check);
    checked(Answer::Found(check))
}

fn asks(name: &str) -> World {
    asking(|check| check.fully_qualified_domain_name = Some(name.to_owned()))
}

impl World {
    /// The check as a resource of the state, with these attributes on top of those of [`sound`].
    fn declaring(mut self, over: Value) -> World {
        let mut attributes = json!({ "id": CHECK, "type": "HTTPS", "fqdn": "stage.example.com", "ip_address": "",
            "disabled": false, "invert_healthcheck": false });
        attributes
            .as_object_mut()
            .unwrap()
            .extend(over.as_object().unwrap().clone());
        let mut instance = self.states[0].instances[0].clone();
        instance.address = "aws_route53_health_check.stage".to_owned();
        instance.terraform_type = "aws_route53_health_check".to_owned();
        instance.attributes = attributes.as_object().unwrap().clone();
        self.states[0].instances.push(instance);
        self
    }

    #[track_caller]
    fn is_quiet(&self) {
        assert_eq!(self.run(), (vec![], vec![]));
    }

    #[track_caller]
    fn misleads(&self, title: &str) -> Finding {
        let finding = self.says(rules::HEALTH_CHECK_MISLEADS, Severity::Medium, &HOST);
        assert!(finding.title.ends_with(title), "{}", finding.title);
        finding
    }
}

#[test]
fn n17_a_check_of_the_record_itself_is_sound() {
    asking(|_| {}).is_quiet();
    asking(|_| {}).declaring(json!({})).is_quiet();
}

#[test]
fn n17_a_disabled_check() {
    let disabled = || asking(|check| check.disabled = true);
    let finding = disabled().declaring(json!({})).misleads(" is disabled");
    assert_eq!(finding.address.as_deref(), Some("aws_route53_health_check.stage"));
    assert!(
        finding.detail.contains("for healthy whatever happens"),
        "{}",
        finding.detail
    );
    disabled().misleads(" is disabled");
    disabled().declaring(json!({ "disabled": true })).is_quiet();
}

#[test]
fn n17_an_inverted_check() {
    let inverted = || asking(|check| check.inverted = true);
    inverted().declaring(json!({})).misleads(" is inverted");
    inverted().misleads(" is inverted");
    inverted().declaring(json!({ "invert_healthcheck": true })).is_quiet();
    // An alarm may be meant either way round.
    asking(|check| (check.inverted, check.kind) = (true, "CLOUDWATCH_METRIC".to_owned())).is_quiet();
}

#[test]
fn n17_a_check_of_another_host() {
    asks("www.example.com")
        .declaring(json!({}))
        .misleads(" asks another host");
    asks("www.example.com")
        .declaring(json!({ "fqdn": "www.example.com" }))
        .is_quiet();
    let (found, doubts) = asks("www.example.com").run();
    assert_eq!(found, []);
    let [doubt] = doubts.as_slice() else {
        panic!("{doubts:?}")
    };
    assert!(
        doubt.why.contains("it asks www.example.com, and no state declares it"),
        "{}",
        doubt.why
    );
}

#[test]
fn n17_a_check_of_what_the_record_leads_to_is_sound() {
    let mut live = World::two_sites().live;
    let stage = distribution(&mut live, STAGE);
    let (domain, origin) = (stage.domain_name.clone(), stage.config.origins[0].domain_name.clone());
    for name in [domain, origin, "STAGE.example.com.".to_owned()] {
        asks(&name).is_quiet();
    }
}

#[test]
fn n17_a_check_that_is_gone() {
    checked(Answer::Absent).declaring(json!({})).misleads(" does not exist");
    let (found, doubts) = checked(Answer::Absent).run();
    assert_eq!(
        (found, doubts.len()),
        (vec![], 1),
        "it may be another account's: {doubts:?}"
    );
}

#[test]
fn n17_a_check_that_cannot_be_read_is_a_doubt_and_nothing_else() {
    let denied = || Failure::new(Reason::AccessDenied, "route53:GetHealthCheck", "AccessDenied");
    for answer in [Answer::Failed(denied()), Answer::NotRead] {
        let world = checked(answer.clone());
        let trace = world.live_trace("stage.example.com");
        assert_eq!(trace.unread().next(), None, "{answer:?}");
        assert_eq!(trace.served(), Some(true), "{answer:?}");
        let (found, doubts) = world.judged(&world.pairs());
        assert_eq!(found, [], "{answer:?}");
        let [doubt, ..] = doubts.as_slice() else {
            panic!("{answer:?}: no doubt")
        };
        assert!(doubt.why.contains("could not be read"), "{}", doubt.why);
    }
}

#[test]
fn n17_a_check_is_asked_for_once_and_only_where_route_53_chooses() {
    let needs = |world: &World| world.live_trace("stage.example.com").needs;
    let world = checked(Answer::NotRead);
    assert_eq!(needs(&world), [Read::HealthCheck(CHECK.to_owned())]);
    let single = World::with(|live| {
        for set in records(live).iter_mut().filter(|set| set.name == "stage.example.com.") {
            set.health_check_id = Some(CHECK.to_owned());
        }
    });
    assert_eq!(needs(&single), []);
    single.is_quiet();
}
