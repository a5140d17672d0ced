//! The report for people in a browser: one file that asks nobody for anything.
//!
//! The verdict, then the hosts with their serving paths drawn, then the findings by the hosts they affect, then all
//! the rest. Everything stands in the page as it is written; the script only filters, searches and switches colours.
//!
//! The page is written by [`writer::Html`] and not from a template: there foreign text can become text and attribute
//! values and nothing else, whichever part of the page it is written from, and thousands of findings cost one pass
//! without a copy of the result in a template engine's own values. A Content-Security-Policy that knows the page's own
//! style and script by their hashes stands behind that.

mod changes;
mod entries;
mod filter;
mod finding;
mod findings;
mod hosts;
mod path;
mod policy;
mod rest;
mod time;
mod trend;
mod verdict;
mod wrap;
mod writer;

use std::io::{self, Write};

use super::Options;
use crate::result::CheckResult;
use entries::Entries;
use writer::Html;

/// What the page looks like.
const STYLE: &str = include_str!("html/style.css");
/// What filters, searches and switches.
const SCRIPT: &str = include_str!("html/script.js");

/// Writes the whole page.
pub(super) fn render(result: &CheckResult, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let entries = Entries::of(result);
    let mut html = Html::document();
    html.element("html", &[("lang", "en")], |html| {
        head(html, result);
        html.element("body", &[], |html| body(html, result, &entries));
    });
    out.write_all(html.into_text().as_bytes())
}

fn head(html: &mut Html, result: &CheckResult) {
    let csp = policy::content_security_policy(STYLE, SCRIPT);
    html.element("head", &[], |html| {
        html.void("meta", &[("charset", "utf-8")]);
        html.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &csp)]);
        html.void("meta", &[("name", "referrer"), ("content", "no-referrer")]);
        html.void(
            "meta",
            &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")],
        );
        html.void("meta", &[("name", "color-scheme"), ("content", "light dark")]);
        html.leaf("title", &[], &format!("{} · driftgate", verdict::title(result)));
        html.style(STYLE);
    });
}

fn body(html: &mut Html, result: &CheckResult, entries: &Entries<'_>) {
    html.leaf("a", &[("class", "skip"), ("href", "#main")], "Skip to the report");
    verdict::write(html, result, entries);
    html.element("main", &[("id", "main")], |html| {
        hosts::write(html, result, entries);
        findings::write(html, entries);
        rest::write(html, result);
    });
    html.element("footer", &[], |html| {
        html.leaf(
            "p",
            &[],
            &format!(
                "Written by driftgate {}. The page loads nothing and sends nothing.",
                env!("CARGO_PKG_VERSION")
            ),
        );
    });
    html.script(SCRIPT);
}

/// A section of the page with its heading, by which screen readers and links find it.
fn section(html: &mut Html, id: &'static str, heading: &str, inside: impl FnOnce(&mut Html)) {
    let heading_id = format!("{id}-heading");
    html.element("section", &[("id", id), ("aria-labelledby", &heading_id)], |html| {
        html.leaf("h2", &[("id", &heading_id)], heading);
        inside(html);
    });
}

#[cfg(test)]
mod tests;
