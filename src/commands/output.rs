//! What goes out: the report on standard output, further reports in files, the progress bar.

use std::fs::File;
use std::io::{ErrorKind, Write};

use super::World;
use crate::cli::{Colour, RenderArgs, ReportTo};
use crate::error::Error;
use crate::report::{self, Format, Options};
use crate::result::CheckResult;

/// The report files of a run, opened before the long work so that a bad path is known at once.
pub(super) struct Reports<'a> {
    open: Vec<(&'a ReportTo, File)>,
}

impl<'a> Reports<'a> {
    pub(super) fn open(reports: &'a [ReportTo]) -> Result<Reports<'a>, Error> {
        let open = reports.iter().map(|to| {
            let file = File::create(&to.file).map_err(|cause| Error::Write {
                file: to.file.clone(),
                cause,
            })?;
            Ok((to, file))
        });
        Ok(Reports {
            open: open.collect::<Result<_, Error>>()?,
        })
    }

    /// Writes the result everywhere. Standard output comes first: the verdict is told even if a file fails.
    pub(super) fn write(
        self,
        result: &CheckResult,
        format: Format,
        args: &RenderArgs,
        world: &mut World,
    ) -> Result<(), Error> {
        let colour = coloured(args.color, world);
        let options = Options {
            colour,
            width: world.width,
            verbose: args.verbose,
        };
        written(report::render(result, format, &options, world.stdout), world)?;
        let plain = Options {
            colour: false,
            width: None,
            verbose: args.verbose,
        };
        for (to, mut file) in self.open {
            let written = report::render(result, to.format, &plain, &mut file).and_then(|()| file.flush());
            written.map_err(|cause| Error::Write {
                file: to.file.clone(),
                cause,
            })?;
        }
        Ok(())
    }
}

/// Whether to write colours to standard output.
pub(super) fn coloured(when: Colour, world: &World) -> bool {
    match when {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => world.stdout_is_terminal && !world.no_colour,
    }
}

/// Ends writing to standard output. A reader that went away has enough of it; the exit code still tells.
pub(super) fn written(result: std::io::Result<()>, world: &mut World) -> Result<(), Error> {
    match result.and_then(|()| world.stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Output(error)),
        _ => Ok(()),
    }
}

/// The progress bar; draws nothing unless standard error is a terminal.
#[cfg(feature = "live")]
pub(super) struct Bar(indicatif::ProgressBar);

#[cfg(feature = "live")]
impl Bar {
    pub(super) fn new(visible: bool) -> Bar {
        let bar = if visible {
            indicatif::ProgressBar::new(0)
        } else {
            indicatif::ProgressBar::hidden()
        };
        if let Ok(style) = indicatif::ProgressStyle::with_template("reading AWS {bar:30} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        Bar(bar)
    }

    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

#[cfg(feature = "live")]
impl crate::live::Progress for Bar {
    fn planned(&self, total: u64) {
        self.0.inc_length(total);
    }

    fn finished(&self, n: u64) {
        self.0.inc(n);
    }
}
