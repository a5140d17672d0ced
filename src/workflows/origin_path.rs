//! Following a distribution's configuration from `get-distribution-config` to `update-distribution`.
//!
//! A deployment that serves each version from a prefix of its own reads the configuration, lets `jq`
//! or `sed` write the new origin path into it, and sends it back. What such a program sets is read
//! from its text; the configuration itself stays unknown.

use super::targets::OriginSelector;
use super::text::{Text, is_stand_in};

/// A configuration on its way, and what has been set in it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigEdit {
    /// How the configuration came about, for people.
    pub(crate) expression: String,

    pub(crate) origin_path: Option<Text>,
    pub(crate) origins: OriginSelector,
    pub(crate) default_root_object: Option<Text>,
}

impl ConfigEdit {
    /// A configuration as it was read.
    pub(crate) fn read(expression: String) -> Self {
        Self {
            expression,
            origin_path: None,
            origins: OriginSelector::All,
            default_root_object: None,
        }
    }

    /// The configuration after a program was applied to it; `arguments` are the values that the
    /// program refers to as `$name`.
    pub(crate) fn edited(&self, program: &Text, arguments: &[(String, Text)]) -> Self {
        let mut edited = self.clone();
        if let Some(value) = assigned(program, "OriginPath", arguments) {
            edited.origin_path = Some(value);
            edited.origins = selector(program, arguments);
        }
        if let Some(value) = assigned(program, "DefaultRootObject", arguments) {
            edited.default_root_object = Some(value);
        }
        edited
    }
}

/// Whether a program sets anything that this module follows.
pub(crate) fn sets_something(program: &Text, arguments: &[(String, Text)]) -> bool {
    assigned(program, "OriginPath", arguments).is_some() || assigned(program, "DefaultRootObject", arguments).is_some()
}

/// The value that a program assigns to a member: `.OriginPath = "/x"`, `.OriginPath |= $path`,
/// `.["OriginPath"] = …`, `"OriginPath": "/x"` (the replacement of a `sed` or an object merged in).
fn assigned(program: &Text, member: &str, arguments: &[(String, Text)]) -> Option<Text> {
    let flat = program.flatten();
    let mut found = None;
    let mut from = 0;
    while let Some(at) = flat[from..].find(member).map(|at| from + at + member.len()) {
        from = at;
        let mut rest = flat[at..].trim_start_matches(['"', '\\', ']', '\'', ')']).trim_start();
        if rest.starts_with("==") {
            continue;
        }
        let sign = ["|=", "=", ":"].iter().find(|sign| rest.starts_with(**sign));
        let Some(sign) = sign else { continue };
        rest = rest[sign.len()..].trim_start();
        if let Some(value) = expression(program, rest, arguments) {
            found = Some(value);
        }
    }
    found
}

/// A jq string or variable, or several joined with `+`.
fn expression(program: &Text, rest: &str, arguments: &[(String, Text)]) -> Option<Text> {
    let (first, rest) = operand(program, rest.trim_start_matches('(').trim_start(), arguments)?;
    let mut value = first;
    let mut rest = rest.trim_start();
    while let Some(next) = rest.strip_prefix('+') {
        let (more, after) = operand(program, next.trim_start(), arguments)?;
        value.extend(&more);
        rest = after.trim_start();
    }
    Some(value)
}

fn operand<'a>(program: &Text, rest: &'a str, arguments: &[(String, Text)]) -> Option<(Text, &'a str)> {
    let unescaped = rest.trim_start_matches('\\');
    if let Some(quoted) = unescaped.strip_prefix('"') {
        let end = quoted.find('"')?;
        let inside = quoted[..end].trim_end_matches('\\');
        // A pattern such as ".*" or "[^"]*" is what sed looks for, not what it writes.
        if inside.contains(['*', '[']) {
            return None;
        }
        return Some((interpolated(program, inside, arguments), &quoted[end + 1..]));
    }
    if let Some(name) = rest.strip_prefix('$') {
        let end = name
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(name.len());
        let (name, after) = name.split_at(end);
        let name = name.strip_prefix("ENV.").unwrap_or(name);
        let (_, value) = arguments.iter().find(|(known, _)| known == name)?;
        return Some((value.clone(), after));
    }
    let first = rest.chars().next()?;
    if is_stand_in(first) {
        return Some((program.unflatten(&rest[..first.len_utf8()]), &rest[first.len_utf8()..]));
    }
    None
}

/// Replaces `\(…)` of a jq string by the argument it names.
fn interpolated(program: &Text, inside: &str, arguments: &[(String, Text)]) -> Text {
    let mut value = Text::new();
    let mut rest = inside;
    while let Some(at) = rest.find("\\(") {
        value.extend(&program.unflatten(&rest[..at]));
        let Some(end) = rest[at..].find(')') else { break };
        let name = rest[at + 2..at + end].trim().trim_start_matches('$');
        let name = name.strip_prefix("ENV.").unwrap_or(name);
        match arguments.iter().find(|(known, _)| known == name) {
            Some((_, argument)) => value.extend(argument),
            None => value.extend(&program.unflatten(&rest[at..at + end + 1])),
        }
        rest = &rest[at + end + 1..];
    }
    value.extend(&program.unflatten(rest));
    value
}

/// Which origins the program's assignment reaches.
fn selector(program: &Text, arguments: &[(String, Text)]) -> OriginSelector {
    let flat = program.flatten();
    let quoted = |marker: &str| -> Option<Text> {
        let at = flat.find(marker)? + marker.len();
        let rest = flat[at..].trim_start_matches([' ', '(']);
        operand(program, rest, arguments).map(|(value, _)| value)
    };
    for id in [".Id", ".id"] {
        for glue in [" | ", "|", " |", "| "] {
            if let Some(value) = quoted(&format!("{id}{glue}contains")) {
                return OriginSelector::IdContains(value);
            }
            if let Some(value) = quoted(&format!("{id}{glue}test")) {
                return OriginSelector::IdContains(value);
            }
        }
        for glue in [" == ", "==", "== ", " =="] {
            if let Some(value) = quoted(&format!("{id}{glue}")) {
                return OriginSelector::IdIs(value);
            }
        }
    }
    for glue in [" | ", "|", " |", "| "] {
        for verb in ["contains", "startswith", "test", "endswith"] {
            if let Some(value) = quoted(&format!(".DomainName{glue}{verb}")) {
                return OriginSelector::DomainContains(value);
            }
        }
    }
    for glue in [" == ", "=="] {
        if let Some(value) = quoted(&format!(".DomainName{glue}")) {
            return OriginSelector::DomainIs(value);
        }
    }
    if flat.contains("select(") || flat.contains("if ") {
        return OriginSelector::NotUnderstood;
    }
    match flat.split_once("Items[") {
        Some((_, rest)) => match rest.split_once(']') {
            Some((index, _)) if index.trim().is_empty() => OriginSelector::All,
            Some((index, _)) => index
                .trim()
                .parse()
                .map_or(OriginSelector::NotUnderstood, OriginSelector::Index),
            None => OriginSelector::NotUnderstood,
        },
        None => OriginSelector::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(program: &str, arguments: &[(&str, &str)]) -> ConfigEdit {
        let arguments: Vec<(String, Text)> = arguments
            .iter()
            .map(|(name, value)| (name.to_string(), Text::literal(*value)))
            .collect();
        ConfigEdit::read("config".into()).edited(&Text::literal(program), &arguments)
    }

    #[test]
    fn jq_programs_that_set_the_origin_path_are_read() {
        let by_id = edit(
            r#".DistributionConfig.Origins.Items |= map(if (.Id | contains("website")) then .OriginPath = "/1.2" else . end)"#,
            &[],
        );
        assert_eq!(by_id.origin_path, Some(Text::literal("/1.2")));
        assert_eq!(by_id.origins, OriginSelector::IdContains(Text::literal("website")));
        let first = edit(".Origins.Items[0].OriginPath = $path", &[("path", "/v7")]);
        assert_eq!(first.origin_path, Some(Text::literal("/v7")));
        assert_eq!(first.origins, OriginSelector::Index(0));
        let all = edit(r#".Origins.Items[].OriginPath |= "/" + $v"#, &[("v", "abc")]);
        assert_eq!(all.origin_path, Some(Text::literal("/abc")));
        assert_eq!(all.origins, OriginSelector::All);
        let interpolated = edit(
            r#"(.Origins.Items[] | select(.Id == "site") | .OriginPath) = "/r/\($v)""#,
            &[("v", "9")],
        );
        assert_eq!(interpolated.origin_path, Some(Text::literal("/r/9")));
        assert_eq!(interpolated.origins, OriginSelector::IdIs(Text::literal("site")));
    }

    #[test]
    fn a_replacement_of_sed_is_read_and_its_pattern_is_not() {
        let edited = edit(r#"s|"OriginPath": ".*"|"OriginPath": "/2.0"|"#, &[]);
        assert_eq!(edited.origin_path, Some(Text::literal("/2.0")));
    }

    #[test]
    fn a_comparison_is_no_assignment() {
        assert_eq!(edit(r#"select(.OriginPath == "/x")"#, &[]).origin_path, None);
    }

    #[test]
    fn the_root_object_can_be_what_is_set() {
        let edited = edit(r#".DefaultRootObject = "v3/index.html""#, &[]);
        assert_eq!(edited.default_root_object, Some(Text::literal("v3/index.html")));
    }
}
