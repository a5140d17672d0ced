//! The `settings` block.

use std::path::PathBuf;

use super::places::Base;
use crate::cli::ReportTo;
use crate::config::model::{Pace, Service, Settings, Sourced, Unmanaged};
use crate::config::problems::Problems;
use crate::config::section::{Datum, Section, Text};
use crate::deploy::Phase;
use crate::finding::Severity;
use crate::history::Location;
use crate::report::Format;

pub(super) fn read(file: &Section, base: Base, problems: &mut Problems) -> Settings {
    let Some(section) = file.sections("settings").next() else {
        return Settings::default();
    };
    Settings {
        fail_on: choice(section, "fail_on", Severity::parse),
        unmanaged: unmanaged(section),
        format: choice(section, "format", |name| name.parse::<Format>().ok()),
        reports: reports(section, base, problems),
        pace: pace(section),
        history: history(section, base, problems),
        since: section.text("since").map(|text| text.sourced(base.path(&text.text))),
        starter_asserts: section.get("starter_asserts").and_then(|given| match given.datum {
            Datum::Bool(bool) => Some(given.sourced(bool)),
            _ => None,
        }),
        phase: choice(section, "phase", Phase::parse),
    }
}

/// A value that the schema has checked.
fn choice<T>(section: &Section, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Sourced<T>> {
    let text = section.text(name)?;
    Some(text.sourced(parse(&text.text)?))
}

fn unmanaged(section: &Section) -> Option<Sourced<Unmanaged>> {
    let given = section.get("unmanaged")?;
    let scopes = match given.text() {
        Some(text) if text.text == "all" => Unmanaged::ALL,
        Some(_) => Unmanaged::NONE,
        None => {
            let named = section.texts("unmanaged");
            let holds = |scope: &str| named.iter().any(|text| text.text == scope);
            Unmanaged {
                records: holds("records"),
                bucket_settings: holds("bucket-settings"),
            }
        }
    };
    Some(given.sourced(scopes))
}

fn reports(section: &Section, base: Base, problems: &mut Problems) -> Option<Sourced<Vec<ReportTo>>> {
    let given = section.get("reports")?;
    let mut reports: Vec<ReportTo> = Vec::new();
    for text in section.texts("reports") {
        match report(&text, base) {
            Ok(report) if reports.iter().any(|other| other.file == report.file) => {
                problems.complain(&text.span, "another report goes to the same file");
            }
            Ok(report) => reports.push(report),
            Err(message) => problems.complain(&text.span, message),
        }
    }
    Some(given.sourced(reports))
}

fn report(text: &Text, base: Base) -> Result<ReportTo, String> {
    let to = ReportTo::parse(&text.text)?;
    Ok(ReportTo {
        file: base.path(&to.file.to_string_lossy()),
        ..to
    })
}

fn pace(section: &Section) -> Option<Sourced<Pace>> {
    let given = section.get("pace")?;
    let mut pace = Pace::new();
    for member in section.members("pace") {
        let service = Service::ALL.into_iter().find(|service| service.name() == member.key);
        if let (Some(service), Datum::Number(number)) = (service, &member.value.datum) {
            pace.insert(service, u32::try_from(*number).unwrap_or(u32::MAX));
        }
    }
    Some(given.sourced(pace))
}

fn history(section: &Section, base: Base, problems: &mut Problems) -> Option<Sourced<Location>> {
    let text = section.text("history")?;
    match Location::parse(&text.text) {
        Ok(Location::Directory(directory)) => {
            let directory: PathBuf = base.path(&directory.to_string_lossy());
            Some(text.sourced(Location::Directory(directory)))
        }
        Ok(place) => Some(text.sourced(place)),
        Err(error) => {
            problems.complain(&text.span, error.to_string());
            None
        }
    }
}
