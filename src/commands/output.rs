//! What goes out: the report on standard output, further reports in files, the progress bar.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::World;
use crate::cli::{Colour, RenderArgs, ReportTo};
use crate::error::Error;
use crate::report::{self, Format, Options};
use crate::result::CheckResult;

/// A file that is written at the end, opened before the long work so that a bad path is known at once. What it holds
/// stays until then: a run that fails spoils nothing, and a run may read what it will replace.
pub(super) struct Target<'a> {
    name: &'a Path,
    file: File,
}

impl<'a> Target<'a> {
    pub(super) fn open(name: &'a Path, world: &World) -> Result<Target<'a>, Error> {
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        match options.open(world.directory.join(name)) {
            Ok(file) => Ok(Target { name, file }),
            Err(cause) => Err(Error::Write {
                file: name.to_owned(),
                cause,
            }),
        }
    }

    pub(super) fn write(mut self, content: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), Error> {
        let written = self.emptied().and_then(|()| content(&mut self.file));
        written.and_then(|()| self.file.flush()).map_err(|cause| Error::Write {
            file: self.name.to_owned(),
            cause,
        })
    }

    /// Pipes and devices hold nothing that could be in the way.
    fn emptied(&self) -> std::io::Result<()> {
        match self.file.metadata()?.is_file() {
            true => self.file.set_len(0),
            false => Ok(()),
        }
    }
}

/// The report files of a run.
pub(super) struct Reports<'a> {
    open: Vec<(Format, Target<'a>)>,
}

impl<'a> Reports<'a> {
    pub(super) fn open(reports: &'a [ReportTo], world: &World) -> Result<Reports<'a>, Error> {
        let open = reports.iter().map(|to| Ok((to.format, Target::open(&to.file, world)?)));
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
        for (format, target) in self.open {
            target.write(|file| report::render(result, format, &plain, file))?;
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
