use std::collections::BTreeSet;

use super::super::{Format, samples};
use super::*;
use crate::finding::Category;
use crate::result::{Action, Judged};

fn page(result: &CheckResult) -> String {
    samples::written(Format::Html, result)
}

/// Without style and script, which have files of their own.
fn golden(result: &CheckResult) -> String {
    let page = page(result)
        .replace(STYLE, "/* style.css */")
        .replace(SCRIPT, "/* script.js */")
        .replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let (before, after) = page.split_once("style-src").unwrap();
    let (_, after) = after.split_once("; base-uri").unwrap();
    format!("{before}style-src HASH; script-src HASH; base-uri{after}")
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

/// The outage as a document: the tests in a real browser make their pages of it.
#[test]
fn outage_document() {
    insta::assert_snapshot!(samples::written(Format::Json, &samples::outage()));
}

#[test]
fn the_verdict_is_one_short_line() {
    let mut unknown = samples::clean();
    unknown.hosts = samples::outage().hosts.split_off(1);
    let titles: Vec<String> = samples::all()
        .into_iter()
        .chain([("unknown", unknown)])
        .map(|(name, result)| format!("{name}: {}", verdict::title(&result)))
        .collect();
    insta::assert_snapshot!(titles.join("\n"));
}

#[test]
fn style_and_script_are_embedded_as_they_are_hashed() {
    for text in [STYLE, SCRIPT] {
        // The parser of a browser would change or end these, and the hash would no longer fit.
        assert!(!text.contains('\r') && !text.contains("</") && !text.contains("<!--"));
        assert!(page(&samples::clean()).contains(text));
    }
}

/// Names of elements and attributes of a page, taken from its text: within tags nothing but our own may stand.
fn names(page: &str) -> BTreeSet<String> {
    let page = page.replace(STYLE, "").replace(SCRIPT, "");
    let mut names = BTreeSet::new();
    for tag in page.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap();
        // Outside of quotes.
        let bare: String = tag.split('"').step_by(2).collect();
        names.extend(
            bare.split_whitespace()
                .map(|name| name.trim_end_matches('=').to_owned()),
        );
    }
    names
}

#[test]
fn hostile_text_adds_nothing_to_the_page_but_text() {
    let hostile = samples::filled_with("\"'><script>x</script><img src=x onerror=x>");
    let known = names(&page(&samples::outage()));
    assert_eq!(
        names(&page(&hostile)).difference(&known).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    for name in known {
        assert!(!name.starts_with("on") && name != "style=" && name != "src", "{name}");
    }
}

#[test]
fn every_id_stands_once_and_every_link_leads_to_one() {
    for (name, result) in samples::all() {
        let page = page(&result);
        let of = |attribute: &str| -> Vec<String> {
            let parts = page.split(attribute).skip(1);
            parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
        };
        let ids = of(" id=\"");
        let once: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(once.len(), ids.len(), "{name}: {ids:?}");
        for target in of(" href=\"") {
            let id = target.strip_prefix('#').unwrap().to_owned();
            assert!(once.contains(&id), "{name}: {target}");
        }
        for target in of(" aria-labelledby=\"").iter().flat_map(|ids| ids.split(' ')) {
            assert!(once.contains(&target.to_owned()), "{name}: {target}");
        }
    }
}

#[test]
fn an_allowed_finding_is_never_counted_as_failing() {
    let mut result = samples::outage();
    for judged in &mut result.findings {
        judged.action = Action::Allow;
        judged
            .decisions
            .iter_mut()
            .for_each(|decision| decision.action = Action::Allow);
    }
    let page = page(&result);
    assert!(!page.contains("data-status=\"failing"));
    assert_eq!(page.matches("data-status=\"allowed").count(), result.findings.len());
}

#[test]
fn every_category_and_severity_can_be_shown() {
    let one = samples::outage().findings.remove(0);
    let mut result = samples::outage();
    result.findings = Category::ALL
        .into_iter()
        .zip(crate::finding::Severity::WORST_FIRST.into_iter().cycle())
        .map(|(category, severity)| {
            let mut judged: Judged = one.clone();
            judged.finding.category = category;
            judged.severity = severity;
            judged
        })
        .collect();
    let page = page(&result);
    for category in Category::ALL {
        assert!(
            page.contains(&format!("data-category=\"{}\"", category.name())),
            "{}",
            category.name()
        );
    }
    for severity in crate::finding::Severity::WORST_FIRST {
        assert!(
            STYLE.contains(&format!(".severity.{severity}")),
            "{severity} has a colour and a shape"
        );
        assert!(page.contains(&format!("data-severity=\"{severity}\"")), "{severity}");
    }
}

#[test]
fn of_thousands_none_is_lost() {
    let result = samples::many(5000);
    let page = page(&result);
    assert_eq!(page.matches(" data-severity=").count(), 5000);
    let shown: BTreeSet<&str> = page.split(" id=\"finding-").skip(1).map(|rest| &rest[..16]).collect();
    for judged in &result.findings {
        assert!(shown.contains(&*judged.finding.id()), "{:?}", judged.finding.address);
    }
    assert!(page.len() < 16_000_000, "{} bytes", page.len());
}

#[test]
fn a_value_without_end_is_cut_and_that_is_said() {
    let mut result = samples::drifted();
    result.findings.truncate(1);
    let list: Vec<String> = (0..5000).map(|at| format!("value-{at}")).collect();
    result.findings[0].finding.changes[0].live = list.into();
    let page = page(&result);
    assert!(page.contains("the JSON report holds all"));
    assert!(page.len() < 200_000, "{} bytes", page.len());
}
