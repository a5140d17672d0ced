//! Names that were probably meant.

/// How many names a message lists at most.
const LISTED: usize = 12;

/// Advice for somebody who wrote `name` where one of `known` was wanted: the nearest one, or a list of them.
pub(crate) fn advice<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    nearest(name, known.iter().copied()).or_else(|| listing(&known))
}

/// The same, but without the list: for names of which there are many.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let length = name.chars().count();
    let (distance, candidate) = known.map(|candidate| (distance(name, candidate), candidate)).min()?;
    let close = distance <= (length.min(candidate.chars().count()) / 3).max(1);
    close.then(|| format!("did you mean `{candidate}`?"))
}

/// The names there are, unless there is none.
fn listing(known: &[&str]) -> Option<String> {
    let rest = known.len().saturating_sub(LISTED);
    let shown = known[..known.len() - rest].join(", ");
    match (known.len(), rest) {
        (0, _) => None,
        (1, _) => Some(format!("there is only {shown}")),
        (_, 0) => Some(format!("there are {shown}")),
        _ => Some(format!("there are {shown} and {rest} more")),
    }
}

/// How many characters have to be inserted, removed, replaced or swapped with their neighbour to make one of the other;
/// names beyond 64 characters are never close.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(65).collect(), b.chars().take(65).collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = (rows[i][j] + usize::from(x != y))
                .min(rows[i][j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_proposed_and_otherwise_all_listed() {
        let known = || ["finding", "change", "now"].into_iter();
        assert_eq!(advice("findng", known()).unwrap(), "did you mean `finding`?");
        assert_eq!(advice("xyz", known()).unwrap(), "there are change, finding, now");
        assert_eq!(advice("x", std::iter::empty()), None);
        let many: Vec<String> = (10..40).map(|n| format!("name{n}")).collect();
        let text = advice("other", many.iter().map(String::as_str)).unwrap();
        assert!(text.ends_with("name21 and 18 more"), "{text}");
    }
}
