//! The command line, and nothing else.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::deploy::{Declared, Phase};
use crate::finding::Severity;
use crate::report::Format;
use crate::report::trace::TraceFormat;

/// Tells whether a live AWS static-site estate (S3, CloudFront, Route 53) is still what Terraform says it is.
///
/// Exit codes: 0 everything was checked and nothing fails; 2 findings at or above --fail-on; 3 nothing fails, but part
/// could not be checked or there was nothing to check; 1 the run could not be done.
#[derive(Debug, Parser)]
#[command(name = "driftgate", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compare the live account with Terraform's state.
    Check(CheckArgs),
    /// Read the live account and keep what it answered in a file, for `check --live FILE`.
    Snapshot(SnapshotArgs),
    /// Follow a host from DNS to the object, by the state and live, and show where the path breaks.
    ///
    /// Exit codes: 0 the host is served; 2 its path is broken; 3 it cannot be told; 1 the run could not be done.
    Trace(TraceArgs),
    /// Repeat the check during console work, and show only what moved since the last look and what it does to each
    /// host.
    Watch(WatchArgs),
    /// Show why a finding was judged as it was, or what a rule means and where policies speak of it.
    Explain(ExplainArgs),
    /// Write a policy file that allows what is found today, each with a reason to fill in and 30 days to run.
    Baseline(BaselineArgs),
    /// Render saved results (`check --report json=FILE`) in any format. Several runs of the same states become a history
    /// of which the newest is shown; results of different states are shown together.
    Report(ReportArgs),
    /// Tell a saved result (`check --report json=FILE`) on GitHub or in Slack.
    ///
    /// The token comes from GITHUB_TOKEN, the webhook from DRIFTGATE_SLACK_WEBHOOK; repository, commit and pull request
    /// from the workflow run's environment where no flag names them. Exit codes: 0 it is told, or there was nothing to
    /// tell; 1 it could not be told.
    #[command(subcommand)]
    Publish(PublishCommand),
    /// List where the workflows of a repository deploy to.
    Targets(TargetsArgs),
    /// Show or check the configuration, driftgate.hcl.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Write a commented driftgate.hcl from what is found here: states, backends, hosts, workflows.
    Init(InitArgs),
    /// Walk through a recorded outage that ships inside the binary: what was done, what visitors got, and what the
    /// check says. No credentials, no network.
    Demo(DemoArgs),
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub config: ConfigFileArgs,

    #[command(flatten)]
    pub states: StateArgs,

    /// A snapshot to use in place of AWS.
    #[arg(long, value_name = "FILE")]
    pub live: Option<PathBuf>,

    /// The directory of the Terraform configuration that the state belongs to: what it ignores is no drift, and findings
    /// point at its lines. Default: the working directory, where it holds the configuration and no --state is given.
    #[arg(long, value_name = "DIR")]
    pub terraform_dir: Option<PathBuf>,

    /// Compare live with an earlier snapshot (`driftgate snapshot`) as well; without --state, with that alone.
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    #[command(flatten)]
    pub earlier: EarlierArgs,

    /// Do not follow hosts to what they serve, and do not check deployments.
    #[arg(long)]
    pub no_serving: bool,

    /// A policy file, or a directory of *.hcl: rules that say what fails and what is allowed, and assertions. Repeatable.
    #[arg(long = "policy", value_name = "DIR|FILE")]
    pub policies: Vec<PathBuf>,

    #[command(flatten)]
    pub deploy: DeployArgs,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The id of a finding, as reports show it (or the beginning of it), or the name of a rule.
    #[arg(value_name = "FINDING_ID|RULE")]
    pub subject: String,

    #[command(flatten)]
    pub check: CheckArgs,
}

#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// The policy file to write; it is never overwritten.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,

    #[command(flatten)]
    pub check: CheckArgs,
}

#[derive(Debug, Args)]
pub struct WatchArgs {
    /// The pause between two looks, in seconds or minutes.
    #[arg(long, default_value = "10s", value_name = "TIME", value_parser = crate::commands::watch::interval)]
    pub interval: Duration,

    /// Stop after so many looks, with the exit code of the last. Default: go on until interrupted.
    #[arg(long, value_name = "NUMBER")]
    pub looks: Option<u64>,

    #[command(flatten)]
    pub check: CheckArgs,
}

/// What this run is compared with.
#[derive(Debug, Args)]
pub struct EarlierArgs {
    /// An earlier result (`--report json=FILE`): findings are marked new or persisting, and what is resolved is listed.
    #[arg(long, value_name = "RESULT")]
    pub since: Option<PathBuf>,

    /// A directory, or s3://BUCKET/PREFIX[?region=R&profile=P], in which every run is kept; earlier ones are compared
    /// with as by --since.
    #[arg(long, value_name = "PLACE")]
    pub history: Option<String>,

    /// Fail on findings that earlier runs did not have, and on no others.
    #[arg(long)]
    pub fail_on_new: bool,
}

#[derive(Debug, Args)]
pub struct DeployArgs {
    /// Where a deployment goes: host=…,bucket=…,prefix=…,distribution=…,env=…, any of them. Repeatable.
    #[arg(long = "deploy", value_name = "TARGET", value_parser = deploy)]
    pub declared: Vec<Declared>,

    /// Whether the check runs before the deployment (pre, the default) or after it.
    #[arg(long, value_name = "pre|post", value_parser = phase)]
    pub phase: Option<Phase>,

    #[command(flatten)]
    pub workflows: WorkflowArgs,
}

#[derive(Debug, Args)]
pub struct WorkflowArgs {
    /// The repository whose workflows are read. Default: the working directory, if it holds .github/workflows.
    #[arg(long, value_name = "DIR")]
    pub repository: Option<PathBuf>,

    /// Do not look for workflows.
    #[arg(long, conflicts_with = "repository")]
    pub no_workflows: bool,

    /// A value that the workflows use: vars.NAME=VALUE, or secrets.NAME=env:VARIABLE (a secret's value comes from the
    /// environment, never from the command line). ENVIRONMENT: before it says for which GitHub environment it holds.
    /// Repeatable.
    #[arg(long = "var", value_name = "[ENVIRONMENT:]NAME=VALUE")]
    pub variables: Vec<String>,
}

#[derive(Debug, Args)]
pub struct TraceArgs {
    /// A host name, with a path if wanted, or a URL.
    #[arg(value_name = "HOST_OR_URL")]
    pub target: String,

    #[command(flatten)]
    pub config: ConfigFileArgs,

    #[command(flatten)]
    pub states: StateArgs,

    /// A snapshot to use in place of AWS.
    #[arg(long, value_name = "FILE")]
    pub live: Option<PathBuf>,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// human, json or mermaid.
    #[arg(long, default_value = "human", value_name = "FORMAT", value_parser = trace_format)]
    pub format: TraceFormat,

    /// Whether to colour the tree.
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub color: Colour,

    /// Show the evidence of every step.
    #[arg(short, long)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
pub struct TargetsArgs {
    #[command(flatten)]
    pub config: ConfigFileArgs,

    /// A target to list beside those of the workflows: host=…,bucket=…,prefix=…,distribution=…,env=…. Repeatable.
    #[arg(long = "deploy", value_name = "TARGET", value_parser = deploy)]
    pub declared: Vec<Declared>,

    #[command(flatten)]
    pub workflows: WorkflowArgs,

    /// How to write the list.
    #[arg(long, value_enum, default_value_t = TargetsFormat::Human, value_name = "FORMAT")]
    pub format: TargetsFormat,

    /// Whether to colour the table.
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub color: Colour,
}

#[derive(Debug, Args)]
pub struct SnapshotArgs {
    #[command(flatten)]
    pub config: ConfigFileArgs,

    #[command(flatten)]
    pub states: StateArgs,

    /// Where to write the snapshot. It holds live configuration in clear, custom header values included.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,

    #[command(flatten)]
    pub deploy: DeployArgs,

    #[command(flatten)]
    pub connection: ConnectionArgs,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Results, as `--format json` or `--report json=FILE` wrote them.
    #[arg(value_name = "RESULT", required = true)]
    pub results: Vec<PathBuf>,

    #[command(flatten)]
    pub output: RenderArgs,
}

#[derive(Debug, Subcommand)]
pub enum PublishCommand {
    /// Keep one issue per state: opened, updated, closed by the run that finds nothing, and opened again.
    Issue(PublishIssueArgs),
    /// Keep one comment on a pull request.
    Comment(PublishCommentArgs),
    /// Write a check run on a commit: success, failure, or neutral where nothing fails but not all is well.
    Check(PublishCheckArgs),
    /// Send a message, if there is something to act on or something was resolved.
    Slack(PublishSlackArgs),
}

impl PublishCommand {
    /// What is to be published.
    pub fn saved(&self) -> &SavedArgs {
        match self {
            PublishCommand::Issue(args) => &args.saved,
            PublishCommand::Comment(args) => &args.saved,
            PublishCommand::Check(args) => &args.saved,
            PublishCommand::Slack(args) => &args.saved,
        }
    }
}

#[derive(Debug, Args)]
pub struct SavedArgs {
    /// The result, as `--format json` or `--report json=FILE` wrote it.
    #[arg(long, value_name = "FILE")]
    pub result: PathBuf,
}

#[derive(Debug, Args)]
pub struct GitHubArgs {
    /// The repository. Default: GITHUB_REPOSITORY.
    #[arg(long, value_name = "OWNER/NAME")]
    pub repository: Option<String>,
}

#[derive(Debug, Args)]
pub struct PublishIssueArgs {
    #[command(flatten)]
    pub saved: SavedArgs,

    #[command(flatten)]
    pub github: GitHubArgs,

    /// A label beside `driftgate`, given when the issue is opened. Repeatable.
    #[arg(long = "label", value_name = "LABEL")]
    pub labels: Vec<String>,

    /// The login of somebody who is assigned when the issue is opened. Repeatable.
    #[arg(long = "assignee", value_name = "LOGIN")]
    pub assignees: Vec<String>,
}

#[derive(Debug, Args)]
pub struct PublishCommentArgs {
    #[command(flatten)]
    pub saved: SavedArgs,

    #[command(flatten)]
    pub github: GitHubArgs,

    /// The pull request. Default: the one that the workflow run is for.
    #[arg(long, value_name = "NUMBER")]
    pub pull_request: Option<u64>,
}

#[derive(Debug, Args)]
pub struct PublishCheckArgs {
    #[command(flatten)]
    pub saved: SavedArgs,

    #[command(flatten)]
    pub github: GitHubArgs,

    /// The commit. Default: the head of the workflow run's pull request, else GITHUB_SHA.
    #[arg(long, value_name = "SHA")]
    pub sha: Option<String>,
}

#[derive(Debug, Args)]
pub struct PublishSlackArgs {
    #[command(flatten)]
    pub saved: SavedArgs,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Show one step: its name or number. Without it all are walked, or 05 alone where --format or --report holds one
    /// result.
    #[arg(long, value_name = "NAME_OR_NUMBER")]
    pub step: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Args)]
pub struct ConfigFileArgs {
    /// The configuration file. Default: driftgate.hcl in the working directory or, up to the repository's root, above.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print what holds in the end, and where each value came from: a flag, the file, the environment, or a default.
    Show(ConfigShowArgs),
    /// Check the configuration file and do nothing else.
    Check(ConfigCheckArgs),
}

#[derive(Debug, Args)]
pub struct ConfigShowArgs {
    #[command(flatten)]
    pub config: ConfigFileArgs,

    #[command(flatten)]
    pub states: StateArgs,

    /// Where a deployment goes, as for `check`.
    #[arg(long = "deploy", value_name = "TARGET", value_parser = deploy)]
    pub declared: Vec<Declared>,

    /// Whether the check runs before the deployment (pre, the default) or after it.
    #[arg(long, value_name = "pre|post", value_parser = phase)]
    pub phase: Option<Phase>,

    #[command(flatten)]
    pub workflows: WorkflowArgs,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// The lowest severity that fails the run.
    #[arg(long, value_name = "LEVEL", value_parser = severity)]
    pub fail_on: Option<Severity>,

    /// human or json: how to print the configuration.
    #[arg(long, default_value = "human", value_name = "FORMAT")]
    pub format: ShowFormat,
}

/// How a configuration is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    Human,
    Json,
}

#[derive(Debug, Args)]
pub struct ConfigCheckArgs {
    #[command(flatten)]
    pub config: ConfigFileArgs,
}

#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where to write the configuration. A file that is there is never touched.
    #[arg(long, value_name = "FILE", default_value = "driftgate.hcl")]
    pub config: PathBuf,
}

#[derive(Debug, Args)]
pub struct StateArgs {
    /// A Terraform or OpenTofu state: a file, a directory, a glob, s3://BUCKET/KEY[?region=R&profile=P], or - for
    /// standard input. Also takes `terraform show -json`. Repeatable. Default: the working directory's state.
    #[arg(long = "state", value_name = "STATE")]
    pub states: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ConnectionArgs {
    /// Region to start from, in place of AWS_REGION and the profile's.
    #[arg(long)]
    pub region: Option<String>,

    /// Profile of the shared AWS configuration, in place of AWS_PROFILE.
    #[arg(long)]
    pub profile: Option<String>,
}

#[derive(Debug, Args)]
pub struct OutputArgs {
    #[command(flatten)]
    pub render: RenderArgs,

    /// The lowest severity that fails the run: info, low (the default), medium, high or critical.
    #[arg(long, value_name = "LEVEL", value_parser = severity)]
    pub fail_on: Option<Severity>,
}

/// How a result is written, and where to.
#[derive(Debug, Args)]
pub struct RenderArgs {
    /// How to write the result to standard output; human unless something else is said.
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub format: Option<Format>,

    /// Write the result to a file as well. Repeatable.
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = ReportTo::parse)]
    pub reports: Vec<ReportTo>,

    /// Whether to colour the human report.
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub color: Colour,

    /// Show long values in full.
    #[arg(short, long)]
    pub verbose: bool,
}

/// A further report and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportTo {
    pub format: Format,
    pub file: PathBuf,
}

impl ReportTo {
    /// Reads `FORMAT=FILE`.
    ///
    /// # Errors
    /// What is missing or not known, in one line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, file) = text
            .split_once('=')
            .ok_or("write FORMAT=FILE, for example json=drift.json")?;
        if file.is_empty() {
            return Err("the file's name is missing after `=`".to_owned());
        }
        Ok(Self {
            format: format(name)?,
            file: PathBuf::from(file),
        })
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

/// A format of the list of deployment targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TargetsFormat {
    Human,
    Json,
}

fn deploy(text: &str) -> Result<Declared, String> {
    crate::deploy::declared::parse(text).map_err(|error| error.to_string())
}

fn phase(text: &str) -> Result<Phase, String> {
    Phase::parse(text).ok_or_else(|| "the phases are pre and post".to_owned())
}

fn trace_format(text: &str) -> Result<TraceFormat, String> {
    text.parse::<TraceFormat>().map_err(|error| error.to_string())
}

fn format(text: &str) -> Result<Format, String> {
    text.parse::<Format>().map_err(|error| error.to_string())
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| "the levels are info, low, medium, high and critical".to_owned())
}
