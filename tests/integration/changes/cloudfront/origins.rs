//! Origins and origin groups.

use aws_sdk_cloudfront::types::{
    CustomOriginConfig, Origin, OriginCustomHeader, OriginProtocolPolicy, OriginShield, S3OriginConfig, SslProtocol,
};
use serde_json::{Value, json};

use super::{FULL, LEAST, STAGE, at_origin, behaviour, edge, edited, full, origin};
use crate::support::world::{World, changed};

fn custom(origin: &mut Origin) -> &mut CustomOriginConfig {
    origin.custom_origin_config.as_mut().expect("a custom origin")
}

#[test]
fn an_origin_path_set_back_to_an_older_release() {
    let world = World::load("two-sites");
    world.edit_distribution(STAGE, |d| {
        origin(d, "website").origin_path = Some("/releases/1.4.9".into())
    });
    let findings = world.expect(&[changed(STAGE, &["origin[\"website\"].origin_path"])]);
    assert_eq!(findings[0]["changes"][0]["expected"], "/releases/1.5.0-rc.1");
    assert_eq!(findings[0]["changes"][0]["live"], "/releases/1.4.9");
}

#[test]
fn an_origin_path_removed() {
    at_origin("s3-oac", &["origin[\"s3-oac\"].origin_path"], |origin| {
        origin.origin_path = Some(String::new())
    });
}

#[test]
fn an_origin_sent_to_another_domain() {
    at_origin("api", &["origin[\"api\"].domain_name"], |origin| {
        origin.domain_name = "api.example.net".into()
    });
}

/// The regional and the global endpoint of one bucket are two: the global one redirects while a bucket is new.
#[test]
fn an_origin_sent_to_the_global_endpoint_of_its_bucket() {
    let world = edge();
    let domain = world.own("every-attribute-plain.s3.amazonaws.com");
    world.edit_distribution(FULL, |d| origin(d, "s3-oac").domain_name = domain);
    world.expect(&[changed(FULL, &["origin[\"s3-oac\"].domain_name"])]);
}

#[test]
fn an_origin_added() {
    let findings = edited(LEAST, &["origin[\"second\"]"], |d| {
        let mut second = origin(d, "only").clone();
        second.id = "second".into();
        d.origins.as_mut().expect("origins").items.push(second);
    });
    assert_eq!(findings[0]["changes"][0]["expected"], Value::Null);
    assert_eq!(findings[0]["changes"][0]["live"]["domain_name"], "origin.example.org");
}

#[test]
fn an_origin_removed_and_its_behaviour_sent_to_another() {
    let paths = [
        "ordered_cache_behavior[\"/legacy/*\"].target_origin_id",
        "origin[\"s3-website\"]",
    ];
    full(&paths, |d| {
        behaviour(d, "/legacy/*").target_origin_id = "api".into();
        d.origins
            .as_mut()
            .expect("origins")
            .items
            .retain(|one| one.id != "s3-website");
    });
}

#[test]
fn an_access_control_swapped() {
    let world = edge();
    let other = world.attribute("aws_cloudfront_origin_access_control.mediastore", "id");
    world.edit_distribution(FULL, |d| origin(d, "s3-oac").origin_access_control_id = Some(other));
    world.expect(&[changed(FULL, &["origin[\"s3-oac\"].origin_access_control_id"])]);
}

#[test]
fn an_access_control_removed() {
    at_origin("s3-oac", &["origin[\"s3-oac\"].origin_access_control_id"], |origin| {
        origin.origin_access_control_id = Some(String::new());
    });
}

#[test]
fn an_access_identity_removed() {
    at_origin("s3-oai", &["origin[\"s3-oai\"].s3_origin_config"], |origin| {
        origin.s3_origin_config = Some(S3OriginConfig::builder().origin_access_identity("").build());
    });
}

#[test]
fn an_access_identity_swapped() {
    let world = edge();
    let other = world.attribute(
        "aws_cloudfront_origin_access_identity.silent",
        "cloudfront_access_identity_path",
    );
    world.edit_distribution(FULL, |d| {
        origin(d, "s3-oai").s3_origin_config = Some(S3OriginConfig::builder().origin_access_identity(other).build());
    });
    world.expect(&[changed(
        FULL,
        &["origin[\"s3-oai\"].s3_origin_config.origin_access_identity"],
    )]);
}

/// The header's value is a secret, whether or not the state says so.
#[test]
fn a_custom_header_value_changed_is_never_printed() {
    let findings = edited(
        FULL,
        &["origin[\"api\"].custom_header[\"x-origin-secret\"].value"],
        |d| {
            let headers = origin(d, "api")
                .custom_headers
                .as_mut()
                .expect("headers")
                .items
                .as_mut()
                .expect("headers");
            headers
                .iter_mut()
                .find(|one| one.header_name == "X-Origin-Secret")
                .expect("the header")
                .header_value = "leaked".into();
        },
    );
    for finding in findings {
        let change = &finding["changes"][0];
        assert_eq!(
            (&change["expected"], &change["live"]),
            (&json!("(sensitive)"), &json!("(sensitive)"))
        );
    }
}

/// Here the state calls nothing sensitive; the header's name may be shown, its value not.
#[test]
fn a_custom_header_added_is_shown_without_its_value() {
    let world = World::load("two-sites");
    world.edit_distribution(STAGE, |d| {
        let header = OriginCustomHeader::builder()
            .header_name("X-Secret")
            .header_value("leaked")
            .build()
            .expect("a header");
        origin(d, "website").custom_headers.as_mut().expect("headers").items = Some(vec![header]);
    });
    let findings = world.expect(&[changed(STAGE, &["origin[\"website\"].custom_header[\"x-secret\"]"])]);
    assert_eq!(
        findings[0]["changes"][0]["live"],
        json!({"name": "X-Secret", "value": "(sensitive)"})
    );
    let human = world
        .driftgate(["check", "--state", "terraform.tfstate", "--verbose"])
        .run();
    assert!(
        human.stdout.contains("X-Secret") && !human.stdout.contains("leaked"),
        "{}",
        human.stdout
    );
}

#[test]
fn a_custom_header_removed() {
    at_origin("api", &["origin[\"api\"].custom_header[\"x-environment\"]"], |origin| {
        let headers = origin
            .custom_headers
            .as_mut()
            .expect("headers")
            .items
            .as_mut()
            .expect("headers");
        headers.retain(|header| header.header_name != "X-Environment");
    });
}

#[test]
fn connection_attempts_changed() {
    at_origin("s3-oac", &["origin[\"s3-oac\"].connection_attempts"], |origin| {
        origin.connection_attempts = Some(1)
    });
}

#[test]
fn a_connection_timeout_changed() {
    at_origin("s3-oac", &["origin[\"s3-oac\"].connection_timeout"], |origin| {
        origin.connection_timeout = Some(9)
    });
}

#[test]
fn an_origin_shield_moved() {
    at_origin(
        "s3-oac",
        &["origin[\"s3-oac\"].origin_shield.origin_shield_region"],
        |origin| {
            origin.origin_shield.as_mut().expect("a shield").origin_shield_region = Some("us-east-1".into());
        },
    );
}

#[test]
fn an_origin_shield_switched_off() {
    at_origin("s3-oac", &["origin[\"s3-oac\"].origin_shield"], |origin| {
        origin.origin_shield = OriginShield::builder().enabled(false).build().ok();
    });
}

#[test]
fn an_origin_shield_switched_on() {
    at_origin("api", &["origin[\"api\"].origin_shield"], |origin| {
        origin.origin_shield = OriginShield::builder()
            .enabled(true)
            .origin_shield_region("eu-west-2")
            .build()
            .ok();
    });
}

#[test]
fn the_ports_of_a_custom_origin_changed() {
    let paths = [
        "origin[\"api\"].custom_origin_config.http_port",
        "origin[\"api\"].custom_origin_config.https_port",
    ];
    at_origin("api", &paths, |origin| {
        (custom(origin).http_port, custom(origin).https_port) = (80, 443)
    });
}

#[test]
fn the_protocol_of_a_custom_origin_changed() {
    at_origin(
        "api",
        &["origin[\"api\"].custom_origin_config.origin_protocol_policy"],
        |origin| {
            custom(origin).origin_protocol_policy = OriginProtocolPolicy::HttpOnly;
        },
    );
}

#[test]
fn an_old_tls_version_allowed_for_a_custom_origin() {
    at_origin(
        "s3-website",
        &["origin[\"s3-website\"].custom_origin_config.origin_ssl_protocols"],
        |origin| {
            let protocols = custom(origin).origin_ssl_protocols.as_mut().expect("protocols");
            protocols.items.push(SslProtocol::SsLv3);
            protocols.quantity += 1;
        },
    );
}

#[test]
fn the_timeouts_of_a_custom_origin_changed() {
    let paths = [
        "origin[\"api\"].custom_origin_config.origin_keepalive_timeout",
        "origin[\"api\"].custom_origin_config.origin_read_timeout",
    ];
    at_origin("api", &paths, |origin| {
        custom(origin).origin_keepalive_timeout = Some(5);
        custom(origin).origin_read_timeout = Some(30);
    });
}

// Origin groups

#[test]
fn the_members_of_an_origin_group_in_another_order() {
    full(
        &[
            "origin_group[\"with-failover\"].member[0].origin_id",
            "origin_group[\"with-failover\"].member[1].origin_id",
        ],
        |d| {
            let group = &mut d
                .origin_groups
                .as_mut()
                .expect("groups")
                .items
                .as_mut()
                .expect("groups")[0];
            group.members.as_mut().expect("members").items.reverse();
        },
    );
}

#[test]
fn a_status_code_of_an_origin_group_removed() {
    full(
        &["origin_group[\"with-failover\"].failover_criteria.status_codes"],
        |d| {
            let group = &mut d
                .origin_groups
                .as_mut()
                .expect("groups")
                .items
                .as_mut()
                .expect("groups")[0];
            let codes = group
                .failover_criteria
                .as_mut()
                .and_then(|c| c.status_codes.as_mut())
                .expect("codes");
            codes.items.retain(|code| *code != 500);
            codes.quantity -= 1;
        },
    );
}

/// The provider's own refresh keeps the old groups here and misses this.
#[test]
fn an_origin_group_removed_and_its_behaviour_sent_to_a_member() {
    full(
        &[
            "default_cache_behavior.target_origin_id",
            "origin_group[\"with-failover\"]",
        ],
        |d| {
            d.default_cache_behavior.as_mut().expect("a behaviour").target_origin_id = "s3-oac".into();
            d.origin_groups.as_mut().expect("groups").items = None;
        },
    );
}
