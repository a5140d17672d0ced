//! `owner` blocks: the deployment switches the version that is served, and Terraform stays out of it.

use serde_json::json;

use super::*;

const PATH: &str = "origin[\"website\"].origin_path";

/// An owner of the origin paths of these distributions.
fn owner(address: &str) -> String {
    format!(
        "owner \"deploy\" {{\n  attribute {{\n    address = \"{address}\"\n    path    = \"origin[*].origin_path\"\n  }}\n}}\n"
    )
}

#[test]
fn a_version_that_the_deployment_switches_to_is_no_drift_as_long_as_it_was_built() {
    let site = Site::load();
    let everywhere = owner("module.site[*].aws_cloudfront_distribution.*");
    site.configure(&everywhere);
    site.check().says_beside(0, &[], &[]);

    let owned = format!("prod {PATH}");
    site.build("releases/1.4.3");
    site.serve("releases/1.4.3");
    let told = site.check();
    told.says_beside(0, &[], &[&owned]);
    assert_eq!(told.ignored_by(), ["owner \"deploy\" at driftgate.hcl:2"]);
    assert_eq!(told.result["outcome"], "clean");
    let page = site.read(&["--verbose"]);
    assert!(page.contains("1 difference ignored by configuration"), "{page}");
    assert!(page.contains("owner \"deploy\" at driftgate.hcl:2"), "{page}");

    // To a version that nobody built: no drift either, and an outage.
    site.serve("releases/9.9.9");
    let told = site.check();
    told.says_beside(2, &["fail critical origin-path-never-built prod"], &[&owned]);
    let finding = told.finding("origin-path-never-built");
    let hosts = ["example.com", "www.example.com"].map(|host| site.world.own(host));
    assert_eq!(finding["impact"], json!(hosts));
    assert_eq!(
        finding["place"],
        json!({ "file": "infra/site/main.tf", "line": block() })
    );
    let said = text(&finding["detail"]);
    assert!(
        said.contains("is set by the deployment (owner \"deploy\" at driftgate.hcl:2)"),
        "{said}"
    );

    let page = site.read(&[]);
    assert!(page.contains("at infra/site/main.tf:"), "{page}");
    assert!(!page.contains("Correct the step"), "no step is known: {page}");

    // Nobody owns it: the same is drift, and what it does is told by the rule about serving.
    site.configure("");
    let told = site.check();
    let drift = format!("fail critical resource-changed prod {PATH}");
    told.says_beside(2, &["fail critical origin-path-empty prod", &drift], &[]);
    let place = json!({ "file": "infra/site/main.tf", "line": block() });
    for rule in ["origin-path-empty", "resource-changed"] {
        assert_eq!(told.finding(rule)["place"], place, "{rule}");
    }

    // Others than the owner's own resources and attributes stay Terraform's.
    site.serve("releases/1.4.3");
    site.world
        .edit_distribution(PROD, |distribution| distribution.comment = "by hand".to_owned());
    let drift = "fail medium resource-changed prod comment";
    site.configure(&everywhere);
    site.check().says_beside(2, &[drift], &[&owned]);
    site.configure(&owner("module.site[\\\"stage\\\"].*"));
    let switched = format!("fail high resource-changed prod {PATH}");
    site.check().says_beside(2, &[&switched, drift], &[]);
}

#[test]
fn an_owner_of_nothing_is_told() {
    let site = Site::load();
    site.configure(&owner("aws_cloudfront_distribution.*"));
    let told = site.check();
    told.says_beside(0, &[], &[]);
    assert_eq!(
        told.result["remarks"],
        json!([
            "driftgate.hcl:2: owner \"deploy\" owns nothing: no resource has an address like aws_cloudfront_distribution.*"
        ])
    );
}

/// The line of the distributions' block in the world's own file.
fn block() -> usize {
    let file = std::fs::read_to_string(repository("fixtures/worlds/two-sites/site/main.tf")).expect("it is there");
    let at = file.lines().position(|line| line == DISTRIBUTION);
    at.expect("the block is there") + 1
}
