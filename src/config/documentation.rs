//! The page `docs/configuration.md`, made of the schema.

use std::fmt::Write as _;

use super::outside::{Evaluator, Outside};
use super::schema::{Attribute, Block, Label};
use super::table::FILE;

const INTRODUCTION: &str = "\
# Configuration

Generated from `src/config/table.rs`.

`driftgate.hcl` says once what would otherwise be flags of every run. It is looked for in the working directory and above, up to
the root of the repository; `--config FILE` names another. Flags win over the file, the file over defaults: `--state`, `--deploy`
and `--report` replace what the file lists, `--var` replaces the value of the same name and environment.

    driftgate init            # writes a commented file from what is found here
    driftgate config check    # says what is wrong with it, with line and column
    driftgate config show     # prints what holds in the end, and where each value came from

Paths in the file are relative to the directory of the file. `null` is the same as leaving an attribute out.
";

const LANGUAGE: &str = "
## Expressions

Values are HCL expressions with Terraform's operators, templates, `for` and functions. There are no variables.

- `env(name)` is the value of an environment variable; it is an error if that is not set. `env(name, default)` has a default,
  which may be `null`.
- `file(path)` is the text of a file.
- `try(…)` and `can(…)` are as in Terraform.

A value that comes from `env` into a secret is never printed. The other functions:
";

/// The page as Markdown.
pub fn markdown() -> String {
    let mut out = INTRODUCTION.to_owned();
    for block in FILE.blocks {
        describe(&mut out, block, "");
    }
    out.push_str(LANGUAGE);
    out.push_str(&functions());
    out
}

fn describe(out: &mut String, block: &Block, within: &str) {
    let path = match within {
        "" => format!("`{}`", block.name),
        within => format!("`{}` in `{within}`", block.name),
    };
    let label = match block.label {
        Label::None => "It has no label".to_owned(),
        Label::Optional(what) => format!("Its label, which may be left out, is {what}"),
        Label::Required(what) => format!("Its label is {what}"),
    };
    let repeats = if block.repeats {
        "it can be repeated"
    } else {
        "there is only one"
    };
    // Writing to a String cannot fail.
    let _ = write!(out, "\n## {path}\n\n{} {label}; {repeats}.\n", block.doc);
    if !block.attributes.is_empty() {
        out.push_str("\n| attribute | type | default | meaning | example |\n| --- | --- | --- | --- | --- |\n");
        for attribute in block.attributes {
            row(out, attribute);
        }
    }
    let _ = write!(out, "\n```hcl\n{}\n```\n", block.example);
    for inner in block.blocks {
        describe(out, inner, block.name);
    }
}

fn row(out: &mut String, attribute: &Attribute) {
    let default = match (attribute.required, attribute.default) {
        (true, _) => "required",
        (false, "") => "none",
        (false, default) => default,
    };
    let _ = writeln!(
        out,
        "| `{}` | {} | {default} | {} | `{}` |",
        attribute.name,
        attribute.kind.name(),
        attribute.doc,
        attribute.example
    );
}

fn functions() -> String {
    let evaluator = Evaluator::new(Outside {
        variable: &|_| None,
        file: &|_| Err(String::new()),
    });
    let mut out = String::from("\n```text\n");
    for function in evaluator.vocabulary().functions() {
        if !matches!(function.name(), "env" | "file") {
            out.push_str(&function.usage());
            out.push('\n');
        }
    }
    out.push_str("```\n");
    out
}
