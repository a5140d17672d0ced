//! Pages to look at: documents, and what the HTML report makes of them.

use std::fs;
use std::path::{Path, PathBuf};

use driftgate::report::json::v1;
use driftgate::report::{Format, Options, render};
use driftgate::result::CheckResult;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::repository;

/// The golden document of an outage, which has something in every member.
pub(crate) fn outage() -> Value {
    let file = repository("src/report/html/snapshots/driftgate__report__html__tests__outage_document.snap");
    let text = fs::read_to_string(file).expect("the golden document is there");
    let document = text.splitn(3, "---\n").nth(2).expect("a snapshot has a head");
    serde_json::from_str(document).expect("the golden document is JSON")
}

/// The outage with this many findings: copies with addresses and titles of their own.
pub(crate) fn many(count: usize) -> Value {
    let mut document = outage();
    let templates = findings(&document).to_vec();
    let all: Vec<Value> = templates
        .iter()
        .cycle()
        .take(count)
        .enumerate()
        .map(|(at, template)| {
            let mut finding = template.clone();
            finding["address"] = format!("aws_s3_bucket.number-{at}-").into();
            finding
        })
        .collect();
    document["findings"] = all.into();
    document
}

pub(crate) fn findings(document: &Value) -> &[Value] {
    document["findings"].as_array().expect("findings are a list")
}

/// The HTML report of a document.
pub(crate) fn html(document: &Value) -> String {
    let document = v1::parse(&document.to_string()).expect("the document is one of ours");
    let mut page = Vec::new();
    render(
        &CheckResult::from(document),
        Format::Html,
        &Options::default(),
        &mut page,
    )
    .expect("a vector takes all");
    String::from_utf8(page).expect("the page is UTF-8")
}

/// A page in a file.
pub(crate) struct Page {
    file: PathBuf,
    _directory: TempDir,
}

impl Page {
    pub(crate) fn of(document: &Value) -> Page {
        Page::with(&html(document))
    }

    pub(crate) fn with(html: &str) -> Page {
        let directory = tempfile::tempdir().expect("a directory for the page");
        let file = directory.path().join("report.html");
        fs::write(&file, html).expect("the page is written");
        Page {
            file,
            _directory: directory,
        }
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }
}
