//! Addresses as a state writes them, taken apart; and `moved` blocks, which change them.

use crate::expected::Step;

/// The address of a resource, a resource instance or a module call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    modules: Vec<Part>,
    /// Type, and name with key.
    resource: Option<(String, Part)>,
}

/// A name with its instance key.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    name: String,
    key: Option<Key>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Index(u64),
    Name(String),
    /// Has to be evaluated.
    Computed,
}

impl Address {
    /// Reads an address such as `module.a["k"].aws_s3_bucket.site[0]`. None for a data source, and for text that is no
    /// address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match super::native::expression(text)? {
            super::syntax::Expression::Reference(steps) => Self::of(&steps),
            _ => None,
        }
    }

    /// The address that a reference spells.
    pub(super) fn of(steps: &[Option<Step>]) -> Option<Self> {
        let mut rest = steps;
        let mut modules = Vec::new();
        while let [Some(Step::Attribute(word)), more @ ..] = rest
            && word == "module"
        {
            rest = more;
            modules.push(part(&mut rest)?);
        }
        if rest.is_empty() {
            return (!modules.is_empty()).then_some(Self {
                modules,
                resource: None,
            });
        }
        let [Some(Step::Attribute(terraform_type)), more @ ..] = rest else {
            return None;
        };
        rest = more;
        let name = part(&mut rest)?;
        (rest.is_empty() && terraform_type != "data").then(|| Self {
            modules,
            resource: Some((terraform_type.clone(), name)),
        })
    }

    /// The module that it lies in, or the called one, without keys: `module.a.module.b`, empty for the root.
    pub(super) fn module(&self) -> String {
        let names: Vec<String> = self
            .modules
            .iter()
            .map(|part| format!("module.{}", part.name))
            .collect();
        names.join(".")
    }

    /// The address of the block, which has no keys.
    pub(super) fn block(&self) -> String {
        let module = self.module();
        match &self.resource {
            None => module,
            Some((terraform_type, name)) => block(&module, terraform_type, &name.name),
        }
    }

    /// This address, written in the module at `module`, as the root module would write it.
    pub(super) fn within(&self, module: &[String]) -> Self {
        let above = module.iter().map(|name| Part {
            name: name.clone(),
            key: None,
        });
        Self {
            modules: above.chain(self.modules.iter().cloned()).collect(),
            resource: self.resource.clone(),
        }
    }
}

/// The address of a resource block.
pub(super) fn block(module: &str, terraform_type: &str, name: &str) -> String {
    let dot = if module.is_empty() { "" } else { "." };
    format!("{module}{dot}{terraform_type}.{name}")
}

/// Whether one block address lies at or below another.
pub(super) fn lies_in(address: &str, module: &str) -> bool {
    address
        .strip_prefix(module)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn part(rest: &mut &[Option<Step>]) -> Option<Part> {
    let [Some(Step::Attribute(name)), more @ ..] = *rest else {
        return None;
    };
    let (key, more) = match more {
        [Some(Step::Index(index)), more @ ..] => (Some(Key::Index(*index)), more),
        [Some(Step::Key(name)), more @ ..] => (Some(Key::Name(name.clone())), more),
        [None, more @ ..] => (Some(Key::Computed), more),
        more => (None, more),
    };
    *rest = more;
    Some(Part {
        name: name.clone(),
        key,
    })
}

/// A `moved` block.
#[derive(Clone, Debug)]
pub(super) struct Move {
    /// The module that the block stands in, by the names of the calls that lead there. It holds in all its instances.
    pub(super) module: Vec<String>,
    pub(super) from: Address,
    pub(super) to: Address,
}

impl Move {
    /// Where the block moves an instance to; none where it does not speak of it.
    fn apply(&self, instance: &Address) -> Option<Address> {
        let depth = self.module.len();
        let above = instance.modules.get(..depth)?;
        if !above.iter().map(|part| &part.name).eq(&self.module) {
            return None;
        }
        let below = &instance.modules[depth..];
        let (modules, resource) = match (&self.from.resource, &self.to.resource) {
            (Some((from_type, from)), Some((to_type, to))) => {
                let (terraform_type, name) = instance.resource.as_ref()?;
                if terraform_type != from_type || below != self.from.modules {
                    return None;
                }
                let moved = renamed(name, from, to)?;
                (self.to.modules.clone(), Some((to_type.clone(), moved)))
            }
            (None, None) => {
                let (from, from_above) = self.from.modules.split_last()?;
                let (to, to_above) = self.to.modules.split_last()?;
                let called = below.get(from_above.len())?;
                if below.get(..from_above.len())? != from_above {
                    return None;
                }
                let moved = renamed(called, from, to)?;
                let rest = below[from_above.len() + 1..].iter().cloned();
                let modules = to_above.iter().cloned().chain([moved]).chain(rest).collect();
                (modules, instance.resource.clone())
            }
            _ => return None,
        };
        Some(Address {
            modules: above.iter().cloned().chain(modules).collect(),
            resource,
        })
    }
}

/// A move between two addresses without keys takes all instances along; any other takes one.
fn renamed(instance: &Part, from: &Part, to: &Part) -> Option<Part> {
    if instance.name != from.name {
        return None;
    }
    let whole = from.key.is_none() && to.key.is_none();
    if !whole && instance.key != from.key {
        return None;
    }
    Some(Part {
        name: to.name.clone(),
        key: if whole { instance.key.clone() } else { to.key.clone() },
    })
}

/// Where all `moved` blocks together move an instance to; they may form chains.
pub(super) fn moved(instance: Address, moves: &[Move]) -> Address {
    let mut at = instance;
    // A chain has at most as many links as there are blocks; a cycle, which Terraform refuses, ends here too.
    for _ in 0..moves.len() {
        match moves.iter().find_map(|block| block.apply(&at)) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_stripped_whatever_they_hold() {
        let cases = [
            ("aws_s3_bucket.site", Some("aws_s3_bucket.site")),
            ("aws_s3_bucket.site[0]", Some("aws_s3_bucket.site")),
            (r#"aws_s3_bucket.site["a.b[0]\"${x}"]"#, Some("aws_s3_bucket.site")),
            (r#"aws_s3_bucket.site["$${x}\u00a0\\"]"#, Some("aws_s3_bucket.site")),
            (
                r#"module.a["k.module.z"].module.b-c[3].aws_s3_bucket.site["x"]"#,
                Some("module.a.module.b-c.aws_s3_bucket.site"),
            ),
            (r#"module.a["k"]"#, Some("module.a")),
            ("data.aws_s3_bucket.site", None),
            ("module.a.data.aws_s3_bucket.site", None),
            ("aws_s3_bucket", None),
            ("aws_s3_bucket.site.bucket", None),
            ("", None),
            ("module", None),
            ("a b", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Address::parse(text).map(|a| a.block()).as_deref(), expected, "{text}");
        }
    }

    /// The module that a `moved` block stands in, `from` and `to`.
    type Block = (&'static str, &'static str, &'static str);

    fn after(moves: &[Block], instance: &str) -> String {
        let moves: Vec<Move> = moves
            .iter()
            .map(|(module, from, to)| Move {
                module: module.split_terminator('.').map(str::to_owned).collect(),
                from: Address::parse(from).unwrap(),
                to: Address::parse(to).unwrap(),
            })
            .collect();
        moved(Address::parse(instance).unwrap(), &moves).block()
    }

    #[test]
    fn moves_follow_terraform() {
        let cases: &[(&[Block], &str, &str)] = &[
            (&[("", "a.x", "a.y")], "a.x", "a.y"),
            (&[("", "a.x", "a.y")], "a.x[3]", "a.y"),
            (&[("", "a.x", "a.y")], "a.xx", "a.xx"),
            (&[("", "a.x[0]", "a.y")], "a.x[0]", "a.y"),
            (&[("", "a.x[0]", "a.y")], "a.x[1]", "a.x"),
            (&[("", "a.x", "a.y[\"k\"]")], "a.x", "a.y"),
            (&[("", "a.x", "a.y[\"k\"]")], "a.x[\"z\"]", "a.x"),
            (&[("", "a.x", "b.x")], "a.x", "b.x"),
            (&[("", "a.x", "module.m.a.x")], "a.x", "module.m.a.x"),
            (
                &[("", "module.m", "module.n")],
                "module.m[\"k\"].module.o.a.x[0]",
                "module.n.module.o.a.x",
            ),
            (&[("", "module.m[0]", "module.n")], "module.m[1].a.x", "module.m.a.x"),
            (&[("", "module.m.a.x", "a.x")], "module.m.a.x", "a.x"),
            (&[("", "module.m.a.x", "a.x")], "module.m[0].a.x", "module.m.a.x"),
            (&[("m", "a.x", "a.y")], "module.m[\"k\"].a.x", "module.m.a.y"),
            (&[("m", "a.x", "a.y")], "a.x", "a.x"),
            (&[("", "a.y", "a.z"), ("", "a.x", "a.y")], "a.x", "a.z"),
            (&[("", "a.x", "a.y"), ("", "a.y", "a.x")], "a.x", "a.x"),
        ];
        for (moves, instance, expected) in cases {
            assert_eq!(after(moves, instance), *expected, "{moves:?} {instance}");
        }
    }

    #[test]
    fn lying_in_a_module_goes_by_whole_names() {
        assert!(lies_in("module.a.aws_s3_bucket.b", "module.a"));
        assert!(lies_in("module.a", "module.a"));
        assert!(!lies_in("module.ab.aws_s3_bucket.b", "module.a"));
    }
}
