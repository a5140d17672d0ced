//! What `docs/policies.md` says is so.

use super::*;

fn page() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policies.md");
    std::fs::read_to_string(path).unwrap()
}

/// The cells of the rows of the table under a heading.
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let section = page
        .split(&format!("\n## {heading}\n"))
        .nth(1)
        .expect("the heading is there");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells = row.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

#[test]
fn every_term_is_documented_and_nothing_else() {
    let page = page();
    for (heading, terms) in [
        ("What a rule may look at", crate::policy::WHEN_TERMS),
        ("What an assertion may look at", crate::policy::ASSERT_TERMS),
    ] {
        let documented = table(&page, heading);
        let expected: Vec<Vec<String>> = terms
            .iter()
            .map(|(path, meaning)| vec![format!("`{path}`"), (*meaning).to_owned()])
            .collect();
        assert_eq!(documented, expected, "{heading}");
    }
}

#[test]
fn every_row_of_the_table_of_precedence_is_so() {
    let rows = table(&page(), "Which severity and action win");
    assert!(rows.len() >= 10, "{rows:?}");
    for row in rows {
        let [matching, at_least, severity, action] = row.as_slice() else {
            panic!("{row:?}");
        };
        let rules = matching.split(" then ").filter(|rule| *rule != "none").enumerate();
        let text: String = rules
            .map(|(at, rule)| {
                let attributes = rule.trim_matches('`').replace(", ", "\n  ");
                format!("rule \"r{at}\" {{\n  when = finding.rule == \"resource-changed\"\n  {attributes}\n}}\n")
            })
            .collect();
        let mut one = finding(rules::RESOURCE_CHANGED, Some("aws_s3_bucket.site"), &["region"]);
        one.changes[0].at_least = Severity::parse(at_least);
        let result = judged(&text, vec![one]);
        let one = result
            .findings
            .iter()
            .find(|one| one.finding.rule == rules::RESOURCE_CHANGED)
            .unwrap();
        assert_eq!(
            (one.severity.name(), one.action.name()),
            (severity.as_str(), action.as_str()),
            "{row:?}"
        );
    }
}

#[test]
fn every_row_of_the_table_of_parts_is_so() {
    let rows = table(&page(), "A finding of several changes");
    assert!(rows.len() >= 5, "{rows:?}");
    for row in rows {
        let [parts, severity, action, fails] = row.as_slice() else {
            panic!("{row:?}");
        };
        let (mut text, mut paths) = (String::new(), Vec::new());
        for (at, part) in parts.split(", ").enumerate() {
            let (action, severity) = part.split_once(' ').unwrap();
            text.push_str(&format!(
                "rule \"r{at}\" {{\n  when = change.path == \"p{at}\"\n  action = \"{action}\"\n  severity = \"{severity}\"\n  reason = \"r\"\n}}\n"
            ));
            paths.push(format!("p{at}"));
        }
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let result = judged(
            &text,
            vec![finding(rules::RESOURCE_CHANGED, Some("aws_s3_bucket.site"), &paths)],
        );
        let one = &result.findings[0];
        let failing = Severity::WORST_FIRST.into_iter().find(|level| one.fails(*level));
        assert_eq!(
            (
                one.severity.name(),
                one.action.name(),
                failing.map_or("never", Severity::name)
            ),
            (severity.as_str(), action.as_str(), fails.as_str()),
            "{row:?}"
        );
    }
}
