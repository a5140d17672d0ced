//! What goes out: the report on standard output, further reports in files, the progress bar.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::World;
use crate::cli::{Colour, RenderArgs, ReportTo};
use crate::error::Error;
use crate::report::{self, Format, Options};
use crate::result::CheckResult;

/// A file that is written at the end, opened before the long work so that a bad path is known at once. What it holds
/// stays until then: a run that fails spoils nothing.
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

/// The report files of a run, made anew before the long work: a run that ends early leaves no older report behind that
/// could be taken for its own.
pub(super) struct Reports<'a> {
    open: Vec<(&'a ReportTo, io::Result<File>)>,
}

impl<'a> Reports<'a> {
    pub(super) fn open(reports: &'a [ReportTo], world: &World) -> Reports<'a> {
        let open = reports
            .iter()
            .map(|to| (to, File::create(world.directory.join(&to.file))));
        Reports { open: open.collect() }
    }

    /// Writes the result everywhere. Standard output comes first: the verdict is told even if a file fails, and one
    /// file's failure is not the next one's.
    ///
    /// # Errors
    /// The first failure; further ones are warned of.
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
        let told = written(report::render(result, format, &options, world.stdout), world);
        let mut failures: Vec<Error> = told.err().into_iter().collect();
        let plain = Options {
            colour: false,
            width: None,
            verbose: args.verbose,
        };
        for (to, file) in self.open {
            let written = file.and_then(|mut file| {
                report::render(result, to.format, &plain, &mut file)?;
                file.flush()
            });
            failures.extend(written.err().map(|cause| Error::Write {
                file: to.file.clone(),
                cause,
            }));
        }
        let mut failures = failures.into_iter();
        let first = failures.next();
        for further in failures {
            world.warn(&further.to_string());
        }
        first.map_or(Ok(()), Err)
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
pub(super) fn written(result: io::Result<()>, world: &mut World) -> Result<(), Error> {
    still_read(result, world).map(drop)
}

/// The same, and whether somebody still reads.
pub(super) fn still_read(result: io::Result<()>, world: &mut World) -> Result<bool, Error> {
    match result.and_then(|()| world.stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Error::Output(error)),
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
