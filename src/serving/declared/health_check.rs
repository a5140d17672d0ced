//! `aws_route53_health_check` as `GetHealthCheck` would answer.

use super::attributes::Attributes;
use crate::estate::Estate;
use crate::inventory::{Answer, HealthCheck, Inventory};

pub(super) fn fill(estate: &Estate, inventory: &mut Inventory) {
    for instance in estate.of_type("aws_route53_health_check") {
        let attributes = Attributes::of(instance);
        let check = HealthCheck {
            id: attributes.text_or_empty("id"),
            kind: attributes.text_or_empty("type"),
            ip_address: attributes.text("ip_address"),
            fully_qualified_domain_name: attributes.text("fqdn"),
            disabled: attributes.flag("disabled"),
            inverted: attributes.flag("invert_healthcheck"),
        };
        inventory.health_check.insert(check.id.clone(), Answer::Found(check));
    }
}
