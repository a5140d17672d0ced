//! For everybody: on narrow screens, in both colour schemes, by keyboard and by screen reader.

use serde_json::{Value, json};

use super::page::{Page, outage};
use super::{browser, unfold};

/// The outage with words that no line can hold.
fn unwieldy() -> Value {
    let mut document = outage();
    let long = format!("{}{}{}", "W".repeat(700), "東".repeat(300), "a.b-".repeat(200));
    for (pointer, member) in [
        ("/findings/0", "title"),
        ("/findings/0", "address"),
        ("/findings/1", "detail"),
        ("/hosts/0", "host"),
        ("/hosts/0", "visitor"),
        ("/hosts/0/path/0", "title"),
        ("/hosts/0/path/5", "station"),
        ("/hosts/0/path/7", "why"),
        ("/unchecked/0", "detail"),
        ("/run", "account"),
    ] {
        document.pointer_mut(pointer).expect("the member is there")[member] = json!(long);
    }
    document["findings"][0]["impact"] = json!([long]);
    document["findings"][0]["changes"][0]["path"] = json!(long);
    document["findings"][2]["changes"] = json!([{ "path": "a", "expected": long, "live": { long.as_str(): long } }]);
    document
}

#[test]
fn a_phone_shows_the_page_without_scrolling_sideways() {
    let Some(browser) = browser(&[]) else {
        return println!("skipped: no Chromium, so no page was seen on a phone");
    };
    for (document, mobile) in [
        (outage(), false),
        (outage(), true),
        (unwieldy(), false),
        (unwieldy(), true),
    ] {
        let screen = json!({ "width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": mobile });
        browser.devtools("Emulation.setDeviceMetricsOverride", &screen);
        let page = Page::of(&document);
        browser.open(page.file());
        unfold(&browser);
        let fits = browser.run("return [document.documentElement.scrollWidth <= innerWidth, innerWidth]");
        assert_eq!(fits, json!([true, 360]));
        let outside = browser.run(
            "return [...document.querySelectorAll('svg.path text, svg.path path')].filter((one) => {
               const own = one.getBoundingClientRect(), whole = one.ownerSVGElement.getBoundingClientRect();
               return own.left < whole.left - 1 || own.right > whole.right + 1;
             }).map((one) => one.textContent)",
        );
        assert_eq!(outside, json!([]), "all of a picture lies within it");
    }
}

/// Every text against what lies beneath it, by the formula of WCAG 2.
const TOO_FAINT: &str = r"
    const parsed = (colour) => {
      const numbers = colour.match(/[\d.]+/g).map(Number);
      return { rgb: numbers.slice(0, 3), alpha: numbers[3] ?? 1 };
    };
    const over = (top, bottom) => top.rgb.map((one, at) => one * top.alpha + bottom[at] * (1 - top.alpha));
    const luminance = (rgb) => {
      const [r, g, b] = rgb.map((one) => one / 255).map((one) => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4);
      return .2126 * r + .7152 * g + .0722 * b;
    };
    const beneath = (element) => {
      const around = [];
      for (let one = element; one; one = one.parentElement) around.unshift(getComputedStyle(one).backgroundColor);
      return around.map(parsed).reduce((below, layer) => over(layer, below), [255, 255, 255]);
    };
    const faint = [];
    let looked = 0;
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      if (!own || !element.checkVisibility() || ['SCRIPT', 'STYLE', 'title', 'desc'].includes(element.tagName)) continue;
      looked += 1;
      const style = getComputedStyle(element);
      const ground = beneath(element);
      const ink = over(parsed(element instanceof SVGElement ? style.fill : style.color), ground);
      const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
      const size = parseFloat(style.fontSize);
      const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
      const ratio = (light + .05) / (dark + .05);
      if (ratio < least) faint.push(`${element.tagName}.${element.getAttribute('class')} ${ratio.toFixed(2)} ${element.textContent.slice(0, 40)}`);
    }
    return [looked > 150, faint];";

#[test]
fn every_text_stands_out_in_both_colour_schemes() {
    let Some(browser) = browser(&[]) else {
        return println!("skipped: no Chromium, so no contrast was measured");
    };
    for outcome in ["drift", "clean", "incomplete"] {
        let mut document = outage();
        document["outcome"] = json!(outcome);
        document["hosts"][0]["served"] = if outcome == "drift" { json!(false) } else { json!(true) };
        let page = Page::of(&document);
        for scheme in ["light", "dark"] {
            let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            browser.devtools("Emulation.setEmulatedMedia", &features);
            browser.open(page.file());
            unfold(&browser);
            assert_eq!(browser.run(TOO_FAINT), json!([true, []]), "{outcome}, {scheme}");
        }
    }
}

#[test]
fn the_colours_can_be_chosen() {
    let Some(browser) = browser(&[]) else {
        return println!("skipped: no Chromium, so no colours were chosen");
    };
    let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
    browser.devtools("Emulation.setEmulatedMedia", &features);
    let page = Page::of(&outage());
    browser.open(page.file());
    let ground = "return getComputedStyle(document.body).backgroundColor";
    let automatic = browser.run(ground);
    browser.run("document.getElementById('theme').click()");
    let light = browser.run(ground);
    browser.run("document.getElementById('theme').click()");
    let dark = browser.run(ground);
    assert_eq!(automatic, dark);
    assert_ne!(light, dark);
    assert_eq!(
        browser.run("return document.getElementById('theme').textContent"),
        "Colours: dark"
    );
}

#[test]
fn the_page_can_be_found_ones_way_in() {
    let Some(browser) = browser(&[]) else {
        return println!("skipped: no Chromium, so no landmarks were looked for");
    };
    let page = Page::of(&outage());
    browser.open(page.file());
    let landmarks = browser.run(
        "return ['body > header', 'main', 'body > footer', 'h1'].map((one) => document.querySelectorAll(one).length)",
    );
    assert_eq!(landmarks, json!([1, 1, 1, 1]));
    let nameless = browser.run(
        "const named = (one) => [...(one.labels ?? [])].some((label) => label.textContent.trim())
           || one.getAttribute('aria-label') || one.textContent.trim();
         return [...document.querySelectorAll('input, select, button, summary, a, [role=search]')]
           .filter((one) => !named(one)).map((one) => one.outerHTML)",
    );
    assert_eq!(nameless, json!([]));
    let pictures = browser.run(
        "return [...document.querySelectorAll('svg:not([aria-hidden])')].map((one) => one.getAttribute('role') === 'img'
           && one.getAttribute('aria-labelledby').split(' ').every((id) => one.contains(document.getElementById(id))))",
    );
    assert_eq!(
        pictures,
        json!([true, true, true]),
        "two paths and the trend have a title and a description"
    );
    let skipped = browser.run(
        "const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5')].map((one) => Number(one.tagName[1]));
         return levels.filter((level, at) => at > 0 && level > levels[at - 1] + 1).length",
    );
    assert_eq!(skipped, 0, "no level of headings is skipped");
    // The keyboard reaches the search by one key, and the skip link is where it begins.
    browser.run("document.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }))");
    browser.until("document.activeElement.id === 'text'");
    assert_eq!(browser.run("return document.querySelector('body a').hash"), "#main");
}
