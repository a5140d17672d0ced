//! Assertions: what has to be true of the live account, drift or not.

use super::scope::{self, Cells};
use super::vocabulary::Asserted;
use super::{Assert, Policy};
use crate::finding::{Category, Finding, ResourceRef, Unchecked};
use crate::inventory::Failure;
use crate::language::{Diagnostic, Diagnostics, Scope, Slot, Value};

/// A live thing that assertions are about.
#[derive(Clone, Debug)]
pub struct Thing {
    pub resource: ResourceRef,
    /// Where a state knows it.
    pub address: Option<String>,
    pub state: Option<String>,
    /// What the state says; null where none does.
    pub expected: Value,
    /// The live attributes; unknown, as a whole or in part, where they could not be read.
    pub live: Value,
    /// What it has to do with serving; null where that is nothing.
    pub serving: Value,
    /// The hosts on whose live path it lies, sorted.
    pub hosts: Vec<String>,
    /// Why parts of it are unknown: reads that failed.
    pub failures: Vec<Failure>,
}

/// What assertions came to.
#[derive(Clone, Debug, Default)]
pub struct Asserts {
    pub findings: Vec<Finding>,
    /// Where a read failed that the answer rests on.
    pub unchecked: Vec<Unchecked>,
    /// Where it cannot be told for another reason, a line each.
    pub doubts: Vec<String>,
}

/// Holds every assertion against every thing.
///
/// # Errors
/// Conditions and messages that cannot be evaluated.
pub fn check(
    policy: &Policy,
    things: &[Thing],
    now: &str,
    phase: crate::deploy::Phase,
) -> Result<Asserts, Diagnostics> {
    let mut asserts = Asserts::default();
    let mut failed: Vec<Diagnostic> = Vec::new();
    for thing in things {
        let scope = ThingScope {
            thing,
            now,
            phase,
            cells: Cells::new(Asserted::ALL.len()),
        };
        for assert in &policy.asserts {
            match one(assert, &scope) {
                Ok(Holds::Yes) => {}
                Ok(Holds::No(message)) => asserts.findings.push(broken(assert, thing, message)),
                Ok(Holds::Unknown) => asserts.cannot_tell(assert, thing),
                Err(problem) => failed.push(problem),
            }
        }
    }
    failed.into_iter().collect::<Diagnostics>().into_result(asserts)
}

enum Holds {
    /// Or it is not about this thing.
    Yes,
    /// With what to say.
    No(String),
    Unknown,
}

fn one(assert: &Assert, scope: &ThingScope) -> Result<Holds, Diagnostic> {
    match assert.over.is_true(scope)? {
        Some(false) => return Ok(Holds::Yes),
        None => return Ok(Holds::Unknown),
        Some(true) => {}
    }
    Ok(match assert.that.is_true(scope)? {
        Some(true) => Holds::Yes,
        None => Holds::Unknown,
        Some(false) => Holds::No(message(assert, scope)?),
    })
}

/// What to say. A text that would show something sensitive, or rests on what is not known, is left out.
fn message(assert: &Assert, scope: &ThingScope) -> Result<String, Diagnostic> {
    let value = assert.message.evaluate(scope)?;
    match &value {
        Value::String(text) => Ok(text.to_string()),
        Value::Unknown | Value::Sensitive(_) => Ok(format!("the assertion \"{}\" does not hold", assert.name)),
        other => Err(assert
            .message
            .complaint(format!("`message` is a text, and this is of type {}", other.kind()))),
    }
}

fn broken(assert: &Assert, thing: &Thing, title: String) -> Finding {
    let mut finding = Finding::new(Category::Assert, assert.name.clone(), thing.resource.clone(), title);
    finding.address.clone_from(&thing.address);
    finding.state.clone_from(&thing.state);
    finding.impact.clone_from(&thing.hosts);
    finding.detail = assert.help.clone().unwrap_or_default();
    finding
}

impl Asserts {
    fn cannot_tell(&mut self, assert: &Assert, thing: &Thing) {
        let resource = &thing.resource;
        let subject = thing
            .address
            .clone()
            .unwrap_or_else(|| format!("{} {}", resource.terraform_type, resource.id));
        let what = format!("assertion \"{}\" on {subject}", assert.name);
        match thing.failures.first() {
            Some(failure) => self.unchecked.push(Unchecked::new(what, failure)),
            None => self
                .doubts
                .push(format!("{what}: whether it holds cannot be told ({})", assert.place)),
        }
    }
}

/// The values of an assertion's terms.
struct ThingScope<'a> {
    thing: &'a Thing,
    now: &'a str,
    phase: crate::deploy::Phase,
    cells: Cells,
}

impl Scope for ThingScope<'_> {
    fn value(&self, slot: Slot) -> &Value {
        let thing = self.thing;
        let address = thing.address.as_deref();
        let resource = &thing.resource;
        match Asserted::of(slot) {
            None => &Value::Null,
            Some(Asserted::Expected) => &thing.expected,
            Some(Asserted::Live) => &thing.live,
            Some(Asserted::Serving) => &thing.serving,
            Some(term) => self.cells.value(slot.index(), || match term {
                Asserted::Type => Value::from(resource.terraform_type.as_str()),
                Asserted::Id => Value::from(resource.id.as_str()),
                Asserted::Address => scope::text(address),
                Asserted::Name => scope::named(address, scope::name),
                Asserted::Module => scope::named(address, scope::module),
                Asserted::Tags => scope::tags(&thing.live, &thing.expected),
                Asserted::Account => scope::text(resource.account.as_deref()),
                Asserted::Region => scope::text(resource.region.as_deref()),
                Asserted::Phase => Value::from(self.phase.name()),
                Asserted::Now => Value::from(self.now),
                Asserted::Expected | Asserted::Live | Asserted::Serving => Value::Null,
            }),
        }
    }
}
