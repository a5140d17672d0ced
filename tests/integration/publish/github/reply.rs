//! Answers in the forms that the documentation gives.

use serde_json::{Value, json};

use super::Asked;
use crate::publish::wire::Reply;

pub(super) fn message(status: u16, message: &str) -> Reply {
    Reply::new(
        status,
        json!({
            "message": message,
            "documentation_url": "https://docs.github.com/rest",
            "status": status.to_string(),
        }),
    )
}

pub(super) fn not_found() -> Reply {
    message(404, "Not Found")
}

/// 422 with its list of fields.
pub(super) fn invalid(errors: Value) -> Reply {
    Reply::new(
        422,
        json!({
            "message": "Validation Failed",
            "errors": errors,
            "documentation_url": "https://docs.github.com/rest",
            "status": "422",
        }),
    )
}

/// One page of a list: 30 entries unless asked for more, never more than 100, with links to the others.
pub(super) fn page(all: &[Value], asked: &Asked<'_>) -> Reply {
    let number = |name: &str, default: usize| {
        asked
            .query(name)
            .and_then(|text| text.parse().ok())
            .filter(|number| *number > 0)
            .unwrap_or(default)
    };
    let (per_page, page) = (number("per_page", 30).min(100), number("page", 1));
    let last = all.len().div_ceil(per_page).max(1);
    let start = all.len().min((page - 1) * per_page);
    let end = all.len().min(start + per_page);
    let reply = Reply::new(200, json!(&all[start..end]));
    let kept: Vec<&str> = asked
        .request
        .query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("page="))
        .collect();
    let link = |page: usize, relation: &str| {
        let path = &asked.request.path;
        format!(
            "<{}{path}?{}&page={page}>; rel=\"{relation}\"",
            asked.origin(),
            kept.join("&")
        )
    };
    let mut links = Vec::new();
    if page > 1 {
        links.push(link(page - 1, "prev"));
    }
    if page < last {
        links.push(link(page + 1, "next"));
        links.push(link(last, "last"));
    }
    if page > 1 {
        links.push(link(1, "first"));
    }
    if links.is_empty() {
        reply
    } else {
        reply.with("Link", links.join(", "))
    }
}
