//! The effective configuration for people and machines: one list of values, two ways to write it.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::effective::{Effective, WorkflowSource};
use super::model::{Account, Credentials, DeclaredTarget, Origin, Sourced, Unmanaged, VariableValue};
use super::quote;
use crate::history::Location;
use crate::report::escape;
use crate::site::Site;

/// Values wider than this do not push the remarks of all others to the right.
const WIDE: usize = 48;

/// One value that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Such as `state.prod.source`.
    pub name: String,
    pub value: Shown,
    pub origin: Origin,
}

/// What is shown of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    Value(Value),
    /// The text of a block.
    Block(String),
    /// Nothing.
    Sensitive,
}

/// Everything that holds, in the order of the documentation.
pub fn entries(effective: &Effective) -> Vec<Entry> {
    let mut list = List(Vec::new());
    list.states(effective);
    for account in &effective.accounts {
        list.account(account);
    }
    for site in &effective.sites {
        list.site(site);
    }
    for (at, target) in effective.deployments.iter().enumerate() {
        list.target(at, target);
    }
    list.workflows(effective);
    for owner in &effective.owners {
        let value = json!({ "address": owner.address, "path": owner.path });
        list.add(
            format!("owner{}", quote::step(&owner.name)),
            value,
            &Origin::File(owner.place.clone()),
        );
    }
    list.settings(effective);
    for policy in &effective.policy {
        let block = &policy.block;
        let span = hcl::edit::Span::span(block).unwrap_or_default();
        let labels: String = block.labels.iter().map(|label| quote::step(label.as_str())).collect();
        let origin = Origin::File(policy.source.place(span.start));
        list.0.push(Entry {
            name: format!("{}{labels}", block.ident.as_str()),
            value: Shown::Block(policy.source.slice(span).trim().to_owned()),
            origin,
        });
    }
    list.0
}

/// `name = value   # where from`, in columns.
pub fn human(effective: &Effective) -> String {
    let rows: Vec<[String; 3]> = entries(effective)
        .into_iter()
        .map(|entry| {
            let value = match &entry.value {
                Shown::Sensitive => "(sensitive)".to_owned(),
                Shown::Block(_) => "{ … }".to_owned(),
                Shown::Value(value) => quote::value(value),
            };
            [
                escape::text(&entry.name),
                escape::text(&value),
                escape::text(&remark(&entry.origin)),
            ]
        })
        .collect();
    let width = |column: usize, most: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.filter(|width| *width <= most).max().unwrap_or(0)
    };
    let (names, values) = (width(0, WIDE), width(1, WIDE));
    let mut out = String::new();
    for [name, value, remark] in &rows {
        out.push_str(&format!("{name:<names$} = {value:<values$}  # {remark}\n"));
    }
    out
}

/// The same as JSON: `file`, and `values` with `name`, `value`, `sensitive` and `origin`.
pub fn json(effective: &Effective) -> String {
    let values: Vec<Value> = entries(effective)
        .into_iter()
        .map(|entry| {
            let value = match &entry.value {
                Shown::Sensitive => Value::Null,
                Shown::Block(text) => json!(text),
                Shown::Value(value) => value.clone(),
            };
            json!({
                "name": entry.name,
                "sensitive": entry.value == Shown::Sensitive,
                "value": value,
                "origin": origin(&entry.origin),
            })
        })
        .collect();
    let document = json!({
        "schema": "driftgate/config/v1",
        "file": effective.file,
        "values": values,
    });
    format!("{document:#}\n")
}

fn remark(origin: &Origin) -> String {
    match origin {
        Origin::Flag(name) => (*name).to_owned(),
        Origin::File(place) => place.to_string(),
        Origin::Environment { variable, place } => format!("{place}, env {variable}"),
        Origin::Default => "default".to_owned(),
    }
}

fn origin(origin: &Origin) -> Value {
    match origin {
        Origin::Flag(name) => json!({ "kind": "flag", "flag": name }),
        Origin::File(place) => json!({ "kind": "file", "file": place.file, "line": place.line }),
        Origin::Environment { variable, place } => {
            json!({ "kind": "environment", "variable": variable, "file": place.file, "line": place.line })
        }
        Origin::Default => json!({ "kind": "default" }),
    }
}

struct List(Vec<Entry>);

impl List {
    fn add(&mut self, name: impl Into<String>, value: impl Into<Value>, origin: &Origin) {
        self.0.push(Entry {
            name: name.into(),
            value: Shown::Value(value.into()),
            origin: origin.clone(),
        });
    }

    /// A value as it is written, if there is one.
    fn given<T>(&mut self, name: String, sourced: Option<&Sourced<T>>, value: impl Fn(&T) -> Value) {
        if let Some(sourced) = sourced {
            self.add(name, value(&sourced.value), &sourced.origin);
        }
    }

    fn states(&mut self, effective: &Effective) {
        if effective.states.is_empty() {
            self.add("state", ".", &Origin::Default);
        }
        for state in &effective.states {
            let name = format!("state{}", quote::step(&state.name));
            self.given(format!("{name}.source"), Some(&state.source), |text| json!(text));
            self.given(format!("{name}.region"), state.region.as_ref(), |text| json!(text));
            self.given(format!("{name}.profile"), state.profile.as_ref(), |text| json!(text));
            self.given(format!("{name}.terraform_dir"), state.terraform_dir.as_ref(), |at| {
                path(at)
            });
        }
        self.given("region".to_owned(), effective.region.as_ref(), |text| json!(text));
        self.given("profile".to_owned(), effective.profile.as_ref(), |text| json!(text));
    }

    fn account(&mut self, account: &Account) {
        let name = format!("account{}", quote::step(&account.id));
        let (credentials, origin) = (&account.credentials.value, &account.credentials.origin);
        match credentials {
            Credentials::AtHand => self.add(format!("{name}.credentials"), "at hand", origin),
            Credentials::Profile(profile) => self.add(format!("{name}.profile"), profile.as_str(), origin),
            Credentials::Role { arn, external_id } => {
                self.add(format!("{name}.role_arn"), arn.as_str(), origin);
                if let Some(id) = external_id {
                    self.add(format!("{name}.external_id"), id.as_str(), origin);
                }
            }
        }
        if account.regions.origin != Origin::Default {
            self.given(format!("{name}.regions"), Some(&account.regions), |regions| {
                json!(regions)
            });
        }
    }

    fn site(&mut self, site: &Site) {
        let name = format!("site{}", quote::step(&site.name));
        let origin = site.place.clone().map_or(Origin::Default, Origin::File);
        self.add(format!("{name}.hosts"), json!(site.hosts), &origin);
        let more = [
            ("environment", &site.environment),
            ("bucket", &site.bucket),
            ("distribution", &site.distribution),
        ];
        self.texts(&name, more, &origin);
    }

    fn target(&mut self, at: usize, target: &DeclaredTarget) {
        let label = target
            .name
            .as_ref()
            .map_or_else(|| format!("[{at}]"), |name| quote::step(name));
        let declared = &target.target;
        let more = [
            ("host", &declared.host),
            ("bucket", &declared.bucket),
            ("prefix", &declared.prefix),
            ("distribution", &declared.distribution),
            ("environment", &declared.environment),
        ];
        self.texts(&format!("deploy{label}"), more, &target.origin);
    }

    fn texts<const N: usize>(&mut self, name: &str, all: [(&str, &Option<String>); N], origin: &Origin) {
        for (attribute, text) in all {
            if let Some(text) = text {
                self.add(format!("{name}.{attribute}"), text.as_str(), origin);
            }
        }
    }

    fn workflows(&mut self, effective: &Effective) {
        self.given(
            "workflows".to_owned(),
            Some(&effective.workflows),
            |source| match source {
                WorkflowSource::Here => json!("."),
                WorkflowSource::Repository(directory) => path(directory),
                WorkflowSource::Nowhere => Value::Null,
            },
        );
        for variable in &effective.variables {
            self.0.push(Entry {
                name: format!("variables[{}]", quote::string(&variable.path())),
                value: match &variable.value {
                    VariableValue::Plain(text) => Shown::Value(json!(text)),
                    VariableValue::Secret(_) => Shown::Sensitive,
                },
                origin: variable.origin.clone(),
            });
        }
    }

    fn settings(&mut self, effective: &Effective) {
        let settings = &effective.settings;
        let name = |attribute: &str| format!("settings.{attribute}");
        self.given(name("fail_on"), Some(&settings.fail_on), |severity| {
            json!(severity.name())
        });
        self.given(name("unmanaged"), Some(&settings.unmanaged), |scopes| {
            unmanaged(*scopes)
        });
        self.given(name("format"), Some(&settings.format), |format| json!(format.name()));
        self.given(name("reports"), Some(&settings.reports), |reports| {
            let written = reports.iter().map(|to| format!("{}={}", to.format, to.file.display()));
            json!(written.collect::<Vec<_>>())
        });
        self.given(name("pace"), Some(&settings.pace), |pace| {
            let members = pace
                .iter()
                .map(|(service, number)| (service.name().to_owned(), json!(number)));
            Value::Object(members.collect::<Map<_, _>>())
        });
        self.given(name("history"), settings.history.as_ref(), location);
        self.given(name("since"), settings.since.as_ref(), |at| path(at));
        self.given(name("starter_asserts"), Some(&settings.starter_asserts), |bool| {
            json!(bool)
        });
        self.given(name("phase"), Some(&settings.phase), |phase| json!(phase.name()));
    }
}

fn path(path: &Path) -> Value {
    json!(path.display().to_string())
}

fn unmanaged(scopes: Unmanaged) -> Value {
    match scopes {
        Unmanaged::ALL => json!("all"),
        Unmanaged::NONE => json!("none"),
        Unmanaged { records, .. } => json!([if records { "records" } else { "bucket-settings" }]),
    }
}

fn location(location: &Location) -> Value {
    match location {
        Location::Directory(directory) => path(directory),
        Location::S3(place) => json!(place.to_string()),
    }
}
