//! The parts of a workflow and of a composite action that matter to a deployment.
//!
//! Syntax: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax> and
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax>.

use super::error::ReadError;
use super::targets::NotUnderstood;
use super::yaml::{self, Entry, Kind, Node};
use crate::place::Place;

/// A workflow file.
#[derive(Debug, Clone)]
pub(crate) struct Workflow {
    pub(crate) file: String,
    /// Names of the events that start it.
    pub(crate) events: Vec<String>,
    /// Inputs of `workflow_dispatch`.
    pub(crate) dispatch_inputs: Vec<Entry>,
    /// Inputs of `workflow_call`.
    pub(crate) call_inputs: Vec<Entry>,
    /// Outputs of `workflow_call`.
    pub(crate) call_outputs: Vec<Entry>,
    pub(crate) env: Vec<Entry>,
    pub(crate) defaults: Defaults,
    pub(crate) jobs: Vec<Job>,
}

/// `defaults.run`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Defaults {
    pub(crate) shell: Option<String>,
    pub(crate) working_directory: Option<Node>,
}

impl Defaults {
    /// These defaults where they say something, the outer ones elsewhere.
    pub(crate) fn or(&self, outer: &Defaults) -> Defaults {
        Defaults {
            shell: self.shell.clone().or_else(|| outer.shell.clone()),
            working_directory: self
                .working_directory
                .clone()
                .or_else(|| outer.working_directory.clone()),
        }
    }
}

/// A job.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) line: usize,
    pub(crate) needs: Vec<String>,
    pub(crate) condition: Option<Node>,
    /// The environment's name: a text, or the `name` of the object form.
    pub(crate) environment: Option<Node>,
    pub(crate) env: Vec<Entry>,
    pub(crate) defaults: Defaults,
    pub(crate) strategy: Option<Node>,
    pub(crate) outputs: Vec<Entry>,
    pub(crate) steps: Vec<Step>,
    /// The workflow that the job calls instead of having steps.
    pub(crate) uses: Option<Node>,
    pub(crate) with: Vec<Entry>,
    /// `secrets:` of a call: `inherit` or a mapping.
    pub(crate) secrets: Option<Node>,
    /// Whether the runner is a Windows machine, whose default shell is PowerShell.
    pub(crate) windows: bool,
}

/// A step of a job or of a composite action.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) number: usize,
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) condition: Option<Node>,
    pub(crate) uses: Option<Node>,
    pub(crate) run: Option<Node>,
    pub(crate) with: Vec<Entry>,
    pub(crate) env: Vec<Entry>,
    pub(crate) shell: Option<String>,
    pub(crate) working_directory: Option<Node>,
}

/// An action of the repository itself.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) file: String,
    pub(crate) inputs: Vec<Entry>,
    pub(crate) outputs: Vec<Entry>,
    /// The steps of a composite action; `None` for one that is a program.
    pub(crate) steps: Option<Vec<Step>>,
    /// `runs.using`.
    pub(crate) using: String,
}

const WORKFLOW_KEYS: &[&str] = &[
    "name",
    "run-name",
    "on",
    "permissions",
    "env",
    "defaults",
    "concurrency",
    "jobs",
];
const JOB_KEYS: &[&str] = &[
    "name",
    "permissions",
    "needs",
    "if",
    "runs-on",
    "environment",
    "concurrency",
    "outputs",
    "env",
    "defaults",
    "steps",
    "timeout-minutes",
    "strategy",
    "continue-on-error",
    "container",
    "services",
    "uses",
    "with",
    "secrets",
];
const STEP_KEYS: &[&str] = &[
    "id",
    "if",
    "name",
    "uses",
    "run",
    "working-directory",
    "shell",
    "with",
    "env",
    "continue-on-error",
    "timeout-minutes",
];

/// Reads a workflow; keys that are not known are listed and do not spoil the rest.
///
/// # Errors
/// When the file is not YAML, or has no jobs.
pub(crate) fn read_workflow(file: &str, source: &str, listed: &mut Vec<NotUnderstood>) -> Result<Workflow, ReadError> {
    let root = yaml::parse(file, source)?;
    let not_a_workflow = |line: usize, problem: &str| ReadError::NotAWorkflow {
        place: Place::new(file, line),
        problem: problem.to_string(),
    };
    if !matches!(root.kind, Kind::Map(_)) {
        return Err(not_a_workflow(root.line, "it is not a mapping of keys"));
    }
    let jobs = root
        .get("jobs")
        .ok_or_else(|| not_a_workflow(root.line, "it has no `jobs`"))?;
    if jobs.entries().is_empty() {
        return Err(not_a_workflow(jobs.line, "its `jobs` are not a mapping of jobs"));
    }
    let on = root
        .get("on")
        .ok_or_else(|| not_a_workflow(root.line, "it has no `on`"))?;
    unknown_keys(file, "workflow", &root, WORKFLOW_KEYS, listed);
    let events = match &on.kind {
        Kind::Map(entries) => entries.iter().map(|e| e.key.clone()).collect(),
        _ => on.texts(),
    };
    let of_event = |event: &str, key: &str| {
        on.get(event)
            .and_then(|e| e.get(key))
            .map(|n| n.entries().to_vec())
            .unwrap_or_default()
    };
    Ok(Workflow {
        file: file.to_string(),
        events,
        dispatch_inputs: of_event("workflow_dispatch", "inputs"),
        call_inputs: of_event("workflow_call", "inputs"),
        call_outputs: of_event("workflow_call", "outputs"),
        env: entries(&root, "env"),
        defaults: defaults(&root),
        jobs: jobs.entries().iter().map(|entry| job(file, entry, listed)).collect(),
    })
}

/// Reads the description of an action of the repository.
///
/// # Errors
/// When the file is not YAML, or has no `runs`.
pub(crate) fn read_action(file: &str, source: &str, listed: &mut Vec<NotUnderstood>) -> Result<Action, ReadError> {
    let root = yaml::parse(file, source)?;
    let runs = root.get("runs").ok_or_else(|| ReadError::NotAWorkflow {
        place: Place::new(file, root.line),
        problem: "an action needs `runs`".to_string(),
    })?;
    let using = runs.get("using").and_then(Node::text).unwrap_or_default();
    let steps = using
        .eq_ignore_ascii_case("composite")
        .then(|| steps(file, runs, listed));
    Ok(Action {
        file: file.to_string(),
        inputs: entries(&root, "inputs"),
        outputs: entries(&root, "outputs"),
        steps,
        using,
    })
}

fn job(file: &str, entry: &Entry, listed: &mut Vec<NotUnderstood>) -> Job {
    let node = &entry.value;
    if !matches!(node.kind, Kind::Map(_)) {
        listed.push(NotUnderstood {
            at: Place::new(file, entry.line),
            what: format!("the job `{}` is not a mapping of keys", entry.key),
        });
    }
    unknown_keys(file, "job", node, JOB_KEYS, listed);
    let environment = node.get("environment").and_then(|environment| match environment.kind {
        Kind::Map(_) => environment.get("name").cloned(),
        _ => Some(environment.clone()),
    });
    let mut env = entries(node, "env");
    if let Some(container) = node.get("container") {
        env.extend(entries(container, "env"));
    }
    Job {
        id: entry.key.clone(),
        line: entry.line,
        needs: node.get("needs").map(Node::texts).unwrap_or_default(),
        condition: node.get("if").cloned(),
        environment,
        env,
        defaults: defaults(node),
        strategy: node.get("strategy").cloned(),
        outputs: entries(node, "outputs"),
        steps: steps(file, node, listed),
        uses: node.get("uses").cloned(),
        with: entries(node, "with"),
        secrets: node.get("secrets").cloned(),
        windows: node
            .get("runs-on")
            .map(Node::texts)
            .unwrap_or_default()
            .iter()
            .any(|label| label.to_lowercase().contains("windows")),
    }
}

fn steps(file: &str, node: &Node, listed: &mut Vec<NotUnderstood>) -> Vec<Step> {
    let steps = node.get("steps");
    if let Some(steps) = steps.filter(|steps| !matches!(steps.kind, Kind::List(_))) {
        listed.push(NotUnderstood {
            at: Place::new(file, steps.line),
            what: "the `steps` are not a list of steps".to_string(),
        });
    }
    let items = steps.map(Node::items).unwrap_or_default();
    items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            unknown_keys(file, "step", item, STEP_KEYS, listed);
            let step = Step {
                number: index + 1,
                id: item.get("id").and_then(Node::text),
                name: item.get("name").and_then(Node::text),
                condition: item.get("if").cloned(),
                uses: item.get("uses").cloned(),
                run: item.get("run").cloned(),
                with: entries(item, "with"),
                env: entries(item, "env"),
                shell: item.get("shell").and_then(Node::text),
                working_directory: item.get("working-directory").cloned(),
            };
            if step.uses.is_none() && step.run.is_none() {
                listed.push(NotUnderstood {
                    at: Place::new(file, item.line),
                    what: "a step that has neither `run` nor `uses`".to_string(),
                });
            }
            for (key, value) in [("run", &step.run), ("uses", &step.uses)] {
                if let Some(value) = value.as_ref().filter(|value| value.text().is_none()) {
                    listed.push(NotUnderstood {
                        at: Place::new(file, value.line),
                        what: format!("a step whose `{key}` is not a text"),
                    });
                }
            }
            step
        })
        .collect()
}

fn defaults(node: &Node) -> Defaults {
    let run = node.get("defaults").and_then(|d| d.get("run"));
    Defaults {
        shell: run.and_then(|r| r.get("shell")).and_then(Node::text),
        working_directory: run.and_then(|r| r.get("working-directory")).cloned(),
    }
}

fn entries(node: &Node, key: &str) -> Vec<Entry> {
    node.get(key).map(|n| n.entries().to_vec()).unwrap_or_default()
}

fn unknown_keys(file: &str, owner: &str, node: &Node, known: &[&str], listed: &mut Vec<NotUnderstood>) {
    for entry in node.entries() {
        if !known.iter().any(|k| k.eq_ignore_ascii_case(&entry.key)) {
            listed.push(NotUnderstood {
                at: Place::new(file, entry.line),
                what: format!("the {owner} key `{}` is not known to this reader", entry.key),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_is_read_leniently() {
        let source = "on: {push: {}, brand_new_event: {}}\nfuture: 1\njobs:\n  a:\n    runs-on: windows-latest\n    environment: {name: prod, url: x}\n    parallelism: 3\n    steps:\n      - name: only a name\n      - run: echo\n        id: 7\n";
        let mut listed = Vec::new();
        let workflow = read_workflow("w.yml", source, &mut listed).expect("a workflow");
        assert_eq!(workflow.events, ["push", "brand_new_event"]);
        let job = &workflow.jobs[0];
        assert_eq!((job.id.as_str(), job.line, job.windows), ("a", 4, true));
        assert_eq!(job.environment.as_ref().and_then(Node::text), Some("prod".into()));
        assert_eq!(job.steps[1].id.as_deref(), Some("7"));
        let what: Vec<String> = listed.iter().map(|n| format!("{} {}", n.at, n.what)).collect();
        assert_eq!(
            what,
            [
                "w.yml:2 the workflow key `future` is not known to this reader",
                "w.yml:7 the job key `parallelism` is not known to this reader",
                "w.yml:9 a step that has neither `run` nor `uses`",
            ]
        );
    }

    #[test]
    fn what_has_another_form_is_listed() {
        let source = concat!(
            "on: push\njobs:\n  a: 7\n  b:\n    steps: nope\n  c:\n    steps:\n",
            "      - 5\n      - run: [x]\n      - uses: {x: y}\n"
        );
        let mut listed = Vec::new();
        read_workflow("w.yml", source, &mut listed).expect("a workflow");
        let what: Vec<String> = listed.iter().map(|n| format!("{} {}", n.at, n.what)).collect();
        assert_eq!(
            what,
            [
                "w.yml:3 the job `a` is not a mapping of keys",
                "w.yml:5 the `steps` are not a list of steps",
                "w.yml:8 a step that has neither `run` nor `uses`",
                "w.yml:9 a step whose `run` is not a text",
                "w.yml:10 a step whose `uses` is not a text",
            ]
        );
    }

    #[test]
    fn other_yaml_is_not_a_workflow() {
        for (source, line) in [
            ("a: 1\n", 1),
            ("[1]\n", 1),
            ("on: push\njobs: []\n", 2),
            ("jobs: {a: {}}\n", 1),
        ] {
            let error = read_workflow("w.yml", source, &mut Vec::new()).expect_err(source);
            assert!(matches!(error, ReadError::NotAWorkflow { .. }), "{error}");
            assert_eq!(error.place().line, line, "{error}");
        }
    }
}
