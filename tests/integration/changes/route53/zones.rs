//! Hosted zones.

use aws_sdk_route53::types::{Tag, TagResourceType, Vpc, VpcRegion};

use super::{DOMAIN, PRIVATE, PUBLIC, REVERSE, name, zones};
use crate::support::world::{World, changed, missing};

impl World {
    fn tag_zone(&self, address: &str, add: &[(&str, &str)], remove: &[&str]) {
        let id = self.attribute(address, "id");
        let tag = |(key, value): &(&str, &str)| Tag::builder().key(*key).value(*value).build();
        let (add, remove): (Vec<Tag>, Vec<String>) = (
            add.iter().map(tag).collect(),
            remove.iter().map(|key| (*key).to_owned()).collect(),
        );
        self.console(|aws| async move {
            let change = aws
                .route53
                .change_tags_for_resource()
                .resource_type(TagResourceType::Hostedzone)
                .resource_id(id);
            let change = change.set_add_tags((!add.is_empty()).then_some(add));
            let change = change.set_remove_tag_keys((!remove.is_empty()).then_some(remove));
            change.send().await.expect("the tags are changed");
        });
    }

    fn comment_zone(&self, address: &str, comment: &str) {
        let (id, comment) = (self.attribute(address, "id"), comment.to_owned());
        self.console(|aws| async move {
            let update = aws.route53.update_hosted_zone_comment().id(id).comment(comment);
            update.send().await.expect("the comment is taken");
        });
    }

    fn delete_zone(&self, address: &str) {
        let id = self.attribute(address, "id");
        self.console(|aws| async move {
            aws.route53
                .delete_hosted_zone()
                .id(id)
                .send()
                .await
                .expect("the zone is deleted");
        });
    }
}

#[test]
fn a_zone_comment_changed() {
    let world = zones();
    world.comment_zone(PUBLIC, "Edited by hand");
    world.expect(&[changed(PUBLIC, &["comment"])]);
}

#[test]
fn a_zone_comment_cleared() {
    let world = World::load("two-sites");
    world.comment_zone("aws_route53_zone.main", "");
    world.expect(&[changed("aws_route53_zone.main", &["comment"])]);
}

#[test]
fn a_zone_comment_added() {
    let world = zones();
    world.comment_zone(REVERSE, "Has one now");
    world.expect(&[changed(REVERSE, &["comment"])]);
}

#[test]
fn a_zone_tag_added() {
    let world = zones();
    world.tag_zone(REVERSE, &[("Owner", "somebody")], &[]);
    world.expect(&[changed(REVERSE, &["tags[\"Owner\"]"])]);
}

#[test]
fn a_zone_tag_changed() {
    let world = zones();
    world.tag_zone(PUBLIC, &[("Visibility", "private")], &[]);
    world.expect(&[changed(PUBLIC, &["tags[\"Visibility\"]"])]);
}

#[test]
fn a_zone_tag_removed() {
    let world = World::load("two-sites");
    world.tag_zone("aws_route53_zone.main", &[], &["Team"]);
    world.expect(&[changed("aws_route53_zone.main", &["tags[\"Team\"]"])]);
}

#[test]
fn a_deleted_zone_is_missing_with_its_records() {
    let world = zones();
    world.delete_record(REVERSE, "10.2.0.192.in-addr.arpa", "PTR");
    world.delete_zone(REVERSE);
    world.expect(&[missing(REVERSE), missing("aws_route53_record.pointer")]);
}

/// A zone of the same name does not take its place.
#[test]
fn a_zone_made_again_has_another_id() {
    let world = zones();
    world.delete_record(PRIVATE, &name("db"), "A");
    world.delete_zone(PRIVATE);
    let name = world.own(DOMAIN);
    world.console(|aws| async move {
        let create = aws
            .route53
            .create_hosted_zone()
            .name(name)
            .caller_reference("again")
            .vpc(vpc("vpc-0123456789abcdef0"));
        create.send().await.expect("the zone is made");
    });
    world.expect(&[missing(PRIVATE), missing("aws_route53_record.private")]);
}

fn vpc(id: &str) -> Vpc {
    Vpc::builder().vpc_id(id).vpc_region(VpcRegion::EuWest2).build()
}

#[test]
fn a_network_associated_with_a_private_zone() {
    let world = zones();
    let zone = world.attribute(PRIVATE, "id");
    world.console(|aws| async move {
        let call = aws
            .route53
            .associate_vpc_with_hosted_zone()
            .hosted_zone_id(zone)
            .vpc(vpc("vpc-0123456789abcdef9"));
        call.send().await.expect("the network is associated");
    });
    world.expect(&[changed(PRIVATE, &["vpc[\"vpc-0123456789abcdef9\"]"])]);
}

#[test]
fn a_network_taken_from_a_private_zone() {
    let world = zones();
    let zone = world.attribute(PRIVATE, "id");
    world.console(|aws| async move {
        let call = aws
            .route53
            .disassociate_vpc_from_hosted_zone()
            .hosted_zone_id(zone)
            .vpc(vpc("vpc-0123456789abcdef0"));
        call.send().await.expect("the network is taken away");
    });
    world.expect(&[changed(PRIVATE, &["vpc[\"vpc-0123456789abcdef0\"]"])]);
}

/// Every kind of record of a whole account deleted at once, each reported once.
#[test]
fn all_records_of_the_old_host_and_stage_deleted() {
    let world = World::load("two-sites");
    for (name, kind) in [
        ("old.example.com", "A"),
        ("stage.example.com", "A"),
        ("stage.example.com", "AAAA"),
    ] {
        world.delete_record("aws_route53_zone.main", name, kind);
    }
    world.expect(&[
        missing("aws_route53_record.old_host"),
        missing("module.site[\"stage\"].aws_route53_record.host[\"stage.example.com A\"]"),
        missing("module.site[\"stage\"].aws_route53_record.host[\"stage.example.com AAAA\"]"),
    ]);
}
