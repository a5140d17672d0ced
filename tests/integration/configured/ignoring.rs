//! `lifecycle.ignore_changes`, in every form that Terraform takes, against changes in the console.

use aws_sdk_cloudfront::types::{PriceClass, ViewerProtocolPolicy};
use serde_json::json;

use super::*;

const BEHAVIOUR: &str = "ordered_cache_behavior[\"/assets/*\"].viewer_protocol_policy";
/// Everything that is changed, in the order of the paths.
const CHANGED: [&str; 6] = [
    "comment",
    "default_cache_behavior.compress",
    BEHAVIOUR,
    "price_class",
    "tags[\"Owner\"]",
    "tags[\"Team\"]",
];

/// A site of which six attributes of one resource are not as the state says.
fn edited() -> Site {
    let site = Site::load();
    site.world.edit_distribution(PROD, |distribution| {
        distribution.comment = "by hand".to_owned();
        distribution.price_class = Some(PriceClass::PriceClass100);
        let behaviour = distribution
            .default_cache_behavior
            .as_mut()
            .expect("one is the default");
        behaviour.compress = Some(false);
        let ordered = distribution.cache_behaviors.as_mut().expect("some are ordered");
        let assets = ordered.items.as_mut().expect("some are ordered").iter_mut();
        for one in assets.filter(|one| one.path_pattern == "/assets/*") {
            one.viewer_protocol_policy = ViewerProtocolPolicy::RedirectToHttps;
        }
    });
    site.tag_distribution(&[("Team", "ops"), ("Owner", "support")], &[]);
    site
}

fn of_prod(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| format!("prod {path}")).collect()
}

/// What is left of the changes where these paths are taken out.
fn all_but(covered: &[&str]) -> Vec<String> {
    let left: Vec<&str> = CHANGED.into_iter().filter(|path| !covered.contains(path)).collect();
    of_prod(&left)
}

#[test]
fn each_form_covers_what_it_names_and_nothing_else() {
    let site = edited();
    let forms: [(&str, &[&str]); 14] = [
        ("[]", &[]),
        ("all", &CHANGED),
        ("[comment]", &["comment"]),
        ("[\"comment\"]", &["comment"]),
        ("[default_cache_behavior]", &["default_cache_behavior.compress"]),
        (
            "[default_cache_behavior[0].compress]",
            &["default_cache_behavior.compress"],
        ),
        ("[default_cache_behavior[0].min_ttl]", &[]),
        ("[ordered_cache_behavior]", &[BEHAVIOUR]),
        ("[ordered_cache_behavior[1]]", &[BEHAVIOUR]),
        ("[ordered_cache_behavior[1].viewer_protocol_policy]", &[BEHAVIOUR]),
        ("[ordered_cache_behavior[0].viewer_protocol_policy]", &[]),
        ("[tags]", &["tags[\"Owner\"]", "tags[\"Team\"]"]),
        ("[tags[\"Owner\"]]", &["tags[\"Owner\"]"]),
        (
            "[\n      comment, # written by support\n      price_class,\n      default_cache_behavior[0].compress,\n      tags[\"Team\"],\n    ]",
            &[
                "comment",
                "default_cache_behavior.compress",
                "price_class",
                "tags[\"Team\"]",
            ],
        ),
    ];
    for (form, covered) in forms {
        site.ignore(DISTRIBUTION, form);
        let told = site.check();
        assert_eq!(told.ignored(), of_prod(covered), "{form}");
        let left = all_but(covered);
        assert_eq!(told.drifted(), left, "{form}");
        assert_eq!(told.decided().len(), left.len(), "{form}: {:?}", told.decided());
        let code = if left.is_empty() { 0 } else { 2 };
        assert_eq!(
            (told.run.code, &told.result["complete"]),
            (code, &json!(true)),
            "{form}"
        );
        if !covered.is_empty() {
            let by = told.ignored_by();
            assert_eq!(by.len(), 1, "{form}: {by:?}");
            assert!(
                by[0].starts_with("ignore_changes at infra/site/main.tf:"),
                "{form}: {by:?}"
            );
        }
        if left.is_empty() {
            let page = site.read(&[]);
            assert!(page.contains("6 differences ignored by configuration"), "{page}");
        }
    }
}

#[test]
fn a_files_override_and_terraforms_json_say_it_too() {
    let site = edited();
    let covered = ["comment", "price_class"];
    let holds = || {
        let told = site.check();
        assert_eq!((told.run.code, &told.result["complete"]), (2, &json!(true)));
        assert_eq!((told.ignored(), told.drifted()), (of_prod(&covered), all_but(&covered)));
    };

    site.ignore(DISTRIBUTION, "[tags]");
    let over = site.world.directory().join("infra/site/main_override.tf");
    let text = format!("{DISTRIBUTION}\n  lifecycle {{\n    ignore_changes = [comment, price_class]\n  }}\n}}\n");
    fs::write(&over, text).expect("it is written");
    holds();
    fs::remove_file(over).expect("it goes");

    let over = site.world.directory().join("infra/site/web_override.tf.json");
    let lifecycle = json!({ "lifecycle": { "ignore_changes": ["comment", "price_class"] } });
    let text = json!({ "resource": { "aws_cloudfront_distribution": { "site": lifecycle } } });
    fs::write(over, text.to_string()).expect("it is written");
    holds();
}

#[test]
fn what_is_ignored_on_the_path_of_a_host_is_followed_all_the_same() {
    let site = Site::load();
    let path = "prod origin[\"website\"].origin_path";
    site.serve("releases/9.9.9");
    for form in ["[origin]", "all"] {
        site.ignore(DISTRIBUTION, form);
        let told = site.check();
        told.says_beside(2, &["fail critical origin-path-never-built prod"], &[path]);
        let said = text(&told.finding("origin-path-never-built")["detail"]);
        let by = "is set by the deployment (ignore_changes at infra/site/main.tf:";
        assert!(said.contains(by), "{said}");
    }
    // An element of a set cannot be pointed at: Terraform refuses the path, and nothing is ignored.
    site.ignore(DISTRIBUTION, "[origin[0].origin_path]");
    let drift = "fail critical resource-changed prod origin[\"website\"].origin_path";
    site.check()
        .says_beside(2, &["fail critical origin-path-empty prod", drift], &[]);

    // A host that CloudFront no longer answers for.
    site.serve("releases/1.4.2");
    let gone = site.world.own("www.example.com");
    site.world.edit_distribution(PROD, |distribution| {
        let aliases = distribution.aliases.as_mut().and_then(|aliases| aliases.items.as_mut());
        aliases.expect("it has aliases").retain(|alias| *alias != gone);
    });
    site.ignore(DISTRIBUTION, "[aliases]");
    let told = site.check();
    told.says_beside(2, &["fail critical host-not-aliased prod"], &["prod aliases"]);
    let finding = told.finding("host-not-aliased");
    let hosts = ["old.example.com", "www.example.com"].map(|host| site.world.own(host));
    assert_eq!(finding["impact"], json!(hosts));
}

#[test]
fn an_object_that_is_gone_is_drift_whatever_is_ignored() {
    let site = Site::load();
    site.ignore("resource \"aws_s3_bucket_public_access_block\" \"site\" {", "all");
    let bucket = site.world.attribute(PROD_BUCKET, "bucket");
    let block = aws_sdk_s3::types::PublicAccessBlockConfiguration::builder()
        .block_public_policy(false)
        .block_public_acls(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true)
        .build();
    site.world.console(|aws| async move {
        let put = aws.s3.put_public_access_block().bucket(bucket);
        let put = put.public_access_block_configuration(block);
        put.send().await.expect("the block is taken");
    });
    site.check().says_beside(0, &[], &["block block_public_policy"]);

    let bucket = site.world.attribute(PROD_BUCKET, "bucket");
    site.world.console(|aws| async move {
        let delete = aws.s3.delete_public_access_block().bucket(bucket);
        delete.send().await.expect("the block goes");
    });
    site.check().says_beside(2, &["fail high resource-missing block"], &[]);
}
