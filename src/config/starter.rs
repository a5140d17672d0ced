//! The text that `driftgate init` writes. Pure: what was found goes in, a commented configuration comes out.

use std::fmt::Write as _;

use super::quote::string;
use crate::report::escape;

/// What is there to configure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    pub states: Vec<FoundState>,
    /// 12 digits each.
    pub accounts: Vec<String>,
    pub sites: Vec<FoundSite>,
    /// Whether there are workflows here.
    pub workflows: bool,
    /// Values that the workflows use and nobody knows.
    pub variables: Vec<FoundVariable>,
    /// What could not be looked at, a sentence each without its full stop.
    pub remarks: Vec<String>,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundState {
    /// A proposal; it is made unlike the others where it is not.
    pub name: String,
    /// A path or an S3 URL.
    pub source: String,
    /// For an S3 URL alone.
    pub region: Option<String>,
    /// For an S3 URL alone.
    pub profile: Option<String>,
    pub terraform_dir: Option<String>,
}

/// Hosts that one thing serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSite {
    /// Host names; at least one, and each in one site only.
    pub hosts: Vec<String>,
    pub bucket: Option<String>,
    pub distribution: Option<String>,
    /// The address of what names them.
    pub address: String,
}

/// A value that a workflow uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundVariable {
    /// The GitHub environment of the job.
    pub environment: Option<String>,
    /// `vars.NAME` or `secrets.NAME`.
    pub path: String,
}

/// A configuration file for these surroundings. `config check` finds nothing wrong with it.
pub fn text(found: &Surroundings) -> String {
    let mut out = String::from(
        "# What driftgate checks here. Lines behind `#` are proposals.\n\
         # `driftgate config check` tells whether this file is right, `driftgate config show` what holds in the end.\n",
    );
    for remark in &found.remarks {
        comment(&mut out, &format!("Not looked at: {remark}."));
    }
    states(&mut out, &found.states);
    for account in &found.accounts {
        block(&mut out, "account", Some(account), |body| {
            body.comment("profile  = \"web\"  # or role_arn; without both, the credentials at hand");
        });
    }
    let mut names = Names::default();
    for site in &found.sites {
        let name = names.unlike_others(site.hosts.first().map_or("site", String::as_str));
        out.push('\n');
        comment(&mut out, &format!("Hosts of {}.", site.address));
        open(&mut out, "site", Some(&name));
        let mut body = Body(&mut out);
        body.line(&format!("hosts = [{}]", list(&site.hosts)));
        body.comment("environment = \"prod\"");
        for (name, pinned) in [("bucket", &site.bucket), ("distribution", &site.distribution)] {
            if let Some(pinned) = pinned {
                body.comment(&format!("{name} = {}", string(pinned)));
            }
        }
        out.push_str("}\n");
    }
    if found.workflows {
        workflows(&mut out, &found.variables);
    }
    out.push_str(OWNER);
    out.push_str(SETTINGS);
    out
}

const OWNER: &str = "
# What the deployment sets, and Terraform does not: no drift.
# owner \"deploy\" {
#   attribute {
#     address = \"*aws_cloudfront_distribution.*\"
#     path    = \"origin[*].origin_path\"
#   }
# }
";

const SETTINGS: &str = "
settings {
  # The lowest severity that fails a run: info, low, medium, high or critical.
  fail_on = \"low\"

  # What is reported when no state holds it: \"all\", \"none\", or a list of \"records\" and \"bucket-settings\".
  unmanaged = \"all\"

  # Whether the asserts that ship with driftgate hold: no public bucket behind an origin access control, TLS 1.2 at
  # least, every alias covered by its certificate, no two environments in one bucket or distribution, and the like.
  # starter_asserts = true

  # reports = [\"json=drift.json\"]
}
";

fn states(out: &mut String, states: &[FoundState]) {
    if states.is_empty() {
        out.push_str(
            "\n# No state was found here. Name one: a path, a glob or s3://BUCKET/KEY.\n\
             # state \"prod\" {\n#   source = \"s3://example-com-terraform/prod.tfstate\"\n#   region = \"eu-west-2\"\n# }\n",
        );
    }
    let mut names = Names::default();
    for state in states {
        let name = names.unlike_others(&state.name);
        block(out, "state", Some(&name), |body| {
            let all = [
                ("source", Some(&state.source)),
                ("region", state.region.as_ref()),
                ("profile", state.profile.as_ref()),
                ("terraform_dir", state.terraform_dir.as_ref()),
            ];
            let given = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
            let width = given.clone().map(|(name, _)| name.len()).max().unwrap_or(0);
            for (name, value) in given {
                body.line(&format!("{name:<width$} = {}", string(value)));
            }
        });
    }
}

fn workflows(out: &mut String, variables: &[FoundVariable]) {
    out.push_str("\n# Where deployments go is read from the workflows.\n");
    block_at(out, "deploy", None, |body| {
        body.line("workflows = \".\"");
        if variables.is_empty() {
            return;
        }
        body.comment("What the workflows use and only GitHub knows. A secret's value comes from the environment.");
        let mut environments: Vec<Option<&str>> = variables.iter().map(|one| one.environment.as_deref()).collect();
        environments.sort_unstable();
        environments.dedup();
        for environment in environments {
            let within = variables.iter().filter(|one| one.environment.as_deref() == environment);
            let indent = if environment.is_some() { "  " } else { "" };
            if let Some(environment) = environment {
                body.comment(&format!("environment {} {{", string(environment)));
            }
            body.comment(&format!("{indent}variables = {{"));
            for variable in within {
                body.comment(&format!("{indent}  {} = {}", string(&variable.path), value(variable)));
            }
            body.comment(&format!("{indent}}}"));
            if environment.is_some() {
                body.comment("}");
            }
        }
    });
}

/// A proposal for the value of a variable.
fn value(variable: &FoundVariable) -> String {
    let Some(name) = variable.path.strip_prefix("secrets.") else {
        return "\"…\"".to_owned();
    };
    let environment = variable
        .environment
        .as_deref()
        .map(|name| format!("{name}_"))
        .unwrap_or_default();
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    format!(
        "env({})",
        string(&format!("{environment}{name}").chars().map(plain).collect::<String>())
    )
}

fn block(out: &mut String, kind: &str, label: Option<&str>, body: impl FnOnce(&mut Body)) {
    out.push('\n');
    block_at(out, kind, label, body);
}

fn block_at(out: &mut String, kind: &str, label: Option<&str>, body: impl FnOnce(&mut Body)) {
    open(out, kind, label);
    body(&mut Body(out));
    out.push_str("}\n");
}

fn open(out: &mut String, kind: &str, label: Option<&str>) {
    // Writing to a String cannot fail.
    let _ = match label {
        Some(label) => writeln!(out, "{kind} {} {{", string(label)),
        None => writeln!(out, "{kind} {{"),
    };
}

/// The inside of a block.
struct Body<'a>(&'a mut String);

impl Body<'_> {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.0, "  {text}");
    }

    fn comment(&mut self, text: &str) {
        let _ = writeln!(self.0, "  # {}", escape::text(text));
    }
}

fn comment(out: &mut String, text: &str) {
    let _ = writeln!(out, "# {}", escape::text(text));
}

fn list(texts: &[String]) -> String {
    texts.iter().map(|text| string(text)).collect::<Vec<_>>().join(", ")
}

/// Labels, of which no two are the same.
#[derive(Default)]
struct Names(std::collections::BTreeSet<String>);

impl Names {
    fn unlike_others(&mut self, wanted: &str) -> String {
        let wanted = if wanted.is_empty() { "unnamed" } else { wanted };
        let numbered = (2..).map(|number| format!("{wanted}-{number}"));
        let free = std::iter::once(wanted.to_owned())
            .chain(numbered)
            .find(|name| !self.0.contains(name))
            .unwrap_or_default();
        self.0.insert(free.clone());
        free
    }
}
