//! One module: the files of one directory, override files merged as Terraform merges them
//! (`internal/configs/module.go` and `module_merge.go`; "Override Files" in Terraform's documentation).

use std::collections::BTreeMap;

use super::address::Address;
use super::backend::Backend;
use super::error::{ConfigurationError, SyntaxError};
use super::ignore::{self, IgnoreChanges};
use super::provider::ProviderBlock;
use super::repetition::Repetition;
use super::syntax::{Block, Body};
use super::{Remark, json, native};
use crate::place::Place;

/// The top-level blocks that matter here, and how many labels each has.
pub(super) const KINDS: &[(&str, usize)] = &[
    ("import", 0),
    ("module", 1),
    ("moved", 0),
    ("provider", 1),
    ("removed", 0),
    ("resource", 2),
    ("terraform", 0),
];

/// The arguments and blocks of a resource that matter here.
pub(super) const RESOURCE_PARTS: &[&str] = &["count", "for_each", "lifecycle"];

/// The text of one configuration file.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// Its path for people.
    pub(super) shown: String,
    /// Without byte order mark.
    pub(super) text: String,
    pub(super) role: Role,
}

/// What the name of a configuration file says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) json: bool,
    /// Merged into the others.
    pub(super) overriding: bool,
    /// `.tofu`, which only OpenTofu reads.
    pub(super) tofu: bool,
}

/// What a module declares.
#[derive(Clone, Debug, Default)]
pub(super) struct Module {
    pub(super) resources: Vec<Resource>,
    pub(super) calls: Vec<Call>,
    pub(super) moves: Vec<(Address, Address)>,
    pub(super) removals: Vec<Removal>,
    /// Where things will be imported to.
    pub(super) imports: Vec<Address>,
    pub(super) providers: Vec<ProviderBlock>,
    pub(super) backend: Option<Backend>,
    pub(super) remarks: Vec<Remark>,
}

/// A `resource` block.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) place: Place,
    pub(super) terraform_type: String,
    pub(super) name: String,
    pub(super) ignore_changes: IgnoreChanges,
    pub(super) repetition: Repetition,
}

/// A `module` block.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) place: Place,
    pub(super) name: String,
    /// None where it has to be evaluated.
    pub(super) source: Option<String>,
    pub(super) repetition: Repetition,
}

/// A `removed` block.
#[derive(Clone, Debug)]
pub(super) struct Removal {
    pub(super) place: Place,
    pub(super) from: Address,
    /// Whether the objects are destroyed, or only forgotten.
    pub(super) destroy: bool,
}

/// Reads the files of one directory, in the order of their names.
///
/// # Errors
/// Text that does not parse, and what Terraform refuses: a block declared twice, an override of nothing.
pub(super) fn read(files: &[File]) -> Result<Module, ConfigurationError> {
    let mut reading = Reading::default();
    let (over, primary): (Vec<&File>, Vec<&File>) = files.iter().partition(|file| file.role.overriding);
    for file in primary.into_iter().chain(over) {
        let blocks = if file.role.json {
            json::parse(&file.shown, &file.text)
        } else {
            native::parse(&file.shown, &file.text)
        };
        let blocks = blocks.map_err(|error: SyntaxError| ConfigurationError::Syntax(Box::new(error)))?;
        for block in blocks {
            reading.block(file, block)?;
        }
    }
    Ok(reading.finish())
}

#[derive(Default)]
struct Reading {
    module: Module,
    /// Where each resource stands among those of the module.
    resources: BTreeMap<(String, String), usize>,
    /// Kept as written until every override is merged.
    providers: Vec<(Place, String, Body)>,
    calls: Vec<(Place, String, Body)>,
    /// Local names of providers and their sources.
    required: BTreeMap<String, String>,
}

impl Reading {
    fn block(&mut self, file: &File, block: Block) -> Result<(), ConfigurationError> {
        let place = Place::new(file.shown.as_str(), block.line);
        let over = file.role.overriding;
        match (block.kind.as_str(), block.labels.as_slice()) {
            ("resource", [terraform_type, name]) => self.resource(place, over, terraform_type, name, &block.body),
            ("module", [name]) => {
                let same = self.calls.iter().position(|(_, present, _)| present == name);
                let name = name.clone();
                merge(&mut self.calls, same, over, place, name, block.body, "module")
            }
            ("provider", [name]) => {
                let alias = super::provider::alias(&block.body);
                let same = self
                    .providers
                    .iter()
                    .position(|(_, present, body)| present == name && super::provider::alias(body) == alias);
                // A provider without alias is there without a block too, so an override file may be the first.
                let over = over && (same.is_some() || alias.is_some());
                let name = name.clone();
                merge(&mut self.providers, same, over, place, name, block.body, "provider")
            }
            ("terraform", []) => self.settings(file, over, &block),
            ("moved", []) => {
                let end = |name| address(&block.body, name);
                match (end("from"), end("to")) {
                    (Some(from), Some(to)) => self.module.moves.push((from, to)),
                    _ => self.remark(place, "this `moved` block has no `from` and `to` that can be read"),
                }
                Ok(())
            }
            ("removed", []) => {
                // Terraform destroys unless told otherwise, OpenTofu forgets.
                let mut destroy = !file.role.tofu;
                for lifecycle in block.body.blocks("lifecycle") {
                    if let Some(told) = lifecycle.body.attribute("destroy") {
                        destroy = told.value.literal() != Some(serde_json::Value::Bool(false));
                    }
                }
                match address(&block.body, "from") {
                    Some(from) => self.module.removals.push(Removal { place, from, destroy }),
                    None => self.remark(place, "this `removed` block has no `from` that can be read"),
                }
                Ok(())
            }
            ("import", []) => {
                self.module.imports.extend(address(&block.body, "to"));
                Ok(())
            }
            (kind, labels) => Err(ConfigurationError::Invalid {
                place,
                problem: format!("a `{kind}` block does not take {} labels", labels.len()),
            }),
        }
    }

    fn resource(
        &mut self,
        place: Place,
        over: bool,
        terraform_type: &str,
        name: &str,
        body: &Body,
    ) -> Result<(), ConfigurationError> {
        let declared = ignore::read(body, &place.file, &mut self.module.remarks);
        let repetition = Repetition::read(body);
        let key = (terraform_type.to_owned(), name.to_owned());
        let present = self
            .resources
            .get(&key)
            .and_then(|at| self.module.resources.get_mut(*at));
        match (present, over) {
            (Some(resource), true) => {
                resource.ignore_changes.merge(declared);
                resource.repetition.merge(repetition);
            }
            (Some(resource), false) => {
                return Err(twice(place, &format!("{terraform_type}.{name}"), &resource.place));
            }
            (None, true) => return Err(no_base(place, &format!("{terraform_type}.{name}"))),
            (None, false) => {
                self.module.resources.push(Resource {
                    place,
                    terraform_type: terraform_type.to_owned(),
                    name: name.to_owned(),
                    ignore_changes: declared,
                    repetition,
                });
                self.resources.insert(key, self.module.resources.len() - 1);
            }
        }
        Ok(())
    }

    fn settings(&mut self, file: &File, over: bool, block: &Block) -> Result<(), ConfigurationError> {
        for required in block.body.blocks("required_providers") {
            for attribute in &required.body.attributes {
                let source = match &attribute.value.value {
                    super::syntax::Expression::Object(members) => members
                        .iter()
                        .find(|(name, _)| name.as_deref() == Some("source"))
                        .and_then(|(_, source)| source.value.text()),
                    _ => None,
                };
                if let Some(source) = source {
                    self.required.insert(attribute.name.clone(), source.to_owned());
                }
            }
        }
        for found in block.body.blocks.iter() {
            let Some(backend) = Backend::read(found, &file.shown) else {
                continue;
            };
            if let Some(present) = &self.module.backend
                && !over
            {
                return Err(twice(backend.place, "a backend", &present.place));
            }
            self.module.backend = Some(backend);
        }
        Ok(())
    }

    fn remark(&mut self, place: Place, problem: &str) {
        self.module.remarks.push(Remark {
            place,
            problem: problem.to_owned(),
        });
    }

    fn finish(self) -> Module {
        let mut module = self.module;
        module.calls = self
            .calls
            .into_iter()
            .map(|(place, name, body)| Call {
                place,
                name,
                source: body
                    .attribute("source")
                    .and_then(|source| source.value.text())
                    .map(str::to_owned),
                repetition: Repetition::read(&body),
            })
            .collect();
        module.providers = self
            .providers
            .into_iter()
            .map(|(place, name, body)| {
                let source = self.required.get(&name).map_or(name.as_str(), String::as_str);
                ProviderBlock::read(place, source, &body)
            })
            .collect();
        module
    }
}

fn merge(
    all: &mut Vec<(Place, String, Body)>,
    same: Option<usize>,
    over: bool,
    place: Place,
    name: String,
    body: Body,
    kind: &str,
) -> Result<(), ConfigurationError> {
    match (same.and_then(|at| all.get_mut(at)), over) {
        (Some((_, _, present)), true) => present.merge(body),
        (Some((first, _, _)), false) => return Err(twice(place, &format!("{kind} \"{name}\""), first)),
        (None, true) => return Err(no_base(place, &format!("{kind} \"{name}\""))),
        (None, false) => all.push((place, name, body)),
    }
    Ok(())
}

fn address(body: &Body, name: &str) -> Option<Address> {
    match &body.attribute(name)?.value {
        super::syntax::Expression::Reference(steps) => Address::of(steps),
        super::syntax::Expression::Text(text) => Address::parse(text),
        _ => None,
    }
}

fn twice(place: Place, what: &str, first: &Place) -> ConfigurationError {
    ConfigurationError::Invalid {
        place,
        problem: format!("{what} was already declared at {first}"),
    }
}

fn no_base(place: Place, what: &str) -> ConfigurationError {
    ConfigurationError::Invalid {
        place,
        problem: format!("there is no {what} to override; an override file only changes what other files declare"),
    }
}
