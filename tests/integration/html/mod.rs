//! The HTML report in a real browser: filtered, searched, without JavaScript, on a phone, on paper, under attack.
//!
//! Needs Debian's `chromium` and `chromium-driver`, or what gives the same two commands. Where they are missing the
//! tests say so and end, unless `DRIFTGATE_TESTS_NEED_CHROMIUM` is set, as it is in CI: then they fail.

mod accessible;
mod hostile;
mod page;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::binary::Driftgate;
use crate::support::webdriver::Browser;
use page::{Page, findings, many, outage};

fn browser(more: &[&str]) -> Option<Browser> {
    Browser::start(more)
}

/// The ids of the findings that neither they nor anything around them hides.
const SHOWN: &str = "return [...document.querySelectorAll('details.finding')]
    .filter((one) => !one.closest('[hidden]')).map((one) => one.id)";
const SETTLED: &str = "document.getElementById('list').getAttribute('aria-busy') === 'false'";

fn shown(browser: &Browser) -> BTreeSet<String> {
    browser.until(SETTLED);
    serde_json::from_value(browser.run(SHOWN)).expect("a list of texts")
}

/// The ids on the page of the findings that fit; the page numbers those that share one.
fn fitting(document: &Value, fits: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let mut before: Vec<&str> = Vec::new();
    let mut ids = BTreeSet::new();
    for finding in findings(document) {
        let id = finding["id"].as_str().expect("a finding has an id");
        before.push(id);
        let times = before.iter().filter(|other| **other == id).count();
        let number = if times > 1 { format!("-{times}") } else { String::new() };
        if fits(finding) {
            ids.insert(format!("finding-{id}{number}"));
        }
    }
    ids
}

/// A list to choose from, what is chosen, and which findings fit that.
type Choice<'a> = (&'a str, &'a str, &'a dyn Fn(&Value) -> bool);

fn choose(browser: &Browser, id: &str, label: &str) {
    let code = format!(
        "const choice = document.getElementById('{id}');
         const option = [...choice.options].find((one) => one.text === {});
         choice.value = option.value;
         choice.dispatchEvent(new Event('input', {{ bubbles: true }}));",
        json!(label)
    );
    browser.run(&code);
}

#[test]
fn filter_and_search_show_what_fits_and_nothing_else() {
    let Some(browser) = browser(&[]) else {
        return println!("skipped: no Chromium, so nothing was filtered");
    };
    let document = outage();
    let page = Page::of(&document);
    browser.open(page.file());
    let all = fitting(&document, |_| true);
    assert_eq!(shown(&browser), all);
    assert_eq!(
        browser.run("return document.getElementById('filter').checkVisibility()"),
        true
    );

    let allowed = |finding: &Value| !finding["suppressed"].is_null();
    let choices: [Choice<'_>; 8] = [
        ("category", "drift", &|finding| finding["category"] == "drift"),
        ("category", "deploy", &|finding| finding["category"] == "deploy"),
        ("host", "www.example.com", &|finding| {
            finding["impact"]
                .as_array()
                .is_some_and(|hosts| hosts.contains(&json!("www.example.com")))
        }),
        ("host", "example.com", &|finding| {
            finding["impact"]
                .as_array()
                .is_some_and(|hosts| hosts.contains(&json!("example.com")))
        }),
        ("status", "new", &|finding| finding["age"]["new"] == true),
        ("status", "found before", &|finding| finding["age"]["new"] == false),
        ("status", "allowed", &allowed),
        ("status", "failing the run", &|finding| {
            !allowed(finding) && finding["severity"] != "info"
        }),
    ];
    for (id, label, fits) in choices {
        let wanted = fitting(&document, fits);
        assert!(!wanted.is_empty() && wanted != all, "{label} tells findings apart");
        choose(&browser, id, label);
        assert_eq!(shown(&browser), wanted, "{id}: {label}");
        let told = browser.run("return document.getElementById('shown').textContent");
        assert_eq!(
            told,
            format!("{} of {} findings shown", wanted.len(), all.len()),
            "{label}"
        );
        choose(&browser, id, "all");
    }

    for severity in ["critical", "high"] {
        browser.run(&format!("document.querySelector('input[value={severity}]').click()"));
    }
    let mild = fitting(&document, |finding| {
        !["critical", "high"].contains(&finding["severity"].as_str().unwrap())
    });
    assert_eq!(shown(&browser), mild);
    browser.run("document.getElementById('reset').click()");
    assert_eq!(shown(&browser), all);

    // Words of the address, of a value and of the help; all of them have to be there, however they are written.
    browser.press("text", "PUBLIC_access");
    let block = fitting(&document, |finding| finding.to_string().contains("public_access_block"));
    assert_eq!(shown(&browser), block);
    browser.run("document.getElementById('reset').click()");
    browser.press("text", "putobject bucket_policy");
    assert_eq!(
        shown(&browser),
        fitting(&document, |finding| finding.to_string().contains("s3:PutObject"))
    );
    browser.press("text", " nowhere");
    assert_eq!(shown(&browser), BTreeSet::new());
    let headings =
        "return [...document.querySelectorAll('#list h3, #list h4')].filter((one) => one.checkVisibility()).length";
    assert_eq!(browser.run(headings), 0, "no heading stands above nothing");

    // A link to a finding leads to it all the same.
    let policy = fitting(&document, |finding| finding.to_string().contains("s3:PutObject"));
    let policy = policy.first().expect("there is one");
    browser.run(&format!(
        "document.getElementById('{policy}').open = false; location.hash = '{policy}';"
    ));
    browser.until(&format!(
        "document.getElementById('{policy}').open && document.getElementById('{policy}').checkVisibility()"
    ));
}

#[test]
fn thousands_of_findings_can_be_searched() {
    let Some(browser) = browser(&[]) else {
        return println!("skipped: no Chromium, so nothing was searched");
    };
    let document = many(5000);
    let page = Page::of(&document);
    browser.open(page.file());
    assert_eq!(shown(&browser).len(), 5000);
    browser.press("text", "number-4321-");
    browser.until("document.getElementById('shown').textContent === '1 of 5000 findings shown'");
    assert_eq!(shown(&browser).len(), 1);
    let heading = "return [...document.querySelectorAll('#list h4')]
        .filter((one) => !one.closest('[hidden]')).map((one) => one.textContent)";
    assert_eq!(browser.run(heading), json!(["aws_s3_bucket.number-4321-"]));
    browser.run("document.getElementById('reset').click()");
    browser.until("document.getElementById('shown').textContent === '5000 of 5000 findings shown'");
}

/// Every text that a reader has to be able to find on the page.
fn texts(document: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    let mut take = |value: &Value| texts.extend(value.as_str().map(str::to_owned));
    for finding in findings(document) {
        for member in ["title", "detail", "rule", "address", "id"] {
            take(&finding[member]);
        }
        finding["changes"]
            .as_array()
            .into_iter()
            .flatten()
            .for_each(|change| take(&change["path"]));
        finding["notes"].as_array().into_iter().flatten().for_each(&mut take);
    }
    for (list, members) in [
        ("hosts", &["host", "visitor"][..]),
        ("doubts", &["host", "why"]),
        ("unchecked", &["address", "detail", "reason"]),
        ("resolved", &["subject", "title"]),
        ("ignored", &["address", "path", "by"]),
        ("not_covered", &["type"]),
    ] {
        for one in document[list].as_array().expect("a list") {
            members.iter().for_each(|member| take(&one[*member]));
        }
    }
    document["remarks"].as_array().into_iter().flatten().for_each(&mut take);
    let calls = document["stats"]["api_calls_by_operation"].as_object();
    texts.extend(calls.into_iter().flatten().map(|(operation, _)| operation.clone()));
    texts
}

/// What the page shows, in lines.
fn text_of(browser: &Browser) -> String {
    let text = browser.run("return document.body.innerText");
    text.as_str().expect("a page has text").to_owned()
}

#[track_caller]
fn assert_shows_all(text: &str, document: &Value) {
    let texts = texts(document);
    assert!(texts.len() > 50, "only {} texts to look for", texts.len());
    for wanted in texts {
        assert!(text.contains(&wanted), "{wanted:?} is not shown");
    }
}

#[test]
fn without_javascript_everything_can_be_read() {
    let Some(browser) = browser(&["--blink-settings=scriptEnabled=false"]) else {
        return println!("skipped: no Chromium, so no page was opened without JavaScript");
    };
    let document = outage();
    let page = Page::of(&document);
    browser.open(page.file());
    let controls =
        "return [...document.querySelectorAll('#theme, #filter')].filter((one) => one.checkVisibility()).length";
    assert_eq!(browser.run(controls), 0, "nothing is offered that cannot work");
    let shown: BTreeSet<String> = serde_json::from_value(browser.run(SHOWN)).expect("a list of texts");
    assert_eq!(shown, fitting(&document, |_| true));
    // Unfolding is the browser's own doing.
    browser.run("for (const one of document.querySelectorAll('details:not([open]) > summary')) one.click();");
    assert_eq!(
        browser.run("return document.querySelectorAll('details:not([open])').length"),
        0
    );
    unfold(&browser);
    assert_shows_all(&text_of(&browser), &document);
}

/// Unfolds everything, and has everything drawn, also what nobody has scrolled to yet.
fn unfold(browser: &Browser) {
    browser.run(
        "for (const one of document.querySelectorAll('details')) one.open = true;
         for (const one of document.querySelectorAll('.resource')) one.style.contentVisibility = 'visible';",
    );
}

#[test]
fn paper_holds_everything_and_no_controls() {
    let Some(browser) = browser(&[]) else {
        return println!("skipped: no Chromium, so nothing was printed");
    };
    let document = outage();
    let page = Page::of(&document);
    browser.open(page.file());
    // What was filtered on the screen is printed all the same.
    choose(&browser, "category", "deploy");
    assert_eq!(shown(&browser).len(), 1);
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    assert_shows_all(&text_of(&browser), &document);
    let controls =
        "return [...document.querySelectorAll('button, input, select')].filter((one) => one.checkVisibility()).length";
    assert_eq!(browser.run(controls), 0);
    assert_eq!(
        browser.run("return getComputedStyle(document.body).backgroundColor"),
        "rgb(255, 255, 255)"
    );
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "" }));
    let pdf = browser.print();
    // `%PDF-` in base64.
    assert!(pdf.starts_with("JVBERi0"), "a PDF");
}

#[test]
fn the_page_of_the_real_binary_loads_nothing_and_breaks_no_policy() {
    let Some(browser) = browser(&[]) else {
        return println!("skipped: no Chromium, so the demo's page was not opened");
    };
    let run = Driftgate::new(["demo", "--step", "variant", "--format", "html"]).run();
    assert_eq!(run.code, 2, "{}", run.stderr);
    let page = Page::with(&run.stdout);
    browser.requests();
    browser.open(page.file());
    browser
        .until("document.querySelectorAll('details.finding').length > 0 && !document.getElementById('theme').hidden");
    assert_eq!(browser.run("return window.violations"), json!([]));
    assert_eq!(browser.requests(), [format!("file://{}", page.file().display())]);
    assert!(
        browser
            .run("return document.querySelectorAll('svg.path g.broken').length")
            .as_u64()
            > Some(0)
    );
}
