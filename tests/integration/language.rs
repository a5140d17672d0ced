//! The expression language against Terraform itself.
//!
//! `fixtures/language/*.txt` hold expressions with what Terraform makes of them. One test holds our evaluator to that;
//! another asks `terraform console` whether it still answers so. That one needs `terraform`: where it is missing the
//! test says so and ends, unless `DRIFTGATE_TESTS_NEED_TERRAFORM` is set, as it is in CI: then it fails.

use std::fs;
use std::process::{Command, Stdio};

use driftgate::language::{Expression, Source, Values, Vocabulary};

use crate::support::repository;

/// What stands for an expression that cannot be evaluated.
const ERROR: &str = "<error>";

/// An expression, and what becomes of it when it is put through `jsonencode`.
struct Case {
    file: String,
    expression: String,
    terraform: String,
    /// Our own answer where it is another one, for the reason that stands above the case.
    ours: Option<String>,
}

/// Lines of a case: `# reason`, the expression, `= Terraform's answer`, `! our answer`.
fn cases() -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(repository("fixtures/language"))
        .expect("the directory of fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let mut cases: Vec<Case> = Vec::new();
    for path in files {
        let file = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let mut expression = String::new();
        let mut reason = false;
        for line in fs::read_to_string(&path).expect("a fixture is text").lines() {
            if let Some(answer) = line.strip_prefix("= ") {
                cases.push(Case {
                    file: file.clone(),
                    expression: std::mem::take(&mut expression).trim().to_owned(),
                    terraform: answer.to_owned(),
                    ours: None,
                });
            } else if let Some(answer) = line.strip_prefix("! ") {
                let case = cases.last_mut().expect("a case stands before our answer");
                assert!(reason, "{file}: {} is no exception without a reason", case.expression);
                assert_ne!(case.terraform, answer, "{file}: {} is no exception", case.expression);
                case.ours = Some(answer.to_owned());
                reason = false;
            } else if line.starts_with("# ") && expression.trim().is_empty() {
                reason = true;
            } else {
                expression.push_str(line);
                expression.push('\n');
            }
        }
        assert_eq!(expression.trim(), "", "{file} ends within a case");
    }
    assert!(cases.len() > 600, "only {} cases were found", cases.len());
    cases
}

/// The expression as an argument; a heredoc ends with its line.
fn argument(expression: &str) -> String {
    let end = if expression.contains("<<") { "\n" } else { "" };
    format!("{expression}{end}")
}

fn ours(expression: &str) -> Result<String, String> {
    let source = Source::new("case.hcl", format!("it = jsonencode({})\n", argument(expression)));
    let vocabulary = Vocabulary::new();
    let body = source.parse().map_err(|error| error.to_string())?;
    let attribute = body.get_attribute("it").expect("the attribute is there");
    let compiled = Expression::compile(&attribute.value, &source, &vocabulary).map_err(|errors| errors.to_string())?;
    let value = compiled
        .evaluate(&Values::new(&vocabulary))
        .map_err(|error| error.to_string())?;
    Ok(value.as_str().unwrap_or("no string came out").to_owned())
}

#[test]
fn expressions_mean_what_they_mean_to_terraform() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (answer, why) = match ours(&case.expression) {
            Ok(answer) => (answer, String::new()),
            Err(error) => (ERROR.to_owned(), format!("\n{error}")),
        };
        let wanted = case.ours.as_ref().unwrap_or(&case.terraform);
        if answer != *wanted {
            wrong.push(format!(
                "{}: {}\n  wanted {wanted}\n  got    {answer}{why}",
                case.file, case.expression
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn terraform_still_answers_as_recorded() {
    let version = Command::new("terraform").arg("version").stderr(Stdio::null()).output();
    if !version.is_ok_and(|output| output.status.success()) {
        assert!(
            std::env::var_os("DRIFTGATE_TESTS_NEED_TERRAFORM").is_none(),
            "terraform is not in PATH"
        );
        println!("skipped: terraform is not in PATH, so the recorded answers were not compared with it");
        return;
    }
    let cases = cases();
    let answers = ask_terraform(&cases);
    assert_eq!(answers.len(), cases.len(), "one answer for each case");
    let wrong: Vec<String> = cases
        .iter()
        .zip(&answers)
        .filter(|(case, answer)| case.terraform != **answer)
        .map(|(case, answer)| {
            format!(
                "{}: {}\n  recorded {}\n  answered {answer}",
                case.file, case.expression, case.terraform
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// What `terraform console` makes of all cases: they are elements of one list, which it prints one a line.
fn ask_terraform(cases: &[Case]) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a directory");
    let elements: String = cases
        .iter()
        .map(|case| format!("    try(jsonencode({}), \"{ERROR}\"),\n", argument(&case.expression)))
        .collect();
    let config = format!("locals {{\n  answers = [\n{elements}  ]\n}}\n");
    fs::write(directory.path().join("main.tf"), config).expect("the configuration is written");
    fs::write(directory.path().join("ask"), "local.answers\n").expect("the question is written");
    let output = Command::new("terraform")
        .args(["console", "-no-color"])
        .current_dir(directory.path())
        .env("CHECKPOINT_DISABLE", "1")
        .env_remove("TF_CLI_ARGS")
        .stdin(fs::File::open(directory.path().join("ask")).expect("the question is there"))
        .output()
        .expect("terraform runs");
    let text = String::from_utf8(output.stdout).expect("terraform answers in UTF-8");
    assert!(
        output.status.success() && text.starts_with('['),
        "terraform console failed: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text.lines()
        .filter_map(|line| line.strip_prefix("  "))
        .map(|line| {
            let literal = line.trim_end_matches(',').replace("$${", "${").replace("%%{", "%{");
            serde_json::from_str(&literal).unwrap_or_else(|error| panic!("{literal} is a string: {error}"))
        })
        .collect()
}
