//! The `Link` header (RFC 8288), as far as paging needs it.

use reqwest::header::{HeaderMap, LINK};

/// The address of the next page, if there is one.
pub(super) fn next(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(next_in)
}

fn next_in(header: &str) -> Option<String> {
    let mut rest = header;
    loop {
        let (_, from) = rest.split_once('<')?;
        let (address, after) = from.split_once('>')?;
        // The parameters of this link end where the next one starts: an address may hold commas, `<` it cannot.
        let parameters = after.split('<').next().unwrap_or(after);
        if parameters.split([';', ',']).any(is_next) {
            return Some(address.trim().to_owned());
        }
        rest = after;
    }
}

fn is_next(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("rel")
            && value
                .trim()
                .trim_matches('"')
                .split_ascii_whitespace()
                .any(|relation| relation.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_next_page_is_found_wherever_it_stands() {
        let cases = [
            (
                r#"<https://api.example.com/i?page=2>; rel="next", <https://api.example.com/i?page=9>; rel="last""#,
                Some("https://api.example.com/i?page=2"),
            ),
            (
                r#"<https://api.example.com/i?page=1>; rel="prev", <https://api.example.com/i?labels=a,b&page=3>; rel="next""#,
                Some("https://api.example.com/i?labels=a,b&page=3"),
            ),
            (
                r#"<https://api.example.com/i?after=x%3D>; title="a, b"; rel=next"#,
                Some("https://api.example.com/i?after=x%3D"),
            ),
            (r#"<https://api.example.com/i?page=1>; rel="prev first""#, None),
            (r#"<https://api.example.com/i?rel=next>; rel="last""#, None),
            ("", None),
            ("<https://api.example.com/i", None),
        ];
        for (header, next) in cases {
            assert_eq!(next_in(header).as_deref(), next, "{header}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_survived(header in ".{0,80}") {
            let _ = next_in(&header);
        }
    }
}
