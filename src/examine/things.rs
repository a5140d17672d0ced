//! Every live thing that the run has read, for assertions.

use super::attributes::{self, Attributes};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::finding::ResourceRef;
use crate::inventory::{Inventory, Reason};
use crate::kinds;
use crate::language::Value;
use crate::policy::asserts::Thing;
use crate::serving::facts::Facts;
use crate::serving::{Pair, declared};

/// The things. `pairs` are the followed hosts, if they were.
pub(super) fn things(
    estate: &Estate,
    inventory: &Inventory,
    known: &Attributes,
    pairs: Option<&Vec<Pair>>,
) -> Vec<Thing> {
    let read = estate.over(known.read());
    let addresses = declared::addresses(estate);
    let facts = Facts::new(inventory, pairs.map(Vec::as_slice));
    let mut things = Vec::new();
    for instance in read.instances() {
        let Some(kind) = kinds::of(&instance.terraform_type) else {
            continue;
        };
        let Ok(identity) = kind.identity(instance, &read) else {
            continue;
        };
        let all = addresses.all(kind.terraform_type(), &identity.id);
        let managed = all
            .first()
            .and_then(|address| known.instance(address, None, &identity.id));
        let (live, mut failures) = match managed {
            Some(managed) => attributes::live(kind, managed, estate, inventory),
            None => attributes::live(kind, instance, &read, inventory),
        };
        // What is gone is a matter of drift.
        if live.is_null() {
            continue;
        }
        let fact = facts.of(kind.terraform_type(), &identity.id);
        failures.extend(fact.failures);
        // What nobody asked for is no failed read.
        failures.retain(|failure| failure.reason != Reason::NotInSnapshot);
        things.push(Thing {
            hosts: hosts(kind.terraform_type(), &identity.id, pairs),
            resource: ResourceRef {
                terraform_type: kind.terraform_type().to_owned(),
                account: read
                    .account_of_thing(kind.terraform_type(), &identity.id)
                    .map(str::to_owned),
                id: identity.id,
                region: identity.region,
            },
            address: managed.map(|instance| instance.address.clone()),
            state: managed.map(|instance: &Instance| instance.state.clone()),
            expected: managed.map_or(Value::Null, attributes::expected),
            live,
            serving: fact.value,
            failures,
        });
    }
    things
}

/// The hosts on whose live path the thing lies.
fn hosts(terraform_type: &str, id: &str, pairs: Option<&Vec<Pair>>) -> Vec<String> {
    let on_path = |pair: &&Pair| {
        let mut touched = pair.live.touched();
        touched.any(|one| one.terraform_type == terraform_type && one.id == id)
    };
    let pairs = pairs.into_iter().flatten();
    let mut hosts: Vec<String> = pairs.filter(on_path).map(|pair| pair.live.host.clone()).collect();
    hosts.sort();
    hosts.dedup();
    hosts
}
