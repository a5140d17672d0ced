//! A host name, and a URL as a visitor would type it: what `driftgate trace` is asked about.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Serialize;

/// A host name in lower case, without the trailing dot: at least two labels, no address, no wildcard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Host(String);

impl Host {
    /// Reads a host name.
    ///
    /// # Errors
    /// What in it is not a host name that DNS and CloudFront could serve.
    pub fn parse(text: &str) -> Result<Host, HostError> {
        let bare = text.strip_suffix('.').unwrap_or(text);
        if bare.is_empty() {
            return Err(HostError::Empty);
        }
        if bare.contains(char::is_whitespace) {
            return Err(HostError::Space { text: shown(text) });
        }
        if is_address(bare) {
            return Err(HostError::Address { text: shown(text) });
        }
        if let Some(c) = bare.chars().find(|c| !c.is_ascii()) {
            return Err(HostError::NotAscii { text: shown(text), c });
        }
        if bare == "*" || bare.starts_with("*.") {
            return Err(HostError::Wildcard { text: shown(text) });
        }
        if let Some(c) = bare
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'))
        {
            return Err(HostError::Character { text: shown(text), c });
        }
        for label in bare.split('.') {
            if label.is_empty() {
                return Err(HostError::EmptyLabel { text: shown(text) });
            }
            if label.len() > 63 {
                return Err(HostError::LongLabel {
                    label: shown(label),
                    length: label.len(),
                });
            }
            if label.starts_with('-') || label.ends_with('-') {
                return Err(HostError::Hyphen { label: shown(label) });
            }
        }
        if bare.len() > 253 {
            return Err(HostError::Long { length: bare.len() });
        }
        if !bare.contains('.') {
            return Err(HostError::OneLabel { text: shown(text) });
        }
        Ok(Host(bare.to_ascii_lowercase()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Host {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}

/// What a visitor asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Visit {
    /// HTTPS where the text names no scheme, as browsers do.
    pub scheme: Scheme,
    pub host: Host,
    /// Begins with `/`, percent-encoded, `.` and `..` resolved (RFC 3986, 5.2.4), as CloudFront sees it.
    pub path: String,
    /// Without the `?`. Plays no part in choosing a behaviour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
}

impl Visit {
    /// Reads a host name, optionally with a path, or a whole URL. A fragment is dropped: it never leaves the browser.
    ///
    /// # Errors
    /// What in it could not be asked for from CloudFront or S3.
    pub fn parse(text: &str) -> Result<Visit, HostError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(HostError::Empty);
        }
        let (scheme, rest) = split_scheme(text)?;
        let rest = rest.split('#').next().unwrap_or(rest);
        let end = rest.find(['/', '?', '\\']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let (path, query) = match tail.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (tail, None),
        };
        if authority.contains('@') {
            return Err(HostError::UserInfo);
        }
        let host = Host::parse(without_port(authority, scheme)?)?;
        Ok(Visit {
            scheme: scheme.unwrap_or(Scheme::Https),
            host,
            path: resolve_dots(&encoded(path)?),
            query: query.map(encoded).transpose()?,
        })
    }
}

impl fmt::Display for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.name(), self.host, self.path)?;
        self.query.as_ref().map_or(Ok(()), |query| write!(f, "?{query}"))
    }
}

/// Why a text is no host name or URL that can be traced. One line each, for the one who typed it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    #[error("no host given; name one like www.example.com, or a URL")]
    Empty,
    #[error("\"{scheme}://\" cannot be traced: CloudFront serves http and https")]
    Scheme { scheme: String },
    #[error("a URL has two slashes behind \"{scheme}:\", like {scheme}://www.example.com")]
    Slashes { scheme: &'static str },
    #[error("the URL holds a user name or password before \"@\"; give it without")]
    UserInfo,
    /// Not repeated: it may be the beginning of a password with a `/` in it.
    #[error("what follows the colon behind the host is no port number")]
    BadPort,
    #[error("port {port} cannot be traced: CloudFront answers on 80 for http and 443 for https")]
    Port { port: String },
    #[error("\"{text}\" is an IP address; give the host name that visitors use")]
    Address { text: String },
    #[error("\"{text}\" holds a space")]
    Space { text: String },
    #[error("\"{text}\" holds \"{c}\"; give the name as DNS holds it, in punycode (xn--…)")]
    NotAscii { text: String, c: char },
    #[error("\"{text}\" is a wildcard; name one host that it covers")]
    Wildcard { text: String },
    #[error("\"{text}\" holds {c:?}, which no host name can")]
    Character { text: String, c: char },
    #[error("\"{text}\" has an empty part between two dots or before the first")]
    EmptyLabel { text: String },
    #[error("\"{label}\" has {length} characters; a part of a host name has at most 63")]
    LongLabel { label: String, length: usize },
    #[error("\"{label}\" begins or ends with a hyphen, which no part of a host name may")]
    Hyphen { label: String },
    #[error("the name has {length} characters; a host name has at most 253")]
    Long { length: usize },
    #[error("\"{text}\" is a single word; give the full host name, like www.example.com")]
    OneLabel { text: String },
    #[error("the path holds {c:?}; write it percent-encoded")]
    PathCharacter { c: char },
    #[error("the path holds \"{text}\", which is no percent-escape; a percent sign itself is %25")]
    PathEscape { text: String },
}

/// Texts come from the command line: long ones are cut, control characters shown as escapes.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut cut: String = text
        .chars()
        .take(MOST)
        .flat_map(|c| escaped(c).chars().collect::<Vec<_>>())
        .collect();
    if text.chars().nth(MOST).is_some() {
        cut.push('…');
    }
    cut
}

fn escaped(c: char) -> String {
    if c.is_control() {
        c.escape_default().to_string()
    } else {
        c.to_string()
    }
}

fn split_scheme(text: &str) -> Result<(Option<Scheme>, &str), HostError> {
    let Some((name, rest)) = text.split_once("://") else {
        let name = text.split_once(':').map_or("", |(name, _)| name);
        return match [Scheme::Http, Scheme::Https]
            .into_iter()
            .find(|scheme| name.eq_ignore_ascii_case(scheme.name()))
        {
            Some(scheme) => Err(HostError::Slashes { scheme: scheme.name() }),
            None => Ok((None, text)),
        };
    };
    if name.contains(['/', '?', '#']) {
        return Ok((None, text));
    }
    match name.to_ascii_lowercase().as_str() {
        "http" => Ok((Some(Scheme::Http), rest)),
        "https" => Ok((Some(Scheme::Https), rest)),
        _ => Err(HostError::Scheme { scheme: shown(name) }),
    }
}

/// A port that says no more than the scheme does is dropped, an empty one too (RFC 3986, 3.2.3).
fn without_port(authority: &str, scheme: Option<Scheme>) -> Result<&str, HostError> {
    if authority.starts_with('[') || authority.parse::<Ipv6Addr>().is_ok() {
        return Err(HostError::Address { text: shown(authority) });
    }
    let Some((host, port)) = authority.rsplit_once(':') else {
        return Ok(authority);
    };
    match (port, scheme) {
        ("", _) | ("443", Some(Scheme::Https) | None) | ("80", Some(Scheme::Http)) => Ok(host),
        _ if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => Err(HostError::Port { port: shown(port) }),
        _ => Err(HostError::BadPort),
    }
}

/// Addresses, and names whose last label is a number, which browsers read as addresses (WHATWG URL, host parsing).
fn is_address(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<Ipv4Addr>().is_ok()
        || bare.parse::<Ipv6Addr>().is_ok()
        || bare
            .rsplit('.')
            .next()
            .is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()))
}

/// Checks escapes and encodes what is not ASCII, as browsers do before they send a path.
fn encoded(path: &str) -> Result<String, HostError> {
    let mut out = String::with_capacity(path.len());
    for (i, c) in path.char_indices() {
        match c {
            '%' => {
                let escape: String = path[i..].chars().take(3).collect();
                if escape.len() != 3 || !escape.bytes().skip(1).all(|b| b.is_ascii_hexdigit()) {
                    return Err(HostError::PathEscape { text: shown(&escape) });
                }
                out.push('%');
            }
            c if c.is_whitespace() || c.is_control() || matches!(c, '\\' | '"' | '<' | '>') => {
                return Err(HostError::PathCharacter { c });
            }
            c if c.is_ascii() => out.push(c),
            c => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    out.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    Ok(out)
}

/// `.` and `..` taken out; a path without any segment is `/`.
fn resolve_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut directory = true;
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        directory = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    let mut out = String::new();
    for segment in &kept {
        out.push('/');
        out.push_str(segment);
    }
    if (directory && !out.ends_with('/')) || out.is_empty() {
        out.push('/');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hosts_and_urls_are_read() {
        for (text, read) in [
            ("www.example.com", "https://www.example.com/"),
            ("WWW.Example.COM.", "https://www.example.com/"),
            (" www.example.com ", "https://www.example.com/"),
            ("http://example.com", "http://example.com/"),
            (
                "HTTPS://example.com:443/a/b.html?x=1#top",
                "https://example.com/a/b.html?x=1",
            ),
            ("http://example.com:80/", "http://example.com/"),
            ("https://example.com:/", "https://example.com/"),
            ("example.com/a//b/", "https://example.com/a//b/"),
            ("example.com?x=/y", "https://example.com/?x=/y"),
            ("example.com/a/../b/./c/..", "https://example.com/b/"),
            ("example.com/../../x", "https://example.com/x"),
            ("example.com/caf\u{e9}", "https://example.com/caf%C3%A9"),
            ("example.com/a%20b", "https://example.com/a%20b"),
            ("xn--bcher-kva.example.com", "https://xn--bcher-kva.example.com/"),
            ("_dmarc.example.com", "https://_dmarc.example.com/"),
            (
                "example.com/redirect?to=http://example.org",
                "https://example.com/redirect?to=http://example.org",
            ),
        ] {
            match Visit::parse(text) {
                Ok(visit) => assert_eq!(visit.to_string(), read, "{text}"),
                Err(error) => panic!("{text}: {error}"),
            }
        }
    }

    #[test]
    fn what_cannot_be_traced_is_said_in_one_line() {
        for (text, message) in [
            ("", "no host given; name one like www.example.com, or a URL"),
            ("   ", "no host given; name one like www.example.com, or a URL"),
            ("https://", "no host given; name one like www.example.com, or a URL"),
            ("/path/only", "no host given; name one like www.example.com, or a URL"),
            (
                "ftp://example.com",
                "\"ftp://\" cannot be traced: CloudFront serves http and https",
            ),
            (
                "https://user:pw@example.com",
                "the URL holds a user name or password before \"@\"; give it without",
            ),
            (
                "example.com:8080",
                "port 8080 cannot be traced: CloudFront answers on 80 for http and 443 for https",
            ),
            (
                "http://example.com:443",
                "port 443 cannot be traced: CloudFront answers on 80 for http and 443 for https",
            ),
            (
                "example.com:http",
                "what follows the colon behind the host is no port number",
            ),
            (
                "https://user:pass/word@example.com",
                "what follows the colon behind the host is no port number",
            ),
            (
                "https:/example.com",
                "a URL has two slashes behind \"https:\", like https://www.example.com",
            ),
            (
                "HTTP:example.com",
                "a URL has two slashes behind \"http:\", like http://www.example.com",
            ),
            (
                "https://:443/",
                "no host given; name one like www.example.com, or a URL",
            ),
            (
                "192.0.2.1",
                "\"192.0.2.1\" is an IP address; give the host name that visitors use",
            ),
            (
                "https://[2001:db8::1]/",
                "\"[2001:db8::1]\" is an IP address; give the host name that visitors use",
            ),
            (
                "2001:db8::1",
                "\"2001:db8::1\" is an IP address; give the host name that visitors use",
            ),
            (
                "999.1.1.1",
                "\"999.1.1.1\" is an IP address; give the host name that visitors use",
            ),
            ("exam ple.com", "\"exam ple.com\" holds a space"),
            (
                "b\u{fc}cher.example.com",
                "\"b\u{fc}cher.example.com\" holds \"\u{fc}\"; give the name as DNS holds it, in punycode (xn--…)",
            ),
            (
                "*.example.com",
                "\"*.example.com\" is a wildcard; name one host that it covers",
            ),
            ("exa$mple.com", "\"exa$mple.com\" holds '$', which no host name can"),
            (
                "a..example.com",
                "\"a..example.com\" has an empty part between two dots or before the first",
            ),
            (
                "-a.example.com",
                "\"-a\" begins or ends with a hyphen, which no part of a host name may",
            ),
            (
                "localhost",
                "\"localhost\" is a single word; give the full host name, like www.example.com",
            ),
            ("example.com/a b", "the path holds ' '; write it percent-encoded"),
            (
                "example.com/100%",
                "the path holds \"%\", which is no percent-escape; a percent sign itself is %25",
            ),
            ("example.com\\a", "the path holds '\\\\'; write it percent-encoded"),
        ] {
            match Visit::parse(text) {
                Ok(visit) => panic!("{text} is read as {visit}"),
                Err(error) => assert_eq!(error.to_string(), message, "{text}"),
            }
        }
        let long = "a".repeat(64);
        assert!(matches!(
            Host::parse(&format!("{long}.com")),
            Err(HostError::LongLabel { length: 64, .. })
        ));
        assert!(matches!(Host::parse(&"a.".repeat(150)), Err(HostError::Long { .. })));
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer(text in ".{0,80}") {
            if let Err(error) = Visit::parse(&text) {
                prop_assert!(!error.to_string().contains('\n'));
            }
        }

        #[test]
        fn what_is_printed_reads_back_the_same(text in "(https?://)?[a-zA-Z0-9_.-]{1,20}(:443)?(/[a-z%2.]{0,4}){0,4}(\\?[a-z=]{0,4})?") {
            if let Ok(visit) = Visit::parse(&text) {
                prop_assert_eq!(Visit::parse(&visit.to_string()), Ok(visit));
            }
        }
    }
}
