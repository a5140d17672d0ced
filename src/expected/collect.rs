//! Gathers what either format yields into a [`State`].

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::error::InputError;
use super::{Deposed, Form, Instance, ProviderHint, State};

/// A [`State`] in the making.
pub(super) struct Collector {
    state: State,
    addresses: BTreeSet<String>,
}

impl Collector {
    pub(super) fn new(source: &str, form: Form) -> Self {
        let state = State {
            source: source.to_owned(),
            form,
            lineage: None,
            serial: None,
            terraform_version: None,
            instances: Vec::new(),
            deposed: Vec::new(),
            data_instances: 0,
            hints: Vec::new(),
        };
        Self {
            state,
            addresses: BTreeSet::new(),
        }
    }

    pub(super) fn describe(&mut self, lineage: Option<String>, serial: Option<u64>, terraform_version: Option<String>) {
        self.state.lineage = lineage.filter(|lineage| !lineage.is_empty());
        self.state.serial = serial;
        self.state.terraform_version = terraform_version;
    }

    /// Adds a current object.
    ///
    /// # Errors
    /// [`InputError::DuplicateAddress`] if its address is taken.
    pub(super) fn instance(&mut self, mut instance: Instance) -> Result<(), InputError> {
        if !self.addresses.insert(instance.address.clone()) {
            return Err(InputError::DuplicateAddress {
                state: self.state.source.clone(),
                address: instance.address,
            });
        }
        instance.sensitive.sort();
        instance.sensitive.dedup();
        self.state.instances.push(instance);
        Ok(())
    }

    pub(super) fn deposed(&mut self, deposed: Deposed) {
        self.state.deposed.push(deposed);
    }

    /// Counts an instance of a data source and keeps what it tells of its provider.
    pub(super) fn data(&mut self, terraform_type: &str, provider: &str, attributes: Option<&Map<String, Value>>) {
        self.state.data_instances += 1;
        let text = |key: &str| {
            let text = attributes?.get(key)?.as_str()?;
            (!text.is_empty()).then(|| text.to_owned())
        };
        let hint = |account, region| ProviderHint {
            provider: provider.to_owned(),
            account,
            region,
        };
        let hint = match terraform_type {
            "aws_caller_identity" => text("account_id").map(|account| hint(Some(account), None)),
            "aws_region" => text("region")
                .or_else(|| text("name"))
                .map(|region| hint(None, Some(region))),
            _ => None,
        };
        self.state.hints.extend(hint);
    }

    pub(super) fn finish(self) -> State {
        self.state
    }
}
