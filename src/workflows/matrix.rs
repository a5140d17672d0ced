//! Expanding a job's matrix into its combinations.
//! <https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations>

use super::text::Source;
use super::value::{Value, number_text};
use super::yaml::{Kind, Node};

/// GitHub refuses a matrix with more jobs than this.
const MAX_JOBS: usize = 256;

/// One combination: the `matrix` context of one job.
pub(crate) type Combination = Vec<(String, Value)>;

/// The entry of an object that stands for all that are not listed.
const OTHERS: &str = "*";

/// All combinations of a job's `strategy`; what is computed at run time leaves open values.
///
/// `render` evaluates a node's expressions.
pub(crate) fn combinations(strategy: Option<&Node>, render: &mut dyn FnMut(&Node) -> Value) -> Vec<Combination> {
    let matrix = strategy
        .map(|node| as_value(node, render))
        .map(|strategy| match strategy {
            Value::Object(_) => strategy.get("matrix").cloned().unwrap_or(Value::Null),
            // The whole strategy is one expression.
            computed => computed,
        });
    let entries = match matrix {
        None | Some(Value::Null) => return vec![Vec::new()],
        Some(Value::Object(entries)) => entries,
        Some(computed) => return vec![vec![others(&computed)]],
    };
    let listed = |key: &str| -> Vec<Value> {
        entries
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| match value {
                Value::Array(items) => items.clone(),
                other => vec![other.clone()],
            })
            .unwrap_or_default()
    };
    let mut all: Vec<Combination> = vec![Vec::new()];
    let mut axes: Vec<String> = Vec::new();
    for (name, value) in &entries {
        if name.eq_ignore_ascii_case("include") || name.eq_ignore_ascii_case("exclude") {
            continue;
        }
        axes.push(name.clone());
        let values = match value {
            Value::Array(items) => items.clone(),
            other => vec![open_element(name, other)],
        };
        let mut next = Vec::new();
        for combination in &all {
            for value in &values {
                let mut longer = combination.clone();
                longer.push((name.clone(), value.clone()));
                next.push(longer);
                if next.len() >= MAX_JOBS {
                    break;
                }
            }
        }
        all = next;
    }
    exclude(&mut all, &listed("exclude"));
    if axes.is_empty() {
        all.clear();
    }
    include(&mut all, &listed("include"), &axes);
    all.truncate(MAX_JOBS);
    all
}

/// An element of a list that is not known: the job runs once for each, whatever they are.
fn open_element(name: &str, list: &Value) -> Value {
    computed(list).map_or_else(|| list.clone(), |why| open(name, &why))
}

/// The value of an axis that only the run knows.
fn open(name: &str, why: &str) -> Value {
    Value::open(format!("matrix.{name}"), Source::Matrix, why)
}

/// The entry that stands for whatever a computed matrix holds.
fn others(matrix: &Value) -> (String, Value) {
    let why = computed(matrix).unwrap_or_else(|| "the matrix is not a mapping".to_owned());
    (OTHERS.to_owned(), Value::open("matrix", Source::Matrix, &why))
}

/// Why a value is not known before the workflow runs; `None` for one that is.
fn computed(value: &Value) -> Option<String> {
    if matches!(value, Value::Split(_)) {
        return Some("the matrix depends on a condition".to_owned());
    }
    let text = value.to_text();
    let open = text.open_parts().next()?;
    Some(format!("the matrix is computed from {}", open.expression))
}

/// Removes the combinations that an entry of `exclude` names. Of those that a computed one may name nobody knows whether
/// they run: together they are one whose values are open.
fn exclude(all: &mut Vec<Combination>, rules: &[Value]) {
    let mut kept = Vec::new();
    for mut combination in all.drain(..) {
        match rules.iter().map(|rule| covers(rule, &combination)).max() {
            Some(Covers::Yes) => {}
            Some(Covers::Maybe(why)) => {
                for (name, value) in &mut combination {
                    *value = open(name, &why);
                }
                if !kept.contains(&combination) {
                    kept.push(combination);
                }
            }
            Some(Covers::No) | None => kept.push(combination),
        }
    }
    *all = kept;
}

/// Whether an entry of `exclude` names a combination, the surer the greater.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Covers {
    No,
    /// It is computed, and from what.
    Maybe(String),
    Yes,
}

fn covers(rule: &Value, combination: &Combination) -> Covers {
    let maybe = |value: &Value| computed(value).map_or(Covers::No, Covers::Maybe);
    let Value::Object(entries) = rule else {
        return maybe(rule);
    };
    let fits = |(name, value): &(String, Value)| {
        let axis = combination.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        match axis {
            Some((_, other)) if other == value => Covers::Yes,
            Some(_) => maybe(value),
            None => Covers::No,
        }
    };
    entries.iter().map(fits).min().unwrap_or(Covers::Yes)
}

/// An entry of `include` is added to every combination whose axes it does not change; one that fits
/// none becomes a combination of its own.
fn include(all: &mut Vec<Combination>, entries: &[Value], axes: &[String]) {
    let original = all.len();
    for entry in entries {
        let Value::Object(extra) = entry else {
            if computed(entry).is_some() {
                // It may add to each combination, and combinations of its own.
                all.iter_mut().for_each(|combination| combination.push(others(entry)));
                all.push(vec![others(entry)]);
            }
            continue;
        };
        let is_axis = |name: &str| axes.iter().any(|axis| axis.eq_ignore_ascii_case(name));
        let mut fitted = false;
        for combination in all.iter_mut().take(original) {
            let fits = extra.iter().filter(|(name, _)| is_axis(name)).all(|(name, value)| {
                combination
                    .iter()
                    .any(|(key, other)| key.eq_ignore_ascii_case(name) && other == value)
            });
            if !fits {
                continue;
            }
            fitted = true;
            for (name, value) in extra.iter().filter(|(name, _)| !is_axis(name)) {
                combination.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
                combination.push((name.clone(), value.clone()));
            }
        }
        if !fitted {
            all.push(extra.clone());
        }
    }
}

/// A YAML node as a value, its texts evaluated.
pub(crate) fn as_value(node: &Node, render: &mut dyn FnMut(&Node) -> Value) -> Value {
    match &node.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Number(value) => Value::Number(*value),
        Kind::Text(_) => render(node),
        Kind::List(items) => Value::Array(items.iter().map(|n| as_value(n, render)).collect()),
        Kind::Map(entries) => Value::Object(
            entries
                .iter()
                .map(|e| (e.key.clone(), as_value(&e.value, render)))
                .collect(),
        ),
    }
}

/// The combination for people: scalar values by name.
pub(crate) fn describe(combination: &Combination) -> Vec<(String, String)> {
    combination
        .iter()
        .filter(|(name, _)| name != OTHERS)
        .filter_map(|(name, value)| match value {
            Value::Number(number) => Some((name.clone(), number_text(*number))),
            Value::Text(text) => Some((name.clone(), text.display())),
            Value::Bool(flag) => Some((name.clone(), flag.to_string())),
            Value::Object(entries) => {
                let shown: Vec<String> = describe(entries)
                    .into_iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                Some((name.clone(), shown.join(", ")))
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::scope::descend;
    use crate::workflows::yaml;

    fn expanded(matrix: &str) -> Vec<String> {
        let indented: String = matrix.lines().map(|line| format!("  {line}\n")).collect();
        let node = yaml::parse("w.yml", &format!("matrix:\n{indented}")).expect("YAML");
        combinations(Some(&node), &mut |n| Value::literal(n.text().unwrap_or_default()))
            .iter()
            .map(|c| {
                describe(c)
                    .into_iter()
                    .map(|(k, v)| format!("{k}={v}"))
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    }

    #[test]
    fn axes_multiply_and_exclude_removes() {
        assert_eq!(
            expanded("env: [dev, prod]\nos: [a, b]\nexclude: [{env: dev, os: b}]\n"),
            ["env=dev os=a", "env=prod os=a", "env=prod os=b"]
        );
    }

    #[test]
    fn include_extends_or_adds() {
        assert_eq!(
            expanded("env: [dev, prod]\ninclude:\n  - {env: prod, bucket: live}\n  - {env: qa, bucket: test}\n"),
            ["env=dev", "env=prod bucket=live", "env=qa bucket=test"]
        );
        assert_eq!(
            expanded("include: [{site: a, bucket: x}, {site: b, bucket: y}]"),
            ["site=a bucket=x", "site=b bucket=y"]
        );
    }

    /// Nothing of a computed matrix may pass for empty: `s3://site-${{ matrix.env }}` is no bucket `site-`.
    #[test]
    fn a_computed_matrix_leaves_its_values_open() {
        for strategy in [
            "'${{ fromJSON(x) }}'",
            "{matrix: '${{ fromJSON(x) }}'}",
            "{matrix: {env: '${{ fromJSON(x) }}'}}",
            "{matrix: {include: '${{ fromJSON(x) }}'}}",
            "{matrix: {other: [a], include: '${{ fromJSON(x) }}'}}",
            "{matrix: {env: [a, b], exclude: '${{ fromJSON(x) }}'}}",
            "{matrix: {env: [a, b], exclude: ['${{ fromJSON(x) }}']}}",
            "{matrix: {env: [a, b], exclude: [{env: '${{ fromJSON(x) }}'}]}}",
        ] {
            let node = yaml::parse("w.yml", strategy).expect("YAML");
            let mut render = |node: &Node| match node.text() {
                Some(text) if text.starts_with("${{") => Value::open("fromJSON(x)", Source::Run, "it is computed"),
                text => Value::literal(text.unwrap_or_default()),
            };
            let all = combinations(Some(&node), &mut render);
            assert!(!all.is_empty(), "{strategy}");
            for combination in all {
                let matrix = Value::Object(combination);
                let path = ["env".to_owned()];
                let value = descend(&matrix, &path, "matrix.env", Source::Matrix).to_text();
                assert_eq!(value.display(), "matrix.env", "{strategy}");
                let open: Vec<String> = value.open_parts().map(|open| open.why.clone()).collect();
                assert_eq!(open, ["the matrix is computed from fromJSON(x)"], "{strategy}");
            }
        }
    }

    #[test]
    fn what_a_computed_exclusion_cannot_reach_is_known() {
        let strategy = "{matrix: {env: [a, b], os: [x, y], exclude: [{env: '${{ fromJSON(x) }}', os: x}]}}";
        let node = yaml::parse("w.yml", strategy).expect("YAML");
        let all = combinations(Some(&node), &mut |node: &Node| match node.text() {
            Some(text) if text.starts_with("${{") => Value::open("fromJSON(x)", Source::Run, "it is computed"),
            text => Value::literal(text.unwrap_or_default()),
        });
        let shown: Vec<_> = all.iter().map(describe).collect();
        let of = |env: &str, os: &str| vec![("env".to_owned(), env.to_owned()), ("os".to_owned(), os.to_owned())];
        assert_eq!(shown, [of("matrix.env", "matrix.os"), of("a", "y"), of("b", "y")]);
    }
}
