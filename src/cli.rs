//! The command line, and nothing else.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::finding::Severity;
use crate::report::Format;

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
    /// Run the check on a recorded account that ships inside the binary. No credentials, no network.
    Demo(OutputArgs),
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub states: StateArgs,

    /// A snapshot to use in place of AWS.
    #[arg(long, value_name = "FILE")]
    pub live: Option<PathBuf>,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Args)]
pub struct SnapshotArgs {
    #[command(flatten)]
    pub states: StateArgs,

    /// Where to write the snapshot. It holds live configuration in clear, custom header values included.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,

    #[command(flatten)]
    pub connection: ConnectionArgs,
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
    /// How to write the result to standard output.
    #[arg(long, default_value = "human", value_name = "FORMAT", value_parser = format)]
    pub format: Format,

    /// Write the result to a file as well. Repeatable.
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = report)]
    pub reports: Vec<ReportTo>,

    /// The lowest severity that fails the run: info, low, medium, high or critical.
    #[arg(long, default_value = "low", value_name = "LEVEL", value_parser = severity)]
    pub fail_on: Severity,

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

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

fn format(text: &str) -> Result<Format, String> {
    text.parse::<Format>().map_err(|error| error.to_string())
}

fn report(text: &str) -> Result<ReportTo, String> {
    let (name, file) = text
        .split_once('=')
        .ok_or("write FORMAT=FILE, for example json=drift.json")?;
    if file.is_empty() {
        return Err("the file's name is missing after `=`".to_owned());
    }
    Ok(ReportTo {
        format: format(name)?,
        file: PathBuf::from(file),
    })
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| "the levels are info, low, medium, high and critical".to_owned())
}
