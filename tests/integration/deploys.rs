//! Deployment targets end to end: what workflows and declarations may hold, bad input, and that values of secrets
//! appear nowhere.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::incident::STEPS;
use crate::support::binary::{Driftgate, Run};

/// A value that appears in no output.
const SECRET: &str = "kept-to-ourselves-4711";

/// A repository with one workflow, and beside it the recorded account of the incident's first step.
struct Repository(TempDir);

impl Repository {
    fn new(workflow: &str) -> Repository {
        let directory = tempfile::tempdir().expect("a directory");
        let workflows = directory.path().join(".github/workflows");
        fs::create_dir_all(&workflows).expect("a directory is made");
        fs::write(workflows.join("deploy.yml"), workflow).expect("a workflow is written");
        for file in ["terraform.tfstate", "live.json"] {
            fs::write(directory.path().join(file), STEPS[0].read(file)).expect("a file is written");
        }
        Repository(directory)
    }

    /// With the steps of one job.
    fn of_steps(steps: &str) -> Repository {
        Repository::new(&format!(
            "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"
        ))
    }

    fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Driftgate {
        Driftgate::new(arguments).within(self.0.path())
    }

    fn check(&self, more: &[&str]) -> Run {
        let given = ["check", "--state", "terraform.tfstate", "--live", "live.json"];
        self.run(given.iter().chain(more).copied()).env("BUCKET", SECRET).run()
    }

    fn targets(&self, more: &[&str]) -> Run {
        self.run(["targets"].iter().chain(more).copied())
            .env("BUCKET", SECRET)
            .run()
    }
}

#[track_caller]
fn says(line: &str, parts: &[&str]) {
    for part in parts {
        assert!(line.contains(part), "{part:?} is missing in: {line}");
    }
}

/// `check` fails in one line with these parts; `targets` lists what it can and ends with the same line.
#[track_caller]
fn refused(repository: &Repository, parts: &[&str]) {
    let run = repository.check(&[]);
    let line = run.failed().to_owned();
    says(&line, parts);
    let listed = repository.targets(&[]);
    assert_eq!((listed.code, listed.stderr.trim_end()), (1, line.as_str()));
    says(&listed.stdout, &["not readable"]);
}

#[test]
fn a_workflow_that_is_not_yaml() {
    let repository = Repository::new("on: push\njobs:\n  a: [b\n  c: d\n");
    refused(&repository, &[".github/workflows/deploy.yml:4: ", "not YAML"]);
}

#[test]
fn a_workflow_that_is_no_text() {
    let repository = Repository::of_steps("      - run: npm test\n");
    let file = repository.0.path().join(".github/workflows/picture.yml");
    fs::write(file, b"name: x\n\xff\xd8\xff\xe0").expect("a file is written");
    refused(
        &repository,
        &[".github/workflows/picture.yml:2: ", "not YAML", "not UTF-8"],
    );
}

#[test]
fn yaml_that_is_no_workflow() {
    let repository = Repository::new("name: Something else\nhello: world\n");
    refused(
        &repository,
        &[
            ".github/workflows/deploy.yml:",
            "not a GitHub Actions workflow",
            "`jobs`",
        ],
    );
}

#[test]
fn an_expression_that_does_not_parse() {
    let repository = Repository::of_steps("      - run: aws s3 sync out s3://${{ secrets. }}/\n");
    refused(
        &repository,
        &[".github/workflows/deploy.yml:6: ", "`secrets.`", "does not parse"],
    );
    let repository =
        Repository::of_steps("      - run: |\n          echo\n          aws s3 sync out s3://${{ vars.SITE\n");
    refused(
        &repository,
        &[".github/workflows/deploy.yml:7: ", "`${{ vars.SITE`", "not closed"],
    );
    let repository = Repository::of_steps("      - run: aws s3 sync out s3://$B\n        env: {B: '${{ vars.SITE'}\n");
    refused(&repository, &[".github/workflows/deploy.yml:7: ", "not closed"]);
}

#[test]
fn a_repository_that_is_not_there() {
    let repository = Repository::of_steps("      - run: npm test\n");
    let run = repository.check(&["--repository", "no/such/directory"]);
    says(run.failed(), &["no/such/directory", "--repository"]);
}

#[test]
fn declarations_and_values_that_make_no_sense() {
    let repository = Repository::of_steps("      - run: npm test\n");
    for (arguments, parts) in [
        (
            &["--deploy", "bukket=site"][..],
            &["--deploy", "bukket", "host, bucket, prefix, distribution, env"][..],
        ),
        (&["--deploy", "bucket=s3://site"], &["--deploy", "name alone"]),
        (
            &["--deploy", "host=www.example.com"],
            &["--deploy", "neither a bucket nor a distribution"],
        ),
        (
            &["--var", "secrets.SITE=kept-to-ourselves-4711"],
            &["secrets.SITE", "command line", "env:VARIABLE"],
        ),
        (
            &["--var", "prod:secrets.SITE=env:NOT_THERE"],
            &["prod:secrets.SITE", "NOT_THERE", "not set"],
        ),
        (
            &["--deploy", "bucket=a-b,bucket=c-d"],
            &["--deploy: bucket stands twice"],
        ),
        (&["--deploy", "bucket="], &["--deploy: bucket has no value"]),
        (
            &["--deploy", "bucket=arn:aws:s3:::site"],
            &["--deploy", "arn:aws:s3:::site", "name alone"],
        ),
        (&["--var", "secrets.SITE:kept-to-ourselves-4711"], &["--var", "no `=`"]),
        (
            &["--var", "secrets.SITE=env:"],
            &["--var secrets.SITE", "secrets.NAME=env:VARIABLE"],
        ),
        (
            &["--var", "SITE=x"],
            &["SITE", "vars.NAME=VALUE", "secrets.NAME=env:VARIABLE"],
        ),
    ] {
        for run in [repository.check(arguments), repository.targets(arguments)] {
            says(run.failed(), parts);
            assert!(!run.stderr.contains(SECRET), "{}", run.stderr);
        }
    }
    says(
        repository.check(&["--phase", "during"]).failed(),
        &["--phase", "pre and post"],
    );
}

#[test]
fn what_is_not_understood_is_told_with_its_line() {
    let repository = Repository::new(concat!(
        "on: push\n",
        "jobs:\n",
        "  deploy:\n",
        "    runs-on: ubuntu-latest\n",
        "    steps:\n",
        "      - shell: fish\n",
        "        run: aws s3 sync out s3://app.example.org\n",
        "  more:\n",
        "    uses: other/repository/.github/workflows/deploy.yml@main\n",
    ));
    let remarks = repository.check(&["--format", "json"]).json()["remarks"].clone();
    let remarks: Vec<&str> = remarks
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    says(
        remarks[0],
        &[".github/workflows/deploy.yml:7: ", "not understood", "fish"],
    );
    says(
        remarks[1],
        &[".github/workflows/deploy.yml:9: ", "not understood", "other/repository"],
    );

    let human = repository.check(&[]).stdout;
    says(&human, &["Remarks", ".github/workflows/deploy.yml:7: not understood"]);
    let listed = repository.targets(&["--format", "json"]).json();
    let lines: Vec<&Value> = listed["not_understood"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["line"])
        .collect();
    assert_eq!(lines, [&json!(7), &json!(9)]);
    says(
        &repository.targets(&[]).stdout,
        &["not understood", ".github/workflows/deploy.yml:9: "],
    );
}

/// A matrix that another job computes is not known; nothing may be claimed of a name with a hole in it.
#[test]
fn a_computed_matrix_is_open_and_no_alarm() {
    for strategy in [
        "      matrix: ${{ fromJSON(needs.list.outputs.sites) }}\n",
        "      matrix:\n        include: ${{ fromJSON(needs.list.outputs.sites) }}\n",
    ] {
        let repository = Repository::new(&format!(
            "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    strategy:\n{strategy}    steps:\n{}",
            concat!(
                "      - run: |\n",
                "          aws s3 sync out s3://${{ matrix.bucket }}/0.78.1\n",
                "          aws cloudfront create-invalidation --distribution-id EJULIDU2R7F134 --paths '/*'\n",
            )
        ));
        let listed = repository.targets(&["--format", "json"]).json();
        assert_eq!(listed["targets"][0]["resolved"], false, "{strategy}: {listed:#}");
        let run = repository.check(&["--format", "json"]);
        let rules: Vec<String> = run.json()["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|finding| finding["rule"].to_string())
            .collect();
        assert_eq!(rules, ["\"deploy-target-unresolved\""], "{strategy}");
    }
}

/// Programs and forms that the reader does not know are listed, and what runs them does not hide them.
#[test]
fn unknown_deployers_are_listed() {
    let repository = Repository::of_steps(concat!(
        "      - run: |\n",
        "          npx s3-deploy './**' --bucket app.example.org\n",
        "          yarn dlx cloudfront-invalidate-cli EJULIDU2R7F134 '/*'\n",
        "          mc mirror out store/app.example.org\n",
        "          some-tool push out s3://${{ secrets.SITE }}/v1\n",
        "          python3 -m awscli s3 sync out s3://app.example.org/0.78.1\n",
        "      - run: [aws, s3, sync]\n",
        "  other: none\n",
    ));
    let run = repository.targets(&[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    says(
        &run.stdout,
        &[
            "deploy.yml:7: what the program `s3-deploy` writes to is not known",
            "deploy.yml:8: what the program `cloudfront-invalidate-cli` writes to is not known",
            "deploy.yml:9: what `mc` writes to is not read",
            "deploy.yml:10: what `some-tool` does with its arguments is not known: some-tool push out s3://{secrets.SITE}/v1",
            "deploy.yml:11  upload",
            "deploy.yml:12: a step whose `run` is not a text",
            "deploy.yml:13: the job `other` is not a mapping of keys",
        ],
    );
}

const UPLOAD: &str = concat!(
    "      - run: |\n",
    "          aws s3 sync out s3://${{ secrets.SITE_BUCKET }}/v1 --delete\n",
    "          aws cloudfront create-invalidation --distribution-id EJULIDU2R7F134 --paths '/*'\n",
);

#[test]
fn targets_are_listed_as_a_table_and_as_json() {
    let repository = Repository::of_steps(UPLOAD);
    let declared = ["--deploy", "host=live.example.com,bucket=app.example.org"];
    let table = repository.targets(&declared);
    assert_eq!(table.code, 0, "{}", table.stderr);
    says(
        &table.stdout,
        &[
            ".github/workflows/deploy.yml:7",
            "s3://secrets.SITE_BUCKET/v1",
            ".github/workflows/deploy.yml:8",
            "EJULIDU2R7F134",
            "bucket=app.example.org",
        ],
    );
    let listed = repository
        .targets(&["--format", "json", declared[0], declared[1]])
        .json();
    assert_eq!(listed["schema"], "driftgate-targets/v1");
    let place = |at: usize| {
        let target = &listed["targets"][at];
        (target["kind"].clone(), target["line"].clone(), target["job"].clone())
    };
    assert_eq!(place(0), (json!("upload"), json!(7), json!("deploy")));
    assert_eq!(place(1).1, json!(8));
    assert_eq!(listed["targets"].as_array().map(Vec::len), Some(2));
    assert_eq!(listed["targets"][0]["resolved"], false);
    assert_eq!(listed["declared"][0]["bucket"], "app.example.org");
    let mapped = repository
        .targets(&["--format", "json", "--var", "secrets.SITE_BUCKET=env:BUCKET"])
        .json();
    assert_eq!(mapped["targets"][0]["resolved"], true);
    assert_eq!(mapped["targets"][0]["bucket"]["value"], Value::Null);
}

#[test]
fn the_value_of_a_secret_appears_nowhere() {
    let repository = Repository::of_steps(UPLOAD);
    let report = repository.0.path().join("report.json");
    let to_file = format!("json={}", report.display());
    let var = ["--var", "secrets.SITE_BUCKET=env:BUCKET"];
    let runs = [
        repository.check(&var),
        repository.check(&[var[0], var[1], "--verbose", "--color", "always"]),
        repository.check(&[var[0], var[1], "--format", "json"]),
        repository.check(&[var[0], var[1], "--report", &to_file]),
        repository.check(&[var[0], var[1], "--phase", "post"]),
        repository.targets(&var),
        repository.targets(&[var[0], var[1], "--format", "json"]),
    ];
    for run in &runs {
        assert_ne!(run.code, 1, "{}", run.stderr);
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains(SECRET), "{text}");
        }
        says(&run.stdout, &["secrets.SITE_BUCKET"]);
    }
    let written = fs::read_to_string(report).expect("the report is written");
    assert!(
        written.contains("secrets.SITE_BUCKET") && !written.contains(SECRET),
        "{written}"
    );
    // The value was used: the bucket is not the one that is served.
    let rules: Vec<Value> = runs[2].json()["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|finding| finding["rule"].clone())
        .collect();
    assert!(rules.contains(&json!("deploy-bucket-not-served")), "{rules:?}");
}

#[test]
fn a_declaration_is_held_against_what_is_served() {
    let repository = Repository::of_steps("      - run: npm test\n");
    let fits = "host=live.example.com,bucket=app.example.org,prefix=0.78.1,distribution=EJULIDU2R7F134";
    let stage = "host=stage.example.com,bucket=stage.app.example.org,prefix=0.78.2,distribution=EXGJTTIZU22BJ1";
    let run = repository.check(&["--deploy", fits, "--deploy", stage, "--format", "json"]);
    assert_eq!((run.code, &run.json()["findings"]), (0, &json!([])), "{}", run.stdout);
    let misses = "host=live.example.com,bucket=stage.app.example.org,distribution=EXGJTTIZU22BJ1";
    let run = repository.check(&["--deploy", misses, "--format", "json"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    let found = run.json()["findings"].to_string();
    says(&found, &["\"category\":\"deploy\"", "live.example.com"]);
}
