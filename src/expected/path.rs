//! Paths to attributes inside an instance.

use std::fmt;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// An attribute of an object or block.
    Attribute(String),
    /// An element of a list.
    Index(u64),
    /// An element of a map.
    Key(String),
}

impl Step {
    /// Whether both lead to the same place. `show -json` cannot tell a map key from an attribute name.
    fn same(&self, other: &Step) -> bool {
        match (self, other) {
            (Step::Index(a), Step::Index(b)) => a == b,
            (Step::Attribute(a) | Step::Key(a), Step::Attribute(b) | Step::Key(b)) => a == b,
            _ => false,
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Step::Attribute(name) | Step::Key(name) => Some(name),
            Step::Index(_) => None,
        }
    }
}

/// A path from the top of an instance. The empty path is the whole instance.
///
/// A state addresses an element of a set by its value; such a path ends at the set.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributePath(pub Vec<Step>);

impl AttributePath {
    /// Whether the value at `path` lies at or below this path.
    pub fn covers(&self, path: &AttributePath) -> bool {
        self.0.len() <= path.0.len() && self.0.iter().zip(&path.0).all(|(a, b)| a.same(b))
    }

    /// The names along the path, without the indexes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Step::name)
    }

    /// Whether this path lies at, above or below the given names, indexes left aside.
    pub fn touches_names(&self, names: &[&str]) -> bool {
        self.names().zip(names).all(|(a, b)| a == *b)
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => write!(f, "[{}]", super::address::quoted(key))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(steps: &[Step]) -> AttributePath {
        AttributePath(steps.to_vec())
    }

    fn attribute(name: &str) -> Step {
        Step::Attribute(name.to_owned())
    }

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    #[test]
    fn a_path_covers_itself_and_what_lies_below() {
        let origin = path(&[attribute("origin"), Step::Index(0)]);
        assert!(origin.covers(&origin));
        assert!(origin.covers(&path(&[attribute("origin"), Step::Index(0), attribute("domain_name")])));
        assert!(!origin.covers(&path(&[attribute("origin")])));
        assert!(!origin.covers(&path(&[attribute("origin"), Step::Index(1)])));
        assert!(AttributePath::default().covers(&origin));
    }

    #[test]
    fn a_map_key_and_an_attribute_of_the_same_name_are_one_place() {
        let tag = path(&[attribute("tags"), key("Owner")]);
        assert!(tag.covers(&path(&[attribute("tags"), attribute("Owner")])));
        assert!(!tag.covers(&path(&[attribute("tags"), attribute("owner")])));
    }

    #[test]
    fn names_leave_indexes_aside() {
        let header = path(&[attribute("origin"), Step::Index(3), attribute("custom_header")]);
        assert!(header.touches_names(&["origin", "custom_header", "value"]));
        assert!(header.touches_names(&["origin"]));
        assert!(!header.touches_names(&["origin", "domain_name"]));
        assert!(!header.touches_names(&["aliases"]));
    }

    #[test]
    fn paths_are_written_as_terraform_writes_them() {
        let path = path(&[attribute("a"), Step::Index(2), attribute("b"), key("k\"")]);
        assert_eq!(path.to_string(), r#"a[2].b["k\""]"#);
    }
}
