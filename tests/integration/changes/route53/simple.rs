//! Records with values.

use aws_sdk_route53::types::{ChangeAction, RrType};

use super::{DOMAIN, PRIVATE, PUBLIC, REVERSE, edited, name, values, zones};
use crate::support::world::{changed, finding, missing};

#[test]
fn a_record_value_changed() {
    edited("a", "A", "aws_route53_record.simple[\"A\"]", &["records"], |set| {
        set.resource_records = values(&["192.0.2.10", "192.0.2.11", "192.0.2.99"]);
    });
}

#[test]
fn a_record_value_added() {
    edited(
        "a",
        "AAAA",
        "aws_route53_record.simple[\"AAAA\"]",
        &["records"],
        |set| {
            set.resource_records = values(&["2001:db8::1", "2001:db8::2", "2001:db8::3"]);
        },
    );
}

#[test]
fn a_record_value_removed() {
    edited("", "MX", "aws_route53_record.simple[\"MX\"]", &["records"], |set| {
        set.resource_records = values(&["10 mail1.example.org"]);
    });
}

#[test]
fn a_mail_exchanger_given_another_priority() {
    edited("", "MX", "aws_route53_record.simple[\"MX\"]", &["records"], |set| {
        set.resource_records = values(&["10 mail1.example.org", "5 mail2.example.org"]);
    });
}

#[test]
fn a_ttl_changed() {
    edited(
        "docs",
        "CNAME",
        "aws_route53_record.simple[\"CNAME\"]",
        &["ttl"],
        |set| set.ttl = Some(30),
    );
}

#[test]
fn a_ttl_set_to_nothing() {
    edited(
        "docs",
        "CNAME",
        "aws_route53_record.simple[\"CNAME\"]",
        &["ttl"],
        |set| set.ttl = Some(0),
    );
}

#[test]
fn a_text_changed_in_case_only() {
    edited(
        "_dmarc",
        "TXT",
        "aws_route53_record.simple[\"TXT underscore\"]",
        &["records"],
        |set| {
            set.resource_records = values(&["\"v=DMARC1; p=NONE\""]);
        },
    );
}

#[test]
fn a_text_value_added_beside_others() {
    edited("", "TXT", "aws_route53_record.simple[\"TXT\"]", &["records"], |set| {
        set.resource_records
            .as_mut()
            .expect("values")
            .extend(values(&["\"verification=other\""]).expect("values"));
    });
}

/// The same text for every reader: reported, and no reason to fail.
#[test]
fn a_text_cut_into_other_strings_is_cosmetic() {
    let world = zones();
    world.edit_record(PUBLIC, &name("_dmarc"), "TXT", |set| {
        set.resource_records = values(&["\"v=DMARC1; \" \"p=none\""]);
    });
    world.expect(&[finding(
        "cosmetic-change",
        "aws_route53_record.simple[\"TXT underscore\"]",
        &["records"],
    )]);
}

#[test]
fn an_authority_that_may_issue_certificates_changed() {
    edited("", "CAA", "aws_route53_record.simple[\"CAA\"]", &["records"], |set| {
        set.resource_records = values(&["0 issue \"ca.example.net\"", "0 iodef \"mailto:security@example.com\""]);
    });
}

#[test]
fn a_service_sent_to_another_port() {
    edited(
        "_sip._tcp",
        "SRV",
        "aws_route53_record.simple[\"SRV\"]",
        &["records"],
        |set| {
            set.resource_records = values(&["10 60 5061 sip.example.org"]);
        },
    );
}

#[test]
fn a_wildcard_changed() {
    edited(
        "*.wild",
        "A",
        "aws_route53_record.simple[\"wildcard\"]",
        &["records"],
        |set| {
            set.resource_records = values(&["192.0.2.200"]);
        },
    );
}

#[test]
fn the_name_servers_of_the_apex_changed() {
    edited("", "NS", "aws_route53_record.apex_ns", &["ttl"], |set| {
        set.ttl = Some(60)
    });
}

#[test]
fn a_record_of_another_type_is_a_missing_and_an_unmanaged_one() {
    let world = zones();
    let mut set = world.records(PUBLIC, &name("docs"), "CNAME").remove(0);
    world.delete_record(PUBLIC, &name("docs"), "CNAME");
    set.r#type = RrType::A;
    set.resource_records = values(&["192.0.2.80"]);
    world.change_record(PUBLIC, ChangeAction::Create, set);
    let id = format!("aws_route53_record {}_docs.{DOMAIN}_A", world.attribute(PUBLIC, "id"));
    world.expect(&[
        missing("aws_route53_record.simple[\"CNAME\"]"),
        finding("unmanaged-record", &id, &[]),
    ]);
}

#[test]
fn a_record_deleted() {
    let world = zones();
    world.delete_record(PUBLIC, &name("a"), "AAAA");
    world.expect(&[missing("aws_route53_record.simple[\"AAAA\"]")]);
}

#[test]
fn a_wildcard_deleted() {
    let world = zones();
    world.delete_record(PUBLIC, &name("*"), "TXT");
    world.expect(&[missing("aws_route53_record.simple[\"apex wildcard\"]")]);
}

#[test]
fn a_private_record_changed_and_its_public_namesakes_not() {
    let world = zones();
    world.edit_record(PRIVATE, &name("db"), "A", |set| {
        set.resource_records = values(&["10.0.0.6"])
    });
    world.expect(&[changed("aws_route53_record.private", &["records"])]);
}

#[test]
fn a_pointer_changed() {
    let world = zones();
    world.edit_record(REVERSE, "10.2.0.192.in-addr.arpa", "PTR", |set| {
        set.resource_records = values(&["b.example.org"]);
    });
    world.expect(&[changed("aws_route53_record.pointer", &["records"])]);
}
