//! What the provider block says about tags: `ignore_tags` and `default_tags`.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;

/// The header of the provider block whose resources the sites are.
const PROVIDER: &str = "provider \"aws\" {\n  region            = \"eu-west-2\"";

impl Site {
    fn tag_bucket(&self, edit: impl FnOnce(&mut BTreeMap<String, String>)) {
        self.world.edit_tags(PROD_BUCKET, edit);
    }

    /// Writes tags into the state as an apply with `default_tags` would have: in `tags_all` alone.
    fn applied_with_default_tag(&self, key: &str, value: &str) {
        let file = self.world.state(STATES[0]);
        let mut state: Value =
            serde_json::from_slice(&fs::read(&file).expect("the state is there")).expect("a state is JSON");
        let resources = state["resources"].as_array_mut().expect("a state has resources");
        let buckets = resources
            .iter_mut()
            .filter(|one| (&one["module"], &one["type"]) == (&json!("module.site[\"prod\"]"), &json!("aws_s3_bucket")));
        for bucket in buckets {
            bucket["instances"][0]["attributes"]["tags_all"][key] = json!(value);
        }
        fs::write(file, state.to_string()).expect("the state is written");
    }
}

#[test]
fn tags_that_the_provider_overlooks_are_no_drift() {
    let site = Site::load();
    site.tag_bucket(|tags| {
        tags.insert("scanner".to_owned(), "seen".to_owned());
        tags.insert("temp:run".to_owned(), "7".to_owned());
        tags.insert("Owner".to_owned(), "support".to_owned());
    });
    let drift = |key: &str| format!("fail medium resource-changed bucket tags[\"{key}\"]");
    let (owner, scanner, run) = (drift("Owner"), drift("scanner"), drift("temp:run"));
    site.check().says_beside(2, &[&owner, &scanner, &run], &[]);

    let overlooked = "  ignore_tags {\n    keys         = [\"scanner\", \"Team\"]\n    key_prefixes = [\"temp:\"]\n  }";
    site.declare(&[(PROVIDER, overlooked)]);
    let told = site.check();
    told.says_beside(2, &[&owner], &["bucket tags[\"scanner\"]", "bucket tags[\"temp:run\"]"]);
    assert_eq!(told.ignored_by(), ["ignore_tags of the provider"]);

    // A tag that the state holds is Terraform's, whatever the provider was told since.
    site.tag_bucket(|tags| {
        tags.remove("Owner");
        tags.insert("Team".to_owned(), "ops".to_owned());
    });
    site.check().says_beside(
        2,
        &[&drift("Team")],
        &["bucket tags[\"scanner\"]", "bucket tags[\"temp:run\"]"],
    );
}

#[test]
fn the_tags_that_the_provider_adds_belong_to_the_resource() {
    let site = Site::load();
    site.applied_with_default_tag("ManagedBy", "terraform");
    let drift = "fail medium resource-changed bucket tags[\"ManagedBy\"]";
    site.check().says_beside(2, &[drift], &[]);
    // `tags` is what the block says itself, `tags_all` what it comes to.
    let header = "resource \"aws_s3_bucket\" \"site\" {";
    site.ignore(header, "[tags]");
    site.check().says_beside(2, &[drift], &[]);
    site.ignore(header, "[tags_all]");
    site.check().says_beside(0, &[], &["bucket tags[\"ManagedBy\"]"]);

    site.declare(&[]);
    site.tag_bucket(|tags| _ = tags.insert("ManagedBy".to_owned(), "terraform".to_owned()));
    site.check().says_beside(0, &[], &[]);
}
