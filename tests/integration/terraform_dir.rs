//! The Terraform configuration of a run: where it is found, where it keeps its state, and what it tells.

use serde_json::{Value, json};

use crate::support::binary::Run;
use crate::support::desk::{CHANGED, Desk, HEALTHY, STATE, named};
use crate::support::repository;

/// The incident with its configuration, in this directory of the desk.
fn desk(directory: &str) -> Desk {
    let desk = Desk::new();
    let text = std::fs::read_to_string(repository("fixtures/incident/main.tf")).expect("the configuration is there");
    desk.write(&format!("{directory}main.tf"), &text);
    desk
}

fn backend(text: &str) -> String {
    format!("terraform {{\n  backend {text}\n}}\n")
}

/// The states that a run compared, and the place of its first finding.
#[track_caller]
fn read(run: &Run) -> (Value, Value) {
    assert!(matches!(run.code, 0 | 2), "{}", run.stderr);
    let result = run.json();
    let place = &result["findings"][0]["place"];
    (result["run"]["states"].clone(), place.clone())
}

/// The line on which a text stands.
fn line_of(desk: &Desk, file: &str, text: &str) -> usize {
    let all = desk.read(file);
    let at = all.lines().position(|line| line.contains(text));
    at.expect(text) + 1
}

#[test]
fn the_working_directory_leads_to_state_and_configuration() {
    let desk = desk("");
    let line = line_of(&desk, "main.tf", "resource \"aws_cloudfront_distribution\" \"site\"");
    let place = json!({ "file": "main.tf", "line": line });
    let run = desk.check(CHANGED, &[]);
    assert_eq!(read(&run), (json!([STATE]), place.clone()));
    assert_eq!(run.stderr, "");
    let named = desk.check(CHANGED, &["--terraform-dir", "."]);
    assert_eq!(read(&named), (json!([STATE]), place));
    let state_alone = desk.check(CHANGED, &["--state", STATE]);
    assert_eq!(read(&state_alone).1, Value::Null);
}

#[test]
fn a_directory_is_named_and_so_are_its_files() {
    let desk = desk("infra/");
    desk.write("infra/terraform.tfstate", &desk.read(STATE));
    std::fs::remove_file(desk.path(STATE)).expect("the state is moved");
    let run = desk.check(CHANGED, &["--terraform-dir", "infra"]);
    let (states, place) = read(&run);
    assert_eq!(
        (states, &place["file"]),
        (json!(["infra/terraform.tfstate"]), &json!("infra/main.tf"))
    );

    let missing = desk.check(CHANGED, &["--terraform-dir", "nowhere"]);
    assert!(
        missing.failed().starts_with("driftgate: error: nowhere: No such file")
            && missing
                .stderr
                .contains("; name the directory of the Terraform configuration"),
        "{}",
        missing.stderr
    );
    let piped = [
        "check",
        "--live",
        CHANGED,
        "--no-workflows",
        "--no-serving",
        "--format",
        "json",
    ];
    let piped = desk.driftgate(piped.into_iter().chain(["--terraform-dir", "infra", "--state", "-"]));
    let (_, place) = read(&piped.stdin(desk.read("infra/terraform.tfstate")).run());
    assert_eq!(place["file"], "infra/main.tf");
    desk.write(
        "other.tfstate",
        &desk
            .read("infra/terraform.tfstate")
            .replace("\"lineage\": \"", "\"lineage\": \"0"),
    );
    let several = [
        "--terraform-dir",
        "infra",
        "--state",
        "infra/terraform.tfstate",
        "--state",
        "other.tfstate",
    ];
    let run = desk.check(CHANGED, &several);
    assert!(
        run.failed()
            .contains("--terraform-dir belongs to one state, and 2 are given"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_selected_workspace_has_its_own_state() {
    let desk = desk("");
    let stage = "terraform.tfstate.d/stage/terraform.tfstate";
    desk.write(stage, &desk.read(STATE));
    let by_variable = [
        "check",
        "--live",
        CHANGED,
        "--no-workflows",
        "--no-serving",
        "--format",
        "json",
    ];
    let by_variable = desk.driftgate(by_variable).env("TF_WORKSPACE", "stage").run();
    assert_eq!(read(&by_variable).0, json!([stage]));
    desk.write(".terraform/environment", "stage");
    assert_eq!(read(&desk.check(CHANGED, &[])).0, json!([stage]));

    // The default workspace's state lies in the directory, and is not the one to compare with.
    desk.write(".terraform/environment", "prod");
    let none = desk.check(CHANGED, &[]);
    assert!(
        none.failed().contains("terraform.tfstate.d/prod/terraform.tfstate"),
        "{}",
        none.stderr
    );
}

#[test]
fn a_local_backend_says_where_the_state_is() {
    let desk = desk("");
    desk.write("states/site.tfstate", &desk.read(STATE));
    desk.write(
        "backend.tf",
        &backend("\"local\" {\n    path = \"states/site.tfstate\"\n  }"),
    );
    assert_eq!(read(&desk.check(CHANGED, &[])).0, json!(["states/site.tfstate"]));
}

#[test]
fn a_backend_that_is_not_read_says_what_to_pipe_in() {
    let desk = desk("infra/");
    desk.write("infra/backend.tf", &backend("\"gcs\" {\n    bucket = \"states\"\n  }"));
    let run = desk.check(CHANGED, &["--terraform-dir", "infra"]);
    assert_eq!(
        run.failed(),
        "driftgate: error: infra/backend.tf:2: the backend \"gcs\" is not read; pipe the state in instead: \
         `terraform -chdir=infra state pull | driftgate check --terraform-dir infra --state -`"
    );
    desk.write("infra/backend.tf", &backend("\"s3\" {\n    bucket = \"states\"\n  }"));
    let run = desk.check(CHANGED, &["--terraform-dir", "infra"]);
    assert!(
        run.failed()
            .contains("infra/backend.tf:2: the `s3` backend has no `key`"),
        "{}",
        run.stderr
    );
    desk.write("infra/backend.tf", &backend("\"s3\" {\n    bucket = \"states\"\n    key    = \"x\"\n    role_arn = \"arn:aws:iam::111122223333:role/states\"\n  }"));
    let run = desk.check(CHANGED, &["--terraform-dir", "infra"]);
    assert!(
        run.failed()
            .contains("the backend assumes a role to read s3://states/x"),
        "{}",
        run.stderr
    );

    // A state that was pulled by hand lies where it is looked for first.
    desk.write("main.tf", &desk.read("infra/main.tf"));
    for (text, kept) in [
        ("\"gcs\" {\n    bucket = \"states\"\n  }", "the backend \"gcs\""),
        (
            "\"s3\" {\n    bucket = \"states\"\n    key    = \"x\"\n  }",
            "s3://states/x",
        ),
    ] {
        desk.write("backend.tf", &backend(text));
        let run = desk.check(CHANGED, &[]);
        assert_eq!(read(&run).0, json!([STATE]));
        assert!(
            run.stderr
                .contains(&format!("although the configuration keeps its state in {kept};")),
            "{}",
            run.stderr
        );
    }
}

/// A configuration in which one block of the state's is missing, and one stands that the state does not know.
fn edit_blocks(desk: &Desk, file: &str) {
    let text = desk.read(file);
    let start = text
        .find("resource \"aws_s3_bucket_ownership_controls\"")
        .expect("the block");
    let end = start + text[start..].find("\n}\n").expect("its end") + 3;
    let extra = "resource \"aws_s3_bucket\" \"logs\" {\n  bucket = \"logs.example.com\"\n}\n";
    desk.write(file, &format!("{}{extra}{}", &text[..start], &text[end..]));
}

#[test]
fn blocks_and_resources_that_lack_each_other_are_low_findings() {
    let desk = desk("");
    assert_eq!(read(&desk.check(HEALTHY, &[])).1, Value::Null, "nothing is found");
    edit_blocks(&desk, "main.tf");
    let run = desk.check(HEALTHY, &[]);
    let result = run.json();
    assert_eq!(
        named(&result["findings"]),
        [
            "block-without-resource aws_s3_bucket.logs",
            "resource-without-block aws_s3_bucket_ownership_controls.site[\"prod\"]",
            "resource-without-block aws_s3_bucket_ownership_controls.site[\"stage\"]",
        ]
    );
    let findings = result["findings"].as_array().expect("findings");
    assert!(findings.iter().all(|finding| finding["severity"] == "low"));
    let line = line_of(&desk, "main.tf", "\"logs\"");
    assert_eq!(findings[0]["place"], json!({ "file": "main.tf", "line": line }));
    assert_eq!(run.code, 2, "low fails by default");
    assert_eq!(desk.check(HEALTHY, &["--fail-on", "medium"]).code, 0);

    // What is not looked for without a configuration is not resolved by a run without one.
    desk.check(HEALTHY, &["--report", "json=first.json"]);
    let without = desk.check(HEALTHY, &["--state", STATE, "--since", "first.json"]).json();
    assert_eq!(without["resolved"], json!([]));
    assert_eq!(
        without["remarks"],
        json!(["3 earlier findings could not be looked at again and were not called resolved"])
    );
}

#[test]
fn an_allowance_for_the_configuration_is_of_use_where_none_is_read() {
    let desk = desk("");
    edit_blocks(&desk, "main.tf");
    desk.write(
        "p.hcl",
        "rule \"planned\" {\n  when   = glob(\"*-without-*\", finding.rule)\n  action = \"allow\"\n  reason = \"next week\"\n}\n",
    );
    assert_eq!(desk.check(HEALTHY, &["--policy", "p.hcl"]).code, 0);
    let without = desk.check(HEALTHY, &["--policy", "p.hcl", "--state", STATE]);
    assert_eq!((without.code, &without.json()["findings"]), (0, &json!([])));
}

/// Two environments of one configuration each lack the same resource: that is two findings, each with its id.
#[test]
fn the_same_address_in_two_configurations_is_two_findings() {
    let desk = desk("prod/");
    edit_blocks(&desk, "prod/main.tf");
    desk.write("stage/main.tf", &desk.read("prod/main.tf"));
    desk.write("prod/terraform.tfstate", &desk.read(STATE));
    desk.write(
        "stage/terraform.tfstate",
        "{\"version\": 4, \"terraform_version\": \"1.9.0\", \"serial\": 1, \"lineage\": \"stage\", \"outputs\": {}, \"resources\": []}",
    );
    let state = |name: &str| {
        format!(
            "state \"{name}\" {{\n  source        = \"{name}/terraform.tfstate\"\n  terraform_dir = \"{name}\"\n}}\n"
        )
    };
    desk.write("driftgate.hcl", &(state("prod") + &state("stage")));
    let run = desk.check(HEALTHY, &[]);
    let result = run.json();
    let logs: Vec<&Value> = result["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["address"] == "aws_s3_bucket.logs")
        .collect();
    let [one, other] = logs.as_slice() else {
        panic!("{:#}", result["findings"])
    };
    assert_ne!(one["id"], other["id"]);
    assert_eq!(
        (&one["aspect"], &other["aspect"]),
        (&json!("prod/terraform.tfstate"), &json!("stage/terraform.tfstate"))
    );
    let id = other["id"].as_str().expect("an id");
    let explained = desk.run(&["explain", id, "--live", HEALTHY, "--no-serving"]);
    assert!(
        explained
            .stdout
            .starts_with("aws_s3_bucket.logs  block-without-resource"),
        "{}",
        explained.stderr
    );
    assert_eq!(explained.stdout.matches(id).count(), 1);
}

#[cfg(feature = "live")]
mod in_s3 {
    use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};

    use super::*;
    use crate::support::emulator;
    use crate::support::world::World;

    /// What `terraform init` leaves of an S3 backend leads to the state, workspaces included.
    #[test]
    fn an_initialised_backend_leads_to_the_state() {
        let distribution = "module.site[\"prod\"].aws_cloudfront_distribution.site";
        let world = World::part("two-sites", &[distribution]);
        let bucket = format!("{}-states", emulator::token(&world.account));
        let text = std::fs::read(world.state(STATE)).expect("the state is there");
        let (states, content) = (&bucket, &text);
        world.console(|aws| async move {
            let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuWest2);
            let create = aws.s3.create_bucket().bucket(states);
            let made = create.create_bucket_configuration(place.build()).send().await;
            made.expect("the bucket is made");
            for key in ["site.tfstate", "env:/stage/site.tfstate"] {
                let put = aws.s3.put_object().bucket(states).key(key).body(content.clone().into());
                put.send().await.expect("the state is put");
            }
        });
        let directory = tempfile::tempdir().expect("a directory");
        let write = |name: &str, text: &str| {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a directory")).expect("the directory is made");
            std::fs::write(path, text).expect("the file is written");
        };
        write("main.tf", &backend("\"s3\" {}"));
        let check = || {
            let arguments = ["check", "--no-serving", "--fail-on", "medium", "--format", "json"];
            world.driftgate(arguments).within(directory.path()).run()
        };
        let before = check();
        assert!(before.failed().contains("terraform init"), "{}", before.stderr);
        let merged = json!({
            "version": 3,
            "backend": { "type": "s3", "config": { "bucket": bucket, "key": "site.tfstate", "region": "eu-west-2" } },
        });
        write(".terraform/terraform.tfstate", &merged.to_string());
        let run = check();
        let states = run.json()["run"]["states"].clone();
        assert_eq!(
            states,
            json!([format!("s3://{bucket}/site.tfstate?region=eu-west-2")]),
            "{}",
            run.stderr
        );
        assert_eq!(
            named(&run.json()["findings"]),
            [format!("resource-without-block {distribution}")]
        );
        write(".terraform/environment", "stage");
        let states = check().json()["run"]["states"].clone();
        assert_eq!(
            states,
            json!([format!("s3://{bucket}/env:/stage/site.tfstate?region=eu-west-2")])
        );
    }
}
