//! Which hosts an estate serves.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::canon::dns;
use crate::estate::{Estate, bare_zone_id};
use crate::expected::Instance;
use crate::inventory::Inventory;
use crate::serving::dns::Target;
use crate::serving::host::Host;

/// The first label of the host that stands for all names under a wildcard record.
pub const PROBE_LABEL: &str = "any-name";

/// Every host that a managed distribution has as an alias (in the state or live) or that a managed record leads to
/// CloudFront or S3. A wildcard record is followed by one host that stands for all; a wildcard alias alone names no
/// host.
pub fn hosts(estate: &Estate<'_>, inventory: &Inventory) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for distribution in estate
        .of_type("aws_cloudfront_distribution")
        .filter(|one| estate.is_ours(one))
    {
        let declared = distribution.attributes.get("aliases").and_then(Value::as_array);
        names.extend(declared.into_iter().flatten().filter_map(Value::as_str).map(dns::name));
        let live = distribution
            .text("id")
            .map(|id| Inventory::look_up(&inventory.distribution, id));
        let live = live.and_then(|answer| answer.found());
        names.extend(
            live.iter()
                .flat_map(|one| &one.config.aliases)
                .map(|alias| dns::name(alias)),
        );
    }
    names.retain(|name| !name.starts_with("*."));
    for record in estate.of_type("aws_route53_record").filter(|one| leads_to_a_site(one)) {
        let zone = record
            .text("zone_id")
            .map(bare_zone_id)
            .and_then(|zone| estate.zone_name(zone));
        let name = match (record.text("fqdn"), zone) {
            (_, Some(zone)) => dns::fqdn(record.text("name").unwrap_or_default(), zone),
            (Some(fqdn), None) => dns::name(fqdn),
            (None, None) => dns::name(record.text("name").unwrap_or_default()),
        };
        names.insert(match name.strip_prefix("*.") {
            Some(suffix) => format!("{PROBE_LABEL}.{suffix}"),
            None => name,
        });
    }
    names.into_iter().filter(|name| Host::parse(name).is_ok()).collect()
}

/// Whether a record's target, as the state has it, is CloudFront or S3.
fn leads_to_a_site(record: &Instance) -> bool {
    let targets: Vec<&str> = match record.text("type").unwrap_or_default() {
        "A" | "AAAA" => elements(record, "alias")
            .filter_map(|alias| alias.get("name")?.as_str())
            .collect(),
        "CNAME" => elements(record, "records").filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let serves = |name: &str| {
        !matches!(
            Target::of_name(name),
            None | Some(Target::Addresses { .. } | Target::Other { .. })
        )
    };
    targets.into_iter().any(serves)
}

fn elements<'a>(record: &'a Instance, attribute: &str) -> impl Iterator<Item = &'a Value> {
    record
        .attributes
        .get(attribute)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}
