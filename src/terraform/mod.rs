//! The Terraform configuration: which blocks there are, what they ignore, where the state is kept.
//!
//! `read` takes a directory and gives texts; everything else is a function of them. The way of a file: `native` or
//! `json` make blocks of it (`syntax`), `module` merges the files of a directory, `tree` follows the module calls.
//! Nothing is evaluated: what needs it is "not known", never guessed.
//!
//! Facts: Terraform's documentation of the `resource`, `module`, `moved`, `removed`, `import`, `provider` and
//! `backend` blocks, and what `terraform` 1.11 plans.

mod address;
mod backend;
mod change_path;
mod error;
mod ignore;
mod json;
mod module;
mod native;
mod provider;
mod read;
mod repetition;
mod syntax;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use self::address::{Address, Move, lies_in, moved};
use self::provider::{Alias, ProviderBlock, ProviderName};
use crate::expected::Instance;
use crate::finding::Change;
use crate::place::Place;

pub use backend::{Backend, S3State, StateLocation};
pub use error::{ConfigurationError, SyntaxError};
pub use ignore::IgnoreChanges;
pub use provider::{IgnoredTags, NotKnown, TagMap};

/// A root module with the modules below it.
#[derive(Clone, Debug)]
pub struct Configuration {
    directory: PathBuf,
    shown: String,
    /// The workspace that `terraform workspace select` left.
    workspace: Option<String>,
    tree: Tree,
}

/// What all modules declare together.
#[derive(Clone, Debug, Default)]
struct Tree {
    /// By address without keys.
    blocks: BTreeMap<String, ResourceBlock>,
    moves: Vec<Move>,
    removals: Vec<Forgotten>,
    /// Block addresses that something will be imported to.
    imports: BTreeSet<String>,
    /// With the module that each stands in.
    providers: Vec<(String, ProviderBlock)>,
    backend: Option<Backend>,
    incomplete: Vec<Incomplete>,
    remarks: Vec<Remark>,
}

/// A `removed` block, from the root module.
#[derive(Clone, Debug)]
struct Forgotten {
    place: Place,
    /// A resource, or a module.
    address: String,
    destroy: bool,
}

/// A managed `resource` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceBlock {
    pub place: Place,
    /// The module without keys: `module.a.module.b`, empty for the root module.
    pub module: String,
    /// `aws_s3_bucket`.
    pub terraform_type: String,
    pub name: String,
    pub ignore_changes: IgnoreChanges,
    /// `count`, `for_each` or `enabled`, of the block or of a module call above it, may leave it without instance.
    pub may_be_empty: bool,
    /// An `import` block names it: the next apply takes over what is there instead of making it.
    pub imported: bool,
}

impl ResourceBlock {
    /// The address without keys.
    pub fn address(&self) -> String {
        address::block(&self.module, &self.terraform_type, &self.name)
    }

    /// Whether Terraform leaves this change of this instance alone.
    pub fn ignores(&self, change: &Change, instance: &Instance) -> bool {
        self.ignore_changes.covers(change, instance)
    }
}

/// A module that was not read: nothing is known of what lies at or below it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Incomplete {
    /// The `module` block.
    pub place: Place,
    /// The module without keys.
    pub module: String,
    /// Why, and what to do about it.
    pub problem: String,
}

/// Something in the configuration that has no effect or cannot be followed, while everything else can.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    pub place: Place,
    pub problem: String,
}

/// What the configuration says of a resource instance in a state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing<'a> {
    /// It has a block, perhaps after a move.
    Declared(&'a ResourceBlock),
    /// A `removed` block lets Terraform forget it, and leaves the object.
    Forgotten(&'a Place),
    /// A `removed` block lets Terraform destroy it.
    Removed(&'a Place),
    /// It has no block: an apply would destroy it.
    Absent,
    /// It belongs to a module that was not read, or its address is none.
    NotKnown,
}

impl Configuration {
    /// The directory, as it was given; `.` where it is the working directory.
    pub fn directory(&self) -> &str {
        match self.shown.as_str() {
            "" => ".",
            shown => shown,
        }
    }

    /// The block of a resource instance, by its address in the state; keys do not matter, except to `moved` blocks.
    pub fn resource(&self, address: &str) -> Option<&ResourceBlock> {
        match self.standing(address) {
            Standing::Declared(block) => Some(block),
            _ => None,
        }
    }

    /// What the configuration says of a resource instance, by its address in the state.
    pub fn standing(&self, address: &str) -> Standing<'_> {
        let Some(instance) = Address::parse(address) else {
            return Standing::NotKnown;
        };
        let before = instance.block();
        let now = moved(instance, &self.tree.moves).block();
        if let Some(block) = self.tree.blocks.get(&now) {
            return Standing::Declared(block);
        }
        let covers = |removal: &&Forgotten| [&before, &now].iter().any(|at| lies_in(at, &removal.address));
        match self.tree.removals.iter().find(covers) {
            Some(removal) if removal.destroy => Standing::Removed(&removal.place),
            Some(removal) => Standing::Forgotten(&removal.place),
            None if self.tree.incomplete.iter().any(|gap| lies_in(&now, &gap.module)) => Standing::NotKnown,
            None => Standing::Absent,
        }
    }

    /// All managed resource blocks, by address.
    pub fn resources(&self) -> impl Iterator<Item = &ResourceBlock> {
        self.tree.blocks.values()
    }

    /// The modules that were not read. Of the others everything is known: a `moved` block speaks only of what lies below
    /// its own module.
    pub fn incomplete(&self) -> &[Incomplete] {
        &self.tree.incomplete
    }

    /// What else people should know about the configuration.
    pub fn remarks(&self) -> &[Remark] {
        &self.tree.remarks
    }

    /// The backend that is in use: the one of the last `terraform init`, else the declared one. None is a local one.
    pub fn backend(&self) -> Option<&Backend> {
        self.tree.backend.as_ref()
    }

    /// The workspace in use; `chosen` is the value of `TF_WORKSPACE`, which wins where it is set and not empty.
    pub fn workspace<'a>(&'a self, chosen: Option<&'a str>) -> &'a str {
        chosen
            .filter(|name| !name.is_empty())
            .or(self.workspace.as_deref())
            .unwrap_or("default")
    }

    /// Where the state is kept; `chosen` as in [`Configuration::workspace`].
    pub fn state_location(&self, chosen: Option<&str>) -> StateLocation {
        backend::locate(self.backend(), &self.directory, &self.shown, self.workspace(chosen))
    }

    /// The tags that a provider leaves aside; `provider` as the state names it ([`Instance::provider`]).
    ///
    /// # Errors
    /// They are not written out, or it is not clear which provider block it is.
    pub fn ignored_tags(&self, provider: &str) -> Result<IgnoredTags, NotKnown> {
        self.of_provider(provider, |block| &block.ignored)
    }

    /// The tags that a provider adds to every resource; `provider` as the state names it ([`Instance::provider`]).
    ///
    /// # Errors
    /// They are not written out, or it is not clear which provider block it is.
    pub fn default_tags(&self, provider: &str) -> Result<TagMap, NotKnown> {
        self.of_provider(provider, |block| &block.default_tags)
    }

    fn of_provider<T: Clone + Default + PartialEq>(
        &self,
        provider: &str,
        value: impl Fn(&ProviderBlock) -> &Result<T, NotKnown>,
    ) -> Result<T, NotKnown> {
        let not_known = |problem: String| {
            Err(NotKnown {
                place: Place::new(self.directory(), 0),
                problem,
            })
        };
        let name = ProviderName::parse(provider);
        if self
            .tree
            .incomplete
            .iter()
            .any(|gap| lies_in(&name.module, &gap.module))
        {
            return not_known(format!("the provider stands in {}, which was not read", name.module));
        }
        let mut candidates = self
            .tree
            .providers
            .iter()
            .filter(|(module, block)| *module == name.module && block.terraform_type == name.terraform_type)
            .map(|(_, block)| block);
        let found = match &name.alias {
            Some(Alias::Default) => candidates.find(|block| block.alias.is_none()),
            Some(Alias::Named(alias)) => {
                let found = candidates.find(|block| block.alias.as_ref() == Some(alias));
                if found.is_none() {
                    return not_known(format!(
                        "the configuration has no provider `{}.{alias}`",
                        name.terraform_type
                    ));
                }
                found
            }
            None => {
                let first = candidates.next();
                let same = |other: &ProviderBlock| first.is_none_or(|first| value(first) == value(other));
                if !candidates.all(same) {
                    return not_known(format!(
                        "`terraform show -json` does not say which of several `{}` providers a resource has",
                        name.terraform_type
                    ));
                }
                first
            }
        };
        // A provider without a block has its defaults.
        found.map_or_else(|| Ok(T::default()), |block| value(block).clone())
    }
}
