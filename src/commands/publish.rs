//! `driftgate publish`: a saved result, told on GitHub or in Slack. The verdict was the check's; here only telling can
//! fail.

use std::path::Path;

use super::{World, output, report};
use crate::cli::{GitHubArgs, PublishCommand};
use crate::error::Error;
use crate::finding::Severity;
use crate::publish::context::Context;
use crate::publish::{
    Annotation, CheckRunRequest, Client, CommentAction, CommentRequest, Conclusion, IssueAction, IssueOutcome,
    IssueRequest, Level, PublishError, Settings, Webhook, block_on, publish_check_run, publish_comment, publish_issue,
    publish_slack,
};
use crate::report::{Format, Options, markdown, render, told};
use crate::result::{CheckResult, Outcome};
use crate::split::{self, Share};

/// The check's name on a commit, with the states after it.
const CHECK: &str = "driftgate";
/// Bytes of all states' names in a check's name.
const STATES: usize = 100;

/// Publishes a result and says what became of it on standard output.
///
/// # Errors
/// A file that is no result, a repository, commit, token or webhook that nobody told, and what the other side refuses.
pub fn run(command: &PublishCommand, world: &mut World) -> Result<Outcome, Error> {
    let given = &command.saved().result;
    let result = report::saved(&world.directory.join(given), given)?;
    let lines = match command {
        PublishCommand::Issue(args) => issues(&result, args, world)?,
        PublishCommand::Comment(args) => {
            let number = context(world)
                .pull_request(args.pull_request)
                .map_err(PublishError::from)?;
            vec![comment(&result, number, &client(&args.github, world)?)?]
        }
        PublishCommand::Check(args) => {
            let sha = context(world).sha(args.sha.as_deref()).map_err(PublishError::from)?;
            let details_url = context(world).run_url();
            vec![check(&result, sha, details_url, &client(&args.github, world)?)?]
        }
        PublishCommand::Slack(_) => slack(&result, world)?,
    };
    let told = lines.iter().try_for_each(|line| writeln!(world.stdout, "{line}"));
    output::written(told, world)?;
    Ok(Outcome::Clean)
}

fn context<'a>(world: &'a World<'_>) -> Context<'a> {
    Context {
        variable: world.variable,
        read: &|file: &Path| std::fs::read_to_string(file),
    }
}

fn client(args: &GitHubArgs, world: &World) -> Result<Client, PublishError> {
    let context = context(world);
    Client::new(&Settings {
        api_url: context.api_url(),
        repository: context.repository(args.repository.as_deref())?,
        token: context.token()?,
    })
}

/// One issue per state. A state about which the run cannot be sure is left as it is.
fn issues(
    result: &CheckResult,
    args: &crate::cli::PublishIssueArgs,
    world: &mut World,
) -> Result<Vec<String>, PublishError> {
    let client = client(&args.github, world)?;
    let mut lines = Vec::new();
    for share in split::by_state(result) {
        let name = told::issue_title(&share.state, share.result.outcome);
        if share.unsettled && share.result.outcome == Outcome::Clean {
            world.warn(&format!(
                "{name}: the issue is left as it is: nothing was found, but not everything could be checked"
            ));
            continue;
        }
        let request = issue(&share, args);
        let outcome = block_on(publish_issue(&client, &request))?;
        lines.push(format!("{name}: {}", became(&outcome)));
    }
    Ok(lines)
}

fn issue(share: &Share, args: &crate::cli::PublishIssueArgs) -> IssueRequest {
    let result = &share.result;
    IssueRequest {
        key: share.state.clone(),
        title: told::issue_title(&share.state, result.outcome),
        body: markdown::within(result, markdown::COMMENT),
        summary_of_change: told::news(result),
        clean: result.outcome == Outcome::Clean && result.complete,
        labels: args.labels.clone(),
        assignees: args.assignees.clone(),
    }
}

fn became(outcome: &IssueOutcome) -> String {
    let action = match outcome.action {
        IssueAction::Opened => "issue opened",
        IssueAction::Updated => "issue updated",
        IssueAction::Unchanged => "the issue says all of it already",
        IssueAction::Closed => "clean, issue closed",
        IssueAction::Reopened => "issue opened again",
        IssueAction::Joined => "another run opened the issue",
        IssueAction::Nothing => "clean, and no issue is open",
    };
    match &outcome.url {
        Some(url) => format!("{action}: {url}"),
        None => action.to_owned(),
    }
}

fn comment(result: &CheckResult, pull_request: u64, client: &Client) -> Result<String, PublishError> {
    let request = CommentRequest {
        key: states(result).join(" "),
        pull_request,
        body: markdown::within(result, markdown::COMMENT),
    };
    let outcome = block_on(publish_comment(client, &request))?;
    let action = match outcome.action {
        CommentAction::Created => "comment written",
        CommentAction::Updated => "comment updated",
        CommentAction::Unchanged => "the comment says all of it already",
    };
    Ok(format!("{action}: {}", outcome.url))
}

fn check(
    result: &CheckResult,
    sha: String,
    details_url: Option<String>,
    client: &Client,
) -> Result<String, PublishError> {
    let request = CheckRunRequest {
        name: check_name(result),
        sha,
        conclusion: conclusion(result),
        title: told::title(result),
        summary: markdown::within(result, markdown::COMMENT),
        annotations: told::remarks(result).into_iter().map(annotation).collect(),
        details_url,
    };
    let outcome = block_on(publish_check_run(client, &request))?;
    Ok(match outcome.url {
        Some(url) => format!("check run written: {url}"),
        None => format!("check run {} written", outcome.id),
    })
}

/// The states, sorted: two checks of one commit over different states do not overwrite each other.
fn states(result: &CheckResult) -> Vec<&str> {
    let mut states: Vec<&str> = result.run.states.iter().map(String::as_str).collect();
    states.sort_unstable();
    states
}

fn check_name(result: &CheckResult) -> String {
    let states = states(result);
    let named = told::name(&states.join(", "), STATES);
    match states.len() {
        0 => CHECK.to_owned(),
        _ => format!("{CHECK} ({named})"),
    }
}

/// A known state does not paint a commit red, and is not green either.
fn conclusion(result: &CheckResult) -> Conclusion {
    match result.outcome {
        Outcome::Drift => Conclusion::Failure,
        Outcome::Incomplete => Conclusion::Neutral,
        Outcome::Clean if result.findings.is_empty() => Conclusion::Success,
        Outcome::Clean => Conclusion::Neutral,
    }
}

fn annotation(remark: told::Remark) -> Annotation {
    Annotation {
        path: remark.place.file,
        line: u32::try_from(remark.place.line).unwrap_or(u32::MAX),
        level: match remark.severity {
            Some(Severity::Critical | Severity::High) => Level::Failure,
            Some(Severity::Medium) => Level::Warning,
            Some(Severity::Low | Severity::Info) | None => Level::Notice,
        },
        title: remark.title,
        message: remark.message,
    }
}

/// The webhook is looked at in any case: that it is missing should not be found out in an outage.
fn slack(result: &CheckResult, world: &mut World) -> Result<Vec<String>, Error> {
    let address = context(world).slack_webhook().map_err(PublishError::from)?;
    let webhook = Webhook::new(&address)?;
    if !told::is_news(result) {
        _ = writeln!(
            world.stderr,
            "driftgate: nothing is sent to Slack: there is nothing to act on, and nothing was resolved"
        );
        return Ok(Vec::new());
    }
    let built = |cause: String| PublishError::Setting(format!("the Slack message could not be built: {cause}"));
    let mut text = Vec::new();
    render(result, Format::Slack, &Options::default(), &mut text).map_err(|cause| built(cause.to_string()))?;
    let message = serde_json::from_slice(&text).map_err(|cause| built(cause.to_string()))?;
    block_on(publish_slack(&webhook, &message))?;
    Ok(vec!["Slack message sent".to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn a_known_state_is_neither_red_nor_green() {
        for (result, conclusion_of_it) in [
            (samples::clean(), Conclusion::Success),
            (samples::clean_with_remarks(), Conclusion::Neutral),
            (samples::incomplete(), Conclusion::Neutral),
            (samples::nothing_to_check(), Conclusion::Neutral),
            (samples::drifted(), Conclusion::Failure),
        ] {
            assert_eq!(conclusion(&result), conclusion_of_it);
        }
    }

    #[test]
    fn a_check_is_named_after_its_states() {
        let mut result = samples::clean();
        assert_eq!(check_name(&result), "driftgate (terraform.tfstate)");
        result.run.states = vec!["b".to_owned(), "a".to_owned()];
        assert_eq!(check_name(&result), "driftgate (a, b)");
        result.run.states.clear();
        assert_eq!(check_name(&result), "driftgate");
    }
}
