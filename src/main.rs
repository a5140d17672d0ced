//! The binary: the only place with the process's streams, environment and clock.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use driftgate::cli::{Cli, Command};
#[cfg(feature = "live")]
use driftgate::commands::publish;
use driftgate::commands::{
    World, baseline, check, config, demo, explain, init, report, snapshot, targets, trace, watch,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // A value that makes no sense is bad input like any other: one line.
        Err(error) if error.kind() == ErrorKind::ValueValidation => {
            _ = writeln!(io::stderr(), "driftgate: error: {}", refused(&error));
            return ExitCode::from(1);
        }
        Err(error) => {
            let told = error.print().is_ok();
            // clap's own code for wrong usage is 2, which means drift here.
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked && told {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(1)
            };
        }
    };
    let (mut stdin, mut stdout, mut stderr) = (io::stdin(), io::BufWriter::new(io::stdout()), io::stderr());
    let stdout_is_terminal = io::stdout().is_terminal();
    let mut world = World {
        stdin: &mut stdin,
        stdout: &mut stdout,
        stderr: &mut stderr,
        directory: std::env::current_dir().unwrap_or_default(),
        stdout_is_terminal,
        stderr_is_terminal: io::stderr().is_terminal(),
        width: stdout_is_terminal.then(terminal_width).flatten(),
        no_colour: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
        now: jiff::Timestamp::now().to_string(),
        variable: &|name| std::env::var(name).ok(),
    };
    let outcome = match &cli.command {
        Command::Check(args) => check::run(args, &mut world),
        Command::Snapshot(args) => snapshot::run(args, &mut world),
        Command::Trace(args) => trace::run(args, &mut world),
        Command::Targets(args) => targets::run(args, &mut world),
        Command::Explain(args) => explain::run(args, &mut world),
        Command::Baseline(args) => baseline::run(args, &mut world),
        Command::Watch(args) => watch::run(args, &mut world),
        Command::Report(args) => report::run(args, &mut world),
        #[cfg(feature = "live")]
        Command::Publish(command) => publish::run(command, &mut world),
        #[cfg(not(feature = "live"))]
        Command::Publish(_) => Err(driftgate::error::Error::CannotPublish),
        Command::Config(command) => config::run(command, &mut world),
        Command::Init(args) => init::run(args, &mut world),
        Command::Demo(args) => demo::run(args, &mut world),
    };
    match outcome {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(error) => {
            _ = writeln!(io::stderr(), "driftgate: error: {error}");
            ExitCode::from(1)
        }
    }
}

/// Why a value was refused, with the flag that it was given to. What names the flag itself stands as it is.
fn refused(error: &clap::Error) -> String {
    let argument = error
        .get(ContextKind::InvalidArg)
        .map(ToString::to_string)
        .unwrap_or_default();
    let flag = argument.split(' ').next().unwrap_or_default();
    let reason = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    match error.get(ContextKind::InvalidValue) {
        _ if reason.starts_with(flag) => reason,
        Some(ContextValue::String(value)) => format!("{flag} {value:?}: {reason}"),
        _ => format!("{flag}: {reason}"),
    }
}

/// Columns of the terminal at standard output.
fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
}
