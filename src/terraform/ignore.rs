//! `lifecycle.ignore_changes`.

use super::Remark;
use super::change_path::{self, Spot};
use super::syntax::{Body, Expression};
use crate::expected::{AttributePath, Instance, Step};
use crate::finding::Change;
use crate::place::Place;

/// Which changes of a resource Terraform leaves alone.
///
/// They are changes of attributes: an object that is gone is made again whatever is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IgnoreChanges {
    /// None.
    #[default]
    Nothing,
    /// Every attribute.
    All,
    /// What lies at or below these paths.
    Paths(Vec<AttributePath>),
}

impl IgnoreChanges {
    /// Whether Terraform leaves this change of this instance alone.
    ///
    /// The state is needed, because `ordered_cache_behavior[2]` counts in it, and because the tags that are compared
    /// come from two attributes. What Terraform refuses to index (the elements of a set, such as `origin[0]`) covers
    /// nothing.
    pub fn covers(&self, change: &Change, instance: &Instance) -> bool {
        match self {
            IgnoreChanges::Nothing => false,
            IgnoreChanges::All => true,
            IgnoreChanges::Paths(ignored) => {
                let spots = change_path::spots(change, instance);
                let by_path = !spots.is_empty()
                    && spots
                        .iter()
                        .all(|spot| ignored.iter().any(|path| at_or_below(path, spot)));
                by_path
                    || ignored
                        .iter()
                        .any(|path| change_path::other_name(path, change, instance))
            }
        }
    }

    /// Merges what an override file says into this: a list replaces a list, `all` stays or comes, and an empty list
    /// says nothing (`Resource.merge` in `internal/configs`, and as Terraform 1.11 plans it).
    pub(super) fn merge(&mut self, over: IgnoreChanges) {
        match (&*self, over) {
            (IgnoreChanges::All, _) | (_, IgnoreChanges::Nothing) => {}
            (_, over) => *self = over,
        }
    }
}

fn at_or_below(path: &AttributePath, spot: &[Spot]) -> bool {
    path.0.len() <= spot.len()
        && path.0.iter().zip(spot).all(|(ignored, at)| match at {
            Spot::Step(at) => same(ignored, at),
            Spot::Element => false,
        })
}

/// Whether both lead to the same place. A map's key that is written as an attribute (`tags.owner`) does not lead to
/// the key: Terraform 1.11 plans such a change all the same.
fn same(ignored: &Step, at: &Step) -> bool {
    match (ignored, at) {
        (Step::Index(a), Step::Index(b)) => a == b,
        (Step::Key(a), Step::Key(b)) | (Step::Attribute(a), Step::Attribute(b)) => a == b,
        _ => false,
    }
}

/// What the `lifecycle` block of a resource says.
pub(super) fn read(body: &Body, file: &str, remarks: &mut Vec<Remark>) -> IgnoreChanges {
    let mut found = body.blocks("lifecycle").map(|block| &block.body);
    let Some(item) = found.find_map(|lifecycle| lifecycle.attribute("ignore_changes")) else {
        return IgnoreChanges::Nothing;
    };
    let mut remark = |line: usize, problem: String| {
        remarks.push(Remark {
            place: Place::new(file, line),
            problem,
        });
    };
    let items = match &item.value {
        Expression::List(items) => items,
        value if value.static_reference().as_deref().is_some_and(is_all) => return IgnoreChanges::All,
        _ => {
            remark(
                item.line,
                "`ignore_changes` is neither `all` nor a list, so nothing is ignored".to_owned(),
            );
            return IgnoreChanges::Nothing;
        }
    };
    let mut paths = Vec::new();
    for item in items {
        // The old spelling of `all`; Terraform 1.0 and later refuse it.
        if item.value.text() == Some("*") {
            return IgnoreChanges::All;
        }
        match item.value.static_reference() {
            Some(steps) => {
                if let [Step::Attribute(map), Step::Attribute(key)] = steps.as_slice()
                    && matches!(map.as_str(), "tags" | "tags_all")
                {
                    remark(
                        item.line,
                        format!(
                            "`{map}.{key}` ignores nothing: Terraform (seen with 1.11) does not take a map's key that \
                             is written with a dot; write `{map}[\"{key}\"]`"
                        ),
                    );
                }
                paths.push(AttributePath(steps));
            }
            None => remark(
                item.line,
                "this entry of `ignore_changes` is no static path of attributes and constant keys, so it ignores nothing"
                    .to_owned(),
            ),
        }
    }
    if paths.is_empty() {
        IgnoreChanges::Nothing
    } else {
        IgnoreChanges::Paths(paths)
    }
}

fn is_all(steps: &[Step]) -> bool {
    matches!(steps, [Step::Attribute(word)] if word == "all")
}
