//! `driftgate check` as somebody runs it at a desk: in a repository, with no flags at all.

use std::fs;
use std::path::Path;

use crate::support::binary::Run;
use crate::support::repository;
use crate::support::world::{STATES, World};

const POLICY: &str = "module.site[\"prod\"].aws_s3_bucket_policy.site";
const WORKFLOW: &str = ".github/workflows/deploy.yml";

/// A copy of the two sites as its repository: the configuration beside the state, and a workflow that deploys.
fn desk() -> World {
    let world = World::load("two-sites");
    copy(&world, &repository("fixtures/worlds/two-sites"), world.directory());
    fs::remove_file(world.state(STATES[1])).expect("the second state goes");
    fs::create_dir_all(world.directory().join(".github/workflows")).expect("a directory is made");
    fs::write(world.directory().join(WORKFLOW), workflow(&world)).expect("the workflow is written");
    world
}

fn workflow(world: &World) -> String {
    let job = |name: &str, path: &str| {
        let distribution = format!("module.site[{name:?}].aws_cloudfront_distribution.site");
        format!(
            "  {name}:\n    runs-on: ubuntu-latest\n    environment: {name}\n    steps:\n      \
             - run: aws s3 sync dist s3://example-com-{name}/{path}\n      \
             - run: aws cloudfront create-invalidation --distribution-id {} --paths '/*'\n",
            world.attribute(&distribution, "id")
        )
    };
    let jobs = [job("prod", "releases/1.4.2"), job("stage", "releases/1.5.0-rc.1")];
    world.own(&format!("name: deploy\non: push\njobs:\n{}", jobs.concat()))
}

/// Copies the Terraform files of a directory and of those below it.
fn copy(world: &World, from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory is made");
    for entry in fs::read_dir(from).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        if path.is_dir() && name != "account" {
            copy(world, &path, &to.join(name));
        } else if path.extension().is_some_and(|ending| ending == "tf") {
            let text = fs::read_to_string(&path).expect("a configuration is text");
            fs::write(to.join(name), world.own(&text)).expect("the configuration is written");
        }
    }
}

fn delete_policy(world: &World) {
    let bucket = world.attribute(POLICY, "bucket");
    world.console(|aws| async move {
        let deleted = aws.s3.delete_bucket_policy().bucket(bucket).send().await;
        deleted.expect("the policy is deleted");
    });
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

/// What stays on a terminal: the progress bar writes over itself.
fn left(run: &Run) -> Vec<String> {
    let lines = run.stdout.split('\n').map(|line| {
        let line = line.trim_end_matches('\r');
        let last = line.rsplit("\u{1b}[2K").next().unwrap_or(line);
        last.rsplit('\r').next().unwrap_or(last).to_owned()
    });
    lines.collect()
}

#[test]
fn state_configuration_and_workflows_are_found() {
    let world = desk();
    let clean = world.driftgate(["check"]).run();
    assert_eq!(clean.stderr, "", "nothing but the report where there is no terminal");
    assert_eq!(clean.code, 0, "{}", clean.stdout);
    has(&clean.stdout, &["CLEAN: 24 resources checked"]);

    delete_policy(&world);
    let run = world.driftgate(["check"]).run();
    assert_eq!((run.code, run.stderr.as_str()), (2, ""));
    has(
        &run.stdout,
        &[
            "== On the path of ",
            &world.own(", www.example.com =="),
            // The line of the block in the module's own file.
            "at site/main.tf:84",
            "[resource-missing]",
            "[bucket-denies-cloudfront]",
            "next: See where the path breaks: driftgate trace ",
            "DRIFT: 1 of 24 resources differs",
        ],
    );

    // A deployment that goes astray is found too, at its line.
    let text = fs::read_to_string(world.directory().join(WORKFLOW)).expect("the workflow is there");
    let astray = text.replacen("releases/1.4.2", "releases/1.5.0", 1);
    fs::write(world.directory().join(WORKFLOW), astray).expect("the workflow is written");
    let run = world.driftgate(["check"]).run();
    has(&run.stdout, &["[deploy-path-not-served]", &format!("{WORKFLOW}:8")]);
}

#[test]
fn a_terminal_shows_what_is_about_to_be_read_and_how_far_it_is() {
    let world = desk();
    delete_policy(&world);
    let run = world.driftgate(["check"]).on_a_terminal().run();
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    let lines = left(&run);
    let account = format!("account        {0} as arn:aws:iam::{0}:root", world.account);
    let begins = [
        "state          terraform.tfstate: 24 resources",
        "configuration  the working directory",
        "workflows      2 deployments in .github/workflows/deploy.yml",
        &account,
        "to read        ",
        "",
    ];
    for (line, begin) in lines.iter().zip(begins) {
        assert!(
            line.starts_with(begin),
            "{begin:?} is not the beginning of {line:?}\n{}",
            run.stdout
        );
    }
    // The totals are those of the reads: what is planned first, and what that leads to.
    let planned: u64 = lines[4]
        .split_whitespace()
        .find_map(|word| word.parse().ok())
        .expect("a number of reads");
    let bar: Vec<(u64, u64)> = run.stdout.split("reading AWS ").skip(1).filter_map(position).collect();
    assert_eq!(bar.first().map(|(_, total)| *total), Some(planned), "{bar:?}");
    assert!(
        bar.iter().all(|(done, total)| done <= total && *total >= planned),
        "{bar:?}"
    );
    // It is not drawn at every step, the last one neither.
    assert!(
        bar.is_sorted() && bar.last().is_some_and(|(done, _)| *done > 0),
        "{bar:?}"
    );
    // Nothing of the bar stays.
    assert!(lines.iter().all(|line| !line.contains("reading AWS")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("DRIFT:")), "{}", run.stdout);
}

/// `███░░░ 12/54 0s`
fn position(bar: &str) -> Option<(u64, u64)> {
    let (done, total) = bar.split_whitespace().nth(1)?.split_once('/')?;
    Some((done.parse().ok()?, total.parse().ok()?))
}

#[test]
fn settings_hold_without_being_named() {
    let world = desk();
    delete_policy(&world);
    let settings = format!(
        "rule \"known\" {{\n  when   = finding.address == {POLICY:?}\n  action = \"allow\"\n  reason = \"under repair\"\n}}\n"
    );
    fs::write(world.directory().join("driftgate.hcl"), settings).expect("the settings are written");
    let run = world.driftgate(["check"]).on_a_terminal().run();
    has(&left(&run)[0], &["settings       driftgate.hcl"]);
    has(&run.stdout, &["under repair"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[test]
fn the_backend_leads_to_a_state_elsewhere() {
    let world = desk();
    let file = world.directory().join("main.tf");
    let text = fs::read_to_string(&file).expect("the configuration is there");
    let backend = "terraform {\n  backend \"local\" {\n    path = \"states/here.tfstate\"\n  }\n";
    fs::write(&file, text.replacen("terraform {\n", backend, 1)).expect("the configuration is written");
    fs::create_dir(world.directory().join("states")).expect("a directory is made");
    fs::rename(world.state(STATES[0]), world.directory().join("states/here.tfstate")).expect("the state is moved");
    let run = world.driftgate(["check"]).on_a_terminal().run();
    has(&left(&run)[0], &["state          states/here.tfstate: 24 resources"]);
}

#[test]
fn a_directory_without_anything_says_what_is_missing() {
    let empty = tempfile::tempdir().expect("a directory");
    let run = crate::support::binary::Driftgate::new(["check"])
        .within(empty.path())
        .run();
    has(run.failed(), &["state"]);
}
