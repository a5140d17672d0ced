//! Which blocks there are.

use super::super::Standing;
use super::*;

#[test]
fn blocks_of_all_files_have_their_places() {
    let configuration = read(&[
        (
            "main.tf",
            "\u{feff}resource \"aws_s3_bucket\" \"a\" {\r\n}\r\n\r\nresource aws_s3_bucket b {\r\n}\r\n",
        ),
        ("more.tf.json", "{\n\"resource\": {\"aws_s3_bucket\": {\n\"c\": {}}}}"),
        ("other.tofu", "resource \"aws_s3_bucket\" \"d\" {}\n"),
        ("ignored.txt", "}"),
        (".hidden.tf", "}"),
        ("sub/below.tf", "}"),
    ]);
    assert_eq!(
        blocks(&configuration),
        [
            "aws_s3_bucket.a infra/main.tf:1",
            "aws_s3_bucket.b infra/main.tf:4",
            "aws_s3_bucket.c infra/more.tf.json:3",
            "aws_s3_bucket.d infra/other.tofu:1",
        ]
    );
    assert!(configuration.incomplete().is_empty());
}

#[test]
fn a_tofu_file_stands_in_for_the_tf_file_of_its_name() {
    let configuration = read(&[
        ("main.tf", "resource \"aws_s3_bucket\" \"a\" {}\n"),
        ("main.tofu", "resource \"aws_s3_bucket\" \"b\" {}\n"),
    ]);
    assert_eq!(blocks(&configuration), ["aws_s3_bucket.b infra/main.tofu:1"]);
}

#[test]
fn local_modules_are_followed_wherever_they_are() {
    let base = directory(&[
        (
            "envs/prod/main.tf",
            "module \"site\" {\n  source = \"../../modules/site\"\n}\n",
        ),
        (
            "modules/site/main.tf",
            "module \"bucket\" {\n  source = \"./bucket\"\n  count = 2\n}\n",
        ),
        ("modules/site/bucket/b.tf", "\nresource \"aws_s3_bucket\" \"b\" {\n}\n"),
    ]);
    let configuration = Configuration::read(&base.path().join("envs/prod"), "envs/prod").unwrap();
    assert_eq!(
        blocks(&configuration),
        ["module.site.module.bucket.aws_s3_bucket.b modules/site/bucket/b.tf:2"]
    );
    let block = configuration
        .resource(r#"module.site.module.bucket[1].aws_s3_bucket.b["x"]"#)
        .unwrap();
    assert_eq!(block.place.line, 2);
    assert_eq!(configuration.standing("aws_s3_bucket.b"), Standing::Absent);
    assert_eq!(configuration.standing("no address"), Standing::NotKnown);
}

#[test]
fn installed_modules_are_read_and_others_are_gaps() {
    let main = "module \"a\" {\n  source = \"example/site/aws\"\n}\nmodule \"b\" {\n  source = \"git::https://example.com/b.git\"\n}\n";
    let manifest = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},
        {"Key":"a","Source":"registry.terraform.io/example/site/aws","Version":"1.0.0","Dir":".terraform/modules/a"},
        {"Key":"a.c","Source":"./c","Dir":".terraform/modules/a/c"}]}"#;
    let configuration = read(&[
        ("main.tf", main),
        (".terraform/modules/modules.json", manifest),
        (
            ".terraform/modules/a/main.tf",
            "module \"c\" {\n  source = \"./c\"\n}\n",
        ),
        (
            ".terraform/modules/a/c/main.tf",
            "resource \"aws_s3_bucket\" \"x\" {}\n",
        ),
    ]);
    assert_eq!(
        blocks(&configuration),
        ["module.a.module.c.aws_s3_bucket.x infra/.terraform/modules/a/c/main.tf:1"]
    );
    let [gap] = configuration.incomplete() else {
        panic!("{:?}", configuration.incomplete());
    };
    assert_eq!(
        (gap.module.as_str(), gap.place.to_string().as_str()),
        ("module.b", "infra/main.tf:4")
    );
    assert!(gap.problem.contains("terraform init"), "{}", gap.problem);
    assert_eq!(
        configuration.standing("module.b[0].aws_s3_bucket.x"),
        Standing::NotKnown
    );
    assert_eq!(configuration.standing("module.bb.aws_s3_bucket.x"), Standing::Absent);
}

#[test]
fn modules_that_cannot_be_read_are_gaps() {
    let cases = [
        ("./missing", "missing"),
        ("./empty", "infra/empty: there are no Terraform files"),
        ("./self", "calls itself"),
        ("example/site/aws", "not installed"),
    ];
    for (source, problem) in cases {
        let main = format!("module \"m\" {{\n  source = \"{source}\"\n}}\n");
        let result = try_read(&[
            ("main.tf", &main),
            ("empty/readme.md", ""),
            ("self/main.tf", "module \"up\" {\n  source = \"../self/.\"\n}\n"),
        ]);
        match result {
            Ok(configuration) => {
                let gap = &configuration.incomplete()[0];
                assert!(gap.module.starts_with("module.m"), "{gap:?}");
                assert!(gap.problem.contains(problem), "{gap:?}");
            }
            Err(error) => panic!("{source}: {error}"),
        }
    }
}

#[test]
fn a_fan_of_modules_ends() {
    let mut files: Vec<(String, String)> = (0..20)
        .map(|n| {
            let call = |name: &str| format!("module \"{name}\" {{\n  source = \"../m{}\"\n}}\n", n + 1);
            (format!("m{n}/main.tf"), call("a") + &call("b"))
        })
        .collect();
    files.push(("m20/main.tf".to_owned(), "# nothing\n".to_owned()));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let base = directory(&files);
    let configuration = Configuration::read(&base.path().join("m0"), "").unwrap();
    assert!(!configuration.incomplete().is_empty());
}

#[test]
fn override_files_are_merged_in_the_order_of_their_names() {
    let configuration = read(&[
        (
            "main.tf",
            "resource \"aws_s3_bucket\" \"a\" {\n  count = 0\n}\nmodule \"m\" {\n  source = \"./old\"\n}\n",
        ),
        ("a_override.tf", "resource \"aws_s3_bucket\" \"a\" {\n  count = 0\n}\n"),
        (
            "override.tf.json",
            r#"{"resource": {"aws_s3_bucket": {"a": {"count": 1}}}, "module": {"m": {"source": "./new"}}}"#,
        ),
        ("new/main.tf", "resource \"aws_s3_bucket\" \"b\" {}\n"),
    ]);
    assert_eq!(
        blocks(&configuration),
        [
            "aws_s3_bucket.a infra/main.tf:1",
            "module.m.aws_s3_bucket.b infra/new/main.tf:1"
        ]
    );
    assert!(!configuration.resource("aws_s3_bucket.a").unwrap().may_be_empty);
}

#[test]
fn what_terraform_refuses_is_an_error_with_its_place() {
    let one = "resource \"aws_s3_bucket\" \"a\" {}\n";
    let cases: &[(&[(&str, &str)], &str)] = &[
        (
            &[("a.tf", one), ("b.tf", one)],
            "infra/b.tf:1: aws_s3_bucket.a was already declared at infra/a.tf:1",
        ),
        (
            &[("a.tf", ""), ("override.tf", one)],
            "infra/override.tf:1: there is no aws_s3_bucket.a to override",
        ),
        (
            &[("a.tf", "resource \"a\" {}\n")],
            "infra/a.tf:1: a `resource` block does not take 1 labels",
        ),
        (&[("a.tf", "a {\n  b = = 1\n}\n")], "infra/a.tf:2:7: "),
        (&[("a.tf.json", "{\n\"resource\": }")], "infra/a.tf.json:2:13: "),
        (&[("readme.md", "")], "infra: there are no Terraform files"),
        (
            &[("a.tf", "module \"m\" {\n  source = \"./m\"\n}\n"), ("m/x.tf", "{")],
            "infra/m/x.tf:1:1: ",
        ),
    ];
    for (files, expected) in cases {
        let error = try_read(files).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn a_missing_directory_and_text_that_is_none_are_errors() {
    let base = directory(&[]);
    let error = Configuration::read(&base.path().join("none"), "none").unwrap_err();
    assert!(error.to_string().starts_with("none: "), "{error}");
    fs::write(base.path().join("main.tf"), [0xff, 0xfe]).unwrap();
    let error = Configuration::read(base.path(), ".").unwrap_err();
    assert_eq!(error.to_string(), "main.tf: this is not UTF-8 text");
}

#[test]
fn calls_pass_their_doubt_down() {
    let configuration = read(&[
        (
            "main.tf",
            "module \"m\" {\n  source = \"./m\"\n  for_each = var.sites\n}\nmodule \"n\" {\n  source = \"./m\"\n}\n",
        ),
        ("m/main.tf", "resource \"aws_s3_bucket\" \"b\" {}\n"),
    ]);
    let doubts: Vec<_> = configuration
        .resources()
        .map(|block| (block.module.as_str(), block.may_be_empty))
        .collect();
    assert_eq!(doubts, [("module.m", true), ("module.n", false)]);
}

#[test]
fn moved_removed_and_import_blocks_are_followed() {
    let main = r#"
resource "aws_s3_bucket" "new" {}
resource "aws_s3_bucket" "taken" {}
moved {
  from = aws_s3_bucket.old
  to   = aws_s3_bucket.new
}
moved {
  from = module.before
  to   = module.m
}
removed {
  from = aws_s3_bucket.left
  lifecycle {
    destroy = false
  }
}
removed {
  from = module.gone
}
import {
  for_each = var.all
  to       = aws_s3_bucket.taken[each.key]
  id       = "x"
}
module "m" {
  source = "./m"
}
"#;
    let inner = "resource \"aws_s3_bucket\" \"b\" {}\nmoved {\n  from = aws_s3_bucket.a\n  to = aws_s3_bucket.b\n}\n";
    let configuration = read(&[("main.tf", main), ("m/main.tf", inner)]);
    let name = |address: &str| configuration.resource(address).map(|block| block.address());
    assert_eq!(name("aws_s3_bucket.old").as_deref(), Some("aws_s3_bucket.new"));
    assert_eq!(
        name(r#"module.before["k"].aws_s3_bucket.a"#).as_deref(),
        Some("module.m.aws_s3_bucket.b")
    );
    assert!(matches!(configuration.standing("aws_s3_bucket.left[0]"), Standing::Forgotten(place) if place.line == 12));
    assert!(matches!(
        configuration.standing("module.gone[1].aws_s3_bucket.x"),
        Standing::Removed(_)
    ));
    assert!(configuration.resource("aws_s3_bucket.taken").unwrap().imported);
    assert!(!configuration.resource("aws_s3_bucket.new").unwrap().imported);
    assert!(configuration.remarks().is_empty());
}

/// Real configurations beside the states that Terraform made of them.
#[test]
fn every_instance_of_the_recorded_worlds_has_its_block() {
    let worlds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/worlds");
    let mut seen = 0;
    for world in ["every-attribute", "inline-forms", "two-sites"] {
        let configuration = Configuration::read(&worlds.join(world), world).unwrap();
        let bytes = fs::read(worlds.join(world).join("terraform.tfstate")).unwrap();
        let state = crate::expected::parse_state("terraform.tfstate", &bytes).unwrap();
        let mut without: std::collections::BTreeSet<String> =
            configuration.resources().map(|block| block.address()).collect();
        for instance in &state.instances {
            let block = configuration.resource(&instance.address);
            let block = block.unwrap_or_else(|| panic!("{world}: {} has no block", instance.address));
            assert_eq!(block.terraform_type, instance.terraform_type);
            without.remove(&block.address());
            seen += 1;
        }
        assert_eq!(without, std::collections::BTreeSet::new(), "{world}");
        assert!(configuration.incomplete().is_empty() && configuration.remarks().is_empty());
    }
    assert!(seen > 60, "only {seen} instances were looked up");
}
