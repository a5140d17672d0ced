//! Backends, workspaces and providers.

use super::super::StateLocation;
use super::*;

const S3: &str = "terraform {\n  backend \"s3\" {\n    bucket = \"states\"\n    key = \"site/x.tfstate\"\n    region = \"eu-west-2\"\n    profile = \"ops\"\n  }\n}\n";

/// The location in one line, as the caller might write it.
fn shown(location: &StateLocation, directory: &Path) -> String {
    match location {
        StateLocation::Local(path) => path.strip_prefix(directory).unwrap_or(path).display().to_string(),
        StateLocation::S3(s3) => format!(
            "s3://{}/{} {:?} {:?} {:?}",
            s3.bucket, s3.key, s3.region, s3.profile, s3.role_arn
        ),
        StateLocation::Unsupported { kind, .. } => format!("unsupported {kind}"),
        StateLocation::NotKnown { place, problem, .. } => format!("not known at {place}: {problem}"),
    }
}

fn located(files: &[(&str, &str)], chosen: Option<&str>) -> String {
    let base = directory(files);
    let configuration = Configuration::read(base.path(), "infra").unwrap();
    shown(&configuration.state_location(chosen), base.path())
}

#[test]
fn states_are_where_the_block_says() {
    let backend = |text: &str| format!("terraform {{\n{text}\n}}\n");
    let cases = [
        (String::new(), None, "terraform.tfstate"),
        (String::new(), Some(""), "terraform.tfstate"),
        (
            String::new(),
            Some("prod"),
            "terraform.tfstate.d/prod/terraform.tfstate",
        ),
        (
            backend("backend \"local\" {\npath = \"x/y.tfstate\"\n}"),
            None,
            "x/y.tfstate",
        ),
        (
            backend("backend \"local\" {\nworkspace_dir = \"w\"\n}"),
            Some("prod"),
            "w/prod/terraform.tfstate",
        ),
        (
            S3.to_owned(),
            None,
            "s3://states/site/x.tfstate Some(\"eu-west-2\") Some(\"ops\") None",
        ),
        (
            S3.to_owned(),
            Some("prod"),
            "s3://states/env:/prod/site/x.tfstate Some(\"eu-west-2\") Some(\"ops\") None",
        ),
        (
            backend("backend \"s3\" {\nbucket = \"b\"\nkey = \"k\"\nworkspace_key_prefix = \"\"\n}"),
            Some("prod"),
            "s3://b/prod/k None None None",
        ),
        (
            backend("backend \"s3\" {\nbucket = \"b\"\nkey = \"k\"\nassume_role = {\nrole_arn = \"arn:r\"\n}\n}"),
            None,
            "s3://b/k None None Some(\"arn:r\")",
        ),
        (
            backend("backend \"s3\" {\nbucket = \"b\"\nkey = var.key\n}"),
            None,
            "not known at infra/main.tf:2: `key` of the `s3` backend is not written out",
        ),
        (
            backend("backend \"s3\" {}"),
            None,
            "not known at infra/main.tf:2: the `s3` backend has no `bucket`: it is left to `terraform init -backend-config`",
        ),
        (
            backend("backend \"s3\" {\nbucket = \"b\"\nkey = \"k\"\nendpoints = {\ns3 = \"http://x\"\n}\n}"),
            None,
            "unsupported s3 with an endpoint of its own",
        ),
        (
            backend("cloud {\norganization = \"x\"\n}"),
            None,
            "unsupported HCP Terraform",
        ),
        (backend("backend \"gcs\" {\nbucket = \"b\"\n}"), None, "unsupported gcs"),
        (
            String::new(),
            Some("../x"),
            "not known at infra: `../x` is no name of a workspace",
        ),
    ];
    for (text, chosen, expected) in cases {
        assert_eq!(located(&[("main.tf", &text)], chosen), expected, "{text}");
    }
    let json = r#"{"terraform": {"backend": {"s3": {"bucket": "b", "key": "k"}}}}"#;
    assert_eq!(located(&[("main.tf.json", json)], None), "s3://b/k None None None");
}

#[test]
fn what_init_merged_wins_and_the_selected_workspace_holds() {
    let merged = r#"{"version": 3, "backend": {"type": "s3", "hash": 1, "config": {
        "bucket": "merged", "key": "k", "region": null, "profile": null, "workspace_key_prefix": null,
        "endpoint": null, "endpoints": {"dynamodb": null, "s3": null},
        "assume_role": [{"role_arn": "arn:r"}]}}}"#;
    let files = [
        ("main.tf", "terraform {\n  backend \"s3\" {}\n}\n"),
        (".terraform/terraform.tfstate", merged),
        (".terraform/environment", "prod\n"),
    ];
    assert_eq!(
        located(&files, None),
        "s3://merged/env:/prod/k None None Some(\"arn:r\")"
    );
    assert_eq!(
        located(&files, Some("default")),
        "s3://merged/k None None Some(\"arn:r\")"
    );
    assert!(read(&files).remarks().is_empty());
    let other = read(&[("main.tf", ""), (".terraform/terraform.tfstate", merged)]);
    assert!(
        other.remarks()[0].problem.contains("terraform init"),
        "{:?}",
        other.remarks()
    );
    let broken = read(&[("main.tf", S3), (".terraform/terraform.tfstate", "{")]);
    assert_eq!(
        broken.remarks()[0].place.to_string(),
        "infra/.terraform/terraform.tfstate"
    );
    assert_eq!(broken.backend().unwrap().kind, "s3");
}

#[test]
fn the_data_directory_may_be_elsewhere() {
    let base = directory(&[("main.tf", ""), ("data/environment", "stage")]);
    let configuration = Configuration::read_with_data(base.path(), "", &base.path().join("data")).unwrap();
    assert_eq!(configuration.workspace(None), "stage");
    assert_eq!(configuration.workspace(Some("prod")), "prod");
}

#[test]
fn an_override_replaces_the_backend() {
    let over = "terraform {\n  backend \"local\" {}\n}\n";
    assert_eq!(
        located(&[("main.tf", S3), ("override.tf", over)], None),
        "terraform.tfstate"
    );
    let error = try_read(&[("a.tf", S3), ("b.tf", S3)]).unwrap_err();
    assert!(
        error.to_string().contains("already declared at infra/a.tf:2"),
        "{error}"
    );
}

const PROVIDERS: &str = r#"
terraform {
  required_providers {
    amazon = { source = "hashicorp/aws" }
  }
}
provider "amazon" {
  ignore_tags {
    keys         = ["LastScanned", 7]
    key_prefixes = toset(["kubernetes.io/"])
  }
  default_tags {
    tags = { team = "web" }
  }
}
provider "amazon" {
  alias = "west"
  ignore_tags {
    keys = var.keys
  }
}
provider "amazon" {
  alias = "dynamic"
  dynamic "ignore_tags" {
    for_each = [1]
    content {
    }
  }
}
"#;

#[test]
fn providers_say_which_tags_do_not_count() {
    let configuration = read(&[("main.tf", PROVIDERS)]);
    let name = |alias: &str| format!("provider[\"registry.terraform.io/hashicorp/aws\"]{alias}");
    let ignored = configuration.ignored_tags(&name("")).unwrap();
    for (key, expected) in [
        ("LastScanned", true),
        ("7", true),
        ("kubernetes.io/x", true),
        ("lastscanned", false),
        ("owner", false),
    ] {
        assert_eq!(ignored.covers(key), expected, "{key}");
    }
    assert_eq!(
        configuration
            .default_tags(&name(""))
            .unwrap()
            .get("team")
            .map(String::as_str),
        Some("web")
    );
    let unread = read(&[("main.tf", "module \"m\" {\n  source = \"example/site/aws\"\n}\n")]);
    assert!(unread.ignored_tags("provider.aws").is_ok());
    assert!(unread.ignored_tags("module.m.provider.aws").is_err());
    let west = configuration.ignored_tags(&name(".west")).unwrap_err();
    assert_eq!(west.place.to_string(), "infra/main.tf:19");
    assert!(configuration.default_tags(&name(".west")).unwrap().is_empty());
    assert!(configuration.ignored_tags(&name(".dynamic")).is_err());
    assert!(configuration.ignored_tags(&name(".none")).is_err());
    // `show -json` does not tell which of them it is.
    assert!(
        configuration
            .ignored_tags("registry.terraform.io/hashicorp/aws")
            .is_err()
    );
    // A provider without a block.
    let other = configuration.ignored_tags("provider[\"registry.terraform.io/hashicorp/awscc\"]");
    assert_eq!(other, Ok(super::super::IgnoredTags::default()));
}

#[test]
fn override_files_change_providers() {
    let over = "provider \"amazon\" {\n  ignore_tags {\n    keys = [\"x\"]\n  }\n}\n";
    let configuration = read(&[("main.tf", PROVIDERS), ("override.tf", over)]);
    let ignored = configuration.ignored_tags("provider.aws").unwrap();
    assert!(ignored.covers("x") && !ignored.covers("LastScanned"));
}
