//! Where a finding stands in the repository.

use std::collections::HashMap;

use super::log::{ArtifactLocation, Location, LogicalLocation, Message, PhysicalLocation, Region};
use super::{plain, uri};
use crate::finding::Finding;
use crate::place::Place;
use crate::result::CheckResult;

/// The blocks of the resources, for findings that do not carry a place of their own.
pub(super) struct Places<'a> {
    /// By state and address, and by address alone with no state.
    blocks: HashMap<(Option<&'a str>, &'a str), &'a Place>,
    /// The state for what no state holds.
    any_state: Option<&'a str>,
}

impl<'a> Places<'a> {
    pub(super) fn of(result: &'a CheckResult) -> Self {
        let mut blocks = HashMap::new();
        for resource in &result.resources {
            if let Some(place) = &resource.place {
                for state in [Some(resource.state.as_str()), None] {
                    blocks.entry((state, resource.address.as_str())).or_insert(place);
                }
            }
        }
        Self {
            blocks,
            any_state: result.run.states.first().map(String::as_str),
        }
    }

    /// The finding's own place, or else its resource's block, or else its state.
    pub(super) fn location(&self, finding: &Finding) -> Location {
        let resource = &finding.resource;
        let state = finding.state.as_deref();
        let address = finding.address.as_deref();
        let block = || address.and_then(|address| self.blocks.get(&(state, address)).copied());
        let place = finding.place.as_ref().or_else(block);
        let artifact = match place {
            Some(place) => uri::of_file(&place.file),
            None => uri::of_state(state.or(self.any_state).unwrap_or_default()),
        };
        let name = match address {
            Some(address) => address.to_owned(),
            None => format!("{} {}", resource.terraform_type, resource.id),
        };
        Location {
            physical_location: PhysicalLocation {
                artifact_location: artifact,
                region: Region {
                    start_line: place.map_or(1, |place| place.line.max(1)),
                },
            },
            logical_locations: [LogicalLocation {
                fully_qualified_name: plain(&name),
                kind: "resource",
            }],
            message: place
                .is_none()
                .then(|| Message::new("No line of the repository is known; the state stands for it.")),
        }
    }
}

impl ArtifactLocation {
    /// A file at `uri`, from the root of the repository if it is `relative` to it.
    pub(super) fn new(uri: String, relative: bool) -> Self {
        Self {
            uri: Some(uri),
            uri_base_id: relative.then_some(uri::ROOT),
            description: None,
        }
    }
}
