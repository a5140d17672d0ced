//! Patterns of the policy language: `*`, `?` and, since version 2012-10-17, `${variables}`.
//!
//! Three questions are asked of them: does a text match, does one pattern contain another, and
//! does a pattern cover, touch or miss every key under a prefix.

use super::tri::Tri;

/// The language a document is written in, by its `Version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// `2008-10-17`, also when `Version` is missing: `${…}` is plain text.
    Y2008,
    /// `2012-10-17`: `${…}` is a variable, and `${*}`, `${?}`, `${$}` are the plain characters.
    Y2012,
}

/// One step of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any run of characters, empty too.
    Many,
    /// `${key}` or `${key, 'default'}`; the key in lower case.
    Variable { key: String, default: Option<String> },
}

/// What a variable stands for in one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Binding {
    Text(String),
    Absent,
    Unknown,
}

impl Binding {
    /// The same for a comparison that ignores case.
    pub(super) fn to_lowercase(&self) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.to_lowercase()),
            other => other.clone(),
        }
    }
}

/// A tokenised pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    tokens: Vec<Token>,
}

impl Pattern {
    /// A pattern in which `*` and `?` are wildcards.
    pub(super) fn glob(text: &str, language: Language) -> Self {
        Self {
            tokens: spans(text, language).map(|(token, _)| token).collect(),
        }
    }

    /// A pattern in which `*` and `?` stand for themselves, as in `StringEquals`.
    pub(super) fn literal(text: &str, language: Language) -> Self {
        let plain = |(token, _)| match token {
            Token::One => Token::Char('?'),
            Token::Many => Token::Char('*'),
            other => other,
        };
        Self {
            tokens: spans(text, language).map(plain).collect(),
        }
    }

    /// The pattern that matches every text beginning with `prefix` that is longer than it.
    fn under(prefix: &str) -> Self {
        let mut tokens: Vec<Token> = prefix.chars().map(Token::Char).collect();
        tokens.extend([Token::One, Token::Many]);
        Self { tokens }
    }

    /// Puts values in place of variables. None when a variable has no value: such a pattern
    /// matches nothing. A variable whose value is unknown stays.
    pub(super) fn bind(&self, lookup: &dyn Fn(&str) -> Binding) -> Option<Self> {
        let mut tokens = Vec::with_capacity(self.tokens.len());
        for token in &self.tokens {
            let Token::Variable { key, default } = token else {
                tokens.push(token.clone());
                continue;
            };
            match (lookup(key), default) {
                (Binding::Text(text), _) => tokens.extend(text.chars().map(Token::Char)),
                (Binding::Absent, Some(text)) => tokens.extend(text.chars().map(Token::Char)),
                (Binding::Absent, None) => return None,
                (Binding::Unknown, _) => tokens.push(token.clone()),
            }
        }
        Some(Self { tokens })
    }

    /// Keys of the variables left in the pattern.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter_map(|token| match token {
            Token::Variable { key, .. } => Some(key.as_str()),
            _ => None,
        })
    }

    /// Whether anything but plain characters occurs.
    pub(super) fn is_open(&self) -> bool {
        self.tokens.iter().any(|token| !matches!(token, Token::Char(_)))
    }

    /// Whether `text` matches; unknown where that depends on an unbound variable.
    pub(super) fn matches(&self, text: &str) -> Tri {
        let subject: Vec<Token> = text.chars().map(Token::Char).collect();
        self.weigh(|tokens| Tri::from(run(tokens, &subject)))
    }

    /// Whether every key under the prefix matches (true), none can (false), or some (unknown).
    pub(super) fn covers_all_under(&self, prefix: &str) -> Tri {
        let subject = Self::under(prefix).tokens;
        self.weigh(|tokens| {
            if run(tokens, &subject) {
                Tri::True
            } else if survives(tokens, prefix) {
                Tri::Unknown
            } else {
                Tri::False
            }
        })
    }

    /// Whether everything that `other` matches is matched by `self`, proven symbolically: only
    /// `*` may swallow a `*` or a variable of the other side. May miss a containment, never
    /// claims one that is not there.
    pub(super) fn contains(&self, other: &Self) -> bool {
        run(&self.tokens, &other.tokens)
    }

    /// Matches colon segment by colon segment, as the Arn operators do. A pattern of fewer than
    /// six segments is undocumented: unknown, unless even the whole text does not fit.
    pub(super) fn matches_arn(&self, arn: &str) -> Tri {
        const SEGMENTS: usize = 6;
        let is_colon = |token: &Token| *token == Token::Char(':');
        let own: Vec<Self> = self
            .tokens
            .splitn(SEGMENTS, is_colon)
            .map(|tokens| Self {
                tokens: tokens.to_vec(),
            })
            .collect();
        let theirs: Vec<&str> = arn.splitn(SEGMENTS, ':').collect();
        if self.variables().next().is_some() || own.len() < SEGMENTS || theirs.len() < SEGMENTS {
            return self.matches(arn).and(Tri::Unknown);
        }
        Tri::all(own.iter().zip(theirs).map(|(own, text)| own.matches(text)))
    }

    /// Asks with unbound variables as `*`: a "no" then is certain, anything else is not.
    fn weigh(&self, ask: impl Fn(&[Token]) -> Tri) -> Tri {
        if self.variables().next().is_none() {
            return ask(&self.tokens);
        }
        let loose: Vec<Token> = self
            .tokens
            .iter()
            .map(|token| match token {
                Token::Variable { .. } => Token::Many,
                other => other.clone(),
            })
            .collect();
        ask(&loose).and(Tri::Unknown)
    }
}

/// The spelling with wildcard runs in normal form: `**` as `*`, `*?` as `?*`.
pub(super) fn collapse(text: &str, language: Language) -> String {
    let mut result = String::with_capacity(text.len());
    let mut many = false;
    for (token, written) in spans(text, language) {
        match token {
            Token::Many => many = true,
            Token::One => result.push('?'),
            _ => {
                if std::mem::take(&mut many) {
                    result.push('*');
                }
                result.push_str(written);
            }
        }
    }
    if many {
        result.push('*');
    }
    result
}

/// Tokens with the text each was read from.
fn spans(text: &str, language: Language) -> impl Iterator<Item = (Token, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (token, length) = variable(rest, language).unwrap_or_else(|| {
            let token = match first {
                '*' => Token::Many,
                '?' => Token::One,
                other => Token::Char(other),
            };
            (token, first.len_utf8())
        });
        let (written, after) = rest.split_at(length);
        rest = after;
        Some((token, written))
    })
}

/// A `${…}` at the start of the text, and its length in bytes.
fn variable(text: &str, language: Language) -> Option<(Token, usize)> {
    if language == Language::Y2008 {
        return None;
    }
    let inner = text.strip_prefix("${")?;
    let end = inner.find('}')?;
    let inner = &inner[..end];
    let length = end + "${}".len();
    let token = match inner {
        "*" => Token::Char('*'),
        "?" => Token::Char('?'),
        "$" => Token::Char('$'),
        _ => {
            let (key, default) = match inner.split_once(',') {
                Some((key, default)) => (key, Some(default.trim().trim_matches('\'').to_owned())),
                None => (inner, None),
            };
            Token::Variable {
                key: key.trim().to_lowercase(),
                default,
            }
        }
    };
    Some((token, length))
}

/// Glob match of a pattern over a subject that may itself hold wildcards and variables: those
/// are matched by `*`, a `?` also by `?`, a variable also by itself.
fn run(pattern: &[Token], subject: &[Token]) -> bool {
    let (mut p, mut s) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while s < subject.len() {
        match pattern.get(p) {
            Some(Token::Many) => {
                retry = Some((p + 1, s));
                p += 1;
            }
            Some(token) if takes(token, &subject[s]) => {
                p += 1;
                s += 1;
            }
            _ => match retry {
                Some((after, from)) => {
                    p = after;
                    s = from + 1;
                    retry = Some((after, s));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|token| *token == Token::Many)
}

fn takes(pattern: &Token, subject: &Token) -> bool {
    match pattern {
        Token::One => matches!(subject, Token::Char(_) | Token::One),
        Token::Many => true,
        exact => exact == subject,
    }
}

/// Whether some text beginning with `prefix` can match: the automaton is alive after it.
fn survives(pattern: &[Token], prefix: &str) -> bool {
    let mut alive = vec![false; pattern.len() + 1];
    alive[0] = true;
    skip_runs(pattern, &mut alive);
    for letter in prefix.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (state, token) in pattern.iter().enumerate() {
            if !alive[state] {
                continue;
            }
            match token {
                Token::Many => next[state] = true,
                other if takes(other, &Token::Char(letter)) => next[state + 1] = true,
                _ => {}
            }
        }
        skip_runs(pattern, &mut next);
        alive = next;
    }
    // The last state means "matched, and nothing may follow": only the prefix itself.
    alive[..pattern.len()].contains(&true)
}

fn skip_runs(pattern: &[Token], alive: &mut [bool]) {
    for (state, token) in pattern.iter().enumerate() {
        if alive[state] && *token == Token::Many {
            alive[state + 1] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{Y2008, Y2012};
    use super::*;

    fn glob(text: &str) -> Pattern {
        Pattern::glob(text, Y2012)
    }

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get*", "s3:PutObject", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*a*b", "xaxxb", true),
            ("*a*b", "xaxxbc", false),
            ("*.html", "a/b.html", true),
            ("${*}", "*", true),
            ("${*}", "x", false),
            ("ü?", "üx", true),
        ] {
            assert_eq!(glob(pattern).matches(text), Tri::from(expected), "{pattern} on {text}");
        }
    }

    #[test]
    fn runs_collapse_outside_variables() {
        assert_eq!(collapse("a**b*?c*?*?", Y2012), "a*b?*c??*");
        assert_eq!(collapse("${*}*${*}", Y2012), "${*}*${*}");
        assert_eq!(collapse("${aws:username}**", Y2012), "${aws:username}*");
        assert_eq!(collapse("${**}", Y2008), "${*}");
        assert_eq!(collapse("${", Y2012), "${");
    }

    #[test]
    fn containment_is_proven_not_probed() {
        for (wide, narrow, expected) in [
            ("s3:get*", "s3:getobject", true),
            ("b/*", "b/x/*", true),
            ("b/x/*", "b/*", false),
            ("*", "?*", true),
            ("?*", "*", false),
            ("?", "*", false),
            ("b/?*", "b/?", true),
            ("b/*", "b/${aws:username}", true),
            ("b/?", "b/${aws:username}", false),
            ("b/${aws:username}*", "b/${aws:UserName}", true),
            ("a*c", "abbb*c", true),
        ] {
            assert_eq!(glob(wide).contains(&glob(narrow)), expected, "{wide} over {narrow}");
        }
    }

    #[test]
    fn prefixes_are_covered_touched_or_missed() {
        for (pattern, prefix, expected) in [
            ("b/*", "b/", Tri::True),
            ("b/?*", "b/", Tri::True),
            ("b/prod/*", "b/", Tri::Unknown),
            ("b/prod/*", "b/prod/", Tri::True),
            ("b/prod/*", "b/stage/", Tri::False),
            ("b/*.html", "b/", Tri::Unknown),
            ("b/?", "b/", Tri::Unknown),
            ("b", "b/", Tri::False),
            ("b/", "b/", Tri::False),
            ("*/x", "b/", Tri::Unknown),
        ] {
            assert_eq!(
                glob(pattern).covers_all_under(prefix),
                expected,
                "{pattern} under {prefix}"
            );
        }
    }

    #[test]
    fn variables_bind_default_or_stay_open() {
        let pattern = glob("b/${aws:username, 'nobody'}/x");
        let absent = pattern.bind(&|_| Binding::Absent).unwrap();
        assert_eq!(absent.matches("b/nobody/x"), Tri::True);
        assert!(glob("${a:b}").bind(&|_| Binding::Absent).is_none());
        let unknown = pattern.bind(&|_| Binding::Unknown).unwrap();
        assert_eq!(unknown.matches("b/eve/x"), Tri::Unknown);
        assert_eq!(unknown.matches("c/eve/x"), Tri::False);
        // A value is plain text: its own asterisk is no wildcard.
        let known = glob("${k}").bind(&|_| Binding::Text("*".into())).unwrap();
        assert_eq!(known.matches("x"), Tri::False);
    }

    #[test]
    fn arn_wildcards_do_not_cross_colons() {
        let own = "arn:aws:cloudfront::1:distribution/E1";
        let arn = |pattern| glob(pattern).matches_arn(own);
        assert_eq!(arn("arn:aws:cloudfront::1:distribution/*"), Tri::True);
        assert_eq!(arn("arn:aws:cloudfront:us-east-1:1:distribution/E1"), Tri::False);
        assert_eq!(arn("arn:aws:*:distribution/E1"), Tri::Unknown);
        assert_eq!(arn("x:*"), Tri::False);
    }
}
