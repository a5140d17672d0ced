//! Texts that nobody should write.

use proptest::prelude::*;

use super::{compile, evaluate, shown, values, vocabulary};
use crate::language::{Source, Value};

/// Expressions to be damaged.
const SEEDS: &[&str] = &[
    r#"finding.rule == "x" && glob("a.*", finding.address) || change.path != "comment""#,
    r#"{ for k, v in resource.tags : upper(k) => v... if v != null }"#,
    r#"[for o in resource.origin[*].port : o % 3 > 1 ? "${o}" : null]"#,
    r#"try(resource.a[0].b.c, can(1 / 0), -resource.origin[1].port, "%{ if true ~} x %{ else }y%{ endif }")"#,
    r#"format("%5.2f %-3d %q %v", 1.5, 2, "x", [1]) == join(",", sort(setunion(["a"], toset(["b"]))))"#,
    r#"formatdate("YYYY-MM-DD", timeadd("2026-01-01T00:00:00Z", "1h")) == substr("abc", -1, 2)"#,
    "<<-EOT\n    a ${1}\n      %{ for x in [1, 2] ~}\n    ${x}\n    %{ endfor }\n  EOT",
    r#"merge(resource, { a = 1 }, sensitive({ b = now })).b"#,
    r#"slice(chunklist(range(10), 3), 1, 2)[0].0"#,
];

/// Pieces that expressions consist of.
const PIECES: &[&str] = &[
    "finding",
    ".rule",
    "resource",
    "[0]",
    "[*]",
    ".*",
    ".a",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "${",
    "%{ if ",
    "%{ endif }",
    "%{ for x in ",
    "~}",
    " && ",
    " || ",
    " ? ",
    " : ",
    "!",
    "-",
    " + ",
    " % ",
    " / ",
    " == ",
    ", ",
    "...",
    "for ",
    " in ",
    " => ",
    "x",
    "1",
    "0",
    "1e300",
    "9223372036854775807",
    "null",
    "true",
    "\"a\"",
    "\"\\u00e9\"",
    "é",
    "🙂",
    "\n",
    "\r\n",
    "\t",
    " ",
    "<<EOT\n",
    "<<-EOT\n",
    "\nEOT\n",
    "try(",
    "can(",
    "join(",
    "format(\"%*d\"",
    "substr(",
    "range(",
    "element(",
    "toset(",
    "tomap(",
    "regex(",
    "replace(",
    "flatten(",
    "setproduct(",
    "zipmap(",
    "jsonencode(",
    "indent(",
    "timeadd(",
    "#",
    "//",
    "/*",
    "= ",
    ":",
    "$${",
];

/// Compiles and evaluates whatever `text` is; only a panic fails.
fn survives(text: &str) {
    let source = Source::new("x.hcl", format!("when = {text}\n"));
    match source.parse() {
        Err(error) => drop(error.to_string()),
        Ok(_) => match compile(text) {
            Err(errors) => drop(errors.to_string()),
            Ok(expression) => {
                let vocabulary = vocabulary();
                let scope = values(&vocabulary);
                let _ = expression.requirements();
                let value = expression.evaluate(&scope);
                let truth = expression.is_true(&scope);
                match value {
                    Ok(Value::Bool(bool)) => assert_eq!(truth, Ok(Some(bool)), "{text}"),
                    Ok(value) => drop(format!("{value:?}")),
                    Err(error) => drop(error.to_string()),
                }
            }
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn arbitrary_text_survives(text in "\\PC{0,40}") {
        survives(&text.replace("when", "then"));
    }

    #[test]
    fn pieces_in_any_order_survive(picked in prop::collection::vec(prop::sample::select(PIECES), 1..24)) {
        survives(&picked.concat());
    }

    #[test]
    fn damaged_expressions_survive(
        seed in prop::sample::select(SEEDS),
        damages in prop::collection::vec((any::<prop::sample::Index>(), 0usize..6, prop::sample::select(PIECES)), 1..4),
    ) {
        let mut characters: Vec<char> = seed.chars().collect();
        for (at, length, piece) in damages {
            let start = at.index(characters.len() + 1);
            let end = (start + length).min(characters.len());
            characters.splice(start..end, piece.chars());
        }
        survives(&characters.into_iter().collect::<String>());
    }

    #[test]
    fn functions_survive_any_arguments(
        name in prop::sample::select(names()),
        arguments in prop::collection::vec(prop::sample::select(ARGUMENTS), 0..4),
    ) {
        survives(&format!("{name}({})", arguments.join(", ")));
    }
}

/// Arguments of all types, and the extremes of each.
const ARGUMENTS: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "3",
    "1.5",
    "1e300",
    "-9223372036854775807",
    "9223372036854775807",
    "\"\"",
    "\"a\"",
    "\"é🙂\"",
    "\"%5d\"",
    "\"/a*/\"",
    "\"$1\"",
    "\"2026-01-31T12:00:00Z\"",
    "\"-0001-01-01T00:00:00Z\"",
    "\"9999-12-31T23:59:59Z\"",
    "\"2562047h\"",
    "\"-1h\"",
    "[]",
    "[1, 2]",
    "[\"b\", null]",
    "[[1], []]",
    "{}",
    "{ a = 1 }",
    "{ a = [\"x\"] }",
    "toset([\"a\"])",
    "tolist([1])",
    "tomap({ a = \"b\" })",
    "finding.severity",
    "now",
    "resource",
    "[finding.severity]",
];

fn names() -> Vec<String> {
    vocabulary().function_names().map(str::to_owned).collect()
}

#[test]
fn much_text_is_no_trouble() {
    let many = format!("when = [{}]\n", "\"a\", ".repeat(200_000));
    let source = Source::new("x.hcl", many);
    assert!(source.parse().is_ok());
    let deep = format!("resource{}", ".a".repeat(100_000));
    assert_eq!(shown(&deep), "error: no attribute \"a\"");
    let splats = format!("resource{}", "[*]".repeat(10_000));
    let error = compile(&splats).unwrap_err();
    assert!(error.to_string().contains("more than 32 splats"), "{error}");
    assert_eq!(shown(&format!("resource{}", "[*]".repeat(32))).matches('[').count(), 33);
}

#[test]
fn what_never_ends_is_stopped() {
    let loops = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]";
    assert_eq!(
        evaluate(loops).unwrap_err().message(),
        "this takes too long to evaluate"
    );
    let doubled = (0..40).fold("\"\\\"\"".to_owned(), |inner, _| format!("jsonencode({inner})"));
    assert!(evaluate(&doubled).unwrap_err().message().contains("too l"));
    let longer = (0..8).fold("[1, 2]".to_owned(), |inner, _| {
        format!("[for x in [{inner}] : concat(x, x, x, x, x, x, x, x, x, x)][0]")
    });
    assert!(evaluate(&longer).unwrap_err().message().contains("too large"));
    for text in [
        "format(\"%999999999d\", 1)",
        "indent(999999999, \"a\\nb\")",
        "range(0, 1e300)",
        "setproduct(range(1000), range(1000))",
        "replace(join(\"\", formatlist(\"%s\", range(1000))), \"\", join(\"\", formatlist(\"%10000d\", range(1000))))",
    ] {
        assert!(evaluate(text).is_err(), "{text}");
    }
}
