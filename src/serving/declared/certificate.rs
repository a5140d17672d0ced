//! `aws_acm_certificate`, as `DescribeCertificate` would answer.

use std::collections::BTreeSet;

use super::attributes::Attributes;
use crate::estate::Estate;
use crate::inventory::{Answer, Certificate, Inventory};

/// A certificate that a validation resource waited for, or that a distribution of the states uses, has been issued:
/// CloudFront takes no other. The state still says `PENDING_VALIDATION` until it is refreshed, since the certificate
/// was recorded before it was validated.
pub(super) fn fill(estate: &Estate, inventory: &mut Inventory) {
    let validated = estate
        .of_type("aws_acm_certificate_validation")
        .filter_map(|instance| Attributes::of(instance).text("certificate_arn"));
    let used = estate.of_type("aws_cloudfront_distribution").filter_map(|instance| {
        Attributes::of(instance)
            .block("viewer_certificate")?
            .text("acm_certificate_arn")
    });
    let issued: BTreeSet<String> = validated.chain(used).collect();
    for instance in estate.of_type("aws_acm_certificate") {
        let attributes = Attributes::of(instance);
        if let Some(arn) = attributes.text("arn").or(attributes.text("id")) {
            let answer = Answer::Found(certificate(&arn, attributes, issued.contains(&arn)));
            inventory.certificate.insert(arn, answer);
        }
    }
}

fn certificate(arn: &str, attributes: Attributes, issued: bool) -> Certificate {
    let status = match attributes.text_or_empty("status").as_str() {
        "" | "PENDING_VALIDATION" if issued => "ISSUED".to_owned(),
        recorded => recorded.to_owned(),
    };
    let mut names: Vec<String> = Vec::new();
    let recorded = attributes
        .text("domain_name")
        .into_iter()
        .chain(attributes.texts("subject_alternative_names"));
    for name in recorded.map(|name| name.trim_end_matches('.').to_ascii_lowercase()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // A wildcard and its apex share one record.
    let validation_records: BTreeSet<(String, String)> = attributes
        .blocks("domain_validation_options")
        .filter_map(|option| {
            Some((
                option.text("resource_record_name")?,
                option.text("resource_record_value")?,
            ))
        })
        .collect();
    Certificate {
        arn: arn.to_owned(),
        status,
        names,
        not_before: attributes.text("not_before"),
        not_after: attributes.text("not_after"),
        imported: attributes.text("type").as_deref() == Some("IMPORTED"),
        renewal_status: attributes
            .block("renewal_summary")
            .and_then(|summary| summary.text("renewal_status")),
        validation_records: validation_records.into_iter().collect(),
    }
}
