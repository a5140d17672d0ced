//! What `driftgate init` writes is a valid configuration, whatever was found.

use proptest::prelude::*;

use super::{read, read_in};
use crate::config::{FoundSite, FoundState, FoundVariable, Surroundings, starter};

fn surroundings() -> Surroundings {
    Surroundings {
        states: vec![
            FoundState {
                name: "prod".to_owned(),
                source: "s3://example-com-terraform/prod.tfstate".to_owned(),
                region: Some("eu-west-2".to_owned()),
                profile: None,
                terraform_dir: Some("terraform/prod".to_owned()),
            },
            FoundState {
                name: "prod".to_owned(),
                source: "old/terraform.tfstate".to_owned(),
                region: None,
                profile: None,
                terraform_dir: None,
            },
        ],
        accounts: vec!["111122223333".to_owned()],
        sites: vec![FoundSite {
            hosts: vec!["www.example.com".to_owned(), "example.com".to_owned()],
            bucket: Some("example-com-prod".to_owned()),
            distribution: Some("E1A2B3C4D5E6F7".to_owned()),
            address: "module.site[\"prod\"].aws_cloudfront_distribution.site".to_owned(),
        }],
        workflows: true,
        variables: vec![
            FoundVariable {
                environment: None,
                path: "vars.REGION".to_owned(),
            },
            FoundVariable {
                environment: Some("prod".to_owned()),
                path: "secrets.BUCKET".to_owned(),
            },
        ],
        remarks: vec!["stage keeps its state in HCP Terraform".to_owned()],
    }
}

#[test]
fn a_repository_with_everything() {
    let text = starter(&surroundings());
    let config = read(&text);
    assert_eq!(config.states.len(), 2);
    assert_eq!(config.sites[0].hosts, ["www.example.com", "example.com"]);
    insta::assert_snapshot!(text);
}

#[test]
fn a_directory_with_nothing() {
    let text = starter(&Surroundings::default());
    let config = read(&text);
    assert!(config.states.is_empty());
    assert!(
        config.settings.starter_asserts.is_none(),
        "opinions are proposed, not switched on"
    );
    insta::assert_snapshot!(text);
}

/// Everything that is proposed in comments is right too, once its comment sign is gone.
#[test]
fn proposals_hold_when_they_are_taken_up() {
    let text = starter(&surroundings());
    let taken: Vec<String> = text
        .lines()
        .map(|line| {
            let bare = line.trim_start();
            let proposal = bare.strip_prefix("# ").filter(|rest| {
                let rest = rest.trim_start();
                rest.contains(" = ") || rest.ends_with('{') || rest == "}"
            });
            proposal.unwrap_or(line).to_owned()
        })
        .collect();
    let config = read(&taken.join("\n"));
    assert_eq!(config.owners.len(), 1);
    let asserts = config.settings.starter_asserts.map(|asserts| asserts.value);
    assert_eq!(asserts, Some(true));
    assert_eq!(config.workflows.unwrap().variables.len(), 2);
    assert_eq!(config.sites[0].bucket.as_deref(), Some("example-com-prod"));
}

proptest! {
    #[test]
    fn hostile_names_are_quoted(text in "[a-z\"\\\\$%{}\\n\\r#*/\u{0}\u{1b}\u{202e}é]{1,20}") {
        let mut found = surroundings();
        found.states[1].name = text.clone();
        found.states[1].source = format!("x{text}");
        found.states[1].terraform_dir = Some(format!("y{text}"));
        found.sites[0].address = text.clone();
        found.variables[1].environment = Some(text.clone());
        found.remarks.push(text.clone());
        let config = read_in("", &starter(&found));
        prop_assert!(config.is_ok(), "{}\n{}", config.unwrap_err(), starter(&found));
        let state = &config.unwrap().states[1];
        prop_assert_eq!(&state.name, &text);
        prop_assert_eq!(&state.source.value, &format!("x{text}"));
    }
}
