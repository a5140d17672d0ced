//! The functions `env` and `file`, and whom they ask.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::language::{
    Diagnostic, Expression, Function, FunctionError, Parameter, Source, Type, Value, Values, Vocabulary,
};

/// One expression may ask for this many variables and files.
const QUESTIONS: usize = 1000;

/// What a configuration may ask of the outside.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// The value of an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The text of a file, its path relative to the configuration's directory; or why there is none, in one line.
    pub file: &'a dyn Fn(&str) -> Result<String, String>,
}

/// Evaluates expressions that may call `env` and `file`.
///
/// A function of the language owns what it works with and so cannot borrow [`Outside`]. It looks answers up, leaves its
/// question where there is none yet, and the expression is evaluated again with the answer.
pub(super) struct Evaluator<'a> {
    outside: Outside<'a>,
    vocabulary: Vocabulary,
    desk: Arc<Mutex<Desk>>,
}

/// Questions and answers.
#[derive(Default)]
struct Desk {
    variables: BTreeMap<String, Option<String>>,
    files: BTreeMap<String, Result<String, String>>,
    open: Option<Question>,
    /// Variables whose value went into the current expression.
    used: BTreeSet<String>,
    /// Whether values of variables are marked as sensitive.
    secret: bool,
}

enum Question {
    Variable(String),
    File(String),
}

/// The value of an expression.
pub(super) struct Evaluated {
    pub(super) value: Value,
    /// The environment variables that it came from.
    pub(super) variables: BTreeSet<String>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(outside: Outside<'a>) -> Self {
        let desk = Arc::new(Mutex::new(Desk::default()));
        let mut vocabulary = Vocabulary::new();
        vocabulary.function(env(Arc::clone(&desk)));
        vocabulary.function(file(Arc::clone(&desk)));
        Self {
            outside,
            vocabulary,
            desk,
        }
    }

    /// What expressions may name: functions, and no variable.
    pub(super) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Evaluates an expression. With `secret`, what comes out of the environment is marked as sensitive.
    ///
    /// # Errors
    /// What failed in it, such as a variable that is not set and has no default.
    pub(super) fn evaluate(&self, expression: &Expression, secret: bool) -> Result<Evaluated, Diagnostic> {
        for _ in 0..=QUESTIONS {
            {
                let mut desk = held(&self.desk);
                desk.used.clear();
                desk.secret = secret;
            }
            let value = expression.evaluate(&Values::new(&self.vocabulary));
            let open = held(&self.desk).open.take();
            match open {
                Some(Question::Variable(name)) => {
                    let answer = (self.outside.variable)(&name);
                    held(&self.desk).variables.insert(name, answer);
                }
                Some(Question::File(path)) => {
                    let answer = (self.outside.file)(&path);
                    held(&self.desk).files.insert(path, answer);
                }
                None => {
                    let variables = std::mem::take(&mut held(&self.desk).used);
                    return Ok(Evaluated {
                        value: value?,
                        variables,
                    });
                }
            }
        }
        let message = format!("this asks for more than {QUESTIONS} variables and files");
        Err(expression.complaint(message))
    }

    /// Whether an expression of `source` compiles: the names in it are looked up.
    pub(super) fn compile(
        &self,
        expression: &hcl::edit::expr::Expression,
        source: &Source,
    ) -> Result<Expression, crate::language::Diagnostics> {
        Expression::compile(expression, source, &self.vocabulary)
    }
}

fn held(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    // Nothing is left half done while it is held.
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

fn env(desk: Arc<Mutex<Desk>>) -> Function {
    let body = move |arguments: &[Value]| {
        let name = arguments[0].as_str().unwrap_or_default();
        let mut desk = held(&desk);
        match desk.variables.get(name).cloned() {
            None => {
                desk.open = Some(Question::Variable(name.to_owned()));
                Err(FunctionError::at(0, "the variable was not looked up yet"))
            }
            Some(Some(value)) => {
                desk.used.insert(name.to_owned());
                Ok(Value::from(value).sensitive_if(desk.secret))
            }
            Some(None) => match arguments.get(1) {
                Some(default) => Ok(default.clone()),
                None => {
                    let message = format!("the environment variable {name} is not set, and there is no default");
                    Err(FunctionError::at(0, message))
                }
            },
        }
    };
    Function::new("env", body)
        .parameter(Parameter::new("name", Type::String))
        .optional(Parameter::new("default", Type::Any).nullable())
}

fn file(desk: Arc<Mutex<Desk>>) -> Function {
    let body = move |arguments: &[Value]| {
        let path = arguments[0].as_str().unwrap_or_default();
        let mut desk = held(&desk);
        match desk.files.get(path).cloned() {
            None => {
                desk.open = Some(Question::File(path.to_owned()));
                Err(FunctionError::at(0, "the file was not read yet"))
            }
            Some(Ok(text)) => Ok(Value::from(text)),
            Some(Err(problem)) => Err(FunctionError::at(0, format!("{path}: {problem}"))),
        }
    };
    Function::new("file", body).parameter(Parameter::new("path", Type::String))
}
