//! `driftgate trace`: one host followed from DNS to the object.

use super::connection::Connection;
use super::inputs::Live;
use super::{World, inputs, output, settings};
use crate::accounts::{Accounts, Routes};
use crate::cli::TraceArgs;
use crate::error::Error;
use crate::estate::Estate;
use crate::inventory::Inventory;
use crate::plan::Plans;
use crate::report::Options;
use crate::report::trace::{TraceDocument, render};
use crate::result::Outcome;
use crate::serving::host::Visit;
use crate::serving::trace::{Side, Trace};
use crate::serving::{Sides, declared, walk};

/// Follows the host on the live account and, where a state is given, by the state.
///
/// # Errors
/// Whatever kept the path from being followed; a broken path is no error.
pub fn run(args: &TraceArgs, world: &mut World) -> Result<Outcome, Error> {
    let visit = Visit::parse(&args.target)?;
    let effective = settings::of_trace(args, world)?;
    let connection = Connection::of(&effective);
    let states = match effective.states.is_empty() && !inputs::has_state(world) {
        true => Vec::new(),
        false => inputs::configured_states(&effective, &connection, world)?,
    };
    let recorded = args
        .live
        .as_deref()
        .map(|file| inputs::recorded(file, world))
        .transpose()?;
    let now = recorded
        .as_ref()
        .map_or_else(|| world.now.clone(), |recorded| recorded.taken_at.clone());
    let live = match recorded {
        Some(recorded) => Live::Recorded(Box::new(recorded.inventory)),
        None => Live::connect(&connection, &states, None)?,
    };
    let begun = live.begin(&states);
    let accounts = Accounts::of(&begun);
    let estate = Estate::across(&states, &accounts);
    let declared = declared::inventory(&estate);
    let follow = |inventory: &Inventory, side| -> Trace {
        let whole = inventory.whole();
        let sides = Sides::new(&declared, &whole, &now);
        walk(visit.host.as_str(), &visit.path, side, &sides)
    };
    let mut needs = |inventory: &Inventory| follow(inventory, Side::Live).needs.into_iter().collect();
    let routes = Routes::new(&estate, &accounts);
    let (inventory, calls) = live.observe(begun, &Plans::default(), &routes, &mut needs, world);
    let (live, state) = (follow(&inventory, Side::Live), follow(&inventory, Side::State));
    if is_nobodys(&live) && is_nobodys(&state) {
        let read: Vec<&str> = inventory.read_accounts().collect();
        let account = Some(read.join(", ")).filter(|read| !read.is_empty());
        return Err(Error::NobodysHost {
            host: visit.host.as_str().to_owned(),
            account,
        });
    }
    let document = TraceDocument {
        host: visit.host.as_str(),
        path: &visit.path,
        state: Some(&state).filter(|_| !states.is_empty()),
        live: &live,
        calls: calls.values().sum(),
    };
    let options = Options {
        colour: output::coloured(args.color, world),
        width: world.width,
        verbose: args.verbose,
    };
    output::written(render(&document, args.format, &options, world.stdout), world)?;
    Ok(match (document.served(), live.unread().next().is_none()) {
        (Some(true), true) => Outcome::Clean,
        (Some(false), _) => Outcome::Drift,
        (None, _) | (Some(true), false) => Outcome::Incomplete,
    })
}

/// Whether a side was read in full and has nothing that knows the host: no zone, no record, no alias.
fn is_nobodys(trace: &Trace) -> bool {
    trace.needs.is_empty() && trace.failed.is_empty() && trace.touched().next().is_none()
}
