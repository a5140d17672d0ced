//! HTML in which foreign text cannot become markup.
//!
//! Names of elements and attributes are `&'static str`: they come from this program's source. Everything else is
//! written as text or as the value of a quoted attribute, with whatever HTML gives a meaning to, and whatever cannot be
//! seen, replaced.

use crate::report::escape;

/// Whether a line ends after the element, for those who read the source.
fn ends_line(name: &str) -> bool {
    // What stands within a line; asked for every element, so that the list is the short one.
    !matches!(
        name,
        "a" | "b"
            | "code"
            | "span"
            | "time"
            | "label"
            | "td"
            | "th"
            | "del"
            | "ins"
            | "h5"
            | "dt"
            | "button"
            | "option"
    )
}

/// An attribute and its value.
pub(super) type Attribute<'a> = (&'static str, &'a str);

/// The page so far.
pub(super) struct Html {
    text: String,
}

impl Html {
    /// An empty document.
    pub(super) fn document() -> Html {
        Html {
            text: "<!doctype html>\n".to_owned(),
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// An element and what `inside` writes.
    pub(super) fn element(&mut self, name: &'static str, attributes: &[Attribute<'_>], inside: impl FnOnce(&mut Html)) {
        self.open(name, attributes);
        inside(self);
        self.close(name);
    }

    /// An element that holds text alone.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: &[Attribute<'_>], text: &str) {
        self.element(name, attributes, |html| html.text(text));
    }

    /// An element without an end.
    pub(super) fn void(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.open(name, attributes);
        self.end_line(name);
    }

    /// Text, with everything invisible shown as in the other reports.
    pub(super) fn text(&mut self, raw: &str) {
        if escape::is_harmless(raw) {
            self.visible(raw);
        } else {
            self.visible(&escape::text(raw));
        }
    }

    /// Text that has been through [`escape`] already.
    pub(super) fn visible(&mut self, text: &str) {
        let mut written = 0;
        for (at, byte) in text.bytes().enumerate() {
            let replacement = match byte {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                _ => continue,
            };
            self.text.push_str(&text[written..at]);
            self.text.push_str(replacement);
            written = at + 1;
        }
        self.text.push_str(&text[written..]);
    }

    /// The style sheet, which is this program's own.
    pub(super) fn style(&mut self, css: &'static str) {
        self.own("style", css);
    }

    /// The script, which is this program's own.
    pub(super) fn script(&mut self, code: &'static str) {
        self.own("script", code);
    }

    fn own(&mut self, name: &'static str, text: &'static str) {
        self.open(name, &[]);
        self.text.push_str(text);
        self.close(name);
    }

    fn open(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.text.push('<');
        self.text.push_str(name);
        for (attribute, value) in attributes {
            self.text.push(' ');
            self.text.push_str(attribute);
            if !value.is_empty() {
                self.text.push_str("=\"");
                self.text(value);
                self.text.push('"');
            }
        }
        self.text.push('>');
    }

    fn close(&mut self, name: &'static str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
        self.end_line(name);
    }

    fn end_line(&mut self, name: &str) {
        if ends_line(name) {
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut Html)) -> String {
        let mut html = Html { text: String::new() };
        write(&mut html);
        html.into_text()
    }

    #[test]
    fn text_and_attributes_cannot_break_out() {
        let nasty = "\"><script>alert('1')</script>&amp;\u{2028}\0";
        let escaped = r"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;\u2028\u0000";
        assert_eq!(written(|html| html.text(nasty)), escaped);
        assert_eq!(
            written(|html| html.leaf("span", &[("title", nasty), ("hidden", "")], "a")),
            format!("<span title=\"{escaped}\" hidden>a</span>")
        );
    }

    proptest! {
        #[test]
        fn nothing_that_html_gives_a_meaning_to_is_left(raw in any::<String>()) {
            let text = written(|html| html.text(&raw));
            prop_assert!(!text.contains(['<', '>', '"', '\'']));
            let without = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"]
                .iter()
                .fold(text.clone(), |text, entity| text.replace(entity, ""));
            prop_assert!(!without.contains('&'));
            prop_assert!(!text.chars().any(escape::is_invisible));
        }
    }
}
