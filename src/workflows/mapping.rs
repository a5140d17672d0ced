//! What the caller says about `vars` and `secrets`: `--var vars.NAME=VALUE`,
//! `--var secrets.NAME=env:VARIABLE`, each with `ENVIRONMENT:` in front where it differs.

use std::collections::BTreeMap;

use super::error::MappingError;
use super::text::Hidden;

/// The values of variables and secrets, per GitHub environment where they differ.
///
/// GitHub compares the names of variables, secrets and environments without regard to case.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    variables: BTreeMap<Key, String>,
    secrets: BTreeMap<Key, Hidden>,
    terraform_outputs: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    environment: Option<String>,
    name: String,
}

impl Key {
    fn new(environment: Option<&str>, name: &str) -> Self {
        Self {
            environment: environment.map(str::to_lowercase),
            name: name.to_lowercase(),
        }
    }
}

impl Mapping {
    /// A mapping that knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `vars.NAME`, for one environment or for all that have no value of their own.
    pub fn set_variable(&mut self, environment: Option<&str>, name: &str, value: impl Into<String>) {
        self.variables.insert(Key::new(environment, name), value.into());
    }

    /// Sets `secrets.NAME`, for one environment or for all that have no value of their own.
    pub fn set_secret(&mut self, environment: Option<&str>, name: &str, value: impl Into<String>) {
        self.secrets.insert(Key::new(environment, name), Hidden::new(value));
    }

    /// Sets the value that `terraform output NAME` prints; the caller has it from the state.
    pub fn set_terraform_output(&mut self, name: &str, value: impl Into<String>) {
        self.terraform_outputs.insert(name.to_string(), value.into());
    }

    /// Reads one `--var` argument; `environment_variable` looks a variable of the process up.
    ///
    /// # Errors
    /// When the argument has another form, holds a secret's value itself, or names a variable that is
    /// not set. The messages never repeat what stood behind `=`.
    pub fn parse_argument(
        &mut self,
        argument: &str,
        environment_variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(), MappingError> {
        let (left, value) = argument.split_once('=').unwrap_or((argument, ""));
        let form = || MappingError::Form {
            argument: left.to_string(),
        };
        if !argument.contains('=') {
            // Whoever forgot the sign may have written the value all the same.
            return Err(MappingError::NoValue);
        }
        let (environment, path) = match left.rsplit_once(':') {
            Some((environment, path)) => (Some(environment), path),
            None => (None, left),
        };
        if environment.is_some_and(str::is_empty) {
            return Err(form());
        }
        let (context, name) = path.split_once('.').ok_or_else(form)?;
        let name_fits = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !name_fits {
            return Err(form());
        }
        let from_process = value.strip_prefix("env:");
        if from_process == Some("") {
            return Err(form());
        }
        let read = |variable: &str| {
            environment_variable(variable).ok_or_else(|| MappingError::NotSet {
                argument: left.to_string(),
                variable: variable.to_string(),
            })
        };
        match (context, from_process) {
            ("vars", Some(variable)) => self.set_variable(environment, name, read(variable)?),
            ("vars", None) => self.set_variable(environment, name, value),
            ("secrets", Some(variable)) => self.set_secret(environment, name, read(variable)?),
            ("secrets", None) => {
                return Err(MappingError::SecretOnCommandLine {
                    argument: left.to_string(),
                });
            }
            _ => return Err(form()),
        }
        Ok(())
    }

    /// `vars.NAME` in a job of that environment.
    pub fn variable(&self, environment: Option<&str>, name: &str) -> Option<&str> {
        lookup(&self.variables, environment, name).map(String::as_str)
    }

    /// `secrets.NAME` in a job of that environment.
    pub fn secret(&self, environment: Option<&str>, name: &str) -> Option<&Hidden> {
        lookup(&self.secrets, environment, name)
    }

    /// `secrets.NAME` as the environment itself defines it, not as the repository does.
    pub fn environment_secret(&self, environment: &str, name: &str) -> Option<&Hidden> {
        self.secrets.get(&Key::new(Some(environment), name))
    }

    /// What `terraform output NAME` would print.
    pub fn terraform_output(&self, name: &str) -> Option<&str> {
        self.terraform_outputs.get(name).map(String::as_str)
    }

    /// Whether `vars.NAME` or `secrets.NAME` has a value for some environment: then a job whose
    /// environment is not known cannot use the value meant for all others.
    pub(crate) fn differs_by_environment(&self, context: &str, name: &str) -> bool {
        let name = name.to_lowercase();
        let own = |key: &Key| key.name == name && key.environment.is_some();
        match context {
            "vars" => self.variables.keys().any(own),
            _ => self.secrets.keys().any(own),
        }
    }
}

fn lookup<'a, V>(values: &'a BTreeMap<Key, V>, environment: Option<&str>, name: &str) -> Option<&'a V> {
    environment
        .and_then(|environment| values.get(&Key::new(Some(environment), name)))
        .or_else(|| values.get(&Key::new(None, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(name: &str) -> Option<String> {
        (name == "PROD_BUCKET").then(|| "live-bucket".to_string())
    }

    #[test]
    fn arguments_are_read_and_environments_win() {
        let mut mapping = Mapping::new();
        for argument in [
            "vars.REGION=eu-west-2",
            "stage:vars.REGION=us-east-1",
            "prod:secrets.BUCKET=env:PROD_BUCKET",
            "vars.QUERY=a=b",
        ] {
            mapping.parse_argument(argument, &process).expect(argument);
        }
        assert_eq!(mapping.variable(None, "region"), Some("eu-west-2"));
        assert_eq!(mapping.variable(Some("Stage"), "REGION"), Some("us-east-1"));
        assert_eq!(mapping.variable(Some("prod"), "QUERY"), Some("a=b"));
        assert_eq!(
            mapping.secret(Some("prod"), "bucket").map(Hidden::reveal),
            Some("live-bucket")
        );
        assert!(mapping.secret(None, "BUCKET").is_none());
        assert!(mapping.differs_by_environment("secrets", "Bucket"));
    }

    #[test]
    fn a_refused_argument_never_repeats_a_value() {
        for argument in [
            "secrets.BUCKET=hunter2",
            "bucket=hunter2",
            "secrets.A-B=hunter2",
            ":vars.X=hunter2",
            "secrets.BUCKET=env:MISSING",
            "secrets.BUCKET:hunter2",
            "hunter2",
        ] {
            let error = Mapping::new().parse_argument(argument, &process).expect_err(argument);
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        for (argument, says) in [
            (
                "vars.X",
                "--var: expected vars.NAME=VALUE or secrets.NAME=env:VARIABLE, with ENVIRONMENT: in front",
            ),
            (
                "secrets.X=env:",
                "--var secrets.X: expected vars.NAME=VALUE or secrets.NAME=env:VARIABLE",
            ),
        ] {
            let error = Mapping::new().parse_argument(argument, &process).expect_err(argument);
            assert!(error.to_string().starts_with(says), "{error}");
        }
    }
}
