//! What to do next about a finding: the command that shows more, the one that puts things back, the one that allows.

use crate::finding::{Category, Severity};
use crate::place::Place;
use crate::report::escape;
use crate::result::Judged;
use crate::rules;

/// What something to do is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Purpose {
    /// It shows more.
    Look,
    /// It puts things right.
    Mend,
    /// It has the finding allowed.
    Allow,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report) struct Advice {
    pub(in crate::report) purpose: Purpose,
    /// A sentence without its full stop.
    pub(in crate::report) say: String,
    /// The command that does it, for a POSIX shell, quoted where it has to be.
    pub(in crate::report) command: Option<String>,
}

impl Advice {
    fn new(purpose: Purpose, say: impl Into<String>, command: Option<String>) -> Self {
        Self {
            purpose,
            say: say.into(),
            command,
        }
    }
}

/// What to do about a finding, the first thing first; nothing for what a policy allows.
///
/// A serving finding has no command that puts things back: what the state declares in the same way is reported all the
/// same, and an apply would not mend it. The drift that breaks the path is a finding of its own, and has one. What is
/// critical is not for allowing.
pub(in crate::report) fn advice(judged: &Judged) -> Vec<Advice> {
    if judged.is_allowed() {
        return Vec::new();
    }
    let finding = &judged.finding;
    let mut all = vec![look(judged)];
    match finding.category {
        Category::Drift => {
            // An address with something invisible in it cannot be copied out of a report.
            let address = finding.address.as_ref().filter(|address| is_visible(address));
            if let Some(address) = address {
                let say = if finding.rule == rules::RESOURCE_MISSING {
                    "Create it again, and review the plan first"
                } else {
                    "Put back what the state says, and review the plan first"
                };
                let command = format!("terraform apply {}", quoted(&format!("-target={address}")));
                all.push(Advice::new(Purpose::Mend, say, Some(command)));
            }
        }
        Category::Unmanaged => all.push(Advice::new(
            Purpose::Mend,
            "Take it into the configuration with an import block, or delete it",
            None,
        )),
        Category::Deploy => {
            let step = finding.place.as_ref().filter(|place| !is_block(place));
            if let Some(place) = step.filter(|place| is_visible(&place.file)) {
                all.push(Advice::new(Purpose::Mend, format!("Correct the step at {place}"), None));
            }
        }
        Category::Serving | Category::Assert | Category::Configuration => {}
    }
    if judged.severity < Severity::Critical {
        let say = "Or allow it with a rule block in driftgate.hcl, as written by";
        all.push(Advice::new(Purpose::Allow, say, Some("driftgate baseline".to_owned())));
    }
    all
}

/// [`advice`] as one line, with commands between backticks.
pub(in crate::report) fn next_step(judged: &Judged) -> Option<String> {
    let sentences: Vec<String> = advice(judged)
        .into_iter()
        .map(|advice| match advice.command {
            Some(command) => format!("{}: `{command}`.", advice.say),
            None => format!("{}.", advice.say),
        })
        .collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// The command that shows more of it.
/// Whether a place lies in the Terraform configuration: a deployment's finding stands at its step, or where no step is
/// known at the block of the resource that it is about.
fn is_block(place: &Place) -> bool {
    [".tf", ".tofu", ".tf.json", ".tofu.json"]
        .iter()
        .any(|end| place.file.ends_with(end))
}

fn look(judged: &Judged) -> Advice {
    let finding = &judged.finding;
    if finding.category == Category::Deploy {
        let command = "driftgate targets".to_owned();
        return Advice::new(Purpose::Look, "See what the workflows write to", Some(command));
    }
    // What stands for many hosts cannot be followed, and what begins with a dash is no host.
    let host = finding
        .impact
        .iter()
        .find(|host| is_visible(host) && !host.starts_with(['-', '*']) && !host.is_empty());
    match host {
        Some(host) => {
            let say = if finding.category == Category::Serving {
                "See where the path breaks"
            } else {
                "See what it does to the host"
            };
            Advice::new(Purpose::Look, say, Some(format!("driftgate trace {}", quoted(host))))
        }
        None => {
            let command = format!("driftgate explain {}", finding.id());
            Advice::new(Purpose::Look, "See what decided", Some(command))
        }
    }
}

fn is_visible(text: &str) -> bool {
    !text.chars().any(escape::is_invisible)
}

/// One word of a POSIX shell.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:=@%+,-".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::samples;

    fn commands(judged: &Judged) -> Vec<String> {
        advice(judged).into_iter().filter_map(|advice| advice.command).collect()
    }

    #[test]
    fn every_category_says_what_to_do() {
        let outage = samples::outage();
        let told: Vec<String> = outage
            .findings
            .iter()
            .map(|judged| {
                let step = next_step(judged).unwrap_or_else(|| "(nothing)".to_owned());
                format!("{} {}: {step}", judged.severity, judged.finding.rule)
            })
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn what_a_policy_allows_needs_nothing() {
        let allowed = &samples::clean_with_remarks().findings[0];
        assert!(allowed.is_allowed());
        assert_eq!(next_step(allowed), None);
    }

    #[test]
    fn a_missing_resource_is_created_and_not_put_back() {
        let missing = &samples::drifted().findings[2];
        assert!(
            next_step(missing)
                .unwrap()
                .contains("Create it again, and review the plan first")
        );
    }

    #[test]
    fn a_step_is_corrected_and_a_block_is_none() {
        let outage = samples::outage();
        let of_deploy = |judged: &&Judged| judged.finding.category == Category::Deploy;
        let mut judged = outage.findings.iter().find(of_deploy).unwrap().clone();
        let mut corrects = |file: &str| {
            judged.finding.place = Some(Place::new(file, 3));
            let mut all = advice(&judged).into_iter();
            all.any(|advice| advice.say.contains("Correct the step"))
        };
        assert!(corrects(".github/workflows/deploy.yml"));
        assert!(!corrects("infra/site/main.tf"));
        assert!(!corrects("main.tf.json"));
    }

    #[test]
    fn addresses_are_quoted_for_the_shell() {
        let mut judged = samples::drifted().findings[0].clone();
        judged.finding.address = Some("aws_s3_bucket.b[\"it's $(x)\"]".to_owned());
        assert!(commands(&judged).contains(&r#"terraform apply '-target=aws_s3_bucket.b["it'\''s $(x)"]'"#.to_owned()));
        judged.finding.address = Some("aws_s3_bucket.b".to_owned());
        assert!(commands(&judged).contains(&"terraform apply -target=aws_s3_bucket.b".to_owned()));
    }

    #[test]
    fn no_command_holds_what_cannot_be_copied() {
        let mut judged = samples::drifted().findings[1].clone();
        judged.finding.address = Some("aws_s3_bucket.b\u{202e}\nx".to_owned());
        judged.finding.impact = vec!["-v".to_owned(), "*.example.com".to_owned(), "a\u{200b}b".to_owned()];
        let explain = format!("driftgate explain {}", judged.finding.id());
        assert_eq!(commands(&judged), [explain.as_str(), "driftgate baseline"]);
    }

    proptest! {
        /// What a POSIX shell makes of the word: text between single quotes as it is, `\'` outside them a quote.
        #[test]
        fn a_quoted_word_is_read_back_as_itself(word in any::<String>()) {
            let text = quoted(&word);
            let mut read = String::new();
            let mut inside = false;
            let mut chars = text.chars();
            while let Some(c) = chars.next() {
                match c {
                    '\'' => inside = !inside,
                    '\\' if !inside => read.extend(chars.next()),
                    c => {
                        prop_assert!(inside || c.is_ascii_alphanumeric() || "_./:=@%+,-".contains(c));
                        read.push(c);
                    }
                }
            }
            prop_assert!(!inside);
            prop_assert_eq!(read, word);
        }
    }
}
