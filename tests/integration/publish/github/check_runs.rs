//! Check runs.

use serde_json::{Value, json};

use super::{Repository, SHA, reply};
use crate::publish::wire::Reply;

#[derive(Clone, Debug)]
pub(crate) struct CheckRun {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) conclusion: String,
    pub(crate) details_url: Option<String>,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) annotations: Vec<Value>,
}

impl CheckRun {
    fn shown(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "head_sha": SHA,
            "status": "completed",
            "conclusion": self.conclusion,
            "html_url": format!("https://github.com/example/site/runs/{}", self.id),
            "output": {
                "title": self.title,
                "summary": self.summary,
                "annotations_count": self.annotations.len(),
            },
        })
    }
}

/// Title, summary and annotations of an `output`, held against their limits.
fn output(body: &Value) -> Result<(String, String, Vec<Value>), Reply> {
    let output = &body["output"];
    let wrong = |text: &str| {
        Reply::new(
            422,
            json!({
                "message": format!("Invalid request.\n\n{text}"),
                "documentation_url": "https://docs.github.com/rest",
                "status": "422",
            }),
        )
    };
    let (Some(title), Some(summary)) = (output["title"].as_str(), output["summary"].as_str()) else {
        return Err(wrong("\"title\", \"summary\" weren't supplied."));
    };
    if summary.chars().count() > 65_535 {
        return Err(wrong("Only 65535 characters are allowed; more were supplied."));
    }
    let annotations = output["annotations"].as_array().cloned().unwrap_or_default();
    if annotations.len() > 50 {
        return Err(wrong("No more than 50 items are allowed; more were supplied."));
    }
    for annotation in &annotations {
        let text = |name: &str| annotation[name].as_str().unwrap_or_default();
        let complete = !text("path").is_empty()
            && annotation["start_line"].as_u64() >= Some(1)
            && annotation["end_line"].as_u64() >= annotation["start_line"].as_u64()
            && matches!(text("annotation_level"), "notice" | "warning" | "failure")
            && !text("message").is_empty();
        if !complete || text("message").len() > 64 << 10 || text("title").chars().count() > 255 {
            return Err(wrong("An annotation is not valid."));
        }
    }
    Ok((title.to_owned(), summary.to_owned(), annotations))
}

pub(super) fn create(repository: &mut Repository, body: &Value) -> Reply {
    let name = body["name"].as_str().unwrap_or_default();
    let sha = body["head_sha"].as_str().unwrap_or_default();
    if sha != SHA {
        return reply::message(422, &format!("No commit found for SHA: {sha}"));
    }
    let conclusion = body["conclusion"].as_str().unwrap_or_default();
    let known = matches!(
        conclusion,
        "action_required" | "cancelled" | "failure" | "neutral" | "success" | "skipped" | "timed_out"
    );
    if name.is_empty() || !known || body["status"] != "completed" {
        return reply::invalid(json!([{ "resource": "CheckRun", "code": "invalid", "field": "conclusion" }]));
    }
    let (title, summary, annotations) = match output(body) {
        Ok(output) => output,
        Err(refused) => return refused,
    };
    let run = CheckRun {
        id: repository.id(),
        name: name.to_owned(),
        conclusion: conclusion.to_owned(),
        details_url: body["details_url"].as_str().map(ToOwned::to_owned),
        title,
        summary,
        annotations,
    };
    let reply = Reply::new(201, run.shown());
    repository.check_runs.push(run);
    reply
}

/// Annotations of later requests are added to the earlier ones.
pub(super) fn update(repository: &mut Repository, id: &str, body: &Value) -> Reply {
    let Some(run) = repository.check_runs.iter_mut().find(|run| run.id.to_string() == id) else {
        return reply::not_found();
    };
    match output(body) {
        Ok((title, summary, annotations)) => {
            (run.title, run.summary) = (title, summary);
            run.annotations.extend(annotations);
            Reply::new(200, run.shown())
        }
        Err(refused) => refused,
    }
}
