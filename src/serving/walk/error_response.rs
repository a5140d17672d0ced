//! Custom error responses: what stands between an origin's error and the visitor.

use std::collections::BTreeSet;

use crate::finding::Severity;
use crate::inventory::{CustomErrorResponse, Distribution};
use crate::rules;
use crate::serving::trace::{Break, Station, Verdict, Visitor};

use super::behaviour::{functions, named};
use super::distribution::DISTRIBUTION;
use super::step::{Draft, broken, touched};
use super::{Reply, Walker};

impl<'a> Walker<'a> {
    /// What visitors get for what the origin answered.
    pub(super) fn visitor(&mut self, distribution: &'a Distribution, reply: &Reply) -> Visitor {
        let visitor = match reply {
            Reply::Object { bucket, key } => Visitor::Page {
                status: 200,
                bucket: bucket.clone(),
                key: key.clone(),
            },
            Reply::Listing { bucket } => Visitor::Page {
                status: 200,
                bucket: bucket.clone(),
                key: String::new(),
            },
            Reply::Redirect { status, to } => self.follow(*status, to.clone()),
            Reply::Unknown { why } => Visitor::Unknown { why: why.clone() },
            Reply::Pending => return super::records::pending(),
            Reply::Status { code, why } => return self.error(distribution, *code, why),
        };
        self.error_pages(distribution);
        visitor
    }

    fn error(&mut self, distribution: &'a Distribution, code: u16, why: &str) -> Visitor {
        let responses = &distribution.config.custom_error_responses;
        let own = responses.iter().find(|one| one.error_code == i64::from(code));
        let plain = || Visitor::Error {
            status: code,
            why: why.to_owned(),
        };
        let Some(response) = own else { return plain() };
        let Some(page) = response.response_page_path.as_deref() else {
            return plain();
        };
        let answer = status(response, code);
        let reply = self.page(distribution, page);
        let draft = Draft::new(Station::ErrorResponse, format!("{code} -> {answer} with {page}"))
            .touches(DISTRIBUTION, distribution.id.clone());
        match reply {
            Reply::Pending => super::records::pending(),
            Reply::Object { bucket, key } => {
                if answer < 400 && self.is_broken() {
                    let title = format!(
                        "distribution {} answers {answer} although its origin answers {code}",
                        distribution.id
                    );
                    let detail = format!(
                        "{page} goes out in place of every page and file, so monitors see nothing wrong. The origin: {why}."
                    );
                    let at = touched(DISTRIBUTION, distribution.id.clone());
                    let fault = broken(
                        rules::FAILURE_HIDDEN_BY_ERROR_RESPONSE,
                        Severity::High,
                        at,
                        title,
                        detail,
                    );
                    self.fault(draft, fault);
                } else {
                    self.good(draft);
                }
                Visitor::Page {
                    status: answer,
                    bucket,
                    key,
                }
            }
            Reply::Status { code: of_page, why: of } => {
                self.remark(draft, format!("the page itself answers {of_page}: {of}"));
                Visitor::Error {
                    status: of_page,
                    why: format!("{why}; its error page: {of}"),
                }
            }
            _ => {
                self.remark(draft, "what the page answers cannot be told");
                plain()
            }
        }
    }

    /// Fetches an error page as CloudFront does, by the behaviour of its path. What is broken there is a remark here:
    /// the error page as a whole is what is at fault.
    fn page(&mut self, distribution: &'a Distribution, page: &str) -> Reply {
        let start = self.steps.len();
        self.depth += 1;
        let behaviour = self.choose(distribution, page);
        let reply = self.request(distribution, behaviour, page);
        self.depth -= 1;
        let plain = named(behaviour);
        if let Some(first) = self.steps.iter_mut().skip(start).find(|step| step.title == plain) {
            first.title = format!("{plain}, for error page {page}");
        }
        for step in self.steps.iter_mut().skip(start) {
            step.verdict = match std::mem::replace(&mut step.verdict, Verdict::Good) {
                Verdict::Broken(Break { title, .. }) => Verdict::Remark(title),
                Verdict::CannotTell(why) => Verdict::Remark(why),
                other => other,
            };
        }
        match reply {
            // Its function may answer without the origin.
            Reply::Status { why, .. } if !functions(behaviour).is_empty() => Reply::Unknown { why },
            other => other,
        }
    }

    /// Error pages that would not be there when they are needed.
    fn error_pages(&mut self, distribution: &'a Distribution) {
        let mut done = BTreeSet::new();
        for response in &distribution.config.custom_error_responses {
            let Some(page) = response.response_page_path.as_deref() else {
                continue;
            };
            if !done.insert(page) {
                continue;
            }
            let reply = self.page(distribution, page);
            let Reply::Status { code, why } = reply else { continue };
            let draft = Draft::new(Station::ErrorResponse, format!("error page {page}"))
                .touches(DISTRIBUTION, distribution.id.clone());
            let title = format!("error page {page} of distribution {} cannot be read", distribution.id);
            let detail = format!(
                "It answers {code} ({why}), so visitors who meet an error get a bare one. Upload the page, or take the custom error response out."
            );
            let at = touched(DISTRIBUTION, distribution.id.clone());
            self.fault(
                draft,
                broken(rules::ERROR_PAGE_MISSING, Severity::Medium, at, title, detail),
            );
        }
    }
}

fn status(response: &CustomErrorResponse, code: u16) -> u16 {
    response
        .response_code
        .as_deref()
        .and_then(|text| text.parse().ok())
        .unwrap_or(code)
}
