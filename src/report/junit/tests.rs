//! Golden files, and a reader that holds what is written against the rules of the format.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::{Format, samples};
use super::*;
use crate::result::Resource;

fn rendered(result: &CheckResult) -> String {
    samples::written(Format::Junit, result)
}

/// An element of an XML document, read by a parser that knows nothing of JUnit.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn open(tag: &BytesStart<'_>) -> Self {
        let attributes = tag.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let name = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
            let raw = std::str::from_utf8(&attribute.value).unwrap();
            (name, quick_xml::escape::unescape(raw).unwrap().into_owned())
        });
        Self {
            name: String::from_utf8(tag.name().as_ref().to_vec()).unwrap(),
            attributes: attributes.collect(),
            ..Self::default()
        }
    }

    fn number(&self, name: &str) -> usize {
        self.attributes[name].parse().unwrap()
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn status(&self) -> &str {
        self.children
            .iter()
            .map(|child| child.name.as_str())
            .find(|name| *name != "system-out")
            .unwrap_or("passed")
    }
}

fn parsed(xml: &str) -> Element {
    let is_allowed =
        |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') || c >= '\u{10000}';
    assert!(xml.chars().all(is_allowed), "not XML 1.0: {xml:?}");
    let mut reader = Reader::from_str(xml);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Decl(decl) => assert_eq!(decl.version().unwrap().as_ref(), b"1.0"),
            Event::Start(tag) => open.push(Element::open(&tag)),
            Event::Empty(tag) => open.last_mut().unwrap().children.push(Element::open(&tag)),
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.decode().unwrap()),
            Event::GeneralRef(entity) => {
                let entity = format!("&{};", entity.decode().unwrap());
                let character = quick_xml::escape::unescape(&entity).unwrap().into_owned();
                open.last_mut().unwrap().text.push_str(&character);
            }
            Event::Eof => break,
            other => panic!("{other:?} is nothing that a report needs"),
        }
    }
    let mut document = open.pop().unwrap();
    assert!(open.is_empty() && document.children.len() == 1, "{xml}");
    document.children.remove(0)
}

/// Reads a report and holds it against the rules of the schema of Jenkins's xUnit plugin (`junit-10.xsd`) but for the
/// three attributes that the common format adds to it (`skipped` of the root, `file` and `line` of a case), and against
/// those that hold by custom: the counts are right, names are unique, a case has one status.
fn checked(result: &CheckResult) -> Element {
    let text = rendered(result);
    let root = parsed(&text);
    assert_eq!(root.name, "testsuites");
    let known = |element: &Element, attributes: &[&str], children: &[&str]| {
        for name in element.attributes.keys() {
            assert!(attributes.contains(&name.as_str()), "{}: {name}", element.name);
        }
        for child in &element.children {
            assert!(
                children.contains(&child.name.as_str()),
                "{}: {}",
                element.name,
                child.name
            );
        }
    };
    known(
        &root,
        &["name", "time", "tests", "failures", "errors", "skipped"],
        &["testsuite"],
    );
    let mut sums = [0; 4];
    for suite in &root.children {
        known(
            suite,
            &["name", "tests", "failures", "errors", "skipped", "timestamp"],
            &["testcase"],
        );
        let mut names = BTreeSet::new();
        for case in &suite.children {
            known(
                case,
                &["name", "classname", "file", "line"],
                &["failure", "error", "skipped", "system-out"],
            );
            assert!(
                case.children.len() <= 2 && case.all("system-out").count() <= 1,
                "{case:?}"
            );
            assert!(
                names.insert((&case.attributes["classname"], &case.attributes["name"])),
                "{case:?}"
            );
            for status in case.children.iter().filter(|child| child.name != "system-out") {
                known(status, &["message", "type"], &[]);
                assert!(status.attributes.contains_key("message"), "{case:?}");
            }
            if let Some(line) = case.attributes.get("line") {
                assert!(line.parse::<usize>().unwrap() > 0);
            }
        }
        let of = |status: &str| suite.children.iter().filter(|case| case.status() == status).count();
        let counts = [suite.children.len(), of("failure"), of("error"), of("skipped")];
        for (at, name) in ["tests", "failures", "errors", "skipped"].into_iter().enumerate() {
            assert_eq!(suite.number(name), counts[at], "{name} of {suite:?}");
            sums[at] += counts[at];
        }
    }
    for (at, name) in ["tests", "failures", "errors", "skipped"].into_iter().enumerate() {
        assert_eq!(root.number(name), sums[at], "{name}");
    }
    // A published reader takes it for the same, given the zone that the format's times do not have.
    let read = Report::deserialize_from_str(&zoned(&text)).unwrap();
    assert_eq!([read.tests, read.failures, read.errors, read.skipped], sums);
    let cases: usize = read.test_suites.iter().map(|suite| suite.test_cases.len()).sum();
    assert_eq!(cases, sums[0]);
    match result.outcome {
        Outcome::Clean => assert_eq!((sums[1], sums[2]), (0, 0)),
        Outcome::Drift => assert!(sums[1] > 0),
        Outcome::Incomplete => assert!(sums[1] == 0 && sums[2] > 0),
    }
    root
}

fn zoned(xml: &str) -> String {
    let (before, suites) = xml.split_once(" timestamp=\"").unwrap_or((xml, ""));
    if suites.is_empty() {
        return xml.to_owned();
    }
    let (time, rest) = suites.split_once('"').unwrap();
    format!("{before} timestamp=\"{time}Z\"{}", zoned(rest))
}

/// Every case as `suite | name: status`.
fn cases(root: &Element) -> Vec<String> {
    let suites = root.children.iter();
    let all = suites.flat_map(|suite| {
        let name = &suite.attributes["name"];
        let cases = suite.children.iter();
        cases.map(move |case| format!("{name} | {}: {}", case.attributes["name"], case.status()))
    });
    all.collect()
}

fn golden(result: &CheckResult) -> String {
    checked(result);
    rendered(result)
}

#[test]
fn clean() {
    insta::assert_snapshot!(golden(&samples::clean()));
}

#[test]
fn drifted() {
    insta::assert_snapshot!(golden(&samples::drifted()));
}

#[test]
fn incomplete() {
    insta::assert_snapshot!(golden(&samples::incomplete()));
}

#[test]
fn outage() {
    insta::assert_snapshot!(golden(&samples::outage()));
}

#[test]
fn every_result_keeps_to_the_format() {
    for result in [
        samples::clean_with_remarks(),
        samples::hostile(),
        samples::filled_with(""),
        samples::filled_with("a]]>b<![CDATA[c</testcase>&amp;&lt;\"'\u{1b}[2J\u{9b}1m\u{fffe}\u{ffff}\0\r\n<!-- x -->"),
    ] {
        checked(&result);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_is_read_back_as_it_was_escaped(text in any::<String>()) {
        let root = checked(&samples::filled_with(&text));
        let shown = escape::text(&text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
        prop_assert_eq!(&root.children[0].attributes["name"], &shown);
        prop_assert_eq!(&root.children[0].children[0].attributes["name"], &shown);
    }
}

#[test]
fn a_run_without_anything_to_check_does_not_pass() {
    let root = checked(&samples::nothing_to_check());
    assert_eq!(cases(&root), ["beyond the states | verdict: error"]);
}

#[test]
fn what_passes_says_what_does_not_fail() {
    let root = checked(&samples::clean_with_remarks());
    assert_eq!(
        cases(&root),
        [
            "terraform.tfstate | aws_s3_bucket.prod: skipped",
            "terraform.tfstate | aws_s3_bucket.stage: skipped",
            "terraform.tfstate | aws_cloudfront_distribution.prod: passed",
        ]
    );
    let suite = &root.children[0];
    let message = &suite.children[0].children[0].attributes["message"];
    assert_eq!(
        message,
        "allowed: tags are being handed over until the end of the month (\"handover\" at driftgate.hcl:12)"
    );
    assert!(suite.children[2].children[0].text.contains("comment: \"the site\" -> "));
}

fn resource(state: &str, address: &str, checked: bool) -> Resource {
    Resource {
        address: address.to_owned(),
        state: state.to_owned(),
        place: None,
        checked,
    }
}

#[test]
fn a_failure_does_not_hide_that_part_was_not_checked() {
    let mut result = samples::drifted();
    let address = result.findings[0].finding.address.clone().unwrap();
    result.resources = vec![resource("terraform.tfstate", &address, false)];
    result.unchecked[0].address = address.clone();
    let all = cases(&checked(&result));
    assert!(
        all.contains(&format!("terraform.tfstate | {address}: failure")),
        "{all:?}"
    );
    assert!(
        all.contains(&format!("terraform.tfstate | {address} (not fully checked): error")),
        "{all:?}"
    );
}

#[test]
fn a_resource_of_several_states_is_in_each() {
    let mut result = samples::drifted();
    let address = "aws_s3_bucket.x";
    result.run.states = vec!["a.tfstate".to_owned(), "b.tfstate".to_owned()];
    result.resources = vec![
        resource("a.tfstate", address, true),
        resource("b.tfstate", address, false),
    ];
    result.unchecked[0].address = address.to_owned();
    result.findings.truncate(2);
    let findings = &mut result.findings;
    (findings[0].finding.state, findings[0].finding.address) = (Some("a.tfstate".to_owned()), Some(address.to_owned()));
    (findings[1].finding.state, findings[1].finding.address) = (None, Some(address.to_owned()));
    assert_eq!(
        cases(&checked(&result)),
        [
            "a.tfstate | aws_s3_bucket.x: failure",
            "b.tfstate | aws_s3_bucket.x: error",
            "beyond the states | resource-changed: aws_s3_bucket.x: failure",
        ]
    );
    // With one state left it is clear which resource is meant.
    result.resources.pop();
    result.run.states.pop();
    assert_eq!(cases(&checked(&result)).len(), 2);
}

#[test]
fn nothing_fails_where_the_verdict_says_that_nothing_does() {
    let mut result = samples::drifted();
    result.outcome = Outcome::Clean;
    result.unchecked.clear();
    let root = checked(&result);
    assert!(rendered(&result).contains("The bucket policy grants more"), "{root:?}");
}

#[test]
fn five_thousand_findings_are_all_there() {
    let result = samples::many(5_000);
    let text = rendered(&result);
    assert!(text.len() < 16 << 20, "{}", text.len());
    let root = checked(&result);
    let names: BTreeSet<&str> = root.children[0]
        .children
        .iter()
        .map(|case| case.attributes["name"].as_str())
        .collect();
    for judged in &result.findings {
        assert!(names.contains(judged.finding.address.as_deref().unwrap()));
    }
}

#[test]
fn no_finding_is_lost() {
    for result in [samples::drifted(), samples::outage(), samples::clean_with_remarks()] {
        let text = rendered(&result);
        for judged in &result.findings {
            assert!(text.contains(&judged.finding.id()), "{}", judged.finding.title);
        }
    }
}
