//! Website configurations.

use aws_sdk_s3::types::{ErrorDocument, Protocol, RedirectAllRequestsTo};

use super::{OLD, OLD_WEBSITE, PAGES, PAGES_WEBSITE, old, pages};
use crate::changes::buckets::{index, redirect_to};
use crate::support::world::{changed, missing};

fn redirect(host: &str, protocol: Option<Protocol>) -> RedirectAllRequestsTo {
    RedirectAllRequestsTo::builder()
        .host_name(host)
        .set_protocol(protocol)
        .build()
        .expect("a redirect")
}

#[test]
fn a_website_redirect_sent_to_another_host() {
    let world = old();
    world.edit_website(OLD, |site| {
        site.redirect_all_requests_to = Some(redirect("attacker.example.org", Some(Protocol::Https)))
    });
    world.expect(&[changed(OLD_WEBSITE, &["redirect_all_requests_to.host_name"])]);
}

#[test]
fn a_website_redirect_without_its_protocol() {
    let world = old();
    let host = world.own("www.example.com");
    world.edit_website(OLD, |site| site.redirect_all_requests_to = Some(redirect(&host, None)));
    world.expect(&[changed(OLD_WEBSITE, &["redirect_all_requests_to.protocol"])]);
}

#[test]
fn a_website_redirect_turned_into_pages() {
    let world = old();
    world.edit_website(OLD, |site| {
        site.redirect_all_requests_to = None;
        site.index_document = Some(index("index.html"));
    });
    world.expect(&[changed(OLD_WEBSITE, &["index_document", "redirect_all_requests_to"])]);
}

#[test]
fn a_website_deleted() {
    let world = old();
    world.delete_website(OLD);
    world.expect(&[missing(OLD_WEBSITE)]);
}

#[test]
fn a_website_index_changed() {
    let world = pages();
    world.edit_website(PAGES, |site| site.index_document = Some(index("home.html")));
    world.expect(&[changed(PAGES_WEBSITE, &["index_document.suffix"])]);
}

#[test]
fn a_website_error_page_changed() {
    let world = pages();
    let page = ErrorDocument::builder().key("error.html").build().expect("a page");
    world.edit_website(PAGES, |site| site.error_document = Some(page));
    world.expect(&[changed(PAGES_WEBSITE, &["error_document.key"])]);
}

#[test]
fn a_website_error_page_removed() {
    let world = pages();
    world.edit_website(PAGES, |site| site.error_document = None);
    world.expect(&[changed(PAGES_WEBSITE, &["error_document"])]);
}

#[test]
fn a_website_routing_rule_changed() {
    let world = pages();
    world.edit_website(PAGES, |site| {
        let rule = &mut site.routing_rules.as_mut().expect("rules")[0];
        rule.redirect.as_mut().expect("a redirect").host_name = Some("other.example.org".into());
    });
    world.expect(&[changed(PAGES_WEBSITE, &["routing_rule[0]"])]);
}

#[test]
fn a_website_routing_rule_added() {
    let world = pages();
    world.edit_website(PAGES, |site| {
        site.routing_rules
            .as_mut()
            .expect("rules")
            .push(redirect_to("new/", "www.example.org"));
    });
    world.expect(&[changed(PAGES_WEBSITE, &["routing_rule"])]);
}

#[test]
fn website_routing_rules_reordered() {
    let world = pages();
    world.edit_website(PAGES, |site| site.routing_rules.as_mut().expect("rules").reverse());
    world.expect(&[changed(PAGES_WEBSITE, &["routing_rule[0]", "routing_rule[1]"])]);
}

#[test]
fn website_routing_rules_removed() {
    let world = pages();
    world.edit_website(PAGES, |site| site.routing_rules = None);
    world.expect(&[changed(PAGES_WEBSITE, &["routing_rule"])]);
}

/// An empty replacement removes the prefix; without any the prefix stays.
#[test]
fn a_website_routing_rule_without_its_empty_replacement() {
    let world = pages();
    world.edit_website("aws_s3_bucket.keyed[\"a b\"]", |site| {
        let rule = &mut site.routing_rules.as_mut().expect("rules")[0];
        let redirect = rule.redirect.as_mut().expect("a redirect");
        assert_eq!(redirect.replace_key_prefix_with.take().as_deref(), Some(""));
        redirect.host_name = Some("www.example.org".into());
    });
    world.expect(&[changed(
        "aws_s3_bucket_website_configuration.rules_as_json",
        &["routing_rule[0]"],
    )]);
}
