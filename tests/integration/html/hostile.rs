//! Text that tries to be more than text, in every text of a result.

use std::io::ErrorKind;
use std::net::TcpListener;

use serde_json::{Map, Value, json};

use super::browser;
use super::page::{Page, html, outage};
use crate::support::webdriver::Browser;

/// Each would set `owned` or ask `HERE` for something, if it came to be anything but text.
const PAYLOADS: [&str; 46] = [
    "<script>window.owned=1</script>",
    "<ScRiPt>window.owned=1</sCrIpT>",
    "<script src=http://HERE/a.js></script>",
    "<script\n>window.owned=1</script\t>",
    "<scr<script>ipt>window.owned=1</script>",
    "\"><script>window.owned=1</script>",
    "'><script>window.owned=1</script>",
    "</script><script>window.owned=1</script>",
    "</style><script>window.owned=1</script>",
    "</title><script>window.owned=1</script>",
    "</textarea></select></option><script>window.owned=1</script>",
    "--><script>window.owned=1</script><!--",
    "<!--><script>window.owned=1</script>-->",
    "]]><script>window.owned=1</script>",
    "<![CDATA[<script>window.owned=1</script>]]>",
    "<img src=x onerror=window.owned=1>",
    "<img src=http://HERE/a.png onload='window.owned=1' onerror='window.owned=1'>",
    "<img/src=`http://HERE/a`/onerror=window.owned=1>",
    "\" onmouseover=\"window.owned=1\" autofocus onfocus=\"window.owned=1\" x=\"",
    "' onmouseover='window.owned=1' autofocus onfocus='window.owned=1' x='",
    "` onmouseover=`window.owned=1`",
    "x onfocus=window.owned=1 autofocus tabindex=1",
    "<svg onload=window.owned=1>",
    "<svg><script>window.owned=1</script></svg>",
    "<svg><animate onbegin=window.owned=1 attributeName=x dur=1s>",
    "<svg><use href=http://HERE/a.svg#x></use></svg>",
    "</svg></text></desc></title><img src=x onerror=window.owned=1>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.owned=1>",
    "<iframe src=\"javascript:parent.owned=1\"></iframe>",
    "<iframe srcdoc=\"<script>parent.owned=1</script>\"></iframe>",
    "<object data=http://HERE/a></object><embed src=http://HERE/b>",
    "<link rel=stylesheet href=http://HERE/a.css><link rel=prefetch href=http://HERE/b>",
    "<meta http-equiv=refresh content=\"0;url=http://HERE/\">",
    "<base href=http://HERE/>",
    "<form action=http://HERE/><input autofocus onfocus=window.owned=1></form>",
    "<details open ontoggle=window.owned=1><summary>x</summary></details>",
    "<style>@import 'http://HERE/a.css'; body { background: url(http://HERE/a.png) }</style>",
    "x; background: url(http://HERE/a.png); behavior: url(http://HERE/b)",
    "javascript:window.owned=1",
    "java\tscript:window.owned=1",
    "data:text/html,<script>parent.owned=1</script>",
    "&lt;script&gt;window.owned=1&lt;/script&gt;&#60;img src=x onerror=window.owned=1&#62;&quot; onload=&quot;window.owned=1",
    "{{constructor.constructor('window.owned=1')()}} ${window.owned=1} <%= window.owned=1 %> {% raw %} #{window.owned=1}",
    "a\u{2028}window.owned=1\u{2029}//\u{85}\u{b}\u{c}<script>window.owned=1</script>",
    "a\0<\0script>window.owned=1</\0script>\u{1b}]8;;http://HERE/\u{7}",
    "\u{202e}\u{2066}<script>window.owned=1</script>\u{feff}+ADw-script+AD4-window.owned=1+ADw-/script+AD4-",
];

/// What else than free text stands in a document: these members have values of a fixed set.
const FIXED: [&str; 7] = [
    "schema", "outcome", "fail_on", "severity", "category", "action", "standing",
];

/// The document with every text, and every name that is free, replaced.
fn filled(value: &Value, with: &str) -> Value {
    match value {
        Value::String(_) => json!(with),
        Value::Array(items) => items.iter().map(|item| filled(item, with)).collect(),
        Value::Object(members) => {
            let fill = |(name, member): (&String, &Value)| {
                let member = match name.as_str() {
                    fixed if FIXED.contains(&fixed) => member.clone(),
                    // Names are free in here.
                    "expected" | "live" => {
                        json!({ with: [with, { with: member }], "Sid": with, "a": [{ "id": with }, 1] })
                    }
                    "api_calls_by_operation" => json!({ with: 1 }),
                    _ => filled(member, with),
                };
                (name.clone(), member)
            };
            Value::Object(members.iter().map(fill).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// Somebody who is told when a page asks for anything.
struct Listener(TcpListener);

impl Listener {
    fn new() -> Listener {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket can be asked");
        Listener(listener)
    }

    fn name(&self) -> String {
        self.0.local_addr().expect("a bound socket has an address").to_string()
    }

    fn was_asked(&self) -> bool {
        match self.0.accept() {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}");
                false
            }
        }
    }
}

/// What came of opening a page: whether code of others ran, what the policy stopped, what was asked for.
fn outcome(browser: &Browser, page: &Page) -> (bool, Vec<String>, Vec<String>) {
    browser.requests();
    browser.open(page.file());
    // Everything unfolded and focused once, and two frames drawn: whatever waits for that has had its time.
    browser.run(
        "for (const one of document.querySelectorAll('details')) one.open = true;
         for (const one of document.querySelectorAll('input, select, a, summary')) one.focus();",
    );
    browser
        .run("window.drawn = false; requestAnimationFrame(() => requestAnimationFrame(() => (window.drawn = true)));");
    browser.until("window.drawn");
    let stopped: Vec<String> =
        serde_json::from_value(browser.run("return window.violations")).expect("a list of texts");
    let owned = browser.run("return window.owned !== undefined") == true;
    let own = format!("file://{}", page.file().display());
    let asked = browser.requests().into_iter().filter(|url| *url != own).collect();
    (owned, stopped, asked)
}

#[test]
fn hostile_text_stays_text_wherever_it_stands() {
    let Some(browser) = browser(&[]) else {
        return println!("skipped: no Chromium, so no hostile page was opened");
    };
    let listener = Listener::new();
    let outage = outage();
    let names = |page: &Page| -> Vec<String> {
        browser.open(page.file());
        let names = browser.run(
            "const names = new Set();
             for (const one of document.querySelectorAll('*')) {
               names.add(one.localName);
               for (const attribute of one.attributes) names.add(`@${attribute.name}`);
             }
             return [...names].sort();",
        );
        serde_json::from_value(names).expect("a list of texts")
    };
    let harmless = names(&Page::of(&filled(&outage, "harmless")));
    for payload in PAYLOADS {
        let payload = payload.replace("HERE", &listener.name());
        let page = Page::of(&filled(&outage, &payload));
        assert_eq!(outcome(&browser, &page), (false, vec![], vec![]), "{payload}");
        assert!(!listener.was_asked(), "{payload}");
        for name in names(&page) {
            assert!(harmless.contains(&name), "{payload} made {name}");
        }
        // A reader searches for it.
        browser.run(&format!(
            "const text = document.getElementById('text'); text.value = {}; text.dispatchEvent(new Event('input', {{ bubbles: true }}));",
            json!(payload)
        ));
        browser.until("document.getElementById('list').getAttribute('aria-busy') === 'false'");
        assert_eq!(browser.run("return window.owned !== undefined"), false, "{payload}");
    }
}

/// Were the escaping to fail, the page's policy would still stand; and without both, the test above would see it.
#[test]
fn the_policy_stops_what_the_escaping_would_let_through() {
    let Some(browser) = browser(&[]) else {
        return println!("skipped: no Chromium, so the page's policy was not tried");
    };
    let listener = Listener::new();
    let payloads = format!(
        "<script>window.owned=1; fetch('http://{0}/a').catch(() => 0)</script>\
         <img src=http://{0}/b onerror='window.owned=1'><p style='color: red'>x</p>",
        listener.name()
    );
    let open = html(&outage()).replace("<main id=\"main\">", &format!("<main id=\"main\">{payloads}"));
    assert!(open.contains(&payloads));
    // The browser notes the request and stops it: the listener hears nothing.
    let (owned, stopped, _) = outcome(&browser, &Page::with(&open));
    assert!(!owned && !listener.was_asked());
    for directive in ["script-src-elem", "img-src", "style-src-attr"] {
        assert!(
            stopped.iter().any(|one| one.starts_with(directive)),
            "{directive}: {stopped:?}"
        );
    }

    // The image would be waited for: nobody answers.
    let without = open.replace("Content-Security-Policy", "Nothing").replace("<img", "<b");
    let (owned, stopped, asked) = outcome(&browser, &Page::with(&without));
    assert!(owned && stopped.is_empty(), "{stopped:?}");
    assert_eq!(asked, [format!("http://{}/a", listener.name())]);
}
