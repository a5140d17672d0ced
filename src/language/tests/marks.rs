//! Unknown and sensitive values on their way through.

use super::{evaluate, shown};

#[test]
fn what_is_not_known_decides_nothing() {
    for (text, expected) in [
        (r#"finding.severity == "high""#, "(unknown)"),
        (r#"finding.severity == "high" && false"#, "false"),
        (r#"finding.severity == "high" || true"#, "true"),
        (r#"finding.severity == "high" && true"#, "(unknown)"),
        (r#"!(finding.severity == "high")"#, "(unknown)"),
        (r#"finding.severity == null"#, "(unknown)"),
        (r#"finding.severity == "high" ? 1 : 2"#, "(unknown)"),
        ("[finding.severity, 1][1]", "1"),
        ("[finding.severity, 1] == [2, 3]", "false"),
        ("[finding.severity, 1] == [2, 1]", "(unknown)"),
        ("length([finding.severity])", "1"),
        ("length(finding.severity)", "(unknown)"),
        ("length(toset([finding.severity]))", "(unknown)"),
        ("join(\",\", [finding.severity])", "(unknown)"),
        ("jsonencode([finding.severity])", "(unknown)"),
        ("upper(finding.severity)", "(unknown)"),
        ("finding.severity + 1", "(unknown)"),
        ("-finding.severity", "(unknown)"),
        ("finding.severity < 1", "(unknown)"),
        ("\"a${finding.severity}\"", "(unknown)"),
        ("finding.severity.a[0].b", "(unknown)"),
        ("finding.severity[*].a", "(unknown)"),
        ("resource.origin[finding.severity]", "(unknown)"),
        ("[for x in finding.severity : x]", "(unknown)"),
        ("[for x in [1] : x if finding.severity]", "(unknown)"),
        ("{ for x in [1] : finding.severity => x }", "(unknown)"),
        ("{ (finding.severity) = 1 }", "(unknown)"),
        ("max(finding.severity...)", "(unknown)"),
        ("glob(\"*\", finding.severity)", "(unknown)"),
        ("regex(\"a\", finding.severity)", "(unknown)"),
        ("can(finding.severity)", "(unknown)"),
        ("try(finding.severity, 1)", "(unknown)"),
        ("alltrue([finding.severity, false])", "false"),
        ("anytrue([finding.severity, false])", "(unknown)"),
        ("merge({ a = finding.severity }, { b = 1 }).b", "1"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_made_of_a_sensitive_value_is_sensitive() {
    for text in [
        "now",
        "upper(now)",
        "\"a${now}\"",
        "now == \"x\"",
        "now != null",
        "\"x\" == now",
        "[1, now] == [1, 2]",
        "now == \"x\" ? 1 : 2",
        "[sensitive({ a = 1 })][0].a",
        "jsonencode([now])",
        "length([now])",
        "[for x in sensitive([1]) : x]",
        "[for x in [1] : x if now != \"\"]",
        "{ (now) = 1 }",
        "glob(\"2026*\", now)",
        "regex(\"^2026\", now)",
        "timeadd(now, \"1h\")",
        "toset([now])",
        "sensitive(1) + 1",
        "-sensitive(1)",
        "sensitive(1) < 2",
        "!sensitive(true)",
        "true && sensitive(true)",
        "\"%{ for x in [now] }${x}%{ endfor }\"",
        "max(sensitive([1, 2])...)",
        "resource.origin[sensitive(0)].id",
        "try(now, 1)",
        "sensitive([1])[*]",
        "sensitive(finding.severity)",
    ] {
        assert_eq!(shown(text), "(sensitive)", "{text}");
    }
    assert_eq!(shown("[1, now][0]"), "1");
    assert_eq!(shown("{ a = now }"), r#"{"a": (sensitive)}"#);
    assert_eq!(shown("nonsensitive(upper(now))"), r#""2026-11-24T12:00:00Z""#);
}

#[test]
fn no_complaint_shows_a_sensitive_value() {
    for text in [
        "now.a",
        "now + 1",
        "now && true",
        "now[0]",
        "resource[now]",
        "[for x in now : x]",
        "tonumber(now)",
        "parseint(now, 10)",
        "lookup({}, now)",
        "format(now, 1)",
        "formatdate(now, now)",
        "jsondecode(now)",
        "base64decode(now)",
        "regex(now, \"x\")",
        "regex(\"(\" == now ? \"a\" : \"b\", now)",
        "env(now)",
        "{ for x in [1, 2] : now => x }",
        "[1][now]",
        "{ a = 1 }[now]",
        "true ? sensitive({ (nonsensitive(now)) = 1 }) : 5",
        "sensitive({ (nonsensitive(now)) = 1 }).a",
    ] {
        let error = evaluate(text).expect_err(text).to_string();
        assert!(!error.contains("2026"), "{error}");
    }
}
