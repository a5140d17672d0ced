//! `driftgate watch`: the check, again and again during console work, showing only what moved.

use std::time::Duration;

use super::check::Prepared;
use super::earlier::Earlier;
use super::{World, output, settings};
use crate::accounts::Accounts;
use crate::against::Baseline;
use crate::cli::WatchArgs;
use crate::error::Error;
use crate::estate::Estate;
use crate::report::Options;
use crate::report::watch::{self, Look};
use crate::result::Outcome;
use crate::snapshot::Snapshot;

/// Looks until it is interrupted, or as often as it is told.
///
/// # Errors
/// Whatever keeps a look from being taken; what a look finds is no error.
pub fn run(args: &WatchArgs, world: &mut World) -> Result<Outcome, Error> {
    let effective = settings::of_check(&args.check, world)?;
    let prepared = Prepared::new(&args.check, &effective, &mut Earlier::default(), world)?;
    let options = Options {
        colour: output::coloured(args.check.output.render.color, world),
        width: world.width,
        verbose: false,
    };
    let (mut inventory, mut before) = prepared.look(world)?;
    let mut clock = now();
    let first = Look {
        result: &before,
        clock: time_of(&clock),
    };
    let written = watch::open(first, &options, world.stdout);
    output::written(written, world)?;
    let mut looks = 1_u64;
    while args.looks.is_none_or(|wanted| looks < wanted) {
        std::thread::sleep(args.interval);
        let (next, result) = prepared.look(world)?;
        let last = Baseline::new("the last look", Snapshot::new(inventory, clock.clone()));
        let accounts = Accounts::of(&next);
        let moved = last.compare(&Estate::across(&prepared.states, &accounts), &next);
        let before_look = clock.clone();
        clock = now();
        let (was, is) = (
            Look {
                result: &before,
                clock: time_of(&before_look),
            },
            Look {
                result: &result,
                clock: time_of(&clock),
            },
        );
        let written = watch::write(was, is, &moved.findings, &options, world.stdout);
        output::written(written, world)?;
        (inventory, before) = (next, result);
        looks += 1;
    }
    Ok(before.outcome)
}

/// Now, RFC 3339 in UTC. A watch lasts, so that the clock of its start does not do.
fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// The time of day of an RFC 3339 text.
fn time_of(timestamp: &str) -> &str {
    timestamp.get(11..19).unwrap_or(timestamp)
}

/// `10s`, `2m`.
pub fn interval(text: &str) -> Result<Duration, String> {
    let wrong = || "write seconds or minutes, for example 10s or 2m".to_owned();
    let (number, unit) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    match number.checked_mul(unit) {
        Some(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("a look takes at least a second and a day at most".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_seconds_or_minutes() {
        assert_eq!(interval("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(interval("10"), Ok(Duration::from_secs(10)));
        assert_eq!(interval("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "s", "0s", "-1s", "1h", "1.5s", "99999999999999999999m"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
